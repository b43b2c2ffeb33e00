"""The seed's rubric and the bureau's figures as a table, in any database."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import rubric_dsl as rd
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.inputs.plain import read_amount
from rubric_dsl.source import read_source
from rubric_dsl.syntax.characters import fold
from tests.sql.databases import Row, Runner, compare, words_of

ROOT = Path(__file__).resolve().parents[2]


@cache
def seed() -> rd.Rubric:
    return rd.load(ROOT / "rubrics/yuhua/2019.rubric")


def bureau(rubric: rd.Rubric) -> dict[str, object]:
    """The bureau's figures as a row."""
    submission = read_submissions(read_source(ROOT / "rubrics/yuhua/2019-science-bureau.yaml"))[0][0]
    words = words_of(rubric)
    row: dict[str, object] = {}
    known = {fold(key): key for key in (*words, *(item.key for item in rubric.model.fields.values()))}
    for written, figure in submission.figures.items():
        key = known.get(fold(written), written)
        field = rubric.model.fields.get(fold(key))
        if key in words:
            row[key] = figure.used.text
        elif field is None or field.formula is None:
            value, unit = read_amount(figure.used.text)
            assert field is None or unit is None or unit.dimension == field.unit.dimension
            factor = unit.factor / field.unit.factor if unit is not None and field is not None else Fraction(1)
            number = value * factor
            row[key] = Decimal(number.numerator) / Decimal(number.denominator)
    return row


def edges(row: Row) -> list[Row]:
    """The bureau's row with satisfaction given, and rows on and beside edges of the procurement rule."""
    full = dict(row) | {"满意度": Decimal("0.95"), "实际产出数": Decimal(9), "计划产出数": Decimal(10)}
    budget, spent = "政府采购金额[2019年预算数]", "政府采购金额[2019年决算数]"
    found: list[Row] = [row, full, dict.fromkeys(row)]
    for percent in ("95", "95.0001", "94.9999", "105", "105.0001", "100", "90", "0"):
        found.append(full | {budget: Decimal(100), spent: Decimal(percent)})
        found.append(full | {"编制数": 10, "在职人员数": int(Decimal(percent)) // 10, budget: Decimal(0)})
    return found


def check_seed(dialect: str, runner: Runner) -> None:
    """Hold the query over the bureau's rows against the evaluator."""
    rubric = seed()
    query = rubric.to_sql(dialect, keep=["id"], digits=9)
    rows = edges(bureau(rubric))
    answers = runner(query, rows, words_of(rubric))
    assert len(answers) == len(rows)
    for row, answer in zip(rows, answers, strict=True):
        compare(rubric, query, row, answer, complete=False)
    scored = answers[1]
    statuses = [str(scored[item.columns[0]]) for item in query.outputs if item.kind == "status"]
    assert set(statuses) == {"scored", "not_applicable"}
    assert scored["grade"] == rubric.score(rows[1]).grade.value
    assert scored["grade"] is not None

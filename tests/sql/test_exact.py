"""The query gives the evaluator's exact scores, row by row, in the databases that run here."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.testing import submissions
from tests.generative.strategies import RandomRubric, figures, rubrics
from tests.sql.databases import Row, Runner, compare, in_duckdb, in_sqlite, words_of

relaxed = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
EXTREME = st.sampled_from(
    [Decimal("999999999999.9999"), Decimal("1000000000000"), Decimal("0.0001"), Decimal("0.00001"), Decimal("-1"), Decimal("1E+20")]
)
RUNNERS = {"duckdb": in_duckdb, "sqlite": in_sqlite}


def plain(value: object) -> object:
    """A value that a column can hold."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator * 100 // value.denominator) / 100
    if isinstance(value, bool):
        return "是" if value else "否"
    return value


@st.composite
def rows(draw: st.DrawFn, rubric: rd.Rubric, random: RandomRubric) -> list[tuple[Row, bool]]:
    """Rows of figures, and whether all is given: some with edges, some with gaps, some with extremes."""
    found: list[tuple[Row, bool]] = []
    for _ in range(draw(st.integers(1, 4))):
        row = {key: plain(value) for key, value in draw(figures(random)).items()}
        found.append((row, True))
        if row:
            kept = draw(st.sets(st.sampled_from(sorted(row))))
            found.append(({key: row[key] for key in kept}, False))
            numbers = sorted(key for key, value in row.items() if not isinstance(value, str))
            strange = {key: draw(EXTREME) for key in draw(st.sets(st.sampled_from(numbers)))} if numbers else {}
            found.append((row | strange, False))
    return found


def query_of(rubric: rd.Rubric, dialect: str) -> rd.engines.sql.query.SqlQuery | None:
    digits, places = (4, 2) if dialect == "sqlite" else (12, 4)
    try:
        return rubric.to_sql(dialect, keep=["id"], digits=digits, places=places)
    except rd.RubricError as error:
        assert {item.code for item in error.diagnostics} <= {"sql-irrational", "sql-cohort", "sql-too-wide"}
        return None


@pytest.mark.parametrize("dialect", RUNNERS)
@relaxed
@given(data=st.data(), random=rubrics)
def test_a_query_scores_as_the_evaluator(dialect: str, data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    query = query_of(rubric, dialect)
    if query is None:
        return
    table = data.draw(rows(rubric, random))
    answers = RUNNERS[dialect](query, [row for row, _ in table], words_of(rubric))
    assert len(answers) == len(table)
    for (row, complete), answer in zip(table, answers, strict=True):
        compare(rubric, query, row, answer, complete=complete)

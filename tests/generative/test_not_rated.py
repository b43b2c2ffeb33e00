"""Headings and totals with too few parts that apply have no score, and every engine says so.

The model below is written from the language's reference: counts and means, and nothing of the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.evaluate.result import ScoreRange
from tests.sql.databases import in_duckdb, words_of
from tests.sql.tables import query_of
from tests.tries import tries

pa = pytest.importorskip("pyarrow")
relaxed = settings(
    deadline=None,
    max_examples=tries(40, one_in=8),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class Heading:
    """A heading that takes the mean of its parts, each of 10 points; ``loose`` says which of them can drop out."""

    name: str
    at_least: int
    loose: tuple[bool, ...]

    @property
    def parts(self) -> list[str]:
        """The names of the parts."""
        return [f"{self.name}{place}" for place in range(len(self.loose))]


@st.composite
def trees(draw: st.DrawFn) -> tuple[int, list[Heading]]:
    """So many headings must be rated; each says how many of its parts must apply."""
    headings = []
    for name in "甲乙丙"[: draw(st.integers(1, 3))]:
        loose = tuple(draw(st.lists(st.booleans(), min_size=1, max_size=3)))
        headings.append(Heading(name, draw(st.integers(1, len(loose))), loose))
    return draw(st.integers(1, len(headings))), headings


def text_of(at_least: int, headings: list[Heading]) -> str:
    loose = [part for item in headings for part, can in zip(item.parts, item.loose, strict=True) if can]
    lines = ["指标体系 试 年度 2019", "满分 10", "等级 优 ≥ 8，中 ≥ 4，差 < 4"]
    lines += [f"合计方式 平均，至少 {at_least} 项"]
    lines += ["基础数据表", "  备注：选自（有，无）", *(f"  有{part}：选自（是，否）" for part in loose)]
    for item in headings:
        lines += [f"一级指标 {item.name} 10分", f"合计方式 平均，至少 {item.at_least} 项", "等级 好 ≥ 5，不好 < 5"]
        for part, can in zip(item.parts, item.loose, strict=True):
            lines += [f"三级指标 {part} 10分", "评价标准 评定给分 0分 到 10分"]
            lines += [f"不适用当 有{part} = 否 不计入并由同级分担"] if can else []
    return "\n".join(lines) + "\n"


Row = dict[str, str | None]


@st.composite
def rows_of(draw: st.DrawFn, headings: list[Heading]) -> list[Row]:
    """Return complete data."""
    rows: list[Row] = []
    for _ in range(4):
        row: Row = {}
        for item in headings:
            for part, can in zip(item.parts, item.loose, strict=True):
                row[part] = str(draw(st.integers(0, 10)))
                row |= {f"有{part}": draw(st.sampled_from(["是", "否"]))} if can else {}
        rows.append(row)
    return rows


def mean(scores: list[Fraction | None], at_least: int) -> Fraction | None:
    """The mean of the parts that apply; none where they are too few."""
    rated = [score for score in scores if score is not None]
    return sum(rated, Fraction(0)) / len(rated) if len(rated) >= at_least else None


def expected(at_least: int, headings: list[Heading], row: Row) -> tuple[Fraction | None, list[Fraction | None]]:
    """Return the total and the headings' scores."""
    own = [
        mean([None if row.get(f"有{part}") == "否" else Fraction(row[part] or 0) for part in item.parts], item.at_least)
        for item in headings
    ]
    return mean(own, at_least), own


def grade_of(total: Fraction | None) -> str | None:
    return None if total is None else "优" if total >= 8 else "中" if total >= 4 else "差"


def number(value: object) -> Fraction | None:
    if isinstance(value, dict):
        return Fraction(value["numerator"], value["denominator"])
    return None if value is None else Fraction(str(value))


@relaxed
@given(st.data(), trees())
def test_every_engine_leaves_out_what_is_not_rated(data: st.DataObject, tree: tuple[int, list[Heading]]) -> None:
    rubric = rd.loads(text_of(*tree))
    rows = data.draw(rows_of(tree[1]))
    table = pa.table({key: pa.array([row[key] for row in rows], pa.string()) for key in rows[0]})
    tables = [rubric.score_table(table, engine=engine).table.to_pydict() for engine in ("python", "duckdb")]
    query, compiled = query_of(rubric, "duckdb"), rubric.compile()
    assert query is not None
    answers = in_duckdb(query, rows, words_of(rubric))
    for place, row in enumerate(rows):
        total, own = expected(*tree, row)
        result = rubric.score({key: value for key, value in row.items() if value is not None})
        assert (result.total.score, result.grade.value) == (total, grade_of(total))
        assert [item.range.score for item in result.sections] == own
        assert [item.grade.value for item in result.sections] == [
            None if score is None else "好" if score >= 5 else "不好" for score in own
        ]
        assert (result.status == "not_rated") is (total is None)
        assert total is not None or result.reason.en.startswith(("no part", "1 of at", "2 of at"))
        assert result.grade.possible == (() if total is None else (grade_of(total),))
        fast = compiled(row)
        assert (fast.total.score, fast.total.rated) == (total, total is not None)
        assert fast.grade == result.grade
        for columns in tables:
            assert [number(columns[f"total{end}"][place]) for end in ("", ".min", ".max")] == [total] * 3
            assert columns["grade"][place] == grade_of(total)
            for item, score in zip(tree[1], own, strict=True):
                assert [number(columns[f"{item.name}/{end}"][place]) for end in ("", ".min", ".max")] == [score] * 3
        told = {
            (output.kind, output.of): [answers[place][column] for column in output.columns] for output in query.outputs
        }
        assert quotient(told["total", ""]) == total
        assert told["grade", ""] == [grade_of(total)]
        for item, score in zip(tree[1], own, strict=True):
            assert quotient(told["subtotal", item.name]) == score


def quotient(parts: list[object]) -> Fraction | None:
    numbers = [number(part) for part in parts]
    if numbers[0] is None:
        return None
    return numbers[0] / (numbers[1] or 1) if len(numbers) == 2 else numbers[0]


@relaxed
@given(st.data(), trees())
def test_while_it_is_open_whether_parts_apply_both_outcomes_are_told(
    data: st.DataObject, tree: tuple[int, list[Heading]]
) -> None:
    rubric = rd.loads(text_of(*tree))
    row = data.draw(rows_of(tree[1]))[0]
    flags = sorted(key for key in row if key.startswith("有"))
    open_ = flags[: data.draw(st.integers(0, min(3, len(flags))))]
    part = rubric.score({key: value for key, value in row.items() if value is not None and key not in open_})
    ways = [
        expected(*tree, {**row, **dict(zip(open_, way, strict=True))}) for way in product("是否", repeat=len(open_))
    ]
    agrees(part.total, [total for total, _ in ways])
    for place, section in enumerate(part.sections):
        agrees(section.range, [own[place] for _, own in ways])
    possible = {grade for total, _ in ways if (grade := grade_of(total)) is not None}
    assert set(part.grade.possible) == possible
    assert part.grade.rated is rated_of([total for total, _ in ways])


def rated_of(scores: list[Fraction | None]) -> bool | None:
    """Whether there is a score in all completions, in none of them, or in some."""
    found = {score is not None for score in scores}
    return None if len(found) > 1 else found.pop()


def agrees(found: ScoreRange, scores: list[Fraction | None]) -> None:
    rated = [score for score in scores if score is not None]
    assert found.rated is rated_of(scores)
    if rated:
        assert (found.min, found.max) == (min(rated), max(rated))
    assert found.score == (rated[0] if len(set(scores)) == 1 and rated else None)

"""Ends that are only come near to: the totals and grades that are told are those that completions have."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl import ranges
from rubric_dsl.core.nodes import FALSE, TRUE, Add, Const, Div, Expr, Extreme, Input, Mul, ToWhole
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.evaluate.known import settled_condition, settled_value
from rubric_dsl.evaluate.state import Env
from rubric_dsl.missing.end import at_end
from tests.tries import tries

LIMITS = ("< 100%", "> 20%，< 100%", "≥ 0%，< 80%", "> 0%，≤ 100%", "> 40%")
"""What departments may state for 甲; each has an open end, the last no end at all."""
MEASURES = ("甲", "100% − 甲", "甲 ÷ 50%", "50% ÷ （甲 + 50%）")
RULES = (
    "以 100% 为标准，每低于 10个百分点 扣1分，扣完为止",
    "≤ 60% 计满分；每超过 10个百分点 扣1分，扣完为止",
    "以 40% 为标准，每偏离 10个百分点 扣1分，扣完为止",
    "≥ 80% 计5分；40%（含）到 80%（不含） 计3分；< 40% 计1分",
    "按比例计分，最多 满分",
)
READINGS = ("整步", "按比例", "不足一步按一步")
ROUNDINGS = (
    "",
    *(f"舍入 {place} 到 1，{mode}\n" for place in ("得分", "小计", "总分") for mode in ("四舍五入", "去尾", "进一")),
)
NEAR = Fraction(1, 10**9)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Return a rubric whose indicators read one figure, one indicator below the other or under headings of their own."""
    count = draw(st.integers(1, 2))
    parts = [
        f"一级指标 第{number}类 5\n三级指标 第{number}项 5\n  指标值 {draw(st.sampled_from(MEASURES))}\n"
        f"  评价标准 {draw(st.sampled_from(RULES))}\n"
        for number in range(count)
    ]
    best, other = 5 * count - draw(st.integers(0, 2)), draw(st.integers(1, 5 * count - 3))
    return (
        f"指标体系 试 年度 2019\n满分 {5 * count}\n计步 {draw(st.sampled_from(READINGS))}\n{draw(st.sampled_from(ROUNDINGS))}"
        f"等级 优 ≥ {best}，良 ≥ {other}，差 < {other}\n基础数据表\n  甲：比率，{draw(st.sampled_from(LIMITS))}\n{''.join(parts)}"
    )


def completions(rubric: rd.Rubric) -> list[Fraction]:
    """Return values of the figure at every place where a rule or a rounding turns, beside each, and far out."""
    (field,) = rubric.model.fields.values()
    places = [Fraction(number, 1000) for number in range(0, 1060, 25)] + [Fraction(10) ** power for power in (2, 6, 12)]
    # Where 50% ÷ (x + 50%) is a round number.
    places += [Fraction(10, twentieths) - Fraction(1, 2) for twentieths in range(1, 20)]
    values = {place + beside for place in places for beside in (-NEAR, Fraction(0), NEAR)}
    return [value for value in values if rd.ranges.restrict(field.bounds, "=", value) is not None]


@settings(deadline=None, max_examples=tries(120))
@given(texts())
def test_what_a_total_and_its_grade_can_be_is_what_completions_make_them(text: str) -> None:
    rubric = rd.loads(text)
    found = rubric.score({})
    results = [rubric.score({"甲": value}) for value in completions(rubric)]
    totals = [item.total.min for item in results]
    assert found.total.min <= min(totals)
    assert max(totals) <= found.total.max
    grades = [name for name in ("优", "良", "差") if name in {item.grade.value for item in results}]
    assert set(grades) <= set(found.grade.possible)
    if found.total.tight:
        assert min(totals) - found.total.min < Fraction(1, 10**6)
        assert found.total.max - max(totals) < Fraction(1, 10**6)
        assert (found.grade.possible[0], found.grade.possible[-1]) == (grades[0], grades[-1])
    compiled = rubric.compile()({})
    assert (compiled.total.min, compiled.total.max) == (found.total.min, found.total.max)
    assert compiled.grade == found.grade


@pytest.mark.parametrize("count", [1, 2])
def test_a_grade_that_is_only_come_near_to_is_not_possible(count: int) -> None:
    part = "三级指标 项{} 10\n  指标值 甲\n  评价标准 以 100% 为标准，每低于 10个百分点 扣1分，扣完为止\n"
    most = 10 * count
    rubric = rd.loads(
        f"指标体系 试 年度 2019\n满分 {most}\n计步 按比例\n等级 优 ≥ {most}，差 < {most}\n基础数据表\n  甲：比率，< 100%\n"
        f"一级指标 一 {most}\n" + "".join(part.format(number) for number in range(count))
    )
    for found in (rubric.score({}), rubric.compile()({})):
        assert found.grade.possible == ("差",)
        assert (found.total.min, found.total.max) == (0, most)


numbers = st.integers(-8, 8).map(lambda number: Fraction(number, 4))
MODES = ("floor", "ceiling", "half_up", "half_even", "up", "down")


def rising(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Return results over results that only rise with them."""
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        several.map(Add),
        st.builds(Extreme, st.sampled_from(("min", "max")), several),
        st.builds(ToWhole, st.sampled_from(MODES), inner),
        st.builds(Mul, st.sampled_from((Const(Fraction(1, 2)), Const(Fraction(0)))), inner),
        st.builds(Div, inner, st.just(Const(Fraction(2)))),
    )


expressions: st.SearchStrategy[Expr] = st.recursive(
    st.sampled_from([Input(key) for key in "abc"]) | numbers.map(Const), rising, max_leaves=6
)


@settings(max_examples=tries(400))
@given(expressions, st.tuples(numbers, numbers, numbers), st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_an_end_as_an_expression_is_that_of_the_range(
    expr: Expr, values: tuple[Fraction, ...], opened: tuple[bool, ...]
) -> None:
    opens = {key: TRUE if item else FALSE for key, item in zip("abc", opened, strict=True)}
    known = Env({key: ranges.exactly(value) for key, value in zip("abc", values, strict=True)}, {})
    for side in (1, -1):
        found = at_end(expr, opens, side)
        figures = {
            key: ranges.between(value, value + 9, low_open=item)
            if side > 0
            else ranges.between(value - 9, value, high_open=item)
            for key, value, item in zip("abc", values, opened, strict=True)
        }
        whole = value_of(expr, Env(figures, {}))[0]
        assert whole is not None
        end = whole.low if side > 0 else whole.high
        assert settled_value(found.value, known) == end.value
        assert settled_condition(found.open, known) is end.open


BESIDE_A_NEGATIVE = """指标体系 试 年度 2019
满分 10
基础数据表
  甲：数，可为负
  乙：数，可为负
一级指标 一 10
三级指标 子 10
  评价标准 得分 = 最大值(最小值(甲, 5), 0 − 乙)，最多 满分，最低 0分
"""


@pytest.mark.parametrize(("other", "low", "high"), [("-7.5", "7.5", "7.5"), ("-0.5", "0.5", "5"), ("3", "0", "5")])
def test_a_missing_figure_without_an_end_beside_one_below_zero(other: str, low: str, high: str) -> None:
    rubric = rd.loads(BESIDE_A_NEGATIVE)
    for total in (rubric.score({"乙": other}).total, rubric.compile()({"乙": other}).total):
        assert (total.min, total.max) == (Fraction(low), Fraction(high))

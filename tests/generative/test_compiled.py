"""The fast path gives what the evaluator gives, and takes the evaluator's place wherever all is given."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.engines.python_text import inside
from rubric_dsl.engines.scalar import CompiledScores
from rubric_dsl.testing import submissions
from tests.generative.strategies import RandomRubric, figures, rubrics
from tests.tries import tries

relaxed = settings(
    deadline=None,
    max_examples=tries(80, one_in=10),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def told(found: CompiledScores) -> list[object]:
    ranges = {name: (item.min, item.max, item.points) for name, item in found.scores.items()}
    total = (found.total.min, found.total.max, found.total.points, found.total.rated)
    return [ranges, total, found.grade, dict(found.measures), dict(found.statuses), found.excluded]


def expected(result: rd.Result) -> list[object]:
    items = result.indicators.items()
    return [
        {name: (item.range.min, item.range.max, item.range.points) for name, item in items},
        (result.total.min, result.total.max, result.total.points, result.total.rated),
        result.grade,
        {name: item.measure for name, item in items},
        {name: item.status for name, item in items},
        frozenset(name for name, item in items if item.excluded),
    ]


def is_settled(result: rd.Result) -> bool:
    return all(item.status in {"scored", "not_applicable"} for item in result.indicators.values()) and not any(
        item.code in {"no-subtotal", "unknown-figure", "negative", "outside-limits", "not-whole", "not-a-number"}
        for item in result.diagnostics
    )


@relaxed
@given(st.data(), rubrics)
def test_the_fast_path_scores_as_the_evaluator(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    compiled = rubric.compile()
    for complete in (data.draw(figures(random)), data.draw(submissions(rubric))):
        found, result = compiled(complete), rubric.score(complete)
        assert told(found) == expected(result)
        if compiled.is_fast and is_settled(result) and not any(_fine(value) for value in complete.values()):
            assert found.result is None or set(complete) != set(compiled.keys)


@relaxed
@given(st.data(), rubrics)
def test_ranges_of_the_fast_path_are_the_evaluators(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    compiled = rubric.compile()
    complete = data.draw(figures(random))
    for key in sorted(complete.keys() - random.choices.keys() - random.bounds.keys()):
        if data.draw(st.booleans()):
            complete[key] = data.draw(st.sampled_from((0, 1, 100)))
    absent = data.draw(st.sets(st.sampled_from(sorted(complete)), min_size=1, max_size=3)) if complete else set()
    partial = {key: value for key, value in complete.items() if key not in absent}
    found, result = compiled(partial), rubric.score(partial)
    assert told(found) == expected(result)
    if found.result is None:
        assert all(item.range.tight for item in result.indicators.values())
        assert result.total.tight


def _fine(value: object) -> bool:
    """Whether a number has more decimals than the fast path keeps."""
    number = Fraction(value) if isinstance(value, Fraction | Decimal | int) else None
    if isinstance(value, str):
        try:
            number = rd.numbers.parse_number(value)
        except rd.numbers.NumberError:
            return True
    return number is not None and (number * 100).denominator != 1


@relaxed
@given(st.data(), rubrics)
def test_every_node_of_a_plan_lies_within_its_bounds(data: st.DataObject, random: RandomRubric) -> None:
    compiled = rd.loads(random.text).compile()
    found = compiled(data.draw(figures(random)))
    if found.result is not None:
        return
    graph = [item.final.top for item in compiled.plan.indicators.values()]
    graph += [node for item in compiled.plan.results.values() for node in (item.top, item.bottom)]
    nodes = [node for node in inside(graph) if node.op not in CONDITIONS]
    for node, value in zip(nodes, compiled.evaluated(nodes, found), strict=True):
        assert node.low is None or node.low <= value
        assert node.high is None or value <= node.high
        assert value % node.content == 0 if node.content else value == 0


CONDITIONS = {"true", "false", "given", "less", "equal", "isin", "and", "or", "not"}
COMPLETE = (
    {"甲": 110, "乙": 100, "丙": 1},
    {"甲": Decimal("110.00"), "乙": "100.0", "丙": Fraction(1, 2)},
    {"甲": "1,100", "乙": "1000 元", "丙": "1/2"},
    {"甲": "-3", "乙": "0", "丙": ""},
    {"甲": 1.5, "乙": True, "丙": None},
    {"甲": "1_000", "乙": "１００", "丙": "1e3"},
    {"甲": 10**70, "乙": "9" * 61, "丙": ".5"},
    {"甲": {"数": 3}, "乙": "3.", "丙": "5%"},
    {"甲": 110, "乙": 100, "丙": 1, "单位": "某局", "丁": 4},
    {"甲": "0.00001", "乙": "110.0001", "丙": "-0.5%"},
)
RUBRIC = """指标体系 试 年度 2019
满分 10
计步 整步
基础数据表
  甲：万元，可为负
  乙：万元
  丙：比率
一级指标 甲类 10
三级指标 指标一 6
  指标值 甲 ÷ 乙
  评价标准 ≤ 100% 计6分；每超过 1个百分点 扣0.5分，扣完为止
三级指标 指标二 4
  指标值 丙
  评价标准 ≥ 50% 计4分；< 50% 计0分
"""


@pytest.mark.parametrize("given", COMPLETE, ids=str)
def test_values_in_every_spelling(given: dict[str, object]) -> None:
    rubric = rd.loads(RUBRIC)
    assert told(rubric.compile()(given)) == expected(rubric.score(given))


ODD = (
    "1",
    "1.5",
    "1E+3",
    "0E+100",
    "0",
    "0.00",
    "-0",
    "-1",
    "NaN",
    "sNaN",
    "Infinity",
    "1E-70",
    "0.0001",
    "0.00001",
    "2E-3",
    "1.5E+2",
)


@pytest.mark.parametrize("text", [*ODD, "1." + "0" * 45, "1." + "0" * 70, "1" * 40, "1" * 60, "0." + "1" * 55])
@pytest.mark.parametrize("key", ["甲", "丙"])
def test_decimals_are_read_as_the_evaluator_reads_them(key: str, text: str) -> None:
    rubric = rd.loads(
        "指标体系 试 年度 2019\n满分 5\n计步 整步\n基础数据表\n  甲：万元\n  乙：万元\n  丙：人，整数\n一级指标 一 5\n三级指标 项 5\n"
        "  指标值 甲 ÷ 乙\n  评价标准 按比例计分，最多 满分\n  不适用当 丙 > 5人 计满分\n"
    )
    data: dict[str, object] = {"甲": Decimal(1), "乙": Decimal(3000), "丙": Decimal(3), key: Decimal(text)}
    assert told(rubric.compile()(data)) == expected(rubric.score(data))


@pytest.mark.parametrize("given", ["9", "无数据", "-1"])
def test_a_figure_of_which_only_its_availability_is_asked(given: str) -> None:
    rubric = rd.loads(
        "指标体系 试 年度 2019\n满分 5\n基础数据表\n  甲：万元，可无数据\n一级指标 一 5\n三级指标 项 5\n"
        "  评价标准 当 无数据（甲） 计3分；否则 计满分\n"
    )
    assert told(rubric.compile()({"甲": given})) == expected(rubric.score({"甲": given}))


@pytest.mark.parametrize("given", ["9", "无数据"])
def test_names_of_the_compiled_function_do_not_clash(given: str) -> None:
    rubric = rd.loads(
        "指标体系 试 年度 2019\n满分 5\n基础数据表\n  甲：万元\n  乙：万元，可无数据\n一级指标 一 5\n三级指标 项 5\n"
        "  评价标准 当 无数据（乙） 计3分；否则 计（最小值（甲 ÷ 2万元 × 3，甲 ÷ 3万元 × 1）） \n"
    )
    data = {"甲": "8", "乙": given}
    assert told(rubric.compile()(data)) == expected(rubric.score(data))

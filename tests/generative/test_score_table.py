"""A table gives, row by row, what single scoring gives."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.data.reader import submission_from
from rubric_dsl.engines.table import holes
from rubric_dsl.engines.table.outputs import PARTS, USUAL
from rubric_dsl.engines.table.table_scores import TableScores
from rubric_dsl.evaluate.result import ScoreRange
from rubric_dsl.numbers import text_of
from tests.generative.strategies import RandomRubric, band_rubrics, figures, rubrics, step_rubrics
from tests.tries import tries

pa = pytest.importorskip("pyarrow")

relaxed = settings(
    deadline=None,
    max_examples=tries(40, one_in=8),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
Row = dict[str, str | None]
EXTREME = (
    "9223372036854775807",
    "9223372036854775808",
    "1" + "0" * 30,
    "0.000000000001",
    "-1",
    "1e3",
    "１２",
    "12 万元",
    "abc",
    "",
)


def number(value: object) -> Fraction | None:
    if isinstance(value, dict):
        return Fraction(value["numerator"], value["denominator"])
    return None if value is None else Fraction(str(value))


def ends(found: ScoreRange) -> list[Fraction | None]:
    return [None, None] if found.rated is False else [found.min, found.max]


def check(rubric: rd.Rubric, rows: list[Row], found: TableScores) -> None:
    columns: dict[str, list[Any]] = found.table.to_pydict()
    for place, row in enumerate(rows):
        result = rubric.score({key: value for key, value in row.items() if value is not None})
        own = {name: values[place] for name, values in columns.items()}
        for name, item in result.indicators.items():
            assert number(own[name]) == item.score
            assert number(own[f"{name}.min"]) == item.range.min
            assert number(own[f"{name}.max"]) == item.range.max
            assert own[f"{name}.status"] == item.status
            assert f"{name}.measure" not in own or number(own[f"{name}.measure"]) == item.measure
        if result.has_total:
            assert number(own["total"]) == result.total.score
            assert [number(own["total.min"]), number(own["total.max"])] == ends(result.total)
            assert "total.status" not in own or own["total.status"] == result.status
            assert number(own["points"]) == result.total.points
        assert own.get("grade") == result.grade.value
        for section in result.sections:
            name = "/".join((*section.path, section.name)) + "/"
            if name in own:
                assert number(own[name]) == section.range.score
                assert [number(own[f"{name}.min"]), number(own[f"{name}.max"])] == ends(section.range)
                assert f"{name}.status" not in own or own[f"{name}.status"] == section.status
        faults = [item for item in found.faults if item.row == place + 1]
        assert [item.diagnostic for item in faults] == list(result.diagnostics)
        assert [(item.code, item.severity) for item in faults] == [(d.code, d.severity) for d in result.diagnostics]


def written(value: object) -> str:
    return text_of(value) if isinstance(value, Fraction) else str(value)


@st.composite
def tables(draw: st.DrawFn, random: RandomRubric) -> list[Row]:
    rows: list[Row] = []
    for _ in range(draw(st.integers(1, 5))):
        complete = draw(figures(random))
        row: Row = {key: written(value) for key, value in complete.items()}
        spoilt = st.lists(st.sampled_from(sorted(row) or [""]), max_size=2)
        for key in draw(spoilt) if row else ():
            row[key] = draw(st.one_of(st.none(), st.sampled_from(EXTREME)))
        rows.append(row)
    return rows


def scored(rubric: rd.Rubric, rows: list[Row], engine: str = "python") -> TableScores:
    keys = list(rows[0])
    table = pa.table({key: pa.array([row[key] for row in rows], pa.string()) for key in keys})
    return rubric.score_table(table, PARTS, engine)  # type: ignore[arg-type]


@relaxed
@given(st.data(), rubrics)
def test_each_row_of_a_table_is_scored_as_alone(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    if rubric.model.cohorts:
        return
    rows = data.draw(tables(random))
    if rows[0]:
        check(rubric, rows, scored(rubric, rows))


@pytest.mark.slow
@settings(parent=relaxed, max_examples=120)
@given(st.data(), rubrics)
def test_each_row_of_a_table_is_scored_as_alone_at_length(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    if rubric.model.cohorts:
        return
    rows = data.draw(tables(random))
    if rows[0]:
        check(rubric, rows, scored(rubric, rows))


@pytest.mark.slow
@settings(parent=relaxed, max_examples=3)
@given(st.data(), rubrics)
def test_machine_code_scores_as_single_scoring(data: st.DataObject, random: RandomRubric) -> None:
    pytest.importorskip("numba")
    rubric = rd.loads(random.text)
    if rubric.model.cohorts:
        return
    rows = [row for _ in range(8) for row in data.draw(tables(random))]
    if rows[0]:
        check(rubric, rows, scored(rubric, rows, "machine"))


@st.composite
def two_rules(draw: st.DrawFn) -> str:
    """Two rules in two headings that read the same figures, in whole steps or bands, with any limits on the figures."""
    parts = [draw(st.one_of(step_rubrics("整步"), band_rubrics())) for _ in range(2)]
    bodies = [part.text.partition("三级指标 指标一 ")[2].partition("\n")[2] for part in parts]
    limits = [draw(st.sampled_from(("", "，> 0", "，可为负", "，≤ 100万元"))) for _ in range(3)]
    fields = "".join(f"  {name}：万元{limit}\n" for name, limit in zip("甲乙丙", limits, strict=True))
    points = [text_of(part.points) for part in parts]
    total = text_of(parts[0].points + parts[1].points)
    grades = draw(st.sampled_from(("", f"等级 优 ≥ {points[0]}，差 < {points[0]}\n")))
    return (
        f"指标体系 试 年度 2019\n满分 {total}\n计步 整步\n{grades}基础数据表\n{fields}"
        f"一级指标 一 {points[0]}\n三级指标 首 {points[0]}\n{bodies[0]}"
        f"一级指标 二 {points[1]}\n三级指标 次 {points[1]}\n{bodies[1]}"
    )


def check_holes(text: str, rows: list[Row]) -> None:
    rubric = rd.loads(text)
    table = pa.table({key: pa.array([row[key] for row in rows], pa.string()) for key in rows[0]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(holes, "FEW", 1)
        check(rubric, rows, rubric.score_table(table, USUAL, "python"))


amounts_written = st.one_of(st.integers(0, 30).map(str), st.sampled_from(["0", "-3", "12.5", "100", "105", "95", ""]))


@settings(parent=relaxed, max_examples=tries(40))
@given(two_rules(), st.lists(st.tuples(amounts_written, amounts_written, amounts_written), min_size=1, max_size=4))
def test_a_missing_figure_that_feeds_two_rules(text: str, drawn: list[tuple[str, str, str]]) -> None:
    rows: list[Row] = []
    for one in drawn:
        row: Row = dict(zip("甲乙丙", one, strict=True))
        rows += [row, *({**row, key: ""} for key in row)]
    check_holes(text, rows)


@pytest.mark.slow
@settings(parent=relaxed, max_examples=300)
@given(two_rules(), st.lists(st.tuples(amounts_written, amounts_written, amounts_written), min_size=1, max_size=4))
def test_a_missing_figure_that_feeds_two_rules_at_length(text: str, drawn: list[tuple[str, str, str]]) -> None:
    test_a_missing_figure_that_feeds_two_rules.hypothesis.inner_test(text, drawn)  # type: ignore[attr-defined]


FORM = """指标体系 试 年度 2019
满分 30
计步 整步
基础数据表
  甲：万元
  乙：万元，> 0
  基数：万元，可无数据
  率：比率
  其中一：万元
  其中二：万元
  参数 定额：万元 = 3
  核对 甲 = 其中一 + 其中二
  核对 甲 ≥ 其中二，误差 0.5
  核对 基数 ≤ 甲 + 乙
一级指标 一 30
三级指标 首 10
  指标值 甲 ÷ 乙
  评价标准 ≤ 100% 计满分；每超过 1个百分点 扣0.5分，扣完为止
三级指标 次 10
情形 当 无数据（基数）
指标值 乙 ÷ 定额
评价标准 按比例计分，最多 满分
其余情形
指标值 乙 ÷ （基数 + 定额）
评价标准 按比例计分，最多 满分
三级指标 末 10
  指标值 率
  评价标准 ≥ 90% 计满分；每低于 1个百分点 扣1分，扣完为止
"""


@st.composite
def form_rows(draw: st.DrawFn) -> list[Row]:
    """Rows whose checks may fail, with what is missing, unavailable, fine, or given though the rubric states it."""
    fine = st.tuples(st.integers(0, 30), st.integers(0, 10**6), st.integers(0, 13)).map(
        lambda drawn: f"{drawn[0]}.{drawn[1]:06d}"[: 3 + drawn[2]].rstrip(".") + "1" * max(0, drawn[2] - 6)
    )
    whole = st.integers(0, 12).map(str)
    amount = st.one_of(whole, whole, fine, st.sampled_from(["", "abc", "12 万元"]))
    row = st.fixed_dictionaries(
        {
            "甲": amount,
            "乙": amount,
            "基数": st.one_of(amount, st.sampled_from(["无数据", "unavailable"])),
            "率": st.one_of(st.sampled_from(["0.9", "0.891", "1", "0.85555555"]), amount),
            "其中一": amount,
            "其中二": st.one_of(amount, st.just("")),
            "定额": st.sampled_from(["", "", "", "3"]),
        }
    )
    return [dict(item) for item in draw(st.lists(row, min_size=1, max_size=8))]


@settings(parent=relaxed, max_examples=tries(60, one_in=15))
@given(form_rows(), st.integers(1, 4))
def test_what_is_wrong_with_a_row_is_told_as_in_single_scoring(rows: list[Row], size: int) -> None:
    rubric = rd.loads(FORM)
    check(rubric, rows, scored(rubric, rows))
    table = pa.table({key: pa.array([row[key] for row in rows], pa.string()) for key in rows[0]})
    check(
        rubric, rows, rubric.score_table(pa.Table.from_batches(table.to_batches(max_chunksize=size)), PARTS, "python")
    )


GROUPED = """指标体系 试 年度 2019
满分 20
计步 整步
{by}基础数据表
  类：选自（一类，二类）
  甲：万元，≥ 0
  乙：万元{limits}
  丙：比率
  计算 差：万元 = 甲 − 乙
  计算 率：比率 = 甲 ÷ 乙
  计算 补：万元 = （若 无数据（乙） 则 甲 否则 甲 × 2 ＋ 乙）
一级指标 一 20
三级指标 排名 10
  指标值 {measure}
  评价标准 {rule}
三级指标 自己 10
  指标值 甲 ÷ （丙 × 2万元 ＋ 乙）
  评价标准 ≤ 100% 计满分；每超过 1个百分点 扣0.5分，扣完为止
"""
GROUP_RULES = (
    ("{own} ÷ 同组平均（{figure}）", "按比例计分，最多 满分"),
    ("{own} ÷ 同组最高（{figure}）", "按比例计分，最多 满分"),
    ("{own} ÷ 同组最低（{figure}）", "≤ 200% 计满分；> 200% 不得分"),
    ("{own} ÷ 同组平均（{figure}，去最高 1，去最低 1）", "≥ 100% 计满分；每降低 5个百分点 扣1分，扣完为止"),
    ("{own} ÷ 同组分位（{figure}，{share}）", "按比例计分，最多 满分"),
    ("（{own} − 同组最低（{figure}）） ÷ （同组最高（{figure}） − 同组最低（{figure}））", "按比例计分，最多 满分"),
    ("名次（{figure}，从高到低）", "= 1 计满分；= 2 计3分；否则 不得分"),
    ("名次（{figure}，从低到高，并列取末位）", "= 1 计满分；= 2 计3分；否则 不得分"),
    ("名次（{figure}，从高到低，并列取平均） ÷ 同组个数（{figure}）", "≤ 0.5 计满分；> 0.5 不得分"),
)
COMPARED = {"甲": "甲", "乙": "乙", "差": "甲", "率": "丙", "补": "甲", "丙": "丙"}
"""A figure that is compared, and one of the same kind."""


@st.composite
def groups(draw: st.DrawFn) -> tuple[str, list[Row]]:
    measure, rule = draw(st.sampled_from(GROUP_RULES))
    figure = draw(st.sampled_from(list(COMPARED)))
    measure = measure.format(figure=figure, own=COMPARED[figure], share=draw(st.sampled_from(["25%", "50%", "33.3%"])))
    fine = st.sampled_from(["0.5", "0.123456", "12.000000000001", "0.33333333333333", "12345678901234567", "7" * 20])
    odd = st.sampled_from(["", "abc", "1e3", "12 万元", "1/3", "-2"])
    whole = st.integers(0, 5).map(str)
    usual = st.one_of(whole, whole, whole, st.integers(1, 40).map(str))
    if draw(st.booleans()):
        usual = st.one_of(usual, usual, fine)
    spoilt = draw(st.sampled_from([usual, st.one_of(usual, usual, odd, st.none())]))
    row = st.fixed_dictionaries(
        {
            "单位": st.sampled_from(["甲局", "乙局", "", None]),
            "类": st.sampled_from(["一类", "一类", "二类", " 二类", "三类", None])
            if draw(st.booleans())
            else st.just("一类"),
            "甲": spoilt,
            "乙": st.one_of(spoilt, st.sampled_from(["无数据", "2"])) if draw(st.booleans()) else usual,
            "丙": st.one_of(usual, st.sampled_from(["50%", "0.5", "1.25"])),
        }
    )
    by, limits = draw(st.sampled_from(["", "同组 按 类\n"])), draw(st.sampled_from(["，可无数据", "，可无数据，> 0"]))
    return GROUPED.format(by=by, limits=limits, measure=measure, rule=rule), draw(st.lists(row, min_size=1, max_size=7))


@settings(parent=relaxed, max_examples=tries(240, one_in=6))
@given(groups(), st.integers(1, 3))
def test_each_row_of_a_group_is_scored_as_in_single_scoring(group: tuple[str, list[Row]], size: int) -> None:
    text, rows = group
    rubric = rd.loads(text)
    given_rows = [{key: value for key, value in row.items() if value not in (None, "")} for row in rows]
    submissions = [submission_from({"单位": row.pop("单位", ""), "数据": row}, whole=True) for row in given_rows]
    results = rubric.score_all([submission for submission, _ in submissions])
    table = pa.table({key: pa.array([row[key] for row in rows], pa.string()) for key in rows[0]})
    source = pa.Table.from_batches(table.to_batches(max_chunksize=size))
    for given_table in (table, source):
        found = rubric.score_table(given_table, PARTS, "python")
        columns: dict[str, list[Any]] = found.table.to_pydict()
        for place, result in enumerate(results):
            for name, item in result.indicators.items():
                assert number(columns[name][place]) == item.score
                assert number(columns[f"{name}.min"][place]) == item.range.min
                assert number(columns[f"{name}.max"][place]) == item.range.max
                assert columns[f"{name}.status"][place] == item.status
                assert number(columns[f"{name}.measure"][place]) == item.measure
            assert number(columns["total"][place]) == result.total.score
            assert [number(columns[name][place]) for name in ("total.min", "total.max")] == ends(result.total)
            told = [item.diagnostic.message.en for item in found.faults if item.row == place + 1]
            expected = [item.message.en for item in (*submissions[place][1], *result.diagnostics)]
            assert sorted(told) == sorted(expected)

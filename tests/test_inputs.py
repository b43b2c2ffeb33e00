"""What a rubric asks for and what counts as plainly written: one list of inputs, and one reader of their words."""

from __future__ import annotations

from typing import get_args

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.api import TableEngine
from rubric_dsl.forms.base import MARKS
from rubric_dsl.inputs.asked import asked_of
from rubric_dsl.inputs.plain import option_of, spellings, usual_places, words_of
from tests.sql.databases import compare, in_sqlite

RUBRIC = """指标体系 试 年度 2024

基础数据表
  编制数：人，整数
  执行率：比率
  支出：万元，可为负，可无数据
  类别：选自（一类、二类）
  参数 标准：万元 = 2万元
  计算 结余：万元 = 支出 - 标准

指标 甲 10分
  指标值 执行率
  评价标准
    95%（含）以上 计10分；
    否则 不得分

指标 乙 4分
  评价标准
    ① “制度健全”，2分；
    ② “执行有效”，2分

指标 丙 4分
  评价标准
    评定给分 0分 到 4分，以 0.5分 为单位
"""


def test_every_input_is_described_once() -> None:
    model = rd.loads(RUBRIC).model
    asked = asked_of(model)
    places = usual_places(model)
    assert {key: (item.kind, item.whole, item.is_choice, item.given) for key, item in asked.items()} == {
        "编制数": ("whole", True, False, True),
        "执行率": ("number", False, False, True),
        "支出": ("number", False, False, True),
        "类别": ("choice", False, True, True),
        "结余": ("derived", False, False, False),
        "乙[①]": ("mark", False, True, True),
        "乙[②]": ("mark", False, True, True),
        "丙": ("award", False, False, True),
    }
    assert [places[key] for key in ("编制数", "执行率", "支出", "丙")] == [0, 6, 4, 2]
    assert usual_places(model, 8) == {key: 0 if item.whole else 8 for key, item in asked.items()}


@given(st.data())
def test_every_spelling_of_a_word_is_read_as_that_word(data: st.DataObject) -> None:
    """What the fast readers look up is what the evaluator's reader finds."""
    item = data.draw(st.sampled_from([item for item in asked_of(rd.loads(RUBRIC).model).values() if item.is_choice]))
    text = data.draw(st.sampled_from([*item.options, *MARKS, "三类", ""]))
    found = option_of(f" {text}".upper(), item.options, mark=item.kind == "mark")
    assert found == spellings(item).get(text)
    named = [place for place, option in enumerate(item.options) if text in words_of(option, mark=item.kind == "mark")]
    assert named == ([] if found is None else [found])


@pytest.mark.parametrize("written", ["95.1%", "-3 ％", "1/2%"])
def test_a_percentage_is_no_amount_of_another_unit_in_any_engine(written: str) -> None:
    """0.951 of 10,000 yuan is not what was meant: the figure is at fault, and no engine scores it."""
    text = """指标体系 示例 年度 2024
满分 10分
基础数据表
  甲：{unit}，可为负
  乙：比率，可为负
一级指标 一 5分
  指标值 甲
  评价标准 ≥ {zero} 计满分；< {zero} 不得分
一级指标 二 5分
  指标值 乙
  评价标准 ≥ 0% 计满分；< 0% 不得分
"""
    for unit, zero in (("万元", "0万元"), ("数", "0")):
        rubric = rd.loads(text.format(unit=unit, zero=zero))
        row = {"甲": written, "乙": written}
        result = rubric.score(row)
        assert [item.code for item in result.diagnostics] == ["wrong-unit"]
        assert (result.indicators["一"].status, result.indicators["二"].status) == ("invalid", "scored")
        total = rubric.compile()(row).total
        assert (total.min, total.max) == (result.total.min, result.total.max)
        low, high = result.total.min, result.total.max
        for engine in get_args(TableEngine):
            found = rubric.score_table(
                pa.table({key: [value] * 3 for key, value in row.items()}), ("total", "ranges"), engine
            )
            assert {(one["total.min"], one["total.max"]) for one in found.table.to_pylist()} == {(low, high)}
        query = rubric.to_sql("sqlite", keep=["id"])
        (answer,) = in_sqlite(query, [row], frozenset(row))
        compare(rubric, query, row, answer, complete=False)

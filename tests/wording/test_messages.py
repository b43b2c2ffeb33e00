"""A rule or a heading written as in a document is answered with what to write, and what is offered mends it."""

from __future__ import annotations

import pytest

import rubric_dsl as rd
from rubric_dsl.mending import changed, mend
from rubric_dsl.source import Source
from tests.wording.cases import Case, cases

FRAME = """指标体系 试 年度 2000
满分 10分
计步 整步
基础数据表
  值：比率，可为负
一级指标 甲 10分
{heading}
  指标值 值
  评价标准 {rule}
"""
HEADING = "二级指标 完成率 10分"
WRITTEN = [case for case in cases() if case.text.isprintable() and case.name is None]


def found(rule: str, heading: str = HEADING) -> tuple[str, list[rd.Diagnostic]]:
    text = FRAME.format(heading=heading, rule=rule)
    return text, list(rd.check_source(Source("t", text))[1])


def test_a_rule_with_one_meaning_is_put_right_by_the_safe_fixes() -> None:
    text, told = found("以100%为标准。完成率≦100%，计10分；每超过一个百分点扣0.5分，扣完为止。")
    assert [item.code for item in told] == ["official-wording"]
    mended = mend(Source("t", text))
    assert mended.rubric is not None
    assert "评价标准\n    ≤ 100% 计满分；\n    每超过 1个百分点 扣0.5分，扣完为止" in (
        rd.format_source(mended.source, "zh")[0] or ""
    ).replace("      ", "    ")
    assert mended.rubric.score({"值": "103%"}).indicators["完成率"].score == 8.5


def test_a_rule_with_several_meanings_offers_all_of_them_and_none_is_taken() -> None:
    text, told = found("完成90%计10分，完成80%计5分，不足80%不得分")
    (item,) = told
    assert item.code == "wording-open"
    assert [fix.safe for fix in item.fixes] == [False, False]
    assert item.hint is not None
    assert "85% 得 5分" in item.hint.zh
    assert "85% scores 7.5" in item.hint.en
    assert mend(Source("t", text), unsafe=True).changes == ()


def test_a_heading_with_its_points_in_brackets_is_put_right() -> None:
    text, told = found("≤ 100% 计满分；> 100% 不得分", "二级指标 完成率（10分）")
    assert [item.code for item in told] == ["official-wording"]
    mended = mend(Source("t", text))
    assert mended.source.text == text.replace("完成率（10分）", "完成率 10分")
    assert mended.rubric is not None


def test_a_smaller_change_that_mends_is_left_as_it_is() -> None:
    _, told = found("≤ 80% 计10分；80%-100%（含） 计3分；> 100% 不得分")
    assert [(item.code, [fix.replacement for fix in item.fixes]) for item in told] == [("syntax", [" 到 "])]


def test_a_rule_that_holds_a_comment_is_not_written_anew() -> None:
    _, told = found("① “甲” 5分；  # 第一项\n  ②乙，5分")
    assert "official-wording" not in {item.code for item in told}


@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: case.text[:25])
def test_every_fix_that_is_offered_removes_its_finding_and_adds_no_error(case: Case) -> None:
    text, told = found(case.text)
    errors = [item for item in told if item.is_error]
    for item in errors:
        if item.code not in ("official-wording", "wording-open"):
            continue
        for fix in item.fixes:
            left = [other for other in rd.check_source(Source("t", changed(text, [fix])))[1] if other.is_error]
            assert len(left) < len(errors)
            assert {other.code for other in left} <= {other.code for other in errors} - {item.code}

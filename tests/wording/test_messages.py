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


MIXED = [
    ("≥ 90% 计（10）分；80%-90%，4分；否则 不得分", ["80%（含） 到 90%（不含） 计4分", "80%（不含） 到 90%（不含） 计4分"]),
    ("≥ 90% 计（10）分；80%以上90%以下的得4分；60%（含） 到 80%（不含） 计1分 到 3分 按直线；< 60% 不得分", ["80%（含） 到 90%（不含） 计4分"]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "written"), MIXED, ids=["open", "one"])
def test_one_clause_of_a_sound_rule_is_put_right_where_it_stands(rule: str, written: list[str]) -> None:
    """The rest is in the language only; what the neighbours rule out is no meaning here."""
    text, told = found(rule)
    (item,) = told
    assert [fix.replacement for fix in item.fixes] == written
    assert item.code == ("official-wording" if len(written) == 1 else "wording-open")
    for fix in item.fixes:
        assert not fix.safe  # its neighbours say what it means
        assert rd.loads(changed(text, [fix])).score({"值": "85%"}).indicators["完成率"].score == 4
    assert bool(mend(Source("t", text), unsafe=True).changes) is (len(written) == 1)


def test_a_clause_in_english_is_put_right_where_it_stands() -> None:
    text = (
        rd.format_source(Source("t", FRAME.format(heading=HEADING, rule="≥ 90% 计10分；< 90% 不得分")), "en")[0] or ""
    )
    broken = text.replace(">= 90% scores 10", "at least 90% scores full marks")
    (item,) = (item for item in rd.check_source(Source("t", broken))[1] if item.is_error)
    assert [fix.replacement for fix in item.fixes] == [">= 90% scores full marks;\n    < 90% no points"]


ROWS = [
    (
        "制度建设\t5\t①目标明确，3分；②方案可行，2分",
        "指标 制度建设 5分\n  评价标准 ① “目标明确” 3分；② “方案可行” 2分",
    ),
    (
        "支出率\t5\t≥90%得满分，每低于1个百分点扣1分\t支出率=（值/100%）×100%",
        "指标 支出率 5分\n  指标值 （值/100%）\n  评价标准 ≥ 90% 计满分；每低于 1个百分点 扣1分",
    ),
]


@pytest.mark.parametrize(("row", "written"), ROWS, ids=["items", "formula"])
def test_a_row_pasted_with_tabs_is_an_indicator(row: str, written: str) -> None:
    text = FRAME.format(heading=HEADING, rule="≤ 100% 计满分；> 100% 不得分")
    text = text.replace("满分 10分", "满分 15分").replace("一级指标 甲 10分", "一级指标 甲 15分") + row + "\n"
    (item,) = rd.check_source(Source("t", text))[1]
    assert [fix.replacement for fix in item.fixes] == [written]
    assert mend(Source("t", text), unsafe=True).rubric is not None


def test_a_row_whose_figures_are_not_declared_is_told_what_it_says() -> None:
    text = FRAME.format(heading=HEADING, rule="≤ 100% 计满分；> 100% 不得分") + "支出率\t5\t≥90%得满分，否则不得分\n"
    item = next(item for item in rd.check_source(Source("t", text))[1] if item.code == "official-wording")
    assert item.fixes == ()
    assert item.hint is not None
    assert item.hint.zh == "写作：指标 支出率 5分 ⏎ 评价标准 ≥ 90% 计满分；否则 不得分"


def test_a_standard_on_a_line_without_its_keyword_is_a_rule() -> None:
    text = FRAME.format(heading=HEADING, rule="X").replace("  评价标准 X", "  ≥90%得满分，每低于1个百分点扣1分")
    (item,) = rd.check_source(Source("t", text))[1]
    assert [fix.replacement for fix in item.fixes] == ["评价标准 ≥ 90% 计满分；每低于 1个百分点 扣1分"]

"""Faults as a clerk makes them: what the message says was likely meant, and that what it offers mends the text."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.codes import codes, page
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.mending import changed
from rubric_dsl.source import Source
from tests.spec.test_chapters import cases
from tests.test_broken import BROKEN
from tests.test_broken import TEXT as YUHUA
from tests.tries import tries
from tools.code_inputs import BUILT
from tools.code_pages import LANGUAGES, example

ZH = """指标体系 示例 年度 2024
满分 10分
计步 整步
基础数据表
  甲：比率
  乙：万元
  丙：人，整数
一级指标 总 10分
二级指标 执行率 10分
  指标值 甲
  评价标准 ≥ 90% 计满分；< 90% 不得分
"""
EN = """rubric sample edition 2024
points 10
steps whole steps
form
  A: ratio
  B: wan_yuan
  C: persons, whole
level 1 all 10
level 2 rate 10
  measure A
  rule >= 90% scores full marks; < 90% no points
"""
RULE_ZH, RULE_EN = "≥ 90% 计满分；< 90% 不得分", ">= 90% scores full marks; < 90% no points"

CLERKS = [
    (ZH, "  乙：万元\n", "  乙\n", "no-unit", "“乙”没有写单位", None),
    (ZH, "基础数据表\n", "基础数据表\n  支出\n", "no-unit", "“支出”没有写单位", None),
    (ZH, "  甲：比率\n", "  甲 比率\n", "no-unit", "“甲”后面没有冒号", "甲：比率"),
    (EN, "  B: wan_yuan\n", "  B wan_yuan\n", "no-unit", "there is no colon behind 'B'", "B: wan_yuan"),
    (ZH, "  乙：万元\n", "  支出（2024年）：万元\n", "syntax", "名称“支出（2024年）”里有标点或空格", "“支出（2024年）”"),
    (EN, "  B: wan_yuan\n", "  R-D (2024): wan_yuan\n", "syntax", "the name 'R-D (2024)' has signs or spaces in it", '"R-D (2024)"'),
    (ZH, "执行率 10分", "执行率（%） 10分", "syntax", "名称“执行率（%）”里有标点或空格", "“执行率（%）”"),
    (ZH, "丙：人，整数", "丙：人 整数", "syntax", "“整数”前面缺逗号", "，"),
    (ZH, "评价标准", "评分标准", "unknown-keyword", "“评分标准”不能开始一个语句；是不是：评价标准", "评价标准"),
    (ZH, "指标值 甲", "指标公式 甲", "unknown-keyword", "“指标公式”不能开始一个语句；是不是：指标值", "指标值"),
    (EN, "  rule", "  criteria", "unknown-keyword", "'criteria' begins no statement; did you mean: rule", "rule"),
    (ZH, "指标值 甲", "指标值甲", "missing-space", "“指标值甲”连写时被当作一个名称", "指标值 甲"),
    (ZH, "执行率 10分", "执行率10分", "missing-space", "“执行率10分”连写时被当作一个名称", "执行率 10分"),
    (ZH, "指标值 甲", "指标值 四舍五入（甲，2）", "unknown-function", "没有名为“四舍五入”的函数", "舍入（甲，0.01，四舍五入）"),
    (EN, "measure A", "measure floor(A * 100) / 100", "unknown-function", "there is no function 'floor'", "rounded(A * 100, 1, floor)"),
    (ZH, "指标值 甲", "指标值 平均值（甲，50%）", "unknown-function", "没有名为“平均值”的函数", "平均（甲，50%）"),
    (EN, "measure A", "measure MAX(A, 0%)", "unknown-function", "there is no function 'MAX'", "max(A, 0%)"),
    (ZH, "指标值 甲", "指标值 方差（甲）", "unknown-function", "没有名为“方差”的函数", None),
    (EN, "< 90% no points", "otherwise 0", "syntax", "'otherwise 0' is no complete clause", "otherwise scores 0"),
    (EN, "< 90% no points", "else no points", "syntax", "'else no points' is no complete clause", "otherwise no points"),
    (EN, RULE_EN, "if A >= 90% then 10 else 0", "syntax", "'if A >= 90% then 10 else 0' is no complete clause", "when A >= 90% scores 10; otherwise scores 0"),
    (ZH, RULE_ZH, "如果甲≥90%则得10分，否则0分", "syntax", "“如果甲≥90%则得10分，否则0分”不是完整的一句", "当 甲≥90% 计 10分；否则 计 0分"),
    (ZH, RULE_ZH, "评为 好 计满分；差0分", "level-word", "“差0分”不能开始一句评价标准", "评为 差 计 0分"),
    (ZH, RULE_ZH, "≤ 100% 计12分；每超过 1个百分点 扣0.5分，扣完为止", "score-above-points", "“执行率”为 10 分，这一档计 12 分", "计满分"),
]  # fmt: skip


def told(text: str) -> list[Diagnostic]:
    return list(rd.check_source(Source("t", text))[1])


@pytest.mark.parametrize(
    ("good", "old", "new", "code", "message", "fix"), CLERKS, ids=[case[2][:30] for case in CLERKS]
)
def test_a_fault_is_told_as_what_was_likely_meant(
    good: str, old: str, new: str, code: str, message: str, fix: str | None
) -> None:
    broken = good.replace(old, new, 1)
    errors = [item for item in told(broken) if item.is_error]
    assert {item.code for item in errors} == {code}, [item.message.zh for item in errors]
    assert (errors[0].message.zh if good is ZH else errors[0].message.en) == message
    offered = [" ".join(each.replacement.split()) for each in errors[0].fixes]
    assert offered == ([] if fix is None else [fix])
    for each in errors[0].fixes:
        assert not [item for item in told(changed(broken, [each])) if item.is_error]


FOLLOWED = [
    (ZH, RULE_ZH, "每低于 1个百分点 扣0.5分", "以 100% 为标准，每低于 1个百分点 扣0.5分"),
    (ZH, "指标值 甲\n  评价标准 " + RULE_ZH, "指标值 乙\n  评价标准 每超过 1万元 扣0.5分", "指标值 乙\n  评价标准 以 10万元 为标准，每超过 1万元 扣0.5分"),
    (EN, RULE_EN, "deduct 1 per 1pp below", "deduct 1 per 1pp below 100%"),
    (ZH, RULE_ZH, "≤ 100% 计4分；每超过 1个百分点 扣0.5分", "≤ 100% 计满分；每超过 1个百分点 扣0.5分"),
    (ZH, "甲：比率", "甲：数", None),
    (ZH, "基础数据表\n", "基础数据表\n支出\n", "基础数据表\n支出：万元\n"),
]  # fmt: skip
"""What a message advises in words, followed."""


@pytest.mark.parametrize(("good", "old", "new", "followed"), FOLLOWED, ids=[case[2][:20] for case in FOLLOWED])
def test_advice_that_is_followed_is_not_refused(good: str, old: str, new: str, followed: str | None) -> None:
    broken = good.replace(old, new, 1)
    (first, *_) = [item for item in told(broken) if item.is_error]
    assert first.hint is not None
    if followed is None:
        assert "把那一项的单位写成“比率”" in first.hint.zh
        return
    assert not [item for item in told(good.replace(old, followed, 1)) if item.is_error]


def test_a_figure_that_hides_the_measure_is_told_and_the_fix_changes_nothing() -> None:
    text = EN.replace("  C: persons, whole", "  measure: ratio").replace(
        f"measure A\n  rule {RULE_EN}", 'measure "measure" / 2\n  rule score = measure * 10, at most full marks'
    )
    (item,) = [item for item in told(text) if item.code == "two-meanings"]
    (fix,) = item.fixes
    assert fix.safe
    mended = changed(text, [fix])
    assert "two-meanings" not in {other.code for other in told(mended)}
    one, other = (rd.loads(each).score({"measure": "50%"}).total for each in (text, mended))
    assert one.min == other.min


def test_a_name_that_a_broken_line_declares_is_not_told_again() -> None:
    assert [item.code for item in told(ZH.replace("  甲：比率\n", "  甲 比率\n")) if item.is_error] == ["no-unit"]


def test_a_gap_is_shown_between_its_bands_and_a_grade_gap_between_its_grades() -> None:
    text = ZH.replace(RULE_ZH, "≥ 90% 计满分；80%（含） 到 85%（不含） 计5分；< 80% 不得分")
    (gap,) = [item for item in told(text) if item.code == "band-gap"]
    assert [text[place.span.start : place.span.end][:5] for place in gap.places[:2]] == ["80%（含", "≥ 90%"]
    (grade,) = [
        item for item in told(ZH.replace("计步", "等级 优 ≥ 9分，良 ≥ 6分，差 < 5分\n计步")) if item.code == "grade-gap"
    ]
    assert [place.source[place.span] for place in grade.places] == ["良 ≥ 6分", "差 < 5分"]


# ---------------------------------------------------------------- the law of what is offered


def lawful(text: str) -> int:
    """Assert that each fix removes its finding and adds no error; return how many there were."""
    before = told(text)
    errors = Counter(item.code for item in before if item.is_error)
    count = 0
    for item in before:
        for fix in item.fixes:
            count += 1
            after = told(changed(text, [fix]))
            now = Counter(other.code for other in after if other.is_error)
            assert now <= errors, (item.code, fix.replacement, now - errors)
            same = [other.message for other in before].count(item.message)
            assert [other.message for other in after].count(item.message) < same, (item.code, fix.replacement)
    return count


def test_every_fix_in_the_pages_of_codes_mends() -> None:
    quick = [code for code in codes() if code not in BUILT and not code.startswith("too-")]
    pages = [own for code in quick for lang in LANGUAGES if (own := page(code, lang)) is not None]
    texts = {example(own, good=False).rubric for own in pages}
    offered = sum(lawful(text) for text in sorted(texts) if "沿用" not in text and "inherits" not in text)
    assert offered > len(LANGUAGES) * 20


@pytest.mark.slow
def test_every_fix_of_the_broken_texts_mends() -> None:
    for _, old, new, *_ in BROKEN:
        lawful(YUHUA.replace(old, new, 1))
    for _, text, kind, _ in cases():
        if kind != "scores":
            lawful(text)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A sound text that lost or doubled a word, a sign or a line."""
    text = draw(st.sampled_from([ZH, EN, *(case[0].replace(case[1], case[2], 1) for case in CLERKS)]))
    words = text.split(draw(st.sampled_from([" ", "\n", "，", "；", "：", "分", "%"])))
    at = draw(st.integers(0, len(words) - 1))
    separator = text[len(words[0]) : len(words[0]) + 1]
    put = draw(
        st.sampled_from(
            [[], [words[at]] * 2, [words[at][:-1]], [words[at] + "1"], [words[at] + "（"], [words[at] + "甲"]]
        )
    )
    return separator.join([*words[:at], *put, *words[at + 1 :]])


@settings(deadline=None, max_examples=tries(400, one_in=16))
@given(spoilt())
def test_every_fix_of_a_spoilt_text_mends(text: str) -> None:
    lawful(text)

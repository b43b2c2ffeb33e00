"""Keywords with several spellings: all are read alike, and the first is written."""

from __future__ import annotations

import pytest

import rubric_dsl as rd
from rubric_dsl.diagnostics import Lang
from rubric_dsl.source import Source

OTHER_WORDS = """指标体系 试 年度 2024
扣分单位 整步
等级标准 甲 = 10，乙 = 5
口径说明 “四舍五入到两位”，理由 “原文没有写明”

基础数据表
  完成率：比率
  上年数：万元，参考值
  满意度：比率，> 0
  类别：选自（一类，二类）

指标 一 10分
  指标值 完成率
  评价标准 插值法 60% 计0分，100% 计满分，两端之外 不变
  正式口径 “从严”
  口径 “从宽”
    评价标准 插值法 50% 计0分，100% 计满分，两端之外 不变

指标 二 10分
  评价标准 按等级标准评定

指标 三 10分
  评价标准
    评定给分 0分 到 10分；
    评审专家相差超过 2分 列出，评审专家平均分 张三，李四

指标 四 10分
  不适用当 类别 = 二类 不计入并由同级分摊
  指标值 满意度 ÷ 同类单位最高（满意度）
  评价标准 按比例计分，最多 满分

一票否决 偏低 当 完成率 < 30% 总分为零

算例 “一切都好”，完成率 = 100%，上年数 = 1，满意度 = 90%，类别 = 一类，二 = 甲，三[张三] = 10，三[李四] = 10 计40分
"""
FIRST_WORDS = (
    ("扣分单位 整", "计步 整"), ("等级标准", "尺度"), ("口径说明", "决定"), ("参考值", "参照"), ("插值法", "按折线"),
    ("口径", "读法"), ("评审专家", "评委"), ("分摊", "分担"), ("同类单位", "同组"), ("一票否决", "否决"), ("算例", "整例"),
)  # fmt: skip


def test_the_terms_of_the_trade_are_read_and_written_as_the_first_spelling() -> None:
    first = OTHER_WORDS
    for other, written in FIRST_WORDS:
        first = first.replace(other, written)
    read = [rd.check_source(Source("-", text)) for text in (OTHER_WORDS, first)]
    assert [rubric is not None for rubric, _ in read] == [True, True]
    assert read[0][0] is not None
    assert read[1][0] is not None
    assert read[0][0].indicators["一"].program == read[1][0].indicators["一"].program
    both = [rd.format_source(Source("-", text), "zh")[0] for text in (OTHER_WORDS, first)]
    assert both[0] is not None
    assert both[0] == both[1]
    assert not any(other in both[0] for other, _ in FIRST_WORDS)


CLAUSES = (
    ("每超过 1个百分点扣0.5分", "每{}1个百分点扣0.5分", "超出 高于 高 高出 上升 升高 增加 增长 提高 多 超 突破"),
    ("每低于 1个百分点扣0.5分", "每{}1个百分点扣0.5分", "降低 低 下降 减少 少 少于 欠 滞后 不足"),
    ("每低于 1个百分点扣0.5分", "每低于1个百分点{}0.5分", "减 扣减 扣除 减扣 倒扣"),
    ("每出现 1次扣0.5分", "每出现1次{}0.5分", "减 扣减 扣除 减扣 倒扣"),
    (
        "每低于 1个百分点扣0.5分，扣完为止",
        "每低于1个百分点扣0.5分，{}",
        "减完为止 直至扣完 扣完该项分为止 直至扣为0分 最低为零分 扣至0分",
    ),
    ("每低于 1个百分点扣0.5分，最多 3分", "每低于1个百分点扣0.5分，{}3分", "最高 最高不超过"),
    ("≥ 90% 计6分", "≥90%{}6分", "得 记 为 给 评 计为 记为"),
    ("< 60% 不得分", "<60%{}", "不计分 不予计分 不记分 得零分 记零分 计零分 零分"),
    ("≥ 90% 计满分", "≥90%{}", "得满分 记满分 得标准分"),
    ("≥ 90% 计满分", "{}90%计满分", "大于等于 大于或等于 不低于 不小于 至少 不少于"),
    ("≤ 90% 计满分", "{}90%计满分", "小于等于 小于或等于 不超过 不高于 不大于"),
    ("< 90% 不得分", "{}90%不得分", "未达到 未达 低于 小于 不足 不满"),
    ("达到 90% 计满分", "{}90%计满分", "达"),
    ("90%(含)以上计满分", "90%{}计满分", "及以上 以上（含）"),
    ("90%(含)以下计满分", "90%{}计满分", "及以下 以下（含）"),
    ("90%(不含)以下计满分", "90%{}计满分", "以下（不含）"),
)


def _written(clause: str, lang: Lang = "zh") -> str:
    shown, faults = rd.format_source(Source("-", f"指标体系 试\n满分 6\n指标 一 6\n评价标准 {clause}\n"), lang)
    assert not faults, clause
    assert shown is not None
    return shown.partition("评价标准 " if lang == "zh" else "rule ")[2].strip()


@pytest.mark.parametrize(("first", "pattern", "others"), CLAUSES)
def test_words_for_the_same_thing_are_one_keyword(first: str, pattern: str, others: str) -> None:
    """What official texts write otherwise, and means the same, is read as the keyword; the formatter writes that."""
    as_first = _written(first)
    assert as_first.replace(" ", "") == first.replace(" ", "").replace("(", "（").replace(")", "）")
    for other in others.split():
        assert _written(pattern.format(other)) == as_first, other
        assert _written(pattern.format(other), "en") == _written(first, "en"), other


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sign_at_the_end_of_a_grade_does_not_join_the_next_line(lang: Lang) -> None:
    """``B+`` and ``D*`` end a statement as ``B`` does; a sign after a blank, or of a formula, still goes on."""
    text = (
        "指标体系 试 年度 2019\n满分 4\n尺度 B+ = 4，D* = 1\n等级 “A+” ≥ 3，“A-” < 3\n基础数据表\n  甲：数，可无数据\n  乙：数\n"
        "一级指标 一 4\n三级指标 规则 4\n情形 当 无数据（甲）\n评价标准 否则 评为 D*\n其余情形\n指标值 甲 +\n乙*\n1\n"
        "评价标准 ≥ 5 评为 B+；否则 评为 D*\n例 甲 = 1，乙 = 4 计4分\n例 甲 = 无数据 计1分\n"
        "否决 一 当 乙 > 8 等级最高 A-\n否决 二 当 乙 > 9 等级定为 A-\n"
    )
    shown, faults = rd.format_source(Source("t", text), lang)
    assert not faults
    assert shown is not None
    rubric = rd.loads(shown)
    assert all(example.passed for example in rubric.run_examples())
    assert rubric.score({"甲": 1, "乙": 9}).grade.value == "A-"

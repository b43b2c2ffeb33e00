"""Each check of a rubric on texts that it must speak of and on texts that it must not: what is said, and of which places.

The pages of the codes have one message of each code in full, in both languages; here are its boundaries.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl import ranges
from rubric_dsl.mending import changed
from rubric_dsl.model.checks.regions import inside, uncovered
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range, between
from rubric_dsl.source import Source
from tests.tries import tries

Told = tuple[str, tuple[str, ...], str]
"""What is expected of a diagnostic: its code, the first line of each of its places, and its message in Chinese."""


def told(text: str) -> list[Told]:
    _, found = rd.check_source(Source("b", text))
    return [
        (
            item.code,
            tuple(p.source.text[p.span.start : p.span.end].splitlines()[0].strip() for p in item.places),
            item.message.zh,
        )
        for item in found
    ]


# ---------------------------------------------------------------- the tree

HEAD = "指标体系 例 年度 2024\n满分 10\n计步 整步\n"


def part(name: str, points: int, rest: str = "") -> str:
    return f"三级指标 {name} {points}{rest}\n  评价标准 评定给分 0分 到 {points}分\n"


TREES: list[tuple[str, str, list[Told]]] = [
    (
        "sums on two levels",
        f"一级指标 一 6\n二级指标 二 4\n{part('甲', 3)}二级指标 三 3\n{part('乙', 1)}{part('丙', 2)}一级指标 四 4\n{part('丁', 4)}",
        [
            ("points-sum", ("一级指标 一 6",), "“一”为 6 分，下级合计 4 + 3 = 7 分"),
            ("points-sum", ("二级指标 二 4",), "“二”为 4 分，下级合计 3 分"),
        ],
    ),
    ("the total", f"一级指标 一 6\n{part('甲', 6)}", [("points-sum", ("一级指标 一 6",), "“例”为 10 分，下级合计 6 分")]),
    (
        "headings with nothing below",
        f"一级指标 一 10\n二级指标 二 4\n二级指标 三 6\n{part('甲', 6)}",
        [("empty-section", ("二级指标 二 4",), "“二”下面没有指标，也没有评价标准")],
    ),
    ("a pool counts once", f"一级指标 一 10\n共用分值 7分：甲，乙\n三级指标 甲 共用\n  评价标准 评为 好 计满分；评为 差 不得分\n三级指标 乙 共用\n  评价标准 评为 好 计满分；评为 差 不得分\n{part('丙', 3)}", []),
    (
        "a pool too small",
        f"一级指标 一 10\n共用分值 6分：甲，乙\n三级指标 甲 共用\n  评价标准 评为 好 计满分；评为 差 不得分\n三级指标 乙 共用\n  评价标准 评为 好 计满分；评为 差 不得分\n{part('丙', 3)}",
        [("points-sum", ("一级指标 一 10",), "“一”为 10 分，下级合计 3 + 6 = 9 分")],
    ),
    ("a heading of a pool alone", "一级指标 一 10\n共用分值 10分：甲，乙\n三级指标 甲 共用\n  评价标准 评为 好 计满分；评为 差 不得分\n三级指标 乙 共用\n  评价标准 评为 好 计满分；评为 差 不得分\n", []),
    (
        "a pool in a mean",
        f"一级指标 一 10\n合计方式 平均\n共用分值 6分：甲，乙\n三级指标 甲 共用\n  评价标准 评为 好 计满分；评为 差 不得分\n三级指标 乙 共用\n  评价标准 评为 好 计满分；评为 差 不得分\n{part('丙', 10)}",
        [("points-differ", ("共用分值 6分：甲，乙",), "“一”不是求和，各项要用同一个满分 10，“甲、乙”是 6")],
    ),
    (
        "a mean has one full mark",
        f"一级指标 一 10\n合计方式 平均\n{part('甲', 10)}{part('乙', 8)}{part('丙', 9)}",
        [
            ("points-differ", ("三级指标 乙 8",), "“一”不是求和，各项要用同一个满分 10，“乙”是 8"),
            ("points-differ", ("三级指标 丙 9",), "“一”不是求和，各项要用同一个满分 10，“丙”是 9"),
        ],
    ),
    (
        "a mean of headings",
        f"合计方式 平均\n一级指标 一 10\n{part('甲', 10)}一级指标 二 8\n{part('乙', 8)}",
        [("points-differ", ("一级指标 二 8",), "“例”不是求和，各项要用同一个满分 10，“二”是 8")],
    ),
    (
        "weights",
        f"一级指标 一 10\n合计方式 加权平均\n{part('甲', 10, ' 权重 50%')}{part('乙', 10, ' 权重 40%')}",
        [("weights-sum", ("三级指标 甲 10 权重 50%",), "权重合计 90%，不是 100%")],
    ),
    ("weights that make a whole", f"一级指标 一 10\n合计方式 加权平均\n{part('甲', 10, ' 权重 50%')}{part('乙', 10, ' 权重 50%')}", []),
    (
        "weights of headings",
        f"合计方式 加权平均\n一级指标 一 10 权重 60%\n{part('甲', 10)}一级指标 二 10 权重 30%\n{part('乙', 10)}",
        [("weights-sum", ("一级指标 一 10 权重 60%",), "权重合计 90%，不是 100%")],
    ),
    ("a sum with a limit", f"一级指标 一 10\n合计方式 合计，最多 10分\n{part('甲', 8)}{part('乙', 8)}", []),
    ("the best of several", f"一级指标 一 10\n合计方式 最高的 2 项 合计\n{part('甲', 5)}{part('乙', 5)}{part('丙', 5)}", []),
    ("no total", f"合计方式 不合计\n一级指标 一 6\n{part('甲', 6)}", []),
    ("a bonus is no part of the total", f"一级指标 一 10\n{part('甲', 10)}加分项 乙 5分\n  评价标准 评定给分 0分 到 5分\n总分限于 0分 到 15分\n", []),
    (
        "a bonus has parts of its own",
        f"一级指标 一 10\n{part('甲', 10)}加分项 乙 5分\n{part('丙', 2)}{part('丁', 2)}总分限于 0分 到 15分\n",
        [("points-sum", ("加分项 乙 5分",), "“乙”为 5 分，下级合计 2 + 2 = 4 分")],
    ),
    ("only the fault that hides the rest", f"一级指标 一 9\n{part('甲', 10)}三级指标 乙\n", [("no-points", ("乙",), "“乙”没有写分值")]),
    ("no grade at the bottom", f"等级 优 ≥ 9，中 ≥ 6\n一级指标 一 10\n{part('甲', 10)}", [("grade-gap", ("中 ≥ 6",), "总分 0 没有等级")]),
    ("no grade at the top", f"等级 差 < 6，中 ≤ 9\n一级指标 一 10\n{part('甲', 10)}", [("grade-gap", ("中 ≤ 9",), "总分 10 没有等级")]),
    ("no grade at one total", f"等级 优 > 9，差 < 9\n一级指标 一 10\n{part('甲', 10)}", [("grade-gap", ("优 > 9", "差 < 9"), "总分 9 没有等级")]),
    ("a grade for every total", f"等级 优 > 9，中 ≥ 6，差 < 6\n一级指标 一 10\n{part('甲', 10)}", []),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "wanted"), [case[1:] for case in TREES], ids=[case[0] for case in TREES])
def test_points_weights_and_grades(tree: str, wanted: list[Told]) -> None:
    assert told(HEAD + tree) == wanted


# ---------------------------------------------------------------- one rule

FIELDS = "基础数据表\n  甲：比率\n  乙：万元\n  丙：万元\n"
USED = "  核对 甲 ≥ 0%\n  核对 乙 ≥ 0万元\n  核对 丙 ≥ 0万元\n"
CLOSED = "≥ 90% 计满分；< 90% 不得分"


def one(
    rule: str = CLOSED,
    measure: str = "甲",
    *,
    wording: str = "",
    name: str = "完成率",
    more: str = "",
    fields: str = FIELDS,
) -> str:
    lines = [f"  原文 “{wording}”\n"] if wording else []
    lines += [f"  指标值 {measure}\n"] if measure else []
    return f"{HEAD}{fields}{USED}一级指标 一 10\n三级指标 {name} 10\n{''.join(lines)}  评价标准 {rule}\n{more}"


ABOVE_ZERO = FIELDS.replace("丙：万元", "丙：万元，> 0")
WHOLE = FIELDS + "  辛：人，整数\n  壬：人，整数\n  核对 壬 ≥ 0人\n"
HERE = "三级指标 完成率 10"
BANDS: list[tuple[str, str, list[tuple[str, tuple[str, ...], str, str, str | None]]]] = [
    ("below", one("0%（含） 到 90% 计3分；≥ 90% 计满分", "甲 − 20%"), [
        ("band-gap", ("0%（含） 到 90% 计3分", HERE), "-20%（含）与 0% 之间的值不在任何一档", "a value between -20% (included) and 0% is in no band", "with 甲 = 0 the measure is -20% and has no score")]),
    ("above", one("≤ 90% 计满分；90%（不含） 到 100%（含） 计3分"), [
        ("band-gap", ("90%（不含） 到 100%（含） 计3分", HERE), "大于 100% 的值不在任何一档", "a value above 100% is in no band", "with 甲 = 1.1 the measure is 110% and has no score")]),
    ("above, the end with it", one("< 90% 计满分；90%（含） 到 100% 计3分"), [
        ("band-gap", ("90%（含） 到 100% 计3分", HERE), "100% 和更大的值不在任何一档", "100% or a value above it is in no band", "with 甲 = 1 the measure is 100% and has no score")]),
    ("one value", one("< 90% 计3分；> 90% 计满分"), [
        ("band-gap", ("< 90% 计3分", "> 90% 计满分", HERE), "恰好 90% 不在任何一档", "exactly 90% is in no band", "with 甲 = 0.9 the measure is 90% and has no score")]),
    ("two gaps", one("0%（含） 到 20% 计3分；50%（含） 到 60%（含） 计满分"), [
        ("band-gap", ("0%（含） 到 20% 计3分", "50%（含） 到 60%（含） 计满分", HERE), "20%（含）与 50% 之间的值不在任何一档", "a value between 20% (included) and 50% is in no band", "with 甲 = 0.2 the measure is 20% and has no score"),
        ("band-gap", ("50%（含） 到 60%（含） 计满分", HERE), "大于 60% 的值不在任何一档", "a value above 60% is in no band", "with 甲 = 0.7 the measure is 70% and has no score")]),
    ("without an end on either side", one("= 50% 计3分；> 100% 计满分", "甲 − 乙 ÷ 1万元"), [
        ("band-gap", ("= 50% 计3分", HERE), "小于 50% 的值不在任何一档", "a value below 50% is in no band", "with 乙 = 100, 甲 = 100.4 the measure is 40% and has no score"),
        ("band-gap", ("= 50% 计3分", "> 100% 计满分", HERE), "50% 与 100%（含）之间的值不在任何一档", "a value between 50% and 100% (included) is in no band", "with 乙 = 100, 甲 = 101 the measure is 100% and has no score")]),
    ("money", one("< 80万元 计3分；≥ 90万元 计满分", "乙"), [
        ("band-gap", ("< 80万元 计3分", "≥ 90万元 计满分", HERE), "80万元（含）与 90万元 之间的值不在任何一档", "a value between 80 wan_yuan (included) and 90 wan_yuan is in no band", "with 乙 = 80 the measure is 80 wan_yuan and has no score")]),
    ("a quotient", one("< 80% 计3分；≥ 90% 计满分", "乙 ÷ 丙", fields=ABOVE_ZERO), [
        ("band-gap", ("< 80% 计3分", "≥ 90% 计满分", HERE), "80%（含）与 90% 之间的值不在任何一档", "a value between 80% (included) and 90% is in no band", "with 丙 = 100, 乙 = 80 the measure is 80% and has no score")]),
    ("data that a check forbids are not shown", one("< 80% 计3分；≥ 90% 计满分", "乙 ÷ 丙", fields=ABOVE_ZERO + "  核对 乙 = 丙\n"), [
        ("band-gap", ("< 80% 计3分", "≥ 90% 计满分", HERE), "80%（含）与 90% 之间的值不在任何一档", "a value between 80% (included) and 90% is in no band", "a measure of 80% has no score")]),
    ("below, the end with it", one("> 50% 计满分", "甲 − 乙 ÷ 1万元"), [
        ("band-gap", ("> 50% 计满分", HERE), "50% 和更小的值不在任何一档", "50% or a value below it is in no band", "with 乙 = 100, 甲 = 100.5 the measure is 50% and has no score")]),
    ("a figure that may be negative", one("≥ 0万元 计满分", "丁", fields=FIELDS + "  丁：万元，可为负\n"), [
        ("band-gap", ("≥ 0万元 计满分", HERE), "小于 0万元 的值不在任何一档", "a value below 0 wan_yuan is in no band", "with 丁 = −0.1 the measure is -0.1 wan_yuan and has no score")]),
    ("a whole number is never there", one("< 2.2人 计3分；≥ 2.8人 计满分", "辛", fields=WHOLE), []),
    ("tables of whole numbers", one("≤ 8人 计满分；9人（含） 到 11人（含） 计3分；≥ 12人 不得分", "辛", fields=WHOLE), []),
    ("a whole number that is left out", one("≤ 8人 计满分；10人（含） 到 11人（含） 计3分；≥ 12人 不得分", "辛", fields=WHOLE), [
        ("band-gap", ("≤ 8人 计满分", "10人（含） 到 11人（含） 计3分", HERE), "8人 与 10人 之间的值不在任何一档", "a value between 8 persons and 10 persons is in no band", "with 辛 = 9 the measure is 9 persons and has no score")]),
    ("a difference of whole numbers", one("≤ −1人 不得分；= 0人 计3分；≥ 1人 计满分", "辛 − 壬", fields=WHOLE), []),
    ("twice a whole number", one("≤ 3人 不得分；≥ 4人 计满分", "辛 × 2", fields=WHOLE), []),
    ("a share of a whole number", one("≤ 0.5人 不得分；≥ 1人 计满分", "辛 ÷ 2", fields=WHOLE), []),
    ("a number that no sum reaches", one("= 0人 不得分；2人（含） 到 3人（含） 计3分；≥ 4人 计满分", "辛 × 2 + 壬 × 3", fields=WHOLE), []),
    ("a product of whole numbers", one("≤ 3人 不得分；≥ 4人 计满分", "（辛 ÷ 1人） × 壬 × 2", fields=WHOLE), []),
    ("a rounded measure", one("≤ 9万元 计满分；9.1万元（含） 以上 不得分", "乙", more="  舍入 指标值 到 0.1，四舍五入\n"), []),
    ("a measure that is not rounded so far", one("≤ 9万元 计满分；9.1万元（含）以上 不得分", "乙", more="  舍入 指标值 到 0.01，四舍五入\n"), [
        ("band-gap", ("≤ 9万元 计满分", "9.1万元（含）以上 不得分", HERE), "9万元 与 9.1万元 之间的值不在任何一档", "a value between 9 wan_yuan and 9.1 wan_yuan is in no band", "with 乙 = 9.01 the measure is 9.01 wan_yuan and has no score")]),
    ("no absolute value is below zero", one("0%（含） 到 5%（含） 计满分；> 5% 不得分", "绝对值（甲 − 80%）"), []),
    ("nor a share of one", one("0%（含） 到 5%（含） 计满分；> 5% 不得分", "绝对值（乙 − 丙） ÷ 丙", fields=ABOVE_ZERO), []),
    ("an absolute value of zero", one("> 0% 计满分", "绝对值（甲 − 80%）"), [
        ("band-gap", ("> 0% 计满分", HERE), "恰好 0% 不在任何一档", "exactly 0% is in no band", "with 甲 = 0.8 the measure is 0% and has no score")]),
    ("a rank", one("≤ 3 计满分；≥ 4 不得分", "名次（甲，从高到低）"), []),
    ("a rank that ties share", one("≤ 3 计满分；≥ 4 不得分", "名次（甲，从高到低，并列取平均）"), [
        ("band-gap", ("≤ 3 计满分", "≥ 4 不得分", HERE), "3 与 4 之间的值不在任何一档", "a value between 3 and 4 is in no band", "a measure of 3.5 has no score")]),
    ("a check holds the measure", one("≥ 0万元 计满分", "乙 − 丙", fields=FIELDS + "  核对 乙 ≥ 丙\n"), []),
    ("a check with another figure", one("< 80万元 计3分；≥ 90万元 计满分", "乙", fields=FIELDS + "  丁：万元\n  核对 乙 = 丁\n"), [
        ("band-gap", ("< 80万元 计3分", "≥ 90万元 计满分", HERE), "80万元（含）与 90万元 之间的值不在任何一档", "a value between 80 wan_yuan (included) and 90 wan_yuan is in no band", "with 乙 = 80 the measure is 80 wan_yuan and has no score")]),
    ("a parameter by class", one("< −20% 计3分；> 0% 计满分", "甲 − 目标率", fields=FIELDS + "  类别：选自（一类，二类）\n  参数 目标率：比率 按 类别：一类 95%，二类 85%\n"), [
        ("band-gap", ("< −20% 计3分", "> 0% 计满分", HERE), "-20%（含）与 0%（含）之间的值不在任何一档", "a value between -20% (included) and 0% (included) is in no band", "a measure of -20% has no score")]),
    ("a bound that is a figure", one("≥ 丙 计满分；< 丙 不得分", "乙"), []),
    ("bands that a step completes", one("≥ 90% 计满分；每低于 1个百分点 扣1分，扣完为止"), []),
    ("a band for the rest", one("≥ 90% 计满分；否则 不得分"), []),
    ("no gap where no data are", one("0%（含） 到 90% 计3分；≥ 90% 计满分"), []),
    ("a shared end", one("≤ 90% 计3分；≥ 90% 计满分"), [
        ("band-overlap", ("≥ 90% 计满分", "≤ 90% 计3分"), "两档都包括 90%", "two bands hold 90%", "a measure of 90% has two scores")]),
    ("three bands in one place", one("≤ 90% 计3分；≥ 80% 计满分；85%（含） 到 95%（含） 计4分"), [
        ("band-overlap", ("≥ 80% 计满分", "≤ 90% 计3分", "85%（含） 到 95%（含） 计4分"), "3 档互有重叠，80% 在其中 2 档里", "3 bands overlap; 80% is in 2 of them", "a measure of 80% has two scores")]),
    ("two groups", one("≤ 10% 计3分；10%（含） 到 50% 计4分；50%（含） 到 90% 计5分；80%（含） 以上 计满分"), [
        ("band-overlap", ("10%（含） 到 50% 计4分", "≤ 10% 计3分"), "两档都包括 10%", "two bands hold 10%", "a measure of 10% has two scores"),
        ("band-overlap", ("80%（含） 以上 计满分", "50%（含） 到 90% 计5分"), "两档都包括 80%", "two bands hold 80%", "a measure of 80% has two scores")]),
    ("a descending list", one("≥ 90% 计满分；≥ 80% 计8分；≥ 70% 计6分；≥ 60% 计4分；< 60% 不得分"), [
        ("band-overlap", ("≥ 80% 计8分", "≥ 90% 计满分", "≥ 70% 计6分", "≥ 60% 计4分"), "4 档互有重叠，90% 在其中 4 档里", "4 bands overlap; 90% is in 4 of them", "a measure of 90% has 4 scores")]),
    ("of conditions the first that holds decides", one("当 指标值 ≥ 90% 计满分；当 指标值 ≥ 80% 计8分；否则 不得分"), []),
    ("of conditions on a figure too", one("当 甲 ≥ 90% 计满分；当 甲 ≥ 80% 计8分；否则 不得分"), []),
    ("no whole number lies in both", one("≤ 8.5人 计满分；> 8.2人 不得分", "辛", fields=WHOLE), []),
    ("bands apart, and one that meets the first", one("≤ 80% 计3分；> 90% 计满分；80%（含） 到 90%（含） 计4分"), [
        ("band-overlap", ("80%（含） 到 90%（含） 计4分", "≤ 80% 计3分"), "两档都包括 80%", "two bands hold 80%", "a measure of 80% has two scores")]),
    ("one value and all others", one("= 50% 计满分；≠ 50% 不得分"), []),
    ("bands that overlap before the rest", one("≤ 90% 计3分；≥ 80% 计满分；否则 不得分"), [
        ("band-overlap", ("≥ 80% 计满分", "≤ 90% 计3分"), "两档都包括 80%", "two bands hold 80%", "a measure of 80% has two scores")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [case[1:] for case in BANDS], ids=[case[0] for case in BANDS])
def test_gaps_and_overlaps(text: str, wanted: list[tuple[str, tuple[str, ...], str, str, str | None]]) -> None:
    _, found = rd.check_source(Source("b", text))
    shown = [
        (code, places, item.message.zh, item.message.en, item.witness and item.witness.en)
        for item, (code, places, _) in zip(found, told(text), strict=True)
    ]
    assert shown == [(code, places, f"完成率：{zh}", f"完成率: {en}", data) for code, places, zh, en, data in wanted]


OVERLAPS = [
    ("≥ 90% 计满分；≥ 80% 计8分；≥ 70% 计6分；< 70% 不得分", ["≥ 90% 计满分；80%（含） 到 90% 计8分；70%（含） 到 80% 计6分；< 70% 不得分"]),
    ("≥ 70% 计6分；≥ 80% 计8分；≥ 90% 计满分；< 70% 不得分", ["70%（含） 到 80% 计6分；80%（含） 到 90% 计8分；≥ 90% 计满分；< 70% 不得分"]),
    ("≤ 10% 计满分；≤ 20% 计8分；≤ 30% 计6分；否则 不得分", ["≤ 10% 计满分；10% 到 20%（含） 计8分；20% 到 30%（含） 计6分；否则 不得分"]),
    ("≤ 90% 计3分；≥ 90% 计满分", ["≤ 90% 计3分；> 90% 计满分", "< 90% 计3分；≥ 90% 计满分"]),
    ("≤ 90% 计3分；≥ 80% 计满分；85%（含） 到 95%（含） 计4分", []),
    ("0% 到 80%（含） 计0分 到 8分 按直线；= 0% 不得分；80%（含） 以上 计满分", ["0% 到 80%（含） 计0分 到 8分 按直线；= 0% 不得分；> 80% 计满分"]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "wanted"), OVERLAPS, ids=[str(number) for number in range(len(OVERLAPS))])
def test_bands_that_overlap_are_parted(rule: str, wanted: list[str]) -> None:
    text = one(rule)
    (found,) = rd.check_source(Source("b", text))[1]
    mended = [changed(text, [fix]) for fix in found.fixes]
    assert mended == [one(item) for item in wanted]
    assert [told(item) for item in mended] == [[] for _ in mended]


MEASURES: dict[str, Callable[[int, int], Fraction]] = {
    "辛": lambda a, _: Fraction(a),
    "辛 − 壬": lambda a, b: Fraction(a - b),
    "辛 × 2 + 壬 × 3": lambda a, b: Fraction(2 * a + 3 * b),
    "绝对值（辛 − 壬） × 2": lambda a, b: Fraction(2 * abs(a - b)),
    "最大值（辛，壬 × 3） ÷ 4": lambda a, b: Fraction(max(a, 3 * b), 4),
    "（辛 ÷ 1人） × 壬": lambda a, b: Fraction(a * b),
    "（若 辛 > 3人 则 辛 × 4 否则 壬 × 2 + 1人）": lambda a, b: Fraction(4 * a if a > 3 else 2 * b + 1),
    "舍入（辛 ÷ 3，0.5，四舍五入）": lambda a, _: Fraction(ranges.whole(Fraction(2 * a, 3), "half_up"), 2),
}
CUTS = st.lists(st.integers(-12, 48).map(lambda quarter: Fraction(quarter, 4)), min_size=1, max_size=4, unique=True)


@given(st.sampled_from(sorted(MEASURES)), CUTS, st.booleans(), st.data())
@settings(max_examples=tries(150), deadline=None)
def test_gaps_and_overlaps_are_those_of_the_numbers_that_a_measure_can_have(
    measure: str, cuts: list[Fraction], bounded: bool, data: st.DataObject
) -> None:
    bands: list[Range] = []
    for low, high in pairwise([None, *sorted(cuts), None]):
        first = None if low is None else low + data.draw(st.sampled_from([Fraction(0), Fraction(1), Fraction(-1, 2)]))
        if first is None or high is None or first < high:
            bands.append(between(first, high, low_open=data.draw(st.booleans()), high_open=data.draw(st.booleans())))
    limits = ("，≤ 6人", "，≤ 4人") if bounded else ("", "")
    fields = f"{FIELDS}  辛：人，整数{limits[0]}\n  壬：人，整数{limits[1]}\n  核对 壬 + 辛 ≥ 0人\n"
    rule = "；".join(f"{_band_text(band)} 计{number}分" for number, band in enumerate(bands))
    found = {code for code, _, _ in told(one(rule, measure, fields=fields))}
    most = (6, 4) if bounded else (60, 60)
    can = {MEASURES[measure](a, b) for a in range(most[0] + 1) for b in range(most[1] + 1)}
    held = [sum(ranges.restrict(band, "=", value) is not None for band in bands) for value in can]
    assert ("band-gap" in found) == (0 in held)
    assert ("band-overlap" in found) == (max(held) > 1)


def _band_text(band: Range) -> str:
    low, high = band.low.value, band.high.value
    if low is None or high is None:
        sign = ("<" if band.high.open else "≤") if low is None else (">" if band.low.open else "≥")
        return f"{sign} {text_of(low if high is None else high).replace('-', '−')}人"  # type: ignore[arg-type]
    marks = ["（不含）" if end.open else "（含）" for end in (band.low, band.high)]
    return f"{text_of(low).replace('-', '−')}人{marks[0]} 到 {text_of(high).replace('-', '−')}人{marks[1]}"


VALLEY = "< 50% 计满分；50%（含） 到 90% 不得分；≥ 90% 计满分"
MEANT = "  接受 up-and-down，理由 “两头都好”\n"


def accepted(text: str) -> list[tuple[str, str | None]]:
    return [(item.code, item.accepted) for item in rd.check_source(Source("b", text))[1]]


def test_what_is_accepted() -> None:
    english = rd.format_source(Source("b", one(VALLEY, more=MEANT)), "en")[0] or ""
    assert 'accept up-and-down, because "两头都好"' in english
    assert (
        rd.format_source(Source("b", english), "zh")[0]
        == rd.format_source(Source("b", one(VALLEY, more=MEANT)), "zh")[0]
    )
    other = "三级指标 另一 2\n  指标值 甲\n  评价标准 < 50% 计2分；50%（含） 到 90% 不得分；≥ 90% 计满分\n"
    two = one(VALLEY.replace("满分", "8分"), more=MEANT + other).replace("完成率 10", "完成率 8")
    header = one(VALLEY).replace("计步 整步\n", "计步 整步\n" + MEANT.strip() + "\n")
    assert accepted(english) == accepted(header) == [("up-and-down", "两头都好")]
    assert accepted(two) == [("up-and-down", "两头都好"), ("up-and-down", None)]
    both = TWICE.replace("三级指标 丑", "接受 denominator-zero，理由 “不为零”\n三级指标 丑")
    assert accepted(both) == [("denominator-zero", None), ("accept-without-effect", None)]
    every = both.replace("一级指标 一 10\n", "一级指标 一 10\n接受 denominator-zero，理由 “不为零”\n")
    assert ("denominator-zero", "不为零") in accepted(every)


@pytest.mark.parametrize("more", [MEANT.replace("up-and-down", "no-such-code"), MEANT.replace("两头都好", " ")])
def test_what_is_accepted_in_vain(more: str) -> None:
    assert ("accept-without-effect", None) in accepted(one(VALLEY, more=more))
    assert ("up-and-down", None) in accepted(one(VALLEY, more=more))


def test_whole_numbers_and_ranks_go_one_way() -> None:
    rule = "= 1{0} 计满分；= 2{0} 计8分；= 3{0} 计5分；否则 不得分"
    assert told(one(rule.format(""), "名次（甲，从高到低）")) == []
    assert told(one(rule.format("人"), "辛 + 1人", fields=WHOLE)) == []
    shared = one(rule.format(""), "名次（甲，从高到低，并列取平均）")
    assert [code for code, _, _ in told(shared)] == ["up-and-down"]


TWICE = f"{HEAD}{FIELDS}{USED}一级指标 一 10\n三级指标 子 4\n指标值 乙 ÷ 丙\n评价标准 {CLOSED}\n三级指标 丑 6\n指标值 （乙 + 乙） ÷ 丙\n评价标准 {CLOSED}\n"
RULES: list[tuple[str, str, list[Told]]] = [
    ("a band out of reach", one("≥ 0% 计满分；< 0% 不得分"), [("never-reached", ("< 0% 不得分", HERE), "完成率：“< 0% 不得分”永远用不到")]),
    ("a variant out of reach", one(f"{CLOSED}\n  不适用当 甲 < 0% 计满分"), [("never-reached", (HERE,), "完成率：“不适用当 甲 < 0% 计满分”永远用不到")]),
    (
        "what an earlier variant has taken",
        one("≥ 90% 计满分；否则 不得分\n  不适用当 甲 > 50% 计满分\n  不适用当 甲 > 60% 不得分"),
        [
            ("never-reached", (HERE,), "完成率：“不适用当 甲 > 60% 不得分”永远用不到"),
            ("never-reached", ("≥ 90% 计满分", HERE), "完成率：“≥ 90% 计满分”永远用不到"),
        ],
    ),
    ("a variant out of reach beside levels", one("评为 好 计满分；评为 差 不得分\n  不适用当 甲 < 0% 计满分", ""), [("never-reached", (HERE,), "完成率：“不适用当 甲 < 0% 计满分”永远用不到")]),
    ("the general case out of reach", one(f"{CLOSED}\n  不适用当 甲 ≥ 0% 计满分"), [("never-reached", (HERE,), "完成率：“一般情形”永远用不到")]),
    ("what was not decided is not told", one("当 甲 × 甲 ≥ 甲 计满分；当 甲 × 甲 < 0% 计3分；否则 不得分", ""), []),
    ("full marks out of reach", one("≥ 90% 计8分；< 90% 不得分"), [("full-marks-unreachable", (HERE,), "完成率：没有数据能得满分 10 分")]),
    ("full marks by a variant", one("≥ 90% 计8分；< 90% 不得分\n  不适用当 乙 = 0 计满分"), []),
    ("a bonus need not reach its points", one(more="加分项 创新 5分\n  评价标准 评定给分 0分 到 4分\n总分限于 0分 到 15分\n"), []),
    ("full marks by rounding", one("≥ 90% 计9.5分；< 90% 不得分\n  舍入 得分 到 1，四舍五入"), []),
    ("a band out of reach before rounding", one("≥ 0% 计满分；< 0% 不得分\n  舍入 得分 到 1，四舍五入"), [("never-reached", ("< 0% 不得分", HERE), "完成率：“< 0% 不得分”永远用不到")]),
    ("a variant out of reach beside a formula", one("得分 = 10 × 甲，最多 满分\n  不适用当 甲 < 0% 计满分"), [("never-reached", (HERE,), "完成率：“不适用当 甲 < 0% 计满分”永远用不到")]),
    ("a denominator", one(measure="乙 ÷ 丙"), [("denominator-zero", (HERE,), "分母“丙”可以是 0：完成率")]),
    ("a denominator of the rule", one("得分 = 10 × 乙 ÷ 丙，最多 满分", ""), [("denominator-zero", (HERE,), "分母“丙”可以是 0：完成率")]),
    ("a denominator of two indicators", TWICE, [("denominator-zero", ("三级指标 子 4", "三级指标 丑 6"), "分母“丙”可以是 0：子、丑")]),
    ("a denominator in a band's formula", one("≥ 90% 计（10 × 乙 ÷ 丙）分；< 90% 不得分"), [("denominator-zero", (HERE,), "分母“丙”可以是 0：完成率")]),
    ("a denominator in a condition", one("当 乙 ÷ 丙 ≥ 90% 计满分；否则 不得分", ""), [("denominator-zero", (HERE,), "分母“丙”可以是 0：完成率")]),
    ("in a condition that comes second", one("当 甲 > 95% 计满分；当 乙 ÷ 丙 ≥ 90% 计3分；否则 不得分", ""), [("denominator-zero", (HERE,), "分母“丙”可以是 0：完成率")]),
    ("a denominator of a gate", one(f"{CLOSED}\n  不得分当 乙 ÷ 丙 > 150%"), [("denominator-zero", (HERE,), "分母“丙”可以是 0：完成率")]),
    ("a denominator of a variant", one(f"{CLOSED}\n  不适用当 乙 ÷ 丙 > 150% 计满分"), [("denominator-zero", (HERE,), "分母“丙”可以是 0：完成率")]),
    ("a denominator that only some data ask for", one("当 甲 ≥ 90% 且 乙 > 5000万元 计（10 × 乙 ÷ （丙 − 乙））分；否则 不得分", "", more=""), [("denominator-zero", (HERE,), "分母“（丙 − 乙）”可以是 0：完成率")]),
    ("a denominator that a condition keeps from 0", one("当 丙 > 0万元 且 乙 ÷ 丙 ≥ 90% 计满分；否则 不得分", ""), []),
    ("a denominator that a case keeps from 0", one("当 丙 = 0万元 不得分；当 乙 ÷ 丙 ≥ 90% 计满分；否则 不得分", ""), []),
    ("a denominator in a band beyond its own zero", one("当 丙 > 0万元 计（10 × 乙 ÷ 丙）分；否则 不得分", ""), []),
    ("a denominator of a coefficient", one(more="系数 调整 = 乙 ÷ 丙\n总分限于 0分 到 10分\n"), [("denominator-zero", ("系数 调整 = 乙 ÷ 丙",), "分母“丙”可以是 0：调整")]),
    ("a denominator of a veto", one(more="否决 超支 当 乙 ÷ 丙 > 150%，总分为零\n"), [("denominator-zero", ("否决 超支 当 乙 ÷ 丙 > 150%，总分为零",), "分母“丙”可以是 0：超支")]),
    ("a coefficient that keeps its denominator from 0", one(more="系数 调整 = （若 丙 > 0万元 则 乙 ÷ 丙 否则 100%）\n总分限于 0分 到 10分\n"), []),
    ("a denominator that is taken care of", one(f"{CLOSED}\n  不适用当 丙 = 0 不得分", "乙 ÷ 丙"), []),
    ("a denominator above nothing", one(measure="乙 ÷ 丙", fields=ABOVE_ZERO), []),
    ("a valley", one("< 50% 计满分；50%（含） 到 90% 不得分；≥ 90% 计满分"), [("up-and-down", (HERE,), "完成率：指标值升高时，得分时升时降")]),
    ("a second rise", one("< 50% 不得分；50%（含） 到 70% 计满分；70%（含） 到 90% 计3分；≥ 90% 计8分"), [("up-and-down", (HERE,), "完成率：指标值升高时，得分时升时降")]),
    ("a best place", one("< 50% 不得分；50%（含） 到 90% 计满分；≥ 90% 不得分"), []),
    ("rising", one("< 50% 不得分；50%（含） 到 90% 计3分；≥ 90% 计满分"), []),
    ("falling", one("< 50% 计满分；50%（含） 到 90% 计3分；≥ 90% 不得分"), []),
    ("steps", one("以 100% 为标准，每超过 1个百分点 扣1分，扣完为止"), []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [case[1:] for case in RULES], ids=[case[0] for case in RULES])
def test_what_cannot_be_meant(text: str, wanted: list[Told]) -> None:
    assert told(text) == wanted


def test_what_shows_that_it_cannot_be_meant() -> None:
    def words(text: str) -> tuple[str | None, ...]:
        (found,) = rd.check_source(Source("b", text))[1]
        return tuple(part and part.en for part in (found.witness, found.why))

    assert rd.check_source(Source("b", TWICE))[1][0].message.en == "the denominator '丙' can be 0: 子, 丑"
    assert words(TWICE) == ("for example: 乙 = 0, 丙 = 0", "there is no score then; 10 points depend on it")
    second = one("< 50% 不得分；50%（含） 到 70% 计满分；70%（含） 到 90% 计3分；≥ 90% 计8分")
    assert words(second) == ("for example: 0% scores 0; 50% scores 10; 70% scores 3", None)
    valley = one("< 50% 计满分；50%（含） 到 90% 不得分；≥ 90% 计满分")
    assert words(valley) == ("for example: 0% scores 10; 50% scores 0; 100% scores 10", None)
    assert words(one("≥ 90% 计8分；< 90% 不得分")) == (None, "scores that can be: 0, 8")


FORM = """基础数据表
  甲：比率
  乙：万元
  列 预算数，决算数
  行 丙：万元
  行 丁：万元，属于 丙
  行 壬：万元
  戊：万元，参照
  参数 己：万元 = 3
  计算 庚：万元 = 乙 × 2
"""


def test_names_that_nothing_uses() -> None:
    text = f"{HEAD}{FORM}一级指标 一 10\n三级指标 完成率 10\n  指标值 甲\n  评价标准 {CLOSED}\n"
    assert told(text) == [("unused-name", ("行 壬：万元",), "“壬”写明了，但没有用到")]
    lonely = (
        text.replace("  计算 庚：万元 = 乙 × 2\n", "").replace("  甲：比率", "  甲：比率\n  辛：人")
        + "  例 甲 = 95%，辛 = 3 计10分\n"
    )
    assert [item[1:] for item in told(lonely) if item[0] == "unused-name"] == [
        (("辛：人",), "“辛”写明了，但没有用到"),
        (("乙：万元",), "“乙”写明了，但没有用到"),
        (("行 壬：万元",), "“壬”写明了，但没有用到"),
    ]


# ---------------------------------------------------------------- the official wording

QUALITY = "三级指标 质量达标情况率 10"
BUDGET = "三级指标 预算完成率 10"
DECIDED = "  决定 “{0}”，理由 “通行读法”\n"
FALLING = "以 100% 为标准，每低于 1个百分点 扣1分，扣完为止"
WORDINGS: list[tuple[str, str, list[Told]]] = [
    ("more points", one(wording="达到目标计12分，未达到不得分"), [("wording-points", ("计12分", HERE), "完成率：原文最多计 12 分，指标的分值是 10 分")]),
    ("fewer points", one(wording="达到计8分，部分达到计5分"), [("wording-points", ("计8分", HERE), "完成率：原文最多计 8 分，指标的分值是 10 分")]),
    ("the most counts, wherever it stands", one(wording="部分达到记5分，达到记8分"), [("wording-points", ("记8分", HERE), "完成率：原文最多计 8 分，指标的分值是 10 分")]),
    ("points behind a note", one(wording="达到目标计12分").replace("  原文 ", "  说明 “按年计”\n  原文 ", 1), [("wording-points", ("计12分", HERE), "完成率：原文最多计 12 分，指标的分值是 10 分")]),
    ("points in English", one(wording="scores 12 if met"), [("wording-points", ("scores 12", HERE), "完成率：原文最多计 12 分，指标的分值是 10 分")]),
    ("points mentioned once", one(wording="达到计8分"), []),
    ("full marks beside fewer", one(wording="达到计满分，部分计8分，否则计5分"), []),
    ("points of each step", one(wording="每降1%计12分"), []),
    ("the points themselves", one(wording="达到计10分，部分达到计5分"), []),
    ("a percentage", one(wording="scoring 12% of all"), []),
    ("fewer points beside steps", one(FALLING, wording="达到计8分，降低计5分"), []),
    ("more points beside steps", one(FALLING, wording="达到计12分"), [("wording-points", ("计12分", HERE), "完成率：原文最多计 12 分，指标的分值是 10 分")]),
    ("points in a note", one(more="  说明 “达到目标计12分”\n"), []),
    ("points decided", one(wording="达到目标计12分", more=DECIDED.format("原文的 12分按分值折算")), []),
    ("points decided otherwise", one(wording="达到目标计12分", more=DECIDED.format("原文按比例折算")), [("wording-points", ("计12分", HERE), "完成率：原文最多计 12 分，指标的分值是 10 分")]),
    ("a name that is alike", one(name="质量达标情况率", wording="质量达标率=（质量达标数/总数）×100%"), [("wording-name", ("质量达标率", QUALITY), "质量达标情况率：原文里的公式写的是“质量达标率”")]),
    ("a name in a note", one(name="预算完成率", more="  说明 “预算完工率=完工数/预算数”\n"), [("wording-name", ("预算完工率", BUDGET), "预算完成率：说明里的公式写的是“预算完工率”")]),
    ("the name of another", one(more="").replace("10\n三级", "10\n三级指标 满意率 3\n  评价标准 评定给分 0分 到 3分\n三级", 1).replace("完成率 10\n", "完成率 7\n  原文 “满意率=满意数/总数”\n"), [("wording-name", ("满意率", "三级指标 完成率 7"), "完成率：原文里的公式写的是“满意率”")]),
    ("a longer name", one(wording="预算完成率=（预算完成数/预算数）×100%"), []),
    ("its own name too", one(name="预算完成率", wording="预算完工率=完工数/总数；预算完成率=预算完工率×2"), []),
    ("a name that is far from it", one(wording="满意率=满意数/总数"), []),
    ("a name in quotes", one(wording="‘完成率’=完成数/预算数"), []),
    ("a name decided", one(name="预算完成率", wording="预算完工率=完工数/预算数", more=DECIDED.format("‘预算完工率’就是本指标")), []),
    ("a dash", one(wording="完成率——完成数/预算数"), [("wording-dash", ("完成率——", HERE), "完成率：原文的公式里，名称后面写的是“——”，不是“=”")]),
    ("a minus", one(wording="按年计算。完成率-（完成数/预算数）×100%"), [("wording-dash", ("完成率-", HERE), "完成率：原文的公式里，名称后面写的是“-”，不是“=”")]),
    ("a dash behind an alike name", one(name="预算完成率", more="  说明 “预算完工率—完工数/预算数”\n"), [("wording-dash", ("预算完工率—", BUDGET), "预算完成率：说明的公式里，名称后面写的是“—”，不是“=”")]),
    ("a dash beside an equals sign", one(wording="完成率＝完成数－退回数/预算数"), []),
    ("a dash behind another name", one(wording="满意率—满意数/总数"), []),
    ("a dash without a quotient", one(wording="完成率—完成数"), []),
    ("a dash decided", one(wording="完成率—完成数/预算数", more=DECIDED.format("原文的横线读作等号")), []),
    ("a dash decided by its sign", one(wording="完成率—完成数/预算数", more="  决定 \"“—”读作“=”\"，理由 “笔误”\n"), []),
    ("sums on both sides", one(wording="完成率=A+B-C/A+B"), [("wording-brackets", ("A+B-C/A+B", HERE), "完成率：原文的公式里，相除的和没有加括号")]),
    ("a difference over its own part", one(more="  说明 “完成率=甲数-乙数÷乙数”\n"), [("wording-brackets", ("甲数-乙数÷乙数", HERE), "完成率：说明的公式里，相除的和没有加括号")]),
    ("a difference inside brackets", one(wording="完成率=（甲数-乙数/乙数）×100%"), [("wording-brackets", ("（甲数-乙数/乙数）×100%", HERE), "完成率：原文的公式里，相除的和没有加括号")]),
    ("up to the pause", one(wording="完成率=甲数-乙数/乙数，按年计"), [("wording-brackets", ("甲数-乙数/乙数", HERE), "完成率：原文的公式里，相除的和没有加括号")]),
    ("the part that comes first", one(wording="完成率=乙数-甲数/乙数"), [("wording-brackets", ("乙数-甲数/乙数", HERE), "完成率：原文的公式里，相除的和没有加括号")]),
    ("a bracket inside a sum", one(wording="完成率=乙数+（丙数）/乙数"), [("wording-brackets", ("乙数+（丙数）/乙数", HERE), "完成率：原文的公式里，相除的和没有加括号")]),
    ("two sums of other parts", one(wording="完成率=甲数+乙数/丙数+丁数"), [("wording-brackets", ("甲数+乙数/丙数+丁数", HERE), "完成率：原文的公式里，相除的和没有加括号")]),
    ("a bracket that closes nothing", one(wording="完成率=甲数）-乙数/乙数"), [("wording-brackets", ("甲数）-乙数/乙数", HERE), "完成率：原文的公式里，相除的和没有加括号")]),
    ("one part over a sum", one(wording="完成率=甲数/甲数+乙数"), []),
    ("a formula that breaks off", one(wording="完成率=-甲数/"), []),
    ("a sum in brackets", one(wording="完成率=（甲数-乙数）/乙数"), []),
    ("a sum in brackets below", one(wording="完成率=甲数/（甲数+乙数）×100%"), []),
    ("a sum beside a quotient of others", one(wording="完成率=甲数+丙数/乙数"), []),
    ("factors part a sum from a quotient", one(wording="完成率=甲数+乙数×丙数/乙数"), []),
    ("two quotients", one(wording="完成率=甲数+乙数/乙数/丙数+丁数"), []),
    ("brackets decided", one(wording="完成率=A+B-C/A+B", more=DECIDED.format("公式补上括号")), []),
    ("an end above", one(wording="90%以上计满分"), [("wording-end", ("90%以上", HERE), "完成率：原文“90%以上”没有说明是否含 90%")]),
    ("an end below", one(wording="80%以下不得分"), [("wording-end", ("80%以下", HERE), "完成率：原文“80%以下”没有说明是否含 80%")]),
    ("within", one(wording="30天以内计满分"), [("wording-end", ("30天以内", HERE), "完成率：原文“30天以内”没有说明是否含 30天")]),
    ("an end behind a note", one(wording="90%以上计满分").replace("  原文 ", "  说明 “按年计”\n  原文 ", 1), [("wording-end", ("90%以上", HERE), "完成率：原文“90%以上”没有说明是否含 90%")]),
    ("the second end", one(wording="90%（含）以上计满分，80%以下不得分"), [("wording-end", ("80%以下", HERE), "完成率：原文“80%以下”没有说明是否含 80%")]),
    ("another bound on the other side", one(wording="90%以上计满分，低于80%不得分"), [("wording-end", ("90%以上", HERE), "完成率：原文“90%以上”没有说明是否含 90%")]),
    ("the other side says so", one(wording="90%以上计满分，低于90%不得分"), []),
    ("the other side of below", one(wording="80%以下不得分，高于80%计满分"), []),
    ("the other side of within", one(wording="30天以内计满分，超过30天不得分"), []),
    ("a mark before", one(wording="90%（含）以上计满分"), []),
    ("a mark behind", one(wording="90%以上（含90%）计满分"), []),
    ("a word before", one(wording="含 90%以上计满分"), []),
    ("an end without a measure", one("评定给分 0分 到 10分", "", wording="90%以上计满分"), []),
    ("an end in a note", one(more="  说明 “90%以上计满分”\n"), []),
    ("an end decided", one(wording="90%以上计满分", more=DECIDED.format("90%以上含 90%")), []),
    ("an end decided by its number", one(wording="90%以上计满分", more=DECIDED.format("含90%")), []),
    ("two signs", one(wording="≥90%计满分；≧80%计5分"), [("wording-signs", ("≥", "≧"), "原文里同一个符号有几种写法：≥、≧")]),
    ("three signs", one(wording="≦90%计满分；>=80%计5分；＜＝70%不得分；≧50%不得分"), [("wording-signs", ("≦", ">=", "＜＝"), "原文里同一个符号有几种写法：≦、>=、＜＝")]),
    ("one kind of signs", one(wording="≥90%计满分；≤80%计5分"), []),
    ("signs decided", one(wording="≥90%计满分；≧80%计5分").replace("计步 整步\n", "计步 整步\n决定 “符号照录”，理由 “原件如此”\n"), []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [case[1:] for case in WORDINGS], ids=[case[0] for case in WORDINGS])
def test_what_the_official_wording_leaves_open(text: str, wanted: list[Told]) -> None:
    assert told(text) == wanted


DASHED, OPEN_END = "完成率—完成数/预算数", "90%以上计满分"
SAID = [
    *((DASHED, word) for word in ("横线", "减号", "破折号", "dash", "minus")),
    *((OPEN_END, word) for word in ("以上", "含90%", "包括90%", "（含）", "（不含）", "本数", "含上端", "含下端", "included", "excluded")),
    *(("达到目标计12分", word) for word in ("分值", "12分", "12 points")),
    *(("完成率=A+B-C/A+B", word) for word in ("括号", "bracket")),
]  # fmt: skip


# Numbered, since pytest escapes Chinese names and mutmut cannot ask for an escaped one again.
@pytest.mark.parametrize(("wording", "word"), SAID, ids=[f"said-{number}" for number in range(len(SAID))])
def test_a_decision_that_names_the_question_settles_it(wording: str, word: str) -> None:
    assert told(one(wording=wording, more=DECIDED.format("按通行读法"))) != []
    assert told(one(wording=wording, more=DECIDED.format(f"按{word}读"))) == []


@pytest.mark.parametrize(
    ("words", "settled"),
    [("符号照录", True), ("the signs are kept", True), ("按年计", False)],
    ids=["in Chinese", "in English", "of something else"],
)
def test_signs_are_settled_by_a_decision_of_the_whole_rubric(words: str, settled: bool) -> None:
    text = one(wording="≥90%计满分；≧80%计5分").replace("计步 整步\n", f"计步 整步\n决定 “{words}”，理由 “原件如此”\n")
    assert (told(text) == []) == settled


def test_where_a_formula_stands_is_said_in_both_languages() -> None:
    for text, zh, en in (
        (one(wording=DASHED), "原文的", "the wording"),
        (one(more=f"  说明 “{DASHED}”\n"), "说明的", "the note"),
        (one(wording="完成率=A+B-C/A+B"), "原文的", "the wording"),
        (one(more="  说明 “完成率=A+B-C/A+B”\n"), "说明的", "the note"),
        (one(name="预算完成率", wording="预算完工率=完工数/预算数"), "原文里", "the wording"),
        (one(name="预算完成率", more="  说明 “预算完工率=完工数/预算数”\n"), "说明里", "the note"),
    ):
        (found,) = rd.check_source(Source("b", text))[1]
        assert zh in found.message.zh
        assert f" {en}" in found.message.en
    (quoted,) = rd.check_source(Source("b", one(name="质量达标情况率", wording="质量“达标”率=达标数/总数")))[1]
    assert quoted.hint is not None
    assert "“质量达标率”就是本指标" in quoted.hint.zh


def test_each_indicator_is_looked_at_whatever_the_one_before_it_is() -> None:
    plain = "三级指标 {0} 2\n  评价标准 评定给分 0分 到 2分\n"
    own = "三级指标 预算完成率 2\n  原文 “预算完成率=完成数/预算数，90%（含）以上计2分”\n  指标值 甲\n  评价标准 以 乙 ÷ 100万元 为标准，每低于 1个百分点 扣1分，扣完为止\n"
    moving = "三级指标 支出率 2\n  指标值 乙\n  评价标准 ≥ 丙 计满分；< 丙 不得分\n"
    wrong = "三级指标 质量达标情况率 4\n  原文 “质量达标率=达标数/总数，90%以上计9分”\n  指标值 甲\n  评价标准 ≥ 90% 计满分；≥ 80% 计3分\n"
    text = f"{HEAD}{FIELDS}{USED}一级指标 一 10\n{plain.format('子')}{own}{moving}{wrong}"
    assert sorted(code for code, _, _ in told(text)) == [
        "band-gap",
        "band-overlap",
        "wording-end",
        "wording-name",
        "wording-points",
    ]


def test_who_is_to_blame_and_how_much_it_matters() -> None:
    texts = [f"{HEAD}{FIELDS}一级指标 一 10\n{part('子', 10)}"]
    texts += [case[1] for case in (*RULES, *BANDS, *WORDINGS)] + [HEAD + case[1] for case in TREES]
    found = {item.code: item for text in texts for item in rd.check_source(Source("b", text))[1]}
    kinds = {code: (item.severity, item.blame) for code, item in found.items() if code != "no-points"}
    errors = {"points-sum", "points-differ", "weights-sum", "empty-section", "grade-gap", "band-gap", "band-overlap"}
    assert {code for code, kind in kinds.items() if kind == ("error", "rule")} == errors
    warnings = {"unused-name", "never-reached", "full-marks-unreachable", "denominator-zero", "up-and-down"}
    assert {code for code, kind in kinds.items() if kind == ("warning", "rule")} == warnings
    wordings = {"wording-points", "wording-name", "wording-dash", "wording-brackets", "wording-end"}
    assert {code for code, kind in kinds.items() if kind == ("warning", "wording")} == wordings
    assert {code for code, kind in kinds.items() if kind == ("info", "wording")} == {"wording-signs"}
    assert len(kinds) == 18


# ---------------------------------------------------------------- ranges as sets

numbers = st.integers(-3, 3).map(Fraction)


@st.composite
def bands(draw: st.DrawFn) -> Range:
    low, high = draw(st.none() | numbers), draw(st.none() | numbers)
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    single = low is not None and low == high
    return between(low, high, low_open=not single and draw(st.booleans()), high_open=not single and draw(st.booleans()))


def holds(item: Range, value: Fraction) -> bool:
    return ranges.restrict(item, "=", value) is not None


QUARTERS = [Fraction(n, 4) for n in range(-20, 21)]


@given(bands(), st.lists(bands(), max_size=3))
@settings(max_examples=tries(200), deadline=None)
def test_what_bands_leave_out_and_share(reach: Range, parts: list[Range]) -> None:
    left = uncovered(reach, parts)
    for value in QUARTERS:
        free = holds(reach, value) and not any(holds(part, value) for part in parts)
        assert sum(holds(item, value) for item in left) == free
    assert all(holds(item, inside(item)) for item in (*left, reach, *parts))
    for part in parts:
        shared = ranges.meet(reach, part)
        assert all((shared is not None and holds(shared, v)) == (holds(reach, v) and holds(part, v)) for v in QUARTERS)


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        (between(1, 2), 1),
        (between(1, 2, low_open=True), 2),
        (between(1, 2, low_open=True, high_open=True), Fraction(3, 2)),
        (between(1, None), 1),
        (between(1, None, low_open=True), Fraction(11, 10)),
        (between(None, 1), 1),
        (between(None, 1, high_open=True), Fraction(9, 10)),
        (between(None, None), 0),
    ],
)
def test_a_plain_number_stands_for_a_range(item: Range, wanted: Fraction) -> None:
    assert inside(item) == wanted


def test_the_advice_to_round_shows_a_score_that_it_changes() -> None:
    """What is shown is what the rubric gives when the advice is followed."""
    head = (
        "rubric t edition 2019\npoints 1\nform\n  health: wan_yuan\n  wealth: wan_yuan\nlevel 1 a 1\nlevel 3 index 1\n"
    )
    rule = "rule score = (health / wealth) ^ 0.5, at most full marks\n"
    _, found = rd.check_source(Source("t", head + rule))
    hints = [item.hint for item in found if item.code == "needs-rounding" and item.hint is not None]
    assert [hint.en.partition("; ")[2] for hint in hints] == ["at health = 2, wealth = 3, ≈0.816497 becomes 0.82"]
    assert all("scores depend on the places" in hint.en and "得分随位数而变" in hint.zh for hint in hints)
    followed = rd.loads(head + "round scores to 0.01, half up\n" + rule)
    assert followed.score({"health": 2, "wealth": 3}).indicators["index"].score == Fraction(82, 100)


@pytest.mark.parametrize(
    ("expected", "advised"),
    [
        (("0.8", "0.816"), "the examples' scores have 3 decimals): round scores to 0.001, half up"),
        (("0.8",), "the examples' scores have 1 decimal): round scores to 0.1, half up"),
        (("1",), "write as many as published scores have), for example: round scores to 0.01, half up"),
    ],
)
def test_the_advice_to_round_has_the_places_of_the_examples(expected: tuple[str, ...], advised: str) -> None:
    text = "rubric t edition 2019\npoints 1\nform\n  a: wan_yuan\n  b: wan_yuan\nlevel 1 x 1\nlevel 3 i 1\n"
    rule = "rule score = (a / b) ^ 0.5, at most full marks\n"
    examples = "".join(f"example a = 2, b = 3 scores {score}\n" for score in expected)
    _, found = rd.check_source(Source("t", text + rule + examples))
    (hint,) = [item.hint for item in found if item.code == "needs-rounding"]
    assert hint is not None
    assert advised in hint.en
    followed = text + advised.partition("round ")[1] + advised.partition("round ")[2] + "\n" + rule
    assert f"becomes {text_of(rd.loads(followed).score({'a': 2, 'b': 3}).indicators['i'].range.min)}" in hint.en


ROOT_OF = "level 3 i 10\n{line}rule score = (a / b) ^ 0.5, at most full marks\n"
MEAN_OF = "{line}combine geometric mean\nlevel 3 i 10\nrule award 0 to 10\nlevel 3 j 10\nrule award 0 to 10\n"
GOOD, BAD = "example a = 2, b = 3 scores 0.82\n", "example a = 1, b = 2 scores 0.70\n"
OTHER = "level 3 j 5\nrule\n  when a > b scores 5;\n  otherwise scores 0\nexample a = 2, b = 3 scores 5\n"
MISSED = "but with it the example on line"


@pytest.mark.parametrize(
    ("body", "line", "told"),
    [
        (ROOT_OF + GOOD, "round scores to 0.01, half up", "all examples hold with it"),
        (ROOT_OF + GOOD + BAD, "round scores to 0.01, half up", f"{MISSED} 10 scores 0.71, not 0.7"),
        (ROOT_OF + "example a = 2, b = 3 scores 1\n", "round scores to 0.01, half up", f"{MISSED} 9 scores 0.82, not 1"),
        (ROOT_OF + "example a = 2 scores 0 to 0.3\n", "round scores to 0.1, half up", f"{MISSED} 9 scores 0 to 10, not 0 to 0.3"),
        (ROOT_OF.replace(" 10", " 5") + GOOD + OTHER, "round scores to 0.01, half up", "all examples hold with it"),
        (MEAN_OF + 'case "c", i = 2, j = 3 scores 2.45\n', "round subtotals to 0.01, half up", "all examples hold with it"),
        (MEAN_OF + 'case "c", i = 2, j = 3 scores 2.4\n', "round subtotals to 0.01, half up", f"{MISSED} 12 scores 2.45, not 2.4"),
        # Where something else is wrong, or there is no example, nothing is claimed.
        (ROOT_OF + GOOD + "level 3 j\n", "round scores to 0.01, half up", ""),
        (ROOT_OF, "round scores to 0.01, half up", ""),
    ],
)  # fmt: skip
def test_the_advice_to_round_is_tried_on_the_examples(body: str, line: str, told: str) -> None:
    """What is told is what the examples do once the advice is followed."""
    head = "rubric t edition 2019\npoints 10\nform\n  a: wan_yuan\n  b: wan_yuan\nlevel 1 x 10\n"
    text = head + body.format(line="")
    (hint,) = [item.hint for item in rd.check_source(Source("t", text))[1] if item.code == "needs-rounding"]
    assert hint is not None
    assert line in hint.en
    assert hint.en.endswith(told) if told else "example on line" not in hint.en and "hold" not in hint.en
    if told:
        followed = rd.loads(head + body.format(line=line + "\n"))
        own = [item for item in followed.run_examples() if item.indicator != "j"]
        assert all(item.passed for item in own) == ("hold" in told)


def test_the_advice_to_round_subtotals_and_the_total_shows_what_it_changes() -> None:
    """What is shown is what the rubric gives when the advice is followed; the total has its own words."""
    parts = "level 3 a 10\n  rule award 0 to 10\nlevel 3 b 10\n  rule award 0 to 10\n"
    case = 'case "c", a = 2, b = 3 scores 2.4\n'
    for body, line, told in (
        (f"level 1 x 10\n  combine geometric mean\n{parts}", "round subtotals to 0.01, half up", "becomes 2.45"),
        (f"combine geometric mean\n{parts.replace('level 3', 'level 1')}", "round total to 0.01, half up", "becomes 2.45"),
        (
            f"combine geometric mean\n{parts.replace('level 3', 'level 1')}{case}", "round total to 0.1, half up",
            "becomes 2.4; all examples hold with it",
        ),
    ):  # fmt: skip
        head = "rubric t edition 2019\npoints 10\n"
        (fault,) = [item for item in rd.check_source(Source("t", head + body))[1] if item.code == "needs-rounding"]
        assert fault.hint is not None
        assert line in fault.hint.en
        assert "at a = 2, b = 3, " in fault.hint.en
        assert fault.hint.en.endswith(told)
        assert "总分" not in fault.message.en
        result = rd.loads(head + line + "\n" + body).score({"a": 2, "b": 3})
        assert told.partition(";")[0] == f"becomes {text_of(result.total.min)}"

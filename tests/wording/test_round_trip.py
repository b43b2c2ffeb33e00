"""Random clauses, written as officials write them, are read back as rules that score alike."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.numbers import text_of
from rubric_dsl.wording import read_wording
from tests.tries import tries

POINTS = 12
FRAME = """指标体系 试 年度 2000
满分 12分
计步 整步
基础数据表
  值：{unit}，可为负
一级指标 甲 12分
指标 乙 12分
  指标值 值
  评价标准 {clauses}
"""

UNITS = {"%": "比率", "人": "人", "万元": "万元"}


@st.composite
def bounds(draw: st.DrawFn, least: int, most: int) -> tuple[str, list[str]]:
    """A unit and rising bounds in it, with at most one decimal."""
    unit = draw(st.sampled_from(sorted(UNITS)))
    found = draw(st.lists(st.integers(1, 2000), min_size=least, max_size=most, unique=True))
    return unit, [text_of(Fraction(value, 10)) for value in sorted(found)]


def falling(draw: st.DrawFn, count: int) -> list[str]:
    """Points that fall from 12, the last band nothing."""
    halves = draw(st.lists(st.integers(1, 23), min_size=count - 1, max_size=count - 1, unique=True))
    return ["12", *(text_of(Fraction(half, 2)) for half in sorted(halves, reverse=True))]


SCORES = ["得{}分", "，计{}分", "的，得{}分", "记{}分", "：{}分"]


@st.composite
def bands(draw: st.DrawFn) -> tuple[str, str, str, list[str]]:
    """Bands that meet: the unit, the clauses, the official words, and the values where they turn."""
    unit, values = draw(bounds(1, 4))
    points = falling(draw, len(values))
    closed = draw(st.booleans())  # the lower end of each band belongs to it
    clauses, words = [], []
    falls = values[::-1]
    for index, value in enumerate(falls):
        score = draw(st.sampled_from(SCORES)).format(points[index])
        above = falls[index - 1] if index else None
        if above is None:
            clauses.append(f"{'≥' if closed else '>'} {value}{unit} 计 {points[index]}分")
            written = (
                ["≥{0}", "{0}（含）以上", "不低于{0}", "{0}以上（含{0}）", "在{0}及以上"]
                if closed
                else ["＞{0}", "{0}以上（不含）", "高于{0}", "超过{0}"]
            )
            words.append(draw(st.sampled_from(written)).format(value + unit) + score)
            continue
        low, high = ("含", "不含") if closed else ("不含", "含")
        clauses.append(f"{value}{unit}（{low}）到 {above}{unit}（{high}） 计 {points[index]}分")
        if closed:
            written = [
                "{0}{2}（含）-{1}{2}",
                "{0}{2}（含）至{1}{2}（不含）",
                "≥{0}{2}，＜{1}{2}",
                "大于等于{0}{2}小于{1}{2}",
                "[{0}{2}，{1}{2})",
                "{0}{2}≤完成率＜{1}{2}",
                "{1}{2}＞完成率≥{0}{2}",
            ]
        else:
            written = [
                "{0}-{1}{2}（含）",
                "{0}{2}（不含）-{1}{2}（含）",
                "＞{0}{2}，≤{1}{2}",
                "({0}{2},{1}{2}]",
                "{0}{2}＜完成率≤{1}{2}",
            ]
        words.append(draw(st.sampled_from(written)).format(value, above, unit) + score)
    last = falls[-1] + unit
    clauses.append(f"{'<' if closed else '≤'} {last} 不得分")
    written = (
        ["低于{0}", "＜{0}", "不足{0}的", "{0}以下（不含）"]
        if closed
        else ["≤{0}", "{0}（含）以下", "不超过{0}", "{0}及以下"]
    )
    words.append(
        draw(st.sampled_from(written)).format(last) + draw(st.sampled_from(["不得分", "，不计分", "得0分", "，得零分"]))
    )
    between = draw(st.sampled_from(["；", "，", "。", "\n", ""]))
    return unit, "；".join(clauses), between.join(draw(st.permutations(words))), values


@st.composite
def steps(draw: st.DrawFn) -> tuple[str, str, str, list[str]]:
    unit, (target,) = draw(bounds(1, 1))
    above = draw(st.booleans())
    adds = draw(st.sampled_from([False, False, True]))
    size = text_of(Fraction(draw(st.integers(1, 40)), 10))
    points = text_of(Fraction(draw(st.integers(1, 30)), 10))
    side = "超过" if above else "低于"
    step_unit = "个百分点" if unit == "%" else unit
    clause = f"每{side} {size}{step_unit} {'加' if adds else '扣'} {points}分"
    official_side = draw(
        st.sampled_from(["超过", "超出", "高于", "高", "增加"] if above else ["低于", "低", "降低", "减少", "少"])
    )
    words = (
        f"每{official_side}{size}{step_unit}{draw(st.sampled_from(['', '的', '，']))}{'加' if adds else '扣'}{points}分"
    )
    reading, said = draw(
        st.sampled_from(
            [
                ("", ""),
                ("，不足一步按一步", f"，不足{size}{step_unit}按{size}{step_unit}计"),
                ("，按比例", f"，不足{size}{step_unit}按比例计算"),
                ("，整步", f"，不足{size}{step_unit}的不计"),
            ]
        )
    )
    cap = text_of(Fraction(draw(st.integers(1, 24)), 2))
    limits = [(f"，最多 {cap}分", f"，最多{'加' if adds else '扣'}{cap}分"), (f"，最多 {cap}分", f"，{cap}分封顶")]
    if not adds:
        limits += [
            ("，扣完为止", f"，{word}") for word in ("扣完为止", "直至扣完", "扣完该项分为止", "扣至0分", "最低为零分")
        ] + [("", "")]
        limits += [(f"，最低 {cap}分", f"，最低得{cap}分")]
    limit, limited = draw(st.sampled_from(limits))
    if adds or draw(st.booleans()):
        head, headed = (
            f"以 {target}{unit} 为标准，",
            f"以{target}{unit}为{draw(st.sampled_from(['标准', '目标', '基准']))}，",
        )
    else:
        sign, signs = (
            ("≤", ["≤{0}", "{0}（含）以下", "不超过{0}"])
            if above
            else ("≥", ["≥{0}", "{0}（含）以上", "不低于{0}", "达到{0}"])
        )
        head = f"{sign} {target}{unit} 计满分；"
        headed = (
            draw(st.sampled_from(signs)).format(target + unit)
            + draw(st.sampled_from(["得满分", "计满分", "得12分", "不扣分"]))
            + draw(st.sampled_from(["；", "，", "。"]))
        )
    around = [
        text_of(Fraction(target) + sign * Fraction(size) * part)
        for sign in (1, -1)
        for part in (Fraction(1, 2), 1, Fraction(3, 2), 4, 30)
    ]
    return unit, f"{head}{clause}{reading}{limit}", f"{headed}{words}{said}{limited}。", [target, *around]


@settings(deadline=None, max_examples=tries(200, one_in=8))
@given(st.one_of(bands(), steps()))
def test_what_is_written_the_official_way_scores_as_the_clauses_it_came_from(
    case: tuple[str, str, str, list[str]],
) -> None:
    unit, clauses, words, turns = case
    wording = read_wording(words, points=POINTS, measure_unit=UNITS[unit])
    assert wording.outcome == "read", (words, wording.reason)
    one = rd.loads(FRAME.format(unit=UNITS[unit], clauses=clauses))
    other = rd.loads(FRAME.format(unit=UNITS[unit], clauses="；".join(wording.readings[0].clauses)))
    found = sorted({Fraction(turn) for turn in turns})
    between = [(low + high) / 2 for low, high in pairwise(found)]
    for value in [*found, *between, found[0] - 1, found[-1] + 1, Fraction(0)]:
        data = {"值": text_of(value) + ("%" if unit == "%" else "")}
        assert score(one, data) == score(other, data), (words, data)


@st.composite
def checklists(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    texts = draw(
        st.lists(
            st.sampled_from(["制度健全", "有专人负责", "“三定”方案已批复", "资料完整、真实", "按规定公开"]),
            min_size=1,
            max_size=5,
            unique=True,
        )
    )
    cuts = sorted(draw(st.lists(st.integers(1, 23), min_size=len(texts) - 1, max_size=len(texts) - 1, unique=True)))
    points = [text_of(Fraction(high - low, 2)) for low, high in zip([0, *cuts], [*cuts, 24], strict=True)]
    marks = draw(
        st.sampled_from(
            [
                "①②③④⑤",
                ["1.", "2.", "3.", "4.", "5."],
                ["(1)", "(2)", "(3)", "(4)", "(5)"],
                ["1、", "2、", "3、", "4、", "5、"],
            ]
        )
    )
    form = draw(st.sampled_from(["，{}分", "（{}分）", "{}分", "，得{}分"]))
    between = draw(st.sampled_from(["；", "。", "\n", ""]))
    items = [f"{mark}{text}{form.format(worth)}" for mark, text, worth in zip(marks, texts, points, strict=False)]
    clauses = [f"{mark} “{text}” {worth}分" for mark, text, worth in zip("①②③④⑤", texts, points, strict=False)]
    return "；".join(clauses), between.join(items), ["①②③④⑤"[index] for index in range(len(texts))]


@settings(deadline=None, max_examples=tries(200, one_in=8))
@given(checklists(), st.lists(st.booleans(), min_size=5, max_size=5))
def test_a_checklist_scores_as_the_clauses_it_came_from(case: tuple[str, str, list[str]], met: list[bool]) -> None:
    clauses, words, marks = case
    wording = read_wording(words, points=POINTS)
    assert wording.outcome == "read", (words, wording.reason)
    frame = FRAME.replace("  指标值 值\n", "").replace("{unit}", "比率")
    one, other = (
        rd.loads(frame.format(clauses=clauses)),
        rd.loads(frame.format(clauses="；".join(wording.readings[0].clauses))),
    )
    data = {f"乙[{mark}]": "是" if yes else "否" for mark, yes in zip(marks, met, strict=False)}
    assert score(one, data) == score(other, data)


def score(rubric: rd.Rubric, data: dict[str, str]) -> tuple[Fraction, Fraction]:
    found = rubric.score(data).indicators["乙"].range
    return found.min, found.max

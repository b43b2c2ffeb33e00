"""Ranges of totals while figures are missing that feed several indicators: some completion reaches each end."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

from hypothesis import Phase, assume, event, example, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl import ranges
from rubric_dsl.data.reader import submission_from
from rubric_dsl.evaluate.result import ScoreRange
from rubric_dsl.inputs.bind import bind
from rubric_dsl.missing.course import Course, Way
from rubric_dsl.missing.whole_rubric import followed_together
from rubric_dsl.missing.worlds import ends_together
from rubric_dsl.ranges import between, restrict
from rubric_dsl.scoring.score import standing
from tests.tries import tries

QUOTIENTS = ("甲 ÷ 乙", "（甲 − 乙） ÷ 乙", "乙 ÷ 甲", "（甲 + 丙） ÷ 乙", "（乙 − 丙） ÷ （甲 + 丙）")
AMOUNTS = ("甲 + 乙", "丙 − 甲")
RULES = (
    "≤ 100% 计满分；每超过 10个百分点 扣1分，扣完为止",
    "100% 计满分；每偏离 20个百分点 扣1分，扣完为止",
    "≥ 150% 计5分；100%（含）到 150%（不含） 计3分；< 100% 计1分",
    "按比例计分，最多 满分",
)
AMOUNT_RULES = ("≤ 3人 计满分；每超过 1人 扣1分，扣完为止", "≥ 6人 计5分；< 6人 计3分")
SPECIAL = (
    "",
    "  不适用当 甲 > 4人 计满分\n",
    "  不适用当 乙 = 2人 不计入并由同级分担\n",
    "  不适用当 丙 ≥ 3人 不计入并由全部分担\n",
    "  不适用当 类别 = 二类 不计入并由同级分担\n",
    "  不适用当 类别 = 三类 计满分\n",
)
NOTHING = ("",)
METHODS = ("", "  合计方式 平均\n", "  合计方式 取最低\n", "  合计方式 取最高，最多 4分\n")
KINDS = ("一类", "二类", "三类")
MOST = 6


def indicators(draw: st.DrawFn, first: int, count: int, special: tuple[str, ...] = SPECIAL) -> str:
    """Return so many indicators of 5 points each that read the same few figures."""
    lines = ""
    for number in range(first, first + count):
        measure = draw(st.sampled_from(QUOTIENTS + AMOUNTS))
        rule = draw(st.sampled_from(RULES if measure in QUOTIENTS else AMOUNT_RULES))
        other = draw(st.sampled_from(special))
        lines += f"三级指标 第{number}项 5\n  指标值 {measure}\n  评价标准 {rule}\n{other}"
    return lines


@st.composite
def texts(draw: st.DrawFn, limits: str, unit: str = "人", special: tuple[str, ...] = SPECIAL) -> str:
    """Return a rubric of two headings whose indicators share 甲, 乙, 丙 and 类别."""
    reading = draw(st.sampled_from(("整步", "按比例", "不足一步按一步")))
    rounding = draw(st.sampled_from(("", "舍入 小计 到 0.1，四舍五入\n")))
    count = draw(st.integers(1, 2)) if special else 1
    method = draw(st.sampled_from(METHODS))
    points = 5 if method else 5 * count
    figures = "".join(f"  {key}：{limits}\n" for key in "甲乙丙")
    text = (
        f"指标体系 试 年度 2019\n满分 {points + 5}\n计步 {reading}\n{rounding}等级 优 ≥ {points + 2}，良 ≥ {points - 1}，差 < {points - 1}\n"
        f"基础数据表\n{figures}  类别：选自（一类，二类，三类）\n"
        f"一级指标 一 {points}\n{method}{indicators(draw, 1, count, special or NOTHING)}一级指标 二 5\n{indicators(draw, 8, 1, special or NOTHING)}"
    )
    return text.replace("人", unit)


def usable(text: str) -> rd.Rubric:
    """Return the rubric; a draw that the checks refuse is drawn again."""
    try:
        return rd.loads(text)
    except rd.RubricError:
        assume(False)
        raise


def ends(found: list[Fraction]) -> tuple[Fraction, Fraction]:
    return min(found), max(found)


@settings(deadline=None, max_examples=tries(45), phases=[Phase.explicit, Phase.generate])
@given(
    texts(f"人，整数，≥ 1人，≤ {MOST}人"),
    st.tuples(*[st.integers(1, MOST)] * 3),
    st.sampled_from(("甲", "乙", "丙", "类别", "甲乙", "甲类别", "乙丙类别")),
    st.sampled_from(KINDS),
)
def test_a_total_s_range_has_the_ends_that_its_completions_have(
    text: str, numbers: tuple[int, ...], missing: str, kind: str
) -> None:
    rubric = usable(text)
    whole: dict[str, object] = {**dict(zip("甲乙丙", numbers, strict=True)), "类别": kind}
    open_ = [key for key in whole if key in missing]
    part = rubric.score({key: value for key, value in whole.items() if key not in open_})
    ways = product(*(KINDS if key == "类别" else range(1, MOST + 1) for key in open_))
    every = [rubric.score({**whole, **dict(zip(open_, way, strict=True))}) for way in ways]
    results = [item for item in every if item.total.score is not None]
    assume(results)
    found: list[tuple[ScoreRange, list[Fraction]]] = [(part.total, [item.total.min for item in results])]
    for index, section in enumerate(part.sections):
        known = [item.sections[index].range for item in results]
        found.append((section.range, [item.min for item in known if item.score is not None]))
    for own, scores in found:
        if not scores:
            assert own.rated is not True  # all its parts have dropped out
            continue
        assert own.min <= min(scores)
        assert max(scores) <= own.max
        if own.tight:
            assert (own.min, own.max) == ends(scores)
    if len(open_) == 1 and len(results) == len(every):
        assert part.total.tight
    assert {item.grade.value for item in results if item.grade.value} <= set(part.grade.possible)


def turns(text: str, known: dict[str, Fraction], missing: str) -> set[Fraction]:
    """Return where a measure of the rubric takes a round value, and values beside these and in between."""
    parts: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
        "甲 ÷ 乙": (("甲",), ("乙",)),
        "（甲 − 乙） ÷ 乙": (("甲", "-乙"), ("乙",)),
        "乙 ÷ 甲": (("乙",), ("甲",)),
        "（甲 + 丙） ÷ 乙": (("甲", "丙"), ("乙",)),
        "（乙 − 丙） ÷ （甲 + 丙）": (("乙", "-丙"), ("甲", "丙")),
        "甲 + 乙": (("甲", "乙"), ("1",)),
        "丙 − 甲": (("丙", "-甲"), ("1",)),
    }

    def line(terms: tuple[str, ...]) -> tuple[Fraction, Fraction]:
        const = slope = Fraction(0)
        for term in terms:
            sign, key = (-1, term[1:]) if term.startswith("-") else (1, term)
            if key == missing:
                slope += sign
            else:
                const += sign * known.get(key, Fraction(1))
        return const, slope

    found: set[Fraction] = {Fraction(number) for number in (1, 2, 3, 4, 5, 1000, 10**9)}
    for measure in parts:
        if f"指标值 {measure}\n" not in text:
            continue
        (top, rising), (bottom, growing) = line(parts[measure][0]), line(parts[measure][1])
        for at in [Fraction(number, 10) for number in range(-10, 31)] + [Fraction(number) for number in range(5, 12)]:
            if rising != at * growing:
                found.add((at * bottom - top) / (rising - at * growing))
    ordered = sorted({Fraction(1, 10**6), *(value for value in found if value > 0)})
    middles = {(a + (b - a) * share / 4) for a, b in pairwise(ordered) for share in (1, 3)}
    beside = {value + Fraction(sign, 10**9) for value in ordered for sign in (-1, 1)}
    return {value for value in {*ordered, *middles, *beside} if value > 0}


@settings(deadline=None, max_examples=tries(15), phases=[Phase.explicit, Phase.generate])
@given(
    texts("万元，> 0", "万元"), st.tuples(*[st.integers(1, 9)] * 3), st.sampled_from("甲乙丙"), st.sampled_from(KINDS)
)
def test_some_value_of_one_missing_amount_comes_near_each_end_of_the_total(
    text: str, numbers: tuple[int, ...], missing: str, kind: str
) -> None:
    rubric = usable(text)
    amounts = {key: Fraction(number) for key, number in zip("甲乙丙", numbers, strict=True) if key != missing}
    known = {**amounts, "类别": kind}
    part = rubric.score(known)
    scores = [
        total
        for value in turns(text, amounts, missing)
        if (total := rubric.score({**known, missing: value}).total.score) is not None
    ]
    assume(scores)
    least, greatest = ends(scores)
    assert part.total.min <= least
    assert greatest <= part.total.max
    if part.total.tight:
        assert least - part.total.min < Fraction(1, 20)
        assert part.total.max - greatest < Fraction(1, 20)


@settings(deadline=None, max_examples=tries(60), phases=[Phase.explicit, Phase.generate])
@given(
    st.sampled_from(("万元，> 0", "万元", "万元，≥ 2万元，< 8万元", "万元，可为负", "万元，≥ −2万元")).flatmap(
        lambda limits: texts(limits, "万元") | texts(limits, "万元", special=())
    ),
    st.tuples(*[st.integers(-2, 9)] * 3),
    st.sampled_from("甲乙丙"),
)
def test_what_is_worked_out_beforehand_is_what_following_a_figure_finds(
    text: str, numbers: tuple[int, ...], missing: str
) -> None:
    rubric = usable(text)
    known = {key: number for key, number in zip("甲乙丙", numbers, strict=True) if key != missing}
    submission, _ = submission_from({**known, "类别": "一类"})
    bound = bind(rubric.model, submission)
    whole = standing(rubric.model, bound).whole
    loose = frozenset(whole.loose)
    found = None if whole.open else ends_together(rubric.model, bound, whole.figures, loose)
    event("beforehand" if found else "followed")
    for key, (own, tight) in followed_together(rubric.model, bound, whole.figures, whole.open, loose).items():
        if found is None or key not in found:
            continue
        mine, its = (found[key][0], own) if tight else (own, found[key][0])
        assert ranges.hull([mine, its]) == mine, key
        # A heading with one indicator has the scores of this one, also where another indicator has none.
        if tight and not key.endswith("二"):
            assert (mine.low.value, mine.high.value) == (its.low.value, its.high.value), key


LINES = st.fractions(-5, 5, max_denominator=4)


@settings(max_examples=tries(200))
@given(LINES, LINES, LINES, LINES, st.integers(0, 5), st.integers(0, 6), st.integers(0, 9))
@example(*(Fraction(item) for item in (0, 1, 1, 0)), 0, 0, 0)
def test_a_course_has_its_range_and_takes_its_values(
    const: Fraction, slope: Fraction, factor: Fraction, other: Fraction, pole: int, first: int, size: int
) -> None:
    """A number, a straight line and two reciprocals, right of the poles: from the last of them on, or without an end."""
    poles = {at: own for at, own in ((Fraction(pole), factor), (Fraction(pole - 3), other)) if own}
    course = Course(const, {"x": Way(slope, poles)} if slope or poles else {})
    over = between(pole + first, pole + first + size if size else None, low_open=not first)
    found, exact = course.range({"x": over})

    def value(x: Fraction) -> Fraction:
        return const + slope * x + sum(own / (x - at) for at, own in poles.items())

    near, far = Fraction(1, 10**6), Fraction(size or 10**6)
    steps = (*(far * Fraction(number, 60) for number in range(61)), near, *([] if size else map(Fraction, (1, 2, 5))))
    places = [pole + first + step for step in steps]
    values = [value(x) for x in places if x > pole or first]
    for item in values:
        assert restrict(found, "=", item) is not None
    if not exact:
        return
    for end, most in ((found.low, min(values)), (found.high, max(values))):
        if end.value is None:
            assert abs(most) > 10**4
        elif end.open:
            assert abs(most - end.value) < Fraction(1, 10**3)
        elif course.ways:
            reached = course.reaches(end.value)
            assert reached is not None or len(poles) > 1
            assert reached is None or any(value(x) == end.value and restrict(over, "=", x) is not None for x in reached)

"""Wordings about a measure: bands, steps and proportions as clauses, with every meaning that they leave open."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rubric_dsl.diagnostics import Text
from rubric_dsl.numbers import parse_number, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.source import Span
from rubric_dsl.syntax.characters import fold
from rubric_dsl.units import find_unit
from rubric_dsl.wording.amounts import NUMBER, PERCENTAGE_POINT, RATIO, Amount
from rubric_dsl.wording.bands import Ended, ended, region_written
from rubric_dsl.wording.draft import Context, Draft, limits_written, points_of, score_written, stop
from rubric_dsl.wording.measured import Parts, Rate, amounts_of, is_full, never, of_full
from rubric_dsl.wording.parts import Band, End, Modifier, Otherwise, Part, Score, Shared, Step, Target
from rubric_dsl.wording.proportions import in_proportion

_SIDES = {"above": "超过", "below": "低于", "off": "偏离"}
_EMPTY_SUBJECTS = frozenset({"", "指标值", "完成情况", "该指标", "the rate", "the measure"})
"""Words before a bound that name no measure."""


def compose(parts: list[Part], context: Context) -> list[Draft]:
    """Return every meaning of the parts of a wording about one measure.

    Raises:
        StopError: the parts do not make one rule, or something is left unsaid that no list of meanings can cover.
    """
    found = _sorted(parts, context)
    if found.shared:
        return in_proportion(found, context)
    if found.ending:
        return _to_an_end(found, context)
    if not found.rates:
        return _bands_only(found, context)
    return _with_rates(found, context)


def _sorted(parts: list[Part], context: Context) -> Parts:
    found = Parts(None, [], None, [], [], [], None, "", "")
    for part in parts:
        match part:
            case Target() if found.target is None:
                found.target = part
            case Band() if found.otherwise is None:
                found.bands.append(part)
            case Shared() if not found.shared and found.bands:
                found.shared.append(part)
            case Modifier(kind="SERIES" | "BETWEEN") if not found.ending and found.bands and not found.rates:
                found.ending.append(part)
            case Modifier(kind="UNTIL" | "FLOOR" | "CAP_GET") if len(found.ending) == 1 and not found.rates:
                found.ending.append(part)
            case Otherwise() if found.otherwise is None and found.bands:
                found.otherwise = part
            case Step():
                found.rates.append(Rate(part, []))
            case Modifier(kind="BASE") if found.base is None:
                found.base = part
            case Modifier() if found.rates:
                found.rates[-1].limits.append(part)
            case _:
                raise stop(part.span, "这一句接不上前面的话", "this does not go with what stands before it")
    found.unit = _unit(found, context)
    found.subject = _subject(found, context)
    return found


def _unit(found: Parts, context: Context) -> str:
    """Return the one unit of all bounds; zero needs none."""
    unit = context.unit or ""
    for amount, span in _bounds(found):
        if amount.value == 0 and amount.unit == NUMBER:
            continue
        if unit and amount.unit != unit:
            raise stop(span, "单位与前面的不同", "the unit is another one than before")
        unit = amount.unit
    if unit:
        return unit
    size = found.rates[0].step.size if found.rates else None
    if size is None:
        return NUMBER
    return RATIO if size.unit in (PERCENTAGE_POINT, RATIO) else size.unit


def _bounds(found: Parts) -> list[tuple[Amount, Span]]:
    listed: list[tuple[Amount, Span]] = []
    if found.target is not None:
        listed.append((found.target.amount, found.target.span))
    ranges = [(band.range, band.span) for band in found.bands]
    ranges += [(part.range, part.span) for part in found.shared if part.range is not None]
    ranges += [(rate.step.range, rate.step.span) for rate in found.rates if rate.step.range is not None]
    for region, span in ranges:
        listed += [(end.amount, span) for end in (region.low, region.high) if end is not None]
    listed += [(rate.step.target, rate.step.span) for rate in found.rates if rate.step.target is not None]
    return listed


def _subject(found: Parts, context: Context) -> str:
    """Return the one name that the wording gives its measure; it is the indicator's where that is known."""
    named = [(band.subject, band.span) for band in found.bands]
    named += [(part.subject, part.span) for part in found.shared]
    named += [(rate.step.subject, rate.step.span) for rate in found.rates]
    told = [(name, span) for name, span in named if fold(name) not in _EMPTY_SUBJECTS]
    for name, span in told:
        wanted = context.name or told[0][0]
        if fold(name) != fold(wanted):
            raise stop(span, f"“{name}”与“{wanted}”不是同一个量", f"'{name}' is another quantity than '{wanted}'")
    return told[0][0] if told else ""


# ---------------------------------------------------------------- bands alone


def _bands_only(found: Parts, context: Context) -> list[Draft]:
    if found.target is not None and not found.bands:
        raise stop(found.target.span, "只有标准，没有计分的话", "a target alone, without a score")
    if found.target is not None:
        raise stop(
            found.target.span, "标准没有用处：没有按步的加减分", "the target is for nothing: nothing counts from it"
        )
    if found.base is not None:
        raise stop(found.base.span, "基础分没有加减分", "a base without anything added or taken")
    _refuse_too_many_points(found, context)
    drafts = []
    for way in ended(found.bands):
        drafts += [_draft(found, picked) for picked in _picked(way)]
    if _is_points_list(found.bands):
        drafts = [_told(drafts[0], "两级之间得低的一级的分", "between two rungs the lower one counts"), _line(found)]
    return [other for draft in drafts for other in _by_points(found, draft, context)]


def _to_an_end(found: Parts, context: Context) -> list[Draft]:
    """依次类推 to a last score, or a straight line between points."""
    word, *limits = found.ending
    if found.target is not None or found.base is not None or found.otherwise is not None or found.rates:
        raise stop(word.span, "这一句接不上前面的话", "this does not go with what stands before it")
    _refuse_too_many_points(found, context)
    scores = [points_of(band.score) if band.score.kind != "picked" else None for band in found.bands]
    if word.kind == "BETWEEN":
        return _through_points(found, word, limits, scores)
    if len(limits) != 1:
        raise stop(word.span, "类推到几分为止，没有说", "it is not stated at which score the series ends")
    limit = limits[0]
    if len(scores) < 2 or any(score is None for score in scores[1:]) or limit.kind == "CAP_FULL":  # noqa: PLR2004
        raise stop(word.span, "类推的两档看不明白", "the two bands that the series goes on from are not clear")
    end = f"最多 {limit.points}分" if limit.kind == "CAP_GET" else f"最低 {limit.points or 0}分"
    drafts = []
    for way in ended(found.bands):
        draft = _draft(found, way)
        drafts.append(replace(draft, clauses=(*draft.clauses, f"依次类推，{end}")))
    return drafts


def _through_points(found: Parts, word: Modifier, limits: list[Modifier], scores: list[Fraction | None]) -> list[Draft]:
    """60%计0分，100%计满分，其间按插值法: from no points to full marks, so that beyond the ends nothing is open."""
    at = [band.range.low.amount.value for band in found.bands if band.range.low is not None]
    points = all(band.range.low is not None and band.range.low == band.range.high for band in found.bands)
    if limits or not points or len(at) < 2 or at not in (sorted(at), sorted(at, reverse=True)):  # noqa: PLR2004
        raise stop(word.span, "哪两点之间按直线，看不明白", "between which points the line runs is not clear")
    if {scores[0], scores[-1]} != {Fraction(0), None}:
        raise stop(word.span, "两端之外得几分，没有说", "what is scored beyond the ends is not said")
    bands = sorted(found.bands, key=lambda band: band.range.low.amount.value if band.range.low else Fraction(0))
    anchors = "，".join(f"{region_written(band.range)} {score_written(band.score)}" for band in bands)
    return [Draft((f"按折线 {anchors}，两端之外 不变",), (), amounts_of(bands), found.unit, found.subject)]


def _refuse_too_many_points(found: Parts, context: Context) -> None:
    scored = [(band.score, band.span) for band in found.bands]
    scored += [] if found.otherwise is None else [(found.otherwise.score, found.otherwise.span)]
    for score, span in scored:
        given = [number for number in (score.points, score.to) if number and score.kind != "off"]
        if context.points is not None and any(parse_number(number) > context.points for number in given):
            shown = text_of(context.points)
            raise stop(span, f"分值只有 {shown}分", f"the indicator has only {shown} points")
        if score.kind == "off":
            raise stop(span, "没有说明从几分里扣", "it is not stated what this is taken off")


def _draft(found: Parts, way: Ended) -> Draft:
    clauses = [f"{region_written(band.range)} {_written(band.score)}" for band in way.bands]
    if found.otherwise is not None:
        clauses.append(f"否则 {score_written(found.otherwise.score)}")
    return Draft(tuple(clauses), way.choices, amounts_of(way.bands), found.unit, found.subject)


def _written(score: Score) -> str:
    return score.points if score.kind == "picked" else score_written(score)


def _picked(way: Ended) -> list[Ended]:
    """得9-8分: the assessor's number, or a straight line over the band."""
    at = [index for index, band in enumerate(way.bands) if band.score.kind == "picked"]
    if not at:
        return [way]
    lines = all(
        band.range.low is not None and band.range.high is not None for band in way.bands if band.score.kind == "picked"
    )
    kinds = ["由评定", "按直线"] if lines else ["由评定"]
    if len(kinds) == 1:
        raise stop(way.bands[at[0]].span, "没有说明区间内怎样计分", "it is not stated how to score inside the band")
    told = {
        "由评定": Text("区间内的分由评定人给", "the assessor gives the number in the band"),
        "按直线": Text("区间内按直线计分", "the score lies on a straight line over the band"),
    }
    return [
        Ended(
            tuple(_in_band(band, kind) if band.score.kind == "picked" else band for band in way.bands),
            (*way.choices, told[kind]),
        )
        for kind in kinds
    ]


def _in_band(band: Band, kind: str) -> Band:
    one, two = band.score.points, band.score.to
    low, high = (one, two) if Fraction(one) <= Fraction(two) else (two, one)
    return replace(band, score=Score("picked", f"计 {low}分 到 {high}分 {kind}"))


def _is_points_list(bands: list[Band]) -> bool:
    """完成90%计36分，完成80%计32分: it is not stated what lies between."""
    return sum(band.range.reached for band in bands) > 1


def _line(found: Parts) -> Draft:
    rungs = [band for band in found.bands if band.range.reached]
    lowest = rungs[-1].range.low
    for band in found.bands:
        below = band.range.high
        ends = lowest is not None and below is not None and below.amount.value == lowest.amount.value
        if not band.range.reached and (band.score.kind != "nothing" or band.range.low is not None or not ends):
            raise stop(band.span, "这一档接不上前面几级", "this band does not go on from the rungs before it")
    if found.otherwise is not None and found.otherwise.score.kind != "nothing":
        raise stop(found.otherwise.span, "这一句接不上前面几级", "this does not go on from the rungs before it")
    clauses = [f"达到 {_low(band)} {score_written(band.score)}" for band in rungs]
    told = Text("两级之间按直线计分", "between two rungs the score lies on a straight line")
    return Draft((*clauses, "两级之间按直线"), (told,), amounts_of(rungs), found.unit, found.subject)


def _low(band: Band) -> str:
    if band.range.low is None:
        raise LookupError("a rung without a bound")
    return band.range.low.amount.written


def _told(draft: Draft, zh: str, en: str) -> Draft:
    return replace(draft, choices=(*draft.choices, Text(zh, en)))


def _by_points(found: Parts, draft: Draft, context: Context) -> list[Draft]:
    """The best band scores less than the points column has: as written, or full marks in the best band."""
    said = _scores(found)
    scores = [points_of(score) for score in said if score.kind != "picked"]
    if context.points is None or None in scores or len(scores) < len(said) or len(said) == 1:
        return [draft]
    best = max(value for value in scores if value is not None)
    if best in (context.points, 0):
        return [draft]
    written = f"计 {text_of(best)}分"
    clauses = tuple(
        clause.replace(written, "计满分") if clause.endswith(written) else clause for clause in draft.clauses
    )
    one, full = text_of(best), text_of(context.points)
    return [
        _told(draft, f"最好的一档按原文计 {one}分", f"the best band scores {one} points, as the wording has it"),
        replace(
            _told(draft, f"最好的一档按分值计 {full}分", f"the best band scores the {full} points of the column"),
            clauses=clauses,
        ),
    ]


def _scores(found: Parts) -> list[Score]:
    rest = [] if found.otherwise is None else [found.otherwise.score]
    return [band.score for band in found.bands] + rest


# ---------------------------------------------------------------- with rates


def _with_rates(found: Parts, context: Context) -> list[Draft]:
    full = _full_band(found, context)
    _refuse_part_of_a_step(found)
    ways = ended(found.bands) if found.bands else [Ended((), ())]
    drafts = []
    for way in ways:
        band = None if full is None else way.bands[full]
        for wording in _rate_clauses(found, band, context):
            clauses = [
                f"{region_written(each.range)} {of_full(each, index == full)}" for index, each in enumerate(way.bands)
            ]
            if found.base is not None:
                clauses.append(f"基础分 {found.base.points}分")
            amounts = (*amounts_of(way.bands), *wording.amounts)
            clauses += wording.clauses
            drafts.append(Draft(tuple(clauses), (*way.choices, *wording.choices), amounts, found.unit, found.subject))
    return drafts


def _refuse_part_of_a_step(found: Parts) -> None:
    """每少1人扣1分，不足1人的不计分: no band below 1, but what a part of a step counts; it is not said in its own words."""
    sizes = {rate.step.size.value for rate in found.rates}
    for band in found.bands:
        high = band.range.high
        if band.score.kind == "nothing" and band.range.low is None and high is not None and high.amount.value in sizes:
            raise stop(
                band.span, "是不足一步，还是另一档，没有说清", "a part of a step, or a band: it is not clear which"
            )


def _full_band(found: Parts, context: Context) -> int | None:
    """Return which band gives the full points; deductions count from its bound."""
    full = [index for index, band in enumerate(found.bands) if is_full(band, context, found.bands)]
    if found.otherwise is not None:
        raise stop(found.otherwise.span, "这一句与按步的加减分合不到一起", "this does not go with a rate for each step")
    if len(full) > 1:
        raise stop(found.bands[full[1]].span, "满分写了两次", "full marks are said twice")
    for band in found.bands:
        counted = band.score.kind == "points" and not full and found.base is None
        if band.score.kind in ("off", "picked") or counted:
            raise stop(band.span, "这一档与按步的加减分合不到一起", "this band does not go with a rate for each step")
    return full[0] if full else None


@dataclass(frozen=True, slots=True)
class _Worded:
    clauses: tuple[str, ...]
    choices: tuple[Text, ...]
    amounts: tuple[Amount, ...]


def _rate_clauses(found: Parts, full: Band | None, context: Context) -> list[_Worded]:
    """Return the clauses of the rates, for each meaning of a share without a word on what it is a share of."""
    sizes = _share_meanings(found, full)
    tiered = _tiers(found)
    if tiered is not None:
        return tiered
    worded = []
    for of_target, told in sizes:
        clauses, amounts = [], []
        for rate in found.rates:
            clause, around = _rate_clause(rate, found, full, context, of_target=of_target)
            clauses.append(clause)
            amounts += around
        worded.append(_Worded(tuple(clauses), told, tuple(amounts)))
    return worded


def _target_of(rate: Rate, found: Parts, full: Band | None) -> tuple[Amount | None, bool]:
    """Return what a rate counts from, and whether the clause must say so itself."""
    said = [found.target.amount] if found.target is not None else []
    if rate.step.target is not None:
        said.append(rate.step.target)
    said += [end.amount for end in _own_ends(rate.step)]
    own = None if full is None else _bound_of(full)
    for amount in said[1:] + ([own] if own is not None else []):
        if said and amount.value != said[0].value:
            raise stop(rate.step.span, "从哪个数算起，前后不一", "it counts from two different numbers")
    if own is not None:
        return own, False
    return (said[0], True) if said else (None, False)


def _own_ends(step: Step) -> list[End]:
    """The bound before a step (低于96%的，每降低 …): it must lie on the side on which the step counts."""
    if step.range is None:
        return []
    low, high = step.range.low, step.range.high
    if (step.side == "below" and low is None and high is not None) or (
        step.side == "above" and high is None and low is not None
    ):
        return [end for end in (low, high) if end is not None]
    raise stop(step.span, "前面的范围与这一步的方向不合", "the range before it does not go with the side of the step")


def _bound_of(full: Band) -> Amount:
    low, high = full.range.low, full.range.high
    if low is not None and high is not None and low.amount.value != high.amount.value:
        raise stop(full.span, "满分是一段，没有说明从哪一端算起", "full marks are a range; from which end is not said")
    return (low or high or never()).amount


def _side_of(rate: Rate, full: Band | None) -> str:
    """Return the side on which a rate counts; 差 is on the far side of the full marks."""
    side = rate.step.side
    open_below = full is not None and full.range.high is None
    open_above = full is not None and full.range.low is None
    if side == "short":
        if not open_below and not open_above:
            raise stop(rate.step.span, "没有说明差是高还是低", "it is not stated on which side it falls short")
        return "below" if open_below else "above"
    if not rate.step.adds and ((open_below and side != "below") or (open_above and side != "above")):
        raise stop(rate.step.span, "计满分的一边又要扣分", "points are taken off where full marks are given")
    return side


_NO_WORDS: tuple[Text, ...] = ()


def _share_meanings(found: Parts, full: Band | None) -> list[tuple[bool, tuple[Text, ...]]]:
    """每低于5%: percentage points, or a share of the target; alike where the target is 100%."""
    shares = [rate for rate in found.rates if rate.step.size.unit == RATIO and not rate.step.of_target]
    if not shares:
        return [(False, _NO_WORDS)]
    target, _ = _target_of(shares[0], found, full)
    if found.unit != RATIO:
        return [(True, _NO_WORDS)]
    if target is None:
        raise stop(shares[0].step.span, "没有说明是什么的百分之几", "it is not stated what it is a percentage of")
    if target.value == 100:  # noqa: PLR2004 - 100%: the two are the same number
        return [(False, _NO_WORDS)]
    if target.value == 0:
        return [(False, _NO_WORDS)]
    size = shares[0].step.size.number
    return [
        (False, (Text(f"{size}% 指 {size} 个百分点", f"{size}% means {size} percentage points"),)),
        (True, (Text(f"{size}% 指目标值的 {size}%", f"{size}% means {size}% of the target"),)),
    ]


def _size_written(step: Step, *, of_target: bool) -> str:
    size = step.size
    if step.of_target and size.unit != RATIO:
        raise stop(step.span, "目标值的几分之几要写百分数", "a share of the target is a percentage")
    if step.of_target or (size.unit == RATIO and of_target):
        return f"目标的 {size.number}%"
    if size.unit == RATIO:
        return f"{size.number}个百分点"
    return size.written


def _rate_clause(
    rate: Rate, found: Parts, full: Band | None, context: Context, *, of_target: bool
) -> tuple[str, list[Amount]]:
    step = rate.step
    target, says = _target_of(rate, found, full)
    side = _side_of(rate, full)
    _check_unit(step, found.unit)
    if step.adds and not any(item.kind in ("CAP_ADD", "CAP", "CAP_FULL") for item in rate.limits):
        raise stop(step.span, "没有说明最多加几分", "it is not stated how much is added at most")
    if step.adds and full is not None:
        raise stop(
            step.span, "满分以上能不能再加，没有说明", "it is not stated whether more than full marks can be had"
        )
    head = f"以 {target.written} 为标准，" if says and target is not None else ""
    verb = "加" if step.adds else "扣"
    limits = limits_written(rate.limits, adds=step.adds, size=step.size)
    size = _size_written(step, of_target=of_target)
    del context
    return f"{head}每{_SIDES[side]} {size} {verb} {step.points}分{limits}", _around(
        target, step, side, of_target=of_target
    )


def _check_unit(step: Step, unit: str) -> None:
    wanted = {RATIO: (PERCENTAGE_POINT, RATIO)}.get(unit, (unit, RATIO))
    if step.size.unit not in wanted:
        raise stop(step.span, "一步的单位与指标值的不同", "the step has another unit than the measure")


def _around(target: Amount | None, step: Step, side: str, *, of_target: bool = False) -> list[Amount]:
    """Values at which the rate shows itself: half a step, one, two and a half beyond the target."""
    if target is None:
        return []
    relative = step.of_target or of_target
    size = step.size.value * target.value / 100 if relative else step.size.value
    signs = {"above": (1,), "below": (-1,)}.get(side, (1, -1))
    known = find_unit(target.unit)
    parts = (1, 2, 3) if known is not None and known.whole else (Fraction(1, 2), 1, Fraction(5, 2))
    return [Amount(_plain(target.value + sign * part * size), target.unit) for sign in signs for part in parts]


def _plain(value: Fraction) -> str:
    return text_of(value)


def _tiers(found: Parts) -> list[_Worded] | None:
    """低于96%的，每降低 … 扣 …；低于90%的，每降低 … 扣 …: each stretch at its own rate, or the second rate for all."""
    if len(found.rates) < 2 or any(rate.step.range is None for rate in found.rates):  # noqa: PLR2004 - two rates
        return None
    first, *more = found.rates
    ends = [_own_ends(rate.step)[0] for rate in found.rates]
    for before, rate, one, two in zip(found.rates, more, ends, ends[1:], strict=False):
        farther = (
            two.amount.value < one.amount.value if rate.step.side == "below" else two.amount.value > one.amount.value
        )
        alike = rate.step.size == first.step.size and rate.step.side == first.step.side and not rate.step.adds
        if not alike or not farther or before.limits:
            return None
    if (
        found.bands
        or found.target is not None
        or first.step.adds
        or first.step.size.unit == RATIO
        or first.step.of_target
    ):
        raise stop(more[0].step.span, "分段的扣分接不上前面的话", "the tiers do not go with what stands before them")
    _check_unit(first.step, found.unit)
    side = _SIDES[first.step.side]
    head = f"以 {ends[0].amount.written} 为标准，每{side} {first.step.size.written} 扣 {first.step.points}分"
    tiers = "".join(
        f"，{side} {end.amount.written} 的部分 每步 扣 {rate.step.points}分"
        for end, rate in zip(ends[1:], more, strict=True)
    )
    limits = limits_written(more[-1].limits, adds=False, size=first.step.size)
    amounts = tuple(
        amount
        for end, rate in zip(ends, found.rates, strict=True)
        for amount in _around(end.amount, rate.step, first.step.side)
    )
    told = {
        "分段累计": Text("每一段按自己的标准扣，各段相加", "each stretch is taken off at its own rate, and added up"),
        "整段替换": Text(
            "越过第二个界限后，全部按第二个标准扣", "beyond the second bound all of it is taken off at the second rate"
        ),
    }
    return [_Worded((f"{head}{tiers}，{word}{limits}",), (words,), amounts) for word, words in told.items()]

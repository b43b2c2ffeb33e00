"""Ranges of a measure with their scores: whose each end is, and what is open about it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

from rubric_dsl.diagnostics import Text
from rubric_dsl.records import dataclass
from rubric_dsl.wording.amounts import Amount
from rubric_dsl.wording.draft import points_of, stop
from rubric_dsl.wording.parts import Band, End, Range

MAX_QUESTIONS = 2
"""Up to so many open ends, every combination is a reading; beyond, all are decided alike."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Bands whose ends all have an owner, and what was taken where the wording leaves it open."""

    bands: tuple[Band, ...]
    choices: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class _Question:
    """An end without an owner: the bands that touch it from above (``low``) and from below (``high``)."""

    amount: Amount
    low: int | None
    high: int | None


def ended(bands: list[Band]) -> list[Ended]:
    """Return every way to give the ends that are not said to a band; one where all are said.

    Raises:
        StopError: the bands contradict each other.
    """
    staired = _stairs(_stairs(list(bands), "low"), "high")
    settled, questions = _settled(staired)
    if not questions:
        return [Ended(tuple(settled), ())]
    count = len(questions)
    alike = [(True,) * count, (False,) * count]
    ways = list(product((True, False), repeat=count)) if count <= MAX_QUESTIONS else alike
    return [_answered(settled, questions, way) for way in ways]


def _stairs(bands: list[Band], side: str) -> list[Band]:
    """Bands that name one side only, one below the other (≥90%, ≥85%, ≥80%): each ends where the one before begins."""
    other = "high" if side == "low" else "low"
    at = [
        index
        for index, band in enumerate(bands)
        if getattr(band.range, side) is not None and getattr(band.range, other) is None
    ]
    for before, after in pairwise(at):
        one, two = bands[before], bands[after]
        step = _end(two, side).amount.value - _end(one, side).amount.value
        if step == 0 or (step > 0) == (side == "low") or not _falls(one, two):
            raise stop(two.span, "这几档的次序看不明白", "the order of these bands is not clear")
        closed = _end(one, side).closed
        end = End(_end(one, side).amount, None if closed is None else not closed)
        region = replace(two.range, high=end) if other == "high" else replace(two.range, low=end)
        bands[after] = replace(two, range=region)
    return bands


def _end(band: Band, side: str) -> End:
    found = band.range.low if side == "low" else band.range.high
    if found is None:
        raise LookupError(side)
    return found


def _falls(one: Band, two: Band) -> bool:
    """Whether the second band scores less than the first."""
    first, second = points_of(one.score), points_of(two.score)
    return second is not None and (first is None or second < first)


def _settled(bands: list[Band]) -> tuple[list[Band], list[_Question]]:
    """Give each end that is not said to the only band that can own it; return the others as questions."""
    questions: list[_Question] = []
    for value in sorted({end.amount.value for band in bands for end in _ends(band) if end.closed is None}):
        lows = [i for i, band in enumerate(bands) if _open_at(band.range.low, value)]
        highs = [i for i, band in enumerate(bands) if _open_at(band.range.high, value)]
        owned = any(_owns(band.range, value) for band in bands)
        if len(lows) > 1 or len(highs) > 1:
            raise stop(bands[(lows if len(lows) > 1 else highs)[1]].span, "两档重叠", "two bands overlap")
        refused = any(_refuses(band.range, value, low=not lows) for band in bands)
        if owned or (refused and not (lows and highs)):
            for index in (*lows, *highs):
                bands[index] = _closing(bands[index], value, closed=not owned)
            continue
        index = (lows or highs)[0]
        amount = next(end.amount for end in _ends(bands[index]) if end.amount.value == value)
        questions.append(_Question(amount, lows[0] if lows else None, highs[0] if highs else None))
    return bands, questions


def _ends(band: Band) -> list[End]:
    return [end for end in (band.range.low, band.range.high) if end is not None]


def _open_at(end: End | None, value: Fraction) -> bool:
    return end is not None and end.closed is None and end.amount.value == value


def _owns(region: Range, value: Fraction) -> bool:
    """Whether a range is said to hold a value."""
    above = region.low is None or region.low.amount.value < value or _closed_at(region.low, value)
    below = region.high is None or region.high.amount.value > value or _closed_at(region.high, value)
    return above and below


def _closed_at(end: End, value: Fraction) -> bool:
    return end.amount.value == value and end.closed is True


def _refuses(region: Range, value: Fraction, *, low: bool) -> bool:
    """Whether a range that begins (``low``) or ends at a value is said not to hold it."""
    end = region.low if low else region.high
    return end is not None and end.amount.value == value and end.closed is False


def _closing(band: Band, value: Fraction, *, closed: bool) -> Band:
    low, high = band.range.low, band.range.high
    if low is not None and _open_at(low, value):
        low = replace(low, closed=closed)
    if high is not None and _open_at(high, value):
        high = replace(high, closed=closed)
    return replace(band, range=replace(band.range, low=low, high=high))


def _answered(settled: list[Band], questions: list[_Question], way: tuple[bool, ...]) -> Ended:
    bands = list(settled)
    choices = []
    for question, first in zip(questions, way, strict=True):
        value = question.amount.value
        if question.low is not None:
            bands[question.low] = _closing(bands[question.low], value, closed=first)
        if question.high is not None:
            shared = question.low is not None
            bands[question.high] = _closing(bands[question.high], value, closed=first is not shared)
        choices.append(_choice(question, first=first))
    return Ended(tuple(bands), tuple(choices))


def _choice(question: _Question, *, first: bool) -> Text:
    at = question.amount.written
    if question.low is not None and question.high is not None:
        if first:
            return Text(f"恰好 {at} 归上面一档", f"exactly {at} belongs to the band above")
        return Text(f"恰好 {at} 归下面一档", f"exactly {at} belongs to the band below")
    if first:
        return Text(f"含 {at} 本身", f"{at} itself is included")
    return Text(f"不含 {at} 本身", f"{at} itself is not included")


def region_written(region: Range) -> str:
    """Return a range as a clause in Chinese has it; every end has an owner."""
    low, high = region.low, region.high
    if low is not None and high is not None:
        if low.amount.value == high.amount.value:
            return low.amount.written if low.amount.unit_written else f"= {low.amount.written}"
        return f"{_marked(low)}到 {_marked(high)}"
    if low is not None:
        return f"{'≥' if low.closed else '>'} {low.amount.written}"
    if high is not None:
        return f"{'≤' if high.closed else '<'} {high.amount.written}"
    raise LookupError("a range without ends")


def _marked(end: End) -> str:
    return f"{end.amount.written}（{'含' if end.closed else '不含'}）"

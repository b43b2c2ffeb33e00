"""Exact ranges of numbers with open or closed ends: what a value can still be while figures are missing."""

from __future__ import annotations

import math
import operator
from fractions import Fraction
from functools import reduce

from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class End:
    """One end of a range. ``value`` is None at infinity; an open end is approached and never reached."""

    value: Fraction | None
    open: bool = False


NO_END = End(None, open=True)


@dataclass(frozen=True, slots=True)
class Range:
    """All numbers between two ends; a known number is a range whose ends are that number."""

    low: End
    high: End

    @property
    def known(self) -> Fraction | None:
        """The number, when there is only one."""
        low, high = self.low, self.high
        if low is high or (low.value is not None and low.value == high.value):
            return low.value
        return None

    @property
    def empty(self) -> bool:
        """Whether no number is left."""
        if self.low.value is None or self.high.value is None:
            return False
        if self.low.value == self.high.value:
            return self.low.open or self.high.open
        return self.low.value > self.high.value


def exactly(value: Fraction | int) -> Range:
    """Return the range that holds one number."""
    end = End(Fraction(value))
    return Range(end, end)


def between(
    low: Fraction | int | None,
    high: Fraction | int | None,
    *,
    low_open: bool = False,
    high_open: bool = False,
) -> Range:
    """Return the numbers from ``low`` to ``high``; None is infinity."""
    return Range(
        End(None if low is None else Fraction(low), low_open or low is None),
        End(None if high is None else Fraction(high), high_open or high is None),
    )


EVERYTHING = between(None, None)


def hull(ranges: list[Range]) -> Range:
    """Return the smallest range that holds all the ranges (at least one)."""
    return Range(reduce(_lower, [item.low for item in ranges]), reduce(_higher, [item.high for item in ranges]))


def _lower(a: End, b: End) -> End:
    if a.value is None or b.value is None:
        return NO_END
    if a.value == b.value:
        return End(a.value, a.open and b.open)
    return a if a.value < b.value else b


def _higher(a: End, b: End) -> End:
    if a.value is None or b.value is None:
        return NO_END
    if a.value == b.value:
        return End(a.value, a.open and b.open)
    return a if a.value > b.value else b


def add(a: Range, b: Range) -> Range:
    """Return all sums."""
    return Range(_plus(a.low, b.low), _plus(a.high, b.high))


def added(items: list[Range]) -> Range:
    """Return all sums of numbers, one from each range (none: 0)."""
    return reduce(add, items) if items else exactly(0)


def _plus(a: End, b: End) -> End:
    if a.value is None or b.value is None:
        return NO_END
    return End(a.value + b.value, a.open or b.open)


def scale(a: Range, factor: Fraction) -> Range:
    """Return all products with one number."""
    if factor == 0:
        return exactly(0)
    low, high = (_times(a.low, factor), _times(a.high, factor))
    return Range(low, high) if factor > 0 else Range(high, low)


def _times(end: End, factor: Fraction) -> End:
    return NO_END if end.value is None else End(end.value * factor, end.open)


def multiply(a: Range, b: Range) -> Range:
    """Return the smallest range that holds all products."""
    if a.known is not None:
        return scale(b, a.known)
    if b.known is not None:
        return scale(a, b.known)
    corners = [_corner(x, y, (i, j)) for i, x in ((-1, a.low), (1, a.high)) for j, y in ((-1, b.low), (1, b.high))]
    return hull_of_corners(corners)


@dataclass(frozen=True, slots=True)
class Corner:
    """A value at a corner of a box: a number, ``open`` when it is only approached, or an infinity with its sign.

    Without a number and a sign it is zero times an infinity: the corner beside it has the zero.
    """

    value: Fraction | None
    sign: int = 0
    open: bool = False


def _corner(x: End, y: End, at: tuple[int, int]) -> Corner:
    if x.value is None or y.value is None:
        return Corner(None, _sign(x, at[0]) * _sign(y, at[1]))
    product = x.value * y.value
    # Zero times anything is zero: it is reached if the zero itself is.
    opened = (x.open or y.open) if product else not ((x.value == 0 and not x.open) or (y.value == 0 and not y.open))
    return Corner(product, open=opened)


def _sign(end: End, infinite: int) -> int:
    return infinite if end.value is None else (end.value > 0) - (end.value < 0)


def hull_of_corners(corners: list[Corner]) -> Range:
    """Return the smallest range that holds the corners."""
    finite = [End(corner.value, corner.open) for corner in corners if corner.value is not None]
    signs = {corner.sign for corner in corners}
    low = NO_END if -1 in signs or not finite else reduce(_lower, finite)
    high = NO_END if 1 in signs or not finite else reduce(_higher, finite)
    return Range(low, high)


def invert(a: Range) -> Range | None:
    """Return all reciprocals of the non-zero numbers of a range, or None when zero is its only number."""
    if a.known == 0:
        return None
    low, high = a.low, a.high
    below = low.value is None or low.value < 0
    above = high.value is None or high.value > 0
    if below and above:
        return EVERYTHING
    return Range(_reciprocal(high), _reciprocal(low))


def _reciprocal(end: End) -> End:
    if end.value is None:
        return End(Fraction(0), open=True)
    if end.value == 0:
        return NO_END
    return End(1 / end.value, end.open)


def to_whole(a: Range, mode: str) -> Range:
    """Return the range of the whole numbers that ``mode`` makes of a range (the modes of core's ``ToWhole``).

    Every mode only ever rises, so the ends decide; an end that is not reached is taken just inside the range.
    """
    return Range(_whole_end(a.low, a.high, mode, inward=1), _whole_end(a.high, a.low, mode, inward=-1))


def _whole_end(end: End, other: End, mode: str, *, inward: int) -> End:
    if end.value is None:
        return NO_END
    value = end.value
    if end.open:
        # The modes are constant strictly between multiples of one half: any number there stands for all.
        value = (value + _next_half(value, inward)) / 2
        if other.value is not None and (other.value - value) * inward < 0:
            value = (end.value + other.value) / 2
    return End(Fraction(whole(value, mode)))


def _next_half(value: Fraction, direction: int) -> Fraction:
    doubled = value * 2
    if direction > 0:
        return Fraction(math.floor(doubled) + 1, 2)
    return Fraction(math.ceil(doubled) - 1, 2)


def breakpoints(a: Range, mode: str) -> list[Fraction]:
    """Return numbers of a range at which the whole number changes, near its middle or, without an end, far out."""
    low, high = a.low.value, a.high.value
    if low is not None and high is not None:
        middle = (low + high) / 2
    elif low is not None:
        middle = 2 * max(low, Fraction(1)) + 1
    elif high is not None:
        middle = 2 * min(high, Fraction(-1)) - 1
    else:
        middle = Fraction(0)
    half = Fraction(1, 2) if mode in {"half_up", "half_even"} else Fraction(0)
    near = (round(middle - half) + half, math.floor(middle - half) + half, math.ceil(middle - half) + half)
    return [at for at in near if (low is None or at >= low) and (high is None or at <= high)]


def whole(value: Fraction, mode: str) -> int:
    """Return the whole number that a mode makes of a number: ``half_up`` and ``up`` go away from zero."""
    if mode == "floor":
        return math.floor(value)
    if mode == "ceiling":
        return math.ceil(value)
    if mode == "half_even":
        return round(value)
    size = abs(value)
    found = {"half_up": math.floor(size + Fraction(1, 2)), "up": math.ceil(size), "down": math.floor(size)}[mode]
    return found if value >= 0 else -found


def extreme(kind: str, items: list[Range]) -> Range:
    """Return the range of the least (``min``) or the greatest (``max``) of independent numbers."""
    return reduce(_least if kind == "min" else _greatest, items)


def _least(a: Range, b: Range) -> Range:
    return Range(_lower(a.low, b.low), _min_end(a.high, b.high))


def _greatest(a: Range, b: Range) -> Range:
    flipped = _least(scale(a, Fraction(-1)), scale(b, Fraction(-1)))
    return scale(flipped, Fraction(-1))


def _min_end(a: End, b: End) -> End:
    if a.value is None:
        return b
    if b.value is None:
        return a
    if a.value == b.value:
        return End(a.value, a.open or b.open)
    return a if a.value < b.value else b


def beaten(items: list[Range | None], index: int) -> bool:
    """Whether another of some numbers, known by their ranges, is always as great as one of them, so that it need not be looked at.

    Of numbers that are always the same, the first is kept; nothing is said of a number without a range.
    """
    return any(
        _never_below(other, items[index]) and (position < index or not _never_below(items[index], other))
        for position, other in enumerate(items)
        if position != index
    )


def _never_below(a: Range | None, b: Range | None) -> bool:
    """Whether no number of ``a`` lies below any number of ``b``."""
    if a is None or b is None:
        return False
    return a.low.value is not None and b.high.value is not None and a.low.value >= b.high.value


def truth(op: str, left: Range, right: Range) -> frozenset[bool]:
    """Return which answers a comparison of independent numbers can still have."""
    difference = add(left, scale(right, Fraction(-1)))
    inside = restrict(difference, op, Fraction(0))
    outside = restrict(difference, OPPOSITE[op], Fraction(0))
    answers = {True} if inside is not None else set()
    return frozenset(answers | ({False} if outside is not None else set()))


_COMPARED = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def holds(op: str, left: Fraction, right: Fraction) -> bool:
    """Whether a comparison of two numbers holds."""
    return bool(_COMPARED[op](left, right))


OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def restrict(a: Range, op: str, bound: Fraction) -> Range | None:
    """Return the part of a range for which ``x op bound`` holds, or None when there is none.

    For ``!=`` in the middle of a range the whole range is returned (a hole has no ends).
    """
    if op == "=":
        return exactly(bound) if _holds(a, bound) else None
    if op == "!=":
        return _without(a, bound)
    if op in ("<", "<="):
        cut = Range(a.low, _min_end(a.high, End(bound, op == "<")))
    else:
        cut = Range(_max_end(a.low, End(bound, op == ">")), a.high)
    return None if cut.empty else cut


def meet(a: Range, b: Range) -> Range | None:
    """Return the numbers that are in both ranges, or None when there are none."""
    cut = Range(_max_end(a.low, b.low), _min_end(a.high, b.high))
    return None if cut.empty else cut


def _max_end(a: End, b: End) -> End:
    if a.value is None:
        return b
    if b.value is None:
        return a
    if a.value == b.value:
        return End(a.value, a.open or b.open)
    return a if a.value > b.value else b


def _holds(a: Range, value: Fraction) -> bool:
    low = a.low.value is None or a.low.value < value or (a.low.value == value and not a.low.open)
    high = a.high.value is None or a.high.value > value or (a.high.value == value and not a.high.open)
    return low and high


def _without(a: Range, value: Fraction) -> Range | None:
    if a.known is not None:
        return None if a.known == value else a
    low, high = a.low, a.high
    if low.value == value:
        low = End(value, open=True)
    if high.value == value:
        high = End(value, open=True)
    return Range(low, high)

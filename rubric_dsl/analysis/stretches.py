"""A rule of one quantity as stretches in order: where each begins and ends, what it scores, and the jumps between."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

from rubric_dsl.analysis.simple import plain_in
from rubric_dsl.analysis.zones import Line, Piece
from rubric_dsl.ranges import End, Range
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of the quantity's range on which the score is one linear function; None: no score there."""

    range: Range
    const: Fraction | None
    slope: Fraction
    faults: tuple[str, ...]
    pieces: tuple[Piece, ...]
    taken: tuple[tuple[str, str], ...]

    def at(self, value: Fraction) -> Fraction | None:
        """Return the score at, or towards, a value."""
        return None if self.const is None else self.const + self.slope * value


@dataclass(frozen=True, slots=True)
class Jump:
    """A value at which the score can jump: the score just below, at it, and just above (None: no score there)."""

    at: Fraction
    below: Fraction | None
    on: Fraction | None
    above: Fraction | None

    @property
    def jump(self) -> Fraction:
        """The most that is lost or gained by passing it."""
        known = [value for value in (self.below, self.on, self.above) if value is not None]
        return max(known) - min(known) if known else Fraction(0)


def stretches(pieces: Iterable[Piece], key: str) -> tuple[Stretch, ...]:
    """Return the pieces of a rule of one quantity in order, neighbours with the same function joined."""
    found: list[Stretch] = []
    for piece in sorted(pieces, key=lambda item: _order(item.zone.domains[key].range)):
        own = _stretch(piece, key)
        if found and _same(found[-1], own):
            last = found[-1]
            joined = Range(last.range.low, own.range.high)
            taken = tuple(dict.fromkeys((*last.taken, *own.taken)))
            found[-1] = Stretch(joined, last.const, last.slope, last.faults, (*last.pieces, piece), taken)
        else:
            found.append(own)
    return tuple(found)


def _order(item: Range) -> tuple[bool, Fraction, bool]:
    low = item.low.value
    return (low is not None, low or Fraction(0), item.low.open)


def _stretch(piece: Piece, key: str) -> Stretch:
    item = piece.zone.domains[key].range
    line: Line | None = piece.line
    if line is None:
        return Stretch(item, None, Fraction(0), piece.faults, (piece,), piece.taken)
    return Stretch(item, line.const, line.terms.get(key, Fraction(0)), (), (piece,), piece.taken)


def _same(a: Stretch, b: Stretch) -> bool:
    if a.faults != b.faults:
        return False
    if (a.const, a.slope) == (b.const, b.slope):
        return True
    if a.const is None or b.const is None:
        return False
    # One number lies on the next stretch's line: the function goes on there.
    known, line = (a, b) if a.range.known is not None else (b, a)
    at = known.range.known
    return at is not None and known.slope == 0 and line.at(at) == known.const and line.slope != 0


def edges(found: tuple[Stretch, ...]) -> tuple[Jump, ...]:
    """Return the values at which the score jumps, in order; a single number between two stretches is one edge."""
    result: list[Jump] = []
    for index, item in enumerate(found):
        known = item.range.known
        before = found[index - 1] if index else None
        after = found[index + 1] if index + 1 < len(found) else None
        if known is not None:
            edge = Jump(known, _limit(before, known), item.at(known), _limit(after, known))
            result.extend([edge] if edge.jump else [])
        elif after is not None and after.range.known is None:
            at, owned = _border(item.range.high, after.range.low)
            if at is not None:
                below, above = item.at(at), after.at(at)
                edge = Jump(at, below, below if owned else above, above)
                result.extend([edge] if edge.jump else [])
    return tuple(result)


def _border(high: End, low: End) -> tuple[Fraction | None, bool]:
    """Return where two stretches meet, and whether the lower one owns the place."""
    if high.value is None:
        return None, False
    return high.value, not high.open and (low.open or low.value != high.value)


def _limit(item: Stretch | None, at: Fraction) -> Fraction | None:
    return None if item is None else item.at(at)


@dataclass(frozen=True, slots=True)
class Trend:
    """Which way the score goes as the quantity rises; each with two values that show it."""

    rising: tuple[Fraction, Fraction] | None
    falling: tuple[Fraction, Fraction] | None
    turns: int

    @property
    def monotone(self) -> bool:
        """Whether the score goes one way only, or stays."""
        return self.rising is None or self.falling is None


def course(found: tuple[Stretch, ...]) -> Trend:
    """Follow the score from the lowest to the highest value of the quantity; what has no score is passed over."""
    marks: list[tuple[Fraction, Fraction]] = []
    for item in found:
        if item.const is None:
            continue
        for value in _samples(item):
            score = item.at(value)
            if score is not None:
                marks.append((value, score))
    rising = falling = None
    ways: list[int] = []
    for (x, a), (y, b) in pairwise(marks):
        if b > a:
            rising = rising or (x, y)
            ways.append(1)
        elif b < a:
            falling = falling or (x, y)
            ways.append(-1)
    turns = sum(1 for one, other in pairwise(ways) if one != other)
    return Trend(rising, falling, turns)


def _samples(item: Stretch) -> list[Fraction]:
    """Two values of a stretch with a slope (one of a level one), in order and inside it."""
    first = plain_in(item.range)
    if item.slope == 0 or item.range.known is not None:
        return [first]
    low, high = item.range.low.value, item.range.high.value
    if low is not None and high is not None:
        return [low + (high - low) / 4, low + (high - low) * 3 / 4]
    return [first, first + 1] if high is None else [first - 1, first]

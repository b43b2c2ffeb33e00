"""A rule over its measure as straight pieces: what each stretch scores, and the ends of any part of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.core.keys import own_key
from rubric_dsl.core.nodes import Expr, Input, Program, Variant
from rubric_dsl.core.walk import keys_of
from rubric_dsl.evaluate.state import Env
from rubric_dsl.missing.boxes import Box, Followed, explore
from rubric_dsl.missing.follow import Blur, Cut, Follower, NoValue
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass

MOST_CUTS = 100
"""A rule that turns more often than this is not drawn."""
_MEASURE = own_key("measure")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the measure, or one number of it, on which a rule is ``const + slope × measure``."""

    over: Range
    const: Fraction
    slope: Fraction

    def at(self, measure: Fraction) -> Fraction:
        """Return the score at a measure, or towards it where it is an open end."""
        return self.const + self.slope * measure

    def over_part(self, part: Range) -> Range:
        """Return all scores on a part of the stretch."""
        return ranges.add(ranges.exactly(self.const), ranges.scale(part, self.slope))


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the measure's line: a number, or an infinity with its sign; ``reached``, or only come near to."""

    value: Fraction | None
    sign: int = 0
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Curve:
    """A rule over all numbers that its measure can be, in order."""

    pieces: tuple[Piece, ...]

    @property
    def way(self) -> int | None:
        """Whether it never falls (1), never rises (−1), or both (0: it is one number); None: it turns."""
        signs = {_sign(piece.slope) for piece in self.pieces}
        for one, other in zip(self.pieces, self.pieces[1:], strict=False):
            at = one.over.high.value
            if at is not None:
                signs.add(_sign(other.at(at) - one.at(at)))
        signs.discard(0)
        if not signs:
            return 0
        return signs.pop() if len(signs) == 1 else None

    def beyond(self, sign: int) -> Fraction | None:
        """Return the score as the measure grows without end, up or down; None where it has no end itself."""
        last = self.pieces[-1 if sign > 0 else 0]
        return None if last.slope else last.const

    def at(self, measure: Fraction) -> Fraction:
        """Return the score at a measure."""
        return next(piece.at(measure) for piece in self.pieces if _holds(piece, measure))

    def beside(self, measure: Fraction, side: int) -> Piece:
        """Return the piece just above a measure (side 1), or just below it."""
        op = ">" if side > 0 else "<"
        parts = [piece for piece in self.pieces if ranges.restrict(piece.over, op, measure) is not None]
        return parts[0 if side > 0 else -1]

    def between(self, one: Place, other: Place) -> Range | None:
        """Return what it scores between two places, from the least to the greatest; None where there is no end."""
        if one.value is not None and one.value == other.value:
            return ranges.exactly(self.at(one.value))
        low, high = sorted((one, other), key=_order)
        over = ranges.between(low.value, high.value, low_open=not low.reached, high_open=not high.reached)
        parts = ((piece, ranges.meet(piece.over, over)) for piece in self.pieces)
        found = ranges.hull([piece.over_part(part) for piece, part in parts if part is not None])
        return None if found.low.value is None or found.high.value is None else found


def curve_of(score: Expr) -> Curve | None:
    """Draw a rule that asks for nothing but its measure; None where it cannot be drawn, or has gaps."""
    if any(True for _ in keys_of(score)):
        return None
    program = Program((Variant(None, Input(_MEASURE), score),))
    found: list[Piece] = []

    def visit(box: Box, may_cut: bool, _: Followed) -> None:
        env = Env(box, {})
        try:
            value = Follower(frozenset(box), env, {}).program(program)[1]
        except Cut:
            if may_cut:
                raise
            raise NoValue from None
        way = value.course.ways.get(_MEASURE)
        if value.spread is not None or (way is not None and way.poles):
            raise Blur
        found.append(Piece(box[_MEASURE], value.course.const, Fraction(0) if way is None else way.slope))

    try:
        explore({_MEASURE: ranges.EVERYTHING}, (), visit, lambda: False, MOST_CUTS)
    except (Blur, NoValue):
        return None
    return Curve(tuple(_in_order(found)))


def _in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Sort pieces by their place, those that are one line joined."""
    joined: list[Piece] = []
    for piece in sorted(pieces, key=_start):
        last = joined[-1] if joined else None
        if last is not None and (last.const, last.slope) == (piece.const, piece.slope):
            joined[-1] = Piece(Range(last.over.low, piece.over.high), piece.const, piece.slope)
        else:
            joined.append(piece)
    return joined


def _start(piece: Piece) -> tuple[int, Fraction, bool]:
    low = piece.over.low
    return (0, Fraction(0), False) if low.value is None else (1, low.value, low.open)


def _order(place: Place) -> tuple[int, Fraction]:
    return (place.sign, Fraction(0)) if place.value is None else (0, place.value)


def _holds(piece: Piece, value: Fraction) -> bool:
    return ranges.restrict(piece.over, "=", value) is not None


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)

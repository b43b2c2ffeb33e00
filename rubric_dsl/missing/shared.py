"""Indicators that read one missing figure: what they can score together.

Taken one by one, each would have its best score at another value of the figure. Where one of them is a rule of steps, it
scores one number on each of its pieces, and each piece is an interval of the figure; there the others, which all go one
way, have their ends at the interval's ends. A pole of any of them is looked at from both sides. So a few places of the figure, worked out beforehand as formulas over the
other figures, show the ends of whatever rises with the scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from rubric_dsl.core.keys import result_key
from rubric_dsl.core.nodes import (
    FALSE,
    TRUE,
    Add,
    Compare,
    CompareOp,
    Condition,
    Const,
    Div,
    Expr,
    Input,
    Program,
    minus,
    times,
)
from rubric_dsl.core.walk import keys_in, keys_of, rebuilt, rebuilt_in, with_measure
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.evaluate.state import Env
from rubric_dsl.missing.curve import Curve, Piece, curve_of
from rubric_dsl.missing.end import EndExpr, Side, UnsaidError, at_end, by_case, every, farthest, negation, some
from rubric_dsl.missing.ends import Domain, Line, beside, lines, multiple_of, simplest, turn_of
from rubric_dsl.ranges import End, Range, exactly, restrict, truth
from rubric_dsl.records import dataclass

_NOTHING = Const(Fraction(0))


@dataclass(frozen=True, slots=True)
class Together:
    """What indicators score together, by name, at a place of the figure that they read; it is there ``when`` a condition holds."""

    when: Condition
    scores: Mapping[str, EndExpr]


@dataclass(frozen=True, slots=True)
class _Reader:
    """An indicator whose variant at ``place`` has a measure ``top ÷ bottom`` in which the figure stands."""

    program: Program
    place: int
    score: Expr
    curve: Curve
    top: Line
    bottom: Line

    @property
    def is_steps(self) -> bool:
        return not any(piece.slope for piece in self.curve.pieces)

    @property
    def taken(self) -> Condition:
        """When the variant is the one that scores."""
        earlier = [negation(variant.condition or TRUE) for variant in self.program.variants[: self.place]]
        return every([*earlier, self.program.variants[self.place].condition or TRUE])

    def scored(self, end: EndExpr) -> EndExpr:
        """Return the indicator's score where that of the variant is known."""
        found = [
            (variant.condition or TRUE, end if place == self.place else _own(variant.score, variant.measure))
            for place, variant in enumerate(self.program.variants)
        ]
        return by_case(found) if len(found) > 1 else end


def _own(score: Expr, measure: Expr | None) -> EndExpr:
    return EndExpr(score if measure is None else with_measure(score, measure))


class _Spot(NamedTuple):
    """A number ``x`` that the figure can be (``side`` 0) or come near to, from above (1) or from below (−1).

    Without a number it is where the figure has no end on that side: as far up (−1: come near to from below) as one likes, or down (1).
    """

    x: Expr | None
    side: int


def together(
    programs: Mapping[str, Program], key: str, domain: Domain, others: Mapping[str, Range]
) -> tuple[Together, ...]:
    """Return places of a missing figure at which all that rises with some indicators' scores has both its ends.

    The first two are the ends of the figure's range, and are always there. ``others`` is what other figures can be.

    Raises:
        UnsaidError: the evaluator must be asked.
    """
    if domain.whole or domain.options:
        raise UnsaidError
    readers = {name: _reader(program, key) for name, program in programs.items()}
    return tuple(_Places(readers, domain.range, _Signs(others)).found())


def _reader(program: Program, key: str) -> _Reader:
    reading = [
        place
        for place, variant in enumerate(program.variants)
        if key in keys_of(variant.measure) or key in keys_of(variant.score)
    ]
    if len(reading) != 1 or any(key in keys_in(variant.condition) for variant in program.variants):
        raise UnsaidError
    variant = program.variants[reading[0]]
    if variant.measure is None or key in keys_of(variant.score):
        raise UnsaidError
    curve = curve_of(variant.score)
    if curve is None:
        raise UnsaidError
    return _Reader(program, reading[0], variant.score, curve, *lines(variant.measure, key))


class _Signs:
    """What sign expressions over other figures can have."""

    def __init__(self, figures: Mapping[str, Range]) -> None:
        self._env = Env(figures, {})

    def asked(self, op: CompareOp, left: Expr, right: Expr = _NOTHING) -> Condition:
        """Return a comparison; where it always holds, or never, that."""
        gap = simplest(minus(left, right))
        if all(key in self._env.figures for key in keys_of(gap)):
            over, trace = value_of(gap, self._env)
            if over is not None and not trace.faults:
                answers = truth(op, over, exactly(0))
                if len(answers) == 1:
                    return TRUE if True in answers else FALSE
        return Compare(op, gap, _NOTHING)


class _Places:
    """Looks for the places of a figure of a ``range`` that show the ends of whatever rises with its readers' scores."""

    def __init__(self, readers: Mapping[str, _Reader], over: Range, signs: _Signs) -> None:
        self.readers, self.over, self.signs = readers, over, signs
        self.turns = {name: turn_of(reader.top, reader.bottom) for name, reader in readers.items()}

    def found(self) -> Iterator[Together]:
        """Yield the ends of the range, then both sides of every pole, then where the rule that is walked changes."""
        yield self._outer(self.over.low, 1)
        yield self._outer(self.over.high, -1)
        for reader in self.readers.values():
            pole = self._pole(reader)
            if pole is not None:
                for side in (-1, 1):
                    yield from self._there(self._inside(pole, strictly=True), _Spot(pole, side))
        ways = {name: self._way(name) for name in self.readers}
        if not _same(ways.values()):
            name = self._walked(ways)
            for piece, when, spot in self._turns(name):
                yield from self._there(when, spot, {name: EndExpr(Const(piece.const))})

    def _there(self, when: Condition, spot: _Spot, known: Mapping[str, EndExpr] | None = None) -> Iterator[Together]:
        """Yield a place, if it can be there at all; some scores may be ``known`` already."""
        when = every([when, *(() if spot.side else self._has_scores(spot.x))])
        if when != FALSE:
            yield Together(when, self._scores(spot, known or {}))

    def _scores(self, spot: _Spot, known: Mapping[str, EndExpr]) -> Mapping[str, EndExpr]:
        return {
            name: reader.scored(known[name] if name in known else self._score(name, spot))
            for name, reader in self.readers.items()
        }

    def _outer(self, end: End, inward: int) -> Together:
        """Return an end of the range, or what is beside it where it is open or something has no score at it."""
        if end.value is None:
            return Together(TRUE, self._scores(_Spot(None, inward), {}))
        x = Const(end.value)
        beside = self._scores(_Spot(x, inward), {})
        reached = FALSE if end.open else every(self._has_scores(x))
        if reached == FALSE:
            return Together(TRUE, beside)
        there = self._scores(_Spot(x, 0), {})
        if reached == TRUE:
            return Together(TRUE, there)
        return Together(TRUE, {name: by_case([(reached, there[name]), (TRUE, beside[name])]) for name in there})

    def _has_scores(self, x: Expr | None) -> list[Condition]:
        """Return when every indicator has a score at a number: a place without one is no place of any."""
        assert x is not None  # noqa: S101 - a place that is reached is a number
        found = []
        for reader in self.readers.values():
            fine = self.signs.asked("!=", _at(reader.bottom, x)) if reader.bottom.slope else TRUE
            found.append(TRUE if fine == TRUE else some([fine, negation(reader.taken)]))
        return found

    def _pole(self, reader: _Reader) -> Expr | None:
        slope = reader.bottom.slope
        return times(-1 / slope, reader.bottom.rest) if slope else None

    def _inside(self, x: Expr, *, strictly: bool = False, side: int = 0) -> Condition:
        """Return when the figure can be a number, or come near to it from a side."""
        found: list[Condition] = []
        sides: tuple[tuple[End, CompareOp, CompareOp, int], ...]
        sides = ((self.over.low, ">=", ">", 1), (self.over.high, "<=", "<", -1))
        for end, reached, beyond, inward in sides:
            if end.value is not None:
                # Beside an end only the side inside is in the range, be the end open or not.
                op = beyond if strictly or side == -inward or (not side and end.open) else reached
                found.append(self.signs.asked(op, x, Const(end.value)))
        return every(found)

    def _way(self, name: str) -> int | None:
        """Return which way an indicator goes as the figure rises; None where that hangs on the data, or it turns."""
        way = self.readers[name].curve.way
        if not way:
            return way
        if self.signs.asked(">=", self.turns[name]) == TRUE:
            return way
        return -way if self.signs.asked("<=", self.turns[name]) == TRUE else None

    def _walked(self, ways: Mapping[str, int | None]) -> str:
        """Return the rule of steps with the fewest pieces beside which the others go one way."""
        fit = [
            name
            for name, reader in self.readers.items()
            if reader.is_steps
            and all(self.readers[other].curve.way is not None for other in ways if other != name)
            and (len(ways) == 2 or _same([way for other, way in ways.items() if other != name]))  # noqa: PLR2004 - one other
        ]
        if not fit:
            raise UnsaidError
        return min(fit, key=lambda name: len(self.readers[name].curve.pieces))

    def _turns(self, name: str) -> Iterator[tuple[Piece, Condition, _Spot]]:
        """Yield the ends of the intervals of the figure on which a rule of steps scores one number, and that piece of it."""
        walked = self.readers[name]
        pieces = walked.curve.pieces
        for below, above in pairwise(pieces):
            at = below.over.high.value
            if at is None or walked.bottom.slope * at == walked.top.slope:
                continue  # the measure goes there only as the figure has no end
            rest = minus(walked.top.rest, times(at, walked.bottom.rest))
            x = simplest(times(1 / (at * walked.bottom.slope - walked.top.slope), rest))
            for piece, along in _seen_at(below, above, at):
                for op, way in _WAYS if along else _ANY_WAY:
                    when = every([self.signs.asked(op, self.turns[name]), self._inside(x, side=along * way)])
                    yield piece, when, _Spot(x, along * way)

    def _score(self, name: str, spot: _Spot) -> EndExpr:
        """Return what a rule over its measure scores at a place, or comes near to there."""
        reader, turn = self.readers[name], self.turns[name]
        top, bottom = reader.top, reader.bottom
        if spot.x is None:
            if bottom.slope:
                return self._sides(reader, turn, Const(top.slope / bottom.slope), spot.side)
            return self._far(reader, bottom.rest, -spot.side * _sign(top.slope))
        above, below = _at(top, spot.x), _at(bottom, spot.x)
        multiple = multiple_of(above, below)
        own = Div(above, below) if multiple is None else Const(multiple)
        if not spot.side:
            return _point(reader, own)
        gone = self.signs.asked("=", below) if bottom.slope else FALSE
        found = [] if gone == TRUE else [(negation(gone), self._sides(reader, turn, own, spot.side))]
        if gone != FALSE:
            # What is divided by is 0 there: the measure has no end, or is one number on both sides.
            found.append((self.signs.asked("=", above), _point(reader, Const(top.slope / bottom.slope))))
            found.append((TRUE, self._far(reader, above, spot.side * _sign(bottom.slope))))
        return _first(found)

    def _sides(self, reader: _Reader, turn: Expr, own: Expr, side: int) -> EndExpr:
        """Return what a rule comes near to as the figure comes near a number from a side, or goes far out."""
        found = [(self.signs.asked(op, turn), _beside(reader, own, side * way)) for op, way in _WAYS]
        return _first([*found, (TRUE, _point(reader, own))])

    def _far(self, reader: _Reader, sign_of: Expr, sign: int) -> EndExpr:
        """Return what a rule scores as the measure has no end, on the side that ``sign_of`` and ``sign`` say."""
        found: list[tuple[Condition, EndExpr]] = []
        for op, way in _WAYS:
            when = self.signs.asked(op, sign_of)
            if when == FALSE:
                continue
            score = reader.curve.beyond(way * sign) if sign else None
            if score is None:
                raise UnsaidError
            found.append((when, EndExpr(Const(score))))
        return _first(found)


_WAYS: tuple[tuple[CompareOp, int], ...] = ((">", 1), ("<", -1))
_ANY_WAY: tuple[tuple[CompareOp, int], ...] = (("!=", 0),)


def _first(found: Sequence[tuple[Condition, EndExpr]]) -> EndExpr:
    """Return the end of the first case that holds; cases that never do are left out."""
    kept = [(when, end) for when, end in found if when != FALSE]
    return kept[0][1] if kept and kept[0][0] == TRUE else by_case(kept)


def _at(line: Line, x: Expr) -> Expr:
    return simplest(Add((line.rest, times(line.slope, x))))


def _point(reader: _Reader, own: Expr) -> EndExpr:
    """Return what a rule scores at a measure."""
    if isinstance(own, Const):
        return EndExpr(Const(reader.curve.at(own.value)))
    return EndExpr(with_measure(reader.score, own))


def _beside(reader: _Reader, own: Expr, side: int) -> EndExpr:
    """Return what a rule comes near to just above a measure (side 1), or just below it."""
    if isinstance(own, Const):
        piece = reader.curve.beside(own.value, side)
        return EndExpr(Const(piece.at(own.value)), TRUE if piece.slope else FALSE)
    return beside(reader.curve, own, side)


def _same(ways: Iterable[int | None]) -> bool:
    """Whether all go one way."""
    found = set(ways) - {0}
    return None not in found and len(found) <= 1


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _seen_at(below: Piece, above: Piece, at: Fraction) -> Iterator[tuple[Piece, int]]:
    """Yield what is looked at where two pieces meet: the number itself (0), just above it (1), just below it (−1).

    A piece to which the number belongs need not be looked at beside it.
    """
    owner = below if restrict(below.over, "=", at) is not None else above
    if owner is above or below.over.known is None:
        yield owner, 0
    if owner is not below:
        yield below, -1
    if owner is not above and above.over.known is None:
        yield above, 1


class AtPlace:
    """Results over results at one place of a figure that several indicators read.

    ``opens`` are the other results that are only come near to, as far as they are known.
    """

    def __init__(self, place: Together, opens: Mapping[str, Condition], side: Side) -> None:
        self.when, self.side, self._others = place.when, side, opens
        self.ends = {result_key("score", name): end for name, end in place.scores.items()}

    def define(self, key: str, value: Expr, reads: set[str]) -> None:
        """Take in a definition; ``reads`` are those of its results that hang on the figure."""
        if not reads:
            return
        own = {read: self.ends[read].open for read in reads if self.ends[read].open != FALSE}
        opens = {read: when for read, when in self._others.items() if read not in self.ends} | own
        found = at_end(value, opens, self.side)

        def change(node: Expr) -> Expr | None:
            return self.ends[node.key].value if isinstance(node, Input) and node.key in reads else None

        self.ends[key] = EndExpr(rebuilt(found.value, change), rebuilt_in(found.open, change))


def farthest_of(places: Sequence[AtPlace], key: str, side: Side) -> EndExpr:
    """Return the least of a result over all places, or the greatest; places that are not there do not count."""
    first = places[0].ends[key]
    ends = [
        place.ends[key] if place.when == TRUE else by_case([(place.when, place.ends[key]), (TRUE, first)])
        for place in places
    ]
    return farthest("min" if side > 0 else "max", ends)

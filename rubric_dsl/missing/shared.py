"""Indicators that read one missing figure: what they can score together.

Taken one by one, each would have its best score at another value of the figure. Where one of them is a rule of steps, it
scores one number on each of its pieces, and each piece is an interval of the figure; there the others, which all go one
way, have their ends at the interval's ends. So a few places of the figure, worked out beforehand as formulas over the
other figures, show the ends of whatever rises with the scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

from rubric_dsl.core.keys import result_key
from rubric_dsl.core.nodes import (
    FALSE,
    TRUE,
    Add,
    Both,
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
    total_of,
)
from rubric_dsl.core.walk import keys_in, keys_of, rebuilt, rebuilt_in, with_measure
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.evaluate.state import Env
from rubric_dsl.missing.curve import Curve, Piece, curve_of
from rubric_dsl.missing.end import EndExpr, Side, UnsaidError, at_end, by_case, every, farthest, some
from rubric_dsl.missing.ends import Domain, Goal, Line, beside, goals_of, lines, sum_of, towards
from rubric_dsl.ranges import Range, exactly, restrict, truth
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

    def scored(self, end: EndExpr) -> EndExpr:
        """Return the indicator's score where that of the variant is known."""
        found = [
            (variant.condition or TRUE, end if place == self.place else _own(variant.score, variant.measure))
            for place, variant in enumerate(self.program.variants)
        ]
        return by_case(found) if len(found) > 1 else end


def _own(score: Expr, measure: Expr | None) -> EndExpr:
    return EndExpr(score if measure is None else with_measure(score, measure))


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
    signs = _Signs(others)
    ways = {name: _way(reader, signs) for name, reader in readers.items()}
    cases = list(_cases(readers, domain, signs))
    if not cases:
        raise UnsaidError
    found = [_outer(readers, cases, side) for side in (0, 1)]
    if not _same(ways.values()):
        name = _walked(readers, ways)
        rest = {other: reader for other, reader in readers.items() if other != name}
        found += _inner(name, readers[name], rest, cases, signs)
    return tuple(found)


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
        sums = sum_of(minus(left, right))
        gap = total_of([times(factor, part) for part, factor in sums.items()])
        if all(key in self._env.figures for key in keys_of(gap)):
            over, trace = value_of(gap, self._env)
            if over is not None and not trace.faults:
                answers = truth(op, over, exactly(0))
                if len(answers) == 1:
                    return TRUE if True in answers else FALSE
        return Compare(op, gap, _NOTHING)


def _turn(reader: _Reader) -> Expr:
    """Return what has the sign of the way that a measure goes as the figure rises."""
    return minus(times(reader.top.slope, reader.bottom.rest), times(reader.bottom.slope, reader.top.rest))


def _way(reader: _Reader, signs: _Signs) -> int | None:
    """Return which way an indicator goes as the figure rises; None where that hangs on the data, or it turns."""
    way = reader.curve.way
    if not way:
        return way
    if signs.asked(">=", _turn(reader)) == TRUE:
        return way
    return -way if signs.asked("<=", _turn(reader)) == TRUE else None


def _same(ways: Iterable[int | None]) -> bool:
    """Whether all go one way."""
    found = set(ways) - {0}
    return None not in found and len(found) <= 1


def _walked(readers: Mapping[str, _Reader], ways: Mapping[str, int | None]) -> str:
    """Return the rule of steps with the fewest pieces beside which the others go one way."""
    fit = [
        name
        for name, reader in readers.items()
        if reader.is_steps
        and all(readers[other].curve.way is not None for other in readers if other != name)
        and (len(readers) == 2 or _same([way for other, way in ways.items() if other != name]))  # noqa: PLR2004 - one other
    ]
    if not fit:
        raise UnsaidError
    return min(fit, key=lambda name: len(readers[name].curve.pieces))


_Case = tuple[Condition, Mapping[str, tuple[Goal, Goal]]]
"""Where the measures go at both ends of the figure, and when."""


def _cases(readers: Mapping[str, _Reader], domain: Domain, signs: _Signs) -> Iterator[_Case]:
    each = [list(goals_of(reader.top, reader.bottom, domain)) for reader in readers.values()]
    for items in product(*each):
        when = every([_simpler(item[0], signs) for item in items])
        if when == FALSE:
            continue
        # A place at which one of them has no score is no place of any.
        reached = [all(map(_is_reached, side)) for side in zip(*(item[1:] for item in items), strict=True)]
        yield (
            when,
            {
                name: (_at(item[1], is_reached=reached[0]), _at(item[2], is_reached=reached[1]))
                for name, item in zip(readers, items, strict=True)
            },
        )


def _simpler(condition: Condition, signs: _Signs) -> Condition:
    if isinstance(condition, Both):
        return every([_simpler(part, signs) for part in condition.parts])
    return signs.asked(condition.op, condition.left, condition.right) if isinstance(condition, Compare) else condition


def _is_reached(goal: Goal) -> bool:
    return goal.reached if goal.place is None else goal.place.reached


def _at(goal: Goal, *, is_reached: bool) -> Goal:
    if is_reached:
        return goal
    place = None if goal.place is None else replace(goal.place, reached=False)
    return replace(goal, place=place, reached=False)


def _outer(readers: Mapping[str, _Reader], cases: Sequence[_Case], side: int) -> Together:
    """Return what is scored at one end of the figure's range, or beside it."""
    scores = {}
    for name, reader in readers.items():
        found = [
            (when, towards(reader.curve, reader.score, goals[name][side], goals[name][1 - side]))
            for when, goals in cases
        ]
        scores[name] = reader.scored(by_case(found))
    return Together(TRUE, scores)


def _inner(
    name: str, walked: _Reader, rest: Mapping[str, _Reader], cases: Sequence[_Case], signs: _Signs
) -> Iterator[Together]:
    """Yield the ends of the intervals of the figure on which a rule of steps scores one number."""
    for below, above in zip(walked.curve.pieces, walked.curve.pieces[1:], strict=False):
        at = below.over.high.value
        if at is None or walked.bottom.slope * at == walked.top.slope:
            continue  # the measure goes there only as the figure has no end
        x = times(
            1 / (at * walked.bottom.slope - walked.top.slope), minus(walked.top.rest, times(at, walked.bottom.rest))
        )
        for piece, side in _seen_at(below, above, at):
            inside = [every([when, _inside(goals[name], Const(at), side, signs)]) for when, goals in cases]
            when = some(inside)
            if when == FALSE:
                continue
            scores = {other: reader.scored(_beside(reader, walked, x, side, signs)) for other, reader in rest.items()}
            yield Together(when, {name: walked.scored(EndExpr(Const(piece.const))), **scores})


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


def _inside(goals: tuple[Goal, Goal], at: Const, side: int, signs: _Signs) -> Condition:
    """Return when a measure that goes from one place to another passes a number, or just above or below it."""

    def order(goal: Goal, op: CompareOp) -> Condition:
        place = goal.place
        if place is not None and place.value is None:
            return TRUE if (place.sign > 0) == (op in (">", ">=")) else FALSE
        value = goal.value if place is None or place.value is None else Const(place.value)
        assert value is not None  # noqa: S101 - a goal is one or the other
        return signs.asked(op, value, at) if isinstance(value, Const) else Compare(op, value, at)

    low: CompareOp = "<=" if side > 0 else "<"
    high: CompareOp = ">=" if side < 0 else ">"
    one, other = goals
    return some([every([order(one, low), order(other, high)]), every([order(other, low), order(one, high)])])


def _beside(reader: _Reader, walked: _Reader, x: Expr, side: int, signs: _Signs) -> EndExpr:
    """Return what another indicator scores where the walked measure has a number, or is just above or below it."""
    top, bottom = (Add((line.rest, times(line.slope, x))) for line in (reader.top, reader.bottom))
    own = Div(top, bottom)
    at = with_measure(reader.score, own)
    if not side:
        return EndExpr(at)
    mine, its = _turn(walked), _turn(reader)

    def both(one: CompareOp, other: CompareOp) -> Condition:
        return every([signs.asked(one, mine), signs.asked(other, its)])

    along = some([both(">", ">"), both("<", "<")])
    against = some([both(">", "<"), both("<", ">")])
    found = [(when, beside(reader.curve, own, way)) for when, way in ((along, side), (against, -side)) if when != FALSE]
    return by_case(found, at)


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

"""An indicator with one figure missing, as core: the least and the greatest that it can still score.

Both are expressions over the other figures, so that whatever computes core computes them. Where the figures are such
that this cannot be said here (a denominator that is always 0) an expression has no value, and the evaluator is asked.

A measure in which the figure x stands once above or below is (a·x + b) ÷ (c·x + d) and goes one way between the ends of
x; where c·x + d is 0 in between, it does so on either side of that pole. Where both ends of the measure are the same for all data, so is the range, and it is read off the rule's curve now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import NamedTuple, assert_never

from rubric_dsl import ranges
from rubric_dsl.core.direction import MEASURE, direction
from rubric_dsl.core.nodes import (
    FALSE,
    TRUE,
    Add,
    Both,
    Branch,
    Case,
    Compare,
    CompareOp,
    Condition,
    Const,
    Div,
    Either,
    Expr,
    Input,
    Is,
    Lookup,
    Mul,
    Not,
    Program,
    ToWhole,
    Variant,
    minus,
    times,
    total_of,
)
from rubric_dsl.core.walk import (
    asks_for_words,
    conditions_of,
    keys_in,
    keys_of,
    parts_of,
    rebuilt,
    sides_of,
    unrounded,
    with_measure,
)
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.evaluate.state import Env
from rubric_dsl.missing.curve import Curve, Place, curve_of
from rubric_dsl.missing.end import EndExpr, Pair, UnsaidError, by_case, farthest, pair_by_case, rounded_end
from rubric_dsl.missing.whole_numbers import whole_range
from rubric_dsl.ranges import End, Range
from rubric_dsl.records import dataclass

_ZERO = Const(Fraction(0))
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Domain:
    """What a missing input can be: numbers of a ``range``, only ``whole`` ones; or one of the words ``options``.

    ``beside_negative`` says that other figures of the rule may be below zero.
    """

    range: Range = ranges.EVERYTHING
    whole: bool = False
    options: tuple[str, ...] = ()
    beside_negative: bool = False


@dataclass(frozen=True, slots=True)
class Ends:
    """An indicator at its least and at its greatest score.

    ``low_open`` and ``high_open`` say when these are only come near to. The two have the same measure exactly where the
    measure is known in spite of what is missing, if ``tells_measure``.
    """

    low: Program
    high: Program
    low_open: Condition = FALSE
    high_open: Condition = FALSE
    tells_measure: bool = True


def ends(program: Program, key: str, domain: Domain) -> Ends | None:
    """Return an indicator with one input missing, at its least and at its greatest; None: ask the evaluator."""
    if domain.whole:
        domain = replace(domain, range=whole_range(domain.range))
    try:
        if any(key in keys_in(variant.condition) for variant in program.variants):
            pair = _joined([_over(program, key, part) for part in _parts(program, key, domain)])
            low, high = (Program((Variant(None, None, item.value),)) for item in pair)
            return Ends(low, high, pair.low.open, pair.high.open, tells_measure=False)
        pairs = [_variant(variant, key, domain) for variant in program.variants]
    except UnsaidError:
        return None
    tells = not any(_is_rounded(variant.measure) for variant in program.variants)
    scores = pair_by_case(
        [(variant.condition or TRUE, pair) for variant, (pair, _) in zip(program.variants, pairs, strict=True)]
    )
    low, high = (
        Program(
            tuple(
                replace(variant, measure=measures[side], score=pair[side].value)
                for variant, (pair, measures) in zip(program.variants, pairs, strict=True)
            )
        )
        for side in (0, 1)
    )
    return Ends(low, high, scores.low.open, scores.high.open, tells)


def _variant(variant: Variant, key: str, domain: Domain) -> tuple[Pair, tuple[Expr | None, Expr | None]]:
    """Return a variant's score at its least and at its greatest, and its measure there."""
    measure = variant.measure
    if measure is None or key not in keys_of(measure):
        return _direct(variant.score, key, domain), (measure, measure)
    if domain.options or key in keys_of(variant.score):
        raise UnsaidError
    return _measured(measure, variant.score, key, domain)


def _is_rounded(measure: Expr | None) -> bool:
    return isinstance(measure, Mul) and isinstance(measure.right, ToWhole)


def _over(program: Program, key: str, part: Domain) -> Pair:
    """Return what a program can score over a part of what is missing in which its conditions are decided."""
    found = []
    for variant in program.variants:
        condition = TRUE if variant.condition is None else _decided(variant.condition, key, part)
        if condition == FALSE:
            continue
        found.append((condition, _scored(variant, key, part)))
        if condition == TRUE:
            break
    return pair_by_case(found)


def _joined(pairs: list[Pair]) -> Pair:
    """Return the least of the least and the greatest of the greatest."""
    return Pair(farthest("min", [pair.low for pair in pairs]), farthest("max", [pair.high for pair in pairs]))


def _one(expr: Expr) -> Pair:
    return Pair(EndExpr(expr), EndExpr(expr))


def _parts(program: Program, key: str, domain: Domain) -> Iterator[Domain]:
    """Cut what is missing where the variants' conditions change."""
    if domain.options:
        yield from (Domain(options=(word,)) for word in domain.options)
        return
    cuts = sorted({at for variant in program.variants for at in _constants(variant.condition, key)})
    rest: Range | None = domain.range
    for at in cuts:
        for op in ("<", "="):
            part = None if rest is None else ranges.restrict(rest, op, at)
            if part is not None:
                yield replace(domain, range=part)
        rest = None if rest is None else ranges.restrict(rest, ">", at)
    if rest is not None:
        yield replace(domain, range=rest)


def _constants(condition: Condition | None, key: str) -> Iterator[Fraction]:
    """Yield the numbers that a figure is compared with.

    Raises:
        UnsaidError: it is compared with anything else.
    """
    if condition is None or key not in keys_in(condition):
        return
    if isinstance(condition, Compare):
        sides = (condition.left, condition.right)
        known = [side.value for side in sides if isinstance(side, Const)]
        if not (any(side == Input(key) for side in sides) and known):
            raise UnsaidError
        yield known[0]
    elif isinstance(condition, Not):
        yield from _constants(condition.part, key)
    elif isinstance(condition, Both | Either):
        for part in condition.parts:
            yield from _constants(part, key)


def _decided(condition: Condition, key: str, part: Domain) -> Condition:
    """Return a condition over the other figures, where what is missing lies in a part that decides what is asked of it."""
    match condition:
        case Compare():
            if key not in keys_in(condition):
                return condition
            sides = (condition.left, condition.right)
            left, right = (part.range if side == Input(key) else _constant(side) for side in sides)
            answers = ranges.truth(condition.op, left, right)
            if len(answers) != 1:
                raise UnsaidError
            return TRUE if True in answers else FALSE
        case Is():
            return _chosen(condition, key, part) or condition
        case Not():
            inside = _decided(condition.part, key, part)
            return FALSE if inside == TRUE else TRUE if inside == FALSE else Not(inside)
        case Both() | Either():
            decides, idle = (FALSE, TRUE) if isinstance(condition, Both) else (TRUE, FALSE)
            parts = [_decided(item, key, part) for item in condition.parts]
            if decides in parts:
                return decides
            return replace(condition, parts=tuple(item for item in parts if item != idle))
        case _:
            assert_never(condition)


def _constant(side: Expr) -> Range:
    if not isinstance(side, Const):
        raise UnsaidError
    return ranges.exactly(side.value)


def _chosen(asked: Is, key: str, part: Domain) -> Condition | None:
    if asked.key != key:
        return None
    (word,) = part.options
    return TRUE if word in asked.options else FALSE


def _scored(variant: Variant, key: str, domain: Domain) -> Pair:
    """Return what a variant can score, its measure put in."""
    measure, score = variant.measure, variant.score
    if measure is None or key not in keys_of(measure) or domain.options or domain.range.known is not None:
        return _direct(score if measure is None else with_measure(score, measure), key, domain)
    if key in keys_of(score):
        raise UnsaidError
    return _measured(measure, score, key, domain)[0]


def _with_word(expr: Expr, key: str, word: str) -> Expr:
    def change(node: Expr) -> Expr | None:
        if not (isinstance(node, Lookup) and node.key == key):
            return None
        worth = dict(node.table)
        if word not in worth:
            raise UnsaidError
        return Const(worth[word])

    return rebuilt(expr, change, lambda asked: _chosen(asked, key, Domain(options=(word,))))


def _direct(score: Expr, key: str, domain: Domain) -> Pair:
    """Return what a rule can score that goes one way in the figure itself: what it scores at both its ends."""
    if key not in keys_of(score):
        return _one(score)
    if domain.options:
        return _joined([_one(_with_word(score, key, word)) for word in domain.options])
    if domain.range.known is not None:
        return _one(_with_number(score, key, domain.range.known))
    way = direction(score, Input(key))
    if way is None:
        raise UnsaidError
    at = [EndExpr(_at_end(score, key, domain, sign)) for sign in (-1, 1)]
    return Pair(at[0], at[1]) if way >= 0 else Pair(at[1], at[0])


def _at_end(score: Expr, key: str, domain: Domain, sign: int) -> Expr:
    end = domain.range.high if sign > 0 else domain.range.low
    if end.value is None:
        far = value_of(score, _far(score, key, domain, sign))[0]
        if far is None or far.known is None:
            raise UnsaidError
        return Const(far.known)
    if end.open or (domain.whole and end.value.denominator != 1):
        raise UnsaidError
    return _with_number(score, key, end.value)


def _with_number(expr: Expr, key: str, value: Fraction) -> Expr:
    return rebuilt(expr, lambda node: Const(value) if node == Input(key) else None)


def _far(score: Expr, key: str, domain: Domain, sign: int) -> Env:
    """Return a figure far out, with all others anywhere that data can be.

    A rule that is one number there is that number however far out.
    """
    far = Fraction(10) ** 30
    own = ranges.between(far, None) if sign > 0 else ranges.between(None, -far)
    other = ranges.EVERYTHING if domain.beside_negative else ranges.between(0, None)
    return Env({**dict.fromkeys(keys_of(score), other), key: own}, _words(score))


def _words(expr: Expr) -> dict[str, frozenset[str]]:
    """Return every word that each look-up in an expression knows; raises UnsaidError where a condition asks for words."""
    found: dict[str, frozenset[str]] = {}
    if isinstance(expr, Lookup):
        found[expr.key] = frozenset(word for word, _ in expr.table)
    conditions = conditions_of(expr)
    if any(asks_for_words(condition) for condition in conditions):
        raise UnsaidError
    for part in (*parts_of(expr), *(side for condition in conditions for side in sides_of(condition))):
        for key, words in _words(part).items():
            found[key] = found.get(key, words) | words
    return found


class Line(NamedTuple):
    """``slope × x + rest``."""

    slope: Fraction
    rest: Expr

    def at(self, x: Fraction) -> Expr:
        """Return it at a number."""
        return Add((self.rest, Const(self.slope * x))) if self.slope * x else self.rest


def _line(expr: Expr, key: str) -> Line:
    """Return an expression as a straight line in a figure; raises UnsaidError where it is none."""
    if expr == Input(key):
        return Line(_ONE, _ZERO)
    if key not in keys_of(expr):
        return Line(Fraction(0), expr)
    match expr:
        case Add():
            lines = [_line(part, key) for part in expr.parts]
            return Line(sum((item.slope for item in lines), Fraction(0)), Add(tuple(item.rest for item in lines)))
        case Mul(left=Const(value=factor), right=part) | Mul(left=part, right=Const(value=factor)):
            line = _line(part, key)
            return Line(line.slope * factor, times(factor, line.rest))
        case Div(left=part, right=Const(value=by)) if by:
            line = _line(part, key)
            return Line(line.slope / by, Div(line.rest, Const(by)))
        case _:
            raise UnsaidError


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the measure goes at an end of the figure, ``when`` the other figures are so: a place, or an expression.

    What the expression gives may be ``reached``, or only come near to.
    """

    when: Condition
    place: Place | None = None
    value: Expr | None = None
    reached: bool = True


_Measures = tuple[Expr, Expr]


def _measured(measure: Expr, score: Expr, key: str, domain: Domain) -> tuple[Pair, _Measures]:
    """Return what a rule over a measure can score while a figure of the measure is missing, and both ends of the measure."""
    bare, rounding = unrounded(score)
    if rounding is not None:
        # It only rises with what is rounded, and would turn at each of its steps.
        pair, measures = _measured(measure, bare, key, domain)
        return Pair(rounded_end(pair.low, rounding, 1), rounded_end(pair.high, rounding, -1)), measures
    match measure:
        # The rubric rounds the measure: the rule is one over the number before that.
        case Mul(left=Const() as step, right=ToWhole(mode=mode, part=Div(left=inner, right=Const() as by))):
            rounded_ = Mul(step, ToWhole(mode, Div(MEASURE, by)))
            return _measured(inner, with_measure(score, rounded_), key, domain)
        case Mul(left=Const() as factor, right=Div() as inner):
            return _measured(Div(Mul(factor, inner.left), inner.right), score, key, domain)
    top, bottom = lines(measure, key)
    curve = curve_of(score)
    if curve is None or (curve.way is None and domain.whole):
        raise UnsaidError
    found: list[tuple[Condition, Pair, _Measures]] = [
        (when, _joined([_between(curve, score, *stretch) for stretch in stretches]), _measures(stretches))
        for when, stretches in goals_of(top, bottom, domain)
    ]
    low, high = (Case(tuple(Branch(when, ends_[side]) for when, _, ends_ in found), None) for side in (0, 1))
    return pair_by_case([(when, score) for when, score, _ in found]), (low, high)


def lines(measure: Expr, key: str) -> tuple[Line, Line]:
    """Return what a measure divides by what, each a straight line in a figure."""
    if isinstance(measure, Div):
        return _line(measure.left, key), _line(measure.right, key)
    return _line(measure, key), Line(Fraction(0), Const(_ONE))


Stretch = tuple["Goal", "Goal"]
"""Where a measure goes at both ends of a part of the figure's range in which its denominator is never 0."""


def goals_of(top: Line, bottom: Line, domain: Domain) -> Iterator[tuple[Condition, tuple[Stretch, ...]]]:
    """Yield where a measure goes as the figure takes all its values, and when: in one stretch, or in two beside a pole."""
    for sign in (1, -1):
        inside = _sides(bottom, domain, sign)
        if inside is None:
            continue
        goals = [list(_goals(top, bottom, end, far, sign, whole=domain.whole)) for end, far in _ends_of(domain)]
        for one, other in product(*goals):
            yield Both((*inside, one.when, other.when)), ((one, other),)
    if bottom.slope and not domain.whole:
        yield from _beside_pole(top, bottom, domain)


def turn_of(top: Line, bottom: Line) -> Expr:
    """Return what has the sign of the way that a measure goes as the figure rises, on either side of a pole."""
    return simplest(minus(times(top.slope, bottom.rest), times(bottom.slope, top.rest)))


def _beside_pole(top: Line, bottom: Line, domain: Domain) -> Iterator[tuple[Condition, tuple[Stretch, ...]]]:
    """Yield where a measure goes whose denominator is 0 inside the figure's range."""
    sign = 1 if bottom.slope > 0 else -1
    inside = []
    for end, far in _ends_of(domain):
        if end.value is not None:
            inside.append(_compare(">" if far * sign > 0 else "<", bottom.at(end.value)))
    lows, highs = (list(_goals(top, bottom, end, far, far * sign, whole=False)) for end, far in _ends_of(domain))
    # At its ends the denominator is not 0, so that there is one goal at each.
    low, high = lows[0], highs[0]
    turn = turn_of(top, bottom)
    ways: tuple[tuple[CompareOp, int], ...] = ((">", 1), ("<", -1))
    for op, way in ways:
        up, down = Goal(TRUE, Place(None, way)), Goal(TRUE, Place(None, -way))
        yield Both((*inside, _compare(op, turn))), ((low, up), (down, high))
    same = Goal(TRUE, Place(top.slope / bottom.slope))
    yield Both((*inside, _compare("=", turn))), ((same, same),)


def _measures(stretches: tuple[Stretch, ...]) -> _Measures:
    """Return both ends of the measure; where one has no end they are two numbers that differ."""
    found = [goal.value or (_constant_of(goal.place) if goal.place is not None else None) for goal in stretches[0]]
    if len(stretches) > 1 or found[0] is None or found[1] is None:
        return _ZERO, Const(_ONE)
    return found[0], found[1]


def _constant_of(place: Place) -> Expr | None:
    return None if place.value is None else Const(place.value)


def _ends_of(domain: Domain) -> tuple[tuple[End, int], tuple[End, int]]:
    return (domain.range.low, -1), (domain.range.high, 1)


def _sides(bottom: Line, domain: Domain, sign: int) -> tuple[Condition, ...] | None:
    """Return when the denominator has a sign all over the figure's range; None where it never has."""
    if not bottom.slope:
        return (_compare(">" if sign > 0 else "<", bottom.rest),)
    found = []
    for end, far in _ends_of(domain):
        if end.value is not None:
            found.append(_compare(">=" if sign > 0 else "<=", bottom.at(end.value)))
        elif bottom.slope * far * sign < 0:
            return None
    return tuple(found)


def _goals(top: Line, bottom: Line, end: End, far: int, sign: int, *, whole: bool) -> Iterator[Goal]:
    """Yield where the measure goes at one end of the figure while the denominator's sign is ``sign``."""
    if end.value is None:
        if bottom.slope:
            yield Goal(TRUE, Place(top.slope / bottom.slope, reached=False))
        elif top.slope:
            yield Goal(TRUE, Place(None, far * sign * (1 if top.slope > 0 else -1)))
        else:
            raise UnsaidError
        return
    above, below = top.at(end.value), bottom.at(end.value)
    sums = sum_of(below)
    if sums:
        when = _compare("!=", below) if bottom.slope else TRUE
        yield Goal(when, *_constant_or(above, below, reached=not end.open))
    if not bottom.slope or sums.keys() == {Const(_ONE)}:
        return
    pole = _compare("=", below)
    if whole:
        inward = end.value - far
        yield Goal(pole, *_constant_or(top.at(inward), bottom.at(inward), reached=True))
        return
    yield Goal(Both((pole, _compare(">", above))), Place(None, sign))
    yield Goal(Both((pole, _compare("<", above))), Place(None, -sign))
    yield Goal(Both((pole, _compare("=", above))), Place(top.slope / bottom.slope, reached=False))


def _constant_or(above: Expr, below: Expr, *, reached: bool) -> tuple[Place | None, Expr | None, bool]:
    """Return a quotient as a place where it is the same for all data, else as an expression."""
    multiple = multiple_of(above, below)
    return (None, Div(above, below), reached) if multiple is None else (Place(multiple, reached=reached), None, reached)


def multiple_of(above: Expr, below: Expr) -> Fraction | None:
    """Return by what number one expression is the multiple of another; None where that is not seen."""
    top, bottom = sum_of(above), sum_of(below)
    if not top:
        return Fraction(0)
    if top.keys() != bottom.keys():
        return None
    factors = {top[part] / bottom[part] for part in top}
    return factors.pop() if len(factors) == 1 else None


def sum_of(expr: Expr, factor: Fraction = _ONE) -> dict[Expr, Fraction]:
    """Return the parts of a sum with what each is multiplied by; constants are multiples of 1."""
    match expr:
        case Const():
            return {Const(_ONE): expr.value * factor} if expr.value * factor else {}
        case Add():
            found: dict[Expr, Fraction] = {}
            for part in expr.parts:
                for item, own in sum_of(part, factor).items():
                    found[item] = found.get(item, Fraction(0)) + own
            return {item: own for item, own in found.items() if own}
        case Mul(left=Const(value=by), right=part) | Mul(left=part, right=Const(value=by)):
            return sum_of(part, factor * by)
        case _:
            return {expr: factor}


def simplest(expr: Expr) -> Expr:
    """Return a sum in which what stands in it several times stands once, or not at all."""
    return total_of([times(factor, part) for part, factor in sum_of(expr).items()])


def _between(curve: Curve, score: Expr, one: Goal, other: Goal) -> Pair:
    """Return what a rule scores between two places of its measure."""
    if one.place is not None and other.place is not None:
        found = curve.between(one.place, other.place)
        if found is None:
            raise UnsaidError
        return Pair(_constant_end(found.low), _constant_end(found.high))
    if curve.way is None:
        raise UnsaidError
    items = [_towards(curve, score, *pair) for pair in ((one, other), (other, one))]
    return Pair(farthest("min", items), farthest("max", items))


def _constant_end(end: End) -> EndExpr:
    assert end.value is not None  # noqa: S101 - a curve says nothing where there is no end
    return EndExpr(Const(end.value), TRUE if end.open else FALSE)


def _towards(curve: Curve, score: Expr, goal: Goal, other: Goal) -> EndExpr:
    """Return what a rule scores at a place, or comes near to there as the measure comes from the other place."""
    place = goal.place
    if place is not None and place.value is None:
        far = curve.beyond(place.sign)
        if far is None:
            raise UnsaidError
        return EndExpr(Const(far))
    own = goal.value if place is None or place.value is None else Const(place.value)
    assert own is not None  # noqa: S101 - a goal is one or the other
    at = with_measure(score, own)
    if goal.reached if place is None else place.reached:
        return EndExpr(at)
    if other.place is not None and other.place.value is None:
        return beside(curve, own, other.place.sign)
    there = other.value if other.place is None or other.place.value is None else Const(other.place.value)
    assert there is not None  # noqa: S101
    gap = minus(there, own)
    sides = [(_compare(">", gap), beside(curve, own, 1)), (_compare("<", gap), beside(curve, own, -1))]
    return by_case(sides, at)


def beside(curve: Curve, at: Expr, side: int) -> EndExpr:
    """Return what a rule comes near to just above a number (side 1), or just below it; a flat piece is there already."""
    op: CompareOp = "<" if side > 0 else "<="
    found = [
        (
            TRUE if piece.over.high.value is None else Compare(op, at, Const(piece.over.high.value)),
            EndExpr(Add((Const(piece.const), Mul(Const(piece.slope), at))), TRUE)
            if piece.slope
            else EndExpr(Const(piece.const)),
        )
        for piece in curve.pieces
        if piece.over.known is None
    ]
    return by_case(found)


def _compare(op: CompareOp, expr: Expr) -> Condition:
    return Compare(op, expr, _ZERO)

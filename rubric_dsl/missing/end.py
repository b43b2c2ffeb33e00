"""An end of a range as core: what an expression comes to there, and whether it gets there or only comes near.

The ends of a figure's range may be open (`< 100%`, or no end at all). What is made of it is then only come near to: a total
just below 90 is not yet 90, and rounded down it is 89.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal, NamedTuple

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
    Extreme,
    Input,
    Mul,
    Not,
    Rounding,
    StepMode,
    ToWhole,
    choose,
    times,
)
from rubric_dsl.core.walk import keys_of

Side = Literal[-1, 1]
"""From which side a number is come near to: from above (1), as the least of a range is, or from below (−1)."""
_HALF, _ONE = Const(Fraction(1, 2)), Const(Fraction(1))
_MINUS_HALF, _MINUS_ONE = Const(Fraction(-1, 2)), Const(Fraction(-1))


class UnsaidError(Exception):
    """Where a figure stands in a rule is such that the evaluator must be asked."""


class EndExpr(NamedTuple):
    """An end of what an expression can be: its ``value``, which is only come near to where ``open`` holds."""

    value: Expr
    open: Condition = FALSE


class Pair(NamedTuple):
    """The least and the greatest that an expression can still be."""

    low: EndExpr
    high: EndExpr


def every(parts: Sequence[Condition]) -> Condition:
    """Return the condition that all of some conditions hold, those left out that always do."""
    kept = tuple(dict.fromkeys(part for part in parts if part != TRUE))
    if FALSE in kept:
        return FALSE
    return kept[0] if len(kept) == 1 else Both(kept)


def some(parts: Sequence[Condition]) -> Condition:
    """Return the condition that one of some conditions holds at least, those left out that never do."""
    kept = tuple(dict.fromkeys(part for part in parts if part != FALSE))
    if TRUE in kept:
        return TRUE
    return kept[0] if len(kept) == 1 else Either(kept)


def negation(part: Condition) -> Condition:
    """Return the condition that a condition does not hold."""
    return FALSE if part == TRUE else TRUE if part == FALSE else Not(part)


def farthest(kind: Literal["min", "max"], ends: Sequence[EndExpr]) -> EndExpr:
    """Return the least or the greatest of ends of the same side: it is open where all that are so far out are."""
    ends = list(dict.fromkeys(ends))
    if len(ends) == 1:
        return ends[0]
    value = Extreme(kind, tuple(end.value for end in ends))
    nearer: CompareOp = ">" if kind == "min" else "<"
    if all(end.open == FALSE for end in ends):
        return EndExpr(value)
    return EndExpr(value, every([some([end.open, Compare(nearer, end.value, value)]) for end in ends]))


def by_case(found: Sequence[tuple[Condition, EndExpr]], otherwise: Expr | None = None) -> EndExpr:
    """Return the end of the first case that holds; ``otherwise`` is reached."""
    opens: list[Condition] = []
    before: list[Condition] = []
    for when, end in found:
        opens.append(every([*before, when, end.open]))
        before.append(negation(when))
    return EndExpr(Case(tuple(Branch(when, end.value) for when, end in found), otherwise), some(opens))


def pair_by_case(found: Sequence[tuple[Condition, Pair]]) -> Pair:
    """Return both ends of the first case that holds."""
    return Pair(
        by_case([(when, pair.low) for when, pair in found]), by_case([(when, pair.high) for when, pair in found])
    )


def rounded_end(end: EndExpr, rounding: Rounding, side: Side) -> EndExpr:
    """Return an end rounded; it is then reached, also where what was rounded only came near to it from ``side``."""
    there = rounding.of(end.value)
    if end.open == FALSE:
        return EndExpr(there)
    step = Const(rounding.step)
    beside = Mul(step, _whole_beside(rounding.mode, Div(end.value, step), side))
    return EndExpr(choose(end.open, beside, there))


def at_end(expr: Expr, opens: Mapping[str, Condition], side: Side) -> EndExpr:
    """Return what a result over results comes to at an end, where some that it reads are only come near to.

    It only rises with them, or is the place of a grade that does. ``opens`` are those that it reads, by key, and when;
    they are come near to from ``side``.

    Raises:
        UnsaidError: it cannot be said.
    """
    if opens.keys().isdisjoint(keys_of(expr)):
        return EndExpr(expr)
    match expr:
        case Input():
            return EndExpr(expr, opens[expr.key])
        case Add() | Extreme():
            parts = [at_end(part, opens, side) for part in expr.parts]
            changed = replace(expr, parts=tuple(part.value for part in parts))
            return EndExpr(changed, _open_of(changed, parts, side))
        case Mul(left=Const(value=factor), right=part) | Mul(left=part, right=Const(value=factor)):
            found = at_end(part, opens, side)
            return EndExpr(times(factor, found.value), found.open if factor else FALSE)
        case Div(left=part, right=Const()):
            found = at_end(part, opens, side)
            return EndExpr(replace(expr, left=found.value), found.open)
        case ToWhole():
            found = at_end(expr.part, opens, side)
            there, beside = replace(expr, part=found.value), _whole_beside(expr.mode, found.value, side)
            return EndExpr(there if found.open == FALSE else choose(found.open, beside, there))
        case Case() if all(isinstance(branch.value, Const) for branch in expr.branches):
            asked = [_compared(item.condition, opens, side) for item in expr.branches]
            branches = (replace(item, condition=when) for item, when in zip(expr.branches, asked, strict=True))
            return EndExpr(replace(expr, branches=tuple(branches)))
        case _:
            raise UnsaidError


def _open_of(expr: Add | Extreme, parts: Sequence[EndExpr], side: Side) -> Condition:
    if isinstance(expr, Add) or all(part.open == FALSE for part in parts):
        return some([part.open for part in parts])
    if expr.kind == ("max" if side > 0 else "min"):
        # A part that is come near to from outside is past all that are there already.
        return some([every([part.open, Compare("=", part.value, expr)]) for part in parts])
    return farthest(expr.kind, parts).open


def _whole_beside(mode: StepMode, value: Expr, side: Side) -> Expr:
    """Return the whole number of a number just above another (side 1), or just below it."""
    near = ToWhole("floor" if side > 0 else "ceiling", value)
    past = Add((near, _ONE if side > 0 else _MINUS_ONE))
    match mode:
        case "floor":
            return near if side > 0 else past
        case "ceiling":
            return past if side > 0 else near
        case "half_up" | "half_even":
            return ToWhole(near.mode, Add((value, _HALF if side > 0 else _MINUS_HALF)))
        case "up" | "down":
            # Beside 0 too the number lies on the side that it comes from.
            beyond = Compare("<" if side > 0 else ">", value, Const(Fraction(0)))
            return choose(beyond, near, past) if mode == "up" else choose(beyond, past, near)


_BESIDE: Mapping[tuple[CompareOp, Side], tuple[CompareOp, bool]] = {
    (">", 1): (">=", True),
    ("<=", 1): ("<", False),
    (">=", -1): (">", False),
    ("<", -1): ("<=", True),
}
"""What a comparison becomes for a number just beside, and whether that holds of more numbers."""


def _compared(condition: Condition, opens: Mapping[str, Condition], side: Side) -> Condition:
    if not isinstance(condition, Compare) or not isinstance(condition.right, Const) or condition.op in ("=", "!="):
        raise UnsaidError
    left = at_end(condition.left, opens, side)
    asked = replace(condition, left=left.value)
    if left.open == FALSE or (condition.op, side) not in _BESIDE:
        return asked
    op, is_wider = _BESIDE[condition.op, side]
    beside = replace(asked, op=op)
    return some([asked, every([left.open, beside])]) if is_wider else every([asked, some([Not(left.open), beside])])

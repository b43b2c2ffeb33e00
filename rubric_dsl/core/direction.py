"""Which way an expression goes as the measure rises: where parts pull against each other, ranges come out too wide."""

from __future__ import annotations

from typing import Literal

from rubric_dsl.core.nodes import (
    Add,
    Const,
    Div,
    Expr,
    Extreme,
    Input,
    Lookup,
    Measure,
    Mul,
    Real,
    ToWhole,
)
from rubric_dsl.core.walk import any_side, conditions_of, parts_of

MEASURE = Measure()
Direction = Literal[-1, 0, 1] | None
"""Falls, does not depend on the measure, rises; None: both, or not known."""


def direction(expr: Expr, as_rises: Expr = MEASURE) -> Direction:
    """Return which way an expression goes as the measure, or another quantity, rises."""
    if expr == as_rises:
        return 1
    if isinstance(expr, Add | Extreme):
        return _joined([direction(part, as_rises) for part in expr.parts])
    if isinstance(expr, ToWhole):
        return direction(expr.part, as_rises)
    if isinstance(expr, Mul | Div) and isinstance(expr.right, Const):
        return _times(direction(expr.left, as_rises), expr.right)
    if isinstance(expr, Mul) and isinstance(expr.left, Const):
        return _times(direction(expr.right, as_rises), expr.left)
    return None if reads(expr, as_rises) else 0


def _joined(found: list[Direction]) -> Direction:
    moving = {way for way in found if way != 0}
    if not moving:
        return 0
    return moving.pop() if len(moving) == 1 else None


def _times(way: Direction, factor: Const) -> Direction:
    if way is None or factor.value == 0:
        return None if way is None else 0
    return way if factor.value > 0 else (-1 if way == 1 else 1 if way == -1 else 0)


def reads_measure(expr: Expr) -> bool:
    """Whether an expression, or a condition inside it, reads the measure."""
    return reads(expr, MEASURE)


def reads(expr: Expr, quantity: Expr) -> bool:
    """Whether an expression, or a condition inside it, reads a quantity."""
    if expr == quantity:
        return True
    if any(any_side(condition, lambda side: reads(side, quantity)) for condition in conditions_of(expr)):
        return True
    return any(reads(part, quantity) for part in parts_of(expr))


def pulls_apart(expr: Expr) -> bool:
    """Whether parts of a sum or product go against each other as the measure rises."""
    if isinstance(expr, Add):
        moving = [direction(part) for part in expr.parts if direction(part) != 0]
        if len(moving) > 1 and _joined(moving) is None:
            return True
    if isinstance(expr, Mul | Div | Real) and sum(1 for part in parts_of(expr) if reads_measure(part)) > 1:
        return True
    return any(pulls_apart(part) for part in parts_of(expr))


def never_falls(expr: Expr) -> bool:
    """Whether an expression only rises, or stays, whichever of its figures and choices' values rises.

    Then the range of the whole is reached by all ends at once, however often a figure stands in it.
    """
    if isinstance(expr, Const | Input | Lookup):
        return True
    if isinstance(expr, Add | Extreme):
        return all(never_falls(part) for part in expr.parts)
    if isinstance(expr, ToWhole):
        return never_falls(expr.part)
    if isinstance(expr, Div):
        return isinstance(expr.right, Const) and expr.right.value > 0 and never_falls(expr.left)
    if isinstance(expr, Mul):
        sides = ((expr.left, expr.right), (expr.right, expr.left))
        return any(isinstance(one, Const) and one.value >= 0 and never_falls(other) for one, other in sides)
    return False

"""Straight lines between two points, and the constants that they are drawn through."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.core.nodes import Add, Const, Div, Expr, Measure, Mul, minus
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A measure and the score that it earns."""

    at: Fraction
    score: Fraction


def line(start: Point, end: Point) -> Expr:
    """Lower the line through two points; the measure stands in it once, so its range stays exact."""
    slope = (end.score - start.score) / (end.at - start.at)
    return Add((Const(start.score), Mul(Const(slope), minus(Measure(), Const(start.at)))))


def constant(expr: Expr) -> Fraction | None:
    """Return the number that an expression without figures is; None when it has figures or no value."""
    if isinstance(expr, Const):
        return expr.value
    if isinstance(expr, Add):
        parts = [constant(part) for part in expr.parts]
        known = [part for part in parts if part is not None]
        return sum(known, Fraction(0)) if len(known) == len(parts) else None
    if isinstance(expr, Mul | Div):
        left, right = constant(expr.left), constant(expr.right)
        if left is None or right is None or (isinstance(expr, Div) and right == 0):
            return None
        return left * right if isinstance(expr, Mul) else left / right
    return None

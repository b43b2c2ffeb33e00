"""What a value is: a ratio, percentage points, money, persons, a plain number; products, quotients, conversion."""

from __future__ import annotations

from dataclasses import field, replace
from fractions import Fraction

from rubric_dsl.core.nodes import CompareOp, Const, Expr, Mul
from rubric_dsl.diagnostics import Text
from rubric_dsl.records import dataclass
from rubric_dsl.units import POINTS_OF_RATIO, RATIO, Unit

OPS: dict[str, CompareOp] = {"LE": "<=", "GE": ">=", "LT": "<", "GT": ">", "EQ": "=", "NE": "!="}
NUMBER, ZERO, UNKNOWN = "number", "zero", "unknown"
SCALED = "scaled"
"""A ratio times a plain number: 85% × 40 is 34 points beside points, and 85% × 2 is 170% beside a ratio."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``dimension`` says what it is; ``factor`` how many base units one of it is; ``unit`` is how it is shown.

    ``scaled`` says that a plain number was multiplied in.
    """

    dimension: str
    factor: Fraction = Fraction(1)
    unit: Unit | None = None
    scaled: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Typed:
    """A lowered formula and what its value is."""

    expr: Expr
    kind: Kind


NOT_READ = Typed(Const(Fraction(0)), Kind(UNKNOWN))
"""Stands for a formula that was reported already, so that nothing that follows from it is reported as well."""


def kind_of(unit: Unit) -> Kind:
    """Return the kind of a figure that is given in a unit."""
    return Kind(unit.dimension, unit.factor, unit) if unit.dimension != RATIO else Kind(RATIO)


def converted(typed: Typed, kind: Kind) -> Expr:
    """Return a formula in the unit of another kind (万元 in 元)."""
    if typed.kind.dimension != kind.dimension or typed.kind.factor == kind.factor:
        return typed.expr
    return Mul(typed.expr, Const(typed.kind.factor / kind.factor))


def kind_words(kind: Kind) -> Text:
    """Name a kind for people."""
    if kind.dimension in (RATIO, SCALED):
        return Text("比率（%）", "a ratio (%)")
    if kind.dimension == POINTS_OF_RATIO:
        return Text("百分点", "percentage points")
    if kind.dimension in (NUMBER, ZERO):
        return Text("没有单位的数", "a number without a unit")
    if kind.unit is not None:
        return Text(f"以{kind.unit.zh}计的量", f"a figure in {kind.unit.id}")
    return Text("由不同单位算出的量", "a figure of mixed units")


def product(left: Kind, right: Kind) -> Kind:
    """Return the kind of a product: a plain number or a ratio takes nothing away."""
    if UNKNOWN in (left.dimension, right.dimension):
        return Kind(UNKNOWN)
    if {left.dimension, right.dimension} <= {NUMBER, RATIO, SCALED} and left.dimension != right.dimension:
        return Kind(SCALED)
    for one, other in ((left, right), (right, left)):
        if one.dimension in (NUMBER, ZERO):
            return replace(other, scaled=True)
    for one, other in ((left, right), (right, left)):
        if one.dimension in (RATIO, SCALED):
            return other
    return Kind(f"{left.dimension}·{right.dimension}", left.factor * right.factor)


def quotient(left: Kind, right: Kind) -> Kind:
    """Return the kind of a quotient of amounts of different units."""
    return Kind(f"{left.dimension}/{right.dimension}", left.factor / right.factor)


def common(left: Kind, right: Kind) -> Kind | None:
    """Return the kind in which two values can be added or compared, or None when they cannot."""
    if UNKNOWN in (left.dimension, right.dimension):
        return left
    if right.dimension in (left.dimension, ZERO):
        return left
    if left.dimension == ZERO:
        return right
    if {left.dimension, right.dimension} <= {RATIO, POINTS_OF_RATIO, SCALED}:
        return Kind(RATIO)
    if {left.dimension, right.dimension} == {NUMBER, SCALED}:
        return Kind(NUMBER)
    return None

"""What a value is: a ratio, percentage points, money, persons, a plain number; products, quotients, conversion."""

from __future__ import annotations

from dataclasses import field, replace
from fractions import Fraction
from typing import Literal

from rubric_dsl.core.nodes import CompareOp, Const, Expr, Mul
from rubric_dsl.diagnostics import Text
from rubric_dsl.records import dataclass
from rubric_dsl.units import POINTS_OF_RATIO, RATIO, Unit

Sign = Literal["=", "≥", "≤", "<", ">", "≠"]
OPS: dict[str, CompareOp] = {"LE": "<=", "GE": ">=", "LT": "<", "GT": ">", "EQ": "=", "NE": "!="}
SIGNS: dict[CompareOp, Sign] = {
    "=": "=",
    ">=": "≥",
    "<=": "≤",
    "<": "<",
    ">": ">",
    "!=": "≠",
}
"""How an author writes each comparison."""
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


def unit_kind(unit: Unit) -> Kind:
    """Return the kind of a figure that is given in a unit."""
    return Kind(unit.dimension, unit.factor, unit) if unit.dimension != RATIO else Kind(RATIO)


def converted(typed: Typed, kind: Kind) -> Expr:
    """Return a formula in the unit of another kind (万元 in 元, percentage points as a part of 1)."""
    alike = typed.kind.dimension == kind.dimension or {typed.kind.dimension, kind.dimension} == {RATIO, POINTS_OF_RATIO}
    if not alike or typed.kind.factor == kind.factor:
        return typed.expr
    return Mul(typed.expr, Const(typed.kind.factor / kind.factor))


def of_unit(expr: Expr, unit: Unit) -> Typed:
    """Return what is given in a unit; percentage points as the part of 1 that literals are."""
    typed = Typed(expr, unit_kind(unit))
    if unit.dimension != POINTS_OF_RATIO:
        return typed
    own = Kind(POINTS_OF_RATIO)
    return Typed(converted(typed, own), own)


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
    """Return the kind of a quotient: a ratio of amounts of one unit; a plain number or a ratio takes nothing away."""
    one, other = left.dimension, right.dimension
    if UNKNOWN in (one, other):
        return Kind(UNKNOWN)
    if one == other and one not in (NUMBER, ZERO):
        return Kind(SCALED if left.scaled else RATIO)
    if one == ZERO:
        return Kind(RATIO)
    if (one, other) == (RATIO, NUMBER):
        return Kind(SCALED)
    if other in (NUMBER, RATIO, SCALED, ZERO):
        return left
    return Kind(f"{one}/{other}", left.factor / right.factor)


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


def disagreement(left: Kind, right: Kind, *, adding: bool) -> tuple[str, Text, Text]:
    """Return the code, the message and the hint where two values cannot be added (or compared)."""
    verb = Text("相加减", "added to or subtracted from") if adding else Text("比较", "compared with")
    one, other = kind_words(left), kind_words(right)
    message = Text(f"{one.zh}不能与{other.zh}{verb.zh}", f"{other.en} cannot be {verb.en} {one.en}")
    if {left.dimension, right.dimension} == {RATIO, NUMBER}:
        hint = Text("比率写作 100%，百分点写作 5个百分点", "write a ratio as 100%, percentage points as 5pp")
        return "percent-and-number", message, hint
    return "unit-mismatch", message, Text("两边要用同一种单位", "both sides need the same kind of unit")


def plain(expr: Expr) -> Typed:
    """Return a number without a unit."""
    return Typed(expr, Kind(NUMBER))

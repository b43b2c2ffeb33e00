"""Core: the narrow waist. A small closed set of frozen expression nodes over exact numbers.

Every form lowers to these; the evaluator and every back end are written over these alone and never name a form.
A node carries its :class:`Role`: the part it plays in the rule, so that an explanation can speak the rubric's words
about a value that the computation itself produced.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, field
from fractions import Fraction
from typing import Literal

from rubric_dsl.diagnostics import NO_TEXT, Text
from rubric_dsl.records import dataclass

CompareOp = Literal["<", "<=", ">", ">=", "=", "!="]
StepMode = Literal["floor", "ceiling", "half_up", "half_even", "up", "down"]
"""How a number becomes whole; ``half_up`` and ``up`` go away from zero, ``down`` towards it."""
RealKind = Literal["ln", "log10", "exp", "power"]
FaultName = Literal["gap", "award-out-of-range", "nothing-applies"]
"""What a case without a branch for a value is told as."""
RoleName = Literal[
    "measure",
    "award",
    "refined",
    "level",
    "ladder",
    "anchors",
    "base",
    "off",
    "stated",
    "target",
    "deviation",
    "count",
    "steps",
    "rate",
    "begun",
    "after",
    "full",
    "capped",
    "heaviest",
    "bounded",
    "mark",
]
"""The parts that a value can play in a rule."""


@dataclass(frozen=True, slots=True)
class Role:
    """The part that a value plays: ``of`` which clause, item or assessor, and at which ``place`` of several alike."""

    name: RoleName
    _: KW_ONLY
    of: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Const:
    """An exact number."""

    value: Fraction
    _: KW_ONLY
    role: Role | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Input:
    """A figure, by its address; missing until given."""

    key: str
    _: KW_ONLY
    role: Role | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """The indicator's own measure, computed once."""

    _: KW_ONLY
    role: Role | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Add:
    """The sum of its parts."""

    parts: tuple[Expr, ...]
    _: KW_ONLY
    role: Role | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Mul:
    """The product of two numbers."""

    left: Expr
    right: Expr
    _: KW_ONLY
    role: Role | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Div:
    """A quotient; a denominator of zero is a fault, never a value. ``words`` names the denominator."""

    left: Expr
    right: Expr
    _: KW_ONLY
    words: Text = field(default=NO_TEXT, compare=False)
    role: Role | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or the greatest of its parts."""

    kind: Literal["min", "max"]
    parts: tuple[Expr, ...]
    _: KW_ONLY
    role: Role | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ToWhole:
    """The whole number at or below (floor), at or above (ceiling), or the nearest, as ``mode`` says."""

    mode: StepMode
    part: Expr
    _: KW_ONLY
    role: Role | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Real:
    """A logarithm, exponential or power: irrational as a rule, so that it must be rounded or compared."""

    kind: RealKind
    parts: tuple[Expr, ...]
    _: KW_ONLY
    role: Role | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Lookup:
    """The value that a table gives for a chosen word (a level, a mark)."""

    key: str
    table: tuple[tuple[str, Fraction], ...]
    _: KW_ONLY
    role: Role | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """The first branch whose condition holds; with no ``otherwise`` a value outside all branches is a fault.

    ``fault`` names that fault, as ``award-out-of-range`` where an assessor's number must lie inside.
    """

    branches: tuple[Branch, ...]
    otherwise: Expr | None
    _: KW_ONLY
    fault: FaultName = field(default="gap", compare=False)
    role: Role | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a case; ``words`` are the author's words for it in both languages."""

    condition: Condition
    value: Expr
    words: tuple[str, str] = field(default=("", ""), compare=False)


Expr = Const | Input | Measure | Add | Mul | Div | Extreme | ToWhole | Real | Lookup | Case


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two numbers."""

    op: CompareOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Is:
    """A choice is one of these words."""

    key: str
    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class Both:
    """All conditions hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one condition holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    part: Condition


Condition = Compare | Is | Both | Either | Not

TRUE: Condition = Both(())
FALSE: Condition = Either(())


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to score an indicator, taken when its condition holds (None: always).

    ``applies`` is False where the indicator is not applicable; ``score`` is then what it counts.
    """

    condition: Condition | None
    measure: Expr | None
    score: Expr
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Program:
    """One indicator, lowered: the first variant whose condition holds."""

    variants: tuple[Variant, ...]

    @property
    def main(self) -> Variant:
        """The variant that scores when nothing special holds."""
        return self.variants[-1]


@dataclass(frozen=True, slots=True)
class Definition:
    """A result that is computed from other results: a subtotal, the total after an adjustment, a grade's rank."""

    key: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Rounding:
    """Rounding to whole multiples of ``step``."""

    step: Fraction
    mode: StepMode

    def of(self, part: Expr) -> Expr:
        """Return a number rounded."""
        return rounded(part, self.step, self.mode)


def minus(left: Expr, right: Expr) -> Expr:
    """Return ``left − right`` in core terms."""
    return Add((left, Mul(Const(Fraction(-1)), right)))


def times(factor: Fraction | int, part: Expr) -> Expr:
    """Return ``factor × part``."""
    return part if factor == 1 else Mul(Const(Fraction(factor)), part)


def total_of(parts: list[Expr]) -> Expr:
    """Return the sum of any number of parts."""
    if not parts:
        return Const(Fraction(0))
    return parts[0] if len(parts) == 1 else Add(tuple(parts))


def rounded(part: Expr, step: Fraction, mode: StepMode) -> Expr:
    """Return a number rounded to whole multiples of ``step``."""
    return Mul(Const(step), ToWhole(mode, Div(part, Const(step))))


def choose(condition: Condition, then: Expr, otherwise: Expr) -> Case:
    """Return ``then`` where the condition holds, else ``otherwise``."""
    return Case((Branch(condition, then),), otherwise)

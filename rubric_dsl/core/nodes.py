"""Core: the narrow waist. A small closed set of frozen expression nodes over exact numbers.

Every form lowers to these; the evaluator and every back end are written over these alone and never name a form.
A node carries its ``role``: the part it plays in the rule (``deviation``, ``steps``, ``deduction`` …), so that an
explanation can speak the rubric's words about a value that the computation itself produced.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

CompareOp = Literal["<", "<=", ">", ">=", "=", "!="]
StepMode = Literal["floor", "ceiling"]


@dataclass(frozen=True, slots=True)
class Const:
    """An exact number."""

    value: Fraction
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Input:
    """A figure, by its address; missing until given."""

    key: str
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """The indicator's own measure, computed once."""

    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Add:
    """The sum of its parts."""

    parts: tuple[Expr, ...]
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Mul:
    """The product of two numbers."""

    left: Expr
    right: Expr
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Div:
    """A quotient; a denominator of zero is a fault, never a value. ``words`` names the denominator."""

    left: Expr
    right: Expr
    words: str = field(default="", compare=False)
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or the greatest of its parts."""

    kind: Literal["min", "max"]
    parts: tuple[Expr, ...]
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ToWhole:
    """The whole number at or below (floor), or at or above (ceiling)."""

    mode: StepMode
    part: Expr
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Lookup:
    """The value that a table gives for a chosen word (a level, a mark)."""

    key: str
    table: tuple[tuple[str, Fraction], ...]
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """The first branch whose condition holds; with no ``otherwise`` a value outside all branches is a fault."""

    branches: tuple[Branch, ...]
    otherwise: Expr | None
    role: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a case; ``words`` are the author's words for it in both languages."""

    condition: Condition
    value: Expr
    words: tuple[str, str] = field(default=("", ""), compare=False)


Expr = Const | Input | Measure | Add | Mul | Div | Extreme | ToWhole | Lookup | Case


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two numbers."""

    op: CompareOp
    left: Expr
    right: Expr


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


Condition = Compare | Both | Either | Not

FALSE: Condition = Either(())


@dataclass(frozen=True, slots=True)
class Program:
    """One indicator, lowered: is it applicable, what is its measure, what does it score.

    ``not_applicable`` holds (condition, score) or None; ``pool`` names the pool whose points it shares.
    """

    measure: Expr | None
    score: Expr
    not_applicable: tuple[Condition, Expr] | None = None


def minus(left: Expr, right: Expr, role: str = "") -> Expr:
    """Return ``left − right`` in core terms."""
    return Add((left, Mul(Const(Fraction(-1)), right)), role)

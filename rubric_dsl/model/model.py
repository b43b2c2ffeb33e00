"""The checked rubric as data: the tree of indicators, the data form, the checks, the grades, the examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from rubric_dsl.core.nodes import Branch, CompareOp, Expr, Program
from rubric_dsl.diagnostics import Place
from rubric_dsl.forms.base import Form, FormInput
from rubric_dsl.formulas.typing import Kind
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Tree
from rubric_dsl.units import Unit


@dataclass(frozen=True, slots=True)
class Decision:
    """What the author decided where the wording leaves it open, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Field:
    """A figure of the data form: ``key`` is its address; a derived one has a ``formula``."""

    key: str
    unit: Unit
    low: Fraction | None
    whole: bool
    note: str
    group: str
    row: str
    column: str
    parent: str
    formula: Expr | None
    place: Place


@dataclass(frozen=True, slots=True)
class FormCheck:
    """A cross-footing check: both sides, how they must compare, and the tolerance; ``words`` as the author wrote it."""

    words: tuple[str, str]
    left: Expr
    op: CompareOp
    right: Expr
    tolerance: Fraction
    unit: str
    column: str
    place: Place


@dataclass(frozen=True, slots=True)
class Example:
    """An example beside a rule: what is given, and the score (or range) that must come out."""

    indicator: str
    given: tuple[tuple[str, str], ...]
    low: Fraction
    high: Fraction
    place: Place


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator, checked and lowered. ``points`` of a pool's member are the pool's.

    ``outcome_words`` say when it is not applicable and what it then scores, in both keyword languages.
    """

    name: str
    path: tuple[str, ...]
    level: int
    points: Fraction
    pool: str
    wording: str
    note: str
    decisions: tuple[Decision, ...]
    measure: Tree | None
    kind: Kind | None
    forms: tuple[Form, ...]
    program: Program
    outcome_words: tuple[str, str]
    floor: Fraction
    inputs: tuple[FormInput, ...]
    examples: tuple[Example, ...]
    place: Place

    @property
    def cases(self) -> tuple[Branch, ...]:
        """The cases of the rule, in order."""
        return tuple(branch for form in self.forms for branch in form.branches())


@dataclass(frozen=True, slots=True)
class Pool:
    """Points that several indicators share: what they score together is at most ``points``."""

    name: str
    points: Fraction
    members: tuple[str, ...]
    path: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what lies below it."""

    name: str
    level: int
    path: tuple[str, ...]
    points: Fraction
    place: Place


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and the totals that earn it."""

    name: str
    op: CompareOp
    bound: Fraction


@dataclass(frozen=True, slots=True)
class Model:
    """A rubric that passed the checks (or that carries the faults found, when ``usable`` is False)."""

    source: Source
    name: str
    edition: str
    points: Fraction
    language: str
    fields: Mapping[str, Field]
    checks: tuple[FormCheck, ...]
    sections: tuple[Section, ...]
    indicators: Mapping[str, Indicator]
    pools: tuple[Pool, ...]
    grades: tuple[Grade, ...]
    decisions: tuple[Decision, ...]
    form_name: str

"""What every scoring form is: it reads itself from the tree, lowers itself to core, and says what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, Protocol

from rubric_dsl.core.nodes import Branch, Expr
from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text
from rubric_dsl.formulas.typing import Kind, Typed, Typer
from rubric_dsl.numbers import parse_number, shown
from rubric_dsl.ranges import Range
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Node, Tree, leaf_text
from rubric_dsl.syntax.write import write_tree

Reading = Literal["whole", "started", "pro_rata"]
READINGS: dict[str, Reading] = {"WHOLE": "whole", "STARTED": "started", "PRO_RATA": "pro_rata"}
InputKind = Literal["number", "choice", "mark", "count"]
YES, NO = "是", "否"


@dataclass(frozen=True, slots=True)
class FormInput:
    """What an assessor gives for an indicator: ``key`` is its address; ``words`` the official text of an item."""

    key: str
    kind: InputKind
    low: Fraction = Fraction(0)
    high: Fraction | None = None
    options: tuple[str, ...] = ()
    words: str = ""


@dataclass(slots=True)
class Context:
    """What a form may ask while it reads itself. Faults are added to ``found`` and never thrown."""

    source: Source
    indicator: str
    points: Fraction
    reading: Reading | None
    measure: Typed | None
    typer: Typer
    lang: Lang
    found: list[Diagnostic] = field(default_factory=list)
    cases: tuple[Node, ...] = ()

    def fault(
        self,
        code: str,
        message: Text,
        tree: Tree,
        *,
        hint: Text | None = None,
        why: Text | None = None,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        """Report a fault at a phrase."""
        self.found.append(
            Diagnostic(code, severity, "rule", message, (Place(self.source, tree.span),), why=why, hint=hint)
        )

    def words(self, tree: Tree) -> tuple[str, str]:
        """Return a phrase as written in both keyword languages."""
        return write_tree(tree, "zh"), write_tree(tree, "en")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the evaluator saw, for a form to speak of: values by role, branches taken, and how numbers are shown."""

    values: Mapping[str, Range]
    branches: tuple[tuple[str, str], ...]
    kind: Kind | None
    points: Fraction

    def number(self, role: str) -> Fraction | None:
        """Return the one value of a role, or None when it was not computed or is not settled."""
        found = self.values.get(role)
        return None if found is None else found.known


class Form(Protocol):
    """A scoring form. ``role``: a *case* claims part of the measure, a *gain* adds points, a *deduct* takes them."""

    @property
    def role(self) -> Literal["case", "gain", "deduct"]:
        """What it does to the score."""

    @property
    def inputs(self) -> tuple[FormInput, ...]:
        """What an assessor must give."""

    @property
    def floor(self) -> Fraction | None:
        """The least score that the rule states, if it states one."""

    def branches(self) -> tuple[Branch, ...]:
        """Return the cases in order (empty for other roles)."""

    def amount(self) -> Expr | None:
        """Return the points gained or deducted (None for cases)."""

    def reason(self, seen: Seen) -> Text | None:
        """Say what happened, in one line; None when there is nothing to say yet."""


class FormClass(Protocol):
    """Where a form comes from: the clauses it reads, and how."""

    @property
    def clauses(self) -> tuple[str, ...]:
        """The grammar rules of its clauses."""

    @property
    def pages(self) -> Mapping[str, Text]:
        """The page of each diagnostic code that is this form's own."""

    def read(self, clauses: tuple[Node, ...], context: Context) -> Form | None:
        """Read the form from its clauses; None when a fault was reported."""


def points_of(tree: Tree) -> Fraction:
    """Return the number of a ``points`` phrase (or of its negative)."""
    if isinstance(tree, Node) and tree.kind == "minus":
        return -points_of(tree.children[0])
    return parse_number(leaf_text(tree))


def score_of(tree: Node, points: Fraction) -> Fraction:
    """Return what a ``score`` phrase gives: full marks, a number, or nothing."""
    inner = tree.children[0]
    if inner.kind == "FULL":
        return points
    return Fraction(0) if inner.kind == "NOTHING" else points_of(inner)


def floor_of(clause: Node) -> Fraction | None:
    """Return the least score that a clause states."""
    found = clause.find("floor")
    if not isinstance(found, Node):
        return None
    inner = found.children[0]
    return Fraction(0) if inner.kind == "TO_ZERO" else points_of(inner)


def cap_of(clause: Node) -> Fraction | None:
    """Return the most that a clause gives or takes."""
    found = clause.find("at_most")
    return points_of(found.children[0]) if isinstance(found, Node) else None


def measure_text(value: Fraction, kind: Kind | None) -> str:
    """Show a measure for people: 120%, 3 万元."""
    if kind is None or kind.dimension == "number":
        return shown(value)
    if kind.dimension in ("ratio", "zero"):
        return shown(value * 100, 2, "%")
    if kind.dimension == "pp":
        return shown(value * 100, 2, "个百分点")
    return shown(value) + (kind.unit.zh if kind.unit else "")


def difference_text(value: Fraction, kind: Kind | None) -> Text:
    """Show a difference between two measures: 20 percentage points, 3 万元."""
    if kind is not None and kind.dimension in ("ratio", "zero", "pp"):
        number = shown(value * 100, 2)
        return Text(f"{number} 个百分点", f"{number} pp")
    text = shown(value)
    unit = kind.unit if kind is not None else None
    return Text(f"{text} {unit.zh}".rstrip(), f"{text} {unit.id}".rstrip()) if unit else Text(text, text)

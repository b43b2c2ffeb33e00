"""Headings while the tree is built: what lies below decides whether one is a section or an indicator."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction

from rubric_dsl.core.keys import heading_id
from rubric_dsl.model.model import Kindred
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node, Statement, Tree


@dataclass(slots=True)
class Head:
    """A heading, the statements directly below it and the headings below it."""

    statement: Statement
    level: int
    name: str
    path: tuple[str, ...]
    points: Fraction | None
    shared: bool
    role: Kindred = "part"
    weight: Fraction | None = None
    parts: list[Statement] = field(default_factory=list)
    children: list[Head] = field(default_factory=list)
    above: Head | None = None
    key: str = ""

    @property
    def is_section(self) -> bool:
        """Whether it holds other headings, or nothing at all."""
        return bool(self.children) or not any(statement.kind in _SCORING for statement in self.parts)

    @property
    def id(self) -> str:
        """The name under which its results are kept."""
        return heading_id((*self.path, self.name)) if self.is_section else self.key or self.name

    def first(self, kind: str) -> Statement | None:
        """Return the first readable statement of a kind directly below it."""
        return next((s for s in self.parts if s.kind == kind and s.tree.children), None)

    def measure(self) -> Tree | None:
        """Return the measure stated here, or by the nearest heading above."""
        stated = self.first("st_measure")
        if stated is not None:
            return stated.tree.children[0]
        return self.above.measure() if self.above is not None else None

    def inherited(self, kind: str) -> list[Statement]:
        """Return the statements of a kind that stand at the headings above."""
        found = self.above.inherited(kind) if self.above is not None else []
        return found + ([s for s in self.parts if s.kind == kind] if self.is_section else [])


_SCORING = frozenset(
    {"rule", "st_measure", "st_variant", "st_reading", "st_wording", "st_example", "st_not_applicable", "st_gate"}
)


def lookup_over_parts(head: Head) -> bool:
    """Whether a heading's own rule is a table over its parts."""
    rule = next((s for s in head.parts if s.kind == "rule"), None)
    return rule is not None and any(
        isinstance(child, Node) and child.kind == "lookup_parts" for child in rule.tree.children
    )

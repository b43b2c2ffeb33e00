"""An indicator's statements before they are read, sorted by reading and by variant."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction

from rubric_dsl.core.keys import heading_id
from rubric_dsl.core.nodes import Rounding
from rubric_dsl.diagnostics import Place
from rubric_dsl.forms.base import READINGS, Part, Reading, points_of
from rubric_dsl.formulas.kinds import OPS
from rubric_dsl.model.model import Grade, Kindred
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Node, Statement, Tree, leaf_text

OFFICIAL = ""
_RULE_PARTS = frozenset({"st_measure", "st_numbers_in", "rule", "st_steps", "st_round"})


@dataclass(slots=True)
class RuleBlock:
    """The statements of one way to score: under a ``情形`` (``opening``), or what holds otherwise (None)."""

    opening: Statement | None
    statements: list[Statement] = field(default_factory=list)

    def first(self, kind: str) -> Statement | None:
        """Return the first readable statement of a kind."""
        return next((s for s in self.statements if s.kind == kind and readable(s)), None)


@dataclass(slots=True)
class Draft:
    """A heading and the statements below it, with what it has from its surroundings.

    ``measure`` is the measure of a heading above it, ``reading`` the rubric's reading of part steps, ``chosen`` the
    named reading to take where the indicator has it; ``forced`` says that the reading of part steps is not its
    own to state. ``parts`` are its own parts where it is a heading.
    """

    name: str
    path: tuple[str, ...]
    level: int
    points: Fraction
    pool: str
    heading: Statement
    statements: list[Statement] = field(default_factory=list)
    role: Kindred = "part"
    weight: Fraction | None = None
    measure: Tree | None = None
    reading: Reading | None = None
    chosen: str = OFFICIAL
    forced: bool = False
    parts: tuple[Part, ...] = ()
    roundings: dict[str, Rounding] = field(default_factory=dict)

    def all(self, kind: str) -> list[Statement]:
        """Return the readable statements of a kind."""
        return [s for s in self.statements if s.kind == kind and readable(s)]

    @property
    def readings(self) -> tuple[str, ...]:
        """The named readings besides the official one."""
        return tuple(leaf_text(s.tree) for s in self.all("st_reading"))

    def blocks(self) -> list[RuleBlock]:
        """Return the ways to score under the chosen reading, in order; what always holds comes last.

        A named reading takes the official measure or rule where it has none of its own.
        """
        by_reading: dict[str, list[RuleBlock]] = {OFFICIAL: [RuleBlock(None)]}
        reading = OFFICIAL
        for statement in self.statements:
            if statement.kind == "st_reading":
                reading = leaf_text(statement.tree)
                by_reading.setdefault(reading, [RuleBlock(None)])
            elif statement.kind in ("st_variant", "st_variant_rest"):
                by_reading[reading].append(RuleBlock(statement))
            elif statement.kind in _RULE_PARTS:
                by_reading[reading][-1].statements.append(statement)
        official = by_reading[OFFICIAL]
        chosen = by_reading.get(self.chosen, official)
        if chosen is not official:
            chosen[0].statements += [
                s for s in official[0].statements if all(own.kind != s.kind for own in chosen[0].statements)
            ]
        return _ordered(chosen)

    def reading_of(self, block: RuleBlock) -> Reading | None:
        """Return how part steps are read in a block."""
        own = None if self.forced else block.first("st_steps")
        return READINGS[own.tree.children[0].kind] if own is not None else self.reading


def _ordered(blocks: list[RuleBlock]) -> list[RuleBlock]:
    common, *variants = blocks
    shared = [s for s in common.statements if s.kind != "rule"]
    for block in variants:
        block.statements += [s for s in shared if all(own.kind != s.kind for own in block.statements)]
    if not variants or common.first("rule") is not None:
        return [*variants, common]
    return variants


def readable(statement: Statement) -> bool:
    """Whether a statement could be read (a rule may have lost all its clauses)."""
    return bool(statement.tree.children) or statement.kind in (
        "rule",
        "st_variant_rest",
        "st_keep_form",
        "st_keep_rest",
    )


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


def grades_of(tree: Node, source: Source) -> tuple[Grade, ...]:
    """Read the grades of a statement, in its order."""
    return tuple(_grade(child, source) for child in tree.children if isinstance(child, Node))


def _grade(tree: Node, source: Source) -> Grade:
    name, op, bound = tree.children
    return Grade(leaf_text(name), OPS[op.kind], points_of(bound), Place(source, tree.span))

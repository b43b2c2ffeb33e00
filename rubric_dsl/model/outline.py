"""A rubric's statements as what they are about: the whole, the data form, and headings with what lies below them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace

from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Statement, leaf_text

FORM = frozenset({"st_form", "st_group", "st_columns", "st_field", "st_row", "st_derived", "st_parameter", "st_check"})
EXTRAS = frozenset({"st_bonus", "st_deduction"})
AFTER = frozenset({"st_coefficient", "st_clamp", "st_veto"})
BOTH = frozenset({"st_decision", "st_steps", "st_grades", "st_round", "st_combine", "st_source"})
"""Statements that belong to the heading above them, or to the whole rubric where there is none."""
PART = frozenset(
    {
        "st_wording", "st_note", "st_measure", "st_numbers_in", "rule", "st_not_applicable", "st_gate", "st_variant",
        "st_variant_rest", "st_reading", "st_official", "st_base", "st_example",
    }
)  # fmt: skip
"""Statements that belong to the heading above them."""
RULE_KINDS = (PART | {"st_steps", "st_round"}) - {"st_wording", "st_note", "st_example"}
"""Statements that decide a heading's score."""
_FIELDS = frozenset({"st_field", "st_row", "st_derived", "st_parameter"})
_HEADINGS = frozenset({"st_heading", "st_indicator"})
_SAID = frozenset({"st_keep", "st_change"})
"""How a later edition speaks of a heading that the earlier one has."""
NAMED = _FIELDS | _HEADINGS | EXTRAS | {"st_group", "st_columns", "st_coefficient", "st_veto"}
"""Statements that give something a name."""
_LEAF_LEVEL = 9


@dataclass(slots=True)
class Branch:
    """A heading, an indicator, or what comes after the total: its own statements and its parts."""

    head: Statement
    own: list[Statement] = field(default_factory=list)
    parts: list[Branch] = field(default_factory=list)
    level: int = _LEAF_LEVEL

    @property
    def name(self) -> str:
        """What it is called; empty for what has no name."""
        return label_of(self.head)

    @property
    def is_heading(self) -> bool:
        """Whether it counts for the total, as a heading or as an indicator."""
        return self.head.kind in _HEADINGS

    @property
    def is_leaf(self) -> bool:
        """Whether it is an indicator: it scores by itself."""
        return self.is_heading and not any(part.is_heading for part in self.parts) and bool(self.own)

    def is_like(self, other: Branch) -> bool:
        """Whether a later edition's branch speaks of this one."""
        if not self.name:
            return self.head.kind == other.head.kind == "st_clamp"
        if fold(self.name) != fold(other.name):
            return False
        kinds = {self.head.kind, other.head.kind}
        return other.head.kind in _SAID or kinds <= _HEADINGS or len(kinds) == 1

    def all(self) -> Iterator[Branch]:
        """Yield it and all below it."""
        yield self
        for part in self.parts:
            yield from part.all()

    def leaves(self) -> Iterator[Branch]:
        """Yield the indicators in it."""
        return (branch for branch in self.all() if branch.is_leaf)


@dataclass(slots=True)
class Outline:
    """A whole rubric: what is said of it as a whole, its data form, and its branches in order."""

    header: list[Statement] = field(default_factory=list)
    form: list[Statement] = field(default_factory=list)
    top: list[Branch] = field(default_factory=list)

    def all(self) -> Iterator[Branch]:
        """Yield every branch, each before its parts."""
        for branch in self.top:
            yield from branch.all()

    def leaves(self) -> Iterator[Branch]:
        """Yield the indicators."""
        return (branch for branch in self.all() if branch.is_leaf)

    def statements(self) -> Iterator[Statement]:
        """Yield every statement, in the order in which they are read."""
        yield from self.header
        yield from self.form
        yield from flat(self.top)

    def remove(self, gone: Branch) -> None:
        """Take a branch out, wherever it stands."""
        for parts in (self.top, *(branch.parts for branch in self.all())):
            parts[:] = [part for part in parts if part is not gone]

    def drop(self, names: set[str]) -> None:
        """Take out the branches of these folded names, with all below them."""
        for branch in [each for each in self.all() if each.name and fold(each.name) in names]:
            self.remove(branch)


def outline_of(statements: Iterable[Statement], levels: Mapping[str, int] | None = None) -> Outline:
    """Sort statements as ``model.build`` does; ``levels`` are those of headings that an edition only speaks of."""
    found = Outline()
    stack: list[Branch] = []
    for statement in statements:
        kind = statement.kind
        if kind in FORM or kind == "st_keep_form":
            found.form.append(statement)
        elif kind in _SAID and levels is None:
            continue
        elif kind == "st_keep":
            for name in statement.tree.all("name"):
                one = Branch(
                    _only(statement, leaf_text(name)), level=(levels or {}).get(fold(leaf_text(name)), _LEAF_LEVEL)
                )
                _under(found, stack, one)
        elif (kind in _HEADINGS | EXTRAS or kind == "st_change") and statement.tree.children:
            _under(found, stack, Branch(statement, level=_level(statement, levels)))
        elif kind in AFTER:
            stack.clear()
            found.top.append(Branch(statement, level=0))
        elif kind == "st_case":
            found.top.append(Branch(statement, level=0))
        elif kind == "st_pool":
            while stack and any(own.kind in RULE_KINDS for own in stack[-1].own):
                stack.pop()
            (stack[-1].parts if stack else found.top).append(Branch(statement))
        elif stack and kind in PART | BOTH | {"st_accept"}:
            stack[-1].own.append(statement)
        else:
            found.header.append(statement)
    return found


def _under(found: Outline, stack: list[Branch], branch: Branch) -> None:
    while stack and stack[-1].level >= branch.level:
        stack.pop()
    (stack[-1].parts if stack else found.top).append(branch)
    stack.append(branch)


def _only(statement: Statement, name: str) -> Statement:
    """Return a ``keep`` with one of its names."""
    tree = statement.tree
    one = tuple(child for child in tree.all("name") if leaf_text(child) == name)[:1]
    return replace(statement, tree=replace(tree, children=one))


def _level(statement: Statement, levels: Mapping[str, int] | None) -> int:
    if statement.kind in EXTRAS:
        return 1
    if statement.kind == "st_change":
        return (levels or {}).get(fold(label_of(statement)), _LEAF_LEVEL)
    stated = statement.tree.text("LEVEL")
    return int(stated) if stated else _LEAF_LEVEL


def flat(branches: Iterable[Branch]) -> Iterator[Statement]:
    """Yield the statements of branches in order."""
    for branch in branches:
        yield branch.head
        yield from branch.own
        yield from flat(branch.parts)


def is_named(statement: Statement) -> bool:
    """Whether a statement declares a figure or a parameter."""
    return statement.kind in _FIELDS and statement.tree.find("name") is not None


NAMING = frozenset({"name", "column", "label"})
"""Phrases that are a name of the author's."""


def declared_names(statement: Statement) -> tuple[str, ...]:
    """Return the names that a statement declares: columns are several, anything else has one."""
    named = [leaf_text(child) for child in statement.tree.children if child.kind in NAMING]
    return tuple(named if statement.kind == "st_columns" else named[:1])


def name_of(statement: Statement) -> str:
    """Return the name of a figure or a parameter."""
    return leaf_text(statement.tree.node("name"))


def label_of(statement: Statement) -> str:
    """Return what a later edition calls a statement that it drops or replaces; empty where it has no name."""
    tree = statement.tree
    if statement.kind in ("st_decision", "st_case"):
        return leaf_text(tree) if tree.children else ""
    named = tree.find("name") if statement.kind not in ("st_pool", "st_columns") else None
    if named is None and statement.kind == "st_group":
        named = tree.find("label")
    return leaf_text(named) if named is not None else ""

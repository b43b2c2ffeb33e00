"""Rules that are written once and used by several indicators: each use is put in its place, with what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.nearest import nearest
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Document, Leaf, Node, Statement, Tree, leaf_text

MAY_HOLD = frozenset(
    {
        "st_measure", "st_numbers_in", "rule", "st_steps", "st_round", "st_not_applicable", "st_gate", "st_variant",
        "st_variant_rest", "st_wording", "st_note", "st_decision", "st_source",
    }
)  # fmt: skip
"""What a standard may say: all that scores an indicator, and where it comes from."""
_WHOLE = frozenset({"number", "quantity", "ref", "paren", "call", "choice", "rounding", "count", "result", "cohort"})
"""Formulas that need no brackets in the place of a name."""


@dataclass(frozen=True, slots=True)
class _Standard:
    """A standard: the names that each use gives a value, and its statements."""

    statement: Statement
    names: tuple[str, ...]
    parts: tuple[Statement, ...]


def with_standards(source: Source, document: Document) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Put standards in the place of their uses; the document keeps neither, and what is wrong with them is told."""
    if not any(statement.kind in ("st_standard", "st_by_standard") for statement in document.statements):
        return document, ()
    found: list[Diagnostic] = []
    standards, rest = _split(source, document, found)
    used: set[str] = set()
    made: list[Statement] = []
    for statement in rest:
        if statement.kind != "st_by_standard":
            made.append(statement)
            continue
        name = fold(leaf_text(statement.tree)) if statement.tree.children else ""
        used.add(name)
        if name in standards:
            made.extend(_put_in(source, standards[name], statement, found))
        elif name:
            found.append(_unknown(source, statement, standards))
    told = not used <= standards.keys()  # a misspelt name leaves the one that was meant unused
    unused = [] if told else [standard for name, standard in standards.items() if name not in used]
    found.extend(_unused(source, standard.statement) for standard in unused)
    return Document(tuple(made), document.language, document.end_comments), tuple(found)


def _split(source: Source, document: Document, found: list[Diagnostic]) -> tuple[dict[str, _Standard], list[Statement]]:
    """Take the standards out of a document: what follows each, up to the first statement that it cannot hold."""
    standards: dict[str, _Standard] = {}
    rest: list[Statement] = []
    parts: list[Statement] | None = None
    opened = ""
    for statement in document.statements:
        if statement.kind == "st_standard" and statement.tree.children:
            parts = []
            name, *names = (leaf_text(child) for child in statement.tree.children)
            if fold(name) in standards:
                message = Text(f"通用标准“{name}”写了两次", f"the standard '{name}' is given twice")
                hint = Text("换一个名称，或删去一处", "give it another name, or remove one")
                found.append(_fault(source, "duplicate-name", message, statement, hint))
            standards[fold(name)] = _Standard(statement, tuple(fold(own) for own in names), ())
            opened = fold(name)
        elif parts is not None and statement.kind in MAY_HOLD:
            parts.append(statement)
            standards[opened] = replace(standards[opened], parts=tuple(parts))
        else:
            parts = None
            if statement.kind != "st_standard":
                rest.append(statement)
    return standards, rest


def _put_in(source: Source, standard: _Standard, use: Statement, found: list[Diagnostic]) -> list[Statement]:
    """Return the standard's statements with what a use gives in the place of its names."""
    given = use.tree.children[1:]
    if len(given) != len(standard.names):
        name, wanted = leaf_text(use.tree), len(standard.names)
        message = Text(
            f"通用标准“{name}”要给 {wanted} 个数，这里给了 {len(given)} 个",
            f"the standard '{name}' takes {wanted} values, and {len(given)} are given",
        )
        listed = [leaf_text(child) for child in standard.statement.tree.children[1:]]
        hint = Text("依次是：" + "、".join(listed), "they are, in order: " + ", ".join(listed)) if listed else None
        found.append(_fault(source, "standard-values", message, use, hint))
        return []
    values = dict(zip(standard.names, given, strict=True))
    first = True
    made = []
    for part in standard.parts:
        comments = (*use.comments, *part.comments) if first else part.comments
        tree = part.tree if not values else _filled(part.tree, values)
        made.append(replace(part, tree=tree if isinstance(tree, Node) else part.tree, comments=comments))
        first = False
    return made


def _filled(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    """Return a phrase with values in the place of names; a figure's name goes in wherever a name stands."""
    if isinstance(tree, Leaf):
        return tree
    if tree.kind == "ref" and (value := values.get(fold(leaf_text(tree.children[0])))) is not None:
        if len(tree.children) == 1:
            return value if isinstance(value, Node) and value.kind in _WHOLE else Node("paren", (value,), value.span)
        if isinstance(value, Node) and value.kind == "ref" and len(value.children) == 1:
            return Node("ref", (value.children[0], *tree.children[1:]), tree.span)
    if tree.kind in ("lookup", "cohort", "result"):
        return Node(tree.kind, tuple(_named(child, values) for child in tree.children), tree.span)
    return Node(tree.kind, tuple(_filled(child, values) for child in tree.children), tree.span)


def _named(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    """Return a bare name as the name of the figure that stands for it."""
    if not isinstance(tree, Node) or tree.kind != "name":
        return _filled(tree, values)
    value = values.get(fold(leaf_text(tree)))
    figure = isinstance(value, Node) and value.kind == "ref" and len(value.children) == 1
    return value.children[0] if figure and isinstance(value, Node) else tree


def _unknown(source: Source, use: Statement, standards: Mapping[str, _Standard]) -> Diagnostic:
    name = leaf_text(use.tree)
    near = nearest(fold(name), standards, cutoff=0.4)
    names = [leaf_text(standards[one].statement.tree) for one in near]
    hint = (
        Text("是不是：" + "、".join(names), "did you mean: " + ", ".join(names))
        if names
        else Text(f"先写：通用标准 {name}", f"write before it: standard {name}")
    )
    message = Text(f"没有名为“{name}”的通用标准", f"no standard is called '{name}'")
    return _fault(source, "unknown-standard", message, use, hint)


def _unused(source: Source, statement: Statement) -> Diagnostic:
    name = leaf_text(statement.tree)
    message = Text(f"通用标准“{name}”没有用到", f"the standard '{name}' is never used")
    hint = Text(
        f"在指标下面写：按通用标准 {name}；或删去", f"write below an indicator: by standard {name}; or remove it"
    )
    place = Place(source, statement.span)
    return Diagnostic("unused-name", "warning", "rule", message, (place,), hint=hint)


def _fault(source: Source, code: str, message: Text, statement: Statement, hint: Text | None = None) -> Diagnostic:
    return Diagnostic(code, "error", "rule", message, (Place(source, statement.span),), hint=hint)

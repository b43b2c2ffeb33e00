"""Any stage of the pipeline as text, for authors and developers who want to see what was read."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from fractions import Fraction

from rubric_dsl.core.keys import shown_key
from rubric_dsl.model.model import Model
from rubric_dsl.numbers import text_of
from rubric_dsl.syntax.tree import Document, Leaf, Tree


def tree_text(document: Document) -> str:
    """Print the syntax tree, one phrase a line."""
    lines: list[str] = []
    for statement in document.statements:
        _tree_lines(statement.tree, 0, lines)
    return "\n".join(lines)


def _tree_lines(tree: Tree, depth: int, lines: list[str]) -> None:
    indent = "  " * depth
    if isinstance(tree, Leaf):
        lines.append(f"{indent}{tree.kind} {tree.text}".rstrip())
        return
    lines.append(f"{indent}{tree.kind}")
    for child in tree.children:
        _tree_lines(child, depth + 1, lines)


def model_text(model: Model) -> str:
    """Print the checked rubric: sections, indicators with points and inputs, figures with units, grades."""
    lines = [f"{model.name} {model.edition} {text_of(model.points)}"]
    for section in model.sections:
        lines.append(f"{'  ' * section.level}section {section.name} {text_of(section.points)}")
        path = (*section.path, section.name)
        for indicator in model.indicators.values():
            if indicator.path == path:
                forms = ", ".join(type(form).__name__.lower() for form in indicator.forms)
                lines.append(
                    f"{'  ' * (section.level + 1)}indicator {indicator.name} {text_of(indicator.points)}: {forms}"
                )
    lines.extend(f"figure {item.key}: {item.unit.id}" for item in model.fields.values())
    lines.extend(f"grade {grade.name} {grade.op} {text_of(grade.bound)}" for grade in model.grades)
    return "\n".join(lines)


def core_text(model: Model) -> str:
    """Print each indicator's core program."""
    lines = []
    for indicator in model.indicators.values():
        lines.append(indicator.name)
        for variant in indicator.program.variants:
            if variant.condition is not None:
                kind = "when" if variant.applies else "not applicable when"
                lines.append(f"  {kind}: {expression_text(variant.condition)}")
            if variant.measure is not None:
                lines.append(f"  measure: {expression_text(variant.measure)}")
            lines.append(f"  score: {expression_text(variant.score)}")
    for key in model.totals.order:
        if key in model.totals.definitions:
            lines.append(shown_key(key))
            lines.append(f"  = {expression_text(model.totals.definitions[key].value)}")
    return "\n".join(lines)


def expression_text(node: object) -> str:
    """Print a core node as ``Name(part, …)``; roles and words are left out."""
    if isinstance(node, Fraction):
        return text_of(node)
    if isinstance(node, tuple):
        return "[" + ", ".join(expression_text(item) for item in node) + "]"
    if is_dataclass(node):
        shown = [expression_text(getattr(node, item.name)) for item in fields(node) if item.compare]
        return f"{type(node).__name__}({', '.join(shown)})"
    return shown_key(str(node))

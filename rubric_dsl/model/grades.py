"""Grades as listed in a statement."""

from __future__ import annotations

from rubric_dsl.formulas.kinds import OPS
from rubric_dsl.model.model import Grade
from rubric_dsl.numbers import parse_number
from rubric_dsl.syntax.tree import Node, leaf_text


def grades_of(tree: Node) -> tuple[Grade, ...]:
    """Read the grades of a statement, in its order."""
    return tuple(_grade(child) for child in tree.children if isinstance(child, Node))


def _grade(tree: Node) -> Grade:
    name, op, bound = tree.children
    return Grade(leaf_text(name), OPS[op.kind], parse_number(leaf_text(bound)))

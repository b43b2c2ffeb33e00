"""The parts of a check of the form: its two sides, its sign, and the figures that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rubric_dsl.core.nodes import CompareOp
from rubric_dsl.formulas.kinds import OPS
from rubric_dsl.syntax.tree import Leaf, Node, Tree

SIGNS: dict[CompareOp, Literal["=", "≥", "≤", "<", ">", "≠"]] = {
    "=": "=",
    ">=": "≥",
    "<=": "≤",
    "<": "<",
    ">": ">",
    "!=": "≠",
}
"""How an author writes each comparison."""


def sides(tree: Node) -> tuple[Tree, CompareOp, Tree]:
    """Return the left side, the sign and the right side of a check or a comparison."""
    parts = [child for child in tree.children if child.kind != "tolerance"]
    op = next(child for child in parts if isinstance(child, Leaf) and child.kind in OPS)
    rest = [child for child in parts if child is not op]
    return rest[0], OPS[op.kind], rest[1]


def refs_in(tree: Tree) -> Iterator[Node]:
    """Yield the references in a phrase, in order."""
    if isinstance(tree, Leaf):
        return
    if tree.kind == "ref":
        yield tree
        return
    for child in tree.children:
        yield from refs_in(child)

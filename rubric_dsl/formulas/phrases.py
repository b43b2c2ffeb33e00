"""What formulas are made of, as they are written: bare numbers, figures of every column."""

from __future__ import annotations

from rubric_dsl.syntax.tree import Leaf, Node, Tree, leaf_text


def is_bare(tree: Tree) -> bool:
    """Whether a phrase is a number without a unit and without a % sign."""
    while isinstance(tree, Node) and tree.kind in ("neg", "paren"):
        tree = tree.children[0]
    return isinstance(tree, Node) and tree.kind == "number" and not leaf_text(tree).endswith("%")


def series_in(tree: Tree) -> list[Node]:
    """List the figures of a phrase that stand for each of their columns."""
    if isinstance(tree, Leaf):
        return []
    if tree.kind == "ref":
        return [tree] if tree.find("EACH", "columns") is not None else []
    return [found for child in tree.children for found in series_in(child)]

"""What formulas are made of, as they are written: bare numbers, ratios that lost their sign, figures of every column."""

from __future__ import annotations

from rubric_dsl.diagnostics import Fix, Text
from rubric_dsl.numbers import parse_number, text_of
from rubric_dsl.syntax.tree import Leaf, Node, Tree, leaf_text


def as_ratio(tree: Tree) -> tuple[Fix, ...]:
    """A bare number beside a ratio: the same number as a ratio (1 is 100%), or a lost % sign (95 for 95%)."""
    if not isinstance(tree, Node) or tree.kind != "number" or leaf_text(tree).endswith("%"):
        return ()
    number = parse_number(leaf_text(tree))
    ways = (f"{text_of(number * 100)}%", f"{text_of(number)}%")
    return tuple(Fix(Text(f"改为“{way}”", f"write '{way}'"), tree.span, way) for way in ways)


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

"""Which names a rubric speaks of, beyond declaring them."""

from __future__ import annotations

from collections.abc import Iterator

from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Leaf, Statement, Tree

_DECLARING = frozenset({"st_field", "st_row", "st_derived", "st_parameter"})
_GIVING = frozenset({"st_example", "st_case"})


def mentioned(statements: tuple[Statement, ...]) -> frozenset[str]:
    """Return the folded names that stand anywhere but where they are declared, or where an example gives a figure."""
    return frozenset(
        fold(name) for statement in statements if statement.kind not in _GIVING for name in _names(statement)
    )


def _names(statement: Statement) -> Iterator[str]:
    children = statement.tree.children
    for child in children[1:] if statement.kind in _DECLARING else children:
        yield from _in(child)


def _in(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Leaf):
        if tree.kind == "NAME":
            yield tree.text
        return
    for child in tree.children:
        yield from _in(child)

"""The syntax tree: nodes and leaves that are the same for both keyword languages; spans do not count for equality."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from rubric_dsl.records import dataclass
from rubric_dsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class Leaf:
    """A word that carries meaning: ``kind`` is its terminal, ``text`` its canonical content (empty for keywords)."""

    kind: str
    text: str
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Node:
    """A phrase: ``kind`` is the grammar rule (or its alias)."""

    kind: str
    children: tuple[Tree, ...]
    span: Span = field(compare=False)

    def find(self, *kinds: str) -> Tree | None:
        """Return the first child of one of the kinds."""
        return next((child for child in self.children if child.kind in kinds), None)

    def all(self, kind: str) -> tuple[Tree, ...]:
        """Return every child of a kind, in order."""
        return tuple(child for child in self.children if child.kind == kind)

    def node(self, kind: str) -> Node:
        """Return the child of a kind that the grammar guarantees.

        Raises:
            LookupError: the grammar and the reader of this phrase disagree (a fault of the program).
        """
        found = self.find(kind)
        if not isinstance(found, Node):
            raise LookupError(f"{self.kind} has no {kind}")
        return found

    def text(self, kind: str) -> str:
        """Return the text of a child leaf, or of the single leaf inside a child node; empty when absent."""
        found = self.find(kind)
        return leaf_text(found) if found is not None else ""


Tree = Leaf | Node


def leaf_text(tree: Tree) -> str:
    """Return the text of a leaf or of the first leaf below a node."""
    while isinstance(tree, Node):
        if not tree.children:
            return ""
        tree = tree.children[0]
    return tree.text


def leaves_of(tree: Tree) -> Iterator[Leaf]:
    """Yield the leaves of a tree in order."""
    if isinstance(tree, Leaf):
        yield tree
        return
    for child in tree.children:
        yield from leaves_of(child)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file with the comments that belong to it.

    A scoring rule (``kind == "rule"``) holds its clauses as the children of ``tree``. ``broken`` says that a part
    could not be read, so that later stages do not report what follows from it. ``origin`` is the file that it was kept
    from, None for the file itself.
    """

    kind: str
    tree: Node
    span: Span = field(compare=False)
    comments: tuple[str, ...] = ()
    trailing: str = ""
    blank_before: bool = False
    broken: bool = field(default=False, compare=False)
    origin: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Document:
    """All statements of a file in order; ``language`` is the keyword language that the author mostly uses."""

    statements: tuple[Statement, ...]
    language: str = field(default="zh", compare=False)
    end_comments: tuple[str, ...] = ()

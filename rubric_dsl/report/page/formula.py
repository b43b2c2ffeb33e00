"""Formulas in MathML, in the author's order: fractions as fractions, names and numbers as they are written."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from rubric_dsl.diagnostics import Lang
from rubric_dsl.report.page.element import element
from rubric_dsl.syntax.tree import Node, Tree
from rubric_dsl.syntax.write import write_tree

_SIGNS = {"add": "+", "sub": "−", "mul": "×"}


def math(tree: Tree, lang: Lang) -> Element:
    """Return a formula as a ``math`` element."""
    return element("math", _Printer(lang).print(tree), displaystyle="true")


class _Printer:
    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def print(self, tree: Tree) -> Element:
        if isinstance(tree, Node):
            if tree.kind in _SIGNS:
                left, right = tree.children
                return element("mrow", self.print(left), element("mo", _SIGNS[tree.kind]), self.print(right))
            if tree.kind == "div":
                top, bottom = (_opened(part) for part in tree.children)
                return element("mfrac", self.print(top), self.print(bottom))
            if tree.kind == "neg":
                return element("mrow", element("mo", "−"), self.print(tree.children[0]))
            if tree.kind == "paren":
                return element("mrow", element("mo", "("), self.print(tree.children[0]), element("mo", ")"))
        text = write_tree(tree, self.lang)
        return element("mn" if text[:1].isdigit() else "mtext", text)


def _opened(tree: Tree) -> Tree:
    """Return what stands in brackets: a fraction's bar takes their place."""
    return tree.children[0] if isinstance(tree, Node) and tree.kind == "paren" else tree

"""Source text to syntax tree: every statement and every clause is parsed by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax import faults
from rubric_dsl.syntax.characters import Mapped, map_characters
from rubric_dsl.syntax.grammar import CLAUSE, RULE, Grammar, load
from rubric_dsl.syntax.leaves import leaf_content
from rubric_dsl.syntax.statements import Piece, cut
from rubric_dsl.syntax.tree import Document, Leaf, Node, Statement, Tree

if TYPE_CHECKING:
    from lark import Token as LarkToken
    from lark import Tree as LarkTree

MAX_STATEMENT = 50_000
"""One statement, quoted texts included, may hold this many characters."""
MAX_BRACKETS = 60
"""Brackets nest this deep at the most."""

_NAMING = {"name": "NAME", "column": "CNAME", "label": "CNAME", "option": "LNAME", "class": "LNAME"}
"""A name is the same name whether it was quoted or not; the writer quotes it where it must."""


def parse(source: Source) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Parse a source; the document holds every statement that could be read.

    All independent faults are found in one run; nothing is raised for any text.
    """
    grammar = load()
    mapped = map_characters(source.text)
    pieces = cut(source.text, mapped, grammar)
    found: list[Diagnostic] = [faults.unclosed_quote(source, at) for at in mapped.unclosed]
    if pieces.stray is not None:
        found.append(faults.stray_text(source, pieces.stray, grammar, _language(source.text)))
    elif not pieces.pieces:
        found.append(faults.empty_file(source))
    language = _language(source.text)
    reader = _Reader(source, mapped, grammar, language, found)
    statements = tuple(reader.statement(piece) for piece in pieces.pieces)
    return Document(statements, language, pieces.end_comments), tuple(found)


def _language(text: str) -> str:
    """Guess the keyword language from the words that only headings use."""
    chinese = sum(text.count(word) for word in ("级指标", "指标体系", "评价标准", "指标值", "满分"))
    english = sum(text.count(word) for word in ("rubric ", "indicator ", "measure ", "points ", "rule "))
    return "zh" if chinese >= english else "en"


class _Reader:
    def __init__(
        self, source: Source, mapped: Mapped, grammar: Grammar, language: str, found: list[Diagnostic]
    ) -> None:
        self.source, self.text, self.grammar = source, mapped.text, grammar
        self.language, self.found = language, found

    def statement(self, piece: Piece) -> Statement:
        if piece.kind == RULE:
            clauses = [self.slice(CLAUSE, body) for body in piece.body]
            kept = tuple(clause for clause in clauses if clause is not None)
            tree: Node | None = Node(RULE, kept, piece.span)
            broken = len(kept) != len(clauses)
        else:
            parts = [self.slice(piece.kind, body) for body in piece.body[:1]]
            extra = piece.body[1:]
            if extra and parts and parts[0] is not None:
                self.found.append(faults.extra_text(self.source, extra[0]))
            first = parts[0] if parts else None
            tree = first if isinstance(first, Node) else None
            broken = tree is None or bool(extra)
        shown = tree if tree is not None else Node(piece.kind, (), piece.span)
        return Statement(piece.kind, shown, piece.span, piece.comments, piece.trailing, piece.blank_before, broken)

    def slice(self, start: str, span: Span) -> Tree | None:
        """Parse one slice; a fault becomes a diagnostic and None."""
        from lark.exceptions import UnexpectedInput

        if span.end - span.start > MAX_STATEMENT:
            self.found.append(faults.too_long(self.source, span, MAX_STATEMENT))
            return None
        if deepest_bracket(self.text[span.start : span.end]) > MAX_BRACKETS:
            self.found.append(faults.too_deep(self.source, span, MAX_BRACKETS))
            return None
        text = self._without_colon(start, span)
        try:
            # A piece of its own: given a slice of the whole, lark counts the lines before it anew for each statement.
            tree = self.grammar.lark.parse(text[span.start : span.end], start=start)
        except UnexpectedInput as error:
            fault = faults.syntax_fault(self.source, self.text, self.grammar, span, error, self.language)
            self.found.append(fault)
            return None
        return self._tree(tree, span.start)

    def _without_colon(self, start: str, span: Span) -> str:
        """``满分：100`` is how people write: outside the form, a colon after the opening word means nothing."""
        if (
            start in ("st_field", "st_row", "st_derived", "st_pool", CLAUSE)
            or ":" not in self.text[span.start : span.end]
        ):
            return self.text
        for kind, pattern in self.grammar.openers:
            match = pattern.match(self.text, span.start, span.end)
            if kind == start and match is not None:
                at = match.end()
                while at < span.end and self.text[at] in " \t":
                    at += 1
                if self.text[at : at + 1] == ":":
                    return self.text[:at] + " " + self.text[at + 1 :]
        return self.text

    def _tree(self, tree: LarkTree[LarkToken] | LarkToken, offset: int) -> Tree:
        from lark import Token

        if isinstance(tree, Token):
            return self._leaf(tree, offset)
        kind = str(tree.data)
        children = tuple(self._tree(child, offset) for child in tree.children)
        if kind in _NAMING:
            children = tuple(
                Leaf(_NAMING[kind], child.text, child.span) for child in children if isinstance(child, Leaf)
            )
        if kind in self.grammar.permuted:
            children = tuple(sorted(children, key=lambda child: child.kind))
        meta = tree.meta
        if meta.empty:
            span = children[0].span.to(children[-1].span) if children else Span(0, 0)
        else:
            span = Span(meta.start_pos + offset, meta.end_pos + offset)
        return Node(kind, children, span)

    def _leaf(self, token: LarkToken, offset: int) -> Leaf:
        span = Span((token.start_pos or 0) + offset, (token.end_pos or 0) + offset)
        return Leaf(str(token.type), leaf_content(str(token.type), str(token), self.source[span]), span)


def deepest_bracket(text: str) -> int:
    """Return how deep round brackets nest."""
    depth = deepest = 0
    for char in text:
        if char == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif char == ")":
            depth -= 1
    return deepest

"""Source text to syntax tree: every statement and every clause is parsed by itself."""

from __future__ import annotations

from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.numbers import MAX_DIGITS
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax import faults, size_faults
from rubric_dsl.syntax.automaton import Refusal
from rubric_dsl.syntax.characters import Mapped, map_characters
from rubric_dsl.syntax.grammar import CLAUSE, RULE, Grammar, load
from rubric_dsl.syntax.leaves import leaf_content
from rubric_dsl.syntax.look_alikes import look_alikes
from rubric_dsl.syntax.meant import alone
from rubric_dsl.syntax.statements import StatementText, cut
from rubric_dsl.syntax.tree import Document, Leaf, Node, Statement, Tree

MAX_TEXT = 1_000_000
"""A rubric's text may hold this many characters."""
MAX_PIECES = 20_000
"""A rubric may hold this many statements and clauses of rules, counted together."""
MAX_STATEMENT = 50_000
"""One statement, quoted texts included, may hold this many characters."""
MAX_BRACKETS = 60
"""Brackets nest this deep at the most."""

MAX_LEVELS = 120
"""A formula may have this many operations inside or behind one another: brackets, functions, and each sign of a chain."""
MAX_ITEMS = 200
"""A list (options, columns, arguments, conditions, figures of an example) may have this many items."""
MAX_CLAUSES = 500
"""The rule of one indicator may have this many clauses."""
MAX_TRIES = 500
"""After so many tries in one file, no more are made to find where a missing bracket can stand."""

_TELLING = frozenset({"st_wording", "st_note", "st_decision", "st_accept", "st_source"})
"""Statements that say something and score nothing."""


def parse(source: Source) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Parse a source; the document holds every statement that could be read.

    All independent faults are found in one run; nothing is raised for any text.
    """
    if len(source.text) > MAX_TEXT:
        return Document((), _language(source.text)), (size_faults.text_too_long(source, MAX_TEXT),)
    grammar = load()
    mapped = map_characters(source.text)
    pieces = cut(source.text, mapped, grammar)
    if sum(max(1, len(piece.body)) for piece in pieces.pieces) > MAX_PIECES:
        return Document((), _language(source.text)), (size_faults.too_many_statements(source, MAX_PIECES),)
    found: list[Diagnostic] = [
        faults.unclosed_quote(
            source, at, telling=any(p.span.start <= at < p.span.end for p in pieces.pieces if p.kind in _TELLING)
        )
        for at in mapped.unclosed
    ]
    found.extend(look_alikes(source, mapped))
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
        self.tries = 0

    def statement(self, piece: StatementText) -> Statement:
        if piece.kind == RULE and len(piece.body) > MAX_CLAUSES:
            self.found.append(size_faults.too_many_clauses(self.source, piece.span, MAX_CLAUSES))
            return Statement(
                piece.kind,
                Node(RULE, (), piece.span),
                piece.span,
                piece.comments,
                piece.trailing,
                piece.blank_before,
                True,
            )
        if piece.kind == RULE:
            clauses = [self.slice(CLAUSE, body) for body in piece.body]
            kept = tuple(clause for clause in clauses if clause is not None)
            tree: Node | None = Node(RULE, kept, piece.span)
            broken = len(kept) != len(clauses)
        else:
            parts = [self.slice(piece.kind, body) for body in piece.body[:1]]
            extra = piece.body[1:]
            self._label_alone(piece.kind, parts)
            if extra and parts and parts[0] is not None:
                self.found.append(faults.extra_text(self.source, extra[0]))
            first = parts[0] if parts else None
            tree = first if isinstance(first, Node) else None
            broken = tree is None or bool(extra)
        shown = tree if tree is not None else Node(piece.kind, (), piece.span)
        return Statement(piece.kind, shown, piece.span, piece.comments, piece.trailing, piece.blank_before, broken)

    def _label_alone(self, kind: str, parts: list[Tree | None]) -> None:
        """A name on the line below ``form`` or ``group`` is a figure whose unit was left out, not the name of the form."""
        tree = parts[0] if parts else None
        label = tree.find("label") if kind in ("st_form", "st_group") and isinstance(tree, Node) else None
        if label is None or tree is None:
            return
        if self.source.position(label.span.start)[0] > self.source.position(tree.span.start)[0]:
            self.found.append(alone(self.source, label.span))

    def slice(self, start: str, span: Span) -> Tree | None:
        """Parse one slice; a fault becomes a diagnostic and None."""
        if span.end - span.start > MAX_STATEMENT:
            self.found.append(size_faults.too_long(self.source, span, MAX_STATEMENT))
            return None
        if deepest_bracket(self.text[span.start : span.end]) > MAX_BRACKETS:
            self.found.append(size_faults.too_deep(self.source, span, MAX_BRACKETS))
            return None
        piece = self._without_colon(start, span)

        def leaf(kind: str, at: Span) -> Leaf:
            text = piece[at.start - span.start : at.end - span.start]
            return Leaf(kind, leaf_content(kind, text, self.source[at]), at)

        tree = self.grammar.automaton.parse(piece, span.start, start, leaf)
        if isinstance(tree, Refusal):
            if self._told(span):
                return None
            reads = self._reads if self.tries < MAX_TRIES else None
            self.found.append(
                faults.syntax_fault(self.source, self.text, self.grammar, start, span, tree, self.language, reads)
            )
            return None
        fault = self._size_fault(tree, span)
        if fault is not None:
            self.found.append(fault)
            return None
        return tree

    def _size_fault(self, tree: Tree, span: Span) -> Diagnostic | None:
        """Return what is too deep or too long to be worked with. No recursion: this is what makes recursion safe."""
        level: list[Tree] = [tree]
        depth = 0
        while level:
            depth += 1
            if depth > MAX_LEVELS:
                return size_faults.too_many_levels(self.source, span, MAX_LEVELS)
            for item in level:
                text = item.text if isinstance(item, Leaf) and item.kind in ("NUMBER", "PERCENT") else ""
                if sum(map(str.isdigit, text)) > MAX_DIGITS:
                    return size_faults.number_too_long(self.source, item.span, MAX_DIGITS)
                if isinstance(item, Node) and len(item.children) > MAX_ITEMS:
                    return size_faults.too_many_items(self.source, item.span, MAX_ITEMS)
            level = [child for item in level if isinstance(item, Node) for child in item.children]
        return None

    def _told(self, span: Span) -> bool:
        """Whether a quote is left open in a slice: that it cannot be read follows from it."""
        return any(
            item.code == "unclosed-quote" and span.start <= item.places[0].span.start < span.end for item in self.found
        )

    def _reads(self, start: str, text: str) -> bool:
        """Whether another text could be read."""
        self.tries += 1
        return not isinstance(
            self.grammar.automaton.parse(text, 0, start, lambda kind, at: Leaf(kind, "", at)), Refusal
        )

    def _without_colon(self, start: str, span: Span) -> str:
        """``满分：100`` is how people write: outside the form, a colon after the opening word means nothing."""
        piece = self.text[span.start : span.end]
        if start in ("st_field", "st_row", "st_derived", "st_pool", CLAUSE) or ":" not in piece:
            return piece
        for kind, word in self.grammar.openers:
            at = word.end(piece, 0, len(piece)) if kind == start else -1
            if at >= 0:
                while at < len(piece) and piece[at] in " \t":
                    at += 1
                if piece[at : at + 1] == ":":
                    return piece[:at] + " " + piece[at + 1 :]
        return piece


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

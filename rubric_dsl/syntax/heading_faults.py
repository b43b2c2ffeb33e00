"""A heading without points, in the author's words."""

from __future__ import annotations

from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax.grammar import Grammar

_HEADINGS = ("st_heading", "st_indicator")


def no_points(
    source: Source, text: str, grammar: Grammar, span: Span, at: int | None, expected: frozenset[str]
) -> Diagnostic | None:
    """Return the fault of a heading that ends behind its name, or goes on with its weight; None for any other text.

    ``at`` is where the refused text stands, None where the statement ends too early.
    """
    if not {"NUMBER", "SHARED"} <= expected:
        return None
    weights = tuple(word for words in grammar.words["_WEIGHT"].values() for word in words)
    if at is not None and not text.startswith(weights, at, span.end):
        return None
    end = span.end if at is None else at
    start = max(word.end(text, span.start, end) for kind, word in grammar.openers if kind in _HEADINGS)
    written = source.text[start:end]
    name = written.strip(" \t:：")
    first = start + written.find(name)
    shown = name.strip("“”\"'")
    return Diagnostic(
        "no-points",
        "error",
        "rule",
        Text(f"“{shown}”没有写分值", f"'{shown}' has no points"),
        (Place(source, Span(first, first + len(name))),),
        hint=Text("在名称后面写分值，如：10分", "write the points after the name, for example: 10"),
    )

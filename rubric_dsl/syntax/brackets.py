"""Brackets without a partner, and where the partner can stand."""

from __future__ import annotations

import re
from collections.abc import Callable

from rubric_dsl.diagnostics import Diagnostic, Fix, Place, Text
from rubric_dsl.source import Source, Span

MAX_TRIED = 300
"""In a longer text no place is tried for the missing bracket."""
_WORD = re.compile(r"[^\s()]+|[()]")


def bracket_fault(
    source: Source, text: str, span: Span, at: int, reads: Callable[[str], bool] | None
) -> Diagnostic | None:
    """Report a bracket without a partner.

    ``reads`` says whether another text could be read in the place of ``span``; None where no more is to be tried.
    """
    opened: list[int] = []
    for offset in range(span.start, span.end):
        if text[offset] == "(":
            opened.append(offset)
        elif text[offset] == ")":
            if not opened:
                message = Text("这个右括号没有对应的左括号", "this ')' closes nothing")
                return _bracket(source, offset, message, "(", _fixes(source, text, span, offset, reads))
            opened.pop()
    if opened and at >= opened[-1]:
        message = Text("这个左括号没有对应的右括号", "this '(' is never closed")
        return _bracket(source, opened[-1], message, ")", _fixes(source, text, span, opened[-1], reads))
    return None


def _bracket(source: Source, offset: int, message: Text, missing: str, fixes: tuple[Fix, ...]) -> Diagnostic:
    return Diagnostic(
        "missing-bracket",
        "error",
        "rule",
        message,
        (Place(source, Span(offset, offset + 1)),),
        hint=Text(f"补上“{missing}”", f"add the missing '{missing}'"),
        fixes=fixes,
    )


def _fixes(source: Source, text: str, span: Span, at: int, reads: Callable[[str], bool] | None) -> tuple[Fix, ...]:
    """Return the only place for the missing bracket, and leaving the other one out; nothing where places compete."""
    if reads is None or span.end - span.start > MAX_TRIED:
        return ()
    char, missing = source.text[at], ")" if text[at] == "(" else "("
    wide = {"(": "（", ")": "）"}[missing] if char in "（）" else missing
    found = [place for place in _places(text, span, at, missing) if reads(_put(text, span, place, missing))]
    if len(found) > 1:
        return ()
    fixes = [Fix(Text(f"补上“{wide}”", f"add '{wide}'"), Span(place, place), wide) for place in found]
    if reads(text[span.start : at] + " " + text[at + 1 : span.end]):
        fixes.append(Fix(Text(f"删去“{char}”", f"remove '{char}'"), Span(at, at + 1)))
    return tuple(fixes)


def _places(text: str, span: Span, at: int, missing: str) -> list[int]:
    """Return where the partner could stand: behind each word after an opening bracket, before each one before a closing one."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(text, span.start, span.end)]
    if missing == ")":
        return sorted({end for start, end in words if start > at})
    return sorted({start for start, end in words if end <= at})


def _put(text: str, span: Span, place: int, bracket: str) -> str:
    return text[span.start : place] + bracket + text[place : span.end]

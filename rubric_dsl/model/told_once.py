"""One fault, one message: what one change would mend is told once, and what follows from a fault is not told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text
from rubric_dsl.forms.shared.fixes import step_fixes
from rubric_dsl.source import Source, Span

_STEPS = "step-reading"
_UNREAD = frozenset(
    {
        "no-unit",
        "syntax",
        "unknown-unit",
        "unknown-keyword",
        "missing-bracket",
        "missing-space",
        "look-alike",
        "decimal-point",
    }
)
"""Codes of a line of the data form that could not be read: what it declares is then unknown wherever it is used."""
_DECLARED = re.compile(r"\s*(?:行|row\b|计算|derived\b|参数|parameter\b)?\s*[“\"]?")


def _without_followers(found: list[Diagnostic], source: Source) -> list[Diagnostic]:
    """Leave out that a name is unknown which a line declares that could not be read."""
    lines = {
        text[match.end() :] if (match := _DECLARED.match(text)) else text
        for item in found
        if item.code in _UNREAD and item.is_error and item.places and item.places[0].source is source
        for text in (source.line_text(item.places[0].line),)
    }

    def follows(item: Diagnostic) -> bool:
        if item.code != "unknown-name" or item.places[0].source is not source:
            return False
        name = source[item.places[0].span].partition("[")[0].strip('“”"')
        return any(line.startswith(name) and not line[len(name) : len(name) + 1].isalnum() for line in lines)

    return [item for item in found if not follows(item)]


def told_once(found: Iterable[Diagnostic], source: Source, start: Span, lang: Lang) -> tuple[Diagnostic, ...]:
    """Put the findings on part steps together: in this file, where the line belongs.

    ``start`` is where the file names the rubric: that is shown where all the rules stand in an earlier edition.
    """
    listed = _without_followers(list(found), source)
    told = [item for item in listed if item.code == _STEPS]
    own = [item for item in told if item.places[0].source is source]
    if len(told) < 2 and len(own) == len(told):  # noqa: PLR2004 - several
        return tuple(listed)
    message, count = told[0].message, len(told)
    if count > 1:
        message = Text(f"{message.zh}（{count} 处）", f"{message.en} ({count} clauses)")
    places = tuple(item.places[0] for item in own[:1]) or (Place(source, start), told[0].places[0])
    one = replace(told[0], message=message, places=places, fixes=step_fixes(source, lang))
    return (*(item for item in listed if item.code != _STEPS), one)

"""Diagnostics for a terminal: code, message, the line as written with carets, then what to do."""

from __future__ import annotations

import unicodedata

from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text
from rubric_dsl.syntax.characters import INVISIBLE

_SEVERITY = {"error": Text("错误", "error"), "warning": Text("提醒", "warning"), "info": Text("说明", "info")}
_WIDTH = 96


def diagnostic_text(diagnostic: Diagnostic, lang: Lang) -> str:
    """Write one diagnostic as lines of text."""
    head = f"{_SEVERITY[diagnostic.severity].to(lang)} {diagnostic.code}  {safe(diagnostic.message.to(lang))}"
    lines = [head]
    for index, place in enumerate(diagnostic.places):
        lines.extend(_place(place, lang, first=index == 0))
    notes = (
        (Text("", ""), diagnostic.witness),
        (Text("影响：", "matters: "), diagnostic.why),
        (Text("可以：", "instead: "), diagnostic.hint),
    )
    lines.extend(f"  = {label.to(lang)}{safe(text.to(lang))}" for label, text in notes if text is not None)
    return "\n".join(lines)


def _place(place: Place, lang: Lang, *, first: bool) -> list[str]:
    from wcwidth import wcswidth

    line, column = place.line, place.column
    corner = "┌─" if first else "├─"
    where = Text(f"{place.source.name} 第 {line} 行第 {column} 列", f"{place.source.name} line {line} column {column}")
    written = place.source.line_text(line)
    length = max(1, min(place.span.end - place.span.start, len(written) - column + 1))
    shown, before = _cut(written, column - 1)
    number = str(line)
    caret = " " * max(0, wcswidth(before)) + "━" * max(1, wcswidth(safe(written[column - 1 : column - 1 + length])))
    label = place.label.to(lang)
    return [
        f"{' ' * len(number)} {corner} {safe(where.to(lang))}",
        f"{number}│ {shown}",
        f"{' ' * len(number)}│ {caret[: _WIDTH + 10]} {label}".rstrip(),
    ]


def _cut(written: str, column: int) -> tuple[str, str]:
    """Return the part of a line to show and what stands before the caret in it."""
    start = max(0, column - _WIDTH // 2) if len(written) > _WIDTH else 0
    lead = "…" if start else ""
    tail = "…" if len(written) > start + _WIDTH else ""
    return lead + safe(written[start : start + _WIDTH]) + tail, lead + safe(written[start:column])


def safe(text: str) -> str:
    """Return a text that cannot move a terminal's cursor: control characters, tabs and invisible ones are replaced."""
    return "".join(_plain(char) for char in text)


def _plain(char: str) -> str:
    if char in "\t\n":
        return " "
    if char in INVISIBLE:
        return ""
    # Control, surrogate and line-separator characters; of the format characters, those that turn the writing round.
    return "\ufffd" if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp", "Cf"} else char


def summary_text(diagnostics: tuple[Diagnostic, ...], lang: Lang) -> str:
    """Count errors and warnings in one line."""
    errors = sum(1 for item in diagnostics if item.severity == "error")
    warnings = sum(1 for item in diagnostics if item.severity == "warning")
    if lang == "zh":
        return f"{errors} 个错误，{warnings} 个提醒"
    return f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"

"""Diagnostics for a terminal: code, message, the line as written with carets, then what to do."""

from __future__ import annotations

import unicodedata
from functools import cache

from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Text, same
from rubric_dsl.syntax.characters import INVISIBLE

_SEVERITY = {"error": Text("错误", "error"), "warning": Text("提醒", "warning"), "info": Text("说明", "info")}
WIDTH = 100
"""Columns of a rendered diagnostic where no terminal says otherwise."""
_LEAST = 20


def diagnostic_text(diagnostic: Diagnostic, lang: Lang, width: int = WIDTH) -> str:
    """Write one diagnostic as lines of text; source lines are cut around the carets to ``width`` columns."""
    lines = [_head(diagnostic, lang)]
    for index, place in enumerate(diagnostic.places):
        lines.extend(_place(place, lang, width, first=index == 0))
    lines.extend(f"  = {label.to(lang)}{safe(text.to(lang))}" for label, text in _notes(diagnostic, fixes=True))
    return "\n".join(lines)


def plain_text(diagnostic: Diagnostic, lang: Lang) -> str:
    """Write what a diagnostic says without its places and fixes: the message, then a line for each note."""
    notes = [f"{label.to(lang)}{text.to(lang)}" for label, text in _notes(diagnostic, fixes=False)]
    return "\n".join(safe(line) for line in (diagnostic.message.to(lang), *notes))


_WHY, _HINT, _FIX = Text("影响：", "matters: "), Text("可以：", "instead: "), Text("改法：", "fix: ")
_ACCEPTED, _REASON = Text("（已接受）", " (accepted)"), Text("已接受，理由：", "accepted, because: ")
_SAFE, _UNSAFE = Text("（不影响得分）", " (changes no score)"), Text("（可能改变得分）", " (may change scores)")


def _head(diagnostic: Diagnostic, lang: Lang) -> str:
    accepted = "" if diagnostic.accepted is None else _ACCEPTED.to(lang)
    return f"{_SEVERITY[diagnostic.severity].to(lang)}{accepted} {diagnostic.code}  {safe(diagnostic.message.to(lang))}"


def _notes(diagnostic: Diagnostic, *, fixes: bool) -> list[tuple[Text, Text]]:
    notes = [(Text("", ""), diagnostic.witness), (_WHY, diagnostic.why)]
    if diagnostic.accepted is not None:
        return [*((label, text) for label, text in notes if text is not None), (_REASON, same(diagnostic.accepted))]
    told = next((fix_words(fix) for fix in diagnostic.fixes if fixes and fix.words == diagnostic.hint), diagnostic.hint)
    notes.append((_HINT, told))
    if fixes:
        notes += [(_FIX, fix_words(fix)) for fix in diagnostic.fixes if fix.words != diagnostic.hint]
    return [(label, text) for label, text in notes if text is not None]


def fix_words(fix: Fix) -> Text:
    """Say what a fix does, and whether it can change a score."""
    tail = _SAFE if fix.safe else _UNSAFE
    return Text(fix.words.zh + tail.zh, fix.words.en + tail.en)


def _where(place: Place, lang: Lang) -> str:
    name, line, column = place.source.name, place.line, place.column
    return safe(Text(f"{name} 第 {line} 行第 {column} 列", f"{name} line {line} column {column}").to(lang))


def _place(place: Place, lang: Lang, width: int, *, first: bool) -> list[str]:
    number = str(place.line)
    margin = " " * len(number)
    shown, carets = _shown(place, max(_LEAST, width - len(number) - 2))
    return [
        f"{margin} {'┌─' if first else '├─'} {_where(place, lang)}",
        f"{number}│ {shown}",
        f"{margin}│ {carets} {safe(place.label.to(lang))}".rstrip(),
    ]


def _shown(place: Place, room: int) -> tuple[str, str]:
    """Return what is shown of the first line, and the carets below it; the start of the span is always in sight."""
    line = place.source.line_text(place.line)
    at = min(place.column - 1, len(line))
    # A line may be the whole file: only what can be shown is measured.
    first, last = max(0, at - _FAR * room), min(len(line), at + _FAR * room)
    written, begin = line[first:last], at - first
    end = min(begin + place.span.end - place.span.start, len(written))
    left, right = _window([columns_of(safe(char)) for char in written], begin, room)
    lead, tail = "…" * (left > 0 or first > 0), "…" * (right < len(written) or last < len(line))
    before = columns_of(lead + safe(written[left:begin]))
    below = max(1, columns_of(safe(written[begin : min(end, right)])))
    return lead + safe(written[left:right]) + tail, " " * before + "━" * below


_FAR = 4
"""So many characters for each column of the room are looked at on each side: some take none."""


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    widths = list(map(_width_alone, text))
    if all(widths):
        return sum(widths)
    from wcwidth import wcswidth

    return max(0, wcswidth(text))


_ALONE = (
    ("\x20", "\x7e"),
    ("\u4e00", "\u9fff"),
    ("\xa1", "\u02ff"),
    ("\u2010", "\u25ff"),
    ("\u3000", "\u30ff"),
    ("\uff01", "\uff5e"),
)
"""Latin letters, signs, kana, Chinese characters. For all else wcwidth is asked, which takes longer to import than to ask."""


@cache
def _width_alone(char: str) -> int:
    """Return how wide a character is whatever stands beside it; 0 where that is not known here."""
    if not any(first <= char <= last for first, last in _ALONE):
        return 0
    if unicodedata.category(char)[0] in "MCZ" and char not in "\x20\u3000":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _window(columns: list[int], begin: int, room: int) -> tuple[int, int]:
    """Return which characters fit into ``room`` columns: a third of it before ``begin``, the rest from there on."""
    if sum(columns) <= room:
        return 0, len(columns)
    room -= 2  # both ellipses
    left = _back(columns, begin, room // 3)
    right, used = left, 0
    while right < len(columns) and used + columns[right] <= room:
        used += columns[right]
        right += 1
    return (left, right) if right < len(columns) else (_back(columns, right, room), right)


def _back(columns: list[int], begin: int, room: int) -> int:
    """Return how far back from ``begin`` the characters fit into ``room`` columns."""
    left, used = begin, 0
    while left > 0 and used + columns[left - 1] <= room:
        left -= 1
        used += columns[left]
    return left


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
    warnings = sum(1 for item in diagnostics if item.severity == "warning" and item.accepted is None)
    accepted = sum(1 for item in diagnostics if item.accepted is not None)
    if lang == "zh":
        return f"{errors} 个错误，{warnings} 个提醒" + (f"，{accepted} 个已接受" if accepted else "")
    tail = f", {accepted} accepted" if accepted else ""
    return f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}{tail}"

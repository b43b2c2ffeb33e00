"""The official table on a terminal: columns align under double-width text, the first and the last one wrap."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rubric_dsl.diagnostics import Lang
from rubric_dsl.evaluate.result import Result
from rubric_dsl.records import dataclass
from rubric_dsl.report.diagnostics_text import columns_of, safe
from rubric_dsl.report.table import TableRow, closing, has_claims, header, rows

_PIPED_WIDTH = 120
_LEAST_WIDTH = 60
_LEAST_COLUMN = 10
_GAP = "   "
_BOLD, _RED, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class _Line:
    """A row as it is shown: its cells, how far the first is set in, whether it is bold, which cell is red."""

    cells: tuple[str, ...]
    indent: int = 0
    bold: bool = False
    red: int | None = None


def result_table(result: Result, lang: Lang) -> str:
    """Write one result: title, table, and the lines below it."""
    title = safe(f"{result.subject}  {result.rubric} {result.edition}".strip())
    claims = has_claims(result)
    lines = [_shown(row, claims=claims) for row in rows(result, lang)]
    return _printed(title, header(lang, claims=claims), lines, closing(result, lang))


def plain_table(title: str, titles: Sequence[str], cells: Iterable[Sequence[str]], lines: Iterable[str]) -> str:
    """Write a table of text; the first and the last column wrap, those between stand to the right."""
    return _printed(title, titles, [_Line(tuple(row)) for row in cells], lines)


def _shown(row: TableRow, *, claims: bool) -> _Line:
    cells, red = row.cells, None
    if claims and row.differs:
        red = 4
        cells = (*cells[:red], cells[red] + " ≠", *cells[red + 1 :])
    return _Line(cells, 2 * row.level, row.kind == "section", red)


def _printed(title: str, titles: Sequence[str], table: Sequence[_Line], below: Iterable[str]) -> str:
    terminal = sys.stdout.isatty()
    width = max(_LEAST_WIDTH, shutil.get_terminal_size((_PIPED_WIDTH, 24)).columns) if terminal else _PIPED_WIDTH
    colour = terminal and not os.environ.get("NO_COLOR")
    widths = _widths([_Line(tuple(titles)), *table], width - 1)

    def drawn(line: _Line) -> Iterator[str]:
        for text in _row(line, widths, colour=colour):
            yield f"{_BOLD}{text}{_PLAIN}" if colour and line.bold else text

    found = list(wrapped(title, width)) if title else []
    found += ["", *drawn(_Line(tuple(titles), bold=True)), " " + "─" * (width - 2)]
    found += [text for line in table for text in drawn(line)]
    found.append("")
    for line in below:
        found += [f"{_BOLD}{text}{_PLAIN}" if colour else text for text in wrapped(line, width)]
    return "\n".join(found) + "\n"


def _widths(table: Sequence[_Line], width: int) -> list[int]:
    """Return each column's width: those between as wide as their text; the first and the last share what is left."""
    natural = [max(map(columns_of, column), default=0) for column in zip(*(line.cells for line in table), strict=True)]
    natural[0] = max(line.indent + columns_of(line.cells[0]) for line in table)
    if len(natural) == 1:
        return [width - 1]
    room = width - 1 - sum(natural[1:-1]) - len(_GAP) * (len(natural) - 1)
    first = min(natural[0], max(_LEAST_COLUMN, room * 2 // 5, room - natural[-1]))
    return [first, *natural[1:-1], max(_LEAST_COLUMN, room - first)]


def _row(line: _Line, widths: Sequence[int], *, colour: bool) -> Iterator[str]:
    """Yield the lines of a row."""
    last = len(widths) - 1
    indent = " " * min(line.indent, widths[0] // 2)
    parts = [[cell] for cell in line.cells]
    parts[0] = [indent + text for text in wrapped(line.cells[0], widths[0] - len(indent))]
    if last:
        parts[last] = list(wrapped(line.cells[last], widths[last]))
    for place in range(max(map(len, parts))):
        texts = []
        for column, part in enumerate(parts):
            text = part[place] if place < len(part) else ""
            filled = " " * max(0, widths[column] - columns_of(text))
            if colour and text and column == line.red:
                text = f"{_RED}{text}{_PLAIN}{_BOLD if line.bold else ''}"
            texts.append(filled + text if 0 < column < last else text + filled)
        yield (" " + _GAP.join(texts)).rstrip()


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield a text as lines of so many columns: broken at a space, beside a wide character, or else anywhere."""
    line, used = "", 0
    for piece in _pieces(text):
        parts = [piece] if columns_of(piece.strip()) <= width else piece
        for part in parts:
            if line and used + columns_of(part) > width:
                yield line.rstrip()
                line, used = "", 0
            added = part if line else part.lstrip(" ")
            line, used = line + added, used + columns_of(added)
    yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """Yield what is not broken: a word with the space before it, a wide character with the closing signs behind it."""
    start = 0
    for at in range(1, len(text)):
        before, after = text[at - 1], text[at]
        wide = unicodedata.east_asian_width(before) in "WF" or unicodedata.east_asian_width(after) in "WF"
        joined = unicodedata.category(after) in {"Pe", "Pf", "Po"} or unicodedata.category(before) in {"Ps", "Pi"}
        if (after == " " != before) or (wide and not joined and before != " "):
            yield text[start:at]
            start = at
    yield text[start:]

"""The cells of a table as text, each with its place: commas, semicolons or tabs, quotes as in RFC 4180."""

# The standard library's csv reader is not used: it gives neither the place of a cell nor a fault for a stray or
# open quote, and a department could not be told which cell to mend.

from __future__ import annotations

import re
from collections.abc import Iterator

from rubric_dsl.data import faults as say
from rubric_dsl.data import table_faults as tell
from rubric_dsl.data.faults import Faults, StoppedError
from rubric_dsl.data.tree import MAX_SCALAR, tidy
from rubric_dsl.diagnostics import Place
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source, Span

MAX_CELLS = 400_000
"""A table may hold this many cells, blank ones included."""

_BLANK_LINES = re.compile(r"[ \t\u3000\r\n\ufeff]*[\r\n]|\ufeff")
_FIRST_RECORD = re.compile(r'(?:[^"\r\n]|"[^"]*+")*+')
_QUOTES = re.compile(r'"[^"]*"')
_QUOTED = re.compile(r'[ \u3000]*"([^"]*+(?:""[^"]*+)*+)"[ \u3000]*')
_OPENING = re.compile(r'[ \u3000]*"')
_LINE_END = re.compile(r"\r\n|\r|\n")
_REST = re.compile(r"[^\r\n]*")
_SEPARATORS = ",;\t"
LIKE_FORMULA = "[=+\\-@＝＋－＠\t\r\n]"
"""What a spreadsheet takes for the beginning of a formula, or leaves out before one."""
_TO_GUARD = re.compile(f"'*{LIKE_FORMULA}")
_GUARDED = re.compile(f"'+{LIKE_FORMULA}")
_SIGNED_NUMBER = re.compile(r"[+-][0-9][0-9,.]*%?")
_WIDE_SEPARATORS = "，；"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its trimmed text, and the characters that it takes in the file, quotes included."""

    text: str
    place: Place
    is_guarded: bool = False
    """Whether it is a text that only looks like a formula; see :func:`guarded`."""


def guarded(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula: with ``'`` before it where it begins like one."""
    return f"'{text}" if _TO_GUARD.match(text) and not _SIGNED_NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Return the text of which :func:`guarded` made a cell."""
    return text[1:] if _GUARDED.match(text) else text


Row = tuple[Cell, ...]


def looks_like_table(text: str) -> bool:
    """Whether a text without a telling name is a table: its first line has a separator, and no sign of YAML."""
    first = _bare(text, _start(text))
    yaml = any(char in first for char in ":：") or tidy(first)[:1] in ("#", "{", "[", "-")
    return any(char in first for char in _SEPARATORS) and not yaml


def read_rows(source: Source, faults: Faults) -> Iterator[Row]:
    """Yield the rows that can be read; a row with a misplaced quote is reported and left out.

    Raises:
        StoppedError: a fault after which nothing more can be read; it is among ``faults``.
    """
    start = _start(source.text)
    return _Reader(source, _separator(source, start, faults), start, faults).rows()


def _start(text: str) -> int:
    """Return where the first line begins that holds anything."""
    index = 0
    while (match := _BLANK_LINES.match(text, index)) is not None:
        index = match.end()
    return index


def _bare(text: str, start: int) -> str:
    """Return the first line without its quoted cells."""
    match = _FIRST_RECORD.match(text, start)
    return _QUOTES.sub("", match[0]) if match is not None else ""


def _separator(source: Source, start: int, faults: Faults) -> str:
    first = _bare(source.text, start)
    found = [char for char in _SEPARATORS if char in first]
    if len(found) > 1 or (not found and any(char in first for char in _WIDE_SEPARATORS)):
        end = start + len(_rest(source.text, start))
        faults.add(tell.separator_unclear(Place(source, Span(start, end)), several=bool(found)))
        raise StoppedError
    return found[0] if found else ","


def _rest(text: str, start: int) -> str:
    match = _REST.match(text, start)
    return match[0] if match is not None else ""


class _Reader:
    """Walks over the text cell by cell; nothing but the current row is kept."""

    def __init__(self, source: Source, separator: str, start: int, faults: Faults) -> None:
        self._source = source
        self._text = source.text.removesuffix("\x1a")
        self._separator = separator
        self._plain = re.compile(f"[^{re.escape(separator)}\r\n]*")
        self._faults = faults
        self._at = start
        self._count = 0

    def rows(self) -> Iterator[Row]:
        """Yield row by row.

        Raises:
            StoppedError: see ``read_rows``.
        """
        while self._at < len(self._text):
            row = self._row()
            if row is not None:
                yield row

    def _row(self) -> Row | None:
        """Return the next row, None when it was reported."""
        cells: list[Cell] = []
        sound = more = True
        while more:
            cell = self._cell()
            sound &= cell is not None
            if cell is not None:
                cells.append(cell)
            more = self._text[self._at : self._at + 1] == self._separator
            self._at += more
        end = _LINE_END.match(self._text, self._at)
        self._at = end.end() if end is not None else self._at
        return tuple(cells) if sound else None

    def _cell(self) -> Cell | None:
        self._count += 1
        if self._count > MAX_CELLS:
            self._faults.add(say.too_large(self._place(self._at, self._at), MAX_CELLS))
            raise StoppedError
        start = self._at
        if _OPENING.match(self._text, start) is not None:
            return self._quoted(start)
        match = self._plain.match(self._text, start)
        self._at = match.end() if match is not None else start
        return self._kept(self._text[start : self._at], start)

    def _quoted(self, start: int) -> Cell | None:
        match = _QUOTED.match(self._text, start)
        if match is None:
            self._faults.add(tell.quote_open(self._place(start, start + 1)))
            raise StoppedError
        self._at = match.end()
        if self._text[self._at : self._at + 1] in ("", "\r", "\n", self._separator):
            return self._kept(match[1].replace('""', '"'), start)
        self._faults.add(tell.quote_inside(self._place(self._at, self._at + 1)))
        self._at += len(_rest(self._text, self._at))
        return None

    def _kept(self, text: str, start: int) -> Cell | None:
        if len(text) <= MAX_SCALAR:
            shown = tidy(text)
            own = unguarded(shown)
            return Cell(own, self._place(start, self._at), own != shown)
        self._faults.add(say.too_long(self._place(start, self._at), MAX_SCALAR))
        return None

    def _place(self, start: int, end: int) -> Place:
        return Place(self._source, Span(start, min(end, len(self._source.text))))

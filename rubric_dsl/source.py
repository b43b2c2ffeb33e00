"""Source text: decoding, spans, and lines and columns counted in characters."""

from __future__ import annotations

import os
import re
import stat
from array import array
from bisect import bisect_right
from dataclasses import field
from pathlib import Path

from rubric_dsl.records import dataclass

_LINE_END = re.compile(r"\r\n?|\n")
"""A lone CR ends a line too."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")

MAX_BYTES = 8 * 1024 * 1024
"""A source file may hold this many bytes; a larger one is refused before it is read as text."""

_AROUND = 60
"""So many characters of a line are shown before and after a span."""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of characters ``[start, end)`` of one source text."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """Return the stretch from the start of this span to the end of ``other``."""
        return Span(self.start, max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Source:
    """A named text with fast look-up of line and column.

    ``name`` is what messages call the file; ``text`` is the author's own characters, line ends included. Where it is an
    excerpt, it begins at the character ``offset`` of the file, in ``line`` and ``column``; spans are those of the file.
    """

    name: str
    text: str
    offset: int = 0
    line: int = 1
    column: int = 1
    _starts: array[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # An array, since a file may be nothing but line ends: eight million whole numbers as objects take 900 MB.
        starts = array("L", [0])
        starts.extend(match.end() for match in _LINE_END.finditer(self.text))
        object.__setattr__(self, "_starts", starts)

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 1-based ``(line, column)`` of a character offset, in characters."""
        offset -= self.offset
        line = bisect_right(self._starts, offset)
        first = self.column if line == 1 else 1
        return line + self.line - 1, offset - self._starts[line - 1] + first

    def corners(self, span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return the 1-based ``(line, column)`` of a span's first character and of the one behind its last."""
        end = min(span.end, self.offset + len(self.text))
        return self.position(min(span.start, end)), self.position(end)

    def line_text(self, line: int) -> str:
        """Return line ``line`` (1-based) without its line end; of an excerpt, what it has of the line."""
        line -= self.line - 1
        if not 0 < line <= len(self._starts):
            return ""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def __getitem__(self, span: Span) -> str:
        """Return the author's characters in ``span``."""
        return self.text[max(span.start - self.offset, 0) : max(span.end - self.offset, 0)]

    def excerpt(self, span: Span) -> Source:
        """Return a span with what stands around it on its lines, at most so much that its place can be shown."""
        (line, column), (last, _) = self.corners(span)
        own = span.start - self.offset
        start = max(self._starts[line - self.line], own - _AROUND)
        end = self._starts[last - self.line + 1] if last - self.line + 1 < len(self._starts) else len(self.text)
        text = self.text[start : max(min(end, span.end - self.offset + _AROUND), start)]
        return Source(self.name, text, start + self.offset, line, column - (own - start))


class UnreadableError(Exception):
    """A file cannot be read as text; ``reason`` is a short key that the caller puts into words."""

    def __init__(self, name: str, reason: str, detail: str = "") -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type[UnreadableError], tuple[str, str, str]]:
        return UnreadableError, (self.name, self.reason, self.detail)


def decode(data: bytes, name: str) -> str:
    """Decode a file's bytes: byte-order mark, then strict UTF-8, then GB18030.

    Guessing libraries are wrong on short GBK texts, so the ladder is fixed and says no when nothing fits.

    Raises:
        UnreadableError: too large, binary, or in no known encoding.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(name, "too-large", str(len(data)))
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if data.startswith(mark):
            return _strict(data[len(mark) :], name, (encoding,))
    if b"\x00" in data:
        raise UnreadableError(name, "binary")
    return _strict(data, name, ("utf-8", "gb18030"))


def _strict(data: bytes, name: str, encodings: tuple[str, ...]) -> str:
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _looks_binary(text):
            raise UnreadableError(name, "binary")
        return text
    raise UnreadableError(name, "encoding")


def _looks_binary(text: str) -> bool:
    # An old editor may end a file with one 0x1A; anywhere else it is as good a sign of binary data as any control.
    return _CONTROL.search(text.removesuffix("\x1a")) is not None


def _open_at_once(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to would keep an ordinary opening waiting for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_source(path: Path, name: str | None = None) -> Source:
    """Read and decode a file.

    Raises:
        UnreadableError: the file is missing, a folder, a device or pipe, not permitted, too large, or not text.
    """
    shown = name if name is not None else str(path)
    try:
        if path.is_dir():
            raise UnreadableError(shown, "folder")
        with open(path, "rb", opener=_open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UnreadableError(shown, "special")
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableError(shown, "not-found") from None
    except (OSError, ValueError) as error:
        raise UnreadableError(shown, "not-readable", type(error).__name__) from None
    return Source(shown, decode(data, shown))

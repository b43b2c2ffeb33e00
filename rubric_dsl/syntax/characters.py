"""What a Chinese input method produces, mapped one character to one onto its ASCII twin."""

from __future__ import annotations

import re
from functools import lru_cache

from rubric_dsl.records import dataclass
from rubric_dsl.source import Span

MAX_STRING = 20_000
"""A quoted text may hold this many characters."""

MAX_UNCLOSED = 20
"""After this many quotes that are never closed, no further ones are looked for: each search may be long."""

_TWINS = {
    **{chr(0xFF01 + index): chr(0x21 + index) for index in range(94)},
    **dict(zip("，；。：（）【】［］、～　−–×÷≦≧〈〉｛｝", ",;;:()[][],~ --*/≤≥<>{}", strict=True)),
    "＂": '"',
    "\u00a0": " ",
    "＃": "#",
}
_TABLE = str.maketrans({key: value for key, value in _TWINS.items() if key != value})
_CLOSERS = {'"': '"', "“": "”"}
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
"""Zero-width characters: they end up in pasted text and mean nothing."""
_FOLDED = {**_TABLE, **{ord(char): None for char in INVISIBLE}, ord("“"): '"', ord("”"): '"'}
_TELLING = re.compile('["“＂#＃]')
_IN_STRING = {'"': re.compile(r'["\\]'), "“": re.compile("[“”]")}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A text of the same length as the source, in which only quoted texts keep the author's characters.

    ``comments`` are blanked out in ``text``; ``strings`` and ``comments`` are in order; ``unclosed`` holds the
    opening quotes that are never closed.
    """

    text: str
    strings: tuple[Span, ...]
    comments: tuple[Span, ...]
    unclosed: tuple[int, ...]


def twin(text: str) -> str:
    """Map input-method characters to their ASCII twins, one to one."""
    return text.translate(_TABLE)


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Return the canonical spelling of a name: width and quote shape do not tell two names apart."""
    return " ".join(name.translate(_FOLDED).split())


def map_characters(source: str) -> Mapped:
    """Map a whole source text; one pass, linear in its length."""
    pieces: list[str] = []
    strings: list[Span] = []
    comments: list[Span] = []
    unclosed: list[int] = []
    start = 0
    while (found := _TELLING.search(source, start)) is not None:
        index = found.start()
        if found.group() not in "#＃" and len(unclosed) >= MAX_UNCLOSED:
            pieces.append(twin(source[start : index + 1]))
            start = index + 1
            continue
        if found.group() not in "#＃":
            end = _string_end(source, index)
            if end is None:
                unclosed.append(index)
                end = _line_end(source, index)
            pieces.append(twin(source[start:index]))
            pieces.append(source[index:end])
            strings.append(Span(index, end))
        else:
            end = _line_end(source, index)
            pieces.append(twin(source[start:index]))
            pieces.append(" " * (end - index))
            comments.append(Span(index, end))
        start = end
    pieces.append(twin(source[start:]))
    return Mapped("".join(pieces), tuple(strings), tuple(comments), tuple(unclosed))


def _line_end(source: str, index: int) -> int:
    ends = [found for found in (source.find("\n", index), source.find("\r", index)) if found >= 0]
    return min(ends, default=len(source))


def _string_end(source: str, start: int) -> int | None:
    """Return the offset behind the closing quote; curly quotes nest, as official names hold them."""
    opener = source[start]
    closer = _CLOSERS.get(opener)
    if closer is None:
        return None
    depth, index = 0, start
    limit = min(len(source), start + MAX_STRING)
    while (found := _IN_STRING[opener].search(source, index, limit)) is not None:
        char, index = found.group(), found.end()
        if char == "\\":
            index += 1
        elif char == opener and (opener != closer or index == start + 1):
            depth += 1
        else:
            depth -= 1
            if depth <= 0:
                return index
    return None

"""What a Chinese input method produces, mapped one character to one onto its ASCII twin."""

from __future__ import annotations

from rubric_dsl.records import dataclass
from rubric_dsl.source import Span

MAX_STRING = 20_000
"""A quoted text may hold this many characters."""

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


def fold(name: str) -> str:
    """Return the canonical spelling of a name: width and quote shape do not tell two names apart."""
    folded = twin(name).translate({ord(char): None for char in INVISIBLE})
    return " ".join(folded.replace("“", '"').replace("”", '"').split())


def map_characters(source: str) -> Mapped:
    """Map a whole source text; one pass, linear in its length."""
    pieces: list[str] = []
    strings: list[Span] = []
    comments: list[Span] = []
    unclosed: list[int] = []
    index = start = 0
    while index < len(source):
        char = source[index]
        if char in _CLOSERS or char == "＂":
            end = _string_end(source, index)
            if end is None:
                unclosed.append(index)
                end = _line_end(source, index)
            pieces.append(twin(source[start:index]))
            pieces.append(source[index:end])
            strings.append(Span(index, end))
            index = start = end
        elif char in "#＃":
            end = _line_end(source, index)
            pieces.append(twin(source[start:index]))
            pieces.append(" " * (end - index))
            comments.append(Span(index, end))
            index = start = end
        else:
            index += 1
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
    depth = 0
    index = start
    limit = min(len(source), start + MAX_STRING)
    while index < limit:
        char = source[index]
        if char == "\\" and opener == '"':
            index += 1
        elif char == opener and opener != closer:
            depth += 1
        elif char == closer and (opener != closer or index > start):
            depth -= 1
            if depth <= 0:
                return index + 1
        index += 1
    return None

"""A wording cut into phrases: the longest phrase of the grammar at each place, and texts between them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from lark import Lark, Token
from lark.lexer import Lexer

from rubric_dsl.records import dataclass
from rubric_dsl.resources import read
from rubric_dsl.source import Span
from rubric_dsl.syntax.characters import INVISIBLE, twin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lark.common import LexerConf

MAX_LENGTH = 4_000
"""A wording may hold this many characters; a cell of a published table holds some hundred."""

_KEPT = frozenset("。、")
"""Signs that mean something else in a wording than in the language: a full stop, a mark between words of a list."""
_SPACE = re.compile(rf"[\s{INVISIBLE}\u3000\u00a0]+")
_WIDE = re.compile(r"[^\x00-\x7f]|[<>=~]")
"""Beside a Chinese character or a sign of comparison a space means nothing in a Chinese wording."""
_SHARED = frozenset({"_STOP", "COMMA", "MARK", "QUOTED", "REMARK"})
_TEXTS = frozenset({"HARMLESS", "QUOTED", "REMARK"})
_DASHES = str.maketrans("–—―", "---")


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A wording without the spaces that mean nothing: ``shown`` in the author's characters, ``folded`` in plain ones.

    ``places`` holds for each character where it stands in the text that was given; there is one more, for the end.
    """

    shown: str
    folded: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Return a stretch in characters of the text that was given."""
        return Span(self.places[start], self.places[end - 1] + 1 if end > start else self.places[start])


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase: its terminal without the language, its slots, its words as the author wrote them, and its place."""

    kind: str
    slots: dict[str, str]
    shown: str
    span: Span


def squeeze(text: str, *, chinese: bool) -> Squeezed:
    """Leave out invisible characters, and spaces beside a Chinese character or sign; any other run is one space."""
    shown: list[str] = []
    places: list[int] = []
    at = 0
    for space in _SPACE.finditer(text):
        shown.extend(text[at : space.start()])
        places.extend(range(at, space.start()))
        at = space.end()
        before, after = text[space.start() - 1 : space.start()], text[at : at + 1]
        plain = not space.group().strip(INVISIBLE)
        joined = plain or not before or not after or (chinese and (_WIDE.match(before) or _WIDE.match(after)))
        if not joined:
            shown.append(" ")
            places.append(space.start())
    shown.extend(text[at:])
    places.extend(range(at, len(text)))
    whole = "".join(shown)
    folded = "".join(char if char in _KEPT else twin(char) for char in whole).translate(_DASHES)
    return Squeezed(whole, folded if chinese else folded.lower(), (*places, len(text)))


def is_chinese(text: str) -> bool:
    """Whether a wording is Chinese: it holds a Chinese character."""
    return re.search(r"[\u3400-\u9fff]", text) is not None


class _Given(Lexer):
    """The phrases are cut before the parser runs: it is handed their tokens."""

    def __init__(self, conf: LexerConf) -> None:
        del conf

    def lex(self, data: list[Token]) -> Iterator[Token]:  # type: ignore[override]  # the tokens stand in for a text
        """Hand on the tokens."""
        yield from data


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one language, and the parser of what may stand beside what."""

    patterns: tuple[tuple[str, int, re.Pattern[str]], ...]
    beginning: re.Pattern[str]
    parser: Lark


@lru_cache(maxsize=2)
def phrases(start: str) -> Phrases:
    """Load the grammar of wordings for ``zh`` or ``en``, once for the process."""
    grammar = read("grammars", "wording.lark").decode("utf-8").replace("\r\n", "\n")
    parser = Lark(grammar, parser="lalr", start=[start, "stops"], strict=True, lexer=_Given)
    own = [
        (terminal.name, terminal.priority, re.compile(terminal.pattern.to_regexp()))
        for terminal in parser.terminals
        if terminal.name in _SHARED or terminal.name.endswith("_EN") == (start == "en")
    ]
    together = "|".join(f"(?:{re.sub(r'[(][?]P<[a-z_]+>', '(?:', pattern.pattern)})" for _, _, pattern in own)
    return Phrases(tuple(own), re.compile(together), parser)


def cut(text: Squeezed, start: str) -> list[Phrase]:
    """Cut a wording into phrases; commas are left out, but hold the texts on both sides together."""
    found: list[Phrase] = []
    tokens = [item for item in _tokens(text.folded, phrases(start)) if text.folded[item[2] : item[3]].strip()]
    for kind, slots, first, end in _joined(tokens):
        found.append(Phrase(kind.removesuffix("_EN"), slots, text.shown[first:end].strip(), text.span(first, end)))
    return found


_Cut = tuple[str, dict[str, str], int, int]


def _tokens(text: str, known: Phrases) -> Iterator[_Cut]:
    at = 0
    while at < len(text):
        begun = known.beginning.search(text, at)
        if begun is None:
            yield "TEXT", {}, at, len(text)
            return
        if begun.start() > at:
            yield "TEXT", {}, at, begun.start()
            at = begun.start()
        best = _longest(text, at, known)
        if best is None:
            yield "TEXT", {}, at, at + 1
            at += 1
            continue
        kind, match = best
        yield kind, {key: value for key, value in match.groupdict().items() if value is not None}, at, match.end()
        at = match.end()


def _longest(text: str, at: int, known: Phrases) -> tuple[str, re.Match[str]] | None:
    """Return the longest phrase at a place; a word of letters begins and ends where no letter stands beside it."""
    if at and text[at].isascii() and text[at].isalpha() and text[at - 1].isascii() and text[at - 1].isalnum():
        return None
    best: tuple[int, int, str, re.Match[str]] | None = None
    for kind, priority, pattern in known.patterns:
        match = pattern.match(text, at)
        if match is None or match.end() == at or _inside_word(text, match.end()):
            continue
        if kind == "REMARK" and _guarded(match.group(), known):
            continue
        if best is None or (match.end(), priority) > best[:2]:
            best = (match.end(), priority, kind, match)
    return None if best is None else (best[2], best[3])


def _inside_word(text: str, end: int) -> bool:
    """Whether a place lies inside a word of Latin letters."""
    before, after = text[end - 1], text[end : end + 1]
    return before.isascii() and before.isalpha() and after.isascii() and after.isalpha()


def _guarded(text: str, known: Phrases) -> bool:
    """Whether the words in brackets hold one that changes a meaning."""
    inner = text[1:-1]
    if inner.startswith(("含", "不含", "包括", "不包括")) and len(inner) <= len("不包括本数"):
        return True
    return any(kind not in ("TEXT", "COMMA", "_STOP", *_TEXTS) for kind, *_ in _tokens(inner, known))


def _joined(tokens: list[_Cut]) -> Iterator[_Cut]:
    """Join texts that stand side by side, or that only commas part; leave out the other commas."""
    held: _Cut | None = None
    for kind, slots, start, end in tokens:
        if kind == "COMMA":
            continue
        if kind == "TEXT" or kind.removesuffix("_EN") in _TEXTS:
            held = ("TEXT", {}, start if held is None else held[2], end)
            continue
        if held is not None:
            yield held
            held = None
        yield kind, slots, start, end
    if held is not None:
        yield held


def tokens_of(found: list[Phrase], start: str) -> list[Token]:
    """Return the phrases as tokens of the parser; a token's position is the phrase's number."""
    names = {terminal for terminal, _, _ in phrases(start).patterns}
    return [
        Token(f"{item.kind}_EN" if f"{item.kind}_EN" in names else item.kind, item.shown, start_pos=index)
        for index, item in enumerate(found)
    ]

"""What the checks of the official wording share: where a phrase stands, which names are alike, what is decided."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rubric_dsl.diagnostics import Place
from rubric_dsl.model.model import Indicator, Model, Quoted
from rubric_dsl.source import Span
from rubric_dsl.syntax.characters import fold

ALIKE = 0.7
"""From this likeness on, two different names are taken for one quantity that is named in two ways."""
_QUOTES = re.compile(r"[“”\"'‘’\s]")
_SENTENCE = re.compile(r"[^。；;\n]+")
_PIECE = re.compile(r"“([^“”]{2,})”|'([^']{2,})'|\"([^\"]{2,})\"")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of an official text, trimmed."""
    for match in _SENTENCE.finditer(text):
        yield match.group().strip()


def place_of(quoted: Quoted, phrase: str) -> Place:
    """Return where a phrase stands in the file; the whole statement where it runs over line ends."""
    source, span = quoted.place.source, quoted.place.span
    at = source.text.find(phrase, span.start, span.end) if phrase else -1
    return quoted.place if at < 0 else Place(source, Span(at, at + len(phrase)))


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same, or one is the other with something left out at an end; quotes do not count."""
    first, second = _bare(one), _bare(other)
    return bool(first and second) and (first in second or second in first)


def alike(one: str, other: str) -> bool:
    """Whether two different names are near enough to be meant for one quantity."""
    import difflib  # slow to import, and most files have no name to compare

    return difflib.SequenceMatcher(None, _bare(one), _bare(other)).ratio() >= ALIKE


def _bare(name: str) -> str:
    return _QUOTES.sub("", fold(name))


def decided(model: Model, indicator: Indicator, words: Iterable[str]) -> bool:
    """Whether a decision of the indicator, or of the whole rubric, has one of the words in its text or its reason."""
    wanted = [_bare(word) for word in words]
    return any(word in _bare(text) for text in _decisions(model, indicator) for word in wanted)


def decided_name(model: Model, indicator: Indicator, name: str) -> bool:
    """Whether a decision has a name in it, or quotes a part of it."""
    pieces = (
        piece
        for text in _decisions(model, indicator)
        for match in _PIECE.finditer(text)
        for piece in match.groups()
        if piece
    )
    return decided(model, indicator, (name,)) or any(_bare(piece) in _bare(name) for piece in pieces)


def _decisions(model: Model, indicator: Indicator) -> Iterator[str]:
    for made in (*indicator.decisions, *model.decisions):
        yield made.text
        yield made.reason

"""A row of a published table, its cells parted by tabs, and a heading with its points in brackets."""

from __future__ import annotations

import re
from collections.abc import Callable

from rubric_dsl.diagnostics import Lang
from rubric_dsl.records import dataclass
from rubric_dsl.source import Span
from rubric_dsl.syntax.leaves import leaf_written
from rubric_dsl.wording.draft import stop
from rubric_dsl.wording.phrases import cut, is_chinese, squeeze
from rubric_dsl.wording.reading import Wording

_POINTS = re.compile(r"(?P<n>\d+(?:\.\d+)?)\s*分?")
_CELL = re.compile(r"[^\t]+")
_HEADING = re.compile(
    r"\s*(?P<name>[^\s（(［\[。；;，,：:①-⑳\d][^（(［\[。；;，,：:\n]{0,39}?)\s*[（(［\[]\s*(?P<n>\d+(?:\.\d+)?)\s*(?:分|points?|marks?)\s*[)）\]］]\s*"
)
_SCORING = frozenset(
    {"GET", "POINTS", "FULL", "NOTHING", "OFF", "ADD", "PICKED", "STEP", "EACH", "PROPORTION", "UNTIL"}
)


@dataclass(frozen=True, slots=True)
class Heading:
    """An indicator's name and points."""

    name: str
    points: str
    span: Span

    def written(self, lang: Lang) -> str:
        """Return the statement that opens the indicator."""
        word, points = ("指标", f"{self.points}分") if lang == "zh" else ("indicator", self.points)
        return f"{word} {leaf_written('NAME', self.name, lang)} {points}"


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator's row: its heading, where the standard stands, and the cells beside them."""

    heading: Heading
    standard: Span
    beside: tuple[Span, ...]


def heading_of(text: str) -> Heading | None:
    """Return what a text names as an indicator with its points, ``绩效目标合理性（6分）``; None where it does not."""
    match = _HEADING.fullmatch(text)
    return None if match is None else Heading(match["name"], match["n"], Span(match.start("name"), match.end()))


def row_of(text: str, read: Callable[[str, str, str], Wording]) -> Row:
    """Return the row that a text with tabs is; ``read`` reads a cell, given the points and the name before it.

    Raises:
        StopError: it is not clear which cell is the standard, or another cell speaks of the score too.
    """
    cells = [Span(match.start(), match.end()) for match in _CELL.finditer(text) if match.group().strip(" \u3000\r\n")]
    plain = [text[cell.start : cell.end].strip(" \u3000\r\n") for cell in cells]
    found = [
        index
        for index in range(2, len(cells))
        if _number(plain[index - 1])
        and not _number(plain[index])
        and not _number(plain[index - 2])
        and read(plain[index], _points(plain[index - 1]), plain[index - 2]).outcome != "not read"
    ]
    if len(found) != 1:
        raise stop(Span(0, len(text)), "看不出哪一格是评价标准", "it is not clear which cell is the standard")
    at = found[0]
    for index in (*range(at - 1), *range(at + 1, len(cells))):
        if not _number(plain[index]) and _scores(plain[index]):
            raise stop(cells[index], "这一格也说到计分", "this cell speaks of the score too")
    name = " ".join(plain[at - 2].split())
    heading = Heading(name, _points(plain[at - 1]), Span(cells[at - 2].start, cells[at - 1].end))
    beside = tuple(cells[index] for index in range(len(cells)) if index not in (at - 2, at - 1, at))
    return Row(heading, cells[at], beside)


def _number(cell: str) -> bool:
    return _POINTS.fullmatch(cell) is not None


def _points(cell: str) -> str:
    match = _POINTS.fullmatch(cell)
    return "" if match is None else match["n"]


def _scores(cell: str) -> bool:
    chinese = is_chinese(cell)
    found = cut(squeeze(cell, chinese=chinese), "zh" if chinese else "en")
    return any(phrase.kind in _SCORING for phrase in found)

"""The points that the official wording mentions, against the indicator's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.model.model import Indicator, Model, Quoted
from rubric_dsl.model.wordings import decided, place_of
from rubric_dsl.numbers import parse_number, text_of
from rubric_dsl.syntax.characters import twin

_SAID = re.compile(
    r"(?:计|记|得|满分)\s*(?P<zh>\d+(?:\.\d+)?)\s*分|\bscor(?:es?|ing)\s+(?P<en>\d+(?:\.\d+)?)\b(?!\s*%)"
)
_CLAUSE = re.compile(r"[^。；;，,\n]+")
_FULL = re.compile(r"满分|full marks|①|每|\beach\b|\bper\b")


def wording_points(model: Model) -> tuple[Diagnostic, ...]:
    """Report each indicator whose wording gives more points than it has or, where bands alone score it, fewer."""
    found = []
    for indicator in model.indicators.values():
        for quoted in indicator.quoted:
            said = list(_said(quoted)) if quoted.kind == "wording" else []
            most = max((points for points, _ in said), default=None)
            if most is None or not _differs(indicator, quoted, most, len(said)):
                continue
            shown = text_of(most)
            if not decided(model, indicator, (f"{shown}分", f"{shown} points", "分值")):
                phrase = next(words for points, words in said if points == most)
                found.append(_diagnostic(indicator, quoted, shown, phrase))
    return tuple(found)


def _said(quoted: Quoted) -> Iterator[tuple[Fraction, str]]:
    """Yield the points that are given, each with its words; points for each of something are no full score."""
    for clause in _CLAUSE.finditer(quoted.text):
        written = clause.group()
        for match in _SAID.finditer(twin(written)):
            if "每" not in written:
                yield parse_number(match["zh"] or match["en"]), written[match.start() : match.end()]


def _differs(indicator: Indicator, quoted: Quoted, most: Fraction, mentions: int) -> bool:
    if most > max(indicator.points, indicator.ceiling):
        return True
    banded = bool(indicator.forms) and all(form.role == "case" for form in indicator.forms)
    return banded and mentions > 1 and most < indicator.points and not _FULL.search(quoted.text)


def _diagnostic(indicator: Indicator, quoted: Quoted, shown: str, phrase: str) -> Diagnostic:
    points = text_of(indicator.points)
    return Diagnostic(
        "wording-points",
        "warning",
        "wording",
        Text(
            f"{indicator.name}：原文最多计 {shown} 分，指标的分值是 {points} 分",
            f"{indicator.name}: the wording gives up to {shown} points, the indicator has {points}",
        ),
        (place_of(quoted, phrase), indicator.place),
        why=Text("按原文与按分值，得分不同", "by the wording and by the points, scores differ"),
        hint=Text(
            f"核对分值；原文如此的，写：决定 “原文的 {shown}分按分值 {points}分折算”，理由 “…”",
            f'check the points; if the wording really says so, write: decision "the wording\'s {shown} points are …", because "…"',
        ),
    )

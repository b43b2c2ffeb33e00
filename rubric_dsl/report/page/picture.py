"""The picture of a rule: its score over the measure, and where the department is."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from xml.etree.ElementTree import Element

from rubric_dsl.analysis.stretches import Stretch, edges
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.forms.base import measure_text
from rubric_dsl.numbers import shown
from rubric_dsl.report.page.element import element
from rubric_dsl.report.page.notice import Entry
from rubric_dsl.report.table import score_text

WIDTH, HEIGHT = 360, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 348, 24, 118
_APART = 62
"""So far apart, in units of the picture, are the numbers under it."""
_MARKED = 6
"""Of a rule with more stretches than this the ends are not marked one by one."""


class _Scale:
    """Places in the picture, as whole units."""

    def __init__(self, window: tuple[Fraction, Fraction], scores: tuple[Fraction, Fraction]) -> None:
        self.window, self.scores = window, scores

    def x(self, value: Fraction) -> int:
        low, high = self.window
        return round(_LEFT + (_RIGHT - _LEFT) * (value - low) / (high - low))

    def y(self, score: Fraction) -> int:
        low, high = self.scores
        return round(_BOTTOM - (_BOTTOM - _TOP) * (score - low) / (high - low))


def picture(entry: Entry, lang: Lang) -> Element | None:
    """Draw an indicator's rule; None where it is not known as a rule of the measure alone."""
    floor, ceiling = entry.indicator.floor, entry.indicator.ceiling
    if not entry.line or floor >= ceiling:
        return None
    jumps = [edge.at for edge in edges(entry.line)]
    measure = entry.item.measure
    window = _window([*jumps, *_corners(entry.line), *([] if measure is None else [measure])])
    if window is None:
        return None
    scale = _Scale(window, (floor, ceiling))
    drawn = element("svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", class_="picture")
    title = Text(f"{entry.item.name}：得分随指标值的变化", f"{entry.item.name}: the score over the measure")
    drawn.append(element("title", title.to(lang)))
    drawn.append(_path((_LEFT, _TOP - 6), (_LEFT, _BOTTOM), "axis"))
    drawn.append(_path((_LEFT, _BOTTOM), (_RIGHT, _BOTTOM), "axis"))
    drawn.extend(_label(_LEFT - 5, scale.y(score) + 4, shown(score), "end") for score in (floor, ceiling))
    for stretch in entry.line:
        drawn.extend(_stretch(stretch, scale, marked=len(entry.line) <= _MARKED))
    for value in _spread([*jumps, *_corners(entry.line)], scale):
        drawn.append(_label(scale.x(value), _BOTTOM + 15, measure_text(value, entry.indicator.kind).to(lang), "middle"))
    if measure is not None and entry.item.score is not None:
        drawn.extend(_department(entry, measure, entry.item.score, scale, lang))
    return drawn


def _corners(line: Iterable[Stretch]) -> list[Fraction]:
    """Return where slopes begin and end."""
    ends = (end.value for item in line if item.slope for end in (item.range.low, item.range.high))
    return [value for value in ends if value is not None]


def _window(values: list[Fraction]) -> tuple[Fraction, Fraction] | None:
    if not values:
        return None
    low, high = min(values), max(values)
    margin = (high - low) / 8 or abs(high) / 4 or Fraction(1)
    return low - margin, high + margin


def _stretch(item: Stretch, scale: _Scale, *, marked: bool) -> list[Element]:
    low, high = scale.window
    first = low if item.range.low.value is None else max(low, item.range.low.value)
    last = high if item.range.high.value is None else min(high, item.range.high.value)
    start, end = item.at(first), item.at(last)
    if start is None or end is None or first > last:
        return []
    begin, finish = (scale.x(first), scale.y(start)), (scale.x(last), scale.y(end))
    found = [_path(begin, finish, "rule")] if first < last else [_dot(*begin, "on")]
    if marked and first < last:
        sides = ((item.range.low, first, begin), (item.range.high, last, finish))
        found += [_dot(*spot, "off" if side.open else "on") for side, at, spot in sides if side.value == at]
    return found


def _department(entry: Entry, measure: Fraction, score: Fraction, scale: _Scale, lang: Lang) -> list[Element]:
    x, y = scale.x(measure), scale.y(score)
    at = measure_text(measure, entry.indicator.kind)
    words = Text(f"{at.zh}，{score_text(entry.item.range, 'zh')} 分", f"{at.en}, {score_text(entry.item.range, 'en')}")
    anchor = "start" if x < (_LEFT + _RIGHT) // 3 else "end" if x > (_LEFT + _RIGHT) * 2 // 3 else "middle"
    return [
        _path((x, _TOP - 6), (x, _BOTTOM), "guide"),
        element("circle", cx=str(x), cy=str(y), r="5", class_="here"),
        _label(x, _TOP - 11, words.to(lang), anchor, "here"),
    ]


def _spread(values: list[Fraction], scale: _Scale) -> list[Fraction]:
    """Return those of the values that can be written under the picture without touching each other; ends first."""
    ordered = sorted(set(values))
    kept: list[Fraction] = []
    for value in [*ordered[-1:], *ordered[:1], *ordered]:
        if all(abs(scale.x(value) - scale.x(other)) >= _APART for other in kept):
            kept.append(value)
    return sorted(kept)


def _path(begin: tuple[int, int], end: tuple[int, int], kind: str) -> Element:
    return element("path", d=f"M{begin[0]} {begin[1]}L{end[0]} {end[1]}", class_=kind)


def _dot(x: int, y: int, kind: str) -> Element:
    return element("circle", cx=str(x), cy=str(y), r="2.5", class_=kind)


def _label(x: int, y: int, text: str, anchor: str, kind: str = "label") -> Element:
    return element("text", text, x=str(x), y=str(y), text_anchor=anchor, class_=kind)

"""The bands that would close a gap, in rubric text: each with the score of the band below or above it."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.core.nodes import Branch, Const
from rubric_dsl.diagnostics import Fix, Lang, Place, Text
from rubric_dsl.formulas.kinds import Kind
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import End, Range
from rubric_dsl.records import dataclass
from rubric_dsl.source import Span
from rubric_dsl.syntax.leaves import quote
from rubric_dsl.units import POINTS_OF_RATIO, RATIO


@dataclass(frozen=True, slots=True)
class GapRow:
    """A band as written: what it claims, what it scores (None where that is no number), and where it stands."""

    claims: Range
    score: Fraction | None
    place: Place


def rows_of(bands: list[Range], branches: tuple[Branch, ...], places: tuple[Place, ...]) -> list[GapRow]:
    """Put together what is known of each band; nothing where bands and places do not go together."""
    if not len(bands) == len(branches) == len(places):
        return []
    scores = [branch.value.value if isinstance(branch.value, Const) else None for branch in branches]
    return [GapRow(*item) for item in zip(bands, scores, places, strict=True)]


def beside(gap: Range, rows: list[GapRow]) -> list[GapRow]:
    """Return the bands that end where a gap begins and begin where it ends."""
    below = next((row for row in rows if row.claims.high.value == gap.low.value and gap.low.value is not None), None)
    above = next((row for row in rows if row.claims.low.value == gap.high.value and gap.high.value is not None), None)
    return [row for row in (below, above) if row is not None]


def gap_fixes(
    gap: Range, reach: Range, rows: list[GapRow], kind: Kind | None, points: Fraction, lang: Lang
) -> tuple[Fix, ...]:
    """Return the rows that close a gap, one for each different score beside it; which is right is not for us to say.

    ``points`` are the indicator's, ``kind`` and ``reach`` its measure's.
    """
    around = beside(gap, rows)
    if not around:
        return ()
    first = min(around, key=lambda row: row.place.span.start)
    found: dict[Fraction, Fix] = {}
    for row in around:
        zh = _row(gap, reach, row.score, kind, points, "zh")
        en = _row(gap, reach, row.score, kind, points, "en")
        if zh is not None and en is not None and row.score is not None:
            words = Text(f"补上一档“{zh}”（与相邻一档同分）", f"add the band '{en}' (the score of the band beside it)")
            found.setdefault(row.score, _behind(first.place, zh if lang == "zh" else en, words, lang))
    return tuple(found.values())


def _behind(place: Place, row: str, words: Text, lang: Lang) -> Fix:
    """Put a clause behind another one: on a line of its own where that one has its own."""
    text, at = place.source.text, place.span.end
    line = text[text.rfind("\n", 0, place.span.start) + 1 : place.span.start]
    pause = f"\n{line}" if not line.strip() else " "
    return Fix(words, Span(at, at), Text("；", ";").to(lang) + pause + row)


def _row(
    gap: Range, reach: Range, score: Fraction | None, kind: Kind | None, points: Fraction, lang: Lang
) -> str | None:
    region = region_of_range(gap, reach, kind, lang)
    if region is None or score is None or "/" in text_of(score):
        return None
    if score == 0:
        return f"{region} {Text('不得分', 'no points').to(lang)}"
    if score == points:
        return f"{region} {Text('计满分', 'scores full marks').to(lang)}"
    if score < 0:
        return f"{region} {Text(f'扣{text_of(points - score)}分', f'minus {text_of(points - score)}').to(lang)}"
    return f"{region} {Text(f'计{text_of(score)}分', f'scores {text_of(score)}').to(lang)}"


def region_of_range(gap: Range, reach: Range, kind: Kind | None, lang: Lang) -> str | None:
    """Write a part of the measure's range as a band's region; an end that the measure cannot pass is left out."""
    low = None if gap.low == reach.low else gap.low.value
    high = None if gap.high == reach.high else gap.high.value
    left = None if low is None else _amount(low, kind, lang)
    right = None if high is None else _amount(high, kind, lang)
    if (low is None and high is None) or (low is not None and left is None) or (high is not None and right is None):
        return None
    if gap.known is not None:
        return f"= {left or right}"
    if right is None:
        return f"{'>' if gap.low.open else _SIGNS['>='].to(lang)} {left}"
    if left is None:
        return f"{'<' if gap.high.open else _SIGNS['<='].to(lang)} {right}"
    marks = [_mark(own=not end.open, other=not next_.open).to(lang) for end, next_ in _ends(gap)]
    return f"{left}{marks[0]}{Text(' 到 ', ' to ').to(lang)}{right}{marks[1]}"


def _ends(gap: Range) -> tuple[tuple[End, End], tuple[End, End]]:
    return (gap.low, gap.high), (gap.high, gap.low)


def _mark(*, own: bool, other: bool) -> Text:
    """Say whether an end belongs to the band; where only the other one does, nothing need be said of this one."""
    if own:
        return Text("（含）", " (included)")
    return Text("", "") if other else Text("（不含）", " (excluded)")


_SIGNS = {">=": Text("≥", ">="), "<=": Text("≤", "<=")}


def _amount(value: Fraction, kind: Kind | None, lang: Lang) -> str | None:
    """Write a value of the measure, exactly; None where rubric text has no way to."""
    if kind is not None and kind.dimension in (RATIO, POINTS_OF_RATIO, "zero"):
        number, tail = text_of(value * 100), "%"
        if kind.dimension == POINTS_OF_RATIO:
            tail = Text("个百分点", "pp").to(lang)
    else:
        number, tail = text_of(value), ""
        unit = kind.unit if kind is not None else None
        if unit is not None:
            own = unit.dimension.startswith("own:")
            tail = quote(unit.zh, lang) if own else Text(unit.zh, f" {unit.id}").to(lang)
        elif kind is not None and kind.dimension != "number":
            return None
    return None if "/" in number else number + tail

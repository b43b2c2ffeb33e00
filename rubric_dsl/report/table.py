"""A result as the official table: rows of text, for any renderer."""

from __future__ import annotations

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.result import AdjustmentResult, GradeResult, IndicatorResult, Marks, Result, ScoreRange
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.scoring.narrate import NOT_RATED, OR_NOT_RATED
from rubric_dsl.scoring.narrate import score_text as score_of_points


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; ``kind`` is section or indicator; ``differs`` marks a claim that is not the recomputed score."""

    kind: str
    cells: tuple[str, ...]
    differs: bool = False
    level: int = 0


def header(lang: Lang, *, claims: bool) -> tuple[str, ...]:
    """Return the column titles."""
    titles = [Text("指标", "indicator"), Text("分值", "points"), Text("指标值", "measure"), Text("得分", "score")]
    titles += [Text("自评", "claimed")] if claims else []
    titles += [Text("说明", "reason")]
    return tuple(title.to(lang) for title in titles)


def score_text(range_: ScoreRange, lang: Lang) -> str:
    """Show a score, or the range of what it can still be, or that there is none."""
    if range_.rated is False:
        return NOT_RATED.to(lang)
    ends = (shown(range_.min), shown(range_.max)) if range_.min != range_.max else (shown(range_.min),)
    found = Text("～", " to ").to(lang).join(ends)
    return found if range_.rated else found + OR_NOT_RATED.to(lang)


def points_text(range_: ScoreRange) -> str:
    """Show the points in play; what is not rated has none."""
    return "" if range_.rated is False else shown(range_.points)


def grades_text(grade: GradeResult, lang: Lang) -> str:
    """Show the grade, or every grade that is still possible; empty where there is none to show."""
    found = Text("、", ", ").to(lang).join(grade.possible)
    return found + Text("，或没有等级", " or none").to(lang) if found and grade.rated is None else found


def rows(result: Result, lang: Lang) -> tuple[TableRow, ...]:
    """Return the rows in the rubric's order: each heading above what lies below it."""
    claims = has_claims(result)
    found: list[TableRow] = []
    opened: set[tuple[str, ...]] = set()
    sections = {(*item.path, item.name): item for item in result.sections}
    shared: set[str] = set()
    for item in result.indicators.values():
        for depth in range(1, len(item.path) + 1):
            path = item.path[:depth]
            section = sections.get(path)
            if path not in opened and section is not None:
                opened.add(path)
                cells = (safe(section.name), points_text(section.range), "", score_text(section.range, lang))
                why = section.reason.to(lang) if section.range.rated is False else ""
                said = safe(Text("；", "; ").to(lang).join(filter(None, (grades_text(section.grade, lang), why))))
                found.append(TableRow("section", (*cells, *([""] if claims else []), said), level=depth - 1))
        found.append(_indicator_row(item, lang, claims=claims, pooled=item.pool in shared))
        shared.add(item.pool)
    return tuple(found)


def _indicator_row(item: IndicatorResult, lang: Lang, *, claims: bool, pooled: bool) -> TableRow:
    points = shown(item.range.points)
    if item.pool:
        points = Text("共用", "shared").to(lang) if pooled else Text(f"共用 {points}", f"shared {points}").to(lang)
    claim = [text_of(item.claim) if item.claim is not None else ""] if claims else []
    differs = item.claim is not None and item.claim != item.score
    score = Text("不计入", "excluded").to(lang) if item.excluded else score_text(item.range, lang)
    cells = (safe(item.name), points, safe(item.measure_text.to(lang)), score, *claim, safe(item.reason.to(lang)))
    return TableRow("indicator", cells, differs, len(item.path))


def has_claims(result: Result) -> bool:
    """Whether the submission carries claimed scores."""
    return result.claimed_total is not None or any(item.claim is not None for item in result.indicators.values())


def closing(result: Result, lang: Lang) -> tuple[str, ...]:
    """Return the lines below the table: total with grade and claim, what is missing, whether the range is tight."""
    lines = [line.to(lang) for item in result.adjustments if (line := _adjustment(item, lang)) is not None]
    if result.has_total:
        lines.append(Text("，", ", ").to(lang).join(_total(result, lang)) + _claimed(result, lang))
    if result.reading:
        lines.append(Text(f"口径：{result.reading}", f"reading: {result.reading}").to(lang))
    lines += [_apart(item.name, item.marks).to(lang) for item in _disagreed(result) if item.marks is not None]
    missing = list(dict.fromkeys(key for item in result.indicators.values() for key in item.missing))
    if missing:
        lines.append(Text(f"缺 {'、'.join(missing)}", f"missing {', '.join(missing)}").to(lang))
    if not result.total.tight:
        lines.append(_WIDE.to(lang))
    return tuple(safe(line) for line in lines)


def _disagreed(result: Result) -> list[IndicatorResult]:
    """Return the indicators on which assessors differ whatever is missing, the farthest apart for their points first."""
    found = [(item.marks.least, item) for item in result.indicators.values() if item.marks is not None]
    apart = [(least / item.range.points, item) for least, item in found if least and item.range.points]
    return [item for _, item in sorted(apart, key=lambda pair: -pair[0])]


def _apart(name: str, marks: Marks) -> Text:
    """Say who is farthest from whom."""
    high = max(marks.assessors, key=lambda item: item[1])
    low = min(marks.assessors, key=lambda item: item[2])
    spread = shown(marks.least)
    least = Text("至少", "at least ") if marks.spread is None else Text("", "")
    beyond = Text("，超过允许的范围", ", more than allowed") if marks.beyond else Text("", "")
    return Text(
        f"评审专家意见不一：{name} {least.zh}相差 {spread} 分（{high[0]}：{shown(high[1])}，{low[0]}：{shown(low[2])}）{beyond.zh}",
        f"assessors differ: {name} by {least.en}{spread} ({high[0]}: {shown(high[1])}, {low[0]}: {shown(low[2])}){beyond.en}",
    )


_WIDE = Text(
    "总分的范围可能偏宽：同一个缺少的数用在多处",
    "the total's range may be wider than need be: one missing figure is used in several places",
)


def _adjustment(item: AdjustmentResult, lang: Lang) -> Text | None:
    """Show the total after an adjustment; a veto that does not hold is left out, one that is open is not."""
    if item.kind == "veto":
        if item.holds is False:
            return None
        open_ = Text("（待定）", " (open)") if item.holds is None else Text("", "")
        return Text(f"{item.words.zh}{open_.zh}", f"{item.words.en}{open_.en}")
    after = score_text(item.total, lang)
    return Text(f"{item.words.zh} → {after}", f"{item.words.en} → {after}")


def _total(result: Result, lang: Lang) -> list[str]:
    total, why = score_of_points(result.total).to(lang), result.reason
    because = Text(f"（{why.zh}）", f" ({why.en})") if result.total.rated is False else Text("", "")
    parts = [Text(f"总分 {total}{because.zh}", f"total {total}{because.en}")]
    if result.grade.rated is False:
        parts.append(Text("没有等级", "no grade"))
    elif result.grade.value is not None:
        parts.append(Text(f"等级 {result.grade.value}", f"grade {result.grade.value}"))
    elif result.grade.possible:
        possible = grades_text(result.grade, lang)
        parts.append(Text(f"等级待定：{possible}", f"grade open: {possible}"))
    return [part.to(lang) for part in parts]


def _claimed(result: Result, lang: Lang) -> str:
    total = text_of(result.claimed_total) if result.claimed_total is not None else ""
    claimed = f"{total} {result.claimed_grade}".strip()
    return Text(f"（自评 {claimed}）", f" (claimed {claimed})").to(lang) if claimed else ""

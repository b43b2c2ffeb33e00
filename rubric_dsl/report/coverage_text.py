"""The report on coverage for people: one line for each indicator, then the sums."""

from __future__ import annotations

from collections.abc import Iterator

from rubric_dsl.adequacy.coverage import Coverage, IndicatorCoverage
from rubric_dsl.adequacy.goals import KINDS, GoalKind
from rubric_dsl.diagnostics import Lang, Text

MOST_LISTED = 4
KIND_WORDS: dict[GoalKind, Text] = {
    "band": Text("档次", "bands"),
    "edge": Text("临界值", "edges"),
    "clamp": Text("封顶保底", "caps and floors"),
    "variant": Text("情形", "variants"),
    "reading": Text("口径", "readings"),
}
NEAR = Text(
    "“刚低于、刚高于”：相差不超过一个最小单位（比率 0.01 个百分点，其他数 0.01，整数 1）",
    "'just below' and 'just above': by one smallest unit at most (0.01 pp of a ratio, 0.01 of another number, 1 of a whole one)",
)


def coverage_text(found: Coverage, lang: Lang) -> str:
    """Write what examples reach and what is missing; an indicator with nothing to reach has no line."""
    lines = [line for item in found.indicators for line in _indicator(item, lang)]
    counts = [_count(found.count(kind), kind, lang) for kind in KINDS]
    summary = Text("，", ", ").to(lang).join(text for text in counts if text)
    lines.append(Text("覆盖：", "coverage: ").to(lang) + (summary or Text("没有要统计的", "nothing to count").to(lang)))
    if any(item.goal.kind == "edge" for each in found.indicators for item in each.missing):
        lines.append(NEAR.to(lang))
    lines += [note.to(lang) for note in found.notes]
    return "\n".join(lines)


def _indicator(item: IndicatorCoverage, lang: Lang) -> Iterator[str]:
    counts = [text for kind in KINDS if (text := _count(item.count(kind), kind, lang))]
    comma = Text("，", ", ").to(lang)
    missing = [goal.goal.text.to(lang) for goal in item.missing]
    if counts:
        lacking = Text("；缺 ", "; missing: ").to(lang) + _listed(missing, lang) if missing else ""
        yield f"{item.indicator.name}{Text('：', ': ').to(lang)}{comma.join(counts)}{lacking}"
    elif not item.indicator.examples:
        yield Text(f"{item.indicator.name}：没有例子", f"{item.indicator.name}: no examples").to(lang)
    by_reason: dict[str, list[str]] = {}
    for goal in item.undecided:
        reason = goal.reason.to(lang) if goal.reason is not None else ""
        by_reason.setdefault(reason, []).append(goal.goal.text.to(lang))
    left = [
        Text(f"{_listed(texts, lang)}（{reason}）", f"{_listed(texts, lang)} ({reason})").to(lang)
        for reason, texts in by_reason.items()
    ]
    left += [note.to(lang) for note in item.notes]
    if left:
        name = "" if counts or not item.indicator.examples else item.indicator.name + Text("：", ": ").to(lang)
        yield "  " + Text("未统计：", "not counted: ").to(lang) + name + Text("；", "; ").to(lang).join(left)


def _count(count: tuple[int, int], kind: GoalKind, lang: Lang) -> str:
    covered, all_of_them = count
    return f"{KIND_WORDS[kind].to(lang)} {covered}/{all_of_them}" if all_of_them else ""


def _listed(texts: list[str], lang: Lang) -> str:
    shown = Text("、", ", ").to(lang).join(texts[:MOST_LISTED])
    more = len(texts) - MOST_LISTED
    return shown + Text(f" 等 {len(texts)} 处", f" and {more} more").to(lang) if more > 0 else shown

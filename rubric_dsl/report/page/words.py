"""What the page says in words, the same for HTML and Markdown."""

from __future__ import annotations

from rubric_dsl.diagnostics import NO_TEXT, Lang, Text
from rubric_dsl.evaluate.result import IndicatorResult, Result
from rubric_dsl.forms.base import measure_text
from rubric_dsl.numbers import shown
from rubric_dsl.report.page.notice import Entry, NoticeLine, Sum
from rubric_dsl.report.table import points_text, score_text

PARTS = Text("各部分怎样合计", "how the parts add up")
LOST = Text("分丢在哪里", "where points were lost")
WORDING, NOTE, DECISION = Text("原文", "official wording"), Text("说明", "note"), Text("口径说明", "decision")
WORKING, MEASURE, NEXT = Text("计算", "working"), Text("指标值", "measure"), Text("下一档", "next")
SCORE, POINTS, CLAIM = Text("得分", "score"), Text("分值", "points"), Text("自评", "claimed")
TOTAL, GRADE, NAME = Text("总分", "total"), Text("等级", "grade"), Text("项目", "part")
FAULTS = Text("数据的问题", "faults of the data")


def status_text(item: IndicatorResult, lang: Lang) -> str:
    """Say what an indicator's score stands on, where it is not simply scored; empty where it is."""
    if item.excluded:
        return Text("不适用，不计入总分", "not applicable, not counted in the total").to(lang)
    zh, en = "、".join(item.missing), ", ".join(item.missing)
    words = {
        "scored": Text("", ""),
        "missing": Text(f"缺 {zh}", f"missing {en}"),
        "not_applicable": Text("不适用", "not applicable"),
        "override": Text("人工核定", "set by hand"),
        "invalid": Text("无法评分", "cannot be scored"),
    }
    return words[item.status].to(lang)


def indicator_score(item: IndicatorResult, lang: Lang) -> str:
    """Show an indicator's score of its points; an excluded one has none."""
    if item.excluded:
        return "—"
    return f"{score_text(item.range, lang)} / {shown(item.range.points)}"


def line_texts(line: NoticeLine, lang: Lang) -> tuple[str, str]:
    """Show the points and the score of a line of the table."""
    points = points_text(line.range)
    if line.item is None:
        return points, score_text(line.range, lang)
    if line.item.pool:
        points = Text(f"共用 {points}", f"shared {points}").to(lang)
    return points, "—" if line.item.excluded else score_text(line.range, lang)


def next_text(entry: Entry, lang: Lang) -> str | None:
    """Say why it is not the next band: where it would begin, and what it would score; None where that is not known."""
    found, measure = entry.next, entry.item.measure
    if found is None or measure is None:
        return None
    kind = entry.indicator.kind
    at, now = measure_text(found.at, kind), measure_text(measure, kind)
    if found.way == "down":
        zh, en = (f"不高于 {at.zh}", f"{at.en} or less") if found.included else (f"低于 {at.zh}", f"below {at.en}")
    else:
        zh, en = (f"不低于 {at.zh}", f"{at.en} or more") if found.included else (f"高于 {at.zh}", f"above {at.en}")
    score = shown(found.score)
    return Text(f"指标值要{zh}才得 {score} 分，现在是 {now.zh}", f"{score} would take {en}; it is {now.en}").to(lang)


def sum_text(item: Sum, lang: Lang) -> str | None:
    """Say how the parts are combined, or what they do not add up to; None where they are added and do."""
    if item.reason != NO_TEXT:
        return item.reason.to(lang)
    low, high = item.other
    if low or high:
        told = shown(low) if low == high else Text("～", " to ").to(lang).join((shown(low), shown(high)))
        return Text(
            f"各部分之和与合计差 {told}：按规则合计（共用分值、权重、封顶或舍入），不是逐项相加",
            f"the parts differ from the score by {told}: the rule combines them (shared points, weights, caps or rounding)",
        ).to(lang)
    if item.rounded:
        return Text(
            "各部分的得分四舍五入后显示，显示的数相加与合计的末位不同",
            "the parts are shown rounded: as shown, they do not add up to the last digit",
        ).to(lang)
    return None


def title(result: Result) -> str:
    """Return the page's title: the rubric and its edition."""
    return f"{result.rubric} {result.edition}".strip()

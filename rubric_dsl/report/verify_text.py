"""The report of ``rubric verify`` for people."""

from __future__ import annotations

from collections.abc import Iterator

from rubric_dsl.analysis.claims import IndicatorVerification, RubricClaim, Verification
from rubric_dsl.analysis.scores import scores_text
from rubric_dsl.analysis.stretches import Jump
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.forms.base import measure_text
from rubric_dsl.formulas.kinds import Kind
from rubric_dsl.model.model import Model
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range

MOST_EDGES = 6
_VERDICTS = {
    "proved": Text("已证明", "proved"),
    "refuted": Text("不成立", "refuted"),
    "undecided": Text("未定", "undecided"),
}


def verify_text(model: Model, report: Verification, lang: Lang) -> str:
    """Write the report: each indicator with what it can score, its edges and its claims; then the whole rubric."""
    lines: list[str] = []
    for item in report.indicators:
        lines += [*_indicator(item, model.indicators[item.name].kind, lang), ""]
    lines.append(Text("整份指标体系", "the whole rubric").to(lang))
    for claim in report.claims:
        lines += _claim(claim, lang)
    lines += ["", _summary(report, lang)]
    return "\n".join(lines)


def _indicator(item: IndicatorVerification, kind: Kind | None, lang: Lang) -> Iterator[str]:
    yield Text(f"{item.name}（{text_of(item.points)} 分）", f"{item.name} ({text_of(item.points)} points)").to(lang)
    if item.measure is not None:
        shown = range_text(item.measure, kind, lang)
        yield "  " + Text(f"指标值：{shown}", f"measure: {shown}").to(lang)
    scores = scores_text(item.scores).to(lang)
    scores += "" if item.scores.exact else Text("（至多）", " (at most)").to(lang)
    yield "  " + Text(f"能得的分：{scores}", f"scores that can be: {scores}").to(lang)
    for edge in item.edges[:MOST_EDGES]:
        yield "  " + edge_text(edge, kind, lang)
    more = len(item.edges) - MOST_EDGES
    if more > 0:
        yield "  " + Text(f"还有 {more} 个端点", f"{more} more edges").to(lang)
    if item.edges:
        steepest = max(item.edges, key=lambda edge: edge.jump)
        at = measure_text(steepest.at, kind).to(lang)
        yield "  " + Text(
            f"最陡：在 {at} 差一点就差 {text_of(steepest.jump)} 分",
            f"steepest: at {at} the smallest difference is worth {text_of(steepest.jump)} points",
        ).to(lang)
    for claim in item.claims:
        yield from _claim(claim, lang)


def edge_text(edge: Jump, kind: Kind | None, lang: Lang) -> str:
    """Write an edge: the score below it, at it and above it, and so who owns it."""
    none = Text("无得分", "no score").to(lang)
    below, on, above = (none if value is None else text_of(value) for value in (edge.below, edge.on, edge.above))
    at = measure_text(edge.at, kind).to(lang)
    return Text(
        f"端点 {at}：低一点 {below}，恰好 {on}，高一点 {above}", f"edge {at}: below {below}, at it {on}, above {above}"
    ).to(lang)


def range_text(found: Range, kind: Kind | None, lang: Lang) -> str:
    """Write a range of measures."""
    low, high = found.low, found.high
    if low.value is None and high.value is None:
        return Text("任何数", "any number").to(lang)
    a = "" if low.value is None else measure_text(low.value, kind).to(lang)
    b = "" if high.value is None else measure_text(high.value, kind).to(lang)
    if low.value is None:
        return (Text(f"小于 {b}", f"below {b}") if high.open else Text(f"{b} 及以下", f"{b} or less")).to(lang)
    if high.value is None:
        return (Text(f"大于 {a}", f"above {a}") if low.open else Text(f"{a} 及以上", f"{a} or more")).to(lang)
    ends = Text(
        f"{a}{'（不含）' if low.open else '（含）'} 到 {b}{'（不含）' if high.open else '（含）'}",
        f"{a} ({'excluded' if low.open else 'included'}) to {b} ({'excluded' if high.open else 'included'})",
    )
    return ends.to(lang)


def _claim(claim: RubricClaim, lang: Lang) -> Iterator[str]:
    verdict = _VERDICTS[claim.verdict].to(lang)
    reason = "" if claim.reason is None else Text("：", ": ").to(lang) + claim.reason.to(lang)
    yield f"  [{verdict}] {claim.text.to(lang)}{reason}"
    if claim.verdict == "refuted":
        for witness in claim.witnesses:
            english = witness.replace("，", ", ")
            yield "      " + Text(f"例：{witness}", f"for example: {english}").to(lang)


def _summary(report: Verification, lang: Lang) -> str:
    counts = {verdict: sum(1 for item in report.all_claims if item.verdict == verdict) for verdict in _VERDICTS}
    return Text(
        f"{counts['proved']} 条已证明，{counts['refuted']} 条不成立（其中 {len(report.faults)} 条是问题），{counts['undecided']} 条未定",
        f"{counts['proved']} proved, {counts['refuted']} refuted ({len(report.faults)} of them faults), {counts['undecided']} undecided",
    ).to(lang)

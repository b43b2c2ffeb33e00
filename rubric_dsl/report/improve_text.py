"""What would regain points, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.result import Result
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.report.as_json import Json, number
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.table import score_text
from rubric_dsl.review.proposals import Margin, Plan, Proposal, Waiting


def improve_lines(result: Result, proposals: Sequence[Proposal], lang: Lang) -> list[str]:
    """Write the changes by indicator, those with the most points to regain first."""
    names = list(dict.fromkeys(item.indicator for item in proposals))
    lost = {
        name: item
        for name, item in result.indicators.items()
        if item.status == "scored" and item.score is not None and item.score < item.range.points
        if item.role == "part" and not item.pool
    }
    lines: list[str] = []
    for name in [*names, *(other for other in lost if other not in names)]:
        item = result.indicators[name]
        points = text_of(item.range.points)
        lines.append(
            Text(
                f"{name}：{score_text(item.range, 'zh')} / {points} 分",
                f"{name}: {score_text(item.range, 'en')} of {points}",
            ).to(lang)
        )
        own = [proposal for proposal in proposals if proposal.indicator == name]
        lines += [f"  {_line(proposal).to(lang)}" for proposal in own]
        if not own:
            lines.append(Text("  没有一个数单独改动能提高得分", "  no figure by itself can raise it").to(lang))
    if not lines:
        lines.append(Text("没有可以补回的分", "there are no points to regain").to(lang))
    return [safe(line) for line in lines]


def _line(item: Proposal) -> Text:
    by = "" if item.change is None else f"{'+' if item.change > 0 else '−'}{shown(abs(item.change))}{item.unit}"
    if item.change is not None and item.old.endswith("%"):
        by = f"{'+' if item.change > 0 else '−'}{shown(abs(item.change) * 100)} 个百分点"
    step = f"（{by}）" if by else ""
    total = text_of(item.total)
    gain = shown(item.gain)
    zh = f"{item.key} {_minus(item.old)} → {_minus(item.new)}{step}：得 {shown(item.after)} 分（+{gain}），总分至少 {total}"
    step = f" ({by.replace(' 个百分点', ' pp')})" if by else ""
    en = f"{item.key} {_minus(item.old)} → {_minus(item.new)}{step}: scores {shown(item.after)} (+{gain}), total at least {total}"
    for name, score in item.also:
        told = "?" if score is None else shown(score)
        zh += f"；{name} 变为 {told}"
        en += f"; {name} becomes {told}"
    for words in item.broken:
        zh += f"；“{words[0]}”要一起改"
        en += f"; '{words[1]}' has to change along"
    return Text(zh, en)


def _minus(text: str) -> str:
    return text.replace("-", "−")


def margin_lines(margins: Sequence[Margin], lang: Lang) -> list[str]:
    """Write how far each figure is from losing points."""
    lines = [
        Text(
            f"  {item.indicator}：{item.key} {_minus(item.old)} → {_minus(item.new)} 时降为 {shown(item.after)} 分",
            f"  {item.indicator}: at {item.key} {_minus(item.old)} → {_minus(item.new)} it falls to {shown(item.after)}",
        ).to(lang)
        for item in margins
    ]
    return [safe(line) for line in lines]


def plan_lines(plan: Plan, goal: Fraction | str, lang: Lang) -> list[str]:
    """Write the changes that together reach a goal, or say that none were found."""
    wanted = text_of(goal) if isinstance(goal, Fraction) else f"“{goal}”"
    if plan.reached and not plan.proposals:
        return [safe(Text(f"已经达到 {wanted}", f"{wanted} is reached already").to(lang))]
    head = (
        Text(f"达到 {wanted}，一起改：", f"to reach {wanted}, together:")
        if plan.reached
        else Text(
            f"没有找到能达到 {wanted} 的改动；最多到 {text_of(plan.total)}：",
            f"nothing found reaches {wanted}; at most {text_of(plan.total)}:",
        )
    )
    lines = [head.to(lang), *(f"  {item.key} {_minus(item.old)} → {_minus(item.new)}" for item in plan.proposals)]
    grade = "" if plan.grade is None else plan.grade
    lines.append(
        Text(f"  总分 {text_of(plan.total)} {grade}", f"  total {text_of(plan.total)} {grade}").to(lang).rstrip()
    )
    return [safe(line) for line in lines]


def waiting_lines(result: Result, waiting: Sequence[Waiting], lang: Lang) -> list[str]:
    """Write which missing figures hold the most points, and whether the grade hangs on them."""
    lines = [
        Text(
            f"缺 {item.key}：涉及 {shown(item.points)} 分（{'、'.join(item.indicators)}）",
            f"missing {item.key}: {shown(item.points)} points hang on it ({', '.join(item.indicators)})",
        ).to(lang)
        for item in waiting
    ]
    if waiting and result.grade.value is not None:
        grade = result.grade.value
        lines.append(
            Text(f"等级已定：{grade}，缺的数改变不了", f"the grade is settled: {grade}, whatever is missing").to(lang)
        )
    elif waiting and result.grade.possible:
        first = waiting[0].key
        lines.append(
            Text(
                f"等级未定（{'、'.join(result.grade.possible)}）；先问 {first}",
                f"the grade is open ({', '.join(result.grade.possible)}); ask for {first} first",
            ).to(lang)
        )
    return [safe(line) for line in lines]


def improve_json(
    result: Result,
    proposals: Sequence[Proposal],
    margins: Sequence[Margin],
    waiting: Sequence[Waiting],
    plan: Plan | None,
) -> Json:
    """Return everything as plain data; exact numbers as strings."""
    found: Json = {
        "subject": result.subject,
        "total": {"min": text_of(result.total.min), "max": text_of(result.total.max)},
        "proposals": [_proposal(item) for item in proposals],
        "margins": [
            {
                "indicator": item.indicator, "figure": item.key, "old": item.old, "new": item.new,
                "change": text_of(item.change), "score": text_of(item.after),
            }
            for item in margins
        ],
        "missing": [
            {"figure": item.key, "points": text_of(item.points), "indicators": list(item.indicators)} for item in waiting
        ],
    }  # fmt: skip
    if plan is not None:
        found["plan"] = {
            "reached": plan.reached, "total": text_of(plan.total), "grade": plan.grade,
            "changes": [_proposal(item) for item in plan.proposals],
        }  # fmt: skip
    return found


def _proposal(item: Proposal) -> Json:
    return {
        "indicator": item.indicator, "figure": item.key, "old": item.old, "new": item.new, "change": number(item.change),
        "score": text_of(item.after), "gain": text_of(item.gain), "full": item.full, "total_min": text_of(item.total),
        "also": {name: number(score) for name, score in item.also}, "checks": [words[0] for words in item.broken],
    }  # fmt: skip


def moved(before: Result, after: Result, lang: Lang) -> Iterator[str]:
    """Yield a line for everything that a change moves, and nothing else: indicators, headings, total, grade."""
    for name, item in after.indicators.items():
        old = before.indicators[name]
        if (item.range, item.measure_text, item.status) != (old.range, old.measure_text, old.status):
            was, now = old.measure_text.to(lang), item.measure_text.to(lang)
            measures = f"（{was} → {now}）" if was != now else ""
            yield safe(f"{name}{measures}: {score_text(old.range, lang)} → {score_text(item.range, lang)}")
    for section, old_section in zip(after.sections, before.sections, strict=True):
        if section.range != old_section.range:
            yield safe(f"{section.name}: {score_text(old_section.range, lang)} → {score_text(section.range, lang)}")
    if after.total != before.total:
        label = Text("总分", "total").to(lang)
        yield f"{label}: {score_text(before.total, lang)} → {score_text(after.total, lang)}"
    if after.grade != before.grade:
        label = Text("等级", "grade").to(lang)
        yield safe(f"{label}: {'、'.join(before.grade.possible)} → {'、'.join(after.grade.possible)}")

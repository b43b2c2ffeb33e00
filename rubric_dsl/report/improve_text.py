"""What would regain points, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.as_json import Json, ends_json, number
from rubric_dsl.evaluate.result import Result, ScoreRange
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.table import grades_text, score_text
from rubric_dsl.review.improve import Improver
from rubric_dsl.review.proposals import Margin, Plan, Proposal, Waiting
from rubric_dsl.units import RATIO


def improve_lines(
    improver: Improver, result: Result, proposals: Sequence[Proposal], lang: Lang, names: Sequence[str] = ()
) -> list[str]:
    """Write the changes by indicator, those with the most points to regain first; ``names`` are those that were looked at."""
    found = list(dict.fromkeys(item.indicator for item in proposals))
    lost = [
        name
        for name, item in result.indicators.items()
        if improver.has_lost(item) and item.role == "part" and not item.pool and (not names or name in names)
    ]
    lines: list[str] = []
    for name in [*found, *(other for other in lost if other not in found)]:
        item = result.indicators[name]
        points = shown(item.range.points)
        lines.append(
            Text(
                f"{name}：{score_text(item.range, 'zh')} / {points} 分",
                f"{name}: {score_text(item.range, 'en')} of {points}",
            ).to(lang)
        )
        own = [proposal for proposal in proposals if proposal.indicator == name]
        lines += [f"  {_line(proposal, has_total=result.has_total).to(lang)}" for proposal in own]
        if not own:
            lines.append(
                Text("  没有找到单独改动就能改善得分的数", "  no figure was found that improves it by itself").to(lang)
            )
    if not lines:
        looked = [item for name, item in result.indicators.items() if not names or name in names]
        scored = all(item.excluded or item.score is not None for item in looked)
        said = Text("没有可以补回的分", "there are no points to regain")
        lines.append(
            (
                said
                if scored
                else Text("已定的得分没有可以补回的", "the scores that are settled have no points to regain")
            ).to(lang)
        )
    return [safe(line) for line in lines]


def _line(item: Proposal, *, has_total: bool) -> Text:
    step = _by(item)
    more = f"{'+' if item.after > item.before else '−'}{shown(item.gain)}"
    zh = f"{item.key} {_minus(item.old)} → {_minus(item.new)}{f'（{step.zh}）' if step.zh else ''}：得 {shown(item.after)} 分（{more}）"
    en = f"{item.key} {_minus(item.old)} → {_minus(item.new)}{f' ({step.en})' if step.en else ''}: scores {shown(item.after)} ({more})"
    if has_total:
        zh, en = f"{zh}，总分 {score_text(item.total, 'zh')}", f"{en}, total {score_text(item.total, 'en')}"
    for name, found in item.also:
        told = Text("不计入", "excluded") if found is None else Text(score_text(found, "zh"), score_text(found, "en"))
        zh += f"；{name} 变为 {told.zh}"
        en += f"; {name} becomes {told.en}"
    for words in item.broken:
        zh += f"；“{words[0]}”要一起改"
        en += f"; '{words[1]}' has to change along"
    return Text(zh, en)


def _by(item: Proposal) -> Text:
    """Write how far a number moves; nothing for a choice."""
    if item.change is None:
        return Text("", "")
    sign, size, unit = "+" if item.change > 0 else "−", abs(item.change), item.unit
    if unit.dimension == RATIO:
        return Text(f"{sign}{shown(size * 100)} 个百分点", f"{sign}{shown(size * 100)} pp")
    return Text(f"{sign}{shown(size)}{unit.zh}", f"{sign}{shown(size)} {unit.id}".rstrip())


def _minus(text: str) -> str:
    return text.replace("-", "−")


def margin_lines(margins: Sequence[Margin], lang: Lang) -> list[str]:
    """Write how far each figure is from a worse score."""
    lines = [
        Text(
            f"  {item.indicator}：{item.key} {_minus(item.old)} → {_minus(item.new)} 时变为 {shown(item.after)} 分",
            f"  {item.indicator}: at {item.key} {_minus(item.old)} → {_minus(item.new)} it becomes {shown(item.after)}",
        ).to(lang)
        for item in margins
    ]
    return [safe(line) for line in lines]


def plan_lines(plan: Plan, goal: Fraction | str, lang: Lang) -> list[str]:
    """Write the changes that together reach a goal, or the best that were found."""
    wanted = shown(goal) if isinstance(goal, Fraction) else Text(f"“{goal}”", f"'{goal}'").to(lang)
    if plan.reached and not plan.proposals:
        return [safe(Text(f"已经达到 {wanted}", f"{wanted} is reached already").to(lang))]
    zh, en = score_text(plan.total, "zh"), score_text(plan.total, "en")
    if plan.reached:
        head = Text(f"达到 {wanted}，一起改：", f"to reach {wanted}, together:")
    elif plan.proposals:
        head = Text(
            f"没有找到一定能达到 {wanted} 的改动；找到的最好结果是 {zh}：",
            f"no changes were found that are sure to reach {wanted}; the best found give {en}:",
        )
    else:
        head = Text(
            f"没有找到能达到 {wanted} 的改动；总分仍为 {zh}：",
            f"no changes were found that reach {wanted}; the total stays {en}:",
        )
    lines = [head.to(lang), *(f"  {item.key} {_minus(item.old)} → {_minus(item.new)}" for item in plan.proposals)]
    grades = Text(grades_text(plan.grade, "zh"), grades_text(plan.grade, "en"))
    lines.append(Text(f"  总分 {zh} {grades.zh}", f"  total {en} {grades.en}").to(lang).rstrip())
    return [safe(line) for line in lines]


def waiting_lines(result: Result, waiting: Sequence[Waiting], lang: Lang) -> list[str]:
    """Write which missing figures hold the most points, and whether the grade hangs on them."""
    lines = [
        Text(
            f"缺 {item.key}：涉及 {shown(item.points)} 分（{'、'.join(item.indicators)}）",
            f"missing {item.key}: {shown(item.points)} points depend on it ({', '.join(item.indicators)})",
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
                f"等级未定（{grades_text(result.grade, 'zh')}）；先问 {first}",
                f"the grade is open ({grades_text(result.grade, 'en')}); ask for {first} first",
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
        "total": ends_json(result.total),
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
            "reached": plan.reached, "total": number(plan.total.score), **_total_ends(plan.total),
            "grade": plan.grade.value, "grades": list(plan.grade.possible),
            "changes": [_proposal(item) for item in plan.proposals],
        }  # fmt: skip
    return found


def _total_ends(total: ScoreRange) -> Json:
    return {f"total_{end}": value for end, value in ends_json(total).items()}


def _proposal(item: Proposal) -> Json:
    return {
        "indicator": item.indicator, "figure": item.key, "old": item.old, "new": item.new, "change": number(item.change),
        "score": text_of(item.after), "gain": text_of(item.gain), "full": item.full,
        **_total_ends(item.total),
        "also": {name: None if found is None else number(found.score) for name, found in item.also},
        "also_ranges": {name: [text_of(found.min), text_of(found.max)] for name, found in item.also if found is not None},
        "checks": [words[0] for words in item.broken],
    }  # fmt: skip


def moved(before: Result, after: Result, lang: Lang) -> Iterator[str]:
    """Yield a line for everything that a change moves, and nothing else: indicators, headings, total, grade."""
    for name, item in after.indicators.items():
        old = before.indicators[name]
        if (item.range, item.measure_text, item.status) != (old.range, old.measure_text, old.status):
            was, now = old.measure_text.to(lang), item.measure_text.to(lang)
            measures = Text(f"（{was} → {now}）", f" ({was} → {now})").to(lang) if was != now else ""
            yield safe(f"{name}{measures}: {score_text(old.range, lang)} → {score_text(item.range, lang)}")
    for section, old_section in zip(after.sections, before.sections, strict=True):
        if section.range != old_section.range:
            yield safe(f"{section.name}: {score_text(old_section.range, lang)} → {score_text(section.range, lang)}")
    if after.total != before.total:
        label = Text("总分", "total").to(lang)
        yield f"{label}: {score_text(before.total, lang)} → {score_text(after.total, lang)}"
    if after.grade != before.grade:
        label = Text("等级", "grade").to(lang)
        grades = [grades_text(item.grade, lang) or Text("没有", "none").to(lang) for item in (before, after)]
        yield safe(f"{label}: {' → '.join(grades)}")

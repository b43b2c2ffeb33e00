"""An audit for people: a row for each claim, then what the objections rest on, then the verdict on the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.result import GradeResult, ScoreRange
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.table import grades_text, score_text
from rubric_dsl.review.audit import OBJECTIONS, Audit, AuditVerdict, ClaimAudit, Elsewhere, WholeAudit

VERDICTS: dict[AuditVerdict, Text] = {
    "confirmed": Text("相符", "confirmed"),
    "differs": Text("不符", "differs"),
    "unattainable": Text("不可能", "unattainable"),
    "unverifiable": Text("无法核实", "unverifiable"),
}
OFFICIAL = Text("正式口径", "official reading")


def audit_header(lang: Lang) -> tuple[str, ...]:
    """Return the column titles of the table of claims."""
    titles = (
        Text("指标", "indicator"), Text("分值", "points"), Text("自评", "claimed"), Text("复核得分", "recomputed"),
        Text("结论", "verdict"), Text("说明", "reason"),
    )  # fmt: skip
    return tuple(title.to(lang) for title in titles)


def audit_rows(audit: Audit, lang: Lang) -> list[tuple[str, ...]]:
    """Return a row for each claim, in the rubric's order."""
    return [_row(item, lang) for item in audit.claims]


def _row(item: ClaimAudit, lang: Lang) -> tuple[str, ...]:
    result = item.result
    score = Text("不计入", "excluded").to(lang) if result.excluded else score_text(result.range, lang)
    if result.score is not None and item.share not in (None, 1):
        counted = shown(result.score * item.share)
        score += Text(f"（分摊后 {counted}）", f" (shared: {counted})").to(lang)
    verdict = VERDICTS[item.verdict].to(lang)
    cells = (result.name, shown(result.range.points), text_of(item.claim), score, verdict, _reason(item).to(lang))
    return tuple(safe(cell) for cell in cells)


def _reason(item: ClaimAudit) -> Text:
    found = item.result.reason
    if item.attainable is False:
        near = [shown(score) for score in item.nearest]
        can = Text(
            f"任何数据都得不到 {text_of(item.claim)} 分（最近的是 {'、'.join(near)}）",
            f"no data can score {text_of(item.claim)} (the nearest are {', '.join(near)})",
        )
        return Text(f"{found.zh}；{can.zh}" if found.zh else can.zh, f"{found.en}; {can.en}" if found.en else can.en)
    return found


def audit_lines(audit: Audit, lang: Lang) -> list[str]:
    """Return the lines below the table: which objections are robust, what the others rest on, total and grade."""
    lines = [line.to(lang) for item in audit.claims for line in _robustness(item)]
    lines += [line.to(lang) for line in _whole(audit.whole, audit.result.grade)]
    counts = [(verdict, sum(item.verdict == verdict for item in audit.claims)) for verdict in VERDICTS]
    said = Text(
        "，".join(f"{VERDICTS[verdict].zh} {count}" for verdict, count in counts if count),
        ", ".join(f"{count} {VERDICTS[verdict].en}" for verdict, count in counts if count),
    )
    if audit.claims:
        lines.append(Text(f"{len(audit.claims)} 项自评：{said.zh}", f"{len(audit.claims)} claims: {said.en}").to(lang))
    else:
        lines.append(Text("没有各指标的自评", "no indicator has a claimed score").to(lang))
    return [safe(line) for line in lines]


def _robustness(item: ClaimAudit) -> Iterator[Text]:
    """Say what a verdict rests on; a claim that is confirmed everywhere needs no words."""
    name = item.result.name
    if item.verdict in OBJECTIONS:
        if item.robust and item.elsewhere:
            yield Text(
                f"{name}：换口径、换其他来源的数，{text_of(item.claim)} 分都不成立",
                f"{name}: {text_of(item.claim)} does not stand under any reading, with any stated figure",
            )
        for other in item.elsewhere:
            if other.agrees is not False and other.attainable is not False:
                where = _where(other)
                score = score_text(other.range, "zh"), score_text(other.range, "en")
                yield Text(f"{name}：{where.zh}得 {score[0]}", f"{name}: {where.en} it scores {score[1]}")
        can = [other for other in item.elsewhere if other.variant is None and other.attainable is not False]
        if item.attainable is False and can:
            names = [other.reading for other in can]
            yield Text(
                f"{name}：{'、'.join(names)}时，别的数据可以得 {text_of(item.claim)} 分",
                f"{name}: under {', '.join(names)} other data could score {text_of(item.claim)}",
            )
        return
    for other in item.elsewhere:
        if other.agrees is False:
            where = _where(other)
            zh, en = score_text(other.range, "zh"), score_text(other.range, "en")
            yield Text(
                f"{name}：{text_of(item.claim)} 分取决于采用的数和口径；{where.zh}得 {zh}",
                f"{name}: the {text_of(item.claim)} rests on the figures and the reading; {where.en} it scores {en}",
            )


def _where(other: Elsewhere) -> Text:
    reading = Text(f"口径“{other.reading}”，", f"under '{other.reading}', ") if other.reading else Text("", "")
    words = Text("", "") if other.variant is None else other.variant.words
    zh, en = (reading.zh + words.zh).rstrip("，"), (reading.en + (f"with {words.en}" if words.en else "")).rstrip(", ")
    return Text(f"{zh}时", en)


def _whole(whole: WholeAudit, grade: GradeResult) -> Iterator[Text]:
    if whole.verdict is not None and whole.claimed is not None:
        again = _pair(whole.total)
        verdict = VERDICTS[whole.verdict]
        more = Text("", "")
        wide = _pair(whole.envelope)
        if wide != again:
            more = Text(f"；各种口径和各来源的数都算上，{wide.zh}", f"; over all readings and stated figures {wide.en}")
        yield Text(
            f"总分：自评 {text_of(whole.claimed)}，复核得分 {again.zh}，{verdict.zh}{more.zh}",
            f"total: claimed {text_of(whole.claimed)}, recomputed {again.en}, {verdict.en}{more.en}",
        )
    if whole.adds_up is False and whole.added is not None and whole.claimed is not None:
        added = _pair(whole.added)
        yield Text(
            f"各项自评合计 {added.zh}，自评总分 {text_of(whole.claimed)}，两者不一致",
            f"the claims add up to {added.en}, the claimed total is {text_of(whole.claimed)}: they do not agree",
        )
    if whole.grade_verdict is not None:
        verdict = VERDICTS[whole.grade_verdict]
        possible, every = grades_text(grade, "zh") or "没有", whole.every_grade
        possible_en = grades_text(grade, "en") or "none"
        more = Text("", "")
        if whole.grade_verdict == "differs" and whole.claimed_grade not in every:
            more = Text(
                f"；缺的数是多少、采用哪种口径和哪个来源，都到不了“{whole.claimed_grade}”",
                f"; '{whole.claimed_grade}' is out of reach whatever is missing, under any reading, with any stated figure",
            )
        yield Text(
            f"等级：自评“{whole.claimed_grade}”，复核为 {possible}，{verdict.zh}{more.zh}",
            f"grade: claimed '{whole.claimed_grade}', recomputed {possible_en}, {verdict.en}{more.en}",
        )


def _pair(found: ScoreRange) -> Text:
    return Text(score_text(found, "zh"), score_text(found, "en"))


def summary_header(lang: Lang) -> tuple[str, ...]:
    """Return the column titles of the table over departments."""
    titles = (
        Text("单位", "department"), Text("自评", "claimed"), Text("复核得分", "recomputed"), Text("等级", "grade"),
        Text("不符", "objections"), Text("无法核实", "unverifiable"),
    )  # fmt: skip
    return tuple(title.to(lang) for title in titles)


def summary_rows(audits: Iterable[Audit], lang: Lang) -> list[tuple[str, ...]]:
    """Return a row for each department."""
    return [_summary(audit, lang) for audit in audits]


def _summary(audit: Audit, lang: Lang) -> tuple[str, ...]:
    whole = audit.whole
    claimed = "" if whole.claimed is None else text_of(whole.claimed)
    grades = grades_text(audit.result.grade, lang)
    open_ones = sum(item.verdict == "unverifiable" for item in audit.claims)
    cells = (
        audit.result.subject, f"{claimed} {whole.claimed_grade}".strip(), score_text(whole.total, lang), grades,
        str(len(audit.objections)), str(open_ones),
    )  # fmt: skip
    return tuple(safe(cell) for cell in cells)

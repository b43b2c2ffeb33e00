"""The page as one HTML file: nothing is fetched, nothing runs, every text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from xml.etree.ElementTree import Element

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.result import Result, Step
from rubric_dsl.numbers import text_of
from rubric_dsl.report.diagnostics_text import plain_text
from rubric_dsl.report.page import words as say
from rubric_dsl.report.page.element import element, extended, written
from rubric_dsl.report.page.formula import math
from rubric_dsl.report.page.notice import Entry, Notice, NoticeLine
from rubric_dsl.report.page.picture import picture
from rubric_dsl.report.page.waterfall import waterfall
from rubric_dsl.report.table import grades_text
from rubric_dsl.scoring.narrate import MEASURE_LABEL
from rubric_dsl.scoring.narrate import score_text as score_of_points
from rubric_dsl.version import VERSION


def html(notices: Sequence[Notice], lang: Lang) -> str:
    """Write the page of one submission, or of several one below the other."""
    first = notices[0].result
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content="default-src 'none'; style-src 'unsafe-inline'"),
        element("title", " ".join(part for part in (first.subject, say.title(first)) if part)),
        element("style", files(__package__).joinpath("style.css").read_text(encoding="utf-8")),
    )
    main = element("main", *(part for notice in notices for part in _notice(notice, lang)))
    page = element("html", head, element("body", main), lang="zh-CN" if lang == "zh" else "en")
    return "<!doctype html>\n" + written(page) + "\n"


def _notice(notice: Notice, lang: Lang) -> list[Element]:
    result = notice.result
    parts = [element("header", element("h1", say.title(result)), _subject(result))]
    if notice.whole:
        parts.append(_verdict(result, lang))
        parts += [element("p", line, class_="soft") for line in notice.closing]
        if notice.losses:
            parts += [element("h2", say.LOST.to(lang)), waterfall(notice.losses, result.total, lang)]
        parts += [element("h2", say.PARTS.to(lang)), _table(notice.lines, lang)]
        if notice.faults:
            told = element("ul", *(element("li", plain_text(item, lang)) for item in notice.faults))
            parts += [element("h2", say.FAULTS.to(lang)), told]
        parts.append(element("h2", Text("各指标", "indicators").to(lang)))
    parts += [_article(entry, lang) for entry in notice.entries]
    parts.append(_footer(result, lang))
    return parts


def _subject(result: Result) -> Element | None:
    return element("p", result.subject, class_="subject") if result.subject else None


def _verdict(result: Result, lang: Lang) -> Element:
    made = element("dl", class_="verdict")
    if result.has_total:
        made.append(_fact(say.TOTAL.to(lang), score_of_points(result.total).to(lang)))
    if result.grade.possible:
        made.append(_fact(say.GRADE.to(lang), grades_text(result.grade, lang)))
    claimed = "" if result.claimed_total is None else text_of(result.claimed_total)
    if claimed or result.claimed_grade:
        made.append(_fact(say.CLAIM.to(lang), f"{claimed} {result.claimed_grade}".strip()))
    return made


def _fact(name: str, value: str) -> Element:
    return element("div", element("dt", name), element("dd", value))


def _table(lines: Sequence[NoticeLine], lang: Lang) -> Element:
    titles = (say.NAME, say.POINTS, say.SCORE)
    kinds = ("name", "number", "number")
    cells = (element("th", title.to(lang), scope="col", class_=kind) for title, kind in zip(titles, kinds, strict=True))
    body = element("tbody")
    for line in lines:
        name = element("th", line.name or say.TOTAL.to(lang), scope="row", class_=f"depth{min(line.depth, 4)}")
        numbers = (element("td", text, class_="number") for text in say.line_texts(line, lang))
        body.append(element("tr", name, *numbers, class_="part" if line.item is not None else "heading"))
        told = say.sum_text(line.sum, lang) if line.sum is not None else None
        if told is not None:
            body.append(element("tr", element("td", told, colspan="3", class_="soft")))
    return element("div", element("table", element("thead", element("tr", *cells)), body), class_="scroll")


def _article(entry: Entry, lang: Lang) -> Element:
    item, indicator = entry.item, entry.indicator
    lost = not item.excluded and item.range.min < item.range.points
    made = element("article", class_="lost" if lost else "kept")
    mark = element("span", say.indicator_score(item, lang), class_="mark")
    made.append(element("header", element("h3", item.name), mark))
    if item.path:
        made.append(element("p", " › ".join(item.path), class_="path"))
    status = say.status_text(item, lang)
    if status:
        made.append(element("p", element("span", status, class_="status"), " " + item.reason.to(lang)))
    if indicator.wording:
        made.append(element("blockquote", indicator.wording))
    if item.formula is not None:
        made.append(_formula(entry, lang))
    made.append(
        element("ul", *(_step(step, lang) for step in entry.steps if step.label != MEASURE_LABEL), class_="working")
    )
    following = say.next_text(entry, lang)
    if following is not None:
        made.append(element("p", f"{say.NEXT.to(lang)}{Text('：', ': ').to(lang)}{following}", class_="next"))
    drawn = picture(entry, lang)
    if drawn is not None:
        made.append(element("figure", drawn))
    if item.claim is not None:
        made.append(element("p", f"{say.CLAIM.to(lang)} {text_of(item.claim)}", class_="soft"))
    if indicator.note:
        made.append(element("blockquote", f"{say.NOTE.to(lang)}{Text('：', ': ').to(lang)}{indicator.note}"))
    for decision in indicator.decisions:
        why = Text(f"（{decision.reason}）", f" ({decision.reason})").to(lang)
        made.append(
            element("p", f"{say.DECISION.to(lang)}{Text('：', ': ').to(lang)}{decision.text}{why}", class_="soft")
        )
    return made


def _formula(entry: Entry, lang: Lang) -> Element:
    """Typeset the formula as written, then with the figures that the computation had, then what it gives."""
    item = entry.item
    if item.formula is None:
        return element("div")
    written_, filled = item.formula
    made = element("div", math(written_, lang), class_="formula")
    if written_ != filled:
        extended(made, " = ", math(filled, lang))
    told = item.measure_text.to(lang)
    if told:
        extended(made, " " if told.startswith("≈") else " = ", told)
    return made


def _step(step: Step, lang: Lang) -> Element:
    text = f"{step.label.to(lang)}{Text('：', ': ').to(lang)}{step.told(lang)}"
    return element("li", text, class_="deep" if step.depth else "flat")


def _footer(result: Result, lang: Lang) -> Element:
    hashes = [Text(f"规则 {result.rubric_sha256}", f"rubric {result.rubric_sha256}")]
    if result.data_sha256:
        hashes.append(Text(f"数据 {result.data_sha256}", f"data {result.data_sha256}"))
    told = [f"rubric-dsl {VERSION}", *(item.to(lang) for item in hashes)]
    return element("footer", *(element("div", line) for line in told))

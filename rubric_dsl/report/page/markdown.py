"""The page as Markdown, for a report or an issue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.report.diagnostics_text import plain_text, safe
from rubric_dsl.report.page import words as say
from rubric_dsl.report.page.notice import Entry, Notice, NoticeLine
from rubric_dsl.report.page.waterfall import lost_text

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#+!|~$&]|^[-=]|(?<=^\d)[.)](?=\s)|(?<=^\d\d)[.)](?=\s))")


def markdown(notices: Sequence[Notice], lang: Lang) -> str:
    """Write the page of one submission, or of several one below the other."""
    return "\n\n".join(block for notice in notices for block in _notice(notice, lang)) + "\n"


def _notice(notice: Notice, lang: Lang) -> Iterator[str]:
    result = notice.result
    yield f"# {_plain(' '.join(part for part in (result.subject, say.title(result)) if part))}"
    if notice.whole:
        yield "\n".join(f"- {_plain(line)}" for line in notice.closing) or "-"
        if notice.losses:
            yield f"## {say.LOST.to(lang)}"
            lost = ((loss.name.to(lang), lost_text(loss, lang)) for loss in notice.losses)
            yield _table((say.NAME.to(lang), say.SCORE.to(lang)), lost)
        yield f"## {say.PARTS.to(lang)}"
        titles = tuple(title.to(lang) for title in (say.NAME, say.POINTS, say.SCORE))
        yield _table(titles, [_row(line, lang) for line in notice.lines])
        sums = [(line.name, line.sum) for line in notice.lines if line.sum is not None]
        told = [
            (name or say.TOTAL.to(lang), text) for name, item in sums if (text := say.sum_text(item, lang)) is not None
        ]
        if told:
            yield "\n".join(f"- {_plain(name)}{Text('：', ': ').to(lang)}{_plain(text)}" for name, text in told)
        if notice.faults:
            yield f"## {say.FAULTS.to(lang)}"
            yield "\n".join(f"- {_plain(plain_text(fault, lang))}" for fault in notice.faults)
    for entry in notice.entries:
        yield from _entry(entry, lang)


def _entry(entry: Entry, lang: Lang) -> Iterator[str]:
    item, indicator = entry.item, entry.indicator
    colon = Text("：", ": ").to(lang)
    yield f"### {_plain(item.name)}{colon}{_plain(say.indicator_score(item, lang))}"
    if item.path:
        yield _plain(" › ".join(item.path))
    status = say.status_text(item, lang)
    if status:
        yield f"**{_plain(status)}** {_plain(item.reason.to(lang))}"
    if indicator.wording:
        yield "\n".join(f"> {_plain(line)}" for line in indicator.wording.split("\n"))
    steps = [
        f"{'  ' * step.depth}- {_plain(step.label.to(lang))}{colon}{_plain(step.told(lang))}" for step in entry.steps
    ]
    if steps:
        yield "\n".join(steps)
    following = say.next_text(entry, lang)
    if following is not None:
        yield f"{say.NEXT.to(lang)}{colon}{_plain(following)}"
    if indicator.note:
        yield f"{say.NOTE.to(lang)}{colon}{_plain(indicator.note)}"
    for decision in indicator.decisions:
        why = Text(f"（{decision.reason}）", f" ({decision.reason})").to(lang)
        yield f"{say.DECISION.to(lang)}{colon}{_plain(decision.text + why)}"


def _row(line: NoticeLine, lang: Lang) -> tuple[str, str, str]:
    name = line.name or say.TOTAL.to(lang)
    return "\u2003" * line.depth + name, *say.line_texts(line, lang)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)]
    lines += ["| " + " | ".join(_plain(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Write a text so that it is nothing but text: on one line, what Markdown reads as a mark escaped."""
    return _MARKUP.sub(r"\\\1", safe(" ".join(text.split("\n"))))

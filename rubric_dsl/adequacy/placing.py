"""Suggested examples put into a rubric's text, each behind the examples of its indicator, marked for review."""

from __future__ import annotations

from collections.abc import Iterable

from rubric_dsl.adequacy.suggest import Suggestion
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.parse import parse
from rubric_dsl.syntax.tree import Document, Statement
from rubric_dsl.syntax.write import write_document

REVIEW = Text(
    "待核：得分由程序按现行规则算出，请对照原文逐条核对",
    "to review: the scores are what the rule gives now; compare each with the official wording",
)
_BELOW = frozenset(
    {
        "st_wording", "st_note", "st_measure", "st_numbers_in", "st_by_standard", "rule", "st_steps", "st_round", "st_not_applicable", "st_gate", "st_variant",
        "st_variant_rest", "st_reading", "st_official", "st_base", "st_example", "st_decision", "st_accept", "st_grades",
    }
)  # fmt: skip
"""What can stand below an indicator."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A rubric's text with the suggestions; ``elsewhere`` are those whose indicator stands in another file."""

    text: str
    elsewhere: tuple[Suggestion, ...]


def placed(source: Source, found: Iterable[Suggestion], lang: Lang) -> Placed:
    """Put suggestions into a text, behind each indicator's examples (or, where it has none, behind all that it says).

    ``lang`` is the rubric's own. Where one line holds several statements, the text is formatted first.
    """
    by_place: dict[int, list[Suggestion]] = {}
    elsewhere: list[Suggestion] = []
    for item in found:
        place = item.indicator.place
        if place.source.name == source.name and place.source.text == source.text:
            by_place.setdefault(place.span.start, []).append(item)
        else:
            elsewhere.append(item)
    document, _ = parse(source)
    starts = [statement.span.start for statement in document.statements]
    order = {start: index for index, start in enumerate(starts)}
    wanted = {order[start]: items for start, items in by_place.items() if start in order}
    if _crowded(source, document):
        source = Source(source.name, write_document(document, lang))
        document, _ = parse(source)
    text = source.text
    newline = "\r\n" if "\r\n" in text else "\n"
    for index, items in sorted(wanted.items(), reverse=True):
        anchor = _anchor(document, index)
        indent = _indent(text, document, index, anchor)
        lines = [f"{indent}# {REVIEW.to(lang)}", *(indent + item.line for item in items)]
        at = _line_end(text, anchor.span.end)
        text = text[:at] + "".join(newline + line for line in lines) + text[at:]
    return Placed(text, tuple(elsewhere))


def _crowded(source: Source, document: Document) -> bool:
    lines = [source.position(statement.span.start)[0] for statement in document.statements]
    return len(lines) > len(set(lines))


def _anchor(document: Document, index: int) -> Statement:
    """Return the statement behind which examples go."""
    own = [document.statements[index]]
    for statement in document.statements[index + 1 :]:
        if statement.kind not in _BELOW:
            break
        own.append(statement)
    return next((item for item in reversed(own) if item.kind == "st_example"), own[-1])


def _indent(text: str, document: Document, index: int, anchor: Statement) -> str:
    if anchor is document.statements[index]:
        return "  "
    start = text.rfind("\n", 0, anchor.span.start) + 1
    line = text[start : anchor.span.start]
    return line if not line.strip() else "  "


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    if found < 0:
        return len(text)
    return found - 1 if found and text[found - 1] == "\r" else found

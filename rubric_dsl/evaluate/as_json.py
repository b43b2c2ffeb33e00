"""Results and diagnostics as JSON objects; exact numbers are strings in lowest terms."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import PurePath
from typing import Any

from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Text
from rubric_dsl.evaluate.result import IndicatorResult, Marks, Result, ScoreRange, SectionResult, Told
from rubric_dsl.numbers import text_of
from rubric_dsl.source import Span
from rubric_dsl.syntax.tree import Leaf, Tree
from rubric_dsl.version import VERSION

Json = dict[str, Any]
SCHEMA_VERSION = 1
"""Of the shape of a result: what is added to it leaves the number, what is changed or taken away raises it."""


def result_json(result: Result, lang: Lang, *, trace: bool = False) -> Json:
    """Return one result in the shape that scripts rely on; with its ``trace`` it can be read back."""
    found = _result(result, lang)
    if trace:
        found["trace"] = trace_json(result.telling.told)
        for shown, section in zip(found["sections"], result.sections, strict=True):
            shown["trace"] = trace_json(section.telling.told)
        for shown, indicator in zip(found["indicators"], result.indicators.values(), strict=True):
            shown["trace"] = trace_json(indicator.telling.told)
        for shown, adjustment in zip(found["adjustments"], result.adjustments, strict=True):
            shown["texts"] = _texts(adjustment.words)
        found["diagnostics"] = [_diagnostic(item, lang, trace=True) for item in result.diagnostics]
    return found


def _diagnostic(item: Diagnostic, lang: Lang, *, trace: bool) -> Json:
    shown = diagnostic_json(item, lang, folder=False)
    return {**shown, "detail": _detail(item)} if trace else shown


def trace_json(told: Told) -> Json:
    """Return how a score came about, in both languages."""
    marks = told.marks
    return {
        "reason": _texts(told.reason),
        "measure_text": _texts(told.measure_text),
        "steps": [
            {
                "label": _texts(step.label),
                "working": _texts(step.working),
                "value": _texts(step.value),
                "depth": step.depth,
                "min": number(step.least),
                "max": number(step.most),
            }
            for step in told.steps
        ],
        "formula": None if told.formula is None else [_tree(tree) for tree in told.formula],
        "marks": None
        if marks is None
        else {
            "rule": _texts(marks.rule),
            "given": [{"name": name, "min": text_of(low), "max": text_of(high)} for name, low, high in marks.given],
            "apart": number(marks.apart),
            "adjudicator": marks.adjudicator,
        },
    }


def _texts(text: Text) -> Json:
    return {"zh": text.zh, "en": text.en}


def _tree(tree: Tree) -> Json:
    """Return a formula's phrase: a word has a text, a phrase parts."""
    if isinstance(tree, Leaf):
        return {"kind": tree.kind, "text": tree.text}
    return {"kind": tree.kind, "parts": [_tree(child) for child in tree.children]}


def _detail(item: Diagnostic) -> Json:
    """Return what a diagnostic says in both languages, and all its places."""
    return {
        "message": _texts(item.message),
        "hint": None if item.hint is None else _texts(item.hint),
        "why": None if item.why is None else _texts(item.why),
        "witness": None if item.witness is None else _texts(item.witness),
        "places": [_place(place, item.fixes if place is item.places[0] else ()) for place in item.places],
        "fixes": [
            {
                "words": _texts(fix.words),
                "safe": fix.safe,
                "start": None if fix.span is None else fix.span.start,
                "end": None if fix.span is None else fix.span.end,
                "replacement": fix.replacement,
            }
            for fix in item.fixes
        ],
    }


def _place(place: Place, fixes: tuple[Fix, ...]) -> Json:
    """Return a place, with so much of its file that it can be shown, and what would mend it."""
    spans = [place.span, *(fix.span for fix in fixes if fix.span is not None)]
    seen = place.source.excerpt(Span(min(span.start for span in spans), max(span.end for span in spans)))
    return {
        "file": PurePath(place.source.name).name,
        "start": place.span.start,
        "end": place.span.end,
        "label": _texts(place.label),
        "text": seen.text,
        "text_start": seen.offset,
        "text_line": seen.line,
        "text_column": seen.column,
    }


def _result(result: Result, lang: Lang) -> Json:
    return {
        "schema_version": SCHEMA_VERSION,
        "rubric": {"name": result.rubric, "edition": result.edition, "sha256": result.rubric_sha256},
        "data": {"sha256": result.data_sha256 or None},
        "engine": {"name": "rubric-dsl", "version": VERSION},
        "lang": lang,
        "subject": result.subject,
        "reading": result.reading or None,
        "total": _total(result, lang) if result.has_total else None,
        "claimed": {"total": number(result.claimed_total), "grade": result.claimed_grade or None},
        "grade": {"value": result.grade.value, "possible": list(result.grade.possible)},
        "grade_rated": result.grade.rated,
        "sections": [_section(item, lang) for item in result.sections],
        "adjustments": [
            {
                "kind": item.kind,
                "name": item.name,
                "words": item.words.to(lang),
                "holds": item.holds,
                "total": _range(item.total),
            }
            for item in result.adjustments
        ],
        "indicators": [_indicator(item, lang) for item in result.indicators.values()],
        "diagnostics": [diagnostic_json(item, lang, folder=False) for item in result.diagnostics],
    }


def _total(result: Result, lang: Lang) -> Json:
    told = {"status": result.status, "reason": result.reason.to(lang)}
    return _range(result.total) | told


def results_json(
    results: Sequence[Result], faults: Sequence[Diagnostic], lang: Lang, *, trace: bool = False
) -> Json | list[Json]:
    """Return what ``score`` prints: one object for one submission, a list for several.

    Every fault names its file, so those that were met while reading stand in the first object; without any, alone.
    """
    shown = [result_json(result, lang, trace=trace) for result in results]
    told = [_diagnostic(item, lang, trace=trace) for item in faults]
    if not shown:
        return told
    shown[0]["diagnostics"] = told + shown[0]["diagnostics"]
    return shown[0] if len(shown) == 1 else shown


def json_text(value: object) -> str:
    """Write JSON as every command does: Chinese as it is, two blanks a level, a line end at the end."""
    return _HARMFUL.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


_HARMFUL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0001-\U000e007f]"
)
"""What can move a terminal's cursor, turn the writing round or hide, and half characters."""


def _escaped(match: re.Match[str]) -> str:
    """Write a character as JSON does, two escapes where it lies beyond the first 65,536."""
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _indicator(item: IndicatorResult, lang: Lang) -> Json:
    return {
        "name": item.name,
        "path": list(item.path),
        "pool": item.pool or None,
        "role": item.role,
        "excluded": item.excluded,
        "measure": number(item.measure),
        "measure_text": item.measure_text.to(lang),
        **_range(item.range),
        "score": number(item.score),
        "status": item.status,
        "missing": list(item.missing),
        "reason": item.reason.to(lang),
        "claim": number(item.claim),
        **({"assessors": _marks(item.marks, lang)} if item.marks is not None else {}),
    }


def _marks(marks: Marks, lang: Lang) -> Json:
    """Return what several assessors gave; ``beyond`` is whether they are farther apart than they may be.

    ``spread`` is how far they are apart, null until every mark is settled; ``at_least`` what is settled of it.
    """
    return {
        "rule": marks.rule.to(lang),
        "marks": [
            {"name": name, "min": text_of(low), "max": text_of(high), "adjudicator": name == marks.adjudicator}
            for name, low, high in marks.given
        ],
        "spread": number(marks.spread),
        "at_least": text_of(marks.least),
        "apart": number(marks.apart),
        "beyond": marks.beyond,
    }


def explanation_json(item: IndicatorResult | SectionResult, lang: Lang) -> Json:
    """Return one indicator's or one heading's result with its trace."""
    steps = [
        {"label": s.label.to(lang), "working": s.working.to(lang), "value": s.value.to(lang), "depth": s.depth}
        for s in item.steps
    ]
    shown = _indicator(item, lang) if isinstance(item, IndicatorResult) else _section(item, lang)
    return {**shown, "steps": steps}


def _section(item: SectionResult, lang: Lang) -> Json:
    return {
        "name": item.name,
        "level": item.level,
        "path": list(item.path),
        **_range(item.range),
        "role": item.role,
        "grade": item.grade.value,
        "grade_possible": list(item.grade.possible),
        "grade_rated": item.grade.rated,
        "status": item.status,
        "reason": item.reason.to(lang),
    }


def _range(range_: ScoreRange) -> Json:
    told = {"tight": range_.tight} | ({} if range_.rated else {"rated": range_.rated})
    return {"points": text_of(range_.points), "score": number(range_.score), **ends_json(range_), **told}


def ends_json(range_: ScoreRange) -> Json:
    """Return the least and the greatest that a score can be; null where there is no score."""
    rated = range_.rated is not False
    return {"min": text_of(range_.min) if rated else None, "max": text_of(range_.max) if rated else None}


def number(value: Fraction | None) -> str | None:
    """Return an exact number as a string, or None."""
    return None if value is None else text_of(value)


def diagnostic_json(item: Diagnostic, lang: Lang, *, folder: bool = True) -> Json:
    """Return one diagnostic; line and column are null where it has no place.

    Without ``folder`` a file goes by its name alone: a result is then the same wherever it was made.

    ``fixes`` are alternatives; ``fix`` is the first of them. An ``end_column`` is that of the character behind the end.
    """
    place = item.places[0] if item.places else None
    fixes = [_fix(fix, place, lang) for fix in item.fixes]
    return {
        "code": item.code,
        "severity": item.severity,
        "message": item.message.to(lang),
        "file": None if place is None else place.source.name if folder else PurePath(place.source.name).name,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "hint": item.hint.to(lang) if item.hint else None,
        "why": item.why.to(lang) if item.why else None,
        "witness": item.witness.to(lang) if item.witness else None,
        "fix": fixes[0] if fixes else None,
        "fixes": fixes,
        "blame": item.blame,
        "accepted": item.accepted,
    }


def _fix(fix: Fix, place: Place | None, lang: Lang) -> Json:
    shown: Json = {"words": fix.words.to(lang), "safe": fix.safe}
    if fix.span is None or place is None:
        return shown
    (line, column), (end_line, end_column) = place.source.corners(fix.span)
    where = {"line": line, "column": column, "end_line": end_line, "end_column": end_column}
    return {**shown, **where, "replacement": fix.replacement}

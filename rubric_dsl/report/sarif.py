"""Diagnostics as SARIF 2.1.0, for code hosts and editors: one run for all files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from rubric_dsl.codes import page
from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Severity
from rubric_dsl.report.checked import Checked, fingerprints, path_of
from rubric_dsl.report.diagnostics_text import fix_words, plain_text, safe
from rubric_dsl.source import Source, Span

Json = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "rubricDiagnostic/v1"
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def sarif_json(files: Sequence[Checked], lang: Lang, version: str, base: PurePath, *, complete: bool = True) -> Json:
    """Return a SARIF log. ``version`` is the program's, ``base`` the folder that paths are relative to.

    ``complete`` says that all files could be read. Lines and columns count characters from 1.
    """
    rules = _rules(files, lang)
    index = {rule["id"]: place for place, rule in enumerate(rules)}
    driver: Json = {"name": "rubric", "version": version, "language": lang, "rules": rules}
    results = [
        _result(file, item, mark, index[item.code], lang, base)
        for file in files
        for item, mark in zip(file.found, fingerprints(file), strict=True)
    ]
    run: Json = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": complete}],
        "artifacts": [{"location": _artifact(file.source, base)} for file in files],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules(files: Sequence[Checked], lang: Lang) -> list[Json]:
    first: dict[str, Diagnostic] = {}
    for file in files:
        for item in file.found:
            first.setdefault(item.code, item)
    return [_rule(item, lang) for _, item in sorted(first.items())]


def _rule(item: Diagnostic, lang: Lang) -> Json:
    found = page(item.code, lang)
    words = {"text": item.code} if found is None else {"text": found.text(), "markdown": found.markdown()}
    return {
        "id": item.code,
        "name": "".join(word.capitalize() for word in item.code.split("-")),
        "shortDescription": {"text": item.code if found is None else found.summary},
        "fullDescription": {"text": item.code if found is None else f"{found.checks}\n\n{found.matters}"},
        "help": words,
        "defaultConfiguration": {"level": _LEVELS[item.severity]},
        "properties": {"blame": item.blame},
    }


def _result(file: Checked, item: Diagnostic, mark: str, rule: int, lang: Lang, base: PurePath) -> Json:
    first = item.places[0] if item.places else Place(file.source, Span(0, 0))
    result: Json = {
        "ruleId": item.code,
        "ruleIndex": rule,
        "level": _LEVELS[item.severity],
        "message": {"text": plain_text(item, lang)},
        "locations": [_location(first, lang, base)],
        "partialFingerprints": {FINGERPRINT: mark},
        "properties": {"blame": item.blame},
    }
    related = [{"id": number, **_location(place, lang, base)} for number, place in enumerate(item.places[1:], 1)]
    fixes = [_fix(fix, fix.span, first.source, lang, base) for fix in item.fixes if fix.span is not None]
    if item.accepted is not None:
        result["suppressions"] = [{"kind": "inSource", "status": "accepted", "justification": safe(item.accepted)}]
    return result | ({"relatedLocations": related} if related else {}) | ({"fixes": fixes} if fixes else {})


def _location(place: Place, lang: Lang, base: PurePath) -> Json:
    physical = {"artifactLocation": _artifact(place.source, base), "region": _region(place.source, place.span)}
    label = safe(place.label.to(lang))
    return {"physicalLocation": physical} | ({"message": {"text": label}} if label else {})


def _fix(fix: Fix, span: Span, source: Source, lang: Lang, base: PurePath) -> Json:
    replaced = {"deletedRegion": _region(source, span), "insertedContent": {"text": fix.replacement}}
    change = {"artifactLocation": _artifact(source, base), "replacements": [replaced]}
    words = safe(fix_words(fix).to(lang))
    return {"description": {"text": words}, "artifactChanges": [change], "properties": {"safe": fix.safe}}


def _artifact(source: Source, base: PurePath) -> Json:
    path = path_of(source.name, base)
    return {"uri": f"file://{quote(path)}" if path.startswith("/") else quote(path)}


def _region(source: Source, span: Span) -> Json:
    (line, column), (end_line, end_column) = source.corners(span)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}

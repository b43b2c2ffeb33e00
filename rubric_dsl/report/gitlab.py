"""Diagnostics as a Code Quality report, which GitLab shows in a merge request."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from rubric_dsl.diagnostics import Diagnostic, Lang, Severity
from rubric_dsl.report.checked import Checked, fingerprints, path_of
from rubric_dsl.report.diagnostics_text import plain_text

_SEVERITIES: dict[Severity, str] = {"error": "major", "warning": "minor", "info": "info"}


def gitlab_json(files: Sequence[Checked], lang: Lang, base: PurePath) -> list[dict[str, Any]]:
    """Return an entry for each diagnostic; ``base`` is the folder that paths are relative to."""
    return [
        _entry(file, item, mark, lang, base)
        for file in files
        for item, mark in zip(file.found, fingerprints(file, path_of(file.source.name, base)), strict=True)
    ]


def _entry(file: Checked, item: Diagnostic, mark: str, lang: Lang, base: PurePath) -> dict[str, Any]:
    source = item.places[0].source if item.places else file.source
    line = item.places[0].line if item.places else 1
    return {
        "description": plain_text(item, lang),
        "check_name": item.code,
        "fingerprint": mark,
        "severity": "info" if item.accepted is not None else _SEVERITIES[item.severity],
        "location": {"path": path_of(source.name, base), "lines": {"begin": line}},
    }

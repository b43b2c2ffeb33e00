"""Diagnostics as workflow commands, which GitHub shows beside the lines of a change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Severity
from rubric_dsl.report.checked import Checked, path_of
from rubric_dsl.report.diagnostics_text import plain_text
from rubric_dsl.source import Span

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}
_IN_TEXT = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def github_text(files: Sequence[Checked], lang: Lang, base: PurePath) -> str:
    """Return a line for each diagnostic; ``base`` is the folder that paths are relative to."""
    return "\n".join(_command(file, item, lang, base) for file in files for item in file.found)


def _command(file: Checked, item: Diagnostic, lang: Lang, base: PurePath) -> str:
    place = item.places[0] if item.places else Place(file.source, Span(0, 0))
    (line, column), (end_line, end_column) = place.source.corners(place.span)
    properties: dict[str, str | int] = {"file": path_of(place.source.name, base), "line": line, "col": column}
    properties["endLine"] = end_line
    if end_line == line:  # the host takes columns within one line only
        properties["endColumn"] = end_column
    properties["title"] = item.code
    shown = ",".join(f"{key}={str(value).translate(_IN_PROPERTY)}" for key, value in properties.items())
    return f"::{'notice' if item.accepted is not None else _COMMANDS[item.severity]} {shown}::{plain_text(item, lang).translate(_IN_TEXT)}"

"""An example that does not come out, in one line."""

from __future__ import annotations

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.table import score_text
from rubric_dsl.scoring.examples import ExampleResult


def failed_text(result: ExampleResult, lang: Lang) -> str:
    """Say what was given, what was expected and what came out."""
    where = f"{result.place.source.name}:{result.place.line}"
    expected = f"{score_text(result.expected, lang)} {result.expected_grade}".strip()
    actual = f"{score_text(result.actual, lang)} {result.actual_grade if result.expected_grade else ''}".strip()
    line = Text(
        f"{where} {result.indicator}：{result.inputs} 应得 {expected}，实得 {actual}",
        f"{where} {result.indicator}: {result.inputs} expected {expected}, got {actual}",
    )
    return safe(line.to(lang))

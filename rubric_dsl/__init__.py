"""rubric_dsl: government scoring rubrics as programs, scored exactly.

The flow, with the function on each arrow::

    .rubric text ──syntax.parse.parse──► Document (tree) ──model.build.build──► Model (checked, lowered to core)
                                                                                   │
    data file ──data.reader.read_submissions──► Submission ──scoring.score.score──►┤
                                                                                   ▼
                                              Result with trace ──report──► table · JSON · explanation
"""

from __future__ import annotations

from rubric_dsl.api import (
    ExampleResult,
    Rubric,
    check_source,
    dump,
    exact_text,
    format_source,
    load,
    loads,
    new_rubric,
)
from rubric_dsl.data.submission import Submission
from rubric_dsl.diagnostics import Diagnostic, RubricError
from rubric_dsl.evaluate.result import Explanation, Result
from rubric_dsl.source import Source, UnreadableError, read_source

__all__ = [
    "Diagnostic",
    "ExampleResult",
    "Explanation",
    "Result",
    "Rubric",
    "RubricError",
    "Source",
    "Submission",
    "UnreadableError",
    "check_source",
    "dump",
    "exact_text",
    "format_source",
    "load",
    "loads",
    "new_rubric",
    "read_source",
]

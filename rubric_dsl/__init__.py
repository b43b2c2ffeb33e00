"""rubric_dsl: government scoring rubrics as programs, scored exactly.

The flow, with the function on each arrow::

    .rubric text ──syntax.parse.parse──► Document (tree) ──model.build.build──► Model (checked, lowered to core)
                                                                                   │
    data file ──data.reader.read_submissions──► Submission ──scoring.score.score──►┤
                                                                                   ▼
                                              Result with trace ──report──► table · JSON · explanation
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rubric_dsl.api import Rubric
    from rubric_dsl.data.submission import Submission
    from rubric_dsl.diagnostics import Diagnostic, RubricError
    from rubric_dsl.evaluate.result import Explanation, Result
    from rubric_dsl.loading import check_source, load, loads
    from rubric_dsl.scoring.examples import ExampleResult
    from rubric_dsl.source import Source, UnreadableError, read_source
    from rubric_dsl.texts import dump, exact_text, format_source, new_rubric

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

_ELSEWHERE = {
    "check_source": "loading",
    "load": "loading",
    "loads": "loading",
    "dump": "texts",
    "exact_text": "texts",
    "format_source": "texts",
    "new_rubric": "texts",
    "Diagnostic": "diagnostics",
    "ExampleResult": "scoring.examples",
    "Explanation": "evaluate.result",
    "Result": "evaluate.result",
    "RubricError": "diagnostics",
    "Source": "source",
    "Submission": "data.submission",
    "UnreadableError": "source",
    "read_source": "source",
}
"""The modules of the names above that are not of ``api``."""


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: ``import rubric_dsl`` alone costs next to nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_ELSEWHERE.get(name, 'api')}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

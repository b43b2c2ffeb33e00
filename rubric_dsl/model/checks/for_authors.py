"""What is checked for a rubric's author, and not before each scoring."""

from __future__ import annotations

from collections.abc import Callable

from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.model.checks.unused_name import unused_name
from rubric_dsl.model.checks.wording_brackets import wording_brackets
from rubric_dsl.model.checks.wording_dash import wording_dash
from rubric_dsl.model.checks.wording_end import wording_end
from rubric_dsl.model.checks.wording_name import wording_name
from rubric_dsl.model.checks.wording_points import wording_points
from rubric_dsl.model.checks.wording_signs import wording_signs
from rubric_dsl.model.model import Model

WORDING: tuple[Callable[[Model], tuple[Diagnostic, ...]], ...] = (
    wording_points,
    wording_name,
    wording_dash,
    wording_brackets,
    wording_end,
    wording_signs,
)
"""Questions that the official text leaves open: for its author, not for those who score by it."""
WHEN_SOUND: tuple[Callable[[Model], tuple[Diagnostic, ...]], ...] = (unused_name,)
"""What is worth saying to the author of a rubric without errors."""

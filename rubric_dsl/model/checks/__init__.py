"""What is checked of a whole rubric, in this order; one check for each file.

A check takes the model and whether parts of the text could not be read (so that what follows from the missing
parts is not reported as well), and returns what it found. ``for_authors`` lists those that are asked for by
``rubric check`` alone.
"""

from __future__ import annotations

from collections.abc import Callable

from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.model.checks.grade_cover import grade_cover
from rubric_dsl.model.checks.points_sum import points_sum
from rubric_dsl.model.model import Model

CHECKS: tuple[Callable[[Model, bool], tuple[Diagnostic, ...]], ...] = (
    points_sum,
    grade_cover,
)

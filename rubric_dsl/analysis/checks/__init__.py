"""What analysis adds to ``rubric check``.

``ANY`` look at each indicator by itself, whatever else is wrong; ``SOUND`` are for rubrics without errors.
"""

from __future__ import annotations

from collections.abc import Callable

from rubric_dsl.analysis.checks.band_gap import band_gap
from rubric_dsl.analysis.checks.rules import rules
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.model.model import Model

Check = Callable[[Model], tuple[Diagnostic, ...]]
ANY: tuple[Check, ...] = (band_gap,)
SOUND: tuple[Check, ...] = (rules,)

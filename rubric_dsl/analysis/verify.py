"""The report on a rubric: every indicator by itself, then the whole."""

from __future__ import annotations

from rubric_dsl.analysis.claims import Report
from rubric_dsl.analysis.indicator import report_on
from rubric_dsl.analysis.reach import world_of
from rubric_dsl.analysis.whole import steps_bound, whole_claims
from rubric_dsl.model.model import Model


def verify(model: Model) -> Report:
    """Return what can be proved of a checked rubric; the work grows linearly with its indicators."""
    world = world_of(model)
    reports = tuple(report_on(indicator, world) for indicator in model.indicators.values())
    return Report(reports, whole_claims(model, world, reports), steps_bound(model))

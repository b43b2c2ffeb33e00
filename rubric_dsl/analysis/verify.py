"""The report on a rubric: every indicator by itself, then the whole."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from rubric_dsl.analysis.claims import Verification
from rubric_dsl.analysis.claims_of_rubric import steps_bound, whole_claims
from rubric_dsl.analysis.indicator import report_on
from rubric_dsl.analysis.reach import world_of
from rubric_dsl.analysis.solver.decide import decide
from rubric_dsl.model.model import Model


def verify(model: Model) -> Verification:
    """Return what can be proved of a checked rubric; the work grows linearly with its indicators."""
    world = world_of(model)
    cut = tuple(report_on(indicator, world) for indicator in model.indicators.values())
    claims = [claim for report in cut for claim in report.claims]
    decided = iter(decide(model, world, [*claims, *whole_claims(model, world, cut)]))
    reports = tuple(replace(report, claims=tuple(islice(decided, len(report.claims)))) for report in cut)
    return Verification(reports, tuple(decided), steps_bound(model))

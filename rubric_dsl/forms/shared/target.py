"""The target of a clause: stated, or the bound of the band beside it that gives full marks."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.forms.base import Context, is_fixed, score_of
from rubric_dsl.formulas.kinds import Typed
from rubric_dsl.syntax.tree import Node, Tree


def measure_of(context: Context) -> Typed:
    """Return the measure, which the caller has checked to be there.

    Raises:
        LookupError: there is none (a fault of the program).
    """
    if context.measure is None:
        raise LookupError("the caller has checked that there is a measure")
    return context.measure


def full_bound(case: Node, points: Fraction) -> Tree | None:
    """Return the bound of a band that gives full marks: the target of the steps beside it."""
    if not is_fixed(case.node("score")) or score_of(case.node("score"), points) != points:
        return None
    region = next(child for child in case.children if child.kind != "score")
    if not isinstance(region, Node):
        return None
    bounds = [child for child in region.children if isinstance(child, Node)]
    return bounds[0] if len(bounds) == 1 else None

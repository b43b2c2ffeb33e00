"""Every total must have a grade."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.model.checks.regions import inside, uncovered
from rubric_dsl.model.model import Model
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.ranges import Range


def grade_cover(model: Model, broken: bool) -> tuple[Diagnostic, ...]:
    """Report the first total that no grade holds: from 0, or from what is stated below that, to the full points."""
    del broken
    if not model.grades:
        return ()
    whole = ranges.between(_least(model), max(model.points, model.total_limits[1]))
    bands = [band for grade in model.grades if (band := ranges.restrict(ranges.EVERYTHING, grade.op, grade.bound))]
    left = uncovered(whole, bands)
    if not left:
        return ()
    total = shown(inside(left[0]))
    return (
        Diagnostic(
            "grade-gap",
            "error",
            "rule",
            Text(f"总分 {total} 没有等级", f"a total of {total} has no grade"),
            _beside(model, bands, left[0]),
            hint=Text(
                f"等级要覆盖 {text_of(_least(model))} 到满分",
                f"the grades must cover {text_of(_least(model))} to the full points",
            ),
        ),
    )


def _least(model: Model) -> Fraction:
    """Return the least total that the rubric states: its lower limit, or what sums of scores below zero come to."""
    least = min(Fraction(0), model.total_limits[0])
    limited = any(item.limits is not None for item in model.adjustments)
    sums = {model.combine, *(section.combine for section in model.sections)}
    if limited or sums != {"SUM_OF"}:
        return least
    return sum((item.floor for item in model.indicators.values() if item.role == "part"), Fraction(0))


def _beside(model: Model, bands: list[Range], gap: Range) -> tuple[Place, ...]:
    """Where the grades stand whose totals end where the gap begins, or begin where it ends."""
    found = [
        grade.place
        for grade, band in zip(model.grades, bands, strict=False)
        if gap.low.value in (band.low.value, band.high.value) or gap.high.value in (band.low.value, band.high.value)
    ]
    return tuple(found) or (model.grades[-1].place,)

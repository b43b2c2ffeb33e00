"""Every total must have a grade."""

from __future__ import annotations

from rubric_dsl import ranges
from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.model.checks.regions import inside, uncovered
from rubric_dsl.model.model import Model
from rubric_dsl.numbers import shown


def grade_cover(model: Model, broken: bool) -> tuple[Diagnostic, ...]:
    """Report the first total between 0 and the full points that no grade holds."""
    del broken
    if not model.grades:
        return ()
    whole = ranges.between(0, model.points)
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
            (),
            hint=Text("等级要覆盖 0 到满分", "the grades must cover 0 to the full points"),
        ),
    )

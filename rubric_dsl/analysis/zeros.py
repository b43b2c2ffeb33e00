"""Denominators, and whether data can make them 0."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.analysis.admissible import admissible, first_factor, held
from rubric_dsl.analysis.linear import form_of
from rubric_dsl.analysis.reach import Reach
from rubric_dsl.analysis.solve import solve
from rubric_dsl.analysis.witness import Witness, filled, witness_of
from rubric_dsl.core.nodes import Compare, Const, Div, Expr, Program
from rubric_dsl.core.walk import parts_of
from rubric_dsl.evaluate.evaluator import measured, refine, run
from rubric_dsl.evaluate.state import Trace

_REST = (None, Fraction(1), Fraction(100))
"""What is tried for the figures that the denominator does not hang on; None leaves them to the search."""


def denominators(reach: Reach) -> tuple[Div, ...]:
    """Return the divisions of a rule and its measure whose denominator is no fixed number, conditions left out."""
    parts = (reach.variant.measure, reach.variant.score)
    return tuple(dict.fromkeys(item for part in parts if part is not None for item in _divisions(part)))


def _divisions(expr: Expr) -> tuple[Div, ...]:
    own = (expr,) if isinstance(expr, Div) and not isinstance(expr.right, Const) else ()
    return (*own, *(item for part in parts_of(expr) for item in _divisions(part)))


def never_zero(program: Program, reach: Reach, division: Div) -> bool:
    """Whether no data make the denominator 0: by what its figures can be, by the variants, or by the form's checks."""
    bottom = measured(division.right, reach.inputs.env, Trace())
    if (
        bottom is None
        or ranges.restrict(bottom, "=", Fraction(0)) is None
        or _elsewhere(program, reach, division.right)
    ):
        return True
    form = form_of(division.right)
    if form.pieces or not form.leaves:
        return False
    left = ranges.scale(held(form.direction(), reach.inputs.checks), first_factor(form))
    return ranges.restrict(ranges.add(left, ranges.exactly(form.const)), "=", Fraction(0)) is None


def _elsewhere(program: Program, reach: Reach, bottom: Expr) -> bool:
    """Whether the variants before this one take all data for which a denominator is 0."""
    left = refine(reach.inputs.env, Compare("=", bottom, Const(Fraction(0))), want=True)
    for variant in program.variants[: reach.index]:
        if left is not None and variant.condition is not None:
            left = refine(left, variant.condition, want=False)
    return left is None


def zero_data(program: Program, reach: Reach, division: Div) -> Witness | None:
    """Return data for which the denominator is 0 and the evaluator says so; None where none were found."""
    for data in solve(division.right, Fraction(0), reach.inputs):
        for number in _REST:
            given: dict[str, Fraction | str] = {**data}
            if number is not None:
                rest = (key for key in reach.inputs.env.figures if key not in data)
                given.update({key: number for key in rest if reach.inputs.of(key).holds(number)})
            env = filled(program, reach.inputs.env, given, reach.inputs)
            outcome = run(program, env)
            if not admissible(env, reach.inputs.checks):
                continue
            if outcome.taken == (reach.index,) and any(f.kind == "zero-denominator" for f in outcome.trace.faults):
                return witness_of(program, env, outcome)
    return None

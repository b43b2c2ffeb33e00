"""Denominators, and whether data can make them 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from rubric_dsl import ranges
from rubric_dsl.analysis.admissible import admissible, checks_on, first_factor, held
from rubric_dsl.analysis.lattice import Effort, Inputs
from rubric_dsl.analysis.linear import form_of
from rubric_dsl.analysis.reach import Reach, World, plain_data, reach_of, world_of
from rubric_dsl.analysis.solve import solve
from rubric_dsl.analysis.witness import Data, Witness, filled, witness_of
from rubric_dsl.core.keys import is_result, result_key
from rubric_dsl.core.nodes import (
    Case,
    Compare,
    Condition,
    Const,
    Div,
    Expr,
    FaultName,
    Input,
    Mul,
    Program,
    Variant,
    choose,
    minus,
)
from rubric_dsl.core.walk import conditions_of, keys_of_program, parts_of, rebuilt, rebuilt_in, sides_of, with_measure
from rubric_dsl.data.submission import Figure, Statement, Submission
from rubric_dsl.evaluate.evaluator import measured, refine, run, value_of
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.model.model import Adjustment, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass

_REST = (None, Fraction(1), Fraction(100))
"""What is tried for the figures that the denominator does not hang on; None leaves them to the search."""
MOST_SOLVED = 6
"""So many ways to make a denominator 0 are followed to the place where it is asked for."""
MOST_TRIES = 500
"""So often figures are solved for in the search for one denominator's data; what is found takes a dozen."""
_ASKED: FaultName = "nothing-applies"
"""Stands for a division in a rule that is searched for the data that come to it; no indicator has this fault itself."""


@dataclass(frozen=True, slots=True)
class Denominator:
    """A division whose denominator is no fixed number: in which variant, and what its figures can be there.

    ``bottom`` is the denominator over figures; ``rule`` the variant in which the division itself is a fault.
    """

    index: int
    division: Div
    bottom: Expr
    inputs: Inputs
    rule: Variant


def denominators(program: Program, world: World, found: tuple[Reach, ...]) -> tuple[Denominator, ...]:
    """Return the divisions of an indicator: in the conditions of its variants, its measures and its rules."""
    reached = {reach.index: reach for reach in found}
    listed = [
        item
        for index, variant, inputs in _before(program, world)
        for item in (*_of_condition(index, variant, inputs), *_of_rule(reached.get(index)))
    ]
    return tuple({(item.index, item.division): item for item in reversed(listed)}.values())[::-1]


def divisions(expr: Expr) -> Iterator[Div]:
    """Yield the divisions of an expression whose denominator is no fixed number, conditions included."""
    if isinstance(expr, Div) and not isinstance(expr.right, Const):
        yield expr
    for condition in conditions_of(expr):
        yield from _divisions_in(condition)
    for part in parts_of(expr):
        yield from divisions(part)


def _divisions_in(condition: Condition) -> Iterator[Div]:
    for side in sides_of(condition):
        yield from divisions(side)


def _before(program: Program, world: World) -> Iterator[tuple[int, Variant, Inputs]]:
    """Yield each variant with what figures can be when its condition is asked for."""
    checks = checks_on(world.checks, keys_of_program(program))
    left: Env | None = world.env
    for index, variant in enumerate(program.variants):
        if left is None:
            return
        yield index, variant, Inputs(left, world.grids, checks=checks)
        left = refine(left, variant.condition, want=False) if variant.condition is not None else None


def _of_condition(index: int, variant: Variant, inputs: Inputs) -> Iterator[Denominator]:
    if variant.condition is None:
        return
    for division in dict.fromkeys(_divisions_in(variant.condition)):
        asked = rebuilt_in(variant.condition, _fault_of(division))
        rule = Variant(None, None, choose(asked, Const(Fraction(1)), Const(Fraction(0))))
        yield Denominator(index, division, division.right, inputs, rule)


def _of_rule(reach: Reach | None) -> Iterator[Denominator]:
    if reach is None:
        return
    measure, score = reach.variant.measure, reach.variant.score
    inputs = replace(reach.inputs, measure=None)
    for division in dict.fromkeys(() if measure is None else divisions(measure)):
        asked = None if measure is None else rebuilt(measure, _fault_of(division))
        rule = Variant(None, asked, score if asked is None else with_measure(score, asked))
        yield Denominator(reach.index, division, division.right, inputs, replace(rule, measure=None))
    for division in dict.fromkeys(divisions(score)):
        bottom = division.right if measure is None else with_measure(division.right, measure)
        rule = Variant(None, measure, rebuilt(score, _fault_of(division)))
        yield Denominator(reach.index, division, bottom, inputs, rule)


def _fault_of(division: Div) -> _Marked:
    return _Marked(division)


@dataclass(frozen=True, slots=True)
class _Marked:
    """Puts a fault in the place of a division."""

    division: Div

    def __call__(self, expr: Expr) -> Expr | None:
        return Case((), None, fault=_ASKED) if expr == self.division else None


def never_zero(program: Program, item: Denominator) -> bool:
    """Whether no data make the denominator 0: by what its figures can be, by the variants, or by the form's checks."""
    bottom = measured(item.bottom, item.inputs.env, Trace())
    if bottom is None or ranges.restrict(bottom, "=", Fraction(0)) is None or _elsewhere(program, item):
        return True
    form = form_of(item.bottom)
    if form.pieces or not form.leaves:
        return False
    left = ranges.scale(held(form.direction(), item.inputs.checks), first_factor(form))
    return ranges.restrict(ranges.add(left, ranges.exactly(form.const)), "=", Fraction(0)) is None


def _elsewhere(program: Program, item: Denominator) -> bool:
    """Whether the variants before this one take all data for which a denominator is 0."""
    left = refine(item.inputs.env, Compare("=", item.bottom, Const(Fraction(0))), want=True)
    for variant in program.variants[: item.index]:
        if left is not None and variant.condition is not None:
            left = refine(left, variant.condition, want=False)
    return left is None


def zero_data(program: Program, item: Denominator) -> Witness | None:
    """Return data for which the denominator is 0 and the evaluator says so; None where none were found."""
    item = replace(item, inputs=replace(item.inputs, effort=Effort(MOST_TRIES)))
    solved = list(islice(solve(item.bottom, Fraction(0), item.inputs), MOST_SOLVED))
    tried = [*(data for own in solved for data in _plain(own, item.inputs)), *_led_to(item, solved)]
    return next((shown for data in tried if (shown := _shown(program, item, data)) is not None), None)


def _plain(data: Data, inputs: Inputs) -> Iterator[Data]:
    for number in _REST:
        rest = (key for key in inputs.env.figures if key not in data and number is not None)
        yield {**data, **{key: number for key in rest if number is not None and inputs.of(key).holds(number)}}


def _led_to(item: Denominator, solved: list[dict[str, Fraction]]) -> Iterator[Data]:
    """Yield data that make the denominator 0 and come to the place where it is asked for."""
    form = form_of(item.bottom)
    if form.pieces or not all(isinstance(leaf, Input) for leaf in form.leaves):
        for own in solved:
            settled = {key: ranges.exactly(value) for key, value in own.items()}
            env = replace(item.inputs.env, figures={**item.inputs.env.figures, **settled})
            yield from ({**data, **own} for data in _coming(item.rule, replace(item.inputs, env=env)))
        return
    for leaf, factor in islice(form.leaves.items(), MOST_SOLVED):
        rest = Mul(Const(-1 / factor), minus(item.bottom, Mul(Const(factor), leaf)))
        rule = _with_figure(item.rule, leaf, rest)
        for data in _coming(rule, item.inputs):
            given = {key: ranges.exactly(value) for key, value in data.items() if isinstance(value, Fraction)}
            env = replace(item.inputs.env, figures={**item.inputs.env.figures, **given})
            value = measured(rest, env, Trace())
            number = None if value is None else value.known
            if isinstance(leaf, Input) and number is not None and item.inputs.of(leaf.key).holds(number):
                yield {**data, leaf.key: number}


def _with_figure(rule: Variant, figure: Expr, formula: Expr) -> Variant:
    """Return a rule with a formula in the place of a figure."""

    def other(expr: Expr) -> Expr | None:
        return formula if expr == figure else None

    measure = None if rule.measure is None else rebuilt(rule.measure, other)
    return replace(rule, measure=measure, score=rebuilt(rule.score, other))


def _coming(rule: Variant, inputs: Inputs) -> Iterator[Data]:
    """Yield data that come to the division in a rule."""
    reach = reach_of(Program((rule,)), 0, rule, inputs)
    for piece in reach.pieces:
        if _ASKED in piece.faults or not piece.exact:
            shown = reach.searcher.find(piece, lambda found: _ASKED in found.faults)
            if shown is not None:
                yield shown.data


def _shown(program: Program, item: Denominator, data: Data) -> Witness | None:
    env = filled(program, item.inputs.env, data, item.inputs)
    outcome = run(program, env)
    faults = {(fault.kind, fault.words) for fault in outcome.trace.faults}
    if outcome.score is None and ("zero-denominator", item.division.words) in faults:
        return witness_of(program, env, outcome) if admissible(env, item.inputs.checks) else None
    return None


def zero_after_total(model: Model, world: World) -> Iterator[tuple[Adjustment, Div, str]]:
    """Yield what divides by 0 after the total, with data for which the evaluator says so."""
    inputs = Inputs(world.env, world.grids, checks=world.checks)
    for adjustment, value in _after_total(model):
        for division in dict.fromkeys(divisions(value)):
            for own in islice(solve(division.right, Fraction(0), inputs), MOST_SOLVED):
                data = {key: text_of(number) for key, number in own.items() if not is_result(key)}
                if len(data) == len(own) and _divides_by_zero(model, value, division, data):
                    yield adjustment, division, "，".join(f"{key} = {text}" for key, text in data.items())
                    break


def _after_total(model: Model) -> Iterator[tuple[Adjustment, Expr]]:
    """Yield each adjustment of the total with what it makes of the total, or with the condition that it asks."""
    defined = model.totals.definitions
    for index, adjustment in enumerate(model.adjustments):
        after = defined.get(result_key("total", str(index + 1))) or defined.get(model.totals.total)
        asked = defined.get(result_key("applies", f"veto:{adjustment.name}"))
        found = asked if adjustment.kind == "veto" else after
        if found is not None:
            yield adjustment, found.value


def _divides_by_zero(model: Model, value: Expr, division: Div, data: Mapping[str, str]) -> bool:
    plain = {**plain_data(model, world_of(model)), **data}
    given = Submission(figures={key: Figure(key, Statement(text)) for key, text in plain.items()})
    world = world_of(model, given)
    bottom = measured(division.right, world.env, Trace())
    _, trace = value_of(value, world.env)
    asked = any((fault.kind, fault.words) == ("zero-denominator", division.words) for fault in trace.faults)
    return asked and bottom is not None and bottom.known == 0 and admissible(world.env, world.checks)

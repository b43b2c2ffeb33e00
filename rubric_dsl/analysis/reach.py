"""The variants of an indicator with all that their figures can be, each cut into pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from fractions import Fraction

from rubric_dsl.analysis.admissible import checks_on
from rubric_dsl.analysis.domain import WHOLE, Grid
from rubric_dsl.analysis.lattice import Inputs, domain_of
from rubric_dsl.analysis.pieces import cut
from rubric_dsl.analysis.simple import points_in
from rubric_dsl.analysis.variables import Space, space_of
from rubric_dsl.analysis.witness import Searcher
from rubric_dsl.analysis.zones import Piece
from rubric_dsl.core.keys import is_result
from rubric_dsl.core.nodes import (
    Case,
    Expr,
    Extreme,
    Mul,
    Program,
    Rounding,
    ToWhole,
    Variant,
)
from rubric_dsl.core.walk import keys_of, keys_of_program, parts_of, unrounded, with_measure
from rubric_dsl.data.submission import Submission
from rubric_dsl.evaluate.evaluator import refine
from rubric_dsl.evaluate.state import Env
from rubric_dsl.inputs.asked import asked_of
from rubric_dsl.inputs.bind import bind
from rubric_dsl.model.model import FormCheck, Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.scoring.score import reads_results, standing


@dataclass(frozen=True, slots=True)
class World:
    """Everything that can be given for a rubric: nothing known yet, and the figures that take only some numbers.

    It keeps how far its rules reach, so that one look at a rubric after the other cuts them once.
    """

    env: Env
    grids: Mapping[str, Grid]
    checks: tuple[FormCheck, ...] = ()
    _reached: dict[int, tuple[Program, Reached]] = field(default_factory=dict, repr=False, compare=False)


def world_of(model: Model, given: Submission | None = None) -> World:
    """Return what all figures, choices and results of a rubric can be; with data ``given``, what they leave open."""
    return World(standing(model, bind(model, given or Submission())).whole.env, grids_of(model), model.checks)


_LAST: list[tuple[Model, World]] = []
_MOST_KEPT = 2


def world_of_rules(model: Model) -> World:
    """Return what the rules look at: their figures and choices, and results where a rule reads any; the last ones are kept."""
    for own, world in _LAST:
        if own is model:
            return world
    world = _world_of_rules(model)
    _LAST.append((model, world))
    del _LAST[:-_MOST_KEPT]
    return world


def _world_of_rules(model: Model) -> World:
    if any(reads_results(indicator.program) for indicator in model.indicators.values()):
        return world_of(model)
    return World(bind(model, Submission()).env, grids_of(model), model.checks)


def grids_of(model: Model) -> dict[str, Grid]:
    """Return the lattices of what takes only some numbers: whole figures, counts, awards in steps, ranks."""
    asked = (item for item in asked_of(model).values() if item.given)
    grids = {item.key: WHOLE if item.whole else Grid(item.step, item.start) for item in asked if item.step is not None}
    for key, cohort in model.cohorts.items():
        if cohort.kind in ("rank", "count"):
            grids[key] = Grid(Fraction(1, 2)) if cohort.ties == "mean" else WHOLE
    return grids


def plain_data(model: Model, world: World) -> dict[str, str]:
    """Return plain data for everything that the indicators ask for."""
    inputs = Inputs(world.env, world.grids)
    found: dict[str, str] = {}
    for indicator in model.indicators.values():
        for key in keys_of_program(indicator.program):
            if is_result(key):
                continue
            if key in world.env.figures:
                found[key] = text_of(next(iter(points_in(inputs.of(key))), Fraction(1)))
            elif key in world.env.choices:
                found[key] = min(world.env.choices[key])
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """One variant of an indicator: what its figures can be where it holds, and its rule cut into pieces.

    Where the rule ends with a ``rounding``, the pieces are those of the number before it.
    """

    index: int
    variant: Variant
    inputs: Inputs
    space: Space
    pieces: tuple[Piece, ...]
    searcher: Searcher
    rounding: Rounding | None = None

    @property
    def measure_key(self) -> str | None:
        """The quantity that is the measure, where the rule asks for nothing else."""
        if len(self.space.vars) != 1 or self.space.choices:
            return None
        (var,) = self.space.vars.values()
        return var.key if var.is_measure else None


Reached = tuple[tuple[Reach, ...], tuple[int, ...], Env | None]
"""The variants that can hold, the indexes of those that cannot, and what is left where none holds."""


def reaches(indicator: Indicator, world: World) -> Reached:
    """Return how far the variants of an indicator reach."""
    program, kept = indicator.program, world._reached
    _, found = kept.get(id(program), (None, None))
    if found is None:
        found = _reaches(indicator, world)
        if len(kept) < _MOST_RULES:
            kept[id(program)] = (program, found)
    return found


_MOST_RULES = 500
"""Of so many rules it is kept how far they reach: mutants are rules too."""


def _reaches(indicator: Indicator, world: World) -> Reached:
    checks = checks_on(world.checks, keys_of_program(indicator.program))
    found: list[Reach] = []
    never: list[int] = []
    left: Env | None = world.env
    for index, variant in enumerate(indicator.program.variants):
        inside = left
        if left is not None and variant.condition is not None:
            inside = refine(left, variant.condition, want=True)
            left = refine(left, variant.condition, want=False)
        if inside is None:
            never.append(index)
            continue
        found.append(reach_of(indicator.program, index, variant, Inputs(inside, world.grids, checks=checks)))
        if variant.condition is None:
            left = None
    return tuple(found), tuple(never), left


def reach_of(program: Program, index: int, variant: Variant, inputs: Inputs) -> Reach:
    """Return one variant of a program, cut into pieces over what its figures can be."""
    (score, rounding), measure = unrounded(variant.score), variant.measure
    if measure is not None and _inlined(measure, score):
        score = with_measure(score, measure)
    elif measure is not None:
        inputs = replace(inputs, measure=domain_of(measure, inputs))
    space = space_of(score, inputs)
    searcher = Searcher(program, index, inputs, space.vars)
    return Reach(index, variant, inputs, space, cut(space), searcher, rounding)


def _inlined(measure: Expr, score: Expr) -> bool:
    """Whether the measure is to be looked at as part of the rule: it is piecewise itself, or shares figures with it."""
    rounds = isinstance(measure, Mul) and isinstance(measure.right, ToWhole)
    return (not rounds and _piecewise(measure)) or bool(set(keys_of(measure)) & set(keys_of(score)))


def _piecewise(expr: Expr) -> bool:
    return isinstance(expr, Case | Extreme | ToWhole) or any(_piecewise(part) for part in parts_of(expr))


__all__ = ["Reach", "World", "grids_of", "plain_data", "reach_of", "reaches", "world_of", "world_of_rules"]

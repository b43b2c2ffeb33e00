"""Facets of an indicator: each variant's rule, and the choice among the variants, as spaces that can be searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product

from rubric_dsl import ranges
from rubric_dsl.adequacy.exact import Point, value_at
from rubric_dsl.adequacy.seen import Seen, number, seen
from rubric_dsl.analysis.lattice import Inputs
from rubric_dsl.analysis.pieces import cut
from rubric_dsl.analysis.reach import Reach, World, reaches
from rubric_dsl.analysis.simple import points_in
from rubric_dsl.analysis.variables import Space, space_of
from rubric_dsl.analysis.witness import Searcher, filled
from rubric_dsl.analysis.zones import Piece
from rubric_dsl.core.nodes import TRUE, Branch, Case, Const, Expr, Program
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.evaluate.state import Env
from rubric_dsl.model.model import Indicator
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass

PER_POINT = 3
"""So many data are tried for one point of a space."""
MAX_DIGITS = 14
SELECTION = -1
"""The index of the facet that is the choice among the variants."""


class Finder(Searcher):
    """Looks for data inside pieces, whatever variant they fall under."""

    __slots__ = ()

    def _leaf(self, leaf: Expr, value: Fraction, inputs: Inputs) -> Iterator[dict[str, Fraction | str]]:
        """Pass over figures that nobody can write: they have no end, or too many digits."""
        for own in super()._leaf(leaf, value, inputs):
            if all(isinstance(item, str) or decimal(item) is not None for item in own.values()):
                yield own

    def data(self, piece: Piece, most: int) -> Iterator[Seen]:
        """Yield data inside a piece, plain ones first, ``most`` points at the most."""
        keys = list(piece.zone.domains)
        words = {key: min(options) for key, options in piece.zone.choices.items()}
        settled = self._chosen(words)
        for values in islice(product(*(list(points_in(piece.zone.domains[key])) for key in keys)), most):
            point = list(zip(keys, values, strict=True))
            for data in islice(self._data(point, settled), PER_POINT):
                yield seen(self.program, filled(self.program, self.inputs.env, {**data, **words}, self.inputs))


def decimal(value: Fraction) -> str | None:
    """Return a number as an example writes it; None where it has no end or too many digits for a reader."""
    text = text_of(value)
    return None if "/" in text or len(text) > MAX_DIGITS else text


@dataclass(frozen=True, slots=True)
class Facet:
    """A rule over independent quantities, cut into pieces. ``index`` is its variant's, or ``SELECTION``."""

    index: int
    space: Space
    pieces: tuple[Piece, ...]
    finder: Finder

    @property
    def single(self) -> bool:
        """Whether it asks for one quantity and nothing else."""
        return len(self.space.vars) == 1 and not self.space.choices

    @property
    def blurred(self) -> bool:
        """Whether it is not known everywhere what the rule is."""
        return any(not piece.exact for piece in self.pieces)

    def point(self, found: Seen) -> dict[str, Fraction]:
        """Return the quantities of data, those left out that are not settled."""
        env = found.inside
        point: dict[str, Fraction] = {}
        for key, var in self.space.vars.items():
            total: Fraction | None = Fraction(0)
            for leaf, factor in var.form:
                value = number(leaf, env)
                total = None if total is None or value is None else total + factor * value
            if total is not None:
                point[key] = total
        return point

    def value(self, point: Mapping[str, Fraction], choices: Mapping[str, frozenset[str]]) -> Range | None:
        """Return what the rule is at a point (the numbers that it can be, where quantities are left out)."""
        words = {key: choices.get(key, options) for key, options in self.space.choices.items()}
        if len(point) == len(self.space.vars) and all(len(options) == 1 for options in words.values()):
            chosen = {key: next(iter(options)) for key, options in words.items()}
            number_there = value_at(self.space.expr, Point(point, chosen))
            return None if number_there is None else ranges.exactly(number_there)
        figures = {
            key: ranges.exactly(point[key]) if key in point else var.domain.range
            for key, var in self.space.vars.items()
        }
        found, trace = value_of(self.space.expr, Env(figures, words))
        return None if trace.faults else found


def facets_of(indicator: Indicator, world: World) -> tuple[tuple[Facet, ...], tuple[int, ...]]:
    """Return the facets of an indicator, and the variants that can never hold."""
    found, never, _ = reaches(indicator, world)
    program = indicator.program
    own = tuple(_of_rule(program, reach) for reach in found)
    return (*own, *((_selection(program, world),) if len(program.variants) > 1 else ())), never


def _of_rule(program: Program, reach: Reach) -> Facet:
    finder = Finder(program, reach.index, reach.inputs, reach.space.vars)
    return Facet(reach.index, reach.space, reach.pieces, finder)


def _selection(program: Program, world: World) -> Facet:
    """Which variant holds, as a rule that gives its index."""
    inputs = Inputs(world.env, world.grids)
    branches = tuple(
        Branch(variant.condition or TRUE, Const(Fraction(index))) for index, variant in enumerate(program.variants)
    )
    expr: Expr = Case(branches, Const(Fraction(len(branches))))
    space = space_of(expr, inputs)
    return Facet(SELECTION, space, cut(space), Finder(program, 0, inputs, space.vars))


def narrowed(piece: Piece, key: str, value: Fraction) -> Piece:
    """Return a piece in which one quantity is one number."""
    domain = replace(piece.zone.domains[key], range=ranges.exactly(value), values=None)
    return replace(piece, zone=replace(piece.zone, domains={**piece.zone.domains, key: domain}))

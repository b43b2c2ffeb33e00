"""What an expression can be: its range, and the lattice on which its numbers lie.

Whole numbers, counts, ranks and rounded numbers lie on grids; sums, multiples and products of such numbers do too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from fractions import Fraction
from itertools import product

from rubric_dsl import ranges
from rubric_dsl.analysis.admissible import admissible, first_factor, held
from rubric_dsl.analysis.domain import (
    WHOLE,
    Domain,
    Grid,
    continuous,
    joined,
    listed,
    multiplied,
    on_grid,
    scaled,
    sums_to,
    total,
)
from rubric_dsl.analysis.linear import LinearForm, LinearLeaf, form_of
from rubric_dsl.core.nodes import Add, Case, Const, Div, Expr, Extreme, Input, Lookup, Measure, Mul, ToWhole
from rubric_dsl.core.walk import keys_of
from rubric_dsl.evaluate.evaluator import measured, refine
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.model.model import FormCheck
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass

Direction = tuple[tuple[LinearLeaf, Fraction], ...]


class Effort:
    """How often figures may still be solved for in one search, however many ways it branches."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self) -> bool:
        """Take one try; False where none is left."""
        self.left -= 1
        return self.left >= 0


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a rule's figures, choices and measure can be; ``grids`` are the figures that take only some numbers.

    ``checks`` are those of the form that speak of these figures: data that break one are not admitted. ``effort`` is
    shared by all that one search makes of these inputs; without it, each step of the search has its own bound only.
    """

    env: Env
    grids: Mapping[str, Grid] = field(default_factory=dict)
    measure: Domain | None = None
    checks: tuple[FormCheck, ...] = ()
    effort: Effort | None = None

    def of(self, key: str) -> Domain:
        """Return what a figure can be."""
        item, grid = self.env.figures[key], self.grids.get(key)
        return continuous(item) if grid is None else on_grid(item, grid)


def domain_of(expr: Expr, inputs: Inputs) -> Domain:
    """Return what an expression can be: its range, and the lattice on which its numbers lie.

    This is the one definition of what a measure can be: gaps, overlaps, edges, scores and coverage all ask it. It can
    only be too wide.
    """
    numbers = _enumerated(expr, inputs)
    if numbers is not None:
        return numbers
    found = _domain(expr, inputs)
    reach = measured(expr, _env(inputs), Trace())
    return found if reach is None else found.within(reach) or found


def can_be(expr: Expr, value: Fraction, inputs: Inputs) -> bool:
    """Whether an expression can be a number of its lattice; False only where it certainly cannot."""
    form = form_of(expr)
    if not form.leaves and len(form.pieces) == 1:
        ((factor, piece),) = form.pieces
        own = (value - form.const) / factor
        if isinstance(piece, Case):
            return any(can_be(part, own, there) for part, there in _cases(piece, inputs))
        if isinstance(piece, Extreme):
            return any(can_be(part, own, inputs) for part in piece.parts)
        return _domain(piece, inputs).holds(own)
    leaves = [_leaf_domain(leaf, factor, inputs) for leaf, factor in form.leaves.items()]
    pieces = [scaled(_domain(piece, inputs), factor) for factor, piece in form.pieces]
    return sums_to([*leaves, *pieces], value - form.const) if leaves or pieces else value == form.const


MOST_ENUMERATED = 500
"""Where figures and choices have no more combinations than this, a measure is computed for each of them."""


def _enumerated(expr: Expr, inputs: Inputs) -> Domain | None:
    """Return the very numbers of an expression over few combinations of whole figures and choices."""
    keys = dict.fromkeys(keys_of(expr))
    if inputs.measure is not None or not keys:
        return None
    figures = {key: inputs.of(key).listing(MOST_ENUMERATED) for key in keys if key in inputs.env.figures}
    choices = {key: sorted(inputs.env.choices[key]) for key in keys if key in inputs.env.choices}
    known = {key: numbers for key, numbers in figures.items() if numbers is not None}
    count = math.prod(len(item) for item in (*known.values(), *choices.values()))
    if len(known) < len(figures) or count > MOST_ENUMERATED:
        return None
    found: set[Fraction] = set()
    for numbers in product(*known.values()):
        for words in product(*choices.values()):
            settled = {key: ranges.exactly(number) for key, number in zip(known, numbers, strict=True)}
            chosen = {key: frozenset({word}) for key, word in zip(choices, words, strict=True)}
            env = Env({**inputs.env.figures, **settled}, {**inputs.env.choices, **chosen})
            value = measured(expr, env, Trace()) if admissible(env, inputs.checks) else None
            if value is not None and value.known is None:
                return None
            found.update([value.known] if value is not None and value.known is not None else [])
    return listed(found)


def _domain(expr: Expr, inputs: Inputs) -> Domain:
    match expr:
        case ToWhole():
            return on_grid(ranges.to_whole(_domain(expr.part, inputs).range, expr.mode), WHOLE)
        case Extreme():
            return _extreme(expr, inputs)
        case Case():
            reach = measured(expr, _env(inputs), Trace())
            parts = [_domain(part, there) for part, there in _cases(expr, inputs)]
            return joined(parts, reach or ranges.EVERYTHING) if parts else continuous(reach or ranges.EVERYTHING)
        case _:
            return _sum(form_of(expr), inputs)


def _cases(expr: Case, inputs: Inputs) -> Iterator[tuple[Expr, Inputs]]:
    """Yield the values of a case, each with what its figures can be where it is taken."""
    left: Env | None = _env(inputs)
    for branch in expr.branches:
        inside = None if left is None else refine(left, branch.condition, want=True)
        if inside is not None:
            yield branch.value, replace(inputs, env=inside)
        left = None if left is None else refine(left, branch.condition, want=False)
    if left is not None and expr.otherwise is not None:
        yield expr.otherwise, replace(inputs, env=left)


def _sum(form: LinearForm, inputs: Inputs) -> Domain:
    parts = [_const(form.const), *(scaled(_domain(piece, inputs), factor) for factor, piece in form.pieces)]
    if form.leaves:
        parts.append(scaled(together(form.direction(), inputs), first_factor(form)))
    return total(parts)


def together(direction: Direction, inputs: Inputs) -> Domain:
    """Return what a sum of leaves can be; a check of the form can hold them together."""
    found = total([_leaf_domain(leaf, factor, inputs) for leaf, factor in direction])
    return found.within(held(direction, inputs.checks)) or found


def _extreme(expr: Extreme, inputs: Inputs) -> Domain:
    """The greater of two numbers is never below their mean, the less never above it: so no absolute value is below 0."""
    parts = [_domain(part, inputs) for part in expr.parts]
    reach = ranges.extreme(expr.kind, [part.range for part in parts])
    if len(parts) == 2:  # noqa: PLR2004
        mean = _domain(Div(Add(expr.parts), Const(Fraction(2))), inputs).range
        beyond = Range(mean.low, ranges.NO_END) if expr.kind == "max" else Range(ranges.NO_END, mean.high)
        reach = ranges.meet(reach, beyond) or reach
    return joined(parts, reach)


def _env(inputs: Inputs) -> Env:
    return inputs.env if inputs.measure is None else replace(inputs.env, measure=inputs.measure.range)


def _const(value: Fraction) -> Domain:
    return Domain(ranges.exactly(value))


def _leaf_domain(leaf: LinearLeaf, factor: Fraction, inputs: Inputs) -> Domain:
    return scaled(_leaf(leaf, inputs), factor)


def _leaf(leaf: LinearLeaf, inputs: Inputs) -> Domain:
    match leaf:
        case Input():
            return inputs.of(leaf.key)
        case Measure():
            return inputs.measure or continuous(ranges.EVERYTHING)
        case Lookup():
            possible = inputs.env.choices[leaf.key]
            return listed(value for word, value in leaf.table if word in possible) or _const(Fraction(0))
    reach = measured(leaf, _env(inputs), Trace()) or ranges.EVERYTHING
    found = continuous(reach)
    if isinstance(leaf, Mul):
        found = multiplied(_domain(leaf.left, inputs), _domain(leaf.right, inputs))
    elif isinstance(leaf, Div):
        turned = ranges.invert(_domain(leaf.right, inputs).range)
        top = _domain(leaf.left, inputs).range
        found = continuous(reach if turned is None else ranges.multiply(top, turned))
    return found.within(reach) or found


__all__ = ["Direction", "Inputs", "can_be", "domain_of", "together"]

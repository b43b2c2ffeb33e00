"""A rule over few independent quantities: sums that always stand together become one quantity.

Five counts that are only ever summed are one count; ``measure − target`` is one deviation. What is left is a rule in
which every quantity can be looked at by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from rubric_dsl.analysis.domain import Domain
from rubric_dsl.analysis.lattice import Direction, Inputs, together
from rubric_dsl.analysis.linear import ONE, LinearForm, LinearLeaf, difference, form_of
from rubric_dsl.core.keys import own_key
from rubric_dsl.core.nodes import (
    Add,
    Both,
    Case,
    Compare,
    Condition,
    Const,
    Div,
    Either,
    Expr,
    Extreme,
    Input,
    Is,
    Lookup,
    Measure,
    Mul,
    Not,
    Real,
    ToWhole,
)
from rubric_dsl.core.walk import conditions_of, keys_of, parts_of
from rubric_dsl.records import dataclass

MEASURE = own_key("measure")
"""Stands for the measure among the keys."""


@dataclass(frozen=True, slots=True)
class Var:
    """An independent quantity: ``key`` is its name in the rewritten rule, ``form`` what it sums, ``domain`` its reach."""

    key: str
    form: Direction
    domain: Domain

    @property
    def is_measure(self) -> bool:
        """Whether it is the measure itself."""
        return len(self.form) == 1 and isinstance(self.form[0][0], Measure)


@dataclass(frozen=True, slots=True)
class Space:
    """A rule rewritten over independent quantities and the choices that it asks for by themselves."""

    expr: Expr
    vars: Mapping[str, Var]
    choices: Mapping[str, frozenset[str]]


def space_of(expr: Expr, inputs: Inputs) -> Space:
    """Rewrite a rule over independent quantities."""
    return _Rewriter(expr, inputs).space()


class _Rewriter:
    def __init__(self, expr: Expr, inputs: Inputs) -> None:
        self.expr, self.inputs = expr, inputs
        self.vars: dict[str, Var] = {}
        self.by_direction: dict[Direction, Var] = {}
        self.broken: set[str] = set()
        self.opened: set[LinearLeaf] = set()

    def space(self) -> Space:
        self._settle()
        rewritten = self._expr(self.expr)
        asked = {key: self.inputs.env.choices[key] for key in keys_of(rewritten) if key in self.inputs.env.choices}
        return Space(rewritten, self.vars, asked)

    def _settle(self) -> None:
        """Break up sums that share a quantity with another sum, until what is left is independent."""
        while True:
            seen: dict[str, set[Direction]] = {}
            for direction in self._directions(self.expr):
                for key in _keys(direction):
                    seen.setdefault(key, set()).add(direction)
            chosen = set(_asked(self.expr))
            clashing = {key for key, found in seen.items() if len(found) > 1 or key in chosen} - self.broken
            fresh = {
                leaf
                for key in clashing | self.broken
                for direction in seen.get(key, ())
                for leaf, _ in direction
                if len(direction) == 1
                and isinstance(leaf, Mul | Div | Real | Lookup)
                and leaf not in self.opened
                and (len(seen[key]) > 1 or key in chosen)
            }
            if not clashing and not fresh:
                return
            self.broken |= clashing
            self.opened |= fresh

    def _directions(self, expr: Expr) -> Iterator[Direction]:
        for form in _forms(expr, self.opened):
            yield from self._split(form)

    def _split(self, form: LinearForm) -> list[Direction]:
        direction = form.direction()
        if not direction:
            return []
        if len(direction) > 1 and self.broken & set(_keys(direction)):
            return [((leaf, ONE),) for leaf, _ in direction if leaf not in self.opened]
        return [direction] if direction[0][0] not in self.opened else []

    def _expr(self, expr: Expr) -> Expr:
        match expr:
            case Extreme():
                return replace(expr, parts=tuple(self._expr(part) for part in expr.parts))
            case ToWhole():
                return replace(expr, part=self._expr(expr.part))
            case Case():
                branches = tuple(
                    replace(branch, condition=self._condition(branch.condition), value=self._expr(branch.value))
                    for branch in expr.branches
                )
                return replace(
                    expr, branches=branches, otherwise=None if expr.otherwise is None else self._expr(expr.otherwise)
                )
            case _:
                return self._form(form_of(expr))

    def _form(self, form: LinearForm) -> Expr:
        parts: list[Expr] = [Const(form.const)] if form.const or not (form.leaves or form.pieces) else []
        split = self._split(form)
        if len(split) == 1 and len(split[0]) == len(form.leaves):
            factor = form.leaves[split[0][0][0]]
            parts.append(_times(factor, Input(self._var(split[0]).key)))
        else:
            for leaf, factor in form.leaves.items():
                parts.append(_times(factor, self._leaf(leaf)))
        parts.extend(_times(factor, self._expr(piece)) for factor, piece in form.pieces)
        return parts[0] if len(parts) == 1 else Add(tuple(parts))

    def _leaf(self, leaf: LinearLeaf) -> Expr:
        if leaf not in self.opened:
            return Input(self._var(((leaf, ONE),)).key)
        if isinstance(leaf, Mul | Div):
            return replace(leaf, left=self._expr(leaf.left), right=self._expr(leaf.right))
        if isinstance(leaf, Real):
            return replace(leaf, parts=tuple(self._expr(part) for part in leaf.parts))
        return leaf

    def _condition(self, condition: Condition) -> Condition:
        match condition:
            case Compare():
                return Compare(
                    condition.op, self._form(difference(condition.left, condition.right)), Const(Fraction(0))
                )
            case Both() | Either():
                return replace(condition, parts=tuple(self._condition(part) for part in condition.parts))
            case Not():
                return Not(self._condition(condition.part))
            case _:
                return condition

    def _var(self, direction: Direction) -> Var:
        found = self.by_direction.get(direction)
        if found is None:
            found = Var(own_key(f"v{len(self.vars)}"), direction, together(direction, self.inputs))
            self.by_direction[direction] = self.vars[found.key] = found
        return found


def _times(factor: Fraction, expr: Expr) -> Expr:
    return expr if factor == 1 else Mul(Const(factor), expr)


def _keys(direction: Direction) -> list[str]:
    return [key for leaf, _ in direction for key in _reads(leaf)]


def _reads(expr: Expr) -> Iterator[str]:
    yield from keys_of(expr)
    if _reads_measure(expr):
        yield MEASURE


def _reads_measure(expr: Expr) -> bool:
    return isinstance(expr, Measure) or any(_reads_measure(part) for part in parts_of(expr))


def _forms(expr: Expr, opened: set[LinearLeaf]) -> Iterator[LinearForm]:
    """Yield every linear form that a rule compares, rounds, takes the least of, or gives as its value."""
    if isinstance(expr, Extreme):
        for part in expr.parts:
            yield from _forms(part, opened)
        return
    if isinstance(expr, ToWhole):
        yield from _forms(expr.part, opened)
        return
    if isinstance(expr, Case):
        for condition in conditions_of(expr):
            yield from _forms_in(condition, opened)
        for part in parts_of(expr):
            yield from _forms(part, opened)
        return
    form = form_of(expr)
    yield from _inside(form, opened)


def _inside(form: LinearForm, opened: set[LinearLeaf]) -> Iterator[LinearForm]:
    if form.leaves:
        yield form
    for leaf in form.leaves:
        if leaf in opened:
            for part in parts_of(leaf):
                yield from _forms(part, opened)
    for _, piece in form.pieces:
        yield from _forms(piece, opened)


def _forms_in(condition: Condition, opened: set[LinearLeaf]) -> Iterator[LinearForm]:
    if isinstance(condition, Compare):
        yield from _inside(difference(condition.left, condition.right), opened)
    elif isinstance(condition, Not):
        yield from _forms_in(condition.part, opened)
    elif isinstance(condition, Both | Either):
        for part in condition.parts:
            yield from _forms_in(part, opened)


def _asked(expr: Expr) -> Iterator[str]:
    """Yield the choices that conditions ask for."""
    for condition in conditions_of(expr):
        yield from _asked_in(condition)
    for part in parts_of(expr):
        yield from _asked(part)


def _asked_in(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Is):
        yield condition.key
    elif isinstance(condition, Compare):
        yield from _asked(condition.left)
        yield from _asked(condition.right)
    elif isinstance(condition, Not):
        yield from _asked_in(condition.part)
    else:
        for part in condition.parts:
            yield from _asked_in(part)


__all__ = ["MEASURE", "Space", "Var", "space_of"]

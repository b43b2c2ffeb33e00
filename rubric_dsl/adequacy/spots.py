"""Spots: every part and every condition of an expression, with what puts another in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from rubric_dsl.core.nodes import Both, Case, Compare, Condition, Either, Expr, Not
from rubric_dsl.core.walk import parts_of, with_parts
from rubric_dsl.records import dataclass

Put = Callable[[Expr], Expr]
PutCondition = Callable[[Condition], Condition]


@dataclass(frozen=True, slots=True)
class Spot:
    """A part; ``put`` gives the whole with another in its place, ``within`` are the parts around it, nearest last."""

    node: Expr
    put: Put
    within: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A condition inside an expression; ``put`` as for a spot."""

    condition: Condition
    put: Callable[[Condition], Expr]


def spots(expr: Expr) -> Iterator[Spot | Ask]:
    """Yield the parts and the conditions of an expression, in order."""
    yield from _spots(expr, lambda new: new, ())


def _spots(expr: Expr, put: Put, within: tuple[Expr, ...]) -> Iterator[Spot | Ask]:
    yield Spot(expr, put, within)
    if isinstance(expr, Case):
        for index, branch in enumerate(expr.branches):
            for condition, inside in asks(branch.condition):
                into = _into_branch(expr, index, inside, put)
                yield Ask(condition, into)
                if isinstance(condition, Compare):
                    yield from _spots(condition.left, _into_left(condition, into), (*within, expr))
                    yield from _spots(condition.right, _into_right(condition, into), (*within, expr))
    for index, part in enumerate(parts_of(expr)):
        yield from _spots(part, _into_part(expr, index, put), (*within, expr))


def _into_part(expr: Expr, index: int, put: Put) -> Put:
    def put_part(new: Expr) -> Expr:
        parts = parts_of(expr)
        return put(with_parts(expr, (*parts[:index], new, *parts[index + 1 :])))

    return put_part


def _into_left(condition: Compare, put: Callable[[Condition], Expr]) -> Put:
    return lambda new: put(replace(condition, left=new))


def _into_right(condition: Compare, put: Callable[[Condition], Expr]) -> Put:
    return lambda new: put(replace(condition, right=new))


def _into_branch(expr: Case, index: int, inside: PutCondition, put: Put) -> Callable[[Condition], Expr]:
    def put_condition(new: Condition) -> Expr:
        branches = list(expr.branches)
        branches[index] = replace(branches[index], condition=inside(new))
        return put(replace(expr, branches=tuple(branches)))

    return put_condition


def asks(condition: Condition) -> Iterator[tuple[Condition, PutCondition]]:
    """Yield the conditions inside a condition, itself first, with what puts another in their place."""
    yield condition, lambda new: new
    if isinstance(condition, Not):
        for inner, put in asks(condition.part):
            yield inner, _negated(put)
    elif isinstance(condition, Both | Either):
        for index, part in enumerate(condition.parts):
            for inner, put in asks(part):
                yield inner, _joined(condition, index, put)


def _negated(put: PutCondition) -> PutCondition:
    return lambda new: Not(put(new))


def _joined(condition: Both | Either, index: int, put: PutCondition) -> PutCondition:
    def inside(new: Condition) -> Condition:
        return replace(condition, parts=(*condition.parts[:index], put(new), *condition.parts[index + 1 :]))

    return inside

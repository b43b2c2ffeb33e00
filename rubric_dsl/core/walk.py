"""Walks over core: the parts of an expression, the keys it reads, whether it can be irrational."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

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
    Program,
    Real,
    Rounding,
    ToWhole,
)


def parts_of(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions directly inside an expression (conditions left out)."""
    if isinstance(expr, Add | Extreme | Real):
        return expr.parts
    if isinstance(expr, Mul | Div):
        return (expr.left, expr.right)
    if isinstance(expr, ToWhole):
        return (expr.part,)
    if isinstance(expr, Case):
        values = tuple(branch.value for branch in expr.branches)
        return values if expr.otherwise is None else (*values, expr.otherwise)
    return ()


def conditions_of(expr: Expr) -> tuple[Condition, ...]:
    """Return the conditions directly inside an expression."""
    return tuple(branch.condition for branch in expr.branches) if isinstance(expr, Case) else ()


def keys_of(expr: Expr | None) -> Iterator[str]:
    """Yield the key of every figure, choice and result that an expression reads, conditions included, in order."""
    if expr is None:
        return
    if isinstance(expr, Input | Lookup):
        yield expr.key
    for condition in conditions_of(expr):
        yield from keys_in(condition)
    for part in parts_of(expr):
        yield from keys_of(part)


def keys_in(condition: Condition | None) -> Iterator[str]:
    """Yield the keys that a condition reads."""
    if condition is None:
        return
    if isinstance(condition, Compare):
        yield from keys_of(condition.left)
        yield from keys_of(condition.right)
    elif isinstance(condition, Is):
        yield condition.key
    elif isinstance(condition, Not):
        yield from keys_in(condition.part)
    else:
        for part in condition.parts:
            yield from keys_in(part)


def keys_of_program(program: Program) -> Iterator[str]:
    """Yield every key that an indicator reads."""
    for variant in program.variants:
        yield from keys_in(variant.condition)
        yield from keys_of(variant.measure)
        yield from keys_of(variant.score)


Change = Callable[[Expr], Expr | None]
Answer = Callable[[Is], Condition | None]


def rebuilt(expr: Expr, change: Change, answer: Answer = lambda _: None) -> Expr:
    """Return an expression in which other nodes stand for some of its own, conditions included.

    ``change`` gives what stands for an expression, ``answer`` what stands for a question about a choice; None: its own
    parts are looked at.
    """
    changed = change(expr)
    if changed is not None:
        return changed
    if isinstance(expr, Case):
        conditions = [rebuilt_in(item.condition, change, answer) for item in expr.branches]
        asked = zip(expr.branches, conditions, strict=True)
        branches = tuple(replace(item, condition=condition) for item, condition in asked)
        return with_parts(replace(expr, branches=branches), [rebuilt(part, change, answer) for part in parts_of(expr)])
    return with_parts(expr, [rebuilt(part, change, answer) for part in parts_of(expr)])


def with_parts(expr: Expr, parts: Sequence[Expr]) -> Expr:
    """Return an expression with other parts in place of its own, in the order of :func:`parts_of`; its conditions stay."""
    match expr:
        case Add() | Extreme() | Real():
            return replace(expr, parts=tuple(parts))
        case Mul() | Div():
            return replace(expr, left=parts[0], right=parts[1])
        case ToWhole():
            return replace(expr, part=parts[0])
        case Case():
            branches = tuple(replace(item, value=value) for item, value in zip(expr.branches, parts, strict=False))
            return replace(expr, branches=branches, otherwise=None if expr.otherwise is None else parts[-1])
        case Const() | Input() | Measure() | Lookup():
            return expr
        case _:
            assert_never(expr)


def rebuilt_in(condition: Condition, change: Change, answer: Answer = lambda _: None) -> Condition:
    """Return a condition in which other nodes stand for some of its own, as :func:`rebuilt`."""
    match condition:
        case Compare():
            return replace(
                condition,
                left=rebuilt(condition.left, change, answer),
                right=rebuilt(condition.right, change, answer),
            )
        case Is():
            return answer(condition) or condition
        case Not():
            return Not(rebuilt_in(condition.part, change, answer))
        case Both() | Either():
            return replace(condition, parts=tuple(rebuilt_in(part, change, answer) for part in condition.parts))
        case _:
            assert_never(condition)


def with_measure(expr: Expr, measure: Expr) -> Expr:
    """Return a rule with an expression in place of the measure."""
    return rebuilt(expr, lambda node: measure if isinstance(node, Measure) else None)


def unrounded(expr: Expr) -> tuple[Expr, Rounding | None]:
    """Return a rule without the rounding that it ends with, and that rounding."""
    match expr:
        case Mul(left=Const(value=step), right=ToWhole(mode=mode, part=Div(left=inner, right=Const(value=by)))):
            if step == by and step > 0:
                return inner, Rounding(step, mode)
    return expr, None


def renamed(expr: Expr, names: Mapping[str, str]) -> Expr:
    """Return an expression that reads other keys, and whose parts play no role of their own."""

    def change(node: Expr) -> Expr | None:
        if isinstance(node, Input):
            return Input(names.get(node.key, node.key))
        if isinstance(node, Lookup):
            return Lookup(names.get(node.key, node.key), node.table)
        if node.role is not None and not isinstance(node, Const | Measure):
            return rebuilt(replace(node, role=None), change, answer)
        return None

    def answer(asked: Is) -> Condition:
        return Is(names.get(asked.key, asked.key), asked.options)

    return rebuilt(expr, change, answer)


def irrational(expr: Expr, measure: Expr | None) -> bool:
    """Whether an expression's own value can be irrational; what only decides between branches does not count."""
    if isinstance(expr, Real):
        return True
    if isinstance(expr, ToWhole | Const | Input | Lookup):
        return False
    if isinstance(expr, Measure):
        return measure is not None and irrational(measure, None)
    return any(irrational(part, measure) for part in parts_of(expr))


def has_real(expr: Expr | None) -> bool:
    """Whether an expression computes a logarithm, exponential or power anywhere."""
    if expr is None:
        return False
    if isinstance(expr, Real):
        return True
    inside = any(has_real_in(condition) for condition in conditions_of(expr))
    return inside or any(has_real(part) for part in parts_of(expr))


def has_real_in(condition: Condition) -> bool:
    """Whether a condition does."""
    return any_side(condition, has_real)


def any_side(condition: Condition, test: Callable[[Expr], bool]) -> bool:
    """Whether a test holds for any expression that a condition compares."""
    return any(test(side) for side in sides_of(condition))


def sides_of(condition: Condition) -> Iterator[Expr]:
    """Yield the expressions that a condition compares."""
    if isinstance(condition, Compare):
        yield condition.left
        yield condition.right
    elif isinstance(condition, Not):
        yield from sides_of(condition.part)
    elif isinstance(condition, Both | Either):
        for part in condition.parts:
            yield from sides_of(part)


def asks_for_words(condition: Condition) -> bool:
    """Whether a condition asks which word was chosen."""
    if isinstance(condition, Both | Either):
        return any(asks_for_words(part) for part in condition.parts)
    return isinstance(condition, Is) or (isinstance(condition, Not) and asks_for_words(condition.part))


def has_real_in_program(program: Program) -> bool:
    """Whether an indicator computes one anywhere."""
    return any(
        has_real(variant.measure)
        or has_real(variant.score)
        or (variant.condition is not None and has_real_in(variant.condition))
        for variant in program.variants
    )

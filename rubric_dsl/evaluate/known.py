"""Core over numbers that are all known: the evaluator's answers without ranges and without a trace.

It computes plain numbers or says that it cannot: where anything is missing, faulty or irrational it raises
:class:`Unsettled`, and the evaluator itself is asked. So it decides nothing of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from rubric_dsl.core.keys import UNAVAILABLE, availability_key
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
    ToWhole,
)
from rubric_dsl.evaluate.state import Choices, Env
from rubric_dsl.ranges import Range, holds, whole
from rubric_dsl.records import dataclass


class Unsettled(Exception):  # noqa: N818 - no error: the evaluator answers instead
    """A value is missing, faulty or irrational."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a program gives: the index of its variant, the measure, the score, and whether the indicator applies."""

    taken: int
    measure: Fraction | None
    score: Fraction
    applies: bool


def settled(program: Program, env: Env) -> Settled | None:
    """Evaluate a program whose inputs are all known; None where the evaluator must be asked."""
    state = _State(env.figures, env.choices)
    try:
        for index, variant in enumerate(program.variants):
            if variant.condition is not None and not _truth(variant.condition, state):
                continue
            if variant.measure is not None:
                state.measure = _number(variant.measure, state)
            return Settled(index, state.measure, _number(variant.score, state), variant.applies)
    except Unsettled:
        pass
    return None


def settled_value(expr: Expr, env: Env, seen: dict[int, Fraction] | None = None) -> Fraction | None:
    """Evaluate an expression whose inputs are all known; None where the evaluator must be asked.

    ``seen`` keeps quotients by the node's id, for expressions over the same figures that have nodes in common.
    """
    state = _State(env.figures, env.choices)
    state.seen = seen
    try:
        return _number(expr, state)
    except Unsettled:
        return None


def settled_condition(condition: Condition, env: Env) -> bool | None:
    """Whether a condition holds whose inputs are all known; None where the evaluator must be asked."""
    try:
        return _truth(condition, _State(env.figures, env.choices))
    except Unsettled:
        return None


class _State:
    """What is known, and the measure once it is computed."""

    __slots__ = ("choices", "figures", "measure", "seen")

    def __init__(self, figures: Mapping[str, Range], choices: Mapping[str, Choices]) -> None:
        self.figures, self.choices = figures, choices
        self.measure: Fraction | None = None
        self.seen: dict[int, Fraction] | None = None


def _number(node: Expr, state: _State) -> Fraction:
    read = _NUMBERS.get(node.__class__)
    if read is None:
        raise Unsettled
    return read(node, state)


def _truth(condition: Condition, state: _State) -> bool:
    return _TRUTHS[condition.__class__](condition, state)


def _const(node: Const, _: _State) -> Fraction:
    return node.value


def _input(node: Input, state: _State) -> Fraction:
    if state.choices.get(availability_key(node.key)) == _ABSENT:
        raise Unsettled
    value = state.figures[node.key].known
    if value is None:
        raise Unsettled
    return value


_ABSENT = frozenset({UNAVAILABLE})


def _measure(_: Measure, state: _State) -> Fraction:
    if state.measure is None:
        raise Unsettled
    return state.measure


def _add(node: Add, state: _State) -> Fraction:
    return sum([_number(part, state) for part in node.parts], _ZERO)


_ZERO = Fraction(0)


def _mul(node: Mul, state: _State) -> Fraction:
    return _number(node.left, state) * _number(node.right, state)


def _div(node: Div, state: _State) -> Fraction:
    if state.seen is None:
        return _quotient(node, state)
    if id(node) not in state.seen:
        state.seen[id(node)] = _quotient(node, state)
    return state.seen[id(node)]


def _quotient(node: Div, state: _State) -> Fraction:
    top, bottom = _number(node.left, state), _number(node.right, state)
    if not bottom:
        raise Unsettled
    return top / bottom


def _extreme(node: Extreme, state: _State) -> Fraction:
    items = [_number(part, state) for part in node.parts]
    return min(items) if node.kind == "min" else max(items)


def _to_whole(node: ToWhole, state: _State) -> Fraction:
    return Fraction(whole(_number(node.part, state), node.mode))


def _lookup(node: Lookup, state: _State) -> Fraction:
    possible = state.choices[node.key]
    values = [value for word, value in node.table if word in possible]
    if len(possible) != 1 or not values:
        raise Unsettled
    return values[0]


def _case(node: Case, state: _State) -> Fraction:
    for branch in node.branches:
        if _truth(branch.condition, state):
            return _number(branch.value, state)
    if node.otherwise is None:
        raise Unsettled
    return _number(node.otherwise, state)


_NUMBERS: dict[type, Callable[[Any, _State], Fraction]] = {
    Const: _const,
    Input: _input,
    Measure: _measure,
    Add: _add,
    Mul: _mul,
    Div: _div,
    Extreme: _extreme,
    ToWhole: _to_whole,
    Lookup: _lookup,
    Case: _case,
}
"""How each node gives its number; a logarithm or power is left to the evaluator."""


def _compare(condition: Compare, state: _State) -> bool:
    return holds(condition.op, _number(condition.left, state), _number(condition.right, state))


def _is(condition: Is, state: _State) -> bool:
    possible = state.choices[condition.key]
    if len(possible) != 1:
        raise Unsettled
    return possible <= condition.options


def _not(condition: Not, state: _State) -> bool:
    return not _truth(condition.part, state)


def _both(condition: Both, state: _State) -> bool:
    return all(_all_truths(condition.parts, state))


def _either(condition: Either, state: _State) -> bool:
    return any(_all_truths(condition.parts, state))


def _all_truths(parts: tuple[Condition, ...], state: _State) -> list[bool]:
    """Look at every part: one without a value is the evaluator's, whatever the others are."""
    return [_truth(part, state) for part in parts]


_TRUTHS: dict[type, Callable[[Any, _State], bool]] = {
    Compare: _compare,
    Is: _is,
    Not: _not,
    Both: _both,
    Either: _either,
}

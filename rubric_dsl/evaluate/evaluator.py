"""The exact evaluator: core over ranges, with trace. A known figure is a range that holds one number.

Conditions narrow the figures and the measure that they speak of, so that what is read inside a branch is what can
be there. Every value seen is kept under its node's role: explanations read these and compute nothing again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import assert_never

from rubric_dsl import ranges as span
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
    Lookup,
    Measure,
    Mul,
    Not,
    Program,
    ToWhole,
)
from rubric_dsl.evaluate import rational
from rubric_dsl.ranges import MIRROR, OPPOSITE, Range

Choices = frozenset[str]


@dataclass(frozen=True, slots=True)
class Env:
    """What is known: a range for each number, the words still possible for each choice, and the measure."""

    figures: Mapping[str, Range]
    choices: Mapping[str, Choices]
    measure: Range | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no value: ``zero-denominator``, ``gap`` or ``no-measure``, with the words of the place."""

    kind: str
    words: str = ""


@dataclass(slots=True)
class Trace:
    """What the computation saw: values by role, the branches that were taken, faults met on any path."""

    values: dict[str, Range] = field(default_factory=dict)
    branches: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    waiting: dict[str, None] = field(default_factory=dict)
    tight: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """A program's outcome; ``score`` is None when every path ends in a fault."""

    score: Range | None
    measure: Range | None
    applicable: frozenset[bool]
    trace: Trace


def run(program: Program, env: Env) -> Outcome:
    """Evaluate one indicator's program."""
    trace = Trace()
    if program.not_applicable is None:
        score, measure = _applicable(program, env, trace)
        return Outcome(score, measure, frozenset({True}), trace)
    condition, instead = program.not_applicable
    answers = _truth(condition, env, trace)
    results: list[Range] = []
    measure = None
    outside = refine(env, condition, want=True) if True in answers else None
    if outside is not None:
        value = _expr(instead, outside, trace)
        results.extend([value] if value is not None else [])
    inside = refine(env, condition, want=False) if False in answers else None
    if inside is not None:
        score, measure = _applicable(program, inside, trace)
        results.extend([score] if score is not None else [])
    applicable = frozenset(({False} if outside is not None else set()) | ({True} if inside is not None else set()))
    return Outcome(span.hull(results) if results else None, measure, applicable, trace)


def _applicable(program: Program, env: Env, trace: Trace) -> tuple[Range | None, Range | None]:
    measure = None
    if program.measure is not None:
        measure = measured(program.measure, env, trace)
        if measure is None:
            return None, None
    return _expr(program.score, replace(env, measure=measure), trace), measure


def measured(expr: Expr, env: Env, trace: Trace) -> Range | None:
    """Return the range of a formula over figures; exact also where a missing figure stands more than once."""
    plain = _expr(expr, env, trace)
    if plain is None or plain.known is not None:
        return plain
    counts: dict[str, int] = {}
    _count(expr, env, counts)
    if all(count == 1 for count in counts.values()):
        return plain
    exact = rational.exact_range(expr, env.figures)
    if exact is None:
        trace.tight = False
        return plain
    return exact


def _count(expr: Expr, env: Env, counts: dict[str, int]) -> None:
    if isinstance(expr, Input):
        if env.figures[expr.key].known is None:
            counts[expr.key] = counts.get(expr.key, 0) + 1
        return
    for part in parts_of(expr):
        _count(part, env, counts)


def parts_of(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions directly inside an expression (conditions left out)."""
    if isinstance(expr, Add | Extreme):
        return expr.parts
    if isinstance(expr, Mul | Div):
        return (expr.left, expr.right)
    if isinstance(expr, ToWhole):
        return (expr.part,)
    if isinstance(expr, Case):
        values = tuple(branch.value for branch in expr.branches)
        return values if expr.otherwise is None else (*values, expr.otherwise)
    return ()


def _expr(node: Expr, env: Env, trace: Trace) -> Range | None:
    value = _value(node, env, trace)
    if node.role and value is not None:
        seen = trace.values.get(node.role)
        trace.values[node.role] = value if seen is None else span.hull([seen, value])
    return value


def _value(node: Expr, env: Env, trace: Trace) -> Range | None:
    match node:
        case Const():
            return span.exactly(node.value)
        case Input():
            return _input(node, env, trace)
        case Measure():
            return env.measure
        case Add():
            return _fold(node.parts, env, trace)
        case Mul():
            return _pair(node.left, node.right, env, trace)
        case Div():
            return _divide(node, env, trace)
        case Extreme():
            items = [_expr(part, env, trace) for part in node.parts]
            known = [item for item in items if item is not None]
            return span.extreme(node.kind, known) if len(known) == len(items) else None
        case ToWhole():
            part = _expr(node.part, env, trace)
            return None if part is None else span.to_whole(part, node.mode)
        case Lookup():
            return _lookup(node, env, trace)
        case Case():
            return _case(node, env, trace)
        case _:
            assert_never(node)


def _input(node: Input, env: Env, trace: Trace) -> Range:
    found = env.figures[node.key]
    if found.known is None:
        trace.waiting[node.key] = None
    return found


def _fold(parts: tuple[Expr, ...], env: Env, trace: Trace) -> Range | None:
    total: Range | None = span.exactly(0)
    for part in parts:
        value = _expr(part, env, trace)
        total = None if total is None or value is None else span.add(total, value)
    return total


def _pair(left: Expr, right: Expr, env: Env, trace: Trace) -> Range | None:
    a, b = _expr(left, env, trace), _expr(right, env, trace)
    return None if a is None or b is None else span.multiply(a, b)


def _divide(node: Div, env: Env, trace: Trace) -> Range | None:
    top, bottom = _expr(node.left, env, trace), _expr(node.right, env, trace)
    if top is None or bottom is None:
        return None
    if span.restrict(bottom, "=", Fraction(0)) is not None:
        trace.faults.append(Fault("zero-denominator", node.words))
    turned = span.invert(bottom)
    return None if turned is None else span.multiply(top, turned)


def _lookup(node: Lookup, env: Env, trace: Trace) -> Range | None:
    possible = env.choices[node.key]
    if len(possible) != 1:
        trace.waiting[node.key] = None
    values = [span.exactly(value) for word, value in node.table if word in possible]
    return span.hull(values) if values else None


def _case(node: Case, env: Env, trace: Trace) -> Range | None:
    results: list[Range] = []
    left: Env | None = env
    for branch in node.branches:
        if left is None:
            break
        inside = refine(left, branch.condition, want=True)
        if inside is not None:
            _note_waiting(branch.condition, left, trace)
            trace.branches.append(branch.words)
            value = _expr(branch.value, inside, trace)
            results.extend([value] if value is not None else [])
        left = refine(left, branch.condition, want=False)
    if left is not None:
        if node.otherwise is None:
            trace.faults.append(Fault("gap"))
        else:
            value = _expr(node.otherwise, left, trace)
            results.extend([value] if value is not None else [])
    return span.hull(results) if results else None


def _note_waiting(condition: Condition, env: Env, trace: Trace) -> None:
    if isinstance(condition, Compare):
        for side in (condition.left, condition.right):
            if isinstance(side, Input) and env.figures[side.key].known is None:
                trace.waiting[side.key] = None


def _truth(condition: Condition, env: Env, trace: Trace) -> frozenset[bool]:
    _waiting_in(condition, env, trace)
    yes = refine(env, condition, want=True) is not None
    no = refine(env, condition, want=False) is not None
    return frozenset(({True} if yes else set()) | ({False} if no else set()))


def _waiting_in(condition: Condition, env: Env, trace: Trace) -> None:
    match condition:
        case Compare():
            _note_waiting(condition, env, trace)
        case Both() | Either():
            for part in condition.parts:
                _waiting_in(part, env, trace)
        case Not():
            _waiting_in(condition.part, env, trace)
        case _:
            assert_never(condition)


def refine(env: Env, condition: Condition, *, want: bool) -> Env | None:
    """Return what is known when a condition holds (or does not), or None when that cannot be."""
    match condition:
        case Compare():
            return _refine_compare(env, condition, want=want)
        case Not():
            return refine(env, condition.part, want=not want)
        case Both():
            return _all(env, condition.parts, want=True) if want else _any(env, condition.parts, want=False)
        case Either():
            return _any(env, condition.parts, want=True) if want else _all(env, condition.parts, want=False)
        case _:
            assert_never(condition)


def _all(env: Env, parts: tuple[Condition, ...], *, want: bool) -> Env | None:
    current: Env | None = env
    for part in parts:
        if current is None:
            return None
        current = refine(current, part, want=want)
    return current


def _any(env: Env, parts: tuple[Condition, ...], *, want: bool) -> Env | None:
    found = [item for part in parts if (item := refine(env, part, want=want)) is not None]
    if not found:
        return None
    joined = found[0]
    for item in found[1:]:
        joined = _join(joined, item)
    return joined


def _join(a: Env, b: Env) -> Env:
    figures = {
        key: value if value is b.figures[key] else span.hull([value, b.figures[key]])
        for key, value in a.figures.items()
    }
    measure = None if a.measure is None or b.measure is None else span.hull([a.measure, b.measure])
    return Env(figures, a.choices, measure)


def _refine_compare(env: Env, condition: Compare, *, want: bool) -> Env | None:
    op = condition.op if want else OPPOSITE[condition.op]
    quiet = Trace()
    left, right = _expr(condition.left, env, quiet), _expr(condition.right, env, quiet)
    if left is None or right is None:
        return None
    if True not in span.truth(op, left, right):
        return None
    if right.known is not None:
        return _narrow(env, condition.left, op, right.known)
    if left.known is not None:
        return _narrow(env, condition.right, MIRROR[op], left.known)
    return env


def _narrow(env: Env, side: Expr, op: str, bound: Fraction) -> Env | None:
    if isinstance(side, Measure) and env.measure is not None:
        cut = span.restrict(env.measure, op, bound)
        return None if cut is None else replace(env, measure=cut)
    if isinstance(side, Input):
        cut = span.restrict(env.figures[side.key], op, bound)
        return None if cut is None else replace(env, figures={**env.figures, side.key: cut})
    return env

"""The exact evaluator: core over ranges, with trace. A known figure is a range that holds one number.

Conditions narrow the figures and the measure that they speak of, so that what is read inside a branch is what can
be there. Every value seen is kept under its node's role: explanations read these and compute nothing again.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from rubric_dsl import ranges as span
from rubric_dsl.core.direction import reads_measure
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
    Real,
    ToWhole,
    minus,
)
from rubric_dsl.core.walk import any_side, has_real, has_real_in_program, irrational, keys_in
from rubric_dsl.diagnostics import same
from rubric_dsl.evaluate import rational
from rubric_dsl.evaluate.state import Env, Fault, Outcome, Trace
from rubric_dsl.ranges import MIRROR, OPPOSITE, Range
from rubric_dsl.reals import DomainError, real

PRECISIONS = (30, 120, 480, 1920)
"""Digits tried, one after the other, until a rounding or a comparison of an irrational number is decided."""


def run(program: Program, env: Env) -> Outcome:
    """Evaluate one indicator's program."""
    found = _run(program, env)
    if found.score is None or found.score.known is not None or not has_real_in_program(program):
        return found
    if found.trace.waiting:
        found.trace.tight = False
        return found
    for digits in PRECISIONS[1:]:
        found = _run(program, replace(env, digits=digits))
        if found.score is None or found.score.known is not None:
            return found
    found.trace.faults.append(Fault("undecided"))
    return replace(found, score=None)


def _run(program: Program, env: Env) -> Outcome:
    trace = Trace()
    left: Env | None = env
    measures: list[Range] = []
    taken: list[int] = []
    worlds: list[tuple[bool, Range]] = []
    for index, variant in enumerate(program.variants):
        if left is None:
            break
        inside: Env | None = left
        if variant.condition is None:
            left = None
        else:
            _waiting_in(variant.condition, left, trace)
            inside, left = _parted(left, variant.condition, trace)
        if inside is None:
            continue
        taken.append(index)
        if variant.measure is not None:
            measure = measured(variant.measure, inside, trace)
            if measure is None:
                continue
            measures.append(measure)
            open_ended = measure.known is None and has_real(variant.measure)
            inside = replace(inside, measure=measure, formula=variant.measure if open_ended else None)
        value = _expr(variant.score, inside, trace)
        worlds.extend([(variant.applies, value)] if value is not None else [])
    if left is not None:
        trace.faults.append(Fault("gap"))
    score = span.hull([value for _, value in worlds]) if worlds else None
    return Outcome(score, span.hull(measures) if measures else None, tuple(taken), tuple(worlds), trace)


def value_of(expr: Expr, env: Env) -> tuple[Range | None, Trace]:
    """Evaluate a definition over other results as in :func:`run`; what is itself irrational has a range around it."""
    is_open = env.measure is not None and env.measure.known is None
    settles = has_real(expr) and not irrational(expr, env.formula) and not is_open
    trace = Trace()
    for digits in PRECISIONS:
        trace = Trace()
        found = _expr(expr, replace(env, digits=digits), trace)
        if found is None or found.known is not None or not settles or trace.waiting:
            return found, trace
    trace.faults.append(Fault("undecided"))
    return None, trace


def measured(expr: Expr, env: Env, trace: Trace) -> Range | None:
    """Return the range of a formula over figures; exact also where a missing figure stands more than once."""
    plain = _expr(expr, env, trace)
    if plain is None or plain.known is not None:
        return plain
    if not rational.stands_again(expr, env.figures):
        return plain
    exact = rational.exact_range(expr, env.figures)
    if exact is None:
        trace.tight = False
        return plain
    return exact


def _expr(node: Expr, env: Env, trace: Trace) -> Range | None:
    value = _value(node, env, trace)
    if node.role is not None and value is not None:
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
            return _whole(node, env, trace)
        case Real():
            return _real(node, env, trace)
        case Lookup():
            return _lookup(node, env, trace)
        case Case():
            return _case(node, env, trace)
        case _:
            assert_never(node)


def _input(node: Input, env: Env, trace: Trace) -> Range | None:
    if env.choices.get(availability_key(node.key)) == _ABSENT:
        trace.faults.append(Fault("unavailable", same(node.key)))
        return None
    found = env.figures[node.key]
    if found.known is None:
        trace.waiting[node.key] = None
    return found


_ABSENT = frozenset({UNAVAILABLE})


def _real(node: Real, env: Env, trace: Trace) -> Range | None:
    items = [_expr(part, env, trace) for part in node.parts]
    known = [item for item in items if item is not None]
    if len(known) < len(items):
        return None
    try:
        return real(node.kind, known, env.digits)
    except DomainError as error:
        trace.faults.append(Fault("domain", same(str(error))))
        return None


def _whole(node: ToWhole, env: Env, trace: Trace) -> Range | None:
    part = _expr(node.part, env, trace)
    if part is None:
        return None
    found = span.to_whole(part, node.mode)
    exact = None if found.known is not None else _exact(node.part, env)
    return found if exact is None else span.to_whole(span.exactly(exact), node.mode)


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
        if bottom.known is None and _exact(node.right, env) == 0:
            bottom = span.exactly(0)
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
    shared = False
    for branch in node.branches:
        if left is None:
            break
        inside, rest = _parted(left, branch.condition, trace)
        if inside is not None:
            _waiting_in(branch.condition, left, trace)
            trace.branches.append(branch.words)
            shared = shared or rest is not None
            if shared:
                trace.unsure.add(branch.words)
            value = _expr(branch.value, inside, trace)
            results.extend([value] if value is not None else [])
        left = rest
    if left is not None:
        if node.otherwise is None:
            trace.faults.append(Fault(node.fault))
        else:
            value = _expr(node.otherwise, left, trace)
            results.extend([value] if value is not None else [])
    return span.hull(results) if results else None


def _parted(env: Env, condition: Condition, trace: Trace) -> tuple[Env | None, Env | None]:
    """Return what is known where a condition holds and where it does not; it does neither where a side has no value."""
    inside, outside = refine(env, condition, want=True), refine(env, condition, want=False)
    if inside is None and outside is None:
        quiet = Trace()
        any_side(condition, lambda side: _expr(side, env, quiet) is None)
        trace.faults.extend(quiet.faults)
    return inside, outside


def _waiting_in(condition: Condition, env: Env, trace: Trace) -> None:
    for key in keys_in(condition):
        if (key in env.figures and env.figures[key].known is None) or len(env.choices.get(key, ())) > 1:
            trace.waiting[key] = None


def refine(env: Env, condition: Condition, *, want: bool) -> Env | None:
    """Return what is known when a condition holds (or does not), or None when that cannot be."""
    match condition:
        case Compare():
            return _refine_compare(env, condition, want=want)
        case Is():
            return _refine_choice(env, condition, want=want)
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


def _refine_choice(env: Env, condition: Is, *, want: bool) -> Env | None:
    possible = env.choices[condition.key]
    left = possible & condition.options if want else possible - condition.options
    return replace(env, choices={**env.choices, condition.key: left}) if left else None


def _join(a: Env, b: Env) -> Env:
    figures = {
        key: value if value is b.figures[key] else span.hull([value, b.figures[key]])
        for key, value in a.figures.items()
    }
    measure = None if a.measure is None or b.measure is None else span.hull([a.measure, b.measure])
    choices = {key: words | b.choices[key] for key, words in a.choices.items()}
    return Env(figures, choices, measure, a.digits, a.formula)


def _refine_compare(env: Env, condition: Compare, *, want: bool) -> Env | None:
    op = condition.op if want else OPPOSITE[condition.op]
    quiet = Trace()
    left, right = _expr(condition.left, env, quiet), _expr(condition.right, env, quiet)
    if left is None or right is None:
        return None
    answers = span.truth(op, left, right)
    if len(answers) > 1 and (gap := _exact(minus(condition.left, condition.right), env)) is not None:
        answers = span.truth(op, span.exactly(gap), span.exactly(0))
    if True not in answers:
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


def _exact(expr: Expr, env: Env) -> Fraction | None:
    """Return the rational number that logarithms of known numbers make; None where they make none."""
    if not has_real(expr) and (env.formula is None or not reads_measure(expr)):
        return None
    from rubric_dsl.evaluate.logarithms import exact

    return exact(expr, env)

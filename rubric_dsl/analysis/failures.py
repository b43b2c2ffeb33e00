"""What can leave data without a score: every kind of fault that the evaluator could meet, none left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.core.keys import UNAVAILABLE, availability_key
from rubric_dsl.core.nodes import (
    Both,
    Case,
    Compare,
    Condition,
    Either,
    Expr,
    Input,
    Is,
    Lookup,
    Not,
    Program,
    Real,
    ToWhole,
)
from rubric_dsl.core.walk import has_real, parts_of
from rubric_dsl.evaluate.evaluator import measured, refine, value_of
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.ranges import Range
from rubric_dsl.reals import MAX_EXPONENT
from rubric_dsl.records import dataclass

APART = frozenset({"zero-denominator", "award-out-of-range"})
"""Faults with a word of their own: denominators have their own claim, and an award out of range is refused as data."""
_PLAIN_POWER = 20
"""Powers up to this stay below the limits for every number that data can hold."""


@dataclass(frozen=True, slots=True)
class Failures:
    """The kinds of faults that a program may meet: those of its ``rules``, and those of its measures and conditions."""

    rules: frozenset[str]
    others: frozenset[str]


def failures(program: Program, env: Env) -> Failures:
    """Return the kinds of faults that a program may meet over an environment, those that stand ``APART`` left out.

    Variants and branches are followed as the evaluator follows them, each with what its condition leaves. What is not in
    the answer cannot happen; what is in it need not.
    """
    rules: set[str] = set()
    others: set[str] = set()
    left: Env | None = env
    for variant in program.variants:
        if left is None:
            break
        inside: Env | None = left
        walk = _Walk(variant.measure)
        if variant.condition is None:
            left = None
        else:
            others.update(walk.condition(variant.condition, left))
            inside, left = (refine(left, variant.condition, want=want) for want in (True, False))
        if inside is None:
            continue
        if variant.measure is not None:
            others.update(walk.expr(variant.measure, inside))
            inside = replace(inside, measure=measured(variant.measure, inside, Trace()) or ranges.EVERYTHING)
        rules.update(walk.expr(variant.score, inside))
    return Failures(frozenset(rules) - APART, frozenset(others | ({"gap"} if left is not None else set())) - APART)


class _Walk:
    def __init__(self, measure: Expr | None) -> None:
        self.real_measure = has_real(measure)

    def expr(self, expr: Expr, env: Env) -> Iterator[str]:
        match expr:
            case Input():
                if UNAVAILABLE in env.choices.get(availability_key(expr.key), ()):
                    yield "unavailable"
            case Lookup():
                if not env.choices[expr.key] <= {word for word, _ in expr.table}:
                    yield "no-value"
            case Case():
                yield from self._case(expr, env)
                return
            case Real():
                if not _in_domain(expr, env):
                    yield "domain"
            case ToWhole():
                found = measured(expr, env, Trace())
                if self._real(expr.part) and (found is None or found.known is None):
                    yield "undecided"
            case _:
                pass
        for part in parts_of(expr):
            yield from self.expr(part, env)

    def _real(self, expr: Expr) -> bool:
        return has_real(expr) or self.real_measure

    def _case(self, expr: Case, env: Env) -> Iterator[str]:
        left: Env | None = env
        for branch in expr.branches:
            if left is None:
                return
            yield from self.condition(branch.condition, left)
            inside = refine(left, branch.condition, want=True)
            if inside is not None:
                yield from self.expr(branch.value, inside)
            left = refine(left, branch.condition, want=False)
        if left is not None and expr.otherwise is not None:
            yield from self.expr(expr.otherwise, left)
        elif left is not None:
            yield expr.fault

    def condition(self, condition: Condition, env: Env) -> Iterator[str]:
        match condition:
            case Compare(left=left, right=right):
                yield from self.expr(left, env)
                yield from self.expr(right, env)
                if (self._real(left) or self._real(right)) and not _decided(condition, env):
                    yield "undecided"
            case Not(part=part):
                yield from self.condition(part, env)
            case Both(parts=parts) | Either(parts=parts):
                # A part is asked in vain only where no other part has decided without it.
                want = isinstance(condition, Both)
                inside: Env | None = env
                for part in parts:
                    if inside is not None and isinstance(part, Is | Not):
                        inside = refine(inside, part, want=want)
                for part in parts:
                    if inside is not None:
                        yield from self.condition(part, inside)
            case _:
                pass


def _decided(condition: Compare, env: Env) -> bool:
    left, right = measured(condition.left, env, Trace()), measured(condition.right, env, Trace())
    return left is not None and right is not None and len(ranges.truth(condition.op, left, right)) == 1


def _in_domain(expr: Real, env: Env) -> bool:
    """Whether a function has a value for all its arguments."""
    parts = [value_of(part, env)[0] for part in expr.parts]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return False
    if expr.kind == "exp":
        return ranges.hull([known[0], _LIMITS]) == _LIMITS
    if expr.kind != "power":
        return _above_zero(known[0])
    exponent = known[1].known
    if exponent is None or abs(exponent) > _PLAIN_POWER or exponent.denominator > _PLAIN_POWER:
        return False
    if exponent.denominator == 1 and exponent >= 0:
        return True
    return _above_zero(known[0]) or (exponent > 0 and ranges.restrict(known[0], "<", Fraction(0)) is None)


_LIMITS = ranges.between(-MAX_EXPONENT, MAX_EXPONENT)


def _above_zero(found: Range) -> bool:
    return ranges.restrict(found, "<=", Fraction(0)) is None


__all__ = ["APART", "Failures", "failures"]

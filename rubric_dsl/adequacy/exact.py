"""A rule at one point: plain exact numbers in, one number out. The evaluator works over ranges and is asked elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from rubric_dsl import ranges
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
)
from rubric_dsl.reals import DomainError, real
from rubric_dsl.records import dataclass


class NoNumber(Exception):  # noqa: N818 - a signal, not an error
    """There is no number here: a gap, a denominator of zero, or what only the evaluator can decide."""


@dataclass(frozen=True, slots=True)
class Point:
    """All that a rule reads, settled."""

    figures: Mapping[str, Fraction]
    words: Mapping[str, str]
    measure: Fraction | None = None


def value_at(expr: Expr, point: Point) -> Fraction | None:
    """Return the value of an expression at a point; None where it has none, or has one that is not rational."""
    try:
        return _value(expr, point)
    except (NoNumber, KeyError):
        return None


def program_at(program: Program, point: Point) -> tuple[Fraction, bool] | None:
    """Return the score of a program at a point and whether it applies; None where it has none, or none that is rational."""
    try:
        for variant in program.variants:
            if variant.condition is None or _holds(variant.condition, point):
                measure = None if variant.measure is None else _value(variant.measure, point)
                return _value(variant.score, replace(point, measure=measure)), variant.applies
    except (NoNumber, KeyError):
        pass
    return None


def _value(expr: Expr, point: Point) -> Fraction:
    match expr:
        case Const():
            return expr.value
        case Input():
            return point.figures[expr.key]
        case Measure():
            if point.measure is None:
                raise NoNumber
            return point.measure
        case Add():
            return sum((_value(part, point) for part in expr.parts), Fraction(0))
        case Mul():
            return _value(expr.left, point) * _value(expr.right, point)
        case Div():
            top, bottom = _value(expr.left, point), _value(expr.right, point)
            if bottom == 0:
                raise NoNumber
            return top / bottom
        case Extreme():
            found = [_value(part, point) for part in expr.parts]
            return min(found) if expr.kind == "min" else max(found)
        case ToWhole():
            return Fraction(ranges.whole(_value(expr.part, point), expr.mode))
        case Lookup():
            return dict(expr.table)[point.words[expr.key]]
        case Case():
            for branch in expr.branches:
                if _holds(branch.condition, point):
                    return _value(branch.value, point)
            if expr.otherwise is None:
                raise NoNumber
            return _value(expr.otherwise, point)
        case Real():
            return _rational(expr, point)
        case _:
            assert_never(expr)


def _rational(expr: Real, point: Point) -> Fraction:
    parts = [ranges.exactly(_value(part, point)) for part in expr.parts]
    try:
        known = real(expr.kind, parts, _DIGITS).known
    except DomainError as error:
        raise NoNumber from error
    if known is None:
        raise NoNumber
    return known


_DIGITS = 1
"""A number that is rational is found whatever the digits are."""


def _holds(condition: Condition, point: Point) -> bool:
    match condition:
        case Compare():
            return _compares(condition.op, _value(condition.left, point), _value(condition.right, point))
        case Is():
            return point.words[condition.key] in condition.options
        case Both():
            return all(_holds(part, point) for part in condition.parts)
        case Either():
            return any(_holds(part, point) for part in condition.parts)
        case Not():
            return not _holds(condition.part, point)
        case _:
            assert_never(condition)


def _compares(op: str, left: Fraction, right: Fraction) -> bool:
    match op:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "=":
            return left == right
        case _:
            return left != right

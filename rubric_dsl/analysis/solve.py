"""Data for a wanted number: figures for which a formula gives exactly that number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product

from rubric_dsl import ranges
from rubric_dsl.analysis.lattice import Inputs
from rubric_dsl.analysis.simple import plain_in
from rubric_dsl.core.nodes import Expr, Input, Lookup
from rubric_dsl.core.walk import keys_of, parts_of
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.known import settled_value
from rubric_dsl.evaluate.state import Env, Trace

TRIES = 60
"""So many ways to choose the other figures are tried for one figure that is solved for."""
_ROUND = (Fraction(100), Fraction(1), Fraction(0), Fraction(1000), Fraction(10), Fraction(-10), Fraction(1, 2))


def solve(expr: Expr, value: Fraction, inputs: Inputs) -> Iterator[dict[str, Fraction]]:
    """Yield figures for which a formula gives a value, plain ones first; choices of ``inputs`` must be settled.

    The formula is solved for one figure after the other, the rest at plain numbers. Only figures in which it is a
    quotient of linear functions can be solved for; what is found is computed again before it is given.
    """
    figures, own = inputs.env.figures, dict.fromkeys(_figures(expr))
    open_keys = [key for key in own if figures[key].known is None]
    known = {key: n for key in own if (n := figures[key].known) is not None}
    read = {key: figures[key] for key in figures_of(expr) if key in figures}
    inputs = replace(inputs, env=replace(inputs.env, figures=read))
    if not open_keys:
        if _value(expr, known, inputs) == value:
            yield known
        return
    for wanted in open_keys:
        others = [key for key in open_keys if key != wanted]
        ways = product(*(_candidates(key, value, inputs) for key in others))
        for way in islice(ways, TRIES):
            if inputs.effort is not None and not inputs.effort.spend():
                return
            given = {**known, **dict(zip(others, way, strict=True))}
            found = _solved(expr, wanted, value, given, inputs)
            if found is not None:
                yield {**given, wanted: found}


def _figures(expr: Expr) -> Iterator[str]:
    if isinstance(expr, Input):
        yield expr.key
    elif isinstance(expr, Lookup):
        return
    for part in parts_of(expr):
        yield from _figures(part)


def _candidates(key: str, value: Fraction, inputs: Inputs) -> list[Fraction]:
    domain = inputs.of(key)
    steps = [Fraction(value.denominator * factor) for factor in (1, 10, 100)]
    wanted = [*(number for number in (*_ROUND, *steps) if domain.holds(number))]
    inside = plain_in(domain.range)
    wanted += [inside] if domain.holds(inside) else []
    if not wanted and domain.grid is not None:
        wanted = [domain.grid.at_or_above(inside)]
    return list(dict.fromkeys(wanted))


def _solved(expr: Expr, key: str, value: Fraction, given: Mapping[str, Fraction], inputs: Inputs) -> Fraction | None:
    """Solve for one figure through three values of the formula, which settle a quotient of linear functions."""
    needed = 3
    seen: list[tuple[Fraction, Fraction]] = []
    for x in map(Fraction, (1, 2, 3, 5, 7, 11)):
        y = _value(expr, {**given, key: x}, inputs)
        if y == value and inputs.of(key).holds(x):
            return x
        seen.extend([(x, y)] if y is not None else [])
        if len(seen) == needed:
            break
    if len(seen) < needed:
        return None
    found = _inverse(seen, value)
    if found is None or not inputs.of(key).holds(found):
        return None
    return found if _value(expr, {**given, key: found}, inputs) == value else None


def _inverse(seen: list[tuple[Fraction, Fraction]], value: Fraction) -> Fraction | None:
    """Return where the function ``(a·x + b) / (c·x + d)`` through three points takes a value (cross ratios agree)."""
    (x1, y1), (x2, y2), (x3, y3) = seen
    if y1 == y2 == y3:
        return None
    if (y2 - y1) * (x3 - x2) == (y3 - y2) * (x2 - x1):
        return x1 + (value - y1) * (x2 - x1) / (y2 - y1)
    if y3 in (y1, y2) or y1 == y2 or value == y3:
        return None
    ratio = (value - y1) * (y2 - y3) / ((value - y3) * (y2 - y1))
    bottom = ratio * (x2 - x1) - (x2 - x3)
    return None if bottom == 0 else (x3 * ratio * (x2 - x1) - x1 * (x2 - x3)) / bottom


def _value(expr: Expr, given: Mapping[str, Fraction], inputs: Inputs) -> Fraction | None:
    figures = {**inputs.env.figures, **{key: ranges.exactly(number) for key, number in given.items()}}
    env, trace = replace(inputs.env, figures=figures), Trace()
    number = settled_value(expr, env)
    if number is not None:
        return number
    found = measured(expr, env, trace)
    return None if found is None or trace.faults else found.known


def figures_of(expr: Expr) -> tuple[str, ...]:
    """Return the figures that a formula reads, its conditions included."""
    return tuple(dict.fromkeys(keys_of(expr)))


__all__ = ["Env", "figures_of", "solve"]

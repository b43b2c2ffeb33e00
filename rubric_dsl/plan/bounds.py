"""Bounds of whole numbers; None is no bound."""

from __future__ import annotations

from math import ceil, floor
from typing import Protocol

from rubric_dsl.ranges import Range

Bound = int | None


class Span(Protocol):
    """What has a least and a greatest number."""

    low: Bound
    high: Bound


def times(bound: Bound, factor: int) -> Bound:
    """Return a bound of a whole multiple."""
    return None if bound is None else bound * factor


def total(bounds: list[Bound]) -> Bound:
    """Return the bound of a sum."""
    known = [bound for bound in bounds if bound is not None]
    return sum(known) if len(known) == len(bounds) else None


def least(bounds: list[Bound]) -> Bound:
    """Return the least of some bounds from below; no bound where one has none."""
    known = [bound for bound in bounds if bound is not None]
    return min(known) if len(known) == len(bounds) else None


def greatest(bounds: list[Bound]) -> Bound:
    """Return the greatest of some bounds from above; no bound where one has none."""
    known = [bound for bound in bounds if bound is not None]
    return max(known) if len(known) == len(bounds) else None


def least_known(bounds: list[Bound]) -> Bound:
    """Return the least of those that are bounds: all of them hold."""
    return min((bound for bound in bounds if bound is not None), default=None)


def greatest_known(bounds: list[Bound]) -> Bound:
    """Return the greatest of those that are bounds: all of them hold."""
    return max((bound for bound in bounds if bound is not None), default=None)


def product(a: Span, b: Span) -> tuple[Bound, Bound]:
    """Return the least and the greatest of a product."""
    if a is b:
        ends = [bound * bound for bound in (a.low, a.high) if bound is not None]
        crosses = a.low is None or a.high is None or a.low <= 0 <= a.high
        return (0 if crosses else min(ends)), (max(ends) if len(ends) == 2 else None)  # noqa: PLR2004 - both ends
    if None not in (a.low, a.high, b.low, b.high):
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high) if x is not None and y is not None]
        return min(corners), max(corners)
    if a.low is not None and b.low is not None and a.low >= 0 and b.low >= 0:
        high = None if a.high is None or b.high is None else a.high * b.high
        return a.low * b.low, high
    return None, None


def quotient(bound: Bound, bottom: Span, *, up: bool) -> Bound:
    """Return an end of ``top // bottom``: a number far from 0 is nearest to it over the greatest denominator."""
    if bound is None:
        return None
    towards = (bound >= 0) != up
    if towards:
        return (0 if bound >= 0 else -1) if bottom.high is None else bound // bottom.high
    assert bottom.low is not None  # noqa: S101 - a denominator is bounded below
    return bound // bottom.low


def least_whole(bounds: Range, scale: int) -> Bound:
    """Return the least whole number of parts of a scale that lies in a range."""
    if bounds.low.value is None:
        return None
    end = bounds.low.value * scale
    return floor(end) + 1 if bounds.low.open else ceil(end)


def greatest_whole(bounds: Range, scale: int) -> Bound:
    """Return the greatest whole number of parts of a scale that lies in a range."""
    if bounds.high.value is None:
        return None
    end = bounds.high.value * scale
    return ceil(end) - 1 if bounds.high.open else floor(end)

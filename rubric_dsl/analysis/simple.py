"""Plain numbers: a number that people can read, inside a range."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.analysis.domain import Domain
from rubric_dsl.ranges import Range

MAX_PLACES = 8


def plain_in(item: Range) -> Fraction:
    """Return a number with as few decimals as can be inside a range that is not empty."""
    known = item.known
    if known is not None:
        return known
    low, high = item.low.value, item.high.value
    if low is None and high is None:
        return Fraction(0)
    for places in range(MAX_PLACES + 1):
        step = Fraction(1, 10**places)
        near = low if low is not None else high
        if near is None:
            break
        first = math.floor(near / step) * step
        for candidate in (first, first + step, first - step):
            if ranges.restrict(item, "=", candidate) is not None:
                return candidate
    if low is not None and high is not None:
        return (low + high) / 2
    return low + 1 if low is not None else (high or Fraction(0)) - 1


def points_in(domain: Domain) -> Iterator[Fraction]:
    """Yield numbers that stand for a domain: its ends, a plain number, the middle, one close to each open end."""
    if domain.values is not None:
        yield from domain.values[:2]
        yield from domain.values[-1:]
        return
    low, high = domain.range.low, domain.range.high
    found: list[Fraction] = [end.value for end in (low, high) if end.value is not None and not end.open]
    found.append(plain_in(domain.range))
    if low.value is not None and high.value is not None:
        found.append((low.value + high.value) / 2)
        width = high.value - low.value
        found += [low.value + width / 100, high.value - width / 100]
    elif low.value is not None:
        found += [low.value + Fraction(1, 100), low.value + 1, low.value + 100]
    elif high.value is not None:
        found += [high.value - Fraction(1, 100), high.value - 1, high.value - 100]
    else:
        found += [Fraction(1), Fraction(-1), Fraction(100)]
    if domain.grid is not None:
        found = [domain.grid.at_or_below(value) for value in found] + [
            domain.grid.at_or_above(value) for value in found
        ]
    yield from (value for value in dict.fromkeys(found) if domain.holds(value))

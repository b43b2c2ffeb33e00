"""Cohorts: what is asked of the values that all departments of a group have for one figure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from rubric_dsl.ranges import Range, between, exactly


@dataclass(frozen=True, slots=True)
class Cohort:
    """A statistic of a figure over a group: ``kind`` is mean, max, min, count, quantile or rank.

    ``high`` and ``low`` values are dropped first; ``share`` is the quantile; equal values share the ``first``, the
    ``last`` or the ``mean`` of their places; ``descending`` ranks the highest first.
    """

    kind: str
    figure: str
    high: int = 0
    low: int = 0
    share: Fraction | None = None
    descending: bool = True
    ties: str = "first"


def cohort_key(cohort: Cohort) -> str:
    """Return the key of the number in an evaluation."""
    parts = (cohort.kind, cohort.high, cohort.low, cohort.share, cohort.descending, cohort.ties)
    return "cohort\x1f" + cohort.figure + "\x1f" + "\x1e".join(str(part) for part in parts)


def is_cohort(key: str) -> bool:
    """Whether a key is a statistic of a group."""
    return key.startswith("cohort\x1f")


def statistic(cohort: Cohort, values: list[Fraction], own: Range) -> Range | None:
    """Return the statistic over a group's known values; None when the group is too small for it.

    ``values`` holds the department's own value too where it is known. The quantile is the straight line between
    the two nearest places (places counted from 0 to n − 1), as spreadsheets do it.
    """
    if cohort.kind == "count":
        return exactly(len(values))
    if cohort.kind == "rank":
        return _rank(cohort, values, own)
    ordered = sorted(values)
    kept = ordered[cohort.low : len(ordered) - cohort.high]
    if not kept:
        return None
    if cohort.kind == "mean":
        return exactly(sum(kept, Fraction(0)) / len(kept))
    if cohort.kind == "quantile" and cohort.share is not None:
        return exactly(_quantile(kept, cohort.share))
    return exactly(kept[-1] if cohort.kind == "max" else kept[0])


def _quantile(ordered: list[Fraction], share: Fraction) -> Fraction:
    place = share * (len(ordered) - 1)
    below = min(math.floor(place), len(ordered) - 1)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _rank(cohort: Cohort, values: list[Fraction], own: Range) -> Range | None:
    if not values:
        return None
    if own.known is None:
        return between(1, len(values) + 1)
    ahead = sum(1 for value in values if (value > own.known if cohort.descending else value < own.known))
    equal = max(1, sum(1 for value in values if value == own.known))
    extra = {"first": Fraction(0), "last": Fraction(equal - 1), "mean": Fraction(equal - 1, 2)}[cohort.ties]
    return exactly(ahead + 1 + extra)

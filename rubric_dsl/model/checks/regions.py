"""Ranges as sets: what a list of bands leaves out of a range, and what two bands share."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.ranges import Range


def uncovered(reach: Range, bands: list[Range]) -> list[Range]:
    """Return the stretches of ``reach`` that no band holds, in order."""
    left = [reach]
    for band in bands:
        left = [piece for item in left for piece in _minus(item, band)]
    return left


def _minus(item: Range, band: Range) -> list[Range]:
    pieces: list[Range] = []
    if band.low.value is not None:
        below = ranges.restrict(item, "<=" if band.low.open else "<", band.low.value)
        pieces.extend([below] if below is not None else [])
    if band.high.value is not None:
        above = ranges.restrict(item, ">=" if band.high.open else ">", band.high.value)
        pieces.extend([above] if above is not None else [])
    return pieces


def inside(item: Range) -> Fraction:
    """Return a plain number inside a range."""
    low, high = item.low.value, item.high.value
    if low is not None and (not item.low.open or low == high):
        return low
    if high is not None and not item.high.open:
        return high
    if low is not None and high is not None:
        return (low + high) / 2
    step = Fraction(1, 10)
    if low is not None:
        return low + step
    return high - step if high is not None else Fraction(0)

"""Domains: what one quantity can be, as a range of numbers, numbers on a grid, or a few listed numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass

MAX_LISTED = 4000
"""More numbers than this are not listed one by one; the range around them stands for them."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The numbers ``origin + k × step`` for whole k; ``step`` is above 0."""

    step: Fraction
    origin: Fraction = Fraction(0)

    def holds(self, value: Fraction) -> bool:
        """Whether a number lies on the grid."""
        return ((value - self.origin) / self.step).denominator == 1

    def at_or_below(self, value: Fraction) -> Fraction:
        """Return the greatest number of the grid that is not above a number."""
        return self.origin + math.floor((value - self.origin) / self.step) * self.step

    def at_or_above(self, value: Fraction) -> Fraction:
        """Return the least number of the grid that is not below a number."""
        return self.origin + math.ceil((value - self.origin) / self.step) * self.step


WHOLE = Grid(Fraction(1))


@dataclass(frozen=True, slots=True)
class Domain:
    """What a quantity can be: ``range``, only the numbers of ``grid`` in it, or only ``values`` (in order)."""

    range: Range
    grid: Grid | None = None
    values: tuple[Fraction, ...] | None = None

    @property
    def known(self) -> Fraction | None:
        """The number, where there is only one."""
        return self.range.known

    @property
    def discrete(self) -> bool:
        """Whether only single numbers can be."""
        return self.grid is not None or self.values is not None

    def holds(self, value: Fraction) -> bool:
        """Whether the quantity can be a number."""
        if self.values is not None:
            return value in self.values
        return ranges.restrict(self.range, "=", value) is not None and (self.grid is None or self.grid.holds(value))

    def listing(self, most: int) -> tuple[Fraction, ...] | None:
        """Return all numbers in order; None where there are more than ``most``."""
        if self.values is not None:
            return self.values if len(self.values) <= most else None
        if self.known is not None:
            return (self.known,)
        low, high = self.range.low.value, self.range.high.value
        if self.grid is None or low is None or high is None or (high - low) / self.grid.step >= most:
            return None
        first, step = self.grid.at_or_above(low), self.grid.step
        numbers = (first + step * count for count in range(most + 1))
        return tuple(value for value in numbers if self.holds(value))

    def split(self, at: Fraction, ops: tuple[str, ...] = ("<", "=", ">")) -> list[Domain]:
        """Return the parts below, at and above a number (or the parts that ``ops`` name), without those that are empty."""
        parts = [ranges.restrict(self.range, op, at) for op in ops]
        return [part for item in parts if item is not None and (part := self._part(item)) is not None]

    def within(self, limits: Range) -> Domain | None:
        """Return what a quantity can be within limits; None where that is nothing."""
        part = ranges.meet(self.range, limits)
        return None if part is None else self._part(part)

    def _part(self, part: Range) -> Domain | None:
        if self.values is not None:
            return listed(value for value in self.values if ranges.restrict(part, "=", value) is not None)
        if self.grid is None:
            return replace(self, range=part)
        cut = _on_grid(part, self.grid)
        return None if cut.empty else replace(self, range=cut)


def continuous(item: Range) -> Domain:
    """Return the domain of all numbers of a range."""
    return Domain(item)


def on_grid(item: Range, grid: Grid) -> Domain:
    """Return the domain of the numbers of a grid within a range."""
    return Domain(_on_grid(item, grid), grid)


def listed(values: Iterable[Fraction]) -> Domain | None:
    """Return the domain of some numbers; None where there are none."""
    found = tuple(sorted(set(values)))
    return Domain(ranges.between(found[0], found[-1]), None, found) if found else None


def _on_grid(item: Range, grid: Grid) -> Range:
    low, high = item.low.value, item.high.value
    if low is not None:
        first = grid.at_or_above(low)
        low = first + grid.step if item.low.open and first == low else first
    if high is not None:
        last = grid.at_or_below(high)
        high = last - grid.step if item.high.open and last == high else last
    return ranges.between(low, high)


def scaled(domain: Domain, factor: Fraction) -> Domain:
    """Return what a quantity times a number other than zero can be."""
    moved = ranges.scale(domain.range, factor)
    if domain.values is not None:
        return listed(value * factor for value in domain.values) or domain
    if domain.grid is None:
        return Domain(moved)
    return Domain(moved, Grid(domain.grid.step * abs(factor), domain.grid.origin * factor))


def total(domains: list[Domain]) -> Domain:
    """Return what the sum of independent quantities can be.

    Exact for listed numbers and ranges, and for grids of one step; grids of several steps are put on the grid of
    their greatest common step, which may hold numbers that no sum reaches (:func:`sums_to` tells).
    """
    found = domains[0]
    for item in domains[1:]:
        found = _plus(found, item)
    return found


def _plus(a: Domain, b: Domain) -> Domain:
    both = ranges.add(a.range, b.range)
    if a.values is not None and b.values is not None and len(a.values) * len(b.values) <= MAX_LISTED:
        return listed(x + y for x in a.values for y in b.values) or a
    if a.known is not None or b.known is not None:
        known, other = (a, b) if a.known is not None else (b, a)
        shift = known.known or Fraction(0)
        if other.grid is not None:
            return Domain(both, Grid(other.grid.step, other.grid.origin + shift))
        if other.values is not None:
            return listed(value + shift for value in other.values) or other
    one, other_grid = _lattice(a), _lattice(b)
    if one is None or other_grid is None:
        return Domain(both)
    return _aligned(both, [one.step, other_grid.step], one.origin + other_grid.origin)


def multiplied(a: Domain, b: Domain) -> Domain:
    """Return what the product of two quantities can be; its grid may hold numbers that no product reaches."""
    both = ranges.multiply(a.range, b.range)
    if a.known is not None or b.known is not None:
        known, other = (a, b) if a.known is not None else (b, a)
        return scaled(other, known.known) if known.known else Domain(both)
    one, other_grid = _lattice(a), _lattice(b)
    if one is None or other_grid is None:
        return Domain(both)
    steps = [one.step * other_grid.step, one.step * other_grid.origin, one.origin * other_grid.step]
    return _aligned(both, steps, one.origin * other_grid.origin)


def joined(domains: list[Domain], within: Range) -> Domain:
    """Return what a quantity can be that is one of several, and lies within a range."""
    values = [item.values if item.known is None else (item.known,) for item in domains]
    known = [value for item in values if item is not None for value in item]
    if None not in values:
        return listed(value for value in known if ranges.restrict(within, "=", value) is not None) or Domain(within)
    grids = [Grid(Fraction(0), item.known) if item.known is not None else _lattice(item) for item in domains]
    held = [item for item in grids if item is not None]
    if len(held) < len(grids):
        return Domain(within)
    origin = held[0].origin
    return _aligned(within, [*(item.step for item in held), *(item.origin - origin for item in held)], origin)


def sums_to(domains: list[Domain], value: Fraction) -> bool:
    """Whether independent quantities can sum to a number; True also where that would take long to tell."""
    if len(domains) == 1:
        return domains[0].holds(value)
    rest = total(domains[1:])
    if not rest.discrete:
        return True
    allowed = domains[0].within(ranges.add(ranges.exactly(value), ranges.scale(rest.range, Fraction(-1))))
    own = () if allowed is None else allowed.listing(MAX_SUMMED)
    return own is None or any(rest.holds(value - item) and sums_to(domains[1:], value - item) for item in own)


MAX_SUMMED = 50
"""Of a quantity that has more numbers than this, not each is tried in a sum."""


def _lattice(domain: Domain) -> Grid | None:
    """Return a grid that holds all numbers of a domain with more than one; None where it has any number."""
    if domain.values is None:
        return domain.grid
    first = domain.values[0]
    return Grid(common_step([value - first for value in domain.values]), first)


def _aligned(item: Range, steps: list[Fraction], origin: Fraction) -> Domain:
    step = common_step(steps)
    return on_grid(item, Grid(step, origin)) if step else Domain(item)


def common_step(steps: list[Fraction]) -> Fraction:
    """Return the greatest step of which all the steps are multiples; 0 where they are all 0."""
    bottom = math.lcm(*(step.denominator for step in steps))
    return Fraction(math.gcd(*(int(step * bottom) for step in steps)), bottom)

"""Edges of a facet: where its value jumps as one quantity passes a number, and what lies on and beside each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import islice, pairwise
from typing import Literal

from rubric_dsl import ranges
from rubric_dsl.adequacy.facets import SELECTION, Facet
from rubric_dsl.adequacy.seen import Seen
from rubric_dsl.analysis.domain import Domain
from rubric_dsl.analysis.simple import points_in
from rubric_dsl.analysis.zones import Piece
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass

Side = Literal["below", "on", "above"]
CONTEXTS = 12
"""So many pieces are looked at for one place before it counts as no edge."""
TINY, LEAST_JUMP = Fraction(1, 10**12), Fraction(1, 10**6)
"""How close a jump is looked for, and how small it can be: a slope changes the score by far less so close by."""
SERIES = 4
"""From so many edges at equal distances with equal jumps on, the first and the last stand for all."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A number at which a facet's value jumps; ``after`` is the next one where a quantity takes only some numbers.

    ``context`` is a piece in which the value was seen to jump there.
    """

    facet: Facet
    key: str
    at: Fraction
    after: Fraction | None
    unit: Fraction
    context: Piece

    def span(self, side: Side) -> tuple[Range, Fraction]:
        """Return where a figure must lie to be on a side, and the number to try first: a unit away at the most."""
        if self.after is not None:
            value = self.after if side == "above" else self.at
            return ranges.exactly(value), value
        if side == "on":
            return ranges.exactly(self.at), self.at
        if side == "below":
            return ranges.between(self.at - self.unit, self.at, high_open=True), self.at - self.unit
        return ranges.between(self.at, self.at + self.unit, low_open=True), self.at + self.unit

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides: between two numbers that follow each other there is no place to be on."""
        return ("below", "on", "above") if self.after is None else ("below", "above")

    def possible(self, side: Side) -> bool:
        """Whether the quantity can lie on a side at all."""
        domain = self.facet.space.vars[self.key].domain
        span = self.span(side)[0]
        low, high = span.low, span.high
        found: Range | None = domain.range
        if found is not None and low.value is not None:
            found = ranges.restrict(found, ">" if low.open else ">=", low.value)
        if found is not None and high.value is not None:
            found = ranges.restrict(found, "<" if high.open else "<=", high.value)
        return found is not None

    def met(self, side: Side, found: Seen) -> bool:
        """Whether data lie on a side, and the score there hangs on it."""
        facet = self.facet
        if facet.index not in (SELECTION, found.taken):
            return False
        point = facet.point(found)
        value = point.get(self.key)
        if value is None or ranges.restrict(self.span(side)[0], "=", value) is None:
            return False
        return facet.single or jumps(facet, self.key, self.at, self.after, point, found.env.choices) is not None


def jumps(
    facet: Facet,
    key: str,
    at: Fraction,
    after: Fraction | None,
    point: Mapping[str, Fraction],
    choices: Mapping[str, frozenset[str]],
) -> Fraction | None:
    """Return by how much the value jumps where one quantity passes a number and the rest stay; None: it does not."""
    places = (at, after) if after is not None else (at - TINY, at, at + TINY)
    domain = facet.space.vars[key].domain
    found = [facet.value({**point, key: place}, choices) for place in places if domain.holds(place)]
    known = [item.known for item in found if item is not None and item.known is not None]
    if len(known) < len(found) or not known or max(known) - min(known) < LEAST_JUMP:
        return None
    return known[-1] - known[0]


def edges_of(facet: Facet, unit: Mapping[str, Fraction]) -> tuple[tuple[Edge, ...], int]:
    """Return a facet's edges in order, and how many of equal series are left out; ``unit`` by quantity."""
    kept: list[Edge] = []
    left_out = 0
    for key, var in facet.space.vars.items():
        found: list[_Jump] = []
        for at, after, pieces in _places(facet, key, var.domain):
            for piece in islice(pieces, CONTEXTS):
                size = _jump_in(facet, key, at, after, piece)
                if size is not None:
                    found.append(_Jump(at, after, size, piece))
                    break
        own = _without_series(found)
        left_out += len(found) - len(own)
        small = _finer(unit[key], [item.at for item in found])
        kept.extend(Edge(facet, key, item.at, item.after, small, item.piece) for item in own)
    return tuple(kept), left_out


def _jump_in(facet: Facet, key: str, at: Fraction, after: Fraction | None, piece: Piece) -> Fraction | None:
    domains = piece.zone.domains
    point = {other: next(points_in(domain)) for other, domain in domains.items() if other != key}
    choices = {name: frozenset({min(options)}) for name, options in piece.zone.choices.items()}
    return jumps(facet, key, at, after, point, choices)


def _places(facet: Facet, key: str, domain: Domain) -> Iterator[tuple[Fraction, Fraction | None, list[Piece]]]:
    """Yield the numbers at which pieces end, with the pieces that end there."""
    found: dict[tuple[Fraction, Fraction | None], list[Piece]] = {}
    for piece in facet.pieces:
        span = piece.zone.domains[key].range
        low, high = span.low.value, span.high.value
        if not domain.discrete:
            for end in {low, high} - {None}:
                if end is not None:
                    found.setdefault((end, None), []).append(piece)
            continue
        before = None if low is None else _next(domain, low, -1)
        if before is not None and low is not None:
            found.setdefault((before, low), []).append(piece)
        after = None if high is None else _next(domain, high, 1)
        if after is not None and high is not None:
            found.setdefault((high, after), []).append(piece)
    for (at, following), pieces in sorted(found.items(), key=lambda item: item[0][0]):
        yield at, following, pieces


def _next(domain: Domain, value: Fraction, way: int) -> Fraction | None:
    """Return the number that follows (or comes before) one that a quantity can be."""
    if domain.values is not None:
        beyond = [item for item in domain.values if (item > value if way > 0 else item < value)]
        return (min(beyond) if way > 0 else max(beyond)) if beyond else None
    if domain.grid is None:
        return None
    found = value + way * domain.grid.step
    return found if domain.holds(found) else None


@dataclass(frozen=True, slots=True)
class _Jump:
    at: Fraction
    after: Fraction | None
    size: Fraction
    piece: Piece


def _without_series(found: list[_Jump]) -> list[_Jump]:
    kept: list[_Jump] = []
    run: list[_Jump] = []
    for item in found:
        uneven = len(run) > 1 and item.at - run[-1].at != run[1].at - run[0].at
        if uneven or (run and item.size != run[0].size):
            kept += _ends(run)
            run = []
        run.append(item)
    return kept + _ends(run)


def _ends(run: list[_Jump]) -> list[_Jump]:
    return [run[0], run[-1]] if len(run) >= SERIES else run


def _finer(unit: Fraction, places: list[Fraction]) -> Fraction:
    """Return the unit, made smaller until edges lie farther apart than two of it."""
    gaps = [b - a for a, b in pairwise(places) if b > a]
    while gaps and min(gaps) <= 2 * unit:
        unit /= 10
    return unit

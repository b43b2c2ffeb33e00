"""What a query reads of a column: how large and how fine a number may be, and what is told of each value."""

from __future__ import annotations

from collections.abc import Mapping

from rubric_dsl.model.model import Model
from rubric_dsl.records import dataclass
from rubric_dsl.units import RATIO

MOST_DIGITS = 12
"""So many digits before the point are read where they fit and no other number is stated."""
FEWEST_DIGITS = 6
"""A query that could read no more digits than these is none that anyone asked for."""
_USUAL, _FINE, _AWARDED = 4, 6, 2
"""Decimals that are read of an amount, of a ratio and of a mark, where no other number is stated."""

USED, MISSING, UNREAD, INVALID = 0, 1, 2, 3
"""What a column holds: an admissible value, nothing, what the query does not read, what the rubric does not admit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large and how fine a number may be that the query reads: digits before the point, decimals of each key."""

    digits: int
    places: Mapping[str, int]

    def most(self, key: str) -> int:
        """Return the greatest whole number that stands for a number of the data, in parts of its scale."""
        return int(10 ** (self.digits + self.places[key])) - 1

    def spans(self) -> dict[str, tuple[int, int]]:
        """Return what each key can be, as a plan wants it."""
        return {key: (-self.most(key), self.most(key)) for key in self.places}


def usual_places(model: Model, stated: int | None) -> dict[str, int]:
    """Return how many decimals of each number are read: ``stated``, or what is usual; none of a whole number."""
    found = {}
    for item in model.fields.values():
        usual = _FINE if item.unit.dimension == RATIO else _USUAL
        found[item.key] = 0 if item.whole else usual if stated is None else stated
    for indicator in model.indicators.values():
        for wanted in indicator.inputs:
            is_count = wanted.kind == "count" and wanted.low.denominator == 1
            found[wanted.key] = 0 if is_count else _AWARDED if stated is None else stated
    return found

"""What a query reads of a column: how large and how fine a number may be, and what is told of each value."""

from __future__ import annotations

from collections.abc import Mapping

from rubric_dsl.records import dataclass

FEWEST_DIGITS = 6
"""A query that could read no more digits than these is none that anyone asked for."""

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

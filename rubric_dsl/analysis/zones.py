"""Zones and pieces: parts of a rule's space, and what the rule is there."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.analysis.domain import Domain
from rubric_dsl.evaluate.state import Env
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the space: what each quantity and each choice can be there."""

    domains: Mapping[str, Domain]
    choices: Mapping[str, frozenset[str]]

    @property
    def env(self) -> Env:
        """The zone as the evaluator wants it."""
        return Env({key: item.range for key, item in self.domains.items()}, self.choices)


@dataclass(frozen=True, slots=True)
class Line:
    """A linear function: ``const`` plus multiples of quantities."""

    const: Fraction
    terms: Mapping[str, Fraction]

    def at(self, point: Mapping[str, Fraction]) -> Fraction:
        """Return the value at a point."""
        return self.const + sum((factor * point[key] for key, factor in self.terms.items()), Fraction(0))

    def range(self, zone: Zone) -> Range:
        """Return the values over a zone."""
        found = ranges.exactly(self.const)
        for key, factor in self.terms.items():
            found = ranges.add(found, ranges.scale(zone.domains[key].range, factor))
        return found


@dataclass(frozen=True, slots=True)
class Piece:
    """A zone and what the rule is there: a ``line``; or ``faults`` where it has no value; or only a ``range`` is known.

    ``taken`` are the branches that decide there, by their words.
    """

    zone: Zone
    line: Line | None
    range: Range | None
    faults: tuple[str, ...]
    taken: tuple[tuple[str, str], ...]

    @property
    def exact(self) -> bool:
        """Whether it is known what the rule is there."""
        return self.line is not None or bool(self.faults)

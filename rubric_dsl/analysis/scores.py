"""The set of scores that a rule can give: single scores, and stretches in which every score can be."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.analysis.domain import MAX_LISTED, Domain, Grid, scaled, total
from rubric_dsl.analysis.zones import Piece
from rubric_dsl.core.nodes import Rounding
from rubric_dsl.diagnostics import Text
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Scores:
    """``values`` in order, and ``stretches``; where not ``exact``, some of them may be out of reach.

    A score that is in neither cannot come out of any data.
    """

    values: tuple[Fraction, ...]
    stretches: tuple[Range, ...]
    exact: bool

    def holds(self, score: Fraction) -> bool:
        """Whether a score can be (where not ``exact``: is not ruled out)."""
        return score in self.values or any(ranges.restrict(item, "=", score) is not None for item in self.stretches)

    def reach(self, score: Fraction) -> bool:
        """Whether a score or a higher one can be (where not ``exact``: is not ruled out)."""
        above = (ranges.restrict(item, ">=", score) for item in self.stretches)
        return any(value >= score for value in self.values) or any(item is not None for item in above)

    def nearest(self, score: Fraction) -> tuple[Fraction, ...]:
        """Return the nearest scores that can be, below and above; the score itself where it can be."""
        if self.holds(score):
            return (score,)
        below = [value for value in self.values if value < score]
        above = [value for value in self.values if value > score]
        for item in self.stretches:
            low, high = item.low.value, item.high.value
            below += [high] if high is not None and high <= score else []
            above += [low] if low is not None and low >= score else []
        return tuple(
            found for group in ((max(below, default=None)), (min(above, default=None))) if (found := group) is not None
        )


def scores_of(pieces: Iterable[Piece], rounding: Rounding | None = None) -> Scores:
    """Return every score of the pieces of a rule, rounded where the rule ends with a rounding."""
    found = _exact(pieces)
    return found if rounding is None else _rounded(found, rounding)


def _rounded(scores: Scores, rounding: Rounding) -> Scores:
    """A stretch without a hole goes through every rounded number between its ends."""
    step, mode = rounding.step, rounding.mode
    values = {step * ranges.whole(value / step, mode) for value in scores.values}
    left: list[Range] = []
    for item in scores.stretches:
        ends = ranges.scale(ranges.to_whole(ranges.scale(item, 1 / step), mode), step)
        listed = _listed(Domain(ends, Grid(step)), Fraction(0))
        if listed is None:
            left.append(ends)
        else:
            values.update(listed)
    return Scores(tuple(sorted(values)), _joined(left), scores.exact and not left)


def _exact(pieces: Iterable[Piece]) -> Scores:
    values: set[Fraction] = set()
    found: list[Range] = []
    exact = True
    for piece in pieces:
        if piece.line is None:
            if piece.range is not None:
                found.append(piece.range)
                exact = False
            continue
        if not piece.line.terms:
            values.add(piece.line.const)
            continue
        domain = total([scaled(piece.zone.domains[key], factor) for key, factor in piece.line.terms.items()])
        single = _listed(domain, piece.line.const)
        if single is not None:
            values.update(single)
        else:
            found.append(piece.line.range(piece.zone))
            exact = exact and not domain.discrete
    return Scores(tuple(sorted(values)), _joined(found), exact)


def _listed(domain: Domain, const: Fraction) -> list[Fraction] | None:
    if domain.values is not None:
        return [value + const for value in domain.values]
    low, high = domain.range.low.value, domain.range.high.value
    if domain.grid is None or low is None or high is None or (high - low) / domain.grid.step > MAX_LISTED:
        return None
    count = int((high - low) / domain.grid.step)
    return [low + index * domain.grid.step + const for index in range(count + 1)]


def together(parts: Iterable[Scores]) -> Scores:
    """Return the scores that any of several rules can give."""
    listed = list(parts)
    values = {value for item in listed for value in item.values}
    found = [item for one in listed for item in one.stretches]
    return Scores(tuple(sorted(values)), _joined(found), all(item.exact for item in listed))


def _joined(found: list[Range]) -> tuple[Range, ...]:
    """Join stretches that touch."""
    result: list[Range] = []
    for item in sorted(found, key=lambda one: (one.low.value is not None, one.low.value or Fraction(0), one.low.open)):
        if result and _touch(result[-1], item):
            result[-1] = ranges.hull([result[-1], item])
        else:
            result.append(item)
    return tuple(result)


def _touch(a: Range, b: Range) -> bool:
    if a.high.value is None or b.low.value is None:
        return True
    return b.low.value < a.high.value or (b.low.value == a.high.value and not (a.high.open and b.low.open))


MOST_SHOWN = 24
"""More scores than this are not listed one by one."""


def scores_text(scores: Scores) -> Text:
    """List scores for people: each of them, or the first and last where there are many."""
    listed = [text_of(value) for value in scores.values]
    if len(listed) > MOST_SHOWN:
        listed = [*listed[: MOST_SHOWN // 2], "…", *listed[-MOST_SHOWN // 2 :]]
    for item in scores.stretches:
        low, high = item.low, item.high
        left = "(" if low.open else "["
        right = ")" if high.open else "]"
        a = "−∞" if low.value is None else text_of(low.value)
        b = "∞" if high.value is None else text_of(high.value)
        listed.append(f"{left}{a}, {b}{right}")
    return Text("、".join(listed), ", ".join(listed))

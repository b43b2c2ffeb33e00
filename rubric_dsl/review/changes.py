"""The smallest change of one figure that moves an indicator's score, found by halving and proved by ranges.

A figure moves on a grid: whole numbers where it counts, else the decimals in which it was written (two at least; a ratio
in hundredths of a percent). A stretch of the grid is left out when the evaluator's range over it stays on this side of
the wanted score, so that no smaller change is overlooked; what is found is scored, not inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.analysis.admissible import admissible
from rubric_dsl.core.nodes import CompareOp, Program
from rubric_dsl.evaluate.evaluator import run
from rubric_dsl.evaluate.known import settled
from rubric_dsl.evaluate.state import Env
from rubric_dsl.model.model import FormCheck
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass

MOST_LOOKS = 3000
"""So many stretches of one figure are looked at in one direction before the search is given up."""
FARTHEST = 2**62
"""So many steps away a figure is looked for."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One figure that may move: its value, the step of its grid, and what it may be."""

    key: str
    value: Fraction
    step: Fraction
    bounds: Range

    def at(self, steps: int) -> Fraction:
        """Return the value so many steps away."""
        return self.value + steps * self.step

    def most(self, sign: int) -> int:
        """Return how many steps there are in a direction."""
        end = self.bounds.high if sign > 0 else self.bounds.low
        if end.value is None:
            return FARTHEST
        count = (end.value - self.value) * sign / self.step
        whole = count.numerator // count.denominator
        return max(0, min(FARTHEST, whole - 1 if end.open and count == whole else whole))


@dataclass(frozen=True, slots=True)
class Landscape:
    """An indicator with everything known but one figure; ``checks`` are inequalities of the form that held before."""

    program: Program
    env: Env
    checks: Sequence[FormCheck]

    def range(self, key: str, reach: Range) -> Range | None:
        """Return what the score can be while a figure lies in a range; None where it has none, or a check breaks."""
        env = replace(self.env, figures={**self.env.figures, key: reach})
        if not admissible(env, self.checks):
            return None
        outcome = run(self.program, env)
        return outcome.score

    def score(self, key: str, value: Fraction) -> Fraction | None:
        """Return the score with a figure at a value; None where it has none, or a check breaks."""
        env = replace(self.env, figures={**self.env.figures, key: ranges.exactly(value)})
        if not admissible(env, self.checks):
            return None
        found = settled(self.program, env)
        if found is not None:
            return found.score
        outcome = run(self.program, env)
        known = None if outcome.score is None or outcome.trace.faults else outcome.score.known
        return known if len(outcome.taken) == 1 else None


class Search:
    """Looks along one axis in one direction for the nearest score that is wanted."""

    def __init__(self, land: Landscape, axis: Axis, sign: int) -> None:
        self.land: Landscape = land
        self.axis: Axis = axis
        self.sign: int = sign
        self.looks: int = 0

    def first(self, op: CompareOp, target: Fraction, *, start: int = 1) -> int | None:
        """Return the fewest steps with a score that compares so with ``target``, signed; or None."""
        most = self.axis.most(self.sign)
        low = start
        while low <= most and self.looks < MOST_LOOKS:
            high = min(most, 2 * low)
            found = self._within(low, high, op, target)
            if found is not None:
                return found * self.sign
            low = high + 1
        return None

    def _within(self, low: int, high: int, op: CompareOp, target: Fraction) -> int | None:
        stack = [(low, high)]
        while stack and self.looks < MOST_LOOKS:
            first, last = stack.pop()
            self.looks += 1
            if first == last:
                score = self.land.score(self.axis.key, self.axis.at(first * self.sign))
                if score is not None and ranges.restrict(ranges.exactly(score), op, target) is not None:
                    return first
                continue
            ends = sorted((self.axis.at(first * self.sign), self.axis.at(last * self.sign)))
            found = self.land.range(self.axis.key, ranges.between(*ends))
            if found is None or ranges.restrict(found, op, target) is None:
                continue
            middle = (first + last) // 2
            stack += [(middle + 1, last), (first, middle)]  # the nearer half is looked at first
        return None


def levels(land: Landscape, axis: Axis, sign: int, op: CompareOp, targets: Sequence[Fraction]) -> Iterator[int]:
    """Yield the steps to the first score that reaches each target, nearest first; each target is harder than the one before."""
    search = Search(land, axis, sign)
    start = 1
    reached: Fraction | None = None
    for target in targets:
        if reached is not None and ranges.restrict(ranges.exactly(reached), op, target) is not None:
            continue
        steps = search.first(op, target, start=start)
        if steps is None:
            return
        yield steps
        start = abs(steps)
        reached = land.score(axis.key, axis.at(steps))

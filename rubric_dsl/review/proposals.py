"""What is proposed to a department: changes with what they score, margins, plans, and what is missing."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.evaluate.result import GradeResult, ScoreRange
from rubric_dsl.records import dataclass
from rubric_dsl.units import Unit


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change of the data and what it gives, as scored in full.

    ``old`` and ``new`` are as data write them; a number's old value is ``base``, and the difference ``change`` (None for
    a choice). ``full`` says that it gives the best score. ``broken`` are the form's equalities that held before and would not
    after: other figures must move along. ``total`` is what the total can then be; ``also`` are other indicators whose score
    moves, with what it can then be (None: it does not count).
    """

    indicator: str
    key: str
    old: str
    new: str
    base: Fraction
    change: Fraction | None
    unit: Unit
    before: Fraction
    after: Fraction
    full: bool
    broken: tuple[tuple[str, str], ...]
    total: ScoreRange
    also: tuple[tuple[str, ScoreRange | None], ...]

    @property
    def gain(self) -> Fraction:
        """The points by which its own indicator moves the better way."""
        return abs(self.after - self.before)

    @property
    def size(self) -> Fraction:
        """How large the change is beside the figure; a choice, and a figure of 0, count as 1."""
        return abs(self.change / self.base) if self.change is not None and self.base else Fraction(1)


@dataclass(frozen=True, slots=True)
class Margin:
    """The smallest change found of a figure that makes the indicator's score worse."""

    indicator: str
    key: str
    old: str
    new: str
    change: Fraction
    unit: Unit
    after: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes together for a goal, at most one of each figure, and what they score in full.

    ``reached`` says that the goal is met whatever is still missing. Where it is not, these are the best changes found: others may
    reach it.
    """

    proposals: tuple[Proposal, ...]
    total: ScoreRange
    grade: GradeResult
    reached: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A missing figure, the indicators that wait for it, and the points that hang on it."""

    key: str
    indicators: tuple[str, ...]
    points: Fraction

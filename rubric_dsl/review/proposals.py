"""What is proposed to a department: changes with what they score, margins, plans, and what is missing."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change of the data and what it gives, as scored in full.

    ``old`` and ``new`` are as data write them; a number's old value is ``base``, and the difference ``change`` (None for
    a choice). ``broken`` are the form's equalities that held before and would not after: other figures must move along. ``total`` is the
    least the total can then be; ``also`` are other indicators whose score moves, with their new score.
    """

    indicator: str
    key: str
    old: str
    new: str
    base: Fraction
    change: Fraction | None
    unit: str
    before: Fraction
    after: Fraction
    full: bool
    broken: tuple[tuple[str, str], ...]
    total: Fraction
    total_gain: Fraction
    also: tuple[tuple[str, Fraction | None], ...]

    @property
    def gain(self) -> Fraction:
        """The points that it regains in its own indicator."""
        return self.after - self.before

    @property
    def size(self) -> Fraction:
        """How large the change is beside the figure; a choice, and a figure of 0, count as 1."""
        return abs(self.change / self.base) if self.change is not None and self.base else Fraction(1)


@dataclass(frozen=True, slots=True)
class Margin:
    """The smallest change of a figure that would lose points."""

    indicator: str
    key: str
    old: str
    new: str
    change: Fraction
    unit: str
    after: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes together for a goal, at most one of each figure, and what they score in full."""

    proposals: tuple[Proposal, ...]
    total: Fraction
    grade: str | None
    reached: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A missing figure, the indicators that wait for it, and the points that hang on it."""

    key: str
    indicators: tuple[str, ...]
    points: Fraction

"""Results: what scoring answers, as frozen data; every number an exact fraction or a range of them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations
from typing import Literal

from rubric_dsl.diagnostics import Diagnostic, Lang, Text
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Tree

Status = Literal["scored", "missing", "not_applicable", "override", "invalid"]


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """The range of what a score can still be; ``min == max`` when it is settled.

    ``tight`` says that some completion of the missing data is known to come as near to each end as one likes;
    where it is False the range is sound and may be wider than need be.
    """

    min: Fraction
    max: Fraction
    points: Fraction
    tight: bool = True

    @property
    def score(self) -> Fraction | None:
        """The score, or None while it is not settled."""
        return self.min if self.min == self.max else None


@dataclass(frozen=True, slots=True)
class Marks:
    """What several assessors gave: for each by name the least and the greatest score that its ratings can make.

    ``rule`` says how they make one score. Where marks may be ``apart`` by so much at most, the ``adjudicator``'s counts
    beyond that.
    """

    rule: Text
    given: tuple[tuple[str, Fraction, Fraction], ...]
    apart: Fraction | None = None
    adjudicator: str = ""

    @property
    def assessors(self) -> tuple[tuple[str, Fraction, Fraction], ...]:
        """What the assessors gave, the adjudicator left out."""
        return tuple(item for item in self.given if item[0] != self.adjudicator)

    @property
    def spread(self) -> Fraction | None:
        """How far the highest mark is from the lowest; None while one of them is not settled."""
        own = self.assessors
        if any(low != high for _, low, high in own):
            return None
        return max(high for _, _, high in own) - min(low for _, low, _ in own)

    @property
    def least(self) -> Fraction:
        """How far they are apart at the least, whatever is missing: ``spread`` where that is settled."""
        own = self.assessors
        found = max((low for _, low, _ in own), default=Fraction(0)) - min((high for _, _, high in own), default=0)
        return max(found, Fraction(0))

    @property
    def beyond(self) -> bool | None:
        """Whether they are farther apart than they may be; None where that is not settled or not asked.

        Two marks that are too far apart settle it whatever the others will be.
        """
        own = self.assessors
        if self.apart is None or not own:
            return None
        if self.least > self.apart:
            return True
        widest = max((one[2] - other[1] for one, other in permutations(own, 2)), default=Fraction(0))
        return False if widest <= self.apart else None


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """One indicator's outcome.

    ``measure`` is exact, None while missing or where the indicator has no measure; ``measure_text`` is for people.
    ``missing`` lists the addresses of absent inputs that the score still waits for. ``reason`` says in one line how
    the score came about. ``pool`` names the pool whose points it shares, if any. ``steps`` is the trace in order.
    ``excluded`` says that it is not applicable and that its points were shared out or taken off: it has no score.
    ``formula`` is the measure's formula as written, and with the figures put in that the computation had.
    ``marks`` are what several assessors gave.
    """

    name: str
    path: tuple[str, ...]
    range: ScoreRange
    status: Status
    measure: Fraction | None
    measure_text: Text
    missing: tuple[str, ...]
    reason: Text
    pool: str = ""
    claim: Fraction | None = None
    steps: tuple[Step, ...] = ()
    role: str = "part"
    excluded: bool = False
    formula: tuple[Tree, Tree] | None = None
    marks: Marks | None = None

    @property
    def score(self) -> Fraction | None:
        """The score; None while it is not settled, and where the indicator is excluded."""
        return None if self.excluded else self.range.score


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an explanation: what (label), the working with figures put in, and the value; ``depth`` indents."""

    label: Text
    working: Text
    value: Text
    depth: int = 0

    def told(self, lang: Lang) -> str:
        """Return the working and what it gives: ``3 ÷ 4 = 75%``."""
        working, value = self.working.to(lang), self.value.to(lang)
        sign = "" if not working or not value else " " if value.startswith("≈") else " = "
        return working + sign + value


@dataclass(frozen=True, slots=True)
class SectionResult:
    """A section's subtotal, its grade where it has one, and its role: part of the total, bonus or deduction."""

    name: str
    level: int
    path: tuple[str, ...]
    range: ScoreRange
    grade: GradeResult
    role: str = "part"


@dataclass(frozen=True, slots=True)
class AdjustmentResult:
    """What came after the total: ``total`` after it, and whether a veto ``holds`` (None: open, or no veto)."""

    kind: str
    name: str
    words: Text
    total: ScoreRange
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class GradeResult:
    """The grade, or None with every grade that is still possible, best first."""

    value: str | None
    possible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of scoring one submission.

    ``adjustments`` are what came after the total, in order; ``reading`` is the named reading that was taken (empty:
    the official one). ``data_sha256`` is that of the file it was read from. A rubric without a total (``has_total`` False) has a total of 0 of 0.
    """

    rubric: str
    edition: str
    rubric_sha256: str
    subject: str
    total: ScoreRange
    grade: GradeResult
    sections: tuple[SectionResult, ...]
    indicators: Mapping[str, IndicatorResult]
    diagnostics: tuple[Diagnostic, ...]
    claimed_total: Fraction | None = None
    claimed_grade: str = ""
    adjustments: tuple[AdjustmentResult, ...] = ()
    reading: str = ""
    has_total: bool = True
    data_sha256: str = ""

    def explain(self, indicator: str) -> Explanation:
        """Return how an indicator's score came about; ``str()`` of it reads well.

        Raises:
            KeyError: no indicator has this name.
        """
        return Explanation(self.indicators[indicator])


@dataclass(frozen=True, slots=True)
class Explanation:
    """An indicator's trace as data, with a plain text form in either language."""

    indicator: IndicatorResult

    def text(self, lang: Lang) -> str:
        """Write the explanation as lines of text."""
        found = self.indicator
        steps = ("  " * (step.depth + 1) + f"{step.label.to(lang)}: {step.told(lang)}" for step in found.steps)
        lines = [found.name, *steps]
        reason = found.reason.to(lang)
        told = Text("；", "; ").to(lang).join(step.working.to(lang) for step in found.steps)
        if reason not in told:
            lines.append("  " + reason)
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text("zh")

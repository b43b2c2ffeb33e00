"""Claims: what is said of a rubric, whether it is proved, and the data that show otherwise."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from rubric_dsl.analysis.scores import Scores
from rubric_dsl.analysis.stretches import Jump, Trend
from rubric_dsl.diagnostics import Text
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass

ProofVerdict = Literal["proved", "refuted", "undecided"]
FAULTS = frozenset(
    {"covers", "no-unreachable", "within-points", "reaches-full", "denominator", "total-within", "grade-reachable"}
)
"""Claims that a sound rubric keeps; the others are worth knowing, and may be meant."""


@dataclass(frozen=True, slots=True)
class RubricClaim:
    """One claim about an indicator (``subject``; empty: the whole rubric), by its stable ``name``.

    ``witnesses`` are data that refute it (or, where it says that something can be, show it), each checked by the
    evaluator; ``data`` are the first of them by address. ``reason`` says why it is undecided, or what the verdict
    rests on. ``about`` are the branches or the denominator that it speaks of, in the author's words.
    """

    name: str
    subject: str
    verdict: ProofVerdict
    text: Text
    witnesses: tuple[str, ...] = ()
    reason: Text | None = None
    data: tuple[tuple[str, str], ...] = ()
    about: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorVerification:
    """What is known of one indicator before anyone is scored.

    ``measure`` is the reach of the main rule's measure; ``edges``, ``course`` and ``steepest`` speak of it, where the
    rule is one of a single quantity. ``unreached`` are the author's words of bands that no data can reach.
    """

    name: str
    points: Fraction
    measure: Range | None
    edges: tuple[Jump, ...]
    course: Trend | None
    scores: Scores
    claims: tuple[RubricClaim, ...]
    unreached: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """What is known of a rubric before anyone is scored; ``steps`` bounds the work of one scoring."""

    indicators: tuple[IndicatorVerification, ...]
    claims: tuple[RubricClaim, ...]
    steps: int

    @property
    def faults(self) -> tuple[RubricClaim, ...]:
        """The refuted claims that a sound rubric keeps."""
        return tuple(item for item in self.all_claims if item.verdict == "refuted" and item.name in FAULTS)

    @property
    def all_claims(self) -> tuple[RubricClaim, ...]:
        """Every claim, those about the whole rubric last."""
        return (*(claim for item in self.indicators for claim in item.claims), *self.claims)

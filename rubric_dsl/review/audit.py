"""Claimed scores against recomputed ones, and which objections survive every reading and every stated figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from rubric_dsl.analysis.reach import World, reaches, world_of
from rubric_dsl.analysis.scores import Scores, scores_of, together
from rubric_dsl.data.submission import Submission
from rubric_dsl.evaluate.result import IndicatorResult, Result, ScoreRange
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.records import dataclass
from rubric_dsl.review.variants import Variant, others_of, variants_of, with_others
from rubric_dsl.scoring.score import score, score_alone

Verdict = Literal["confirmed", "differs", "unattainable", "unverifiable"]
OBJECTIONS = frozenset({"differs", "unattainable"})
"""Verdicts by which a claim does not stand."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same indicator under another reading (empty: the official one), with other figures or with the submitted ones.

    ``agrees`` says whether the claim is the score there; None while it can still be. ``attainable`` says whether any
    data could give the claimed score under that reading; None where the analysis does not tell.
    """

    reading: str
    variant: Variant | None
    range: ScoreRange
    agrees: bool | None
    attainable: bool | None


@dataclass(frozen=True, slots=True)
class ClaimAudit:
    """What becomes of one claim.

    ``nearest`` are the nearest scores that the rule can give where the claim is none. ``elsewhere`` holds every other
    reading and every other stated figure. ``robust`` says that the verdict is an objection in all of them, or that the
    claim is confirmed in all of them.
    """

    result: IndicatorResult
    claim: Fraction
    verdict: Verdict
    attainable: bool | None
    nearest: tuple[Fraction, ...]
    elsewhere: tuple[Elsewhere, ...]

    @property
    def robust(self) -> bool:
        """Whether the verdict is the same under every reading and with every stated figure."""
        if self.verdict in OBJECTIONS:
            return all(item.agrees is False or item.attainable is False for item in self.elsewhere)
        return self.verdict == "confirmed" and all(item.agrees is True for item in self.elsewhere)

    @property
    def difference(self) -> Fraction | None:
        """The recomputed score less the claim; None while the score is open."""
        return None if self.result.score is None else self.result.score - self.claim


@dataclass(frozen=True, slots=True)
class WholeAudit:
    """What becomes of the claimed total and grade; ``envelope`` spans all readings and stated figures."""

    total: ScoreRange
    claimed: Fraction | None
    verdict: Verdict | None
    envelope: ScoreRange
    claimed_grade: str
    grades: tuple[str, ...]
    grade_verdict: Verdict | None
    every_grade: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit of one submission: ``claims`` in the rubric's order, and the ``result`` they are held against."""

    result: Result
    claims: tuple[ClaimAudit, ...]
    whole: WholeAudit

    @property
    def objections(self) -> tuple[ClaimAudit, ...]:
        """The claims that do not stand."""
        return tuple(item for item in self.claims if item.verdict in OBJECTIONS)

    @property
    def stands(self) -> bool:
        """Whether nothing that was claimed is objected to."""
        return (
            not self.objections and self.whole.verdict not in OBJECTIONS and self.whole.grade_verdict not in OBJECTIONS
        )


class Auditor:
    """Audits submissions with one rubric; what the rules can score at all is worked out once, when first asked for.

    ``models`` are the rubric under each reading, the official one first under the empty name.
    """

    def __init__(self, models: Mapping[str, Model]) -> None:
        self.models = models
        self._worlds: dict[str, World] = {}
        self._scores: dict[tuple[str, str], Scores] = {}

    def audit(self, submission: Submission, result: Result) -> Audit:
        """Audit one submission against its result under the official reading. Nothing is raised for any data."""
        others = others_of(self.models[""], submission)
        claims = []
        for name, item in result.indicators.items():
            if item.claim is not None:
                variants = variants_of(self.models[""].indicators[name], others, submission)
                claims.append(self._claim(item, item.claim, submission, variants))
        singles = tuple(Variant((item,), with_others(submission, (item,))) for item in others)
        return Audit(result, tuple(claims), self._whole(submission, result, singles))

    def attainable(self, reading: str, name: str, score_: Fraction) -> bool | None:
        """Return whether some data give a score; None where the analysis does not rule it out and is not exact."""
        scores = self._can_be(reading, name)
        if not scores.holds(score_):
            return False
        return True if scores.exact else None

    def _can_be(self, reading: str, name: str) -> Scores:
        found = self._scores.get((reading, name))
        if found is None:
            model = self.models[reading]
            if reading not in self._worlds:
                self._worlds[reading] = world_of(model)
            reached, _, _ = reaches(model.indicators[name], self._worlds[reading])
            found = together(scores_of(reach.pieces, reach.rounding) for reach in reached)
            self._scores[reading, name] = found
        return found

    def _claim(
        self, item: IndicatorResult, claim: Fraction, submission: Submission, variants: tuple[Variant, ...]
    ) -> ClaimAudit:
        attainable = None if item.status == "override" else self.attainable("", item.name, claim)
        nearest = self._can_be("", item.name).nearest(claim) if attainable is False else ()
        verdict = _verdict(item, claim, attainable)
        elsewhere = () if item.status == "override" else tuple(self._elsewhere(item, claim, submission, variants))
        return ClaimAudit(item, claim, verdict, attainable, nearest, elsewhere)

    def _elsewhere(
        self, item: IndicatorResult, claim: Fraction, submission: Submission, variants: tuple[Variant, ...]
    ) -> Iterator[Elsewhere]:
        for reading, model in self.models.items():
            indicator = model.indicators.get(item.name)
            if indicator is None:
                continue
            same = reading and indicator.program == self.models[""].indicators[item.name].program
            attainable = self.attainable(reading, item.name, claim)
            own = Variant((), submission)
            for variant in (own, *variants):
                if same or (not reading and variant is own):
                    continue
                found = _alone(model, indicator, variant.submission)
                shown = variant if variant.others else None
                yield Elsewhere(reading, shown, found.range, _agrees(found.range, claim), attainable)

    def _whole(self, submission: Submission, result: Result, variants: tuple[Variant, ...]) -> WholeAudit:
        ranges, grades = [result.total], dict.fromkeys(result.grade.possible)
        for reading, model in self.models.items():
            for other in (submission, *(variant.submission for variant in variants)):
                if reading or other is not submission:
                    found = score(model, other, "")
                    ranges.append(found.total)
                    grades.update(dict.fromkeys(found.grade.possible))
        envelope = replace(result.total, min=min(r.min for r in ranges), max=max(r.max for r in ranges))
        total = result.total if result.has_total else None
        verdict = None if total is None or result.claimed_total is None else _of_range(total, result.claimed_total)
        best = tuple(grade.name for grade in self.models[""].grades if grade.name in grades)
        claimed = result.claimed_grade
        grade: Verdict | None = None
        if claimed and result.grade.possible:
            grade = (
                "differs"
                if claimed not in result.grade.possible
                else "confirmed"
                if result.grade.value
                else "unverifiable"
            )
        return WholeAudit(
            result.total, result.claimed_total, verdict, envelope, claimed, result.grade.possible, grade, best
        )


def _alone(model: Model, indicator: Indicator, submission: Submission) -> IndicatorResult:
    return score_alone(model, indicator, submission)


def _verdict(item: IndicatorResult, claim: Fraction, attainable: bool | None) -> Verdict:
    if item.excluded:
        return "differs"
    if item.score is not None:
        return "confirmed" if item.score == claim else "differs"
    if attainable is False:
        return "unattainable"
    return _of_range(item.range, claim)


def _of_range(found: ScoreRange, claim: Fraction) -> Verdict:
    agrees = _agrees(found, claim)
    return "unverifiable" if agrees is None else "confirmed" if agrees else "differs"


def _agrees(found: ScoreRange, claim: Fraction) -> bool | None:
    if found.score is not None:
        return found.score == claim
    return None if found.min <= claim <= found.max else False


__all__ = ["OBJECTIONS", "Audit", "Auditor", "ClaimAudit", "Elsewhere", "Verdict", "WholeAudit"]

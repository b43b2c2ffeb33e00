"""Claimed scores against recomputed ones, and which objections survive every reading and every stated figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from fractions import Fraction
from functools import partial
from typing import Literal

from rubric_dsl.analysis.reach import World, reaches, world_of_rules
from rubric_dsl.analysis.scores import Scores, scores_of, together
from rubric_dsl.data.submission import Submission
from rubric_dsl.evaluate.result import IndicatorResult, Result, ScoreRange
from rubric_dsl.inputs.bind import Bound, bind
from rubric_dsl.model.model import Model
from rubric_dsl.records import dataclass
from rubric_dsl.review.shares import shares, sharing_keys, total_of
from rubric_dsl.review.variants import Altered, Other, others_of, variants_of, with_others
from rubric_dsl.scoring.indicator import Repeated
from rubric_dsl.scoring.score import Standing, score, standing
from rubric_dsl.scoring.totals import Whole

AuditVerdict = Literal["confirmed", "differs", "unattainable", "unverifiable"]
OBJECTIONS = frozenset({"differs", "unattainable"})
"""Verdicts by which a claim does not stand."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same indicator under another reading (empty: the official one), with other figures or with the submitted ones.

    ``agrees`` says whether the claim is the score there; None while it can still be.
    """

    reading: str
    variant: Altered | None
    range: ScoreRange
    agrees: bool | None
    _attainable: Callable[[], bool | None] = field(repr=False, compare=False)

    @property
    def attainable(self) -> bool | None:
        """Whether any data could give the claimed score under that reading; None where the analysis does not tell."""
        return True if self.agrees else self._attainable()


@dataclass(frozen=True, slots=True)
class ClaimAudit:
    """What becomes of one claim.

    ``share`` is what a point counts for where others have dropped out and their points are shared; the claim may be in
    the indicator's own points, or in the points that it then counts for. None while it is open.
    ``nearest`` are the nearest scores that the rule can give where the claim is none. ``elsewhere`` holds every other
    reading and every other stated figure. ``robust`` says that the verdict is an objection in all of them, or that the
    claim is confirmed in all of them.
    """

    result: IndicatorResult
    claim: Fraction
    verdict: AuditVerdict
    attainable: bool | None
    nearest: tuple[Fraction, ...]
    elsewhere: tuple[Elsewhere, ...]
    share: Fraction | None = Fraction(1)

    @property
    def robust(self) -> bool:
        """Whether the verdict is the same under every reading and with every stated figure."""
        if self.verdict in OBJECTIONS:
            return all(item.agrees is False or item.attainable is False for item in self.elsewhere)
        return self.verdict == "confirmed" and all(item.agrees is True for item in self.elsewhere)

    @property
    def difference(self) -> Fraction | None:
        """The recomputed score less the claim, in the points that the claim is in; None while the score is open."""
        if self.result.score is None or self.share is None:
            return None
        counted = self.result.score * self.share
        return counted - self.claim if _is_shared(self) else self.result.score - self.claim


@dataclass(frozen=True, slots=True)
class WholeAudit:
    """What becomes of the claimed total and grade; ``envelope`` spans all readings and stated figures.

    ``added`` is what the claims of all indicators add up to by the rubric; None where some are missing.
    """

    total: ScoreRange
    claimed: Fraction | None
    verdict: AuditVerdict | None
    envelope: ScoreRange
    claimed_grade: str
    grades: tuple[str, ...]
    grade_verdict: AuditVerdict | None
    every_grade: tuple[str, ...]
    added: ScoreRange | None = None
    adds_up: bool | None = None


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
        whole = self.whole
        verdicts = {whole.verdict, whole.grade_verdict}
        return not self.objections and not verdicts & OBJECTIONS and whole.adds_up is not False


class Auditor:
    """Audits submissions with one rubric; what the rules can score at all is worked out once, when first asked for.

    ``models`` are the rubric under each reading, the official one first under the empty name.
    """

    def __init__(self, models: Mapping[str, Model]) -> None:
        official = models[""]
        self.given = models
        self.models: dict[str, Model] = {name: _like(model, official) for name, model in models.items()}
        self._worlds: dict[str, World] = {}
        self._scores: dict[tuple[str, str], Scores] = {}

    def audit(self, submission: Submission, result: Result) -> Audit:
        """Audit one submission against its result under the official reading. Nothing is raised for any data."""
        model = self.models[""]
        others, also = others_of(model, submission), sharing_keys(model)
        shared, worlds = shares(model, result), _Worlds(self.models, submission)
        claims = []
        for name, item in result.indicators.items():
            if item.claim is not None:
                variants = variants_of(model.indicators[name], others, submission, also)
                claims.append(self._claim(item, item.claim, worlds, variants, shared.get(name, Fraction(1))))
        singles = tuple(Altered((item,), with_others(submission, (item,))) for item in others)
        whole = self._whole(worlds, result, singles)
        if result.claimed_total is not None and result.has_total:
            whole = _with_sum(whole, model, submission, result, claims)
        return Audit(result, tuple(claims), whole)

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
                self._worlds[reading] = world_of_rules(model)
            reached, _, _ = reaches(model.indicators[name], self._worlds[reading])
            found = together(scores_of(reach.pieces, reach.rounding) for reach in reached)
            self._scores[reading, name] = found
        return found

    def _claim(
        self,
        item: IndicatorResult,
        claim: Fraction,
        worlds: _Worlds,
        variants: tuple[Altered, ...],
        share: Fraction | None,
    ) -> ClaimAudit:
        attainable = None
        if item.status != "override":
            # That these data give it is the shortest proof.
            shown = not item.excluded and _agrees(item.range, claim, share) is True
            attainable = shown or self._attainable("", item.name, claim, share)
        nearest: tuple[Fraction, ...] = ()
        if attainable is False and share is not None:
            nearest = tuple(near * share for near in self._can_be("", item.name).nearest(claim / share))
        verdict = _verdict(item, claim, attainable, share)
        elsewhere = () if item.status == "override" else tuple(self._elsewhere(item, claim, worlds, variants))
        return ClaimAudit(item, claim, verdict, attainable, nearest, elsewhere, share)

    def _attainable(self, reading: str, name: str, claim: Fraction, share: Fraction | None) -> bool | None:
        """Return whether some data give a claimed score, in the indicator's own points or in those that it counts for."""
        own = self.attainable(reading, name, claim)
        if share is None or own is True:
            return own
        return own if share == 1 else self.attainable(reading, name, claim / share) or own

    def _elsewhere(
        self, item: IndicatorResult, claim: Fraction, worlds: _Worlds, variants: tuple[Altered, ...]
    ) -> Iterator[Elsewhere]:
        for reading, model in self.models.items():
            indicator = model.indicators.get(item.name)
            if indicator is None:
                continue
            same = reading and indicator.program is self.models[""].indicators[item.name].program
            for variant in (worlds.own, *variants):
                if same or (not reading and variant is worlds.own):
                    continue
                found = worlds.standing(reading, variant).scored[item.name].range
                share = worlds.share(reading, variant, item.name)
                attainable = partial(self._attainable, reading, item.name, claim, share)
                shown = variant if variant.others else None
                yield Elsewhere(reading, shown, found, _agrees(found, claim, share), attainable)

    def _whole(self, worlds: _Worlds, result: Result, variants: tuple[Altered, ...]) -> WholeAudit:
        totals, grades = [result.total], dict.fromkeys(result.grade.possible)
        for reading in self.models:
            for variant in (worlds.own, *variants):
                if reading or variant is not worlds.own:
                    found = worlds.settled(reading, variant)
                    totals.append(found.total())
                    grades.update(dict.fromkeys(found.grade().possible))
        total = result.total if result.has_total else None
        verdict = None if total is None or result.claimed_total is None else _of_range(total, result.claimed_total)
        best = tuple(grade.name for grade in self.models[""].grades if grade.name in grades)
        claimed = result.claimed_grade
        grade: AuditVerdict | None = None
        if claimed and (result.grade.possible or result.grade.rated is False):
            grade = (
                "differs"
                if claimed not in result.grade.possible
                else "confirmed"
                if result.grade.value
                else "unverifiable"
            )
        return WholeAudit(
            result.total, result.claimed_total, verdict, _envelope(totals), claimed, result.grade.possible, grade, best
        )


_MOST_KEPT = 4
_AUDITORS: list[Auditor] = []


def auditor_of(models: Mapping[str, Model]) -> Auditor:
    """Return the auditor of these models; the last ones are kept, with what they have worked out."""
    for kept in _AUDITORS:
        if kept.given.keys() == models.keys() and all(kept.given[name] is model for name, model in models.items()):
            return kept
    found = Auditor(models)
    _AUDITORS.append(found)
    del _AUDITORS[:-_MOST_KEPT]
    return found


class _Worlds:
    """One submission as it stands under every reading and with other figures.

    The data are read once for each change of them, and an indicator is scored again only where what it reads has changed.
    """

    def __init__(self, models: Mapping[str, Model], submission: Submission) -> None:
        self.models = models
        self.own = Altered((), submission)
        official = models[""]
        self._like = {name: "" if _asks_alike(model, official) else name for name, model in models.items()}
        self._bound: dict[tuple[str, tuple[Other, ...]], Bound] = {}
        self._standings: dict[tuple[str, tuple[Other, ...]], Standing] = {}
        self._settled: set[tuple[str, tuple[Other, ...]]] = set()
        self._scorer = Repeated()

    def standing(self, reading: str, variant: Altered) -> Standing:
        """Return the results under a reading, with figures replaced."""
        at = (reading, variant.others)
        if at not in self._standings:
            bound = self._data(reading, variant)
            self._standings[at] = standing(self.models[reading], bound, variant.submission.overrides, self._scorer)
        return self._standings[at]

    def settled(self, reading: str, variant: Altered) -> Whole:
        """Return the results over results, once what shares missing figures is looked at together."""
        whole, at = self.standing(reading, variant).whole, (reading, variant.others)
        if at not in self._settled:
            self._settled.add(at)
            whole.settle()
        return whole

    def share(self, reading: str, variant: Altered, name: str) -> Fraction | None:
        """Return what a point of an indicator counts for; None while it is open."""
        model = self.models[reading]
        if not sharing_keys(model):
            return Fraction(1)
        return shares(model, score(model, variant.submission, "")).get(name, Fraction(1))

    def _data(self, reading: str, variant: Altered) -> Bound:
        """Return the data as a reading wants them; a reading that asks for the same as the official one shares them."""
        like = self._like[reading]
        at = (like, variant.others)
        if at not in self._bound:
            self._bound[at] = bind(self.models[like], variant.submission)
        return self._bound[at].copy()


def _like(model: Model, official: Model) -> Model:
    """Return a rubric under a reading: what the reading leaves as it is, is the official one's."""
    if model is official:
        return model
    same = {
        name: official.indicators[name]
        for name, item in model.indicators.items()
        if name in official.indicators and item.program == official.indicators[name].program
    }
    fields = official.fields if model.fields == official.fields else model.fields
    return replace(model, indicators={**model.indicators, **same}, fields=fields)


def _asks_alike(model: Model, official: Model) -> bool:
    """Whether two rubrics read the same data in the same way."""
    pairs = zip(model.indicators.values(), official.indicators.values(), strict=False)
    return (
        (model.fields is official.fields or model.fields == official.fields)
        and model.cohorts == official.cohorts
        and list(model.indicators) == list(official.indicators)
        and all(one is other or one.inputs == other.inputs for one, other in pairs)
    )


def _envelope(totals: list[ScoreRange]) -> ScoreRange:
    """Return one range around all totals; it may not be rated where one of them may not be."""
    rated = [item for item in totals if item.rated is not False]
    if not rated:
        return totals[0]
    all_are = True if all(item.rated for item in totals) else None
    return replace(rated[0], min=min(r.min for r in rated), max=max(r.max for r in rated), rated=all_are)


def _is_shared(item: ClaimAudit) -> bool:
    """Whether a claim is in the points that an indicator counts for, and not in its own: it is met there, or beyond its own."""
    score_, share = item.result.score, item.share
    if share is None or score_ is None or item.claim == score_:
        return False
    return item.claim == score_ * share or item.claim > item.result.range.points


def _with_sum(
    whole: WholeAudit, model: Model, submission: Submission, result: Result, claims: list[ClaimAudit]
) -> WholeAudit:
    """Hold the claimed total against the claims of all indicators: in their own points, or in those that they count for."""
    lacking = {name for name, item in result.indicators.items() if item.claim is None and not item.excluded}
    if lacking or not claims or whole.claimed is None or any(item.share is None for item in claims):
        return whole
    own = {item.result.name: item.claim for item in claims}
    counted = {item.result.name: item.claim / (item.share or 1) for item in claims}
    mixed = {name: counted[name] if _is_shared(item) else own[name] for item in claims for name in (item.result.name,)}
    ways = [total_of(model, submission, given) for given in (mixed, own, counted)]
    if any(way.rated is False for way in ways):
        return whole  # there is no total to add up to
    adds_up = any(way.min <= whole.claimed <= way.max for way in ways)
    return replace(whole, added=ways[0], adds_up=adds_up)


def _verdict(item: IndicatorResult, claim: Fraction, attainable: bool | None, share: Fraction | None) -> AuditVerdict:
    if item.excluded:
        return "differs"
    agrees = _agrees(item.range, claim, share)
    if item.score is None and attainable is False:
        return "unattainable"
    return "unverifiable" if agrees is None else "confirmed" if agrees else "differs"


def _of_range(found: ScoreRange, claim: Fraction) -> AuditVerdict:
    agrees = _agrees(found, claim)
    return "unverifiable" if agrees is None else "confirmed" if agrees else "differs"


def _agrees(found: ScoreRange, claim: Fraction, share: Fraction | None = Fraction(1)) -> bool | None:
    """Return whether a claim is the score, in the indicator's own points or in those that it counts for.

    Where nothing is rated no claim is.
    """
    if found.rated is False:
        return False
    if share is None:
        return True if found.score == claim else None
    meant = (claim, claim / share)
    if found.score is not None:
        return found.score in meant
    return None if any(found.min <= one <= found.max for one in meant) else False


__all__ = ["OBJECTIONS", "Audit", "AuditVerdict", "Auditor", "ClaimAudit", "Elsewhere", "WholeAudit", "auditor_of"]

"""A rubric and a submission: scores, subtotals, total and grade, each exact or as the range of what it can still be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from rubric_dsl.core.keys import figure_of, kind_of
from rubric_dsl.core.nodes import Program
from rubric_dsl.core.walk import keys_of_program
from rubric_dsl.data.submission import Override, Submission
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.evaluate.result import (
    AdjustmentResult,
    IndicatorResult,
    Result,
    ScoreRange,
    Telling,
    Told,
)
from rubric_dsl.evaluate.state import Env, Outcome
from rubric_dsl.inputs.bind import Bound, bind
from rubric_dsl.inputs.form_checks import data_faults
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.nearest import nearest
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.scoring import narrate
from rubric_dsl.scoring.indicator import score_indicator
from rubric_dsl.scoring.totals import Whole
from rubric_dsl.syntax.characters import fold

Scorer = Callable[[Indicator, Bound, Env, list[Diagnostic]], tuple[IndicatorResult, Outcome]]
"""Scores one indicator, as :func:`score_indicator` does."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The results of a submission before they are put into words.

    ``scored`` are the indicators' own, ``faults`` those of each; ``stray`` are overrides of what is no indicator.
    """

    whole: Whole
    scored: Mapping[str, IndicatorResult]
    faults: Mapping[str, list[Diagnostic]]
    stray: Mapping[str, Override]


def standing(
    model: Model, bound: Bound, overrides: Mapping[str, Override] | None = None, scorer: Scorer = score_indicator
) -> Standing:
    """Score the indicators and what is made of them, each after all that it reads."""
    left = {fold(name): item for name, item in (overrides or {}).items()}
    whole = Whole(model, bound)
    scored: dict[str, IndicatorResult] = {}
    faults: dict[str, list[Diagnostic]] = {}
    for name in model.totals.order:
        indicator = model.indicators.get(name)
        if indicator is None:
            whole.define(name)
            continue
        faults[name] = []
        result, outcome = scorer(indicator, bound, whole.env, faults[name])
        override = left.pop(fold(indicator.name), None)
        if override is not None:
            result = _overridden(indicator, result, override, faults[name])
        whole.keep(indicator, result, outcome)
        scored[name] = result
    return Standing(whole, scored, faults, left)


def score(model: Model, submission: Submission, sha256: str, scorer: Scorer = score_indicator) -> Result:
    """Score one submission. Faults of the data are in the result's diagnostics; nothing is raised for any data."""
    bound = bind(model, submission)
    found = list(bound.found)
    found.extend(_edition_fault(model, submission))
    stands = standing(model, bound, submission.overrides, scorer)
    whole, scored, faults = stands.whole, stands.scored, stands.faults
    whole.settle()
    indicators = _claimed(model, submission, whole, scored, found)
    for name in model.indicators:
        found.extend(faults.get(name, ()))
    found.extend(_unknown(model, submission, stands.stray))
    found.extend(data_faults(model, bound))
    found.extend(whole.faults)
    total = whole.total()
    return Result(
        model.name,
        model.edition,
        sha256,
        submission.subject,
        total,
        whole.grade(),
        tuple(whole.section(section) for section in model.sections),
        indicators,
        tuple(found),
        submission.claimed_total.score if submission.claimed_total else None,
        submission.claimed_grade,
        tuple(
            AdjustmentResult(item.kind, item.name, Text(*item.words), *whole.adjusted(index, item))
            for index, item in enumerate(model.adjustments)
        ),
        model.reading,
        has_total=bool(model.totals.total),
        data_sha256=submission.sha256,
        telling=whole.telling("", total),
        status=whole.status(model.totals.total, total),
    )


def _claimed(
    model: Model,
    submission: Submission,
    whole: Whole,
    scored: Mapping[str, IndicatorResult],
    found: list[Diagnostic],
) -> dict[str, IndicatorResult]:
    """Return the results in the rubric's order, with claims, and held to base marks where a veto says so."""
    claims = {fold(name): item for name, item in submission.claims.items()}
    indicators: dict[str, IndicatorResult] = {}
    for name, indicator in model.indicators.items():
        claim = claims.pop(fold(indicator.name), None)
        result = whole.held(indicator, scored[name])
        indicators[name] = result if claim is None else replace(result, claim=claim.score)
    for name, claim in submission.claims.items():
        if fold(name) in claims:
            found.append(_unknown_indicator(model, name, (claim.place,) if claim.place else ()))
    return indicators


def _unknown(model: Model, submission: Submission, overrides: Mapping[str, Override]) -> list[Diagnostic]:
    """Report overrides and refinements of indicators that do not exist, or that may not be refined."""
    found = [_unknown_indicator(model, o.indicator, (o.place,) if o.place else ()) for o in overrides.values()]
    refinable = {
        fold(item.key) for indicator in model.indicators.values() for item in indicator.inputs if item.kind == "refined"
    }
    for name, parts in submission.refinements.items():
        if fold(name) not in refinable:
            places = tuple(part.place for part in parts[:1] if part.place is not None)
            words = Text(f"“{name}”不是由部门细化的指标", f"'{name}' is not refined by the department")
            found.append(Diagnostic("unknown-indicator", "error", "data", words, places))
    return found


def score_alone(model: Model, indicator: Indicator, submission: Submission) -> IndicatorResult:
    """Score one indicator by itself: only the figures, and the other results, that it speaks of are looked at."""
    bound, env = known_alone(model, indicator, submission)
    return score_indicator(indicator, bound, env, [])[0]


def known_alone(model: Model, indicator: Indicator, submission: Submission) -> tuple[Bound, Env]:
    """Return what is known for one indicator by itself: its figures, and the other results that it reads."""
    wanted = _needed(model, indicator)
    keys = {fold(key) for name in wanted for key in _figure_keys(model, model.indicators[name])}
    fields = {folded: item for folded, item in model.fields.items() if folded in keys or item.parameter}
    alone = replace(model, fields=fields, indicators={name: model.indicators[name] for name in wanted})
    bound = bind(alone, submission)
    whole = Whole(model, bound)
    for name in model.totals.order:
        if name == indicator.name:
            break
        if name in alone.indicators:
            other = alone.indicators[name]
            whole.keep(other, *score_indicator(other, bound, whole.env, []))
        elif name in model.totals.definitions and wanted - {indicator.name}:
            whole.define(name)
    return bound, whole.env


def _needed(model: Model, indicator: Indicator) -> set[str]:
    """Return the indicators whose results an indicator reads, itself among them."""
    return set(model.indicators) if reads_results(indicator.program) else {indicator.name}


def reads_results(program: Program) -> bool:
    """Whether a program reads the results of others."""
    return any(kind_of(key) not in (None, "available", "cohort") for key in keys_of_program(program))


def _figure_keys(model: Model, indicator: Indicator) -> list[str]:
    found = [figure_of(key) for key in keys_of_program(indicator.program)]
    return found + [cohort.figure for key, cohort in model.cohorts.items() if key in found]


def _overridden(
    indicator: Indicator, result: IndicatorResult, override: Override, found: list[Diagnostic]
) -> IndicatorResult:
    if not indicator.floor <= override.score <= indicator.ceiling:
        message = Text(
            f"{indicator.name}：人工核定的 {text_of(override.score)} 分不在 {text_of(indicator.floor)} 到 {text_of(indicator.ceiling)} 之间",
            f"{indicator.name}: the score set by hand, {text_of(override.score)}, is not from {text_of(indicator.floor)} to {text_of(indicator.ceiling)}",
        )
        places = (override.place,) if override.place else ()
        hint = Text("核对人工核定的得分", "check the score that was set")
        found.append(Diagnostic("override-out-of-range", "error", "data", message, places, hint=hint))
        return replace(result, status="invalid")
    settled = ScoreRange(override.score, override.score, indicator.points)

    def told() -> Told:
        steps = (*result.steps[:-1], narrate.score_step(settled))
        return replace(result.telling.told, steps=steps, reason=narrate.override_reason(override))

    return replace(result, range=settled, excluded=False, status="override", missing=(), telling=Telling(told))


def _unknown_indicator(model: Model, name: str, places: tuple[Place, ...]) -> Diagnostic:
    near = nearest(name, model.indicators, cutoff=0.4)
    hint = Text("是不是：" + "、".join(near), "did you mean: " + ", ".join(near)) if near else None
    message = Text(f"没有名为“{name}”的指标", f"no indicator is called '{name}'")
    return Diagnostic("unknown-indicator", "error", "data", message, places, hint=hint)


def _edition_fault(model: Model, submission: Submission) -> list[Diagnostic]:
    if not submission.edition or fold(submission.edition) == fold(model.edition):
        return []
    message = Text(
        f"数据是 {submission.edition} 年度的，指标体系是 {model.edition} 年度的",
        f"the data are for edition {submission.edition}, the rubric is edition {model.edition}",
    )
    hint = Text("用同一年度的指标体系和数据", "use a rubric and data of the same edition")
    return [Diagnostic("wrong-edition", "error", "data", message, hint=hint)]

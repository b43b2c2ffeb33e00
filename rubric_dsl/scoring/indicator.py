"""One indicator against the figures: its score, exact or as a range, with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rubric_dsl import ranges
from rubric_dsl.core.keys import UNAVAILABLE, availability_key, is_result, owner
from rubric_dsl.core.nodes import Program
from rubric_dsl.core.walk import keys_of_program
from rubric_dsl.diagnostics import NO_TEXT, Diagnostic, Text
from rubric_dsl.evaluate.evaluator import run
from rubric_dsl.evaluate.known import Settled, settled
from rubric_dsl.evaluate.result import IndicatorResult, Marks, ScoreRange, Status, Telling, Told
from rubric_dsl.evaluate.state import Env, Outcome, Trace
from rubric_dsl.forms.base import mark_role, measure_text
from rubric_dsl.formulas.cohorts import is_cohort
from rubric_dsl.inputs.bind import Bound
from rubric_dsl.model.model import Indicator
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range
from rubric_dsl.scoring import narrate

if TYPE_CHECKING:
    from rubric_dsl.missing.by_ends import OpenScore


def score_indicator(
    indicator: Indicator, bound: Bound, env: Env, found: list[Diagnostic]
) -> tuple[IndicatorResult, Outcome]:
    """Score one indicator; a fault that leaves it without a score goes to ``found``.

    The outcome's score is the range as it was found: an end may be open, or not there.
    """
    found_all = settled(indicator.program, env)
    if found_all is not None:
        return _all_known(indicator, bound, env, found_all)
    from rubric_dsl.missing.by_ends import by_ends
    from rubric_dsl.missing.one_rule import outcome_over, range_over

    opened = by_ends(indicator.program, bound, env)
    if opened is None:
        outcome, narrowed, tight = range_over(indicator, bound, env)
    elif opened.tells:
        return _one_missing(indicator, bound, env, opened)
    else:
        outcome, narrowed, tight = outcome_over(indicator.program, env), opened.score, True
    waiting = waiting_for(outcome, bound)
    spoiled = [key for key in outcome.trace.waiting if key in bound.invalid]
    range_ = _score_range(indicator, narrowed, tight=tight)
    status: Status = "scored"
    if narrowed is None or (spoiled and not _scored_without(indicator.program, env, spoiled)):
        status = "invalid"
    elif outcome.applicable == frozenset({False}):
        status = "not_applicable"
    elif waiting and range_.score is None:
        status = "missing"
    if narrowed is None:
        found.append(_no_score(indicator, outcome))
    result = IndicatorResult(
        indicator.name,
        indicator.path,
        range_,
        status,
        outcome.measure.known if outcome.measure is not None and status != "not_applicable" else None,
        tuple(key for key in waiting if key not in bound.given),
        indicator.pool,
        role=indicator.role,
        excluded=status == "not_applicable" and _is_excluded(indicator, outcome.taken),
    )
    told = replace(result, telling=Telling(lambda: _told(indicator, outcome, result, bound, env)))
    return told, replace(outcome, score=narrowed)


class Repeated:
    """Scores indicators of one submission and of changes of it: where all that a rule reads is as before, so is its result.

    The words of a result speak of the data that it was first scored for.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Seen], list[tuple[Program, IndicatorResult, Outcome, tuple[Diagnostic, ...]]]] = {}
        self._keys: dict[int, tuple[Program, tuple[str, ...]]] = {}

    def __call__(
        self, indicator: Indicator, bound: Bound, env: Env, found: list[Diagnostic]
    ) -> tuple[IndicatorResult, Outcome]:
        """Score one indicator, see :func:`score_indicator`."""
        program = indicator.program
        _, keys = self._keys.setdefault(id(program), (program, tuple(dict.fromkeys(keys_of_program(program)))))
        kept = self._kept.setdefault((indicator.name, _seen(keys, bound, env)), [])
        for own, result, outcome, faults in kept:
            if own is program:
                found.extend(faults)
                return result, outcome
        faults_: list[Diagnostic] = []
        result, outcome = score_indicator(indicator, bound, env, faults_)
        kept.append((program, result, outcome, tuple(faults_)))
        found.extend(faults_)
        return result, outcome


Seen = tuple[tuple[Range | frozenset[str] | tuple[str, ...] | bool | None, ...], ...]


def _seen(keys: tuple[str, ...], bound: Bound, env: Env) -> Seen:
    """Return all that the result of a rule with these keys hangs on."""
    return tuple(
        (env.figures.get(key), env.choices.get(key), bound.waits.get(key), key in bound.invalid, key in bound.given)
        for key in keys
    )


def _all_known(indicator: Indicator, bound: Bound, env: Env, known: Settled) -> tuple[IndicatorResult, Outcome]:
    """Return the result where nothing is missing; the evaluator's trace is made when the result is explained."""
    score = ranges.exactly(known.score)
    measure = None if known.measure is None else ranges.exactly(known.measure)
    outcome = Outcome(score, measure, (known.taken,), ((known.applies, score),), Trace())
    result = IndicatorResult(
        indicator.name,
        indicator.path,
        ScoreRange(known.score, known.score, indicator.points),
        "scored" if known.applies else "not_applicable",
        known.measure if known.applies else None,
        (),
        indicator.pool,
        role=indicator.role,
        excluded=not known.applies and _is_excluded(indicator, outcome.taken),
    )
    seen = Telling(lambda: _told(indicator, run(indicator.program, env), result, bound, env))
    return replace(result, telling=seen), outcome


def _one_missing(indicator: Indicator, bound: Bound, env: Env, opened: OpenScore) -> tuple[IndicatorResult, Outcome]:
    """Return the result where one input is missing; the evaluator's trace is made when the result is explained."""
    from rubric_dsl.missing.one_rule import outcome_over

    low, high = opened.low, opened.high
    measure = low.measure if low.measure == high.measure else None
    known = None if measure is None else ranges.exactly(measure)
    outcome = Outcome(opened.score, known, (low.taken,), ((True, opened.score),), Trace())
    result = IndicatorResult(
        indicator.name,
        indicator.path,
        ScoreRange(low.score, high.score, indicator.points),
        "missing",
        measure,
        () if opened.key in bound.given else (opened.key,),
        indicator.pool,
        role=indicator.role,
    )
    seen = Telling(lambda: _told(indicator, outcome_over(indicator.program, env), result, bound, env))
    return replace(result, telling=seen), outcome


def _told(indicator: Indicator, outcome: Outcome, result: IndicatorResult, bound: Bound, env: Env) -> Told:
    """Put an outcome into words."""
    rule = narrate.rule_of(indicator, outcome)
    invalid = tuple(key for key in waiting_for(outcome, bound) if key in bound.invalid)
    groups = tuple(owner(key) for key in outcome.trace.waiting if is_cohort(key))
    waits = narrate.Waits(
        missing=result.missing, invalid=invalid, groups=tuple(dict.fromkeys(groups)), any=bool(outcome.trace.waiting)
    )
    return Told(
        narrate.reason(indicator, outcome, result.range, env, waits),
        narrate.steps(indicator, outcome, result.range, env, bound),
        NO_TEXT if result.measure is None else measure_text(result.measure, rule.kind),
        None if rule.measure is None else (rule.measure, narrate.filled_in(rule.measure, env.figures)),
        _marks(indicator, outcome),
    )


def _scored_without(program: Program, env: Env, spoiled: list[str]) -> bool:
    """Whether there can be a score without some figures that were given and cannot be used."""
    absent = {availability_key(key): frozenset({UNAVAILABLE}) for key in spoiled if key not in env.choices}
    nothing: dict[str, frozenset[str]] = {key: frozenset() for key in spoiled if key in env.choices}
    return run(program, replace(env, choices={**env.choices, **absent, **nothing})).score is not None


def _marks(indicator: Indicator, outcome: Outcome) -> Marks | None:
    """Return what each of several assessors gave, from the trace."""
    stated = [marking for index in outcome.taken if (marking := indicator.rules[index].marking) is not None]
    if len(stated) != 1:
        return None
    marking = stated[0]
    seen = outcome.trace.values
    given = tuple((name, own.low.value, own.high.value) for name in marking.names if (own := seen.get(mark_role(name))))
    known = [(name, low, high) for name, low, high in given if low is not None and high is not None]
    return Marks(marking.words, tuple(known), marking.apart, marking.adjudicator) if known else None


def _is_excluded(indicator: Indicator, taken: tuple[int, ...]) -> bool:
    return all(indicator.rules[index].excluded for index in taken)


def waiting_for(outcome: Outcome, bound: Bound) -> tuple[str, ...]:
    """Return the figures that an outcome waits for; what waits for another result waits for that one's figures."""
    found: dict[str, None] = {}
    for key in outcome.trace.waiting:
        if not is_result(key):
            found[key] = None
        elif key in bound.waits:
            found.update(dict.fromkeys(bound.waits[key]))
        else:
            found[owner(key)] = None
    return tuple(found)


def _score_range(indicator: Indicator, found: Range | None, *, tight: bool) -> ScoreRange:
    held = indicator.held(found)
    low, high = held.low.value, held.high.value
    assert low is not None and high is not None  # noqa: S101, PT018 - a score is held between numbers
    return ScoreRange(low, high, indicator.points, tight and held == found)


def _no_score(indicator: Indicator, outcome: Outcome) -> Diagnostic:
    words = narrate.fault_words(outcome)
    code = narrate.fault_code(outcome)
    return Diagnostic(
        code,
        "error",
        "data" if code == "award-out-of-range" else "rule",
        Text(f"{indicator.name}：{words.zh}", f"{indicator.name}: {words.en}"),
        (indicator.place,),
        why=Text(
            f"本指标 {text_of(indicator.points)} 分无法评定",
            f"its {text_of(indicator.points)} points cannot be scored",
        ),
        hint=narrate.fault_hint(code),
    )

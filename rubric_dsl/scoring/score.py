"""A rubric and a submission: scores, subtotals, total and grade, each exact or as the range of what it can still be."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.core.nodes import Case, Compare, Condition, Expr, Input, Not
from rubric_dsl.data.submission import Override, Submission
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.evaluate.evaluator import Env, Outcome, Trace, measured, parts_of, run
from rubric_dsl.evaluate.result import GradeResult, IndicatorResult, Result, ScoreRange, SectionResult, Status
from rubric_dsl.forms.base import measure_text
from rubric_dsl.formulas.typing import kind_of
from rubric_dsl.model.model import FormCheck, Indicator, Model
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.ranges import Range
from rubric_dsl.scoring import narrate
from rubric_dsl.scoring.bind import Bound, bind
from rubric_dsl.scoring.tighten import tighten
from rubric_dsl.syntax.characters import fold


def score(model: Model, submission: Submission, sha256: str) -> Result:
    """Score one submission. Faults of the data are in the result's diagnostics; nothing is raised for any data."""
    bound = bind(model, submission)
    found = list(bound.found)
    found.extend(_edition_fault(model, submission))
    indicators: dict[str, IndicatorResult] = {}
    waiting: dict[str, int] = {}
    overrides = {fold(name): item for name, item in submission.overrides.items()}
    claims = {fold(name): item for name, item in submission.claims.items()}
    for indicator in model.indicators.values():
        result = _indicator(indicator, bound, found)
        override = overrides.pop(fold(indicator.name), None)
        if override is not None:
            result = _overridden(indicator, result, override, found)
        claim = claims.pop(fold(indicator.name), None)
        indicators[indicator.name] = replace(result, claim=claim.score if claim else None)
        if result.score is None and result.status != "override":
            for key in result.missing:
                waiting[key] = waiting.get(key, 0) + 1
    for name, place in [(o.indicator, o.place) for o in overrides.values()] + [
        (name, c.place) for name, c in submission.claims.items() if fold(name) in claims
    ]:
        found.append(_unknown_indicator(model, name, (place,) if place else ()))
    found.extend(_check(check, bound) for check in model.checks if not _holds(check, bound))
    found.extend(_derived(model, bound))
    own = all(count == 1 for count in waiting.values())
    total = _whole(model, indicators, (), model.points, own_figures=own)
    return Result(
        model.name,
        model.edition,
        sha256,
        submission.subject,
        total,
        _grade(model, total),
        tuple(
            SectionResult(
                s.name,
                s.level,
                s.path,
                _whole(model, indicators, (*s.path, s.name), s.points, own_figures=own),
            )
            for s in model.sections
        ),
        indicators,
        tuple(found),
        submission.claimed_total.score if submission.claimed_total else None,
        submission.claimed_grade,
    )


def score_alone(model: Model, indicator: Indicator, submission: Submission) -> IndicatorResult:
    """Score one indicator by itself: only the figures that it speaks of are looked at."""
    program = indicator.program
    keys = {*_keys(program.measure), *_keys(program.score), *_case_keys(program.score)}
    if program.not_applicable is not None:
        keys.update(_condition_keys(program.not_applicable[0]))
    fields = {folded: item for key in keys if (item := model.fields.get(folded := fold(key))) is not None}
    return _indicator(
        indicator, bind(replace(model, fields=fields, indicators={indicator.name: indicator}), submission), []
    )


def _indicator(indicator: Indicator, bound: Bound, found: list[Diagnostic]) -> IndicatorResult:
    outcome = run(indicator.program, bound.env)
    whole = [key for key in _keys(indicator.program.measure) if key in bound.whole and bound.figures[key].known is None]
    narrowed, tight = tighten(indicator.program, bound.env, outcome, whole)
    tight = tight and not _shared_inside(indicator, bound.env)
    waiting = tuple(outcome.trace.waiting)
    spoiled = [key for key in waiting if key in bound.invalid]
    range_ = _score_range(indicator, narrowed, tight=tight)
    status: Status = "scored"
    if narrowed is None or spoiled:
        status = "invalid"
    elif outcome.applicable == frozenset({False}):
        status = "not_applicable"
    elif waiting and range_.score is None:
        status = "missing"
    if narrowed is None:
        found.append(_no_score(indicator, outcome))
    measure = outcome.measure.known if outcome.measure is not None else None
    if status == "not_applicable":
        measure = None
    missing = tuple(key for key in waiting if key not in bound.given)
    return IndicatorResult(
        indicator.name,
        indicator.path,
        range_,
        status,
        measure,
        "" if measure is None else measure_text(measure, indicator.kind),
        missing,
        narrate.reason(indicator, outcome, range_, missing),
        indicator.pool,
        None,
        narrate.steps(indicator, outcome, range_, bound.figures, bound.given),
    )


def _score_range(indicator: Indicator, found: Range | None, *, tight: bool) -> ScoreRange:
    if found is None or found.low.value is None or found.high.value is None:
        high = indicator.points if found is None or found.high.value is None else found.high.value
        low = indicator.floor if found is None or found.low.value is None else found.low.value
        return ScoreRange(low, high, indicator.points, tight=False)
    return ScoreRange(found.low.value, found.high.value, indicator.points, tight)


def _no_score(indicator: Indicator, outcome: Outcome) -> Diagnostic:
    words = narrate.fault_words(outcome)
    zero = any(fault.kind == "zero-denominator" for fault in outcome.trace.faults)
    return Diagnostic(
        "zero-denominator" if zero else "no-band",
        "error",
        "rule",
        Text(f"{indicator.name}：{words.zh}", f"{indicator.name}: {words.en}"),
        (indicator.place,),
        why=Text(
            f"本指标 {text_of(indicator.points)} 分无法评定",
            f"its {text_of(indicator.points)} points cannot be scored",
        ),
        hint=Text("写明“不适用当 … 计满分”，或补上这一档", "write 'not applicable when … scores …', or add the band"),
    )


def _overridden(
    indicator: Indicator, result: IndicatorResult, override: Override, found: list[Diagnostic]
) -> IndicatorResult:
    if not indicator.floor <= override.score <= indicator.points:
        message = Text(
            f"{indicator.name}：人工认定的 {text_of(override.score)} 分不在 {text_of(indicator.floor)} 到 {text_of(indicator.points)} 之间",
            f"{indicator.name}: the score set by hand, {text_of(override.score)}, is not from {text_of(indicator.floor)} to {text_of(indicator.points)}",
        )
        places = (override.place,) if override.place else ()
        found.append(Diagnostic("override-out-of-range", "error", "data", message, places))
        return replace(result, status="invalid")
    settled = ScoreRange(override.score, override.score, indicator.points)
    steps = (*result.steps[:-1], narrate.score_step(settled))
    return replace(
        result, steps=steps, range=settled, status="override", missing=(), reason=narrate.override_reason(override)
    )


def _unknown_indicator(model: Model, name: str, places: tuple[Place, ...]) -> Diagnostic:
    near = difflib.get_close_matches(name, list(model.indicators), n=3, cutoff=0.4)
    hint = Text("是不是：" + "、".join(near), "did you mean: " + ", ".join(near)) if near else None
    message = Text(f"没有名为“{name}”的指标", f"no indicator is called '{name}'")
    return Diagnostic("unknown-indicator", "error", "data", message, places, hint=hint)


def _edition_fault(model: Model, submission: Submission) -> list[Diagnostic]:
    if not submission.edition or submission.edition == model.edition:
        return []
    message = Text(
        f"数据是 {submission.edition} 年度的，指标体系是 {model.edition} 年度的",
        f"the data are for edition {submission.edition}, the rubric is edition {model.edition}",
    )
    return [Diagnostic("wrong-edition", "error", "data", message)]


def _whole(
    model: Model,
    results: Mapping[str, IndicatorResult],
    path: tuple[str, ...],
    points: Fraction,
    *,
    own_figures: bool,
) -> ScoreRange:
    """Sum what lies below a path; a pool counts at most its points."""
    low = high = Fraction(0)
    inside = [r for r in results.values() if r.path[: len(path)] == path]
    tight = all(r.range.tight for r in inside) and own_figures
    pools: dict[str, tuple[Fraction, Fraction]] = {}
    for result in inside:
        if result.pool:
            a, b = pools.get(result.pool, (Fraction(0), Fraction(0)))
            pools[result.pool] = (a + result.range.min, b + result.range.max)
        else:
            low += result.range.min
            high += result.range.max
    limits = {pool.name: pool.points for pool in model.pools}
    for name, (a, b) in pools.items():
        low += min(a, limits[name])
        high += min(b, limits[name])
    return ScoreRange(low, high, points, tight)


def _grade(model: Model, total: ScoreRange) -> GradeResult:
    possible = []
    left: list[Range] = [ranges.between(total.min, total.max)]
    for grade in model.grades:
        rest: list[Range] = []
        held = False
        for item in left:
            inside = ranges.restrict(item, grade.op, grade.bound)
            held = held or inside is not None
            outside = ranges.restrict(item, ranges.OPPOSITE[grade.op], grade.bound)
            rest.extend([outside] if outside is not None else [])
        if held:
            possible.append(grade.name)
        left = rest
    return GradeResult(possible[0] if len(possible) == 1 and not left else None, tuple(possible))


def _holds(check: FormCheck, bound: Bound) -> bool:
    left, right = _known(check.left, bound.env), _known(check.right, bound.env)
    if left is None or right is None:
        return True
    difference = left - right
    if check.op == "=":
        return abs(difference) <= check.tolerance
    slack = check.tolerance if check.op in ("<", "<=") else -check.tolerance
    return True in ranges.truth(check.op, ranges.exactly(difference - slack), ranges.exactly(0))


def _derived(model: Model, bound: Bound) -> list[Diagnostic]:
    """Compare derived figures that the department states with what its own figures give."""
    found = []
    for key, (figure, stated) in bound.derived.items():
        formula = model.fields[fold(key)].formula
        computed = _known(formula, bound.env) if formula is not None else None
        if stated is None or computed is None or stated == computed:
            continue
        unit = model.fields[fold(key)].unit
        kind = kind_of(unit)
        message = Text(
            f"“{key}”填的是 {measure_text(stated, kind)}，算得 {measure_text(computed, kind)}",
            f"'{key}' is given as {measure_text(stated, kind)}; the figures give {measure_text(computed, kind)}",
        )
        places = (figure.used.place,) if figure.used.place else ()
        hint = Text("评分用算得的数；核对填的数", "scores use the computed figure; check the one given")
        found.append(Diagnostic("derived-differs", "warning", "data", message, places, hint=hint))
    return found


def _known(expr: Expr, env: Env) -> Fraction | None:
    if any(env.figures[key].known is None for key in _keys(expr)):
        return None
    found = measured(expr, env, Trace())
    return found.known if found is not None else None


def _check(check: FormCheck, bound: Bound) -> Diagnostic:
    left, right = _known(check.left, bound.env) or Fraction(0), _known(check.right, bound.env) or Fraction(0)
    column = f"[{check.column}]" if check.column else ""
    unit = check.unit
    places = [bound.given[key].used.place for key in (*_keys(check.left), *_keys(check.right)) if key in bound.given]
    shown_places = tuple(place for place in places if place is not None)[:3]
    message = Text(
        f"核对不符{column}：{check.words[0]}；左边 {shown(left)}{unit}，右边 {shown(right)}{unit}，相差 {shown(left - right)}{unit}",
        f"check fails{column}: {check.words[1]}; left {shown(left)}, right {shown(right)}, difference {shown(left - right)}",
    )
    return Diagnostic(
        "cross-foot",
        "warning",
        "data",
        message,
        shown_places or (check.place,),
        hint=Text("核对原始凭证，改正其中一个数", "check the records and correct one of the figures"),
    )


def _keys(expr: Expr | None) -> list[str]:
    if expr is None:
        return []
    if isinstance(expr, Input):
        return [expr.key]
    return [key for part in parts_of(expr) for key in _keys(part)]


def _shared_inside(indicator: Indicator, env: Env) -> bool:
    """Whether a missing figure stands both in the measure and in the rule: then the range may be too wide."""
    inside = set(_keys(indicator.program.score)) | set(_case_keys(indicator.program.score))
    missing = {key for key in inside if key in env.figures and env.figures[key].known is None}
    if len([key for key in _keys(indicator.program.score) if key in missing]) > len(missing):
        return True
    return bool(missing & set(_keys(indicator.program.measure)))


def _case_keys(expr: Expr) -> list[str]:
    if not isinstance(expr, Case):
        return []
    return [key for branch in expr.branches for key in _condition_keys(branch.condition)]


def _condition_keys(condition: Condition) -> list[str]:
    if isinstance(condition, Compare):
        return _keys(condition.left) + _keys(condition.right)
    if isinstance(condition, Not):
        return _condition_keys(condition.part)
    return [key for part in condition.parts for key in _condition_keys(part)]

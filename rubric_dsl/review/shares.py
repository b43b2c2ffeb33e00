"""What a point of an indicator counts for where others have dropped out, and what claims add up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from rubric_dsl.core.walk import keys_in
from rubric_dsl.data.submission import Submission
from rubric_dsl.evaluate.result import Result, ScoreRange
from rubric_dsl.inputs.bind import bind
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.scoring.indicator import score_indicator
from rubric_dsl.scoring.totals import Whole

_SUM = "SUM_OF"
HeadingPath = tuple[str, ...]


def sharing(model: Model) -> tuple[Indicator, ...]:
    """Return the indicators whose points are shared by others where they do not apply."""
    return tuple(item for item in model.indicators.values() if item.exclusion in ("siblings", "all"))


def sharing_keys(model: Model) -> frozenset[str]:
    """Return the figures that decide whether points are shared out."""
    return frozenset(
        key for item in sharing(model) for variant in item.program.variants for key in keys_in(variant.condition)
    )


def shares(model: Model, result: Result) -> Mapping[str, Fraction | None]:
    """Return what each indicator's points are multiplied by, where that is not 1; None while it is open."""
    able = sharing(model)
    if not able or not result.has_total:
        return {}
    if any(result.indicators[item.name].status == "missing" for item in able):
        return dict.fromkeys(model.indicators)
    if not any(result.indicators[item.name].excluded for item in able):
        return {}
    factors = _factors(model, result)
    found: dict[str, Fraction | None] = {}
    for name, item in model.indicators.items():
        factor = Fraction(1)
        if item.role == "part":
            for depth in range(len(item.path) + 1):
                factor *= factors.get(item.path[:depth], Fraction(1))
        if factor != 1:
            found[name] = factor
    return found


def _factors(model: Model, result: Result) -> dict[HeadingPath, Fraction]:
    """Return for each heading whose parts are summed its points in play over those of the parts that apply."""
    own = {(*item.path, item.name): item.range.points for item in result.sections if item.role == "part"}
    own[()] = result.total.points
    summed = {(*item.path, item.name) for item in model.sections if item.combine == _SUM}
    summed |= {()} if model.combine == _SUM else set()
    below: dict[HeadingPath, Fraction] = {}
    for path, points in _parts(model, result, own):
        below[path] = below.get(path, Fraction(0)) + points
    return {path: points / below[path] for path, points in own.items() if path in summed and below.get(path)}


def _parts(model: Model, result: Result, own: Mapping[HeadingPath, Fraction]) -> Iterator[tuple[HeadingPath, Fraction]]:
    for path, points in own.items():
        if path:
            yield path[:-1], points
    for pool in model.pools:
        yield pool.path, pool.points
    for name, item in model.indicators.items():
        if item.role == "part" and not item.pool and not result.indicators[name].excluded:
            yield item.path, item.points


def total_of(model: Model, submission: Submission, claims: Mapping[str, Fraction]) -> ScoreRange:
    """Return the total that claimed scores give, put together as the rubric says; nothing holds them to their points."""
    bound = bind(model, submission)
    whole = Whole(model, bound)
    for name in model.totals.order:
        indicator = model.indicators.get(name)
        if indicator is None:
            whole.define(name)
            continue
        result, outcome = score_indicator(indicator, bound, whole.env, [])
        claim = claims.get(name)
        if claim is not None and not result.excluded:
            result = replace(result, range=ScoreRange(claim, claim, indicator.points))
        whole.keep(indicator, result, outcome)
    return whole.total()


__all__ = ["shares", "sharing_keys", "total_of"]

"""A Hypothesis strategy of submissions that prefers edges, zero, what is missing, what is not applicable, and extremes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import islice

from hypothesis import strategies as st

from rubric_dsl import ranges
from rubric_dsl.adequacy.coverage import reads_others
from rubric_dsl.adequacy.facets import facets_of
from rubric_dsl.adequacy.goals import goals_of
from rubric_dsl.adequacy.search import candidates
from rubric_dsl.adequacy.trial import Bench
from rubric_dsl.analysis.reach import World, world_of
from rubric_dsl.api import Rubric
from rubric_dsl.inputs.asked import AskedInput, asked_of
from rubric_dsl.inputs.plain import UNAVAILABLE_WORD
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.ranges import Range

Data = Mapping[str, object]
"""A submission as :meth:`rubric_dsl.Rubric.score` takes it: numbers, words, and texts by address."""
TRIES = 20
"""So many data are looked at for one place of a rule."""
LARGE = Fraction(10**9)


def submissions(rubric: Rubric) -> st.SearchStrategy[dict[str, object]]:
    """Return a strategy of submissions of a rubric, as dicts that :meth:`rubric_dsl.Rubric.score` takes.

    Figures of one indicator often lie together on an edge of its rule, or one smallest unit beside it; others are zero,
    very large, or left out. What the rubric asks of a group, and the indicators that a department breaks down itself, are
    left out: they stay missing.
    """
    model = rubric.model
    single = {key: _value(item) for key, item in asked_of(model).items() if item.given and item.kind != "refined"}
    places = places_of(model)
    return st.builds(
        _together,
        st.fixed_dictionaries(single),
        st.tuples(*(st.one_of(st.none(), st.sampled_from(own), st.sampled_from(own)) for own in places.values())),
        st.sets(st.sampled_from(sorted(single))) if single else st.just(set[str]()),
        st.booleans(),
    )


def _together(
    base: dict[str, object], chosen: tuple[Data | None, ...], left_out: set[str], complete: bool
) -> dict[str, object]:
    found = dict(base)
    for own in chosen:
        found.update(own or {})
    return found if complete else {key: value for key, value in found.items() if key not in left_out}


def places_of(model: Model) -> dict[str, list[Data]]:
    """Return data for the places of each indicator's rule: on and beside edges, at caps and floors, not applicable."""
    world = world_of(model)
    found = {name: _places(indicator, model, world) for name, indicator in model.indicators.items()}
    return {name: data for name, data in found.items() if data}


def _places(indicator: Indicator, model: Model, world: World) -> list[Data]:
    if reads_others(indicator):
        return []
    bench = Bench(model, indicator)
    facets, never = facets_of(indicator, world)
    goals, _ = goals_of(indicator, model, facets, never)
    found: list[Data] = []
    for goal in goals:
        if goal.never:
            continue
        for seen in islice(candidates(goal, facets), TRIES):
            given = bench.given(seen) if goal.met(seen) else None
            if given:
                found.append({key: text for key, text in given if not _derived(key, model)})
                break
    return found


def _derived(key: str, model: Model) -> bool:
    return any(item.key == key and item.formula is not None for item in model.fields.values())


def _value(item: AskedInput) -> st.SearchStrategy[object]:
    absent = (UNAVAILABLE_WORD,) if item.nullable else ()
    if item.is_choice:
        return st.sampled_from((*item.options, *absent))
    high = item.bounds.high.value
    if item.kind == "award" and item.step is not None and high is not None:
        step, start = item.step, item.start
        return st.integers(0, int((high - start) / step)).map(lambda count: start + count * step)
    found = _numbers(item.bounds, whole=item.whole)
    return found | st.just(UNAVAILABLE_WORD) if absent else found


def _numbers(bounds: Range, *, whole: bool) -> st.SearchStrategy[object]:
    """Numbers as people give them: whole or with two decimals, often 0, 1, 100, an end, or very large."""
    low, high = bounds.low.value, bounds.high.value
    least = low if low is not None else min(-LARGE, high or LARGE)
    most = high if high is not None else max(LARGE, least)
    usual = min(most, max(Fraction(1000), least + 1000))
    units = 1 if whole else 100
    single = [Fraction(0), Fraction(1), Fraction(100), least, most]
    first, last = math.ceil(least * units), math.floor(usual * units)
    found = st.sampled_from([*single, (least + most) / 2])
    if first <= last:
        found |= st.integers(first, last).map(lambda count: Fraction(count, units))
    return found.filter(lambda value: _may_be(value, bounds, whole=whole))


def _may_be(value: Fraction, bounds: Range, *, whole: bool) -> bool:
    return ranges.restrict(bounds, "=", value) is not None and (not whole or value.denominator == 1)

"""What one indicator's score can be while figures are missing.

Choices that stand in several places of a rule are looked at one by one (taken place by place, a rule over three open
choices would seem to allow what no choice allows); whole numbers narrow what is found; and where a figure stands in
several places, the rule is followed along it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import product
from math import prod

from rubric_dsl import ranges
from rubric_dsl.core.direction import never_falls, pulls_apart
from rubric_dsl.core.keys import is_result
from rubric_dsl.core.nodes import Program, Rounding
from rubric_dsl.core.walk import has_real, keys_in, keys_of, keys_of_program, unrounded
from rubric_dsl.evaluate.evaluator import run
from rubric_dsl.evaluate.state import Env, Outcome
from rubric_dsl.inputs.bind import Bound
from rubric_dsl.missing.boxes import Box, Followed, Hull, explore, with_samples
from rubric_dsl.missing.follow import Blur, Cut, Follower, NoValue
from rubric_dsl.missing.kept import Kept, KeptFor
from rubric_dsl.missing.whole_numbers import tighten
from rubric_dsl.model.model import Indicator
from rubric_dsl.ranges import Range

MAX_WAYS = 256
"""More ways to choose than this are not looked at one by one; the range is then sound and may be too wide."""
MOST_CUTS = 200
"""So often the figures' ranges are cut for one indicator."""


Found = tuple[Outcome, Range | None, bool]
"""An indicator's outcome, the range of its score, and whether that is known to be tight."""


class _Blank:
    """The rules of a program of which nothing is known: what they can score is the same for all data."""

    def __init__(self, program: Program) -> None:
        self.keys = tuple(dict.fromkeys(keys_of_program(program)))
        self.found: Kept[tuple[object, ...], Found] = Kept(_MOST_BLANK)


_MOST_PROGRAMS, _MOST_BLANK = 4096, 4
_BLANK = KeptFor(_Blank, _MOST_PROGRAMS)


def range_over(indicator: Indicator, bound: Bound, env: Env) -> Found:
    """Return an indicator's outcome, the range of its score, and whether that is known to be tight."""
    blank = _BLANK.of(indicator.program)
    if not all(_open(key, env) for key in blank.keys) or any(is_result(key) for key in blank.keys):
        return _range_over(indicator, bound, env)
    seen = tuple((env.figures.get(key), env.choices.get(key), key in bound.whole) for key in blank.keys)
    return blank.found.of(seen, lambda: _range_over(indicator, bound, env))


def outcome_over(program: Program, env: Env) -> Outcome:
    """Return a program's outcome, open choices that stand in several places taken one by one."""
    return _by_choice(program, env, run(program, env))


def _range_over(indicator: Indicator, bound: Bound, env: Env) -> Found:
    outcome = outcome_over(indicator.program, env)
    measures = [key for variant in indicator.program.variants for key in keys_of(variant.measure)]
    whole = [key for key in dict.fromkeys(measures) if key in bound.whole and env.figures[key].known is None]
    narrowed, tight = tighten(indicator.program, env, outcome, whole)
    if narrowed is None or narrowed.known is not None or (tight and not _shared_inside(indicator, env)):
        return outcome, narrowed, tight
    followed = _along(indicator.program, env, bound, narrowed)
    return (outcome, narrowed, False) if followed is None else (outcome, followed, True)


def _shared_inside(indicator: Indicator, env: Env) -> bool:
    """Whether something unknown stands in more than one place of the rule: then the range may be too wide."""
    split = set(_split_keys(indicator.program, env))
    unknown = {key for key in keys_of_program(indicator.program) if key not in split and _open(key, env)}
    counts = Counter(keys_of_program(indicator.program))
    conditions = [variant.condition for variant in indicator.program.variants if variant.condition is not None]
    if any(counts[key] > 1 for condition in conditions for key in keys_in(condition) if key in unknown):
        return True
    for variant in indicator.program.variants:
        unsettled = any(_open(key, env) for key in keys_of(variant.measure))
        if unsettled and pulls_apart(variant.score):
            return True
        inside = [key for key in keys_of(variant.score) if key in unknown]
        if never_falls(variant.score):
            continue
        if len(inside) > len(set(inside)) or set(inside) & set(keys_of(variant.measure)):
            return True
    return False


def _open(key: str, env: Env) -> bool:
    return (key in env.figures and env.figures[key].known is None) or len(env.choices.get(key, ())) > 1


def _split_keys(program: Program, env: Env) -> list[str]:
    """Return the open choices that stand more than once in a rule, where their ways to choose are few enough."""
    counts = Counter(key for key in keys_of_program(program) if len(env.choices.get(key, ())) > 1)
    keys = [key for key, count in counts.items() if count > 1]
    return keys if keys and prod(len(env.choices[key]) for key in keys) <= MAX_WAYS else []


def _by_choice(program: Program, env: Env, outcome: Outcome) -> Outcome:
    """Return the outcome joined over every way to make the open choices."""
    keys = _split_keys(program, env)
    if not keys or outcome.score is None or outcome.score.known is not None:
        return outcome
    found = [
        run(program, replace(env, choices={**env.choices, **dict(zip(keys, map(_only, words), strict=True))}))
        for words in product(*(sorted(env.choices[key]) for key in keys))
    ]
    scores = [item.score for item in found if item.score is not None]
    if not scores:
        return outcome
    measures = [item.measure for item in found if item.measure is not None]
    outcome.trace.tight = all(item.trace.tight for item in found)
    return replace(
        outcome,
        score=ranges.hull(scores),
        measure=ranges.hull(measures) if measures else None,
        taken=tuple(sorted({index for item in found for index in item.taken})),
        worlds=tuple(world for item in found for world in item.worlds),
    )


def _only(word: str) -> frozenset[str]:
    return frozenset({word})


def _along(program: Program, env: Env, bound: Bound, outer: Range) -> Range | None:
    """Return the score's range where it can be had tight, following the rule along its missing figures; else None.

    ``outer`` is a range that holds it.
    """
    keys = dict.fromkeys(keys_of_program(program))
    program, rounding = _unrounded(program)
    if any(is_result(key) and key in env.figures and env.figures[key].known is None for key in keys):
        return None
    box = {key: env.figures[key] for key in keys if key in env.figures and env.figures[key].known is None}
    hull = Hull()
    with_samples(
        partial(
            explore,
            whole=bound.whole,
            visit=partial(_visit, program, env, hull),
            enough=lambda: _rounded(hull, rounding) == outer,
            most=MOST_CUTS,
        ),
        box,
        lambda: hull.tight,
    )
    return _rounded(hull, rounding)


def _unrounded(program: Program) -> tuple[Program, Rounding | None]:
    """Return a program without the rounding that every rule of it ends with: it need not be cut at each step of that.

    A rule over irrational numbers keeps its rounding, without which it has no exact score.
    """
    found = [unrounded(variant.score) for variant in program.variants]
    ways = {rounding for _, rounding in found}
    if (
        len(ways) > 1
        or None in ways
        or any(has_real(item.score) or has_real(item.measure) for item in program.variants)
    ):
        return program, None
    variants = tuple(replace(variant, score=bare) for variant, (bare, _) in zip(program.variants, found, strict=True))
    return Program(variants), ways.pop()


def _rounded(hull: Hull, rounding: Rounding | None) -> Range | None:
    """Return the range found, rounded as every score is; None while its ends are not tight."""
    found = hull.range
    if found is None or not hull.tight or rounding is None:
        return found if hull.tight else None
    return ranges.scale(ranges.to_whole(ranges.scale(found, 1 / rounding.step), rounding.mode), rounding.step)


def _visit(program: Program, env: Env, hull: Hull, box: Box, may_cut: bool, _followed: Followed) -> None:
    inside = Env({**env.figures, **box}, env.choices)
    try:
        _, value = Follower(frozenset(box), inside, {}).program(program)
    except NoValue:
        return
    except (Blur, Cut) as signal:
        if may_cut and isinstance(signal, Cut):
            raise
        outcome = run(program, inside)
        if outcome.score is not None:
            hull.take(outcome.score, tight=outcome.score.known is not None)
        return
    found, tight = value.range(inside.figures)
    hull.take(found, tight=tight)

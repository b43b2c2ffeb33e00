"""The range of one indicator's score where a missing figure stands in several places of its rule."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from rubric_dsl import ranges
from rubric_dsl.core.keys import is_result
from rubric_dsl.core.nodes import Program, Rounding
from rubric_dsl.core.walk import has_real, keys_of_program, unrounded
from rubric_dsl.evaluate.evaluator import run
from rubric_dsl.evaluate.follow import Blur, Cut, Follower, NoValue
from rubric_dsl.evaluate.state import Env
from rubric_dsl.ranges import Range
from rubric_dsl.scoring.bound import Bound
from rubric_dsl.scoring.boxes import Box, Followed, Hull, explore, with_samples

MOST_CUTS = 200
"""So often the figures' ranges are cut for one indicator."""


def along(program: Program, env: Env, bound: Bound, outer: Range) -> Range | None:
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

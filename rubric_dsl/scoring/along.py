"""The range of one indicator's score where a missing figure stands in several places of its rule."""

from __future__ import annotations

from functools import partial

from rubric_dsl.core.keys import is_result
from rubric_dsl.core.nodes import Program
from rubric_dsl.core.walk import keys_of_program
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
    if any(is_result(key) and key in env.figures and env.figures[key].known is None for key in keys):
        return None
    box = {key: env.figures[key] for key in keys if key in env.figures and env.figures[key].known is None}
    hull = Hull()
    with_samples(
        partial(
            explore,
            whole=bound.whole,
            visit=partial(_visit, program, env, hull),
            enough=partial(hull.fills, outer),
            most=MOST_CUTS,
        ),
        box,
        lambda: hull.tight,
    )
    return hull.range if hull.tight else None


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

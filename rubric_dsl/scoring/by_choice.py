"""Open choices one by one: where a choice stands in several places of a rule, every way to choose is looked at.

Taken place by place, a rule over three open choices would seem to allow what no choice allows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import product
from math import prod

from rubric_dsl import ranges
from rubric_dsl.core.nodes import Program
from rubric_dsl.core.walk import keys_of_program
from rubric_dsl.evaluate.evaluator import run
from rubric_dsl.evaluate.state import Env, Outcome

MAX_WAYS = 256
"""More ways to choose than this are not looked at one by one; the range is then sound and may be too wide."""


def split_keys(program: Program, env: Env) -> list[str]:
    """Return the open choices that stand more than once in a rule, where their ways to choose are few enough."""
    counts = Counter(key for key in keys_of_program(program) if len(env.choices.get(key, ())) > 1)
    keys = [key for key, count in counts.items() if count > 1]
    return keys if keys and prod(len(env.choices[key]) for key in keys) <= MAX_WAYS else []


def by_choice(program: Program, env: Env, outcome: Outcome) -> Outcome:
    """Return the outcome joined over every way to make the open choices."""
    keys = split_keys(program, env)
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

"""What one example shows of an indicator: the variant, and the places of its rule that the computation came by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from rubric_dsl.core.nodes import Case, Expr, Program
from rubric_dsl.core.walk import parts_of
from rubric_dsl.evaluate.evaluator import refine, run, value_of
from rubric_dsl.evaluate.state import Env, Outcome
from rubric_dsl.records import dataclass

ExprPath = tuple[int, ...]
"""Where a part stands in an expression: the indexes that lead to it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Data and what the evaluator makes of them; figures that are not given are ranges."""

    env: Env
    outcome: Outcome

    @property
    def taken(self) -> int | None:
        """The index of the one variant that holds; None while several can."""
        return self.outcome.taken[0] if len(self.outcome.taken) == 1 else None

    @property
    def score(self) -> Fraction | None:
        """The score; None where it is not settled or there is none."""
        found = self.outcome.score
        return None if found is None or self.outcome.trace.faults else found.known

    @property
    def inside(self) -> Env:
        """What is known inside the rule: the data and the measure."""
        return replace(self.env, measure=self.outcome.measure)


@dataclass(frozen=True, slots=True)
class Visit:
    """A part that the computation came by: a ``branch`` that was taken (by its index), the rest, or another node."""

    kind: Literal["branch", "rest", "node"]
    path: ExprPath
    node: Expr
    branch: int = 0


def seen(program: Program, env: Env) -> Seen:
    """Return what data show."""
    return Seen(env, run(program, env))


def visits(expr: Expr, env: Env, path: ExprPath = ()) -> Iterator[Visit]:
    """Yield what a computation comes by; where it is not known which branch is taken, nothing inside the case."""
    yield Visit("node", path, expr)
    if not isinstance(expr, Case):
        for index, part in enumerate(parts_of(expr)):
            yield from visits(part, env, (*path, index))
        return
    for index, branch in enumerate(expr.branches):
        if refine(env, branch.condition, want=True) is None:
            continue
        if refine(env, branch.condition, want=False) is None:
            yield Visit("branch", path, expr, index)
            yield from visits(branch.value, env, (*path, index))
        return
    if expr.otherwise is not None:
        yield Visit("rest", path, expr)
        yield from visits(expr.otherwise, env, (*path, len(expr.branches)))


def number(expr: Expr, env: Env) -> Fraction | None:
    """Return the value of an expression where it is settled."""
    found, trace = value_of(expr, env)
    return None if found is None or trace.faults else found.known

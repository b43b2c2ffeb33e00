"""What the form's checks leave: data that contradict themselves are not admitted, and prove nothing of a rule."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.analysis.linear import LinearForm, LinearLeaf, difference
from rubric_dsl.core.walk import keys_of
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.model.model import FormCheck
from rubric_dsl.ranges import Range


def checks_on(checks: Iterable[FormCheck], keys: Iterable[str]) -> tuple[FormCheck, ...]:
    """Return the checks that speak of any of some figures."""
    wanted = set(keys)
    return tuple(check for check in checks if wanted & {*keys_of(check.left), *keys_of(check.right)})


def admissible(env: Env, checks: Iterable[FormCheck]) -> bool:
    """Whether no check is broken for certain; figures that are not settled may still be what a check asks for."""
    for check in checks:
        left, right = (measured(side, env, Trace()) for side in (check.left, check.right))
        if left is None or right is None:
            continue
        rest = ranges.add(left, ranges.scale(right, Fraction(-1)))
        allowed = _allowed(check)
        if allowed is not None and ranges.meet(rest, allowed) is None:
            return False
    return True


def held(direction: tuple[tuple[LinearLeaf, Fraction], ...], checks: Iterable[FormCheck]) -> Range:
    """Return what checks leave of a sum of figures that they hold to a number."""
    found = ranges.EVERYTHING
    for check in checks:
        form, allowed = difference(check.left, check.right), _allowed(check)
        if allowed is not None and not form.pieces and form.leaves and form.direction() == direction:
            left = ranges.scale(ranges.add(allowed, ranges.exactly(-form.const)), 1 / first_factor(form))
            found = ranges.meet(found, left) or found
    return found


def first_factor(form: LinearForm) -> Fraction:
    """Return by what a form's direction is to be multiplied to give the form, its constant left out."""
    return form.leaves[form.direction()[0][0]]


def _allowed(check: FormCheck) -> Range | None:
    """Return what left less right may be; None for what leaves everything but one number."""
    slack = check.tolerance
    match check.op:
        case "=":
            return ranges.between(-slack, slack)
        case "<" | "<=":
            return ranges.between(None, slack, high_open=check.op == "<")
        case ">" | ">=":
            return ranges.between(-slack, None, low_open=check.op == ">")
        case _:
            return None

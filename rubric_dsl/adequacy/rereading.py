"""A rule under the other readings of part steps, at core level."""

from __future__ import annotations

from rubric_dsl.core.nodes import Expr, StepMode, ToWhole
from rubric_dsl.core.walk import parts_of, with_parts
from rubric_dsl.diagnostics import Text

READINGS = (Text("整步", "whole"), Text("不足一步按一步", "started"), Text("按比例", "pro rata"))
_MODES: tuple[StepMode | None, ...] = ("floor", "ceiling", None)


def readings_of(score: Expr) -> tuple[Expr, ...]:
    """Return a rule under whole, started and pro rata steps; nothing where it counts no steps."""
    return tuple(_reread(score, mode) for mode in _MODES) if _counts_steps(score) else ()


def is_steps(expr: Expr) -> bool:
    """Whether an expression is a number of steps."""
    return expr.role is not None and expr.role.name == "steps"


def _counts_steps(expr: Expr) -> bool:
    return is_steps(expr) or any(_counts_steps(part) for part in parts_of(expr))


def _reread(expr: Expr, mode: StepMode | None) -> Expr:
    if is_steps(expr):
        exact = expr.part if isinstance(expr, ToWhole) else expr
        return exact if mode is None else ToWhole(mode, exact)
    return with_parts(expr, tuple(_reread(part, mode) for part in parts_of(expr)))

"""How large a formula is with all that it refers to: what is shared counts each time, for it is computed each time."""

from __future__ import annotations

from rubric_dsl.core.nodes import Both, Compare, Condition, Either, Expr, Not
from rubric_dsl.core.walk import conditions_of, parts_of

MAX_NODES = 20_000
"""A formula may have this many operations, those of the figures that it refers to included."""
MAX_DEPTH = 120
"""A formula may nest this deep, the figures that it refers to included."""


class Sizes:
    """Sizes of expressions, each worked out once: formulas share their parts."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Expr, int, int]] = {}

    def allow(self, expr: Expr) -> bool:
        """Whether an expression is within the limits; its parts must have been asked for before, or be shallow."""
        size, depth = self._of(expr)
        return size <= MAX_NODES and depth <= MAX_DEPTH

    def _of(self, expr: Expr) -> tuple[int, int]:
        found = self._known.get(id(expr))
        if found is None:
            inner = [self._of(part) for part in parts_of(expr)]
            inner += [self._of(side) for item in conditions_of(expr) for side in _sides(item)]
            size = 1 + sum(pair[0] for pair in inner)
            depth = 1 + max((pair[1] for pair in inner), default=0)
            found = self._known[id(expr)] = (expr, min(size, 2 * MAX_NODES), min(depth, 2 * MAX_DEPTH))
        return found[1], found[2]


def _sides(condition: Condition) -> list[Expr]:
    match condition:
        case Compare():
            return [condition.left, condition.right]
        case Both() | Either():
            return [side for part in condition.parts for side in _sides(part)]
        case Not():
            return _sides(condition.part)
        case _:
            return []

"""The range of each part of an expression over one box, each part computed once."""

from __future__ import annotations

from collections.abc import Callable

from rubric_dsl import ranges
from rubric_dsl.core.nodes import Add, Const, Div, Expr, Extreme, Mul, ToWhole
from rubric_dsl.ranges import Range


class Spans:
    """Ranges that hold the parts of an expression; ``other`` gives those of what is no plain arithmetic (None: no value).

    Where what ``other`` gives changes, ``seen`` says what an expression's range hangs on. The expressions must live as long.
    """

    def __init__(
        self, other: Callable[[Expr], Range | None], seen: Callable[[Expr], tuple[int, ...]] | None = None
    ) -> None:
        self._other, self._seen = other, seen
        self._known: dict[tuple[int, tuple[int, ...]], Range | None] = {}

    def of(self, expr: Expr) -> Range | None:
        """Return a range that holds an expression; None where it may have no value."""
        key = (id(expr), self._seen(expr) if self._seen is not None else ())
        if key not in self._known:
            self._known[key] = self._of(expr)
        return self._known[key]

    def forget(self) -> None:
        """Compute every part anew: what ``other`` gives has changed."""
        self._known.clear()

    def _of(self, expr: Expr) -> Range | None:
        match expr:
            case Const():
                return ranges.exactly(expr.value)
            case Add() | Extreme():
                found = [self.of(part) for part in expr.parts]
                known = [item for item in found if item is not None]
                if len(known) < len(found):
                    return None
                return ranges.extreme(expr.kind, known) if isinstance(expr, Extreme) else ranges.added(known)
            case Mul():
                left, right = self.of(expr.left), self.of(expr.right)
                return None if left is None or right is None else ranges.multiply(left, right)
            case Div(right=Const(value=by)) if by:
                top = self.of(expr.left)
                return None if top is None else ranges.scale(top, 1 / by)
            case ToWhole():
                part = self.of(expr.part)
                return None if part is None else ranges.to_whole(part, expr.mode)
            case _:
                return self._other(expr)

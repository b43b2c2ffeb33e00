"""Linear forms: sums of multiples of leaves, and how a core expression is one."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction

from rubric_dsl.core.nodes import Add, Const, Div, Expr, Input, Lookup, Measure, Mul, Real
from rubric_dsl.records import dataclass

ZERO, ONE = Fraction(0), Fraction(1)
LinearLeaf = Input | Measure | Lookup | Mul | Div | Real
"""What a linear form sums: figures, the measure, table values, and products and quotients taken as they are."""


@dataclass(slots=True)
class LinearForm:
    """``const`` plus multiples of leaves plus multiples of parts that are piecewise (a least, a case, a step count)."""

    const: Fraction = ZERO
    leaves: dict[LinearLeaf, Fraction] = field(default_factory=dict)
    pieces: list[tuple[Fraction, Expr]] = field(default_factory=list)

    def add(self, expr: Expr, factor: Fraction) -> None:
        """Add a multiple of an expression."""
        if isinstance(expr, Const):
            self.const += factor * expr.value
        elif isinstance(expr, Add):
            for part in expr.parts:
                self.add(part, factor)
        elif isinstance(expr, Mul) and isinstance(expr.left, Const):
            self.add(expr.right, factor * expr.left.value)
        elif isinstance(expr, Mul) and isinstance(expr.right, Const):
            self.add(expr.left, factor * expr.right.value)
        elif isinstance(expr, Div) and isinstance(expr.right, Const) and expr.right.value:
            self.add(expr.left, factor / expr.right.value)
        elif isinstance(expr, LinearLeaf):
            self._leaf(expr, factor)
        else:
            self.pieces.append((factor, expr))

    def _leaf(self, leaf: LinearLeaf, factor: Fraction) -> None:
        total = self.leaves.get(leaf, ZERO) + factor
        if total:
            self.leaves[leaf] = total
        else:
            self.leaves.pop(leaf, None)

    def direction(self) -> tuple[tuple[LinearLeaf, Fraction], ...]:
        """Return the leaves with their factors, over the first one's factor: the same for all multiples of a form."""
        if not self.leaves:
            return ()
        first = next(iter(sorted(self.leaves.items(), key=_leaf_order)))[1]
        return tuple((leaf, factor / first) for leaf, factor in sorted(self.leaves.items(), key=_leaf_order))


def _leaf_order(item: tuple[LinearLeaf, Fraction]) -> str:
    return repr(item[0])


def form_of(expr: Expr) -> LinearForm:
    """Return an expression as a linear form."""
    found = LinearForm()
    found.add(expr, ONE)
    return found


def difference(left: Expr, right: Expr) -> LinearForm:
    """Return ``left − right`` as a linear form."""
    found = LinearForm()
    found.add(left, ONE)
    found.add(right, -ONE)
    return found

"""Whether two formulas are the same, or one is a straight line of the other, by algebra (sympy)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from rubric_dsl.core.nodes import Add, Const, Div, Expr, Input, Mul

if TYPE_CHECKING:
    import sympy

Likeness = Literal["same", "line"]


def alike(one: Expr, other: Expr) -> Likeness | None:
    """Return ``same`` for formulas that are equal wherever both have a value, ``line`` where one is a × other + b.

    None where they are neither, or where either is more than sums, products and quotients of figures. The trees are
    built from core, never from text.
    """
    import sympy

    first, second = _symbols(one), _symbols(other)
    if first is None or second is None:
        return None
    if sympy.cancel(first - second) == 0:
        return "same"
    free = sorted(first.free_symbols | second.free_symbols, key=str)
    if not free or not second.free_symbols:
        return None
    # f = a·g + b exactly when the gradients of f and g are one number apart everywhere.
    ratios = {
        sympy.cancel(sympy.diff(first, symbol) / own)
        for symbol in free
        if (own := sympy.cancel(sympy.diff(second, symbol))) != 0
    }
    flat = all(sympy.cancel(sympy.diff(first, s)) == 0 for s in free if sympy.cancel(sympy.diff(second, s)) == 0)
    return "line" if flat and len(ratios) == 1 and next(iter(ratios)).is_number else None


def _symbols(expr: Expr) -> sympy.Expr | None:
    import sympy

    match expr:
        case Const():
            return sympy.Rational(expr.value.numerator, expr.value.denominator)
        case Input():
            return sympy.Symbol(expr.key)
        case Add():
            parts = [found for part in expr.parts if (found := _symbols(part)) is not None]
            return sympy.Add(*parts) if len(parts) == len(expr.parts) else None
        case Mul() | Div():
            left, right = _symbols(expr.left), _symbols(expr.right)
            if left is None or right is None or (isinstance(expr, Div) and right == 0):
                return None
            return left * right if isinstance(expr, Mul) else left / right
        case _:
            return None

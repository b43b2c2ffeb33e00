"""The exact range of a formula in which a missing figure stands more than once.

A quotient of two polynomials that are linear in each missing figure runs one way in each of them while the others
stand still. Over a box without a pole inside, its least and greatest values therefore lie at corners of the box
(infinite corners as limits). An end is reached if it is the value at some point all of whose figures are at an end
of theirs or, where the value does not change with the figure, at any number inside. Plain interval arithmetic would be too wide there: (a − b) / b is never below −1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from rubric_dsl.core.nodes import Add, Const, Div, Expr, Input, Mul
from rubric_dsl.core.walk import parts_of
from rubric_dsl.ranges import Corner, End, Range, hull_of_corners

MAX_MISSING = 6
"""With more missing figures in one formula than this, the corners are too many and the plain range is given."""

Poly = dict[frozenset[str], Fraction]
"""The factor of each product of figures."""
_NUMBER: frozenset[str] = frozenset()
_ZERO = Fraction(0)


def exact_range(expr: Expr, figures: Mapping[str, Range]) -> Range | None:
    """Return the exact range of a formula over a box of figures, or None when it is not of the kind above."""
    found = _quotient(expr, figures)
    if found is None:
        return None
    top, bottom = found
    names = sorted(set().union(*top.keys(), *bottom.keys()))
    if len(names) > MAX_MISSING or any(figures[name].low.value is None for name in names):
        return None
    sign = _sign(bottom, names, figures)
    if sign == 0:
        return None
    corners: list[Corner] = []
    _corners(top, bottom, names, figures, sign, corners)
    found_range = hull_of_corners(corners)
    reached: set[Fraction] = set()
    _reached(top, bottom, names, figures, reached)
    return Range(_closed(found_range.low, reached), _closed(found_range.high, reached))


def _closed(end: End, reached: set[Fraction]) -> End:
    return replace(end, open=end.value not in reached)


def _reached(top: Poly, bottom: Poly, names: list[str], figures: Mapping[str, Range], reached: set[Fraction]) -> None:
    if not names:
        if bottom[_NUMBER]:
            reached.add(top[_NUMBER] / bottom[_NUMBER])
        return
    name, rest = names[0], names[1:]
    for value in _points(figures[name]):
        _reached(_at(top, name, value), _at(bottom, name, value), rest, figures, reached)


def _points(item: Range) -> list[Fraction]:
    """The closed ends of a range, and a number inside."""
    ends = [end.value for end in (item.low, item.high) if end.value is not None and not end.open]
    low, high = item.low.value, item.high.value
    if low is not None and high is not None:
        return [*ends, (low + high) / 2]
    return [*ends, (low if low is not None else Fraction(0)) + 1]


def _quotient(expr: Expr, figures: Mapping[str, Range]) -> tuple[Poly, Poly] | None:
    one: Poly = {_NUMBER: Fraction(1)}
    if isinstance(expr, Const):
        return {_NUMBER: expr.value}, one
    if isinstance(expr, Input):
        known = figures[expr.key].known
        return ({frozenset((expr.key,)): Fraction(1)} if known is None else {_NUMBER: known}), one
    if isinstance(expr, Add):
        return _sum(expr, figures)
    if isinstance(expr, Mul | Div):
        left, right = _quotient(expr.left, figures), _quotient(expr.right, figures)
        if left is None or right is None:
            return None
        other = right if isinstance(expr, Mul) else (right[1], right[0])
        top, bottom = _product(left[0], other[0]), _product(left[1], other[1])
        return None if top is None or bottom is None else (top, bottom)
    return None


def _sum(expr: Add, figures: Mapping[str, Range]) -> tuple[Poly, Poly] | None:
    total = _quotient(expr.parts[0], figures)
    for part in expr.parts[1:]:
        found = _quotient(part, figures)
        if total is None or found is None:
            return None
        if total[1] == found[1]:
            total = (_plus(total[0], found[0]), total[1])
            continue
        left, right = _product(total[0], found[1]), _product(found[0], total[1])
        bottom = _product(total[1], found[1])
        if left is None or right is None or bottom is None:
            return None
        total = (_plus(left, right), bottom)
    return total


def _plus(a: Poly, b: Poly) -> Poly:
    return _without_zeros({key: a.get(key, _ZERO) + b.get(key, _ZERO) for key in (*a, *b)})


def _without_zeros(poly: Poly) -> Poly:
    return {key: value for key, value in poly.items() if value} or {_NUMBER: _ZERO}


def _product(a: Poly, b: Poly) -> Poly | None:
    """Multiply, or return None when a figure would come out squared."""
    if any(left & right for left in a for right in b):
        return None
    # The two have no figure in common, so that no two of these products are of the same figures.
    return _without_zeros({left | right: x * y for left, x in a.items() for right, y in b.items()})


def _at(poly: Poly, name: str, value: Fraction) -> Poly:
    result: Poly = {}
    for key, factor in poly.items():
        rest = key - {name}
        result[rest] = result.get(rest, _ZERO) + (factor * value if name in key else factor)
    return _without_zeros(result)


def _leading(poly: Poly, name: str) -> Poly:
    """Return what multiplies a figure: what remains of the polynomial as the figure grows without end."""
    return {key - {name}: factor for key, factor in poly.items() if name in key}


def _sign(bottom: Poly, names: list[str], figures: Mapping[str, Range]) -> int:
    """Return the sign of the denominator inside the box, 0 when it changes (or is nothing but zero)."""
    signs: set[int] = set()
    _signs(bottom, names, figures, signs)
    if {1, -1} <= signs or not signs & {1, -1}:
        return 0
    return 1 if 1 in signs else -1


def _signs(poly: Poly, names: list[str], figures: Mapping[str, Range], signs: set[int]) -> None:
    if not names:
        signs.add((poly[_NUMBER] > 0) - (poly[_NUMBER] < 0))
        return
    name, rest = names[0], names[1:]
    for end in (figures[name].low, figures[name].high):
        if end.value is not None:
            _signs(_at(poly, name, end.value), rest, figures, signs)
        else:
            _signs(_leading(poly, name) or poly, rest, figures, signs)


def _corners(
    top: Poly,
    bottom: Poly,
    names: list[str],
    figures: Mapping[str, Range],
    sign: int,
    found: list[Corner],
) -> None:
    if not names:
        _corner(top[_NUMBER], bottom[_NUMBER], sign, found)
        return
    name, rest = names[0], names[1:]
    for end in (figures[name].low, figures[name].high):
        end_top, end_bottom = _towards(top, bottom, name, end)
        _corners(end_top, end_bottom, rest, figures, sign, found)


def _towards(top: Poly, bottom: Poly, name: str, end: End) -> tuple[Poly, Poly]:
    if end.value is not None:
        return _at(top, name, end.value), _at(bottom, name, end.value)
    lead_top, lead_bottom = _leading(top, name), _leading(bottom, name)
    if not lead_top and not lead_bottom:
        return top, bottom
    nothing: Poly = {_NUMBER: _ZERO}
    return lead_top or nothing, lead_bottom or nothing


def _corner(top: Fraction, bottom: Fraction, sign: int, found: list[Corner]) -> None:
    if bottom:
        found.append(Corner(top / bottom))
    elif top:
        found.append(Corner(None, sign if top > 0 else -sign))


def stands_again(expr: Expr, figures: Mapping[str, Range]) -> bool:
    """Whether a missing figure stands more than once in a formula."""
    counts: dict[str, int] = {}
    _count(expr, figures, counts)
    return any(count > 1 for count in counts.values())


def _count(expr: Expr, figures: Mapping[str, Range], counts: dict[str, int]) -> None:
    if isinstance(expr, Input):
        if figures[expr.key].known is None:
            counts[expr.key] = counts.get(expr.key, 0) + 1
        return
    for part in parts_of(expr):
        _count(part, figures, counts)

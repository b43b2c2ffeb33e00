"""Ranges of numbers against numbers: what an operation gives holds every result, and no end of it is too wide.

An end that belongs to the result is reached by some numbers; one that does not is only approached.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from rubric_dsl import ranges
from rubric_dsl.core.direction import Direction, direction, never_falls, pulls_apart, reads_measure
from rubric_dsl.core.nodes import (
    TRUE,
    Add,
    Branch,
    Case,
    Compare,
    Const,
    Div,
    Expr,
    Extreme,
    Input,
    Lookup,
    Measure,
    Mul,
    ToWhole,
    minus,
)
from rubric_dsl.evaluate.rational import exact_range
from rubric_dsl.ranges import End, Range
from tests.tries import tries

FAR, NEAR = Fraction(10**6), Fraction(1, 1000)
ends = st.none() | st.integers(-6, 6).map(lambda n: Fraction(n, 2)) | st.integers(-9, 9).map(lambda n: Fraction(n, 8))
MODES = ("floor", "ceiling", "half_up", "half_even", "up", "down")
SIGNS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip


@st.composite
def some_ranges(draw: st.DrawFn) -> Range:
    """Ranges with ends at halves and eighths, open and closed, narrow ones, on both sides of zero, and without an end."""
    low, high = draw(ends), draw(ends)
    if low is not None and draw(st.booleans()):
        high = low + draw(st.sampled_from((Fraction(0), Fraction(1, 8), Fraction(3, 8))))
    if low is not None and high is not None and low > high:
        low, high = high, low
    found = ranges.between(low, high, low_open=draw(st.booleans()), high_open=draw(st.booleans()))
    assume(not found.empty)
    return found


def inside(a: Range, value: Fraction) -> bool:
    low, high = a.low, a.high
    over = low.value is None or value > low.value or (value == low.value and not low.open)
    return over and (high.value is None or value < high.value or (value == high.value and not high.open))


def numbers(a: Range) -> list[Fraction]:
    """Numbers that stand for a range: quarters, its ends, what is close to them, and what is far away."""
    about = [Fraction(n, 4) for n in range(-14, 15)] + [FAR, -FAR, NEAR, -NEAR]
    for end in (a.low, a.high):
        if end.value is not None:
            about += [end.value, end.value + NEAR, end.value - NEAR]
    return [value for value in dict.fromkeys(about) if inside(a, value)]


def exact(found: Range, results: list[Fraction], *, whole: bool = False) -> None:
    """Every result is held; each end is reached, or approached, or results go on without one."""
    assert all(inside(found, value) for value in results)
    for end, sign in ((found.low, -1), (found.high, 1)):
        if end.value is None:
            assert end.open is True
            assert any(value * sign > FAR / 20 for value in results)
        elif end.open:
            assert end.value not in results
            assert min(abs(value - end.value) for value in results) < Fraction(1, 10)
        else:
            assert end.value in results
    assert not whole or not (found.low.open and found.low.value is not None)


@given(some_ranges(), some_ranges())
@settings(max_examples=tries(300), deadline=None)
def test_sums_products_and_extremes(a: Range, b: Range) -> None:
    pairs = [(x, y) for x in numbers(a) for y in numbers(b)]
    exact(ranges.add(a, b), [x + y for x, y in pairs])
    exact(ranges.extreme("min", [a, b]), [min(x, y) for x, y in pairs])
    exact(ranges.extreme("max", [a, b]), [max(x, y) for x, y in pairs])
    exact(ranges.hull([a, b]), numbers(a) + numbers(b))


@given(some_ranges(), some_ranges())
@example(ranges.between(0, 2), ranges.between(1, 3, low_open=True, high_open=True))
@example(ranges.between(-2, 0), ranges.between(1, 3, low_open=True, high_open=True))
@example(ranges.between(-2, 0, high_open=True), ranges.between(1, 3))
@settings(max_examples=tries(300), deadline=None)
def test_products(a: Range, b: Range) -> None:
    found = ranges.multiply(a, b)
    results = [x * y for x in numbers(a) for y in numbers(b)]
    assert all(inside(found, value) for value in results)
    for end, sign in ((found.low, -1), (found.high, 1)):
        if end.value is None:
            assert any(value * sign > 100 for value in results)
        elif not end.open:
            assert end.value in results
        else:
            assert end.value not in results
            assert min(abs(value - end.value) for value in results) < Fraction(1, 10)


@given(some_ranges(), st.integers(-4, 4).map(lambda n: Fraction(n, 2)))
@settings(max_examples=tries(200), deadline=None)
def test_multiples_and_whole_numbers(a: Range, factor: Fraction) -> None:
    exact(ranges.scale(a, factor), [x * factor for x in numbers(a)])
    for mode in MODES:
        found = ranges.to_whole(a, mode)
        results = [Fraction(ranges.whole(x, mode)) for x in numbers(a)]
        exact(found, results, whole=True)


@given(some_ranges())
@example(ranges.between(Fraction(1, 2), Fraction(1, 2)))
@settings(max_examples=tries(200), deadline=None)
def test_where_whole_numbers_change(a: Range) -> None:
    for mode in MODES:
        found = ranges.breakpoints(a, mode)
        assert found or ranges.to_whole(a, mode).known is not None
        for at in found:
            around = {ranges.whole(x, mode) for x in (at - NEAR, at, at + NEAR)}
            assert len(around) > 1 or (at == 0 and mode == "down")
            assert inside(Range(End(a.low.value), End(a.high.value)), at)
        if a.low.value is not None and a.high.value is not None:
            middle = (a.low.value + a.high.value) / 2
            half = Fraction(1, 2) if "half" in mode else Fraction(0)
            places = [n + half for n in range(-20, 20)]
            near = {max(x for x in places if x <= middle), min(x for x in places if x >= middle)}
            assert set(found) == {x for x in near if a.low.value <= x <= a.high.value}
            assert not found or abs(found[0] - middle) == min(abs(x - middle) for x in found)


@pytest.mark.parametrize(
    ("item", "mode", "wanted"),
    [
        (ranges.between(3, None), "floor", 7),
        (ranges.between(-3, None), "floor", 3),
        (ranges.between(None, -3), "ceiling", -7),
        (ranges.between(None, 3), "half_up", Fraction(-7, 2)),
        (ranges.EVERYTHING, "half_even", Fraction(1, 2)),
        (ranges.EVERYTHING, "floor", 0),
        (ranges.between(1, 4), "floor", 2),
        (ranges.between(1, 4), "half_up", Fraction(5, 2)),
    ],
)
def test_which_change_is_looked_at_first(item: Range, mode: str, wanted: Fraction) -> None:
    assert ranges.breakpoints(item, mode)[0] == wanted


@given(st.lists(some_ranges(), min_size=1, max_size=4))
@example([ranges.exactly(1), ranges.exactly(1)])
@settings(max_examples=tries(200), deadline=None)
def test_a_number_that_another_is_never_below_can_be_left_out(items: list[Range]) -> None:
    kept = [item for place, item in enumerate(items) if not ranges.beaten([*items], place)]
    assert ranges.extreme("max", kept) == ranges.extreme("max", items)
    for place, item in enumerate(items):
        others = [other for other in kept if other is not item]
        assert ranges.beaten([*items], place) or all(
            other.low.value is None or item.high.value is None or other.low.value < item.high.value or other == item
            for other in others
        )
    assert not any(ranges.beaten([None, item], place) for item in items for place in (0, 1))
    assert not ranges.beaten([items[0]], 0)


@given(some_ranges())
@settings(max_examples=tries(200), deadline=None)
def test_reciprocals(a: Range) -> None:
    found = ranges.invert(a)
    results = [1 / x for x in numbers(a) if x]
    if found is None:
        assert not results
        return
    assert all(inside(found, value) for value in results)
    for end, sign in ((found.low, -1), (found.high, 1)):
        if end.value is None:
            assert end.open is True
            assert any(value * sign > 100 for value in results)
        elif not end.open:
            assert end.value in results
        else:
            assert end.value not in results
            assert min(abs(value - end.value) for value in results) < Fraction(1, 10)


WHOLES: list[tuple[str, tuple[int, ...]]] = [
    ("floor", (-3, -3, -2, -2, -1, 0, 0, 1, 1, 2, 2)),
    ("ceiling", (-2, -2, -1, -1, 0, 0, 1, 2, 2, 3, 3)),
    ("half_up", (-3, -2, -2, -1, -1, 0, 1, 1, 2, 2, 3)),
    ("half_even", (-2, -2, -2, -1, 0, 0, 0, 1, 2, 2, 2)),
    ("up", (-3, -3, -2, -2, -1, 0, 1, 2, 2, 3, 3)),
    ("down", (-2, -2, -1, -1, 0, 0, 0, 1, 1, 2, 2)),
]


@pytest.mark.parametrize(("mode", "wanted"), WHOLES, ids=[case[0] for case in WHOLES])
def test_whole_numbers_of_each_mode(mode: str, wanted: tuple[int, ...]) -> None:
    """Of −2.5, −2.25, −1.75, −1.25, −0.5, 0, 0.5, 1.25, 1.75, 2.25 and 2.5, rounded as each mode says."""
    values = (-10, -9, -7, -5, -2, 0, 2, 5, 7, 9, 10)
    assert tuple(ranges.whole(Fraction(value, 4), mode) for value in values) == wanted


@given(some_ranges(), some_ranges(), st.sampled_from(sorted(SIGNS)), st.integers(-6, 6).map(lambda n: Fraction(n, 2)))
@settings(max_examples=tries(400), deadline=None)
def test_comparisons(a: Range, b: Range, sign: str, bound: Fraction) -> None:
    holds = SIGNS[sign]
    found = ranges.restrict(a, sign, bound)
    kept = [x for x in [*numbers(a), bound] if inside(a, x) and holds(x, bound)]
    if found is None:
        assert not kept
    elif sign == "!=" and bound not in (a.low.value, a.high.value):
        assert found == a  # a hole in the middle has no ends
    else:
        assert all(inside(found, x) == (x in kept) for x in [*numbers(a), bound])
    both = ranges.meet(a, b)
    shared = [x for x in (*numbers(a), *numbers(b)) if inside(a, x) and inside(b, x)]
    assert (both is None) == (not shared)
    assert both is None or all(inside(both, x) for x in shared)
    answers = {holds(x, y) for x in numbers(a) for y in numbers(b)}
    assert answers <= ranges.truth(sign, a, b)
    assert ranges.truth(sign, a, b) <= answers | ({True} if sign in ("=", "<=", ">=") else {False})


def test_what_is_empty_and_what_is_known() -> None:
    assert ranges.exactly(3).known == 3
    assert ranges.between(1, 2).known is None
    assert ranges.between(1, 1, low_open=True).empty
    assert ranges.between(2, 1).empty
    assert not ranges.between(1, None).empty
    assert not ranges.EVERYTHING.empty
    assert ranges.between(None, 0) == Range(End(None, open=True), End(Fraction(0)))
    assert ranges.between(1, 2) == Range(End(Fraction(1), open=False), End(Fraction(2), open=False))
    assert ranges.multiply(ranges.EVERYTHING, ranges.exactly(0)) == ranges.exactly(0)


A, B, C = Input("甲"), Input("乙"), Input("丙")
formulas = st.recursive(
    st.sampled_from([A, B, C]) | st.integers(-2, 3).map(lambda n: Const(Fraction(n))),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(Add), st.builds(Mul, inner, inner), st.builds(Div, inner, inner)
    ),
    max_leaves=6,
)
boxes = st.tuples(st.integers(0, 2), st.none() | st.integers(1, 3), st.booleans(), st.booleans()).map(
    lambda drawn: ranges.between(
        drawn[0], None if drawn[1] is None else drawn[0] + drawn[1], low_open=drawn[2], high_open=drawn[3]
    )
)


def value_at(expr: Expr, point: dict[str, Fraction]) -> Fraction | None:
    """The value of a formula, computed here and not by the evaluator; None where it divides by zero."""
    match expr:
        case Const():
            return expr.value
        case Input():
            return point[expr.key]
        case Add():
            parts = [value_at(part, point) for part in expr.parts]
            return None if None in parts else sum((part for part in parts if part is not None), Fraction(0))
        case Mul() | Div():
            left, right = value_at(expr.left, point), value_at(expr.right, point)
            if left is None or right is None or (isinstance(expr, Div) and not right):
                return None
            return left * right if isinstance(expr, Mul) else left / right
        case _:
            raise AssertionError(expr)


def stand_ins(a: Range) -> list[Fraction]:
    """Few numbers of a range: its ends, close to them, inside, far away."""
    low = a.low.value or Fraction(0)
    high = a.high.value if a.high.value is not None else FAR
    about = [low, low + NEAR, (low + min(high, low + 4)) / 2, high - NEAR, high, FAR * FAR]
    return [value for value in dict.fromkeys(about) if inside(a, value)]


@given(formulas, boxes, boxes, boxes)
@settings(max_examples=tries(400), deadline=None)
def test_a_formula_with_figures_that_stand_in_it_twice(expr: Expr, a: Range, b: Range, c: Range) -> None:
    figures = {"甲": a, "乙": b, "丙": c}
    found = exact_range(expr, figures)
    assume(found is not None)
    assert found is not None
    points = product(*(stand_ins(item) for item in figures.values()))
    values = [value_at(expr, dict(zip(figures, point, strict=True))) for point in points]
    results = [value for value in values if value is not None]
    assert all(inside(found, value) for value in results)
    assume(len(results) == len(values))  # where it divides by zero, an end may lie beside a hole
    for end, sign in ((found.low, -1), (found.high, 1)):
        if end.value is None:
            assert any(value * sign > 100 for value in results)
        elif not end.open:
            assert end.value in results
        else:
            assert end.value not in results
            assert min(abs(value - end.value) for value in results) < Fraction(1, 5)


ONE, NOTHING, HALF = Const(Fraction(1)), Const(Fraction(0)), Fraction(1, 2)
low_high = ranges.between
MANY = tuple(Input(name) for name in "一二三四五六七")
SIX = Add(MANY[:6])
EXACT: list[tuple[str, Expr, dict[str, Range], Range]] = [
    ("a change", Div(minus(A, B), B), {"甲": low_high(0, None), "乙": low_high(1, None)}, low_high(-1, None)),
    ("a share", Div(A, Add((A, B))), {"甲": low_high(0, 3), "乙": low_high(1, 2)}, low_high(0, Fraction(3, 4))),
    ("one denominator", Add((Div(A, B), Div(C, B))), {"甲": low_high(1, 2), "乙": low_high(1, 2), "丙": low_high(0, 1)}, low_high(HALF, 3)),
    ("one denominator, and more", Add((Div(A, B), Div(C, B), A)), {"甲": low_high(1, 2), "乙": low_high(1, 2), "丙": low_high(0, 1)}, low_high(Fraction(3, 2), 5)),
    ("two denominators", Add((Div(A, B), Div(A, C))), {"甲": low_high(1, 2), "乙": low_high(1, 2), "丙": low_high(1, 4)}, low_high(Fraction(3, 4), 4)),
    ("below nothing", Div(A, Mul(Const(Fraction(-1)), B)), {"甲": low_high(1, 2), "乙": low_high(1, 2)}, low_high(-2, -HALF)),
    ("nothing at its end, from below", Div(ONE, Mul(Const(Fraction(-1)), B)), {"乙": low_high(0, 2)}, low_high(None, -HALF)),
    ("nothing at its end, from above", Div(ONE, B), {"乙": low_high(0, 2)}, low_high(HALF, None)),
    ("less than one", Div(ONE, B), {"乙": low_high(Fraction(1, 4), HALF)}, low_high(2, 4)),
    ("a difference of one sign", Div(ONE, minus(B, C)), {"乙": low_high(0, 1), "丙": low_high(2, 3)}, low_high(-1, Fraction(-1, 3))),
    ("a product below", Div(A, Mul(B, C)), {"甲": low_high(1, 2), "乙": low_high(1, 2), "丙": low_high(3, 4)}, low_high(Fraction(1, 8), Fraction(2, 3))),
    ("what cancels", Mul(Div(A, B), Div(B, A)), {"甲": low_high(1, 2), "乙": low_high(1, 2)}, ranges.exactly(1)),
    ("nothing times a square", Mul(A, Mul(NOTHING, A)), {"甲": low_high(1, 2)}, ranges.exactly(0)),
    ("without end above and below", Div(A, B), {"甲": low_high(1, None), "乙": low_high(1, None)}, low_high(0, None, low_open=True)),
    ("both ways without end", minus(A, B), {"甲": low_high(0, None), "乙": low_high(0, None)}, ranges.EVERYTHING),
    ("a known figure", Div(minus(A, B), B), {"甲": low_high(0, 4), "乙": ranges.exactly(2)}, low_high(-1, 1)),
    ("the square of a known figure", Mul(A, Mul(B, B)), {"甲": low_high(0, 1), "乙": ranges.exactly(3)}, low_high(0, 9)),
    ("six figures", SIX, {each.key: low_high(1, 2) for each in MANY}, low_high(6, 12)),
]  # fmt: skip
NOT_EXACT: list[tuple[str, Expr, dict[str, Range]]] = [
    ("over nothing", Div(A, NOTHING), {"甲": low_high(1, 2)}),
    ("a square", Mul(A, A), {"甲": low_high(1, 2)}),
    ("a square before a figure", Add((Mul(A, A), B)), {"甲": low_high(1, 2), "乙": low_high(1, 2)}),
    ("a square behind a figure", Add((B, Mul(A, A))), {"甲": low_high(1, 2), "乙": low_high(1, 2)}),
    ("a square below", Div(B, Mul(A, A)), {"甲": low_high(1, 2), "乙": low_high(1, 2)}),
    ("a square above", Div(Mul(A, A), B), {"甲": low_high(1, 2), "乙": low_high(1, 2)}),
    ("two quotients that make a square below", Add((Div(B, A), Div(B, Mul(A, C)))), {"甲": low_high(1, 2), "乙": low_high(1, 2), "丙": low_high(1, 2)}),
    ("a square above, from a sum", Add((Div(A, B), Div(C, A))), {each: low_high(1, 2) for each in "甲乙丙"}),
    ("a square above, from a sum turned", Add((Div(C, A), Div(A, B))), {each: low_high(1, 2) for each in "甲乙丙"}),
    ("a least", Extreme("min", (A, B)), {"甲": low_high(1, 2), "乙": low_high(1, 2)}),
    ("nothing inside the range below", Div(ONE, minus(B, C)), {"乙": low_high(0, 3), "丙": low_high(1, 2)}),
    ("nothing only between the two ends of the first", Div(ONE, minus(B, C)), {"乙": low_high(0, 3), "丙": low_high(1, 1, high_open=True)}),
    ("seven figures", Add(MANY), {each.key: low_high(1, 2) for each in MANY}),
    ("no end below", Add((A, B)), {"甲": low_high(None, 2), "乙": low_high(1, 2)}),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "figures", "wanted"), [case[1:] for case in EXACT], ids=[case[0] for case in EXACT])
def test_the_exact_range_is_found(expr: Expr, figures: dict[str, Range], wanted: Range) -> None:
    assert exact_range(expr, figures) == wanted


@pytest.mark.parametrize(("expr", "figures"), [case[1:] for case in NOT_EXACT], ids=[case[0] for case in NOT_EXACT])
def test_no_exact_range_is_given_where_ends_may_lie_elsewhere(expr: Expr, figures: dict[str, Range]) -> None:
    assert exact_range(expr, figures) is None


M, F, TWO, ZERO = Measure(), Input("甲"), Const(Fraction(2)), Const(Fraction(0))
MINUS = Const(Fraction(-1))
WAYS: list[tuple[str, Expr, Direction]] = [
    ("the measure", M, 1),
    ("a figure", F, 0),
    ("a number", TWO, 0),
    ("a sum", Add((M, F)), 1),
    ("a difference from a number", Add((TWO, Mul(MINUS, M))), -1),
    ("times less than one", Mul(M, Const(Fraction(1, 2))), 1),
    ("a figure turned", Mul(MINUS, F), 0),
    ("a sum of figures", Add((F, TWO)), 0),
    ("two ways at once", Add((M, Mul(MINUS, M))), None),
    ("a sum that falls", Add((Mul(M, MINUS), Mul(MINUS, M))), -1),
    ("the least of two that rise", Extreme("min", (M, Mul(TWO, M))), 1),
    ("the least of two ways", Extreme("min", (M, Mul(MINUS, M))), None),
    ("times a number behind", Mul(M, MINUS), -1),
    ("times nothing", Mul(M, ZERO), 0),
    ("nothing times", Mul(ZERO, M), 0),
    ("two ways times nothing", Mul(Add((M, Mul(MINUS, M))), ZERO), None),
    ("two ways times two", Mul(TWO, Add((M, Mul(MINUS, M)))), None),
    ("over a number", Div(M, TWO), 1),
    ("over a number below nothing", Div(M, MINUS), -1),
    ("over the measure", Div(TWO, M), None),
    ("over a figure", Div(M, F), None),
    ("a figure over a figure", Div(F, Input("乙")), 0),
    ("whole steps", ToWhole("floor", Mul(M, TWO)), 1),
    ("a fall twice turned", Mul(MINUS, Mul(MINUS, M)), 1),
    ("a case", Case((Branch(Compare("<", M, TWO), TWO),), ZERO), None),
    ("a case of figures", Case((Branch(Compare("<", F, TWO), TWO),), ZERO), 0),
]


@pytest.mark.parametrize(("expr", "way"), [case[1:] for case in WAYS], ids=[case[0] for case in WAYS])
def test_which_way_an_expression_goes(expr: Expr, way: Direction) -> None:
    assert direction(expr) == way


APART: list[tuple[str, Expr, bool, bool]] = [
    ("rises alone", Add((M, F)), False, True),
    ("rises twice", Add((M, Mul(TWO, M))), False, True),
    ("against itself", Add((M, Mul(MINUS, M))), True, True),
    ("no measure", Add((F, TWO)), False, False),
    ("times itself", Mul(M, M), True, True),
    ("times a figure", Mul(M, F), False, True),
    ("over itself", Div(M, Add((M, TWO))), True, True),
    ("inside a least", Extreme("min", (TWO, Add((M, Mul(MINUS, M))))), True, True),
    ("an unknown way beside one that rises", Add((M, Div(TWO, M))), True, True),
    ("one unknown way alone", Add((F, Div(TWO, M))), False, True),
    ("in a condition only", Case((Branch(Compare("<", M, TWO), F),), ZERO), False, True),
    ("an empty condition", Case((Branch(TRUE, F),), ZERO), False, False),
]


@pytest.mark.parametrize(("expr", "apart", "reads"), [case[1:] for case in APART], ids=[case[0] for case in APART])
def test_where_parts_pull_apart(expr: Expr, apart: bool, reads: bool) -> None:
    assert pulls_apart(expr) == apart
    assert reads_measure(expr) == reads


WORD = Lookup("级", (("高", Fraction(2)), ("低", Fraction(0))))
RISING: list[tuple[str, Expr, bool]] = [
    ("a number", Const(Fraction(-1)), True),
    ("a figure", A, True),
    ("a word", WORD, True),
    ("a sum", Add((A, WORD, A)), True),
    ("a sum with a part that falls", Add((A, minus(ZERO, B))), False),
    ("the greatest", Extreme("max", (A, B)), True),
    ("the least, of one that falls", Extreme("min", (A, minus(ZERO, A))), False),
    ("whole steps", ToWhole("floor", A), True),
    ("whole steps of what falls", ToWhole("floor", minus(ZERO, A)), False),
    ("a part", Div(A, Const(Fraction(1, 2))), True),
    ("a part that falls", Div(A, Const(Fraction(-2))), False),
    ("a part of what falls", Div(minus(ZERO, A), TWO), False),
    ("over nothing", Div(A, ZERO), False),
    ("a quotient of figures", Div(A, B), False),
    ("a multiple", Mul(A, Const(Fraction(1, 2))), True),
    ("a multiple, the number first", Mul(TWO, A), True),
    ("nothing of it", Mul(ZERO, A), True),
    ("a multiple that falls", Mul(Const(Fraction(-2)), A), False),
    ("a multiple of what falls", Mul(TWO, minus(ZERO, A)), False),
    ("a product of figures", Mul(A, B), False),
    ("a case", Case((Branch(TRUE, A),), None), False),
]


@pytest.mark.parametrize(("expr", "rises"), [case[1:] for case in RISING], ids=[case[0] for case in RISING])
def test_what_never_falls(expr: Expr, rises: bool) -> None:
    assert never_falls(expr) == rises

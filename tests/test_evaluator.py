"""The evaluator against plain numbers: what it says of a range holds at every point of it, and what it tells is so."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl import ranges, reals
from rubric_dsl.adequacy.exact import Point, program_at
from rubric_dsl.core.keys import GIVEN, UNAVAILABLE, availability_key, heading_id, is_result, owner, result_key
from rubric_dsl.core.nodes import (
    FALSE,
    TRUE,
    Add,
    Both,
    Branch,
    Case,
    Compare,
    CompareOp,
    Condition,
    Const,
    Div,
    Either,
    Expr,
    Extreme,
    Input,
    Is,
    Lookup,
    Measure,
    Mul,
    Not,
    Program,
    Real,
    Role,
    Rounding,
    StepMode,
    ToWhole,
    Variant,
    choose,
    minus,
    rounded,
    times,
    total_of,
)
from rubric_dsl.core.walk import (
    conditions_of,
    has_real,
    has_real_in,
    irrational,
    keys_in,
    keys_of,
    keys_of_program,
    parts_of,
    renamed,
)
from rubric_dsl.diagnostics import Text, same
from rubric_dsl.evaluate.evaluator import PRECISIONS, measured, refine, run, value_of
from rubric_dsl.evaluate.result import Explanation, IndicatorResult, ScoreRange, Step, Told, telling
from rubric_dsl.evaluate.state import Env, Fault, Trace
from rubric_dsl.ranges import Range, between, exactly
from tests.tries import tries

A, B, M = Input("甲"), Input("乙"), Measure()
WORDS = frozenset({"好", "中", "差"})


def number(value: int | Fraction) -> Const:
    return Const(Fraction(value))


def env(measure: Range | None = None, choices: frozenset[str] = WORDS, **figures: Range) -> Env:
    return Env({"甲": exactly(1), "乙": exactly(2), **figures}, {"级": choices}, measure)


# ---------------------------------------------------------------- random programs, point by point

SIGNS: tuple[CompareOp, ...] = ("<", "<=", ">", ">=", "=", "!=")
MODES: tuple[StepMode, ...] = ("floor", "ceiling", "half_up", "half_even", "up", "down")
TABLE = (("好", Fraction(3)), ("中", Fraction(1)), ("差", Fraction(0)))
FIGURES: tuple[Expr, ...] = (A, B)
ALL: tuple[Expr, ...] = (A, B, M)


@st.composite
def leaves(draw: st.DrawFn, read: tuple[Expr, ...]) -> Expr:
    """A number, one of what may be read, or what a table gives for the word."""
    return draw(st.sampled_from([*(Const(Fraction(n, 2)) for n in range(-3, 4)), *read * 3, Lookup("级", TABLE)]))


@st.composite
def conditions(draw: st.DrawFn, read: tuple[Expr, ...], depth: int) -> Condition:
    kind = draw(
        st.sampled_from(("compare", "bound", "bound", "is", "fixed", *(("not", "both", "either") if depth else ())))
    )
    match kind:
        case "compare":
            inner = formulas(read, depth - 1, total=True)
            return Compare(draw(st.sampled_from(SIGNS)), draw(inner), draw(inner))
        case "bound":
            sides = draw(st.permutations((draw(st.sampled_from(read)), draw(leaves(())))))
            return Compare(draw(st.sampled_from(SIGNS)), sides[0], sides[1])
        case "is":
            return Is("级", frozenset(draw(st.sets(st.sampled_from(sorted(WORDS))))))
        case "fixed":
            return draw(st.sampled_from([TRUE, FALSE]))
        case "not":
            return Not(draw(conditions(read, depth - 1)))
        case _:
            parts = tuple(draw(conditions(read, depth - 1)) for _ in range(draw(st.integers(2, 3))))
            return Both(parts) if kind == "both" else Either(parts)


@st.composite
def formulas(draw: st.DrawFn, read: tuple[Expr, ...], depth: int, *, total: bool = False) -> Expr:
    """``total``: it has a value whatever the figures are."""
    if depth <= 0 or draw(st.integers(0, 4)) == 0:
        return draw(leaves(read))
    inner = formulas(read, depth - 1, total=total)
    match draw(st.sampled_from(("add", "mul", "extreme", "whole", "case", "case", *(() if total else ("div",))))):
        case "add":
            return Add(tuple(draw(inner) for _ in range(draw(st.integers(2, 3)))))
        case "mul":
            return Mul(draw(inner), draw(inner))
        case "div":
            return Div(draw(inner), draw(inner))
        case "extreme":
            return Extreme(draw(st.sampled_from(("min", "max"))), (draw(inner), draw(inner)))
        case "whole":
            return ToWhole(draw(st.sampled_from(MODES)), draw(inner))
        case _:
            count = draw(st.integers(1, 3))
            branches = tuple(Branch(draw(conditions(read, depth - 1)), draw(inner)) for _ in range(count))
            return Case(branches, draw(inner) if total or draw(st.booleans()) else None)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    guarded = [
        Variant(draw(conditions(FIGURES, 2)), draw(formulas(FIGURES, 2)), draw(formulas(ALL, 2)), draw(st.booleans()))
        for _ in range(draw(st.integers(0, 2)))
    ]
    closed = draw(st.booleans()) or not guarded
    rest = [Variant(None, draw(formulas(FIGURES, 2)), draw(formulas(ALL, 2)))] if closed else []
    return Program((*guarded, *rest))


boxes = st.tuples(st.integers(-2, 2), st.integers(0, 2), st.booleans(), st.booleans()).map(
    lambda drawn: between(
        drawn[0], drawn[0] + drawn[1], low_open=drawn[2] and drawn[1] > 0, high_open=drawn[3] and drawn[1] > 0
    )
)
words = st.sets(st.sampled_from(sorted(WORDS)), min_size=1).map(frozenset)


def points(found: Env) -> list[tuple[dict[str, Fraction], str]]:
    """Points that stand for what is known: ends, or what is close to them, and the middle; each word that is possible."""
    sides: list[list[Fraction]] = []
    for item in found.figures.values():
        low, high = item.low.value, item.high.value
        assert low is not None
        assert high is not None
        near = (high - low) / 1000
        sides.append([*{low + near * item.low.open: None, (low + high) / 2: None, high - near * item.high.open: None}])
    return [
        (dict(zip(found.figures, values, strict=True)), word)
        for values in product(*sides)
        for word in sorted(found.choices["级"])
    ]


def settled(found: Env, figures: dict[str, Fraction], word: str) -> Env:
    return replace(found, figures={k: exactly(v) for k, v in figures.items()}, choices={"级": frozenset({word})})


few = settings(
    deadline=None, max_examples=tries(150), suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@few
@given(programs(), boxes, boxes, words)
def test_a_program_over_ranges_holds_what_it_is_at_each_point(
    program: Program, a: Range, b: Range, choices: frozenset[str]
) -> None:
    """A score at a point is among those that can be; a fault at a point is a fault that was foreseen."""
    whole = env(None, choices, 甲=a, 乙=b)
    found = run(program, whole)
    for figures, word in points(whole):
        there = run(program, settled(whole, figures, word))
        exact = program_at(program, Point(figures, {"级": word}))
        assert not there.trace.waiting
        assert len(there.taken) <= 1
        assert set(there.taken) <= set(found.taken)
        assert set(there.trace.branches) <= set(found.trace.branches)
        assert {fault.kind for fault in there.trace.faults} <= {fault.kind for fault in found.trace.faults}
        if exact is None:
            assert there.score is None
            assert there.trace.faults
            continue
        assert there.score is not None
        assert (there.score.known, there.applicable) == (exact[0], frozenset({exact[1]}))
        assert found.score is not None
        assert ranges.restrict(found.score, "=", exact[0]) is not None
        assert exact[1] in found.applicable
        if there.measure is not None and there.measure.known is not None:
            assert found.measure is not None
            assert ranges.restrict(found.measure, "=", there.measure.known) is not None


@few
@given(conditions(ALL, 2), boxes, boxes, boxes, words)
def test_what_a_condition_leaves_is_all_that_can_be_there(
    condition: Condition, a: Range, b: Range, measure: Range, choices: frozenset[str]
) -> None:
    whole = env(measure, choices, 甲=a, 乙=b)
    inside, outside = refine(whole, condition, want=True), refine(whole, condition, want=False)
    assert inside is not None or outside is not None
    for figures, word in points(env(None, choices, 甲=a, 乙=b, 量=measure)):
        own = figures.pop("量")
        there = replace(settled(whole, figures, word), measure=exactly(own))
        answers = [refine(there, condition, want=want) is not None for want in (True, False)]
        assert sum(answers) == 1
        kept = inside if answers[0] else outside
        assert kept is not None
        assert word in kept.choices["级"]
        assert kept.measure is not None
        assert ranges.restrict(kept.measure, "=", own) is not None
        for key, value in figures.items():
            assert ranges.restrict(kept.figures[key], "=", value) is not None


WIDE = Env({"甲": between(0, 4), "乙": between(1, 2)}, {"级": WORDS}, between(0, 10), 120)
LOW, HIGH, GOOD = Compare("<", A, number(1)), Compare(">", A, number(3)), Is("级", frozenset({"好"}))
REFINED: list[tuple[str, Condition, dict[str, object] | None, dict[str, object] | None]] = [
    ("a figure", Compare(">", A, number(2)), {"甲": between(2, 4, low_open=True)}, {"甲": between(0, 2)}),
    ("a number before a figure", Compare(">", number(2), A), {"甲": between(0, 2, high_open=True)}, {"甲": between(2, 4)}),
    ("the measure", Compare(">=", M, number(5)), {"量": between(5, 10)}, {"量": between(0, 5, high_open=True)}),
    ("a word", GOOD, {"级": frozenset({"好"})}, {"级": frozenset({"中", "差"})}),
    ("not", Not(GOOD), {"级": frozenset({"中", "差"})}, {"级": frozenset({"好"})}),
    ("both", Both((HIGH, GOOD)), {"甲": between(3, 4, low_open=True), "级": frozenset({"好"})}, {}),
    ("either", Either((Compare("<=", A, number(1)), Compare("=", A, number(2)))), {"甲": between(0, 2)}, {"甲": between(1, 4, low_open=True)}),
    ("either, the second wider", Either((Compare("<", A, number(1)), Compare("<", A, number(2)))), {"甲": between(0, 2, high_open=True)}, {"甲": between(2, 4)}),
    ("either of two things", Either((Compare("<", M, number(1)), GOOD)), {}, {"量": between(1, 10), "级": frozenset({"中", "差"})}),
    ("one of three", Either((Is("级", frozenset({"好"})), Is("级", frozenset({"中"})), Compare("<", A, number(0)))), {"级": frozenset({"好", "中"})}, {"级": frozenset({"差"})}),
    ("two figures", Compare("<", A, B), {}, {}),
    ("what cannot be", Compare(">", A, number(4)), None, {}),
    ("what must be", Compare(">=", B, number(1)), {}, None),
    ("neither of two that cannot be", Either((Compare(">", A, number(4)), Compare("<", B, number(1)))), None, {}),
    ("a word that is none of them", Is("级", frozenset({"优"})), None, {}),
    ("nothing asked", TRUE, {}, None),
    ("nothing allowed", FALSE, None, {}),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "yes", "no"), [case[1:] for case in REFINED], ids=[case[0] for case in REFINED])
def test_what_is_known_where_a_condition_holds_and_where_not(
    condition: Condition, yes: dict[str, object] | None, no: dict[str, object] | None
) -> None:
    plain = {"甲": between(0, 4), "乙": between(1, 2), "级": WORDS, "量": between(0, 10)}
    for want, changed in ((True, yes), (False, no)):
        found = refine(WIDE, condition, want=want)
        if found is None or changed is None:
            assert found is changed
            continue
        assert {**found.figures, **found.choices, "量": found.measure} == {**plain, **changed}
        assert found.digits == 120


# ---------------------------------------------------------------- what is told beside the number

STEPS, FULL = Role("steps"), Role("full")
OPEN = {"甲": between(0, 4), "乙": between(1, 2)}
FAULTS: list[tuple[str, Expr, Range | None, list[Fault]]] = [
    ("a zero that can be", Div(number(1), Input("甲"), words=same("甲")), between(Fraction(1, 4), None), [Fault("zero-denominator", same("甲"))]),
    ("a zero", Div(number(1), number(0), words=same("零")), None, [Fault("zero-denominator", same("零"))]),
    ("no zero", Div(number(2), B, words=same("乙")), between(1, 2), []),
    ("a gap", Case((Branch(Compare("<", A, number(1)), number(5)),), None), exactly(5), [Fault("gap")]),
    ("a gap by another name", Case((Branch(FALSE, number(5)),), None, fault="award-out-of-range"), None, [Fault("award-out-of-range")]),
    ("no gap", Case((Branch(TRUE, number(5)),), None), exactly(5), []),
    ("a logarithm of nothing", Real("ln", (number(0),)), None, [Fault("domain", same("not positive"))]),
    ("a root below nothing", Real("power", (number(-1), number(Fraction(1, 2)))), None, [Fault("domain", same("negative base"))]),
    ("a sum of nothing", Add((A, Div(A, number(0), words=same("零")))), None, [Fault("zero-denominator", same("零"))]),
    ("nothing and a sum", Add((Div(A, number(0), words=same("零")), A)), None, [Fault("zero-denominator", same("零"))]),
    ("nothing times", Mul(Div(A, number(0), words=same("零")), A), None, [Fault("zero-denominator", same("零"))]),
    ("times nothing", Mul(A, Div(A, number(0), words=same("零"))), None, [Fault("zero-denominator", same("零"))]),
    ("nothing over", Div(Div(A, number(0), words=same("零")), B, words=same("乙")), None, [Fault("zero-denominator", same("零"))]),
    ("over nothing", Div(B, Div(A, number(0), words=same("零")), words=same("乙")), None, [Fault("zero-denominator", same("零"))]),
    ("the least of nothing", Extreme("min", (A, Div(A, number(0), words=same("零")))), None, [Fault("zero-denominator", same("零"))]),
    ("nothing made whole", ToWhole("floor", Div(A, number(0), words=same("零"))), None, [Fault("zero-denominator", same("零"))]),
    ("a power of nothing", Real("power", (A, Div(A, number(0), words=same("零")))), None, [Fault("zero-denominator", same("零"))]),
    ("nothing in a branch", Case((Branch(Compare("<", A, number(1)), Div(A, number(0), words=same("零"))),), number(1)), exactly(1), [Fault("zero-denominator", same("零"))]),
    ("nothing otherwise", Case((Branch(Compare("<", A, number(1)), number(1)),), Div(A, number(0), words=same("零"))), exactly(1), [Fault("zero-denominator", same("零"))]),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "wanted", "faults"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_faults_are_told_with_their_words(expr: Expr, wanted: Range | None, faults: list[Fault]) -> None:
    found, trace = value_of(expr, Env(OPEN, {}))
    assert (found, trace.faults) == (wanted, faults)


def test_a_condition_that_compares_what_has_no_value_neither_holds_nor_fails() -> None:
    open_ = Compare(">", Div(A, number(0), words=same("零")), number(1))
    zero = [Fault("zero-denominator", same("零"))]
    undecided: list[Condition] = [open_, Not(open_), Both((TRUE, open_)), Compare("<", number(1), open_.left)]
    for condition in undecided:
        found, trace = value_of(choose(condition, number(1), number(0)), env())
        assert (found, trace.faults) == (None, zero)
        outcome = run(Program((Variant(condition, None, number(1)), Variant(None, None, number(0)))), env())
        assert (outcome.score, outcome.taken, outcome.trace.faults) == (None, (), zero)
    decided: list[tuple[Condition, int]] = [(Either((open_, TRUE)), 1), (Both((open_, FALSE)), 0)]
    for condition, wanted in decided:
        found, trace = value_of(choose(condition, number(1), number(0)), env())
        assert (found, trace.faults) == (exactly(wanted), [])


def test_a_figure_that_is_stated_to_be_unavailable_is_no_number() -> None:
    key = availability_key("甲")
    for states, wanted in (
        ({UNAVAILABLE}, [Fault("unavailable", same("甲"))]),
        ({GIVEN}, []),
        ({GIVEN, UNAVAILABLE}, []),
    ):
        found, trace = value_of(A, Env(OPEN, {key: frozenset(states)}))
        assert trace.faults == wanted
        assert (found is None) == bool(wanted)
        assert list(trace.waiting) == ([] if wanted else ["甲"])


def test_what_is_waited_for_is_what_can_still_change_the_value() -> None:
    table = Lookup("级", (("好", Fraction(3)), ("中", Fraction(1)), ("差", Fraction(0))))
    expr = Case((Branch(Compare("<", A, number(9)), B), Branch(Is("级", frozenset({"好"})), number(1))), number(0))
    for node, choices, wanted in (
        (Add((A, B)), WORDS, ["甲", "乙"]),
        (expr, WORDS, ["甲", "乙"]),  # the second branch is out of reach
        (Case((Branch(Compare("<", A, number(2)), number(1)),), number(0)), WORDS, ["甲"]),
        (Case((Branch(Is("级", frozenset({"好"})), number(1)),), number(0)), WORDS, ["级"]),
        (Case((Branch(Is("级", frozenset({"好"})), number(1)),), number(0)), frozenset({"中"}), []),
        (table, WORDS, ["级"]),
        (table, frozenset({"中"}), []),
        (Case((Branch(Is("级", frozenset({"好"})), number(1)),), number(0)), frozenset({"好", "中"}), ["级"]),
    ):
        found, trace = value_of(node, Env(OPEN, {"级": choices}))
        assert found is not None
        assert list(trace.waiting) == wanted
    found, trace = value_of(table, Env({}, {"级": frozenset({"好", "中"})}))
    assert (found, trace.faults) == (between(1, 3), [])
    assert value_of(Lookup("级", ()), Env({}, {"级": WORDS}))[0] is None


def test_values_are_kept_under_their_roles_from_all_branches() -> None:
    low = Case(
        (Branch(Compare("<", A, number(1)), Const(Fraction(5), role=STEPS)),), Const(Fraction(2), role=STEPS), role=FULL
    )
    one, total = Role("mark", of="一"), Role("mark", of="二")
    _, trace = value_of(Add((low, Const(Fraction(1), role=one), number(7)), role=total), Env(OPEN, {}))
    assert trace.values == {STEPS: between(2, 5), FULL: between(2, 5), one: exactly(1), total: between(10, 13)}
    words = (("低", "low"), ("中", "middle"), ("高", "high"))
    marks = [Branch(Compare("<", A, number(n)), number(n), words[n - 1]) for n in (1, 2, 3)]
    assert value_of(Case(tuple(marks), number(0)), Env({"甲": exactly(1)}, {}))[1].branches == [("中", "middle")]
    assert value_of(Case(tuple(marks), number(0)), Env({"甲": between(0, 1)}, {}))[1].branches == [*words[:2]]


TWICE = minus(A, Mul(A, A))


@pytest.mark.parametrize(
    ("expr", "figures", "wanted", "tight"),
    [
        (minus(A, B), OPEN, between(-2, 3), True),
        (Div(minus(A, B), B), OPEN, between(-1, 3), True),
        (TWICE, OPEN, between(-16, 4), False),
        (TWICE, {"甲": exactly(2)}, exactly(-2), True),
        (Mul(B, TWICE), {"甲": exactly(2), "乙": between(1, 2)}, between(-4, -2), True),
        (Div(A, number(0)), OPEN, None, True),
        (ToWhole("floor", A), OPEN, between(0, 4), True),
        (Extreme("min", (A, Const(Fraction(2)))), OPEN, between(0, 2), True),
        (ToWhole("floor", TWICE), OPEN, between(-16, 4), False),
    ],
)
def test_a_formula_is_exact_or_said_not_to_be(
    expr: Expr, figures: dict[str, Range], wanted: Range | None, tight: bool
) -> None:
    trace = Trace()
    assert measured(expr, Env(figures, {}), trace) == wanted
    assert trace.tight == tight


# ---------------------------------------------------------------- variants

OVER = Compare(">", A, number(2))


def test_each_variant_that_can_hold_is_a_world_of_its_own() -> None:
    program = Program((Variant(OVER, None, number(7), applies=False), Variant(None, Mul(A, B), Add((M, number(1))))))
    found = run(program, Env(OPEN, {}))
    assert (found.taken, found.worlds) == ((0, 1), ((False, exactly(7)), (True, between(1, 5))))
    assert (found.score, found.measure, found.applicable) == (between(1, 7), between(0, 4), frozenset({True, False}))
    assert list(found.trace.waiting) == ["甲", "乙"]
    only = run(program, Env({**OPEN, "甲": exactly(3)}, {}))
    assert (only.taken, only.worlds, only.measure, only.score) == ((0,), ((False, exactly(7)),), None, exactly(7))
    assert not only.trace.waiting
    none = run(program, Env({**OPEN, "甲": exactly(1)}, {}))
    assert (none.taken, none.applicable) == ((1,), frozenset({True}))


def test_a_plain_program_that_waits_is_as_narrow_as_it_can_be() -> None:
    assert run(Program((Variant(None, A, M),)), Env(OPEN, {})).trace.tight
    known = choose(Compare(">", ROOT, A), number(1), number(1))
    found = run(Program((Variant(None, None, known),)), Env(OPEN, {}))
    assert (found.score, list(found.trace.waiting), found.trace.tight) == (exactly(1), ["甲"], True)


def test_a_program_without_a_last_word_has_a_gap() -> None:
    program = Program((Variant(OVER, None, number(7)),))
    assert run(program, Env(OPEN, {})).trace.faults == [Fault("gap")]
    assert run(program, Env({"甲": exactly(3)}, {})).trace.faults == []
    found = run(program, Env({"甲": exactly(1)}, {}))
    assert (found.score, found.measure, found.taken, found.trace.faults) == (None, None, (), [Fault("gap")])


def test_a_variant_whose_measure_has_no_value_scores_nothing() -> None:
    program = Program((Variant(OVER, Div(A, number(0), words=same("零")), number(7)), Variant(None, A, M)))
    found = run(program, Env(OPEN, {}))
    assert (found.taken, found.worlds, found.measure) == ((0, 1), ((True, between(0, 2)),), between(0, 2))
    assert found.trace.faults == [Fault("zero-denominator", same("零"))]
    alone = run(Program((Variant(None, Div(A, number(0), words=same("零")), M),)), Env(OPEN, {}))
    assert (alone.score, alone.taken, alone.trace.faults) == (None, (0,), [Fault("zero-denominator", same("零"))])


# ---------------------------------------------------------------- irrational numbers

ROOT = Real("power", (number(2), number(Fraction(1, 2))))
ROOTS = Add(
    (
        Mul(ROOT, Real("power", (number(3), number(Fraction(1, 2))))),
        Mul(number(-1), Real("power", (number(6), number(Fraction(1, 2))))),
    )
)
"""Nothing, but only enclosures are known of roots."""
NEAR = Add(
    (
        ROOT,
        Mul(
            number(-1),
            Const(Fraction(14142135623730950488016887242096980785696718753769480731766797379907324784621, 10**76)),
        ),
    )
)
"""Closer to 0 than 30 digits tell; above it."""


@pytest.mark.parametrize("place", ["score", "measure", "condition"])
def test_irrational_numbers_are_taken_as_closely_as_is_needed(place: str) -> None:
    def program(expr: Expr) -> Program:
        sign: Expr = choose(Compare(">", M if place == "measure" else expr, number(0)), number(1), number(0))
        if place == "condition":
            return Program((Variant(Compare(">", expr, number(0)), None, number(1)), Variant(None, None, number(0))))
        return Program((Variant(None, expr if place == "measure" else None, sign),))

    assert run(program(ROOT), Env({}, {})).score == exactly(1)
    assert run(program(NEAR), Env({}, {})).score == exactly(1)
    undecided = run(program(ROOTS), Env({}, {}))
    assert (undecided.score, undecided.trace.faults) == (None, [Fault("undecided")])
    assert undecided.trace.tight
    waits = run(program(Add((ROOTS, Mul(number(0), A)))), Env({"甲": between(0, 1)}, {}))
    assert (waits.score, waits.trace.faults, waits.trace.tight) == (between(0, 1), [], False)


def test_a_definition_takes_irrational_numbers_as_closely() -> None:
    whole = ToWhole("ceiling", NEAR)
    assert value_of(whole, Env({}, {}))[0] == exactly(1)
    found, trace = value_of(ToWhole("ceiling", ROOTS), Env({}, {}))
    assert (found, trace.faults) == (None, [Fault("undecided")])
    assert value_of(Add((A, B)), Env(OPEN, {}))[1].faults == []
    found, trace = value_of(Add((ToWhole("ceiling", ROOTS), A)), Env(OPEN, {}))
    assert found is not None
    assert (trace.faults, list(trace.waiting)) == ([], ["甲"])
    assert value_of(Div(ROOT, number(0), words=same("零")), Env({}, {}))[1].faults == [
        Fault("zero-denominator", same("零"))
    ]


def ln(value: Fraction | int) -> Expr:
    return Real("ln", (number(Fraction(value)),))


fractions_above_zero = st.fractions(min_value=Fraction(1, 60), max_value=60, max_denominator=60)


@settings(deadline=None, max_examples=25)
@given(fractions_above_zero, fractions_above_zero.filter(lambda q: q != 1), st.integers(-6, 6), st.integers(1, 6))
def test_a_quotient_of_logarithms_meets_a_fraction_where_the_powers_are_equal(
    p: Fraction, q: Fraction, r: int, s: int
) -> None:
    sign = 1 if q > 1 else -1  # ln p / ln q >= r/s is p^s >= q^r where ln q is above 0
    for value in (p, q**2, q**s):
        for expr in (Div(ln(value), ln(q)), Div(Real("log10", (number(value),)), Real("log10", (number(q),)))):
            above = Compare(">=", expr, number(Fraction(r, s)))
            expected = value**s >= q**r if sign > 0 else value**s <= q**r
            assert run(Program((Variant(None, None, choose(above, number(1), number(0))),)), Env({}, {})).score == (
                exactly(int(expected))
            )


def test_what_logarithms_make_is_decided_as_a_formula() -> None:
    zero = Add((ln(2), ln(3), Mul(number(-1), ln(6))))
    one = Div(Add((ln(60), Mul(number(-1), ln(Fraction(3, 2))))), Add((ln(4), Mul(Const(Fraction(1)), ln(10)))))
    both = Mul(ln(4), ln(9))  # 4·ln 2·ln 3
    for expr, expected in (
        (zero, 0),
        (one, 1),
        (Div(both, Mul(ln(2), ln(3))), 4),
        (Extreme("min", (one, number(1))), 1),
        (choose(Compare("<=", one, number(1)), one, ln(7)), 1),
        (Real("ln", (one,)), 0),
        (Real("log10", (Mul(number(10), one),)), 1),
    ):
        for mode in ("floor", "ceiling"):
            assert value_of(ToWhole(mode, expr), Env({}, {}))[0] == exactly(expected)
    measured = Program((Variant(None, one, ToWhole("floor", Extreme("max", (M, number(0))))),))
    assert run(measured, Env({}, {})).score == exactly(1)
    nothing = value_of(ToWhole("floor", Div(number(1), zero, words=same("零"))), Env({}, {}))[1]
    assert nothing.faults == [Fault("zero-denominator", same("零"))]


def test_a_formula_of_logarithms_is_bounded() -> None:
    product: Expr = number(1)
    for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23):
        product = Mul(product, ln(prime))
    same = Compare("=", product, product)
    assert run(Program((Variant(same, None, number(1)), Variant(None, None, number(0)))), Env({}, {})).score is None


def test_logarithms_of_missing_figures_are_not_taken_closer_than_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    index = "自然对数（最小值（{0}，75000元） ÷ 100元） ÷ 自然对数（750）"
    rubric = rd.loads(f"""
指标体系 示例 年度 2019
满分 10
基础数据表
  甲：元
  乙：元
  丙：元
一级指标 指数 10
  舍入 得分 到 0.01，四舍五入
  评价标准 得分 = {"＋".join(f"2 × {index.format(name)}" for name in "甲乙丙")}，最多 满分
""")
    asked: list[int] = []

    def counted(kind: str, parts: list[Range], digits: int) -> Range:
        asked.append(digits)
        return reals.real(kind, parts, digits)

    monkeypatch.setattr("rubric_dsl.evaluate.evaluator.real", counted)
    assert rubric.score({}).total.min == 0
    assert set(asked) == {30}
    assert len(asked) < 2000


def test_a_rules_own_roots_are_taken_once_for_each_number_of_digits() -> None:
    """With figures missing a rule is looked at many times, and this one each time with all digits that there are."""
    rubric = rd.loads("""
指标体系 示例 年度 2019
满分 10
基础数据表
  甲：元
  乙：元
一级指标 指数 10
  舍入 得分 到 1，去尾
  评价标准 得分 = 5 + 平方根（2） × 平方根（3） − 平方根（6） + 0 × 甲 ÷ 乙，最多 满分
""")
    reals.root.cache_clear()
    rubric.score({})
    assert 0 < reals.root.cache_info().misses <= 3 * len(PRECISIONS)


# ---------------------------------------------------------------- core by itself

CASE = Case((Branch(Compare("<", A, B), number(1)), Branch(Is("级", WORDS), M)), Input("丙"))


def test_what_an_expression_is_made_of() -> None:
    assert parts_of(CASE) == (number(1), M, Input("丙"))
    assert parts_of(replace(CASE, otherwise=None)) == (number(1), M)
    assert parts_of(Div(A, B)) == (A, B)
    assert parts_of(Real("power", (A, B))) == (A, B)
    assert parts_of(ToWhole("floor", A)) == (A,)
    assert parts_of(A) == ()
    assert conditions_of(CASE) == (Compare("<", A, B), Is("级", WORDS))
    assert conditions_of(A) == ()
    assert list(keys_of(CASE)) == ["甲", "乙", "级", "丙"]
    assert list(keys_of(Lookup("级", ()))) == ["级"]
    assert list(keys_of(None)) == list(keys_in(None)) == []
    assert list(keys_in(Both((Not(Compare("<", A, number(1))), Either((Is("级", WORDS), TRUE)))))) == ["甲", "级"]
    program = Program((Variant(Is("级", WORDS), A, M), Variant(None, None, B)))
    assert list(keys_of_program(program)) == ["级", "甲", "乙"]
    assert program.main == program.variants[-1]


def test_what_can_be_irrational() -> None:
    for expr, measure, value, anywhere in (
        (ROOT, None, True, True),
        (Add((A, ROOT)), None, True, True),
        (ToWhole("floor", ROOT), None, False, True),
        (choose(Compare("<", ROOT, A), A, B), None, False, True),
        (choose(Compare("<", A, B), A, ROOT), None, True, True),
        (M, ROOT, True, False),
        (M, A, False, False),
        (M, None, False, False),
        (Mul(number(2), M), ROOT, True, False),
        (number(2), ROOT, False, False),
        (A, ROOT, False, False),
        (Lookup("级", ()), ROOT, False, False),
        (Add((A, B)), ROOT, False, False),
    ):
        assert irrational(expr, measure) == value
        assert has_real(expr) == anywhere
    assert not has_real(None)
    for condition, wanted in (
        (Compare("<", ROOT, A), True),
        (Compare("<", A, ROOT), True),
        (Compare("<", A, B), False),
        (Is("级", WORDS), False),
        (Not(Compare("<", A, ROOT)), True),
        (Both((Compare("<", A, B), Compare("<", A, ROOT))), True),
        (Either((Compare("<", A, B), Is("级", WORDS))), False),
    ):
        assert has_real_in(condition) == wanted


def test_shapes_that_are_written_for_short() -> None:
    three = Env({"甲": exactly(3), "乙": exactly(5)}, {})
    for expr, wanted in (
        (minus(A, B), -2),
        (rounded(A, Fraction(2), "floor"), 2),
        (times(1, A), 3),
        (times(Fraction(1, 2), A), Fraction(3, 2)),
        (total_of([]), 0),
        (total_of([A]), 3),
        (total_of([A, B, B]), 13),
        (rounded(Div(A, number(7)), Fraction(1, 100), "half_up"), Fraction(43, 100)),
        (Rounding(Fraction(1, 10), "floor").of(Div(B, number(3))), Fraction(16, 10)),
        (Rounding(Fraction(2), "ceiling").of(A), 4),
        (choose(Compare("<", A, B), A, B), 3),
        (choose(Compare(">", A, B), A, B), 5),
    ):
        found, trace = value_of(expr, three)
        assert found == exactly(wanted)
        assert trace.values == {}
    assert times(1, A) is A
    assert total_of([A]) is A


def test_an_explanation_has_a_line_for_each_step() -> None:
    steps = (
        Step(Text("指标值", "measure"), Text("3 ÷ 4", "3 / 4"), same("75%")),
        Step(Text("偏离", "deviation"), Text("1 ÷ 3", "1 / 3"), same("≈0.33"), 1),
        Step(Text("得分", "score"), Text("", ""), same("5")),
        Step(Text("说明", "note"), Text("按规则", "by the rule"), same("")),
    )
    whole = ScoreRange(Fraction(5), Fraction(5), Fraction(10))
    plain = IndicatorResult("甲", (), whole, "scored", None, ())

    def told_as(zh: str, en: str) -> IndicatorResult:
        return replace(plain, telling=telling(Told(Text(zh, en), steps)))

    item = told_as("五分", "five points")
    assert Explanation(item).text("zh") == str(Explanation(item))
    assert (
        str(Explanation(item)) == "甲\n  指标值: 3 ÷ 4 = 75%\n    偏离: 1 ÷ 3 ≈0.33\n  得分: 5\n  说明: 按规则\n  五分"
    )
    assert Explanation(told_as("按规则", "3 / 4; 1 / 3")).text("en") == (
        "甲\n  measure: 3 / 4 = 75%\n    deviation: 1 / 3 ≈0.33\n  score: 5\n  note: by the rule"
    )
    for told in ("按规则", "3 ÷ 4；1 ÷ 3"):
        assert Explanation(told_as(told, "")).text("zh").endswith("  说明: 按规则")
    result = rd.loads(SMALL).score({})
    assert result.explain("甲").item is result.indicators["甲"]
    with pytest.raises(KeyError):
        result.explain("乙")
    assert (whole.score, replace(whole, max=Fraction(6)).score) == (5, None)
    assert (item.score, replace(item, excluded=True).score) == (5, None)


SMALL = "指标体系 例 年度 2024\n满分 3\n一级指标 一 3\n三级指标 甲 3\n评价标准 评定给分 0分 到 3分\n"


def test_keys_tell_results_from_figures() -> None:
    key = result_key("score", "在职人员控制率")
    assert is_result(key)
    assert is_result(availability_key("甲"))
    assert not is_result("三公经费[2019年预算数]")
    assert owner(key) == "在职人员控制率"
    assert owner(availability_key("甲")) == owner("甲") == "甲"
    assert owner(availability_key(key)) == key
    assert owner(result_key("points", heading_id(("一", "二")))) == heading_id(("一", "二"))
    assert (
        len({heading_id(("一", "二")), heading_id(("一二",)), heading_id(("一", "二", "三")), heading_id(("二", "一"))})
        == 4
    )
    assert not is_result(heading_id(("一", "二")))
    assert key != result_key("points", "在职人员控制率")


def everything(key: str, role: Role | None) -> Expr:
    """Return an expression with every kind of node and condition; only what reads ``key`` and ``role`` change."""
    a = Input(key, role=role)
    other = Input("丙", role=role)
    condition = Both(
        (
            Compare("<", a, other),
            Either((Is(key, frozenset({"是"})), Not(Compare(">=", other, a)))),
            Is("丙", frozenset({"否"})),
        )
    )
    return Case(
        (
            Branch(condition, Add((a, Mul(other, a, role=role)), role=role), ("甲", "one")),
            Branch(
                Not(condition),
                Extreme(
                    "max",
                    (Div(a, other, words=same("丙"), role=role), Div(other, a, words=same("乙"), role=role)),
                    role=role,
                ),
                ("乙", "two"),
            ),
        ),
        ToWhole(
            "ceiling",
            Real("power", (a, Lookup(key, (("是", Fraction(1)),), role=role), Case((), a, role=role)), role=role),
            role=role,
        ),
        fault="award-out-of-range",
        role=role,
    )


def test_an_expression_for_other_keys_is_the_same_in_all_else() -> None:
    """Compared by all that they hold: words and faults do not count where nodes are compared."""
    assert repr(renamed(everything("甲", STEPS), {"甲": "乙"})) == repr(everything("乙", None))
    assert repr(renamed(everything("丙", STEPS), {"甲": "乙"})) == repr(everything("丙", None))
    own = Measure(role=FULL)
    alone = Case((Branch(Compare("=", own, Const(Fraction(2), role=FULL)), own),), None, role=STEPS)
    assert repr(renamed(alone, {})) == repr(replace(alone, role=None))

"""What the solver decides where figures interact: against brute force, and what happens without it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.analysis.algebra import alike
from rubric_dsl.analysis.solver import ask, decide
from rubric_dsl.core.nodes import Add, Const, Div, Expr, Extreme, Input, Mul, minus
from rubric_dsl.evaluate.evaluator import run
from rubric_dsl.evaluate.state import Env
from rubric_dsl.ranges import exactly
from tests.test_verify import claim
from tests.tries import tries

MOST = 5
FAR = 22
"""Numbers up to MOST stand in the rules; whatever can come about does so for counts up to FAR."""
HEAD = """指标体系 试 年度 2019
满分 8
计步 整步
基础数据表
  甲：件，整数
  乙：件，整数
一级指标 一 8
三级指标 规则 8
"""
sides = st.sampled_from(("甲 + 乙", "甲 − 乙", "2 × 甲 − 乙", "甲", "乙"))
comparisons = st.tuples(sides, st.sampled_from(("<", "≤", ">", "≥", "=")), st.integers(-2, MOST)).map(
    lambda part: f"{part[0]} {part[1]} {part[2]}件"
)


@st.composite
def interacting(draw: st.DrawFn) -> str:
    """Cases that compare overlapping sums of two counts."""
    found = draw(
        st.lists(st.lists(comparisons, min_size=1, max_size=2, unique=True), min_size=1, max_size=3, unique_by=tuple)
    )
    clauses = [f"当 {' 且 '.join(parts)} 计{draw(st.integers(0, 8))}分" for parts in found]
    if draw(st.booleans()):
        clauses.append("否则 计1分")
    return "评价标准 " + "；".join(clauses) + "\n"


def every_outcome(rubric: rd.Rubric) -> tuple[set[Fraction | None], set[str]]:
    """Every score that comes out (None: no score), and the Chinese words of the cases that were taken."""
    program = rubric.model.indicators["规则"].program
    scores: set[Fraction | None] = set()
    taken: set[str] = set()
    for a in range(FAR):
        for b in range(FAR):
            found = run(program, Env({"甲": exactly(a), "乙": exactly(b)}, {}))
            scores.add(found.score.known if found.score is not None else None)
            taken.update(words[0] for words in found.trace.branches)
    return scores, taken


@given(interacting())
@example("评价标准 当 甲 < 乙 计5分；当 甲 + 乙 < 3件 计3分；当 甲 ≥ 2件 计8分；否则 计1分\n")
@settings(max_examples=tries(25), deadline=None)
def test_where_figures_interact_verdicts_equal_exhaustive_enumeration(rule: str) -> None:
    rubric = rd.loads(HEAD + rule)
    report = rubric.verify()
    scores, taken = every_outcome(rubric)
    assert claim(report, "covers").verdict == ("refuted" if None in scores else "proved")
    assert claim(report, "reaches-full").verdict == ("proved" if Fraction(8) in scores else "refuted")
    assert claim(report, "reaches-least").verdict == ("proved" if Fraction(0) in scores else "refuted")
    clauses = rule.removeprefix("评价标准 ").strip().replace(" -", " −").split("；")
    never = [clause for clause in clauses if not any(clause in words or words in clause for words in taken)]
    assert claim(report, "no-unreachable").verdict == ("refuted" if never else "proved")


def test_without_the_solver_such_rules_are_undecided_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "installed", lambda: False)
    rule = "评价标准 当 甲 < 乙 计5分；当 甲 + 乙 < 10件 计3分；当 甲 ≥ 5件 计8分\n"
    found = claim(rd.loads(HEAD.replace("，整数", "") + rule).verify(), "covers")
    assert (found.verdict, "proofs" in found.reason.en if found.reason else None) == ("undecided", True)


def test_a_solver_that_takes_too_long_is_killed_and_what_it_had_answered_is_kept() -> None:
    easy = "(declare-const x Int)(assert (= (* 2 x) 6))"
    hard = (
        "(declare-const x Int)(declare-const y Int)(declare-const z Int)(assert (and (> x 1) (> y 1) (> z 2)))"
        "(assert (= (+ (* x x x) (* y y y)) (* z z z)))"
    )
    first, *rest = ask.ask([easy, *[hard] * 200], seconds=1.5)
    assert (first.verdict, first.values["x"]) == ("yes", 3)
    assert rest[-1] == ask.UNKNOWN


@pytest.mark.parametrize("script", ["(assert", "(declare-const x Real)(assert (= x y))", ""])
def test_what_the_solver_cannot_read_is_unknown_or_says_nothing(script: str) -> None:
    (found,) = ask.ask([script])
    assert found.verdict in ("unknown", "yes")
    assert not found.values


A, B = Input("甲"), Input("乙")
ALIKE: list[tuple[str, Expr, Expr, str | None]] = [
    ("in another order", Add((A, B)), Add((B, A)), "same"),
    ("a quotient less one", Div(A, B), Div(minus(A, B), B), "line"),
    ("one part for the other", Div(A, Add((A, B))), Div(B, Add((A, B))), "line"),
    ("expanded", Mul(A, Add((A, B))), Add((Mul(A, A), Mul(A, B))), "same"),
    ("turned over", Div(A, B), Div(B, A), None),
    ("another figure", Div(A, B), A, None),
    ("a number", A, Const(Fraction(3)), None),
    ("more than algebra", Extreme("max", (A, B)), Extreme("max", (B, A)), None),
]


@pytest.mark.parametrize(("one", "other", "how"), [case[1:] for case in ALIKE], ids=[case[0] for case in ALIKE])
def test_formulas_that_say_the_same(one: Expr, other: Expr, how: str | None) -> None:
    assert alike(one, other) == how


def test_a_measure_in_other_words_is_reported() -> None:
    text = HEAD.replace("满分 8", "满分 16").replace("一级指标 一 8", "一级指标 一 16")
    rule = "评价标准 ≤ 100% 计满分；> 100% 计0分\n"
    text += f"指标值 甲 ÷ 乙\n{rule}三级指标 变动 8\n指标值 （甲 − 乙） ÷ 乙\n{rule}"
    found = [item for item in rd.loads(text).verify().claims if item.name == "counted-again"]
    assert [item.verdict for item in found] == ["refuted"]
    assert found[0].reason is not None
    assert "规则、变动" in found[0].reason.zh

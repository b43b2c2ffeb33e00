"""Laws that hold for every rubric and every figure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.core import nodes
from rubric_dsl.core.walk import parts_of
from rubric_dsl.diagnostics import Lang
from rubric_dsl.evaluate.result import IndicatorResult, ScoreRange
from rubric_dsl.forms.registry import FORMS
from rubric_dsl.inputs import form_checks
from rubric_dsl.scoring import indicator, totals
from rubric_dsl.source import Source
from rubric_dsl.syntax.parse import parse
from rubric_dsl.syntax.write import write_document
from tests.generative.strategies import (
    CHAPTERS,
    RandomRubric,
    figures,
    names,
    other_rubrics,
    quoted,
    rubrics,
    step_rubrics,
)
from tests.spec.test_chapters import loaded
from tests.tries import tries

relaxed = settings(
    deadline=None,
    max_examples=tries(80, one_in=8),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def only(rubric: rd.Rubric, data: Mapping[str, object]) -> IndicatorResult:
    return list(rubric.score(data).indicators.values())[-1]


@relaxed
@given(st.data(), rubrics)
def test_a_score_is_within_its_bounds_and_settled_when_all_is_given(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    result = only(rubric, data.draw(figures(random)))
    floor = rubric.indicators[result.name].floor
    assert floor <= result.range.min <= result.range.max <= rubric.indicators[result.name].ceiling
    if not rubric.model.cohorts:  # a group's figures are not given here
        assert result.status in {"scored", "not_applicable", "invalid"}
        assert result.status == "invalid" or result.excluded or result.score is not None


@relaxed
@given(st.data(), rubrics)
def test_the_range_holds_every_completion(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    complete = data.draw(figures(random))
    kept = data.draw(st.sets(st.sampled_from(sorted(complete)))) if complete else set()
    whole, part = rubric.score(complete), rubric.score({key: complete[key] for key in kept})
    for name, settled in whole.indicators.items():
        if settled.status != "invalid":
            assert part.indicators[name].range.min <= settled.range.min <= part.indicators[name].range.max
    if all(item.status != "invalid" for item in whole.indicators.values()):
        assert possible_before(whole.total, part.total)
        for settled_section, section in zip(whole.sections, part.sections, strict=True):
            assert possible_before(settled_section.range, section.range)
        assert set(whole.grade.possible) <= set(part.grade.possible)


def possible_before(found: ScoreRange, before: ScoreRange) -> bool:
    """Whether a score, or that there is none, was possible while figures were missing."""
    if found.rated is False:
        return before.rated is not True
    return before.rated is not False and before.min <= found.min <= found.max <= before.max


@relaxed
@given(st.data(), rubrics)
def test_known_numbers_give_what_the_evaluator_gives_over_ranges(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    complete = data.draw(figures(random))
    kept = data.draw(st.sets(st.sampled_from(sorted(complete)), min_size=len(complete) - 1)) if complete else set()
    given_data = {key: complete[key] for key in kept}
    quick = rubric.score(given_data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indicator, "settled", lambda *_: None)
        patch.setattr(totals, "settled_value", lambda *_: None)
        patch.setattr(form_checks, "settled_value", lambda *_: None)
        slow = rubric.score(given_data)
        assert quick == slow


@settings(parent=relaxed, max_examples=tries(80, one_in=10))
@given(st.data(), rubrics)
def test_what_cannot_be_scored_stays_so_when_more_is_given(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    complete = data.draw(figures(random))
    if not complete:
        return
    complete[data.draw(st.sampled_from(sorted(complete)))] = "不清楚"
    kept = data.draw(st.sets(st.sampled_from(sorted(complete))))
    full, part = rubric.score(complete), rubric.score({key: complete[key] for key in kept})
    for name, item in part.indicators.items():
        assert item.status != "invalid" or full.indicators[name].status == "invalid"


@relaxed
@given(st.data(), step_rubrics("整步"))
def test_whole_steps_cost_least_and_started_steps_most(data: st.DataObject, random: RandomRubric) -> None:
    complete = data.draw(figures(random))
    readings = ("整步", "按比例", "不足一步按一步")
    results = [only(rd.loads(random.text.replace("计步 整步", f"计步 {reading}")), complete) for reading in readings]
    if all(result.score is not None for result in results):
        whole, pro_rata, started = (result.range.min for result in results)
        assert started <= pro_rata <= whole


@relaxed
@given(st.data(), rubrics)
def test_both_keyword_languages_score_the_same(data: st.DataObject, random: RandomRubric) -> None:
    english, faults = rd.format_source(Source("zh", random.text), "en")
    assert english is not None
    assert not faults
    complete = data.draw(figures(random))
    assert only(rd.loads(english), complete).range == only(rd.loads(random.text), complete).range


@relaxed
@given(rubrics, st.sampled_from(["zh", "en"]))
def test_formatting_changes_no_tree_and_twice_is_once(random: RandomRubric, lang: str) -> None:
    language: Lang = "zh" if lang == "zh" else "en"
    document, _ = parse(Source("r", random.text))
    written = write_document(document, language)
    again, faults = parse(Source("r", written))
    assert not faults
    assert again.statements == document.statements
    assert write_document(again, language) == written


@relaxed
@given(names, names, st.sampled_from(["zh", "en"]))
def test_any_name_can_be_written_and_comes_back(first: str, second: str, lang: str) -> None:
    text = (
        f"指标体系 {quoted(first)} 年度 2019\n满分 5\n基础数据表\n{quoted(second)}：万元\n一级指标 {quoted(first)} 5\n"
    )
    document, faults = parse(Source("r", text))
    assert not faults
    written = write_document(document, "zh" if lang == "zh" else "en")
    again, faults = parse(Source("r", written))
    assert not faults
    assert again.statements == document.statements


@settings(deadline=None, max_examples=tries(20))
@given(
    st.sampled_from(["甲 ÷ 乙", "（甲 − 乙） ÷ 乙", "（甲 + 乙 − 丙） ÷ （甲 + 乙）"]), st.integers(1, 30), st.data()
)
def test_some_completion_reaches_each_end(formula: str, size: int, data: st.DataObject) -> None:
    """One figure is missing: the ends of the range are scores that some value of it gives."""
    text = (
        f"指标体系 试 年度 2019\n满分 5\n计步 整步\n基础数据表\n甲：万元\n乙：万元\n丙：万元\n"
        f"一级指标 甲类 5\n三级指标 指标一 5\n指标值 {formula}\n"
        f"评价标准 100% 计满分；每偏离 {size}个百分点扣1分\n"
    )
    rubric = rd.loads(text)
    given_ = {key: Fraction(data.draw(st.integers(1, 40))) for key in ("甲", "乙", "丙")}
    missing = data.draw(st.sampled_from(("甲", "乙", "丙")))
    known = {key: value for key, value in given_.items() if key != missing}
    part = only(rubric, known)
    assert part.range.tight
    candidates = {Fraction(numerator, denominator) for numerator in range(90) for denominator in (1, 2, 3, 7)}
    candidates |= set(_inverse(formula, known, missing, size)) | {Fraction(10**9)}
    scores = {only(rubric, {**known, missing: value}).score for value in candidates if value >= 0}
    assert part.range.min in scores
    assert part.range.max in scores


def _inverse(formula: str, known: dict[str, Fraction], missing: str, size: int) -> list[Fraction]:
    """Values of the missing figure at which the measure meets the target or an edge of a step."""
    found = []
    for steps in range(-6, 7):
        goal = 1 + Fraction(steps * size, 100)
        for guess in (goal, goal - Fraction(1, 10**6), goal + Fraction(1, 10**6)):
            found.extend(_solve(formula, known, missing, guess))
    return found


def _solve(formula: str, known: dict[str, Fraction], missing: str, goal: Fraction) -> list[Fraction]:
    a, b, c = known.get("甲"), known.get("乙"), known.get("丙")
    if formula == "甲 ÷ 乙":
        return [goal * b] if missing == "甲" and b is not None else [a / goal] if missing == "乙" and a and goal else []
    if formula == "（甲 − 乙） ÷ 乙":
        if missing == "甲" and b is not None:
            return [(goal + 1) * b]
        return [a / (goal + 1)] if missing == "乙" and a and goal != -1 else []
    if missing == "丙" and a is not None and b is not None:
        return [(1 - goal) * (a + b)]
    other = b if missing == "甲" else a
    return [c / (1 - goal) - other] if c is not None and other is not None and goal != 1 else []


def test_every_form_and_every_core_node_is_generated() -> None:
    forms: set[str] = set()
    seen: set[type] = set()

    @settings(deadline=None, max_examples=250, database=None, derandomize=True)
    @given(other_rubrics(), rubrics)
    def collect(first: RandomRubric, second: RandomRubric) -> None:
        for random in (first, second):
            indicator = rd.loads(random.text).indicators[random.indicator]
            forms.update(clauses_in(random.text))
            _collect_program(indicator.program, seen)

    collect()
    for chapter in CHAPTERS:
        forms.update(clauses_in(chapter.text))
        for program in (item.program for item in loaded(chapter.text).indicators.values()):
            _collect_program(program, seen)
    assert forms >= {clause for form in FORMS for clause in form.clauses}
    expected = {
        nodes.Const, nodes.Input, nodes.Measure, nodes.Add, nodes.Mul, nodes.Div, nodes.Extreme, nodes.ToWhole,
        nodes.Real, nodes.Lookup, nodes.Case, nodes.Compare, nodes.Is, nodes.Both, nodes.Either, nodes.Not,
    }  # fmt: skip
    assert seen == expected


def clauses_in(text: str) -> set[str]:
    document, _ = parse(Source("r", text))
    rules = [statement.tree for statement in document.statements if statement.kind == "rule"]
    return {clause.kind for rule in rules for clause in rule.children}


def _collect_program(program: nodes.Program, seen: set[type]) -> None:
    for variant in program.variants:
        for expr in (variant.measure, variant.score):
            if expr is not None:
                _collect(expr, seen)
        if variant.condition is not None:
            _conditions(variant.condition, seen)


def _collect(expr: nodes.Expr, seen: set[type]) -> None:
    seen.add(type(expr))
    if isinstance(expr, nodes.Case):
        for branch in expr.branches:
            _conditions(branch.condition, seen)
    for part in parts_of(expr):
        _collect(part, seen)


def _conditions(condition: nodes.Condition, seen: set[type]) -> None:
    seen.add(type(condition))
    if isinstance(condition, nodes.Compare):
        _collect(condition.left, seen)
        _collect(condition.right, seen)
    elif isinstance(condition, nodes.Not):
        _conditions(condition.part, seen)
    elif not isinstance(condition, nodes.Is):
        for part in condition.parts:
            _conditions(part, seen)


@relaxed
@given(st.data(), step_rubrics())
def test_a_capped_deduction_never_costs_more_than_its_cap(data: st.DataObject, random: RandomRubric) -> None:
    capped = [line for line in random.text.splitlines() if "最多" in line]
    result = only(rd.loads(random.text), data.draw(figures(random)))
    if capped and result.score is not None:
        assert random.points - result.score <= random.points / 2


TABLE = (
    "指标体系 试 年度 2019\n满分 10\n基础数据表\n  进度：选自（优，良，差）\n  投诉：件，整数，≥ 0件，≤ 3件\n"
    "  退回：件，整数，≥ 0件，≤ 3件\n  计算 合计：件 = 投诉 + 退回\n{check}一级指标 甲类 10\n三级指标 指标一 10\n"
    "评价标准 查表按 {keys}；{rows}\n"
)
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
}
Fits = Callable[[dict[str, object]], bool]


@st.composite
def cells(draw: st.DrawFn, key: str) -> tuple[str, Fits]:
    """A cell of a table, and what it means."""
    if draw(st.integers(0, 3)) == 0:
        return "任意", lambda data: True
    if key == "进度":
        word = draw(st.sampled_from(("优", "良", "差")))
        return word, lambda data: data[key] == word
    op, bound = draw(st.sampled_from(sorted(COMPARISONS))), draw(st.sampled_from((0, 1, 2, 3, "退回")))
    unit = "" if bound == "退回" else "件"

    def fits(data: dict[str, object]) -> bool:
        number = data[bound] if isinstance(bound, str) else bound
        return COMPARISONS[op](int(str(data[key])), int(str(number)))

    return f"（{op} {bound}{unit}）", fits


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[list[Fits]], bool]:
    """A table over one to three keys, what its rows mean, and whether the form asks that no more come back than came."""
    keys = draw(st.lists(st.sampled_from(("进度", "投诉", "退回", "合计")), min_size=1, max_size=3, unique=True))
    rows = draw(st.lists(st.tuples(*(cells(key) for key in keys)), min_size=1, max_size=5))
    written = "；".join(f"组合 {'，'.join(text for text, _ in row)} 计{place}分" for place, row in enumerate(rows))
    checked = draw(st.booleans())
    check = "  核对 投诉 ≥ 退回\n" if checked else ""
    text = TABLE.format(check=check, keys="，".join(keys), rows=written)
    return text, [[fits for _, fits in row] for row in rows], checked


@settings(deadline=None, max_examples=tries(300))
@given(tables())
def test_a_table_is_open_only_where_data_fit_no_row(table: tuple[str, list[list[Fits]], bool]) -> None:
    text, rows, checked = table
    every = [
        dict(zip(("进度", "投诉", "退回"), item, strict=True))
        for item in product(("优", "良", "差"), range(4), range(4))
    ]
    admitted = [data for data in every if not checked or int(str(data["投诉"])) >= int(str(data["退回"]))]
    missed = [
        data
        for data in admitted
        if not any(
            all(fits({**data, "合计": int(str(data["投诉"])) + int(str(data["退回"]))}) for fits in row) for row in rows
        )
    ]
    rubric, found = rd.check_source(Source("试", text), deep=False)
    told = [item for item in found if item.code == "table-open"]
    assert bool(told) == bool(missed) == (rubric is None)
    if rubric is None:
        assert told[0].witness is not None
        shown = told[0].witness.zh.removeprefix("例：").removesuffix(" 时没有得分")
        named = dict(part.split(" = ") for part in shown.split("，"))
        assert any(all(str(data[key]) == value for key, value in named.items()) for data in missed)
        return
    for data in admitted:
        assert only(rubric, data).score is not None

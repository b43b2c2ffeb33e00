"""What verify proves and refutes: against brute force on random rubrics, and on the official rubric."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.analysis.claims import RubricClaim, Verification
from rubric_dsl.analysis.domain import Grid, listed, on_grid, total
from rubric_dsl.evaluate.result import Result
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import between
from rubric_dsl.testing.submissions import submissions
from tests.commands import run
from tests.generative.strategies import RandomRubric, band_rubrics, chapter_rubrics, step_rubrics, tree_rubrics
from tests.tries import tries

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "rubrics" / "yuhua" / "2019.rubric"
HEAD = """指标体系 试 年度 2019
满分 8
计步 整步
基础数据表
  甲：件，整数
  乙：件，整数
一级指标 一 8
三级指标 规则 8
"""
MOST = 8
"""Conditions compare with numbers up to this; beyond it nothing changes."""


def claim(report: Verification, name: str, indicator: str = "规则") -> RubricClaim:
    return next(item for item in report.all_claims if item.name == name and item.subject == indicator)


comparisons = st.tuples(
    st.sampled_from(("甲", "乙")), st.sampled_from(("<", "≤", ">", "≥", "=")), st.integers(0, MOST)
).map(lambda part: f"{part[0]} {part[1]} {part[2]}件")
conditions = st.lists(comparisons, min_size=1, max_size=3, unique=True).flatmap(
    lambda parts: st.sampled_from((" 且 ".join(parts), " 或 ".join(parts)))
)


@st.composite
def case_rules(draw: st.DrawFn) -> str:
    """Cases over two counts, some of them shadowed by those before, with or without a last word."""
    found = draw(st.lists(conditions, min_size=1, max_size=4, unique=True))
    clauses = [f"当 {condition} 计{draw(st.integers(0, 8))}分" for condition in found]
    if draw(st.booleans()):
        clauses.append("否则 计1分")
    return "评价标准 " + "；".join(clauses) + "\n"


def enumerate_all(rubric: rd.Rubric) -> tuple[set[Fraction], bool]:
    """Score every pair of counts; the scores that come out, and whether any pair has none."""
    scores: set[Fraction] = set()
    gap = False
    for a in range(MOST + 2):
        for b in range(MOST + 2):
            item = rubric.score({"甲": a, "乙": b}).indicators["规则"]
            if item.status == "invalid" or item.score is None:
                gap = True
            else:
                scores.add(item.score)
    return scores, gap


@given(case_rules())
@settings(max_examples=25, deadline=None)
def test_verdicts_equal_exhaustive_enumeration(rule: str) -> None:
    rubric = rd.loads(HEAD + rule)
    report = rubric.verify()
    scores, gap = enumerate_all(rubric)
    (indicator,) = report.indicators
    assert claim(report, "covers").verdict == ("refuted" if gap else "proved")
    assert set(indicator.scores.values) == scores
    assert indicator.scores.exact
    assert not indicator.scores.stretches
    full = claim(report, "reaches-full").verdict
    assert full == ("proved" if Fraction(8) in scores else "refuted")


@given(case_rules())
@settings(max_examples=25, deadline=None)
def test_a_case_is_unreached_exactly_when_taking_it_out_changes_no_score(rule: str) -> None:
    rubric = rd.loads(HEAD + rule)
    (indicator,) = rubric.verify().indicators
    clauses = rule.removeprefix("评价标准 ").strip().split("；")
    for clause in clauses:
        if not clause.startswith("当"):
            continue
        # A score that no other case gives shows whether this one is ever taken.
        marked = rule.replace(clause, clause.rpartition("计")[0] + "计7.5分")
        scores, _ = enumerate_all(rd.loads(HEAD + marked))
        words = {found[0] for found in indicator.unreached}
        assert any(clause in word or word in clause for word in words) == (Fraction("7.5") not in scores)


@given(st.one_of(step_rubrics(), band_rubrics()), st.data())
@settings(max_examples=tries(40), deadline=None)
def test_no_data_score_what_is_said_to_be_out_of_reach(case: RandomRubric, data: st.DataObject) -> None:
    rubric = rd.loads(case.text)
    report = rubric.verify()
    (indicator,) = report.indicators
    for _ in range(5):
        given_figures = {
            name: text_of(data.draw(st.integers(0, 400).map(lambda v: Fraction(v, 4)))) for name in case.inputs
        }
        found = rubric.score(given_figures).indicators[case.indicator]
        if found.status == "scored" and found.score is not None:
            assert indicator.scores.holds(found.score)
    for item in report.all_claims:
        if item.name in ("reaches-full", "reaches-least") and item.verdict == "proved":
            wanted = (
                rubric.indicators[case.indicator].ceiling
                if item.name == "reaches-full"
                else rubric.indicators[case.indicator].floor
            )
            assert rubric.score(dict(item.data)).indicators[case.indicator].score == wanted


@given(band_rubrics())
@settings(max_examples=tries(40), deadline=None)
def test_edges_say_what_scoring_says(case: RandomRubric) -> None:
    rubric = rd.loads(case.text.replace("指标值 ", "指标值 甲 ÷ 乙\n# ", 1))
    (indicator,) = rubric.verify().indicators
    tiny = Fraction(1, 10**6)
    for edge in indicator.edges:
        for at, expected in ((edge.at - tiny, edge.below), (edge.at, edge.on), (edge.at + tiny, edge.above)):
            if at >= 0:
                data = {"甲": text_of(at * 100), "乙": "100"}
                assert rubric.score(data).indicators[case.indicator].score == expected


def test_the_seed_shows_which_published_scores_cannot_be_scores() -> None:
    report = rd.load(SEED).verify()
    scores = {item.name: item.scores for item in report.indicators}
    for name, claimed in (("预算完成率", 4), ("政府采购执行率", 5), ("社会公众或服务对象满意度", 5)):
        assert scores[name].exact
        assert not scores[name].holds(Fraction(claimed))
    assert scores["预算完成率"].nearest(Fraction(4)) == (3, 5)
    assert [text_of(value) for value in scores["政府采购执行率"].values] == ["0", "2", "4", "6"]
    pro_rata = {item.name: item.scores for item in rd.load(SEED).with_reading("按比例").verify().indicators}
    assert pro_rata["预算完成率"].holds(Fraction(4))
    assert not pro_rata["社会公众或服务对象满意度"].holds(Fraction(5))


def test_without_the_decision_a_cut_budget_is_uncovered_with_a_witness() -> None:
    text = SEED.read_text(encoding="utf-8").replace("    < 0 计5分；\n", "", 1)
    _, found = rd.check_source(rd.Source("seed", text))
    gap = next(item for item in found if item.code == "band-gap")
    assert gap.witness is not None
    assert "本年追加预算 = −" in gap.witness.zh
    assert "年初预算 = " in gap.witness.zh


def test_each_claim_of_the_seed_that_does_not_hold_is_known() -> None:
    """Two-sided and shared figures are the wording's own; full marks without a project are stated in it."""
    report = rd.load(SEED).verify()
    refuted = {(item.name, item.subject) for item in report.all_claims if item.verdict == "refuted"}
    assert {name for name, _ in refuted} == {"monotone", "not-applicable-points", "figure-shared"}
    assert [subject for name, subject in refuted if name == "monotone"] == ["政府采购执行率"]
    assert not [item for item in report.all_claims if item.verdict == "undecided"]
    assert {item.verdict for item in report.claims if item.name == "grade-reachable"} == {"proved"}


def test_a_rule_that_goes_up_and_down_is_shown_with_data_for_both() -> None:
    text = HEAD + "指标值 甲\n评价标准 < 2件 计5分；2件（含） 到 4件 计3分；4件（含） 到 6件 计4分；≥ 6件 计0分\n"
    found = claim(rd.loads(text).verify(), "monotone")
    assert found.verdict == "refuted"
    assert len(found.witnesses) == 4


def test_a_shadowed_case_and_a_gate_that_never_holds_are_reported() -> None:
    text = HEAD + "指标值 甲\n评价标准 当 甲 ≥ 2件 计5分；当 甲 ≥ 4件 计8分；否则 计0分\n不适用当 甲 < 0件 计满分\n"
    report = rd.loads(text).verify()
    found = claim(report, "no-unreachable")
    assert found.verdict == "refuted"
    assert found.reason is not None
    assert "甲 ≥ 4件" in found.reason.zh
    assert claim(report, "reaches-full").verdict == "refuted"
    gated = rd.loads(HEAD + "指标值 甲\n评价标准 ≥ 2件 计满分；< 2件 不得分\n不适用当 甲 ≥ 0件 计满分\n").verify()
    found = claim(gated, "no-unreachable")
    assert found.reason is not None
    assert (found.reason.zh, found.reason.en) == ("用不到：一般情形", "never: the general case")


def test_reporting_nothing_is_priced() -> None:
    text = HEAD + "指标值 甲 ÷ 乙\n评价标准 ≤ 100% 计满分；每超过 1个百分点扣0.5分\n不适用当 甲 = 0 且 乙 = 0 计满分\n"
    report = rd.loads(text).verify()
    found = claim(report, "not-applicable-points", "")
    assert found.verdict == "refuted"
    assert found.reason is not None
    assert "8" in found.reason.zh


@pytest.mark.parametrize("step", [Fraction(1), Fraction(1, 2)])
def test_domains_on_a_grid(step: Fraction) -> None:
    found = on_grid(between(0, None, low_open=True), Grid(step))
    assert found.range.low.value == step
    assert [item.range.known for item in found.split(2 * step)][:2] == [step, 2 * step]
    sums = total([listed([Fraction(0), Fraction(2)]) or found, listed([Fraction(0), Fraction(3)]) or found])
    assert sums.values == (0, 2, 3, 5)


def test_the_command_reports_in_both_languages_and_as_json() -> None:
    shown = {}
    for lang in ("zh", "en"):
        done = run("verify", str(SEED), "--lang", lang)
        assert done.returncode == 0
        shown[lang] = done.stdout
    assert "能得的分：0、1、3、5" in shown["zh"]
    assert "scores that can be: 0, 1, 3, 5" in shown["en"]
    assert "the denominator" in shown["en"]
    found = json.loads(run("verify", str(SEED), "--format", "json").stdout)
    assert found["indicators"][2]["scores"]["values"] == ["0", "1", "3", "5"]
    assert found["faults"] == 0


def test_a_rubric_whose_rules_fail_some_data_ends_with_one(tmp_path: Path) -> None:
    loose = tmp_path / "loose.rubric"
    loose.write_text(SEED.read_text(encoding="utf-8").replace("人，整数，> 0，", "人，整数，", 1), encoding="utf-8")
    done = run("verify", str(loose), "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["faults"]) == (1, 1)


LIMITS = [
    ("nothing is said", "", "", "refuted"),
    ("a limit of the figure", "，> 0", "", "proved"),
    ("a limit that leaves 0", "，≥ 0件", "", "refuted"),
    ("a check of the form", "", "  核对 丁 > 0\n", "proved"),
    ("a check of the form, turned round", "", "  核对 3件 ≤ 丁 × 2\n", "proved"),
    ("a check that leaves 0", "", "  核对 丁 ≥ 0\n", "refuted"),
    ("a case before it", "", "不适用当 丁 = 0 且 丙 = 0 计满分\n不得分当 丁 = 0 且 丙 > 0件\n", "proved"),
    ("a case before it that leaves some", "", "不适用当 丁 = 0 且 丙 = 0 计满分\n", "refuted"),
]


@pytest.mark.parametrize(("limit", "more", "verdict"), [case[1:] for case in LIMITS], ids=[case[0] for case in LIMITS])
def test_what_is_said_of_a_denominator_decides_whether_it_can_be_zero(limit: str, more: str, verdict: str) -> None:
    form = HEAD.replace("  乙：件，整数\n", f"  丙：件\n  丁：件{limit}\n" + (more if "核对" in more else ""))
    rule = "指标值 丙 ÷ 丁\n评价标准 ≥ 50% 计8分；< 50% 计0分\n" + (more if "不适用" in more else "")
    report = rd.loads(form + rule).verify()
    assert claim(report, "denominator").verdict == verdict
    codes = [item.code for item in rd.check_source(rd.Source("rule", form + rule))[1]]
    assert ("denominator-zero" in codes) == (verdict == "refuted")


def test_data_that_break_a_check_of_the_form_prove_nothing() -> None:
    """Without the check, 甲 = 9 has no score; with it, such data are turned down before they are scored."""
    rule = "指标值 甲\n评价标准 < 5件 计8分；5件（含） 到 8件（含） 计0分\n"
    gap = "  甲：件，整数\n  核对 甲 ≤ 8件\n"
    assert "band-gap" in [item.code for item in rd.check_source(rd.Source("rule", ONE + rule))[1]]
    held = rd.loads(ONE.replace("  甲：件，整数\n", gap) + "评价标准 当 甲 < 5件 计8分；当 甲 ≤ 8件 计0分\n")
    assert claim(held.verify(), "covers").verdict == "proved"


ONE = HEAD.replace("  乙：件，整数\n", "")
CHECKED = [
    ("a case that those before it cover", "当 甲 ≥ 2件 计8分；当 甲 ≥ 4件 计5分；否则 计0分", "never-reached"),
    ("full marks that no band gives", "< 2件 计5分；≥ 2件 计0分", "full-marks-unreachable"),
    ("a band that scores more than its neighbours", "< 2件 计8分；2件（含） 到 4件 计3分；≥ 4件 计4分", "up-and-down"),
]


@pytest.mark.parametrize(("rule", "code"), [case[1:] for case in CHECKED], ids=[case[0] for case in CHECKED])
def test_check_warns_of_what_cannot_be_meant(rule: str, code: str) -> None:
    _, found = rd.check_source(rd.Source("rule", ONE + f"指标值 甲\n评价标准 {rule}\n"))
    assert [item.code for item in found] == [code]
    assert all(item.severity == "warning" and item.places for item in found)


@pytest.mark.parametrize(
    "rule",
    [
        "按折线 2件 计0分，4件 计满分，两端之外 不变",
        "按折线 2件 计0分，4件 计满分，两端之外 延长",
        "按折线 0件 计1分，4件 计满分，两端之外 不变",
    ],
)
def test_what_a_bound_outdoes_is_reached_all_the_same(rule: str) -> None:
    """A line that gives 0 or less is no line out of reach, and outside the points there need not be any data."""
    assert not rd.check_source(rd.Source("rule", ONE + f"指标值 甲\n评价标准 {rule}\n"))[1]


def test_a_peak_is_no_slip() -> None:
    rule = "< 2件 计5分；2件（含） 到 4件 计8分；≥ 4件 计4分"
    assert not rd.check_source(rd.Source("rule", ONE + f"指标值 甲\n评价标准 {rule}\n"))[1]


def test_quotients_that_are_only_compared_with_each_other_are_one_quantity() -> None:
    text = HEAD.replace("  乙：件，整数\n", "  乙：件，整数\n  丙：件\n  丁：件\n")
    rule = "评价标准 当 丙 ÷ 甲 < 丁 ÷ 乙 计8分；当 丙 ÷ 甲 ≥ 丁 ÷ 乙 计3分\n"
    assert claim(rd.loads(text + rule).verify(), "covers").verdict == "proved"


NULLABLE = HEAD.replace("甲：件，整数", "甲：件，整数，≤ 8件").replace("乙：件，整数", "乙：件，整数，≤ 8件，可无数据")
LOGS = HEAD.replace("甲：件，整数", "甲：件，整数，> 0")
COVERS = [
    ("a figure that may be unavailable", NULLABLE, "得分 = 最大值（甲 ÷ 1件，乙 ÷ 1件），最多 满分", "refuted"),
    ("where it may be, something else", NULLABLE, "当 无数据（乙） 计0分；当 乙 ≥ 3件 计8分；否则 计1分", "proved"),
    ("asked too late", NULLABLE, "当 乙 ≥ 3件 计8分；当 无数据（乙） 计0分；否则 计1分", "refuted"),
    ("asked beside it", NULLABLE, "当 乙 ≥ 3件 且 并非（无数据（乙）） 计8分；否则 计1分", "proved"),
    ("an edge that is a logarithm", LOGS, "当 自然对数（甲 ÷ 1件） ≥ 自然对数（6） 计8分；否则 计1分", "undecided"),
    ("rounded logarithms", LOGS, "得分 = 舍入（自然对数（甲 ÷ 1件） ÷ 自然对数（6），0.5，四舍五入），最多 满分", "undecided"),
    ("numbers that are known", LOGS, "当 自然对数（6） ≥ 1 计8分；否则 计1分", "proved"),
    ("a logarithm of zero", HEAD, "得分 = 舍入（自然对数（甲 ÷ 1件），1，四舍五入），最多 满分", "refuted"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "rule", "verdict"), [case[1:] for case in COVERS], ids=[case[0] for case in COVERS])
def test_that_all_data_have_a_score_is_proved_only_where_they_have(head: str, rule: str, verdict: str) -> None:
    rubric = rd.loads(head + f"评价标准 {rule}\n")
    found = claim(rubric.verify(), "covers")
    assert found.verdict == verdict
    if verdict == "refuted":
        assert rubric.score(dict(found.data)).indicators["规则"].status == "invalid"


BONUS = """指标体系 试 年度 2019
满分 8
等级 优 ≥ 7分，中 < 7分
一级指标 一 8
三级指标 规则 8
评价标准 评定给分 0分 到 8分
加分项 奖 5
评价标准 评定给分 0分 到 5分
"""
WITHIN = [
    ("a bonus beyond the points", "总分限于 0分 到 13分\n", "总分在 0 到 13 之间", "proved"),
    ("a bonus within the points", "总分限于 0分 到 8分\n", "总分在 0 到 8 之间", "proved"),
    ("a veto after the limits", "总分限于 0分 到 13分\n否决 一 当 总分 > 1 扣9分\n", "总分在 0 到 13 之间", "refuted"),
]


@pytest.mark.parametrize(("after", "text", "verdict"), [case[1:] for case in WITHIN], ids=[case[0] for case in WITHIN])
def test_the_total_is_held_to_what_the_rubric_says_of_it(after: str, text: str, verdict: str) -> None:
    found = claim(rd.loads(BONUS + after).verify(), "total-within", "")
    assert (found.text.zh, found.verdict) == (text, verdict)


def test_a_heading_that_gives_points_for_nothing_is_priced() -> None:
    text = BONUS.replace("一级指标 一 8\n", "一级指标 一 8\n基本分 1分\n") + "总分限于 2分 到 13分\n"
    found = claim(rd.loads(text).verify(), "for-nothing", "")
    assert found.verdict == "refuted"


UNSCORED = {"figure-unavailable", "no-real-value", "rounding-undecided", "zero-denominator"}
GROUPED = """指标体系 试 年度 2019
满分 8
等级 优 ≥ 7分，中 < 7分
基础数据表
  甲：件，整数
  乙：万元，可无数据
一级指标 一 8
三级指标 规则 8
指标值 甲
评价标准 ≥ 同组平均（甲） 计满分；< 同组平均（甲） 计2分
否决 一 当 乙 > 70万元 扣2分
总分限于 0分 到 8分
"""
reports: dict[str, Verification] = {}


@given(
    st.one_of(tree_rubrics(), chapter_rubrics, band_rubrics(), st.sampled_from([*COVERS, *WITHIN]), st.just(GROUPED)),
    st.data(),
)
@settings(max_examples=tries(60, one_in=12), deadline=None)
def test_no_data_contradict_what_is_proved_or_refuted(case: object, data: st.DataObject) -> None:
    text = _text_of(case)
    rubric = rd.loads(text)
    report = reports.setdefault(text, rubric.verify())
    for _ in range(4):
        result = rubric.score(data.draw(submissions(rubric)))
        codes = {item.code for item in result.diagnostics if item.is_error}
        if codes - UNSCORED:
            continue
        for item in report.all_claims:
            _holds(item, rubric, result)
        if all(item.verdict == "proved" for item in report.all_claims if item.name == "covers"):
            assert not codes - {"zero-denominator"}
            if all(item.verdict == "proved" for item in report.all_claims if item.name == "denominator"):
                assert not codes or "no-subtotal" in {item.code for item in result.diagnostics}


def _text_of(case: object) -> str:
    if isinstance(case, RandomRubric):
        return case.text
    if isinstance(case, tuple):
        return f"{case[1]}评价标准 {case[2]}\n" if case in COVERS else BONUS + str(case[1])
    return str(case)


def _holds(item: RubricClaim, rubric: rd.Rubric, result: Result) -> None:
    """One result contradicts no claim of what must be, and none of what cannot be."""
    if item.subject:
        score = result.indicators[item.subject].score if result.indicators[item.subject].status == "scored" else None
        low, high = rubric.indicators[item.subject].floor, rubric.indicators[item.subject].ceiling
    else:
        score, (low, high) = result.total.score, rubric.model.total_limits
    match item.name, item.verdict:
        case ("within-points" | "total-within", "proved"):
            assert score is None or low <= score <= high, item
        case "reaches-full", "refuted":
            assert score is None or score < rubric.indicators[item.subject].full, item
        case "reaches-least", "refuted":
            assert score != low, item
        case "grade-reachable", "refuted":
            assert f"“{result.grade.value}”" not in item.text.zh, item
        case "for-nothing", "proved":
            assert rubric.score({}).total.min <= 0
        case _:
            pass

"""Claimed scores against recomputed ones: the bureau that the project began with, folders, other figures and readings."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import rubric_dsl as rd
from rubric_cli.app import cli
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.data.submission import Claim
from rubric_dsl.numbers import text_of
from rubric_dsl.report.audit_text import audit_lines
from rubric_dsl.review.audit import Audit, ClaimAudit
from rubric_dsl.review.shares import shares
from rubric_dsl.source import Source, read_source
from tests.generative.strategies import RandomRubric, band_rubrics, figures, rubrics, step_rubrics
from tests.tries import tries

ROOT = Path(__file__).resolve().parent.parent
SEED, BUREAU = ROOT / "rubrics/yuhua/2019.rubric", ROOT / "rubrics/yuhua/2019-science-bureau.yaml"
HEAD = """指标体系 试 年度 2019
满分 8
计步 整步
等级 优 ≥ 7分，中 < 7分
基础数据表
  甲：件，整数
  乙：件，整数
  合计：件，整数
  核对 合计 = 甲 + 乙
一级指标 一 8
三级指标 规则 8
  指标值 甲
  评价标准 ≥ 10件 计满分；每低于 2件扣3分，扣完为止
"""


def audit(rubric: rd.Rubric, text: str) -> Audit:
    submissions, faults = read_submissions(Source("d.yaml", text))
    assert not faults
    return rubric.audit(*submissions)[0]


def one(rubric: rd.Rubric, text: str) -> ClaimAudit:
    return audit(rubric, text).claims[0]


@pytest.fixture(scope="module")
def bureau() -> Audit:
    submissions, _ = read_submissions(read_source(BUREAU))
    return rd.load(SEED).audit(*submissions)[0]


def test_the_bureaus_claims(bureau: Audit) -> None:
    verdicts = {item.result.name: item.verdict for item in bureau.claims}
    wrong = {"在职人员控制率": "differs", "预算完成率": "differs", "政府采购执行率": "differs"}
    wrong["社会公众或服务对象满意度"] = "unattainable"
    assert {name: verdict for name, verdict in verdicts.items() if verdict != "confirmed"} == wrong
    assert all(item.robust for item in bureau.objections)
    assert (bureau.whole.verdict, bureau.whole.grade_verdict) == ("differs", "differs")
    assert (bureau.whole.total.min, bureau.whole.total.max) == (73, 79)
    assert (bureau.whole.envelope.min, bureau.whole.envelope.max) == (69, 79)
    assert bureau.whole.every_grade == ("中",)


def test_which_of_the_bureaus_scores_no_data_could_give(bureau: Audit) -> None:
    found = {item.result.name: item for item in bureau.claims}
    for name in ("预算完成率", "政府采购执行率"):
        by_reading = {other.reading: other.attainable for other in found[name].elsewhere if other.variant is None}
        assert found[name].attainable is False
        assert by_reading == {"不足一步按一步": False, "按比例": True}
    assert [text_of(score) for score in found["社会公众或服务对象满意度"].nearest] == ["4", "6"]
    assert not found["社会公众或服务对象满意度"].elsewhere  # bands read the same under every reading of part steps


def test_what_the_bureaus_confirmed_claims_rest_on(bureau: Audit) -> None:
    control = next(item for item in bureau.claims if item.result.name == "预算控制率")
    assert (control.verdict, control.robust) == ("confirmed", False)
    (other,) = [item for item in control.elsewhere if item.agrees is False and not item.reading]
    assert other.variant is not None
    assert [(item.key, item.text) for item in other.variant.others] == [("本年追加预算", "8561.78")]
    assert other.range.score == 0
    assert all(item.robust for item in bureau.claims if item.verdict == "confirmed" and item is not control)


CLAIMS = [
    ("the score itself", "数据: {甲: 9}\n自评: {规则: 8}\n", "confirmed", True),
    ("another score that can be", "数据: {甲: 9}\n自评: {规则: 5}\n", "differs", True),
    ("a score that cannot be, with data", "数据: {甲: 9}\n自评: {规则: 7}\n", "differs", False),
    ("a score that cannot be, without data", "自评: {规则: 7}\n", "unattainable", False),
    ("a score that can be, without data", "自评: {规则: 5}\n", "unverifiable", True),
    ("set by hand", "数据: {甲: 9}\n认定: {规则: {得分: 7, 理由: 复议}}\n自评: {规则: 7}\n", "confirmed", None),
]


@pytest.mark.parametrize(
    ("text", "verdict", "attainable"), [case[1:] for case in CLAIMS], ids=[case[0] for case in CLAIMS]
)
def test_a_claim_is_one_of_four_things(text: str, verdict: str, attainable: bool | None) -> None:
    found = one(rd.loads(HEAD), text)
    assert (found.verdict, found.attainable) == (verdict, attainable)


def test_every_stated_figure_is_tried() -> None:
    """9 in the form and 7 in the report: 8 stands on the form's figure alone."""
    text = "数据: {甲: {各来源: {表: 9, 报告: 7}, 采用: 表}}\n自评: {规则: 8}\n"
    found = one(rd.loads(HEAD), text)
    assert (found.verdict, found.robust) == ("confirmed", False)
    first = next(other for other in found.elsewhere if other.variant is not None)
    assert (first.reading, first.range.score) == ("", 5)


def test_what_several_sources_state_is_combined_whatever_they_are_called() -> None:
    rubric = rd.loads(HEAD.replace("指标值 甲", "指标值 甲 + 乙"))
    for source in ("核对表", "核对“合计 = 甲 + 乙”成立时", "报告"):
        figures = ", ".join(f"{name}: {{各来源: {{表: 3, {source}: 5}}, 采用: 表}}" for name in "甲乙")
        found = one(rubric, f"数据: {{{figures}}}\n自评: {{规则: 8}}\n")
        assert (found.verdict, found.robust) == ("differs", False)


def test_a_broken_check_gives_the_figures_with_which_it_would_hold() -> None:
    found = one(rd.loads(HEAD), "数据: {甲: 9, 乙: 3, 合计: 10}\n自评: {规则: 8}\n")
    stated = [other for other in found.elsewhere if other.variant is not None and not other.reading]
    assert [(o.variant.others[0].text, o.range.score) for o in stated if o.variant is not None] == [("7", 5)]


def test_an_objection_may_rest_on_the_reading() -> None:
    found = one(rd.loads(HEAD), "数据: {甲: 9}\n自评: {规则: 6.5}\n")
    assert (found.verdict, found.attainable, found.robust) == ("differs", False, False)
    assert [other.reading for other in found.elsewhere if other.agrees] == ["按比例"]


@given(st.one_of(step_rubrics(), band_rubrics()), st.data())
@settings(max_examples=tries(40), deadline=None)
def test_what_is_confirmed_is_the_score_and_what_is_unattainable_never_is(
    case: RandomRubric, data: st.DataObject
) -> None:
    rubric = rd.loads(case.text)
    figures = {name: text_of(data.draw(st.integers(0, 400).map(lambda v: Fraction(v, 4)))) for name in case.inputs}
    score = rubric.score(figures).indicators[case.indicator].score
    claim = data.draw(st.sampled_from([score if score is not None else Fraction(1), Fraction(1), Fraction("2.5")]))
    (read,), _ = read_submissions(Source("d.json", json.dumps({"figures": figures})))
    (found,) = rubric.audit(replace(read, claims={case.indicator: Claim(claim)}))[0].claims
    assert (found.verdict == "confirmed") == (score == claim)
    if score == claim:
        assert found.attainable is not False


@given(rubrics, st.data())
@settings(
    max_examples=tries(25), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_what_an_audit_says_of_other_readings_and_figures_is_their_own_score(
    random: RandomRubric, data: st.DataObject
) -> None:
    """Also where nothing of what an indicator reads has changed, and where it reads another's result."""
    rubric = rd.loads(random.text)
    given_, other = (data.draw(figures(random)) for _ in range(2))
    texts, others = (
        {key: rd.exact_text(value) if isinstance(value, Fraction) else str(value) for key, value in row.items()}
        for row in (given_, other)
    )
    both = sorted(texts.keys() & others.keys())
    doubted = data.draw(st.sets(st.sampled_from(both), max_size=2)) if both else set()
    stated = {
        key: {"采用": "一", "各来源": {"一": text, "二": others[key]}} if key in doubted else text
        for key, text in texts.items()
    }
    (read,), faults = read_submissions(Source("d.json", json.dumps({"数据": stated})))
    assert not faults
    claims = dict.fromkeys(rubric.indicators, Claim(Fraction(1)))
    audit = rubric.audit(replace(read, claims=claims))[0]
    readings = rubric.under_readings()
    totals = [audit.result.total]
    for found in audit.claims:
        for item in found.elsewhere:
            submission = read if item.variant is None else item.variant.submission
            result = readings[item.reading].score(submission)
            own = result.indicators[found.result.name]
            assert item.range == own.range or result.adjustments, (item, own)
            totals += [result.total] if item.variant is None else []
    low, high = audit.whole.envelope.min, audit.whole.envelope.max
    assert all(low <= total.min and total.max <= high for total in totals if total.rated is not False)


@pytest.mark.parametrize("count", [12, pytest.param(500, marks=pytest.mark.slow)])
def test_a_folder_is_audited_and_one_faulty_file_stops_no_other(tmp_path: Path, count: int) -> None:
    for number in range(count):
        text = f"单位: 局{number}\n数据: {{甲: {number}}}\n自评: {{规则: 8}}\n自评总分: 8\n自评等级: 优\n"
        (tmp_path / f"{number:03}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "005.yaml").write_text("数据: [", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not data", encoding="utf-8")
    rubric = tmp_path / "r.rubric"
    rubric.write_text(HEAD, encoding="utf-8")
    done = CliRunner().invoke(cli, ["audit", str(rubric), str(tmp_path), "--format", "json", "--lang", "en"])
    shown = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [item["subject"] for item in shown] == [f"局{number}" for number in range(count) if number != 5]
    assert [item["audit"]["stands"] for item in shown] == [False] * 8 + [True] * (count - 9)
    assert "005.yaml" in shown[0]["diagnostics"][0]["file"]
    text = CliRunner().invoke(cli, ["audit", str(rubric), str(tmp_path), "--lang", "zh"]).stdout
    assert f"局{count - 1}" in text.rpartition("单位")[2]


def test_the_command_ends_with_one_only_where_a_claim_does_not_stand(tmp_path: Path) -> None:
    rubric, data = tmp_path / "r.rubric", tmp_path / "d.yaml"
    rubric.write_text(HEAD, encoding="utf-8")
    for text, code in (("数据: {甲: 9}\n自评: {规则: 8}\n", 0), ("自评: {规则: 5}\n", 0), ("自评: {规则: 7}\n", 1)):
        data.write_text(text, encoding="utf-8")
        assert CliRunner().invoke(cli, ["audit", str(rubric), str(data)]).exit_code == code
    (tmp_path / "empty").mkdir()
    assert CliRunner().invoke(cli, ["audit", str(rubric), str(tmp_path / "empty")]).exit_code == 2


@pytest.mark.parametrize(("name", "lang"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_what_the_readme_shows_is_what_the_command_prints(name: str, lang: str) -> None:
    """Line by line, by the words of each line; columns and line ends may be laid out otherwise."""
    done = CliRunner().invoke(cli, ["audit", str(SEED), str(BUREAU), "--lang", lang])
    printed = "".join(done.stdout.split())
    block = (ROOT / name).read_text(encoding="utf-8").split("```\n")[1]
    for line in block.strip().splitlines():
        for part in re.split(r"  +|; |；|…|（核对|\(check", line):
            assert "".join(part.split()) in printed, line


def test_many_audits_say_what_each_alone_does() -> None:
    rubric, submission = rd.load(SEED), read_submissions(read_source(BUREAU))[0][0]
    assert len({repr(item.whole) for item in rubric.audit(*[submission] * 6)}) == 1


SHARED = """指标体系 试 年度 2019
满分 20
基础数据表
  甲：件，整数
  乙：件，整数
  合计：件，整数
  核对 合计 = 甲 + 乙
一级指标 一 20
三级指标 规则 8
  指标值 甲
  评价标准 ≥ 10件 计满分；< 10件 不得分
三级指标 别的 12
  指标值 乙
  评价标准 ≥ 10件 计满分；< 10件 不得分
  不适用当 乙 = 0 不计入并由同级分担
"""
SHARES = [
    ("in the points after sharing", "甲: 10, 乙: 0", "20", "confirmed", None),
    ("in its own points", "甲: 10, 乙: 0", "8", "confirmed", None),
    ("nothing that data give", "甲: 10, 乙: 0", "10", "differs", False),
    ("nobody dropped out", "甲: 10, 乙: 10", "20", "differs", False),
    ("open whether anybody did", "甲: 10", "20", "unverifiable", False),
]


@pytest.mark.parametrize(
    ("figures", "claim", "verdict", "attainable"), [case[1:] for case in SHARES], ids=[case[0] for case in SHARES]
)
def test_a_claim_may_be_in_the_points_that_others_left(
    figures: str, claim: str, verdict: str, attainable: bool | None
) -> None:
    found = one(rd.loads(SHARED), f"数据: {{{figures}}}\n自评: {{规则: {claim}}}\n")
    assert found.verdict == verdict
    assert attainable is None or found.attainable is attainable


def test_another_source_may_say_that_a_part_drops_out() -> None:
    text = "数据: {甲: 10, 乙: {各来源: {表: 10, 报告: 0}, 采用: 表}}\n自评: {规则: 20}\n"
    found = one(rd.loads(SHARED), text)
    assert (found.verdict, found.robust) == ("differs", False)


SUMS = [
    ("they do", "甲: 10, 乙: 10", "规则: 8, 别的: 12", 20, True),
    ("they do not", "甲: 10, 乙: 10", "规则: 8, 别的: 14", 20, False),
    ("after sharing", "甲: 10, 乙: 0", "规则: 20", 20, True),
    ("before it", "甲: 10, 乙: 0", "规则: 8", 20, True),
    ("some have none", "甲: 10, 乙: 10", "规则: 8", 20, None),
    ("there is no total", "甲: 10, 乙: 10", "规则: 8, 别的: 12", None, None),
]


@pytest.mark.parametrize(
    ("figures", "claims", "total", "adds_up"), [case[1:] for case in SUMS], ids=[case[0] for case in SUMS]
)
def test_whether_the_claims_add_up_to_the_claimed_total(
    figures: str, claims: str, total: int | None, adds_up: bool | None
) -> None:
    text = f"数据: {{{figures}}}\n自评: {{{claims}}}\n" + (f"自评总分: {total}\n" if total else "")
    found = audit(rd.loads(SHARED), text)
    assert found.whole.adds_up is adds_up
    if adds_up is False:
        assert not found.stands
        lines = audit_lines(found, "en")
        assert "the claims add up to 22, the claimed total is 20: they do not agree" in lines


@pytest.mark.parametrize(
    ("figures", "words", "code"),
    [("甲: 10, 乙: 10, 合计: 19", "check fails", 0), ("甲: 10, 乙: 10.5", "whole", 1), ("甲: 10, 丙: 3", "丙", 1)],
)
def test_what_is_wrong_with_the_data_is_said_as_score_says_it(
    tmp_path: Path, figures: str, words: str, code: int
) -> None:
    (tmp_path / "r.rubric").write_text(SHARED, encoding="utf-8")
    (tmp_path / "d.yaml").write_text(f"数据: {{{figures}}}\n自评: {{规则: 8}}\n", encoding="utf-8")
    names = [str(tmp_path / "r.rubric"), str(tmp_path / "d.yaml"), "--lang", "en"]
    done = CliRunner().invoke(cli, ["audit", *names])
    assert words in done.stderr
    scored = CliRunner().invoke(cli, ["score", *names])
    assert done.stderr.strip() in scored.stdout
    assert done.exit_code == scored.exit_code == code
    assert words in str(
        json.loads(CliRunner().invoke(cli, ["audit", *names, "--format", "json"]).stdout)["diagnostics"]
    )


@st.composite
def sharing_rubrics(draw: st.DrawFn) -> tuple[str, int]:
    """Two headings whose parts may drop out in any way; 甲1, 甲2 … say which do."""
    head = ["指标体系 试 年度 2019", "满分 20", "基础数据表"]
    tree: list[str] = []
    count = 0
    for heading in "一二":
        tree.append(f"一级指标 {heading} 10")
        for points in draw(st.sampled_from(((4, 6), (2, 3, 5), (10,)))):
            count += 1
            head.append(f"  甲{count}：件，整数")
            tree += [f"三级指标 项{count} {points}", f"评价标准 评定给分 0分 到 {points}分"]
            outcome = draw(
                st.sampled_from(("", "不计入并由同级分担", "不计入并由全部分担", "不计入并减少满分", "计满分"))
            )
            tree += [f"不适用当 甲{count} = 1件 {outcome}"] if outcome else []
    return "\n".join([*head, *tree]) + "\n", count


@given(sharing_rubrics(), st.data())
@settings(max_examples=tries(60), deadline=None)
def test_claims_in_shared_points_stand_and_add_up_to_the_total(case: tuple[str, int], data: st.DataObject) -> None:
    """Each score, in its own points and in those that it counts for; the latter simply add up."""
    text, count = case
    rubric = rd.loads(text)
    figures = {f"甲{number}": str(data.draw(st.sampled_from((0, 0, 1)))) for number in range(1, count + 1)}
    figures |= {f"项{number}": str(data.draw(st.integers(0, 2))) for number in range(1, count + 1)}
    result = rubric.score(figures)
    assume(not any(item.is_error for item in result.diagnostics) and result.total.points > 0)
    scores = {name: item.score for name, item in result.indicators.items() if item.score is not None}
    (read,), _ = read_submissions(Source("d.json", json.dumps({"figures": figures})))
    factors = shares(rubric.model, result)
    counted = {name: score * (factors.get(name, Fraction(1)) or 0) for name, score in scores.items()}
    assert sum(counted.values()) == result.total.score
    for claims in (scores, counted):
        own = {name: Claim(score) for name, score in claims.items()}
        claimed = Claim(result.total.score or Fraction(0))
        (found,) = rubric.audit(replace(read, claims=own, claimed_total=claimed))
        assert {item.verdict for item in found.claims} <= {"confirmed"}
        assert found.whole.adds_up
        assert found.stands
        (wrong,) = rubric.audit(replace(read, claims=own, claimed_total=Claim(claimed.score + 30)))
        assert wrong.whole.adds_up is False

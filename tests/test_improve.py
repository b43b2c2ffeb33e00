"""What would change a score: the promised score comes out, and nothing smaller gives it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import rubric_dsl as rd
from rubric_cli.app import cli
from rubric_dsl.data.reader import read_submissions, submission_from
from rubric_dsl.data.submission import Submission
from rubric_dsl.evaluate.result import Result
from rubric_dsl.numbers import text_of
from rubric_dsl.review.improve import Improver, with_values
from rubric_dsl.review.proposals import Proposal
from rubric_dsl.source import read_source
from rubric_dsl.testing.submissions import submissions
from tests.generative.strategies import RandomRubric, band_rubrics, chapter_rubrics, step_rubrics, tree_rubrics
from tests.tries import tries

ROOT = Path(__file__).resolve().parent.parent
SEED, BUREAU = ROOT / "rubrics/yuhua/2019.rubric", ROOT / "rubrics/yuhua/2019-science-bureau.yaml"
HEAD = """指标体系 试 年度 2019
满分 10
计步 整步
等级 优 ≥ 9分，中 < 9分
基础数据表
  编制：人，整数，> 0
  在职：人，整数
  预算：万元，> 0
  支出：万元
  内：万元
  核对 支出 ≥ 内
  类别：选自（甲，乙）
一级指标 一 10
"""
RULES = """三级指标 控制率 5
  指标值 在职 ÷ 编制
  评价标准 ≤ 100% 计满分；每超过 10个百分点扣2分，扣完为止
三级指标 执行率 3
  指标值 支出 ÷ 预算
  评价标准 > 90% 计满分；80%（含） 到 90%（含） 计1分；< 80% 不得分
三级指标 类 2
  评价标准 当 类别 = 甲 计满分；否则 计0分
"""


def found_for(data: dict[str, object]) -> tuple[Improver, Submission, Result, tuple[Proposal, ...]]:
    rubric = rd.loads(HEAD + RULES)
    submission, _ = submission_from(data)
    result = rubric.score(submission)
    improver = rubric.improver()
    return improver, submission, result, improver.proposals(submission, result)


def changes(proposals: tuple[Proposal, ...], indicator: str) -> list[tuple[str, str, str, str]]:
    return [(p.key, p.old, p.new, text_of(p.after)) for p in proposals if p.indicator == indicator]


DATA: dict[str, object] = {"编制": 10, "在职": 12, "预算": "100", "支出": "70", "内": "60", "类别": "乙"}


def test_people_and_posts_are_whole() -> None:
    """11 posts make it 109.09%, less than a whole step above; 11 staff make it 110%, a whole step."""
    _, _, _, proposals = found_for(DATA)
    assert set(changes(proposals, "控制率")) == {
        ("在职", "12", "10", "5"), ("编制", "10", "11", "5"), ("在职", "12", "11", "3"),
    }  # fmt: skip


def test_an_end_that_belongs_to_the_lower_band_is_passed_by_the_smallest_amount() -> None:
    """More than 90%: 90.01 of 100; 80% is enough for the band below."""
    _, _, _, proposals = found_for(DATA)
    own = changes(proposals, "执行率")
    assert ("支出", "70", "90.01", "3") in own
    assert ("支出", "70", "80", "1") in own
    assert ("预算", "100", "77.77", "3") in own
    assert ("预算", "100", "87.5", "1") in own


def test_a_figure_moves_as_finely_as_it_is_written() -> None:
    _, _, _, proposals = found_for({**DATA, "支出": "70.0001"})
    assert ("支出", "70.0001", "90.0001", "3") in changes(proposals, "执行率")


def test_a_choice_is_tried_too() -> None:
    _, _, _, proposals = found_for(DATA)
    assert changes(proposals, "类") == [("类别", "乙", "甲", "2")]


def test_a_change_that_breaks_an_inequality_of_the_form_is_not_proposed() -> None:
    """内 is 95: spending can rise to reach 90.01, but where it may not fall below 内, a fall is no margin."""
    rubric = rd.loads(HEAD + RULES)
    submission, _ = submission_from({**DATA, "支出": "95", "内": "95"})
    margins = rubric.improver().margins(submission, rubric.score(submission), ["执行率"])
    assert [(item.key, item.new) for item in margins] == [("预算", "105.56")]


def test_a_goal_is_reached_by_the_fewest_changes_and_scored_as_promised() -> None:
    improver, submission, result, _ = found_for(DATA)
    for goal, reached in ((Fraction(6), True), ("优", True), (Fraction(11), False)):
        plan = improver.plan(submission, result, goal)
        after = improver.changed(submission, [(item.key, item.new) for item in plan.proposals])
        assert (plan.reached, plan.total, plan.grade) == (reached, after.total, after.grade)
        assert len({item.key for item in plan.proposals}) == len(plan.proposals)
    assert len(improver.plan(submission, result, Fraction(6)).proposals) == 2
    assert len(improver.plan(submission, result, Fraction(5)).proposals) == 1


@given(st.one_of(step_rubrics(), band_rubrics()), st.data())
@settings(max_examples=tries(30), deadline=None)
def test_the_promised_score_comes_out_and_nothing_smaller_gives_it(case: RandomRubric, data: st.DataObject) -> None:
    rubric = rd.loads(case.text)
    figures = {name: text_of(data.draw(st.integers(1, 400).map(lambda v: Fraction(v, 4)))) for name in case.inputs}
    submission, _ = submission_from(figures)
    result = rubric.score(submission)
    before = result.indicators[case.indicator]
    assume(before.status == "scored" and before.score is not None)
    improver = rubric.improver()
    proposals = improver.proposals(submission, result)
    for item in proposals:
        after = rubric.score(with_values(submission, [(item.key, item.new)]))
        assert after.indicators[case.indicator].score == item.after
        assert after.total == item.total
        moved = {name: None if other.excluded else other.range for name, other in after.indicators.items()}
        assert dict(item.also).items() <= moved.items()
        assert item.change is not None
        for part in (Fraction(99, 100), Fraction(1, 2), Fraction(1, 10)):
            step = Fraction(1, 100)
            less = item.base + (item.change * part) // step * step
            if abs(less - item.base) >= abs(item.change):
                continue
            smaller = rubric.score(with_values(submission, [(item.key, text_of(less))]))
            found = smaller.indicators[case.indicator]
            assert found.score is None or found.score < item.after
    for margin in improver.margins(submission, result):
        lost = rubric.score(with_values(submission, [(margin.key, margin.new)])).indicators[case.indicator]
        assert before.score is not None
        assert lost.score == margin.after
        assert margin.after < before.score


@pytest.fixture(scope="module")
def bureau() -> tuple[rd.Rubric, Submission, Result]:
    rubric = rd.load(SEED)
    (submission,), _ = read_submissions(read_source(BUREAU))
    return rubric, submission, rubric.score(submission)


def test_the_bureau(bureau: tuple[rd.Rubric, Submission, Result]) -> None:
    rubric, submission, result = bureau
    improver = rubric.improver()
    proposals = improver.proposals(submission, result, ["在职人员控制率"])
    assert {("在职人员数", "10", "5"), ("编制数", "12", "5")} <= {(p.key, p.new, text_of(p.after)) for p in proposals}
    assert [(item.key, item.points) for item in improver.waiting(result)] == [("满意度", 6)]
    added = improver.proposals(submission, result, ["预算完成率"])
    assert ("预算控制率", 0) in {
        (name, found and found.score) for p in added if p.key == "本年追加预算" for name, found in p.also
    }


def test_the_commands(tmp_path: Path) -> None:
    run = CliRunner()
    done = run.invoke(cli, ["improve", str(SEED), str(BUREAU), "在职人员控制率", "--lang", "zh"])
    assert done.exit_code == 0
    assert "编制数 10 → 12（+2人）：得 5 分（+5），总分 78～84" in done.stdout
    assert "等级已定：中，缺的数改变不了" in done.stdout
    shown = run.invoke(cli, ["improve", str(SEED), str(BUREAU), "预算控制率", "--format", "json", "--goal", "中"])
    found = json.loads(shown.stdout)
    assert (found["plan"]["reached"], found["plan"]["changes"]) == (True, [])
    assert [item["new"] for item in found["proposals"]] == ["0"]
    assert found["missing"] == [{"figure": "满意度", "points": "6", "indicators": ["社会公众或服务对象满意度"]}]
    assert run.invoke(cli, ["improve", str(SEED), str(BUREAU), "--goal", "100", "--quiet"]).exit_code == 1
    assert run.invoke(cli, ["improve", str(SEED), str(BUREAU), "--goal", "上上"]).exit_code == 2
    moved = run.invoke(cli, ["whatif", str(SEED), str(BUREAU), "--set", "编制数=12", "--lang", "zh"])
    assert moved.stdout.splitlines() == [
        "在职人员控制率（120% → 100%）: 0 → 5", "投入: 8 → 13", "预算配置: 8 → 13", "总分: 73～79 → 78～84", "等级: 中 → 良、中",
    ]  # fmt: skip
    same = run.invoke(cli, ["whatif", str(SEED), str(BUREAU), "--set", "编制数=10", "--lang", "en"])
    assert same.stdout == "no score moves\n"
    assert run.invoke(cli, ["whatif", str(SEED), str(BUREAU), "--set", "编制数"]).exit_code == 2
    assert run.invoke(cli, ["whatif", str(SEED), str(BUREAU), "--set", "编制数=-1"]).exit_code == 1


LOW = """指标体系 试 年度 2019
满分 10
等级 Free ≤ 2.5分，Partly ≤ 5.5分，NotFree > 5.5分
基础数据表
  甲：件，整数，≤ 10件
一级指标 一 10
三级指标 规则 10
  评价标准 得分 = 甲 ÷ 1件，最多 满分
"""


def test_where_low_totals_are_best_changes_go_down() -> None:
    improver, (submission, _) = rd.loads(LOW).improver(), submission_from({"甲": 6})
    result = rd.loads(LOW).score(submission)
    assert {item.after for item in improver.proposals(submission, result)} == {0, 3, 4, 5}
    assert [(item.new, item.after) for item in improver.margins(submission, result)] == [("7", 7)]
    plan = improver.plan(submission, result, "Free")
    assert (plan.reached, plan.grade.value, [item.new for item in plan.proposals]) == (True, "Free", ["0"])
    assert improver.plan(submission, result, Fraction(4)).reached
    best = rd.loads(LOW).score({"甲": 0})
    assert not improver.has_lost(best.indicators["规则"])


TOGETHER = """指标体系 试 年度 2019
满分 10
基础数据表
  甲：件，整数
  乙：件，整数
  丙：件，整数
一级指标 一 8
合计方式 取最低
三级指标 左 8
  评价标准 得分 = 甲 ÷ 1件，最多 满分
三级指标 右 8
  评价标准 得分 = 乙 ÷ 1件，最多 满分
一级指标 二 2
三级指标 另 2
  评价标准 得分 = 丙 ÷ 1件，最多 满分
"""


def test_changes_that_help_only_together_are_found() -> None:
    rubric = rd.loads(TOGETHER)
    submission, _ = submission_from({"甲": 3, "乙": 3, "丙": 2})
    plan = rubric.improver().plan(submission, rubric.score(submission), Fraction(10))
    assert (plan.reached, {(item.key, item.new) for item in plan.proposals}) == (True, {("甲", "8"), ("乙", "8")})


def test_a_missing_figure_leaves_ranges_in_all_that_is_shown(tmp_path: Path) -> None:
    """9 to 10 is found for 10: not reached for certain, and no limit of what can be."""
    (tmp_path / "r.rubric").write_text(TOGETHER, encoding="utf-8")
    (tmp_path / "d.yaml").write_text("数据: {甲: 3, 乙: 8}\n", encoding="utf-8")
    names = ["improve", str(tmp_path / "r.rubric"), str(tmp_path / "d.yaml"), "--goal", "10"]
    done = CliRunner().invoke(cli, [*names, "--lang", "en"])
    assert done.exit_code == 1
    assert "scores 8 (+5), total 8 to 10" in done.stdout
    assert "no changes were found that are sure to reach 10; the best found give 8 to 10:" in done.stdout
    assert "at most" not in done.stdout
    assert (
        "没有找到一定能达到 10 的改动；找到的最好结果是 8～10："
        in CliRunner().invoke(cli, [*names, "--lang", "zh"]).stdout
    )
    plan = json.loads(CliRunner().invoke(cli, [*names, "--format", "json"]).stdout)["plan"]
    assert (plan["total"], plan["total_min"], plan["total_max"]) == (None, "8", "10")


def test_of_indicators_that_were_not_looked_at_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "r.rubric").write_text(TOGETHER, encoding="utf-8")
    (tmp_path / "d.yaml").write_text("数据: {甲: 3, 乙: 8, 丙: 1}\n", encoding="utf-8")
    names = ["improve", str(tmp_path / "r.rubric"), str(tmp_path / "d.yaml"), "左", "--lang", "zh"]
    shown = CliRunner().invoke(cli, names).stdout
    assert "左：3 / 8 分" in shown
    assert "另" not in shown


@given(st.one_of(tree_rubrics(), chapter_rubrics), st.data())
@settings(max_examples=tries(24, one_in=8), deadline=None)
def test_everything_that_is_proposed_comes_out_of_the_evaluator(case: RandomRubric, data: st.DataObject) -> None:
    """Proposals, margins and plans on whole rubrics, figures missing or unavailable among them."""
    rubric = rd.loads(case.text)
    given_data = {key: value for key, value in data.draw(submissions(rubric)).items() if not isinstance(value, dict)}
    submission, _ = submission_from(given_data)
    result = rubric.score(submission)
    improver = rubric.improver()
    sense = improver.sense
    for item in improver.proposals(submission, result):
        after = rubric.score(with_values(submission, [(item.key, item.new)]))
        assert after.indicators[item.indicator].score == item.after
        assert (item.after - result.indicators[item.indicator].range.min) * sense > 0
        assert after.total == item.total
    for margin in improver.margins(submission, result):
        before = result.indicators[margin.indicator].score
        lost = rubric.score(with_values(submission, [(margin.key, margin.new)])).indicators[margin.indicator].score
        assert before is not None
        assert lost == margin.after
        assert (margin.after - before) * sense < 0
    goal = data.draw(st.sampled_from([result.total.max, result.total.points, result.total.points / 2]))
    plan = improver.plan(submission, result, goal)
    after = rubric.score(with_values(submission, [(item.key, item.new) for item in plan.proposals]))
    assert (plan.total, plan.grade) == (after.total, after.grade)
    if after.has_total:
        assert plan.reached == (after.total.min >= goal if sense > 0 else after.total.max <= goal)

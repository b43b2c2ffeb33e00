"""``rubric test``: what examples reach, and the missing ones in rubric text. Each rubric is one that an officer could write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import rubric_dsl as rd
from rubric_cli.app import cli as app
from rubric_dsl.adequacy.placing import placed
from rubric_dsl.adequacy.suggest import suggestions
from rubric_dsl.diagnostics import Lang
from rubric_dsl.report.coverage_text import coverage_text
from rubric_dsl.source import Source

HEAD = """指标体系 试 年度 2024
满分 6分
计步 整步
基础数据表
  预算：万元
  决算：万元
  起数：起，整数
一级指标 执行率 6分
"""
BANDS = """  指标值 决算 ÷ 预算
  评价标准
    ≥ 90% 计满分；
    80%（含）到 90% 计3分；
    < 80% 不得分
"""
STEPS = """  指标值 决算 ÷ 预算
  评价标准
    ≤ 100% 计满分；
    每超过 1个百分点 扣1分，扣完为止
"""


def report(text: str, lang: Lang = "zh") -> list[str]:
    return coverage_text(rd.loads(text).coverage(), lang).split("\n")


def suggested(text: str) -> list[str]:
    rubric = rd.loads(text)
    return [item.line for item in suggestions(rubric.model, rubric.coverage())]


def test_bands_and_edges_without_an_example_are_named() -> None:
    lines = report(HEAD + BANDS + "  例 决算 = 90，预算 = 100 计6分\n  例 决算 = 79.99，预算 = 100 计0分\n")
    assert lines[0] == ("执行率：档次 2/3，临界值 2/6；缺 恰好 80%、刚高于 80%、刚低于 90%、刚高于 90% 等 5 处")
    assert lines[1] == "覆盖：档次 2/3，临界值 2/6"


def test_an_example_a_unit_away_lies_just_beside_an_edge_and_one_farther_does_not() -> None:
    near = report(HEAD + BANDS + "  例 决算 = 89.99，预算 = 100 计3分\n")[0]
    far = report(HEAD + BANDS + "  例 决算 = 89.98，预算 = 100 计3分\n")[0]
    assert "临界值 1/6" in near
    assert "临界值 0/6" in far


def test_the_missing_examples_are_written_with_their_scores() -> None:
    assert suggested(HEAD + BANDS) == [
        "例 决算 = 79.99，预算 = 100 计0分",
        "例 决算 = 80，预算 = 100 计3分",
        "例 决算 = 80.01，预算 = 100 计3分",
        "例 决算 = 89.99，预算 = 100 计3分",
        "例 决算 = 90，预算 = 100 计6分",
        "例 决算 = 90.01，预算 = 100 计6分",
    ]


def test_an_english_rubric_gets_english_examples() -> None:
    english, _ = rd.format_source(Source("-", HEAD + BANDS), "en")
    assert english is not None
    assert suggested(english)[0] == "example 决算 = 79.99, 预算 = 100 scores 0"
    assert report(english, "en")[0].startswith("执行率: bands 0/3, edges 0/6; missing: just below 80%")


def test_steps_count_first_and_last_edge_floor_and_readings() -> None:
    lines = report(HEAD + STEPS + "  例 决算 = 101.5，预算 = 100 计5分\n")
    assert lines[0] == (
        "执行率：档次 1/2，临界值 0/6，封顶保底 0/1，口径 1/1；缺 刚低于 101%、恰好 101%、刚高于 101%、刚低于 106% 等 8 处"
    )
    assert lines[1] == "  未统计：等距的步界只看头尾，其间 4 个不统计"
    assert "例 决算 = 106，预算 = 100 计0分" in suggested(HEAD + STEPS)
    assert "例 决算 = 107，预算 = 100 计0分" in suggested(HEAD + STEPS)


def test_an_example_of_whole_steps_shows_no_reading() -> None:
    assert "口径 0/1" in report(HEAD + STEPS + "  例 决算 = 102，预算 = 100 计4分\n")[0]


def test_not_applicable_and_gates_are_variants() -> None:
    text = HEAD + BANDS + "  不适用当 预算 = 0 且 决算 = 0 计3分\n  不得分当 起数 ≥ 2起\n"
    lines = report(text)
    assert "情形 0/3" in lines[0]
    found = suggested(text)
    assert "例 预算 = 0，决算 = 0 计3分" in found or "例 预算 = 0，决算 = 0，起数 = 0 计3分" in found
    assert "例 预算 = 100，决算 = 0，起数 = 2 计0分" in found or any("起数 = 2" in line for line in found)


def test_whole_numbers_have_two_sides_and_no_middle() -> None:
    text = HEAD + "  评价标准 当 起数 ≥ 3起 不得分；否则 计满分\n"
    assert (
        report(text)[0]
        == "执行率：档次 0/2，临界值 0/2；缺 起数 恰好 2起、起数 恰好 3起、当 起数 ≥ 3起 不得分、否则 计满分"
    )
    assert suggested(text) == ["例 起数 = 2 计6分", "例 起数 = 3 计0分"]


def test_items_and_levels_count_each_option() -> None:
    items = HEAD + "  评价标准 ① “制度” 4分；② “公示” 2分\n  例 ① = 是，② = 否 计4分\n"
    assert report(items)[0] == "执行率：档次 2/4；缺 ① = 否、② = 是"
    assert suggested(items) == ["例 ① = 否，② = 是 计2分"] or len(suggested(items)) == 2
    levels = HEAD + "  评价标准 评为 好 计满分；评为 差 不得分\n  例 执行率 = 好 计6分\n"
    assert report(levels)[0] == "执行率：档次 1/2；缺 执行率 = 差"
    assert suggested(levels) == ["例 执行率 = 差 计0分"]


def test_a_cap_counts_when_it_bites() -> None:
    text = HEAD + "  指标值 决算 ÷ 预算\n  评价标准 按比例计分，最多 满分\n"
    assert report(text + "  例 决算 = 100，预算 = 100 计6分\n")[0] == "执行率：封顶保底 0/1；缺 封顶 6"
    assert report(text + "  例 决算 = 101，预算 = 100 计6分\n")[0] == "执行率：封顶保底 1/1"


def test_what_data_without_a_score_would_show_is_said_and_does_not_count() -> None:
    """Spending without a budget: a denominator of zero, for which no example can be written."""
    lines = report(HEAD + BANDS + "  不适用当 预算 = 0 且 决算 = 0 计满分\n")
    assert lines[1] == "  未统计：决算 刚高于 0万元（这样的数据没有得分，写不成例子）"


def test_an_edge_counts_only_where_the_score_hangs_on_it() -> None:
    """The second figure decides only while the first leaves it open."""
    text = HEAD + "  评价标准 当 起数 ≥ 1起 不得分；当 决算 ≥ 5万元 计3分；否则 计满分\n"
    hidden = report(text + "  例 起数 = 1，决算 = 5 计0分\n")[0]
    shown = report(text + "  例 起数 = 0，决算 = 5 计3分\n")[0]
    assert "决算 恰好 5万元" in hidden
    assert "决算 恰好 5万元" not in shown


def test_lines_are_never_counted_and_a_failing_example_still_shows_its_place() -> None:
    text = HEAD + BANDS
    once, thrice = (text + "  例 决算 = 95，预算 = 100 计6分\n" * n for n in (1, 3))
    assert report(once) == report(thrice)
    assert report(once) == report(text + "  例 决算 = 95，预算 = 100 计5分\n")


def test_written_examples_stand_behind_their_indicator_marked_and_formatted() -> None:
    text = (
        HEAD.replace("满分 6分", "满分 8分")
        + BANDS
        + "  例 决算 = 90，预算 = 100 计6分  # 2023年问答\n\n一级指标 安全 2分\n  评价标准 当 起数 = 0起 计满分；否则 不得分\n"
    )
    text = rd.format_source(Source("-", text))[0] or ""
    rubric = rd.loads(Source("-", text))
    result = placed(Source("-", text), suggestions(rubric.model, rubric.coverage()), "zh")
    assert not result.elsewhere
    lines = result.text.split("\n")
    at = lines.index("  例 决算 = 90，预算 = 100 计6分  # 2023年问答")
    assert lines[at + 1] == "  # 待核：得分由程序按现行规则算出，请对照原文逐条核对"
    assert lines[at + 2] == "  例 决算 = 79.99，预算 = 100 计0分"
    assert lines[-3:] == ["  例 起数 = 0 计2分", "  例 起数 = 1 计0分", ""]
    assert rd.format_source(Source("-", result.text))[0] == result.text
    assert rd.loads(result.text).coverage().full


def test_statements_on_one_line_are_taken_apart_first() -> None:
    text = HEAD + "  评价标准 当 起数 = 0起 计满分；否则 不得分；例 起数 = 0 计6分\n"
    rubric = rd.loads(Source("-", text))
    result = placed(Source("-", text), suggestions(rubric.model, rubric.coverage()), "zh")
    assert "  例 起数 = 0 计6分\n  # 待核" in result.text
    assert rd.loads(result.text).coverage().full


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["test", *words])
    return done.exit_code, done.stdout


def test_the_command_asks_for_full_coverage_only_when_told(tmp_path: Path) -> None:
    file = tmp_path / "a.rubric"
    file.write_text(HEAD + BANDS + "  例 决算 = 90，预算 = 100 计6分\n", encoding="utf-8")
    assert run(str(file), "--lang", "zh")[0] == 0
    assert run(str(file), "--require-coverage", "--quiet") == (1, "")
    assert "覆盖" not in run(str(file), "--no-coverage", "--lang", "zh")[1]
    code, shown = run(str(file), "--suggest", "--lang", "zh")
    assert code == 0
    assert "# 执行率\n  例 决算 = 79.99，预算 = 100 计0分" in shown
    assert run(str(file), "--write", "--lang", "en")[1].endswith(
        "a.rubric: 5 examples written, to review\n1 examples, 1 passed, 0 failed\n"
    )
    assert run(str(file), "--require-coverage", "--quiet") == (0, "")
    assert run("-", "--write", "--lang", "en")[0] == 2


def test_the_command_reports_as_json(tmp_path: Path) -> None:
    file = tmp_path / "a.rubric"
    file.write_text(HEAD + BANDS + "  例 决算 = 90，预算 = 100 计6分\n", encoding="utf-8")
    code, shown = run(str(file), "--suggest", "--format", "json", "--lang", "en")
    assert code == 0
    (found,) = json.loads(shown)["files"]
    assert found["coverage"]["counts"]["edge"] == {"covered": 1, "of": 6}
    goals = {goal["text"]: goal for goal in found["coverage"]["indicators"][0]["goals"]}
    assert goals["exactly 90%"]["lines"] == [14]
    assert goals["just below 90%"]["edge"] == {"at": "0.9", "side": "below", "unit": "0.0001"}
    assert goals["just below 90%"]["data"] == {"决算": "89.99", "预算": "100"}
    assert len(found["suggestions"]) == 5


RUBRICS = Path(__file__).resolve().parent.parent / "rubrics"
LONG = {"2016.rubric"}
"""Conditions over three years at once: some 150 examples."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [pytest.param(p, marks=[pytest.mark.slow] if p.name in LONG else []) for p in sorted(RUBRICS.glob("*/*.rubric"))],
    ids=lambda path: path.stem,
)
def test_real_rubrics_are_made_full(path: Path) -> None:
    source = rd.Source(path.name, path.read_text(encoding="utf-8"))
    rubric = rd.loads(source)
    found = suggestions(rubric.model, rubric.coverage())
    text = placed(source, found, "zh" if rubric.language == "zh" else "en").text
    again, faults = rd.check_source(rd.Source(path.name, text))
    assert again is not None
    assert not [item for item in faults if item.is_error]
    assert rd.format_source(rd.Source(path.name, text))[0] == text
    assert all(item.passed for item in again.run_examples())
    assert again.coverage().full

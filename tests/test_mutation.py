"""``rubric test --mutate``: which changes of a rule its examples notice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import rubric_dsl as rd
from rubric_cli.app import cli as app
from rubric_dsl.adequacy.mutation import IndicatorMutation, mutation
from rubric_dsl.adequacy.placing import placed
from rubric_dsl.adequacy.suggest import suggestions
from rubric_dsl.source import Source
from tests.test_coverage_of_examples import BANDS, HEAD, STEPS


def found(text: str) -> IndicatorMutation:
    return mutation(rd.loads(text).model)[0]


def fates(text: str) -> dict[str, str]:
    return {item.mutant.text.zh: item.fate for item in found(text).results}


def test_an_edge_without_an_example_on_it_leaves_its_owner_open() -> None:
    without = fates(HEAD + BANDS + "  例 决算 = 95，预算 = 100 计6分\n  例 决算 = 85，预算 = 100 计3分\n")
    assert without["指标值 ≥ 90% 改为 >"] == "survived"
    assert without["指标值 ≥ 90% 改为 89.99%"] == "survived"
    on = fates(HEAD + BANDS + "  例 决算 = 90，预算 = 100 计6分\n")
    assert on["指标值 ≥ 90% 改为 >"] == "killed"
    assert on["指标值 ≥ 90% 改为 90.01%"] == "killed"


def test_a_survivor_comes_with_the_example_that_would_notice_it() -> None:
    text = HEAD + BANDS + "  例 决算 = 95，预算 = 100 计6分\n"
    for item in found(text).of("survived"):
        again = found(text + f"  {item.line}\n")
        same = next(other for other in again.results if other.mutant.text == item.mutant.text)
        assert same.fate == "killed", item.mutant.text.zh


def test_changes_of_steps_caps_and_floors() -> None:
    found_fates = fates(HEAD + STEPS + "  例 决算 = 90，预算 = 100 计6分\n")
    assert found_fates == {
        "“≤ 100% 计满分”的 6 分 改为 6.1": "killed",
        "指标值 ≤ 100% 改为 <": "same",
        "指标值 ≤ 100% 改为 99.99%": "same",
        "指标值 ≤ 100% 改为 100.01%": "same",
        "去掉保底 0": "survived",
        "去掉封顶 6": "same",
        "每步的 1 分 改为 1.1": "survived",
        "步数的“向下” 改为 “向上”": "survived",
        "每步 1 个百分点 改为 0.99 个百分点": "survived",
        "每步 1 个百分点 改为 1.01 个百分点": "survived",
        "没有偏离的一侧也扣分": "same",
        "扣分的标准 100% 改为 99.99%": "survived",
        "扣分的标准 100% 改为 100.01%": "survived",
        "分子“决算”与分母“预算”对调": "killed",
    }


def test_bands_swapped_and_a_condition_left_out() -> None:
    text = HEAD + BANDS + "  不适用当 预算 = 0 且 决算 = 0 计3分\n  例 决算 = 95，预算 = 100 计6分\n"
    result = fates(text)
    assert result["“≥ 90% 计满分”与“80%（含） 到 90% 计3分”的得分对调"] == "killed"
    assert result["“且”改为“或”"] == "survived"
    assert result["去掉“不适用当 预算 = 0 且 决算 = 0 计3分”"] in {"survived", "undecided"}


def test_a_failing_example_notices_nothing() -> None:
    assert not found(HEAD + BANDS + "  例 决算 = 95，预算 = 100 计1分\n").of("killed")


def test_a_changed_rounding_is_told_by_a_half() -> None:
    text = HEAD + "  指标值 决算 ÷ 预算\n  评价标准 按比例计分，最多 满分\n  舍入 得分 到 0.1，四舍五入\n"
    result = found(text + "  例 决算 = 50，预算 = 100 计3分\n")
    survivor = next(item for item in result.results if "舍入" in item.mutant.text.zh)
    assert survivor.fate == "survived"
    assert survivor.trial is not None
    assert survivor.line.startswith("例 ")


@pytest.mark.parametrize("rule", [BANDS, STEPS, "  评价标准 当 起数 ≥ 3起 不得分；当 决算 > 预算 计3分；否则 计满分\n"])
def test_full_coverage_notices_every_change_of_edges(rule: str) -> None:
    rubric = rd.loads(Source("-", HEAD + rule))
    text = placed(Source("-", HEAD + rule), suggestions(rubric.model, rubric.coverage()), "zh").text
    survivors = [item.mutant.text.zh for item in found(text).of("survived")]
    assert not [words for words in survivors if "改为" in words and ("%" in words or "起" in words)]


def test_the_command_lists_survivors_and_counts_as_json(tmp_path: Path) -> None:
    file = tmp_path / "a.rubric"
    file.write_text(HEAD + BANDS + "  例 决算 = 95，预算 = 100 计6分\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["test", str(file), "--mutate", "--no-coverage", "--lang", "zh"])
    assert done.exit_code == 0
    assert "没有发现：指标值 ≥ 90% 改为 >；可加：例 决算 = 90，预算 = 100 计6分" in done.stdout
    done = CliRunner().invoke(app, ["test", str(file), "--mutate", "--format", "json", "--lang", "en"])
    (indicator,) = json.loads(done.stdout)["files"][0]["mutants"]
    assert indicator["of"] == len([item for item in indicator["mutants"] if item["fate"] != "same"])
    assert CliRunner().invoke(app, ["test", str(file), "--mutate", "--require-coverage", "-q"]).exit_code == 1
    again = CliRunner().invoke(app, ["test", str(file), "--mutate", "--format", "json", "--lang", "en"])
    assert again.stdout == done.stdout

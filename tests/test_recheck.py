"""A result that can be checked: it names what it was made from, and any change of it is found."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from rubric_cli.app import cli
from rubric_dsl.report.recheck import differences

ROOT = Path(__file__).resolve().parent.parent
SEED, BUREAU = ROOT / "rubrics/yuhua/2019.rubric", ROOT / "rubrics/yuhua/2019-science-bureau.yaml"


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli, [str(word) for word in words])
    return done.exit_code, done.stdout


@pytest.fixture(scope="module", params=["zh", "en"])
def stored(request: pytest.FixtureRequest) -> str:
    return run("score", SEED, BUREAU, "--format", "json", "--lang", request.param)[1]


def test_a_result_names_its_rubric_its_data_and_its_engine(stored: str) -> None:
    found = json.loads(stored)
    assert all(len(found[part]["sha256"]) == 64 for part in ("rubric", "data"))
    assert found["engine"] == {"name": "rubric-dsl", "version": "0.1.0"}
    assert str(ROOT) not in stored


def test_it_is_confirmed_elsewhere_and_in_the_other_language(stored: str, tmp_path: Path) -> None:
    for path in (SEED, BUREAU):
        shutil.copy(path, tmp_path)
    result = tmp_path / "result.json"
    result.write_text(stored, encoding="utf-8")
    for lang in ("zh", "en"):
        code, said = run("recheck", result, tmp_path / SEED.name, tmp_path / BUREAU.name, "--lang", lang)
        assert (code, said) == (0, "相符：逐字相同\n" if lang == "zh" else "confirmed, byte for byte\n")


def test_a_reading_is_taken_from_the_result(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text(run("score", SEED, BUREAU, "--format", "json", "--reading", "按比例")[1], encoding="utf-8")
    assert run("recheck", result, SEED, BUREAU)[0] == 0


def test_other_data_or_another_rubric_refute_it(stored: str, tmp_path: Path) -> None:
    result, data, rubric = tmp_path / "result.json", tmp_path / BUREAU.name, tmp_path / SEED.name
    result.write_text(stored, encoding="utf-8")
    data.write_text(BUREAU.read_text(encoding="utf-8").replace("值: 12,", "值: 11,", 1), encoding="utf-8")
    rubric.write_text(SEED.read_text(encoding="utf-8") + "# 改过\n", encoding="utf-8")
    code, said = run("recheck", result, SEED, data, "--lang", "zh")
    assert code == 1
    assert 'indicators[在职人员控制率].measure：结果是 "1.2"，复核是 "1.1"' in said
    code, said = run("recheck", result, rubric, BUREAU, "--lang", "en")
    assert (code, said.startswith("rubric.sha256: "), said.count("\n")) == (1, True, 2)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_change_of_one_character_is_refuted(data: st.DataObject) -> None:
    text = TEXT
    at = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.sampled_from(["", " ", "0", "7", "x", '"', "，", text[at] * 2]))
    changed = text[:at] + new + text[at + 1 :]
    if changed == text:
        return
    with suppress(ValueError):  # it is no JSON any more, and `recheck` says that it is no result
        assert differences(changed, text)


TEXT = run("score", SEED, BUREAU, "--format", "json", "--lang", "zh")[1]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "[" * 5000, "null", '{"lang": "zh"}', "score: 1", '{"lang": 1, "engine": 2}']
)
def test_what_is_no_result_is_said_to_be_none(text: str, tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text(text, encoding="utf-8")
    assert run("recheck", result, SEED, BUREAU)[0] == 2


def test_readings_side_by_side(tmp_path: Path) -> None:
    text = """指标体系 试 年度 2019
满分 8
计步 整步
等级 优 ≥ 7分，中 < 7分
基础数据表
  甲：件，整数
一级指标 一 8
三级指标 规则 8
  指标值 甲
  评价标准 ≥ 10件 计满分；每低于 4件扣2分，扣完为止
"""
    rubric, data = tmp_path / "r.rubric", tmp_path / "d.csv"
    rubric.write_text(text, encoding="utf-8")
    data.write_text("单位,甲\n一局,9\n二局,6\n", encoding="utf-8")
    code, said = run("readings", rubric, data, "--format", "json")
    shown = json.loads(said)
    scores = [[item["scores"]["规则"]["min"] for item in one["readings"]] for one in shown]
    assert (code, scores) == (0, [["8", "6", "7.5"], ["6", "6", "6"]])
    text = run("readings", rubric, data, "--lang", "zh")[1]
    assert "1 个指标的得分随口径不同" in text
    assert "各种口径得分相同" in text

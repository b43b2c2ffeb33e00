"""What a repository of rubrics uses in its own checks: hooks, the action, JUnit, chosen codes, the version."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from typer.testing import CliRunner, Result

from rubric_cli.app import cli
from rubric_dsl.codes import codes
from rubric_dsl.version import VERSION
from tests.test_coverage_of_examples import BANDS, HEAD

ROOT = Path(__file__).resolve().parent.parent
GOOD = HEAD + BANDS + "  例 决算 = 90，预算 = 100 计6分\n"
FAILS = HEAD + BANDS + "  例 决算 = 90，预算 = 100 计3分\n"
BROKEN = HEAD + "  指标值 决算 ÷ 预算\n  评价标准 90%以上 计满分\n"
GARBLED = GOOD + "  评价标准 [[\n"
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 our own report


def rubric(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    for name, text in (("good", GOOD), ("fails", FAILS), ("broken", BROKEN), ("garbled", GARBLED)):
        (tmp_path / f"{name}.rubric").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_version() -> None:
    done = rubric("--version")
    assert (done.exit_code, done.stdout) == (0, f"rubric {VERSION}\n")


def test_junit_has_a_case_for_each_example_and_one_for_a_rubric_with_errors(here: Path) -> None:
    done = rubric("test", "good.rubric", "fails.rubric", "broken.rubric", "--format", "junit")
    assert done.exit_code == 1
    report = parsed(done.stdout)
    good, fails, broken = report
    counts = [tuple(int(suite.attrib[word]) for word in ("tests", "failures", "errors")) for suite in report]
    assert counts == [(1, 0, 0), (1, 1, 0), (1, 0, 1)]
    (case,) = good
    assert (case.attrib["name"], case.attrib["file"], list(case)) == ("执行率:14", "good.rubric", [])
    ((failure,),) = fails
    assert failure.attrib["message"] == "fails.rubric:14 执行率: 决算 = 90，预算 = 100 expected 3, got 6"
    ((error,),) = broken
    assert error.attrib["type"] == "end-not-said"
    assert "end-not-said" not in done.stderr


def test_junit_is_well_formed_whatever_a_text_holds(here: Path) -> None:
    name = 'a<b&"\x01\ufffe.rubric'
    (here / name).write_text(FAILS.replace("执行率", "执行<率>&"), encoding="utf-8")
    done = rubric("test", name, "--format", "junit")
    (suite,) = parsed(done.stdout)
    assert suite.attrib["name"].startswith('a<b&"')


def found(*words: str) -> tuple[int, list[str]]:
    done = rubric("check", *words, "--format", "github")
    return done.exit_code, [line.rpartition("title=")[2].partition("::")[0] for line in done.stdout.splitlines()]


def test_chosen_codes_concern_warnings_and_notes_and_never_hide_an_error(here: Path) -> None:
    (here / "warned.rubric").write_text(GOOD.replace("  例 ", "  原文 “95%以上计7分。”\n  例 ", 1), encoding="utf-8")
    code, told = found("warned.rubric")
    assert code == 0
    assert told
    assert found("warned.rubric", "--ignore", ",".join(told)) == (0, [])
    assert found("warned.rubric", "--ignore", told[0], "--strict")[1] == [name for name in told if name != told[0]]
    assert found("warned.rubric", "--select", told[0][:4] + "*")[1]
    assert found("warned.rubric", "--select", "band-gap", "--strict") == (0, [])
    assert found("broken.rubric", "--ignore", "*") == found("broken.rubric", "--select", "band-gap")
    assert found("broken.rubric", "--ignore", "*")[0] == 1


def test_a_code_that_does_not_exist_is_refused(here: Path) -> None:
    done = rubric("check", "good.rubric", "--ignore", "band-gapp")
    assert done.exit_code == 2
    assert "there is no code 'band-gapp'; did you mean: band-gap" in done.stderr
    assert "band-gap" in codes()


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_each_hook_runs_and_finds_what_is_wrong(here: Path, hook: dict[str, Any]) -> None:
    program, *words = shlex.split(hook["entry"])
    assert program == "rubric"
    assert rubric(*words, "good.rubric").exit_code == 0
    bad = {"rubric-check": "broken.rubric", "rubric-fmt": "garbled.rubric", "rubric-test": "fails.rubric"}[hook["id"]]
    assert rubric(*words, "good.rubric", bad).exit_code == 1


def step(name: str, here: Path, **inputs: str) -> int:
    script = next(item["run"] for item in STEPS if item["name"] == name)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/bash", "-eo", "pipefail", "-c", script],
        cwd=here,
        env={**os.environ, "PATH": path, **inputs},
        check=False,
    ).returncode


def test_the_steps_of_the_action_check_and_test(here: Path) -> None:
    assert step("Check", here, FILES="good.rubric fails.rubric", STRICT="false") == 0
    assert step("Check", here, FILES="good.rubric broken.rubric", STRICT="true") == 1
    assert step("Test", here, FILES="good.rubric", JUNIT="") == 0
    assert step("Test", here, FILES="good.rubric fails.rubric", JUNIT="junit.xml") == 1
    assert len(parsed((here / "junit.xml").read_text(encoding="utf-8"))) == 2

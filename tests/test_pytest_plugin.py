"""The pytest plugin: examples of rubrics as tests, each run in a folder of its own."""

from __future__ import annotations

import json
import sys

import pytest

from tests.test_coverage_of_examples import BANDS, HEAD

pytest_plugins = ["pytester"]
GOOD = HEAD + BANDS + "  例 决算 = 90，预算 = 100 计6分\n  例 决算 = 80，预算 = 100 计3分\n"
BAD = HEAD + BANDS + "  例 决算 = 90，预算 = 100 计3分\n"


@pytest.fixture
def here(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini("[pytest]\n")
    pytester.mkdir("rubrics")
    return pytester


def put(here: pytest.Pytester, name: str, text: str) -> None:
    (here.path / "rubrics" / name).write_text(text, encoding="utf-8")


def run(here: pytest.Pytester, *words: str) -> tuple[int, str]:
    done = here.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest", *words)
    return int(done.ret), done.stdout.str()


def test_a_named_rubric_is_collected_and_a_failure_is_told_in_words(
    here: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(here, "good.rubric", GOOD)
    put(here, "bad.rubric", BAD)
    code, shown = run(here, "rubrics/good.rubric", "rubrics/bad.rubric", "-v")
    assert code == 1
    assert "rubrics/good.rubric::执行率:14 PASSED" in shown
    assert "bad.rubric:14 执行率：决算 = 90，预算 = 100 应得 3，实得 6" in shown
    assert "Traceback" not in shown
    assert "WrongScoreError" not in shown.partition("short test summary")[0]
    assert "1 failed, 2 passed" in shown
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "expected 3, got 6" in run(here, "rubrics/bad.rubric")[1]


def test_a_folder_is_searched_only_where_the_ini_file_says_so(here: pytest.Pytester) -> None:
    put(here, "good.rubric", GOOD)
    assert run(here, "rubrics")[0] == pytest.ExitCode.NO_TESTS_COLLECTED
    here.makeini("[pytest]\nrubric_files = rubrics/*.rubric\n")
    code, shown = run(here)
    assert (code, "2 passed" in shown) == (0, True)
    code, shown = run(here, "-k", "执行率")
    assert (code, "2 passed" in shown) == (0, True)
    assert "2 deselected" in run(here, "-k", "另一个")[1]


def test_a_rubric_that_cannot_be_used_is_a_failure_and_the_others_still_run(here: pytest.Pytester) -> None:
    put(here, "broken.rubric", HEAD + "  指标值 决算 ÷ 预算\n  评价标准 90%以上 计满分\n")
    (here.path / "rubrics" / "binary.rubric").write_bytes(b"\0\1\2")
    put(here, "good.rubric", GOOD)
    code, shown = run(here, "rubrics/broken.rubric", "rubrics/binary.rubric", "rubrics/good.rubric", "-v")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "rubrics/broken.rubric::check FAILED" in shown
    assert "end-not-said" in shown
    assert "binary.rubric: " in shown
    assert "2 failed, 2 passed" in shown
    assert "Traceback" not in shown


def test_nothing_of_the_package_is_imported_unless_a_rubric_is_collected(here: pytest.Pytester) -> None:
    put(here, "good.rubric", GOOD)
    here.makepyfile(
        "import json, sys\n\n\ndef test_own():\n"
        "    print('\\nLOADED' + json.dumps([name for name in sys.modules if name.startswith('rubric_dsl')]))\n"
    )
    done = here.run(sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-p", "no:hypothesispytest")
    assert done.ret == 0
    (line,) = [line for line in done.stdout.lines if line.startswith("LOADED")]
    assert set(json.loads(line.removeprefix("LOADED"))) == {"rubric_dsl", "rubric_dsl.pytest_plugin"}

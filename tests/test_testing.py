"""``rubric_dsl.testing``: submissions that prefer edges, laws, and ``rubric verify --hypothesis``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from typer.testing import CliRunner

import rubric_dsl as rd
from rubric_cli.app import cli as app
from rubric_dsl.diagnostics import Text
from rubric_dsl.report.laws_text import laws_text
from rubric_dsl.testing import LAWS, Given, Law, broken, submissions
from rubric_dsl.testing.submissions import places_of
from tests.test_coverage_of_examples import BANDS, HEAD

ROOT = Path(__file__).resolve().parent.parent
FORM = (
    HEAD.replace(
        "  起数：起，整数\n", "  起数：起，整数\n  类别：选自（甲类，乙类）\n  余额：万元，可无数据，可为负\n"
    ).replace("满分 6分", "满分 10分")
    + BANDS
    + "  不适用当 预算 = 0 且 决算 = 0 计3分\n一级指标 管理 4分\n  评价标准 ① “一” 2分；② “二” 2分\n  不得分当 余额 < 0万元 且 类别 = 甲类\n"
)


def test_submissions_lie_on_and_beside_edges_and_leave_things_out() -> None:
    rubric = rd.loads(FORM)
    met: set[str] = set()

    @settings(max_examples=500, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(submissions(rubric))
    def look(data: dict[str, object]) -> None:
        result = rubric.score(data)
        item = result.indicators["执行率"]
        assert not [
            fault for fault in result.diagnostics if fault.code in {"unknown-figure", "unknown-choice", "not-a-number"}
        ]
        met.add(item.status)
        met.add("missing figures" if item.missing else "complete")
        if item.measure is not None and abs(item.measure - Fraction(9, 10)) <= Fraction(1, 10_000):
            met.add("below" if item.measure < Fraction(9, 10) else "on" if item.measure == Fraction(9, 10) else "above")
        if data.get("余额") == "无数据":
            met.add("unavailable")
        if data.get("预算") == Fraction(10**9):
            met.add("large")

    look()
    assert met >= {
        "scored",
        "missing",
        "not_applicable",
        "complete",
        "missing figures",
        "below",
        "on",
        "above",
        "unavailable",
        "large",
    }


def test_each_place_of_a_rule_has_its_data() -> None:
    places = places_of(rd.loads(HEAD + BANDS).model)["执行率"]
    measures = {Fraction(str(data["决算"])) / Fraction(str(data["预算"])) for data in places}
    assert {Fraction(n, 10_000) for n in (7999, 8000, 8001, 8999, 9000, 9001)} <= measures


@pytest.mark.parametrize(
    "text", [FORM, (ROOT / "rubrics/ielts/band.rubric").read_text(encoding="utf-8")], ids=["own", "ielts"]
)
def test_the_laws_hold(text: str) -> None:
    assert broken(rd.loads(text), examples=12) == ()


def test_a_law_that_does_not_hold_is_shown_with_a_small_submission_in_words() -> None:
    def never_three(rubric: rd.Rubric, found: Given) -> Text | None:
        score = rubric.score(found.data).indicators["执行率"].score
        return Text("得了 3 分", "it scores 3") if score == 3 else None

    law = Law("never-three", Text("从不得 3 分", "never scores 3"), never_three)
    (found,) = broken(rd.loads(HEAD + BANDS), [*LAWS[:1], law], examples=60)
    assert found.law is law
    assert rd.loads(HEAD + BANDS).score(found.given.data).indicators["执行率"].score == 3
    shown = laws_text([law], [found], 60, "zh").split("\n")
    assert shown[1] == "  [反例] 从不得 3 分：得了 3 分"
    assert shown[2].startswith("      例：")
    assert "预算 = " in shown[2]
    (again,) = broken(rd.loads(HEAD + BANDS), [law], examples=60)
    assert again.given.data == found.given.data


def test_missing_completions_are_compared_with_the_range() -> None:
    """The law looks at what it says: a rubric whose scores leave their range is caught."""

    class Lying:
        def __init__(self, rubric: rd.Rubric) -> None:
            self.rubric, self.model, self.indicators = rubric, rubric.model, rubric.indicators

        def score(self, data: Mapping[str, object]) -> rd.Result:
            return self.rubric.score({**data, "预算": 100, "决算": 90} if "预算" not in data else data)

    lying = Lying(rd.loads(HEAD + BANDS))
    law = next(item for item in LAWS if item.name == "ranges-hold")
    reason = law.check(lying, Given({"预算": 100, "决算": 10}, {}, {}))  # type: ignore[arg-type]
    assert reason == Text("执行率：缺数时 6 到 6，补齐后 0", "执行率: 6 to 6 while figures are missing, then 0")


def test_verify_tries_the_laws_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rubric_dsl.testing.laws.broken", lambda rubric: broken(rubric, examples=10))
    file = tmp_path / "a.rubric"
    file.write_text(HEAD + "  评价标准 评为 好 计满分；评为 差 不得分\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["verify", str(file), "--hypothesis", "--lang", "zh"])
    assert done.exit_code == 0
    assert "[没有反例] 得分与数据的先后无关" in done.stdout
    done = CliRunner().invoke(app, ["verify", str(file), "--hypothesis", "--format", "json", "--lang", "en"])
    assert [item["broken"] for item in json.loads(done.stdout)["trials"]["laws"]] == [False] * len(LAWS)


def test_without_hypothesis_verify_says_so_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rubric_dsl.extras.find_spec", lambda name: None)
    done = CliRunner().invoke(app, ["verify", str(ROOT / "rubrics/ielts/band.rubric"), "--hypothesis", "--lang", "en"])
    assert done.exit_code == 2
    assert "hypothesis not installed" in done.output
    assert 'pip install "rubric-dsl[testing]"' in done.output


def test_hypothesis_is_imported_by_nothing_else() -> None:
    code = (
        "import sys\nsys.argv = ['rubric', 'verify', 'rubrics/ielts/band.rubric', '--quiet']\n"
        "from rubric_cli.app import app\ntry:\n    app()\nexcept SystemExit:\n    pass\n"
        "print('hypothesis' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

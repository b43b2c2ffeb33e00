"""The official rubric and the bureau's own figures: exactly these scores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import rubric_dsl as rd
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.source import Source
from tests.commands import run

ROOT = Path(__file__).resolve().parent.parent
RUBRIC = ROOT / "rubrics" / "yuhua" / "2019.rubric"
DATA = ROOT / "rubrics" / "yuhua" / "2019-science-bureau.yaml"

EXPECTED = [
    ("在职人员控制率", "6/5", "0", "0", "3", "scored"),
    ("“三公经费”变动率", "0", "8", "8", "8", "scored"),
    ("预算完成率", "-229683/653104", "0", "0", "4", "scored"),
    ("预算控制率", "1167/38366", "4", "4", "4", "scored"),
    ("新建楼堂馆所面积控制率", None, "5", "5", "5", "not_applicable"),
    ("新建楼堂馆所投资概算控制率", None, "5", "5", "5", "not_applicable"),
    ("公用经费控制率", "2972/3447", "8", "8", "8", "scored"),
    ("“三公经费”控制率", "49/180", "8", "8", "8", "scored"),
    ("政府采购执行率", "23/45", "0", "0", "5", "scored"),
    ("管理制度健全性", None, "6", "6", "6", "scored"),
    ("资金使用合规性", None, "6", "6", "6", "scored"),
    ("预决算信息公开性", None, "5", "5", "5", "scored"),
    ("重点工作实际完成率", None, "6", "6", "6", "override"),
    ("经济效益", None, "3", "3", "3", "scored"),
    ("社会效益", None, "3", "3", "3", "scored"),
    ("行政0效能", None, "6", "6", "6", "scored"),
    ("社会公众或服务对象满意度", None, "0", "6", "5", "missing"),
]


@pytest.fixture(scope="module")
def result() -> rd.Result:
    submissions, found = read_submissions(rd.read_source(DATA))
    assert not found
    return rd.load(RUBRIC).score(submissions[0])


def test_each_indicator_scores_what_the_rules_say(result: rd.Result) -> None:
    from fractions import Fraction

    shown = [(i.name, i.measure, i.range.min, i.range.max, i.claim, i.status) for i in result.indicators.values()]
    assert shown == [
        (name, None if measure is None else Fraction(measure), Fraction(low), Fraction(high), Fraction(claim), status)
        for name, measure, low, high, claim, status in EXPECTED
    ]


def test_total_grade_and_sections(result: rd.Result) -> None:
    assert (result.total.min, result.total.max, result.total.score) == (73, 79, None)
    assert result.total.tight
    assert (result.grade.value, result.grade.possible) == ("中", ("中",))
    assert (result.claimed_total, result.claimed_grade) == (90, "优")
    top = {s.name: (s.range.min, s.range.max, s.range.points) for s in result.sections if s.level == 1}
    assert top == {"投入": (8, 8, 13), "过程": (47, 47, 61), "产出及效率": (18, 24, 26)}


def test_the_forms_checks_and_the_conflicts_are_found(result: rd.Result) -> None:
    codes = [d.code for d in result.diagnostics]
    assert codes.count("conflicting-sources") == 3
    messages = "\n".join(d.message.zh for d in result.diagnostics)
    for amount in ("8945.44", "8985.44", "5.06", "20.65", "6253.27", "5890.68", "395.33"):
        assert amount in messages
    assert "8827.87" in messages
    assert codes.count("cross-foot") == 2
    assert not any(d.is_error for d in result.diagnostics)


def test_whatever_the_missing_figure_is_the_score_lies_in_the_range() -> None:
    rubric = rd.load(RUBRIC)
    for given, expected in (("90%", 6), ("89.99%", 4), ("0.7", 2), ("0", 0), ("100%", 6)):
        assert rubric.score({"满意度": given}).indicators["社会公众或服务对象满意度"].score == expected


def test_english_and_back_is_the_same_file_and_scores_the_same(result: rd.Result) -> None:
    source = rd.read_source(RUBRIC)
    assert rd.format_source(source)[0] == source.text
    english, _ = rd.format_source(source, "en")
    assert english is not None
    assert "评价标准" not in english
    assert rd.format_source(Source("en", english), "zh")[0] == source.text
    submissions, _ = read_submissions(rd.read_source(DATA))
    again = rd.loads(english).score(submissions[0])
    assert [i.range for i in again.indicators.values()] == [i.range for i in result.indicators.values()]


def test_the_wording_is_the_official_one_word_for_word() -> None:
    rubric = rd.load(RUBRIC)
    assert len(rubric.indicators) == 17
    assert rubric.indicators["政府采购执行率"].wording == "100%计满分，每超过（降低）5%扣2分。扣完为止。"
    assert rubric.indicators["新建楼堂馆所面积控制率"].wording.endswith("没有楼梯馆所项目的部门按满分计算")
    assert rubric.indicators["“三公经费”变动率"].wording.startswith("“三公经费”变动率≦0,计8分；“三公经费”＞0，")


def test_the_examples_hold() -> None:
    results = rd.load(RUBRIC).run_examples()
    assert len(results) > 40
    assert [r for r in results if not r.passed] == []


def test_the_command_gives_the_documented_json() -> None:
    done = run("score", str(RUBRIC), str(DATA), "--format", "json", "--lang", "zh")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    total = {"score": None, "min": "73", "max": "79", "points": "100", "tight": True}
    assert found["total"] == {**total, "status": "missing", "reason": ""}
    assert found["grade"] == {"value": "中", "possible": ["中"]}
    shown = [(i["name"], i["measure"], i["min"], i["max"], i["claim"], i["status"]) for i in found["indicators"]]
    assert [item[0] for item in shown] == [item[0] for item in EXPECTED]
    assert [item[2:] for item in shown] == [item[2:] for item in EXPECTED]
    first = found["indicators"][0]
    assert (first["measure"], first["measure_text"], first["score"]) == ("1.2", "120%", "0")
    assert first["path"] == ["投入", "预算配置"]
    assert "超过 20 个百分点" in first["reason"]
    assert found["indicators"][-1]["missing"] == ["满意度"]


@pytest.mark.parametrize(
    ("reading", "expected"),
    [("整步", ("4.5", "4.5", "5")), ("不足一步按一步", ("4.5", "4", "4.5")), ("按比例", ("4.5", "4.45", "4.95"))],
)
def test_the_three_readings_of_a_step(reading: str, expected: tuple[str, ...]) -> None:
    """101%, 101.1% and 100.1% under each reading of 每超过一个百分点扣0.5分."""
    text = rd.read_source(RUBRIC).text.replace("计步 整步", f"计步 {reading}")
    rubric = rd.loads(text)
    found = []
    for staff in (1010, 1011, 1001):
        result = rubric.score({"在职人员数": staff, "编制数": 1000})
        score = result.indicators["在职人员控制率"].score
        assert score is not None
        found.append(rd.exact_text(score))
    assert tuple(found) == expected

"""Every phrase of the chapters is read as they say; what is read loads, checks and scores."""

from __future__ import annotations

import pytest

import rubric_dsl as rd
from rubric_dsl.source import Source
from rubric_dsl.units import find_unit
from rubric_dsl.wording import WordingReading, read_wording
from tests.wording.cases import Case, cases, line_of, scores_of

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=[case.text.split("\n")[0][:40] for case in CASES])
def test_chapter(case: Case) -> None:
    wording = case.read()
    assert wording.outcome == case.outcome, wording.reason
    if case.outcome == "not read":
        assert wording.stopped_at is not None
        assert case.text[wording.stopped_at.start : wording.stopped_at.end] == case.stopped
        assert wording.reason.zh
        assert wording.reason.en
        return
    assert [line_of(reading) for reading in wording.readings] == [expected.line for expected in case.readings]
    for reading, expected in zip(wording.readings, case.readings, strict=True):
        worked = scores_of(reading)
        assert {given: worked.get(given) for given in expected.scores} == expected.scores


@pytest.mark.parametrize("case", [case for case in CASES if case.outcome == "open"], ids=lambda case: case.text[:20])
def test_every_meaning_of_an_open_wording_scores_otherwise_than_each_other(case: Case) -> None:
    readings = case.read().readings
    assert len(readings) > 1
    assert all(reading.choices for reading in readings)
    for index, one in enumerate(readings):
        for other in readings[index + 1 :]:
            assert scores_of(one) != scores_of(other)
            assert scores_of(one).keys() == scores_of(other).keys()
    assert case.read().reason.zh


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text[:20])
def test_what_is_read_is_a_rule_of_the_language(case: Case, lang: rd.Lang) -> None:
    """Whole rules load in a rubric in either keyword language, and are written as the formatter writes them."""
    wording = read_wording(case.text, points=case.points, name=case.name, language=lang)
    for reading in wording.readings:
        if not (reading.complete and reading.clauses) or any("不封顶" in c or "uncapped" in c for c in reading.clauses):
            continue
        text = rubric_of(reading, case.points or "50", lang)
        rubric, found = rd.check_source(Source("-", text))
        assert rubric is not None, [item.message.en for item in found]
        assert rd.format_source(Source("-", text))[0] == text


FRAME = {
    "zh": """指标体系 试 年度 2000
满分 {points}分
计步 整步
基础数据表
  值：{unit}，可为负
一级指标 甲 {points}分
指标 乙 {points}分
  指标值 值
  评价标准{clauses}
""",
    "en": """rubric x edition 2000
points {points}
steps whole steps
form
  值: {unit}, may be negative
level 1 甲 {points}
indicator 乙 {points}
  measure 值
  rule{clauses}
""",
}


def rubric_of(reading: WordingReading, points: str, lang: rd.Lang) -> str:
    unit = find_unit(reading.unit or "number")
    named = unit.name(lang) if unit else f"“{reading.unit}”" if lang == "zh" else f'"{reading.unit}"'
    clauses = reading.clauses
    between = "；\n    " if lang == "zh" else ";\n    "
    body = f" {clauses[0]}" if len(clauses) == 1 else "\n    " + between.join(clauses)
    text = FRAME[lang].format(points=points, unit=named, clauses=body)
    return text if reading.unit else text.replace("  指标值 值\n", "").replace("  measure 值\n", "")

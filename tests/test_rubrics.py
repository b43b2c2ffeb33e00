"""Every rubric of this repository: checked, tested, formatted, turned into the other language and back, and scored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import rubric_dsl as rd
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.evaluate.result import Result
from rubric_dsl.numbers import text_of
from rubric_dsl.source import Source, read_source

ROOT = Path(__file__).resolve().parent.parent / "rubrics"
RUBRICS = sorted(ROOT.rglob("*.rubric"))
EXPECTED = sorted(ROOT.rglob("*.expected.json"))


@pytest.mark.parametrize("path", RUBRICS, ids=lambda path: path.stem)
def test_it_is_sound_and_its_examples_hold(path: Path) -> None:
    rubric = rd.load(path)
    assert not [item for item in rubric.diagnostics if item.severity != "info"]
    results = rubric.run_examples()
    failed = [f"{item.place.line}: {item.inputs}" for item in results if not item.passed]
    assert not failed
    assert results or list(path.parent.glob("*.expected.json"))


@pytest.mark.parametrize("path", RUBRICS, ids=lambda path: path.stem)
def test_it_is_formatted_and_comes_back_from_the_other_language(path: Path) -> None:
    source = read_source(path)
    own, _ = rd.format_source(source)
    assert own == source.text
    language = rd.load(path).language
    other, _ = rd.format_source(source, "en" if language == "zh" else "zh")
    assert other is not None
    back, _ = rd.format_source(Source(path.name, other), "zh" if language == "zh" else "en")
    assert back == source.text


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.name.partition(".")[0])
def test_its_data_score_as_expected(path: Path) -> None:
    """``NAME.expected.json`` holds, for the data file NAME.*, the rubric's file and what each submission scores."""
    expected = json.loads(path.read_text(encoding="utf-8"))
    rubric = rd.load(path.parent / expected["rubric"])
    data = next(found for found in path.parent.glob(path.name.partition(".")[0] + ".*") if found != path)
    submissions, faults = read_submissions(read_source(data))
    assert not faults
    assert [told(result) for result in rubric.score_all(submissions)] == expected["results"]


def told(result: Result) -> dict[str, Any]:
    total = result.total
    settled = text_of(total.min) if total.min == total.max else f"{text_of(total.min)}..{text_of(total.max)}"
    return {
        "subject": result.subject,
        "total": settled if result.has_total else None,
        "grade": result.grade.value,
        "headings": {item.name: item.grade.value for item in result.sections if item.grade.value},
        "indicators": {
            name: text_of(item.score) if item.score is not None else item.status
            for name, item in result.indicators.items()
        },
    }

"""Runs the chapters of this folder: each is a page for policy staff with rubric text, data and expected scores.

A chapter holds ``rubric`` blocks. Below one, a ``scores`` block gives a line for each case (``figures -> score``,
a range as ``0..5``, ``invalid`` where there can be no score, ``not rated`` where too few parts apply), and below it, set
in, the reason that the result gives of the indicator, of the heading or of the total in Chinese and in English where that is stated. A ``faults`` block gives ``line <- code`` for each fault, with
``(accepted)`` where the rubric accepts it. A rubric block without a heading is an indicator's body: the setup block of the chapter comes before it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

import rubric_dsl as rd
from rubric_dsl.data.reader import submission_from
from rubric_dsl.data.submission import Refinement, Submission
from rubric_dsl.diagnostics import Text
from rubric_dsl.evaluate.result import IndicatorResult, ScoreRange
from rubric_dsl.forms.registry import FORMS
from rubric_dsl.formulas.cohorts import Group
from rubric_dsl.numbers import text_of
from rubric_dsl.report.page.markdown import markdown
from rubric_dsl.report.page.notice import notice
from rubric_dsl.source import Source

FOLDER = Path(__file__).resolve().parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def cases() -> list[tuple[str, str, str, str]]:
    """(chapter, rubric text, kind of the block below it, its content) for every pair in every chapter."""
    found: list[tuple[str, str, str, str]] = []
    for chapter in sorted(FOLDER.glob("*.md")):
        setup = rubric = ""
        for kind, content in BLOCK.findall(chapter.read_text(encoding="utf-8")):
            if kind == "setup":
                setup = content
            elif kind == "rubric":
                rubric = (
                    content
                    if "满分" in content.split("\n")[1:2] or content.startswith(("指标体系", "rubric"))
                    else setup + content
                )
            else:
                assert kind in {"scores", "faults"}, f"{chapter.name}: {kind}"
                found.append((f"{chapter.stem}-{len(found)}", rubric, kind, content))
    return found


CASES = cases()


@cache
def loaded(text: str) -> rd.Rubric:
    """Load the rubric of a chapter; its tests and the random ones share it."""
    return rd.loads(text)


@pytest.mark.parametrize(("rubric", "kind", "content"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chapter(rubric: str, kind: str, content: str) -> None:
    lines = [line for line in content.splitlines() if line.strip()]
    if kind == "faults":
        _, found = rd.check_source(Source("chapter", rubric))
        body = rubric.splitlines()
        # A setup declares what all examples of its chapter share: not every one uses all of it.
        faults = [d for d in found if d.code != "unused-name"]
        shown = sorted(
            f"{body[d.places[0].line - 1].strip()} <- {d.code}{' (accepted)' if d.accepted else ''}" for d in faults
        )
        assert shown == sorted(lines)
        return
    for text in (rubric, rd.format_source(Source("chapter", rubric), "en")[0]):
        assert text is not None
        own, results = loaded(text), []
        assert all(example.passed for example in own.run_examples())
        for line, told in stated(lines):
            given, _, expected = line.partition("->")
            asked, result = scored(own, given)
            results.append(result)
            assert outcome(own, result, asked) == expected.strip(), line
            if told:
                reason = reason_of(result, asked)
                assert [reason.zh, reason.en] == told, line
            assert all(part.strip() for item in result.indicators.values() for part in item.reason), line
        last = results[-1]
        page = markdown([notice(own.model, last, "en")], "en")
        english = "\n".join([page, *(last.explain(name).text("en") for name in names_of(last))])
        assert [word for word in CJK.findall(english) if word not in text + content] == []


CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
"""What is written in Chinese; in English output only the author's own words are."""


def stated(lines: list[str]) -> list[tuple[str, list[str]]]:
    """Return each case with the reasons that are set in below it."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("  "):
            found[-1][1].append(line.strip())
        else:
            found.append((line, []))
    return found


def scored(rubric: rd.Rubric, given: str) -> tuple[str, rd.Result]:
    """Score one line of figures; returns what is asked for beside the result."""
    *wanted, rest = (part.strip() for part in given.split("|"))
    reading = re.search(r"，读法 = ([^，]+)", rest)
    if reading:
        rubric, rest = rubric.with_reading(reading[1]), rest.replace(reading[0], "")
    return wanted[0] if wanted else "", rubric.score(submission(rest))


def indicator_of(result: rd.Result, asked: str) -> IndicatorResult:
    """Return the indicator that is asked for, or the last one."""
    return result.indicators.get(asked, list(result.indicators.values())[-1])


def reason_of(result: rd.Result, asked: str) -> Text:
    """Return what is told of a heading, of the total, or of an indicator."""
    section = next((item for item in result.sections if item.name == asked), None)
    if asked == "total":
        return result.reason
    return indicator_of(result, asked).reason if section is None else section.reason


def names_of(result: rd.Result) -> list[str]:
    """Return all that can be explained, the total under an empty name."""
    return [*result.indicators, *(section.name for section in result.sections), ""]


def outcome(rubric: rd.Rubric, result: rd.Result, asked: str) -> str:
    """Return what is asked for: the last indicator's score, or the total, a grade, a subtotal, another indicator."""
    if asked == "total":
        return of_range(result.total) + (points(result.total, rubric.points) if result.total.rated else "")
    if asked == "grade":
        return rated("、".join(result.grade.possible), result.grade.rated)
    section = next((item for item in result.sections if item.name == asked), None)
    if section is not None:
        grade = f" {section.grade.value}" if section.grade.value else ""
        return of_range(section.range) + grade
    indicator = indicator_of(result, asked)
    if indicator.status == "invalid":
        return "invalid"
    return shown(indicator.range.min, indicator.range.max)


def submission(text: str) -> Submission:
    """Read ``甲 = 1，乙 = 2``; ``同组 甲 = 1 2 3`` are the values of the whole group; ``指标 {甲 3/4}`` refines one."""
    pairs = [part.split("=") for part in re.split(r"[，,]", text) if part.strip()]
    figures: dict[str, str] = {}
    cohort: dict[str, Group] = {}
    refined: dict[str, tuple[Refinement, ...]] = {}
    for key, value in ((one.strip(), other.strip()) for one, other in pairs):
        if key.startswith("同组 "):
            cohort[key.removeprefix("同组 ")] = Group(Fraction(word) for word in value.split())
        elif value.startswith("{"):
            refined[key] = tuple(refinement(word) for word in value.strip("{}").split())
        else:
            figures[key] = value
    read, found = submission_from(figures)
    assert not found
    return replace(read, cohort=cohort, refinements=refined)


def refinement(word: str) -> Refinement:
    """Read ``名称:得分/分值``."""
    name, _, scored = word.partition(":")
    score, _, full = scored.partition("/")
    return Refinement(name, Fraction(full), Fraction(score) if score else None)


def points(total: ScoreRange, full: Fraction) -> str:
    """Name the points in play where they are not the full points."""
    return f" of {text_of(total.points)}" if total.points != full else ""


def of_range(found: ScoreRange) -> str:
    """Return a heading's score, or the total."""
    return rated(shown(found.min, found.max), found.rated)


def rated(words: str, is_rated: bool | None) -> str:
    """Return a result, or that there is none, or that there may be none."""
    return words if is_rated else "not rated" if is_rated is False else f"{words} or not rated"


def shown(low: Fraction, high: Fraction) -> str:
    return text_of(low) if low == high else f"{text_of(low)}..{text_of(high)}"


def test_each_form_has_its_chapter() -> None:
    chapters = {path.stem for path in FOLDER.glob("*.md")}
    assert chapters >= MODULES


MODULES = {type(form).__module__.rpartition(".")[2] for form in FORMS}
"""The file of each form, which is the name of its chapter too."""


@pytest.mark.parametrize("form", sorted(MODULES))
def test_the_chapter_of_each_form_states_its_reasons(form: str) -> None:
    told = [
        reasons
        for name, _, kind, content in CASES
        if kind == "scores" and name.rpartition("-")[0] == form
        for _, reasons in stated(content.splitlines())
    ]
    assert any(told)
    assert all(len(reasons) in {0, 2} for reasons in told)

"""Rubrics and data with one or two places changed: answers or our own faults, never an exception, and never for long.

What is changed are the rubrics of the chapters and those in ``rubrics/``, and the data beside them. Each part draws its
changes from its own number, so that a failure can be had again.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

import rubric_dsl as rd
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.report.diagnostics_text import diagnostic_text
from rubric_dsl.source import Source
from tests.spec.test_chapters import cases

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = 40
RUBRICS, DATA = 30_000, 10_000
FEW = 40
"""So many of each are tried in every run of the quick tests."""
SECONDS = 5
"""No text takes more of the process's time than this."""

TEXTS = sorted({text for _, text, _, _ in cases()})
SHIPPED = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "rubrics").glob("*/*.rubric"))]
WORDS = sorted({word for text in TEXTS for word in re.findall(r"\w+|[^\w\s]", text)})
NUMBERS = ("0", "1", "−1", "100%", "1e9", "0.333", "9" * 30, "1/3", "１０")
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


LONG_AGO = """\
指标体系 示例 年度 2019
满分 3
基础数据表
  甲：万元
  乙：万元
  列 2018年，2019年
  行 丙：万元
  核对 甲 = 乙，误差 0.01万元
一级指标 一 3
指标 合计乘方 3
评价标准 得分 = 舍入（（合计（丙[各列]） ÷ 甲）^2，0.999999999999999999999999999999，向下） + 舍入（（0 × 甲 ÷ 乙），1，向上），最多 满分
"""
"""Took two minutes: the search for data that divide by 0 had a bound for each step and none for the whole."""


def mutated(text: str, chance: random.Random) -> str:
    """Return a text with one or two tokens dropped, doubled, swapped or replaced, or a line moved."""
    for _ in range(chance.choice((1, 1, 2))):
        text = _once(text, chance)
    return text


def _once(text: str, chance: random.Random) -> str:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return text
    at, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    match chance.randrange(6):
        case 0:
            tokens[at] = ""
        case 1:
            tokens[at] *= 2
        case 2:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        case 3:
            numbers = [place for place, token in enumerate(tokens) if token.isdigit()]
            tokens[chance.choice(numbers or [at])] = chance.choice(NUMBERS)
        case 4:
            tokens[at] = chance.choice(WORDS)
        case _:
            lines = text.split("\n")
            lines.insert(chance.randrange(len(lines) + 1), lines.pop(chance.randrange(len(lines))))
            return "\n".join(lines)
    return "".join(tokens)


def try_rubric(text: str, *, formatted: bool) -> None:
    """Read, check, format and score a text; whatever is said of it can be shown in both languages."""
    rubric, found = rd.check_source(Source("m.rubric", text))
    for diagnostic in found:
        assert diagnostic_text(diagnostic, "zh")
        assert diagnostic_text(diagnostic, "en")
    assert rubric is not None or any(diagnostic.is_error for diagnostic in found)
    if formatted:
        rd.format_source(Source("m.rubric", text))
    if rubric is not None:
        result = rubric.score({})
        assert result.total.min <= result.total.max


def data_of(rubric: rd.Rubric, beside: Sequence[str]) -> list[tuple[str, str]]:
    """Return data for a rubric with the names of their files: its empty submissions, and those in its folder."""
    found = [(f"d.{form}", rubric.blank(form)) for form in ("yaml", "json", "csv")]
    return [*found, *(("d.yaml", text) for text in beside)]


def shipped_data() -> list[tuple[rd.Rubric, str, str]]:
    found = []
    for path in sorted((ROOT / "rubrics").glob("*/*.rubric")):
        rubric = rd.load(path)
        beside = [item.read_text(encoding="utf-8") for item in sorted(path.parent.glob("*.yaml"))]
        found += [(rubric, name, text) for name, text in data_of(rubric, beside)]
    return found


def try_data(rubric: rd.Rubric, name: str, text: str, *, scored: bool) -> None:
    """Read data and, where asked, score them; faults are told."""
    submissions, found = read_submissions(Source(name, text))
    for submission in submissions[:3] if scored else ():
        result = rubric.score(submission)
        found = (*found, *result.diagnostics)
        assert result.total.min <= result.total.max
    for diagnostic in found:
        assert diagnostic_text(diagnostic, "zh")


def within_time(work: Callable[[], None], text: str) -> None:
    """Do some work; what fails or takes too long is shown with the text that did it."""
    began = time.process_time()
    try:
        work()
    except BaseException as error:
        error.add_note(text)
        raise
    taken = time.process_time() - began
    assert taken < SECONDS, f"{taken:.1f} s:\n{text}"


def run_rubrics(part: int, count: int) -> None:
    chance = random.Random(part)  # noqa: S311 - for tests
    for number in range(count):
        source = chance.choice(SHIPPED) if chance.random() < 1 / 100 else chance.choice(TEXTS)
        text = mutated(source, chance)
        within_time(partial(try_rubric, text, formatted=number % 5 == 0), text)


def run_data(part: int, count: int) -> None:
    chance = random.Random(1000 + part)  # noqa: S311 - for tests
    items = shipped_data()
    for number in range(count):
        rubric, name, source = chance.choice(items)
        text = mutated(source, chance)
        within_time(partial(try_data, rubric, name, text, scored=number % 4 == 0), text)


def test_a_few_changed_rubrics_and_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SECONDS", 60)  # coverage slows the program down
    within_time(partial(try_rubric, LONG_AGO, formatted=True), LONG_AGO)
    run_rubrics(-1, FEW)
    run_data(-1, FEW // 4)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_changed_rubrics(part: int) -> None:
    run_rubrics(part, RUBRICS // PARTS)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_changed_data(part: int) -> None:
    run_data(part, DATA // PARTS)

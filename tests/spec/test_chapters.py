"""Runs the chapters of this folder: each is a page for policy staff with rubric text, data and expected scores.

A chapter holds ``rubric`` blocks. Below one, a ``scores`` block gives a line for each case (``figures -> score``,
a range as ``0..5``, ``invalid`` where there can be no score), and a ``faults`` block gives ``line code`` for each
fault. A rubric block without a heading is an indicator's body: the setup block of the chapter comes before it.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

import rubric_dsl as rd
from rubric_dsl.evaluate.result import IndicatorResult
from rubric_dsl.forms import FORMS
from rubric_dsl.numbers import text_of
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


@pytest.mark.parametrize(("rubric", "kind", "content"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chapter(rubric: str, kind: str, content: str) -> None:
    lines = [line for line in content.splitlines() if line.strip()]
    if kind == "faults":
        _, found = rd.check_source(Source("chapter", rubric))
        body = rubric.splitlines()
        shown = sorted(f"{body[d.places[0].line - 1].strip()} <- {d.code}" for d in found)
        assert shown == sorted(lines)
        return
    for text in (rubric, rd.format_source(Source("chapter", rubric), "en")[0]):
        assert text is not None
        loaded = rd.loads(text)
        for line in lines:
            given, _, expected = line.partition("->")
            assert outcome(loaded, given) == expected.strip(), line


def outcome(rubric: rd.Rubric, given: str) -> str:
    """Score one line of figures; the last indicator's score, or the total when ``total`` is asked for."""
    wanted, _, rest = given.rpartition("|")
    pairs = [part.split("=") for part in re.split(r"[，,]", rest) if part.strip()]
    result = rubric.score({key.strip(): value.strip() for key, value in pairs})
    if wanted.strip() == "total":
        return shown(result.total.min, result.total.max)
    indicator: IndicatorResult = list(result.indicators.values())[-1]
    if indicator.status == "invalid":
        return "invalid"
    return shown(indicator.range.min, indicator.range.max)


def shown(low: Fraction, high: Fraction) -> str:
    return text_of(low) if low == high else f"{text_of(low)}..{text_of(high)}"


def test_each_form_has_its_chapter() -> None:
    chapters = {path.stem for path in FOLDER.glob("*.md")}
    forms = {type(form).__module__.rpartition(".")[2] for form in FORMS}
    assert forms <= chapters

"""Any text at all ends in diagnostics: nothing but our own errors, whatever is cut, doubled or replaced."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.report.diagnostics_text import diagnostic_text
from rubric_dsl.source import Source, UnreadableError, decode
from rubric_dsl.syntax.grammar import load
from tests.spec.test_chapters import cases
from tests.tries import tries

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = (ROOT / "rubrics/yuhua/2019.rubric").read_text(encoding="utf-8")
LINES = [line for line in SEED.splitlines() if line.strip()]
WORDS = sorted(
    {word for line in LINES for word in line.split()} | set("（）“”；，。#：÷×≤[]\"'\\①0５\u200b\r\n\t\ufeff")
)
relaxed = settings(
    deadline=None, max_examples=tries(90), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

soups = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(LINES), st.text(max_size=6)), max_size=40).map(
    "\n".join
)


CHAPTERS = [text for _, text, _, _ in cases()]
KEYWORDS = sorted({word for spelled in load().words.values() for found in spelled.values() for word in found})


@st.composite
def damaged_chapters(draw: st.DrawFn) -> str:
    """A chapter's rubric with a stretch cut, a keyword put in, or lines doubled, moved or taken from another."""
    text = draw(st.sampled_from(CHAPTERS))
    start = draw(st.integers(0, len(text)))
    lines = text.split("\n")
    match draw(st.integers(0, 3)):
        case 0:
            return text[:start] + text[start + draw(st.integers(1, 6)) :]
        case 1:
            return f"{text[:start]} {draw(st.sampled_from(KEYWORDS))} {text[start:]}"
        case 2:
            other = draw(st.sampled_from(CHAPTERS)).split("\n")
            lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(other)))
        case _:
            del lines[draw(st.integers(0, len(lines) - 1))]
    return "\n".join(lines)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A stretch of the official rubric with one part cut, doubled or replaced."""
    first = draw(st.integers(0, len(LINES) - 30))
    text = "\n".join([*LINES[:6], *LINES[first : first + 30]])
    start = draw(st.integers(0, len(text)))
    end = min(len(text), start + draw(st.integers(0, 30)))
    return text[:start] + draw(st.one_of(st.just(""), st.sampled_from(WORDS), st.text(max_size=5))) + text[end:]


def check_everything(text: str) -> None:
    source = Source("f", text)
    rubric, found = rd.check_source(source)
    for diagnostic in found:
        for lang in ("zh", "en"):
            assert diagnostic_text(diagnostic, "zh" if lang == "zh" else "en")
        for place in diagnostic.places:
            assert 0 <= place.span.start <= place.span.end <= max(len(text), 1)
    assert rubric is not None or any(diagnostic.is_error for diagnostic in found)
    formatted, _ = rd.format_source(source)
    if formatted is not None:
        again, faults = rd.format_source(Source("g", formatted))
        assert again == formatted, faults
    if rubric is not None:
        rubric.score({})


@relaxed
@given(soups)
def test_any_words_in_any_order(text: str) -> None:
    check_everything(text)


@relaxed
@given(damaged())
def test_a_damaged_rubric(text: str) -> None:
    check_everything(text)


@relaxed
@given(damaged_chapters())
def test_a_damaged_chapter(text: str) -> None:
    check_everything(text)


@relaxed
@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    try:
        text = decode(content, "f")
    except UnreadableError:
        return
    check_everything(text)


@relaxed
@given(st.text(max_size=80))
def test_any_data_text(text: str) -> None:
    submissions, found = read_submissions(Source("d.yaml", text))
    rubric = rd.loads(SEED)
    for submission in submissions:
        rubric.score(submission)
    assert submissions or found

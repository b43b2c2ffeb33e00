"""Fixes as laws: a safe one never changes a score, and no fix makes a text read worse."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.mending import mend
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import INVISIBLE, map_characters
from rubric_dsl.syntax.parse import parse
from tests.spec.test_chapters import CASES
from tests.tries import tries

ROOT = Path(__file__).resolve().parent.parent.parent
RUBRICS = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "rubrics").rglob("*.rubric"))}
CHAPTERS = [text for _, text, _, _ in CASES]
WIDE = {
    **{chr(0x30 + index): (chr(0xFF10 + index),) for index in range(10)},
    **{chr(0x61 + index): (chr(0xFF41 + index),) for index in range(26)},
    "%": ("％",),
    "≤": ("≦", "＜＝", "<＝", "⩽"),
    "≥": ("≧", "＞＝", "⩾"),
    ".": ("．", "。"),
    " ": (" \u200b", "\u00a0", "\ufeff ", "\u200d "),
}
"""What people's keyboards and copied texts put in the place of a character."""
relaxed = settings(
    deadline=None, max_examples=tries(80), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def look_alike(draw: st.DrawFn, texts: list[str]) -> str:
    """A text with look-alike characters in it, outside of quoted texts and comments, and invisible ones anywhere there."""
    text = draw(st.sampled_from(texts))
    mapped = map_characters(text)
    quiet = [*mapped.strings, *mapped.comments]
    open_to = [i for i in range(len(text)) if text[i] in WIDE and not any(s.start <= i < s.end for s in quiet)]
    chosen = draw(st.sets(st.sampled_from(open_to), min_size=1, max_size=12))
    pieces = list(text)
    for at in chosen:
        pieces[at] = draw(st.sampled_from(WIDE[pieces[at]]))
    for at in draw(st.sets(st.integers(0, len(text) - 1), max_size=2)):
        pieces[at] = draw(st.sampled_from(INVISIBLE)) + pieces[at]
    return "".join(pieces)


@st.composite
def torn(draw: st.DrawFn, texts: list[str]) -> str:
    """A text with a few characters taken out, doubled or put in."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        new = draw(
            st.sampled_from(
                ["", "（", "）", "(", "”", "“", '"', "。", "，", "%", "-", "到", "满分", "\u200b", "⩽", "１", " "]
            )
        )
        text = text[:at] + new + text[at + draw(st.integers(0, 2)) :]
    return text


def core(rubric: rd.Rubric | None) -> object:
    """What decides every score: the programs of the indicators, and the definitions over their results."""
    assert rubric is not None
    model = rubric.model
    return {name: item.program for name, item in model.indicators.items()}, dict(model.totals.definitions)


def errors(text: str) -> int:
    return sum(item.is_error for item in parse(Source("t", text))[1])


@relaxed
@given(text=look_alike([*RUBRICS.values(), *CHAPTERS]))
@example(text=next(iter(RUBRICS.values())).replace(" ", "\ufeff"))
def test_a_safe_fix_never_changes_a_score(text: str) -> None:
    source = Source("t", text)
    before, _ = rd.check_source(source)
    mended = mend(source)
    assert all(change.fix.safe for change in mended.changes)
    assert not mended.scores_may_differ
    assert errors(mended.source.text) <= errors(text)
    if before is not None:
        assert core(mended.rubric) == core(before)


@pytest.mark.slow
@pytest.mark.parametrize("path", list(RUBRICS), ids=lambda path: path.stem)
def test_every_look_alike_in_a_whole_rubric_is_mended(path: Path) -> None:
    text = RUBRICS[path]
    quiet = [*map_characters(text).strings, *map_characters(text).comments]
    spoilt = "".join(
        WIDE[char][0] if char in "0123456789%≤≥" and not any(s.start <= at < s.end for s in quiet) else char
        for at, char in enumerate(text)
    )
    mended = mend(Source("t", spoilt), path.parent)
    assert (mended.source.text, [item.code for item in mended.left]) == (text, [])
    assert {change.code for change in mended.changes} <= {"look-alike"}


@relaxed
@given(text=torn([*RUBRICS.values(), *CHAPTERS]))
def test_all_fixes_end_in_a_text_that_reads_no_worse(text: str) -> None:
    mended = mend(Source("t", text), unsafe=True)
    assert errors(mended.source.text) <= errors(text)
    assert mended.left == rd.check_source(mended.source)[1]
    assert mend(mended.source, unsafe=True).changes == ()


@relaxed
@given(text=torn(CHAPTERS))
def test_safe_fixes_of_a_torn_text_change_no_score_either(text: str) -> None:
    before, _ = rd.check_source(Source("t", text))
    if before is not None:
        assert core(mend(Source("t", text)).rubric) == core(before)

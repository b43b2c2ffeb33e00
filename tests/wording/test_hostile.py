"""Long and strange texts end in a clear answer, in bounded time."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubric_dsl.wording import read_wording
from rubric_dsl.wording.phrases import MAX_LENGTH
from tests.tries import tries
from tests.wording.cases import cases

LONG = [
    "≥90%得5分；",
    "①甲，1分；",
    "每处扣1分，",
    "缺1个科室，扣1分；",
    "（" * 20,
    "“",
    "每",
    "1",
    "90%≤",
    "a ",
    "（含",
    "有，得满分；无，不得分；",
    "\t1\t得1分",
    "\n",
    " ",
]
PIECES = sorted({case.text[slot.span.start : slot.span.end] for case in cases() for slot in case.read().spans})
JUNK = ["", "\t", "\n", "。", "“", "”", '"', "\\", "（", "0", "00", "9" * 70, "\u200b", "\x00", "🙂", "-", "ⅷ", "٣"]


@pytest.mark.parametrize("piece", LONG)
def test_a_long_text_is_answered_soon(piece: str) -> None:
    text = (piece * MAX_LENGTH)[:MAX_LENGTH]
    start = process_time()
    wording = read_wording(text, points=5)
    assert process_time() - start < 10
    assert wording.outcome == "not read"


def test_many_open_ends_are_answered_soon() -> None:
    """So many ends have no list of all meanings: two are shown, in which all ends are decided alike."""
    text = "，".join(f"{900 - index}万元以上得{200 - index}分" for index in range(199))
    start = process_time()
    wording = read_wording(text, points=200)
    assert process_time() - start < 10
    assert wording.outcome == "open"
    assert len(wording.readings) == 2


def test_a_text_that_is_too_long_says_so() -> None:
    wording = read_wording("每处扣1分" * 1_000_000)
    assert wording.outcome == "not read"
    assert str(MAX_LENGTH) in wording.reason.en


@settings(deadline=None, max_examples=tries(200))
@given(st.lists(st.sampled_from(PIECES + JUNK), max_size=7), st.sampled_from([None, 5, "2.5"]))
def test_no_text_raises_and_every_answer_is_whole(pieces: list[str], points: int | str | None) -> None:
    text = "".join(pieces)
    wording = read_wording(text, points=points)
    if wording.outcome == "not read":
        assert wording.stopped_at is not None
        assert 0 <= wording.stopped_at.start <= wording.stopped_at.end <= len(text)
        assert not wording.readings
        assert wording.reason.zh
        return
    assert (len(wording.readings) == 1) is (wording.outcome == "read")
    assert all(item.low <= item.high for reading in wording.readings for item in reading.worked)

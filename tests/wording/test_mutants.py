"""Each word of a phrase that is read means something: changed, it changes the answer or stops the reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from rubric_dsl.wording import Wording
from tests.wording.cases import Case, cases

READ = [case for case in cases() if case.outcome != "not read"]

WORDS = {
    "以上": ["以下"], "以下": ["以上"], "≥": ["≤", ">"], "≤": ["≥", "<"], "≦": ["≧"], "＞": ["＜"], "＜": ["≤"], "<": ["≤"],
    "低于": ["高于", "不低于"], "不足": ["超过"], "超过": ["低于", "不超过"], "超出": ["低于"], "降低": ["超过"], "大于": ["小于"],
    "小于": ["大于"], "少于": ["多于"], "不低于": ["低于"], "含": ["不含"], "及以上": ["以上"], "以上（": ["以下（"],
    "%": ["人", "万元"], "个百分点": ["人"], "万元": ["元", "%"], "人": ["万元"], "处": ["次"], "一": ["三"], "两": ["三"],
    "扣": ["得", "加"], "得": ["扣"], "计": ["扣"], "加": ["扣"], "减": ["加"], "每": [""], "最多": ["最低"], "最高": ["最低"],
    "最低": ["最多"], "扣完为止": [""], "为止": ["为准"], "满分": ["零分"], "不得分": ["得满分"], "未": [""], "无": ["有"], "不符": ["符"],
    "否则": [""], "标准": ["参考"], "-": ["和"], "到": ["和"], "按比例": ["按名次"], "完成": ["取消"], "基础分": ["附加分"], "①": ["③"],
    "由评委": ["由本人"], "目标值的": [""], "以": ["从"],
    "or more": ["or less"], "at least": ["below"], "at most": ["at least"], "below": ["above"], "above": ["below"], "over": ["below"],
    "less than ": [""], "more than": ["less than"], "deduct": ["add"], "deducted": ["added"], "add": ["deduct"], "points": ["%"],
    "for every": [""], "for each": [""], "full marks": ["no points"], "no points": ["full marks"], "otherwise": [""],
    "to zero": [""], "included": ["excluded"], "excluded": ["included"], "in proportion": ["by rank"], "maximum": ["minimum"],
    "就高不就低": ["就低不就高"], "加倍": [""], "依次类推": ["", "依次递减"], "插值法": ["名次"], "平均分": ["最高分"], "去掉": ["加上"],
    "名": ["家"], "分值": ["权重"], "其间": ["其后"], "heaviest": ["lightest"], "doubled": ["halved"], "interpolation": ["extrapolation"],
    "award": ["keep"], "Assign": ["Keep"], "days": ["%"],
}  # fmt: skip
"""Words that decide something, and what they could be by mistake."""

ALIKE = [
    (
        "（含）以下计满分",
        "以下计满分",
    ),  # at the target itself nothing is deducted: whose the end is makes no difference
    ("100%以下（含）计满分", "100%以下（不含）计满分"),
    ("100%及以上得5分", "100%以上得5分"),  # the band before it ends below 100%
    ("80% to less than 90%", "80% to 90%"),  # 90% belongs to the band before it
]
"""Changes after which the wording means the same."""


def answer(wording: Wording) -> object:
    if wording.outcome == "not read":
        return None
    return [(item.clauses, item.heading, item.choices, item.unit, item.subject) for item in wording.readings]


def changed_words(case: Case) -> Iterator[str]:
    beside = [slot.span for slot in case.read().spans if slot.kind == "beside"]
    yield from (text for at, text in _changed(case.text) if not any(span.start <= at < span.end for span in beside))


def _changed(text: str) -> Iterator[tuple[int, str]]:
    for match in re.finditer(r"\d+(?:\.\d+)?", text):
        yield match.start(), text[: match.start()] + f"{int(float(match.group())) + 1}" + text[match.end() :]
        yield match.start(), text[: match.start()] + match.group() + "5" + text[match.end() :]
    for word, others in WORDS.items():
        for match in re.finditer(re.escape(word), text):
            for other in others:
                yield match.start(), text[: match.start()] + other + text[match.end() :]


@pytest.mark.parametrize("case", READ, ids=lambda case: case.text[:30])
def test_a_word_that_is_changed_changes_the_answer(case: Case) -> None:
    before = answer(case.read())
    unnoticed = [
        text
        for text in changed_words(case)
        if answer(case.read(text)) == before and not any(case.text.replace(*pair) == text for pair in ALIKE)
    ]
    assert unnoticed == []


@pytest.mark.parametrize("case", READ, ids=lambda case: case.text[:30])
def test_a_phrase_that_is_dropped_or_doubled_changes_the_answer(case: Case) -> None:
    """A name or a target said twice, “of the kinds above”, and the number of a single item may go: nothing else."""
    wording = case.read()
    before = answer(wording)
    for slot in wording.spans:
        start, end = slot.span.start, slot.span.end
        phrase = case.text[start:end]
        if slot.kind in ("stop", "beside"):
            continue
        dropped = case.text[:start] + case.text[end:]
        doubled = case.text[:end] + phrase + case.text[end:]
        assert answer(case.read(doubled)) != before, doubled
        if answer(case.read(dropped)) == before:
            names = {"以上情况", "不符合要求的", *(item.subject for item in wording.readings)}
            assert slot.kind in ("target", "mark") or phrase in names, dropped


@pytest.mark.parametrize("case", READ, ids=lambda case: case.text[:30])
def test_what_is_half_understood_is_not_read(case: Case) -> None:
    """A text of which a part is not understood is not read, wherever that part stands."""
    if "\t" in case.text:
        return  # what is put before or behind it is another cell
    for strange in ("，其中A类每项另计", "。按有关规定执行5%", "；同比×2"):
        for text in (case.text + strange, strange.strip("，。；") + "。" + case.text):
            assert case.read(text).outcome == "not read", text


@pytest.mark.parametrize("case", READ, ids=lambda case: case.text[:30])
def test_every_word_that_is_read_has_a_slot(case: Case) -> None:
    """Between the slots there are only spaces and commas."""
    if "\t" in case.text:
        return
    left = list(case.text)
    for slot in case.read().spans:
        left[slot.span.start : slot.span.end] = " " * (slot.span.end - slot.span.start)
    assert not "".join(left).strip(" \n，,：:")

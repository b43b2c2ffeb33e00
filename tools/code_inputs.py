"""The examples that no page can show: texts that are too large, and what only a program can hand over."""

from __future__ import annotations

from collections.abc import Callable

from rubric_dsl.data.faults import MAX_FAULTS
from rubric_dsl.diagnostics import Lang, Text
from tools.code_pages import Example, framed

Builder = Callable[[Lang], Example]


def _table(cell: str) -> Builder:
    """A table of one department too many, with the same cell for each."""

    def built(lang: Lang) -> Example:
        head = Text("部门,编制数", "subject,posts").to(lang)
        rows = "".join(f"{Text('甲', 'A').to(lang)}{number},{cell}\n" for number in range(MAX_FAULTS + 1))
        return Example(framed((), lang), data=(("data.csv", f"{head}\n{rows}"),))

    return built


def _formula(brackets: int) -> Builder:
    """A formula with so many brackets, one inside the other."""

    def built(lang: Lang) -> Example:
        staff, posts = Text("在职人员数", "staff").to(lang), Text("编制数", "posts").to(lang)
        measure = f"{Text('指标值', 'measure').to(lang)} {'(' * brackets}{staff}{')' * brackets} / {posts}"
        return Example(framed((("rule", f"{measure}\n{_RULE.to(lang)}\n"),), lang))

    return built


def _long(characters: int) -> Builder:
    """A measure that is a sum of so many characters, or a little less."""

    def built(lang: Lang) -> Example:
        staff, posts = Text("在职人员数", "staff").to(lang), Text("编制数", "posts").to(lang)
        one = f"{staff} + "
        head = f"{Text('指标值', 'measure').to(lang)} ({one}"
        tail = f"{staff}) / {posts}"
        left = characters - len(head) - len(tail)
        text = f"{head}{one * (left // len(one))}{' ' * (left % len(one))}{tail}"
        return Example(framed((("rule", f"{text}\n{_RULE.to(lang)}\n"),), lang))

    return built


def _cells(columns: int) -> Builder:
    """A table of so many columns."""

    def built(lang: Lang) -> Example:
        head = Text("部门,编制数", "subject,posts").to(lang)
        row = f"{Text('甲', 'A').to(lang)},10"
        return Example(framed((), lang), data=(("data.csv", f"{head}\n{row}{',' * columns}\n"),))

    return built


_RULE = Text("评价标准 ≤ 100% 计满分；> 100% 不得分", "rule <= 100% scores full marks; > 100% no points")
BUILT: dict[str, tuple[Builder, Builder]] = {
    "more-faults": (_table("#REF!"), _table("10")),
    "too-deep": (_formula(61), _formula(60)),
    "too-large": (_cells(400_001), _cells(0)),
    "too-long": (_long(50_001), _long(100)),
}
"""The faulty and the good example of a code, in the language of the page's half."""

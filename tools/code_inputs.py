"""The examples that no page can show: texts that are too large, and what only a program can hand over."""

from __future__ import annotations

from collections.abc import Callable

from rubric_dsl.data.faults import MAX_FAULTS
from rubric_dsl.data.tree import MAX_NODES
from rubric_dsl.diagnostics import Lang, Text
from tools.code_pages import Example, framed

Builder = Callable[[Lang], Example]


def _table(columns: int, cell: str) -> Builder:
    """A table with the same cell in so many columns."""

    def built(lang: Lang) -> Example:
        names = [f"{Text('列', 'column').to(lang)}{number}" for number in range(1, columns)]
        head = ",".join([Text("编制数", "posts").to(lang), *names])
        return Example(framed((), lang), data=(("data.csv", f"{head}\n{','.join([cell] * columns)}\n"),))

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


def _values(count: int) -> Builder:
    """A list of so many empty values, none of which is a submission, or one good submission."""

    def built(lang: Lang) -> Example:
        del lang  # no word of it is read, so that both halves are one example
        text = f"[{'0,' * count}0]" if count else '{"subject": "A"}'
        return Example(framed((), "en"), data=(("data.json", text),))

    return built


_RULE = Text("评价标准 ≤ 100% 计满分；> 100% 不得分", "rule <= 100% scores full marks; > 100% no points")
BUILT: dict[str, tuple[Builder, Builder]] = {
    "more-faults": (_table(MAX_FAULTS + 1, "#REF!"), _table(1, "10")),
    "too-deep": (_formula(61), _formula(60)),
    "too-large": (_values(MAX_NODES), _values(0)),
    "too-long": (_long(50_001), _long(100)),
}
"""The faulty and the good example of a code, in the language of the page's half."""

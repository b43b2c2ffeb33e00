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


def _measure(zh: str, en: str) -> Builder:
    """A measure with the indicator's usual rule."""

    def built(lang: Lang) -> Example:
        measure = f"{Text('指标值', 'measure').to(lang)} {Text(zh, en).to(lang)}"
        return Example(framed((("rule", f"{measure}\n{_RULE.to(lang)}\n"),), lang))

    return built


def _bands(count: int) -> Builder:
    """A rule of so many bands, the last of which has no upper end."""

    def built(lang: Lang) -> Example:
        bands = [
            Text(
                f"{number}%（含） 到 {number + 1}% 计{number % 2 * 10}分",
                f"{number}% (included) to {number + 1}% scores {number % 2 * 10}",
            ).to(lang)
            for number in range(count - 1)
        ]
        rest = Text(f"≥ {count - 1}% 计满分", f">= {count - 1}% scores full marks").to(lang)
        end = Text("；", "; ").to(lang)
        return Example(framed((("clauses", end.join([*bands, rest]) + "\n"),), lang))

    return built


def _matrix(columns: int, rows: int) -> Builder:
    """A form with a table of so many columns and rows, each of which a check speaks of."""

    def built(lang: Lang) -> Example:
        names = [f"c{number}" for number in range(columns)]
        word, row, check = (Text(*pair).to(lang) for pair in (("列", "columns"), ("行", "row"), ("核对", "check")))
        unit = Text("万元", "wan_yuan").to(lang)
        lines = [f"{word} {', '.join(names)}", *(f"{row} r{number}: {unit}" for number in range(rows))]
        lines += [f"{check} r{number} >= 0" for number in range(rows)]
        return Example(framed((("fields", "\n".join(lines) + "\n"),), lang))

    return built


def _notes(count: int) -> Builder:
    """So many notes below the indicator."""

    def built(lang: Lang) -> Example:
        note = f'{Text("说明", "note").to(lang)} "{Text("年度决算", "annual accounts").to(lang)}"\n'
        return Example(framed((("more", note * count),), lang))

    return built


def _summed(count: int) -> tuple[str, str]:
    return (
        f"合计（{'，'.join(['在职人员数'] * count)}） ÷ 编制数 ÷ {count}",
        f"sum({', '.join(['staff'] * count)}) / posts / {count}",
    )


def _nested(depth: int) -> tuple[str, str]:
    return f"{'绝对值（' * depth}在职人员数{'）' * depth} ÷ 编制数", f"{'abs(' * depth}staff{')' * depth} / posts"


_LONG, _SHORT = "1" + "0" * 60, "1"
_RULE = Text("评价标准 ≤ 100% 计满分；> 100% 不得分", "rule <= 100% scores full marks; > 100% no points")
BUILT: dict[str, tuple[Builder, Builder]] = {
    "formula-too-large": (_measure(*_nested(20)), _measure(*_nested(1))),
    "number-too-long": (
        _measure(f"在职人员数 ÷ 编制数 × {_LONG}", f"staff / posts * {_LONG}"),
        _measure(f"在职人员数 ÷ 编制数 × {_SHORT}", f"staff / posts * {_SHORT}"),
    ),
    "too-many-clauses": (_bands(501), _bands(3)),
    "too-many-figures": (_matrix(200, 101), _matrix(2, 2)),
    "too-many-items": (_measure(*_summed(201)), _measure(*_summed(2))),
    "too-many-statements": (_notes(20_001), _notes(1)),
    "more-faults": (_table(MAX_FAULTS + 1, "#REF!"), _table(1, "10")),
    "too-deep": (_formula(61), _formula(60)),
    "too-large": (_values(MAX_NODES), _values(0)),
    "too-long": (_long(50_001), _long(100)),
}
"""The faulty and the good example of a code, in the language of the page's half."""

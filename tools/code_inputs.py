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


BUILT: dict[str, tuple[Builder, Builder]] = {
    "more-faults": (_table("#REF!"), _table("10")),
}
"""The faulty and the good example of a code, in the language of the page's half."""

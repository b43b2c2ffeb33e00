"""The page of each diagnostic code: what it checks, why it matters, what to write instead."""

from __future__ import annotations

from rubric_dsl.codes import around, basic, wordings
from rubric_dsl.data.table_faults import PAGES as TABLES
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.forms import FORMS

PAGES: dict[str, Text] = {
    **basic.PAGES,
    **around.PAGES,
    **wordings.PAGES,
    **TABLES,
    **{code: text for form in FORMS for code, text in form.pages.items()},
}
"""A form brings the pages of its own codes."""


def page(code: str, lang: Lang) -> str | None:
    """Return the page of a code, or None when there is no such code."""
    found = PAGES.get(code)
    return None if found is None else f"{code}\n{found.to(lang)}"

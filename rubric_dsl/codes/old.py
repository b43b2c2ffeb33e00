"""The short texts of codes whose page is not written yet."""

from __future__ import annotations

from rubric_dsl.codes import around, basic, wordings
from rubric_dsl.data.table_faults import PAGES as TABLES
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms import FORMS

PAGES: dict[str, Text] = {
    **basic.PAGES,
    **around.PAGES,
    **wordings.PAGES,
    **TABLES,
    **{code: text for form in FORMS for code, text in form.pages.items()},
}

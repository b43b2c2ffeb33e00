"""An explained indicator as JSON: the result with its trace, the official words, and where the next band begins."""

from __future__ import annotations

from rubric_dsl.diagnostics import Lang
from rubric_dsl.evaluate.as_json import Json, explanation_json
from rubric_dsl.numbers import text_of
from rubric_dsl.report.page.notice import Entry
from rubric_dsl.syntax.write import write_tree


def entry_json(entry: Entry, lang: Lang) -> Json:
    """Return one indicator's explanation."""
    found, indicator = entry.next, entry.indicator
    formula = entry.item.formula
    return {
        **explanation_json(entry.item, lang),
        "formula": None if formula is None else write_tree(formula[0], lang),
        "with_figures": None if formula is None else write_tree(formula[1], lang),
        "next": None
        if found is None
        else {
            "measure": text_of(found.at),
            "included": found.included,
            "way": found.way,
            "score": text_of(found.score),
        },
        "wording": indicator.wording,
        "note": indicator.note,
        "decisions": [{"text": item.text, "reason": item.reason} for item in indicator.decisions],
    }

"""Only what mends is offered: each fix is tried, and left out where its finding stays or an error comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from rubric_dsl.diagnostics import Diagnostic, Fix
from rubric_dsl.source import Source, Span

Recheck = Callable[[str], tuple[Diagnostic, ...]]
"""Returns what is found in a changed text."""

MOST_READ = 250_000
"""So many characters are read again at the most to try the fixes of one file; the fixes that are left are not offered."""
EACH_FIGURE = 30
"""A figure of the form takes as long as so many characters: a line may declare one for each of many columns."""


def only_what_mends(
    source: Source, found: tuple[Diagnostic, ...], recheck: Recheck, figures: int = 0
) -> tuple[Diagnostic, ...]:
    """Leave out the fixes of errors that do not mend: a fix removes its finding and adds no error.

    ``figures`` is how many the form has.
    """
    left = MOST_READ
    size = len(source.text) + EACH_FIGURE * figures
    told = []
    errors = Counter(item.code for item in found if item.is_error)
    for item in found:
        kept = []
        for fix in item.fixes if item.is_error else ():
            left -= size
            if left >= 0 and fix.span is not None and _mends(source, item, fix, fix.span, errors, recheck):
                kept.append(fix)
        told.append(item if not item.is_error or len(kept) == len(item.fixes) else replace(item, fixes=tuple(kept)))
    return tuple(told)


def _mends(source: Source, item: Diagnostic, fix: Fix, span: Span, errors: Counter[str], recheck: Recheck) -> bool:
    if not item.places or item.places[0].source is not source:
        return True  # it is of another file, which is not changed
    after = recheck(source.text[: span.start] + fix.replacement + source.text[span.end :])
    now = Counter(other.code for other in after if other.is_error)
    return now <= errors - Counter([item.code])

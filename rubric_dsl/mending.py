"""Applying fixes to a rubric's text: the safe ones, or all that leave nothing to choose, until nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rubric_dsl.api import Rubric
from rubric_dsl.diagnostics import Change, Diagnostic, Fix, Place
from rubric_dsl.loading import check_source
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax.parse import parse

MAX_ROUNDS = 20
"""So many times the text is checked anew; a fix may bring others into sight."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A text after its fixes: what was changed, and what the checks say of it now.

    ``scored`` says that the rubric could score before anything was changed.
    """

    source: Source
    changes: tuple[Change, ...]
    rubric: Rubric | None
    left: tuple[Diagnostic, ...]
    scored: bool

    @property
    def scores_may_differ(self) -> bool:
        """Whether a rubric that could score before may score otherwise now."""
        return self.scored and any(not change.fix.safe for change in self.changes)


def mend(source: Source, folder: Path | None = None, *, unsafe: bool = False) -> Mended:
    """Apply the safe fixes of a rubric and, if asked, those that can change scores.

    Of an unsafe fix with alternatives none is applied: which one is meant is the author's to say. A fix is left out
    where the text would then read worse, or where a safe one would change what a rubric that scores says. ``folder`` is
    where an edition that it inherits from is looked for; that file itself is never changed.
    """
    rubric, found = check_source(source, folder)
    scored = rubric is not None
    changes: list[Change] = []
    for _ in range(MAX_ROUNDS):
        kept = _safe_round(source, found, scores=rubric is not None)
        if not kept and unsafe:
            kept = _unsafe_round(source, found)
        if not kept:
            break
        changes.extend(kept)
        source = Source(source.name, changed(source.text, [change.fix for change in kept]))
        rubric, found = check_source(source, folder)
    return Mended(source, tuple(changes), rubric, found, scored)


def changed(text: str, fixes: list[Fix]) -> str:
    """Return a text with fixes applied that do not overlap."""
    pieces, at = [], 0
    for fix in sorted(fixes, key=lambda fix: _span(fix).start):
        span = _span(fix)
        pieces += [text[at : span.start], fix.replacement]
        at = span.end
    return "".join(pieces) + text[at:]


def _span(fix: Fix) -> Span:
    return fix.span if fix.span is not None else Span(0, 0)


def _safe_round(source: Source, found: tuple[Diagnostic, ...], *, scores: bool) -> list[Change]:
    offered = [_change(item, next((fix for fix in item.fixes if fix.safe), None), source) for item in found]
    before, faults = parse(source)
    worst = _errors(faults)

    def reads(text: str) -> bool:
        document, now = parse(Source(source.name, text))
        return _errors(now) <= worst and (not scores or document.statements == before.statements)

    return _kept(source, [], _apart(offered), reads)


def _unsafe_round(source: Source, found: tuple[Diagnostic, ...]) -> list[Change]:
    offered = [_change(item, item.fixes[0] if len(item.fixes) == 1 else None, source) for item in found]
    worst = _errors(parse(source)[1])
    return _kept(source, [], _apart(offered), lambda text: _errors(parse(Source(source.name, text))[1]) <= worst)


def _change(item: Diagnostic, fix: Fix | None, source: Source) -> Change | None:
    """Return the change that a fix makes of this file; None where there is none, or where it is of another file."""
    if (
        fix is None
        or fix.span is None
        or item.accepted is not None
        or not item.places
        or item.places[0].source is not source
    ):
        return None
    return Change(item.code, fix, Place(source, fix.span))


def _apart(offered: list[Change | None]) -> list[Change]:
    """Return changes that do not touch each other, the first ones first; the same change is made once."""
    chosen: list[Change] = []
    wanted = sorted((change for change in offered if change is not None), key=lambda change: change.place.span.start)
    for change in wanted:
        span, last = change.place.span, chosen[-1].place.span if chosen else None
        if last is None or (span.start >= last.end and span.start > last.start):
            chosen.append(change)
    return chosen


def _kept(source: Source, base: list[Change], more: list[Change], reads: Callable[[str], bool]) -> list[Change]:
    """Add to ``base`` what can be applied of ``more``: all of it, or else what can be of each half."""
    if not more:
        return base
    together = [*base, *more]
    if reads(changed(source.text, [change.fix for change in together])):
        return together
    if len(more) == 1:
        return base
    half = len(more) // 2
    return _kept(source, _kept(source, base, more[:half], reads), more[half:], reads)


def _errors(found: tuple[Diagnostic, ...]) -> int:
    return sum(item.is_error for item in found)

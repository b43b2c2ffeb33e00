"""From the text of a rubric and its editions to the checked model, or to all that is wrong with it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from rubric_dsl.diagnostics import Diagnostic, Text, in_order
from rubric_dsl.model.build import build
from rubric_dsl.model.editions import Opener, expand, read_document
from rubric_dsl.model.model import Expanded, Model
from rubric_dsl.source import Source, UnreadableError, read_source


def read_whole(source: Source, opened: Opener) -> Expanded:
    """Return what stands in a rubric's text and in the editions that it inherits from, each opened by its name."""
    document, faults = read_document(source)
    whole = expand(source, document, opened)
    whole = replace(whole, faults=(*faults, *whole.faults))
    _KEPT.pop(whole.sources, None)
    _KEPT[whole.sources] = whole
    if len(_KEPT) > _MOST_KEPT:
        _KEPT.pop(next(iter(_KEPT)), None)
    return whole


_KEPT: dict[tuple[Source, ...], Expanded] = {}
"""The last texts that were read: one reading after the other is asked for."""
_MOST_KEPT = 4


def expanded(sources: tuple[Source, ...]) -> Expanded:
    """Return what stands in a rubric's sources."""
    return _KEPT.get(sources) or read_whole(sources[0], {source.name: source for source in sources[1:]}.get)


@lru_cache(maxsize=16)
def under_reading(sources: tuple[Source, ...], reading: str) -> tuple[Model | None, tuple[Diagnostic, ...]]:
    """Build a rubric under a named reading, or under one of part steps; the last ones are kept."""
    return built(expanded(sources), reading)


def built(whole: Expanded, reading: str = "", *, deep: bool = False) -> tuple[Model | None, tuple[Diagnostic, ...]]:
    """Build what was read and check it; ``deep`` adds what only its author asks, much of it where there is no error."""
    from rubric_dsl.analysis.checks.band_gap import band_gap
    from rubric_dsl.analysis.checks.rounding_tried import rounding_tried
    from rubric_dsl.analysis.checks.table_open import table_open
    from rubric_dsl.model.accepted import with_accepted

    model, found = build(whole, reading)
    if model is None:
        return None, found
    found += band_gap(model) + table_open(model)
    passed_over: tuple[Diagnostic, ...] = ()
    if deep and not any(item.is_error for item in found):
        from rubric_dsl.analysis.checks.rules import rules
        from rubric_dsl.model.checks.for_authors import WHEN_SOUND

        told = {_heading(model, item) for item in found}
        more = rules(model)
        passed_over = tuple(item for item in more if _heading(model, item) in told)
        found += tuple(item for item in more if item not in passed_over)
        found += tuple(item for check in WHEN_SOUND for item in check(model))
    if deep:
        from rubric_dsl.model.checks.for_authors import WORDING

        found += tuple(item for check in WORDING for item in check(model))
    found = rounding_tried(model, found)
    complete = deep and not any(item.is_error for item in found)
    found = with_accepted(model, found, passed_over, complete=complete)
    return model, in_order(_where_the_author_writes(whole, found, deep=deep))


def _where_the_author_writes(whole: Expanded, found: tuple[Diagnostic, ...], *, deep: bool) -> tuple[Diagnostic, ...]:
    """Begin with a place in the author's own file where the file that is kept is right by itself.

    What follows from one change, once for each rule that is kept, is one fault.
    """
    names = [source.name for source in whole.sources]
    kept = set(names[1:])
    if whole.kept_by is None or len(names) > len(kept) + 1 or names[0] in kept:
        return found
    if not any(item.places and item.places[0].source.name in kept for item in found):
        return found
    _, before = built(expanded(whole.sources[1:]), deep=deep)
    there = {(item.code, item.places[0].span) for item in before if item.places}
    told: list[Diagnostic] = []
    known: dict[tuple[str, Text], int] = {}
    for item in found:
        place = item.places[0] if item.places else None
        if place is None or place.source.name not in kept or (item.code, place.span) in there:
            told.append(item)
        elif (item.code, item.message) in known:
            at = known[item.code, item.message]
            told[at] = replace(told[at], places=(*told[at].places, *item.places))
        else:
            known[item.code, item.message] = len(told)
            told.append(replace(item, places=(whole.kept_by, *item.places), fixes=()))
    return tuple(told)


def _heading(model: Model, diagnostic: Diagnostic) -> tuple[str, int] | None:
    """Return where the indicator begins in which a diagnostic lies: what follows from one fault is not told again."""
    if not diagnostic.places:
        return None
    place = diagnostic.places[0]
    starts = [item.place for item in model.indicators.values() if item.place.source.name == place.source.name]
    before = [own.span.start for own in starts if own.span.start <= place.span.start]
    return (place.source.name, max(before)) if before else None


def opener(folder: Path | None) -> Opener:
    """Return what opens another edition in a folder: a file there, by its plain name, and nothing else."""

    def opened(name: str) -> Source | None:
        path = None if folder is None or not _PLAIN_FILE.fullmatch(name) else folder / name
        if path is None or path.is_symlink():
            return None
        try:
            return read_source(path, name)
        except UnreadableError:
            return None

    return opened


_PLAIN_FILE = re.compile(r"[^/\\:\x00-\x1f]+\.rubric")

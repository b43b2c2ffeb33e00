"""The report on coverage for programs; exact numbers as strings."""

from __future__ import annotations

from rubric_dsl.adequacy.coverage import Coverage, IndicatorCoverage, Reached
from rubric_dsl.adequacy.goals import KINDS
from rubric_dsl.adequacy.suggest import Suggestion
from rubric_dsl.diagnostics import Lang
from rubric_dsl.numbers import text_of


def coverage_json(found: Coverage, lang: Lang) -> dict[str, object]:
    """Return coverage as plain data: counts by kind, and every goal of every indicator."""
    return {
        "full": found.full,
        "counts": {kind: _count(found.count(kind)) for kind in KINDS},
        "indicators": [_indicator(item, lang) for item in found.indicators],
        "notes": [note.to(lang) for note in found.notes],
    }


def _count(count: tuple[int, int]) -> dict[str, int]:
    return {"covered": count[0], "of": count[1]}


def _indicator(item: IndicatorCoverage, lang: Lang) -> dict[str, object]:
    return {
        "name": item.indicator.name,
        "counts": {kind: _count(item.count(kind)) for kind in KINDS},
        "goals": [_goal(goal, lang) for goal in item.goals],
        "notes": [note.to(lang) for note in item.notes],
    }


def _goal(item: Reached, lang: Lang) -> dict[str, object]:
    edge = item.goal.edge
    return {
        "kind": item.goal.kind,
        "text": item.goal.text.to(lang),
        "state": item.state,
        "lines": list(item.lines),
        "edge": None if edge is None else {"at": text_of(edge.at), "side": item.goal.side, "unit": text_of(edge.unit)},
        "data": None if item.trial is None else dict(item.trial.given),
        "score": None if item.trial is None else text_of(item.trial.score),
        "reason": None if item.reason is None else item.reason.to(lang),
    }


def suggestion_json(item: Suggestion, lang: Lang) -> dict[str, object]:
    """Return a suggested example as plain data."""
    return {
        "indicator": item.indicator.name,
        "line": item.line,
        "data": dict(item.trial.given),
        "score": text_of(item.trial.score),
        "reaches": [text.to(lang) for text in item.goals],
    }

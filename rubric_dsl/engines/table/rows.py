"""Rows that are the evaluator's: something is missing, wrong or written in an unusual way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from rubric_dsl.data.columns import Target
from rubric_dsl.data.faults import Faults, StoppedError
from rubric_dsl.data.reader import submission_of
from rubric_dsl.data.submission import Submission
from rubric_dsl.data.values import parse_values
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.engines.table.outputs import Output
from rubric_dsl.evaluate.result import Result, ScoreRange
from rubric_dsl.model.model import Model, Section

Ends = tuple[Fraction | None, Fraction | None, Fraction | None]
"""A score (None: not settled, or none at all), and the least and greatest that it can be (None: not rated)."""


def submission_at(targets: Sequence[Target], cells: Sequence[object]) -> tuple[Submission, tuple[Diagnostic, ...]]:
    """Read one row as a submission; faults are returned."""
    top: dict[str, object] = {}
    inner: dict[str, dict[str, object]] = {"figures": {}, "claims": {}, "overrides": {}}
    for target, cell in zip(targets, cells, strict=True):
        if cell is None or cell == "":
            continue
        if target.part in ("figures", "claims"):
            inner[target.part][target.name] = cell
        elif target.part in ("score", "reason", "source"):
            own = inner["overrides"].setdefault(target.name, {})
            assert isinstance(own, dict)  # noqa: S101 - made here
            own[target.part] = cell
        else:
            top[target.part] = cell
    faults = Faults()
    try:
        tree = parse_values(top | {key: value for key, value in inner.items() if value}, faults)
        found = None if tree is None else submission_of(tree, faults)
    except StoppedError:
        found = None
    return found or Submission(), faults.result()


def ends_of(result: Result, output: Output, sections: Mapping[str, int]) -> Ends:
    """Return a result of the evaluator as the ends of a column's cell."""
    match output.of:
        case "total":
            return _ends(result.total)
        case "points":
            return result.total.points, None, None
        case "section":
            return _ends(result.sections[sections[output.owner]].range)
        case "measure":
            return result.indicators[output.owner].measure, None, None
        case _:
            item = result.indicators[output.owner]
            return item.score, item.range.min, item.range.max


def status_of(result: Result, output: Output, sections: Mapping[str, int]) -> str:
    """Return what a result of the evaluator says in a column of statuses."""
    if output.of == "status":
        return result.indicators[output.owner].status
    return result.sections[sections[output.owner]].status if output.owner in sections else result.status


def _ends(found: ScoreRange) -> Ends:
    return (None, None, None) if found.rated is False else (found.score, found.min, found.max)


def section_places(model: Model, keys: Mapping[str, str]) -> dict[str, int]:
    """Return where in a result each heading's subtotal stands, by its key."""
    places = {"/".join(_path(section)) + "/": place for place, section in enumerate(model.sections)}
    return {key: places[name] for key, name in keys.items()}


def _path(section: Section) -> tuple[str, ...]:
    return (*section.path, section.name)

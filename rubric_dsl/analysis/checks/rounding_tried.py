"""An advised rounding is run against the examples: they hold with it, or it is said which one does not."""

from __future__ import annotations

from dataclasses import replace

from rubric_dsl.diagnostics import NO_TEXT, Diagnostic, Place, Text
from rubric_dsl.evaluate.result import ScoreRange
from rubric_dsl.model.model import Model
from rubric_dsl.numbers import text_of
from rubric_dsl.scoring.examples import ExampleResult, run_examples

_CODE = "needs-rounding"


def rounding_tried(model: Model, found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Add to each advice what comes out with it: of a rule's in its examples, of a heading's or the total's in the cases.

    The model has the advised rounding wherever none is stated. Where it has another error, nothing is run.
    """
    if any(item.is_error and item.code != _CODE for item in found) or all(item.code != _CODE for item in found):
        return found
    results = run_examples(model)
    cases = {_at(case.place) for case in model.cases}
    by_owner: dict[str | None, list[ExampleResult]] = {}
    for result in results:
        by_owner.setdefault(None if _at(result.place) in cases else result.indicator, []).append(result)
    return tuple(
        _told(item, by_owner.get(_indicator(model, item.places[0]), [])) if item.code == _CODE else item
        for item in found
    )


def _told(item: Diagnostic, results: list[ExampleResult]) -> Diagnostic:
    tail, hint = _tail(results), item.hint or NO_TEXT
    return replace(item, hint=Text(hint.zh + tail.zh, hint.en + tail.en))


def _at(place: Place) -> tuple[str, int]:
    return place.source.name, place.span.start


def _indicator(model: Model, place: Place) -> str | None:
    """Return the indicator whose rule is told of; None where it is a heading or the total, of which the place is a heading's."""
    headings = [item.place for item in model.sections] + [item.place for item in model.indicators.values()]
    if _at(place) in {_at(heading) for heading in headings}:
        return None
    before = [
        item
        for item in model.indicators.values()
        if _at(item.place) < _at(place) and _at(item.place)[0] == place.source.name
    ]
    return max(before, key=lambda item: _at(item.place)).name if before else None


def _tail(results: list[ExampleResult]) -> Text:
    failed = next((result for result in results if not result.passed), None)
    if failed is None:
        return Text("；例子照此都成立", "; all examples hold with it") if results else NO_TEXT
    line, actual, expected = failed.place.line, _shown(failed.actual), _shown(failed.expected)
    return Text(
        f"；但照此，第 {line} 行的例子得 {actual.zh}，不是 {expected.zh}",
        f"; but with it the example on line {line} scores {actual.en}, not {expected.en}",
    )


def _shown(score: ScoreRange) -> Text:
    low, high = text_of(score.min), text_of(score.max)
    return Text(low, low) if low == high else Text(f"{low}～{high}", f"{low} to {high}")

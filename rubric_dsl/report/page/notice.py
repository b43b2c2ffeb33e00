"""What the page says, as data: a result with its rubric's words, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from rubric_dsl.analysis.stretches import Stretch
from rubric_dsl.diagnostics import NO_TEXT, Diagnostic, Lang, Text
from rubric_dsl.evaluate.result import IndicatorResult, Result, ScoreRange, SectionResult, Step
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.records import dataclass
from rubric_dsl.report.table import closing, score_text
from rubric_dsl.review.curve import Better, Curves, better

OTHER = Text("加分、扣分、权重、封顶与舍入", "bonuses, deductions, weights, caps, rounding")


@dataclass(frozen=True, slots=True)
class Loss:
    """A step of the waterfall: ``low`` to ``high`` is what is lost of ``points`` at least and at most."""

    name: Text
    points: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator: its result, its official words, its formula with the figures, its rule over the measure."""

    item: IndicatorResult
    indicator: Indicator
    line: tuple[Stretch, ...]
    next: Better | None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The working, from the trace of the computation, but for the closing line."""
        return self.item.steps[:-1]


@dataclass(frozen=True, slots=True)
class Sum:
    """A heading (or, without a name, the total) and its parts: ``other`` is what the parts do not add up to.

    ``path`` are the headings down to it; ``reason`` says how they are combined, where they are not only added.
    ``rounded`` is whether the parts, as they are shown, do not add up to the score as it is shown, for they are
    rounded there.
    """

    name: str
    path: tuple[str, ...]
    range: ScoreRange
    parts: tuple[tuple[str, ScoreRange], ...]
    other: tuple[Fraction, Fraction]
    rounded: bool
    reason: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A line of the table: a heading with its sum, or an indicator; ``depth`` indents."""

    name: str
    depth: int
    range: ScoreRange
    sum: Sum | None = None
    item: IndicatorResult | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A page: of a whole submission, or of some indicators."""

    result: Result
    whole: bool
    losses: tuple[Loss, ...]
    lines: tuple[NoticeLine, ...]
    entries: tuple[Entry, ...]
    closing: tuple[str, ...]
    faults: tuple[Diagnostic, ...]


def notice(
    model: Model,
    result: Result,
    lang: Lang,
    names: Iterable[str] = (),
    curves: Curves | None = None,
) -> Notice:
    """Put together what a page says of a result; with ``names``, of these indicators only."""
    chosen = tuple(names) or tuple(result.indicators)
    known = curves or Curves(model)
    return Notice(
        result,
        set(chosen) == set(result.indicators),
        losses(model, result),
        tuple(lines(result)),
        tuple(_entry(model, result.indicators[name], known) for name in chosen),
        closing(replace(result, has_total=False), lang),  # the total stands by itself
        result.diagnostics,
    )


def _entry(model: Model, item: IndicatorResult, curves: Curves) -> Entry:
    indicator = model.indicators[item.name]
    scored = item.status == "scored" and item.measure is not None
    line = curves.of(indicator) if item.measure is not None or item.status == "missing" else ()
    step = None
    if scored and line and item.measure is not None and item.score is not None:
        step = better(line, item.measure, item.score)
    return Entry(item, indicator, line, step)


def losses(model: Model, result: Result) -> tuple[Loss, ...]:
    """Return what each part of the total lost, in order; indicators that share points are one part.

    Where the losses do not lead from the points to the total (weights, bonuses, caps, rounding), a last step does.
    """
    if not result.has_total or result.total.rated is False:
        return ()
    shared = {pool.name: pool.words for pool in model.pools}
    parts: dict[str, tuple[Text, list[ScoreRange]]] = {}
    for item in result.indicators.values():
        if item.role == "part" and not item.excluded:
            name = shared.get(item.pool, Text(item.name, item.name))
            parts.setdefault(item.pool or item.name, (name, []))[1].append(item.range)
    found = [_loss(name, members) for name, members in parts.values()]
    total = result.total
    low = total.points - total.max - sum((loss.low for loss in found), Fraction(0))
    high = total.points - total.min - sum((loss.high for loss in found), Fraction(0))
    rest = [Loss(OTHER, Fraction(0), low, high)] if low or high else []
    return (*(loss for loss in found if loss.high), *rest)


def _loss(name: Text, members: list[ScoreRange]) -> Loss:
    """Return what one part lost; what indicators score together is at most the points that they share."""
    low, high = (sum(ends, Fraction(0)) for ends in zip(*((item.min, item.max) for item in members), strict=True))
    points = members[0].points
    if len(members) > 1:
        low, high = min(low, points), min(high, points)
    return Loss(name, points, points - high, points - low)


def sums(result: Result) -> Iterable[Sum]:
    """Yield each heading with its parts, then the total with its own."""
    sections = {(*item.path, item.name): item for item in result.sections}
    for path, section in sections.items():
        yield replace(_sum(section.name, path, section.range, _parts(result, sections, path)), reason=section.reason)
    if result.has_total:
        yield replace(_sum("", (), result.total, _parts(result, sections, ())), reason=result.reason)


def lines(result: Result) -> Iterable[NoticeLine]:
    """Yield every heading above what lies below it, then the total."""
    known = {item.path: item for item in sums(result)}
    opened: set[tuple[str, ...]] = set()
    for item in result.indicators.values():
        for depth in range(1, len(item.path) + 1):
            path = item.path[:depth]
            if path in known and path not in opened:
                opened.add(path)
                yield NoticeLine(known[path].name, depth - 1, known[path].range, known[path])
        yield NoticeLine(item.name, len(item.path), item.range, item=item)
    if () in known:
        yield NoticeLine("", 0, result.total, known[()])


def _parts(
    result: Result, sections: Mapping[tuple[str, ...], SectionResult], path: tuple[str, ...]
) -> tuple[tuple[str, ScoreRange], ...]:
    """Return what lies directly below a heading, in the rubric's order; what is not applicable and excluded is left out."""
    found: dict[str, ScoreRange] = {}
    for item in result.indicators.values():
        if item.path == path and item.role == "part" and not item.excluded:
            found[item.name] = item.range
        elif item.path[: len(path)] == path and len(item.path) > len(path):
            below = sections.get(item.path[: len(path) + 1])
            if below is not None and below.role == "part":
                found[below.name] = below.range
    return tuple(found.items())


def _sum(name: str, path: tuple[str, ...], own: ScoreRange, parts: tuple[tuple[str, ScoreRange], ...]) -> Sum:
    low = own.min - sum((part.min for _, part in parts), Fraction(0))
    high = own.max - sum((part.max for _, part in parts), Fraction(0))
    return Sum(name, path, own, parts, (low, high), rounded=not (low or high) and _rounded(own, parts))


def _rounded(own: ScoreRange, parts: tuple[tuple[str, ScoreRange], ...]) -> bool:
    if own.score is None or any(part.score is None for _, part in parts):
        return False
    return sum((_as_shown(part) for _, part in parts), Fraction(0)) != _as_shown(own)


def _as_shown(item: ScoreRange) -> Fraction:
    return Fraction(score_text(item, "zh").lstrip("≈"))

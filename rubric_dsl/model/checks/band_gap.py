"""Bands must hold every value that the measure can have, and each value once."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.core.nodes import Both, Compare, Condition, Measure
from rubric_dsl.core.walk import keys_of
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.forms.bands import ALWAYS
from rubric_dsl.forms.base import Form, measure_text
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range
from rubric_dsl.syntax.characters import fold


def band_gap(model: Model, broken: bool) -> tuple[Diagnostic, ...]:
    """Report, for each indicator scored by bands alone, the values that no band or two bands hold."""
    del broken
    found: list[Diagnostic] = []
    for indicator in model.indicators.values():
        form = next((form for form in indicator.forms if form.role == "case"), None)
        if form is None or indicator.program.main.measure is None:
            continue
        regions = [region(branch.condition) for branch in form.branches()]
        if any(item is None for item in regions):
            continue
        bands = [item for item in regions if item is not None]
        closed = form.branches()[-1].condition == ALWAYS
        found.extend(_overlaps(indicator, form, bands[:-1] if closed else bands))
        if not closed and all(other.role == "case" for other in indicator.forms):
            found.extend(_gaps(model, indicator, form, bands))
    return tuple(found)


def region(condition: Condition) -> Range | None:
    """Return the part of the measure's range that a band claims, or None when it is no fixed part."""
    parts = condition.parts if isinstance(condition, Both) else (condition,)
    claimed: Range | None = ranges.EVERYTHING
    for part in parts:
        if not isinstance(part, Compare) or not isinstance(part.left, Measure) or part.op == "!=":
            return None
        bound = _constant(part)
        if bound is None or claimed is None:
            return None
        claimed = ranges.restrict(claimed, part.op, bound)
    return claimed


def _constant(part: Compare) -> Fraction | None:
    value = measured(part.right, Env({}, {}), Trace()) if not list(keys_of(part.right)) else None
    return value.known if value is not None else None


def _reach(model: Model, indicator: Indicator) -> Range:
    """Return every value that the measure can have over the form's admissible figures."""
    figures: dict[str, Range] = {}
    choices: dict[str, frozenset[str]] = {}
    measure = indicator.program.main.measure
    for key in keys_of(measure):
        field = model.fields.get(fold(key))
        if field is not None and field.options:
            choices[key] = frozenset(field.options)
        else:
            figures[key] = ranges.between(field.low if field else None, None)
    found = measured(measure, Env(figures, choices), Trace()) if measure is not None else None
    return found if found is not None else ranges.EVERYTHING


def _gaps(model: Model, indicator: Indicator, form: Form, bands: list[Range]) -> list[Diagnostic]:
    reach = _reach(model, indicator)
    found = []
    for gap in uncovered(reach, bands):
        witness = inside(gap)
        shown = measure_text(witness, indicator.kind)
        places = getattr(form, "places", ()) or (indicator.place,)
        found.append(
            Diagnostic(
                "band-gap",
                "error",
                "rule",
                Text(
                    f"{indicator.name}：{_words(gap, indicator).zh}不在任何一档",
                    f"{indicator.name}: {_words(gap, indicator).en} is in no band",
                ),
                (places[0], indicator.place),
                witness=Text(f"例：指标值为 {shown} 时没有得分", f"a measure of {shown} has no score"),
                why=Text(
                    f"本指标 {text_of(indicator.points)} 分",
                    f"the indicator's {text_of(indicator.points)} points",
                ),
                hint=Text(
                    "补上这一档，或把相邻一档的端点写到这里",
                    "add a band for it, or extend a neighbouring band",
                ),
            )
        )
    return found


def uncovered(reach: Range, bands: list[Range]) -> list[Range]:
    """Return the stretches of ``reach`` that no band holds, in order."""
    left = [reach]
    for band in bands:
        left = [piece for item in left for piece in _minus(item, band)]
    return left


def _minus(item: Range, band: Range) -> list[Range]:
    pieces: list[Range] = []
    if band.low.value is not None:
        below = ranges.restrict(item, "<=" if band.low.open else "<", band.low.value)
        pieces.extend([below] if below is not None else [])
    if band.high.value is not None:
        above = ranges.restrict(item, ">=" if band.high.open else ">", band.high.value)
        pieces.extend([above] if above is not None else [])
    return pieces


def inside(item: Range) -> Fraction:
    """Return a plain number inside a range."""
    low, high = item.low.value, item.high.value
    if low is not None and (not item.low.open or low == high):
        return low
    if high is not None and not item.high.open:
        return high
    if low is not None and high is not None:
        return (low + high) / 2
    step = Fraction(1, 10)
    if low is not None:
        return low + step
    return high - step if high is not None else Fraction(0)


def _words(gap: Range, indicator: Indicator) -> Text:
    low, high = gap.low.value, gap.high.value
    if low is not None and low == high:
        shown = measure_text(low, indicator.kind)
        return Text(f"恰好 {shown} ", f"exactly {shown}")
    if low is None and high is not None:
        shown = measure_text(high, indicator.kind)
        return Text(f"小于 {shown} 的值", f"a value below {shown}")
    if high is None and low is not None:
        shown = measure_text(low, indicator.kind)
        return Text(f"大于 {shown} 的值", f"a value above {shown}")
    if low is None or high is None:
        return Text("所有的值", "every value")
    a, b = measure_text(low, indicator.kind), measure_text(high, indicator.kind)
    return Text(f"{a} 与 {b} 之间的值", f"a value between {a} and {b}")


def _overlaps(indicator: Indicator, form: Form, bands: list[Range]) -> list[Diagnostic]:
    found = []
    places: tuple[Place, ...] = getattr(form, "places", ())
    for index, band in enumerate(bands):
        for other in range(index + 1, len(bands)):
            shared = overlap(band, bands[other])
            if shared is None:
                continue
            shown = measure_text(inside(shared), indicator.kind)
            found.append(
                Diagnostic(
                    "band-overlap",
                    "error",
                    "rule",
                    Text(f"{indicator.name}：两档都包括 {shown}", f"{indicator.name}: two bands hold {shown}"),
                    (places[other], places[index]),
                    witness=Text(f"例：指标值为 {shown} 时有两个得分", f"a measure of {shown} has two scores"),
                    hint=Text("端点只归一档，用（含）写明", "give each end to one band, with (included)"),
                )
            )
    return found


def overlap(a: Range, b: Range) -> Range | None:
    """Return what two ranges share, or None."""
    cut: Range | None = a
    if b.low.value is not None and cut is not None:
        cut = ranges.restrict(cut, ">" if b.low.open else ">=", b.low.value)
    if b.high.value is not None and cut is not None:
        cut = ranges.restrict(cut, "<" if b.high.open else "<=", b.high.value)
    return cut

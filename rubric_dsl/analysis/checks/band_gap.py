"""Bands must hold every value that the measure can have, and each value once."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import islice

from rubric_dsl import ranges
from rubric_dsl.analysis.admissible import admissible, checks_on
from rubric_dsl.analysis.domain import WHOLE, Grid
from rubric_dsl.analysis.solve import TRIES, solve
from rubric_dsl.analysis.variables import Inputs
from rubric_dsl.core.keys import is_result
from rubric_dsl.core.nodes import TRUE, Both, Compare, Condition, Expr, Measure
from rubric_dsl.core.walk import keys_of
from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.forms.base import Form, measure_text
from rubric_dsl.model.checks.regions import inside, overlap, uncovered
from rubric_dsl.model.gap_rows import gap_fixes, rows_of
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range
from rubric_dsl.syntax.characters import fold


def band_gap(model: Model) -> tuple[Diagnostic, ...]:
    """Report, for each indicator scored by bands alone, the values that no band or two bands hold."""
    found: list[Diagnostic] = []
    for indicator in model.indicators.values():
        form = next((form for form in indicator.forms if form.role == "case"), None)
        measure = indicator.program.main.measure
        if form is None or measure is None:
            continue
        regions = [region(branch.condition) for branch in form.branches()]
        if any(item is None for item in regions):
            continue
        bands = [item for item in regions if item is not None]
        closed = form.branches()[-1].condition == TRUE
        found.extend(_overlaps(indicator, form, bands[:-1] if closed else bands))
        if not closed and all(other.role == "case" for other in indicator.forms):
            found.extend(_gaps(model, indicator, measure, form, bands))
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


def _inputs(model: Model, measure: Expr) -> Inputs:
    """Return what the figures of the measure can be."""
    figures: dict[str, Range] = {}
    choices: dict[str, frozenset[str]] = {}
    grids: dict[str, Grid] = {}
    asked = set(keys_of(measure))
    checks = checks_on(model.checks, asked)
    asked.update(key for check in checks for side in (check.left, check.right) for key in keys_of(side))
    for key in sorted(asked):
        field = model.fields.get(fold(key))
        if field is not None and field.options:
            choices[key] = frozenset(field.options)
        else:
            figures[key] = field.bounds if field else ranges.EVERYTHING
            if field is not None and field.whole:
                grids[key] = WHOLE
    return Inputs(Env(figures, choices), grids, checks=checks)


def _places(form: Form) -> tuple[Place, ...]:
    """Return where each band stands."""
    found: tuple[Place, ...] = getattr(form, "places", ())
    return found


def _data(measure: Expr, value: Fraction, inputs: Inputs) -> Text | None:
    """Return figures for which the measure has a value, as an example writes them; None where none were found."""
    tried = islice(solve(measure, value, inputs), TRIES)
    found = next((data for data in tried if admissible(_settled(inputs.env, data), inputs.checks)), None)
    if found is None or any(is_result(key) for key in found):
        return None
    given = [f"{key} = {text_of(number).replace('-', '−')}" for key, number in found.items()]
    return Text("，".join(given), ", ".join(given))


def _settled(env: Env, data: Mapping[str, Fraction]) -> Env:
    return Env({**env.figures, **{key: ranges.exactly(value) for key, value in data.items()}}, env.choices)


def _gaps(model: Model, indicator: Indicator, measure: Expr, form: Form, bands: list[Range]) -> list[Diagnostic]:
    inputs = _inputs(model, measure)
    reach = measured(measure, inputs.env, Trace()) or ranges.EVERYTHING
    found = []
    places = _places(form)
    rows = rows_of(bands, form.branches(), places)
    lang: Lang = "zh" if model.language == "zh" else "en"
    for gap in uncovered(reach, bands):
        witness = inside(gap)
        data = _data(measure, witness, inputs)
        shown = measure_text(witness, indicator.kind)
        found.append(
            Diagnostic(
                "band-gap",
                "error",
                "rule",
                Text(
                    f"{indicator.name}：{_words(gap, indicator).zh}不在任何一档",
                    f"{indicator.name}: {_words(gap, indicator).en} is in no band",
                ),
                (*places[:1], indicator.place),
                witness=Text(
                    f"例：{data.zh} 时，指标值为 {shown.zh}，没有得分"
                    if data
                    else f"例：指标值为 {shown.zh} 时没有得分",
                    f"with {data.en} the measure is {shown.en} and has no score"
                    if data
                    else f"a measure of {shown.en} has no score",
                ),
                why=Text(
                    f"本指标 {text_of(indicator.points)} 分",
                    f"the indicator's {text_of(indicator.points)} points",
                ),
                hint=Text(
                    "补上这一档，或把相邻一档的端点写到这里",
                    "add a band for it, or extend a neighbouring band",
                ),
                fixes=gap_fixes(gap, reach, rows, indicator.kind, indicator.points, lang),
            )
        )
    return found


def _words(gap: Range, indicator: Indicator) -> Text:
    low, high = gap.low.value, gap.high.value
    if low is not None and low == high:
        shown = measure_text(low, indicator.kind)
        return Text(f"恰好 {shown.zh} ", f"exactly {shown.en}")
    if low is None and high is not None:
        shown = measure_text(high, indicator.kind)
        if gap.high.open:
            return Text(f"小于 {shown.zh} 的值", f"a value below {shown.en}")
        return Text(f"{shown.zh} 和更小的值", f"{shown.en} or a value below it")
    if high is None and low is not None:
        shown = measure_text(low, indicator.kind)
        if gap.low.open:
            return Text(f"大于 {shown.zh} 的值", f"a value above {shown.en}")
        return Text(f"{shown.zh} 和更大的值", f"{shown.en} or a value above it")
    ends = [(measure_text(end.value, indicator.kind), end.open) for end in (gap.low, gap.high) if end.value is not None]
    zh = [f"{text.zh} " if is_open else f"{text.zh}（含）" for text, is_open in ends]
    en = [text.en if is_open else f"{text.en} (included)" for text, is_open in ends]
    return Text(f"{'与 '.join(zh)}之间的值", f"a value between {' and '.join(en)}")


def _overlaps(indicator: Indicator, form: Form, bands: list[Range]) -> list[Diagnostic]:
    found = []
    places = _places(form)
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
                    Text(f"{indicator.name}：两档都包括 {shown.zh}", f"{indicator.name}: two bands hold {shown.en}"),
                    (places[other], places[index]),
                    witness=Text(f"例：指标值为 {shown.zh} 时有两个得分", f"a measure of {shown.en} has two scores"),
                    hint=Text("端点只归一档，用（含）写明", "give each end to one band, with (included)"),
                )
            )
    return found

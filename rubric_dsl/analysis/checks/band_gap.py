"""Bands must hold every value that the measure can have, and each value once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations, islice

from rubric_dsl import ranges
from rubric_dsl.analysis.admissible import admissible, checks_on
from rubric_dsl.analysis.domain import Domain, Grid
from rubric_dsl.analysis.lattice import Inputs, can_be, domain_of
from rubric_dsl.analysis.reach import grids_of
from rubric_dsl.analysis.simple import points_in
from rubric_dsl.analysis.solve import TRIES, solve
from rubric_dsl.core.keys import is_result
from rubric_dsl.core.nodes import TRUE, Both, Compare, Condition, Const, Expr, Measure
from rubric_dsl.core.walk import keys_of
from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Text
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.forms.base import Form, measure_text
from rubric_dsl.inputs.bind import open_cohort
from rubric_dsl.model.checks.regions import inside, uncovered
from rubric_dsl.model.gap_rows import beside, gap_fixes, region_of_range, rows_of
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass
from rubric_dsl.source import Span
from rubric_dsl.syntax.characters import fold


def band_gap(model: Model) -> tuple[Diagnostic, ...]:
    """Report, for each indicator scored by bands alone, the values that no band or two bands hold."""
    found: list[Diagnostic] = []
    grids = grids_of(model)
    for indicator in model.indicators.values():
        form = next((form for form in indicator.forms if form.branches()), None)
        measure = indicator.program.main.measure
        if form is None or measure is None:
            continue
        regions = [region(branch.condition) for branch in form.branches()]
        if any(item is None for item in regions):
            continue
        claims = [item for item in regions if item is not None]
        inputs = inputs_of(model, keys_of(measure), grids)
        ruled = _Ruled(model, indicator, form, measure, inputs, domain_of(measure, inputs), claims)
        found.extend(_overlaps(ruled))
        if form.branches()[-1].condition != TRUE and (
            form.role == "gain" or all(other.role == "case" for other in indicator.forms)
        ):
            found.extend(_gaps(ruled))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A list of bands and cases, what each claims, and what its measure can be."""

    model: Model
    indicator: Indicator
    form: Form
    measure: Expr
    inputs: Inputs
    domain: Domain
    claims: list[Range]

    @property
    def places(self) -> tuple[Place, ...]:
        """Where each band stands."""
        found: tuple[Place, ...] = getattr(self.form, "places", ())
        return found

    @property
    def lang(self) -> Lang:
        """The rubric's language."""
        return "zh" if self.model.language == "zh" else "en"

    def shown_in(self, part: Range) -> Fraction | None:
        """Return a value of the measure in a range; None where it has none there."""
        within = self.domain.within(part)
        if within is None:
            return None
        if not within.discrete:
            return inside(within.range)
        numbers = within.listing(MOST_LISTED)
        if numbers is None or within.values is not None:
            return next(points_in(within), None)
        return next((value for value in numbers if can_be(self.measure, value, self.inputs)), None)


MOST_LISTED = 200
"""Of so many values of a measure each is looked at; where there are more, one of them is taken to be reached."""


def region(condition: Condition) -> Range | None:
    """Return the part of the measure's range that a band claims, or None when it is no fixed part."""
    parts = condition.parts if isinstance(condition, Both) else (condition,)
    claimed: Range | None = ranges.EVERYTHING
    for part in parts:
        if not isinstance(part, Compare) or not isinstance(part.left, Measure) or part.op == "!=":
            return None
        bound = constant(part.right)
        if bound is None or claimed is None:
            return None
        claimed = ranges.restrict(claimed, part.op, bound)
    return claimed


def constant(expr: Expr) -> Fraction | None:
    """Return the value of an expression that asks for no data; None of any other."""
    value = measured(expr, Env({}, {}), Trace()) if not list(keys_of(expr)) else None
    return value.known if value is not None else None


def inputs_of(model: Model, keys: Iterable[str], grids: Mapping[str, Grid]) -> Inputs:
    """Return what figures and choices can be, and the checks that speak of them."""
    figures: dict[str, Range] = {}
    choices: dict[str, frozenset[str]] = {}
    asked = set(keys)
    checks = checks_on(model.checks, asked)
    asked.update(key for check in checks for side in (check.left, check.right) for key in keys_of(side))
    for key in sorted(asked):
        field = model.fields.get(fold(key))
        if field is not None and field.options:
            choices[key] = frozenset(field.options)
        elif key in model.cohorts:
            figures[key] = open_cohort(model, model.cohorts[key])
        else:
            figures[key] = field.bounds if field else ranges.EVERYTHING
    return Inputs(Env(figures, choices), grids, checks=checks)


def _data(measure: Expr, value: Fraction, inputs: Inputs) -> Text | None:
    """Return figures for which the measure has a value, as an example writes them; None where none were found."""
    tried = islice(solve(measure, value, inputs), TRIES)
    found = next((data for data in tried if admissible(settled(inputs.env, data), inputs.checks)), None)
    if found is None or any(is_result(key) for key in found):
        return None
    return data_text(found)


def data_text(data: Mapping[str, Fraction | str]) -> Text:
    """Write data as an example does."""
    shown = {key: item if isinstance(item, str) else text_of(item).replace("-", "−") for key, item in data.items()}
    given = [f"{key} = {item}" for key, item in shown.items()]
    return Text("，".join(given), ", ".join(given))


def settled(env: Env, data: Mapping[str, Fraction]) -> Env:
    """Return what is known when some figures are given."""
    return Env({**env.figures, **{key: ranges.exactly(value) for key, value in data.items()}}, env.choices)


def _gaps(ruled: _Ruled) -> list[Diagnostic]:
    indicator, reach = ruled.indicator, ruled.domain.range
    found = []
    places = ruled.places
    rows = rows_of(ruled.claims, ruled.form.branches(), places)
    for gap in uncovered(reach, ruled.claims):
        witness = ruled.shown_in(gap)
        if witness is None:
            continue
        data = _data(ruled.measure, witness, ruled.inputs)
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
                (*(tuple(row.place for row in beside(gap, rows)) or places[:1]), indicator.place),
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
                fixes=gap_fixes(gap, reach, rows, indicator.kind, indicator.points, ruled.lang),
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


def _overlaps(ruled: _Ruled) -> Iterator[Diagnostic]:
    """One message for each group of bands that overlap; of conditions (``when``) the first that holds decides."""
    written: tuple[Span | None, ...] = getattr(ruled.form, "regions", ())
    bands = [index for index, span in enumerate(written) if span is not None]
    shared = {
        (one, other): value
        for one, other in combinations(bands, 2)
        if (part := ranges.meet(ruled.claims[one], ruled.claims[other])) is not None
        and (value := ruled.shown_in(part)) is not None
    }
    for group in _groups(bands, shared):
        yield _overlap(ruled, group, next(value for pair, value in shared.items() if pair[0] in group))


def _groups(bands: list[int], pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the bands that hang together by overlapping, in order."""
    group = {band: band for band in bands}
    for one, other in pairs:
        joined = group[other]
        group.update((band, group[one]) for band in bands if group[band] == joined)
    found: dict[int, list[int]] = {}
    for band in bands:
        found.setdefault(group[band], []).append(band)
    return [members for members in found.values() if len(members) > 1]


def _overlap(ruled: _Ruled, group: list[int], value: Fraction) -> Diagnostic:
    name, shown = ruled.indicator.name, measure_text(value, ruled.indicator.kind)
    count = sum(ranges.restrict(ruled.claims[band], "=", value) is not None for band in group)
    first, second, *rest = (ruled.places[band] for band in group)
    message = Text(f"{name}：两档都包括 {shown.zh}", f"{name}: two bands hold {shown.en}")
    if rest:
        message = Text(
            f"{name}：{len(group)} 档互有重叠，{shown.zh} 在其中 {count} 档里",
            f"{name}: {len(group)} bands overlap; {shown.en} is in {count} of them",
        )
    return Diagnostic(
        "band-overlap",
        "error",
        "rule",
        message,
        (second, first, *rest),
        witness=Text(
            f"例：指标值为 {shown.zh} 时有{'两' if count == 2 else f' {count} '}个得分",  # noqa: PLR2004
            f"a measure of {shown.en} has {'two' if count == 2 else count} scores",  # noqa: PLR2004
        ),
        hint=Text(
            "各档写明两端，端点只归一档，用（含）写明；要按先后取第一个成立的，写“当 指标值 …”",
            "write both ends of each band and give each end to one, with (included);"
            " where the first that holds is to decide, write 'when measure …'",
        ),
        fixes=tuple(_parting(ruled, group)),
    )


def _parting(ruled: _Ruled, group: list[int]) -> Iterator[Fix]:
    """Offer the bands with both ends written: what an earlier band holds is the earlier's, or the later's."""
    seen: set[str] = set()
    for order in (group, group[::-1]):
        left = {band: _rest(ruled, band, order[:at]) for at, band in enumerate(order)}
        fix = _rewritten(ruled, {band: part for band, part in left.items() if part != ruled.claims[band]})
        if fix is not None and fix.replacement not in seen:
            seen.add(fix.replacement)
            yield fix


def _rest(ruled: _Ruled, band: int, before: list[int]) -> Range | None:
    """Return what some bands leave of another; None where that is nothing, or not in one piece."""
    left = uncovered(ruled.claims[band], [ruled.claims[other] for other in before])
    held = [part for part in left if ruled.shown_in(part) is not None]
    return held[0] if len(held) == 1 else None


def _rewritten(ruled: _Ruled, parts: Mapping[int, Range | None]) -> Fix | None:
    """Return the change of some bands' ends; None where an end cannot be written, or a line hangs on it."""
    written: tuple[Span | None, ...] = getattr(ruled.form, "regions", ())
    source, kind = ruled.places[0].source, ruled.indicator.kind
    changes: list[tuple[Span, str]] = []
    for band, part in sorted(parts.items()):
        span, score = written[band], ruled.form.branches()[band].value
        region_text = None if part is None else region_of_range(part, ruled.domain.range, kind, ruled.lang)
        if span is None or region_text is None or not isinstance(score, Const):
            return None
        changes.append((span, region_text))
    if not changes:
        return None
    whole = Span(changes[0][0].start, changes[-1][0].end)
    text, at = "", whole.start
    for span, words in changes:
        text += source.text[at : span.start] + words
        at = span.end
    shown = "；".join(words for _, words in changes)
    return Fix(
        Text(f"各档写明两端：{shown}", f"write both ends of each band: {shown.replace('；', '; ')}"), whole, text
    )

"""A submission's figures against the rubric's inputs: every input becomes a known value, or what it can still be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.core.keys import GIVEN, UNAVAILABLE, availability_key, is_result
from rubric_dsl.data.submission import Figure, Refinement, Statement, Submission
from rubric_dsl.diagnostics import Diagnostic, Place, Severity, Text
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.forms.base import NO, NOT_APPLICABLE, PARTLY, YES, FormInput
from rubric_dsl.formulas.cohorts import Cohort, unknown_statistic
from rubric_dsl.formulas.kinds import Kind, unit_kind
from rubric_dsl.inputs.asked import limits_text
from rubric_dsl.inputs.plain import is_unavailable, option_of, read_amount
from rubric_dsl.model.model import Field, Model
from rubric_dsl.nearest import nearest
from rubric_dsl.numbers import NumberError, text_of
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold, twin
from rubric_dsl.units import RATIO, Unit, find_unit

_CHECK = Text("核对填的数", "check the given number")
_ENGLISH = {YES: "yes", NO: "no", PARTLY: "partly", NOT_APPLICABLE: "n/a"}


@dataclass(frozen=True, slots=True)
class AskedOfGroup:
    """What is asked of the group: the kind of its value, and of how many values it is (None: the group is not given)."""

    cohort: Cohort
    kind: Kind | None
    size: int | None


@dataclass(slots=True)
class Bound:
    """The inputs of one submission: ranges and choices by address, what is missing, what could not be used.

    ``groups`` are what is asked of the group, by the keys of their values.
    """

    figures: dict[str, Range] = field(default_factory=dict)
    choices: dict[str, frozenset[str]] = field(default_factory=dict)
    given: dict[str, Figure] = field(default_factory=dict)
    derived: dict[str, tuple[Figure, Fraction | None]] = field(default_factory=dict)
    invalid: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    waits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    groups: dict[str, AskedOfGroup] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    def copy(self) -> Bound:
        """Return the same data, to be scored by themselves: what scoring adds stays apart."""
        return replace(self, figures=dict(self.figures), invalid=set(self.invalid), waits=dict(self.waits), found=[])

    @property
    def env(self) -> Env:
        """The inputs as the evaluator wants them."""
        return Env(self.figures, self.choices)

    def is_open(self, key: str) -> bool:
        """Whether a key is an input's, of which it is not known what it is."""
        if key in self.choices:
            return len(self.choices[key]) > 1
        return key in self.figures and not is_result(key) and self.figures[key].known is None


def bind(model: Model, submission: Submission) -> Bound:
    """Match a submission's figures to a rubric's inputs by their folded addresses.

    Everything that cannot be used is reported, and then counts as not given.
    """
    bound = Bound()
    given = {fold(key): figure for key, figure in submission.figures.items()}
    for folded, item in model.fields.items():
        if item.parameter:
            stated = given.pop(folded, None)
            if stated is not None:
                _parameter_given(item, stated, bound)
            continue
        if item.nullable:
            _availability(item, given, folded, bound)
        if item.options:
            _field_choice(item, given.pop(folded, None), bound)
            continue
        if item.formula is not None:
            bound.figures[item.key] = ranges.EVERYTHING
            stated = given.pop(folded, None)
            if stated is not None:
                bound.derived[item.key] = (stated, number_of(stated.used, stated, item.unit, bound))
            continue
        _number_field(item, given.pop(folded, None), bound)
    for indicator in model.indicators.values():
        for wanted in indicator.inputs:
            _form_input(wanted, given.pop(fold(wanted.key), None), bound, submission.refinements)
    bound.found.extend(_unknown(model, list(given.values())))
    bind_cohorts(model, submission, bound)
    return bound


def _availability(item: Field, given: dict[str, Figure], folded: str, bound: Bound) -> None:
    """A figure is given, stated to be unavailable, or (nothing said) can still be either."""
    figure = given.get(folded)
    key = availability_key(item.key)
    if figure is None:
        bound.choices[key] = frozenset({GIVEN, UNAVAILABLE})
        return
    absent = is_unavailable(figure.used.text)
    bound.choices[key] = frozenset({UNAVAILABLE if absent else GIVEN})
    if absent:
        bound.given[item.key] = given.pop(folded)


def _parameter_given(item: Field, figure: Figure, bound: Bound) -> None:
    message = Text(f"“{item.key}”由指标体系规定，不能填报", f"'{item.key}' is fixed by the rubric and cannot be given")
    data_fault("parameter-given", message, figure, bound, hint=Text("删去这一项", "leave it out"))


def _field_choice(item: Field, figure: Figure | None, bound: Bound) -> None:
    if figure is not None:
        bound.given[item.key] = figure
    _choice(FormInput(item.key, "choice", options=item.options), figure, bound)


def bind_cohorts(model: Model, submission: Submission, bound: Bound) -> None:
    """Work out what is asked of the group from the values that the submission gives for it."""
    for key, cohort in model.cohorts.items():
        group = submission.cohort.get(cohort.figure)
        own = _own(model, cohort.figure, bound) or ranges.EVERYTHING
        found = group.statistic(cohort, own) if group is not None else None
        bound.figures[key] = found if found is not None else open_cohort(model, cohort)
        plain = cohort.kind in ("rank", "count")
        kind = None if plain else unit_kind(model.fields[fold(cohort.figure)].unit)
        bound.groups[key] = AskedOfGroup(cohort, kind, None if group is None else len(group.ordered))
        if group is not None and found is None:
            message = Text(
                f"“{cohort.figure}”的同类单位只有 {len(group.ordered)} 个数，去掉最高最低后没有了",
                f"the group has {len(group.ordered)} values of '{cohort.figure}': none is left after dropping",
            )
            hint = Text("同类单位要比去掉的多", "the group must have more members than are dropped")
            bound.found.append(Diagnostic("cohort-too-small", "error", "data", message, hint=hint))


def figure_value(model: Model, key: str, bound: Bound) -> Fraction | None:
    """Return one number of a submission, given or derived; None where it is missing or cannot be used."""
    found = _own(model, key, bound)
    return None if found is None else found.known


def _own(model: Model, key: str, bound: Bound) -> Range | None:
    """Return what a figure is, or what it can be while others are missing."""
    field = model.fields[fold(key)]
    return bound.figures[field.key] if field.formula is None else measured(field.formula, bound.env, Trace())


def open_cohort(model: Model, cohort: Cohort) -> Range:
    """Return what a statistic of a group can be while the group is not known."""
    field = model.fields.get(fold(cohort.figure))
    return unknown_statistic(cohort, field.bounds if field is not None else ranges.EVERYTHING)


def _number_field(item: Field, figure: Figure | None, bound: Bound) -> None:
    if item.whole:
        bound.whole.add(item.key)
    value = None if figure is None else number_of(figure.used, figure, item.unit, bound)
    if figure is not None:
        bound.given[item.key] = figure
        _conflict(item.key, figure, bound)
    if value is not None and figure is not None and ranges.restrict(item.bounds, "=", value) is None:
        _out_of_bounds(item, value, figure, bound)
        value = None
    if value is not None and item.whole and value.denominator != 1:
        words = Text(f"“{item.key}”要填整数", f"'{item.key}' must be a whole number")
        data_fault("not-whole", words, figure, bound, hint=_CHECK)
        value = None
    _settle(item.key, value, item.bounds, figure, bound)


def _out_of_bounds(item: Field, value: Fraction, figure: Figure, bound: Bound) -> None:
    if value < 0 and item.bounds.low == ranges.exactly(0).low:
        message = Text(f"“{item.key}”不能小于 0", f"'{item.key}' cannot be below 0")
        hint = Text(
            "检查正负号；确实可为负时在数据表里写“可为负”", "check the sign; declare 'may be negative' if it may"
        )
        data_fault("negative", message, figure, bound, hint=hint)
        return
    limits = limits_text(item.unit, item.bounds)
    message = Text(f"“{item.key}”应{limits.zh}", f"'{item.key}' must be {limits.en}")
    hint = Text("核对这个数；范围写在评分规则的数据表里", "check the figure; the rubric's data form states the limits")
    data_fault("outside-limits", message, figure, bound, hint=hint)


def _settle(key: str, value: Fraction | None, domain: Range, figure: Figure | None, bound: Bound) -> None:
    bound.figures[key] = domain if value is None else ranges.exactly(value)
    if value is None and figure is not None:
        bound.invalid.add(key)


def _refined(wanted: FormInput, parts: tuple[Refinement, ...], bound: Bound) -> Range:
    """Sum what the department's own indicators are given; their points must sum to the indicator's."""
    high = wanted.high or Fraction(0)
    total = sum((part.points for part in parts), Fraction(0))
    wrong = [p for p in parts if p.score is not None and not 0 <= p.score <= p.points]
    bound.given[wanted.key] = Figure(wanted.key, Statement(", ".join(part.name for part in parts)))
    if total != high or wrong:
        message = Text(
            f"“{wanted.key}”的细化指标合计 {text_of(total)} 分，应为 {text_of(high)} 分"
            if total != high
            else f"“{wrong[0].name}”的得分不在 0 到 {text_of(wrong[0].points)} 之间",
            f"the own indicators of '{wanted.key}' sum to {text_of(total)}, not {text_of(high)}"
            if total != high
            else f"the score of '{wrong[0].name}' is not from 0 to {text_of(wrong[0].points)}",
        )
        places = tuple(part.place for part in (wrong or parts)[:1] if part.place is not None)
        hint = Text("核对细化指标的分值和得分", "check the points and scores of these indicators")
        bound.found.append(Diagnostic("refinement-points", "error", "data", message, places, hint=hint))
        bound.invalid.add(wanted.key)
        return ranges.between(0, high)
    low = sum((part.score for part in parts if part.score is not None), Fraction(0))
    most = low + sum((part.points for part in parts if part.score is None), Fraction(0))
    if low != most:
        bound.given.pop(wanted.key)
    return ranges.between(low, most)


def _form_input(
    wanted: FormInput, figure: Figure | None, bound: Bound, refined: Mapping[str, tuple[Refinement, ...]]
) -> None:
    if figure is not None:
        bound.given[wanted.key] = figure
    if wanted.kind in ("choice", "mark"):
        _choice(wanted, figure, bound)
        return
    if wanted.kind == "refined" and figure is None and wanted.key in refined:
        bound.figures[wanted.key] = _refined(wanted, refined[wanted.key], bound)
        return
    value = None if figure is None else number_of(figure.used, figure, None, bound)
    high = wanted.high
    if value is not None and (value < wanted.low or (high is not None and value > high)):
        most = "" if high is None else text_of(high)
        message = Text(
            f"“{wanted.key}”应在 {text_of(wanted.low)} 到 {most or '…'} 之间",
            f"'{wanted.key}' must lie from {text_of(wanted.low)} to {most or '…'}",
        )
        data_fault("out-of-range", message, figure, bound, hint=_CHECK)
        value = None
    if value is not None and wanted.kind == "count" and value.denominator != 1:
        data_fault(
            "not-whole",
            Text(f"“{wanted.key}”要填整数", f"'{wanted.key}' must be a whole number"),
            figure,
            bound,
            hint=_CHECK,
        )
        value = None
    if value is not None and wanted.step and ((value - wanted.low) / wanted.step).denominator != 1:
        start = "" if (wanted.low / wanted.step).denominator == 1 else f"{text_of(wanted.low)} plus "
        message = Text(
            f"“{wanted.key}”要以 {text_of(wanted.step)} 为单位，不能填 {text_of(value)}",
            f"'{wanted.key}' must be {start}a multiple of {text_of(wanted.step)}; {text_of(value)} is not",
        )
        data_fault("not-on-step", message, figure, bound, hint=_CHECK)
        value = None
    _settle(wanted.key, value, ranges.between(wanted.low, high), figure, bound)


def _choice(wanted: FormInput, figure: Figure | None, bound: Bound) -> None:
    options = frozenset(wanted.options)
    bound.choices[wanted.key] = options
    if figure is None:
        return
    text = figure.used.text.strip()
    place = option_of(text, wanted.options, mark=wanted.kind == "mark")
    if place is not None:
        bound.choices[wanted.key] = frozenset({wanted.options[place]})
        return
    english = [_ENGLISH.get(option, option) if wanted.kind == "mark" else option for option in wanted.options]
    message = Text(f"“{wanted.key}”不能填“{text}”", f"'{wanted.key}' cannot be '{text}'")
    hint = Text("填其中一个：" + "、".join(wanted.options), "give one of: " + ", ".join(english))
    data_fault("unknown-choice", message, figure, bound, hint=hint)
    bound.invalid.add(wanted.key)


def _conflict(key: str, figure: Figure, bound: Bound) -> None:
    texts = {statement.text for statement in (figure.used, *figure.others)}
    if len(texts) < 2:  # noqa: PLR2004 - one text is no conflict
        return
    zh = "；".join(f"{s.source or '？'}：{s.text}" for s in (figure.used, *figure.others))
    en = "; ".join(f"{s.source or '?'}: {s.text}" for s in (figure.used, *figure.others))
    source = figure.used.source or "？"
    data_fault(
        "conflicting-sources",
        Text(f"“{key}”有不同的数：{zh}", f"'{key}' is stated differently: {en}"),
        figure,
        bound,
        severity="warning",
        witness=Text(f"按{source}的数计算", f"scored with the amount from {source}"),
    )


MOST_UNKNOWN = 100
"""So many unknown figures of one submission are listed."""
_MOST_NEAR = 20
"""For so many of them names that resemble theirs are looked for."""


def _unknown(model: Model, figures: list[Figure]) -> Iterator[Diagnostic]:
    """Report figures that the rubric does not have, the first ones with the names that were likely meant."""
    if not figures:
        return
    names = [item.key for item in model.fields.values()]
    names += [item.key for indicator in model.indicators.values() for item in indicator.inputs]
    for number, figure in enumerate(figures[:MOST_UNKNOWN]):
        near = nearest(figure.key, names, cutoff=0.5) if number < _MOST_NEAR else []
        hint = Text("是不是：" + "、".join(near), "did you mean: " + ", ".join(near)) if near else None
        places = (figure.used.place,) if figure.used.place else ()
        message = Text(f"指标体系里没有“{figure.key}”", f"the rubric has no figure '{figure.key}'")
        yield Diagnostic("unknown-figure", "error", "data", message, places, hint=hint)
    more = len(figures) - MOST_UNKNOWN
    if more > 0:
        message = Text(f"还有 {more} 个数据项指标体系里没有", f"{more} more figures are not in the rubric")
        yield Diagnostic("unknown-figure", "error", "data", message)


def data_fault(
    code: str,
    message: Text,
    figure: Figure | None,
    bound: Bound,
    *,
    hint: Text | None = None,
    witness: Text | None = None,
    severity: Severity = "error",
) -> None:
    """Report a fault of a figure, at its place."""
    place = figure.used.place if figure is not None else None
    places: tuple[Place, ...] = (place,) if place is not None else ()
    if figure is not None and severity == "warning":
        places += tuple(other.place for other in figure.others if other.place is not None)
    bound.found.append(Diagnostic(code, severity, "data", message, places, witness=witness, hint=hint))


def number_of(statement: Statement, figure: Figure, unit: Unit | None, bound: Bound) -> Fraction | None:
    """Return an amount in the form's unit; None, with a fault, where it is no number or in another kind of unit."""
    try:
        value, written = read_amount(statement.text)
    except NumberError as error:
        long = error.reason == "too-long"
        message = (
            Text(f"“{figure.key}”的数字太长", f"the number for '{figure.key}' is too long")
            if long
            else Text(
                f"“{figure.key}”填的“{statement.text[:40]}”不是数字",
                f"'{statement.text[:40]}' for '{figure.key}' is not a number",
            )
        )
        data_fault(
            "not-a-number",
            message,
            figure,
            bound,
            hint=Text("写作 12、3.60 或 95.1%", "write 12, 3.60 or 95.1%"),
        )
        return None
    stated = written or (find_unit(figure.unit) if figure.unit else None)
    if figure.unit and find_unit(figure.unit) is None and (unit is None or fold(figure.unit) != fold(unit.zh)):
        message = Text(
            f"“{figure.key}”的单位“{figure.unit}”没有这个单位", f"'{figure.key}': there is no unit '{figure.unit}'"
        )
        expected = Text(f"单位是{unit.zh}", f"the unit is {unit.id}") if unit is not None else None
        data_fault("wrong-unit", message, figure, bound, hint=expected)
        return None
    if unit is not None and unit.dimension == RATIO and stated is None:
        _check_scale(value, statement, figure, bound)
    if unit is None and "%" in twin(statement.text):
        words = Text(
            f"“{figure.key}”不是百分数：“{statement.text[:40]}”",
            f"'{figure.key}' is no percentage: '{statement.text[:40]}'",
        )
        data_fault("wrong-unit", words, figure, bound, hint=Text("写不带 % 的数", "write a number without %"))
        return None
    if stated is None or unit is None:
        return value
    if stated.dimension != unit.dimension:
        message = Text(
            f"“{figure.key}”的单位是{unit.zh}，不是{stated.zh}",
            f"'{figure.key}' is in {unit.id}, not {stated.id}",
        )
        hint = Text(f"写成以{unit.zh}计的数", f"write the figure in {unit.id}")
        data_fault("wrong-unit", message, figure, bound, hint=hint)
        return None
    return value * stated.factor / unit.factor


PLAUSIBLE_RATIO = 10
"""A ratio above 1000% that is written without a percent sign is more likely a percentage without its sign."""


def _check_scale(value: Fraction, statement: Statement, figure: Figure, bound: Bound) -> None:
    if value <= PLAUSIBLE_RATIO or "%" in twin(statement.text):
        return
    percent = text_of(value * 100)
    message = Text(
        f"“{figure.key}”填的 {text_of(value)} 即 {percent}%", f"{text_of(value)} for '{figure.key}' is {percent}%"
    )
    hint = Text(f"写作 {text_of(value)}%", f"write {text_of(value)}%")
    data_fault("implausible-scale", message, figure, bound, hint=hint, severity="warning")

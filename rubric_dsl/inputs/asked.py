"""What a rubric asks for, as one list: the form's figures and the assessors' ratings, whatever asks for them.

An input's kind, unit, bounds, grid and options are decided here, for whoever reads data, plans, or writes forms. A new kind of field or of form input is a kind here
(``_of_field``, ``_kind_of``), an arm of ``words_of`` below and an arm of ``_kind`` in ``schema.py``; the type
checker names the arms left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import Literal, TypeAlias, assert_never

from rubric_dsl.core.keys import item_of
from rubric_dsl.data.keys import DETAILS
from rubric_dsl.diagnostics import Text, same
from rubric_dsl.forms.base import FormInput, InputKind, measure_text
from rubric_dsl.formulas.kinds import unit_kind
from rubric_dsl.model.model import Field, Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import EVERYTHING, End, Range, between
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold
from rubric_dsl.units import RATIO, Unit

AskedKind: TypeAlias = Literal["number", "whole", "derived", "award", "choice", "mark", "count", "refined"]


@dataclass(frozen=True, slots=True)
class AskedInput:
    """One value that is asked for: ``key`` is its address, ``outer`` and ``inner`` its two names where it has two.

    ``words`` is the author's note or the official text; ``group`` the form's group, or the indicator. ``source`` is
    the line that declares a derived figure; ``note`` says who gives a rating, and when. A ``nullable`` figure may be
    stated to be unavailable. A number is a whole multiple of ``step``, counted from ``start``; without one, any number.
    ``unit`` is None of what has none: choices, marks, counts and awarded points.
    """

    key: str
    outer: str
    inner: str
    kind: AskedKind
    group: str
    words: str = ""
    unit: Unit | None = None
    bounds: Range = EVERYTHING
    options: tuple[str, ...] = ()
    source: str = ""
    nullable: bool = False
    step: Fraction | None = None
    start: Fraction = Fraction(0)
    note: Text | None = None

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are admissible."""
        return self.kind in ("whole", "count")

    @property
    def is_choice(self) -> bool:
        """Whether it is one of ``options``, not a number."""
        return self.kind in ("choice", "mark")

    @property
    def given(self) -> bool:
        """Whether the data give it; what is derived is computed, and only compared with what is stated."""
        return self.kind != "derived"


@dataclass(frozen=True, slots=True)
class AskedBlock:
    """Values that stand together: below ``outer`` when it is not empty, else one value under its whole address."""

    outer: str
    members: tuple[AskedInput, ...]


def asked_of(model: Model) -> dict[str, AskedInput]:
    """Return all that data may state, by key: the form's figures in order, derived ones and references too, and the ratings.

    Parameters are left out: the rubric fixes them.
    """
    fields = (_of_field(item) for item in model.fields.values() if not item.parameter)
    inputs = (_of_input(indicator, item) for indicator in model.indicators.values() for item in indicator.inputs)
    return {item.key: item for item in (*fields, *inputs)}


def figures_of(model: Model, *, reference: bool = False) -> tuple[AskedInput, ...]:
    """Return the figures of the form, in its order, the derived ones too; or those that are reference data.

    Parameters are left out: the rubric fixes them.
    """
    fields = (item for item in model.fields.values() if not item.parameter and item.reference == reference)
    return tuple(_of_field(item) for item in fields)


def cohort_figures(model: Model) -> tuple[str, ...]:
    """Return the figures of which a rubric asks the whole group's values."""
    return tuple(dict.fromkeys(cohort.figure for cohort in model.cohorts.values()))


def refined_indicators(model: Model) -> tuple[AskedInput, ...]:
    """Return the indicators that a department breaks down into its own."""
    return tuple(item for item in asked_of(model).values() if item.kind == "refined")


def ratings_of(model: Model) -> tuple[AskedInput, ...]:
    """Return what assessors give, in the order of the indicators."""
    pairs = ((indicator, item) for indicator in model.indicators.values() for item in indicator.inputs)
    return tuple(_of_input(indicator, item) for indicator, item in pairs if item.kind != "refined")


def _of_field(item: Field) -> AskedInput:
    kind: AskedKind = "derived" if item.formula is not None else "whole" if item.whole else "number"
    if item.options:
        return AskedInput(
            item.key, "", "", "choice", item.group, item.note, options=item.options, nullable=item.nullable
        )
    source = item.place.source[item.place.span] if item.formula is not None else ""
    return AskedInput(
        item.key,
        item.row,
        item.column,
        kind,
        item.group,
        item.note,
        item.unit,
        bounds=item.bounds,
        source=source,
        nullable=item.nullable,
        step=Fraction(1) if item.whole else None,
    )


def _of_input(indicator: Indicator, item: FormInput) -> AskedInput:
    inner = item_of(item.key, indicator.name)
    return AskedInput(
        item.key,
        indicator.name if inner else "",
        inner,
        _kind_of(item.kind),
        indicator.name,
        item.words,
        bounds=between(item.low, item.high),
        options=item.options,
        step=Fraction(1) if item.kind == "count" else item.step,
        start=item.low,
        note=item.note,
    )


def _kind_of(kind: InputKind) -> AskedKind:
    match kind:
        case "number":
            return "award"
        case "choice" | "mark" | "count" | "refined":
            return kind
        case _:
            assert_never(kind)


def blocks_of(wanted: tuple[AskedInput, ...]) -> Iterator[AskedBlock]:
    """Yield the values as they are written: nested where that reads back as the same addresses, else one by one."""
    runs = [tuple(run) for _, run in groupby(wanted, key=lambda item: fold(item.outer) if item.outer else item.key)]
    heads = [fold(run[0].outer or run[0].key) for run in runs]
    times = Counter(heads)
    details = {fold(word) for pair in DETAILS for word in pair}
    for run, head in zip(runs, heads, strict=True):
        inner = {fold(item.inner) for item in run}
        if run[0].outer and times[head] == 1 and not inner & details and "" not in inner:
            yield AskedBlock(run[0].outer, run)
        else:
            yield from (AskedBlock("", (item,)) for item in run)


def words_of(item: AskedInput) -> Text:
    """Say what may be written for a value: its unit and bounds, or the choices."""
    return _joined(item.note, _kind_words(item), _UNAVAILABLE if item.nullable else None)


_UNAVAILABLE = Text("没有时写“无数据”", "write 'unavailable' where there is none")


def _kind_words(item: AskedInput) -> Text:
    unit = _unit_words(item.unit)
    match item.kind:
        case "number":
            return _joined(unit, _limits_words(item))
        case "whole":
            return _joined(unit, Text("整数", "whole"), _limits_words(item))
        case "derived":
            return Text("由程序计算", "computed")
        case "award" | "refined":
            low, high = (text_of(end.value or Fraction(0)) for end in (item.bounds.low, item.bounds.high))
            return Text(f"{low} 到 {high} 分", f"{low} to {high} points")
        case "choice" | "mark":
            return Text(" / ".join(item.options), " / ".join(item.options))
        case "count":
            return Text("例数，整数", "number of cases, whole")
        case _:
            assert_never(item.kind)


def _limits_words(item: AskedInput) -> Text | None:
    """What may be stated, where it is not simply a number from 0 on."""
    if item.bounds == between(0, None) or item.unit is None:
        return None
    limits = limits_text(item.unit, item.bounds)
    below = item.bounds.low.value is None or item.bounds.low.value < 0
    return _joined(Text("可为负", "may be negative") if below else None, limits)


def _unit_words(unit: Unit | None) -> Text | None:
    if unit is None:
        return None
    return Text("比率，如 95.1%", "ratio, such as 95.1%") if unit.dimension == RATIO else Text(unit.zh, unit.id)


def _joined(*parts: Text | None) -> Text:
    found = [part for part in parts if part is not None and part.zh]
    return Text("，".join(part.zh for part in found), ", ".join(part.en for part in found))


def limits_text(unit: Unit, bounds: Range) -> Text:
    """Say what may be stated: ``大于 0``, ``不小于 0%，不超过 100%``; empty where anything may."""
    parts = [
        _one(end, unit, words) for end, words in ((bounds.low, _LOW), (bounds.high, _HIGH)) if end.value is not None
    ]
    return Text("，".join(part.zh for part in parts), " and ".join(part.en for part in parts))


_LOW = {True: Text("大于", "greater than"), False: Text("不小于", "at least")}
_HIGH = {True: Text("小于", "less than"), False: Text("不超过", "at most")}


def _one(end: End, unit: Unit, words: dict[bool, Text]) -> Text:
    said = words[end.open]
    value = end.value or Fraction(0)
    shown = measure_text(value, unit_kind(unit)) if value else same("0")
    return Text(f"{said.zh} {shown.zh}", f"{said.en} {shown.en}")

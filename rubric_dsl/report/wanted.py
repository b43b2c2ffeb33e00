"""What a rubric asks for, as one list: the form's figures and the assessors' ratings, whatever asks for them.

Blank data and the schema are written over this list. A new kind of field or of form input is a kind here
(``_of_field``, ``_kind_of``), an arm of ``words_of`` below and an arm of ``value_schema`` in ``schema.py``; the type
checker names the arms left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Literal, TypeAlias, assert_never

from rubric_dsl.data.keys import DETAILS
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import FormInput, InputKind
from rubric_dsl.model.model import Field, Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.syntax.characters import fold
from rubric_dsl.units import RATIO, Unit

Kind: TypeAlias = Literal["number", "whole", "derived", "award", "choice", "mark", "count"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value that is asked for: ``key`` is its address, ``outer`` and ``inner`` its two names where it has two.

    ``words`` is the author's note or the official text; ``group`` the form's group, or the indicator. ``source`` is
    the line that declares a derived figure.
    """

    key: str
    outer: str
    inner: str
    kind: Kind
    group: str
    words: str = ""
    unit: Unit | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    options: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Values that stand together: below ``outer`` when it is not empty, else one value under its whole address."""

    outer: str
    members: tuple[Wanted, ...]


def figures_of(model: Model) -> tuple[Wanted, ...]:
    """Return the figures of the form, in its order; the derived ones too."""
    return tuple(_of_field(item) for item in model.fields.values())


def ratings_of(model: Model) -> tuple[Wanted, ...]:
    """Return what assessors give, in the order of the indicators."""
    return tuple(_of_input(indicator, item) for indicator in model.indicators.values() for item in indicator.inputs)


def _of_field(item: Field) -> Wanted:
    kind: Kind = "derived" if item.formula is not None else "whole" if item.whole else "number"
    source = item.place.source[item.place.span] if item.formula is not None else ""
    return Wanted(item.key, item.row, item.column, kind, item.group, item.note, item.unit, low=item.low, source=source)


def _of_input(indicator: Indicator, item: FormInput) -> Wanted:
    nested = item.key.startswith(f"{indicator.name}[") and item.key.endswith("]")
    outer, inner = (indicator.name, item.key[len(indicator.name) + 1 : -1]) if nested else ("", "")
    return Wanted(
        item.key,
        outer,
        inner,
        _kind_of(item.kind),
        indicator.name,
        item.words,
        low=item.low,
        high=item.high,
        options=item.options,
    )


def _kind_of(kind: InputKind) -> Kind:
    match kind:
        case "number":
            return "award"
        case "choice" | "mark" | "count":
            return kind
        case _:
            assert_never(kind)


def blocks_of(wanted: tuple[Wanted, ...]) -> Iterator[Block]:
    """Yield the values as they are written: nested where that reads back as the same addresses, else one by one."""
    runs = [tuple(run) for _, run in groupby(wanted, key=lambda item: fold(item.outer) if item.outer else item.key)]
    heads = [fold(run[0].outer or run[0].key) for run in runs]
    times = Counter(heads)
    details = {fold(word) for pair in DETAILS for word in pair}
    for run, head in zip(runs, heads, strict=True):
        inner = {fold(item.inner) for item in run}
        if run[0].outer and times[head] == 1 and not inner & details and "" not in inner:
            yield Block(run[0].outer, run)
        else:
            yield from (Block("", (item,)) for item in run)


def words_of(item: Wanted) -> Text:
    """Say what may be written for a value: its unit and bounds, or the choices."""
    unit = _unit_words(item.unit)
    match item.kind:
        case "number":
            return _joined(unit, Text("可为负", "may be negative") if item.low is None else None)
        case "whole":
            return _joined(unit, Text("整数", "whole"), Text("可为负", "may be negative") if item.low is None else None)
        case "derived":
            return Text("由程序计算", "computed")
        case "award":
            low, high = text_of(item.low or Fraction(0)), "" if item.high is None else text_of(item.high)
            return Text(f"{low} 到 {high} 分", f"{low} to {high} points")
        case "choice" | "mark":
            return Text(" / ".join(item.options), " / ".join(item.options))
        case "count":
            return Text("例数，整数", "number of cases, whole")
        case _:
            assert_never(item.kind)


def _unit_words(unit: Unit | None) -> Text | None:
    if unit is None:
        return None
    return Text("比率，如 95.1%", "ratio, such as 95.1%") if unit.dimension == RATIO else Text(unit.zh, unit.id)


def _joined(*parts: Text | None) -> Text:
    found = [part for part in parts if part is not None and part.zh]
    return Text("，".join(part.zh for part in found), ", ".join(part.en for part in found))

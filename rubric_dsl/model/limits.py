"""The limits of a figure, in words."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.diagnostics import Text, same
from rubric_dsl.forms.base import measure_text
from rubric_dsl.formulas.kinds import unit_kind
from rubric_dsl.ranges import End, Range
from rubric_dsl.units import Unit


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

"""Figures that look as if given in another unit: in that unit the mismatch disappears."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from rubric_dsl.diagnostics import Text
from rubric_dsl.model.model import Model
from rubric_dsl.numbers import shown
from rubric_dsl.syntax.characters import fold
from rubric_dsl.units import UNITS

MOST_SHOWN = 3
"""So many figures that may be in another unit are named."""


def other_units(
    model: Model, keys: Iterable[str], known: Callable[[str], Fraction | None], agree: Callable[[str, Fraction], bool]
) -> Text | None:
    """Name the figures that, alone of all, would make a disagreement vanish were they given in another unit.

    ``known`` gives a figure's number, ``agree`` says whether all would be well with another number for it.
    """
    zh: list[str] = []
    en: list[str] = []
    for key in keys:
        field, value = model.fields.get(fold(key)), known(key)
        if field is None or value is None:
            continue
        own = field.unit
        for unit in UNITS:
            if unit.dimension != own.dimension or unit == own:
                continue
            meant = value * unit.factor / own.factor
            if agree(key, meant):
                zh.append(f"“{key}”可能填成了{unit.zh}：{shown(value)} {unit.zh}即 {shown(meant)} {own.zh}")
                en.append(f"'{key}' may be in {unit.id}: {shown(value)} {unit.id} are {shown(meant)} {own.id}")
    if not zh:
        return None
    return Text(
        "；或者".join(zh[:MOST_SHOWN]) + "，这样两边一致", "; or ".join(en[:MOST_SHOWN]) + ", and both sides agree"
    )

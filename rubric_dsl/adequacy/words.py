"""Quantities and edges in words, and the smallest unit of each quantity."""

from __future__ import annotations

import re
from fractions import Fraction

from rubric_dsl.adequacy.edges import Edge, Side
from rubric_dsl.adequacy.facets import SELECTION
from rubric_dsl.analysis.lattice import Direction, Inputs
from rubric_dsl.analysis.linear import form_of
from rubric_dsl.analysis.variables import Var
from rubric_dsl.core.keys import owner
from rubric_dsl.core.nodes import Case, Const, Div, Expr, Input, Lookup, Measure, Mul
from rubric_dsl.core.walk import parts_of
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import NO, NOT_APPLICABLE, PARTLY, YES, measure_text
from rubric_dsl.formulas.kinds import Kind, unit_kind
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.syntax.characters import fold
from rubric_dsl.units import RATIO

SHARE, AMOUNT = Fraction(1, 10_000), Fraction(1, 100)
"""The smallest units: 0.01 percentage points (what reports show) and 0.01 of a figure's unit."""
MARKS_EN = {YES: "yes", NO: "no", PARTLY: "partly", NOT_APPLICABLE: "na"}
"""The marks of an item in English."""
MOST_NAMED = 3
"""A sum of more parts is named by its first and last."""
_SHARES = frozenset({RATIO, "pp", "zero"})


def unit_of(var: Var, index: int, indicator: Indicator, model: Model) -> Fraction:
    """Return the smallest unit of a quantity that can be any number."""
    return min(abs(factor) * _leaf_unit(leaf, index, indicator, model) for leaf, factor in var.form)


def _leaf_unit(leaf: Expr, index: int, indicator: Indicator, model: Model) -> Fraction:
    if isinstance(leaf, Measure):
        kind = _measure_kind(index, indicator)
        return SHARE if kind is not None and kind.dimension in _SHARES else AMOUNT
    if isinstance(leaf, Input):
        field = model.fields.get(fold(leaf.key))
        return SHARE if field is not None and field.unit.dimension == RATIO else AMOUNT
    return SHARE if isinstance(leaf, Div) else AMOUNT


def _measure_kind(index: int, indicator: Indicator) -> Kind | None:
    return indicator.rules[index].kind if index != SELECTION else None


def _leaf_kind(leaf: Expr, index: int, indicator: Indicator, model: Model) -> Kind | None:
    if isinstance(leaf, Measure):
        return _measure_kind(index, indicator)
    if isinstance(leaf, Input):
        field = model.fields.get(fold(leaf.key))
        return None if field is None else unit_kind(field.unit)
    return Kind(RATIO) if isinstance(leaf, Div) else None


def smallest(expr: Expr, index: int, indicator: Indicator, model: Model, inputs: Inputs) -> Fraction:
    """Return the smallest unit of what stands on one side of a comparison: 1 of a whole number, 0.01 pp of a ratio."""
    units = [AMOUNT]
    form = form_of(expr)
    if form.pieces and not form.leaves and all(_counts(piece) for _, piece in form.pieces):
        return Fraction(1)
    if form.leaves and not form.pieces:
        units = [abs(factor) * _leaf_unit(leaf, index, indicator, model) for leaf, factor in form.leaves.items()]
        for leaf, factor in form.leaves.items():
            grid = inputs.grids.get(leaf.key) if isinstance(leaf, Input) else None
            if isinstance(leaf, Measure) and inputs.measure is not None:
                grid = inputs.measure.grid
            if grid is not None:
                units.append(abs(factor) * grid.step)
        units = [max(units)] if all(isinstance(leaf, Input | Measure) for leaf in form.leaves) else units
    return min(units)


def _counts(expr: Expr) -> bool:
    """Whether an expression is 1 or 0, as a part of what 满足个数 counts."""
    parts = parts_of(expr) if isinstance(expr, Case) else ()
    return bool(parts) and all(isinstance(part, Const) and part.value.denominator == 1 for part in parts)


def value_words(value: Fraction, expr: Expr, index: int, indicator: Indicator, model: Model) -> Text:
    """Show a number as what it is compared with is shown."""
    leaves = list(form_of(expr).leaves)
    return measure_text(value, _leaf_kind(leaves[0], index, indicator, model) if leaves else None)


def edge_words(edge: Edge, side: Side, indicator: Indicator, model: Model) -> Text:
    """Say on which side of which number: ``刚低于 90%``, ``恰好 5 人``."""
    form = edge.facet.space.vars[edge.key].form
    kind = _leaf_kind(form[0][0], edge.facet.index, indicator, model)
    label = _own_items(quantity_words(form), indicator)
    name = Text(f"{label.zh} ", f"{label.en} ") if label.zh else Text("", "")
    at = measure_text(edge.after if edge.after is not None and side == "above" else edge.at, kind)
    if side == "on" or edge.after is not None:
        return Text(f"{name.zh}恰好 {at.zh}", f"{name.en}exactly {at.en}")
    if side == "below":
        return Text(f"{name.zh}刚低于 {at.zh}", f"{name.en}just below {at.en}")
    return Text(f"{name.zh}刚高于 {at.zh}", f"{name.en}just above {at.en}")


def _own_items(words: Text, indicator: Indicator) -> Text:
    """Name the indicator's own items by their numbers alone."""
    own = re.compile(re.escape(indicator.name) + r"\[([^\]]*)\]")
    return Text(own.sub(r"\1", words.zh), own.sub(r"\1", words.en))


def quantity_words(form: Direction) -> Text:
    """Name a quantity: nothing for the measure by itself."""
    if len(form) == 1 and isinstance(form[0][0], Measure):
        return Text("", "")
    zh, en = "", ""
    if len(form) > MOST_NAMED:
        first, last = expr_words(form[0][0]), expr_words(form[-1][0])
        return Text(f"{first.zh} + … + {last.zh}", f"{first.en} + … + {last.en}")
    for leaf, factor in form:
        sign = (" − " if factor < 0 else " + ") if zh else ("−" if factor < 0 else "")
        times = "" if abs(factor) == 1 else f"{text_of(abs(factor))} × "
        own = expr_words(leaf)
        zh, en = f"{zh}{sign}{times}{own.zh}", f"{en}{sign}{times}{own.en}"
    return Text(zh, en)


def expr_words(expr: Expr) -> Text:
    """Name a part of a formula."""
    match expr:
        case Measure():
            return Text("指标值", "measure")
        case Input(key=key) | Lookup(key=key):
            return Text(owner(key), owner(key))
        case Const(value=value):
            return Text(text_of(value), text_of(value))
        case Div(left=left, right=right):
            a, b = expr_words(left), expr_words(right)
            return Text(f"{a.zh} ÷ {b.zh}", f"{a.en} / {b.en}")
        case Mul(left=left, right=right):
            a, b = expr_words(left), expr_words(right)
            return Text(f"{a.zh} × {b.zh}", f"{a.en} * {b.en}")
        case _:
            return Text("公式", "formula")


__all__ = ["edge_words", "expr_words", "quantity_words", "smallest", "unit_of", "value_words"]

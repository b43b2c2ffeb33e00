"""The data against themselves: cross-footing checks, and derived figures as stated against as computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from functools import partial

from rubric_dsl import ranges
from rubric_dsl.core.keys import is_result
from rubric_dsl.core.nodes import Expr
from rubric_dsl.core.walk import keys_of
from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.known import settled_value
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.forms.base import difference_text, measure_text
from rubric_dsl.formulas.kinds import unit_kind
from rubric_dsl.inputs.bind import Bound
from rubric_dsl.model.model import FormCheck, Model
from rubric_dsl.numbers import shown
from rubric_dsl.syntax.characters import fold
from rubric_dsl.units import RATIO, UNITS

MOST_SHOWN = 3
"""So many figures that may be in another unit are named."""


def data_faults(model: Model, bound: Bound) -> list[Diagnostic]:
    """Return what the submission's figures contradict among themselves."""
    found = [_check(check, model, bound) for check in model.checks if not _holds(check, bound.env)]
    return found + _derived(model, bound)


def _holds(check: FormCheck, env: Env) -> bool:
    left, right = _known(check.left, env), _known(check.right, env)
    if left is None or right is None:
        return True
    difference = left - right
    if check.op == "=":
        return abs(difference) <= check.tolerance
    slack = check.tolerance if check.op in ("<", "<=") else -check.tolerance
    return ranges.holds(check.op, difference, slack)


def _derived(model: Model, bound: Bound) -> list[Diagnostic]:
    """Compare derived figures that the department states with what its own figures give."""
    found = []
    for key, (figure, stated) in bound.derived.items():
        formula = model.fields[fold(key)].formula
        computed = _known(formula, bound.env) if formula is not None else None
        if stated is None or computed is None or stated == computed:
            continue
        unit = model.fields[fold(key)].unit
        kind = unit_kind(unit)
        given, found_ = measure_text(stated, kind), measure_text(computed, kind)
        message = Text(
            f"“{key}”填的是 {given.zh}，算得 {found_.zh}",
            f"'{key}' is given as {given.en}; the figures give {found_.en}",
        )
        places = (figure.used.place,) if figure.used.place else ()
        hint = Text("评分用算得的数；核对填的数", "scores use the computed figure; check the one given")
        found.append(Diagnostic("derived-differs", "warning", "data", message, places, hint=hint))
    return found


def _known(expr: Expr, env: Env) -> Fraction | None:
    known = settled_value(expr, env)
    if known is not None:
        return known
    for key in keys_of(expr):
        if (key in env.figures and env.figures[key].known is None) or len(env.choices.get(key, ())) > 1:
            return None
    found = measured(expr, env, Trace())
    return found.known if found is not None else None


def _check(check: FormCheck, model: Model, bound: Bound) -> Diagnostic:
    left, right = _known(check.left, bound.env) or Fraction(0), _known(check.right, bound.env) or Fraction(0)
    column = f"[{check.column}]" if check.column else ""
    a, b = measure_text(left, check.kind), measure_text(right, check.kind)
    difference = difference_text if check.kind.dimension == RATIO else measure_text
    apart = difference(left - right, check.kind)
    keys = tuple(dict.fromkeys((*_keys(check.left), *_keys(check.right))))
    places = [bound.given[key].used.place for key in keys if key in bound.given]
    shown_places = tuple(place for place in places if place is not None)[:3]
    message = Text(
        f"核对不符{column}：{check.words[0]}；左边 {a.zh}，右边 {b.zh}，相差 {apart.zh}",
        f"check fails{column}: {check.words[1]}; left {a.en}, right {b.en}, difference {apart.en}",
    )
    hint = Text("核对原始凭证，改正其中一个数", "check the records and correct one of the figures")
    if check.op == "=":
        hint = _other_units(model, keys, partial(_figure, bound), partial(_holds_with, check, bound)) or hint
    return Diagnostic("cross-foot", "warning", "data", message, shown_places or (check.place,), hint=hint)


def _figure(bound: Bound, key: str) -> Fraction | None:
    found = bound.figures.get(key)
    return None if found is None else found.known


def _holds_with(check: FormCheck, bound: Bound, key: str, value: Fraction) -> bool:
    return _holds(check, replace(bound.env, figures={**bound.figures, key: ranges.exactly(value)}))


def _keys(expr: Expr) -> list[str]:
    return [key for key in keys_of(expr) if not is_result(key)]


def _other_units(
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

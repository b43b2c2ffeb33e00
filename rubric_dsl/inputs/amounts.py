"""Amounts as written in a submission: the number, its unit, and the unit that the form wants."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.data.submission import Figure, Statement
from rubric_dsl.diagnostics import Text
from rubric_dsl.inputs.bound import Bound, data_fault
from rubric_dsl.numbers import NumberError, parse_number, text_of
from rubric_dsl.syntax.characters import fold, twin
from rubric_dsl.units import RATIO, Unit, find_unit


def read_amount(text: str) -> tuple[Fraction, Unit | None]:
    """Read a figure as written: ``3.60``, ``20%``, ``27/7``, ``12 万元``; the unit is None when none is written.

    Raises:
        NumberError: it is no number.
    """
    plain = twin(text).strip()
    number = plain.rstrip("人元万亿㎡亩个处起条份件项例次年月天abcdefghijklmnopqrstuvwxyz_百分点方米平小时比率 ")
    unit_text = plain[len(number) :].strip()
    unit = find_unit(unit_text) if unit_text else None
    if unit_text not in ("", "分") and unit is None:
        raise NumberError("not-a-number", text)
    top, slash, bottom = number.partition("/")
    value = parse_number(top)
    if slash:
        below = parse_number(bottom)
        if below == 0:
            raise NumberError("not-a-number", text)
        value /= below
    return value, unit


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

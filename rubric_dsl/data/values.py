"""Figures from a program: Python values become the same tree as a file, floats refused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from rubric_dsl.data import faults as say
from rubric_dsl.data.faults import Faults
from rubric_dsl.data.tree import Builder, DataNode
from rubric_dsl.numbers import NumberError, exact, text_of


def parse_values(values: Mapping[str, object], faults: Faults) -> DataNode | None:
    """Turn a mapping of Python values into a tree without places.

    Raises:
        StoppedError: nested too deep (a mapping that holds itself included), or too many values.
    """
    builder = Builder(None, faults)
    _add(builder, values, "", faults)
    return builder.root


def _add(builder: Builder, value: object, name: str, faults: Faults) -> None:
    if isinstance(value, Mapping):
        _add_mapping(builder, value, faults)
    elif isinstance(value, list | tuple):
        builder.begin(0, named=False)
        for item in value:
            _add(builder, item, name, faults)
        builder.end()
    else:
        text = value_text(value, name, faults)
        if text is None:
            builder.refused(0, 0)
        else:
            builder.scalar(text, 0, 0)


def _add_mapping(builder: Builder, value: Mapping[object, object], faults: Faults) -> None:
    builder.begin(0, named=True)
    for key, item in value.items():
        if isinstance(key, str):
            builder.scalar(key, 0, 0)
            _add(builder, item, key, faults)
        else:
            kind = type(key).__name__
            faults.add(say.value_refused(kind, "wrong-shape", "名称要用文本 / a name must be text"))
    builder.end()


def value_text(value: object, name: str, faults: Faults) -> str | None:
    """Return the text of a value; None, with a fault, when it is refused."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        faults.add(say.float_refused(name, repr(value)))
        return None
    return _number_text(value, name, faults)


def _number_text(value: object, name: str, faults: Faults) -> str | None:
    try:
        number = exact(value)
    except NumberError as error:
        known = isinstance(value, int | Decimal | Fraction)
        faults.add(say.value_refused(name, "not-a-number" if known else "wrong-shape", error.text))
        return None
    # The decimal that was given is kept as it was written, trailing zeros included.
    return format(value, "f") if isinstance(value, Decimal) else text_of(number)

"""Results as Arrow columns: the numbers of the function, and the evaluator's where it had a row."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rubric_dsl.engines.table.outputs import MOST_DIGITS, Output, UnfitError
from rubric_dsl.engines.table.rows import Ends
from rubric_dsl.numbers import text_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from rubric_dsl.engines.table.holes import Opened

    Numbers = np.ndarray[Any, np.dtype[Any]]

STATUSES = ("scored", "missing", "not_applicable", "override", "invalid", "not_rated")
_WORD = 2**63


def field_types(output: Output, grades: Sequence[str]) -> list[tuple[str, Any]]:
    """Return the names and Arrow types of an output's columns."""
    import pyarrow as pa

    kinds = {
        "decimal": pa.decimal64(MOST_DIGITS, output.places),
        "fraction": pa.struct([("numerator", pa.int64()), ("denominator", pa.int64())]),
        "text": pa.string(),
        "status": pa.dictionary(pa.int8(), pa.string()),
        "grade": pa.dictionary(pa.int8(), pa.string()),
    }
    names = [output.name, *([f"{output.name}.min", f"{output.name}.max"] if output.ranged else [])]
    return [(name, kinds[output.kind]) for name in names]


def words(numbers: Numbers, absent: Numbers | None, names: Sequence[str]) -> pa.Array:
    """Return a column of words from their places."""
    import numpy as np
    import pyarrow as pa

    indices = pa.array(numbers.astype(np.int8, copy=False), mask=absent)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(names), pa.string()))


def columns(
    output: Output,
    numbers: list[Numbers],
    without: Numbers | None,
    slow: Numbers,
    ends: list[Ends],
    opened: Opened | None = None,
) -> list[pa.Array]:
    """Return an output's columns.

    ``numbers`` are the function's, ``without`` marks rows that have no score, ``slow`` are the rows of the evaluator
    and ``ends`` what it said of them, ``opened`` the rows that wait for figures. Where neither has a row, all columns
    share the same numbers. An excluded indicator has ends, what is not rated has none.

    Raises:
        UnfitError: a number does not fit the column's type.
    """
    import numpy as np

    hidden = None if output.of == "score" else without
    if not len(slow) and opened is None:
        found = _column(output, numbers, without)
        if not output.ranged:
            return [found]
        plain = found if hidden is without else _column(output, numbers, None)
        return [found, plain, plain]
    absent = np.zeros(len(numbers[0]), bool) if without is None else without.copy()
    absent[slow] = [score is None for score, _, _ in ends]
    endless = np.zeros(len(numbers[0]), bool) if hidden is None else hidden.copy()
    endless[slow] = [low is None for _, low, _ in ends]
    if opened is not None:
        absent[opened.rows] = opened.absent
        endless[opened.rows] = False if output.of == "score" else opened.without
    low, high = (None, None) if opened is None else (opened.low, opened.high)
    rows = None if opened is None else opened.rows
    scores = _patched(output, numbers, slow, [score for score, _, _ in ends], rows, low)
    made = [_column(output, scores, absent if absent.any() else None)]
    if not output.ranged:
        return made
    gaps = endless if endless.any() else None
    for side, own in ((1, low), (2, high)):
        made.append(_column(output, _patched(output, numbers, slow, [end[side] for end in ends], rows, own), gaps))
    return made


def _patched(
    output: Output,
    numbers: list[Numbers],
    slow: Numbers,
    values: Sequence[Fraction | None],
    rows: Numbers | None,
    opened: list[Numbers] | None,
) -> list[Numbers]:
    """Return numbers with those of other rows put in."""
    pairs = [_parts(output, value) for value in values]
    found = [item.astype(object) if output.kind == "text" else item.copy() for item in numbers]
    for place, item in enumerate(found):
        item[slow] = [pair[place] for pair in pairs]
        if rows is not None and opened is not None:
            item[rows] = opened[place]
    return found


def _parts(output: Output, value: Fraction | None) -> tuple[int, ...]:
    if value is None:
        return (0, 1) if output.kind != "decimal" else (0,)
    if output.kind == "decimal":
        scaled = value * 10**output.places
        if scaled.denominator != 1 or abs(scaled) >= 10**MOST_DIGITS:
            raise UnfitError(output.name)
        return (scaled.numerator,)
    if output.kind == "fraction" and max(abs(value.numerator), value.denominator) >= _WORD:
        raise UnfitError(output.name)
    return value.numerator, value.denominator


def _column(output: Output, numbers: list[Numbers], absent: Numbers | None) -> pa.Array:
    import pyarrow as pa

    if output.kind == "text":
        return text_column(numbers, absent)
    if output.kind == "fraction":
        top, bottom = (pa.array(item) for item in numbers)
        mask = None if absent is None else pa.array(absent)
        return pa.StructArray.from_arrays([top, bottom], names=["numerator", "denominator"], mask=mask)
    valid = None if absent is None else pa.array(~absent).buffers()[1]
    buffers = [valid, pa.py_buffer(numbers[0])]
    return pa.Array.from_buffers(pa.decimal64(MOST_DIGITS, output.places), len(numbers[0]), buffers)


def text_column(numbers: list[Numbers], absent: Numbers | None) -> pa.Array:
    """Return exact numbers, given as numerators and denominators, as text in lowest terms."""
    import pyarrow as pa

    known: dict[tuple[int, int], str] = {}
    found = []
    for pair in zip(numbers[0].tolist(), numbers[1].tolist(), strict=True):
        if pair not in known:
            known[pair] = text_of(Fraction(*pair))
        found.append(known[pair])
    return pa.array(found, pa.string(), mask=absent)

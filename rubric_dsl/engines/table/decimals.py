"""Results as numbers that other programs can add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rubric_dsl.numbers import parse_number

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 38
_MOST_PLACES = 18


def holds_numbers(kind: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
    """Whether a column of results of this type holds numbers: words are in dictionaries there."""
    import pyarrow as pa

    return bool(pa.types.is_struct(kind) or pa.types.is_decimal(kind) or pa.types.is_string(kind))


def exact_values(column: Any) -> list[Fraction | None]:  # noqa: ANN401 - an array or a chunked one
    """Return a column's exact numbers.

    Raises:
        TypeError: it holds words.
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_struct(kind):
        return [
            None if item is None else Fraction(item["numerator"], item["denominator"]) for item in column.to_pylist()
        ]
    if pa.types.is_decimal(kind) or pa.types.is_integer(kind):
        return [None if item is None else Fraction(item) for item in column.to_pylist()]
    if pa.types.is_string(kind):
        return [None if item is None else _exact(item) for item in column.to_pylist()]
    raise TypeError(f"a column of {kind} holds no numbers")


def _exact(text: str) -> Fraction:
    top, slash, bottom = text.partition("/")
    return parse_number(top) / parse_number(bottom) if slash else parse_number(text)


def as_decimals(table: pa.Table, numbers: Sequence[str], places: int | None) -> pa.Table:
    """Return a table in which number columns are decimals where every value is one, or, rounded, with ``places`` decimals."""
    for index, name in enumerate(table.schema.names):
        if name in numbers:
            found = _decimals(table.column(index), places)
            table = table if found is None else table.set_column(index, name, found)
    return table


def _decimals(column: Any, places: int | None) -> Any:  # noqa: ANN401 - a chunked array, or None
    import pyarrow as pa

    if pa.types.is_decimal(column.type) and (places is None or column.type.scale <= places):
        return column.cast(pa.decimal128(DIGITS, column.type.scale))
    values = exact_values(column)
    needed = max((_places(value) for value in values if value is not None), default=0)
    own = places if needed > _MOST_PLACES or (places is not None and needed > places) else needed
    if own is None:
        return None
    scaled = [None if value is None else Decimal(round(value * 10**own)).scaleb(-own) for value in values]
    return pa.chunked_array([pa.array(scaled, pa.decimal128(DIGITS, own))])


def _places(value: Fraction) -> int:
    """Return how many decimals a number has; more than can be where it has no end."""
    for places in range(_MOST_PLACES + 1):
        if 10**places % value.denominator == 0:
            return places
    return _MOST_PLACES + 1

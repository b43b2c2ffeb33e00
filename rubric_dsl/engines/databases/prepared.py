"""A table's columns as the query reads them: numbers as numbers, words as text, and which rows it may settle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from rubric_dsl.engines.sql.rows import PLAIN, RowQuery
from rubric_dsl.engines.table.layout import Layout
from rubric_dsl.forms.base import NO, YES
from rubric_dsl.inputs.asked import asked_of
from rubric_dsl.inputs.plain import MOST_DIGITS as MOST_PLAIN
from rubric_dsl.inputs.plain import number_pattern
from rubric_dsl.model.model import Model
from rubric_dsl.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

MOST_DIGITS = 38


@dataclass(frozen=True, slots=True)
class Phrases:
    """What the two databases write differently: a text, whether a text is a plain number, a type for text."""

    text: Callable[[str], str]
    is_number: Callable[[str, str], str]
    string: str


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _spark_quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


PHRASES: dict[Literal["duckdb", "spark"], Phrases] = {
    "duckdb": Phrases(_quoted, lambda column, pattern: f"REGEXP_FULL_MATCH({column}, '{pattern}')", "VARCHAR"),
    # Java's $ would let a line break pass.
    "spark": Phrases(_spark_quoted, lambda column, pattern: f"{column} RLIKE r'\\A{pattern}\\z'", "STRING"),
}


def raw(index: int) -> str:
    """Return the name of a used column of the table in the query."""
    return f"r{index}"


def prepared(
    model: Model,
    layout: Layout,
    schema: pa.Schema,
    query: RowQuery,
    places: Mapping[str, int],
    dialect: Literal["duckdb", "spark"],
) -> str:
    """Return what is selected from a table whose columns are called by :func:`raw`, in order."""
    phrases = PHRASES[dialect]
    plain = [f"{raw(index)} IS NULL" for index in layout.single]
    if layout.edition is not None:
        column = f"CAST({raw(layout.edition)} AS {phrases.string})"
        plain.append(f"({column} IS NULL OR {column} IN ('', {phrases.text(model.edition)}))")
    selected = [raw(index) for index in range(len(schema))]
    choices = frozenset(key for key, item in asked_of(model).items() if item.is_choice)
    for key, name in query.inputs.items():
        absent = "CAST(NULL AS " + (phrases.string if key in choices else "BIGINT") + ")"
        index = layout.inputs.get(key)
        if index is None:
            value, told = absent, None
        elif key in choices:
            value, told = _word(raw(index), schema.field(index).type, absent)
        else:
            value, told = _number(raw(index), schema.field(index).type, places[key], phrases, absent)
        selected.append(f"{value} AS {name}")
        plain += [told] if told is not None else []
    # A condition over NULL is none that holds: such a row is the evaluator's.
    condition = " AND ".join(plain) or "TRUE"
    selected.append(f"CASE WHEN {condition} THEN 1 ELSE 0 END AS {PLAIN}")
    return ", ".join(selected)


def _word(column: str, kind: pa.DataType, absent: str) -> tuple[str, str | None]:
    import pyarrow as pa

    if pa.types.is_boolean(kind):
        return f"CASE WHEN {column} THEN '{YES}' WHEN NOT {column} THEN '{NO}' END", None
    if is_text(kind):
        return column, None
    return absent, f"{column} IS NULL"


def _number(column: str, kind: pa.DataType, places: int, phrases: Phrases, absent: str) -> tuple[str, str | None]:
    import pyarrow as pa

    if pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and 0 <= kind.scale <= kind.precision <= MOST_DIGITS):
        return column, None
    if not is_text(kind):
        return absent, f"{column} IS NULL"
    number = phrases.is_number(column, number_pattern(f"{{1,{places}}}" if places else ""))
    value = f"CASE WHEN {number} THEN TRY_CAST({column} AS DECIMAL({MOST_PLAIN + places}, {places})) END"
    return value, f"({column} IS NULL OR {column} = '' OR {number})"


def is_text(kind: pa.DataType) -> bool:
    """Whether a column holds texts."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))

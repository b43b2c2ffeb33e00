"""Tables scored by DuckDB, in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.engines.databases.answers import scored_part
from rubric_dsl.engines.databases.asking import ORDER, Questions, questions
from rubric_dsl.engines.databases.prepared import MOST_DIGITS, raw
from rubric_dsl.engines.databases.run_error import RunError
from rubric_dsl.engines.table.faults import TableError, no_table
from rubric_dsl.engines.table.outputs import Part
from rubric_dsl.engines.table.scorer import Scored
from rubric_dsl.engines.table.sources import ROWS, Table
from rubric_dsl.extras import require
from rubric_dsl.model.model import Model

if TYPE_CHECKING:
    import pyarrow as pa

_PART = "rubric_part"
_ROWS = 2 * ROWS
"""DuckDB is asked about so many rows at a time: reading the query takes it as long as some 100,000 rows."""


def scored_by_duckdb(
    model: Model,
    source: Table,
    parts: tuple[Part, ...],
    texts: frozenset[str],
    keep: Sequence[str] = (),
) -> Iterator[tuple[tuple[Diagnostic, ...], Scored]]:
    """Yield the parts of a table, scored, as :func:`~rubric_dsl.engines.table.score_table.scored` does.

    Raises:
        MissingExtraError: DuckDB is not installed.
        TableError: the columns cannot be used.
        UnfitError: a column must be among ``texts``; begin again.
        RubricError: the rubric cannot be exact in DuckDB.
        RunError: DuckDB has not memory enough.
    """
    require("duckdb")
    import duckdb

    asked = questions(model, source.schema, parts, texts, keep, "duckdb")
    first = 1
    # A part of a table fits into memory; DuckDB's own place for what does not is a folder where the user happens to be.
    with duckdb.connect(config={"temp_directory": ""}) as database:
        for part in _parts(source, asked):
            database.register(_PART, part)
            try:
                answered = database.sql(asked.text(_PART)).to_arrow_table()
            except duckdb.OutOfMemoryException as error:
                raise RunError(Text("DuckDB 的内存不够", "DuckDB ran out of memory"), _first_line(error)) from None
            except duckdb.Error as error:
                raise TableError(_unread(error)) from None
            yield asked.diagnostics, scored_part(asked.scorer, asked.query, in_order(answered), first)
            first += part.num_rows
    if first == 1:
        yield asked.diagnostics, asked.scorer.score(_none(asked))


def _parts(source: Table, asked: Questions) -> Iterator[pa.Table]:
    """Yield the used columns, in parts that have rows, each row with its place in the part."""
    import numpy as np
    import pyarrow as pa

    shape = pa.schema([(raw(place), _known(item.type)) for place, item in enumerate(asked.schema)])
    waiting: list[pa.RecordBatch] = []
    for batch in source.batches():
        for start in range(0, batch.num_rows, ROWS):
            part = batch.slice(start, ROWS)
            columns = [part.column(index).cast(item.type) for index, item in zip(asked.used, shape, strict=True)]
            order = np.arange(part.num_rows, dtype=np.int64) + sum(item.num_rows for item in waiting)
            waiting.append(pa.RecordBatch.from_arrays([*columns, pa.array(order)], [*shape.names, ORDER]))
            if sum(item.num_rows for item in waiting) >= _ROWS:
                yield pa.Table.from_batches(waiting)
                waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def in_order(answered: pa.Table) -> pa.RecordBatch:
    """Return the answers as the rows were: threads of DuckDB that share a step put them together as they end."""
    import numpy as np

    order = answered.column(ORDER).to_numpy()
    if (order[1:] < order[:-1]).any():
        answered = answered.take(np.argsort(order))
    return answered.drop_columns([ORDER]).combine_chunks().to_batches()[0]


def _none(asked: Questions) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_arrays([pa.array([], item.type) for item in asked.schema], schema=asked.schema)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]


def _unread(error: Exception) -> Diagnostic:
    reason = _first_line(error)
    return no_table(Text(f"DuckDB 读不了这张表：{reason}", f"DuckDB cannot read the table: {reason}"))


def _known(kind: pa.DataType) -> pa.DataType:
    """Return the type in which DuckDB takes a column; what fits none of its decimals becomes text, for the evaluator."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_decimal(kind):
        return pa.decimal128(kind.precision, kind.scale) if kind.precision <= MOST_DIGITS else pa.string()
    if pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        return pa.string()
    return kind

"""Tables scored by DuckDB, in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.engines.databases.answers import scored_part
from rubric_dsl.engines.databases.asking import Questions, questions
from rubric_dsl.engines.databases.extras import require
from rubric_dsl.engines.databases.prepared import MOST_DIGITS, raw
from rubric_dsl.engines.table.faults import TableError, no_table
from rubric_dsl.engines.table.outputs import Part
from rubric_dsl.engines.table.scorer import Scored
from rubric_dsl.engines.table.sources import ROWS, Table
from rubric_dsl.model.model import Model

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


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
    """
    require("duckdb")
    import duckdb

    asked = questions(model, source.schema, parts, texts, keep, "duckdb")
    raised: list[Exception] = []
    first, empty = 1, True
    with duckdb.connect() as database:
        try:
            reader = database.sql(asked.text(_source(database, source, asked, raised))).to_arrow_reader(ROWS)
            for batch in reader:
                if batch.num_rows:
                    yield asked.diagnostics, scored_part(asked.scorer, asked.query, batch, first)
                    first += batch.num_rows
                    empty = False
        except duckdb.Error as error:
            raise (raised or [TableError(_unread(error))])[0] from None
    if empty:
        yield asked.diagnostics, asked.scorer.score(_none(asked))


def _none(asked: Questions) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_arrays([pa.array([], item.type) for item in asked.schema], schema=asked.schema)


def _unread(error: Exception) -> Diagnostic:
    reason = str(error).splitlines()[0]
    return no_table(Text(f"DuckDB 读不了这张表：{reason}", f"DuckDB cannot read the table: {reason}"))


def _source(database: duckdb.DuckDBPyConnection, source: Table, asked: Questions, raised: list[Exception]) -> str:
    """Return what the query reads: a Parquet file as DuckDB reads it, any other table through Arrow."""
    names = ", ".join(f"a{index}" for index in range(len(source.schema)))
    chosen = ", ".join(f"a{index} AS {raw(place)}" for place, index in enumerate(asked.used)) or "a0"
    path = source.parquet
    if path is not None and not set("*?[{") & set(str(path)) and not any(_is_odd(item.type) for item in asked.schema):
        file = str(path).replace("'", "''")
        return f"(SELECT {chosen} FROM read_parquet('{file}') AS t({names}))"  # noqa: S608 - quoted above
    database.register("rubric_source", _stream(source, asked, raised))
    return "rubric_source"


def _is_odd(kind: pa.DataType) -> bool:
    """Whether DuckDB reads a Parquet column of this type as something else."""
    import pyarrow as pa

    return bool(pa.types.is_decimal(kind) and kind.precision > MOST_DIGITS)


def _stream(source: Table, asked: Questions, raised: list[Exception]) -> pa.RecordBatchReader:
    """Return the used columns as a stream that DuckDB can read; what goes wrong meanwhile is put into ``raised``."""
    import pyarrow as pa

    schema = pa.schema([(raw(place), _known(item.type)) for place, item in enumerate(asked.schema)])
    if not len(schema):
        schema = pa.schema([("a0", pa.null())])

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            for batch in source.batches():
                columns = [batch.column(index) for index in asked.used] or [pa.nulls(batch.num_rows)]
                cast = [column.cast(item.type) for column, item in zip(columns, schema, strict=True)]
                yield pa.RecordBatch.from_arrays(cast, schema=schema)
        except Exception as error:
            raised.append(error)
            raise

    return pa.RecordBatchReader.from_batches(schema, batches())


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

"""Tables as they come: Arrow, Polars, pandas and anything with Arrow's interface, CSV and Parquet files."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rubric_dsl.data.cells import LIKE_FORMULA, unguarded
from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.engines.table.ahead import read_ahead
from rubric_dsl.engines.table.faults import TableError, no_table
from rubric_dsl.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 131_072
"""A file is read in parts of so many rows."""
EMPTY = ["", "~", "null", "Null", "NULL"]
"""What stands for nothing in a CSV file."""
GUARDED = f"^'('*{LIKE_FORMULA})"
"""What :func:`~rubric_dsl.data.cells.guarded` made of a text, for the engines' own regular expressions."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in parts that can be gone through again; ``rows`` is how many rows it has, where that is known."""

    schema: pa.Schema
    batches: Callable[[], Iterator[pa.RecordBatch]]
    rows: int | None = None


def opened(data: object) -> Table:
    """Return any table in parts.

    Raises:
        TableError: it is no table, or cannot be read.
    """
    import pyarrow as pa

    if isinstance(data, Table):
        return data
    if isinstance(data, str | Path):
        return _file(Path(data))
    if isinstance(data, pa.RecordBatch):
        whole = pa.Table.from_batches([data])
    elif isinstance(data, pa.Table):
        whole = data
    else:
        if not hasattr(data, "__arrow_c_stream__"):
            raise TableError(
                no_table(
                    Text(
                        "要一张表：Arrow、Polars、pandas 或 DuckDB 的表，映射的列表，或 CSV、Parquet 文件",
                        "a table is wanted: one of Arrow, Polars, pandas or DuckDB, a list of mappings, or a CSV or Parquet file",
                    )
                )
            )
        whole = pa.table(data)
    table = without_views(whole.combine_chunks())
    return Table(table.schema, lambda: iter(table.to_batches()), table.num_rows)


def without_views(table: pa.Table) -> pa.Table:
    """Return a table in which texts are not kept as views, of which pyarrow cannot take rows."""
    import pyarrow as pa

    for place, item in enumerate(table.schema):
        kind = item.type
        if pa.types.is_string_view(kind):
            table = table.set_column(place, item.name, table.column(place).cast(pa.string()))
        elif pa.types.is_dictionary(kind) and pa.types.is_string_view(kind.value_type):
            chunks = [
                pa.DictionaryArray.from_arrays(chunk.indices, chunk.dictionary.cast(pa.string()))
                for chunk in table.column(place).chunks
            ]
            own = pa.dictionary(kind.index_type, pa.string())
            table = table.set_column(place, item.name, pa.chunked_array(chunks, own))
    return table


def _file(path: Path) -> Table:
    import pyarrow as pa

    try:
        return _parquet(path) if path.suffix.casefold() in (".parquet", ".pq") else _csv(path)
    except FileNotFoundError:
        reason = Text(f"{path}：没有这个文件", f"{path}: there is no such file")
        raise TableError(no_table(reason)) from None
    except (OSError, UnicodeDecodeError, pa.ArrowInvalid):
        raise TableError(_unreadable(path)) from None


def _unreadable(path: Path) -> Diagnostic:
    return no_table(Text(f"{path}：不能读取这张表", f"{path}: the table cannot be read"))


def _parquet(path: Path) -> Table:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows

    def batches() -> Iterator[pa.RecordBatch]:
        with pq.ParquetFile(path) as again:
            yield from again.iter_batches(ROWS)

    return Table(schema, lambda: read_ahead(batches()), rows)


def _csv(path: Path) -> Table:
    """Every column is read as text, so that each number is what was written."""
    import pyarrow as pa
    import pyarrow.csv as pc

    encoding, delimiter = encoding_of(path), "\t" if path.suffix.casefold() == ".tsv" else ","
    with path.open(encoding=encoding, newline="") as file:
        names = next(csv.reader(file, delimiter=delimiter), [])
    if not names:
        raise TableError(no_table(Text(f"{path}：表是空的", f"{path}: the table is empty")))
    written = pa.schema([(name, pa.string()) for name in names])
    schema = pa.schema([(unguarded(name), pa.string()) for name in names])

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            reader = pc.open_csv(
                path,
                pc.ReadOptions(block_size=8 << 20, encoding="utf8" if encoding == "utf-8-sig" else encoding),
                pc.ParseOptions(delimiter=delimiter, newlines_in_values=True),
                pc.ConvertOptions(
                    column_types=written, null_values=EMPTY, strings_can_be_null=True, quoted_strings_can_be_null=True
                ),
            )
            for batch in reader:
                yield pa.RecordBatch.from_arrays([_unguarded(column) for column in batch.columns], schema=schema)
        except pa.ArrowInvalid:
            raise TableError(_unreadable(path)) from None

    return Table(schema, lambda: read_ahead(batches()))


def _unguarded(column: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    if not pc.any(pc.starts_with(column, "'")).as_py():
        return column
    return pc.replace_substring_regex(column, GUARDED, r"\1")


def encoding_of(path: Path) -> str:
    """Return the encoding of a file's beginning, as single scoring takes it."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        head[: head.rfind(b"\n") + 1 or None].decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"

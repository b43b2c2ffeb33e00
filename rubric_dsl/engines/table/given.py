"""Tables as programs have them: rows as mappings, queries that were not run yet, streams; and columns under other names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from rubric_dsl.data.faults import Faults
from rubric_dsl.data.values import value_text
from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.engines.table import faults as say
from rubric_dsl.engines.table.faults import TableError, no_table
from rubric_dsl.engines.table.sources import ROWS, Table, opened, without_views
from rubric_dsl.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

Columns = Mapping[str, str]
"""The column of a figure, by its address, where it is not called by the address."""


@dataclass(slots=True)
class _Once:
    """Batches that come once only; the first is looked at for their schema."""

    batches: Iterator[pa.RecordBatch] | None

    def __call__(self) -> Iterator[pa.RecordBatch]:
        found, self.batches = self.batches, None
        if found is None:
            raise TableError(_ONCE)
        return found


_ONCE = no_table(
    Text(
        "数据流只能读一遍，这里要读两遍：先读成一张表，再用 score_table",
        "a stream is read once, and here it must be read twice: make a table of it, for score_table",
    )
)


def given(data: object, columns: Columns, *, stream: bool = False) -> Table:
    """Return any table in parts, its columns called as the figures are; as a ``stream`` it may be there once only.

    Raises:
        TableError: it is no table, cannot be read, or has no such columns.
    """
    return _renamed(_opened(data, stream=stream), columns)


def _opened(data: object, *, stream: bool) -> Table:
    import pyarrow as pa

    kind = f"{type(data).__module__}.{type(data).__qualname__}"
    if kind.startswith("polars.") and type(data).__name__ == "LazyFrame":
        return _lazy(data)
    if type(data).__name__ == "DuckDBPyRelation":
        return _relation(data)
    if stream and isinstance(data, pa.RecordBatchReader):
        return Table(data.schema, _Once(iter(data)))
    if isinstance(data, Mapping) or not isinstance(data, Sequence | Iterator) or isinstance(data, str):
        return opened(data)
    items = iter(data)
    first = next(items, None)
    if isinstance(first, pa.RecordBatch):
        whole = chain([first], items)
        return Table(first.schema, _Once(whole)) if stream else opened(pa.Table.from_batches(whole))
    if first is None or isinstance(first, Mapping):
        rows = chain([] if first is None else [first], items)
        return _rows_stream(rows) if stream else opened(_rows(list(rows)))
    return opened(data)


def _lazy(frame: Any) -> Table:  # noqa: ANN401 - a LazyFrame of Polars, which is not imported here
    def tables() -> Iterator[pa.Table]:
        parts = frame.collect_batches() if hasattr(frame, "collect_batches") else [frame.collect()]
        for part in parts:
            yield without_views(part.to_arrow())

    schema = without_views(frame.limit(0).collect().to_arrow()).schema
    return Table(schema, lambda: (batch for table in tables() for batch in table.to_batches()))


def _relation(relation: Any) -> Table:  # noqa: ANN401 - a relation of DuckDB, which is not imported here
    def batches() -> Iterator[pa.RecordBatch]:
        for batch in relation.to_arrow_reader(ROWS):
            yield from without_views(_table(batch)).to_batches()

    return Table(without_views(relation.limit(0).to_arrow_table()).schema, batches)


def _table(batch: pa.RecordBatch) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_batches([batch])


def _rows(rows: Sequence[Mapping[str, object]], names: Sequence[str] | None = None) -> pa.Table:
    """Return rows as a table of texts, each number as it was given."""
    import pyarrow as pa

    found = Faults()
    columns: dict[str, list[str | None]] = {name: [None] * len(rows) for name in names or ()}
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise TableError(_no_row(index + 1))
        for name, value in row.items():
            if isinstance(value, Mapping | list | tuple):
                raise TableError(_no_row(index + 1))
            if names is not None and name not in columns:
                raise TableError(say.unknown_column(name))
            columns.setdefault(name, [None] * len(rows))[index] = value_text(value, name, found)
    if found.any:
        raise TableError(*found.result())
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})


def _rows_stream(rows: Iterable[Mapping[str, object]]) -> Table:
    """Return rows in parts; the first part has the columns of all."""
    parts = _parts(iter(rows))
    first = _rows(next(parts, []))
    names = first.schema.names
    return Table(
        first.schema,
        _Once(
            batch
            for table in chain([first], (_rows(part, names) for part in parts))
            for batch in table.combine_chunks().to_batches()
        ),
    )


def _parts(rows: Iterator[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    part: list[Mapping[str, object]] = []
    for row in rows:
        part.append(row)
        if len(part) == ROWS:
            yield part
            part = []
    if part:
        yield part


def _no_row(number: int) -> Diagnostic:
    return no_table(
        Text(
            f"第 {number} 行不是“名称: 值”的映射：写成 {{'编制数': 10}}，数据项写全地址",
            f"row {number} is no mapping of names to values: write {{'staff': 10}}, each figure by its whole address",
        )
    )


def _renamed(table: Table, columns: Columns) -> Table:
    if not columns:
        return table
    import pyarrow as pa

    names = table.schema.names
    wrong = [say.no_column(column) for column in columns.values() if names.count(column) != 1]
    wrong += [
        say.column_twice(address) for address, column in columns.items() if address in names and address != column
    ]
    if wrong:
        raise TableError(*wrong)
    called = {column: address for address, column in columns.items()}
    schema = pa.schema([item.with_name(called.get(item.name, item.name)) for item in table.schema])
    return Table(
        schema,
        lambda: (pa.RecordBatch.from_arrays(batch.columns, schema=schema) for batch in table.batches()),
        table.rows,
    )

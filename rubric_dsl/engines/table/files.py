"""Results as files, and as text for spreadsheets."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Collection, Iterable
from fractions import Fraction
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Literal

from rubric_dsl.data.cells import guarded
from rubric_dsl.engines.table.faults import RowFault
from rubric_dsl.numbers import text_of

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

Format = Literal["csv", "parquet", "arrow"]
ENDINGS: dict[str, Format] = {
    ".csv": "csv", ".parquet": "parquet", ".pq": "parquet", ".arrow": "arrow", ".feather": "arrow",
}  # fmt: skip


class ResultFile:
    """Results, part by part, into a file that is open for writing; CSV begins with a byte-order mark, for spreadsheets.

    ``words`` are the columns that hold what the table's author wrote.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, file: BinaryIO, form: Format, words: Collection[str] = ("subject",)) -> None:
        self._file, self._form, self._words = file, form, words
        self._writer: pyarrow.parquet.ParquetWriter | pyarrow.csv.CSVWriter | pa.RecordBatchWriter | None = None

    def __enter__(self) -> ResultFile:
        return self

    def begin_again(self) -> None:
        """Leave out what was written so far."""
        self._close()
        self._file.seek(0)
        self._file.truncate()

    def write(self, batch: pa.RecordBatch) -> None:
        """Write a part of the results."""
        shown = as_text(batch, self._words) if self._form == "csv" else batch
        if self._writer is None:
            self._writer = self._opened(shown.schema)
        self._writer.write(shown)

    def _opened(
        self, schema: pa.Schema
    ) -> pyarrow.parquet.ParquetWriter | pyarrow.csv.CSVWriter | pa.RecordBatchWriter:
        if self._form == "parquet":
            import pyarrow.parquet as pq

            # Statistics, by which readers leave parts of a file out, take a fifth of the time: of the total and of the table's own
            # columns only.
            told = [name for name in schema.names if name in self._words or name.split(".")[0] == "total"]
            return pq.ParquetWriter(
                self._file, schema, compression="zstd", store_decimal_as_integer=True, write_statistics=told
            )
        if self._form == "csv":
            import pyarrow.csv as pc

            self._file.write(BOM_UTF8)
            return pc.CSVWriter(self._file, schema, write_options=pc.WriteOptions(quoting_style="needed"))
        import pyarrow as pa

        return pa.ipc.new_file(self._file, schema)

    def _close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._close()
        except OSError:
            if kind is None:
                raise


def as_text(batch: pa.RecordBatch, words: Collection[str] = ("subject",)) -> pa.RecordBatch:
    """Return results as text: exact numbers in lowest terms, ``4.5`` when the decimal is finite, else ``27/7``.

    What a spreadsheet would take for a formula, the names of columns too, is guarded.
    """
    import pyarrow as pa

    arrays = [
        _texts(column, spreadsheet=name in words)
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=[guarded(name) for name in batch.schema.names])


def _texts(column: pa.Array, *, spreadsheet: bool) -> pa.Array:
    import pyarrow as pa

    from rubric_dsl.engines.table.arrays import text_column

    kind = column.type
    if pa.types.is_decimal(kind):
        found = column.cast(pa.decimal128(kind.precision, kind.scale)).dictionary_encode()
        words = [text_of(_fraction(value)) for value in found.dictionary.to_pylist()]
        return pa.array(words, pa.string()).take(found.indices)
    if pa.types.is_struct(kind):
        top, bottom = (column.field(place).to_numpy(zero_copy_only=False) for place in (0, 1))
        absent = column.is_null().to_numpy(zero_copy_only=False) if column.null_count else None
        return text_column([top, bottom], absent)
    if pa.types.is_dictionary(kind):
        column, spreadsheet = column.dictionary_decode(), True
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    is_text = is_text or pa.types.is_string_view(column.type)
    column = column.cast(pa.string())
    if spreadsheet and is_text:
        return pa.array([None if value is None else guarded(value) for value in column.to_pylist()], pa.string())
    return column


def _fraction(value: object) -> Fraction:
    return Fraction(str(value))


FAULT_COLUMNS = ("row", "subject", "severity", "code", "message")


def fault_rows(faults: Iterable[RowFault], lang: Literal["zh", "en"]) -> list[tuple[str, ...]]:
    """Return faults as the cells of a table with the columns :data:`FAULT_COLUMNS`."""
    return [
        (
            str(item.row),
            guarded(item.subject or ""),
            item.diagnostic.severity,
            item.diagnostic.code,
            guarded(item.diagnostic.message.to(lang)),
        )
        for item in faults
    ]

"""Tables scored by Spark: read, scored and written by its workers, never collected into this process."""

from __future__ import annotations

import pickle
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.engines.databases.answers import scored_part
from rubric_dsl.engines.databases.asking import Questions, questions
from rubric_dsl.engines.databases.prepared import raw
from rubric_dsl.engines.sql.rows import RowQuery
from rubric_dsl.engines.table.faults import RowFault
from rubric_dsl.engines.table.outputs import Part, UnfitError, names_of
from rubric_dsl.engines.table.scorer import Scored, TableScorer
from rubric_dsl.extras import require
from rubric_dsl.model.model import Model
from rubric_dsl.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

FAULTS = "faults"
"""The column of the results that lists what is wrong with a row: rows that lie on many machines have no numbers."""
_UNFIT = "rubric_column_as_text"


@dataclass(frozen=True, slots=True)
class SparkScores:
    """The results of a table as a frame that Spark computes when it is written; ``diagnostics`` are of the whole table."""

    frame: DataFrame
    diagnostics: tuple[Diagnostic, ...]


def scored_frame(
    model: Model,
    frame: DataFrame,
    parts: tuple[Part, ...],
    texts: frozenset[str] = frozenset(),
    keep: Sequence[str] = (),
) -> SparkScores:
    """Return a frame of submissions, scored: the columns of a table of results, and :data:`FAULTS`.

    When the frame is computed, it may turn out that a column must hold text: see :func:`unfit_column`.

    Raises:
        MissingExtraError: pyspark is not installed.
        TableError: the columns cannot be used.
        RubricError: the rubric cannot be exact in Spark.
    """
    require("spark")
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    asked: Questions | None = None
    while asked is None:
        try:
            asked = questions(model, to_arrow_schema(frame.schema), parts, texts, keep, "spark")
        except UnfitError as error:
            texts |= {error.name}
    answered = _answered(frame, asked)
    shape = _shape(asked)
    job = _Job(pickle.dumps(model), asked.schema, parts, texts, tuple(keep), asked.query, shape)
    found = answered.mapInArrow(_work(job), from_arrow_schema(shape))
    return SparkScores(found, asked.diagnostics)


def unfit_column(error: Exception) -> str | None:
    """Return the column that must hold text, where that is why Spark's work failed."""
    found = re.search(_UNFIT + r":([0-9a-f]+):", str(error))
    return bytes.fromhex(found[1]).decode() if found else None


def _answered(frame: DataFrame, asked: Questions) -> DataFrame:
    """Return the used columns and the query's answers."""
    view = f"rubric_{uuid.uuid4().hex}"
    plain = frame.toDF(*(f"a{index}" for index in range(len(frame.columns))))
    chosen = [f"a{index} AS {raw(place)}" for place, index in enumerate(asked.used)]
    plain.selectExpr(*(chosen or ["1 AS nothing"])).createOrReplaceTempView(view)
    try:
        return frame.sparkSession.sql(asked.text(view))
    finally:
        frame.sparkSession.catalog.dropTempView(view)


def _shape(asked: Questions) -> pa.Schema:
    """Return the columns of the results in types that Spark has."""
    import pyarrow as pa

    scorer = asked.scorer
    fields = [(name, asked.schema.field(index).type) for name, index in scorer.layout.kept]
    for output in scorer.program.outputs:
        kind: pa.DataType = pa.string()
        if output.kind == "decimal":
            kind = pa.decimal128(18, output.places)
        elif output.kind == "fraction":
            kind = pa.struct([("numerator", pa.int64()), ("denominator", pa.int64())])
        fields += [(name, kind) for name in names_of(output)]
    told = pa.struct([("severity", pa.string()), ("code", pa.string()), ("zh", pa.string()), ("en", pa.string())])
    return pa.schema([*fields, (FAULTS, pa.list_(told))])


@dataclass(frozen=True, slots=True)
class _Job:
    """What a worker must know."""

    model: bytes
    schema: pa.Schema
    parts: tuple[Part, ...]
    texts: frozenset[str]
    keep: tuple[str, ...]
    query: RowQuery
    shape: pa.Schema


def _work(job: _Job) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    packed = pickle.dumps(job)

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return worked(packed, batches)

    return work


def worked(packed: bytes, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Score parts of the table; this runs in Spark's workers."""
    job, scorer = _unpacked(packed)
    for batch in batches:
        try:
            yield shaped(scored_part(scorer, job.query, batch), job.shape)
        except UnfitError as error:
            # The text of an error is all that comes back from a worker.
            raise RuntimeError(f"{_UNFIT}:{error.name.encode().hex()}:") from None


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> tuple[_Job, TableScorer]:
    job = pickle.loads(packed)  # noqa: S301 - packed by _work
    model = pickle.loads(job.model)  # noqa: S301 - packed by scored_frame
    return job, TableScorer(model, job.schema, job.parts, job.texts, keep=job.keep)


def shaped(found: Scored, shape: pa.Schema) -> pa.RecordBatch:
    """Return a scored part in Spark's types, the faults of each row beside it."""
    import pyarrow as pa

    count = found.results.num_rows
    told: list[list[dict[str, str]] | None] = [None] * count
    for item in found.faults:
        told[item.row - 1] = [*(told[item.row - 1] or []), _told(item)]
    columns = [*found.results.columns, pa.array(told, shape.field(FAULTS).type)]
    cast = [column.cast(item.type) for column, item in zip(columns, shape, strict=True)]
    return pa.RecordBatch.from_arrays(cast, schema=shape)


def _told(item: RowFault) -> dict[str, str]:
    found = item.diagnostic
    return {"severity": found.severity, "code": found.code, "zh": found.message.zh, "en": found.message.en}

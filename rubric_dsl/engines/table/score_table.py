"""A table of submissions in, a table of results out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.engines.table.companions import with_companions
from rubric_dsl.engines.table.faults import Reason
from rubric_dsl.engines.table.outputs import USUAL, Fit, Part, UnfitError
from rubric_dsl.engines.table.program import Engine
from rubric_dsl.engines.table.scorer import Scored, TableScorer
from rubric_dsl.engines.table.sources import Table, opened
from rubric_dsl.engines.table.table_scores import TableScores
from rubric_dsl.model.model import Model

if TYPE_CHECKING:
    import pyarrow as pa


AnyEngine = Engine | Literal["duckdb"]


def score_table(
    model: Model,
    data: object,
    parts: tuple[Part, ...] = USUAL,
    engine: AnyEngine = "auto",
    keep: Sequence[str] = (),
) -> TableScores:
    """Score a table that fits into memory; see :meth:`rubric_dsl.Rubric.score_table`.

    Raises:
        TableError: it is no table, or its columns cannot be used.
        MissingExtraError: the engine is not installed.
        RunError: a database could not do its work, for want of memory for instance.
        RubricError: the rubric cannot be exact in this engine.
    """
    import pyarrow as pa

    source = opened(data)
    fit = Fit()
    found: list[tuple[tuple[Diagnostic, ...], Scored]] = []
    while not found:
        try:
            found = list(scored(model, source, parts, fit, engine, keep))
        except UnfitError as error:
            fit = fit.after(error)
    diagnostics, results = found[0][0], [item for _, item in found]
    return TableScores(
        pa.Table.from_batches([item.results for item in results]),
        tuple(fault for item in results for fault in item.faults),
        diagnostics,
        dict(sum((Counter(item.alone) for item in results), Counter[Reason]())),
        tuple(keep),
    )


def scored(
    model: Model,
    source: Table,
    parts: tuple[Part, ...],
    fit: Fit,
    engine: AnyEngine = "auto",
    keep: Sequence[str] = (),
) -> Iterator[tuple[tuple[Diagnostic, ...], Scored]]:
    """Yield the parts of a table, scored, each with what is to be said of the table as a whole.

    Raises:
        TableError: the columns cannot be used.
        UnfitError: begin again, with what is known then.
        MissingExtraError: the engine is not installed.
        RunError: a database could not do its work, for want of memory for instance.
        RubricError: the rubric cannot be exact in this engine.
    """
    source = with_companions(source, model, keep)
    if engine == "duckdb":
        from rubric_dsl.engines.databases.duckdb import scored_by_duckdb

        yield from scored_by_duckdb(model, source, parts, fit.texts, keep)
        return
    scorer = TableScorer(model, source.schema, parts, fit.texts, engine, keep, fit.places)
    if model.cohorts:
        scorer.know_groups(source.batches())
    first = 1
    empty = True
    for batch in source.batches():
        if batch.num_rows or empty:
            yield scorer.diagnostics, scorer.score(batch, first)
            first += batch.num_rows
            empty = False
    if empty:
        yield scorer.diagnostics, scorer.score(_none(source), first)


def _none(source: Table) -> pa.RecordBatch:
    import pyarrow as pa

    return pa.RecordBatch.from_arrays([pa.array([], item.type) for item in source.schema], schema=source.schema)

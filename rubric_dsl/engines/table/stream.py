"""A stream of submissions in, a stream of results out: no more than one part of it is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.engines.table.companions import with_companions
from rubric_dsl.engines.table.faults import TableError, no_table
from rubric_dsl.engines.table.outputs import Fit, Part, UnfitError
from rubric_dsl.engines.table.program import Engine
from rubric_dsl.engines.table.scorer import Scored, TableScorer
from rubric_dsl.engines.table.sources import Table
from rubric_dsl.engines.table.table_scores import TableScores
from rubric_dsl.model.model import Model

if TYPE_CHECKING:
    import pyarrow as pa


def score_batches(
    model: Model, source: Table, parts: tuple[Part, ...], engine: Engine, keep: Sequence[str]
) -> Iterator[TableScores]:
    """Yield the parts of a table, scored; see :meth:`rubric_dsl.Rubric.score_batches`.

    Raises:
        TableError: the columns cannot be used, or the results of a part do not fit the columns of those before it.
    """
    if model.cohorts:
        raise TableError(_GROUP)
    source = with_companions(source, model, keep)
    stream = _Stream(model, source, parts, engine, keep)
    first = 1
    for batch in source.batches():
        if batch.num_rows:
            yield stream.scored(batch, first)
            first += batch.num_rows
    if first == 1:
        import pyarrow as pa

        none = [pa.array([], item.type) for item in source.schema]
        yield stream.scored(pa.RecordBatch.from_arrays(none, schema=source.schema), first)


class _Stream:
    def __init__(
        self, model: Model, source: Table, parts: tuple[Part, ...], engine: Engine, keep: Sequence[str]
    ) -> None:
        self._model, self._source, self._parts, self._engine, self._keep = model, source, parts, engine, keep
        self._fit = Fit()
        self._scorer: TableScorer | None = None
        self._schema: pa.Schema | None = None

    def scored(self, batch: pa.RecordBatch, first: int) -> TableScores:
        """Score one part."""
        import pyarrow as pa

        found, diagnostics = self._tried(batch, first)
        schema = found.results.schema
        if self._schema is not None and schema != self._schema:
            changed = [item.name for item in schema if self._schema.field(item.name).type != item.type]
            raise TableError(_unlike(changed, first))
        self._schema = schema
        return TableScores(
            pa.Table.from_batches([found.results]), found.faults, diagnostics, found.alone, tuple(self._keep)
        )

    def _tried(self, batch: pa.RecordBatch, first: int) -> tuple[Scored, tuple[Diagnostic, ...]]:
        while True:
            try:
                scorer = self._scorer or TableScorer(
                    self._model,
                    self._source.schema,
                    self._parts,
                    self._fit.texts,
                    self._engine,
                    self._keep,
                    self._fit.places,
                )
                found = scorer.score(batch, first)
            except UnfitError as error:
                self._fit, self._scorer = self._fit.after(error), None
            else:
                self._scorer = scorer
                return found, scorer.diagnostics


_GROUP = no_table(
    Text(
        "这份评分规则要用同组所有单位的数，不能一段一段评分：用 score_table",
        "the rubric asks for the whole group, so that its parts cannot be scored one by one: use score_table",
    )
)


def _unlike(names: list[str], row: int) -> Diagnostic:
    shown = ", ".join(names)
    return no_table(
        Text(
            f"从第 {row} 行起的结果与前面的列类型不同（{shown}）：用 score_table 给整张表评分",
            f"the results from row {row} on do not fit the columns of those before ({shown}): score the whole with score_table",
        )
    )

"""What a database is asked of a table: its columns, the query over them, and the scorer that puts the answers together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.engines.databases.prepared import prepared, raw
from rubric_dsl.engines.sql.rows import TABLE, Asked, RowQuery, row_query
from rubric_dsl.engines.table.layout import layout_of
from rubric_dsl.engines.table.outputs import Part, wanted_of
from rubric_dsl.engines.table.scorer import TableScorer
from rubric_dsl.model.model import Model
from rubric_dsl.plan.graph import Node
from rubric_dsl.plan.plan import Plan
from rubric_dsl.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

ORDER = "n"
"""DuckDB is given a column with the place of each row, and gives it back."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of a table.

    Attributes:
        used: the places of its columns that are used: in the database they are called ``r0``, ``r1``, …, in this order.
        schema: those columns.
        prepared: what is selected from them into the table that the query reads.
        query: the query.
        scorer: scores tables of those columns.
        diagnostics: what is to be said of the table as a whole.
    """

    used: tuple[int, ...]
    schema: pa.Schema
    prepared: str
    query: RowQuery
    scorer: TableScorer
    diagnostics: tuple[Diagnostic, ...]

    def text(self, source: str) -> str:
        """Return the whole query over a table with the columns ``r0``, ``r1``, …."""
        rows = f"{TABLE} AS (SELECT {self.prepared} FROM {source})"  # noqa: S608 - names and numbers made here
        head, with_, tail = self.query.text.partition("WITH ")
        return f"{with_}{rows}, {tail}" if with_ and not head else f"WITH {rows} {self.query.text}"


def questions(
    model: Model,
    schema: pa.Schema,
    parts: tuple[Part, ...],
    texts: frozenset[str],
    keep: Sequence[str],
    dialect: Literal["duckdb", "spark"],
) -> Questions:
    """Return what a database is asked of a table with these columns.

    Raises:
        TableError: the columns cannot be used.
        UnfitError: a column of the results must be text.
        RubricError: the rubric cannot be exact in this database.
    """
    import pyarrow as pa

    whole = layout_of(model, schema, keep)
    kept = {index for _, index in whole.kept}
    used = tuple(index for index, target in enumerate(whole.targets) if target is not None or index in kept)
    own = pa.schema([schema.field(index) for index in used])
    scorer = TableScorer(model, own, parts, texts, keep=keep)
    program = scorer.program

    def nodes(found: Plan) -> list[list[Node]]:
        return [program.written(found, item) for item in wanted_of(found, program.outputs)]

    columns = tuple(raw(index) for index in range(len(used)))
    order = (ORDER,) if dialect == "duckdb" else ()
    asked = Asked((*columns, *order), frozenset(scorer.layout.inputs), scorer.places, program.ratios, nodes)
    query = row_query(model, dialect, asked)
    text = ", ".join([*order, prepared(model, scorer.layout, own, query, scorer.places, dialect)])
    return Questions(used, own, text, query, scorer, tuple(whole.found))

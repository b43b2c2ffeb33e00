"""What a query says of a part of a table, as the table engine takes it: whole numbers, and which rows are settled."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rubric_dsl.engines.sql.rows import SETTLED, RowQuery
from rubric_dsl.engines.table.outputs import MOST_DIGITS, Output
from rubric_dsl.engines.table.scorer import Scored, TableScorer

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, np.dtype[Any]]


def scored_part(scorer: TableScorer, query: RowQuery, answered: pa.RecordBatch, first: int = 1) -> Scored:
    """Return a part of a table, scored.

    Args:
        scorer: scores tables of the first columns of ``answered``.
        query: the query that answered.
        answered: the table's columns, then the query's.
        first: which row of the table is the first of this part.

    Raises:
        UnfitError: a column of the results must be text.
    """
    import numpy as np

    ok = answered.column(SETTLED).to_numpy(zero_copy_only=False).astype(np.uint8)
    numbers = [
        _answered(output, [answered.column(name) for name in names], ok)
        for output, names in zip(scorer.program.outputs, query.answers, strict=True)
    ]
    own = answered.select(list(range(len(scorer.layout.targets))))
    return scorer.completed(own, numbers, ok, first)


def _answered(output: Output, columns: Sequence[pa.Array], ok: Array) -> tuple[list[Array], Array | None]:
    """Return an output's numbers, and where it has none; a row in which they do not fit is settled no more."""
    count = 2 if output.kind in ("fraction", "text") else 1
    columns = [column.fill_null(0) for column in columns]  # nothing is NULL in a row that is settled
    flag = columns[count].to_numpy(zero_copy_only=False).astype(bool) if len(columns) > count else None
    return _numbers(output, columns[:count], ok), flag


def _numbers(output: Output, columns: Sequence[pa.Array], ok: Array) -> list[Array]:
    import numpy as np
    import pyarrow as pa

    if not any(pa.types.is_decimal(column.type) for column in columns):
        return [column.to_numpy(zero_copy_only=False).astype(np.int64) for column in columns]
    wide = [np.array([int(value) for value in column.to_pylist()], object) for column in columns]
    if output.kind == "text":
        return wide
    if output.kind == "fraction":
        top, bottom = _reduced(wide[0], wide[1])
        wide = [top, bottom]
    for column in wide:
        unfit = np.array([abs(value) >= 10**MOST_DIGITS for value in column.tolist()], bool)
        ok[unfit] = 0
        column[unfit] = 1
    return [column.astype(np.int64) for column in wide]


def _reduced(tops: Array, bottoms: Array) -> tuple[Array, Array]:
    """Return quotients in lowest terms; where a row is not settled, its denominator may be anything."""
    import numpy as np

    pairs = [Fraction(top, bottom or 1) for top, bottom in zip(tops.tolist(), bottoms.tolist(), strict=True)]
    return np.array([pair.numerator for pair in pairs], object), np.array([pair.denominator for pair in pairs], object)

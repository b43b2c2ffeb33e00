"""A rubric's query as it is handed out, and how it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from rubric_dsl.records import dataclass

SqlOutputKind = Literal[
    "score",
    "score.min",
    "score.max",
    "status",
    "subtotal",
    "subtotal.min",
    "subtotal.max",
    "total",
    "total.min",
    "total.max",
    "points",
    "grade",
]


@dataclass(frozen=True, slots=True)
class SqlOutput:
    """One answer of a query.

    ``of`` is the indicator or the heading (its path, joined by `` / ``); empty for the whole. ``columns`` names the
    column that holds it, or two where it is a quotient: the numerator's and the denominator's.
    """

    kind: SqlOutputKind
    of: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SqlQuery:
    """A query and how to read it; ``str()`` of it is its text.

    ``inputs`` are the columns that it reads, by the address of the figure. ``outputs`` are its answers, after the
    columns that were kept. A figure with more than ``digits`` digits before the point, or more decimals than
    ``places`` says for its address, is not read: what depends on it has the status ``unread`` and no score.
    """

    text: str
    dialect: str
    inputs: Mapping[str, str]
    outputs: tuple[SqlOutput, ...]
    digits: int
    places: Mapping[str, int]

    def __str__(self) -> str:
        return self.text


class SqlOptions(TypedDict, total=False):
    """How a query is wanted.

    Attributes:
        table: the table of submissions, one in a row, by default ``submissions``; perhaps with its schema (``a.b``).
        columns: the column of a figure, by its address, where it is not called by the address.
        keep: columns of the table that the result has too.
        digits: how many digits a figure may have before the point; by default 12, or as many as fit, at least 6.
        places: how many decimals a figure may have; by default 4, of a ratio 6, of an assessor's mark 2. A mapping says it
            for some figures, by their addresses: what the table's own decimals have is read fastest.
        ranges: whether the least and the greatest of scores and totals are given too, where figures are missing.
    """

    table: str
    columns: Mapping[str, str]
    keep: Sequence[str]
    digits: int | None
    places: int | Mapping[str, int] | None
    ranges: bool

"""What the scoring of a table answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING

from rubric_dsl.diagnostics import Diagnostic, SubmissionError
from rubric_dsl.engines.table.decimals import as_decimals, exact_values, holds_numbers
from rubric_dsl.engines.table.faults import Reason, RowFault
from rubric_dsl.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class TableScores:
    """The results of a table, row by row, and all that is wrong with it.

    ``table`` is a ``pyarrow.Table``; ``diagnostics`` are of the table as a whole, ``faults`` of single rows. ``alone`` says how
    many rows were scored one by one, which takes milliseconds each, and why. ``kept`` are the columns that ``keep`` named.
    """

    table: pa.Table
    faults: tuple[RowFault, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    alone: Mapping[Reason, int] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the table and with its rows; what is missing is no error."""
        rows = (item.diagnostic for item in self.faults if item.is_error)
        return (*(item for item in self.diagnostics if item.is_error), *rows)

    @property
    def ok(self) -> bool:
        """Whether all data could be read and used."""
        return not any(item.is_error for item in self.diagnostics) and not any(item.is_error for item in self.faults)

    def raise_for_errors(self) -> TableScores:
        """Return the results, if they are :attr:`ok`.

        Raises:
            SubmissionError: they are not; ``.diagnostics`` are the errors.
        """
        if not self.ok:
            raise SubmissionError(self.errors)
        return self

    def values(self, name: str) -> list[Fraction | None]:
        """Return a column's exact numbers, whatever it holds them as; None where there is none.

        Raises:
            KeyError: there is no such column.
            TypeError: it holds words.
        """
        return exact_values(self.table.column(name))

    def decimals(self, places: int | None = None) -> pa.Table:
        """Return the table with decimals that Arrow, Polars, pandas and DuckDB can add up (``decimal128(38, …)``).

        A column of numbers becomes decimals where every value of it has at most 18 places. Where one has more or no end
        (27/7), the column stays as it is, a quotient or text, unless ``places`` says to how many it is rounded, half to
        even: those numbers are then no longer exact.
        """
        return as_decimals(self.table, self.numbers, places)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns of results that hold numbers; those of words (statuses, grades) and those that were kept do not."""
        kept = ("subject", *self.kept)
        return tuple(item.name for item in self.table.schema if item.name not in kept and holds_numbers(item.type))

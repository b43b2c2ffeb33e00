"""What is wrong with the figures of rows that are scored by columns all the same: checks of the form, parameters given.

A row is known to have a fault by its columns; the words come from the reader of single submissions, when they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from rubric_dsl.core.keys import figure_of
from rubric_dsl.data.columns import Target
from rubric_dsl.diagnostics import Diagnostic, Severity
from rubric_dsl.engines.table.amounts import is_text
from rubric_dsl.engines.table.faults import RowFault
from rubric_dsl.engines.table.layout import Layout
from rubric_dsl.engines.table.program import CHECKS_IN_A_WORD, Asked
from rubric_dsl.engines.table.rows import submission_at
from rubric_dsl.inputs.bind import bind
from rubric_dsl.inputs.form_checks import data_faults
from rubric_dsl.model.model import FormCheck, Model
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold

if TYPE_CHECKING:
    import pyarrow as pa

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class _Flaw:
    """One thing that can be wrong, its rows told by ``code``: in words it is what ``model`` alone says of ``columns``."""

    code: str
    model: Model
    columns: tuple[int, ...]

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return "warning" if self.code == "cross-foot" else "error"


class FormFaults:
    """Tells the faults of the rows of tables with one layout."""

    def __init__(self, model: Model, layout: Layout, checks: Sequence[Asked]) -> None:
        self._targets = layout.targets
        self._subject = next((i for i, item in enumerate(layout.targets) if item and item.part == "subject"), None)
        self._parameters = {
            index: _Flaw("parameter-given", _alone(model, frozenset({key}), ()), (index,))
            for key, index in sorted(
                layout.parameters.items(), key=lambda item: list(model.fields).index(fold(item[0]))
            )
        }
        self._checks = []
        for asked in checks:
            keys = frozenset(figure_of(key) for key in asked.keys)
            columns = tuple(index for key, index in layout.inputs.items() if key in keys)
            self._checks.append(_Flaw("cross-foot", _alone(model, keys, (model.checks[asked.place],)), columns))
        self._keys = [asked.keys for asked in checks]

    def of(
        self, batch: pa.RecordBatch, failing: Sequence[Array], missing: Mapping[str, Array], ok: Array, first: int
    ) -> list[RowFault]:
        """Return the faults of the rows with ``ok``, in the order of rows and then of single scoring.

        Args:
            batch: the table's part.
            failing: which checks fail, where all their figures are given; see :class:`~rubric_dsl.engines.table.program.Answers`.
            missing: where figures are missing, by key.
            ok: the rows to be told of.
            first: the number of the first row.
        """
        found: list[tuple[int, int, RowFault]] = []
        for place, (index, flaw) in enumerate(self._parameters.items()):
            found += self._told(batch, np.flatnonzero(_given(batch.column(index)) & ok), flaw, place, first)
        for place, (flaw, keys) in enumerate(zip(self._checks, self._keys, strict=True) if failing else ()):
            bits = failing[place // CHECKS_IN_A_WORD] & (1 << place % CHECKS_IN_A_WORD)
            rows = (bits != 0) & ok
            for key in keys:
                if key in missing:
                    rows &= ~missing[key]
            found += self._told(batch, np.flatnonzero(rows), flaw, len(self._parameters) + place, first)
        return [fault for _, _, fault in sorted(found, key=lambda item: item[:2])]

    def subjects(self, batch: pa.RecordBatch, rows: Array) -> list[str]:
        """Return the departments' names in some rows."""
        if self._subject is None:
            return [""] * len(rows)
        return [_subject(cell) for cell in batch.column(self._subject).take(rows).to_pylist()]

    def _told(
        self, batch: pa.RecordBatch, rows: Array, flaw: _Flaw, place: int, first: int
    ) -> list[tuple[int, int, RowFault]]:
        if not len(rows):
            return []
        taken = batch.select(list(flaw.columns)).take(rows)
        subjects = self.subjects(batch, rows)
        return [
            (row, place, RowFault(first + row, subject, flaw.code, flaw.severity, partial(self._words, flaw, taken, n)))
            for n, (row, subject) in enumerate(zip(rows.tolist(), subjects, strict=True))
        ]

    def _words(self, flaw: _Flaw, taken: pa.RecordBatch, row: int) -> Diagnostic:
        targets = [target for index in flaw.columns if (target := self._targets[index]) is not None]
        submission, _ = submission_at(targets, [column[row].as_py() for column in taken.columns])
        bound = bind(flaw.model, submission)
        return (bound.found if flaw.code == "parameter-given" else data_faults(flaw.model, bound))[0]


def _alone(model: Model, keys: frozenset[str], checks: tuple[FormCheck, ...]) -> Model:
    """Return a rubric with nothing but some figures, the parameters and some checks."""
    fields = {name: item for name, item in model.fields.items() if item.key in keys or item.parameter}
    return replace(model, fields=fields, indicators={}, checks=checks, cohorts={})


def _given(column: pa.Array) -> Array:
    """Return where a cell says something."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if is_text(kind):
        column = pc.if_else(pc.equal(column.cast(pa.string()), ""), None, column.cast(pa.string()))
    found: Array = np.asarray(column.is_valid().to_numpy(zero_copy_only=False))
    return found


@lru_cache(maxsize=4096)
def _subject(cell: object) -> str:
    """Return a department's name as single scoring reads it."""
    return submission_at((Target("subject"),), (cell,))[0].subject

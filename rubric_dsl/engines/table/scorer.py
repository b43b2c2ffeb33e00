"""Scores the parts of a table one after the other, each row exactly as single scoring does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rubric_dsl.data.columns import Target
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.engines.table import faults as say
from rubric_dsl.engines.table.amounts import Numbers, codes, numbers, places_of
from rubric_dsl.engines.table.arrays import STATUSES, columns, words
from rubric_dsl.engines.table.faults import RowFault, TableError
from rubric_dsl.engines.table.holes import Opened, OpenRows, holes_of
from rubric_dsl.engines.table.layout import layout_of
from rubric_dsl.engines.table.outputs import Output, Part, names_of, section_keys
from rubric_dsl.engines.table.program import Engine, program_for, stand_in
from rubric_dsl.engines.table.rows import ends_of, section_places, status_of, submission_at
from rubric_dsl.evaluate.result import Result
from rubric_dsl.formulas.cohorts import Group
from rubric_dsl.inputs.asked import asked_of
from rubric_dsl.inputs.plain import usual_places
from rubric_dsl.model.model import Model
from rubric_dsl.records import dataclass
from rubric_dsl.scoring.score import score
from rubric_dsl.syntax.characters import fold

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, np.dtype[Any]]
    Answered = list[tuple[list[Array], Array | None]]


@dataclass(frozen=True, slots=True)
class Scored:
    """A part of a table, scored: the results and what is wrong with its rows."""

    results: pa.RecordBatch
    faults: tuple[RowFault, ...]


class TableScorer:
    """Scores tables of one layout.

    Raises:
        TableError: the columns cannot be used.
        UnfitError: a column of the results must be text.
    """

    def __init__(
        self,
        model: Model,
        schema: pa.Schema,
        parts: tuple[Part, ...],
        texts: frozenset[str] = frozenset(),
        engine: Engine = "auto",
        keep: Sequence[str] = (),
    ) -> None:
        self.model, self._engine = model, engine
        self.layout = layout_of(model, schema, keep)
        usual = usual_places(model)
        kinds = {key: schema.field(index).type for key, index in self.layout.inputs.items()}
        self.places = {key: places_of(kinds[key], usual[key]) if key in kinds else 0 for key in usual}
        scales = {key: 10**places for key, places in self.places.items()}
        self.program = program_for(model, scales, frozenset(self.layout.inputs), parts, texts)
        self._marks = {key for key, item in asked_of(model).items() if item.kind == "mark"}
        named = Counter(name for item in self.program.outputs for name in names_of(item))
        for name, _ in self.layout.kept:
            named[name] += 1
            if named[name] > 1:
                raise TableError(say.no_column(name))
        self._sections = section_places(model, section_keys(model))
        self.groups: tuple[list[Mapping[str, Group]], dict[int, list[Diagnostic]]] | None = None
        """Of each row of the table, what is asked of its group, and what is wrong with that."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is to be said of the table as a whole."""
        return tuple(self.layout.found)

    @property
    def kept(self) -> list[Target]:
        """What the columns that are used stand for."""
        return [target for target in self.layout.targets if target is not None]

    def cells(self, batch: pa.RecordBatch) -> Iterator[tuple[object, ...]]:
        """Yield the cells of each row that are used, in the order of :attr:`kept`."""
        used = [index for index, target in enumerate(self.layout.targets) if target is not None]
        columns_ = [batch.column(index).to_pylist() for index in used]
        return zip(*columns_, strict=True) if columns_ else iter([()] * batch.num_rows)

    def score(self, batch: pa.RecordBatch, first: int = 1) -> Scored:
        """Score the rows of one part of the table; the first is row ``first``."""
        import numpy as np

        count = batch.num_rows
        ok = np.ones(count, np.uint8)
        given = self._given(batch, ok)
        for index in self.layout.single:
            ok[batch.column(index).is_valid().to_numpy(zero_copy_only=False)] = 0
        if self.layout.edition is not None:
            self._editions(batch.column(self.layout.edition), ok)
        return self.completed(batch, self.program.run(count, given, ok, self._engine), ok, first)

    def completed(self, batch: pa.RecordBatch, numbers_: Answered, ok: Array, first: int = 1) -> Scored:
        """Return the rows of one part, the numbers of each output given where ``ok``: the others are the evaluator's."""
        import numpy as np

        slow = np.flatnonzero(ok == 0)
        open_rows = self._open(batch, slow) if len(slow) else None
        if open_rows is not None:
            slow = np.setdiff1d(slow, open_rows.rows, assume_unique=True)
        results, faults = self._slow(batch, slow, first)
        return Scored(self._batch(batch, numbers_, slow, results, open_rows), tuple(faults))

    def _open(self, batch: pa.RecordBatch, slow: Array) -> OpenRows | None:
        """Score the rows that lack figures and are plainly written else."""
        import numpy as np

        if not self.program.is_usable:
            return None
        taken = batch.take(slow)
        fine = np.ones(len(slow), np.uint8)
        for index in self.layout.single:
            fine[taken.column(index).is_valid().to_numpy(zero_copy_only=False)] = 0
        if self.layout.edition is not None:
            self._editions(taken.column(self.layout.edition), fine)
        given: dict[str, Array] = {}
        absent: dict[str, Array] = {}
        for key, read in self._read(taken):
            if read.bad is not None:
                fine[read.bad] = 0
            if read.missing is not None and key in self.program.needed:
                absent[key] = read.missing
            given[key] = read.values
        found = holes_of(self.program).scored(given, absent, fine.astype(bool))
        return None if found is None else replace(found, rows=slow[found.rows])

    def _given(self, batch: pa.RecordBatch, ok: Array) -> dict[str, Array]:
        return {key: self._checked(key, read, ok) for key, read in self._read(batch)}

    def _read(self, batch: pa.RecordBatch) -> Iterator[tuple[str, Numbers]]:
        """Yield each input that is a column, as whole numbers or places of words."""
        choices = self.program.whole.choices
        for key, index in self.layout.inputs.items():
            column = batch.column(index)
            if key in choices:
                yield key, codes(column, choices[key].options, mark=key in self._marks)
            else:
                yield key, numbers(column, self.places[key])

    def _checked(self, key: str, read: Numbers, ok: Array) -> Array:
        """Take out the rows in which a figure is missing or cannot be read plainly."""
        import numpy as np

        values = read.values
        if read.bad is not None:
            ok[read.bad] = 0
        if read.missing is not None:
            if key in self.program.needed or not read.missing.all():
                ok[read.missing] = 0
            else:
                item = self.program.whole.numbers.get(key)
                values = np.where(read.missing, 0 if item is None else stand_in(item), values)
        return values

    def _editions(self, column: pa.Array, ok: Array) -> None:
        for row, value in enumerate(column.to_pylist()):
            if value not in (None, "") and fold(str(value)) != fold(self.model.edition):
                ok[row] = 0

    def _slow(self, batch: pa.RecordBatch, slow: Array, first: int) -> tuple[list[Result], list[RowFault]]:
        results: list[Result] = []
        faults: list[RowFault] = []
        taken = batch.take(slow) if len(slow) else batch.slice(0, 0)
        for row, cells in zip(slow.tolist(), self.cells(taken), strict=True):
            submission, found = submission_at(self.kept, cells)
            if self.groups is not None:
                submission = replace(submission, cohort=self.groups[0][first + row - 1])
                found = (*self.groups[1].get(first + row - 1, ()), *found)
            result = score(self.model, submission, "")
            results.append(result)
            faults += [RowFault(first + row, result.subject, item) for item in (*found, *result.diagnostics)]
        return results, faults

    def _batch(
        self,
        batch: pa.RecordBatch,
        numbers_: Answered,
        slow: Array,
        results: list[Result],
        open_rows: OpenRows | None,
    ) -> pa.RecordBatch:
        import pyarrow as pa

        names = [name for name, _ in self.layout.kept]
        arrays: list[pa.Array] = [batch.column(index) for _, index in self.layout.kept]
        for place, (output, own) in enumerate(zip(self.program.outputs, numbers_, strict=True)):
            found = self._columns(output, *own, slow, results, None if open_rows is None else open_rows.of(place))
            names += names_of(output)
            arrays += found
        return pa.RecordBatch.from_arrays(arrays, names=names)

    def _columns(
        self,
        output: Output,
        own: list[Array],
        without: Array | None,
        slow: Array,
        results: list[Result],
        opened: Opened | None,
    ) -> list[pa.Array]:
        import numpy as np

        if output.kind == "status":
            # The function says whether an indicator is applicable, or a heading rated; "scored" is 0, "missing" 1.
            otherwise = STATUSES.index("not_rated" if output.of == "standing" else "not_applicable")
            places = np.where(own[0] != 0, 0, otherwise).astype(np.int8)
            if opened is not None:
                own_places = np.where(opened.low[0] != 0, 0, otherwise).astype(np.int8)
                places[opened.rows] = np.where(opened.waits(output.owner), 1, own_places)
            places[slow] = [STATUSES.index(status_of(result, output, self._sections)) for result in results]
            return [words(places, None, STATUSES)]
        if output.kind == "grade":
            last = len(self.model.grades) - 1
            names = [grade.name for grade in self.model.grades]
            places = (last - own[0]).astype(np.int8)
            if opened is not None:
                places[opened.rows] = np.where(opened.same, last - opened.low[0], -1).astype(np.int8)
            places[slow] = [-1 if result.grade.value is None else names.index(result.grade.value) for result in results]
            absent = places < 0
            if without is not None:
                without[slow] = False
                absent |= without.astype(bool)
            places[absent] = 0
            return [words(places, absent if absent.any() else None, names)]
        ends = [ends_of(result, output, self._sections) for result in results]
        return columns(output, own, without if without is not None and without.any() else None, slow, ends, opened)

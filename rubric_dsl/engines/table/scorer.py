"""Scores the parts of a table one after the other, each row exactly as single scoring does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from rubric_dsl.core.keys import availability_key
from rubric_dsl.data.columns import Target
from rubric_dsl.data.submission import Submission
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.engines.table import faults as say
from rubric_dsl.engines.table.amounts import FinerError, Numbers, codes, finest, numbers, places_of
from rubric_dsl.engines.table.arrays import STATUSES, columns, words
from rubric_dsl.engines.table.faults import REASONS, Reason, RowFault, TableError, told
from rubric_dsl.engines.table.form_faults import FormFaults
from rubric_dsl.engines.table.groups import GroupReader, Statistics
from rubric_dsl.engines.table.groups import Part as GroupPart
from rubric_dsl.engines.table.holes import Opened, OpenRows, holes_of
from rubric_dsl.engines.table.layout import Layout, layout_of
from rubric_dsl.engines.table.outputs import Output, Part, UnfitError, names_of, section_keys
from rubric_dsl.engines.table.program import Answer, Answers, Engine, Program, program_for, stand_in
from rubric_dsl.engines.table.rows import ends_of, section_places, status_of, submission_at
from rubric_dsl.evaluate.result import Result
from rubric_dsl.inputs.asked import asked_of
from rubric_dsl.inputs.group import group_of
from rubric_dsl.inputs.plain import usual_places
from rubric_dsl.model.model import Model
from rubric_dsl.records import dataclass
from rubric_dsl.scoring.score import score
from rubric_dsl.syntax.characters import fold

if TYPE_CHECKING:
    import pyarrow as pa

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Scored:
    """A part of a table, scored: the results, what is wrong with its rows, and how many rows were scored one by one, and why."""

    results: pa.RecordBatch
    faults: tuple[RowFault, ...]
    alone: Mapping[Reason, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Part:
    """A part of a table as it is scored: which rows are the functions' (``ok``), and why the others are not."""

    batch: pa.RecordBatch
    ok: Array
    why: Array
    reads: dict[str, Numbers] = field(default_factory=dict)

    def leave(self, rows: Array, reason: Reason) -> None:
        """Leave rows to the evaluator; the first reason counts."""
        self.ok[rows] = 0
        self.why[rows & (self.why == 0)] = _PLACES[reason]


_PLACES: dict[Reason, int] = {reason: place for place, reason in enumerate(REASONS, 1)}


class TableScorer:
    """Scores tables of one layout.

    ``places`` are decimals that columns of texts are known to have, beyond the usual ones.

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
        places: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.model: Model = model
        self._engine = engine
        self.layout: Layout = layout_of(model, schema, keep)
        self._parts, self._texts = parts, texts
        usual = usual_places(model) | dict(places)
        kinds = {key: schema.field(index).type for key, index in self.layout.inputs.items()}
        self._statistics: Statistics | None = None
        self.places: dict[str, int] = {key: places_of(kinds[key], usual[key]) if key in kinds else 0 for key in usual}
        self.program: Program = self._program(self.places)
        asked = asked_of(model)
        self._numeric = {key for key, item in asked.items() if not item.is_choice}
        self._marks = {key for key, item in asked.items() if item.kind == "mark"}
        self._nullable = {key for key, item in asked.items() if item.nullable and not item.options}
        named = Counter(name for item in self.program.outputs for name in names_of(item))
        for name, _ in self.layout.kept:
            named[name] += 1
            if named[name] > 1:
                raise TableError(say.no_column(name))
        self._sections = section_places(model, section_keys(model))

    def _program(self, places: Mapping[str, int]) -> Program:
        scales = {key: 10**own for key, own in places.items()}
        limits = {} if self._statistics is None else self._statistics.limits
        return program_for(self.model, scales, frozenset(self.layout.inputs), self._parts, self._texts, limits)

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

    def know_groups(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Work out what is asked of the group from all rows of the table, before any of them is scored.

        Raises:
            UnfitError: begin again, with what is known then.
        """
        reader = GroupReader(self.model)
        for batch in batches:
            part = self._group_part(batch, reader)
            reader.add(self.program, part)
        self._statistics = reader.statistics(self.program)
        self.program = self._program(self.places)

    def _group_part(self, batch: pa.RecordBatch, reader: GroupReader) -> GroupPart:
        part = self._part(batch, finer=True)
        kept, used = self.kept, [index for index, target in enumerate(self.layout.targets) if target is not None]
        index = self.layout.inputs.get(self.model.cohort_by or "")
        groups = np.zeros(batch.num_rows, np.int64)
        if index is None:
            groups[:] = reader.group("")
        else:
            found = batch.column(index)
            found = found if hasattr(found, "dictionary") else found.dictionary_encode()
            own = [target for target in (self.layout.targets[index],) if target is not None]
            words = [*found.dictionary.to_pylist(), None]
            codes = np.array([reader.group(group_of(self.model, submission_at(own, [word])[0])) for word in words])
            groups = codes[found.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)]

        def submission(row: int) -> Submission:
            return submission_at(kept, [batch.column(index)[row].as_py() for index in used])[0]

        return GroupPart(part.reads, part.ok.astype(bool), groups, partial(self._faults.subjects, batch), submission)

    def score(self, batch: pa.RecordBatch, first: int = 1) -> Scored:
        """Score the rows of one part of the table; the first is row ``first``.

        Raises:
            UnfitError: a column of the results must be text, or a column of texts has more places; begin again.
        """
        part = self._part(batch, finer=True)
        given: dict[str, Array] = {}
        for key, read in part.reads.items():
            given[key] = self._checked(part, key, read)
            if read.unavailable is not None:
                given[availability_key(key)] = read.unavailable.astype(np.int8)
        if self._statistics is not None:
            rows = slice(first - 1, first - 1 + batch.num_rows)
            part.leave(~self._statistics.known[rows], "group")
            given |= {key: column[rows] for key, column in self._statistics.columns.items()}
        tried = part.ok.astype(bool)
        answers = self.program.run(batch.num_rows, given, part.ok, self._engine)
        part.leave(tried & (part.ok == 0), "open" if self.program.is_usable else "group")
        return self._completed(part, answers, first)

    def _part(self, batch: pa.RecordBatch, *, finer: bool) -> _Part:
        """Read the columns; rows that are written unusually, or say more than figures, are the evaluator's."""
        count = batch.num_rows
        part = _Part(batch, np.ones(count, np.uint8), np.zeros(count, np.int8))
        for index in self.layout.single:
            part.leave(batch.column(index).is_valid().to_numpy(zero_copy_only=False), "by hand")
        if self.layout.edition is not None:
            part.leave(self._of_another_edition(batch.column(self.layout.edition)), "by hand")
        choices = self.program.whole.choices
        for key, index in self.layout.inputs.items():
            column = batch.column(index)
            if key in choices:
                read = codes(column, choices[key].options, mark=key in self._marks)
            else:
                read = self._numbers(batch, key, finer=finer)
            part.reads[key] = read
            if read.fine is not None:
                part.leave(read.fine, "places")
            if read.bad is not None:
                part.leave(read.bad, "written")
        return part

    def _numbers(self, batch: pa.RecordBatch, key: str, *, finer: bool) -> Numbers:
        """Read a column of numbers; where one has more places than those before it, all are read on their scale from here on."""
        column = batch.column(self.layout.inputs[key])
        try:
            return numbers(column, self.places[key], nullable=key in self._nullable, finer=finer)
        except FinerError:
            found = {own: finest(batch.column(index)) for own, index in self.layout.inputs.items()}
        places = {
            own: max(known, found.get(own, 0)) if own in self._numeric else known for own, known in self.places.items()
        }
        program = self._program(places)
        if program.outputs != self.program.outputs:
            raise UnfitError(key, places) from None
        self.places, self.program = places, program
        return self._numbers(batch, key, finer=finer)

    def _checked(self, part: _Part, key: str, read: Numbers) -> Array:
        """Return numbers for the function; a row that lacks a figure that decides is not the function's."""
        out = read.missing
        if out is not None and key in self.program.needed:
            part.ok[out] = 0
        item = self.program.whole.numbers.get(key)
        if item is not None and read.unavailable is not None:
            out = read.unavailable if out is None else out | read.unavailable
        return read.values if out is None else np.where(out, 0 if item is None else stand_in(item), read.values)

    def _of_another_edition(self, column: pa.Array) -> Array:
        own = fold(self.model.edition)
        return np.array([value not in (None, "") and fold(str(value)) != own for value in column.to_pylist()], bool)

    def completed(self, batch: pa.RecordBatch, numbers_: list[Answer], ok: Array, first: int = 1) -> Scored:
        """Return the rows of one part, the numbers of each output given where ``ok``: the others are the evaluator's."""
        part = self._part(batch, finer=False)
        part.leave((ok == 0) & (part.ok != 0), "query")
        return self._completed(part, Answers(numbers_, []), first)

    def _completed(self, part: _Part, answers: Answers, first: int) -> Scored:
        """Score the rows that are left, and put all together."""
        fine = part.ok.astype(bool)
        failing = answers.failing
        slow = np.flatnonzero(part.ok == 0)
        open_rows = self._open(part, slow) if len(slow) else None
        if open_rows is not None:
            slow = np.setdiff1d(slow, open_rows.rows, assume_unique=True)
            fine[open_rows.rows] = True
            for word, own in zip(failing, open_rows.failing, strict=True):
                word[open_rows.rows] = own
        missing = {key: read.missing for key, read in part.reads.items() if read.missing is not None}
        told = self._faults.of(part.batch, failing, missing, fine, first)
        results, faults = self._slow(part.batch, slow, first)
        if told and faults:
            told = sorted([*told, *faults], key=lambda item: item.row)
        reasons = Counter(part.why[slow].tolist())
        alone = {reason: reasons[place] for reason, place in _PLACES.items() if reasons[place]}
        return Scored(self._batch(part.batch, answers.outputs, slow, results, open_rows), tuple(told or faults), alone)

    @cached_property
    def _faults(self) -> FormFaults:
        return FormFaults(self.model, self.layout, self.program.checks)

    def _open(self, part: _Part, slow: Array) -> OpenRows | None:
        """Score the rows that lack figures and are plainly written else; the others are counted by what is missing."""
        if not self.program.is_usable:
            return None
        given: dict[str, Array] = {}
        absent: dict[str, Array] = {}
        for key, read in part.reads.items():
            if read.missing is not None and key in self.program.needed:
                absent[key] = read.missing[slow]
            given[key] = read.values[slow]
            if read.unavailable is not None:
                given[availability_key(key)] = read.unavailable[slow].astype(np.int8)
        found = holes_of(self.program).scored(given, absent, part.why[slow] == 0)
        for rows, reason in found.left:
            part.why[slow[rows]] = _PLACES[reason]
        return None if found.rows is None else replace(found.rows, rows=slow[found.rows.rows])

    def _slow(self, batch: pa.RecordBatch, slow: Array, first: int) -> tuple[list[Result], list[RowFault]]:
        results: list[Result] = []
        faults: list[RowFault] = []
        taken = batch.take(slow) if len(slow) else batch.slice(0, 0)
        for row, cells in zip(slow.tolist(), self.cells(taken), strict=True):
            submission, found = submission_at(self.kept, cells)
            if self._statistics is not None:
                groups, wrong = self._statistics.of_row(first + row - 1)
                submission, found = replace(submission, cohort=groups), (*wrong, *found)
            result = score(self.model, submission, "")
            results.append(result)
            faults += [told(first + row, result.subject, item) for item in (*found, *result.diagnostics)]
        return results, faults

    def _batch(
        self,
        batch: pa.RecordBatch,
        numbers_: list[Answer],
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

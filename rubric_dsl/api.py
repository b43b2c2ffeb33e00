"""The public face: a rubric, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Unpack, get_args

from rubric_dsl.data.keys import SPELLINGS
from rubric_dsl.data.submission import Submission
from rubric_dsl.diagnostics import Diagnostic, Lang, RubricError, Text
from rubric_dsl.evaluate.result import Result
from rubric_dsl.extras import require
from rubric_dsl.model.model import Decision, Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.options import all_of, known_option, names_of, one_of
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source

if TYPE_CHECKING:
    from rubric_dsl.adequacy.coverage import Coverage
    from rubric_dsl.analysis.claims import Verification
    from rubric_dsl.engines.scalar import CompiledRubric
    from rubric_dsl.engines.sql.sql_query import SqlOptions, SqlQuery
    from rubric_dsl.engines.table.outputs import Part as TablePart
    from rubric_dsl.engines.table.table_scores import TableScores
    from rubric_dsl.report.schema import DataOf
    from rubric_dsl.review.audit import Audit, Auditor
    from rubric_dsl.review.improve import Improver
    from rubric_dsl.scoring.examples import ExampleResult

TableEngine: TypeAlias = Literal["auto", "machine", "python", "duckdb"]
"""What scores a table: machine code, plain Python, DuckDB; ``auto``: one of the first two, by the number of rows."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """A rubric that can score. Made by :func:`~rubric_dsl.loading.load` or :func:`~rubric_dsl.loading.check_source`; ``diagnostics`` are its warnings.

    ``sources`` are its text, and those of the editions that it stands on, nearest first. Two rubrics are equal when these
    texts and the reading are; a rubric is pickled as them and read again when it is unpickled, so that nothing else
    decides a score. It never changes: threads may share it.

    Example::

        rubric = load("rubrics/yuhua/2019.rubric")
        rubric.score({"编制数": 10, "在职人员数": 12}).indicators["在职人员控制率"].score  # Fraction(0, 1)
    """

    model: Model
    sha256: str
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: tuple[Source, ...] = field(default=(), repr=False, compare=False)
    _deep: bool = field(default=False, repr=False, compare=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rubric):
            return NotImplemented
        if not self.sources or not other.sources:
            return self is other
        return self._texts == other._texts and self.model.reading == other.model.reading

    def __hash__(self) -> int:
        return hash((self.sha256, self.model.reading))

    def __repr__(self) -> str:
        reading = f", reading {self.model.reading!r}" if self.model.reading else ""
        count = len(self.model.indicators)
        return (
            f"<Rubric {self.name!r} {self.edition or '-'}: {count} indicators, {text_of(self.points)} points"
            f"{reading}, sha256 {self.sha256[:12]}>"
        )

    def __reduce__(self) -> tuple[object, ...]:
        from rubric_dsl.loading import read_again

        if not self.sources:
            raise TypeError("a rubric that was not read from a text cannot be pickled")
        texts = tuple((source.name, source.text) for source in self.sources)
        return read_again, (texts, self.model.reading, self._deep)

    @property
    def _texts(self) -> list[str]:
        return [source.text for source in self.sources]

    @property
    def name(self) -> str:
        """The rubric's name."""
        return self.model.name

    @property
    def edition(self) -> str:
        """The edition, usually a year."""
        return self.model.edition

    @property
    def points(self) -> Fraction:
        """The full points."""
        return self.model.points

    @property
    def language(self) -> str:
        """The keyword language of the file: ``zh`` or ``en``."""
        return self.model.language

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What the author decided for the whole rubric, and why."""
        return self.model.decisions

    @property
    def indicators(self) -> Mapping[str, Indicator]:
        """The indicators by name, in order."""
        return self.model.indicators

    def score(self, data: Mapping[str, object] | Submission, *, strict: bool = False) -> Result:
        """Score one submission: figures by address, a whole submission, or one that was read from a file.

        A mapping is a whole submission, with figures, ratings, claims and the rest as in a data file, where it has one of
        those keys and no figure of the rubric is called so; else its keys are the addresses of figures and ratings.
        :meth:`schema` describes both.

        Values are int, Decimal, Fraction or numeric text; a float is refused, with the reason. What is not given is
        missing, and the scores that wait for it are ranges. What is wrong with the data is in the result's diagnostics:
        see :attr:`Result.ok`.

        Raises:
            SubmissionError: the data have errors, where ``strict`` asks for it; ``.diagnostics`` lists them.

        Example::

            rubric.score({"编制数": 10, "在职人员数": "12"})
            rubric.score({"单位": "区科技局", "数据": {"编制数": 10}, "自评": {"在职人员控制率": 3}}, strict=True)
        """
        from rubric_dsl.scoring.score import score

        submission = self._submission(data)
        result = _with(score(self.model, submission, self.sha256), submission.faults)
        return result.raise_for_errors() if strict else result

    def score_all(
        self, submissions: Iterable[Mapping[str, object] | Submission], *, strict: bool = False
    ) -> tuple[Result, ...]:
        """Score several submissions, each as :meth:`score` takes it; what the rubric asks of the group is worked out from them.

        Raises:
            SubmissionError: one of them has errors, where ``strict`` asks for it.
        """
        from rubric_dsl.inputs.group import with_cohorts
        from rubric_dsl.scoring.score import score

        given, faults = with_cohorts(self.model, [self._submission(data) for data in submissions])
        found = []
        for index, submission in enumerate(given):
            result = score(self.model, submission, self.sha256)
            result = _with(result, (*submission.faults, *faults.get(index, ())))
            found.append(result.raise_for_errors() if strict else result)
        return tuple(found)

    def _submission(self, data: Mapping[str, object] | Submission) -> Submission:
        if isinstance(data, Submission):
            return data
        if not isinstance(data, Mapping):
            raise TypeError(f"a submission is a mapping, or what read_submissions gives, not {type(data).__name__}")
        from rubric_dsl.data.reader import submission_from

        submission, found = submission_from(data, whole=self._is_whole(data))
        return replace(submission, faults=found) if found else submission

    def _is_whole(self, data: Mapping[str, object]) -> bool:
        """Whether a mapping has a key of a submission, rather than the addresses of figures."""
        if SPELLINGS.isdisjoint(data):
            return False
        from rubric_dsl.inputs.asked import figures_of, ratings_of
        from rubric_dsl.syntax.characters import fold

        asked = (*figures_of(self.model), *figures_of(self.model, reference=True), *ratings_of(self.model))
        names = {fold(name) for item in asked for name in (item.key, item.outer)}
        return any(fold(key) not in names for key in SPELLINGS.intersection(data))

    def warm_up(self) -> Rubric:
        """Import and prepare all that scoring needs, so that the first submission is scored as fast as the next; return the rubric."""
        str(self.score({}).explain(next(iter(self.indicators), "")))
        return self

    def compile(self) -> CompiledRubric:
        """Return the fast path: figures by address in, the same exact scores out, without a trace.

        Compile once and call often; see :class:`~rubric_dsl.engines.scalar.CompiledScores` for what it answers.
        """
        from rubric_dsl.engines.scalar import CompiledRubric

        return CompiledRubric(self.model, self.score)

    def to_sql(self, dialect: str, **options: Unpack[SqlOptions]) -> SqlQuery:
        """Write the rubric as an exact query, see :func:`~rubric_dsl.engines.sql.query.to_sql` (extra ``sql``)."""
        require("sql")
        from rubric_dsl.engines.sql.query import to_sql
        from rubric_dsl.engines.sql.sql_query import SqlOptions

        for name in options:
            known_option("to_sql", name, tuple(SqlOptions.__annotations__))
        return to_sql(self.model, dialect, **options)

    def score_table(
        self,
        data: object,
        parts: tuple[TablePart, ...] | None = None,
        engine: TableEngine = "auto",
        keep: Sequence[str] = (),
        *,
        columns: Mapping[str, str] | None = None,
        strict: bool = False,
    ) -> TableScores:
        """Score a table of submissions: one row each, the figures' addresses as the columns' names.

        ``data`` is a table of Arrow, Polars or pandas, a LazyFrame, a relation of DuckDB, a list of mappings, or the path
        of a CSV or Parquet file. Numbers are whole numbers, decimals or text; binary fractions are refused. Every row has
        the exact answers of :meth:`score`; ``parts`` chooses among them (``total``, ``grade``, ``scores``, ``ranges``,
        ``statuses``, ``sections``, ``measures``). ``engine`` may ask for compiled machine code, plain Python, or DuckDB
        (extra ``duckdb``); by default the number of rows decides between the first two. ``keep`` names columns that the
        results have too. ``columns`` has the column of a figure, by its address, where it is called otherwise.

        Raises:
            SubmissionError: data have errors, where ``strict`` asks for it.
            ValueError: an engine or a part is not known.
            TableError: it is no table, or its columns cannot be used.
            MissingExtraError: the engine is not installed.
            RunError: a database could not do its work, for want of memory for instance.
            RubricError: the rubric cannot be exact in DuckDB (``sql-irrational``, ``sql-cohort``, ``sql-too-wide``).
        """
        chosen = self._table_options(parts, engine, keep, get_args(TableEngine))
        from rubric_dsl.engines.table.given import given
        from rubric_dsl.engines.table.score_table import score_table

        found = score_table(self.model, given(data, columns or {}), chosen, engine, keep)
        return found.raise_for_errors() if strict else found

    def score_batches(
        self,
        data: object,
        parts: tuple[TablePart, ...] | None = None,
        engine: Literal["auto", "machine", "python"] = "auto",
        keep: Sequence[str] = (),
        *,
        columns: Mapping[str, str] | None = None,
    ) -> Iterator[TableScores]:
        """Score a stream of submissions part by part, and hold no more than a part: a generator.

        ``data`` is anything that :meth:`score_table` takes, a ``pyarrow.RecordBatchReader``, or an iterator of record
        batches or of mappings; options are the same. Each part has its results with the same columns, and the row numbers
        of its faults count from the beginning of the stream.

        Raises:
            TableError: as for :meth:`score_table`; also where the rubric asks for the whole group, and where the results
                of a part do not fit the columns of those before it.
            MissingExtraError: the engine is not installed.
            ValueError: an engine or a part is not known.

        Example::

            with pyarrow.parquet.ParquetWriter("scores.parquet", schema) as writer:
                for part in rubric.score_batches(reader, parts=("total",)):
                    writer.write_table(part.table)
        """
        chosen = self._table_options(parts, engine, keep, ("auto", "machine", "python"))
        from rubric_dsl.engines.table.given import given
        from rubric_dsl.engines.table.stream import score_batches

        return score_batches(self.model, given(data, columns or {}, stream=True), chosen, engine, keep)

    def _table_options(
        self, parts: tuple[TablePart, ...] | None, engine: str, keep: Sequence[str], engines: Sequence[str]
    ) -> tuple[TablePart, ...]:
        """Refuse options that are not known, and an engine that is not installed; return the parts of the results."""
        from rubric_dsl.engines.table.outputs import PARTS, USUAL

        one_of("engine", engine, engines)
        all_of("parts", parts or USUAL, PARTS)
        names_of("keep", keep)
        require("tables", *(["numba"] if engine == "machine" else []))
        return parts or USUAL

    @property
    def readings(self) -> tuple[str, ...]:
        """The named readings that the rubric keeps besides the official one."""
        return self.model.readings

    def with_reading(self, name: str) -> Rubric:
        """Return the rubric under a named reading; indicators without it keep the official one.

        The readings of part steps go by 整步, 不足一步按一步 and 按比例 (or ``whole``, ``started``, ``pro_rata``).

        Raises:
            RubricError: no indicator has this reading (``unknown-reading``), or the reading has errors of its own.
        """
        from rubric_dsl.checking import under_reading
        from rubric_dsl.model.assemble import STEP_READINGS

        if name not in self.readings and name not in STEP_READINGS:
            own = list(self.readings)
            words = Text(f"没有名为“{name}”的口径", f"there is no reading '{name}'")
            hint = Text(
                "口径有：" + "、".join([*own, "整步", "不足一步按一步", "按比例"]),
                "the readings are: " + ", ".join([*own, "whole", "started", "pro_rata"]),
            )
            raise RubricError((Diagnostic("unknown-reading", "error", "rule", words, hint=hint),))
        if not self.sources:
            raise LookupError("a rubric that was not read from a text has one reading only")
        model, found = under_reading(self.sources, name)
        if model is None or any(diagnostic.is_error for diagnostic in found):
            raise RubricError(found)
        return Rubric(model, self.sha256, found, self.sources, self._deep)

    def blank(self, form: Literal["yaml", "json", "csv"] = "yaml", lang: Lang | None = None) -> str:
        """Write an empty submission: every figure in the form's order and every rating, with units and notes.

        It reads back without faults, as a submission with everything missing. The keys are in ``lang``, by default
        the rubric's own language.
        """
        from rubric_dsl.report.blank import DataForm, blank

        one_of("form", form, get_args(DataForm))
        _check_language(lang)
        return blank(self.model, form, lang or self._language)

    def schema(self, lang: Lang | None = None, *, of: DataOf = "values", at: str = "#") -> dict[str, Any]:
        """Return the data contract as JSON Schema (draft 2020-12); descriptions are in ``lang``.

        What the schema accepts, :meth:`score` reads: a whole submission, or figures by address; numbers are texts or
        whole numbers. The contract ``of="file"`` is what :func:`read_submissions` reads from a data file: a submission or
        a list of them, in which a JSON number may have a decimal point, since it is read as its digits.

        ``at`` is the JSON pointer under which the schema will stand in another document, such as
        ``#/components/schemas/Submission`` of OpenAPI: its references then point there, and it has no ``$id``.

        Raises:
            ValueError: there is no such language or contract.
        """
        from rubric_dsl.report.schema import DataOf, schema

        _check_language(lang)
        one_of("of", of, get_args(DataOf))
        return schema(self.model, lang or self._language, of, at=at, sha256=self.sha256)

    @property
    def _language(self) -> Lang:
        return "zh" if self.language == "zh" else "en"

    def verify(self) -> Verification:
        """Prove what can be proved of the rubric over all admissible data, each refuted claim with data that show it.

        Nothing is left as fine that was not shown: the third verdict is ``undecided``, with the reason.

        Raises:
            MissingExtraError: sympy is not installed (extra ``verify``, or ``cli``).
        """
        from rubric_dsl.analysis.verify import verify
        from rubric_dsl.extras import require

        require("verify")
        return verify(self.model)

    def improver(self) -> Improver:
        """Return what finds the changes of data that regain points, or lose them, under this reading."""
        from rubric_dsl.review.improve import Improver

        return Improver(self.model)

    def under_readings(self) -> Mapping[str, Rubric]:
        """Return the rubric under every reading that scores otherwise, the official one first under the empty name.

        These are the readings that the file names, and the three of part steps; a reading with errors is left out.
        """
        found: dict[str, Rubric] = {"": self}
        for name in (*self.readings, "整步", "不足一步按一步", "按比例"):
            try:
                other = self.with_reading(name)
            except RubricError:
                continue
            programs = [item.program for item in other.model.indicators.values()]
            if all(programs != [item.program for item in kept.model.indicators.values()] for kept in found.values()):
                found[name] = other
        return found

    def audit(self, *submissions: Submission) -> tuple[Audit, ...]:
        """Hold claimed scores against recomputed ones, under every reading and with every stated figure."""
        auditor = self.auditor()
        results = self.score_all(submissions)
        return tuple(auditor.audit(item, result) for item, result in zip(submissions, results, strict=True))

    def auditor(self) -> Auditor:
        """Return what audits many submissions one after the other; for one rubric it is the same, and keeps what it found."""
        from rubric_dsl.review.audit import auditor_of

        return auditor_of({name: rubric.model for name, rubric in self.under_readings().items()})

    def coverage(self) -> Coverage:
        """Return what the examples beside the rules reach: bands, edges, caps and floors, variants, readings.

        What is missing comes with data that reach it; what could not be decided is said and does not count.
        """
        from rubric_dsl.adequacy.coverage import coverage

        return coverage(self.model)

    def run_examples(self) -> tuple[ExampleResult, ...]:
        """Run every example beside the rules, then every whole case."""
        from rubric_dsl.scoring.examples import run_examples

        return run_examples(self.model)


def _check_language(lang: str | None) -> None:
    if lang is not None:
        one_of("lang", lang, get_args(Lang))


def _with(result: Result, found: tuple[Diagnostic, ...]) -> Result:
    return replace(result, diagnostics=(*found, *result.diagnostics)) if found else result

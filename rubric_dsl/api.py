"""The public face: a rubric, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, Unpack

from rubric_dsl.data.submission import Submission
from rubric_dsl.diagnostics import Diagnostic, Lang, RubricError, Text
from rubric_dsl.evaluate.result import Result
from rubric_dsl.extras import require
from rubric_dsl.model.model import Decision, Indicator, Model
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source

if TYPE_CHECKING:
    from rubric_dsl.adequacy.coverage import Coverage
    from rubric_dsl.analysis.claims import Report
    from rubric_dsl.engines.scalar import CompiledRubric
    from rubric_dsl.engines.sql.query import SqlOptions, SqlQuery
    from rubric_dsl.engines.table.outputs import Part
    from rubric_dsl.engines.table.score_table import TableScores
    from rubric_dsl.review.audit import Audit, Auditor
    from rubric_dsl.review.improve import Improver
    from rubric_dsl.scoring.examples import ExampleResult


@dataclass(frozen=True, slots=True)
class Rubric:
    """A rubric that can score. Made by :func:`~rubric_dsl.loading.load` or :func:`~rubric_dsl.loading.check_source`; ``diagnostics`` are its warnings.

    ``sources`` are its text, and those of the editions that it stands on, nearest first.

    Example::

        rubric = load("rubrics/yuhua/2019.rubric")
        rubric.score({"编制数": 10, "在职人员数": 12}).indicators["在职人员控制率"].score  # Fraction(0, 1)
    """

    model: Model
    sha256: str
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: tuple[Source, ...] = field(default=(), repr=False, compare=False)

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

    def score(self, data: Mapping[str, object] | Submission) -> Result:
        """Score one submission: figures by address, or a submission that was read from a file.

        Values are int, Decimal, Fraction or numeric text; a float is refused, with the reason, in the result's
        diagnostics. What is not given is missing, and the scores that wait for it are ranges.
        """
        from rubric_dsl.scoring.score import score

        if isinstance(data, Submission):
            return score(self.model, data, self.sha256)
        from rubric_dsl.data.reader import submission_from

        submission, found = submission_from(data)
        result = score(self.model, submission, self.sha256)
        return _with(result, found)

    def score_all(self, submissions: Sequence[Submission]) -> tuple[Result, ...]:
        """Score several submissions; what the rubric asks of the group is worked out from them."""
        from rubric_dsl.inputs.group import with_cohorts
        from rubric_dsl.scoring.score import score

        given, faults = with_cohorts(self.model, submissions)
        results = (score(self.model, submission, self.sha256) for submission in given)
        return tuple(_with(result, tuple(faults.get(index, ()))) for index, result in enumerate(results))

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

        return to_sql(self.model, dialect, **options)

    def score_table(
        self,
        data: object,
        parts: tuple[Part, ...] | None = None,
        engine: Literal["auto", "machine", "python", "duckdb"] = "auto",
        keep: Sequence[str] = (),
    ) -> TableScores:
        """Score a table of submissions: one row each, the figures' addresses as the columns' names.

        ``data`` is a table of Arrow, Polars or pandas, or the path of a CSV or Parquet file. Numbers are whole numbers,
        decimals or text; binary fractions are refused. Every row has the exact answers of :meth:`score`; ``parts``
        chooses among them (``total``, ``grade``, ``scores``, ``ranges``, ``statuses``, ``sections``, ``measures``).
        ``engine`` may ask for compiled machine code, plain Python, or DuckDB (extra ``duckdb``); by default the number of
        rows decides between the first two. ``keep`` names columns that the results have too.

        Raises:
            TableError: it is no table, or its columns cannot be used.
            MissingExtraError: the engine is not installed.
            RunError: a database could not do its work, for want of memory for instance.
            RubricError: the rubric cannot be exact in DuckDB (``sql-irrational``, ``sql-cohort``, ``sql-too-wide``).
        """
        require("tables", *(["numba"] if engine == "machine" else []))
        from rubric_dsl.engines.table.outputs import USUAL
        from rubric_dsl.engines.table.score_table import score_table

        return score_table(self.model, data, parts or USUAL, engine, keep)

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
        from rubric_dsl.checking import built, expanded
        from rubric_dsl.model.assemble import STEP_READINGS

        if name not in self.readings and name not in STEP_READINGS:
            own = list(self.readings)
            words = Text(f"没有名为“{name}”的读法", f"there is no reading '{name}'")
            hint = Text(
                "读法有：" + "、".join([*own, "整步", "不足一步按一步", "按比例"]),
                "the readings are: " + ", ".join([*own, "whole", "started", "pro_rata"]),
            )
            raise RubricError((Diagnostic("unknown-reading", "error", "rule", words, hint=hint),))
        if not self.sources:
            raise LookupError("a rubric that was not read from a text has one reading only")
        model, found = built(expanded(self.sources), name)
        if model is None or any(diagnostic.is_error for diagnostic in found):
            raise RubricError(found)
        return Rubric(model, self.sha256, found, self.sources)

    def blank(self, form: Literal["yaml", "json", "csv"] = "yaml", lang: Lang | None = None) -> str:
        """Write an empty submission: every figure in the form's order and every rating, with units and notes.

        It reads back without faults, as a submission with everything missing. The keys are in ``lang``, by default
        the rubric's own language.
        """
        from rubric_dsl.report.blank import blank

        return blank(self.model, form, lang or self._language)

    def schema(self, lang: Lang | None = None) -> dict[str, Any]:
        """Return the data contract as JSON Schema (draft 2020-12); descriptions are in ``lang``.

        Numbers should be sent as strings. What the schema accepts, :meth:`score` can read.
        """
        from rubric_dsl.report.schema import schema

        return schema(self.model, lang or self._language)

    @property
    def _language(self) -> Lang:
        return "zh" if self.language == "zh" else "en"

    def verify(self) -> Report:
        """Prove what can be proved of the rubric over all admissible data, each refuted claim with data that show it.

        Nothing is left as fine that was not shown: the third verdict is ``undecided``, with the reason.
        """
        from rubric_dsl.analysis.verify import verify

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
        """Return what audits many submissions one after the other."""
        from rubric_dsl.review.audit import Auditor

        return Auditor({name: rubric.model for name, rubric in self.under_readings().items()})

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


def _with(result: Result, found: tuple[Diagnostic, ...]) -> Result:
    return replace(result, diagnostics=(*found, *result.diagnostics)) if found else result

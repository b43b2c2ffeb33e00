"""rubric_dsl: government scoring rubrics as programs, scored exactly.

The flow, with the function on each arrow::

    .rubric text ──syntax.parse.parse──► Document (tree) ──model.build.build──► Model (checked, lowered to core)
                                                                                   │
    data file ──data.reader.read_submissions──► Submission ──scoring.score.score──►┤
                                                                                   ▼
                                              Result with trace ──report──► table · JSON · explanation

What is public is in ``__all__``, and nothing else: ``docs/python.md`` says what that promises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rubric_dsl.adequacy.coverage import Coverage, IndicatorCoverage, Reached
    from rubric_dsl.adequacy.coverage import State as CoverageState
    from rubric_dsl.adequacy.goals import Goal, GoalKind
    from rubric_dsl.analysis.claims import IndicatorVerification, ProofVerdict, RubricClaim, Verification
    from rubric_dsl.api import Rubric, TableEngine
    from rubric_dsl.data.submission import Claim, Figure, Override, Refinement, Statement, Submission, Submissions
    from rubric_dsl.diagnostics import Blame, Diagnostic, Fix, Lang, Place, RubricError, Severity, SubmissionError, Text
    from rubric_dsl.engines.databases.run_error import RunError
    from rubric_dsl.engines.scalar import CompiledRubric, CompiledScores
    from rubric_dsl.engines.sql.sql_query import SqlOptions, SqlOutput, SqlOutputKind, SqlQuery
    from rubric_dsl.engines.table.faults import Reason as TableReason
    from rubric_dsl.engines.table.faults import RowFault, TableError
    from rubric_dsl.engines.table.outputs import Part as TablePart
    from rubric_dsl.engines.table.table_scores import TableScores
    from rubric_dsl.evaluate.result import (
        AdjustmentResult,
        Explanation,
        GradeResult,
        IndicatorResult,
        Marks,
        Result,
        ResultError,
        ScoreRange,
        SectionResult,
        Status,
        Step,
        SumStatus,
    )
    from rubric_dsl.extras import Extra, MissingExtraError
    from rubric_dsl.loading import Resolver, check_source, load, loads
    from rubric_dsl.model.model import Decision, Indicator
    from rubric_dsl.reading import read_submissions
    from rubric_dsl.report.blank import DataForm
    from rubric_dsl.report.result_schema import result_schema
    from rubric_dsl.report.schema import DataOf
    from rubric_dsl.review.audit import Audit, Auditor, AuditVerdict, ClaimAudit, Elsewhere, WholeAudit
    from rubric_dsl.review.improve import Improver
    from rubric_dsl.review.proposals import Margin, Plan, Proposal, Waiting
    from rubric_dsl.review.result_diff import Difference, ResultDiff, ScoreDiff, result_diff
    from rubric_dsl.scoring.examples import ExampleResult
    from rubric_dsl.source import Source, Span, UnreadableError, read_source
    from rubric_dsl.texts import Stage, dump, exact_text, format_source, new_rubric
    from rubric_dsl.units import Unit
    from rubric_dsl.version import VERSION as __version__  # noqa: N811
    from rubric_dsl.wording.reader import read_wording
    from rubric_dsl.wording.reading import Wording, WordingOutcome, WordingReading, WordingScore, WordingSlot
else:
    # At run time a name is imported when it is first used, so that `import rubric_dsl` alone costs next to nothing. The
    # type checker does not see this part: to it a misspelt name is an error.
    from importlib import import_module

    _MODULES = {
        "adequacy.coverage": "Coverage IndicatorCoverage Reached CoverageState=State",
        "adequacy.goals": "Goal GoalKind",
        "analysis.claims": "IndicatorVerification ProofVerdict RubricClaim Verification",
        "api": "Rubric TableEngine",
        "data.submission": "Claim Figure Override Refinement Statement Submission Submissions",
        "diagnostics": "Blame Diagnostic Fix Lang Place RubricError Severity SubmissionError Text",
        "engines.databases.run_error": "RunError",
        "engines.scalar": "CompiledRubric CompiledScores",
        "engines.sql.sql_query": "SqlOptions SqlOutput SqlOutputKind SqlQuery",
        "engines.table.faults": "RowFault TableError TableReason=Reason",
        "engines.table.outputs": "TablePart=Part",
        "engines.table.table_scores": "TableScores",
        "evaluate.result": (
            "AdjustmentResult Explanation GradeResult IndicatorResult Marks Result ResultError ScoreRange SectionResult Status Step SumStatus"
        ),
        "extras": "Extra MissingExtraError",
        "loading": "Resolver check_source load loads",
        "model.model": "Decision Indicator",
        "reading": "read_submissions",
        "review.audit": "Audit AuditVerdict Auditor ClaimAudit Elsewhere WholeAudit",
        "report.blank": "DataForm",
        "report.result_schema": "result_schema",
        "report.schema": "DataOf",
        "review.result_diff": "Difference ResultDiff ScoreDiff result_diff",
        "review.improve": "Improver",
        "review.proposals": "Margin Plan Proposal Waiting",
        "scoring.examples": "ExampleResult",
        "source": "Source Span UnreadableError read_source",
        "texts": "Stage dump exact_text format_source new_rubric",
        "units": "Unit",
        "version": "__version__=VERSION",
        "wording.reader": "read_wording",
        "wording.reading": "Wording WordingOutcome WordingReading WordingScore WordingSlot",
    }
    """The public names of each module; ``public=own`` where the module calls it otherwise."""
    _FOUND = {
        public: (module, own or public)
        for module, names in _MODULES.items()
        for public, _, own in (name.partition("=") for name in names.split())
    }

    def __getattr__(name: str) -> object:
        if name not in _FOUND:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module, own = _FOUND[name]
        found = getattr(import_module(f"{__name__}.{module}"), own)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


__all__ = [
    "AdjustmentResult",
    "Audit",
    "AuditVerdict",
    "Auditor",
    "Blame",
    "Claim",
    "ClaimAudit",
    "CompiledRubric",
    "CompiledScores",
    "Coverage",
    "CoverageState",
    "DataForm",
    "DataOf",
    "Decision",
    "Diagnostic",
    "Difference",
    "Elsewhere",
    "ExampleResult",
    "Explanation",
    "Extra",
    "Figure",
    "Fix",
    "Goal",
    "GoalKind",
    "GradeResult",
    "Improver",
    "Indicator",
    "IndicatorCoverage",
    "IndicatorResult",
    "IndicatorVerification",
    "Lang",
    "Margin",
    "Marks",
    "MissingExtraError",
    "Override",
    "Place",
    "Plan",
    "ProofVerdict",
    "Proposal",
    "Reached",
    "Refinement",
    "Resolver",
    "Result",
    "ResultDiff",
    "ResultError",
    "RowFault",
    "Rubric",
    "RubricClaim",
    "RubricError",
    "RunError",
    "ScoreDiff",
    "ScoreRange",
    "SectionResult",
    "Severity",
    "Source",
    "Span",
    "SqlOptions",
    "SqlOutput",
    "SqlOutputKind",
    "SqlQuery",
    "Stage",
    "Statement",
    "Status",
    "Step",
    "Submission",
    "SubmissionError",
    "Submissions",
    "SumStatus",
    "TableEngine",
    "TableError",
    "TablePart",
    "TableReason",
    "TableScores",
    "Text",
    "Unit",
    "UnreadableError",
    "Verification",
    "Waiting",
    "WholeAudit",
    "Wording",
    "WordingOutcome",
    "WordingReading",
    "WordingScore",
    "WordingSlot",
    "__version__",
    "check_source",
    "dump",
    "exact_text",
    "format_source",
    "load",
    "loads",
    "new_rubric",
    "read_source",
    "read_submissions",
    "read_wording",
    "result_diff",
    "result_schema",
]

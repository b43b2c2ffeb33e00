"""A program that embeds the engine, as a type checker sees it: mypy (strict) and pyright find nothing, and it runs.

It speaks to ``rubric_dsl`` alone, and to no module of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import rubric_dsl as rd


class Service:
    """Scores what is sent to it, under rubrics that come from a store of texts."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.rubrics: dict[str, rd.Rubric] = {}

    def rubric(self, name: str) -> rd.Rubric:
        """Return a rubric, ready to score."""
        if name not in self.rubrics:
            resolver: rd.Resolver = self.texts.get
            self.rubrics[name] = rd.loads(rd.Source(name, self.texts[name]), resolver=resolver).warm_up()
        return self.rubrics[name]

    def score(self, name: str, body: str, lang: rd.Lang = "en") -> str:
        """Answer a request: results as JSON, or what is wrong."""
        try:
            submissions = rd.read_submissions(rd.Source("body.json", body)).raise_for_errors()
            results = self.rubric(name).score_all(submissions, strict=True)
        except rd.RubricError as error:  # of the rubric, or, as SubmissionError, of the data
            return json.dumps([problem(item, lang) for item in error.diagnostics], ensure_ascii=False)
        return "[" + ",".join(result.to_json(lang) for result in results) + "]"


def problem(item: rd.Diagnostic, lang: rd.Lang) -> dict[str, str | int | None]:
    """Return what a caller is told of a fault."""
    place = item.places[0] if item.places else None
    return {"code": item.code, "message": item.message.to(lang), "line": place.line if place else None}


def losses(result: rd.Result) -> dict[str, Fraction]:
    """Return the points that are certainly lost, by indicator."""
    return {name: item.range.points - item.range.max for name, item in result.indicators.items() if not item.excluded}


def total(rubric: rd.Rubric, figures: Mapping[str, int | Decimal | str]) -> Fraction | None:
    """Return the exact total; None while figures are missing."""
    score: rd.CompiledRubric = rubric.compile()
    found: rd.CompiledScores = score(figures)
    return found.raise_for_errors().total.score


def moved(rubric: rd.Rubric, before: str, after: str) -> list[str]:
    """Return the indicators whose scores differ between two stored results."""
    changed: rd.ResultDiff = rd.result_diff(rd.Result.from_json(before), rd.Result.from_json(after))
    return [item.name for item in changed.indicators if item.change is not None and item.name in rubric.indicators]


def objections(rubric: rd.Rubric, path: Path) -> list[tuple[str, rd.AuditVerdict]]:
    """Return the claims of a submission that do not stand."""
    (audit,) = rubric.audit(*rd.read_submissions(path))
    return [(item.result.name, item.verdict) for item in audit.objections]


def unproved(rubric: rd.Rubric) -> list[str]:
    """Return what is refuted of a rubric."""
    found: rd.Verification = rubric.verify()
    return [claim.text.en for claim in found.all_claims if claim.verdict == "refuted"]


def table(rubric: rd.Rubric, rows: list[Mapping[str, object]]) -> list[rd.RowFault]:
    """Score rows and return what is wrong with them."""
    try:
        found: rd.TableScores = rubric.score_table(rows, parts=("total", "grade"))
    except (rd.MissingExtraError, rd.TableError) as error:
        raise SystemExit(str(error)) from error
    return list(found.faults)


def query(rubric: rd.Rubric) -> str:
    """Return the rubric as a query."""
    found: rd.SqlQuery = rubric.to_sql("duckdb", table="submissions", columns={})
    return found.text

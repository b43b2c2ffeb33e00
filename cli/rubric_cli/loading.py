"""Rubrics and submissions for the commands."""

from __future__ import annotations

import typer

from rubric_cli.common import FOUND, Format, fail, folder_of, out_json, print_diagnostics, source_of
from rubric_dsl import Rubric, RubricError, Submission, check_source
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.diagnostics import Diagnostic, Lang
from rubric_dsl.report.as_json import diagnostic_json


def rubric_of(name: str, lang: Lang, form: Format = Format.text, reading: str | None = None) -> Rubric:
    """Load a rubric, under a named reading if one is asked for; with errors, print them and stop with exit code 1."""
    rubric, found = check_source(source_of(name, lang), folder_of(name), deep=False)
    if rubric is None:
        if form == Format.json:
            out_json([diagnostic_json(item, lang) for item in found])
        else:
            print_diagnostics(found, lang, err=True)
        raise typer.Exit(FOUND)
    if not reading:
        return rubric
    try:
        return rubric.with_reading(reading)
    except RubricError as error:
        fail(error.diagnostics[0].message, lang, error.diagnostics[0].hint)


def submissions_of(names: list[str], lang: Lang) -> tuple[list[Submission], list[Diagnostic]]:
    """Read all submissions of all files, and everything that was wrong with them."""
    submissions: list[Submission] = []
    found: list[Diagnostic] = []
    for name in names:
        read, faults = read_submissions(source_of(name, lang))
        submissions.extend(read)
        found.extend(faults)
    return submissions, found

"""``rubric readings``: the scores under every reading, side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from rubric_cli.common import (
    Format,
    FormatOption,
    LangOption,
    QuietOption,
    chosen,
    exit_code,
    has_error,
    out,
    out_json,
    print_diagnostics,
    words,
)
from rubric_cli.loading import rubric_of, submissions_of
from rubric_cli.progress import tracked
from rubric_dsl.report.readings_text import readings_header, readings_json, readings_rows


def readings(
    rubric: Annotated[str, typer.Argument(help=words("评分规则文件", "rubric file"))],
    data: Annotated[
        list[str], typer.Argument(help=words("数据文件，或放数据的文件夹", "data files, or folders of them"))
    ],
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Score submissions under every reading, side by side."""
    language = chosen(lang)
    loaded = rubric_of(rubric, language, form)
    submissions, found = submissions_of(data, language)
    rubrics = loaded.under_readings()
    by_reading = {name: tuple(tracked(other.score_all(submissions), name)) for name, other in rubrics.items()}
    if form == Format.json:
        shown = readings_json(by_reading)
        out_json(shown[0] if len(shown) == 1 else shown)
    elif not quiet:
        from rubric_cli.tables import plain_table

        for index, submission in enumerate(submissions):
            results = {name: scored[index] for name, scored in by_reading.items()}
            rows, lines = readings_rows(results, language)
            out(
                plain_table(
                    f"{submission.subject}  {loaded.name} {loaded.edition}".strip(),
                    readings_header(results, language),
                    rows,
                    lines,
                )
            )
        print_diagnostics(found, language, err=True)
    raise typer.Exit(exit_code(found=has_error(found), complete=True))

"""``rubric score``: score one submission or several."""

from __future__ import annotations

from typing import Annotated

import typer

from rubric_cli.common import (
    FOUND,
    NOTHING_FOUND,
    Format,
    FormatOption,
    LangOption,
    QuietOption,
    ReadingOption,
    chosen,
    has_error,
    out,
    out_json,
    print_diagnostics,
    words,
)
from rubric_cli.loading import rubric_of, submissions_of


def score(
    rubric: Annotated[str, typer.Argument(help=words("评分规则文件", "rubric file"))],
    data: Annotated[
        list[str], typer.Argument(help=words("数据文件（YAML、JSON 或 CSV）", "data files (YAML, JSON or CSV)"))
    ],
    reading: ReadingOption = None,
    trace: Annotated[
        bool,
        typer.Option(
            "--trace",
            help=words("JSON 带计算过程，可以原样读回", "JSON with the working, which can be read back whole"),
        ),
    ] = False,
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Score submissions and say why."""
    language = chosen(lang)
    loaded = rubric_of(rubric, language, form, reading)
    submissions, found = submissions_of(data, language)
    results = loaded.score_all(submissions)
    if form == Format.json:
        from rubric_dsl.evaluate.as_json import results_json

        out_json(results_json(results, found, language, trace=trace))
    elif not quiet:
        from rubric_cli.tables import result_table

        for result in results:
            out(result_table(result, language))
            print_diagnostics(result.diagnostics, language)
        print_diagnostics(found, language, err=not results)
    bad = has_error(found) or any(
        has_error(result.diagnostics) or any(item.status == "invalid" for item in result.indicators.values())
        for result in results
    )
    raise typer.Exit(FOUND if bad else NOTHING_FOUND)

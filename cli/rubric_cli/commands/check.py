"""``rubric check``: parse, check, report every diagnostic."""

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
    folder_of,
    has_error,
    out,
    out_json,
    print_diagnostics,
    sources_of,
    words,
)
from rubric_dsl import check_source
from rubric_dsl.report.as_json import diagnostic_json
from rubric_dsl.report.diagnostics_text import summary_text


def check(
    files: Annotated[
        list[str], typer.Argument(help=words("评分规则文件，- 表示标准输入", "rubric files, - for standard input"))
    ],
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Check rubrics and report every fault."""
    language = chosen(lang)
    sources, complete = sources_of(files, language)
    found = tuple(item for source in sources for item in check_source(source, folder_of(source.name))[1])
    if form == Format.json:
        out_json([diagnostic_json(item, language) for item in found])
    elif not quiet:
        print_diagnostics(found, language)
        out(summary_text(found, language))
    raise typer.Exit(exit_code(found=has_error(found), complete=complete))

"""``rubric verify``: proofs and counterexamples about the rubric itself."""

from __future__ import annotations

from typing import Annotated

import typer

from rubric_cli.common import (
    Format,
    FormatOption,
    LangOption,
    QuietOption,
    ReadingOption,
    chosen,
    exit_code,
    out,
    out_json,
    words,
)
from rubric_cli.loading import rubric_of
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.verify_json import verify_json
from rubric_dsl.report.verify_text import verify_text


def verify(
    files: Annotated[list[str], typer.Argument(help=words("评分规则文件", "rubric files"))],
    reading: ReadingOption = None,
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Prove what can be proved of rubrics, and show data for what does not hold."""
    language = chosen(lang)
    rubrics = [rubric_of(name, language, form, reading) for name in files]
    reports = [(rubric.model, rubric.verify()) for rubric in rubrics]
    if form == Format.json:
        shown = [verify_json(model, report, language) for model, report in reports]
        out_json(shown[0] if len(shown) == 1 else shown)
    elif not quiet:
        for model, report in reports:
            out("\n".join(safe(line) for line in verify_text(model, report, language).split("\n")))
    raise typer.Exit(exit_code(found=any(report.faults for _, report in reports), complete=True))

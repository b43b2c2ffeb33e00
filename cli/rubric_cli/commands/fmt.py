"""``rubric fmt``: format in place, in the file's own keyword language or the one asked for."""

from __future__ import annotations

from typing import Annotated

import typer

from rubric_cli.common import (
    Format,
    FormatOption,
    LangOption,
    QuietOption,
    environment_language,
    exit_code,
    has_error,
    out,
    out_json,
    print_diagnostics,
    sources_of,
    words,
)
from rubric_cli.writing import write_over
from rubric_dsl import Source, format_source
from rubric_dsl.diagnostics import Lang
from rubric_dsl.evaluate.as_json import diagnostic_json
from rubric_dsl.report.diagnostics_text import safe


def fmt(
    files: Annotated[
        list[str],
        typer.Argument(
            help=words(
                "评分规则文件，或放规则的文件夹；- 表示标准输入",
                "rubric files, or folders of them; - for standard input",
            )
        ),
    ],
    check: Annotated[bool, typer.Option("--check", help=words("只检查，不改写", "only check, change nothing"))] = False,
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Format rubrics; --lang turns the keywords into the other language."""
    language = environment_language()
    sources, complete = sources_of(files, language)
    found = False
    report: list[dict[str, object]] = []
    for source in sources:
        text, faults = format_source(source, lang.value if lang else None)
        if text is None or has_error(faults):
            if not quiet and form == Format.text:
                print_diagnostics(faults, language, err=True)
            found = True
        elif check:
            found |= text != source.text
            if text != source.text and not quiet and form == Format.text:
                out(safe(source.name))
        else:
            complete &= _write(source, text, language)
        shown = [diagnostic_json(item, language) for item in faults]
        report.append({"file": source.name, "formatted": text == source.text, "diagnostics": shown})
    if form == Format.json:
        out_json(report)
    raise typer.Exit(exit_code(found=found, complete=complete))


def _write(source: Source, text: str, lang: Lang) -> bool:
    """Write what changed, standard input's to standard output; False when it cannot be written."""
    if source.name == "-":
        typer.echo(text, nl=False)
        return True
    return text == source.text or write_over(source, text, lang)

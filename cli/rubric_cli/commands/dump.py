"""``rubric dump``: any stage, printed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from rubric_cli.common import (
    FOUND,
    Format,
    FormatOption,
    LangOption,
    QuietOption,
    chosen,
    folder_of,
    has_error,
    out,
    out_json,
    print_diagnostics,
    source_of,
    words,
)
from rubric_dsl import dump as dump_stage
from rubric_dsl.evaluate.as_json import diagnostic_json
from rubric_dsl.report.diagnostics_text import safe


class Stage(StrEnum):
    """What to print."""

    tree = "tree"
    model = "model"
    core = "core"


def dump(
    stage: Annotated[Stage, typer.Argument(help=words("哪一步", "which stage"))],
    file: Annotated[str, typer.Argument(help=words("评分规则文件", "rubric file"))],
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Print the syntax tree, the checked model, or the core program."""
    language = chosen(lang)
    text, found = dump_stage(stage.value, source_of(file, language), folder_of(file))
    if form == Format.json:
        faults = [diagnostic_json(item, language) for item in found]
        out_json({"stage": stage.value, "lines": text.split("\n") if text is not None else None, "diagnostics": faults})
    elif not quiet:
        if text is not None:
            out("\n".join(safe(line) for line in text.split("\n")))
        print_diagnostics([item for item in found if item.is_error], language, err=True)
    if text is None or has_error(found):
        raise typer.Exit(FOUND)

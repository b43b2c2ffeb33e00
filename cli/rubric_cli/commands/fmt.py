"""``rubric fmt``: format in place, in the file's own keyword language or the one asked for."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from rubric_cli.common import (
    FAILED,
    FOUND,
    NOTHING_FOUND,
    LangOption,
    environment_language,
    fail,
    has_error,
    out,
    print_diagnostics,
    source_of,
    words,
)
from rubric_dsl import format_source
from rubric_dsl.diagnostics import Text


def fmt(
    files: Annotated[
        list[str], typer.Argument(help=words("评分规则文件，- 表示标准输入", "rubric files, - for standard input"))
    ],
    check: Annotated[bool, typer.Option("--check", help=words("只检查，不改写", "only check, change nothing"))] = False,
    lang: LangOption = None,
) -> None:
    """Format rubrics; --lang turns the keywords into the other language."""
    language = environment_language()
    changed = failed = False
    for name in files:
        source = source_of(name, language)
        text, found = format_source(source, lang.value if lang else None)
        if text is None or has_error(found):
            print_diagnostics(found, language, err=True)
            failed = True
        elif name == "-":
            typer.echo(text, nl=False)
        elif text != source.text:
            changed = True
            if check:
                out(name)
            else:
                _replace(Path(name), text)
    raise typer.Exit(FOUND if failed or (check and changed) else NOTHING_FOUND)


def _replace(path: Path, text: str) -> None:
    """Write aside, then rename, so that the file is never half written."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=path.parent, delete=False) as file:
            file.write(text)
        Path(file.name).chmod(mode)
        os.replace(file.name, path)  # noqa: PTH105 - one atomic step
    except OSError:
        fail(Text(f"{path}：不能写入", f"{path}: it cannot be written"), environment_language())


__all__ = ["FAILED", "fmt"]

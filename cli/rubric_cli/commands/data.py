"""``rubric data``: an empty submission for a rubric, or the schema of its data."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from rubric_cli.common import (
    Format,
    FormatOption,
    LangOption,
    OutputOption,
    QuietOption,
    chosen,
    out,
    words,
)
from rubric_cli.loading import files_of, rubric_of
from rubric_cli.writing import CSV_ENCODING, write


class DataForm(StrEnum):
    """How the data are written."""

    yaml = "yaml"
    json = "json"
    csv = "csv"


def data(
    rubric: Annotated[str, typer.Argument(help=words("评分规则文件", "rubric file"))],
    output: OutputOption = "-",
    written: Annotated[
        DataForm | None, typer.Option("--as", help=words("数据的格式，默认 yaml", "form of the data, yaml by default"))
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help=words("写出数据的约定（JSON Schema）", "write the JSON Schema of the data"))
    ] = False,
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Write an empty submission; --format json is --as json."""
    language = chosen(lang)
    loaded = rubric_of(rubric, language, form)
    kind = written or (DataForm.json if form == Format.json else DataForm.yaml)
    if schema:
        text = json.dumps(loaded.schema(language, of="file"), ensure_ascii=False, indent=2) + "\n"
    else:
        text = loaded.blank(kind.value, language)
    if output != "-":
        encoding = CSV_ENCODING if kind == DataForm.csv and not schema else "utf-8"
        write(output, text, language, inputs=files_of(rubric, loaded), new=True, encoding=encoding)
    elif not quiet:
        out(text.removesuffix("\n"))

"""``rubric new``: a short rubric to start from."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Annotated

import typer

from rubric_cli.common import (
    Format,
    FormatOption,
    LangOption,
    OutputOption,
    QuietOption,
    chosen,
    fail,
    out,
    out_json,
    words,
)
from rubric_cli.writing import write
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.numbers import NumberError, parse_number
from rubric_dsl.report.starter import DEFAULT_NAME, Starter


def new(
    name: Annotated[str | None, typer.Argument(help=words("指标体系的名称", "the rubric's name"))] = None,
    output: OutputOption = "-",
    points: Annotated[str, typer.Option("--points", help=words("满分", "full points"))] = "100",
    edition: Annotated[
        str | None, typer.Option("--edition", help=words("年度，默认今年", "edition, this year by default"))
    ] = None,
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Write a rubric to start from; an existing file is never changed."""
    language = chosen(lang)
    year = str(datetime.now(tz=UTC).year) if edition is None else edition
    starter = Starter(DEFAULT_NAME.to(language) if name is None else name, year, _points(points, language))
    problem = starter.problem()
    if problem is not None:
        fail(problem, language)
    text = starter.text(language)
    if output != "-":
        write(output, text, language, new=True)
    if form == Format.json:
        out_json({"name": starter.name, "file": None if output == "-" else output, "lines": text.split("\n")})
    elif output == "-" and not quiet:
        out(text.removesuffix("\n"))


def _points(text: str, lang: Lang) -> Fraction:
    try:
        return parse_number(text)
    except NumberError:
        fail(Text(f"满分“{text}”不是数", f"the points '{text}' are not a number"), lang)

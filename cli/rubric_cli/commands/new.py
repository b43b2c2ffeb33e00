"""``rubric new``: a short rubric to start from."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
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
    folder_of,
    out,
    out_json,
    words,
)
from rubric_cli.loading import files_of, rubric_of
from rubric_cli.writing import write
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.numbers import NumberError, parse_number
from rubric_dsl.report.next_edition import NextEdition
from rubric_dsl.report.starter import DEFAULT_NAME, Starter


def new(
    name: Annotated[str | None, typer.Argument(help=words("指标体系的名称", "the rubric's name"))] = None,
    output: OutputOption = "-",
    points: Annotated[str, typer.Option("--points", help=words("满分", "full points"))] = "100",
    edition: Annotated[
        str | None, typer.Option("--edition", help=words("年度，默认今年", "edition, this year by default"))
    ] = None,
    earlier: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="RUBRIC",
            help=words(
                "从上一年度的文件开始：全部沿用，列出要核对的地方",
                "start from an earlier edition: keeps all of it and lists what to look at",
            ),
        ),
    ] = None,
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Write a rubric to start from, or the next edition of one; an existing file is never changed."""
    language = chosen(lang)
    if earlier is not None:
        _next(earlier, name, edition, output, language, form, quiet=quiet)
        return
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


def _next(
    earlier: str, name: str | None, edition: str | None, output: str, lang: Lang, form: Format, *, quiet: bool
) -> None:
    """Write the next edition of a rubric, into the folder of the earlier one."""
    folder = folder_of(earlier)
    if folder is None:
        fail(Text("--from 要给出文件，不能是标准输入", "--from takes a file, not standard input"), lang)
    if output != "-" and Path(output).resolve().parent != folder.resolve():
        fail(
            Text(
                f"沿用的文件要在同一文件夹里：写到 {folder / Path(output).name}",
                f"an edition stands in the folder of the one that it inherits from: write {folder / Path(output).name}",
            ),
            lang,
        )
    rubric = rubric_of(earlier, lang, form)
    following = NextEdition(rubric.model, rubric.sources, Path(earlier).name, edition, name)
    problem = following.problem()
    if problem is not None:
        fail(problem, lang)
    text = following.text()
    if output != "-":
        write(output, text, lang, inputs=files_of(earlier, rubric), new=True)
    if form == Format.json:
        file = None if output == "-" else output
        out_json(
            {"name": following.name, "file": file, "lines": text.split("\n"), "to_look_at": following.to_look_at()}
        )
    elif output == "-" and not quiet:
        out(text.removesuffix("\n"))


def _points(text: str, lang: Lang) -> Fraction:
    try:
        return parse_number(text)
    except NumberError:
        fail(Text(f"满分“{text}”不是数", f"the points '{text}' are not a number"), lang)

"""``rubric whatif``: what moves when some figures are other than submitted."""

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
    fail,
    has_error,
    out,
    out_json,
    print_diagnostics,
    words,
)
from rubric_cli.loading import one_submission, rubric_of
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.as_json import result_json
from rubric_dsl.report.improve_text import moved


def whatif(
    rubric: Annotated[str, typer.Argument(help=words("评分规则文件", "rubric file"))],
    data: Annotated[str, typer.Argument(help=words("数据文件", "data file"))],
    changes: Annotated[
        list[str],
        typer.Option("--set", help=words("改成的数：编制数=12（可写多个）", "a value: posts=12 (may be repeated)")),
    ],
    reading: ReadingOption = None,
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Show what moves, and only that."""
    language = chosen(lang)
    loaded = rubric_of(rubric, language, form, reading)
    submission, found = one_submission(data, language)
    if submission is None:
        print_diagnostics(found, language, err=True)
        raise typer.Exit(FOUND)
    values = [_pair(item, language) for item in changes]
    before, after = loaded.score(submission), loaded.improver().changed(submission, values)
    fresh = [item for item in after.diagnostics if item not in before.diagnostics]
    if form == Format.json:
        out_json({"before": result_json(before, language), "after": result_json(after, language)})
    elif not quiet:
        lines = list(moved(before, after, language))
        out("\n".join(lines or [Text("得分没有变化", "no score moves").to(language)]))
        print_diagnostics([*found, *fresh], language, err=True)
    raise typer.Exit(FOUND if has_error([*found, *fresh]) else NOTHING_FOUND)


def _pair(text: str, lang: Lang) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        fail(Text(f"“{text}”要写成 名称=数", f"write '{text}' as NAME=VALUE"), lang)
    return name.strip(), value.strip()

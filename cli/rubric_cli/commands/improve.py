"""``rubric improve``: for each lost point, the smallest change of data that regains it."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import typer

from rubric_cli.common import (
    FOUND,
    Format,
    FormatOption,
    LangOption,
    QuietOption,
    ReadingOption,
    chosen,
    exit_code,
    fail,
    has_error,
    out,
    out_json,
    print_diagnostics,
    words,
)
from rubric_cli.loading import indicator_of, one_submission, rubric_of
from rubric_dsl import Rubric
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.numbers import NumberError, parse_number
from rubric_dsl.report.improve_text import (
    improve_json,
    improve_lines,
    margin_lines,
    plan_lines,
    waiting_lines,
)


def improve(
    rubric: Annotated[str, typer.Argument(help=words("评分规则文件", "rubric file"))],
    data: Annotated[str, typer.Argument(help=words("数据文件", "data file"))],
    indicator: Annotated[str | None, typer.Argument(help=words("指标", "indicator"))] = None,
    goal: Annotated[
        str | None, typer.Option("--goal", help=words("想要的总分或等级", "a total or a grade to reach"))
    ] = None,
    margins: Annotated[
        bool,
        typer.Option("--margins", help=words("也列出差多少就会失分", "also how far each figure is from losing points")),
    ] = False,
    reading: ReadingOption = None,
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Find the smallest changes of data that regain points."""
    language = chosen(lang)
    loaded = rubric_of(rubric, language, form, reading)
    submission, found = one_submission(data, language)
    if submission is None:
        print_diagnostics(found, language, err=True)
        raise typer.Exit(FOUND)
    wanted = None if goal is None else _goal(loaded, goal, language)
    names = [indicator_of(loaded, indicator, language)] if indicator else []
    improver, result = loaded.improver(), loaded.score(submission)
    proposals = improver.proposals(submission, result, names)
    near = improver.margins(submission, result, names) if margins or form == Format.json else ()
    plan = None if wanted is None else improver.plan(submission, result, wanted)
    waiting = improver.waiting(result)
    if form == Format.json:
        out_json(improve_json(result, proposals, near, waiting, plan))
    elif not quiet:
        lines = improve_lines(improver, result, proposals, language, names)
        if plan is not None and wanted is not None:
            lines += ["", *plan_lines(plan, wanted, language)]
        if near:
            lines += [
                "",
                Text("差多少得分会变差：", "how far from a worse score:").to(language),
                *margin_lines(near, language),
            ]
        lines += waiting_lines(result, waiting, language)
        out("\n".join(lines))
        print_diagnostics(found, language, err=True)
    raise typer.Exit(exit_code(found=has_error(found) or (plan is not None and not plan.reached), complete=True))


def _goal(rubric: Rubric, text: str, lang: Lang) -> Fraction | str:
    grades = [grade.name for grade in rubric.model.grades]
    if text in grades:
        return text
    try:
        return parse_number(text)
    except NumberError:
        listed = Text("、".join(grades), ", ".join(grades))
        fail(
            Text(f"“{text}”不是分数，也不是等级", f"'{text}' is neither a score nor a grade"),
            lang,
            Text(f"可以写分数，或：{listed.zh}", f"write a score, or: {listed.en}") if grades else None,
        )

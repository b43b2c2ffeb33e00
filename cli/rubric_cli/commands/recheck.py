"""``rubric recheck``: a stored result against the rubric and the data that it was made from."""

from __future__ import annotations

from typing import Annotated

import typer

from rubric_cli.common import FOUND, NOTHING_FOUND, LangOption, QuietOption, chosen, fail, out, source_of, words
from rubric_cli.loading import rubric_of, submissions_of
from rubric_dsl.diagnostics import Text
from rubric_dsl.evaluate.as_json import json_text, results_json
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.recheck import differences, stated_in
from rubric_dsl.version import VERSION


def recheck(
    result: Annotated[
        str,
        typer.Argument(
            help=words("结果文件（score --format json 写出的）", "result file, as score --format json writes it")
        ),
    ],
    rubric: Annotated[str, typer.Argument(help=words("评分规则文件", "rubric file"))],
    data: Annotated[
        list[str],
        typer.Argument(help=words("数据文件，次序与评分时相同", "data files, in the order in which they were scored")),
    ],
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Confirm or refute a stored result."""
    language = chosen(lang)
    stored = source_of(result, language).text
    stated = stated_in(stored)
    if stated is None:
        fail(
            Text(f"{result}：不是评分结果", f"{result}: this is no result of scoring"),
            language,
            Text("用 rubric score --format json 写出的文件", "a file that rubric score --format json wrote is wanted"),
        )
    loaded = rubric_of(rubric, language, reading=stated.reading or None)
    submissions, found = submissions_of(data, language)
    recomputed = json_text(results_json(loaded.score_all(submissions), found, stated.lang, trace=stated.trace))
    told = differences(stored, recomputed)
    if not quiet:
        if stated.version != VERSION:
            out(
                safe(
                    Text(
                        f"结果由 {stated.version} 版写出，这里是 {VERSION} 版",
                        f"the result is by version {stated.version}, this is version {VERSION}",
                    ).to(language)
                )
            )
        for line in told:
            out(safe(line.to(language)))
        verdict = Text("不符", "refuted") if told else Text("相符：逐字相同", "confirmed, byte for byte")
        out(verdict.to(language))
    raise typer.Exit(FOUND if told else NOTHING_FOUND)

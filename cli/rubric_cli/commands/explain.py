"""``rubric explain``: how each score came about; or the page of a diagnostic code."""

from __future__ import annotations

from pathlib import Path
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
from rubric_cli.loading import indicator_of, rubric_of, submissions_of
from rubric_dsl import Result, Rubric
from rubric_dsl.codes import codes, page
from rubric_dsl.diagnostics import Diagnostic, Lang, Text
from rubric_dsl.nearest import nearest
from rubric_dsl.report.as_json import explanation_json
from rubric_dsl.report.diagnostics_text import safe


def explain(
    rubric: Annotated[
        str, typer.Argument(help=words("评分规则文件，或一个诊断代码", "rubric file, or a diagnostic code"))
    ],
    data: Annotated[str | None, typer.Argument(help=words("数据文件", "data file"))] = None,
    indicator: Annotated[str | None, typer.Argument(help=words("指标", "indicator"))] = None,
    reading: ReadingOption = None,
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Explain how scores came about, or what a diagnostic code means."""
    language = chosen(lang)
    if data is None:
        _explain_code(rubric, language, form)
        return
    loaded = rubric_of(rubric, language, form, reading)
    submissions, found = submissions_of([data], language)
    if not quiet:
        print_diagnostics(found, language, err=True)
    if not submissions:
        raise typer.Exit(FOUND)
    names = [indicator_of(loaded, indicator, language)] if indicator else list(loaded.indicators)
    results = list(loaded.score_all(submissions))
    if form == Format.json:
        shown = [[explanation_json(result.indicators[name], language) for name in names] for result in results]
        out_json(shown[0] if len(shown) == 1 else shown)
    elif not quiet:
        for result in results:
            for name in names:
                out(_page(loaded, result, name, language))
    raise typer.Exit(FOUND if has_error([*found, *_faults(results)]) else NOTHING_FOUND)


def _faults(results: list[Result]) -> list[Diagnostic]:
    return [diagnostic for result in results for diagnostic in result.diagnostics]


def _explain_code(code: str, lang: Lang, form: Format) -> None:
    found = page(code, lang)
    if found is None:
        if code == "-" or Path(code).exists():
            fail(
                Text(
                    "还要给出数据文件：rubric explain 规则 数据",
                    "a data file is needed too: rubric explain RUBRIC DATA",
                ),
                lang,
            )
        near = ", ".join(nearest(code, codes(), cutoff=0.4))
        hint = Text(f"；是不是：{near}", f"; did you mean: {near}") if near else Text("", "")
        fail(Text(f"没有诊断代码 {code}{hint.zh}", f"there is no diagnostic code {code}{hint.en}"), lang)
    if form == Format.json:
        names = ("checks", "matters", "example", "instead")
        parts = dict(zip(names, found.parts, strict=True))
        out_json({"code": code, **parts, "page": found.markdown()})
        return
    out(found.text())


def _page(rubric: Rubric, result: Result, name: str, lang: Lang) -> str:
    indicator = rubric.indicators[name]
    lines = [result.explain(name).text(lang)]
    labels = {"wording": Text("原文", "wording"), "note": Text("说明", "note"), "decision": Text("决定", "decision")}
    for key, text in (("wording", indicator.wording), ("note", indicator.note)):
        if text:
            lines.append(f"  {labels[key].to(lang)}: {text}".replace("\n", "\n    "))
    for made in indicator.decisions:
        reason = Text(f"（{made.reason}）", f" ({made.reason})").to(lang)
        lines.append(f"  {labels['decision'].to(lang)}: {made.text}{reason}")
    return "\n".join(safe(line) for line in "\n".join(lines).split("\n")) + "\n"

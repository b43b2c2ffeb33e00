"""``rubric explain``: how each score came about; or the page of a diagnostic code."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rubric_cli.common import (
    FOUND,
    NOTHING_FOUND,
    Format,
    LangOption,
    QuietOption,
    ReadingOption,
    chosen,
    fail,
    has_error,
    out,
    print_diagnostics,
    words,
)
from rubric_cli.loading import data_files, files_of, part_of, rubric_of, submissions_of
from rubric_cli.writing import write
from rubric_dsl import Explanation, Result, Rubric
from rubric_dsl.codes import codes, page
from rubric_dsl.diagnostics import NO_TEXT, Diagnostic, Lang, Text
from rubric_dsl.evaluate.as_json import explanation_json, json_text
from rubric_dsl.evaluate.result import SectionResult
from rubric_dsl.nearest import nearest
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.explained import entry_json

HeadingPath = tuple[str, ...]
"""A heading's name, behind those of the headings above it."""


class PageFormat(StrEnum):
    """How an explanation is written."""

    text = "text"
    json = "json"
    markdown = "markdown"
    html = "html"


def explain(
    rubric: Annotated[
        str, typer.Argument(help=words("评分规则文件，或一个诊断代码", "rubric file, or a diagnostic code"))
    ],
    data: Annotated[str | None, typer.Argument(help=words("数据文件", "data file"))] = None,
    indicator: Annotated[str | None, typer.Argument(help=words("指标或上一级", "indicator or heading"))] = None,
    reading: ReadingOption = None,
    lang: LangOption = None,
    form: Annotated[
        PageFormat,
        typer.Option("--format", help=words("文本、JSON、Markdown 或网页", "text, JSON, Markdown or a web page")),
    ] = PageFormat.text,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", help=words("写到这个文件，- 表示标准输出", "write to this file, - for standard output")
        ),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Explain how scores came about, or what a diagnostic code means."""
    language = chosen(lang)
    if data is None:
        _explain_code(rubric, language, form, output)
        return
    plain = Format.json if form == PageFormat.json else Format.text
    loaded = rubric_of(rubric, language, plain, reading)
    submissions, found = submissions_of([data], language)
    if not quiet:
        print_diagnostics(found, language, err=True)
    if not submissions:
        raise typer.Exit(FOUND)
    names, headings = _asked(loaded, indicator, language)
    results = list(loaded.score_all(submissions))
    text = _text(loaded, results, names, headings, form, language)
    if output is not None and output != "-":
        write(output, text, language, inputs=[*files_of(rubric, loaded), *data_files([data], language)])
    elif form == PageFormat.json or not quiet:
        out(text.removesuffix("\n"))
    raise typer.Exit(FOUND if has_error([*found, *_faults(results)]) else NOTHING_FOUND)


def _asked(rubric: Rubric, name: str | None, lang: Lang) -> tuple[list[str], list[HeadingPath]]:
    """Return the indicators that are asked for, and the headings with their paths: one with all that lies below it, or all."""
    paths = [(*section.path, section.name) for section in rubric.model.sections]
    if name is None:
        return list(rubric.indicators), paths
    found = part_of(rubric, name, lang)
    if found in rubric.indicators:
        return [found], []
    top = next(path for path in paths if path[-1] == found)
    below = [own for own, item in rubric.indicators.items() if item.path[: len(top)] == top]
    return below, [path for path in paths if path[: len(top)] == top]


def _text(
    rubric: Rubric, results: list[Result], names: list[str], headings: list[HeadingPath], form: PageFormat, lang: Lang
) -> str:
    """Write the explanations in the form that is asked for."""
    if form == PageFormat.text:
        return "\n".join(text for result in results for text in _pages(rubric, result, names, headings, lang))
    from rubric_dsl.report.page.notice import notice
    from rubric_dsl.review.curve import Curves

    curves = Curves(rubric.model)
    notices = [notice(rubric.model, result, lang, names, curves) for result in results]
    if form == PageFormat.json:
        shown = [
            [
                *(entry_json(entry, lang) for entry in item.entries),
                *(explanation_json(section, lang) for section in _sections(item.result, headings)),
            ]
            for item in notices
        ]
        return json_text(shown[0] if len(shown) == 1 else shown)
    if form == PageFormat.markdown:
        from rubric_dsl.report.page.markdown import markdown

        return markdown(notices, lang)
    from rubric_dsl.report.page.html import html

    return html(notices, lang)


def _faults(results: list[Result]) -> list[Diagnostic]:
    return [diagnostic for result in results for diagnostic in result.diagnostics]


def _explain_code(code: str, lang: Lang, form: PageFormat, output: str | None) -> None:
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
    if form == PageFormat.json:
        names = ("checks", "matters", "example", "instead")
        parts = dict(zip(names, found.parts, strict=True))
        text = json_text({"code": code, **parts, "page": found.markdown()})
    else:
        text = found.text() + "\n"
    if output is not None and output != "-":
        write(output, text, lang)
    else:
        out(text.removesuffix("\n"))


def _sections(result: Result, headings: list[HeadingPath]) -> list[SectionResult]:
    return [section for section in result.sections if (*section.path, section.name) in headings]


def _pages(rubric: Rubric, result: Result, names: list[str], headings: list[HeadingPath], lang: Lang) -> Iterator[str]:
    """Yield the explanations of indicators, of headings where parts are not only added, and so of the total.

    A heading that is asked for is explained in any case.
    """
    whole = len(names) == len(rubric.indicators)
    for name in names:
        yield _page(rubric, result, name, lang)
    for place, section in enumerate(_sections(result, headings)):
        if section.reason != NO_TEXT or (place == 0 and not whole):
            yield _safe_lines(Explanation(section).text(lang))
    if whole and result.reason != NO_TEXT:
        yield _safe_lines(result.explain().text(lang))


def _safe_lines(text: str) -> str:
    """Return a text for a terminal, with a line end."""
    return "\n".join(safe(line) for line in text.split("\n")) + "\n"


def _page(rubric: Rubric, result: Result, name: str, lang: Lang) -> str:
    indicator = rubric.indicators[name]
    lines = [result.explain(name).text(lang)]
    labels = {
        "wording": Text("原文", "wording"),
        "note": Text("说明", "note"),
        "decision": Text("口径说明", "decision"),
    }
    for key, text in (("wording", indicator.wording), ("note", indicator.note)):
        if text:
            lines.append(f"  {labels[key].to(lang)}: {text}".replace("\n", "\n    "))
    for made in indicator.decisions:
        reason = Text(f"（{made.reason}）", f" ({made.reason})").to(lang)
        lines.append(f"  {labels['decision'].to(lang)}: {made.text}{reason}")
    return _safe_lines("\n".join(lines))

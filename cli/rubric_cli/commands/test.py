"""``rubric test``: run the examples beside the rules."""

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
    chosen,
    out,
    out_json,
    words,
)
from rubric_cli.loading import rubric_of
from rubric_dsl import ExampleResult
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.numbers import text_of
from rubric_dsl.report.table import score_text


def test(
    files: Annotated[list[str], typer.Argument(help=words("评分规则文件", "rubric files"))],
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Run the examples of rubrics."""
    language = chosen(lang)
    results = [result for name in files for result in rubric_of(name, language, form).run_examples()]
    failed = [result for result in results if not result.passed]
    if form == Format.json:
        out_json([_json(result) for result in results])
    elif not quiet:
        for result in failed:
            out(_line(result, language))
        done = len(results) - len(failed)
        out(
            Text(
                f"{len(results)} 个例子，{done} 个相符，{len(failed)} 个不符",
                f"{len(results)} examples, {done} passed, {len(failed)} failed",
            ).to(language)
        )
    raise typer.Exit(FOUND if failed else NOTHING_FOUND)


def _line(result: ExampleResult, lang: Lang) -> str:
    where = f"{result.place.source.name}:{result.place.line}"
    expected, actual = score_text(result.expected), score_text(result.actual)
    return Text(
        f"{where} {result.indicator}：{result.inputs} 应得 {expected}，实得 {actual}",
        f"{where} {result.indicator}: {result.inputs} expected {expected}, got {actual}",
    ).to(lang)


def _json(result: ExampleResult) -> dict[str, object]:
    return {
        "indicator": result.indicator,
        "file": result.place.source.name,
        "line": result.place.line,
        "inputs": result.inputs,
        "passed": result.passed,
        "expected": {"min": text_of(result.expected.min), "max": text_of(result.expected.max)},
        "actual": {"min": text_of(result.actual.min), "max": text_of(result.actual.max)},
    }

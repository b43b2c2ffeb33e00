"""``rubric test``: run the examples beside the rules."""

from __future__ import annotations

from typing import Annotated

import typer

from rubric_cli.common import (
    Format,
    FormatOption,
    LangOption,
    QuietOption,
    chosen,
    exit_code,
    folder_of,
    out,
    out_json,
    print_diagnostics,
    sources_of,
    words,
)
from rubric_dsl import ExampleResult, Source, check_source
from rubric_dsl.diagnostics import Diagnostic, Lang, Text
from rubric_dsl.numbers import text_of
from rubric_dsl.report.as_json import diagnostic_json
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.table import score_text


def test(
    files: Annotated[list[str], typer.Argument(help=words("评分规则文件", "rubric files"))],
    lang: LangOption = None,
    form: FormatOption = Format.text,
    quiet: QuietOption = False,
) -> None:
    """Run the examples of rubrics."""
    language = chosen(lang)
    sources, complete = sources_of(files, language)
    results, faults = _run(sources)
    failed = [result for result in results if not result.passed]
    if form == Format.json:
        out_json([*(_json(result) for result in results), *(diagnostic_json(item, language) for item in faults)])
    elif not quiet:
        print_diagnostics(faults, language, err=True)
        for result in failed:
            out(_line(result, language))
        done = len(results) - len(failed)
        out(
            Text(
                f"{len(results)} 个例子，{done} 个相符，{len(failed)} 个不符",
                f"{len(results)} examples, {done} passed, {len(failed)} failed",
            ).to(language)
        )
    raise typer.Exit(exit_code(found=bool(failed or faults), complete=complete))


def _run(sources: list[Source]) -> tuple[list[ExampleResult], list[Diagnostic]]:
    """Run every example of the sound rubrics, and list the faults of the others."""
    results: list[ExampleResult] = []
    faults: list[Diagnostic] = []
    for source in sources:
        rubric, found = check_source(source, folder_of(source.name))
        if rubric is None:
            faults.extend(found)
        else:
            results.extend(rubric.run_examples())
    return results, faults


def _line(result: ExampleResult, lang: Lang) -> str:
    where = f"{result.place.source.name}:{result.place.line}"
    expected = f"{score_text(result.expected, lang)} {result.expected_grade}".strip()
    actual = f"{score_text(result.actual, lang)} {result.actual_grade if result.expected_grade else ''}".strip()
    line = Text(
        f"{where} {result.indicator}：{result.inputs} 应得 {expected}，实得 {actual}",
        f"{where} {result.indicator}: {result.inputs} expected {expected}, got {actual}",
    )
    return safe(line.to(lang))


def _json(result: ExampleResult) -> dict[str, object]:
    return {
        "indicator": result.indicator,
        "file": result.place.source.name,
        "line": result.place.line,
        "inputs": result.inputs,
        "passed": result.passed,
        "expected": {"min": text_of(result.expected.min), "max": text_of(result.expected.max)},
        "expected_grade": result.expected_grade or None,
        "actual_grade": result.actual_grade or None,
        "actual": {"min": text_of(result.actual.min), "max": text_of(result.actual.max)},
    }

"""``rubric test``: run the examples beside the rules, and say what they reach, what is missing, what they notice."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rubric_cli.common import (
    LangOption,
    QuietOption,
    chosen,
    exit_code,
    fail,
    folder_of,
    out,
    out_json,
    print_diagnostics,
    sources_of,
    words,
)
from rubric_cli.writing import write_over
from rubric_dsl import ExampleResult, Rubric, Source, check_source
from rubric_dsl.adequacy.coverage import Coverage
from rubric_dsl.adequacy.placing import REVIEW, placed
from rubric_dsl.adequacy.suggest import Suggestion, suggestions
from rubric_dsl.diagnostics import Diagnostic, Lang, Text
from rubric_dsl.evaluate.as_json import diagnostic_json
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.report.coverage_json import coverage_json, suggestion_json
from rubric_dsl.report.coverage_text import coverage_text
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.example_text import failed_text

if TYPE_CHECKING:
    from rubric_dsl.adequacy.mutation import IndicatorMutation


class Report(StrEnum):
    """For people, for programs, for build servers."""

    text = "text"
    json = "json"
    junit = "junit"


CoverageOption = Annotated[
    bool,
    typer.Option("--coverage/--no-coverage", help=words("报告例子覆盖了什么", "report what the examples reach")),
]
RequireOption = Annotated[
    bool,
    typer.Option("--require-coverage", help=words("覆盖不全也算问题", "count missing coverage as something found")),
]
SuggestOption = Annotated[
    bool, typer.Option("--suggest", help=words("写出缺少的例子", "write the examples that are missing"))
]
WriteOption = Annotated[
    bool,
    typer.Option(
        "--write", help=words("把缺少的例子写进文件，供人核对", "write them into the file, for a person to review")
    ),
]
MutateOption = Annotated[
    bool,
    typer.Option(
        "--mutate",
        help=words("逐处改动规则，看例子能否发现", "change the rules one spot at a time: do the examples notice?"),
    ),
]


@dataclass(frozen=True, slots=True)
class Tested:
    """One file: its rubric with the examples' results, or the faults that leave none."""

    source: Source
    rubric: Rubric | None
    results: tuple[ExampleResult, ...]
    faults: tuple[Diagnostic, ...]
    coverage: Coverage | None
    missing: tuple[Suggestion, ...]
    mutated: tuple[IndicatorMutation, ...] | None = None

    @property
    def lacking(self) -> bool:
        """Whether the examples are not enough: coverage is missing, or a change is not noticed."""
        missing = self.coverage is not None and not self.coverage.full
        return missing or any(item.of("survived") for item in self.mutated or ())


def test(
    files: Annotated[
        list[str], typer.Argument(help=words("评分规则文件，或放规则的文件夹", "rubric files, or folders of them"))
    ],
    coverage: CoverageOption = True,
    require_coverage: RequireOption = False,
    suggest: SuggestOption = False,
    write: WriteOption = False,
    mutate: MutateOption = False,
    lang: LangOption = None,
    form: Annotated[Report, typer.Option("--format", help=words("输出格式", "output format"))] = Report.text,
    quiet: QuietOption = False,
) -> None:
    """Run the examples of rubrics."""
    language = chosen(lang)
    if write and "-" in files:
        fail(Text("标准输入不能改写：用 --suggest", "standard input cannot be written: use --suggest"), language)
    sources, complete = sources_of(files, language)
    suggest = suggest or write
    wanted = require_coverage or suggest or (coverage and not quiet)
    tested = [_tested(source, coverage=wanted, suggest=suggest, mutate=mutate) for source in sources]
    if write:
        written = [_written(item, language, quiet=quiet or form != Report.text) for item in tested]
        complete &= all(written)
    if form == Report.json:
        out_json(_json(tested, language))
    elif form == Report.junit:
        typer.echo(_junit(tested, language), nl=False)
    elif not quiet:
        _for_people(tested, language, coverage=not write, suggest=suggest and not write)
    found = any(item.faults or not all(result.passed for result in item.results) for item in tested)
    lacking = require_coverage and any(item.lacking for item in tested)
    raise typer.Exit(exit_code(found=found or (lacking and not write), complete=complete))


def _tested(source: Source, *, coverage: bool, suggest: bool, mutate: bool) -> Tested:
    rubric, found = check_source(source, folder_of(source.name))
    if rubric is None:
        return Tested(source, None, (), found, None, ())
    reached = rubric.coverage() if coverage else None
    missing = suggestions(rubric.model, reached) if suggest and reached is not None else ()
    mutated = _mutated(rubric) if mutate else None
    return Tested(source, rubric, rubric.run_examples(), (), reached, missing, mutated)


def _mutated(rubric: Rubric) -> tuple[IndicatorMutation, ...]:
    from rubric_dsl.adequacy.mutation import mutation

    return mutation(rubric.model)


def _written(item: Tested, lang: Lang, *, quiet: bool) -> bool:
    """Write the missing examples into the file; returns whether it could be written."""
    if item.rubric is None or not item.missing:
        return True
    own: Lang = "zh" if item.rubric.language == "zh" else "en"
    result = placed(item.source, item.missing, own)
    if not write_over(item.source, result.text, lang):
        return False
    count = len(item.missing) - len(result.elsewhere)
    if not quiet:
        name = item.source.name
        out(safe(Text(f"{name}：写进 {count} 个例子，请核对", f"{name}: {count} examples written, to review").to(lang)))
        for other in dict.fromkeys(suggestion.indicator.name for suggestion in result.elsewhere):
            words_of = Text(f"“{other}”写在别的文件里，没有改动", f"'{other}' stands in another file, unchanged")
            out("  " + safe(words_of.to(lang)))
    return True


def _for_people(tested: list[Tested], lang: Lang, *, coverage: bool, suggest: bool) -> None:
    for item in tested:
        print_diagnostics(item.faults, lang, err=True)
    results = [result for item in tested for result in item.results]
    failed = [result for result in results if not result.passed]
    for result in failed:
        out(failed_text(result, lang))
    out(
        Text(
            f"{len(results)} 个例子，{len(results) - len(failed)} 个相符，{len(failed)} 个不符",
            f"{len(results)} examples, {len(results) - len(failed)} passed, {len(failed)} failed",
        ).to(lang)
    )
    for item in tested:
        if coverage and item.coverage is not None:
            if len(tested) > 1:
                out("\n" + safe(item.source.name))
            out("\n".join(safe(line) for line in coverage_text(item.coverage, lang).split("\n")))
        if suggest and item.missing:
            out("\n" + _suggested(item, lang))
        if item.mutated is not None:
            out("\n" + "\n".join(safe(line) for line in _mutation_text(item.mutated, lang).split("\n")))


def _mutation_text(found: tuple[IndicatorMutation, ...], lang: Lang) -> str:
    from rubric_dsl.report.mutation_text import mutation_text

    return mutation_text(found, lang)


def _suggested(item: Tested, lang: Lang) -> str:
    """Write the missing examples under their indicators' names, ready to be pasted."""
    lines = [f"# {REVIEW.to(lang)}"]
    before = ""
    for suggestion in item.missing:
        if suggestion.indicator.name != before:
            before = suggestion.indicator.name
            lines.append(f"# {before}")
        lines.append(f"  {suggestion.line}")
    return "\n".join(safe(line) for line in lines)


def _junit(tested: list[Tested], lang: Lang) -> str:
    from rubric_dsl.report.junit import Suite, junit_xml

    suites = [
        Suite(item.source, item.results, tuple(fault for fault in item.faults if fault.is_error)) for item in tested
    ]
    return junit_xml(suites, lang, Path.cwd())


def _json(tested: list[Tested], lang: Lang) -> dict[str, object]:
    return {
        "examples": [_result(result) for item in tested for result in item.results],
        "diagnostics": [diagnostic_json(fault, lang) for item in tested for fault in item.faults],
        "files": [
            {
                "file": item.source.name,
                "coverage": None if item.coverage is None else coverage_json(item.coverage, lang),
                "mutants": None if item.mutated is None else _mutation_json(item.mutated, lang),
                "suggestions": [suggestion_json(suggestion, lang) for suggestion in item.missing],
            }
            for item in tested
            if item.rubric is not None
        ],
    }


def _mutation_json(found: tuple[IndicatorMutation, ...], lang: Lang) -> list[dict[str, object]]:
    from rubric_dsl.report.mutation_text import mutation_json

    return mutation_json(found, lang)


def _result(result: ExampleResult) -> dict[str, object]:
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

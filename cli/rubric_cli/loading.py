"""Rubrics and submissions for the commands."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import typer

from rubric_cli.common import FOUND, Format, fail, folder_of, out_json, print_diagnostics, source_of
from rubric_dsl import Rubric, RubricError, Submission
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.diagnostics import Diagnostic, Lang, Text
from rubric_dsl.nearest import did_you_mean
from rubric_dsl.syntax.characters import fold

DATA_FILES = frozenset({".yaml", ".yml", ".json", ".csv"})
"""What is read of a folder."""


def rubric_of(name: str, lang: Lang, form: Format = Format.text, reading: str | None = None) -> Rubric:
    """Load a rubric, under a named reading if one is asked for; with errors, print them and stop with exit code 1."""
    from rubric_dsl.loading import check_source

    rubric, found = check_source(source_of(name, lang), folder_of(name), deep=False)
    if rubric is None:
        if form == Format.json:
            from rubric_dsl.evaluate.as_json import diagnostic_json

            out_json([diagnostic_json(item, lang) for item in found])
        else:
            print_diagnostics(found, lang, err=True)
        raise typer.Exit(FOUND)
    if not reading:
        return rubric
    try:
        return rubric.with_reading(reading)
    except RubricError as error:
        fail(error.diagnostics[0].message, lang, error.diagnostics[0].hint)


def files_of(name: str, rubric: Rubric) -> list[Path]:
    """Return the files that a rubric was read from: its own, and the editions that it inherits from."""
    folder = folder_of(name)
    return [] if folder is None else [Path(name), *(folder / source.name for source in rubric.sources[1:])]


def submissions_of(names: list[str], lang: Lang) -> tuple[list[Submission], list[Diagnostic]]:
    """Read all submissions of all files and folders, and everything that was wrong with them."""
    submissions: list[Submission] = []
    found: list[Diagnostic] = []
    for name in data_files(names, lang):
        read, faults = read_submissions(source_of(name, lang))
        submissions.extend(read)
        found.extend(faults)
    return submissions, found


def one_submission(name: str, lang: Lang) -> tuple[Submission | None, list[Diagnostic]]:
    """Read a file of one submission; stop with exit code 2 where it holds several."""
    submissions, found = submissions_of([name], lang)
    if len(submissions) > 1:
        fail(
            Text(
                f"{name}：要一份数据，这里有 {len(submissions)} 份",
                f"{name}: expected one submission, found {len(submissions)}",
            ),
            lang,
        )
    return (submissions[0] if submissions else None), found


def indicator_of(rubric: Rubric, name: str, lang: Lang) -> str:
    """Return an indicator's name as the rubric spells it; stop with exit code 2 where there is none."""
    return _known(name, rubric.indicators, Text("指标", "indicator"), lang)


def part_of(rubric: Rubric, name: str, lang: Lang) -> str:
    """Return an indicator's or a heading's name, in the same way."""
    names = [*rubric.indicators, *(section.name for section in rubric.model.sections)]
    return _known(name, names, Text("指标", "indicator or heading"), lang)


def _known(name: str, names: Collection[str], kind: Text, lang: Lang) -> str:
    found = next((known for known in names if fold(known) == fold(name)), None)
    if found is not None:
        return found
    hint = did_you_mean(name, names, cutoff=0.3)
    return fail(Text(f"没有名为“{name}”的{kind.zh}{hint.zh}", f"no {kind.en} is called '{name}'{hint.en}"), lang)


def data_files(names: list[str], lang: Lang) -> list[str]:
    """Return the files, and those of each folder in the order of their names; stop with exit code 2 at an empty one."""
    found: list[str] = []
    for name in names:
        if name == "-" or not Path(name).is_dir():
            found.append(name)
            continue
        inside = sorted(str(path) for path in Path(name).iterdir() if path.suffix.lower() in DATA_FILES)
        if not inside:
            fail(Text(f"{name}：文件夹里没有数据文件", f"{name}: the folder has no data files"), lang)
        found += inside
    return found

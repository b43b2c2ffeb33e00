"""``rubric check``: parse, check, report every diagnostic; with --fix, mend what can be mended first."""

from __future__ import annotations

import fnmatch
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from rubric_cli.common import (
    LangOption,
    QuietOption,
    chosen,
    exit_code,
    fail,
    folder_of,
    has_error,
    out,
    out_json,
    print_diagnostics,
    sources_of,
    words,
)
from rubric_cli.writing import write_over
from rubric_dsl import Source, check_source
from rubric_dsl.codes import codes
from rubric_dsl.diagnostics import Diagnostic, Lang, Text
from rubric_dsl.evaluate.as_json import diagnostic_json
from rubric_dsl.mending import Mended, mend
from rubric_dsl.nearest import did_you_mean
from rubric_dsl.report.checked import Checked
from rubric_dsl.report.diagnostics_text import summary_text
from rubric_dsl.report.mended_text import changes_text, diff_text, offer_text, scores_text
from rubric_dsl.version import VERSION


class Channel(StrEnum):
    """Where the report goes: to people, to programs, to code hosts."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"
    gitlab = "gitlab"


FixOption = Annotated[
    bool,
    typer.Option("--fix", help=words("先改正不影响得分的问题，就地改写", "first mend what changes no score, in place")),
]
UnsafeOption = Annotated[
    bool,
    typer.Option(
        "--unsafe-fixes",
        help=words(
            "连同可能改变得分的改法（与 --fix 或 --diff 合用）", "also what can change scores (with --fix or --diff)"
        ),
    ),
]
DiffOption = Annotated[
    bool,
    typer.Option(
        "--diff", help=words("只显示 --fix 会怎样改，不改写", "show what --fix would change, and change nothing")
    ),
]


StrictOption = Annotated[
    bool,
    typer.Option(
        "--strict",
        help=words("没有接受的提醒和说明都算错误", "every warning and note that is not accepted is an error"),
    ),
]

SelectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        help=words(
            "只报这些代码的提醒和说明（可重复；前几个字母加 * 也行）；错误总是报告",
            "report warnings and notes of these codes only (repeatable; wording-* works); errors are always reported",
        ),
    ),
]
IgnoreOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        help=words(
            "不报这些代码的提醒和说明（可重复）；错误总是报告",
            "leave out warnings and notes of these codes (repeatable); errors are always reported",
        ),
    ),
]


def check(
    files: Annotated[
        list[str],
        typer.Argument(
            help=words(
                "评分规则文件，或放规则的文件夹；- 表示标准输入",
                "rubric files, or folders of them; - for standard input",
            )
        ),
    ],
    fix: FixOption = False,
    unsafe_fixes: UnsafeOption = False,
    diff: DiffOption = False,
    strict: StrictOption = False,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    lang: LangOption = None,
    form: Annotated[Channel, typer.Option("--format", help=words("输出格式", "output format"))] = Channel.text,
    quiet: QuietOption = False,
) -> None:
    """Check rubrics and report every fault."""
    language = chosen(lang)
    _refuse_what_conflicts(files, form, language, fix=fix, unsafe=unsafe_fixes, diff=diff)
    wanted = _wanted(select, ignore, language, strict=strict)
    sources, complete = sources_of(files, language)
    if diff:
        raise typer.Exit(_show_changes(sources, language, wanted, complete=complete, unsafe=unsafe_fixes, quiet=quiet))
    if fix:
        checked, written = _mended(sources, language, unsafe=unsafe_fixes, quiet=quiet)
        complete &= written
    else:
        checked = [Checked(source, check_source(source, folder_of(source.name))[1]) for source in sources]
    checked = [Checked(file.source, wanted.of(file.found)) for file in checked]
    if form != Channel.text:
        _for_programs(checked, form, language, complete=complete)
    elif not quiet:
        _for_people(checked, language, complete=complete, err=fix and "-" in files)
    raise typer.Exit(exit_code(found=has_error(item for file in checked for item in file.found), complete=complete))


class Wanted(NamedTuple):
    """Which findings are reported, and whether those that the rubric does not accept are all errors."""

    codes: frozenset[str]
    strict: bool

    def of(self, found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        """Return what is reported of the findings. An error always is: with it the rubric cannot be used."""
        kept = tuple(item for item in found if item.is_error or item.code in self.codes)
        if not self.strict:
            return kept
        return tuple(item if item.accepted is not None else replace(item, severity="error") for item in kept)


def _wanted(select: list[str] | None, ignore: list[str] | None, lang: Lang, *, strict: bool) -> Wanted:
    """Return the codes that are asked for; stop with exit code 2 at one that does not exist."""
    known = codes()
    taken = frozenset(known) if not select else _codes(select, known, lang)
    return Wanted(taken - _codes(ignore or [], known, lang), strict)


def _codes(patterns: list[str], known: tuple[str, ...], lang: Lang) -> frozenset[str]:
    found: set[str] = set()
    for pattern in [part.strip() for listed in patterns for part in listed.split(",")]:
        matched = fnmatch.filter(known, pattern)
        if not matched:
            hint = did_you_mean(pattern, known, cutoff=0.3)
            fail(Text(f"没有代码“{pattern}”{hint.zh}", f"there is no code '{pattern}'{hint.en}"), lang)
        found.update(matched)
    return frozenset(found)


def _refuse_what_conflicts(files: list[str], form: Channel, lang: Lang, *, fix: bool, unsafe: bool, diff: bool) -> None:
    """Stop with exit code 2 where options cannot go together."""
    if unsafe and not (fix or diff):
        fail(Text("--unsafe-fixes 要与 --fix 或 --diff 合用", "--unsafe-fixes goes with --fix or --diff"), lang)
    if fix and diff:
        fail(Text("--diff 不改写文件，不能与 --fix 合用", "--diff changes no file and does not go with --fix"), lang)
    if diff and form != Channel.text:
        fail(Text("--diff 只有文字格式", "--diff has the text format only"), lang)
    if fix and "-" in files and form != Channel.text:
        message = Text(
            "标准输入改正后的文字占用标准输出，不能再用其他格式",
            "with - the mended text takes standard output, which leaves no room for another format",
        )
        fail(message, lang)


def _mended(sources: list[Source], lang: Lang, *, unsafe: bool, quiet: bool) -> tuple[list[Checked], bool]:
    """Mend and write each file, standard input's to standard output; the flag: all could be written.

    What was changed goes to standard error, so that standard output carries the report alone.
    """
    checked, written = [], True
    for source in sources:
        mended = mend(source, folder_of(source.name), unsafe=unsafe)
        if not _kept(source, mended, lang):
            written = False
            checked.append(Checked(source, check_source(source, folder_of(source.name))[1]))
            continue
        if mended.changes and not quiet:
            typer.echo(changes_text(mended.changes, lang), err=True)
            if mended.scores_may_differ:
                typer.echo(scores_text(source.name, lang), err=True)
        checked.append(Checked(mended.source, mended.left))
    return checked, written


def _kept(source: Source, mended: Mended, lang: Lang) -> bool:
    if source.name == "-":
        typer.echo(mended.source.text, nl=False)
        return True
    return not mended.changes or write_over(source, mended.source.text, lang)


def _show_changes(
    sources: list[Source], lang: Lang, wanted: Wanted, *, complete: bool, unsafe: bool, quiet: bool
) -> int:
    """Print what --fix would change, what would be left to standard error; returns the exit code."""
    found = False
    for source in sources:
        mended = mend(source, folder_of(source.name), unsafe=unsafe)
        left = wanted.of(mended.left)
        found |= bool(mended.changes) or has_error(left)
        if not quiet:
            typer.echo(diff_text(source, mended.source), nl=False)
            print_diagnostics(left, lang, err=True)
    return exit_code(found=found, complete=complete)


def _for_people(checked: list[Checked], lang: Lang, *, complete: bool, err: bool) -> None:
    if not checked:
        return  # what was not read has no number of errors
    found: tuple[Diagnostic, ...] = tuple(item for file in checked for item in file.found)
    print_diagnostics(found, lang, err=err)
    partly = Text("" if complete else "（不是每个文件都查过）", "" if complete else " (not in every file)").to(lang)
    typer.echo(summary_text(found, lang) + partly, err=err)
    offer = offer_text(found, lang)
    if offer:
        typer.echo(offer, err=err)


def _for_programs(checked: list[Checked], form: Channel, lang: Lang, *, complete: bool) -> None:
    """Print the report of a channel, alone on standard output. Each is imported where it is asked for."""
    here = Path.cwd()
    if form == Channel.sarif:
        from rubric_dsl.report.sarif import sarif_json

        out_json(sarif_json(checked, lang, VERSION, here, complete=complete))
    elif form == Channel.gitlab:
        from rubric_dsl.report.gitlab import gitlab_json

        out_json(gitlab_json(checked, lang, here))
    elif form == Channel.github:
        from rubric_dsl.report.github import github_text

        lines = github_text(checked, lang, here)
        if lines:
            out(lines)
    else:
        out_json([diagnostic_json(item, lang) for file in checked for item in file.found])

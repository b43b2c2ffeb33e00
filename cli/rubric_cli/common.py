"""What the commands share: languages, reading, printing, and exit codes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from rubric_dsl.diagnostics import Diagnostic, Lang, Text
from rubric_dsl.report.diagnostics_text import WIDTH, diagnostic_text, safe
from rubric_dsl.source import MAX_BYTES, Source, UnreadableError, decode, read_source

if TYPE_CHECKING:
    from rubric_dsl.extras import Extra

NOTHING_FOUND, FOUND, FAILED = 0, 1, 2


class Language(StrEnum):
    """The two languages."""

    zh = "zh"
    en = "en"


class Format(StrEnum):
    """For people, or for programs."""

    text = "text"
    json = "json"


def environment_language() -> Lang:
    """Return the language that the environment asks for; English when it asks for neither."""
    stated = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if stated.lower().startswith("zh") else "en"


def words(zh: str, en: str) -> str:
    """Return help text in the environment's language."""
    return Text(zh, en).to(environment_language())


LangOption = Annotated[Language | None, typer.Option("--lang", help=words("输出语言", "language of the output"))]
FormatOption = Annotated[Format, typer.Option("--format", help=words("输出格式", "output format"))]
ReadingOption = Annotated[
    str | None,
    typer.Option(
        "--reading",
        help=words(
            "按哪一种口径（文件里“读法”写明的，或 整步、不足一步按一步、按比例）",
            "which reading to take: one that the file names, or whole, started, pro_rata",
        ),
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help=words("只给退出码", "exit code only"))]


def chosen(lang: Language | None) -> Lang:
    """Return the stated language, or the environment's."""
    return environment_language() if lang is None else lang.value


def out(text: str) -> None:
    """Print to standard output."""
    typer.echo(text)


def out_json(value: object) -> None:
    """Print JSON alone, with Chinese as it is."""
    from rubric_dsl.evaluate.as_json import json_text

    typer.echo(json_text(value), nl=False)


def fail(message: Text, lang: Lang, hint: Text | None = None) -> NoReturn:
    """Say why the command could not do its work, and what would be accepted; stop with exit code 2."""
    typer.echo(safe(message.to(lang)), err=True)
    if hint is not None:
        typer.echo(safe(hint.to(lang)), err=True)
    raise typer.Exit(FAILED)


def needed(extra: Extra, lang: Lang) -> None:
    """Make sure that an optional part is installed, or say how to install it and stop with exit code 2."""
    from rubric_dsl.extras import MissingExtraError, require

    try:
        require(extra)
    except MissingExtraError as error:
        fail(error.message, lang, error.hint)


_REASONS = {
    "too-large": Text("文件太大（上限 8 MiB）", "the file is too large (8 MiB at most)"),
    "binary": Text("不是文本文件", "this is no text file"),
    "encoding": Text("编码不是 UTF-8、UTF-16 或 GB18030", "the encoding is none of UTF-8, UTF-16, GB18030"),
    "folder": Text("这是文件夹", "this is a folder"),
    "special": Text(
        "这不是普通文件；管道的内容用 - 从标准输入读",
        "this is no ordinary file; read a pipe from standard input with -",
    ),
    "not-found": Text("没有这个文件", "there is no such file"),
    "not-readable": Text("不能读取", "it cannot be read"),
}


def source_of(name: str, lang: Lang) -> Source:
    """Read a file, or standard input for ``-``; stop with exit code 2 when it cannot be read."""
    try:
        return _read(name)
    except UnreadableError as error:
        fail(_unreadable(name, error), lang)


def folder_of(name: str) -> Path | None:
    """Return the folder of a file, where an edition that it inherits from may lie; none for standard input."""
    return None if name == "-" else Path(name).parent


def sources_of(names: Iterable[str], lang: Lang) -> tuple[list[Source], bool]:
    """Read several rubrics and say which cannot be read; they do not stop the others. The flag: all were read."""
    sources: list[Source] = []
    complete = True
    for name in rubric_files(names, lang):
        try:
            sources.append(_read(name))
        except UnreadableError as error:
            typer.echo(safe(_unreadable(name, error).to(lang)), err=True)
            complete = False
    return sources, complete


def rubric_files(names: Iterable[str], lang: Lang) -> list[str]:
    """Return the files, each once, and the rubrics below each folder; stop with exit code 2 where one has none."""
    found: dict[str, str] = {}
    for name in names:
        inside = [name] if name == "-" or not Path(name).is_dir() else _below(name)
        if not inside:
            fail(Text(f"{name}：文件夹里没有 .rubric 文件", f"{name}: the folder has no .rubric files"), lang)
        for file in inside:
            found.setdefault(_real(file), file)
    return list(found.values())


def _real(name: str) -> str:
    try:
        return name if name == "-" else os.path.realpath(name)
    except (OSError, ValueError):
        return name


def _below(folder: str) -> list[str]:
    found: list[str] = []
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [str(Path(here, name)) for name in sorted(files) if name.lower().endswith(".rubric")]
    return found


def _read(name: str) -> Source:
    if name == "-":
        try:
            return Source("-", decode(sys.stdin.buffer.read(MAX_BYTES + 1), "-"))
        except (AttributeError, OSError):  # closed, or a folder
            raise UnreadableError("-", "not-readable") from None
    return read_source(Path(name), name)


def _unreadable(name: str, error: UnreadableError) -> Text:
    reason = _REASONS.get(error.reason, _REASONS["not-readable"])
    return Text(f"{name}：{reason.zh}", f"{name}: {reason.en}")


OutputOption = Annotated[
    str,
    typer.Option(
        "--output", "-o", help=words("写到哪个新文件，- 表示标准输出", "new file to write, - for standard output")
    ),
]


def exit_code(*, found: bool, complete: bool) -> int:
    """Return 2 when part of the work could not be done, else 1 when something was found, else 0."""
    if not complete:
        return FAILED
    return FOUND if found else NOTHING_FOUND


def print_diagnostics(diagnostics: Iterable[Diagnostic], lang: Lang, *, err: bool = False) -> None:
    """Print diagnostics for people, a blank line between them."""
    for diagnostic in diagnostics:
        typer.echo(diagnostic_text(diagnostic, lang, _width(err=err)) + "\n", err=err)


def _width(*, err: bool) -> int:
    """Return the terminal's width; a pipe's is fixed, so that its output is always the same."""
    stream = sys.stderr if err else sys.stdout
    return shutil.get_terminal_size((WIDTH, 24)).columns if stream.isatty() else WIDTH


def has_error(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any diagnostic is an error."""
    return any(diagnostic.is_error for diagnostic in diagnostics)

"""The ``rubric`` command: the Typer app and its last line of defence."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from rubric_cli.common import FAILED, environment_language, words
from rubric_cli.stopping import stoppable
from rubric_dsl.diagnostics import Text
from rubric_dsl.version import VERSION

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

COMMANDS = {
    "check": words("检查评分规则，报告每一处问题", "check rubrics and report every fault"),
    "score": words("给数据评分", "score submissions"),
    "batch": words("给整张表评分", "score a whole table"),
    "explain": words("说明得分的由来，或诊断代码的意思", "explain scores, or a diagnostic code"),
    "audit": words("核对自评的得分", "hold claimed scores against recomputed ones"),
    "improve": words("对每处失分，找出补回的最小改动", "find the smallest changes that regain points"),
    "whatif": words("换几个数，看得分怎样变", "see what moves when figures change"),
    "readings": words("各种口径的得分并排", "scores under every reading, side by side"),
    "recheck": words("复核一份评分结果", "confirm or refute a stored result"),
    "test": words("运行规则旁边的例子", "run the examples beside the rules"),
    "verify": words(
        "证明规则的性质，不成立的给出例子", "prove what holds of a rubric, with examples where it does not"
    ),
    "fmt": words("整理格式，转换关键词语言", "format, and turn the keywords into the other language"),
    "new": words("写出一份可以改的评分规则", "write a rubric to start from"),
    "data": words("写出空白数据，或数据的约定", "write blank data for a rubric, or its schema"),
    "sql": words("写出数据库查询，得分同样准确", "write a database query with the same exact scores"),
    "serve": words("在本机提供评分服务（JSON）", "serve rubrics over HTTP, on this machine"),
    "dump": words("打印任一步的结果", "print any stage"),
}
"""Each command's help; the command is the function of its name in the file of its name."""


class Commands(TyperGroup):
    """The commands, each imported when it is asked for: one command needs little of what the others import."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return every command's name, in the order of the help; all are imported, for their own help."""
        for name in COMMANDS:
            self._add(name)
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | None:  # type: ignore[override]
        """Return a command, or None when there is none of that name."""
        if cmd_name in COMMANDS:
            self._add(cmd_name)
        else:
            self.list_commands(ctx)  # so that the message can say which one may be meant
        found = self.commands.get(cmd_name)
        return found if isinstance(found, TyperCommand) else None

    def _add(self, name: str) -> None:
        if name not in self.commands:
            alone = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
            alone.command(name=name, help=COMMANDS[name])(getattr(import_module(f"rubric_cli.commands.{name}"), name))
            self.commands[name] = get_command(alone)


cli = typer.Typer(
    cls=Commands,
    help=words("把评分办法写成程序：检查、评分、说明理由。", "Scoring rubrics as programs: check, score, explain."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _show_version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"rubric {VERSION}")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option(
        "--version",
        callback=lambda value: _show_version(asked=value),
        is_eager=True,
        help=words("显示版本", "show the version"),
    ),
]


@cli.callback()
def _before_every_command(version: VersionOption = False) -> None:
    """Take what stands before the name of a command."""


def app() -> None:
    """Run the command; whatever goes wrong ends in a message and an exit code, never in a traceback."""
    # A run is short and leaves few cycles behind: looking for them ever again takes longer than what it frees is worth.
    gc.set_threshold(100_000)
    sys.stdout, sys.stderr = _unbroken(sys.stdout), _unbroken(sys.stderr)
    try:
        with stoppable():
            try:
                cli()
            finally:
                _flush()
                gc.freeze()  # Python looks for cycles twice more before it ends, and all memory is about to go
    except OSError:
        _silence(sys.stdout)
        message = Text("输出不能写入（磁盘已满？）", "the output cannot be written (is the disk full?)")
        with contextlib.suppress(OSError):
            typer.echo(message.to(environment_language()), err=True)
        _silence(sys.stderr)
        sys.exit(FAILED)
    except Exception:
        if os.environ.get("RUBRIC_DEBUG"):
            raise
        message = Text(
            "程序出错，没有完成。设 RUBRIC_DEBUG=1 再运行一次，可以看到细节。",
            "the program failed and did not finish. Run again with RUBRIC_DEBUG=1 to see the details.",
        )
        typer.echo(message.to(environment_language()), err=True)
        sys.exit(FAILED)


class _Pipe(io.RawIOBase):
    """A stream whose reader may leave, as ``head`` does: the rest is written nowhere, and the exit code stays true."""

    def __init__(self, number: int) -> None:
        self._number = number

    def fileno(self) -> int:
        """Return the stream's number."""
        return self._number

    def isatty(self) -> bool:
        """Whether a person may be reading."""
        return os.isatty(self._number)

    def writable(self) -> bool:
        """Whether it can be written to."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Write some of the data; all of it goes nowhere when nobody reads any more."""
        try:
            return os.write(self._number, data)
        except BrokenPipeError:
            return memoryview(data).nbytes


def _unbroken(stream: TextIO) -> TextIO:
    """Return a standard stream as UTF-8 that outlives its reader; one that is no file is left as it is."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    try:
        raw: io.RawIOBase = _Pipe(stream.fileno())
    except (OSError, ValueError):
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding="utf-8", errors="replace", line_buffering=stream.line_buffering
    )


def _flush() -> None:
    """Write out what is held back now, so that a full disk is met while it can still be said."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def _silence(stream: TextIO) -> None:
    """Send what a stream still holds nowhere, so that leaving does not fail over it again."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


__all__ = ["app", "cli"]

"""The ``rubric`` command: the Typer app and its last line of defence."""

from __future__ import annotations

import io
import os
import sys

import typer

from rubric_cli.commands.check import check
from rubric_cli.commands.data import data
from rubric_cli.commands.dump import dump
from rubric_cli.commands.explain import explain
from rubric_cli.commands.fmt import fmt
from rubric_cli.commands.new import new
from rubric_cli.commands.score import score
from rubric_cli.commands.test import test
from rubric_cli.commands.verify import verify
from rubric_cli.common import FAILED, environment_language, words
from rubric_dsl.diagnostics import Text

cli = typer.Typer(
    help=words("把评分办法写成程序：检查、评分、说明理由。", "Scoring rubrics as programs: check, score, explain."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for _command, _name, _help in (
    (check, "check", words("检查评分规则，报告每一处问题", "check rubrics and report every fault")),
    (score, "score", words("给数据评分", "score submissions")),
    (explain, "explain", words("说明得分的由来，或诊断代码的意思", "explain scores, or a diagnostic code")),
    (test, "test", words("运行规则旁边的例子", "run the examples beside the rules")),
    (
        verify,
        "verify",
        words("证明规则的性质，不成立的给出例子", "prove what holds of a rubric, with examples where it does not"),
    ),
    (fmt, "fmt", words("整理格式，转换关键词语言", "format, and turn the keywords into the other language")),
    (new, "new", words("写出一份可以改的评分规则", "write a rubric to start from")),
    (data, "data", words("写出空白数据，或数据的约定", "write blank data for a rubric, or its schema")),
    (dump, "dump", words("打印任一步的结果", "print any stage")),
):
    cli.command(name=_name, help=_help)(_command)


def app() -> None:
    """Run the command; whatever goes wrong ends in a message and an exit code, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        cli()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
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


__all__ = ["app", "cli"]

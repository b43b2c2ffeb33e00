"""The commands as their users run them. Most run in this process: a start for each takes longer than what it tries."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from typer.testing import CliRunner, Result

from rubric_cli.app import cli

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = str(Path(sys.executable).with_name("rubric"))
Done = subprocess.CompletedProcess[str]


def run(*words: str, stdin: str | None = None, cwd: Path = ROOT, **env: str | None) -> Done:
    """Run a command in this process; what it does not catch itself fails the test. ``None`` takes a variable away."""
    done = _invoked(words, stdin, cwd, env)
    return Done(["rubric", *words], done.exit_code, done.stdout, done.stderr)


def printed(*words: str, cwd: Path, **env: str | None) -> tuple[int, str]:
    """Run a command in this process; return its exit code and both streams as a terminal would show them."""
    done = _invoked(words, None, cwd, env)
    return done.exit_code, done.output


def _invoked(words: tuple[str, ...], stdin: str | None, cwd: Path, env: Mapping[str, str | None]) -> Result:
    with contextlib.chdir(cwd):
        return CliRunner().invoke(cli, words, input=stdin, env=env, catch_exceptions=False)


def start(*words: str, stdin: str | None = None, cwd: Path = ROOT, **env: str) -> Done:
    """Run a command as a process of its own, for what only such a one shows: standard streams, its last line of defence."""
    done = subprocess.run(
        [PROGRAM, *words],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, **env},
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done

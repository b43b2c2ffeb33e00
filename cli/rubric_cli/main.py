"""The start of the command: says what to install where only the library is."""

from __future__ import annotations

import os
import sys

NEEDED = frozenset({"rich", "typer"})
_COMMAND = 'pip install "rubric-dsl[cli]"'


def main() -> None:
    """Run the command ``rubric``; without the packages of the extra ``cli``, say how to install them and end with 2."""
    try:
        from rubric_cli.app import app
    except ModuleNotFoundError as error:
        if error.name not in NEEDED:
            raise
        sys.stderr.write(_words(error.name) + "\n")
        raise SystemExit(2) from None
    app()


def _words(missing: str) -> str:
    stated = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if stated.lower().startswith("zh"):
        return f"没有装 {missing}，不能用命令行；安装：{_COMMAND}"
    return f"{missing} not installed: the command line cannot be used; install it: {_COMMAND}"

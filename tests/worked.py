"""Pages whose files are written and whose commands are run, as a reader would do it; the standard library alone.

A block names its file behind its kind: ``rubric library.rubric`` is the whole file, ``rubric library.rubric +`` what is
added at its end, ``diff library.rubric`` lines that are taken out and put in. A ``console`` block holds commands behind
``$`` (`rubric`, and `python` with a file) and what they print; ``# exit 1`` behind a command is its exit code. ``console
django`` is run only where that module is installed.

Usage: ``python tests/worked.py PAGE MODULE`` runs a page with the commands of this environment (``make consumers``), which has
MODULE.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A command, the exit code and the output that a page shows."""

    command: str
    code: int
    output: str


def steps(text: str, folder: Path) -> Iterator[Shown]:
    """Write the page's files into a folder, one after the other, and yield each command when it is its turn."""
    for kind, target, content in BLOCK.findall(text):
        if kind == "console":
            if not target or find_spec(target) is not None:
                yield from commands(content)
        else:
            assert target, f"a block of {kind} names no file"
            write(folder, kind, target, content)


def write(folder: Path, kind: str, target: str, content: str) -> None:
    """Bring a file of the page to what a block says."""
    name, _, added = target.partition(" ")
    path = folder / name
    if kind == "diff":
        text = path.read_text(encoding="utf-8")
        marked = content.splitlines(keepends=True)
        old = "".join(line[1:] for line in marked if not line.startswith("+"))
        new = "".join(line[1:] for line in marked if not line.startswith("-"))
        assert text.count(old) == 1, f"{name} does not hold:\n{old}"
        path.write_text(text.replace(old, new), encoding="utf-8")
    elif added:
        assert added == "+", target
        path.write_text(path.read_text(encoding="utf-8") + content, encoding="utf-8")
    else:
        assert not path.exists(), f"{name} is written twice"
        path.write_text(content, encoding="utf-8")


def commands(content: str) -> list[Shown]:
    """Read a console block."""
    found = []
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        command, _, comment = line.partition("  # exit ")
        found.append(Shown(command, int(comment or 0), trimmed(output)))
    return found


def trimmed(text: str) -> str:
    """Return a text without the spaces at the ends of lines, which nobody sees, and without blank lines at its ends."""
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n")).strip("\n")


def run(folder: Path, command: str, language: str) -> tuple[int, str]:
    """Run a command of this environment as a process; return its exit code and all that it prints."""
    first, *words = shlex.split(command)
    program = {"python": sys.executable, "rubric": str(Path(sys.executable).with_name("rubric"))}[first]
    env = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_MESSAGES", "PYTHONPATH")}
    done = subprocess.run(
        [program, *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        env={**env, "LANG": language, "PYTHONUTF8": "1"},
    )
    return done.returncode, trimmed(done.stdout)


def main(page: Path, module: str) -> None:
    """Run a page here; stop with a message where something comes out otherwise than the page shows."""
    text = page.read_text(encoding="utf-8")
    if f"```console {module}\n" not in text or find_spec(module) is None:
        sys.exit(f"{page.name} has no commands that need {module}, or it is not installed")
    with tempfile.TemporaryDirectory() as folder:
        for shown in steps(text, Path(folder)):
            found = run(Path(folder), shown.command, "en_US.UTF-8")
            if found != (shown.code, shown.output):
                sys.exit(f"{page.name}: $ {shown.command}\nexit {found[0]}\n{found[1]}\n\ninstead of\n{shown.output}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

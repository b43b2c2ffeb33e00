"""The tutorial and the how-to pages: every file is written, every command is run, and what it prints is what the page shows.

A block names its file behind its kind: ``rubric library.rubric`` is the whole file, ``rubric library.rubric +`` what is
added at its end, ``diff library.rubric`` lines that are taken out and put in. A ``console`` block holds commands behind
``$`` (`rubric`, and `python` with a file) and what they print; ``# exit 1`` behind a command is its exit code. ``console
django`` is run only where that module is installed (`make consumers`).
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.commands import ROOT, printed

DOCS = ROOT / "docs"
WORKED = ("tutorial", "formalise", "next-year", "applications", "pipeline")
"""The pages whose files and commands are tried, in both languages."""
PAGES = {f"{name}{end}.md": lang for name in WORKED for end, lang in (("", "en_US.UTF-8"), (".zh-CN", "zh_CN.UTF-8"))}
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A command, the exit code and the output that the tutorial shows."""

    command: str
    code: int
    output: str


def write(folder: Path, kind: str, target: str, content: str) -> None:
    """Bring a file of the tutorial to what a block says."""
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
    """Run one command in the tutorial's folder; return its exit code and all that it prints."""
    first, *words = shlex.split(command)
    if first == "python":
        done = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, encoding="utf-8", check=False)
        return done.returncode, trimmed(done.stdout + done.stderr)
    assert first == "rubric", command
    code, output = printed(*words, cwd=folder, LANG=language, LC_ALL=None, LC_MESSAGES=None)
    return code, trimmed(output)


@pytest.mark.parametrize(
    ("name", "language"),
    [  # both take the same steps (below), so the Chinese one is left to the slow tests, as the other Chinese documents are
        pytest.param(*item, id=item[0], marks=[pytest.mark.slow] if "zh-CN" in item[0] else [])
        for item in PAGES.items()
    ],
)
def test_the_page_runs_as_it_is_shown(name: str, language: str, tmp_path: Path) -> None:
    for kind, target, content in BLOCK.findall((DOCS / name).read_text(encoding="utf-8")):
        if kind == "console":
            if target and find_spec(target) is None:
                continue
            for shown in commands(content):
                assert run(tmp_path, shown.command, language) == (shown.code, shown.output), shown.command
        else:
            assert target, f"a block of {kind} names no file"
            write(tmp_path, kind, target, content)


@pytest.mark.parametrize("page", WORKED)
def test_both_languages_take_the_same_steps(page: str) -> None:
    zh, en = (
        [(kind, target) for kind, target, _ in BLOCK.findall((DOCS / f"{page}{end}.md").read_text(encoding="utf-8"))]
        for end in (".zh-CN", "")
    )
    assert zh == en

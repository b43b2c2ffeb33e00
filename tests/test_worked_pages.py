"""The tutorial and the how-to pages: every file is written, every command is run, and what it prints is what the page shows."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.commands import ROOT, printed
from tests.worked import BLOCK, run, steps, trimmed

DOCS = ROOT / "docs"
WORKED = ("tutorial", "formalise", "next-year", "applications", "pipeline")
"""The pages whose files and commands are tried, in both languages."""
PAGES = {f"{name}{end}.md": lang for name in WORKED for end, lang in (("", "en_US.UTF-8"), (".zh-CN", "zh_CN.UTF-8"))}


def ran(folder: Path, command: str, language: str) -> tuple[int, str]:
    """Run a command, ours in this process; return its exit code and all that it prints."""
    first, *words = shlex.split(command)
    if first != "rubric":
        return run(folder, command, language)
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
    for shown in steps((DOCS / name).read_text(encoding="utf-8"), tmp_path):
        assert ran(tmp_path, shown.command, language) == (shown.code, shown.output), shown.command


@pytest.mark.parametrize("page", WORKED)
def test_both_languages_take_the_same_steps(page: str) -> None:
    zh, en = (
        [(kind, target) for kind, target, _ in BLOCK.findall((DOCS / f"{page}{end}.md").read_text(encoding="utf-8"))]
        for end in (".zh-CN", "")
    )
    assert zh == en

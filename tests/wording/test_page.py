"""The tables of docs/wording.md, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rubric_dsl.wording import read_wording

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, CHINESE = ((DOCS / name).read_text(encoding="utf-8") for name in ("wording.md", "wording.zh-CN.md"))
ROW = re.compile(r"^\| `(.+?)` \| (.+?) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)


@pytest.mark.parametrize(("wording", "told"), ROWS, ids=[row[0][:30] for row in ROWS])
def test_the_page_says_what_is_read_and_what_is_open(wording: str, told: str) -> None:
    found = read_wording(wording)
    if not told.startswith("`"):
        assert found.outcome == "open"
        return
    assert found.outcome == "read", found.reason
    between = "；" if re.search(r"[\u3400-\u9fff]", wording) else "; "
    assert between.join(found.readings[0].clauses) == told.strip("`")


@pytest.mark.parametrize("wording", ["预算执行率*3分", "没有该项目的部门按满分计算"])
def test_the_page_says_what_is_not_read(wording: str) -> None:
    assert f"`{wording}`" in PAGE
    assert read_wording(wording).outcome == "not read"


def test_both_languages_say_the_same() -> None:
    said = [
        [(wording, told if "`" in told else "open") for wording, told in ROW.findall(page)] for page in (PAGE, CHINESE)
    ]
    assert said[0] == said[1]

"""The tables of docs/wording.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rubric_dsl.wording import read_wording

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "wording.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(.+?)` \| (.+?) \|$", PAGE, re.MULTILINE)


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

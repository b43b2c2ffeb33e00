"""The pages on the Python API: they speak of what there is, alike in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import rubric_dsl as rd
from tests.sample_rubrics import ROOT

PAGES = [ROOT / "docs" / name for name in ("python.md", "python.zh-CN.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_speaks_of_what_there_is(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`(?:rd\.)?([A-Z]\w*[a-z]\w*)[`(.]", text):
        assert name in rd.__all__ or name in {"Decimal", "Fraction", "Literal", "DeprecationWarning"}, name
    for owner, own in re.findall(r"`(rubric|result|scores)\.(\w+)", text):
        kind = {"rubric": rd.Rubric, "result": rd.Result, "scores": rd.TableScores}[owner]
        assert hasattr(kind, own), own


def test_both_languages_have_the_same_examples() -> None:
    blocks = [
        re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for page in PAGES
    ]
    code = [[re.sub(r" *#.*", "", block) for block in page] for page in blocks]
    assert code[0] == code[1]

"""The pages on the Python API: their first example runs, and they speak of what there is."""

from __future__ import annotations

import re

import pytest

import rubric_dsl as rd
from tests.sample_rubrics import ROOT

PAGES = [ROOT / "docs" / name for name in ("python.md", "python.zh-CN.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_says_what_holds(page: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = page.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    space: dict[str, object] = {}
    for block in (blocks[0], blocks[2].replace(", strict=True", "")):
        exec(compile(block, "page", "exec"), space)  # noqa: S102 - our own page
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

"""The reference in docs/reference is what its generator makes, and the chapters say everything in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.make_reference import CHAPTERS, LANGUAGES, PAGES, pages, read_chapter, without_english


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


def test_the_committed_pages_are_what_the_chapters_make(made: dict[str, str]) -> None:
    committed = {path.relative_to(PAGES).as_posix(): path for path in PAGES.rglob("*") if path.is_file()}
    differing = {
        name for name, text in made.items() if name in committed and committed[name].read_text("utf-8") != text
    }
    missing, left_over = set(made) - set(committed), set(committed) - set(made)
    assert not (differing | missing | left_over), "run `make reference` and commit docs/reference"


@pytest.mark.parametrize("chapter", sorted(CHAPTERS.glob("*.md")), ids=lambda path: path.stem)
def test_every_chapter_says_everything_in_both_languages(chapter: Path) -> None:
    assert not without_english(read_chapter(chapter.read_text(encoding="utf-8")))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_index_leads_to_every_page_and_every_link_somewhere(lang: str, made: dict[str, str]) -> None:
    listed = set(re.findall(r"^- \[.+\]\((.+)\)$", made[f"{lang}/README.md"], re.MULTILINE))
    assert {f"{lang}/{name}" for name in listed} == {name for name in made if name.startswith(lang)} - {
        f"{lang}/README.md"
    }
    for name, text in made.items():
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (PAGES / name).parent.joinpath(link).exists(), (name, link)


def test_a_paragraph_without_english_is_left_out_of_the_english_page() -> None:
    items = read_chapter("# 甲 · form a\n\n只有中文。\n\n两种。\n\n> Both.\n\n## 乙\n\n```rubric\n满分 1\n```\n")
    assert without_english(items) == ["只有中文。", "乙"]

"""The pages of the diagnostic codes: what a code checks, why it matters, an example, and what to write instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rubric_dsl import resources
from rubric_dsl.codes.page import Page, read_page

if TYPE_CHECKING:
    from rubric_dsl.diagnostics import Lang

FOLDER = "codes/pages"


def codes() -> tuple[str, ...]:
    """List all codes, in the order of the alphabet."""
    names = (entry.name for entry in resources.path(FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in names if name.endswith(".md")))


def page(code: str, lang: Lang) -> Page | None:
    """Return the page of a code in one language, or None when there is no such code."""
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code):
        return None
    try:
        found = resources.path(f"{FOLDER}/{code}.md")
    except FileNotFoundError:
        return None
    return read_page(code, found.read_text(encoding="utf-8"), lang)

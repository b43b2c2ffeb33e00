"""The examples that no page can show: texts that are too large, and what only a program can hand over."""

from __future__ import annotations

from collections.abc import Callable

from rubric_dsl.diagnostics import Lang
from tools.code_pages import Example

Builder = Callable[[Lang], Example]
BUILT: dict[str, tuple[Builder, Builder]] = {}
"""The faulty and the good example of a code, in the language of the page's half."""

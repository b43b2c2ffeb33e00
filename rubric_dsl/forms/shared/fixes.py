"""Fixes that several forms offer: what to put in, or to write instead, in the keyword language of the file."""

from __future__ import annotations

import re

from rubric_dsl.diagnostics import Fix, Lang, Text
from rubric_dsl.forms.base import Context
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax.tree import Tree

_NAME_LINE = re.compile(r"(?:[^\S\n]*(?:#[^\n]*)?\n)*[^\S\n]*(?:指标体系|rubric\b)[^\n]*\n")


def put_in(at: int, zh: str, en: str, context: Context) -> Fix:
    """Return a fix that puts a phrase in at an offset."""
    words = Text(f"写上“{zh.strip('，')}”", f"put in '{en.strip(', ')}'")
    return Fix(words, Span(at, at), zh if context.lang == "zh" else en)


def instead(tree: Tree, zh: str, en: str, context: Context) -> Fix:
    """Return a fix that writes something else in the place of a phrase."""
    return Fix(Text(f"改为“{zh}”", f"write '{en}'"), tree.span, zh if context.lang == "zh" else en)


def step_fixes(source: Source, lang: Lang) -> tuple[Fix, ...]:
    """Return the fix that says at the top of the file how part steps are read."""
    found = _NAME_LINE.match(source.text)
    at = found.end() if found else 0
    words = Text("在开头写：计步 整步（得分随口径而变）", "write at the top: steps whole steps (scores depend on it)")
    return (Fix(words, Span(at, at), "计步 整步\n" if lang == "zh" else "steps whole steps\n"),)

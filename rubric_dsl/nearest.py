"""The names that were likely meant, for messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rubric_dsl.diagnostics import NO_TEXT, Text


def nearest(word: str, names: Iterable[str], cutoff: float) -> list[str]:
    """Return up to three names that resemble a word, the nearest first; ``cutoff`` is from 0 (any) to 1 (the same)."""
    import difflib  # needed by messages only

    return difflib.get_close_matches(word, list(names), n=3, cutoff=cutoff)


def did_you_mean(word: str, names: Iterable[str], cutoff: float) -> Text:
    """Return what a message ends with to name what was likely meant; empty where nothing resembles the word."""
    return likely(nearest(word, names, cutoff))


def likely(near: Sequence[str]) -> Text:
    """Return what a message ends with to name what was likely meant, as :func:`nearest` gives it; empty for nothing."""
    return Text(f"；是不是：{'、'.join(near)}", f"; did you mean: {', '.join(near)}") if near else NO_TEXT

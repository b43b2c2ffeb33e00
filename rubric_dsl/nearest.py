"""The names that were likely meant, for messages."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, names: Iterable[str], cutoff: float) -> list[str]:
    """Return up to three names that resemble a word, the nearest first; ``cutoff`` is from 0 (any) to 1 (the same)."""
    import difflib  # needed by messages only

    return difflib.get_close_matches(word, list(names), n=3, cutoff=cutoff)

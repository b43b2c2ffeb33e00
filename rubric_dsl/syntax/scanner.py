"""Which terminal stands at a place in a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rubric_dsl.syntax.tables import TerminalData


class Terminal:
    """One terminal: where its match at a place ends."""

    def __init__(self, data: TerminalData) -> None:
        self.name: str = data["name"]
        self.first: str | None = data["first"]
        self._words, self._pattern = data["words"], data["pattern"]
        self._match: Callable[[str, int, int], re.Match[str] | None] | None = None

    def begins(self, char: str) -> bool:
        """Whether a match may begin with a character."""
        return self.first is None or char in self.first

    def end(self, text: str, at: int, limit: int) -> int:
        """Return where the match at a place ends, -1 when there is none before ``limit``."""
        if self._words is not None:
            for word in self._words:
                if text.startswith(word, at, limit):
                    return at + len(word)
            return -1
        if self._match is None:  # compiled when first tried: most terminals never are
            self._match = re.compile(self._pattern).match
        match = self._match(text, at, limit)
        return -1 if match is None else match.end()


class Scanner:
    """Some of the terminals, in the order in which they are tried: the first that matches is taken."""

    def __init__(self, terminals: list[Terminal], inside: dict[str, list[tuple[str, str]]]) -> None:
        allowed = {terminal.name for terminal in terminals}
        self._inside = {
            name: {text: literal for text, literal in reversed(inside[name]) if literal in allowed}
            for name in allowed & inside.keys()
        }
        told_apart = {literal for found in self._inside.values() for literal in found.values()}
        self._terminals = [terminal for terminal in terminals if terminal.name not in told_apart]
        self._by_first: dict[str, list[Terminal]] = {}

    @property
    def names(self) -> frozenset[str]:
        """The terminals that are tried; a literal that a pattern matches is told apart afterwards."""
        return frozenset(terminal.name for terminal in self._terminals)

    def next(self, text: str, at: int) -> tuple[str, int] | None:
        """Return the terminal at a place and where it ends; None when there is none of these."""
        first = text[at]
        tried = self._by_first.get(first)
        if tried is None:
            tried = self._by_first[first] = [
                item for item in self._terminals if item.first is None or first in item.first
            ]
        for terminal in tried:
            end = terminal.end(text, at, len(text))
            if end >= 0:
                name, inside = terminal.name, self._inside.get(terminal.name)
                return (inside.get(text[at:end], name) if inside else name), end
        return None

"""The grammar as loaded: how a piece of text is parsed, the words of each terminal, and the words that open a statement."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, cast

from rubric_dsl.diagnostics import Lang
from rubric_dsl.records import dataclass
from rubric_dsl.resources import read
from rubric_dsl.syntax.scanner import Terminal
from rubric_dsl.syntax.tables import CLAUSE, FILE, FOLDER, GRAMMAR, RULE, key_of

if TYPE_CHECKING:
    from rubric_dsl.syntax.automaton import Automaton
    from rubric_dsl.syntax.tables import Tables

__all__ = ["CLAUSE", "RULE", "Alternative", "Grammar", "Symbol", "grammar_text", "load", "shipped"]


class Symbol(NamedTuple):
    """One place of an alternative: a terminal or a rule; ``keep`` says whether it shows up in the tree."""

    name: str
    terminal: bool
    keep: bool


class Alternative(NamedTuple):
    """One way to write a phrase."""

    symbols: tuple[Symbol, ...]
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the parser, the formatter and the messages need to know of the grammar file."""

    tables: Tables
    openers: tuple[tuple[str, Terminal], ...]
    permuted: frozenset[str]
    functions: frozenset[str]
    _written: dict[tuple[str, Lang | None], tuple[Alternative, ...]]
    _opening: dict[str, tuple[tuple[str, Terminal], ...]]
    _parser: list[Automaton]

    @property
    def automaton(self) -> Automaton:
        """The parser, made when a text is first read."""
        if not self._parser:
            from rubric_dsl.syntax.automaton import Automaton

            self._parser.append(Automaton(self.tables))
        return self._parser[0]

    @property
    def words(self) -> dict[str, dict[Lang, list[str]]]:
        """The spellings of each terminal in each language; the first is the one to write."""
        return cast("dict[str, dict[Lang, list[str]]]", self.tables["words"])

    def alternatives(self, kind: str, lang: Lang | None = None) -> tuple[Alternative, ...]:
        """Return every way to write a phrase, or those of one language, in the grammar's order; none for what is no phrase."""
        found = self._written.get((kind, lang))
        if found is None:
            if lang is not None:
                found = tuple(item for item in self.alternatives(kind) if lang in item.languages)
            else:
                found = tuple(
                    Alternative(tuple(Symbol(*symbol) for symbol in item["symbols"]), frozenset(item["languages"]))
                    for item in self.tables["alternatives"].get(kind, ())
                )
            self._written[kind, lang] = found
        return found

    def openers_with(self, char: str) -> tuple[tuple[str, Terminal], ...]:
        """Return the openers that can begin with a character."""
        found = self._opening.get(char)
        if found is None:
            found = self._opening[char] = tuple(opener for opener in self.openers if opener[1].begins(char))
        return found

    @property
    def accepts(self) -> dict[str, list[str]]:
        """The kinds of tree that may stand for each rule."""
        return self.tables["accepts"]

    @property
    def phrases(self) -> tuple[str, ...]:
        """The names of all phrases, inlined ones included."""
        return tuple(self.tables["alternatives"])


@lru_cache(maxsize=1)
def load() -> Grammar:
    """Load the grammar once for the process (it never changes while it runs)."""
    text = grammar_text()
    tables = shipped(text)
    if tables is None:
        # Imported here: with the tables that are shipped, reading a rubric needs no lark.
        from rubric_dsl.syntax.table_builder import make_tables

        tables = make_tables(text)
    return grammar_of(tables)


def grammar_text() -> str:
    """Return the text of the grammar file."""
    return read(FOLDER, GRAMMAR).decode().replace("\r\n", "\n")


def shipped(grammar: str) -> Tables | None:
    """Return the tables that lie beside the grammar; None when there are none, or when they are not of this text."""
    try:
        found = json.loads(read(FOLDER, FILE))
    except (OSError, ValueError):
        return None
    if not isinstance(found, dict) or found.get("key") != key_of(grammar):
        return None
    return cast("Tables", found)


def grammar_of(tables: Tables) -> Grammar:
    """Return the grammar that stands in tables."""
    return Grammar(
        tables,
        tuple((kind, Terminal(word)) for kind, word in tables["openers"]),
        frozenset(tables["permuted"]),
        frozenset(tables["functions"]),
        {},
        {},
        [],
    )

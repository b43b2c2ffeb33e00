"""The grammar as loaded: the parser, the words of each terminal, and the words that open a statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file
from typing import TYPE_CHECKING

from rubric_dsl.diagnostics import Lang
from rubric_dsl.resources import path

if TYPE_CHECKING:
    from lark import Lark
    from lark.grammar import Symbol as LarkSymbol

CLAUSE = "clause"
RULE = "rule"
_PLAIN_WORD = re.compile(r"[^\[\]()?*+.^$<>=!]+\Z|[<>=≤≥≠!]+\Z")
_GUARDED = re.compile(r"\(\?:([^()]*)\)\(\?[=!]")
"""A word with a condition on what follows it: a function's name before its bracket."""
_CJK = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Symbol:
    """One place of an alternative: a terminal or a rule; ``keep`` says whether it shows up in the tree."""

    name: str
    terminal: bool
    keep: bool


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to write a phrase."""

    symbols: tuple[Symbol, ...]
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the parser, the formatter and the messages need to know of the grammar file."""

    lark: Lark
    words: dict[str, dict[Lang, tuple[str, ...]]]
    rules: dict[str, tuple[Alternative, ...]]
    openers: tuple[tuple[str, re.Pattern[str]], ...]
    permuted: frozenset[str]
    accepts: dict[str, frozenset[str]]
    functions: frozenset[str]


@lru_cache(maxsize=1)
def load() -> Grammar:
    """Load the grammar once for the process (it never changes while it runs)."""
    # Imported here so that `import rubric_dsl` costs no parser until a rubric is read.
    from lark import Lark

    with as_file(path("grammars")) as folder:
        grammar_file = folder / "rubric.lark"
        starts = re.findall(r"^(st_[a-z_]+):", grammar_file.read_text(encoding="utf-8"), re.MULTILINE)
        lark = Lark.open(
            str(grammar_file),
            parser="lalr",
            lexer="contextual",
            start=[*starts, CLAUSE],
            propagate_positions=True,
            maybe_placeholders=False,
        )
    words = {terminal.name: _words(terminal.pattern.value) for terminal in lark.terminals}
    rules = _rules(lark, words)
    permuted = frozenset(name for name, found in rules.items() if any(len(a.languages) == 1 for a in found))
    functions = frozenset(item.name for item in lark.terminals if r"(?=\s*\()" in item.pattern.value)
    return Grammar(lark, words, rules, _openers(lark, starts), permuted, _accepts(lark), functions)


def _words(pattern: str) -> dict[Lang, tuple[str, ...]]:
    """Split a word terminal into its spellings; the first of each language is the one to write."""
    guarded = _GUARDED.match(pattern)
    bare = guarded[1] if guarded else pattern.removeprefix("(?:").removesuffix(")") if pattern[:3] == "(?:" else pattern
    spellings = [_spelling(part) for part in re.split(r"(?<!\\)\|", bare)]
    kept = [word for word in spellings if word and (len(spellings) > 1 or _PLAIN_WORD.match(word) or word in "()[]+*^")]
    chinese = tuple(word for word in kept if _CJK.search(word))
    signs = tuple(word for word in kept if not re.search(r"[^\W\d]", word))
    english = tuple(word for word in kept if word not in chinese and word not in signs)
    # Where a language has words of its own they come first; else its signs do (≤ in Chinese, <= in English).
    return {"zh": chinese + signs[::-1] if english else signs[::-1] + chinese, "en": english + signs}


def _spelling(part: str) -> str:
    plain = part.replace(r"\s+", " ").replace(r"\s*", "")
    return re.sub(r"\\(.)", r"\1", plain)


def _rules(lark: Lark, words: dict[str, dict[Lang, tuple[str, ...]]]) -> dict[str, tuple[Alternative, ...]]:
    found: dict[str, list[tuple[int, Alternative]]] = {}
    for rule in lark.rules:
        name = str(rule.alias or rule.origin.name)
        symbols = tuple(Symbol(symbol.name, symbol.is_term, not (_dropped(symbol))) for symbol in rule.expansion)
        found.setdefault(name, []).append((rule.order, Alternative(symbols, _languages(symbols, words))))
    return {name: tuple(item for _, item in sorted(items, key=lambda pair: pair[0])) for name, items in found.items()}


def _languages(symbols: tuple[Symbol, ...], words: dict[str, dict[Lang, tuple[str, ...]]]) -> frozenset[str]:
    """A phrase belongs to a language unless one of its own words exists in the other one only."""
    languages = {"zh", "en"}
    for symbol in symbols:
        if symbol.terminal and not symbol.keep:
            spellings = words[symbol.name]
            languages &= {lang for lang in ("zh", "en") if spellings[lang]} or languages
    return frozenset(languages)


def _dropped(symbol: LarkSymbol) -> bool:
    """Whether a symbol is a word that leaves nothing in the tree."""
    return bool(symbol.is_term and getattr(symbol, "filter_out", False))


def _accepts(lark: Lark) -> dict[str, frozenset[str]]:
    """For each rule, the kinds of tree that may stand for it: a rule may hand on its single child."""
    direct: dict[str, set[str]] = {}
    handed: dict[str, set[str]] = {}
    for rule in lark.rules:
        name = str(rule.origin.name)
        direct.setdefault(name, set())
        kept = [symbol for symbol in rule.expansion if not (_dropped(symbol))]
        if rule.alias or not (rule.options.expand1 and len(kept) == 1):
            direct[name].add(str(rule.alias or name))
        elif kept[0].is_term:
            direct[name].add(kept[0].name)
        else:
            handed.setdefault(name, set()).add(str(kept[0].name))
            if kept[0].name.startswith("_"):
                direct[name].update(_inlined(lark, str(kept[0].name)))
    changed = True
    while changed:
        changed = False
        for name, sources in handed.items():
            reached = set().union(*(direct.get(source, set()) for source in sources))
            if not reached <= direct[name]:
                direct[name] |= reached
                changed = True
    return {name: frozenset(kinds) for name, kinds in direct.items()}


def _inlined(lark: Lark, name: str) -> set[str]:
    """The kinds that an inlined rule of single symbols leaves in the tree."""
    return {str(rule.expansion[0].name) for rule in lark.rules if rule.origin.name == name and len(rule.expansion) == 1}


def _openers(lark: Lark, starts: list[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """List (statement, pattern of its first word), longest pattern first."""
    patterns = {terminal.name: terminal.pattern.to_regexp() for terminal in lark.terminals}
    first: dict[str, str] = {"RULE": RULE}
    for rule in lark.rules:
        if rule.origin.name in starts and rule.expansion[0].is_term:
            first.setdefault(rule.expansion[0].name, str(rule.origin.name))
    patterns.setdefault("RULE", "rule|评价标准")
    listed = [(kind, patterns[terminal]) for terminal, kind in first.items()]
    listed.sort(key=lambda pair: -len(pair[1]))
    return tuple((kind, re.compile(pattern)) for kind, pattern in listed)

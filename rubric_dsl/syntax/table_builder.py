"""Making the tables: lark reads the grammar and works out the states (LALR, contextual lexer)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from lark import Lark
from lark.grammar import Rule, Symbol
from lark.lexer import PatternRE, TerminalDef

from rubric_dsl.syntax.tables import CLAUSE, RULE, key_of

if TYPE_CHECKING:
    from rubric_dsl.syntax.tables import AlternativeData, RuleData, Tables, TerminalData

_PLAIN_WORD = re.compile(r"[^\[\]()?*+.^$<>=!]+\Z|[<>=≤≥≠!]+\Z")
_GUARDED = re.compile(r"\(\?:([^()]*)\)\(\?[=!]")
"""A word with a condition on what follows it: a function's name before its bracket."""
_CJK = re.compile(r"[\u3400-\u9fff]")
_META = re.compile(r"[\[\](){}?*+.^$\\]")


def make_tables(grammar: str) -> Tables:
    """Build the tables of a grammar text; the same text always gives the same tables."""
    lark = parser_of(grammar)
    words = {terminal.name: _words(terminal.pattern.value) for terminal in lark.terminals}
    alternatives = _alternatives(lark, words)
    rules = {rule: number for number, rule in enumerate(lark.rules)}
    states, starts, ends = _states(lark, rules)
    return {
        "key": key_of(grammar),
        "starts": starts,
        "ends": ends,
        "parser": json.dumps([states, [_rule(rule) for rule in rules]], separators=(",", ":")),
        "terminals": [_terminal(terminal) for terminal in _in_order(lark)],
        "ignored": list(lark.ignore_tokens),
        "inside": _inside(lark),
        "words": words,
        "alternatives": alternatives,
        "openers": _openers(lark),
        "permuted": [name for name, found in alternatives.items() if any(len(a["languages"]) == 1 for a in found)],
        "accepts": _accepts(lark),
        "functions": [item.name for item in lark.terminals if r"(?=\s*\()" in item.pattern.value],
    }


def parser_of(grammar: str) -> Lark:
    """Return lark's own parser of a grammar text, with which the tables must agree."""
    return Lark(
        grammar,
        parser="lalr",
        lexer="contextual",
        start=[*_starts(grammar), CLAUSE],
        propagate_positions=True,
        maybe_placeholders=False,
    )


def _starts(grammar: str) -> list[str]:
    return re.findall(r"^(st_[a-z_]+):", grammar, re.MULTILINE)


def _states(lark: Lark, rules: dict[Rule, int]) -> tuple[list[dict[str, int]], dict[str, int], dict[str, int]]:
    """Number the states as they are met from the starts on, by the names of symbols: lark's own numbers vary."""
    table = lark.parser.parser._parse_table  # lark has no other way to its states
    numbers: dict[int, int] = {}
    waiting = [table.start_states[start] for start in sorted(table.start_states)]
    states: list[dict[str, int]] = []
    for state in waiting:
        numbers.setdefault(state, len(numbers))
    for state in waiting:
        found: dict[str, int] = {}
        for symbol, (action, target) in sorted(table.states[state].items()):
            if str(action) == "Reduce":
                found[symbol] = -1 - rules[target]
                continue
            if target not in numbers:
                numbers[target] = len(numbers)
                waiting.append(target)
            found[symbol] = numbers[target]
        states.append(found)
    starts = {start: numbers[table.start_states[start]] for start in sorted(table.start_states)}
    ends = {start: numbers[table.end_states[start]] for start in sorted(table.end_states)}
    return states, starts, ends


def _rule(rule: Rule) -> RuleData:
    return {
        "origin": str(rule.origin.name),
        "kind": str(rule.alias or rule.origin.name),
        "kept": [not _dropped(symbol) for symbol in rule.expansion],
        "single": bool(rule.options.expand1 and not rule.alias),
    }


def _in_order(lark: Lark) -> list[TerminalDef]:
    """The order in which terminals are tried: the first that matches is taken."""
    return sorted(
        lark.terminals, key=lambda item: (-item.priority, -item.pattern.max_width, -len(item.pattern.value), item.name)
    )


def _terminal(terminal: TerminalDef) -> TerminalData:
    pattern, value = terminal.pattern.to_regexp(), terminal.pattern.value
    if terminal.pattern.type == "str":
        return {"name": terminal.name, "pattern": pattern, "words": [value], "first": value[0]}
    parts = _parts(value)
    plain = [_spelling(part) for part in parts]
    literal = all(not _META.search(re.sub(r"\\[^\w\s]", "", part)) for part in parts)
    spaced = all(not _META.search(re.sub(r"\\s[+*]|\\[^\w\s]", "", part)) for part in parts)
    guarded = bool(_GUARDED.match(value))
    return {
        "name": terminal.name,
        "pattern": pattern,
        "words": sorted(plain, key=len, reverse=True) if literal and not guarded else None,
        "first": "".join(sorted({part[0] for part in plain})) if spaced and all(plain) else None,
    }


def _inside(lark: Lark) -> dict[str, list[tuple[str, str]]]:
    """For each pattern, the literal terminals of its rank that it matches in full: found by it, then told apart."""
    ordered = _in_order(lark)
    found: dict[str, list[tuple[str, str]]] = {}
    for pattern in (item for item in ordered if item.pattern.type == "re"):
        for literal in (item for item in ordered if item.pattern.type == "str"):
            match = re.match(pattern.pattern.to_regexp(), literal.pattern.value)
            if pattern.priority == literal.priority and match is not None and match.group() == literal.pattern.value:
                found.setdefault(pattern.name, []).append((literal.pattern.value, literal.name))
    return found


def _parts(pattern: str) -> list[str]:
    guarded = _GUARDED.match(pattern)
    bare = guarded[1] if guarded else pattern.removeprefix("(?:").removesuffix(")") if pattern[:3] == "(?:" else pattern
    return re.split(r"(?<!\\)\|", bare)


def _words(pattern: str) -> dict[str, list[str]]:
    """Split a word terminal into its spellings; the first of each language is the one to write."""
    spellings = [_spelling(part) for part in _parts(pattern)]
    kept = [word for word in spellings if word and (len(spellings) > 1 or _PLAIN_WORD.match(word) or word in "()[]+*^")]
    chinese = [word for word in kept if _CJK.search(word)]
    signs = [word for word in kept if not re.search(r"[^\W\d]", word)]
    english = [word for word in kept if word not in chinese and word not in signs]
    # Where a language has words of its own they come first; else its signs do (≤ in Chinese, <= in English).
    return {"zh": chinese + signs[::-1] if english else signs[::-1] + chinese, "en": english + signs}


def _spelling(part: str) -> str:
    plain = part.replace(r"\s+", " ").replace(r"\s*", "")
    return re.sub(r"\\(.)", r"\1", plain)


def _alternatives(lark: Lark, words: dict[str, dict[str, list[str]]]) -> dict[str, list[AlternativeData]]:
    found: dict[str, list[tuple[int, AlternativeData]]] = {}
    for rule in lark.rules:
        symbols = [(str(symbol.name), bool(symbol.is_term), not _dropped(symbol)) for symbol in rule.expansion]
        written: AlternativeData = {"symbols": symbols, "languages": _languages(symbols, words)}
        found.setdefault(str(rule.alias or rule.origin.name), []).append((rule.order, written))
    return {name: [item for _, item in sorted(items, key=lambda pair: pair[0])] for name, items in found.items()}


def _languages(symbols: list[tuple[str, bool, bool]], words: dict[str, dict[str, list[str]]]) -> list[str]:
    """A phrase belongs to a language unless one of its own words exists in the other one only."""
    languages = {"zh", "en"}
    for name, terminal, keep in symbols:
        if terminal and not keep:
            languages &= {lang for lang in ("zh", "en") if words[name][lang]} or languages
    return sorted(languages)


def _dropped(symbol: Symbol) -> bool:
    """Whether a symbol is a word that leaves nothing in the tree."""
    return bool(symbol.is_term and getattr(symbol, "filter_out", False))


def _accepts(lark: Lark) -> dict[str, list[str]]:
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
    return {name: sorted(kinds) for name, kinds in direct.items()}


def _inlined(lark: Lark, name: str) -> set[str]:
    """The kinds that an inlined rule of single symbols leaves in the tree."""
    return {str(rule.expansion[0].name) for rule in lark.rules if rule.origin.name == name and len(rule.expansion) == 1}


def _openers(lark: Lark) -> list[tuple[str, TerminalData]]:
    """List (statement, its first word), longest pattern first."""
    starts = set(lark.options.start) - {CLAUSE}
    terminals = {terminal.name: terminal for terminal in lark.terminals}
    # A rule's own word is in no rule of the grammar: its clauses are parsed one by one.
    terminals.setdefault("RULE", TerminalDef("RULE", PatternRE("rule|评价标准")))
    first: dict[str, str] = {"RULE": RULE}
    for rule in lark.rules:
        if rule.origin.name in starts and rule.expansion[0].is_term:
            first.setdefault(rule.expansion[0].name, str(rule.origin.name))
    listed = [(kind, _terminal(terminals[name])) for name, kind in first.items()]
    return sorted(listed, key=lambda pair: -len(pair[1]["pattern"]))

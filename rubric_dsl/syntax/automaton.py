"""Text to tree with the grammar's tables: an LALR automaton, in each state of which certain terminals can come next."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from rubric_dsl.records import dataclass
from rubric_dsl.source import Span
from rubric_dsl.syntax.scanner import Scanner, Terminal
from rubric_dsl.syntax.tree import Leaf, Node, Tree

if TYPE_CHECKING:
    from rubric_dsl.syntax.tables import RuleData, Tables

_END = "$END"
_NAMING = {
    "name": "NAME",
    "column": "CNAME",
    "label": "CNAME",
    "option": "LNAME",
    "class": "LNAME",
    "pair_key": "LNAME",
}
"""A name is the same name whether it was quoted or not; the writer quotes it where it must."""

LeafMaker = Callable[[str, Span], Leaf]
"""Makes the leaf of a terminal that stands in a span."""
_Part = tuple[int, int, str | Tree | list[Tree]]
"""What was read: where it starts (-1 when it is empty) and ends, and a terminal's name, a tree, or the trees to inline."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is no phrase: what stands at ``at`` cannot stand there, or the text ends too early (None).

    ``expected`` are the terminals that could.
    """

    at: int | None
    expected: frozenset[str]


class _Rule(NamedTuple):
    """One alternative of a rule: whether each symbol is kept, and what its phrase becomes."""

    origin: str
    kind: str
    kept: tuple[bool, ...]
    size: int
    inlined: bool
    single: bool
    naming: str | None
    permuted: bool


def _passes(rule: _Rule, part: _Part) -> bool:
    """Whether a phrase of one part is that part: many rules only say what may stand, or binds tighter than what."""
    value = part[2]
    return isinstance(value, list) if rule.inlined else rule.single and not isinstance(value, str | list)


class Automaton:
    """The parser of one grammar; it keeps what it has learnt of its states."""

    def __init__(self, tables: Tables) -> None:
        states, rules = json.loads(tables["parser"])
        self.states: list[dict[str, int]] = states
        self._stored: list[RuleData] = rules
        self.ignored: frozenset[str] = frozenset(tables["ignored"])
        self._permuted: frozenset[str] = frozenset(tables["permuted"])
        self._rules: dict[int, _Rule] = {}
        self._starts, self._ends, self._inside = tables["starts"], tables["ends"], tables["inside"]
        self._terminals = [Terminal(item) for item in tables["terminals"]]
        self._ranks = {terminal.name: rank for rank, terminal in enumerate(self._terminals)}
        self._scanners: dict[int, Scanner] = {}
        self._all: Scanner | None = None

    def parse(self, text: str, offset: int, start: str, leaf: LeafMaker) -> Tree | Refusal:
        """Parse a text from a start rule; ``offset`` is where it stands in the whole, and all positions are there."""
        return _Run(self, text, offset, leaf, self._starts[start], self._ends[start]).run()

    def scanner(self, state: int) -> Scanner:
        """Return what finds the terminals that can come next in a state."""
        found = self._scanners.get(state)
        if found is None:
            names = self.ignored.union(self.states[state]) & self._ranks.keys()
            allowed = [self._terminals[rank] for rank in sorted(self._ranks[name] for name in names)]
            found = self._scanners[state] = Scanner(allowed, self._inside)
        return found

    def rule(self, number: int) -> _Rule:
        """Return an alternative by its number."""
        found = self._rules.get(number)
        if found is None:
            data = self._stored[number]
            kept, inlined = tuple(data["kept"]), data["origin"].startswith("_")
            naming, permuted = _NAMING.get(data["kind"]), data["kind"] in self._permuted
            found = _Rule(data["origin"], data["kind"], kept, len(kept), inlined, data["single"], naming, permuted)
            self._rules[number] = found
        return found

    def anything(self) -> Scanner:
        """Return what finds every terminal of the grammar."""
        if self._all is None:
            self._all = Scanner(self._terminals, self._inside)
        return self._all


class _Run:
    """One parse: the states that were entered, and what was read in each but the first."""

    def __init__(self, automaton: Automaton, text: str, offset: int, leaf: LeafMaker, start: int, final: int) -> None:
        self.automaton, self.text, self.offset, self.leaf, self.final = automaton, text, offset, leaf, final
        self.states: list[int] = [start]
        self.parts: list[_Part] = []

    def run(self) -> Tree | Refusal:
        text, ignored, scanner = self.text, self.automaton.ignored, self.automaton.scanner
        at = 0
        while at < len(text):
            found = scanner(self.states[-1]).next(text, at)
            if found is None:
                return self._unknown(at)
            name, end = found
            if name not in ignored:
                target = self._reduce(name)
                if target is None:
                    return Refusal(self.offset + at, self._accepted() or self._listed())
                self.states.append(target)
                self.parts.append((self.offset + at, self.offset + end, name))
            at = end
        if self._reduce(_END) is None:
            return Refusal(None, self._accepted() or self._listed())
        tree = self.parts[-1][2]
        if isinstance(tree, str | list):
            raise LookupError("a start rule leaves one tree")
        return tree

    def _unknown(self, at: int) -> Refusal:
        """No terminal of this state stands here; one of the grammar's may."""
        tried = self.automaton.scanner(self.states[-1]).names - self.automaton.ignored
        known = self.automaton.anything().next(self.text, at) is not None
        return Refusal(self.offset + at, (self._accepted() if known else frozenset()) or tried)

    def _reduce(self, name: str) -> int | None:
        """End every phrase that ends before a terminal; return the state that it leads to, None if it cannot follow.

        At the end of the text that is the final state.
        """
        automaton, states, parts = self.automaton, self.states, self.parts
        while True:
            target = automaton.states[states[-1]].get(name)
            if target is None or target >= 0:
                return target
            rule = automaton.rule(-1 - target)
            if rule.size == 1 and _passes(rule, parts[-1]):
                states.pop()
            else:
                kept_parts = len(parts) - rule.size
                read = parts[kept_parts:]
                del parts[kept_parts:], states[kept_parts + 1 :]
                parts.append(self._phrase(rule, read))
            states.append(automaton.states[states[-1]][rule.origin])
            if name == _END and states[-1] == self.final:
                return self.final

    def _phrase(self, rule: _Rule, read: list[_Part]) -> _Part:
        """What an alternative becomes; words that leave nothing in the tree still count for where it starts and ends."""
        children: list[Tree] = []
        start = end = -1
        for kept, (first, last, value) in zip(rule.kept, read, strict=True):
            if first >= 0:
                start, end = (first if start < 0 else start), last
            if isinstance(value, str):
                if kept:
                    children.append(self.leaf(value, Span(first, last)))
            elif isinstance(value, list):
                children.extend(value)
            else:
                children.append(value)
        if rule.inlined:
            return start, end, children
        if rule.single and len(children) == 1:
            only = children[0]
            return (only.span.start, only.span.end, only) if isinstance(only, Leaf) else (start, end, only)
        if rule.naming is not None:
            children = [Leaf(rule.naming, child.text, child.span) for child in children if isinstance(child, Leaf)]
        if rule.permuted:
            children.sort(key=lambda child: child.kind)
        return start, end, Node(rule.kind, tuple(children), Span(start, end) if start >= 0 else Span(0, 0))

    def _accepted(self) -> frozenset[str]:
        """The terminals that can really follow: a state may list some that the phrases around it do not let stand."""
        return frozenset(name for name in self._listed() if self._follows(name))

    def _listed(self) -> frozenset[str]:
        return frozenset(name for name in self.automaton.states[self.states[-1]] if name.isupper())

    def _follows(self, name: str) -> bool:
        actions, states = self.automaton.states, list(self.states)
        while True:
            target = actions[states[-1]].get(name)
            if target is None or target >= 0:
                return target is not None
            rule = self.automaton.rule(-1 - target)
            del states[len(states) - rule.size :]
            states.append(actions[states[-1]][rule.origin])
            if name == _END and states[-1] == self.final:
                return True

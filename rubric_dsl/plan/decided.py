"""What a condition decides is not asked again where it holds: nodes made simpler under facts.

A fact is a condition that is known to hold or not to hold. Comparisons bound a sum of inputs (``a < b`` says that
``b - a`` is at least 1), and a later comparison, least or greatest over the same sum is settled by that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import gcd
from typing import Literal

from rubric_dsl.plan import bounds
from rubric_dsl.plan.bounds import Bound
from rubric_dsl.plan.graph import Graph, Node
from rubric_dsl.records import dataclass

_WORK = 40
"""Facts take what nodes share apart; where that would make so many times the nodes, they stay as they are."""
_PASSES = 3
Form = tuple[tuple[int, int], ...]
"""A sum of nodes: the number and the factor of each, the factors without a common divisor, the first above 0."""


Group = tuple[tuple[Node, bool], ...]
"""Conditions with what they are, at least one of them so."""


class _TooMuchError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known: conditions by their number, the least and the greatest of sums.

    Of each group of ``either``, at least one condition holds (or does not, as it says).
    """

    number: int
    truths: Mapping[int, bool]
    spans: Mapping[Form, tuple[Bound, Bound]]
    either: tuple[Group, ...] = ()


class Decided:
    """Makes nodes of one graph simpler."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nothing: Facts = Facts(0, {}, {})
        self._nodes: dict[int, Node] = {}
        self._made: dict[tuple[int, int, bool], Facts] = {}
        self._seen: dict[tuple[int, int], Node] = {}
        self._left = 0

    def given(self, keys: Iterable[str]) -> Facts:
        """Return the fact that some inputs are there."""
        facts = self.nothing
        for key in keys:
            facts = self.assumed(facts, self.graph.given(key), True)
        return facts

    def under(self, node: Node, facts: Facts, *, size: int) -> Node:
        """Return a node that is the same wherever the facts hold; ``size`` is how many nodes it has."""
        self._left = _WORK * (size + 50)
        for _ in range(_PASSES):
            try:
                found = self._simpler(node, facts)
            except _TooMuchError:
                return node
            if found is node:
                break
            node = found
        return node

    def assumed(self, facts: Facts, condition: Node, holds: bool) -> Facts:
        """Return facts with one more condition that holds, or does not."""
        key = (facts.number, condition.number, holds)
        if key not in self._made:
            truths, spans = dict(facts.truths), dict(facts.spans)
            groups = list(facts.either)
            self._learn(condition, holds, truths, spans, groups)
            self._concluded(truths, spans, groups)
            self._made[key] = Facts(len(self._made) + 1, truths, spans, tuple(groups))
        return self._made[key]

    def _concluded(self, truths: dict[int, bool], spans: dict[Form, tuple[Bound, Bound]], groups: list[Group]) -> None:
        """Where all of a group but one are ruled out, learn that one."""
        for group in list(groups):
            known = [(part, holds, self._told(part, truths, spans)) for part, holds in group]
            still = [(part, holds) for part, holds, told in known if told is None or told is holds]
            if len(still) == 1:
                self._learn(*still[0], truths, spans, groups)

    def _told(self, node: Node, truths: Mapping[int, bool], spans: Mapping[Form, tuple[Bound, Bound]]) -> bool | None:
        """Return whether a condition holds, where that is known."""
        if node.op == "not":
            told = self._told(node.parts[0], truths, spans)
            return None if told is None else not told
        if node.number in truths or node.op not in ("less", "equal"):
            return truths.get(node.number)
        left, right = node.parts
        low, high = self._ends(self._difference(right, left), spans)
        if (low is not None and low > 0) or (high is not None and high < 0):
            return node.op == "less" and low is not None and low > 0
        if node.op == "less":
            return False if high is not None and high <= 0 else None
        return True if low == high == 0 else None

    def _learn(
        self,
        node: Node,
        holds: bool,
        truths: dict[int, bool],
        spans: dict[Form, tuple[Bound, Bound]],
        groups: list[Group],
    ) -> None:
        truths[node.number] = holds
        if node.op == "not":
            self._learn(node.parts[0], not holds, truths, spans, groups)
        elif node.op == ("and" if holds else "or"):
            for part in node.parts:
                self._learn(part, holds, truths, spans, groups)
        elif node.op in ("and", "or"):
            groups.append(tuple((part, holds) for part in node.parts))
        elif node.op in ("less", "equal"):
            left, right = node.parts
            form, scale, rest = self._form(self._difference(right, left))
            if not form:
                return
            low, high = self._span(form, spans)
            if node.op == "less":
                # scale × form + rest is at least 1, or at most 0
                ends = _over(scale, 1 - rest, None) if holds else _over(scale, None, -rest)
            elif holds:
                ends = _over(scale, -rest, -rest)
            elif rest % abs(scale):
                return
            else:
                at = -rest // scale
                ends = (at + 1 if low == at else None, at - 1 if high == at else None)
            spans[form] = (bounds.greatest_known([low, ends[0]]), bounds.least_known([high, ends[1]]))

    def _linear(self, node: Node) -> tuple[int, dict[int, int]]:
        """Return a node as a number and factors of other nodes."""
        self._nodes[node.number] = node
        if node.op == "const":
            return node.value, {}
        if node.op == "mul" and node.parts[0].op == "const":
            rest, terms = self._linear(node.parts[1])
            factor = node.parts[0].value
            return factor * rest, {at: factor * times for at, times in terms.items()}
        if node.op != "add":
            return 0, {node.number: 1}
        return self._added((1, part) for part in node.parts)

    def _added(self, parts: Iterable[tuple[int, Node]]) -> tuple[int, dict[int, int]]:
        rest, terms = 0, dict[int, int]()
        for sign, part in parts:
            more, own = self._linear(part)
            rest += sign * more
            for at, times in own.items():
                terms[at] = terms.get(at, 0) + sign * times
        return rest, {at: times for at, times in terms.items() if times}

    def _difference(self, left: Node, right: Node) -> tuple[int, dict[int, int]]:
        return self._added([(1, left), (-1, right)])

    def _form(self, linear: tuple[int, dict[int, int]]) -> tuple[Form, int, int]:
        """Return a sum as ``scale × form + rest``."""
        rest, terms = linear
        if not terms:
            return (), 1, rest
        ordered = sorted(terms.items())
        scale = gcd(*terms.values()) * (1 if ordered[0][1] > 0 else -1)
        return tuple((at, times // scale) for at, times in ordered), scale, rest

    def _span(self, form: Form, spans: Mapping[Form, tuple[Bound, Bound]]) -> tuple[Bound, Bound]:
        """Return the least and the greatest of a form."""
        lows, highs = list[Bound](), list[Bound]()
        for at, times in form:
            node = self._nodes[at]
            low, high = spans.get(((at, 1),), (None, None))
            low, high = bounds.greatest_known([low, node.low]), bounds.least_known([high, node.high])
            lows.append(bounds.times(low if times > 0 else high, times))
            highs.append(bounds.times(high if times > 0 else low, times))
        known = spans.get(form, (None, None))
        return bounds.greatest_known([known[0], bounds.total(lows)]), bounds.least_known(
            [known[1], bounds.total(highs)]
        )

    def _ends(
        self, linear: tuple[int, dict[int, int]], spans: Mapping[Form, tuple[Bound, Bound]]
    ) -> tuple[Bound, Bound]:
        """Return the least and the greatest of a sum."""
        form, scale, rest = self._form(linear)
        if not form:
            return rest, rest
        low, high = self._span(form, spans)
        ends = [None if end is None else scale * end + rest for end in (low, high)]
        return (ends[0], ends[1]) if scale > 0 else (ends[1], ends[0])

    def _simpler(self, node: Node, facts: Facts) -> Node:
        if node.op in ("const", "var", "table", "true", "false"):
            return node
        key = (node.number, facts.number)
        if key not in self._seen:
            self._left -= 1
            if self._left < 0:
                raise _TooMuchError
            self._seen[key] = self._worked_out(node, facts)
        return self._seen[key]

    def _worked_out(self, node: Node, facts: Facts) -> Node:
        graph = self.graph
        told = facts.truths.get(node.number)
        if told is not None:
            return graph.true if told else graph.false
        match node.op:
            case "not":
                return graph.negation(self._simpler(node.parts[0], facts))
            case "and" | "or":
                return self._joined(node, facts)
            case "select":
                return self._select(node, facts)
            case "given" | "isin":
                return node
        parts = [self._simpler(part, facts) for part in node.parts]
        match node.op:
            case "less" | "equal":
                return self._compared(node, parts, facts)
            case "least" | "greatest":
                return self._extreme(node, parts, facts)
            case "add":
                return graph.add(parts)
            case "mul":
                return graph.mul(*parts)
            case _:
                return self._quotient(parts, facts)

    def _joined(self, node: Node, facts: Facts) -> Node:
        """Make each part simpler where those before it leave the question open; the short ones come first."""
        holds = node.op == "and"
        found = []
        for part in sorted(node.parts, key=_is_long):
            made = self._simpler(part, facts)
            found.append(made)
            facts = self.assumed(facts, made, holds)
        return self.graph.both(found) if holds else self.graph.either(found)

    def _select(self, node: Node, facts: Facts) -> Node:
        condition = self._simpler(node.parts[0], facts)
        if condition is self.graph.true or condition is self.graph.false:
            return self._simpler(node.parts[1 if condition is self.graph.true else 2], facts)
        then = self._simpler(node.parts[1], self.assumed(facts, condition, True))
        otherwise = self._simpler(node.parts[2], self.assumed(facts, condition, False))
        return self.graph.select(condition, then, otherwise)

    def _compared(self, node: Node, parts: list[Node], facts: Facts) -> Node:
        graph = self.graph
        made = graph.less(*parts) if node.op == "less" else graph.equal(*parts)
        told = self._told(made, facts.truths, facts.spans)
        return made if told is None else graph.true if told else graph.false

    def _extreme(self, node: Node, parts: list[Node], facts: Facts) -> Node:
        """Leave out what never decides."""
        kept: list[Node] = []
        for part in [piece for own in parts for piece in (own.parts if own.op == node.op else (own,))]:
            if any(self._beats(node.op, other, part, facts) for other in kept):
                continue
            kept = [other for other in kept if not self._beats(node.op, part, other, facts)] + [part]
        return self.graph.extreme("min" if node.op == "least" else "max", kept)

    def _beats(self, op: str, one: Node, other: Node, facts: Facts) -> bool:
        low, high = self._ends(self._difference(one, other), facts.spans)
        return (high is not None and high <= 0) if op == "least" else (low is not None and low >= 0)

    def _quotient(self, parts: list[Node], facts: Facts) -> Node:
        top, bottom = parts
        low, _ = self._ends(self._linear(top), facts.spans)
        if bottom.low is None or bottom.low < 1:
            bottom = self.graph.extreme("max", [bottom, self.graph.one])
        return self.graph.floordiv(top, bottom, above=low is not None and low >= 0)


def multiplied(graph: Graph, factor: int, part: Node) -> Node:
    """Return a multiple by a number above 0, taken inside to the constants as long as no number outgrows 64 bits."""
    match part.op:
        case "least" | "greatest" if all(_fits(factor, piece) for piece in part.parts):
            kind: Literal["min", "max"] = "min" if part.op == "least" else "max"
            return graph.extreme(kind, [multiplied(graph, factor, piece) for piece in part.parts])
        case "mul" if part.parts[0].op == "const" and part.parts[0].value > 0:
            return multiplied(graph, factor * part.parts[0].value, part.parts[1])
        case "select":
            condition, then, otherwise = part.parts
            return graph.select(condition, multiplied(graph, factor, then), multiplied(graph, factor, otherwise))
        case _:
            return graph.scale(factor, part)


def _fits(factor: int, part: Node) -> bool:
    return part.low is not None and part.high is not None and factor * max(abs(part.low), abs(part.high)) < 2**63


def _is_long(node: Node) -> bool:
    return node.op in ("and", "or", "select") or (node.op == "not" and _is_long(node.parts[0]))


def needed(graph: Graph, decided: Decided, condition: Node, keys: Iterable[str], size: int) -> list[str]:
    """Return the inputs that must be there for a condition to hold."""
    found = []
    for key in keys:
        without = decided.assumed(decided.nothing, graph.given(key), False)
        if decided.under(condition, without, size=size) is graph.false:
            found.append(key)
    return found


def _over(scale: int, low: Bound, high: Bound) -> tuple[Bound, Bound]:
    """Return the ends of a whole number of which a multiple has these ends."""
    ends = (None if low is None else -(-low // abs(scale)), None if high is None else high // abs(scale))
    if scale > 0:
        return ends
    return (None if ends[1] is None else -ends[1], None if ends[0] is None else -ends[0])

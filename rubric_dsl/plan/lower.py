"""Core to whole numbers: every node but the irrational ones."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from rubric_dsl.core.keys import GIVEN, availability_key
from rubric_dsl.core.nodes import (
    Add,
    Both,
    Case,
    Compare,
    Condition,
    Const,
    Div,
    Either,
    Expr,
    Extreme,
    Input,
    Is,
    Lookup,
    Measure,
    Mul,
    Not,
    Real,
    ToWhole,
)
from rubric_dsl.plan.graph import Graph, Node
from rubric_dsl.plan.quotient import Quotient, Quotients, common
from rubric_dsl.records import dataclass


class IrrationalError(Exception):
    """A rule computes a logarithm, an exponential or a root, which whole numbers do not."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition as a node; ``defined`` is when it can be told at all."""

    holds: Node
    defined: Node


class Lowering:
    """Lowers expressions over one graph.

    ``numbers`` are the quotients of all that an ``Input`` can name, ``options`` the words of each choice in order.
    """

    def __init__(self, graph: Graph, numbers: Mapping[str, Quotient], options: Mapping[str, tuple[str, ...]]) -> None:
        self.graph = graph
        self.quotients: Quotients = Quotients(graph)
        self.numbers = numbers
        self.options = options
        self._seen: dict[tuple[int, int], tuple[Expr, Quotient]] = {}

    def expr(self, node: Expr, measure: Quotient | None = None) -> Quotient:
        """Return an expression in whole numbers.

        Raises:
            IrrationalError: it holds a logarithm, an exponential or a root.
        """
        key = (id(node), id(measure))
        if key not in self._seen:
            self._seen[key] = (node, self._expr(node, measure))
        return self._seen[key][1]

    def _expr(self, node: Expr, measure: Quotient | None) -> Quotient:
        quotients = self.quotients
        match node:
            case Const():
                return quotients.const(node.value)
            case Input():
                return self._input(node)
            case Measure():
                return measure if measure is not None else self._none()
            case Add():
                return quotients.add([self.expr(part, measure) for part in node.parts])
            case Mul():
                return quotients.mul(self.expr(node.left, measure), self.expr(node.right, measure))
            case Div():
                return quotients.div(self.expr(node.left, measure), self.expr(node.right, measure))
            case Extreme():
                return quotients.extreme(node.kind, [self.expr(part, measure) for part in node.parts])
            case ToWhole():
                return quotients.to_whole(node.mode, self.expr(node.part, measure))
            case Lookup():
                return self._lookup(node)
            case Case():
                return self._case(node, measure)
            case Real():
                raise IrrationalError
            case _:
                assert_never(node)

    def _none(self) -> Quotient:
        """Return a number that is never defined."""
        return Quotient(Fraction(1), self.graph.zero, self.graph.one, self.graph.false)

    def _input(self, node: Input) -> Quotient:
        found = self.numbers[node.key]
        key = availability_key(node.key)
        if key not in self.options:
            return found
        there = self.truth(Is(key, frozenset({GIVEN})), None)
        return Quotient(
            found.factor, found.top, found.bottom, self.graph.both([there.defined, there.holds, found.defined])
        )

    def _lookup(self, node: Lookup) -> Quotient:
        worth = dict(node.table)
        options = self.options[node.key]
        quotients = self.quotients
        values = [quotients.const(worth.get(word, Fraction(0))) for word in options]
        factor = common(values)
        table = self.graph.table(node.key, tuple(int(worth.get(word, Fraction(0)) / factor) for word in options))
        known = self.graph.isin(node.key, [place for place, word in enumerate(options) if word in worth], len(options))
        given = self.graph.given(node.key)
        return quotients.reduced(factor, table, self.graph.one, self.graph.both([given, known]))

    def _case(self, node: Case, measure: Quotient | None) -> Quotient:
        value = self._none() if node.otherwise is None else self.expr(node.otherwise, measure)
        for branch in reversed(node.branches):
            condition = self.truth(branch.condition, measure)
            value = self.quotients.select(condition.holds, self.expr(branch.value, measure), value)
            value = self.quotients.where(condition.defined, value)
        return value

    def truth(self, condition: Condition, measure: Quotient | None) -> Truth:
        """Return a condition over whole numbers.

        Raises:
            IrrationalError: it compares a logarithm, an exponential or a root.
        """
        graph = self.graph
        match condition:
            case Compare():
                left, right = self.expr(condition.left, measure), self.expr(condition.right, measure)
                holds = self.quotients.compare(condition.op, left, right)
                return Truth(holds, graph.both([left.defined, right.defined]))
            case Is():
                options = self.options[condition.key]
                places = [place for place, word in enumerate(options) if word in condition.options]
                return Truth(graph.isin(condition.key, places, len(options)), graph.given(condition.key))
            case Not():
                part = self.truth(condition.part, measure)
                return Truth(graph.negation(part.holds), part.defined)
            case Both():
                return self._joined([self.truth(part, measure) for part in condition.parts], decides=False)
            case Either():
                return self._joined([self.truth(part, measure) for part in condition.parts], decides=True)
            case _:
                assert_never(condition)

    def _joined(self, parts: list[Truth], *, decides: bool) -> Truth:
        """Join conditions; one part that decides is enough, whether or not the others can be told."""
        graph = self.graph
        deciding = [graph.both([p.defined, p.holds if decides else graph.negation(p.holds)]) for p in parts]
        every = graph.both([part.defined for part in parts])
        defined = graph.true if every is graph.true else graph.either([every, *deciding])
        some = graph.either(deciding)
        return Truth(some if decides else graph.negation(some), defined)

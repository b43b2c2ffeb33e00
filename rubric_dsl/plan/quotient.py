"""Exact numbers as whole ones: ``factor × top ÷ bottom``, and when they have a value at all."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from typing import assert_never

from rubric_dsl.core.nodes import CompareOp, StepMode
from rubric_dsl.plan.graph import Graph, Node
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Quotient:
    """``factor × top ÷ bottom``: a constant above 0 and two whole numbers, ``bottom`` at least 1.

    ``defined`` is the condition under which the number is what it stands for; elsewhere it is some number or other.
    """

    factor: Fraction
    top: Node
    bottom: Node
    defined: Node


class Quotients:
    """Arithmetic of quotients over one graph. Constant factors are kept apart, so that whole numbers stay small."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def const(self, value: Fraction) -> Quotient:
        """Return an exact number."""
        sign = (value > 0) - (value < 0)
        return Quotient(abs(value) or Fraction(1), self.graph.const(sign), self.graph.one, self.graph.true)

    def number(self, top: Node, defined: Node, scale: int = 1) -> Quotient:
        """Return a whole number of ``1 ÷ scale``."""
        return Quotient(Fraction(1, scale), top, self.graph.one, defined)

    def add(self, items: list[Quotient]) -> Quotient:
        """Return a sum; quotients over the same whole number are added first."""
        groups: dict[int, list[Quotient]] = {}
        for item in items:
            groups.setdefault(item.bottom.number, []).append(item)
        summed = [self._over_one(group) for group in groups.values()]
        total = summed[0]
        for item in summed[1:]:
            total = self._add_two(total, item)
        return Quotient(total.factor, total.top, total.bottom, self._all(items))

    def _over_one(self, items: list[Quotient]) -> Quotient:
        factor = common(items)
        top = self.graph.add([self._in(factor, item) for item in items])
        return self.reduced(factor, top, items[0].bottom, self.graph.true)

    def _add_two(self, a: Quotient, b: Quotient) -> Quotient:
        factor = common([a, b])
        graph = self.graph
        left = graph.mul(self._in(factor, a), b.bottom)
        right = graph.mul(self._in(factor, b), a.bottom)
        return self.reduced(factor, graph.add([left, right]), graph.mul(a.bottom, b.bottom), graph.true)

    def mul(self, a: Quotient, b: Quotient) -> Quotient:
        """Return a product."""
        graph = self.graph
        if a.top is b.bottom and a.top is not graph.one:
            return self.reduced(a.factor * b.factor, b.top, a.bottom, self._all([a, b]))
        if b.top is a.bottom and b.top is not graph.one:
            return self.reduced(a.factor * b.factor, a.top, b.bottom, self._all([a, b]))
        top = graph.mul(a.top, b.top)
        return self.reduced(a.factor * b.factor, top, graph.mul(a.bottom, b.bottom), self._all([a, b]))

    def div(self, a: Quotient, b: Quotient) -> Quotient:
        """Return a quotient; it is not defined where the denominator is 0."""
        graph = self.graph
        low, high = b.top.low, b.top.high
        there = graph.negation(graph.equal(b.top, graph.zero))
        if low is not None and low >= 1:
            bottom, sign = b.top, graph.one
        elif low is not None and low >= 0:
            bottom, sign = graph.extreme("max", [b.top, graph.one]), graph.one
        elif high is not None and high <= 0:
            bottom, sign = graph.extreme("max", [graph.scale(-1, b.top), graph.one]), graph.const(-1)
        else:
            below = graph.less(b.top, graph.zero)
            size = graph.select(below, graph.scale(-1, b.top), b.top)
            bottom, sign = graph.extreme("max", [size, graph.one]), graph.select(below, graph.const(-1), graph.one)
        turned = Quotient(1 / b.factor, graph.mul(sign, b.bottom), bottom, graph.both([b.defined, there]))
        return self.mul(a, turned)

    def extreme(self, kind: str, items: list[Quotient]) -> Quotient:
        """Return the least or the greatest."""
        graph = self.graph
        defined = self._all(items)
        under = {item.bottom.number: item.bottom for item in items if item.bottom is not graph.one}
        if len(under) <= 1:
            bottom = next(iter(under.values()), graph.one)
            factor = common(items)
            tops = [self._over(bottom, self._in(factor, item), item) for item in items]
            top = graph.extreme("min" if kind == "min" else "max", tops)
            return self.reduced(factor, top, bottom, defined)
        best = items[0]
        for item in items[1:]:
            closer = self.compare("<" if kind == "min" else ">", item, best)
            best = self.select(closer, item, best)
        return Quotient(best.factor, best.top, best.bottom, defined)

    def select(self, condition: Node, then: Quotient, otherwise: Quotient) -> Quotient:
        """Return ``then`` where the condition holds, else ``otherwise``; only that one must be defined."""
        graph = self.graph
        defined = graph.select(condition, then.defined, otherwise.defined)
        factor = common([then, otherwise])
        top = graph.select(condition, self._in(factor, then), self._in(factor, otherwise))
        # 0 is 0 over any denominator.
        under = then.bottom if then.top.content else otherwise.bottom
        over = otherwise.bottom if otherwise.top.content else then.bottom
        return self.reduced(factor, top, graph.select(condition, under, over), defined)

    def compare(self, op: CompareOp, a: Quotient, b: Quotient) -> Node:
        """Return a comparison as one of whole numbers, cross-multiplied."""
        graph = self.graph
        factor = common([a, b])
        left, right = self._in(factor, a), self._in(factor, b)
        if a.bottom is not b.bottom:
            left, right = graph.mul(left, b.bottom), graph.mul(right, a.bottom)
        match op:
            case "<":
                return graph.less(left, right)
            case "<=":
                return graph.less(left, right, strict=False)
            case ">":
                return graph.less(right, left)
            case ">=":
                return graph.less(right, left, strict=False)
            case "=":
                return graph.equal(left, right)
            case "!=":
                return graph.negation(graph.equal(left, right))
            case _:
                assert_never(op)

    def to_whole(self, mode: StepMode, item: Quotient) -> Quotient:
        """Return a number made whole."""
        graph = self.graph
        top = graph.scale(item.factor.numerator, item.top)
        bottom = graph.scale(item.factor.denominator, item.bottom)
        whole = self._whole(mode, top, bottom)
        return self.reduced(Fraction(1), whole, graph.one, item.defined)

    def _whole(self, mode: StepMode, top: Node, bottom: Node) -> Node:
        graph = self.graph
        match mode:
            case "floor":
                return graph.floordiv(top, bottom)
            case "ceiling":
                return graph.scale(-1, graph.floordiv(graph.scale(-1, top), bottom))
            case "down" | "up" | "half_up":
                return graph.select(
                    graph.less(top, graph.zero),
                    graph.scale(-1, self._away(mode, graph.scale(-1, top), bottom)),
                    self._away(mode, top, bottom),
                )
            case "half_even":
                double = graph.scale(2, bottom)
                more = graph.add([graph.scale(2, top), bottom])
                up = graph.floordiv(more, double)
                tie = graph.equal(more, graph.mul(up, double))
                odd = graph.less(graph.scale(2, graph.floordiv(up, graph.const(2))), up)
                return graph.add([up, graph.select(graph.both([tie, odd]), graph.const(-1), graph.zero)])
            case _:
                assert_never(mode)

    def _away(self, mode: str, top: Node, bottom: Node) -> Node:
        """Make a number of at least 0 whole."""
        graph = self.graph
        if mode == "down":
            return graph.floordiv(top, bottom)
        if mode == "up":
            return graph.scale(-1, graph.floordiv(graph.scale(-1, top), bottom))
        return graph.floordiv(graph.add([graph.scale(2, top), bottom]), graph.scale(2, bottom))

    def where(self, condition: Node, item: Quotient) -> Quotient:
        """Return a number that is defined under one more condition."""
        return Quotient(item.factor, item.top, item.bottom, self.graph.both([condition, item.defined]))

    def _in(self, factor: Fraction, item: Quotient) -> Node:
        """Return a quotient's whole number with another factor before it."""
        if not item.top.content:
            return item.top
        times = item.factor / factor
        assert times.denominator == 1, "the common factor divides each"  # noqa: S101
        return self.graph.scale(times.numerator, item.top)

    def _over(self, bottom: Node, top: Node, item: Quotient) -> Node:
        return top if item.bottom is bottom else self.graph.mul(top, bottom)

    def _all(self, items: list[Quotient]) -> Node:
        return self.graph.both([item.defined for item in items])

    def reduced(self, factor: Fraction, top: Node, bottom: Node, defined: Node) -> Quotient:
        """Take constants out of both whole numbers."""
        graph = self.graph
        if top is graph.zero:
            return Quotient(Fraction(1), top, graph.one, defined)
        factor = factor * top.content / bottom.content
        return Quotient(factor, graph.divided(top, top.content), graph.divided(bottom, bottom.content), defined)


def common(items: list[Quotient]) -> Fraction:
    """Return the greatest factor of which all are whole multiples; 0 is one of any."""
    factors = [item.factor for item in items if item.top.content] or [Fraction(1)]
    bottom = lcm(*(factor.denominator for factor in factors))
    top = gcd(*(factor.numerator * (bottom // factor.denominator) for factor in factors))
    return Fraction(top, bottom)

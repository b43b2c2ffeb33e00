"""Whole-number expressions: a graph of shared nodes, each with the range of what it can be.

A node is built once however often it is written (nodes are equal when they are the same object), and what its range
decides is simplified as it is built: a comparison already settled by the bounds is folded away, the greater of 0 and a count is
the count. Every node is total: it has a value whatever the inputs are, so that a back end may compute it early or late.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd
from typing import Literal

from rubric_dsl.plan import bounds

Op = Literal[
    "const", "var", "add", "mul", "floordiv", "least", "greatest", "select", "table",
    "true", "false", "given", "less", "equal", "isin", "and", "or", "not",
]  # fmt: skip
"""``const`` … ``table`` are whole numbers, the others conditions."""


class Node:
    """A whole number or a condition.

    ``parts`` are the nodes inside it; ``value`` is a constant's number; ``key`` the input of a ``var``, ``given``,
    ``table`` or ``isin``; ``codes`` the numbers of a ``table`` (one for each word of the choice, in order), or the
    places of the words of ``isin``. ``low`` and ``high`` bound a whole number (None: unbounded).
    ``a // b`` of ``floordiv`` rounds down and its ``b`` is at least 1; its ``value`` is 1 where ``a`` is not below 0
    wherever it is used (elsewhere the quotient may be out of its bounds). ``number`` counts the nodes as they were built:
    what a node is made of has a lower one. ``content`` is the greatest number that is seen to divide a whole number
    (0 divides only 0).
    """

    __slots__ = ("codes", "content", "high", "key", "low", "number", "op", "parts", "value")

    def __init__(
        self,
        op: Op,
        parts: tuple[Node, ...] = (),
        *,
        value: int = 0,
        key: str = "",
        codes: tuple[int, ...] = (),
        low: int | None = None,
        high: int | None = None,
    ) -> None:
        self.op: Op = op
        self.parts: tuple[Node, ...] = parts
        self.value: int = value
        self.key: str = key
        self.codes: tuple[int, ...] = codes
        self.low: int | None = low
        self.high: int | None = high
        self.number: int = -1
        self.content: int = _content(op, parts, value, codes)

    @property
    def known(self) -> int | None:
        """The number, where it can only be one."""
        return self.low if self.low is not None and self.low == self.high else None


class Graph:
    """Builds nodes, each once. Where every input is ``always`` given, no node asks whether it is."""

    def __init__(self, *, always: bool = False) -> None:
        self._always = always
        self._nodes: dict[tuple[object, ...], Node] = {}
        self._parts_of: dict[tuple[int, int], Node] = {}
        self._closed: set[int] = set()
        self.true: Node = self._keep(Node("true"))
        self.false: Node = self._keep(Node("false"))
        self.zero: Node = self.const(0)
        self.one: Node = self.const(1)

    def _keep(self, node: Node) -> Node:
        found = (node.op, tuple(part.number for part in node.parts), node.value, node.key, node.codes)
        if found not in self._nodes:
            node.number = len(self._nodes)
            self._nodes[found] = node
        return self._nodes[found]

    def const(self, value: int) -> Node:
        """Return a whole number."""
        return self._keep(Node("const", value=value, low=value, high=value))

    def var(self, key: str, low: int | None, high: int | None) -> Node:
        """Return an input; it is held to its bounds wherever :meth:`given` holds."""
        return self._keep(Node("var", key=key, low=low, high=high))

    def given(self, key: str) -> Node:
        """Return the condition that an input is there and can be used."""
        return self.true if self._always else self._keep(Node("given", key=key))

    def table(self, key: str, numbers: tuple[int, ...]) -> Node:
        """Return the number of a choice's word."""
        if len(set(numbers)) == 1:
            return self.const(numbers[0])
        return self._keep(Node("table", key=key, codes=numbers, low=min(numbers), high=max(numbers)))

    def isin(self, key: str, codes: Iterable[int], count: int) -> Node:
        """Return the condition that a choice is one of some of its ``count`` words."""
        found = tuple(sorted(set(codes)))
        if not found:
            return self.false
        return self.true if len(found) == count else self._keep(Node("isin", key=key, codes=found))

    def add(self, parts: Iterable[Node]) -> Node:
        """Return a sum; its constants become one, sums inside it are opened, where they are not closed."""
        flat: list[Node] = []
        constant = 0
        for part in parts:
            for piece in part.parts if self._is_open(part) else (part,):
                if piece.op == "const":
                    constant += piece.value
                else:
                    flat.append(piece)
        flat.sort(key=_number)
        flat = _opposites_out(flat)
        if constant or not flat:
            flat.append(self.const(constant))
        if len(flat) == 1:
            return flat[0]
        low = bounds.total([part.low for part in flat])
        high = bounds.total([part.high for part in flat])
        return self._settled(Node("add", tuple(flat), low=low, high=high))

    def close(self, node: Node) -> None:
        """Let a sum stand as it is in others: a result of its own is worked out once."""
        if node.op == "add":
            self._closed.add(node.number)

    def _is_open(self, node: Node) -> bool:
        return node.op == "add" and node.number not in self._closed

    def scale(self, factor: int, part: Node) -> Node:
        """Return a whole multiple; of an open sum, the sum of the multiples."""
        if factor == 1:
            return part
        if factor == 0:
            return self.zero
        if part.op == "const":
            return self.const(factor * part.value)
        if part.op == "mul" and part.parts[0].op == "const":
            return self.scale(factor * part.parts[0].value, part.parts[1])
        if self._is_open(part):
            return self.add([self.scale(factor, piece) for piece in part.parts])
        if part.op == "table":
            return self.table(part.key, tuple(factor * number for number in part.codes))
        ends = [bounds.times(part.low, factor), bounds.times(part.high, factor)]
        low, high = ends if factor > 0 else ends[::-1]
        return self._settled(Node("mul", (self.const(factor), part), low=low, high=high))

    def mul(self, left: Node, right: Node) -> Node:
        """Return a product."""
        if left.op == "const":
            return self.scale(left.value, right)
        if right.op == "const":
            return self.scale(right.value, left)
        for one, other in ((left, right), (right, left)):
            if one.op == "mul" and one.parts[0].op == "const":
                return self.scale(one.parts[0].value, self.mul(one.parts[1], other))
        a, b = sorted((left, right), key=_number)
        low, high = bounds.product(a, b)
        return self._settled(Node("mul", (a, b), low=low, high=high))

    def divided(self, part: Node, by: int) -> Node:
        """Return a whole number over one that is seen to divide it (see ``content``)."""
        if by == 1:
            return part
        key = (part.number, by)
        if key not in self._parts_of:
            self._parts_of[key] = self._divided(part, by)
        return self._parts_of[key]

    def _divided(self, part: Node, by: int) -> Node:
        match part.op:
            case "const":
                return self.const(part.value // by)
            case "mul":
                own = gcd(part.parts[0].content, by)
                return self.mul(self.divided(part.parts[0], own), self.divided(part.parts[1], by // own))
            case "add":
                return self.add([self.divided(piece, by) for piece in part.parts])
            case "least" | "greatest":
                return self.extreme("min" if part.op == "least" else "max", [self.divided(p, by) for p in part.parts])
            case "select":
                condition, then, otherwise = part.parts
                return self.select(condition, self.divided(then, by), self.divided(otherwise, by))
            case "table":
                return self.table(part.key, tuple(number // by for number in part.codes))
            case _:
                raise ValueError(f"{part.op} is not seen to be a multiple of {by}")

    def floordiv(self, top: Node, bottom: Node, *, above: bool = False) -> Node:
        """Return a quotient rounded down; ``bottom`` must be bounded below by 1.

        ``above`` says that ``top`` is never below 0 where the quotient is used.
        """
        assert bottom.low is not None and bottom.low >= 1, "a denominator that can be 0 must be guarded first"  # noqa: S101, PT018
        if bottom.op == "const" and bottom.value == 1:
            return top
        low = bounds.quotient(top.low, bottom, up=False)
        high = bounds.quotient(top.high, bottom, up=True)
        above = above and (top.low is None or top.low < 0)
        low = bounds.greatest_known([low, 0]) if above else low
        return self._settled(Node("floordiv", (top, bottom), value=int(above), low=low, high=high))

    def extreme(self, kind: Literal["min", "max"], parts: Iterable[Node]) -> Node:
        """Return the least or the greatest of some numbers; those that never decide are left out."""
        found: list[Node] = []
        for part in parts:
            if part not in found and not any(_beats(kind, other, part) for other in found):
                found = [other for other in found if not _beats(kind, part, other)] + [part]
        if len(found) == 1:
            return found[0]
        lows = [part.low for part in found]
        highs = [part.high for part in found]
        if kind == "min":
            low, high = bounds.least(lows), bounds.least_known(highs)
        else:
            low, high = bounds.greatest_known(lows), bounds.greatest(highs)
        op: Op = "least" if kind == "min" else "greatest"
        return self._settled(Node(op, tuple(found), low=low, high=high))

    def select(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """Return ``then`` where the condition holds, else ``otherwise``; both numbers or both conditions."""
        if condition is self.true or then is otherwise:
            return then
        if condition is self.false:
            return otherwise
        if condition.op == "not":
            return self.select(condition.parts[0], otherwise, then)
        if then is self.true or then is self.false:
            part = condition if then is self.true else self.negation(condition)
            return self.either([part, otherwise]) if then is self.true else self.both([part, otherwise])
        if otherwise is self.true or otherwise is self.false:
            part = self.negation(condition) if otherwise is self.true else condition
            return self.either([part, then]) if otherwise is self.true else self.both([part, then])
        low, high = bounds.least([then.low, otherwise.low]), bounds.greatest([then.high, otherwise.high])
        return self._settled(Node("select", (condition, then, otherwise), low=low, high=high))

    def less(self, left: Node, right: Node, *, strict: bool = True) -> Node:
        """Return ``left < right`` (``<=`` where not strict: ``left − 1 < right``)."""
        if not strict:
            return self.negation(self.less(right, left))
        left, right = self._smaller(left, right)
        if left.high is not None and right.low is not None and left.high < right.low:
            return self.true
        if left.low is not None and right.high is not None and left.low >= right.high:
            return self.false
        return self.false if left is right else self._keep(Node("less", (left, right)))

    def _smaller(self, left: Node, right: Node) -> tuple[Node, Node]:
        """Return both sides without the number that divides them."""
        shared = gcd(left.content, right.content) or 1
        return self.divided(left, shared), self.divided(right, shared)

    def equal(self, left: Node, right: Node) -> Node:
        """Return ``left = right``."""
        left, right = self._smaller(left, right)
        if left is right:
            return self.true
        for one, other in ((left, right), (right, left)):
            if one.high is not None and other.low is not None and one.high < other.low:
                return self.false
        if left.known is not None and left.known == right.known:
            return self.true
        a, b = sorted((left, right), key=lambda node: (node.op == "const", node.number))
        return self._keep(Node("equal", (a, b)))

    def negation(self, part: Node) -> Node:
        """Return the condition that another does not hold."""
        if part is self.true or part is self.false:
            return self.false if part is self.true else self.true
        return part.parts[0] if part.op == "not" else self._keep(Node("not", (part,)))

    def both(self, parts: Iterable[Node]) -> Node:
        """Return the condition that all hold."""
        return self._joined("and", parts, self.true, self.false)

    def either(self, parts: Iterable[Node]) -> Node:
        """Return the condition that at least one holds."""
        return self._joined("or", parts, self.false, self.true)

    def _joined(self, op: Literal["and", "or"], parts: Iterable[Node], nothing: Node, decided: Node) -> Node:
        found: dict[int, Node] = {}
        for part in parts:
            for piece in part.parts if part.op == op else (part,):
                if piece is decided:
                    return decided
                if piece is not nothing:
                    found[piece.number] = piece
        if any(piece.op == "not" and piece.parts[0].number in found for piece in found.values()):
            return decided
        # "a and (a or b)" is a, "a or (a and b)" is a.
        other = "or" if op == "and" else "and"
        for number, piece in list(found.items()):
            if piece.op == other and any(part.number in found for part in piece.parts):
                del found[number]
        if not found:
            return nothing
        return next(iter(found.values())) if len(found) == 1 else self._keep(Node(op, tuple(found.values())))

    def _settled(self, node: Node) -> Node:
        known = node.known
        return self._keep(node) if known is None else self.const(known)


def _content(op: Op, parts: tuple[Node, ...], value: int, codes: tuple[int, ...]) -> int:
    match op:
        case "const":
            return abs(value)
        case "mul":
            return parts[0].content * parts[1].content
        case "add" | "least" | "greatest":
            return gcd(*(part.content for part in parts))
        case "select":
            return gcd(parts[1].content, parts[2].content)
        case "table":
            return gcd(*codes)
        case _:
            return 1


def _number(node: Node) -> int:
    return node.number


def _opposites_out(parts: list[Node]) -> list[Node]:
    """Leave out pairs that sum to 0: ``a`` and ``−1 × a``."""
    kept: list[Node] = []
    for part in parts:
        match = next((i for i, other in enumerate(kept) if _negates(other, part) or _negates(part, other)), None)
        if match is None:
            kept.append(part)
        else:
            kept.pop(match)
    return kept


def _negates(one: Node, other: Node) -> bool:
    return one.op == "mul" and one.parts[0].op == "const" and one.parts[0].value == -1 and one.parts[1] is other


def _beats(kind: str, one: Node, other: Node) -> bool:
    """Whether one number is never worse than another, for a least or a greatest."""
    if kind == "min":
        return one.high is not None and other.low is not None and one.high <= other.low
    return one.low is not None and other.high is not None and one.low >= other.high

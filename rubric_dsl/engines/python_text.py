"""Whole-number expressions as Python source. Only names that are made here and numbers stand in it."""

from __future__ import annotations

from collections.abc import Iterable

from rubric_dsl.plan.graph import Node

_DEEPEST = 30
"""An expression nested deeper than this is given a name, so that Python's own reader is never overtaxed."""
_FEW = 3
_LEAVES = frozenset({"const", "var", "true", "false", "given"})


class PythonText:
    """Writes the nodes under some roots: what stands in several places once, in a line of its own, before them.

    ``names`` is the variable of each input, by key. What is written once is evaluated only where it is needed.
    """

    def __init__(self, roots: Iterable[Node], names: dict[str, str]) -> None:
        self.names = names
        self.lines: list[str] = []
        self._texts: dict[int, str] = {}
        self._depths: dict[int, int] = {}
        self._temporaries = 0
        uses: dict[int, int] = {}
        nodes: dict[int, Node] = {}
        for root in roots:
            _count(root, nodes, uses)
        for number in sorted(nodes):
            self._write(nodes[number], uses[number])

    def text(self, node: Node) -> str:
        """Return the expression of one of the roots, after all lines."""
        return self._texts[node.number]

    def _write(self, node: Node, uses: int) -> None:
        text = self._text(node)
        depth = 1 + max((self._depths[part.number] for part in node.parts), default=0)
        if node.op not in _LEAVES and (uses > 1 or depth > _DEEPEST):
            name = f"t{node.number}"
            self.lines.append(f"{name} = {text}")
            text, depth = name, 1
        self._texts[node.number], self._depths[node.number] = text, depth

    def _text(self, node: Node) -> str:
        parts = [self._texts[part.number] for part in node.parts]
        match node.op:
            case "const":
                return str(node.value) if node.value >= 0 else f"({node.value})"
            case "true" | "false":
                return "True" if node.op == "true" else "False"
            case "var":
                return self.names[node.key]
            case "given":
                return f"({self.names[node.key]} is not None)"
            case "table":
                return f"({', '.join(map(str, node.codes))})[{self.names[node.key]}]"
            case "isin":
                return self._isin(node)
            case "add":
                return f"({_sum(node, parts)})"
            case "mul":
                return f"({parts[0]} * {parts[1]})"
            case "floordiv":
                return f"({parts[0]} // {parts[1]})"
            case "least" | "greatest":
                return self._extreme(node.op, parts)
            case "select":
                return f"({parts[1]} if {parts[0]} else {parts[2]})"
            case "less":
                return f"({parts[0]} < {parts[1]})"
            case "equal":
                return f"({parts[0]} == {parts[1]})"
            case "not":
                return f"(not {parts[0]})"
            case _:
                return f"({f' {node.op} '.join(parts)})"

    def _isin(self, node: Node) -> str:
        name = self.names[node.key]
        if len(node.codes) == 1:
            return f"({name} == {node.codes[0]})"
        return f"({name} in ({', '.join(map(str, node.codes))}))"

    def _extreme(self, op: str, parts: list[str]) -> str:
        """Write a least or greatest: of a few, comparisons are several times faster than Python's own min and max."""
        if len(parts) > _FEW:
            return f"{'min' if op == 'least' else 'max'}({', '.join(parts)})"
        sign = "<" if op == "least" else ">"
        best = parts[0]
        for part in parts[1:]:
            first, again = self._named(best)
            second, other = self._named(part)
            best = f"({again} if {first} {sign} {second} else {other})"
        return best

    def _named(self, text: str) -> tuple[str, str]:
        """Return a text for its first use and one for the next."""
        if text.isidentifier() or text.lstrip("(-").rstrip(")").isdigit():
            return text, text
        self._temporaries += 1
        name = f"u{self._temporaries}"
        return f"({name} := {text})", name


def inside(roots: Iterable[Node]) -> list[Node]:
    """Return every node under some roots, each once, what a node is made of before it."""
    nodes: dict[int, Node] = {}
    uses: dict[int, int] = {}
    for root in roots:
        _count(root, nodes, uses)
    return [nodes[number] for number in sorted(nodes)]


def _count(root: Node, nodes: dict[int, Node], uses: dict[int, int]) -> None:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        uses[node.number] = uses.get(node.number, 0) + 1
        if node.number not in nodes:
            nodes[node.number] = node
            waiting.extend(node.parts)


def _sum(node: Node, parts: list[str]) -> str:
    """Write a sum, with a negative part as a difference."""
    pieces = sorted(zip(node.parts, parts, strict=True), key=lambda piece: _sign(piece[0]) < 0)
    text = ""
    for part, written in pieces:
        below = bool(text) and _sign(part) < 0
        if below and part.op == "const":
            text += f" - {-part.value}"
        elif below and written.startswith("("):
            factor = part.parts[0].value
            rest = written.partition(" * ")[2][:-1]
            text += f" - {rest}" if factor == -1 else f" - {-factor} * {rest}"
        else:
            text += f" + {written}" if text else written
    return text


def _sign(part: Node) -> int:
    first = part.parts[0] if part.op == "mul" else part
    return -1 if first.op == "const" and first.value < 0 else 1

"""A plan as the source of one function over columns: one pass over the rows, every result at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rubric_dsl.engines.python_text import PythonText, inside
from rubric_dsl.plan.graph import Node
from rubric_dsl.plan.plan import NumberInput
from rubric_dsl.records import dataclass

_WORD = 2**63 - 1
_FLOAT = 2**52
"""``floor(p / q)`` with one rounding is exact while ``|p| + q`` stays below this: then so does ``q × floor(p / q)``."""
_CONDITIONS = frozenset({"true", "false", "given", "less", "equal", "isin", "and", "or", "not"})


@dataclass(frozen=True, slots=True)
class Column:
    """An input of the function: a column of whole numbers, by the key of the figure; ``item`` is None for a choice."""

    key: str
    item: NumberInput | None = None


class _KernelText(PythonText):
    """As Python text, in what machine numbers know as well: no assignments inside an expression."""

    def _text(self, node: Node) -> str:
        if node.op != "floordiv":
            return super()._text(node)
        top, bottom = (self.text(part) for part in node.parts)
        sizes = [_size(part) for part in node.parts]
        small = None not in sizes and sum(size for size in sizes if size is not None) < _FLOAT
        return f"{'floor_float' if small else 'floor_whole'}({top}, {bottom})"

    def _extreme(self, op: str, parts: list[str]) -> str:
        return f"{'min' if op == 'least' else 'max'}({', '.join(parts)})"


def kernel_source(columns: Sequence[Column], condition: Node, outputs: Sequence[Node]) -> str:
    """Write the function ``kernel(count, ok, a0, …, o0, …)``.

    For each row with ``ok`` it either writes every output, or sets ``ok`` to 0: a number is not admissible or the
    ``condition`` does not hold, so that the row is not the plan's.
    """
    names = {column.key: f"v{number}" for number, column in enumerate(columns)}
    text = _KernelText([condition, *outputs], names)
    arguments = [f"a{number}" for number in range(len(columns))] + [f"o{number}" for number in range(len(outputs))]
    body = [f"v{number} = a{number}[i]" for number in range(len(columns))]
    wrong = [test for number, column in enumerate(columns) for test in _wrong(f"v{number}", column.item)]
    if wrong:
        body += [f"if {' or '.join(wrong)}:", "    ok[i] = 0", "    continue"]
    body += text.lines
    if condition.op != "true":
        body += [f"if not {text.text(condition)}:", "    ok[i] = 0", "    continue"]
    body += [f"o{number}[i] = {text.text(node)}" for number, node in enumerate(outputs)]
    lines = [f"def kernel({', '.join(['count', 'ok', *arguments])}):", "    for i in range(count):"]
    lines += ["        if not ok[i]:", "            continue", *("        " + line for line in body)]
    return "\n".join(lines) + "\n"


def _wrong(name: str, item: NumberInput | None) -> list[str]:
    if item is None:
        return []
    found = [] if item.low is None else [f"{name} < {item.low}"]
    found += [] if item.high is None else [f"{name} > {item.high}"]
    return found if item.step == 1 else [*found, f"({name} - ({item.offset})) % {item.step} != 0"]


def is_narrow(roots: Iterable[Node], items: Iterable[NumberInput]) -> bool:
    """Whether every number under some roots, and every sum on the way to it, is below 2^63 in size, and the inputs'."""
    ends = [end for item in items for end in (item.low, item.high, item.step, item.offset)]
    if any(end is not None and abs(end) >= _WORD // 2 for end in ends):
        return False
    for node in inside(roots):
        if node.op in _CONDITIONS:
            continue
        sizes = [_size(part) for part in node.parts if part.op not in _CONDITIONS]
        size = _size(node)
        if size is None or size > _WORD:
            return False
        if node.op == "add" and (None in sizes or sum(each for each in sizes if each is not None) > _WORD):
            return False
    return True


def _size(node: Node) -> int | None:
    if node.low is None or node.high is None:
        return None
    return max(abs(node.low), abs(node.high))

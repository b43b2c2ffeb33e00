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
_MOST_CHOSEN = 16
"""A table of more values than this is looked up, a smaller one is chosen from by comparisons."""
_CONDITIONS = frozenset({"true", "false", "given", "less", "equal", "isin", "and", "or", "not"})


@dataclass(frozen=True, slots=True)
class Column:
    """An input of the function: a column of whole numbers, by the key of the figure; ``item`` is None for a choice."""

    key: str
    item: NumberInput | None = None


class _MachineText(PythonText):
    """As Python text without a jump, so that the machine does several rows in one step.

    Every node has a value on every row, whatever a condition above it says, so that nothing is lost but work.
    """

    def _text(self, node: Node) -> str:
        parts = [self.text(part) for part in node.parts]
        match node.op:
            case "floordiv":
                sizes = [_size(part) for part in node.parts]
                if None in sizes or sum(size for size in sizes if size is not None) >= _FLOAT:
                    return f"floor_whole({parts[0]}, {parts[1]})"
                low = node.parts[0].low
                return f"{'cut_float' if low is not None and low >= 0 else 'floor_float'}({parts[0]}, {parts[1]})"
            case "and" | "or":
                return f"({(' & ' if node.op == 'and' else ' | ').join(parts)})"
            case "not":
                return f"(True ^ {parts[0]})"
            case "isin":
                name = self.names[node.key]
                return "(" + " | ".join(f"({name} == {code})" for code in node.codes) + ")"
            case "table" if len(node.codes) <= _MOST_CHOSEN:
                name, text = self.names[node.key], str(node.codes[-1])
                for place in range(len(node.codes) - 2, -1, -1):
                    text = f"({node.codes[place]} if {name} == {place} else {text})"
                return text
            case _:
                return super()._text(node)

    def _extreme(self, op: str, parts: list[str]) -> str:
        return f"{'min' if op == 'least' else 'max'}({', '.join(parts)})"


class _ArrayText(PythonText):
    """As expressions over whole columns: no compiler is needed, and every node has a value on every row."""

    def _text(self, node: Node) -> str:
        parts = [self.text(part) for part in node.parts]
        match node.op:
            case "select":
                return f"np.where({', '.join(parts)})"
            case "and" | "or":
                return f"({(' & ' if node.op == 'and' else ' | ').join(parts)})"
            case "not":
                return f"np.logical_not({parts[0]})"
            case "isin":
                name = self.names[node.key]
                return "(" + " | ".join(f"({name} == {code})" for code in node.codes) + ")"
            case "table":
                return f"np.take(({', '.join(map(str, node.codes))}), {self.names[node.key]})"
            case _:
                return super()._text(node)

    def _extreme(self, op: str, parts: list[str]) -> str:
        best = parts[0]
        for part in parts[1:]:
            best = f"np.{'minimum' if op == 'least' else 'maximum'}({best}, {part})"
        return best


def array_source(columns: Sequence[Column], condition: Node, outputs: Sequence[Node]) -> str:
    """Write the function ``kernel(np, a0, …)`` over whole columns: which rows are the plan's, then every output.

    What stands in the rows that are not the plan's has no meaning.
    """
    names = {column.key: f"a{number}" for number, column in enumerate(columns)}
    text = _ArrayText([condition, *outputs], names)
    wrong = [test for number, column in enumerate(columns) for test in _wrong(f"a{number}", column.item)]
    fine = " & ".join([text.text(condition), *(f"np.logical_not({test})" for test in wrong)])
    found = "".join(f"{text.text(node)}, " for node in outputs)
    lines = [f"def kernel({', '.join(['np', *names.values()])}):", *("    " + line for line in text.lines)]
    return "\n".join([*lines, f"    return {fine}, ({found})"]) + "\n"


def kernel_source(columns: Sequence[Column], condition: Node, outputs: Sequence[Node], *, machine: bool) -> str:
    """Write the function ``kernel(count, ok, a0, …, o0, …)``, to be compiled for the machine or run by Python.

    For each row with ``ok`` it either writes every output, or sets ``ok`` to 0: a number is not admissible or the
    ``condition`` does not hold, so that the row is not the plan's. The machine's also writes numbers without a
    meaning where ``ok`` is 0. It wants the numbers ``s0`` … beside it: every so many words of a column are its rows.
    """
    names = {column.key: f"v{number}" for number, column in enumerate(columns)}
    text = (_MachineText if machine else PythonText)([condition, *outputs], names)
    arguments = [f"a{number}" for number in range(len(columns))] + [f"o{number}" for number in range(len(outputs))]
    at = [f"s{number} * i" if machine else "i" for number in range(len(columns))]
    body = [f"v{number} = a{number}[{place}]" for number, place in enumerate(at)]
    wrong = [test for number, column in enumerate(columns) for test in _wrong(f"v{number}", column.item)]
    put = [f"o{number}[i] = {text.text(node)}" for number, node in enumerate(outputs)]
    if machine:
        fine = [*(f"(True ^ ({test}))" for test in wrong), text.text(condition)]
        body += [*text.lines, *put, f"ok[i] = ok[i] & (1 if {' & '.join(fine)} else 0)"]
    else:
        leave = ["    ok[i] = 0", "    continue"]
        begin = ["if not ok[i]:", "    continue", *body]
        tested = [f"if {' or '.join(wrong)}:", *leave] if wrong else []
        held = [] if condition.op == "true" else [f"if not {text.text(condition)}:", *leave]
        body = [*begin, *tested, *text.lines, *held, *put]
    lines = [f"def kernel({', '.join(['count', 'ok', *arguments])}):", "    for i in range(count):"]
    return "\n".join([*lines, *("        " + line for line in body)]) + "\n"


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
        if _is_condition(node):
            continue
        sizes = [_size(part) for part in node.parts if not _is_condition(part)]
        size = _size(node)
        if size is None or size > _WORD:
            return False
        if node.op == "add" and (None in sizes or sum(each for each in sizes if each is not None) > _WORD):
            return False
    return True


def _is_condition(node: Node) -> bool:
    return node.op in _CONDITIONS or (node.op == "select" and _is_condition(node.parts[1]))


def _size(node: Node) -> int | None:
    if node.low is None or node.high is None:
        return None
    return max(abs(node.low), abs(node.high))

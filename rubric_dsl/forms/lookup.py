"""Look-up: a table keyed by one or more choices or figures, or by the scores of a heading's parts.

Whether every combination is listed is looked at when the rubric has been read (``analysis/checks/table_open.py``).
"""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Both, Branch, Compare, Condition, Const, Expr, Is, Measure, choose, total_of
from rubric_dsl.diagnostics import Place, Text
from rubric_dsl.forms.bands import ALWAYS, region_of
from rubric_dsl.forms.base import Context, FormInput, Key, Part, Seen, Table, value_of_score
from rubric_dsl.formulas.kinds import Typed
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Node, Tree, leaf_text

_ONE, _ZERO = Const(Fraction(1)), Const(Fraction(0))


@dataclass(frozen=True, slots=True)
class LookupRule:
    """The rows in the author's order; the first that fits decides."""

    found: tuple[Branch, ...]
    places: tuple[Place, ...]
    table: Table
    role: Literal["case"] = "case"
    inputs: tuple[FormInput, ...] = ()
    floor: Fraction | None = None

    def branches(self) -> tuple[Branch, ...]:
        """Return one branch for each row."""
        return self.found

    def amount(self) -> None:
        """A table neither adds nor deducts."""

    def reason(self, seen: Seen) -> Text | None:
        """Name the row."""
        taken = [words for words in dict.fromkeys(branch.words for branch in self.found) if words in seen.branches]
        return Text(f"符合“{taken[0][0]}”", f"'{taken[0][1]}' holds") if len(taken) == 1 else None


class LookupForm:
    """Reads ``lookup``, ``lookup_parts`` and ``row`` clauses; ``otherwise`` says what an unlisted key gets."""

    clauses: ClassVar[tuple[str, ...]] = ("lookup", "lookup_parts", "row")

    def read(self, clauses: tuple[Node, ...], context: Context) -> LookupRule | None:
        """Read the keys and the rows."""
        heads = [clause for clause in clauses if clause.kind != "row"]
        rows = [clause for clause in clauses if clause.kind == "row"]
        if len(heads) != 1 or not rows:
            hint = Text(
                "写作：查表按 甲，乙；组合 优，良 计8分", "write: look up A, B; combination good, fair scores 8"
            )
            words = Text(
                "查表要有一句“查表按”和至少一行“组合”", "a table has one 'look up' and at least one 'combination'"
            )
            context.fault("table-keys", words, clauses[0], hint=hint)
            return None
        reader = _Parts(heads[0], context) if heads[0].kind == "lookup_parts" else _Keys(heads[0], context)
        found = [reader.row(row) for row in rows] if reader.usable else [None]
        branches = tuple(branch for branch in found if branch is not None)
        if len(branches) < len(found):
            return None
        head = Place(context.source, heads[0].span)
        if isinstance(reader, _Parts) and not context.closed:  # parts may score what is no step of the scale
            context.found.append(Table(head).left_open())
            return None
        places = tuple(Place(context.source, row.span) for row in rows)
        if isinstance(reader, _Parts):
            return LookupRule(branches, places, Table(head))
        unordered = frozenset(reader.words(row) for row in rows) if reader.any_order else None
        return LookupRule(branches, places, Table(head, tuple(reader.keys), unordered))


class _Keys:
    """A table over choices and figures."""

    def __init__(self, head: Node, context: Context) -> None:
        self.context = context
        self.any_order = head.find("ANY_ORDER") is not None
        keys = [self._key(name) for name in head.all("name")]
        self.keys = [key for key in keys if key is not None]
        self.usable = len(self.keys) == len(keys)
        self.listed: set[tuple[str, ...]] = set()
        if self.usable and self.any_order and len({key.options for key in self.keys}) > 1:
            words = Text("不分先后的各项要有相同的选项", "keys in any order must have the same options")
            context.fault("table-keys", words, head)
            self.usable = False

    def _key(self, name: Tree) -> Key | None:
        text = leaf_text(name)
        scope = self.context.formulas.scope
        choice = scope.choices.get(fold(text))
        if choice is not None:
            scope.used.add(choice[0])
            return Key(choice[0], choice[1], None)
        figure = scope.figures.get(fold(text))
        if figure is not None:
            return Key(figure[0], (), self.context.formulas.figure(name, text))
        self.context.found.append(scope.unknown(self.context.source, name))
        return None

    def row(self, row: Node) -> Branch | None:
        """Lower one row."""
        cells = [child for child in row.children if child.kind != "score"]
        if len(cells) != len(self.keys):
            self._wrong_cells(row, len(self.keys))
            return None
        if self.any_order:
            condition = self._multiset(cells)
        else:
            parts = [self._cell(key, cell) for key, cell in zip(self.keys, cells, strict=True)]
            held = tuple(part for part in parts if part is not None)
            condition = Both(held) if len(held) == len(parts) else None
        value = value_of_score(row.node("score"), self.context)
        if condition is None or value is None:
            return None
        return Branch(condition, value, self.context.words(row))

    def _wrong_cells(self, row: Node, wanted: int) -> None:
        words = Text(f"这一行要有 {wanted} 格", f"this row needs {wanted} cells")
        names = [key.name for key in self.keys]
        hint = Text("各格依次是：" + "、".join(names), "the cells are, in order: " + ", ".join(names))
        self.context.fault("table-keys", words, row, hint=hint)

    def _cell(self, key: Key, cell: Tree) -> Condition | None:
        if cell.kind == "ANY":
            return ALWAYS
        if cell.kind == "region" and isinstance(cell, Node) and key.value is not None:
            return self._band(key.value, cell)
        if cell.kind == "option" and key.options:
            word = self._option(key, cell)
            return None if word is None else Is(key.name, frozenset({word}))
        hint = Text("数写在括号里，如（≥ 90%）；选项直接写", "a number's range stands in brackets, as (>= 90%)")
        self.context.fault(
            "table-keys", Text("这一格与这一项不相配", "this cell does not fit its key"), cell, hint=hint
        )
        return None

    def _band(self, value: Typed, cell: Node) -> Condition | None:
        measure, own = self.context.measure, self.context.formulas.own
        self.context.measure = value
        found = region_of(cell.children[0], self.context)
        self.context.measure, self.context.formulas.own = measure, own
        return None if found is None else on_value(found, value.expr)

    def _option(self, key: Key, cell: Tree) -> str | None:
        text = leaf_text(cell)
        match = next((option for option in key.options if fold(option) == fold(text)), None)
        if match is None:
            listed = Text("选项：" + "、".join(key.options), "options: " + ", ".join(key.options))
            words = Text(f"“{key.name}”没有选项“{text}”", f"'{key.name}' has no option '{text}'")
            self.context.fault("unknown-option", words, cell, hint=listed)
        return match

    def _multiset(self, cells: list[Tree]) -> Condition | None:
        """The row holds when each word is chosen as often as it stands in the row."""
        words = [self._option(self.keys[0], cell) for cell in cells]
        if any(word is None for word in words):
            return None
        counts = {word: words.count(word) for word in words if word is not None}
        parts = []
        for word, count in counts.items():
            chosen = [choose(Is(key.name, frozenset({word})), _ONE, _ZERO) for key in self.keys]
            parts.append(Compare("=", total_of(list(chosen)), Const(Fraction(count))))
        return Both(tuple(parts))

    def words(self, row: Node) -> tuple[str, ...]:
        """Return the options of a row whose cells stand in any order, in the order of the options."""
        given = [fold(leaf_text(cell)) for cell in row.children if cell.kind != "score"]
        return tuple(word for word in self.keys[0].options for _ in range(given.count(fold(word))))


class _Parts:
    """A table over the scores of a heading's parts, named by the rubric's scale; parts that do not apply drop out."""

    usable = True

    def __init__(self, head: Node, context: Context) -> None:
        self.context = context
        self.any_order = head.find("ANY_ORDER") is not None
        self.parts: tuple[Part, ...] = context.parts
        if not self.parts or not context.scale:
            words = Text("按下级查表，要有等级标准，并且下面有指标", "a table over parts needs a scale, and parts")
            context.fault("table-keys", words, head, hint=Text("先写：尺度 A = 4，…", "write first: scale A = 4, …"))
            self.usable = False

    def row(self, row: Node) -> Branch | None:
        """Lower one row; a row may have fewer cells than there are parts: it holds when so many apply."""
        cells = [child for child in row.children if child.kind != "score"]
        values = [self._value(cell) for cell in cells]
        value = value_of_score(row.node("score"), self.context)
        if any(item is None for item in values) or value is None:
            return None
        wanted = [item for item in values if item is not None]
        condition = self._multiset(wanted) if self.any_order else self._in_order(wanted)
        if condition is None:
            words = Text(f"这一行要有 {len(self.parts)} 格", f"this row needs {len(self.parts)} cells")
            self.context.fault("table-keys", words, row)
            return None
        return Branch(condition, value, self.context.words(row))

    def _value(self, cell: Tree) -> Fraction | None:
        found = self.context.scale.get(leaf_text(cell)) if cell.kind == "option" else None
        if found is None:
            listed = Text("等级标准：" + "、".join(self.context.scale), "scale: " + ", ".join(self.context.scale))
            self.context.fault(
                "unknown-grade", Text("等级标准里没有这一级", "the scale has no such grade"), cell, hint=listed
            )
        return found

    def _in_order(self, wanted: list[Fraction]) -> Condition | None:
        if len(wanted) != len(self.parts):
            return None
        pairs = zip(self.parts, wanted, strict=True)
        return Both(tuple(Compare("=", part.score, Const(value)) for part, value in pairs))

    def _multiset(self, wanted: list[Fraction]) -> Condition:
        counts = [(value, wanted.count(value)) for value in dict.fromkeys(wanted)]
        conditions: list[Condition] = [Compare("=", applying(self.parts), Const(Fraction(len(wanted))))]
        for value, count in counts:
            equal = [choose(_equals(part, value), _ONE, _ZERO) for part in self.parts]
            conditions.append(Compare("=", total_of(list(equal)), Const(Fraction(count))))
        return Both(tuple(conditions))


def _equals(part: Part, value: Fraction) -> Condition:
    same = Compare("=", part.score, Const(value))
    return same if part.applies is None else Both((Compare("=", part.applies, _ONE), same))


def applying(parts: tuple[Part, ...]) -> Expr:
    """Return how many parts apply."""
    return total_of([_ONE if part.applies is None else part.applies for part in parts])


def on_value(condition: Condition, value: Expr) -> Condition:
    """Return a condition on the measure as one on another value."""
    if isinstance(condition, Compare):
        left = value if isinstance(condition.left, Measure) else condition.left
        return Compare(condition.op, left, condition.right)
    if isinstance(condition, Both):
        return Both(tuple(on_value(part, value) for part in condition.parts))
    return condition

"""Conditions: comparisons, chains, choices, figures that are not available."""

from __future__ import annotations

from itertools import pairwise

from rubric_dsl.core.keys import UNAVAILABLE, availability_key
from rubric_dsl.core.nodes import Both, Compare, Condition, Either, Is, Not
from rubric_dsl.diagnostics import Text
from rubric_dsl.formulas.kinds import OPS
from rubric_dsl.formulas.reader import FormulaReader
from rubric_dsl.formulas.scope import address_of
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Node, Tree, leaf_text


class Conditions(FormulaReader):
    """Lowers conditions."""

    def condition(self, tree: Tree) -> Condition | None:
        """Lower a condition; None when a fault was reported."""
        if not isinstance(tree, Node):
            return None
        match tree.kind:
            case "compare":
                return self._compare(tree.children[0], tree.children[1].kind, tree.children[2], tree)
            case "chain":
                return self._chain(tree)
            case "unavailable":
                return self._not_available(tree)
            case _:
                return self._joined(tree)

    def _joined(self, tree: Node) -> Condition | None:
        parts = [self.condition(child) for child in tree.children]
        found = tuple(part for part in parts if part is not None)
        if len(found) < len(parts):
            return None
        if tree.kind == "not":
            return Not(found[0])
        if tree.kind == "grouped":
            return found[0]
        return Both(found) if tree.kind == "and" else Either(found)

    def _chain(self, tree: Node) -> Condition | None:
        """``95% ≤ x ≤ 105%`` is two comparisons that both hold."""
        sides, ops = tree.children[::2], [child.kind for child in tree.children[1::2]]
        found = [self._compare(left, op, right, tree) for (left, right), op in zip(pairwise(sides), ops, strict=True)]
        parts = tuple(part for part in found if part is not None)
        return Both(parts) if len(parts) == len(found) else None

    def _compare(self, left: Tree, op: str, right: Tree, tree: Node) -> Condition | None:
        choice = self._option_compared(left, op, right, tree)
        if choice is not None:
            return choice[0]
        typed = self.formula(left)
        expr = self.compared(typed, right) if typed is not None else None
        return None if typed is None or expr is None else Compare(OPS[op], typed.expr, expr)

    def _option_compared(self, left: Tree, op: str, right: Tree, tree: Node) -> tuple[Condition | None] | None:
        """Read ``类别 = 一类``; None when the left side is no choice."""
        if not isinstance(left, Node) or left.kind != "ref":
            return None
        address = f"{leaf_text(left.children[0])}[{self.column}]" if left.find("EACH", "columns") else address_of(left)
        found = self.scope.choices.get(fold(address))
        if found is None:
            return None
        key, options = found
        self.scope.used.add(key)
        word = leaf_text(right) if isinstance(right, Node) and right.kind in ("ref", "own_measure") else ""
        match = next((option for option in options if fold(option) == fold(word)), None)
        if match is None or op not in ("EQ", "NE"):
            self.fault(
                "unknown-option",
                Text(f"“{key}”没有“{word}”这个选项", f"'{key}' has no option '{word}'")
                if word and op in ("EQ", "NE")
                else Text(f"“{key}”只能与它的选项比较是否相等", f"'{key}' compares with its options only, by = or ≠"),
                tree,
                Text("选项：" + "、".join(options), "options: " + ", ".join(options)),
            )
            return (None,)
        chosen = Is(key, frozenset({match}))
        return (chosen if op == "EQ" else Not(chosen),)

    def _not_available(self, tree: Node) -> Condition | None:
        ref = tree.node("ref")
        address = f"{leaf_text(ref.children[0])}[{self.column}]" if ref.find("EACH", "columns") else address_of(ref)
        found = self.scope.resolve(ref, address)
        key = found[0] if found is not None else self.scope.choices.get(fold(address), ("",))[0]
        if not key:
            self.found.append(self.scope.unknown(self.source, ref))
            return None
        if key not in self.scope.nullable:
            self.fault(
                "always-available",
                Text(f"“{key}”没有写明可无数据", f"'{key}' is not declared as one that may be unavailable"),
                ref,
                Text("在数据表里这一项后面写：可无数据", "add 'may be unavailable' where it is declared"),
            )
            return None
        return Is(availability_key(key), frozenset({UNAVAILABLE}))

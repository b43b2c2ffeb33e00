"""Examples beside a rule, and whole cases."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from rubric_dsl.core.keys import item_address
from rubric_dsl.diagnostics import Diagnostic, Place
from rubric_dsl.forms.base import FormInput, points_of
from rubric_dsl.formulas.scope import Scope, address_of
from rubric_dsl.model.draft import Draft
from rubric_dsl.model.model import Example, WholeCase
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.leaves import item_label
from rubric_dsl.syntax.tree import Leaf, Node, Statement, Tree, leaf_text


class ExampleReader:
    """Reads what is given in examples; faults go to ``found``."""

    def __init__(self, source: Source, scope: Scope, found: list[Diagnostic]) -> None:
        self.source: Source = source
        self.scope: Scope = scope
        self.found: list[Diagnostic] = found

    def examples(self, draft: Draft, inputs: tuple[FormInput, ...]) -> tuple[Example, ...]:
        """Read the examples of an indicator."""
        own = {fold(item.key): item.key for item in inputs}
        found = []
        for statement in draft.all("st_example"):
            given = self._all_given(statement, draft.name, own)
            bounds = _bounds(statement.tree)
            if given is not None and bounds is not None:
                found.append(Example(draft.name, given, *bounds, Place(self.source, statement.span)))
        return tuple(found)

    def case(self, statement: Statement, inputs: dict[str, str]) -> WholeCase | None:
        """Read a whole case; ``inputs`` are the addresses of all assessors' inputs by folded address."""
        given = self._all_given(statement, "", inputs)
        bounds = _bounds(statement.tree)
        if given is None or bounds is None:
            return None
        grade = statement.tree.find("expected_grade")
        name = leaf_text(statement.tree.children[0])
        place = Place(self.source, statement.span)
        return WholeCase(name, given, *bounds, leaf_text(grade) if grade is not None else "", place)

    def _all_given(
        self, statement: Statement, indicator: str, own: dict[str, str]
    ) -> tuple[tuple[str, str], ...] | None:
        pairs = [self._given(indicator, part, own) for part in statement.tree.all("given") if isinstance(part, Node)]
        found = tuple(pair for pair in pairs if pair is not None)
        return found if len(found) == len(pairs) else None

    def _given(self, indicator: str, part: Node, own: dict[str, str]) -> tuple[str, str] | None:
        target, value = part.children
        if not isinstance(target, Node):
            return None
        label = target.kind == "item_label"
        key = item_address(indicator, item_label(leaf_text(target))) if label else address_of(target)
        known = own.get(fold(key)) or self.scope.choices.get(fold(key), ("",))[0]
        if known:
            return known, _value_text(value)
        found = self.scope.resolve(target) if target.kind == "ref" else None
        if found is None:
            self.found.append(self.scope.unknown(self.source, target))
            return None
        return found[0], _value_text(value)


def _bounds(tree: Node) -> tuple[Fraction, Fraction] | None:
    result = tree.find("points", "minus", "range")
    if not isinstance(result, Node):
        return None
    if result.kind == "range":
        low, high = (points_of(child) for child in result.children)
        return low, high
    return points_of(result), points_of(result)


def _value_text(value: Tree) -> str:
    sign: Literal["", "-"] = ""
    if isinstance(value, Node) and value.kind == "neg":
        sign, value = "-", value.children[0]
    if isinstance(value, Node) and value.kind == "quantity":
        number, unit = value.children
        return f"{sign}{leaf_text(number)} {leaf_text(unit)}"
    text = leaf_text(value) if not isinstance(value, Leaf) else value.text
    return sign + text

"""What a formula's value is: a ratio, percentage points, money, persons …; what adds to and compares with what."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from rubric_dsl.core.nodes import Add, Const, Div, Expr, Extreme, Input, Mul, minus
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.formulas.scope import Scope
from rubric_dsl.numbers import parse_number
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Leaf, Node, Tree, leaf_text
from rubric_dsl.syntax.write import write_tree
from rubric_dsl.units import POINTS_OF_RATIO, RATIO, Unit, find_unit, own_unit

NUMBER, ZERO, UNKNOWN = "number", "zero", "unknown"


@dataclass(frozen=True, slots=True)
class Kind:
    """``dimension`` says what it is; ``factor`` how many base units one of it is; ``unit`` is how it is shown."""

    dimension: str
    factor: Fraction = Fraction(1)
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """A lowered formula and what its value is."""

    expr: Expr
    kind: Kind


NOT_READ = Typed(Const(Fraction(0)), Kind(UNKNOWN))
"""Stands for a formula that was reported already, so that nothing that follows from it is reported as well."""


class Typer:
    """Lowers formulas to core and checks what is added to and compared with what. Faults go to ``found``."""

    def __init__(self, source: Source, scope: Scope, found: list[Diagnostic], lang: Literal["zh", "en"]) -> None:
        self.source, self.scope, self.found, self.lang = source, scope, found, lang

    def formula(self, tree: Tree) -> Typed | None:
        """Lower a formula; None when a fault was reported."""
        if isinstance(tree, Leaf):
            return None
        handler = getattr(self, f"_{tree.kind}", None)
        if handler is None:
            raise LookupError(tree.kind)
        result: Typed | None = handler(tree)
        return result

    def _number(self, tree: Node) -> Typed:
        text = leaf_text(tree)
        value = parse_number(text)
        if value == 0:
            return Typed(Const(value), Kind(ZERO))
        return Typed(Const(value), Kind(RATIO if text.endswith("%") else NUMBER))

    def _quantity(self, tree: Node) -> Typed:
        number, unit_leaf = tree.children
        unit = find_unit(leaf_text(unit_leaf)) or own_unit(leaf_text(unit_leaf))
        value = parse_number(leaf_text(number))
        if unit.dimension == POINTS_OF_RATIO:
            return Typed(Const(value / 100), Kind(POINTS_OF_RATIO))
        return Typed(Const(value), kind_of(unit))

    def _ref(self, tree: Node) -> Typed | None:
        found = self.scope.resolve(tree)
        if found is None:
            self.found.append(self.scope.unknown(self.source, tree))
            return None
        key, unit, formula = found
        self.scope.used.add(key)
        return Typed(formula if formula is not None else Input(key), kind_of(unit))

    def _paren(self, tree: Node) -> Typed | None:
        return self.formula(tree.children[0])

    def _neg(self, tree: Node) -> Typed | None:
        part = self.formula(tree.children[0])
        return None if part is None else Typed(Mul(Const(Fraction(-1)), part.expr), part.kind)

    def _add(self, tree: Node) -> Typed | None:
        return self._sum(tree, subtract=False)

    def _sub(self, tree: Node) -> Typed | None:
        return self._sum(tree, subtract=True)

    def _sum(self, tree: Node, *, subtract: bool) -> Typed | None:
        sides = self._sides(tree)
        if sides is None:
            return None
        left, right = sides
        kind = self._common(left.kind, right.kind)
        if kind is None:
            self._mismatch(tree, left, right, adding=True)
            return None
        other = converted(right, kind)
        return Typed(minus(left.expr, other) if subtract else Add((left.expr, other)), kind)

    def _common(self, left: Kind, right: Kind) -> Kind | None:
        if UNKNOWN in (left.dimension, right.dimension):
            return left
        if right.dimension in (left.dimension, ZERO):
            return left
        if left.dimension == ZERO:
            return right
        if {left.dimension, right.dimension} == {RATIO, POINTS_OF_RATIO}:
            return Kind(RATIO)
        return None

    def _mul(self, tree: Node) -> Typed | None:
        sides = self._sides(tree)
        if sides is None:
            return None
        left, right = sides
        return Typed(Mul(left.expr, right.expr), _product(left.kind, right.kind))

    def _div(self, tree: Node) -> Typed | None:
        sides = self._sides(tree)
        if sides is None:
            return None
        left, right = sides
        words = write_tree(tree.children[1], self.lang)
        if UNKNOWN in (left.kind.dimension, right.kind.dimension):
            return NOT_READ
        if left.kind.dimension == right.kind.dimension and left.kind.dimension not in (NUMBER, ZERO):
            return Typed(Div(left.expr, converted(right, left.kind), words), Kind(RATIO))
        kind = left.kind if right.kind.dimension in (NUMBER, RATIO, ZERO) else _quotient(left.kind, right.kind)
        if left.kind.dimension == ZERO:
            kind = Kind(RATIO)
        return Typed(Div(left.expr, right.expr, words), kind)

    def _call(self, tree: Node) -> Typed | None:
        name = tree.children[0].kind
        parts = [self.formula(child) for child in tree.children[1:]]
        if any(part is None for part in parts):
            return None
        typed = [part for part in parts if part is not None]
        kind = typed[0].kind
        for part in typed[1:]:
            common = self._common(kind, part.kind)
            if common is None:
                self._mismatch(tree, typed[0], part, adding=False)
                return None
            kind = common
        exprs = tuple(converted(part, kind) for part in typed)
        if name == "ABS":
            negated = Mul(Const(Fraction(-1)), exprs[0])
            return Typed(Extreme("max", (exprs[0], negated)), kind)
        return Typed(Extreme("min" if name == "MIN" else "max", exprs), kind)

    def _sides(self, tree: Node) -> tuple[Typed, Typed] | None:
        left, right = self.formula(tree.children[0]), self.formula(tree.children[1])
        return None if left is None or right is None else (left, right)

    def compared(self, left: Typed, tree: Tree) -> Expr | None:
        """Lower what ``left`` is compared with, in the same unit; a fault is reported when they do not compare."""
        right = self.formula(tree)
        if right is None:
            return None
        kind = self._common(left.kind, right.kind)
        if kind is None:
            self._mismatch(tree, left, right, adding=False)
            return None
        return converted(right, left.kind if left.kind.dimension != ZERO else right.kind)

    def _mismatch(self, tree: Tree, left: Typed, right: Typed, *, adding: bool) -> None:
        kinds = {left.kind.dimension, right.kind.dimension}
        verb = Text("相加减", "added to or subtracted from") if adding else Text("比较", "compared with")
        hint = None
        code = "unit-mismatch"
        if kinds == {RATIO, NUMBER}:
            code = "percent-and-number"
            hint = Text("比率写作 100%，百分点写作 5个百分点", "write a ratio as 100%, percentage points as 5pp")
        self.found.append(
            Diagnostic(
                code,
                "error",
                "rule",
                Text(
                    f"{kind_words(left.kind).zh}不能与{kind_words(right.kind).zh}{verb.zh}",
                    f"{kind_words(right.kind).en} cannot be {verb.en} {kind_words(left.kind).en}",
                ),
                (Place(self.source, tree.span),),
                hint=hint or Text("两边要用同一种单位", "both sides need the same kind of unit"),
            )
        )


def kind_of(unit: Unit) -> Kind:
    """Return the kind of a figure that is given in a unit."""
    return Kind(unit.dimension, unit.factor, unit) if unit.dimension != RATIO else Kind(RATIO)


def converted(typed: Typed, kind: Kind) -> Expr:
    """Return a formula in the unit of another kind (万元 in 元)."""
    if typed.kind.dimension != kind.dimension or typed.kind.factor == kind.factor:
        return typed.expr
    return Mul(typed.expr, Const(typed.kind.factor / kind.factor))


def kind_words(kind: Kind) -> Text:
    """Name a kind for people."""
    if kind.dimension == RATIO:
        return Text("比率（%）", "a ratio (%)")
    if kind.dimension == POINTS_OF_RATIO:
        return Text("百分点", "percentage points")
    if kind.dimension in (NUMBER, ZERO):
        return Text("没有单位的数", "a number without a unit")
    if kind.unit is not None:
        return Text(f"以{kind.unit.zh}计的量", f"a figure in {kind.unit.id}")
    return Text("由不同单位算出的量", "a figure of mixed units")


def _product(left: Kind, right: Kind) -> Kind:
    if UNKNOWN in (left.dimension, right.dimension):
        return Kind(UNKNOWN)
    for one, other in ((left, right), (right, left)):
        if one.dimension in (NUMBER, ZERO):
            return other
    for one, other in ((left, right), (right, left)):
        if one.dimension == RATIO:
            return other
    return Kind(f"{left.dimension}·{right.dimension}", left.factor * right.factor)


def _quotient(left: Kind, right: Kind) -> Kind:
    return Kind(f"{left.dimension}/{right.dimension}", left.factor / right.factor)

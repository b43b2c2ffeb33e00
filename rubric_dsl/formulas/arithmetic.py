"""Numbers, figures and the four operations."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rubric_dsl.core.nodes import Add, Const, Div, Expr, Input, Mul, Real, minus
from rubric_dsl.diagnostics import Text
from rubric_dsl.formulas.kinds import (
    NOT_READ,
    NUMBER,
    SCALED,
    UNKNOWN,
    ZERO,
    Kind,
    Typed,
    common,
    converted,
    kind_of,
    product,
    quotient,
)
from rubric_dsl.formulas.reader import FormulaReader, plain
from rubric_dsl.formulas.scope import address_of
from rubric_dsl.numbers import parse_number
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Node, Tree, leaf_text
from rubric_dsl.syntax.write import write_tree
from rubric_dsl.units import POINTS_OF_RATIO, RATIO, Unit, find_unit, own_unit


class Arithmetic(FormulaReader):
    """Lowers numbers, figures, sums, products and quotients."""

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
        if tree.find("EACH", "columns") is not None:
            return self._span_alone(tree)
        return self.figure(tree, address_of(tree))

    def figure(self, tree: Tree, address: str) -> Typed | None:
        """Lower one figure by its address."""
        found = self.scope.resolve(tree, address)
        if found is None:
            self._no_figure(tree, address)
            return None
        key, unit, formula = found
        self.scope.used.add(key)
        if formula is not None:
            return Typed(formula, kind_of(unit))
        return Typed(self._rounded(Input(key), unit), kind_of(unit))

    def _rounded(self, figure: Expr, unit: Unit) -> Expr:
        """Round a figure where the rubric says so, as it is stated: a ratio in percent."""
        rounding = self.scope.rounding
        if rounding is None:
            return figure
        step = rounding.step / 100 if unit.dimension == RATIO else rounding.step
        return replace(rounding, step=step).of(figure)

    def _no_figure(self, tree: Tree, address: str) -> None:
        if fold(address) in self.scope.choices:
            key = self.scope.choices[fold(address)][0]
            self.fault(
                "choice-as-number",
                Text(f"“{key}”是选项，不能用来计算", f"'{key}' is a choice and cannot be calculated with"),
                tree,
                Text(f"写条件：{key} = 选项", f"write a condition: {key} = OPTION"),
            )
            return
        self.found.append(self.scope.unknown(self.source, tree))

    def _span_alone(self, tree: Node) -> Typed | None:
        if self.column:
            return self.figure(tree, f"{leaf_text(tree.children[0])}[{self.column}]")
        self.fault(
            "series-alone",
            Text(
                "各列要写在合计、平均、最大值、最小值或满足个数里",
                "a series stands inside sum, mean, max, min or count only",
            ),
            tree,
            Text("如：平均（…[各列]）；或只写一列", "as: mean(…[each]); or name one column"),
        )
        return None

    def _own_measure(self, tree: Node) -> Typed | None:
        named = self.figure_named("指标值", "measure")
        if named is not None:
            return named
        if self.own is None:
            self.fault(
                "no-measure",
                Text("这里没有指标值", "there is no measure here"),
                tree,
                Text("加上一句：指标值 公式", "add a line: measure FORMULA"),
            )
        return self.own

    def _running_total(self, tree: Node) -> Typed | None:
        named = self.figure_named("总分", "total")
        if named is not None:
            return named
        if self.total is None:
            self.fault(
                "no-total-here",
                Text("这里还没有总分", "there is no total here yet"),
                tree,
                Text(
                    "“总分”只能写在总分之后的系数、否决里；别的指标写：得分（…）",
                    "'total' stands in coefficients and vetoes after it; another indicator's score is: score(…)",
                ),
            )
            return None
        return plain(self.total)

    def figure_named(self, *names: str) -> Typed | None:
        """Return the author's own figure where it bears a name that otherwise means something."""
        for name in names:
            found = self.scope.figures.get(fold(name))
            if found is not None:
                key, unit, formula = found
                self.scope.used.add(key)
                return Typed(formula if formula is not None else Input(key), kind_of(unit))
        return None

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
        kind = common(left.kind, right.kind)
        if kind is None:
            self._mismatch(tree, left, right, adding=True)
            return None
        other = converted(right, kind)
        return Typed(minus(left.expr, other) if subtract else Add((left.expr, other)), kind)

    def _mul(self, tree: Node) -> Typed | None:
        sides = self._sides(tree)
        if sides is None:
            return None
        left, right = sides
        return Typed(Mul(left.expr, right.expr), product(left.kind, right.kind))

    def _div(self, tree: Node) -> Typed | None:
        sides = self._sides(tree)
        if sides is None:
            return None
        left, right = sides
        words = Text(write_tree(tree.children[1], "zh"), write_tree(tree.children[1], "en"))
        if UNKNOWN in (left.kind.dimension, right.kind.dimension):
            return NOT_READ
        if left.kind.dimension == right.kind.dimension and left.kind.dimension not in (NUMBER, ZERO):
            return Typed(
                Div(left.expr, converted(right, left.kind), words=words), Kind(SCALED if left.kind.scaled else RATIO)
            )
        kind = left.kind if right.kind.dimension in (NUMBER, RATIO, SCALED, ZERO) else quotient(left.kind, right.kind)
        if left.kind.dimension == RATIO and right.kind.dimension == NUMBER:
            kind = Kind(SCALED)
        if left.kind.dimension == ZERO:
            kind = Kind(RATIO)
        return Typed(Div(left.expr, right.expr, words=words), kind)

    def _sides(self, tree: Node) -> tuple[Typed, Typed] | None:
        left, right = self.formula(tree.children[0]), self.formula(tree.children[1])
        return None if left is None or right is None else (left, right)

    def _raised(self, tree: Node) -> Typed | None:
        sides = self._sides(tree)
        if sides is None:
            return None
        what = Text("乘方", "a power")
        base, exponent = (self._plain(side, tree, what) for side in sides)
        return None if base is None or exponent is None else plain(Real("power", (base, exponent)))

"""What comes after the total, in the order of the file: bonuses, deductions, coefficients, clamps, vetoes."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import Literal

from rubric_dsl.core.keys import result_key
from rubric_dsl.core.nodes import (
    Add,
    Condition,
    Const,
    Expr,
    Extreme,
    Input,
    Mul,
    Rounding,
    choose,
    minus,
    rounded,
)
from rubric_dsl.core.walk import irrational
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.forms.base import cap_of, points_of
from rubric_dsl.formulas.formula_reader import FormulaReader
from rubric_dsl.model.combine import ONE, ZERO
from rubric_dsl.model.draft import Head
from rubric_dsl.model.model import Adjustment, Grade
from rubric_dsl.model.rounding_advice import as_advised
from rubric_dsl.model.totals import GRADE, RATED, ROOT, TOTAL, Hold, Lowering, grade_of, is_rated
from rubric_dsl.numbers import parse_number, shown, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Node, Statement, leaf_text
from rubric_dsl.syntax.write import write_tree

_STEPS = frozenset({"grade_down", "grade_up"})
_STATEMENTS: dict[str, Literal["coefficient", "clamp", "veto"]] = {
    "st_coefficient": "coefficient",
    "st_clamp": "clamp",
    "st_veto": "veto",
}


Leaving = tuple[Statement, Text | None]
"""What may take the total out of its bounds, and how, where the statement does not say so itself."""


@dataclass(slots=True)
class AfterTotal:
    """Lowers the adjustments; faults go to ``found``. ``points`` are the full points of the rubric, ``places`` the decimals of its cases."""

    source: Source
    formulas: FormulaReader
    found: list[Diagnostic]
    lowering: Lowering
    grades: tuple[Grade, ...]
    points: Fraction
    places: int | None
    adjustments: list[Adjustment] = field(default_factory=list)
    grade_changes: list[tuple[Condition, Node]] = field(default_factory=list)
    may_leave: list[Leaving] = field(default_factory=list)
    clamped: bool = False

    def holds(self, statements: list[Statement | Head]) -> None:
        """Read the vetoes that hold other indicators to their base marks: the tree's scores depend on them."""
        for item in statements:
            if not isinstance(item, Statement) or item.kind != "st_veto":
                continue
            consequence = item.tree.children[-1]
            if consequence.kind != "OTHERS_TO_BASE":
                continue
            condition = self.formulas.condition(item.tree.children[1])
            if condition is not None:
                self.lowering.held.append(Hold(condition))
                if all(indicator.base is None for indicator in self.lowering.indicators.values()):
                    self._fault(
                        "no-base-mark",
                        Text("没有任何指标写了基本分", "no indicator states a base mark"),
                        item,
                        Text("在指标下面写：基本分 3分", "write below the indicators: base mark 3"),
                    )

    def passing(self, heads: list[Head]) -> None:
        """Note the rules that may score more than their indicators' points, unless a heading or a pool caps them."""
        for head in heads:
            indicator = self.lowering.indicators.get(head.id)
            if indicator is None or indicator.ceiling <= indicator.points or indicator.pool or _is_held(head):
                continue
            if any(form.role == "uncapped" for rule in indicator.rules for form in rule.forms):
                most, points = shown(indicator.ceiling), text_of(indicator.points)
                why = Text(
                    f"“{head.name}”为 {points} 分，最多可得 {most} 分",
                    f"'{head.name}' has {points} points and may score {most}",
                )
                self.may_leave.append((head.first("rule") or head.statement, why))

    def apply(self, base: Expr, statements: list[Statement | Head], rounding: Rounding | None) -> None:
        """Lower all adjustments, then the rounding of the total, then the grade."""
        running: Expr = base
        for index, item in enumerate(statements):
            key = Input(result_key("total", str(index)))
            self.lowering.define(key.key, running)
            running = self._head(item, key) if isinstance(item, Head) else self._statement(item, key)
        if rounding is not None:
            running = rounded(running, rounding.step, rounding.mode)
        if irrational(running, None):
            self.lowering.irrationals[ROOT] = list(self.lowering.combinations[ROOT].members), running
            running = as_advised(running, self.places)
        total = self.lowering.define(TOTAL, running)
        if self.may_leave and not self.clamped:
            statement, why = self.may_leave[0]
            message = Text("没有说明总分的上下限", "it is not stated within which bounds the total stays")
            self._fault("bonus-cap-not-said", message, statement, self._bounds(statements), why)
        if self.grades:
            self.lowering.define(GRADE, self._grade(total))

    def _bounds(self, statements: list[Statement | Head]) -> Text:
        """Offer bounds: the full points and, where there are bonuses, the full points with all of them."""
        full = text_of(self.points)
        bonus = sum((h.points or 0 for h in statements if isinstance(h, Head) and h.role == "bonus"), Fraction(0))
        zh, en = f"在后面写：总分限于 0分 到 {full}分", f"write after it: total within 0 to {full}"
        if not bonus:
            return Text(f"{zh}（可以超过满分时写更大的数）", f"{en} (or more, where it may pass the full points)")
        most = text_of(self.points + bonus)
        return Text(
            f"{zh}；加分可以超过满分时写：总分限于 0分 到 {most}分",
            f"{en}; where the bonus may pass the full points: total within 0 to {most}",
        )

    def _head(self, head: Head, total: Input) -> Expr:
        member = self.lowering.member(head)
        kind: Literal["bonus", "deduction"] = "bonus" if head.role == "bonus" else "deduction"
        words = (write_tree(head.statement.tree, "zh"), write_tree(head.statement.tree, "en"))
        self.adjustments.append(Adjustment(kind, head.name, words, Place(self.source, head.statement.span)))
        self.may_leave.append((head.statement, None))
        return total if member is None else Add((total, member.score))

    def _statement(self, statement: Statement, total: Input) -> Expr:
        tree = statement.tree
        words = (write_tree(tree, "zh"), write_tree(tree, "en"))
        name = leaf_text(tree.children[0]) if statement.kind != "st_clamp" else ""
        place = Place(self.source, statement.span)
        kind = _STATEMENTS[statement.kind]
        limits = _limits(statement) if kind == "clamp" else None
        self.adjustments.append(Adjustment(kind, name, words, place, limits))
        self.formulas.total = total
        found = {"st_coefficient": self._coefficient, "st_clamp": self._clamp, "st_veto": self._veto}[statement.kind](
            statement, total
        )
        self.formulas.total = None
        return found

    def _coefficient(self, statement: Statement, total: Input) -> Expr:
        tree = statement.tree.children[1]
        typed = self.formulas.formula(tree)
        self.may_leave.append((statement, None))
        expr = None if typed is None else self.formulas.plain_number(typed, tree)
        return total if expr is None else Mul(total, expr)

    def _clamp(self, statement: Statement, total: Input) -> Expr:
        low, high = _limits(statement)
        self.clamped = True
        if low > high:
            self._fault(
                "clamp-bounds",
                Text("总分的下限大于上限", "the total's lower bound is above its upper bound"),
                statement,
                Text("先写小的，后写大的", "write the smaller number first"),
            )
        return Extreme("max", (Const(low), Extreme("min", (Const(high), total))))

    def _veto(self, statement: Statement, total: Input) -> Expr:
        consequence = statement.tree.children[-1]
        condition = self.formulas.condition(statement.tree.children[1])
        if condition is None:
            return total
        name = leaf_text(statement.tree.children[0])
        self.lowering.define(result_key("applies", f"veto:{name}"), choose(condition, ONE, ZERO))
        if consequence.kind == "TOTAL_ZERO":
            return choose(condition, ZERO, total)
        if isinstance(consequence, Node) and consequence.kind == "taken_off":
            self.may_leave.append((statement, None))
            points = points_of(consequence.children[0])
            return choose(condition, minus(total, Const(points)), total)
        if isinstance(consequence, Node):
            self._keep_grade_change(condition, consequence)
        return total

    def _keep_grade_change(self, condition: Condition, consequence: Node) -> None:
        names = [grade.name for grade in self.grades]
        wanted = leaf_text(consequence) if consequence.kind not in _STEPS else ""
        if not names or (wanted and wanted not in names):
            place = Place(self.source, consequence.span)
            listed = Text("等级：" + "、".join(names), "grades: " + ", ".join(names))
            words = Text(f"没有“{wanted}”这个等级", f"there is no grade '{wanted}'")
            self.found.append(Diagnostic("unknown-grade", "error", "rule", words, (place,), hint=listed))
            return
        self.grade_changes.append((condition, consequence))

    def _grade(self, total: Input) -> Expr:
        rank: Expr = grade_of(self.grades, total)
        if RATED in self.lowering.definitions:
            rank = choose(is_rated(RATED), rank, ZERO)
        names = [grade.name for grade in self.grades]
        last = len(names) - 1
        for condition, change in self.grade_changes:
            if change.kind in _STEPS:
                steps = Const(parse_number(leaf_text(change)))
                moved = minus(rank, steps) if change.kind == "grade_down" else Add((rank, steps))
                highest = Const(Fraction(last))
                changed: Expr = Extreme("max", (ZERO, Extreme("min", (highest, moved))))
            else:
                wanted = Const(Fraction(last - names.index(leaf_text(change))))
                changed = wanted if change.kind == "grade_is" else Extreme("min", (rank, wanted))
            rank = choose(condition, changed, rank)
        return rank

    def _fault(
        self, code: str, message: Text, statement: Statement, hint: Text | None = None, why: Text | None = None
    ) -> None:
        place = Place(self.source, statement.span)
        self.found.append(Diagnostic(code, "error", "rule", message, (place,), why=why, hint=hint))


def _is_held(head: Head) -> bool:
    """Whether a heading is no part of the total, or one above it is capped at its points."""
    if head.role != "part":
        return True
    above = head.above
    while above is not None:
        combined = above.first("st_combine")
        cap = None if combined is None else cap_of(combined.tree)
        if cap is not None and above.points is not None and cap <= above.points:
            return True
        above = above.above
    return False


def _limits(statement: Statement) -> tuple[Fraction, Fraction]:
    low, high = (points_of(child) for child in statement.tree.node("range").children)
    return low, high

"""Anchors: straight lines through points of measure and score, and what holds outside of them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Case, Compare, Const, Expr, Measure, Role
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import MEASURE, ONLY_ONE, Context, FormInput, Seen, fixed_score, least_stated, measure_text
from rubric_dsl.forms.shared.line import Point, constant, line
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Leaf, Node

_LINE = Role("anchors")
Outside = Literal["held", "extended", "zero"]
OUTSIDE: dict[str, Outside] = {"HELD": "held", "EXTENDED": "extended", "ZERO_OUTSIDE": "zero"}
_WORDS: dict[Outside, Text] = {
    "held": Text("两端之外不变", "held outside"),
    "extended": Text("两端之外延长", "extended outside"),
    "zero": Text("两端之外得0分", "zero outside"),
}


@dataclass(frozen=True, slots=True)
class Anchors:
    """Points in ascending order, joined by straight lines; ``words`` are the points as the author wrote them."""

    points: tuple[Point, ...]
    words: tuple[tuple[str, str], ...]
    outside: Outside
    role: Literal["gain"] = "gain"
    inputs: tuple[FormInput, ...] = ()
    floor: Fraction | None = None

    def branches(self) -> tuple[Branch, ...]:
        """The lines give points; they claim no part of the measure for themselves."""
        return ()

    def amount(self) -> Expr:
        """Return the score on the lines: one branch for each stretch, and one for each side outside."""
        first, last = self.points[0], self.points[-1]
        # What holds outside must be said even where no measure lies there, so its branch has no words to be missed.
        before = Branch(Compare("<", Measure(), Const(first.at)), self._beyond(0, first))
        stretches = tuple(
            Branch(Compare("<=", Measure(), Const(end.at)), line(start, end), self._between(index))
            for index, (start, end) in enumerate(pairwise(self.points))
        )
        return Case((before, *stretches), self._beyond(len(self.points) - 2, last), role=_LINE)

    def _beyond(self, stretch: int, end: Point) -> Expr:
        if self.outside == "extended":
            return line(self.points[stretch], self.points[stretch + 1])
        return Const(end.score if self.outside == "held" else Fraction(0))

    def _between(self, index: int) -> tuple[str, str]:
        (zh, en), (end_zh, end_en) = self.words[index], self.words[index + 1]
        return f"{zh}，{end_zh}", f"{en}, {end_en}"

    def _side(self, index: int) -> tuple[str, str]:
        outside = _WORDS[self.outside]
        return f"{self.words[index][0]}，{outside.zh}", f"{self.words[index][1]}, {outside.en}"

    def reason(self, seen: Seen) -> Text | None:
        """Name the two points that the measure lies between (or the end beyond which it lies), and the score."""
        measure, value = seen.number(MEASURE), seen.number(_LINE)
        if measure is None or value is None:
            return None
        words = self._where(measure)
        at, score = measure_text(measure, seen.kind), shown(value)
        return Text(f"{at.zh}：插值 {words[0]}，为 {score} 分", f"{at.en}: line {words[1]}, gives {score}")

    def _where(self, measure: Fraction) -> tuple[str, str]:
        if measure < self.points[0].at:
            return self._side(0)
        for index, end in enumerate(self.points[1:]):
            if measure <= end.at:
                return self._between(index)
        return self._side(-1)


class AnchorsForm:
    """Reads the ``anchors`` clause."""

    clauses: ClassVar[tuple[str, ...]] = ("anchors",)

    def read(self, clauses: tuple[Node, ...], context: Context) -> Anchors | None:
        """Read the clause: two points or more, ascending, and what holds outside."""
        clause = clauses[0]
        if context.measure is None:
            context.fault("no-measure", Text("插值法需要指标值", "a line needs a measure"), clause)
            return None
        if len(clauses) > 1:
            context.fault("form-twice", Text("插值法写了两次", "the line is given twice"), clauses[1], hint=ONLY_ONE)
            return None
        marks = _marks(clause)
        points = tuple(_point(mark, context) for mark in marks)
        outside = _outside(clause, context)
        known = tuple(point for point in points if point is not None)
        if outside is None or len(known) != len(points) or not _in_order(known, clause, context):
            return None
        return Anchors(known, tuple(context.words(mark) for mark in marks), outside, floor=least_stated(marks))


def _marks(clause: Node) -> tuple[Node, ...]:
    return tuple(child for child in clause.children if isinstance(child, Node))


def _point(mark: Node, context: Context) -> Point | None:
    score = mark.node("score")
    at = next(child for child in mark.children if child is not score)
    lowered = None if context.measure is None else context.formulas.compared(context.measure, at)
    if lowered is None:
        return None
    value, given = constant(lowered), fixed_score(score, context, "anchor-figure")
    if given is None:
        return None
    if value is None:
        hint = Text("写一个数，如：90% 计满分", "write a number, for example: 90% scores full marks")
        message = Text("插值法的各点不能随数据表里的数变", "a point of a line cannot go with a figure of the form")
        context.fault("anchor-figure", message, at, hint=hint)
        return None
    if given > context.points:
        most = text_of(context.points)
        context.fault(
            "anchor-score",
            Text(
                f"这一点计 {text_of(given)} 分，超过指标的 {most} 分",
                f"a point scores {text_of(given)}, more than the indicator's {most}",
            ),
            score,
            hint=Text(f"改为不超过 {most}分 的数，或写：满分", f"write {most} at most, or: full marks"),
        )
        return None
    return Point(value, given)


def _outside(clause: Node, context: Context) -> Outside | None:
    said = clause.find(*OUTSIDE)
    if isinstance(said, Leaf):
        return OUTSIDE[said.kind]
    context.fault(
        "anchor-outside",
        Text("没有说明两端之外怎样计分", "it is not stated what holds outside the points"),
        clause,
        why=Text(
            "不变：得端点的分；延长：顺着最后一段直线；得0分：没有分。得分不同",
            "held: the score of the end; extended: the last line goes on; zero: no points. They score differently",
        ),
        hint=Text("在句末写：两端之外 不变", "write at the end: held outside"),
    )
    return None


def _in_order(points: tuple[Point, ...], clause: Node, context: Context) -> bool:
    marks = _marks(clause)
    if len(points) == 1:
        hint = Text("再写一个点，如：100% 计满分", "add a point, for example: 100% scores full marks")
        context.fault("anchor-count", Text("插值法只有一个点", "the line has one point only"), marks[0], hint=hint)
        return False
    for (start, end), mark in zip(pairwise(points), marks[1:], strict=True):
        if end.at <= start.at:
            context.fault(
                "anchor-order",
                Text("点没有按指标值从小到大写", "the points do not go from smaller to greater"),
                mark,
                hint=Text("先写指标值小的点，同一个值只写一次", "write the smaller measure first, and each once"),
            )
            return False
    return True

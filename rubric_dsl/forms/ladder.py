"""Ladder: rungs to reach, or limits to stay within, each with its score; between two the lesser score counts, or a straight line."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Case, Compare, Const, Expr, Measure, Role
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import (
    MEASURE,
    ONLY_ONE,
    Context,
    FormInput,
    Seen,
    above_points,
    fixed_score,
    measure_text,
    points_of,
)
from rubric_dsl.forms.shared.line import Point, constant, line
from rubric_dsl.numbers import shown
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node, Tree

_SCORE = Role("ladder")


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs from the best on; who reaches none scores 0. ``straight``: lines between the rungs.

    ``falling``: the rungs are limits to stay within, and the lowest is the best.
    """

    rungs: tuple[Point, ...]
    words: tuple[tuple[str, str], ...]
    straight: bool = False
    falling: bool = False
    role: Literal["gain"] = "gain"
    inputs: tuple[FormInput, ...] = ()
    floor: Fraction | None = None

    def branches(self) -> tuple[Branch, ...]:
        """A ladder gives points; it claims no part of the measure for itself."""
        return ()

    def amount(self) -> Expr:
        """Return the score of the highest rung that is reached, or of the line from it to the next."""
        found = (
            Branch(
                Compare("<=" if self.falling else ">=", Measure(), Const(rung.at)),
                self._value(index),
                self.words[index],
            )
            for index, rung in enumerate(self.rungs)
        )
        return Case(tuple(found), Const(Fraction(0)), role=_SCORE)

    def _value(self, index: int) -> Expr:
        if self.straight and index > 0:
            return line(self.rungs[index], self.rungs[index - 1])
        return Const(self.rungs[index].score)

    def reason(self, seen: Seen) -> Text | None:
        """Name the rung that is reached; between two rungs on a line, name both."""
        measure, score = seen.number(MEASURE), seen.number(_SCORE)
        if measure is None or score is None:
            return None
        at = measure_text(measure, seen.kind)
        index = next((index for index, rung in enumerate(self.rungs) if self._reached(measure, rung)), None)
        if index is None and self.falling:
            return Text(f"{at.zh} 超出最宽的一级", f"{at.en} is within none of the limits")
        if index is None:
            return Text(f"{at.zh} 没有达到最低一级", f"{at.en} reaches no rung")
        words = self.words[index]
        if not self.straight or index == 0 or measure == self.rungs[index].at:
            return Text(f"{at.zh}：{words[0]}", f"{at.en}: {words[1]}")
        above, given = self.words[index - 1], shown(score)
        return Text(
            f"{at.zh}：{words[0]}，{above[0]}，其间按直线计 {given} 分",
            f"{at.en}: {words[1]}, {above[1]}, on the line between {given}",
        )

    def _reached(self, measure: Fraction, rung: Point) -> bool:
        return measure <= rung.at if self.falling else measure >= rung.at


_RUNGS = ("rung", "rung_within", "rung_each")


class LadderForm:
    """Reads ``rung``, ``rung_within`` and ``rung_each`` clauses, and ``rung_line``."""

    clauses: ClassVar[tuple[str, ...]] = (*_RUNGS, "rung_line")

    def read(self, clauses: tuple[Node, ...], context: Context) -> Ladder | None:
        """Read the rungs; from the best on their scores must not rise."""
        if context.measure is None:
            context.fault("no-measure", Text("分级达标需要指标值", "a ladder needs a measure"), clauses[0])
            return None
        rungs = [clause for clause in clauses if clause.kind in _RUNGS]
        lines = [clause for clause in clauses if clause.kind == "rung_line"]
        other = next((clause for clause in rungs if clause.kind != rungs[0].kind), None)
        if other is None and rungs and rungs[0].kind == "rung_each" and len(rungs) > 1:
            other = rungs[1]
        if other is not None:
            message = Text("一条标准里只能有一种分级", "a rule has rungs of one kind only")
            context.fault("ladder-order", message, other, hint=ONLY_ONE)
            return None
        each = bool(rungs) and rungs[0].kind == "rung_each"
        read = _each(rungs[0], context) if each else [(_rung(clause, context), clause) for clause in rungs]
        found = [(point, clause) for point, clause in read if point is not None]
        places = [clause for _, clause in read]
        if len(found) != len(read) or not _lines_stand(lines, places, context):
            return None
        falling = bool(rungs) and rungs[0].kind == "rung_within"
        found.sort(key=lambda rung: rung[0].at if falling else -rung[0].at)
        for (high, _), (low, clause) in pairwise(found):
            if high.at == low.at or low.score > high.score:
                message = Text(
                    "达到得少，得分却不少；或同一级写了两次", "a lower rung scores more, or a rung is given twice"
                )
                hint = Text(
                    "达到得多的一级得分要多，同一级只写一次", "let a higher rung score more, and write each once"
                )
                context.fault("ladder-order", message, clause, hint=hint)
                return None
        if found and found[-1][0].score < 0:
            message = Text(
                "最低一级是负分，达不到它反而得 0 分",
                "the lowest rung scores below zero, and whoever misses it scores 0",
            )
            hint = Text("分档来写：< 60% 计-2分", "write bands: < 60% scores -2")
            context.fault("ladder-order", message, found[-1][1], hint=hint)
            return None
        words = [
            _counted(len(found) - index, clause, context) if each else context.words(clause)
            for index, (_, clause) in enumerate(found)
        ]
        return Ladder(tuple(point for point, _ in found), tuple(words), bool(lines), falling)


def _each(clause: Node, context: Context) -> list[tuple[Point | None, Node]]:
    """Read so many points for each bound that is reached: the n-th from below is a rung of n times as many."""
    points, bounds = points_of(clause.node("points")), [child for child in clause.children if child.kind != "points"]
    reached = [_bound(bound, context) for bound in bounds]
    known = sorted(value for value in reached if value is not None)
    places = [bound if isinstance(bound, Node) else clause for bound in bounds]
    if above_points(points * len(bounds), clause, context):
        return [(None, clause)]
    return [
        (None if value is None else Point(value, points * (known.index(value) + 1)), place)
        for value, place in zip(reached, places, strict=True)
    ]


def _counted(count: int, bound: Node, context: Context) -> tuple[str, str]:
    zh, en = context.words(bound)
    return f"达到 {zh}，共 {count} 个", f"{en} reached, {count} in all"


def _rung(clause: Node, context: Context) -> Point | None:
    score = clause.node("score")
    value = _bound(next(child for child in clause.children if child is not score), context)
    given = None if value is None else fixed_score(score, context, "ladder-figure")
    return None if value is None or given is None else Point(value, given)


def _bound(at: Tree, context: Context) -> Fraction | None:
    lowered = None if context.measure is None else context.formulas.compared(context.measure, at)
    if lowered is None:
        return None
    value = constant(lowered)
    if value is None:
        hint = Text("写一个数，如：达到 90% 计满分", "write a number, for example: reaching 90% scores full marks")
        message = Text("一级不能随数据表里的数变", "a rung cannot go with a figure of the form")
        context.fault("ladder-figure", message, at, hint=hint)
    return value


def _lines_stand(lines: list[Node], rungs: list[Node], context: Context) -> bool:
    needed = 2
    if len(lines) > 1:
        context.fault("ladder-line", Text("“两级之间按直线”写了两次", "the straight lines are given twice"), lines[1])
    elif lines and len(rungs) < needed:
        message = Text("不到两级，没有“两级之间”", "there are no two rungs to draw a line between")
        hint = Text("再写一级，如：达到 60% 计0分", "add a rung, for example: reaching 60% scores 0")
        context.fault("ladder-line", message, lines[0], hint=hint)
    else:
        return True
    return False

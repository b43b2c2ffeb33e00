"""Step deduction: so many points for each step by which the measure misses its target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Add, Branch, Const, Div, Expr, Extreme, Measure, Mul, ToWhole, minus
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import (
    READINGS,
    Context,
    FormInput,
    Reading,
    Seen,
    cap_of,
    difference_text,
    floor_of,
    points_of,
)
from rubric_dsl.forms.target import full_bound, measured
from rubric_dsl.numbers import parse_number, shown, text_of
from rubric_dsl.syntax.tree import Leaf, Node, leaf_text

SIDES: dict[str, tuple[Text, Literal["above", "below", "off"]]] = {
    "ABOVE": (Text("超过", "above by"), "above"),
    "BELOW": (Text("低于", "below by"), "below"),
    "OFF": (Text("偏离", "off by"), "off"),
}


@dataclass(frozen=True, slots=True)
class OneStep:
    """One clause: ``points`` for each ``size`` of deviation to one side of ``target``, or to either."""

    index: int
    side: str
    size: Expr
    points: Fraction
    target: Expr
    reading: Reading
    cap: Fraction | None

    def deduction(self) -> Expr:
        """Lower the deduction: points × steps, at most the cap."""
        over, under = minus(Measure(), self.target), minus(self.target, Measure())
        sides = {"above": (over,), "below": (under,), "off": (over, under)}[SIDES[self.side][1]]
        deviation = Extreme("max", (Const(Fraction(0)), *sides), self._role("deviation"))
        exact: Expr = Div(deviation, self.size, "每步的大小", self._role("exact"))
        steps = exact if self.reading == "pro_rata" else ToWhole(_MODES[self.reading], exact, self._role("steps"))
        full = Mul(Const(self.points), steps, self._role("full"))
        return full if self.cap is None else Extreme("min", (full, Const(self.cap)), self._role("capped"))

    def _role(self, name: str) -> str:
        return f"step{self.index}.{name}"


_MODES: dict[str, Literal["floor", "ceiling"]] = {"whole": "floor", "started": "ceiling"}


@dataclass(frozen=True, slots=True)
class Steps:
    """All step clauses of a rule; their deductions add up."""

    found: tuple[OneStep, ...]
    floor: Fraction | None
    role: Literal["deduct"] = "deduct"
    inputs: tuple[FormInput, ...] = ()

    def branches(self) -> tuple[Branch, ...]:
        """Steps are no cases."""
        return ()

    def amount(self) -> Expr:
        """Return the sum of the deductions."""
        parts = tuple(step.deduction() for step in self.found)
        return parts[0] if len(parts) == 1 else Add(parts)

    def reason(self, seen: Seen) -> Text | None:
        """Say by how much the target is missed, in how many steps, and what that costs."""
        lines = [line for step in self.found if (line := _reason(step, seen)) is not None]
        if not lines:
            return None
        return Text("；".join(line.zh for line in lines), "; ".join(line.en for line in lines))


def _reason(step: OneStep, seen: Seen) -> Text | None:
    deviation = seen.number(f"step{step.index}.deviation")
    exact, full = seen.number(f"step{step.index}.exact"), seen.number(f"step{step.index}.full")
    if deviation is None or exact is None or full is None:
        return None
    side = SIDES[step.side][0]
    if deviation == 0:
        return Text("没有偏离标准，不扣分", "the target is met, nothing is deducted")
    steps = exact if step.reading == "pro_rata" else full / step.points
    far = difference_text(deviation, seen.kind)
    word = _WORDS[step.reading]
    cap = "" if step.cap is None or full <= step.cap else f" → {text_of(step.cap)}"
    over = f" ≥ {text_of(seen.points)}" if full >= seen.points else ""
    working = f"{shown(steps)} × {text_of(step.points)} = {shown(full)}{cap}{over}"
    return Text(f"{side.zh} {far.zh}，{word.zh} {working}", f"{side.en} {far.en}, {word.en} {working}")


_WORDS = {
    "whole": Text("整步数", "whole steps"),
    "started": Text("步数（不足一步按一步）", "started steps"),
    "pro_rata": Text("步数（按比例）", "steps pro rata"),
}


class StepsForm:
    """Reads ``step`` clauses."""

    clauses = ("step",)
    pages: ClassVar[Mapping[str, Text]] = {
        "percent-or-points": Text(
            "“5%”可以是 5 个百分点，也可以是目标值的 5%；标准不是 100% 时得分不同。",
            "'5%' may mean 5 percentage points or 5% of the target; the two differ unless the target is 100%.",
        ),
        "step-reading": Text(
            "没有说明不足一步时怎样扣分：整步、不足一步按一步、按比例，得分不同。在开头写“计步 整步”。",
            "It is not said what a part of a step costs: whole, started and pro rata steps score differently. Write 'steps whole steps' at the top.",
        ),
        "step-size": Text(
            "每步的大小和每步扣的分都要大于 0。",
            "A step, and what it costs, must be greater than 0.",
        ),
        "step-target": Text(
            "没有说明从哪个数起算偏离。",
            "It is not said from which value the deviation counts.",
        ),
    }

    def read(self, clauses: tuple[Node, ...], context: Context) -> Steps | None:
        """Read all step clauses of a rule."""
        if context.measure is None:
            context.fault("no-measure", Text("按步扣分需要指标值", "a step deduction needs a measure"), clauses[0])
            return None
        steps = [_one(index, clause, context) for index, clause in enumerate(clauses)]
        if any(step is None for step in steps):
            return None
        floors = [floor for clause in clauses if (floor := floor_of(clause)) is not None]
        return Steps(tuple(step for step in steps if step is not None), min(floors, default=None))


def _one(index: int, clause: Node, context: Context) -> OneStep | None:
    side = next(child.kind for child in clause.children if child.kind in SIDES)
    target = _target(clause, context)
    size = _size(clause.node("size"), target, context)
    reading = _reading(clause, context)
    points = points_of(clause.node("points"))
    if points == 0:
        context.fault("step-size", Text("每步扣的分要大于 0", "a step must cost more than 0"), clause.node("points"))
        return None
    if target is None or size is None or reading is None:
        return None
    return OneStep(index, side, size, points, target, reading, cap_of(clause))


def _reading(clause: Node, context: Context) -> Reading | None:
    own = clause.find(*READINGS)
    if isinstance(own, Leaf):
        return READINGS[own.kind]
    if context.reading is None:
        context.fault(
            "step-reading",
            Text("没有说明不足一步时怎样扣分", "it is not said what a part of a step costs"),
            clause,
            why=Text(
                "整步、不足一步按一步、按比例，三种读法得分不同",
                "whole, started and pro rata steps score differently",
            ),
            hint=Text("在开头写一句：计步 整步", "add a line at the top: steps whole steps"),
        )
    return context.reading


def _target(clause: Node, context: Context) -> Expr | None:
    stated = clause.find("step_target")
    if isinstance(stated, Node):
        return context.typer.compared(measured(context), stated.children[0])
    bounds = [tree for case in context.cases if (tree := full_bound(case, context.points)) is not None]
    if len(bounds) == 1:
        return context.typer.compared(measured(context), bounds[0])
    context.fault(
        "step-target",
        Text("没有说明从哪个数起算偏离", "it is not said from which value the deviation counts"),
        clause,
        hint=Text("写作：以 100% 为标准，每超过 …", "write: deduct … above 100%"),
    )
    return None


def _size(size: Node, target: Expr | None, context: Context) -> Expr | None:
    inner = size.children[0]
    if isinstance(inner, Node) and inner.kind == "of_target":
        share = parse_number(leaf_text(inner))
        if isinstance(target, Const):
            return _positive(Const(share * target.value), size, context)
        return None if target is None else Mul(Const(share), target)
    typed = context.typer.formula(inner)
    measure = measured(context)
    if typed is None:
        return None
    if measure.kind.dimension in ("ratio", "zero") and typed.kind.dimension == "pp":
        return _positive(typed.expr, size, context)
    if measure.kind.dimension in ("ratio", "zero") and typed.kind.dimension in ("ratio", "number"):
        _percent_or_points(size, context)
        return None
    expr = context.typer.compared(measure, inner)
    return None if expr is None else _positive(expr, size, context)


def _positive(expr: Expr, size: Node, context: Context) -> Expr | None:
    if isinstance(expr, Const) and expr.value <= 0:
        context.fault("step-size", Text("每步的大小要大于 0", "a step must be greater than 0"), size)
        return None
    return expr


def _percent_or_points(size: Node, context: Context) -> None:
    written = context.source[size.span].strip()
    number = written.rstrip("%％ ")
    context.fault(
        "percent-or-points",
        Text(
            f"“{written}”可以是{number}个百分点，也可以是目标值的{number}%",
            f"'{written}' may mean {number} percentage points or {number}% of the target",
        ),
        size,
        why=Text("标准不是 100% 时，两种读法得分不同", "the two score differently unless the target is 100%"),
        hint=Text(f"写作 {number}个百分点，或 目标值的 {number}%", f"write {number}pp, or {number}% of target"),
    )

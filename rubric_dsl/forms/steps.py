"""Step deduction: so many points for each step by which the measure misses its target."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Add, Branch, Case, Compare, Const, Expr, Extreme, Measure
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import Context, FormInput, Seen, cap_of, floor_of, points_of
from rubric_dsl.forms.shared.step_count import STEP_WORDS, apart, gaps_told, option_twice, read_stride, total
from rubric_dsl.forms.shared.tiers import Tiers, read_tiers
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node


@dataclass(frozen=True, slots=True)
class OneStep:
    """One clause: ``start`` as soon as the target is reached, then the points of each step, at most ``cap``."""

    tiers: Tiers
    start: Fraction | None
    cap: Fraction | None

    def deduction(self) -> Expr:
        """Lower the deduction."""
        stride = self.tiers.stride
        full = self.tiers.full()
        if self.start is not None:
            reached = Compare(">=" if stride.side == "above" else "<=", Measure(), stride.target)
            begun = Add((Const(self.start), full), role=stride.role("begun"))
            full = Case((Branch(reached, begun),), Const(Fraction(0)), role=stride.role("after"))
        if self.cap is not None:
            full = Extreme("min", (full, Const(self.cap)), role=stride.role("capped"))
        return stride.guarded(full)


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
        return total(tuple(step.deduction() for step in self.found))

    def reason(self, seen: Seen) -> Text | None:
        """Say by how much the target is missed, in how many steps, and what that costs; silent on sides that are met."""
        told = [line for step in self.found if (line := _reason(step, seen)) is not None]
        lines = [line for line in told if line != _MET] or told[:1]
        if not lines:
            return None
        return Text("；".join(line.zh for line in lines), "; ".join(line.en for line in lines))


_MET = Text("没有偏离标准，不扣分", "the target is met, nothing is deducted")


def _reason(step: OneStep, seen: Seen) -> Text | None:
    stride = step.tiers.stride
    if step.start is not None and _short(step, seen):
        return _MET
    deviation = step.tiers.far(seen)
    full, working = seen.number(stride.role("full")), step.tiers.working(seen)
    if deviation is None or full is None or working is None:
        return None
    if deviation == 0 and step.start is None:
        return _MET
    cost = full + (step.start or 0)
    taken = cost if step.cap is None else min(cost, step.cap)
    capped = "" if taken == cost else f" → {text_of(taken)}"
    over = f" ≥ {text_of(seen.points)}" if taken >= seen.points else ""
    far, word = stride.far(deviation, seen), STEP_WORDS[stride.reading]
    sums = f"{shown(cost)}{capped}{over}"
    if step.start is None:
        return Text(f"{far.zh}，{word.zh} {working} = {sums}", f"{far.en}, {word.en} {working} = {sums}")
    first = text_of(step.start)
    return Text(
        f"{far.zh}，先扣 {first}，{word.zh} {working}，合计 {sums}",
        f"{far.en}, {first} at once, {word.en} {working}, together {sums}",
    )


def _short(step: OneStep, seen: Seen) -> bool:
    """Whether the clause was looked at, and the starting amount was not reached."""
    stride = step.tiers.stride
    return stride.role("after") in seen.values and stride.role("begun") not in seen.values


class StepsForm:
    """Reads ``step`` clauses."""

    clauses: ClassVar[tuple[str, ...]] = ("step",)

    def read(self, clauses: tuple[Node, ...], context: Context) -> Steps | None:
        """Read all step clauses of a rule."""
        if context.measure is None:
            context.fault("no-measure", Text("按步扣分需要指标值", "a step deduction needs a measure"), clauses[0])
            return None
        steps = [_one(index, clause, context) for index, clause in enumerate(clauses)]
        found = tuple(step for step in steps if step is not None)
        if len(found) != len(steps) or not apart(tuple(step.tiers.stride for step in found), clauses, context):
            return None
        gaps_told(tuple(step.tiers.stride for step in found), clauses, context)
        floors = [floor for clause in clauses if (floor := floor_of(clause)) is not None]
        return Steps(found, min(floors, default=None))


def _one(index: int, clause: Node, context: Context) -> OneStep | None:
    stride = read_stride(f"step{index}", clause, context)
    points = points_of(clause.node("points"))
    if points == 0:
        hint = Text("如：扣0.5分", "for example: deduct 0.5")
        context.fault(
            "step-size", Text("每步扣的分要大于 0", "a step must cost more than 0"), clause.node("points"), hint=hint
        )
        return None
    if stride is None or option_twice(clause, context):
        return None
    start = clause.find("start")
    if start is not None and stride.side == "off":
        message = Text("偏离两个方向时，不能写达到即先扣", "where both sides count, nothing starts at the target")
        hint = Text("分成“每超过”“每低于”两句来写", "write two clauses, one above and one below")
        context.fault("step-start", message, start, hint=hint)
        return None
    tiers = read_tiers(clause, stride, points, context)
    if tiers is None:
        return None
    first = points_of(start.children[0]) if isinstance(start, Node) else None
    return OneStep(tiers, first, cap_of(clause))

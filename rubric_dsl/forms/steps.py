"""Step deduction: so many points for each step by which the measure misses its target."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Add, Branch, Case, Compare, Const, Expr, Extreme, Measure
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import Context, FormInput, Seen, cap_of, floor_of, points_of
from rubric_dsl.forms.stride import STEP_WORDS, apart, gaps_told, option_twice, read_stride, total
from rubric_dsl.forms.tiers import Tiers, read_tiers
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
            begun = Add((Const(self.start), full), f"{stride.name}.begun")
            full = Case((Branch(reached, begun),), Const(Fraction(0)), f"{stride.name}.after")
        if self.cap is not None:
            full = Extreme("min", (full, Const(self.cap)), f"{stride.name}.capped")
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
    full, working = seen.number(f"{stride.name}.full"), step.tiers.working(seen)
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
    name = step.tiers.stride.name
    return f"{name}.after" in seen.values and f"{name}.begun" not in seen.values


class StepsForm:
    """Reads ``step`` clauses."""

    clauses = ("step",)
    pages: ClassVar[Mapping[str, Text]] = {
        "percent-or-points": Text(
            "“5%”可以是 5 个百分点，也可以是目标值的 5%；标准不是 100% 时得分不同。",
            "'5%' may mean 5 percentage points or 5% of the target; the two differ unless the target is 100%.",
        ),
        "step-double": Text(
            "同一段指标值有两句按步扣分（或加分），两句都算。改标准，或者把更重的一段写成“低于 … 的部分 每步扣…分”。",
            "Two step clauses count on the same stretch of the measure. Change a target, or write the dearer stretch as a tier.",
        ),
        "step-covered": Text(
            "“计满分”的一档占了这一句的整个方向，先看各档，这一句永远不起作用。",
            "The band of full marks takes the whole side of this clause; bands come first, so the clause has no effect.",
        ),
        "step-gap": Text(
            "两个标准之间的指标值，两句都不扣分。写一档说明它得几分，就不再提示。",
            "Between the two targets neither clause deducts. A band that scores this stretch says that it is meant.",
        ),
        "step-option": Text(
            "按步计分的一项内容写了两次。",
            "A part of a step clause is given twice.",
        ),
        "step-reading": Text(
            "没有说明不足一步时怎样计分：整步、不足一步按一步、按比例，得分不同。在开头写“计步 整步”。",
            "It is not said what a part of a step counts: whole, started and pro rata steps score differently. Write 'steps whole steps' at the top.",
        ),
        "step-size": Text(
            "每步的大小和每步的分都要大于 0。",
            "A step, and its points, must be greater than 0.",
        ),
        "step-start": Text(
            "偏离两个方向时，没有“达到标准”的一侧，不能写达到即先扣。",
            "Where both sides count, no side is where the target is reached, so nothing can start there.",
        ),
        "step-target": Text(
            "没有说明从哪个数起算偏离。",
            "It is not said from which value the deviation counts.",
        ),
        "tier-figure": Text(
            "分段计步的标准和界限要用写定的数，不能用数据表里的数。",
            "The target and the thresholds of tiers are fixed numbers, not figures of the data form.",
        ),
        "tier-order": Text(
            "分段的界限要从标准起，由近到远写。",
            "The thresholds of tiers go from the target outward.",
        ),
        "tier-reading": Text(
            "各段怎样合计要写明一种：分段累计（每一段按自己的分扣），或整段替换（越过界限，全部步数按后一种分扣）。",
            "How tiers add up must be said, once: marginal (each stretch at its own rate) or replacing (beyond a threshold all steps at its rate).",
        ),
        "tier-side": Text(
            "分段要与这一句同一个方向；偏离两个方向的不能分段。",
            "Tiers lie on the clause's own side; steps to both sides have none.",
        ),
    }

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
        context.fault("step-size", Text("每步扣的分要大于 0", "a step must cost more than 0"), clause.node("points"))
        return None
    if stride is None or option_twice(clause, context):
        return None
    start = clause.find("start")
    if start is not None and stride.side == "off":
        message = Text("偏离两个方向时，不能写达到即先扣", "where both sides count, nothing starts at the target")
        context.fault("step-start", message, start)
        return None
    tiers = read_tiers(clause, stride, points, context)
    if tiers is None:
        return None
    first = points_of(start.children[0]) if isinstance(start, Node) else None
    return OneStep(tiers, first, cap_of(clause))

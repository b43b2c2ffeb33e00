"""Step deduction: so many points for each step by which the measure misses its target."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Expr
from rubric_dsl.diagnostics import NO_TEXT, Text
from rubric_dsl.forms.base import Context, FormInput, Seen, floor_of
from rubric_dsl.forms.shared.step_count import apart, gaps_told, total
from rubric_dsl.forms.shared.stepwise import StepTerms, Stepwise, read_stepwise, told_of_all
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node

_TERMS = StepTerms(
    each=Text("每步扣的分要大于 0", "a step must cost more than 0"),
    hint=Text("如：扣0.5分", "for example: deduct 0.5"),
    off=Text("偏离两个方向时，不能写达到即先扣", "where both sides count, nothing starts at the target"),
    none=Text("没有偏离标准，不扣分", "the target is met, nothing is deducted"),
    first=Text("先扣", "at once"),
    steps=NO_TEXT,
)


@dataclass(frozen=True, slots=True)
class Steps:
    """All step clauses of a rule; their deductions add up."""

    found: tuple[Stepwise, ...]
    floor: Fraction | None
    role: Literal["deduct"] = "deduct"
    inputs: tuple[FormInput, ...] = ()

    def branches(self) -> tuple[Branch, ...]:
        """Steps are no cases."""
        return ()

    def amount(self) -> Expr:
        """Return the sum of the deductions."""
        return total(tuple(step.amount() for step in self.found))

    def reason(self, seen: Seen) -> Text | None:
        """Say by how much the target is missed, in how many steps, and what that costs; silent on sides that are met."""
        return told_of_all(self.found, _TERMS, seen, seen.points)


class StepsForm:
    """Reads ``step`` clauses."""

    clauses: ClassVar[tuple[str, ...]] = ("step",)

    def read(self, clauses: tuple[Node, ...], context: Context) -> Steps | None:
        """Read all step clauses of a rule."""
        if context.measure is None:
            context.fault("no-measure", Text("按步扣分需要指标值", "a step deduction needs a measure"), clauses[0])
            return None
        steps = [read_stepwise(f"step{index}", clause, _TERMS, context) for index, clause in enumerate(clauses)]
        found = tuple(step for step in steps if step is not None)
        if len(found) != len(steps) or not apart(tuple(step.tiers.stride for step in found), clauses, context):
            return None
        gaps_told(tuple(step.tiers.stride for step in found), clauses, context)
        floors = [floor for clause in clauses if (floor := floor_of(clause)) is not None]
        return Steps(found, min(floors, default=None))

"""Step bonus: so many points for each step by which the measure is better than its target."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Expr
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import Context, FormInput, Seen
from rubric_dsl.forms.shared.step_count import apart, total
from rubric_dsl.forms.shared.stepwise import StepTerms, Stepwise, read_stepwise, told_of_all
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node

_TERMS = StepTerms(
    each=Text("每步加的分要大于 0", "a step must add more than 0"),
    hint=Text("如：加0.5分", "for example: add 0.5"),
    off=Text("偏离两个方向时，不能写达到即先加", "where both sides count, nothing starts at the target"),
    none=Text("没有越过加分的标准，不加分", "the target of the bonus is not passed, nothing is added"),
    first=Text("先加", "at once"),
    steps=Text("加分", "bonus for "),
)


@dataclass(frozen=True, slots=True)
class OneBonus:
    """One clause; ``passes``: it may lift the score above full marks."""

    steps: Stepwise
    passes: bool


@dataclass(frozen=True, slots=True)
class Bonus:
    """All bonus clauses of a rule; they add up."""

    found: tuple[OneBonus, ...]
    role: Literal["bonus"] = "bonus"
    inputs: tuple[FormInput, ...] = ()
    floor: Fraction | None = None

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr | None:
        """Return the sum of the bonuses that stay within the points."""
        parts = tuple(item.steps.amount() for item in self.found if not item.passes)
        return total(parts) if parts else None

    @property
    def passing(self) -> Expr | None:
        """The sum of the bonuses that may pass the points."""
        parts = tuple(item.steps.amount() for item in self.found if item.passes)
        return total(parts) if parts else None

    @property
    def extra(self) -> Fraction:
        """The caps of the bonuses that may pass the points."""
        caps = (item.steps.cap for item in self.found if item.passes)
        return sum((cap for cap in caps if cap is not None), Fraction(0))

    def reason(self, seen: Seen) -> Text | None:
        """Say how far the measure goes beyond the target, in how many steps, and what that adds."""
        return told_of_all(tuple(item.steps for item in self.found), _TERMS, seen)


class BonusForm:
    """Reads ``bonus`` clauses."""

    clauses: ClassVar[tuple[str, ...]] = ("bonus",)

    def read(self, clauses: tuple[Node, ...], context: Context) -> Bonus | None:
        """Read all bonus clauses of a rule."""
        if context.measure is None:
            context.fault("no-measure", Text("按步加分需要指标值", "a step bonus needs a measure"), clauses[0])
            return None
        read = [_one(index, clause, context) for index, clause in enumerate(clauses)]
        found = tuple(item for item in read if item is not None)
        strides = tuple(item.steps.tiers.stride for item in found)
        return Bonus(found) if len(found) == len(read) and apart(strides, clauses, context) else None


def _one(index: int, clause: Node, context: Context) -> OneBonus | None:
    steps = read_stepwise(f"bonus{index}", clause, _TERMS, context)
    if steps is None:
        return None
    passes = clause.find("MAY_PASS")
    if passes is not None and steps.cap is None:
        message = Text("没有说明最多加几分", "it is not stated how much it adds at most")
        hint = Text("写作：，最多 6分，可超过满分", "write: , at most 6, may pass full marks")
        context.fault("bonus-cap", message, passes, hint=hint)
        return None
    return OneBonus(steps, passes is not None)

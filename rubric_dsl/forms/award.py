"""Award: the assessor gives a number between two bounds."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Expr, Input
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import AWARD, ONLY_ONE, Context, FormInput, Seen, points_of
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node


@dataclass(frozen=True, slots=True)
class Award:
    """A number from ``low`` to ``high``."""

    key: str
    low: Fraction
    high: Fraction
    step: Fraction | None = None
    role: Literal["gain"] = "gain"

    @property
    def floor(self) -> Fraction | None:
        """The least award, where it is below zero."""
        return min(self.low, Fraction(0))

    @property
    def inputs(self) -> tuple[FormInput, ...]:
        """One number."""
        return (FormInput(self.key, "number", self.low, self.high, step=self.step),)

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr:
        """Return the award."""
        return Input(self.key, role=AWARD)

    def reason(self, seen: Seen) -> Text | None:
        """Say what was given."""
        given = seen.number(AWARD)
        if given is None:
            return None
        bounds = f"{text_of(self.low)}–{text_of(self.high)}"
        return Text(f"评定给 {text_of(given)} 分（{bounds}）", f"awarded {text_of(given)} ({bounds})")


class AwardForm:
    """Reads the ``award`` clause."""

    clauses: ClassVar[tuple[str, ...]] = ("award",)

    def read(self, clauses: tuple[Node, ...], context: Context) -> Award | None:
        """Read the clause; the bounds must be in order and within the points."""
        if len(clauses) > 1:
            context.fault("form-twice", Text("评定给分写了两次", "the award is given twice"), clauses[1], hint=ONLY_ONE)
            return None
        bounds = clauses[0].node("range")
        low, high = (points_of(child) for child in bounds.children)
        if low > high or high > context.points:
            context.fault(
                "award-bounds",
                Text(
                    f"给分范围 {text_of(low)} 到 {text_of(high)} 不在 0 到 {text_of(context.points)} 之内",
                    f"awards from {text_of(low)} to {text_of(high)} do not lie within 0 to {text_of(context.points)}",
                ),
                bounds,
                hint=Text("先写小的，后写大的，不超过指标分值", "the smaller first, the greater at most the points"),
            )
            return None
        step = clauses[0].find("in_steps")
        size = points_of(step.children[0]) if isinstance(step, Node) else None
        if size is not None and (size == 0 or ((high - low) / size).denominator != 1):
            context.fault(
                "award-step",
                Text(
                    f"从 {text_of(low)} 到 {text_of(high)} 不是 {text_of(size)} 的整数倍",
                    f"{text_of(low)} to {text_of(high)} is not a whole number of steps of {text_of(size)}",
                ),
                clauses[0],
                hint=Text(
                    "改单位或范围，如：以 0.5分 为单位", "change the step or the bounds, for example: in steps of 0.5"
                ),
            )
            return None
        return Award(context.indicator, low, high, size)

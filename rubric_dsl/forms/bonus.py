"""Step bonus: so many points for each step by which the measure is better than its target."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Const, Expr, Extreme, Mul
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import Context, FormInput, Seen, cap_of, points_of
from rubric_dsl.forms.shared.step_count import STEP_WORDS, Stride, apart, option_twice, read_stride, total
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node


@dataclass(frozen=True, slots=True)
class OneBonus:
    """One clause: ``points`` for each step, at most ``cap``; ``passes``: it may lift the score above full marks."""

    stride: Stride
    points: Fraction
    cap: Fraction | None
    passes: bool

    def bonus(self) -> Expr:
        """Lower the bonus."""
        full: Expr = Mul(Const(self.points), self.stride.steps(self.stride.deviation()), role=self.stride.role("full"))
        if self.cap is not None:
            full = Extreme("min", (full, Const(self.cap)), role=self.stride.role("capped"))
        return self.stride.guarded(full)


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
        parts = tuple(item.bonus() for item in self.found if not item.passes)
        return total(parts) if parts else None

    @property
    def passing(self) -> Expr | None:
        """The sum of the bonuses that may pass the points."""
        parts = tuple(item.bonus() for item in self.found if item.passes)
        return total(parts) if parts else None

    @property
    def extra(self) -> Fraction:
        """The caps of the bonuses that may pass the points."""
        return sum((item.cap for item in self.found if item.passes and item.cap is not None), Fraction(0))

    def reason(self, seen: Seen) -> Text | None:
        """Say how far the measure goes beyond the target, in how many steps, and what that adds."""
        told = [line for item in self.found if (line := _reason(item, seen)) is not None]
        lines = [line for line in told if line != _NONE] or told[:1]
        if not lines:
            return None
        return Text("；".join(line.zh for line in lines), "; ".join(line.en for line in lines))


_NONE = Text("没有越过加分的标准，不加分", "the target of the bonus is not passed, nothing is added")


def _reason(item: OneBonus, seen: Seen) -> Text | None:
    role = item.stride.role
    deviation, steps, full = seen.number(role("deviation")), seen.number(role("steps")), seen.number(role("full"))
    if deviation is None or steps is None or full is None:
        return None
    if deviation == 0:
        return _NONE
    far, word = item.stride.far(deviation, seen), STEP_WORDS[item.stride.reading]
    capped = "" if item.cap is None or full <= item.cap else f" → {text_of(item.cap)}"
    working = f"{shown(steps)} × {text_of(item.points)} = {shown(full)}{capped}"
    return Text(f"{far.zh}，加分{word.zh} {working}", f"{far.en}, bonus for {word.en} {working}")


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
        if len(found) != len(read) or not apart(tuple(item.stride for item in found), clauses, context):
            return None
        return Bonus(found)


def _one(index: int, clause: Node, context: Context) -> OneBonus | None:
    stride = read_stride(f"bonus{index}", clause, context)
    points = points_of(clause.node("points"))
    if points == 0:
        hint = Text("如：加0.5分", "for example: add 0.5")
        context.fault(
            "step-size", Text("每步加的分要大于 0", "a step must add more than 0"), clause.node("points"), hint=hint
        )
        return None
    if stride is None or option_twice(clause, context):
        return None
    passes, cap = clause.find("MAY_PASS"), cap_of(clause)
    if passes is not None and cap is None:
        message = Text("没有说明最多加几分", "it is not stated how much it adds at most")
        hint = Text("写作：，最多 6分，可超过满分", "write: , at most 6, may pass full marks")
        context.fault("bonus-cap", message, passes, hint=hint)
        return None
    return OneBonus(stride, points, cap, passes is not None)

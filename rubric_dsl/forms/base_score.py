"""Base score: what bonuses and deductions count from."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Const, Expr, Role
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import ONLY_ONE, Context, FormInput, Seen, points_of
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node

_BASE = Role("base")


@dataclass(frozen=True, slots=True)
class BaseScore:
    """So many points to begin with."""

    points: Fraction
    role: Literal["gain"] = "gain"
    inputs: tuple[FormInput, ...] = ()
    floor: Fraction | None = None

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr:
        """Return the base."""
        return Const(self.points, role=_BASE)

    def reason(self, seen: Seen) -> Text | None:
        """Name the base."""
        if seen.number(_BASE) is None:
            return None
        return Text(f"基础分 {text_of(self.points)}", f"base {text_of(self.points)}")


class BaseScoreForm:
    """Reads the ``base`` clause."""

    clauses: ClassVar[tuple[str, ...]] = ("base",)

    def read(self, clauses: tuple[Node, ...], context: Context) -> BaseScore | None:
        """Read the clause; the base is within the points."""
        if len(clauses) > 1:
            context.fault("form-twice", Text("基础分写了两次", "the base is given twice"), clauses[1], hint=ONLY_ONE)
            return None
        points = points_of(clauses[0].node("points"))
        if points > context.points:
            most = text_of(context.points)
            message = Text(
                f"基础分 {text_of(points)} 分超过指标的 {most} 分",
                f"a base of {text_of(points)} is more than the indicator's {most}",
            )
            hint = Text(f"改为不超过 {most}分 的数", f"write {most} at most")
            context.fault("base-score", message, clauses[0], hint=hint)
            return None
        return BaseScore(points)

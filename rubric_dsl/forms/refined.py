"""Refined: the department breaks the indicator down into its own, whose points add up to the indicator's."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Expr, Input, Role
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import ONLY_ONE, Context, FormInput, Seen
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node

_REFINED = Role("refined")


@dataclass(frozen=True, slots=True)
class Refined:
    """The sum of what the department's own indicators are given."""

    key: str
    points: Fraction
    role: Literal["gain"] = "gain"
    floor: Fraction | None = None

    @property
    def inputs(self) -> tuple[FormInput, ...]:
        """The department's own indicators, with points and scores."""
        return (FormInput(self.key, "refined", Fraction(0), self.points),)

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr:
        """Return the sum of the scores."""
        return Input(self.key, role=_REFINED)

    def reason(self, seen: Seen) -> Text | None:
        """Say what the department's own indicators add up to."""
        found = seen.number(_REFINED)
        if found is None:
            return None
        return Text(f"细化指标合计 {text_of(found)} 分", f"the department's own indicators give {text_of(found)}")


class RefinedForm:
    """Reads the ``refined`` clause."""

    clauses: ClassVar[tuple[str, ...]] = ("refined",)

    def read(self, clauses: tuple[Node, ...], context: Context) -> Refined | None:
        """Read the clause."""
        if len(clauses) > 1:
            context.fault(
                "form-twice", Text("“由部门细化”写了两次", "the refinement is given twice"), clauses[1], hint=ONLY_ONE
            )
            return None
        return Refined(context.indicator, context.points)

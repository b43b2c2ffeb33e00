"""Formula: the score is what a formula gives."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Const, Expr, Extreme, Role
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import ONLY_ONE, Context, FormInput, Seen, cap_of, floor_of, points_formula
from rubric_dsl.forms.shared.cap import CAPS, cap_not_said, role_for
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node

_FULL = Role("full", of="formula")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, at most ``cap`` (None: not capped), at least ``floor``."""

    expr: Expr
    cap: Fraction | None
    floor: Fraction | None
    words: tuple[str, str]
    role: Literal["gain", "uncapped"]
    inputs: tuple[FormInput, ...] = ()

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr:
        """Return the formula within its bounds."""
        full = Extreme("max", (self.expr, self.expr), role=_FULL)
        return full if self.cap is None else Extreme("min", (full, Const(self.cap)), role=Role("capped", of="formula"))

    def reason(self, seen: Seen) -> Text | None:
        """Show the formula's value and the cap."""
        full = seen.values.get(_FULL)
        if full is None or full.low.value is None or full.high.value is None:
            return None
        value = shown(full.low.value)
        if value != shown(full.high.value):  # an irrational number is settled where its first digits are
            return None
        tail = f" → {text_of(self.cap)}" if self.cap is not None and full.low.value > self.cap else ""
        return Text(f"{self.words[0]}：{value}{tail}", f"{self.words[1]}: {value}{tail}")


class FormulaForm:
    """Reads the ``formula`` clause."""

    clauses: ClassVar[tuple[str, ...]] = ("formula",)

    def read(self, clauses: tuple[Node, ...], context: Context) -> Formula | None:
        """Read the clause; whether the formula is capped must be said."""
        clause = clauses[0]
        if len(clauses) > 1:
            context.fault(
                "form-twice", Text("得分公式写了两次", "the formula is given twice"), clauses[1], hint=ONLY_ONE
            )
            return None
        expr = points_formula(clause.children[0], context)
        if clause.find(*CAPS) is None:
            message = Text("没有说明公式的得分是否封顶", "it is not stated whether the formula's score is capped")
            cap_not_said(message, Text("得分 = …", "score = …"), clause, expr, context)
            return None
        if expr is None:
            return None
        cap = context.points if clause.find("cap_full") else cap_of(clause)
        return Formula(expr, cap, floor_of(clause), context.words(clause), role_for(cap, context.points))

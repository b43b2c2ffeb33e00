"""Proportional score: the measure times the points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Const, Expr, Extreme, Measure, Mul
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import Context, FormInput, Seen, cap_of, measure_text
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.syntax.tree import Node


@dataclass(frozen=True, slots=True)
class Proportional:
    """Points × measure, at most ``cap`` (None: uncapped)."""

    points: Fraction
    cap: Fraction | None
    role: Literal["gain"] = "gain"
    inputs: tuple[FormInput, ...] = ()
    floor: Fraction | None = None

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr:
        """Return points × measure, capped."""
        full = Mul(Const(self.points), Measure(), "proportional.full")
        return full if self.cap is None else Extreme("min", (full, Const(self.cap)), "proportional.capped")

    def reason(self, seen: Seen) -> Text | None:
        """Show the product and the cap."""
        full, measure = seen.number("proportional.full"), seen.number("measure")
        if full is None or measure is None:
            return None
        working = f"{measure_text(measure, seen.kind)} × {text_of(self.points)} = {shown(full)}"
        if self.cap is not None and full > self.cap:
            return Text(f"{working}，最多 {text_of(self.cap)}", f"{working}, at most {text_of(self.cap)}")
        return Text(working, working)


class ProportionalForm:
    """Reads the ``proportional`` clause."""

    clauses = ("proportional",)
    pages: ClassVar[Mapping[str, Text]] = {
        "cap-not-said": Text(
            "按比例计分要写明超额完成是否封顶：最多 满分，或不封顶。",
            "A proportional score must say whether over-fulfilment is capped: at most full marks, or uncapped.",
        ),
    }

    def read(self, clauses: tuple[Node, ...], context: Context) -> Proportional | None:
        """Read the clause; whether over-fulfilment counts must be said."""
        clause = clauses[0]
        if context.measure is None:
            context.fault("no-measure", Text("按比例计分需要指标值", "a proportional score needs a measure"), clause)
            return None
        if len(clauses) > 1:
            context.fault("form-twice", Text("按比例计分写了两次", "the proportional score is given twice"), clauses[1])
            return None
        if not clause.children:
            context.fault(
                "cap-not-said",
                Text("没有说明超额完成是否封顶", "it is not said whether over-fulfilment is capped"),
                clause,
                why=Text("指标值超过 100% 时得分不定", "a measure above 100% has no certain score"),
                hint=Text(
                    "写作：按比例计分，最多 满分，或：按比例计分，不封顶",
                    "write: proportional, at most full marks; or: proportional, uncapped",
                ),
            )
            return None
        cap = context.points if clause.find("cap_full") else cap_of(clause)
        return Proportional(context.points, cap)

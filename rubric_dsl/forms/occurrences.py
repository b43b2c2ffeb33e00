"""Occurrences: so many points off for each case found, of one kind or of several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Add, Branch, Const, Expr, Extreme, Input, Mul
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import Context, FormInput, Seen, cap_of, floor_of, points_of
from rubric_dsl.numbers import parse_number, shown, text_of
from rubric_dsl.syntax.leaves import item_label
from rubric_dsl.syntax.tree import Node, leaf_text


@dataclass(frozen=True, slots=True)
class Occurrences:
    """``points`` off for each occurrence; ``kinds`` are (address, official text); at most ``cap``."""

    kinds: tuple[tuple[str, str], ...]
    points: Fraction
    cap: Fraction | None
    floor: Fraction | None
    role: Literal["deduct"] = "deduct"

    @property
    def inputs(self) -> tuple[FormInput, ...]:
        """One count for each kind."""
        return tuple(FormInput(key, "count", words=text) for key, text in self.kinds)

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr:
        """Return points × count, capped."""
        count: Expr = Add(tuple(Input(key) for key, _ in self.kinds), "occurrences.count")
        full = Mul(Const(self.points), count, "occurrences.full")
        return full if self.cap is None else Extreme("min", (full, Const(self.cap)), "occurrences.capped")

    def reason(self, seen: Seen) -> Text | None:
        """Say how many were found and what they cost."""
        count, full = seen.number("occurrences.count"), seen.number("occurrences.full")
        if count is None or full is None:
            return None
        if count == 0:
            return Text("没有发现不符合要求的情况", "no occurrence found")
        working = f"{shown(count)} × {text_of(self.points)} = {shown(full)}"
        return Text(f"发现 {shown(count)} 例，{working}", f"{shown(count)} found, {working}")


class OccurrencesForm:
    """Reads the ``occurrence`` clause."""

    clauses = ("occurrence",)
    pages: ClassVar[Mapping[str, Text]] = {
        "occurrence-count": Text(
            "按次扣分写作“每出现 1例”。",
            "An occurrence deduction is for 1 case.",
        ),
    }

    def read(self, clauses: tuple[Node, ...], context: Context) -> Occurrences | None:
        """Read the clause."""
        clause = clauses[0]
        if len(clauses) > 1:
            context.fault(
                "form-twice",
                Text("一个指标只能写一句“每出现”", "only one occurrence clause is allowed"),
                clauses[1],
            )
            return None
        quantity = clause.node("quantity")
        if parse_number(leaf_text(quantity)) != 1:
            context.fault(
                "occurrence-count",
                Text("每出现的次数要是 1", "the rate must be for 1 occurrence"),
                quantity,
                hint=Text("写作：每出现 1例 扣…分", "write: deduct … per 1 case found"),
            )
            return None
        return Occurrences(_kinds(clause, context), points_of(clause.node("points")), cap_of(clause), floor_of(clause))


def _kinds(clause: Node, context: Context) -> tuple[tuple[str, str], ...]:
    listed = clause.find("kinds")
    if not isinstance(listed, Node):
        return ((context.indicator, ""),)
    return tuple(
        (f"{context.indicator}[{item_label(kind.text('ITEM'))}]", leaf_text(kind.node("text")))
        for kind in listed.children
        if isinstance(kind, Node)
    )

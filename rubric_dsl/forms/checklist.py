"""Checklist: items with points, each met or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Add, Branch, Expr, Lookup
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import NO, YES, Context, FormInput, Seen, points_of
from rubric_dsl.syntax.leaves import item_label
from rubric_dsl.syntax.tree import Node, leaf_text


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its label (①), official text, points, and the address of its mark."""

    label: str
    text: str
    points: Fraction
    key: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """Items add up; an item that is not met gives nothing."""

    items: tuple[Item, ...]
    role: Literal["gain"] = "gain"
    floor: Fraction | None = None

    @property
    def inputs(self) -> tuple[FormInput, ...]:
        """One mark for each item."""
        return tuple(FormInput(item.key, "mark", options=(YES, NO), words=item.text) for item in self.items)

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr:
        """Return the sum over the items."""
        return Add(tuple(Lookup(i.key, ((YES, i.points), (NO, Fraction(0))), f"item.{i.key}") for i in self.items))

    def reason(self, seen: Seen) -> Text | None:
        """Name the items that are not met."""
        scores = [seen.number(f"item.{item.key}") for item in self.items]
        if any(score is None for score in scores):
            return None
        unmet = "".join(item.label for item, score in zip(self.items, scores, strict=True) if score == 0)
        met = sum(1 for score in scores if score)
        zh, en = f"{len(self.items)} 项中 {met} 项符合", f"{met} of {len(self.items)} items met"
        return Text(f"{zh}，{unmet} 不符合", f"{en}, not {unmet}") if unmet else Text(zh, en)


class ChecklistForm:
    """Reads ``item`` clauses."""

    clauses = ("item",)
    pages: ClassVar[Mapping[str, Text]] = {
        "duplicate-item": Text(
            "检查表的序号重复。",
            "An item number of a checklist is given twice.",
        ),
        "items-sum": Text(
            "检查表各项分值之和与指标分值不同。",
            "The items of a checklist do not sum to the indicator's points.",
        ),
    }

    def read(self, clauses: tuple[Node, ...], context: Context) -> Checklist | None:
        """Read the items; their labels must differ, and their points must not pass the indicator's."""
        items = tuple(_item(clause, context) for clause in clauses)
        seen: dict[str, Node] = {}
        for clause, item in zip(clauses, items, strict=True):
            if item.label in seen:
                context.fault(
                    "duplicate-item",
                    Text(f"序号 {item.label} 重复", f"item {item.label} is given twice"),
                    clause,
                )
                return None
            seen[item.label] = clause
        total = sum((item.points for item in items), Fraction(0))
        if total != context.points:
            context.fault(
                "items-sum",
                Text(
                    f"各项合计 {total} 分，指标为 {context.points} 分",
                    f"the items give {total}, the indicator has {context.points}",
                ),
                clauses[0],
                severity="warning",
                hint=Text("各项分值之和应等于指标分值", "the items' points should sum to the indicator's"),
            )
        return Checklist(items)


def _item(clause: Node, context: Context) -> Item:
    label = item_label(clause.text("ITEM"))
    key = f"{context.indicator}[{label}]"
    return Item(label, leaf_text(clause.node("text")), points_of(clause.node("points")), key)

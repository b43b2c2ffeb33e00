"""Occurrences: points off, or on, for each occurrence found, by kind; capped; doubled when repeated; heaviest only."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.keys import item_address
from rubric_dsl.core.nodes import (
    Add,
    Branch,
    Const,
    Div,
    Expr,
    Extreme,
    Input,
    Mul,
    Role,
    RoleName,
    StepMode,
    ToWhole,
    times,
    total_of,
)
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import READINGS, Context, FormInput, Reading, Seen, cap_of, floor_of, points_of
from rubric_dsl.forms.shared.fixes import step_fixes
from rubric_dsl.numbers import parse_number, shown, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.leaves import item_label
from rubric_dsl.syntax.tree import Leaf, Node, leaf_text

_HEAVIEST, _TOGETHER = Role("heaviest"), Role("capped", of="occurrences")
_MODES: dict[str, StepMode] = {"whole": "floor", "started": "ceiling"}
REPEATED = "重复"
"""The name under which repeated occurrences are counted beside the others."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One clause: ``points`` for each ``size`` occurrences of its ``kinds``, which are (address, official text).

    ``each`` caps every kind by itself, ``cap`` the clause; repeated occurrences count twice where ``doubled``.
    """

    index: int
    kinds: tuple[tuple[str, str], ...]
    size: Fraction
    points: Fraction
    reading: Reading
    cap: Fraction | None
    each: Fraction | None
    doubled: bool

    def inputs(self) -> list[FormInput]:
        """One count for each kind, and one for the repeated ones where they count twice."""
        found = [FormInput(key, "count", words=text) for key, text in self.kinds]
        if self.doubled:
            found += [FormInput(repeated(key), "count", words=text) for key, text in self.kinds]
        return found

    def singly(self) -> list[Expr]:
        """Lower what each kind comes to where it alone counts: within its own cap and the clause's."""
        return [part if self.cap is None else Extreme("min", (part, Const(self.cap))) for part in self._by_kind()]

    def _by_kind(self) -> list[Expr]:
        return [self._points(self._count(key), self.each) for key, _ in self.kinds]

    def amount(self) -> Expr:
        """Lower what the clause comes to, capped."""
        if self.each is not None:
            full = total_of(self._by_kind())
        else:
            count = Add(tuple(self._count(key) for key, _ in self.kinds), role=self.role("count"))
            full = self._points(count, None)
        full = Add((full,), role=self.role("full"))
        return full if self.cap is None else Extreme("min", (full, Const(self.cap)), role=self.role("capped"))

    def _count(self, key: str) -> Expr:
        one = Input(key)
        return Add((one, times(2, Input(repeated(key))))) if self.doubled else one

    def _points(self, counted: Expr, cap: Fraction | None) -> Expr:
        steps: Expr = counted
        if self.size != 1:
            whole = self.reading != "pro_rata"
            exact = Div(counted, Const(self.size), role=None if whole else self.role("steps"))
            steps = ToWhole(_MODES[self.reading], exact, role=self.role("steps")) if whole else exact
        full = Mul(Const(self.points), steps)
        return full if cap is None else Extreme("min", (full, Const(cap)))

    def role(self, name: RoleName) -> Role:
        """Return the role of one of its values."""
        return Role(name, of=f"occurrences{self.index}")


def repeated(key: str) -> str:
    """Return the address of the repeated occurrences of a kind."""
    return f"{key[:-1]}·{REPEATED}]" if key.endswith("]") else f"{key}[{REPEATED}]"


@dataclass(frozen=True, slots=True)
class Occurrences:
    """All clauses of a rule that take, or all that give. With ``heaviest`` only the largest single kind counts."""

    tallies: tuple[Tally, ...]
    role: Literal["gain", "deduct"]
    floor: Fraction | None = None
    heaviest: bool = False
    together: Fraction | None = None

    @property
    def inputs(self) -> tuple[FormInput, ...]:
        """The counts."""
        return tuple(item for tally in self.tallies for item in tally.inputs())

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr:
        """Return the sum over the clauses, or the heaviest, at most what they may come to together."""
        if self.heaviest:
            single = tuple(part for tally in self.tallies for part in tally.singly())
            total: Expr = Extreme("max", (Const(Fraction(0)), *single), role=_HEAVIEST)
        else:
            total = total_of([tally.amount() for tally in self.tallies])
        return total if self.together is None else Extreme("min", (total, Const(self.together)), role=_TOGETHER)

    def reason(self, seen: Seen) -> Text | None:
        """Say how many were found and what they come to."""
        if self.heaviest:
            most = seen.number(_HEAVIEST)
            return None if most is None else Text(f"就高不就低，扣 {shown(most)}", f"heaviest only: {shown(most)}")
        lines = [line for tally in self.tallies if (line := _reason(tally, seen)) is not None]
        if not lines:
            return None
        if all(line is _NONE for line in lines):
            return _NONE
        told = [line for line in lines if line is not _NONE]
        return Text("；".join(line.zh for line in told), "; ".join(line.en for line in told))


_NONE = Text("没有发现不符合要求的情况", "no occurrence found")


def _reason(tally: Tally, seen: Seen) -> Text | None:
    count = seen.number(tally.role("count"))
    full = seen.number(tally.role("full"))
    if full is None:
        return None
    if full == 0:
        return _NONE
    cap = f" → {text_of(tally.cap)}" if tally.cap is not None and full > tally.cap else ""
    name = next((text for _, text in tally.kinds if text), "") if len(tally.kinds) == 1 else ""
    if count is None:
        return Text(
            f"{name}各类分别封顶，合计 {shown(full)}{cap}",
            f"{name} each kind capped, together {shown(full)}{cap}".strip(),
        )
    steps = shown(count) if tally.size == 1 else f"{shown(count)} ÷ {text_of(tally.size)}"
    working = f"{steps} × {text_of(tally.points)} = {shown(full)}{cap}"
    return Text(f"{name}发现 {shown(count)} 例，{working}", f"{name} {shown(count)} found, {working}".strip())


class OccurrencesForm:
    """Reads ``occurrence``, ``heaviest`` and ``all_together`` clauses."""

    clauses: ClassVar[tuple[str, ...]] = ("occurrence", "heaviest", "all_together")

    def read(self, clauses: tuple[Node, ...], context: Context) -> Occurrences | None:
        """Read the clauses."""
        listed = tuple(clause for clause in clauses if clause.kind == "occurrence")
        if not listed:
            words = Text("旁边没有“每出现 … 扣 …”，这一句不起作用", "there is no deduction per occurrence beside it")
            hint = Text(
                "写上各种情况，如：每出现 1次 “迟报” 扣1分", 'add them, for example: deduct 1 per 1 times found "late"'
            )
            context.fault("heaviest-alone", words, clauses[0], hint=hint)
            return None
        tallies = tallies_of(listed, context)
        if tallies is None:
            return None
        floors = [floor for clause in listed if (floor := floor_of(clause)) is not None]
        together = next((clause for clause in clauses if clause.kind == "all_together"), None)
        return Occurrences(
            tallies,
            "deduct",
            min(floors, default=None),
            any(clause.kind == "heaviest" for clause in clauses),
            points_of(together.children[0]) if together is not None else None,
        )


class RewardsForm:
    """Reads ``reward`` clauses: points for each occurrence."""

    clauses: ClassVar[tuple[str, ...]] = ("reward",)
    pages: ClassVar[Mapping[str, Text]] = {}

    def read(self, clauses: tuple[Node, ...], context: Context) -> Occurrences | None:
        """Read the clauses."""
        tallies = tallies_of(clauses, context)
        return None if tallies is None else Occurrences(tallies, "gain")


def tallies_of(clauses: tuple[Node, ...], context: Context) -> tuple[Tally, ...] | None:
    """Read clauses that count occurrences; their addresses must differ."""
    tallies = [_tally(index, clause, context) for index, clause in enumerate(clauses)]
    found = tuple(tally for tally in tallies if tally is not None)
    if len(found) < len(tallies):
        return None
    seen: set[str] = set()
    for clause, tally in zip(clauses, found, strict=True):
        keys = [key for key, _ in tally.kinds]
        if seen & set(keys) or len(set(keys)) < len(keys):
            words = Text("两句“每出现”数的是同一项", "two clauses count the same occurrences")
            hint = Text("各加名称：每出现 1处 “主街” 扣3分", 'name them: deduct 3 per 1 place found "main street"')
            context.fault("occurrence-name", words, clause, hint=hint)
            return None
        seen |= set(keys)
    return found


def _tally(index: int, clause: Node, context: Context) -> Tally | None:
    quantity = clause.node("quantity")
    size = parse_number(leaf_text(quantity))
    if size == 0 or size.denominator != 1:
        context.fault(
            "occurrence-count",
            Text("每出现的次数要是大于 0 的整数", "the rate must be for a whole number of occurrences, above 0"),
            quantity,
            hint=Text("写作：每出现 1例 扣…分", "write: deduct … per 1 case found"),
        )
        return None
    own = clause.find(*READINGS)
    reading = READINGS[own.kind] if isinstance(own, Leaf) else context.reading
    if reading is None and size != 1:
        context.fault(
            "step-reading",
            Text("没有说明不足一步时怎样扣分", "it is not stated what a part of a step costs"),
            clause,
            hint=Text("在开头写一句：计步 整步", "add a line at the top: steps whole steps"),
            fixes=step_fixes(context.source, context.lang),
        )
        return None
    each = clause.find("each_at_most")
    return Tally(
        index,
        _kinds(clause, context),
        size,
        points_of(clause.node("points")),
        reading or "whole",
        cap_of(clause),
        points_of(each.children[0]) if isinstance(each, Node) else None,
        clause.find("DOUBLED") is not None,
    )


def _kinds(clause: Node, context: Context) -> tuple[tuple[str, str], ...]:
    listed, name = clause.find("kinds"), clause.find("text")
    if isinstance(name, Node):
        text = leaf_text(name)
        return ((item_address(context.indicator, text), text),)
    if not isinstance(listed, Node):
        return ((context.indicator, ""),)
    return tuple(
        (item_address(context.indicator, item_label(kind.text("ITEM"))), leaf_text(kind.node("text")))
        for kind in listed.children
        if isinstance(kind, Node)
    )

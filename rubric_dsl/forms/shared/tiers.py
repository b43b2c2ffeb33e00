"""Tiers: another rate beyond further thresholds, for the stretch beyond them or for all steps."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

from rubric_dsl.core.nodes import (
    Add,
    Branch,
    Case,
    Compare,
    CompareOp,
    Const,
    Expr,
    Measure,
    Mul,
    Program,
    Role,
    Variant,
)
from rubric_dsl.diagnostics import Text
from rubric_dsl.evaluate.evaluator import run
from rubric_dsl.evaluate.state import Env
from rubric_dsl.forms.base import MEASURE, Context, Seen, measure_text, rate_of
from rubric_dsl.forms.shared.line import constant
from rubric_dsl.forms.shared.step_count import SIDES, Stride, total
from rubric_dsl.forms.shared.target import measure_of
from rubric_dsl.numbers import shown
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Leaf, Node

TierKind = Literal["marginal", "replacing"]
_TIERS, _RATES = ("tier", "bonus_tier"), ("points", "by_formula")
KINDS: dict[str, TierKind] = {"MARGINAL": "marginal", "REPLACING": "replacing"}


@dataclass(frozen=True, slots=True)
class Tier:
    """Where a rate begins, and the points of each step there."""

    at: Fraction
    points: Expr


@dataclass(frozen=True, slots=True)
class Tiers:
    """The rates from the target outward; the first begins at the target. *Replacing*: the last one met holds for all."""

    stride: Stride
    rates: tuple[Tier, ...]
    kind: TierKind = "marginal"

    @property
    def points(self) -> tuple[Expr, ...]:
        """The points of one step, rate by rate."""
        return tuple(rate.points for rate in self.rates)

    def _each(self, index: int) -> Expr:
        """The points of one step, known to the trace where they are worked out."""
        points, role = self.rates[index].points, self.stride.role("rate", index)
        return points if isinstance(points, Const) else Add((points,), role=role)

    def full(self) -> Expr:
        """Lower the points of all steps."""
        role = self.stride.role("full")
        if len(self.rates) == 1:
            return Mul(self._each(0), self.stride.steps(self.stride.deviation()), role=role)
        return self._replacing(role) if self.kind == "replacing" else self._marginal(role)

    def _marginal(self, role: Role) -> Expr:
        parts: list[Expr] = []
        for index, rate in enumerate(self.rates):
            width = abs(self.rates[index + 1].at - rate.at) if index + 1 < len(self.rates) else None
            far = self.stride.deviation(Const(rate.at), width, index)
            parts.append(Mul(self._each(index), self.stride.steps(far, index)))
        return total(tuple(parts), role)

    def _replacing(self, role: Role) -> Expr:
        beyond: CompareOp = ">" if self.stride.side == "above" else "<"
        steps = self.stride.steps(self.stride.deviation())
        first, *others = (Mul(self._each(index), steps) for index in range(len(self.rates)))
        branches = [
            Branch(Compare(beyond, Measure(), Const(rate.at)), value)
            for rate, value in zip(self.rates[1:], others, strict=True)
        ]
        return Case(tuple(reversed(branches)), first, role=role)

    def working(self, seen: Seen) -> str | None:
        """Show steps × points, stretch by stretch where they are marginal; None when they are not settled."""
        if self.kind == "marginal" and len(self.rates) > 1:
            counts = [seen.number(self.stride.role("steps", index)) for index in range(len(self.rates))]
            pairs = [(count, self._stated(index, seen)) for index, count in enumerate(counts)]
            known = [(count, rate) for count, rate in pairs if count is not None and rate is not None]
            if len(known) != len(self.rates):
                return None
            met = [pair for pair in known if pair[0]] or known[:1]
            return " + ".join(f"{shown(count)} × {shown(rate)}" for count, rate in met)
        count, measure = seen.number(self.stride.role("steps")), seen.number(MEASURE)
        rate = None if measure is None else self._stated(self._place(measure), seen)
        if count is None or rate is None:
            return None
        return f"{shown(count)} × {shown(rate)}"

    def _stated(self, index: int, seen: Seen) -> Fraction | None:
        """Return the points of one step as a number; None where they are worked out and not settled."""
        stated = constant(self.rates[index].points)
        return seen.number(self.stride.role("rate", index)) if stated is None else stated

    def _place(self, measure: Fraction) -> int:
        above = self.stride.side == "above"
        met = [at for at, rate in enumerate(self.rates) if at and (measure > rate.at if above else measure < rate.at)]
        return met[-1] if met else 0

    def far(self, seen: Seen) -> Fraction | None:
        """Return how far the measure lies beyond the target; None when that is not settled."""
        if self.kind == "replacing" or len(self.rates) == 1:
            return seen.number(self.stride.role("deviation"))
        parts = [seen.number(self.stride.role("deviation", index)) for index in range(len(self.rates))]
        known = [part for part in parts if part is not None]
        return sum(known, Fraction(0)) if len(known) == len(parts) else None


def read_tiers(clause: Node, stride: Stride, points: Expr, context: Context) -> Tiers | None:
    """Read the tiers of a clause, in order outward; how they add up must be said. None when a fault was reported."""
    written = tuple(child for child in clause.children if isinstance(child, Node) and child.kind in _TIERS)
    said = tuple(child for child in clause.children if isinstance(child, Leaf) and child.kind in KINDS)
    start = constant(stride.target)
    if not written:
        if said:
            message = Text("没有分段，不用写这一句", "there are no tiers that this could be said of")
            context.fault("tier-reading", message, said[0])
            return None
        return Tiers(stride, (Tier(start if start is not None else Fraction(0), points),))
    if start is None:
        message = Text("分段计分时，标准要用写定的数", "where there are tiers, the target is a fixed number")
        context.fault("tier-figure", message, written[0], hint=_FIXED)
        return None
    rates = [Tier(start, points)]
    for tier in written:
        found = _tier(tier, stride, rates[-1].at, context)
        if found is None:
            return None
        rates.append(found)
    tiers = Tiers(stride, tuple(rates))
    if len(said) != 1:
        _not_said(written[0], tiers, context)
        return None
    return replace(tiers, kind=KINDS[said[0].kind])


_FIXED = Text("写一个数，如：80%", "write a number, for example: 80%")


def _tier(tier: Node, stride: Stride, before: Fraction, context: Context) -> Tier | None:
    side = next(child for child in tier.children if child.kind in SIDES)
    bound = next(child for child in tier.children if isinstance(child, Node) and child.kind not in _RATES)
    points = rate_of(tier, context)
    if points is None:
        return None
    if stride.side == "off" or SIDES[side.kind] != stride.side:
        _wrong_side(side, stride, context)
        return None
    if constant(points) == 0:
        hint = Text("如：每步扣0.5分", "for example: 0.5 per step")
        context.fault("step-size", Text("每步的分要大于 0", "a step must count more than 0"), tier, hint=hint)
        return None
    lowered = context.formulas.compared(measure_of(context), bound)
    if lowered is None:
        return None
    at = constant(lowered)
    if at is None:
        message = Text("分段的界限要用写定的数", "the threshold of a tier is a fixed number")
        context.fault("tier-figure", message, bound, hint=_FIXED)
        return None
    if at == before or (at > before) != (stride.side == "above"):
        kind = measure_of(context).kind
        shown_at, shown_before = measure_text(at, kind), measure_text(before, kind)
        context.fault(
            "tier-order",
            Text(
                f"分段的界限 {shown_at.zh} 没有比 {shown_before.zh} 更{'高' if stride.side == 'above' else '低'}",
                f"the threshold {shown_at.en} is not {stride.side} {shown_before.en}",
            ),
            bound,
            hint=Text("从标准起，由近到远写", "write the tiers from the target outward"),
        )
        return None
    return Tier(at, points)


def _wrong_side(side: Leaf | Node, stride: Stride, context: Context) -> None:
    if stride.side == "off":
        message = Text("偏离两个方向的不能分段", "steps to both sides cannot have tiers")
        hint = Text("超过和低于各写一句，各自分段", "write one clause above and one below, each with its tiers")
    else:
        message = Text("分段的方向与这一句不同", "the tier lies on the other side of the target")
        hint = Text("每低于 … 用“低于 … 的部分”，每超过 … 用“超过 … 的部分”", "below goes with below, above with above")
    context.fault("tier-side", message, side, hint=hint)


def _not_said(tier: Node, tiers: Tiers, context: Context) -> None:
    """Say both readings and what they give, two steps beyond the first threshold."""
    first = tiers.rates[1].at
    size = constant(tiers.stride.size) or Fraction(1)
    witness = first + 2 * size if tiers.stride.side == "above" else first - 2 * size
    at = measure_text(witness, measure_of(context).kind)
    two = replace(tiers, rates=tiers.rates[:2])
    costs = [_cost(replace(two, kind=kind), witness) for kind in ("marginal", "replacing")]
    verb = Text("加", "adds") if tier.kind == "bonus_tier" else Text("扣", "deducts")
    context.fault(
        "tier-reading",
        Text("没有说明各段怎样合计（只写一种）", "it is not stated exactly once how the tiers add up"),
        tier,
        why=Text(
            f"指标值为 {at.zh} 时，分段累计{verb.zh} {costs[0]} 分，整段替换{verb.zh} {costs[1]} 分",
            f"at a measure of {at.en}, marginal {verb.en} {costs[0]} and replacing {verb.en} {costs[1]}",
        ),
        hint=Text("在句末写：分段累计，或：整段替换", "write at the end: marginal, or: replacing"),
    )


def _cost(tiers: Tiers, measure: Fraction) -> str:
    found = run(Program((Variant(None, Const(measure), tiers.full()),)), Env({}, {})).score
    return "" if found is None or found.known is None else shown(found.known)

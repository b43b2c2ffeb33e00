"""Steps as deductions and bonuses share them: a start, the points of each step, a cap; and what is told of them."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.core.nodes import Add, Branch, Case, Compare, Const, Expr, Extreme, Measure
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import Context, Seen, cap_of, points_of, rate_of
from rubric_dsl.forms.shared.line import constant
from rubric_dsl.forms.shared.step_count import STEP_WORDS, option_twice, read_stride
from rubric_dsl.forms.shared.tiers import Tiers, read_tiers
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node


@dataclass(frozen=True, slots=True)
class StepTerms:
    """The words in which a deduction and a bonus differ."""

    each: Text
    hint: Text
    off: Text
    none: Text
    first: Text
    steps: Text


@dataclass(frozen=True, slots=True)
class Stepwise:
    """One clause: ``start`` as soon as the target is reached, then the points of each step, at most ``cap``."""

    tiers: Tiers
    start: Fraction | None
    cap: Fraction | None

    def amount(self) -> Expr:
        """Lower what the clause comes to."""
        stride = self.tiers.stride
        full = self.tiers.full()
        if self.start is not None:
            reached = Compare(">=" if stride.side == "above" else "<=", Measure(), stride.target)
            begun = Add((Const(self.start), full), role=stride.role("begun"))
            full = Case((Branch(reached, begun),), Const(Fraction(0)), role=stride.role("after"))
        if self.cap is not None:
            full = Extreme("min", (full, Const(self.cap)), role=stride.role("capped"))
        return stride.guarded(full, self.tiers.points)

    def told(self, terms: StepTerms, seen: Seen, full: Fraction | None = None) -> Text | None:
        """Say how far the measure lies beyond the target, in how many steps, and what that comes to.

        None while that is not settled. ``full`` are the points that a deduction is told to reach.
        """
        stride = self.tiers.stride
        if self.start is not None and self._short(seen):
            return terms.none
        deviation = self.tiers.far(seen)
        found, working = seen.number(stride.role("full")), self.tiers.working(seen)
        if deviation is None or found is None or working is None:
            return None
        if deviation == 0 and self.start is None:
            return terms.none
        cost = found + (self.start or 0)
        taken = cost if self.cap is None else min(cost, self.cap)
        capped = "" if taken == cost else f" → {text_of(taken)}"
        over = f" ≥ {text_of(full)}" if full is not None and taken >= full else ""
        far, word = stride.far(deviation, seen), STEP_WORDS[stride.reading]
        steps = Text(f"{terms.steps.zh}{word.zh}", f"{terms.steps.en}{word.en}")
        sums = f"{shown(cost)}{capped}{over}"
        if self.start is None:
            return Text(f"{far.zh}，{steps.zh} {working} = {sums}", f"{far.en}, {steps.en} {working} = {sums}")
        first = text_of(self.start)
        return Text(
            f"{far.zh}，{terms.first.zh} {first}，{steps.zh} {working}，合计 {sums}",
            f"{far.en}, {first} {terms.first.en}, {steps.en} {working}, together {sums}",
        )

    def _short(self, seen: Seen) -> bool:
        """Whether the clause was looked at, and the starting amount was not reached."""
        stride = self.tiers.stride
        return stride.role("after") in seen.values and stride.role("begun") not in seen.values


def told_of_all(found: tuple[Stepwise, ...], terms: StepTerms, seen: Seen, full: Fraction | None = None) -> Text | None:
    """Say what the clauses come to; silent on those that come to nothing while others do."""
    told = [line for step in found if (line := step.told(terms, seen, full)) is not None]
    lines = [line for line in told if line != terms.none] or told[:1]
    if not lines:
        return None
    return Text("；".join(line.zh for line in lines), "; ".join(line.en for line in lines))


def read_stepwise(name: str, clause: Node, terms: StepTerms, context: Context) -> Stepwise | None:
    """Read one clause; None when a fault was reported. ``name`` is whose roles its values have."""
    stride = read_stride(name, clause, context)
    points = rate_of(clause, context)
    if points is not None and constant(points) == 0:
        context.fault("step-size", terms.each, clause.find("points", "by_formula") or clause, hint=terms.hint)
        return None
    if stride is None or points is None or option_twice(clause, context):
        return None
    start = clause.find("start", "bonus_start")
    if start is not None and stride.side == "off":
        hint = Text("分成“每超过”“每低于”两句来写", "write two clauses, one above and one below")
        context.fault("step-start", terms.off, start, hint=hint)
        return None
    tiers = read_tiers(clause, stride, points, context)
    if tiers is None:
        return None
    first = points_of(start.children[0]) if isinstance(start, Node) else None
    return Stepwise(tiers, first, cap_of(clause))

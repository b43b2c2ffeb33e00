"""Strides: how far the measure lies from a target, counted in steps; shared by deductions and bonuses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Literal

from rubric_dsl.core.nodes import (
    Add,
    Both,
    Branch,
    Case,
    Compare,
    Condition,
    Const,
    Div,
    Expr,
    Extreme,
    Measure,
    Mul,
    Role,
    RoleName,
    ToWhole,
    minus,
)
from rubric_dsl.diagnostics import NO_TEXT, Text
from rubric_dsl.forms.base import (
    READINGS,
    Context,
    Reading,
    Seen,
    difference_text,
    is_fixed,
    measure_text,
    score_of,
)
from rubric_dsl.forms.shared.fixes import instead, step_fixes
from rubric_dsl.forms.shared.line import constant
from rubric_dsl.forms.shared.target import full_bound, measure_of
from rubric_dsl.numbers import parse_number, shown, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Leaf, Node, Tree, leaf_text

Side = Literal["above", "below", "off"]
SIDES: dict[str, Side] = {"ABOVE": "above", "BELOW": "below", "OFF": "off"}
SIDE_WORDS: dict[Side, Text] = {
    "above": Text("超过", "above by"),
    "below": Text("低于", "below by"),
    "off": Text("偏离", "off by"),
}
STEP_WORDS: dict[Reading, Text] = {
    "whole": Text("整步数", "whole steps"),
    "started": Text("步数（不足一步按一步）", "started steps"),
    "pro_rata": Text("步数（按比例）", "steps pro rata"),
}
_MODES: dict[str, Literal["floor", "ceiling"]] = {"whole": "floor", "started": "ceiling"}
_SIZE = Text("每步的大小", "the size of a step")
_ZERO, _ONE = Const(Fraction(0)), Const(Fraction(1))


@dataclass(frozen=True, slots=True)
class Stride:
    """Steps of ``size`` to one side of ``target``, or to either; ``name`` is whose roles its values have.

    ``follows``: the size is a share of a target that is a figure; the deviation is then counted as a share as well,
    so that the figure stands in it once and ranges stay exact.
    """

    name: str
    side: Side
    size: Expr
    target: Expr
    reading: Reading
    follows: Text = NO_TEXT

    def role(self, name: RoleName, place: int = 0) -> Role:
        """Return the role of one of its values."""
        return Role(name, of=self.name, place=place)

    def deviation(self, start: Expr | None = None, end: Fraction | None = None, place: int = 0) -> Expr:
        """Return how far the measure lies beyond ``start`` (the target), at most to ``end``."""
        role = self.role("deviation", place)
        over, under = self._apart(self.target if start is None else start)
        sides: dict[Side, tuple[Expr, ...]] = {"above": (over,), "below": (under,), "off": (over, under)}
        far: Expr = Extreme("max", (_ZERO, *sides[self.side]), role=role if end is None else None)
        return far if end is None else Extreme("min", (far, Const(end)), role=role)

    def _apart(self, target: Expr) -> tuple[Expr, Expr]:
        if self.follows == NO_TEXT:
            return minus(Measure(), target), minus(target, Measure())
        share = Div(Measure(), target, words=self.follows)
        return minus(share, _ONE), minus(_ONE, share)

    def steps(self, deviation: Expr, place: int = 0) -> Expr:
        """Return the steps in a deviation, a part of a step read as it is said."""
        role = self.role("steps", place)
        if self.reading == "pro_rata":
            return Div(deviation, self.size, words=_SIZE, role=role)
        return ToWhole(_MODES[self.reading], Div(deviation, self.size, words=_SIZE), role=role)

    def guarded(self, amount: Expr, rates: tuple[Expr, ...] = ()) -> Expr:
        """There is no score where a share is of a target below zero, a step has no size, or the points of one are below zero."""
        needed: list[Condition] = [] if self.follows == NO_TEXT else [Compare(">=", self.target, _ZERO)]
        if constant(self.size) is None:
            needed.append(Compare(">", self.size, _ZERO))
        needed += [Compare(">=", rate, _ZERO) for rate in rates if constant(rate) is None]
        if not needed:
            return amount
        return Case((Branch(needed[0] if len(needed) == 1 else Both(tuple(needed)), amount),), None)

    def far(self, deviation: Fraction, seen: Seen) -> Text:
        """Say how far the measure lies beyond the target."""
        side = SIDE_WORDS[self.side]
        if self.follows != NO_TEXT:
            share = shown(deviation * 100, 2, "%")
            return Text(f"{side.zh} 目标值的 {share}", f"{side.en} {share} of the target")
        by = difference_text(deviation, seen.kind)
        return Text(f"{side.zh} {by.zh}", f"{side.en} {by.en}")


def read_stride(name: str, clause: Node, context: Context) -> Stride | None:
    """Read side, target, size and reading of a clause; None when a fault was reported."""
    side = next(SIDES[child.kind] for child in clause.children if child.kind in SIDES)
    target = _target(clause, side, context)
    size = _size(clause.node("size"), target, context)
    reading = _reading(clause, context)
    if target is None or size is None or reading is None:
        return None
    share = clause.node("size").find("of_target")
    follows = _target_words(clause, context) if share is not None and constant(target) is None else NO_TEXT
    return Stride(name, side, size, target, reading, follows)


def _target_words(clause: Node, context: Context) -> Text:
    stated = clause.find("step_target")
    return Text("标准", "target") if stated is None else Text(*context.words(stated))


def _reading(clause: Node, context: Context) -> Reading | None:
    own = clause.find(*READINGS)
    if isinstance(own, Leaf):
        return READINGS[own.kind]
    if context.reading is None:
        context.fault(
            "step-reading",
            Text("没有说明不足一步时怎样计分", "it is not stated what a part of a step counts"),
            clause,
            why=Text(
                "整步、不足一步按一步、按比例，三种口径得分不同",
                "whole, started and pro rata steps score differently",
            ),
            hint=Text("在开头写一句：计步 整步", "add a line at the top: steps whole steps"),
            fixes=step_fixes(context.source, context.lang),
        )
    return context.reading


def _target(clause: Node, side: Side, context: Context) -> Expr | None:
    stated = clause.find("step_target")
    if isinstance(stated, Node):
        return _known(context.formulas.compared(measure_of(context), stated.children[0]))
    bounds = [(case, tree) for case in context.cases if (tree := full_bound(case, context.points)) is not None]
    if len(bounds) == 1:
        case, bound = bounds[0]
        if _covers(case, side):
            message = Text(
                "“计满分”的一档占了这一句的整个方向", "the band of full marks takes this clause's whole side"
            )
            hint = Text(
                "看看“≤”“≥”是否写反，或另写标准：以 … 为标准",
                "check whether <= and >= were swapped, or state a target of its own",
            )
            why = Text("这一句永远不起作用", "the clause never acts")
            context.fault("step-covered", message, clause, why=why, hint=hint)
            return None
        return _known(context.formulas.compared(measure_of(context), bound))
    if not _scores_too_much(context):
        context.fault(
            "step-target",
            Text("没有说明从哪个数起算偏离", "it is not stated from which value the deviation counts"),
            clause,
            hint=_target_hint(side, context),
        )
    return None


def _scores_too_much(context: Context) -> bool:
    """Report a band beside the steps that scores more than there are points: it was to give full marks."""
    for case in context.cases:
        score = case.node("score")
        if is_fixed(score) and (value := score_of(score, context.points)) > context.points:
            if any(item.code == "score-above-points" for item in context.found):
                return True
            one, full = text_of(value), text_of(context.points)
            context.fault(
                "score-above-points",
                Text(
                    f"“{context.indicator}”为 {full} 分，这一档计 {one} 分",
                    f"'{context.indicator}' has {full} points, this band scores {one}",
                ),
                score,
                hint=Text("改这一档的得分，或改指标的分值", "change the score, or the indicator's points"),
                fixes=(instead(score, "计满分", "scores full marks", context),),
            )
            return True
    return False


_SIDES_WRITTEN: dict[Side, Text] = {
    "above": Text("超过", "above"),
    "below": Text("低于", "below"),
    "off": Text("偏离", "off"),
}


def _target_hint(side: Side, context: Context) -> Text:
    kind = measure_of(context).kind
    ratio = kind.dimension in ("ratio", "zero", "pp", "unknown")
    sample = measure_text(Fraction(1 if ratio else 10), replace(kind, dimension="ratio") if ratio else kind)
    words = _SIDES_WRITTEN[side]
    hint = Text(f"写作：以 {sample.zh} 为标准，每{words.zh} …", f"write: … {words.en} {sample.en}")
    if not context.cases:
        return hint
    full = text_of(context.points)
    return Text(
        f"{hint.zh}；或者把计满分（{full} 分）的一档写明：计满分",
        f"{hint.en}; or let the band of full marks ({full}) say so: scores full marks",
    )


def _covers(case: Node, side: Side) -> bool:
    """Whether a band begins at its bound and goes on to the side that a clause counts on."""
    region = case.find("compared", "or_more", "or_less")
    if not isinstance(region, Node):
        return False
    if region.kind == "compared":
        word = region.children[0].kind
        return (side == "above" and word in ("GE", "GT")) or (side == "below" and word in ("LE", "LT"))
    return side == ("above" if region.kind == "or_more" else "below")


def _known(expr: Expr | None) -> Expr | None:
    value = None if expr is None else constant(expr)
    return expr if value is None else Const(value)


def _size(size: Node, target: Expr | None, context: Context) -> Expr | None:
    inner = size.children[0]
    if isinstance(inner, Node) and inner.kind == "of_target":
        share = _share(inner.children[0], context)
        if target is None or share is None:
            return None
        return _positive(share if constant(target) is None else _known(Mul(share, target)), size, context)
    typed = context.formulas.formula(inner)
    measure = measure_of(context)
    if typed is None:
        return None
    if measure.kind.dimension in ("ratio", "zero") and typed.kind.dimension == "pp":
        return _positive(_known(typed.expr), size, context)
    if measure.kind.dimension in ("ratio", "zero") and typed.kind.dimension in ("ratio", "number"):
        _percent_or_points(size, context)
        return None
    expr = context.formulas.compared(measure, inner)
    return _positive(_known(expr), size, context)


def _share(stated: Tree, context: Context) -> Expr | None:
    """Lower a share of the target: a percentage, or a formula that gives a ratio."""
    if isinstance(stated, Leaf):
        return Const(parse_number(leaf_text(stated)))
    typed = context.formulas.formula(stated)
    if typed is None:
        return None
    if typed.kind.dimension not in ("ratio", "zero", "unknown"):
        message = Text("目标的几成要用比率", "a share of the target is a ratio")
        hint = Text("如：参数 步长：比率 = 5%", "for example: parameter size: ratio = 5%")
        context.fault("step-size", message, stated, hint=hint)
        return None
    return _known(typed.expr)


def _positive(expr: Expr | None, size: Node, context: Context) -> Expr | None:
    if expr is None:
        return None
    value = constant(expr)
    if value is not None and value <= 0:
        context.fault(
            "step-size",
            Text("每步的大小要大于 0", "a step must be greater than 0"),
            size,
            hint=Text("如：每超过 1个百分点", "for example: per 1pp above"),
        )
        return None
    return expr


def _percent_or_points(size: Node, context: Context) -> None:
    written = context.source[size.span].strip()
    if size.find("number", "quantity") is None:
        hint = Text("把它的单位写成个百分点，或写：目标的（…）", "give it the unit pp, or write: (…) of target")
        context.fault(
            "percent-or-points",
            Text(
                "步长是比率，分不清是百分点还是目标值的几成",
                "the size is a ratio: percentage points, or a share of the target",
            ),
            size,
            why=Text("标准不是 100% 时，两种口径得分不同", "the two score differently unless the target is 100%"),
            hint=hint,
        )
        return
    number = written.rstrip("%％ ")
    context.fault(
        "percent-or-points",
        Text(
            f"“{written}”可以是{number}个百分点，也可以是目标值的{number}%",
            f"'{written}' may mean {number} percentage points or {number}% of the target",
        ),
        size,
        why=Text("标准不是 100% 时，两种口径得分不同", "the two score differently unless the target is 100%"),
        hint=Text(f"写作 {number}个百分点，或 目标值的 {number}%", f"write {number}pp, or {number}% of target"),
        fixes=(
            instead(size, f"{number}个百分点", f"{number}pp", context),
            instead(size, f"目标值的 {number}%", f"{number}% of target", context),
        ),
    )


def total(parts: tuple[Expr, ...], role: Role | None = None) -> Expr:
    """Return a sum, or its only part."""
    return parts[0] if len(parts) == 1 and role is None else Add(parts, role=role)


def option_twice(clause: Node, context: Context) -> bool:
    """Report an option that is given twice."""
    for kinds in (tuple(READINGS), ("floor",), ("at_most",), ("start", "bonus_start"), ("MAY_PASS",)):
        found = [child for child in clause.children if child.kind in kinds]
        if len(found) > 1:
            context.fault(
                "step-option",
                Text("这一项写了两次", "this is given twice"),
                found[1],
                hint=Text("只保留一处", "keep one of the two"),
            )
            return True
    return False


def apart(strides: tuple[Stride, ...], clauses: tuple[Node, ...], context: Context) -> bool:
    """Whether no stretch of the measure counts twice."""
    for (first, _), (second, clause) in combinations(zip(strides, clauses, strict=True), 2):
        ends = _ends(first, second)
        if {first.side, second.side} == {"above", "below"} and (ends is None or ends[0] <= ends[1]):
            continue
        context.fault(
            "step-double",
            Text("这一句与另一句对同一段指标值重复计分", "this clause and another count on the same stretch"),
            clause,
            why=Text("同一个偏离算两次", "the same deviation counts twice"),
            hint=Text(
                "更重的一段写作：，低于 90% 的部分 每步扣0.5分，分段累计",
                "write the more costly stretch as a tier: , 0.5 per step below 90%, marginal",
            ),
        )
        return False
    return True


def _ends(first: Stride, second: Stride) -> tuple[Fraction, Fraction] | None:
    """Return the target below which, and the one above which, steps count; None where a target is a figure."""
    upper, lower = (first, second) if first.side == "above" else (second, first)
    high, low = constant(upper.target), constant(lower.target)
    return None if high is None or low is None else (low, high)


def gaps_told(strides: tuple[Stride, ...], clauses: tuple[Node, ...], context: Context) -> None:
    """Point out a stretch between two targets where nothing is deducted and no band says so."""
    if any(case.find("between", "compared", "or_more", "or_less") for case in context.cases):
        return
    kind = measure_of(context).kind
    for (first, _), (second, clause) in combinations(zip(strides, clauses, strict=True), 2):
        ends = _ends(first, second)
        if ends is None or ends[0] == ends[1]:
            continue
        low, high = (measure_text(end, kind) for end in ends)
        context.fault(
            "step-gap",
            Text(f"{low.zh} 到 {high.zh} 之间不扣分", f"from {low.en} to {high.en} nothing is deducted"),
            clause,
            severity="warning",
            hint=Text(
                f"如果是本意，写一档：{low.zh}（含） 到 {high.zh}（含） 计满分",
                f"if that is meant, write a band: {low.en} (included) to {high.en} (included) scores full marks",
            ),
        )

"""Proportional score: the points times the measure's share of a target, its inverse, or less the excess over it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Add, Both, Branch, Case, Compare, Const, Div, Expr, Extreme, Measure, Mul, Role
from rubric_dsl.diagnostics import NO_TEXT, Lang, Text
from rubric_dsl.forms.base import MEASURE, ONLY_ONE, Context, FormInput, Seen, cap_of, floor_of, measure_text
from rubric_dsl.forms.shared.cap import CAPS, cap_not_said, role_for
from rubric_dsl.forms.shared.line import constant
from rubric_dsl.forms.shared.target import full_bound, measure_of
from rubric_dsl.formulas.kinds import NUMBER, UNKNOWN, ZERO
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node
from rubric_dsl.units import RATIO

Way = Literal["direct", "inverse", "excess"]
WAYS: dict[str, Way] = {"DIRECT": "direct", "INVERSE": "inverse", "EXCESS": "excess"}
_FULL, _TARGET = Role("full", of="proportional"), Role("target", of="proportional")
_LANGS: tuple[Lang, ...] = ("zh", "en")
_ZERO, _ONE = Const(Fraction(0)), Const(Fraction(1))
_NEEDS = {
    "direct": Text("指标值不是比率时，按比例要说明以什么为标准", "where the measure is not a ratio, state the target"),
    "inverse": Text("没有说明反比例以什么为标准", "it is not stated to which target the score is inverse"),
    "excess": Text("没有说明超出什么标准", "it is not stated over which target the excess counts"),
}


@dataclass(frozen=True, slots=True)
class Proportional:
    """``points`` × measure ÷ target, target ÷ measure, or 1 less the excess; at most ``cap`` (None: uncapped).

    ``denominator`` names what it is divided by, for the message when that is zero.
    """

    points: Fraction
    way: Way
    target: Expr
    cap: Fraction | None
    floor: Fraction | None
    denominator: Text
    role: Literal["gain", "uncapped"]
    inputs: tuple[FormInput, ...] = ()

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr:
        """Return points × share, capped."""
        full: Expr = Mul(Const(self.points), self._share(), role=_FULL)
        if self.cap is not None:
            full = Extreme("min", (full, Const(self.cap)), role=Role("capped", of="proportional"))
        guards = self._guards()
        return Case((Branch(Both(guards), full),), None) if guards else full

    def _guards(self) -> tuple[Compare, ...]:
        """A share of, or by, less than nothing has no meaning: there is then no score, unless a band gives one."""
        measure = (Compare(">=", Measure(), _ZERO),) if self.way == "inverse" else ()
        target = () if isinstance(self.target, Const) else (Compare(">=", self.target, _ZERO),)
        return measure + target

    def _share(self) -> Expr:
        if self.way == "inverse":
            return Div(self.target, Measure(), words=self.denominator)
        part = Measure() if self.target == _ONE else Div(Measure(), self.target, words=self.denominator)
        if self.way == "direct":
            return part
        left = Add((Const(Fraction(2)), Mul(Const(Fraction(-1)), part)))
        return Extreme("min", (_ONE, left))

    def reason(self, seen: Seen) -> Text | None:
        """Show the product and the cap."""
        full, measure = seen.number(_FULL), seen.number(MEASURE)
        if full is None or measure is None:
            return None
        if self.way == "excess" and full == self.points:
            points = text_of(self.points)
            return Text(f"没有超出标准，计 {points} 分", f"the target is not exceeded, scores {points}")
        zh, en = (f"{self._working(measure, seen, lang)} = {shown(full)}" for lang in _LANGS)
        if self.cap is not None and full > self.cap:
            return Text(f"{zh}，最多 {text_of(self.cap)}", f"{en}, at most {text_of(self.cap)}")
        return Text(zh, en)

    def _working(self, measure: Fraction, seen: Seen, lang: Lang) -> str:
        value, points = measure_text(measure, seen.kind).to(lang), text_of(self.points)
        known = constant(self.target)
        target = known if known is not None else seen.number(_TARGET)
        goal = "" if target is None else measure_text(target, seen.kind).to(lang)
        if self.way == "inverse":
            return f"{goal} ÷ {value} × {points}"
        if self.way == "excess":
            return f"(2 − {value} ÷ {goal}) × {points}"
        return f"{value} × {points}" if self.target == _ONE else f"{value} ÷ {goal} × {points}"


class ProportionalForm:
    """Reads the ``proportional`` clause."""

    clauses: ClassVar[tuple[str, ...]] = ("proportional",)

    def read(self, clauses: tuple[Node, ...], context: Context) -> Proportional | None:
        """Read the clause; whether over-fulfilment counts must be said."""
        clause = clauses[0]
        if context.measure is None:
            context.fault("no-measure", Text("按比例计分需要指标值", "a proportional score needs a measure"), clause)
            return None
        if len(clauses) > 1:
            context.fault(
                "form-twice",
                Text("按比例计分写了两次", "the proportional score is given twice"),
                clauses[1],
                hint=ONLY_ONE,
            )
            return None
        way = next(WAYS[child.kind] for child in clause.children if child.kind in WAYS)
        target = _target(clause, way, context)
        if _twice(clause, context) or not _cap_said(clause, way, target, context) or target is None:
            return None
        own = cap_of(clause)
        cap = context.points if own is None and (way == "excess" or clause.find("cap_full")) else own
        return _proportional(clause, way, target, cap, context)


def _proportional(clause: Node, way: Way, target: Expr, cap: Fraction | None, context: Context) -> Proportional:
    # What is reduced by the excess is full marks at the most, whatever the cap.
    role = "gain" if way == "excess" else role_for(cap, context.points)
    denominator = _denominator(clause, way, context)
    return Proportional(context.points, way, target, cap, floor_of(clause), denominator, role)


def _twice(clause: Node, context: Context) -> bool:
    for kinds in (("standard",), CAPS, ("floor",)):
        found = [child for child in clause.children if child.kind in kinds]
        if len(found) > 1:
            context.fault(
                "proportion-option",
                Text("这一项写了两次", "this is given twice"),
                found[1],
                hint=Text("只保留一处", "keep one of the two"),
            )
            return True
    return False


def _cap_said(clause: Node, way: Way, target: Expr | None, context: Context) -> bool:
    if way == "excess":
        uncapped = clause.find("UNCAPPED")
        if uncapped is not None:
            message = Text("没有超出就是满分，不能不封顶", "it gives full marks at the target and cannot be uncapped")
            context.fault("excess-uncapped", message, uncapped, hint=Text("删去“不封顶”", "leave out 'uncapped'"))
        return uncapped is None
    if clause.find(*CAPS):
        return True
    message = Text("没有说明超额完成是否封顶", "it is not stated whether over-fulfilment is capped")
    full = None if target is None else _proportional(clause, way, target, None, context).amount()
    cap_not_said(message, _CAP_HINT[way], clause, full, context, _CAP_WHY[way])
    return False


_CAP_WHY = {
    "direct": Text("指标值超过 100% 时得分不定", "a measure above 100% has no certain score"),
    "inverse": Text("指标值低于标准时得分不定", "a measure below the target has no certain score"),
}
_CAP_HINT = {
    "direct": Text("按比例计分", "proportional"),
    "inverse": Text("按反比例计分", "inversely proportional"),
}


def _target(clause: Node, way: Way, context: Context) -> Expr | None:
    stated = clause.find("standard")
    if not isinstance(stated, Node):
        return _default(clause, way, context)
    lowered = context.formulas.compared(measure_of(context), stated.children[0])
    if lowered is None:
        return None
    value = constant(lowered)
    if value is None:
        return replace(lowered, role=_TARGET)
    if value <= 0:
        context.fault("proportion-target", Text("标准要大于 0", "the target must be above 0"), stated)
        return None
    return Const(value)


def _default(clause: Node, way: Way, context: Context) -> Expr | None:
    """Return 100% for a ratio; a band that gives full marks up to another number leaves the target open."""
    kind = measure_of(context).kind
    stands = kind.dimension in (RATIO, NUMBER, ZERO) if way == "direct" else kind.dimension == RATIO
    if kind.dimension == UNKNOWN or (stands and (way == "direct" or not _other_bounds(context))):
        return _ONE
    hint = Text("在后面写：，以 … 为标准", "write after it: , target …")
    context.fault("proportion-target", _NEEDS[way], clause, hint=hint)
    return None


def _other_bounds(context: Context) -> bool:
    bounds = [tree for case in context.cases if (tree := full_bound(case, context.points)) is not None]
    return any(context.formulas.compared(measure_of(context), tree) != _ONE for tree in bounds)


def _denominator(clause: Node, way: Way, context: Context) -> Text:
    if way == "inverse":
        return Text("指标值", "measure")
    stated = clause.find("standard")
    if not isinstance(stated, Node):
        return NO_TEXT
    return Text(*context.words(stated.children[0]))

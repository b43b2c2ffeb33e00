"""One way to score an indicator: its measure and clauses become forms and one core expression."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rubric_dsl.core.nodes import (
    Add,
    Branch,
    Case,
    Const,
    Expr,
    Extreme,
    Measure,
    Role,
    Rounding,
    minus,
    rounded,
    times,
    total_of,
)
from rubric_dsl.core.walk import irrational
from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text
from rubric_dsl.forms.bands import ALWAYS
from rubric_dsl.forms.base import OFF, STATED, Context, Form, Marking, least_stated
from rubric_dsl.forms.registry import FORMS
from rubric_dsl.forms.shared.cap import highest, no_upper_limit
from rubric_dsl.formulas.formula_reader import MODES, FormulaReader
from rubric_dsl.formulas.kinds import NOT_READ, SCALED, Kind, Typed
from rubric_dsl.formulas.scope import Scope
from rubric_dsl.model.assessors import ASSESSORS, read_assessors
from rubric_dsl.model.draft import Draft, RuleBlock
from rubric_dsl.model.model import Kindred
from rubric_dsl.model.rounding_advice import advice, as_advised, of_figures, places_in
from rubric_dsl.numbers import parse_number, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Node, Statement, Tree, leaf_text
from rubric_dsl.units import RATIO, Unit, find_unit, own_unit

_BOUNDED = Role("bounded")
PLACES = {
    "FIGURES": "figure",
    "MEASURES": "measure",
    "SCORES_PLACE": "score",
    "SUBTOTALS": "subtotal",
    "TOTAL_PLACE": "total",
}


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one block: measure, forms, score; ``floor`` and ``ceiling`` bound the score."""

    measure: Typed | None
    tree: Tree | None
    forms: tuple[Form, ...]
    score: Expr
    floor: Fraction
    ceiling: Fraction
    marking: Marking | None = None


class RuleReader:
    """Reads blocks of one indicator; faults go to ``found``."""

    def __init__(
        self, source: Source, formulas: FormulaReader, found: list[Diagnostic], lang: Lang, scale: dict[str, Fraction]
    ) -> None:
        self.source: Source = source
        self.formulas: FormulaReader = formulas
        self.found: list[Diagnostic] = found
        self.lang: Lang = lang
        self.scale: dict[str, Fraction] = scale

    def read(self, draft: Draft, block: RuleBlock) -> Read | None:
        """Read one block; None when its rule cannot be used."""
        broken = any(statement.broken for statement in draft.statements)
        self._once(draft, block, "rule", Text("评价标准", "rule"))
        self._once(draft, block, "st_measure", Text("指标值", "measure"))
        tree, measure, broken = self._measure(draft, block, broken=broken)
        rule = block.first("rule")
        clauses = tuple(child for child in rule.tree.children if isinstance(child, Node)) if rule else ()
        if not clauses:
            if not broken:
                self._no_rule(draft, block)
            return None
        roundings = {**draft.roundings, **roundings_of(block.statements)}
        if measure is not None:
            measure = _rounded_measure(measure, roundings.get("measure"))
        context = self._context(draft, block, measure, clauses)
        self.formulas.own = Typed(Measure(), measure.kind) if measure is not None else None
        self.formulas.implied = _implied(block)
        forms = [form for item in FORMS if (own := _own(clauses, item.clauses)) and (form := item.read(own, context))]
        self.formulas.own = self.formulas.implied = None
        wanted = sum(1 for item in FORMS if _own(clauses, item.clauses))
        complete = len(forms) == wanted
        assessed = read_assessors(_own(clauses, ASSESSORS), tuple(forms), context) if complete else None
        self.found.extend(context.found)
        if broken or not complete or any(item.is_error for item in context.found):
            return None
        found = (
            tuple(forms) if assessed is None else (assessed, *(form for form in forms if form not in assessed.forms))
        )
        read = self._put_together(draft, block, found, measure, tree, roundings.get("score"))
        return read if read is None or assessed is None else replace(read, marking=assessed.marking)

    def _measure(self, draft: Draft, block: RuleBlock, *, broken: bool) -> tuple[Tree | None, Typed | None, bool]:
        stated = block.first("st_measure")
        tree = stated.tree.children[0] if stated is not None else draft.measure
        measure = self.formulas.formula(tree) if tree is not None else None
        if measure is None and (broken or tree is not None):
            return tree, NOT_READ, True
        if measure is not None and measure.kind.dimension == SCALED:
            measure = Typed(measure.expr, Kind(RATIO))
        return tree, measure, broken

    def _context(self, draft: Draft, block: RuleBlock, measure: Typed | None, clauses: tuple[Node, ...]) -> Context:
        return Context(
            self.source,
            draft.name,
            draft.points,
            draft.reading_of(block),
            measure,
            self.formulas,
            self.lang,
            [],
            tuple(clause for clause in clauses if clause.kind == "band"),
            self.scale,
            draft.parts,
            any(clause.kind == "otherwise" for clause in clauses),
            draft.role == "deduction",
            any(clause.kind == "bands_add" for clause in clauses),
        )

    def _put_together(
        self,
        draft: Draft,
        block: RuleBlock,
        forms: tuple[Form, ...],
        measure: Typed | None,
        tree: Tree | None,
        rounding: Rounding | None,
    ) -> Read | None:
        self._above_points(draft, block, forms)
        if not self._base_said(draft, block, forms) or self._input_twice(draft, block, forms):
            return None
        floor = min((form.floor for form in forms if form.floor is not None), default=Fraction(0))
        ceiling = draft.points + sum((form.extra for form in forms if form.role == "bonus"), Fraction(0))
        score = combine(forms, draft.points, floor, draft.role)
        if rounding is not None:
            score = rounded(score, rounding.step, rounding.mode)
        if irrational(score, measure.expr if measure else None):
            places = places_in(draft.all("st_example"))
            self._irrational(draft, block, None if measure is None else measure.expr, score, places)
            score = as_advised(score, places)
        if any(form.role == "uncapped" for form in forms):
            most = _most(forms, measure, score, self.formulas.scope, draft.role)
            if most is None:
                most = _capped(forms, draft.points, ceiling, rounding, draft.role)
            if most is None:
                rule = block.first("rule") or draft.heading
                self.found.append(no_upper_limit(draft.name, draft.points, self.source, rule, self.lang))
                return None
            ceiling = max(ceiling, most)
        stated = _least(forms, block)
        if draft.role == "deduction":
            if stated < 0:
                self._adds(draft, block)
            floor, ceiling = -ceiling, Fraction(0)
        floor = min(floor, stated)
        return Read(measure, tree, forms, score, floor, ceiling)

    def _base_said(self, draft: Draft, block: RuleBlock, forms: tuple[Form, ...]) -> bool:
        """Whether it is said what a bonus comes on top of: it builds up from zero only where it stands alone."""
        roles = {form.role for form in forms}
        if "bonus" not in roles or roles & {"gain", "uncapped"} or roles == {"bonus"}:
            return True
        points = text_of(draft.points)
        rule = block.first("rule") or draft.heading
        message = Text(
            f"{draft.name}：没有说明加分、扣分从几分起算",
            f"{draft.name}: it is not stated from which score bonuses and deductions count",
        )
        why = Text(f"从 0 分还是从 {points} 分起算，得分不同", f"from 0 or from {points}: the scores differ")
        hint = Text(f"加上一句：基础分 {points}分", f"add a clause: base {points}")
        place = Place(self.source, rule.span)
        self.found.append(Diagnostic("base-not-said", "error", "rule", message, (place,), why=why, hint=hint))
        return False

    def _input_twice(self, draft: Draft, block: RuleBlock, forms: tuple[Form, ...]) -> bool:
        """Report two forms that ask for a figure of the same address: one would silently take the other's data."""
        keys = [item.key for form in forms for item in form.inputs]
        again = next((key for key in keys if keys.count(key) > 1), None)
        if again is None:
            return False
        rule = block.first("rule") or draft.heading
        message = Text(f"“{again}”有两处要填，分不清", f"'{again}' is asked for twice and cannot be told apart")
        hint = Text(
            "给每出现加名称：每出现 1次 “迟报” 扣1分；或换一个序号",
            'name the occurrences: deduct 1 per 1 times found "late"; or use another item number',
        )
        place = Place(self.source, rule.span)
        self.found.append(Diagnostic("input-twice", "error", "rule", message, (place,), hint=hint))
        return True

    def _above_points(self, draft: Draft, block: RuleBlock, forms: tuple[Form, ...]) -> None:
        """A band may not score more than the indicator has: the wording and the points column contradict each other."""
        for branch in (branch for form in forms for branch in form.branches()):
            if isinstance(branch.value, Const) and branch.value.value > draft.points:
                rule = block.first("rule") or draft.heading
                score, points = text_of(branch.value.value), text_of(draft.points)
                message = Text(
                    f"“{draft.name}”为 {points} 分，“{branch.words[0]}”计 {score} 分",
                    f"'{draft.name}' has {points} points, '{branch.words[1]}' scores {score}",
                )
                hint = Text("改这一档的得分，或改指标的分值", "change the score, or the indicator's points")
                place = Place(self.source, rule.span)
                self.found.append(Diagnostic("score-above-points", "error", "rule", message, (place,), hint=hint))

    def _adds(self, draft: Draft, block: RuleBlock) -> None:
        """Points below zero, taken off the total, would add to it."""
        rule = block.first("rule") or draft.heading
        message = Text(
            f"扣分项“{draft.name}”写了负的分数，扣负分就是加分",
            f"the deduction '{draft.name}' states points below zero, and to take these off would add them",
        )
        hint = Text(
            "写要扣的分数，如：计2分；加分写在加分项里",
            "write the points to take off, as scores 2; what adds is a bonus",
        )
        place = Place(self.source, rule.span)
        self.found.append(Diagnostic("negative-deduction", "error", "rule", message, (place,), hint=hint))

    def _irrational(
        self, draft: Draft, block: RuleBlock, measure: Expr | None, score: Expr, places: int | None
    ) -> None:
        """Ask for the rounding; how many places is the author's to say, and an example shows what they change."""
        figures = {key for key, _, _ in self.formulas.scope.figures.values()}
        rule = block.first("rule") or draft.heading
        self.found.append(
            Diagnostic(
                "needs-rounding",
                "error",
                "rule",
                Text(
                    f"“{draft.name}”的得分由对数、指数或开方算出，没有说明在哪里舍入",
                    f"the score of '{draft.name}' comes from a logarithm, power or root, and its rounding is not stated",
                ),
                (Place(self.source, rule.span),),
                why=Text(
                    "这样的数没有尽头，写不出准确的得分", "such a number never ends, so no exact score can be given"
                ),
                hint=advice("scores", places, of_figures(measure, score, figures, places)),
            )
        )

    def _once(self, draft: Draft, block: RuleBlock, kind: str, words: Text) -> None:
        found = [statement for statement in block.statements if statement.kind == kind]
        if len(found) > 1:
            places = (Place(self.source, found[1].span), Place(self.source, found[0].span))
            message = Text(f"{draft.name}：{words.zh}写了两次", f"{draft.name}: the {words.en} is given twice")
            hint = Text("只保留一处", "keep one of the two")
            self.found.append(Diagnostic("given-twice", "error", "rule", message, places, hint=hint))

    def _no_rule(self, draft: Draft, block: RuleBlock) -> None:
        place = Place(self.source, (block.opening or draft.heading).span)
        self.found.append(
            Diagnostic(
                "indicator-without-rule",
                "error",
                "rule",
                Text(f"“{draft.name}”没有评价标准", f"'{draft.name}' has no rule"),
                (place,),
                why=Text(f"{text_of(draft.points)} 分无从评定", f"{text_of(draft.points)} points cannot be scored"),
                hint=Text("加上一句：评价标准 …", "add a line: rule …"),
            )
        )


def _implied(block: RuleBlock) -> Unit | None:
    """Return the unit in which numbers without one are written."""
    stated = block.first("st_numbers_in")
    if stated is None:
        return None
    text = leaf_text(stated.tree.node("unit"))
    return find_unit(text) or own_unit(text)


def _least(forms: tuple[Form, ...], block: RuleBlock) -> Fraction:
    """Return the least score that a rule states, at most zero."""
    rule = block.first("rule")
    clauses = () if rule is None else tuple(child for child in rule.tree.children if isinstance(child, Node))
    cases = (branch.value for form in forms for branch in form.branches())
    fixed = (value.value for value in cases if isinstance(value, Const) and value.role != OFF)
    return min((Fraction(0), least_stated(clauses) or Fraction(0), *fixed))


def roundings_of(statements: list[Statement]) -> dict[str, Rounding]:
    """Return the roundings that statements state, by place."""
    found = {}
    for statement in statements:
        if statement.kind == "st_round" and statement.tree.children:
            place, step, mode = statement.tree.children
            size = parse_number(leaf_text(step))
            if size:
                found[PLACES[place.kind]] = Rounding(size, MODES[mode.kind])
    return found


def _rounded_measure(measure: Typed, rounding: Rounding | None) -> Typed:
    if rounding is None:
        return measure
    return Typed(rounded(measure.expr, rounding.step, rounding.mode), measure.kind)


def _most(forms: tuple[Form, ...], measure: Typed | None, score: Expr, scope: Scope, role: Kindred) -> Fraction | None:
    """Return what a score that may pass the points is at most by what is known of its figures; None where that says nothing."""
    inputs = tuple(item for form in forms for item in form.inputs)
    size = times(-1, score) if role == "deduction" else score
    return highest(size, None if measure is None else measure.expr, inputs, scope)


def _capped(
    forms: tuple[Form, ...], points: Fraction, ceiling: Fraction, rounding: Rounding | None, role: Kindred
) -> Fraction | None:
    """Return what the caps of all gains that may pass the points leave at most; None where one has none."""
    caps = [form.cap for form in forms if form.role == "uncapped"]
    stated = [cap for cap in caps if cap is not None]
    if len(stated) < len(caps):
        return None
    most = max(points, sum(stated, Fraction(0))) + ceiling - points
    score: Expr = Const(-most if role == "deduction" else most)
    if rounding is not None:
        score = rounded(score, rounding.step, rounding.mode)
    return highest(times(-1, score) if role == "deduction" else score, None, (), Scope())


def combine(forms: tuple[Form, ...], points: Fraction, floor: Fraction, role: Kindred = "part") -> Expr:
    """Put forms together: cases decide first; elsewhere gains less deductions and with bonuses, within bounds.

    Without gains, deductions count from the full points and bonuses from zero. Only what may pass the points does: what
    else is gained adds to an uncapped gain up to the points. What is deducted after the total counts from 0, as a
    negative number.
    """
    branches = tuple(branch for form in forms if form.role == "case" for branch in form.branches())
    uncapped, gains, deductions, bonuses = (_amounts(forms, kind) for kind in ("uncapped", "gain", "deduct", "bonus"))
    passing = tuple(form.passing for form in forms if form.role == "bonus" and form.passing is not None)
    rest: Expr | None = None
    if uncapped or gains or deductions or bonuses or passing:
        full = Const(points if role != "deduction" and deductions else Fraction(0))
        held: tuple[Expr, ...] = (Const(points),)
        if uncapped:
            own = total_of(list(uncapped))
            held = (Extreme("max", (*held, own if role == "deduction" else _less(own, deductions, role))),)
        rest = _less(total_of(list(uncapped + gains + bonuses or (full,))), deductions, role)
        if gains or bonuses or not uncapped or (deductions and role == "deduction"):
            rest = Extreme("min", (*held, rest))
        rest = Add((rest, *passing)) if passing else rest
        rest = Extreme("max", (Const(floor), rest), role=None if uncapped or passing else _BOUNDED)
    score = _cases(branches, rest, points, floor)
    return times(-1, score) if role == "deduction" else score


def _less(gained: Expr, deductions: tuple[Expr, ...], role: Kindred) -> Expr:
    """Take deductions off; what is itself deducted after the total grows by them."""
    for amount in deductions:
        gained = Add((gained, amount)) if role == "deduction" else minus(gained, amount)
    return gained


def _amounts(forms: tuple[Form, ...], role: str) -> tuple[Expr, ...]:
    return tuple(amount for form in forms if form.role == role and (amount := form.amount()) is not None)


def _cases(branches: tuple[Branch, ...], rest: Expr | None, points: Fraction, floor: Fraction) -> Expr:
    if not branches:
        return rest or Const(points)
    ordered = sorted(branches, key=lambda branch: branch.condition == ALWAYS)  # 否则 comes after a table's rows too
    kept = tuple(replace(branch, value=_within(branch.value, points, floor)) for branch in ordered)
    if kept[-1].condition == ALWAYS:
        # The branch is kept beside the others, so that the trace can say that it was taken.
        return Case(kept, kept[-1].value)
    return Case(kept, rest)


def _within(value: Expr, points: Fraction, floor: Fraction) -> Expr:
    """Hold a case's score within the indicator's bounds; a score that is stated as such may lie below the floor."""
    if isinstance(value, Const):
        return replace(value, value=max(floor, value.value)) if value.role == OFF else value
    if value.role == STATED:  # within the points: above_points has seen to it
        return value
    return Extreme("max", (Const(floor), Extreme("min", (Const(points), value))), role=_BOUNDED)


def _own(clauses: tuple[Node, ...], kinds: tuple[str, ...]) -> tuple[Node, ...]:
    return tuple(clause for clause in clauses if clause.kind in kinds)

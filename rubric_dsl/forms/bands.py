"""Bands and cases: parts of the measure's range, or conditions, each with a score; the first that holds decides (or adds)."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import (
    TRUE,
    Add,
    Both,
    Branch,
    Case,
    Compare,
    CompareOp,
    Condition,
    Const,
    Div,
    Expr,
    Measure,
    minus,
    times,
)
from rubric_dsl.diagnostics import Place, Text
from rubric_dsl.forms.base import (
    MEASURE,
    STATED,
    Context,
    FormInput,
    Seen,
    above_points,
    least_stated,
    measure_text,
    picks_in,
    points_of,
    value_of_score,
)
from rubric_dsl.forms.shared.open_ends import between_fixes, ended_fixes
from rubric_dsl.forms.shared.series import so_on
from rubric_dsl.formulas.kinds import OPS
from rubric_dsl.records import dataclass
from rubric_dsl.source import Span
from rubric_dsl.syntax.tree import Node, Tree

_WIDTH = Text("两端之差", "the difference between its ends")
ALWAYS: Condition = TRUE
"""The condition of 否则: what no band or case before it holds."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands and cases in the author's order; the first that holds decides.

    ``regions`` are where each band's part of the measure is written, None for what is no band: bands must not overlap.
    As a gain they add to the rest of the rule, and one of them must hold.
    """

    found: tuple[Branch, ...]
    places: tuple[Place, ...]
    regions: tuple[Span | None, ...] = ()
    inputs: tuple[FormInput, ...] = ()
    role: Literal["case", "gain"] = "case"
    floor: Fraction | None = None

    def branches(self) -> tuple[Branch, ...]:
        """Return one branch for each band."""
        return self.found

    def amount(self) -> Expr | None:
        """Return what the band that holds adds; bands that decide neither add nor deduct."""
        if self.role == "case":
            return None
        last = self.found[-1]
        return Case(self.found, last.value if last.condition == ALWAYS else None)

    def reason(self, seen: Seen) -> Text | None:
        """Name the band that holds the measure."""
        measure = seen.number(MEASURE)
        taken = [words for words in dict.fromkeys(branch.words for branch in self.found) if words in seen.branches]
        if len(taken) != 1:
            return None
        if measure is None:
            return Text(f"符合“{taken[0][0]}”", f"'{taken[0][1]}' holds")
        shown = measure_text(measure, seen.kind)
        return Text(f"{shown.zh} 属于“{taken[0][0]}”", f"{shown.en} is in '{taken[0][1]}'")


class BandsForm:
    """Reads ``band``, ``when``, ``otherwise`` and ``so_on`` clauses."""

    clauses: ClassVar[tuple[str, ...]] = ("band", "when", "otherwise", "so_on", "bands_add")

    def read(self, clauses: tuple[Node, ...], context: Context) -> Bands | None:
        """Read all bands and cases of a rule."""
        added = [clause for clause in clauses if clause.kind == "bands_add"]
        clauses = tuple(clause for clause in clauses if clause.kind != "bands_add")
        if added and (len(added) > 1 or not clauses):
            message = Text("“分档得分另加”前面没有分档，或写了两次", "there are no bands to add, or this is said twice")
            context.fault(
                "bands-add", message, added[-1], hint=Text("先写分档，这一句写一次", "write bands, and this once")
            )
            return None
        measured = [clause for clause in clauses if clause.kind in ("band", "so_on")]
        if measured and not context.needs_measure(Text("分档", "a band"), measured[0]):
            return None
        last = next((clause for clause in clauses[:-1] if clause.kind == "otherwise"), None)
        if last is not None:
            words = Text("“否则”后面的规则不会用到", "what follows 'otherwise' is never used")
            context.fault("otherwise-last", words, last, hint=Text("把“否则”写在最后", "write 'otherwise' last"))
            return None
        branches = [self._branch(index, clauses, context) for index in range(len(clauses))]
        if any(branch is None for branch in branches):
            return None
        places = tuple(Place(context.source, clause.span) for clause in clauses)
        inputs = picks_in(clauses, context.indicator)
        regions = tuple(_written(clause) for clause in clauses)
        found = tuple(branch for branch in branches if branch is not None)
        if not added:
            return Bands(found, places, regions, inputs)
        fixed = [branch.value.value for branch in found if isinstance(branch.value, Const)]
        floor = min((score for score in (*fixed, least_stated(clauses) or Fraction(0)) if score < 0), default=None)
        return Bands(found, places, regions, inputs, "gain", floor)

    def _branch(self, index: int, clauses: tuple[Node, ...], context: Context) -> Branch | None:
        clause = clauses[index]
        if clause.kind == "so_on":
            return so_on(clause, clauses[:index], context)
        score = clause.node("score")
        condition: Condition | None = ALWAYS
        if clause.kind != "otherwise":
            region = next(child for child in clause.children if child is not score)
            condition = context.formulas.condition(region) if clause.kind == "when" else region_of(region, context)
            on_line = score.find("on_line")
            if isinstance(on_line, Node) and clause.kind == "band" and isinstance(region, Node):
                value = line(region, on_line, context)
                return None if condition is None or value is None else Branch(condition, value, context.words(clause))
        found = value_of_score(score, context)
        return None if condition is None or found is None else Branch(condition, found, context.words(clause))


def _written(clause: Node) -> Span | None:
    """Return where a clause says which part of the measure it claims; None where it states a condition."""
    if clause.kind == "so_on":
        return clause.span
    return clause.children[0].span if clause.kind == "band" else None


def region_of(region: Tree, context: Context) -> Condition | None:
    """Lower the part of the measure's range that a band claims."""
    return _condition(region, context) if isinstance(region, Node) else None


def line(region: Node, ends: Node, context: Context) -> Expr | None:
    """Lower a straight line over a band with two ends: from the first score to the second."""
    bounds = [child for child in region.children if child.kind not in ("INCLUDED", "EXCLUDED")]
    if region.kind != "between" or context.measure is None:
        context.fault(
            "line-without-ends",
            Text("按直线计分要有两端", "a straight line needs a band with two ends"),
            region,
            hint=Text("写在“… 到 …”的一档里", "write it in a band from … to …"),
        )
        return None
    low, high = (context.formulas.compared(context.measure, bound) for bound in bounds)
    first, last = (points_of(child) for child in ends.children)
    if low is None or high is None or above_points(max(first, last), ends, context):
        return None
    share = Div(minus(Measure(), low), minus(high, low), words=_WIDTH)
    return Add((Const(first), times(last - first, share)), role=STATED)


def _condition(region: Node, context: Context) -> Condition | None:
    if region.kind == "compared":
        op = OPS[region.children[0].kind]
        return _compare(op, region.children[1], context)
    if region.kind == "at":
        return _compare("=", region.children[0], context)
    if region.kind == "or_more":
        return _ended(region, "以上", ">", context)
    if region.kind == "or_less":
        return _ended(region, "以下", "<", context)
    return _between(region, context)


def _ended(region: Node, word: str, op: Literal["<", ">"], context: Context) -> Condition | None:
    mark = region.find("INCLUDED", "EXCLUDED")
    if mark is None:
        written = context.source[region.children[0].span]
        context.fault(
            "end-not-said",
            Text(
                f"“{written}{word}”没有说明是否包括 {written}",
                f"it is not stated whether {written} itself is included",
            ),
            region,
            why=Text(f"恰好为 {written} 时得分不定", f"a measure of exactly {written} has no certain score"),
            hint=Text(
                f"写作 {written}（含）{word} 或 {written}（不含）{word}",
                f"write {written} (included) or (excluded)",
            ),
            fixes=ended_fixes(region, context),
        )
        return None
    closed: CompareOp = ">=" if op == ">" else "<="
    return _compare(closed if mark.kind == "INCLUDED" else op, region.children[0], context)


def _between(region: Node, context: Context) -> Condition | None:
    """（含）closes the end that it stands at; the other end is then open. Neither marked: nobody owns the ends."""
    bounds: list[Tree] = []
    marks: list[str] = []
    for child in region.children:
        if child.kind in ("INCLUDED", "EXCLUDED"):
            marks[-1] = child.kind
        else:
            bounds.append(child)
            marks.append("")
    if marks == ["", ""]:
        context.fault(
            "end-not-said",
            Text("这一档没有说明两端各归哪一档", "it is not stated which ends belong to this band"),
            region,
            why=Text("恰好落在端点上时得分不定", "a measure exactly at an end has no certain score"),
            hint=Text("在归本档的一端后面写（含）", "write (included) after the end that belongs to it"),
            fixes=between_fixes(region, context),
        )
        return None
    low = _compare(">=" if marks[0] == "INCLUDED" else ">", bounds[0], context)
    high = _compare("<=" if marks[1] == "INCLUDED" else "<", bounds[1], context)
    return None if low is None or high is None else Both((low, high))


def _compare(op: CompareOp, bound: Tree, context: Context) -> Compare | None:
    if context.measure is None:
        return None
    right: Expr | None = context.formulas.compared(context.measure, bound)
    return None if right is None else Compare(op, Measure(), right)

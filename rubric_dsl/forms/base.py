"""What every scoring form is: it reads itself from the tree, lowers itself to core, and says what happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol

from rubric_dsl.core.nodes import Both, Branch, Case, Compare, Const, Expr, Input, Role
from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Text, same
from rubric_dsl.formulas.kinds import Kind, Typed, kind_words
from rubric_dsl.numbers import parse_number, shown, text_of
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Leaf, Node, Tree, leaf_text
from rubric_dsl.syntax.write import write_tree

if TYPE_CHECKING:
    from rubric_dsl.formulas.formula_reader import FormulaReader

Reading = Literal["whole", "started", "pro_rata"]
READINGS: dict[str, Reading] = {"WHOLE": "whole", "STARTED": "started", "PRO_RATA": "pro_rata"}
AWARD, MEASURE, OFF, STATED = Role("award"), Role("measure"), Role("off"), Role("stated")
InputKind = Literal["number", "choice", "mark", "count", "refined"]
YES, NO, PARTLY, NOT_APPLICABLE = "是", "否", "部分符合", "不适用"
MARKS = {
    "是": YES,
    "否": NO,
    "yes": YES,
    "no": NO,
    "met": YES,
    "unmet": NO,
    "符合": YES,
    "不符合": NO,
    "部分": PARTLY,
    "partly": PARTLY,
    "n/a": NOT_APPLICABLE,
    "na": NOT_APPLICABLE,
}
"""What may be written for the marks of a checklist, in lower case."""


@dataclass(frozen=True, slots=True)
class FormInput:
    """What an assessor gives for an indicator: ``key`` is its address; ``words`` the official text of an item.

    ``step`` is what a number must be a whole multiple of, counted from ``low``; ``note`` says who gives it, and when.
    """

    key: str
    kind: InputKind
    low: Fraction = Fraction(0)
    high: Fraction | None = None
    options: tuple[str, ...] = ()
    words: str = ""
    step: Fraction | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Marking:
    """How several assessors make one score: ``words`` say it; with an ``adjudicator``, marks ``apart`` by more are its.

    ``names`` are the assessors and, last, the adjudicator.
    """

    words: Text
    names: tuple[str, ...]
    apart: Fraction | None = None
    adjudicator: str = ""


def mark_role(name: str) -> Role:
    """Return under which role the trace keeps an assessor's mark."""
    return Role("mark", of=name)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading's part, for a rule over its parts: its score, and whether it applies (None: always)."""

    name: str
    score: Expr
    applies: Expr | None


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table: a choice with its options, or a number."""

    name: str
    options: tuple[str, ...]
    value: Typed | None


@dataclass(frozen=True, slots=True)
class Table:
    """The keys of a look-up, and where they stand; a look-up of parts has none.

    ``unordered`` are the words of each row, in the options' order, where the keys are in any order.
    """

    head: Place
    keys: tuple[Key, ...] = ()
    unordered: frozenset[tuple[str, ...]] | None = None

    def left_open(self, named: Text | None = None) -> Diagnostic:
        """Report that it is not stated what a combination scores; ``named`` is one, where one was found."""
        return Diagnostic(
            "table-open",
            "error",
            "rule",
            Text("没有列出的组合得多少分，没有说明", "it is not stated what an unlisted combination scores"),
            (self.head,),
            witness=None if named is None else Text(f"例：{named.zh} 时没有得分", f"with {named.en} there is no score"),
            why=Text("这样的部门没有得分", "such a department has no score"),
            hint=Text("在最后写：否则 不得分", "write last: otherwise no points"),
        )


@dataclass(slots=True)
class Context:
    """What a form may ask; faults are added to ``found``. ``deducts``: the rule's result is taken off the total.

    ``adds``: what bands score adds to the rest of the rule.
    """

    source: Source
    indicator: str
    points: Fraction
    reading: Reading | None
    measure: Typed | None
    formulas: FormulaReader
    lang: Lang
    found: list[Diagnostic] = field(default_factory=list)
    cases: tuple[Node, ...] = ()
    scale: Mapping[str, Fraction] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    closed: bool = False
    deducts: bool = False
    adds: bool = False

    def needs_measure(self, what: Text, tree: Tree) -> bool:
        """Report that a form needs a measure where there is none; returns whether there is one."""
        if self.measure is None:
            hint = Text("加上一句：指标值 公式", "add a line: measure FORMULA")
            self.fault("no-measure", Text(f"{what.zh}需要指标值", f"{what.en} needs a measure"), tree, hint=hint)
        return self.measure is not None

    def fault(
        self,
        code: str,
        message: Text,
        tree: Tree,
        *,
        hint: Text | None = None,
        why: Text | None = None,
        severity: Literal["error", "warning"] = "error",
        fixes: tuple[Fix, ...] = (),
    ) -> None:
        """Report a fault at a phrase."""
        place = Place(self.source, tree.span)
        self.found.append(Diagnostic(code, severity, "rule", message, (place,), why=why, hint=hint, fixes=fixes))

    def words(self, tree: Tree) -> tuple[str, str]:
        """Return a phrase as written in both keyword languages."""
        return write_tree(tree, "zh"), write_tree(tree, "en")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the evaluator saw: values by role, ``branches`` that hold for certain, the words ``chosen`` of choices."""

    values: Mapping[Role, Range]
    branches: tuple[tuple[str, str], ...]
    kind: Kind | None
    points: Fraction
    chosen: Mapping[str, str]

    def number(self, role: Role) -> Fraction | None:
        """Return the one value of a role, or None when it was not computed or is not settled."""
        found = self.values.get(role)
        return None if found is None else found.known


class _Form(Protocol):
    """What all scoring forms share."""

    @property
    def inputs(self) -> tuple[FormInput, ...]:
        """What an assessor must give."""

    @property
    def floor(self) -> Fraction | None:
        """The least score that the rule states, if it states one."""

    def branches(self) -> tuple[Branch, ...]:
        """Return the cases in order (empty for other roles)."""

    def amount(self) -> Expr | None:
        """Return the points gained or deducted (None for cases)."""

    def reason(self, seen: Seen) -> Text | None:
        """Say what happened, in one line; None when there is nothing to say yet."""


class BoundedForm(_Form, Protocol):
    """A form within the points. A *case* claims part of the measure, a *gain* adds points, a *deduct* takes them."""

    @property
    def role(self) -> Literal["case", "gain", "deduct"]:
        """What it does to the score."""


class RaisingForm(_Form, Protocol):
    """A *bonus* comes on top of a base, and may pass the points where it says so."""

    @property
    def role(self) -> Literal["bonus"]:
        """What it does to the score."""

    @property
    def passing(self) -> Expr | None:
        """The part of the amount that may pass the points."""

    @property
    def extra(self) -> Fraction:
        """The most by which it may pass the points."""


class CappedForm(_Form, Protocol):
    """A gain with a cap of its own; it is *uncapped* where that lies above the points, or nowhere."""

    @property
    def role(self) -> Literal["gain", "uncapped"]:
        """What it does to the score."""

    @property
    def cap(self) -> Fraction | None:
        """The most that it gives; None where it is not stated."""


Form = BoundedForm | CappedForm | RaisingForm
"""A scoring form."""


ONLY_ONE = Text("只保留一句", "keep one of the two")
"""What to do about a form that may stand once."""


class FormClass(Protocol):
    """Where a form comes from: the clauses it reads, and how."""

    @property
    def clauses(self) -> tuple[str, ...]:
        """The grammar rules of its clauses."""

    def read(self, clauses: tuple[Node, ...], context: Context) -> Form | None:
        """Read the form from its clauses; None when a fault was reported."""


def points_of(tree: Tree) -> Fraction:
    """Return the number of a ``points`` phrase (or of its negative)."""
    if isinstance(tree, Node) and tree.kind == "minus":
        return -points_of(tree.children[0])
    return parse_number(leaf_text(tree))


def score_of(tree: Node, points: Fraction) -> Fraction:
    """Return what a ``score`` phrase gives: full marks, a number, or nothing."""
    inner = tree.children[0]
    if inner.kind == "FULL":
        return points
    return Fraction(0) if inner.kind == "NOTHING" else points_of(inner)


FIXED = Text("得分要是写定的分数", "the score is a fixed number of points")
FIXED_AS = Text("如：计5分", "for example: scores 5")
"""What to say where a score is left to a formula or to the assessor and cannot be."""


def is_fixed(tree: Node) -> bool:
    """Whether a ``score`` phrase gives full marks, a number, or nothing, and :func:`score_of` can read it."""
    return tree.children[0].kind in ("FULL", "NOTHING", "points", "minus")


def least_stated(clauses: Iterable[Node]) -> Fraction | None:
    """Return the least score below zero that clauses state; None where they state none.

    A score that is stated is what counts: where one lies below zero, so may the indicator's.
    """
    said = (child for clause in clauses for child in (clause, *clause.children) if isinstance(child, Node))
    stated = [points_of(minus) for node in said for minus in _minuses(node)]
    return min((score for score in stated if score < 0), default=None)


def _minuses(node: Node) -> list[Node]:
    """Return the negative points directly in a score, in its two ends, in an item or in a point of a line."""
    if node.kind == "anchor":
        node = node.node("score")
    if node.kind not in ("score", "item", "part_met", "range"):
        return []
    inner = [child for child in node.children if isinstance(child, Node)]
    ends = [end for child in inner if child.kind in ("on_line", "picked") for end in child.children]
    return [item for item in (*inner, *ends) if isinstance(item, Node) and item.kind == "minus"]


def fixed_score(tree: Node, context: Context, code: str) -> Fraction | None:
    """Return what a ``score`` phrase gives; None, with a fault of this code, where it is no fixed number."""
    if is_fixed(tree):
        return score_of(tree, context.points)
    context.fault(code, FIXED, tree, hint=FIXED_AS)
    return None


def value_of_score(tree: Node, context: Context) -> Expr | None:
    """Lower a ``score`` phrase of a clause; None when a fault was reported.

    Full marks, a number, nothing, so many points off, a step of the scale, a formula, or an assessor's number.
    """
    inner = tree.children[0]
    if isinstance(inner, Leaf):
        return Const(score_of(tree, context.points))
    match inner.kind:
        case "off":
            off = points_of(inner.children[0])
            return Const(min(off, context.points)) if context.deducts else Const(context.points - off, role=OFF)
        case "on_scale":
            return _on_scale(leaf_text(inner), inner, context)
        case "by_formula":
            return points_formula(inner.children[0], context)
        case "picked":
            return _picked(inner, context)
        case "on_line":
            context.fault(
                "line-without-ends",
                Text("按直线计分要有两端", "a straight line needs a band with two ends"),
                inner,
                hint=Text("写在“… 到 …”的一档里", "write it in a band from … to …"),
            )
            return None
        case _:
            return Const(score_of(tree, context.points))


def _on_scale(name: str, tree: Tree, context: Context) -> Expr | None:
    found = context.scale.get(name)
    if found is None:
        zh, en = "、".join(context.scale), ", ".join(context.scale)
        hint = Text(f"等级标准：{zh}" if zh else "先写：尺度 A = 4，…", f"scale: {en or 'A = 4, …'}")
        context.fault(
            "unknown-grade",
            Text(f"等级标准里没有“{name}”", f"the scale has no '{name}'"),
            tree,
            hint=hint,
        )
        return None
    return Const(found)


def points_formula(tree: Tree, context: Context) -> Expr | None:
    """Lower a formula that gives points."""
    typed = context.formulas.formula(tree)
    if typed is None:
        return None
    if typed.kind.dimension not in ("number", "ratio", "scaled", "zero", "unknown"):
        words = kind_words(typed.kind)
        context.fault(
            "points-formula",
            Text(f"得分的公式要得出一个数，这里得出{words.zh}", f"a formula for points gives a number, not {words.en}"),
            tree,
            hint=Text("除以同单位的数", "divide by an amount of the same unit"),
        )
        return None
    return typed.expr


def rate_of(clause: Node, context: Context) -> Expr | None:
    """Lower the points of one step, a number or a formula in brackets; None when a fault was reported."""
    stated = clause.find("points", "by_formula")
    if not isinstance(stated, Node) or stated.kind == "points":
        return Const(points_of(clause.node("points")))
    return points_formula(stated.children[0], context)


def pick_key(indicator: str) -> str:
    """Return the address of the number that an assessor gives inside a range."""
    return f"{indicator}[评分]"


def _picked(tree: Node, context: Context) -> Expr | None:
    low, high = points_of(tree.children[0]), points_of(tree.children[1])
    if low > high:
        context.fault("award-bounds", Text("给分范围要从小到大", "a range goes from the smaller to the greater"), tree)
        return None
    if above_points(high, tree, context):
        return None
    given = Input(pick_key(context.indicator), role=AWARD)
    inside = Both((Compare(">=", given, Const(low)), Compare("<=", given, Const(high))))
    return Case((Branch(inside, given),), None, fault="award-out-of-range", role=STATED)


def above_points(score: Fraction, tree: Tree, context: Context) -> bool:
    """Report a score of more than the indicator has: the wording and the points column contradict each other."""
    if score <= context.points:
        return False
    stated, points = text_of(score), text_of(context.points)
    context.fault(
        "score-above-points",
        Text(
            f"“{context.indicator}”为 {points} 分，这里写了 {stated} 分",
            f"'{context.indicator}' has {points} points, and {stated} stand here",
        ),
        tree,
        hint=Text("改这里的分数，或改指标的分值", "change the score, or the indicator's points"),
    )
    return True


def picks_in(clauses: tuple[Node, ...], indicator: str) -> tuple[FormInput, ...]:
    """Return the input of the assessor's number, where any clause leaves one to the assessor."""
    found = [tree for clause in clauses for tree in _picked_in(clause)]
    if not found:
        return ()
    low = min(points_of(tree.children[0]) for tree in found)
    high = max(points_of(tree.children[1]) for tree in found)
    return (FormInput(pick_key(indicator), "number", low, high),)


def _picked_in(clause: Node) -> list[Node]:
    score = clause.find("score")
    inner = score.children[0] if isinstance(score, Node) else None
    return [inner] if isinstance(inner, Node) and inner.kind == "picked" else []


def floor_of(clause: Node) -> Fraction | None:
    """Return the least score that a clause states."""
    found = clause.find("floor")
    if not isinstance(found, Node):
        return None
    inner = found.children[0]
    return Fraction(0) if inner.kind == "TO_ZERO" else points_of(inner)


def cap_of(clause: Node) -> Fraction | None:
    """Return the most that a clause gives or takes."""
    found = clause.find("at_most")
    return points_of(found.children[0]) if isinstance(found, Node) else None


def measure_text(value: Fraction, kind: Kind | None) -> Text:
    """Show a measure or an amount for people, with its unit: 120%, 3万元 (3 wan_yuan)."""
    if kind is None or kind.dimension == "number":
        return same(shown(value))
    if kind.dimension in ("ratio", "zero"):
        return same(shown(value * 100, 2, "%"))
    if kind.dimension == "pp":
        points = value * kind.factor * 100
        return Text(shown(points, 2, "个百分点"), f"{shown(points, 2)} pp")
    plain = shown(value)
    return same(plain) if kind.unit is None else Text(plain + kind.unit.zh, f"{plain} {kind.unit.id}")


def difference_text(value: Fraction, kind: Kind | None) -> Text:
    """Show a difference between two measures: 20 percentage points, 3 万元."""
    if kind is not None and kind.dimension in ("ratio", "zero", "pp"):
        number = shown(value * 100, 2)
        return Text(f"{number} 个百分点", f"{number} pp")
    text = shown(value)
    unit = kind.unit if kind is not None else None
    return Text(f"{text} {unit.zh}".rstrip(), f"{text} {unit.id}".rstrip()) if unit else Text(text, text)

"""One indicator: its statements and clauses become forms and one core program."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from rubric_dsl.core.nodes import (
    Add,
    Both,
    Case,
    Compare,
    Condition,
    Const,
    Either,
    Expr,
    Extreme,
    Not,
    Program,
    minus,
)
from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text
from rubric_dsl.forms import FORMS
from rubric_dsl.forms.bands import OPS
from rubric_dsl.forms.base import Context, Form, FormInput, Reading, points_of, score_of
from rubric_dsl.formulas.scope import Scope, address_of
from rubric_dsl.formulas.typing import NOT_READ, Typed, Typer
from rubric_dsl.model.model import Decision, Example, Indicator
from rubric_dsl.numbers import text_of
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.leaves import item_label
from rubric_dsl.syntax.tree import Leaf, Node, Statement, Tree, leaf_text
from rubric_dsl.syntax.write import write_tree


@dataclass(slots=True)
class Draft:
    """An indicator's heading and the statements below it."""

    name: str
    path: tuple[str, ...]
    level: int
    points: Fraction
    pool: str
    heading: Statement
    statements: list[Statement] = field(default_factory=list)

    def all(self, kind: str) -> list[Statement]:
        """Return the readable statements of a kind."""
        return [s for s in self.statements if s.kind == kind and (s.tree.children or s.kind == "rule")]


class IndicatorReader:
    """Turns a draft into an indicator; faults go to ``found``."""

    def __init__(self, source: Source, scope: Scope, found: list[Diagnostic], lang: Lang) -> None:
        self.source, self.scope, self.found, self.lang = source, scope, found, lang
        self.typer = Typer(source, scope, found, lang)

    def read(self, draft: Draft, reading: Reading | None) -> Indicator | None:
        """Read one indicator; None when its rule cannot be used."""
        broken = any(statement.broken for statement in draft.statements)
        rules, measures = draft.all("rule"), draft.all("st_measure")
        self._once(draft, rules, "rule")
        self._once(draft, measures, "st_measure")
        measure_tree = measures[0].tree.children[0] if measures else None
        measure = self.typer.formula(measure_tree) if measure_tree is not None else None
        clauses = tuple(child for rule in rules[:1] for child in rule.tree.children if isinstance(child, Node))
        if not clauses:
            if not broken:
                self._no_rule(draft)
            return None
        if measure is None and (broken or measure_tree is not None):
            measure, broken = NOT_READ, True
        context = self._context(draft, reading, measure, clauses)
        forms = [form for item in FORMS if (own := _own(clauses, item.clauses)) and (form := item.read(own, context))]
        self.found.extend(context.found)
        wanted = {item.clauses[0] for item in FORMS if _own(clauses, item.clauses)}
        if broken or len(forms) != len(wanted):
            return None
        return self._indicator(draft, tuple(forms), measure, measure_tree, context)

    def _context(
        self, draft: Draft, reading: Reading | None, measure: Typed | None, clauses: tuple[Node, ...]
    ) -> Context:
        cases = tuple(clause for clause in clauses if clause.kind == "band")
        return Context(self.source, draft.name, draft.points, reading, measure, self.typer, self.lang, [], cases)

    def _indicator(
        self,
        draft: Draft,
        forms: tuple[Form, ...],
        measure: Typed | None,
        tree: Tree | None,
        context: Context,
    ) -> Indicator | None:
        inputs = tuple(item for form in forms for item in form.inputs)
        floors = [form.floor for form in forms if form.floor is not None]
        floor = min(floors, default=Fraction(0))
        score = combine(forms, draft.points, floor)
        not_applicable = self._not_applicable(draft)
        program = Program(measure.expr if measure else None, score, not_applicable)
        notes = [leaf_text(s.tree) for s in draft.all("st_note")]
        return Indicator(
            draft.name,
            draft.path,
            draft.level,
            draft.points,
            draft.pool,
            "\n".join(leaf_text(s.tree) for s in draft.all("st_wording")),
            "\n".join(notes),
            tuple(decision(s) for s in draft.all("st_decision")),
            tree,
            measure.kind if measure else None,
            forms,
            program,
            self._outcome_words(draft),
            floor,
            inputs,
            self._examples(draft, inputs),
            Place(self.source, draft.heading.span),
        )

    def _once(self, draft: Draft, statements: list[Statement], kind: str) -> None:
        if len(statements) > 1:
            words = Text("评价标准", "rule") if kind == "rule" else Text("指标值", "measure")
            self.found.append(
                Diagnostic(
                    "given-twice",
                    "error",
                    "rule",
                    Text(f"{draft.name}：{words.zh}写了两次", f"{draft.name}: the {words.en} is given twice"),
                    (Place(self.source, statements[1].span), Place(self.source, statements[0].span)),
                )
            )

    def _no_rule(self, draft: Draft) -> None:
        self.found.append(
            Diagnostic(
                "indicator-without-rule",
                "error",
                "rule",
                Text(f"“{draft.name}”没有评价标准", f"'{draft.name}' has no rule"),
                (Place(self.source, draft.heading.span),),
                why=Text(f"{text_of(draft.points)} 分无从评定", f"{text_of(draft.points)} points cannot be scored"),
                hint=Text("加上一句：评价标准 …", "add a line: rule …"),
            )
        )

    def _not_applicable(self, draft: Draft) -> tuple[Condition, Expr] | None:
        statements = draft.all("st_not_applicable")
        if not statements:
            return None
        tree = statements[0].tree
        condition = self.condition(tree.children[0])
        score = Const(score_of(tree.node("score"), draft.points))
        return None if condition is None else (condition, score)

    def _outcome_words(self, draft: Draft) -> tuple[str, str]:
        for statement in draft.all("st_not_applicable"):
            return write_tree(statement.tree, "zh"), write_tree(statement.tree, "en")
        return "", ""

    def condition(self, tree: Tree) -> Condition | None:
        """Lower a condition over figures; None when a fault was reported."""
        if not isinstance(tree, Node):
            return None
        if tree.kind == "compare":
            left = self.typer.formula(tree.children[0])
            right = self.typer.compared(left, tree.children[2]) if left is not None else None
            if left is None or right is None:
                return None
            return Compare(OPS[tree.children[1].kind], left.expr, right)
        parts = [self.condition(child) for child in tree.children]
        if any(part is None for part in parts):
            return None
        found = tuple(part for part in parts if part is not None)
        if tree.kind == "not":
            return Not(found[0])
        if tree.kind == "grouped":
            return found[0]
        return Both(found) if tree.kind == "and" else Either(found)

    def _examples(self, draft: Draft, inputs: tuple[FormInput, ...]) -> tuple[Example, ...]:
        return tuple(e for s in draft.all("st_example") if (e := self._example(draft, s, inputs)) is not None)

    def _example(self, draft: Draft, statement: Statement, inputs: tuple[FormInput, ...]) -> Example | None:
        own = {fold(item.key): item for item in inputs}
        given: list[tuple[str, str]] = []
        for part in statement.tree.all("given"):
            pair = self._given(draft, part, own) if isinstance(part, Node) else None
            if pair is None:
                return None
            given.append(pair)
        result = statement.tree.find("points", "range")
        if not isinstance(result, Node):
            return None
        low, high = (points_of(c) for c in result.children) if result.kind == "range" else (points_of(result),) * 2
        return Example(draft.name, tuple(given), low, high, Place(self.source, statement.span))

    def _given(self, draft: Draft, part: Node, own: dict[str, FormInput]) -> tuple[str, str] | None:
        target, value = part.children
        if not isinstance(target, Node):
            return None
        label = target.kind == "item_label"
        key = f"{draft.name}[{item_label(leaf_text(target))}]" if label else address_of(target)
        known = own.get(fold(key))
        if known is not None:
            return known.key, _value_text(value)
        found = self.scope.resolve(target) if target.kind == "ref" else None
        if found is None:
            self.found.append(self.scope.unknown(self.source, target))
            return None
        return found[0], _value_text(value)


def combine(forms: tuple[Form, ...], points: Fraction, floor: Fraction) -> Expr:
    """Put forms together: cases decide first; elsewhere gains (or the full points) less deductions, within bounds."""
    branches = tuple(branch for form in forms for branch in form.branches())
    gains = [amount for form in forms if form.role == "gain" and (amount := form.amount()) is not None]
    deductions = [amount for form in forms if form.role == "deduct" and (amount := form.amount()) is not None]
    rest: Expr | None = None
    if gains or deductions:
        rest = (gains[0] if len(gains) == 1 else Add(tuple(gains))) if gains else Const(points)
        for amount in deductions:
            rest = minus(rest, amount)
        rest = Extreme("max", (Const(floor), Extreme("min", (Const(points), rest))), "bounded")
    return Case(branches, rest) if branches else rest or Const(points)


def decision(statement: Statement) -> Decision:
    """Read a decision with its reason."""
    reason = statement.tree.find("reason")
    return Decision(statement.tree.text("text"), leaf_text(reason) if reason is not None else "")


def _own(clauses: tuple[Node, ...], kinds: tuple[str, ...]) -> tuple[Node, ...]:
    return tuple(clause for clause in clauses if clause.kind in kinds)


def _value_text(value: Tree) -> str:
    sign: Literal["", "-"] = ""
    if isinstance(value, Node) and value.kind == "neg":
        sign, value = "-", value.children[0]
    if isinstance(value, Node) and value.kind == "quantity":
        number, unit = value.children
        return f"{sign}{leaf_text(number)} {leaf_text(unit)}"
    text = leaf_text(value) if not isinstance(value, Leaf) else value.text
    return sign + text

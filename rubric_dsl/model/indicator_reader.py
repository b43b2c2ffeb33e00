"""One indicator: its ways to score, its gates and what holds where it is not applicable, as one core program."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from rubric_dsl.core.nodes import Both, Condition, Const, Either, Not, Program, Variant
from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text
from rubric_dsl.forms.base import FIXED, FIXED_AS, FormInput, is_fixed, points_of, score_of
from rubric_dsl.formulas.formula_reader import FormulaReader
from rubric_dsl.formulas.kinds import Typed
from rubric_dsl.formulas.scope import Scope
from rubric_dsl.model.combine import Exclusion
from rubric_dsl.model.draft import Draft, RuleBlock, readable
from rubric_dsl.model.example_reader import ExampleReader
from rubric_dsl.model.model import Decision, Indicator, Quoted, Rule
from rubric_dsl.model.rule_reader import Read, RuleReader
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Node, Statement, Tree, leaf_text
from rubric_dsl.syntax.write import write_tree

_EXCLUSIONS: dict[str, Exclusion] = {
    "EXCLUDED_SIBLINGS": "siblings",
    "EXCLUDED_ALL": "all",
    "EXCLUDED_REDUCED": "reduced",
}


_QUOTED: dict[str, Literal["wording", "note"]] = {"st_wording": "wording", "st_note": "note"}


class IndicatorReader:
    """Turns a draft into an indicator; faults go to ``found``."""

    def __init__(
        self, source: Source, scope: Scope, found: list[Diagnostic], lang: Lang, scale: dict[str, Fraction]
    ) -> None:
        self.source: Source = source
        self.found: list[Diagnostic] = found
        self.lang: Lang = lang
        self.formulas: FormulaReader = FormulaReader(source, scope, found, lang)
        self.rules: RuleReader = RuleReader(source, self.formulas, found, lang, scale)
        self.examples: ExampleReader = ExampleReader(source, scope, found)

    def read(self, draft: Draft) -> Indicator | None:
        """Read one indicator; None when its rule cannot be used."""
        blocks = draft.blocks()
        read = [self.rules.read(draft, block) for block in blocks]
        found = [item for item in read if item is not None]
        variants = [self._variant(block, item) for block, item in zip(blocks, read, strict=True) if item is not None]
        kept = [pair for pair in variants if pair is not None]
        special = self._special(draft, found, tuple(variant.condition for variant, _ in kept))
        if not kept or len(kept) < len(blocks):
            return None
        return self._indicator(draft, found, [*special, *kept])

    def _variant(self, block: RuleBlock, read: Read) -> tuple[Variant, Rule] | None:
        expr = read.measure.expr if read.measure else None
        kind = read.measure.kind if read.measure else None
        condition = None
        words = ("", "")
        if block.opening is not None and block.opening.kind == "st_variant":
            self.formulas.own = read.measure
            condition = self.formulas.condition(block.opening.tree.children[0])
            self.formulas.own = None
            words = (write_tree(block.opening.tree, "zh"), write_tree(block.opening.tree, "en"))
            if condition is None:
                return None
        rule = Rule(words, True, read.tree, kind, read.forms, marking=read.marking)
        return Variant(condition, expr, read.score), rule

    def _special(
        self, draft: Draft, read: list[Read], opened: tuple[Condition | None, ...]
    ) -> list[tuple[Variant, Rule]]:
        """Read gates and what holds where the indicator is not applicable, in the author's order."""
        found = []
        for statement in draft.statements:
            if statement.kind in ("st_not_applicable", "st_gate") and statement.tree.children:
                pair = self._one_special(draft, statement, read, opened)
                found.extend([pair] if pair is not None else [])
        return found

    def _with_measure(self, tree: Tree, read: list[Read], opened: tuple[Condition | None, ...]) -> Condition | None:
        """Read a condition of the whole indicator: what it says of the measure holds of the measure of the variant that holds."""
        measures = list(dict.fromkeys(item.measure for item in read)) or [None]
        found: dict[Typed | None, Condition] = {}
        for measure in measures:
            self.formulas.own = measure
            condition = self.formulas.condition(tree)
            self.formulas.own = None
            if condition is None:
                return None
            found[measure] = condition
        own = [found[item.measure] for item in read] or list(found.values())
        if len(set(own)) == 1 or len(opened) < len(own):
            return own[0]
        parts: list[Condition] = []
        before: list[Condition] = []
        for when, condition in zip(opened, own, strict=True):
            parts.append(Both((*before, *([when] if when is not None else []), condition)))
            before.extend([Not(when)] if when is not None else [])
        return Either(tuple(parts))

    def _one_special(
        self, draft: Draft, statement: Statement, read: list[Read], opened: tuple[Condition | None, ...]
    ) -> tuple[Variant, Rule] | None:
        tree = statement.tree
        condition = self._with_measure(tree.children[0], read, opened)
        if condition is None:
            return None
        applies = statement.kind == "st_gate"
        outcome = tree.find("score")
        if isinstance(outcome, Node) and not is_fixed(outcome):
            place = Place(self.source, outcome.span)
            self.found.append(Diagnostic("points-formula", "error", "rule", FIXED, (place,), hint=FIXED_AS))
            return None
        score = score_of(outcome, draft.points) if isinstance(outcome, Node) else Fraction(0)
        words = (write_tree(tree, "zh"), write_tree(tree, "en"))
        return Variant(condition, None, Const(score), applies), Rule(
            words, applies, None, None, (), not applies and outcome is None
        )

    def _indicator(self, draft: Draft, read: list[Read], pairs: list[tuple[Variant, Rule]]) -> Indicator:
        inputs: dict[str, FormInput] = {}
        for item in read:
            inputs.update((wanted.key, wanted) for form in item.forms for wanted in form.inputs)
        scores = (variant.score for variant, _ in pairs)
        fixed = [score.value for score in scores if isinstance(score, Const)]
        base = draft.all("st_base")
        official = draft.all("st_official")
        return Indicator(
            draft.name,
            draft.path,
            draft.level,
            draft.points,
            draft.pool,
            "\n".join(leaf_text(s.tree) for s in draft.all("st_wording")),
            "\n".join(leaf_text(s.tree) for s in draft.all("st_note")),
            tuple(decision(s) for s in draft.all("st_decision")),
            tuple(rule for _, rule in pairs),
            Program(tuple(variant for variant, _ in pairs)),
            min((*(item.floor for item in read), *fixed)),
            max(item.ceiling for item in read),
            tuple(inputs.values()),
            self.examples.examples(draft, tuple(inputs.values())),
            Place(self.source, draft.heading.span),
            draft.role,
            self._exclusion(draft),
            points_of(base[0].tree.node("points")) if base else None,
            draft.weight,
            draft.readings,
            leaf_text(official[0].tree) if official else "",
            quoted=tuple(self._quoted(s) for s in draft.statements if s.kind in _QUOTED and readable(s)),
        )

    def _quoted(self, statement: Statement) -> Quoted:
        place = Place(self.source, statement.span)
        return Quoted(_QUOTED[statement.kind], leaf_text(statement.tree), place)

    def _exclusion(self, draft: Draft) -> Exclusion:
        """Return what becomes of the points; an indicator that is excluded in two ways is a fault."""
        stated = [
            (statement, _EXCLUSIONS[child.kind])
            for statement in draft.all("st_not_applicable")
            for child in statement.tree.children
            if child.kind in _EXCLUSIONS
        ]
        if len({exclusion for _, exclusion in stated}) > 1:
            places = tuple(Place(self.source, statement.span) for statement, _ in stated[1::-1])
            message = Text(
                f"“{draft.name}”不计入时，分值的去向写了两种",
                f"what becomes of the points of '{draft.name}' is said in two ways",
            )
            self.found.append(Diagnostic("given-twice", "error", "rule", message, places))
        return stated[0][1] if stated else ""


def decision(statement: Statement) -> Decision:
    """Read a decision with its reason."""
    reason = statement.tree.find("reason")
    return Decision(statement.tree.text("text"), leaf_text(reason) if reason is not None else "")

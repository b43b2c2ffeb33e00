"""Syntax tree to checked model: headings give the structure, then indicators are read, then the checks run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import takewhile

from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text, in_order
from rubric_dsl.forms.base import READINGS, Reading, points_of
from rubric_dsl.formulas.scope import Scope
from rubric_dsl.model.assemble import Assembler
from rubric_dsl.model.checks import CHECKS
from rubric_dsl.model.draft import Head, grades_of
from rubric_dsl.model.form_reader import FormReader
from rubric_dsl.model.indicator_reader import decision
from rubric_dsl.model.model import Accepted, Decision, Expanded, Grade, Kindred, Model, Pool
from rubric_dsl.model.outline import AFTER, BOTH, EXTRAS, FORM, PART
from rubric_dsl.model.rule_reader import roundings_of
from rubric_dsl.model.told_once import told_once
from rubric_dsl.numbers import parse_number
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Node, Statement, Tree, leaf_text, leaves_of

_HEADINGS = EXTRAS | {"st_heading", "st_indicator"}
_ROLES: dict[str, Kindred] = {"st_bonus": "bonus", "st_deduction": "deduction"}


def build(expanded: Expanded, reading: str = "") -> tuple[Model | None, tuple[Diagnostic, ...]]:
    """Read a rubric from its syntax tree; the model is None when nothing usable was found.

    All independent faults are found in one run. ``reading`` takes the named reading of every indicator that has it, and
    the official one elsewhere; the names of the readings of part steps (``whole``, ``started``, ``pro_rata``) read all
    steps that way.
    """
    document = expanded.document
    lang: Lang = "zh" if document.language == "zh" else "en"
    builder = _Builder(expanded.sources[0], list(expanded.faults), lang, reading)
    for statement in document.statements:
        builder.statement(statement)
    model = builder.finish()
    if model is not None:
        model = replace(
            model,
            edition_changes=expanded.changes,
            mentioned=mentioned(document.statements),
            accepted=builder.accepted(),
        )
        for check in CHECKS:
            builder.found.extend(check(model, builder.broken))
    return model, in_order(told_once(builder.found, builder.source, builder.start, lang))


class _Builder:
    def __init__(self, source: Source, found: list[Diagnostic], lang: Lang, reading: str) -> None:
        self.source, self.found, self.lang = source, found, lang
        self.scope = Scope()
        self.form = FormReader(source, self.scope, found, lang)
        self.heads: list[Head] = []
        self.stack: list[Head] = []
        self.pools: list[Pool] = []
        self.header: list[Statement] = []
        self.after: list[Statement | Head] = []
        self.cases: list[Statement] = []
        self.name = self.edition = self.cohort_by = ""
        self.points: Fraction | None = None
        self.steps: Reading | None = None
        self.chosen = reading
        self.grades: tuple[Grade, ...] = ()
        self.scale: dict[str, Fraction] = {}
        self.decisions: list[Decision] = []
        self.accepts: list[tuple[Statement, Head | None]] = []
        self.broken = any(diagnostic.is_error for diagnostic in found)
        self.start = Span(0, min(1, len(source.text)))
        self.lost = False

    def statement(self, statement: Statement) -> None:
        if not statement.tree.children and statement.kind not in ("rule", "st_form", "st_variant_rest"):
            self._unread(statement)
        elif statement.kind in FORM:
            self.form.read(statement)
        elif statement.kind in _HEADINGS:
            self._heading(statement)
        elif statement.kind == "st_accept":
            self.accepts.append((statement, self.stack[-1] if self.stack else None))
        elif statement.kind in PART or (self.stack and statement.kind in BOTH):
            self._part(statement)
        elif statement.kind == "st_pool":
            self._pool(statement.tree)
        elif statement.kind in AFTER:
            self.stack, self.lost = [], False
            self.after.append(statement)
        elif statement.kind == "st_case":
            self.cases.append(statement)
        else:
            self._header(statement)

    def _unread(self, statement: Statement) -> None:
        if statement.kind in _HEADINGS:
            self.stack, self.lost = [], True
        elif statement.kind in ("st_field", "st_row", "st_derived", "st_parameter"):
            self.form.keep_name(statement)
        elif statement.kind in PART | BOTH and self.stack:
            self.stack[-1].parts.append(statement)

    def _header(self, statement: Statement) -> None:
        tree = statement.tree
        match statement.kind:
            case "st_rubric":
                self.start = statement.span
                self.name, self.edition = leaf_text(tree.node("name")), tree.text("edition")
            case "st_points":
                self.points = points_of(tree.node("points"))
            case "st_steps":
                self.steps = READINGS[tree.children[0].kind]
            case "st_grades":
                self.grades = grades_of(tree, statement.origin or self.source)
            case "st_scale":
                self._scale(tree)
            case "st_cohort":
                self._cohort(statement)
            case "st_decision":
                self.decisions.append(decision(statement))
            case "st_round":
                self.header.append(statement)
                self.scope.rounding = roundings_of([statement]).get("figure", self.scope.rounding)
            case _:
                self.header.append(statement)

    def _scale(self, tree: Node) -> None:
        for step in tree.all("scale_step"):
            name = leaf_text(step)
            if name in self.scale:
                hint = Text("换一个名称，或删去一处", "give it another name, or remove one")
                self._fault("duplicate-level", Text(f"“{name}”写了两次", f"'{name}' is given twice"), step, hint)
            if isinstance(step, Node):
                self.scale[name] = points_of(step.children[1])

    def _cohort(self, statement: Statement) -> None:
        self.header.append(statement)
        self.cohort_by = leaf_text(statement.tree.node("name"))

    def _heading(self, statement: Statement) -> None:
        tree = statement.tree
        role = _ROLES.get(statement.kind)
        stated = tree.text("LEVEL")
        level = 1 if role is not None else int(stated) if stated else self._leaf_level()
        while self.stack and self.stack[-1].level >= level:
            self.stack.pop()
        above = self.stack[-1] if self.stack else None
        share, weight = tree.find("points"), tree.find("weight")
        head = Head(
            statement,
            level,
            leaf_text(tree.node("name")),
            tuple(head.name for head in self.stack),
            points_of(share) if share is not None else None,
            tree.find("SHARED") is not None,
            role or (above.role if above is not None else "part"),
            parse_number(leaf_text(weight)) if weight is not None else None,
            above=above,
        )
        if above is not None:
            above.children.append(head)
        if role is not None:
            self.after.append(head)
        self.heads.append(head)
        self.stack.append(head)
        self.lost = False

    def _leaf_level(self) -> int:
        """An indicator stands one level below the section that it belongs to."""
        sections = [h for h in self.stack if h.statement.kind != "st_indicator" and h.is_section]
        return (sections[-1].level if sections else 0) + 1

    def _part(self, statement: Statement) -> None:
        if self.stack:
            self.stack[-1].parts.append(statement)
            return
        if self.lost:  # what stands below a heading that could not be read belongs to it
            return
        self._fault(
            "outside-indicator",
            Text("这一句不属于任何指标", "this statement belongs to no indicator"),
            statement,
            Text("写在指标的标题下面", "write it below the heading of its indicator"),
        )

    def _pool(self, tree: Node) -> None:
        names = tuple(leaf_text(child) for child in tree.all("name"))
        path = tuple(head.name for head in self.stack if head.is_section)
        points = points_of(tree.node("points"))
        self.pools.append(Pool("、".join(names), points, names, path, Place(self.source, tree.span)))

    def _fault(self, code: str, message: Text, where: Statement | Tree, hint: Text | None = None) -> None:
        place = Place(self.source, where.span)
        self.found.append(Diagnostic(code, "error", "rule", message, (place,), hint=hint))

    def finish(self) -> Model | None:
        if not self.heads:
            self._no_heads()
            return None
        assembler = Assembler(
            self.source, self.scope, self.found, self.lang, self.heads, self.pools, self.header, self.after,
            self.cases, self.form, self.grades, self.scale, self.steps, self.chosen,
        )  # fmt: skip
        model = assembler.model(self.name, self.edition, self.points, tuple(self.decisions), self.cohort_by)
        self.broken = self.broken or assembler.broken or any(diagnostic.is_error for diagnostic in self.found)
        return model

    def accepted(self) -> tuple[Accepted, ...]:
        """Return what the author accepts, each with the stretch of text that it speaks of."""
        return tuple(
            Accepted(
                statement.tree.text("CODE"),
                leaf_text(statement.tree.node("reason")).strip(),
                None if head is None else tuple(map(self._stretch, self._with_below(head))),
                Place(statement.origin or self.source, statement.span),
            )
            for statement, head in self.accepts
        )

    def _with_below(self, head: Head) -> Iterator[Head]:
        """Yield a heading and all that lie below it, kept ones of an earlier edition among them."""
        yield head
        at = next(place for place, other in enumerate(self.heads) if other is head)
        yield from takewhile(lambda other: other.level > head.level, self.heads[at + 1 :])

    def _stretch(self, head: Head) -> Place:
        """Return the text of a heading up to the next one, in the edition that it was written in."""
        own = head.statement
        others = [*(other.statement for other in self.heads), *self.after, *self.cases]
        starts = (item.span.start for item in others if isinstance(item, Statement) and item.origin is own.origin)
        text = own.origin or self.source
        end = min((start for start in starts if start > own.span.start), default=len(text.text))
        return Place(text, Span(own.span.start, end))

    def _no_heads(self) -> None:
        if self.broken:
            return
        hint = Text("写上：一级指标 名称 分值分，再写三级指标", "add: level 1 NAME POINTS, then indicators")
        place = Place(self.source, Span(0, min(1, len(self.source.text))))
        words = Text("没有任何指标", "there are no indicators")
        self.found.append(Diagnostic("no-indicators", "error", "rule", words, (place,), hint=hint))


_DECLARING = frozenset({"st_field", "st_row", "st_derived", "st_parameter"})
_GIVING = frozenset({"st_example", "st_case"})


def mentioned(statements: tuple[Statement, ...]) -> frozenset[str]:
    """Return the folded names that stand anywhere but where they are declared, or where an example gives a figure."""
    return frozenset(
        fold(name) for statement in statements if statement.kind not in _GIVING for name in _names(statement)
    )


def _names(statement: Statement) -> Iterator[str]:
    children = statement.tree.children
    for child in children[1:] if statement.kind in _DECLARING else children:
        yield from (leaf.text for leaf in leaves_of(child) if leaf.kind == "NAME")

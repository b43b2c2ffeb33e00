"""Syntax tree to checked model: headings give the structure, then indicators are read, then the checks run."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text, in_order
from rubric_dsl.forms.bands import OPS
from rubric_dsl.forms.base import READINGS, Reading, points_of
from rubric_dsl.formulas.scope import Scope
from rubric_dsl.model.checks import CHECKS
from rubric_dsl.model.form_reader import FormReader
from rubric_dsl.model.indicator_reader import Draft, IndicatorReader, decision
from rubric_dsl.model.model import Decision, Grade, Indicator, Model, Pool, Section
from rubric_dsl.numbers import parse_number
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.parse import parse
from rubric_dsl.syntax.tree import Node, Statement, leaf_text

_FORM = frozenset({"st_form", "st_group", "st_columns", "st_field", "st_row", "st_derived", "st_check"})
_HEADINGS = frozenset({"st_heading", "st_indicator"})
_NOTES = frozenset({"st_decision", "st_steps"})
_PART = frozenset({"st_wording", "st_note", "st_measure", "rule", "st_not_applicable", "st_example"})


@dataclass(slots=True)
class _Head:
    """A heading while the tree is built: what lies below decides whether it is a section or an indicator."""

    statement: Statement
    level: int
    name: str
    path: tuple[str, ...]
    points: Fraction | None
    shared: bool
    parts: list[Statement] = field(default_factory=list)
    children: int = 0


def build(source: Source) -> tuple[Model | None, tuple[Diagnostic, ...]]:
    """Read a rubric; the model is None when nothing usable was found. All independent faults in one run."""
    document, faults = parse(source)
    builder = _Builder(source, list(faults), "zh" if document.language == "zh" else "en")
    for statement in document.statements:
        builder.statement(statement)
    model = builder.finish()
    if model is not None:
        for check in CHECKS:
            builder.found.extend(check(model, builder.broken))
    return model, in_order(tuple(builder.found))


class _Builder:
    def __init__(self, source: Source, found: list[Diagnostic], lang: Lang) -> None:
        self.source, self.found, self.lang = source, found, lang
        self.scope = Scope()
        self.form = FormReader(source, self.scope, found, lang)
        self.heads: list[_Head] = []
        self.stack: list[_Head] = []
        self.pools: list[Pool] = []
        self.names: set[str] = set()
        self.name = self.edition = ""
        self.points: Fraction | None = None
        self.reading: Reading | None = None
        self.grades: list[Grade] = []
        self.decisions: list[Decision] = []
        self.broken = any(diagnostic.is_error for diagnostic in found)

    def statement(self, statement: Statement) -> None:
        if not statement.tree.children and statement.kind not in ("rule", "st_form"):
            if statement.kind in _HEADINGS:
                self.stack = []
            elif statement.kind in ("st_field", "st_row", "st_derived"):
                self.form.keep_name(statement)
            elif statement.kind in _PART | _NOTES and self.stack:
                self.stack[-1].parts.append(statement)
            return
        if statement.kind in _FORM:
            self.form.read(statement)
        elif statement.kind in _HEADINGS:
            self._heading(statement)
        elif statement.kind in _PART or (self.stack and statement.kind in _NOTES):
            self._part(statement)
        elif statement.kind == "st_pool":
            self._pool(statement.tree)
        else:
            self._header(statement)

    def _header(self, statement: Statement) -> None:
        tree = statement.tree
        match statement.kind:
            case "st_rubric":
                self.name, self.edition = leaf_text(tree.node("name")), tree.text("edition")
            case "st_points":
                self.points = points_of(tree.node("points"))
            case "st_steps":
                self.reading = READINGS[tree.children[0].kind]
            case "st_grades":
                self.grades = [_grade(child) for child in tree.children if isinstance(child, Node)]
            case "st_decision":
                self.decisions.append(decision(statement))
            case _:
                pass

    def _heading(self, statement: Statement) -> None:
        tree = statement.tree
        stated = tree.text("LEVEL")
        level = int(stated) if stated else self._leaf_level()
        while self.stack and self.stack[-1].level >= level:
            self.stack.pop()
        path = tuple(head.name for head in self.stack)
        share = tree.find("points")
        name = leaf_text(tree.node("name"))
        points = points_of(share) if share is not None else None
        head = _Head(statement, level, name, path, points, tree.find("SHARED") is not None)
        if self.stack:
            self.stack[-1].children += 1
        self.heads.append(head)
        self.stack.append(head)

    def _leaf_level(self) -> int:
        """An indicator stands one level below the section that it belongs to."""
        sections = [head for head in self.stack if head.statement.kind == "st_heading" and not head.parts]
        return (sections[-1].level if sections else 0) + 1

    def _part(self, statement: Statement) -> None:
        if self.stack:
            self.stack[-1].parts.append(statement)
            return
        self._fault(
            "outside-indicator",
            Text("这一句不属于任何指标", "this statement belongs to no indicator"),
            statement,
        )

    def _pool(self, tree: Node) -> None:
        names = tuple(leaf_text(child) for child in tree.all("name"))
        path = tuple(head.name for head in self.stack if not head.parts)
        points = points_of(tree.node("points"))
        self.pools.append(Pool("、".join(names), points, names, path, Place(self.source, tree.span)))

    def _fault(self, code: str, message: Text, statement: Statement, hint: Text | None = None) -> None:
        place = Place(self.source, statement.span)
        self.found.append(Diagnostic(code, "error", "rule", message, (place,), hint=hint))

    def finish(self) -> Model | None:
        if not self.heads:
            if not self.broken:
                hint = Text("写上：一级指标 名称 分值分，再写三级指标", "add: level 1 NAME POINTS, then indicators")
                span = Place(self.source, _start(self.source))
                words = Text("没有任何指标", "there are no indicators")
                self.found.append(Diagnostic("no-indicators", "error", "rule", words, (span,), hint=hint))
            return None
        sections: list[Section] = []
        indicators: dict[str, Indicator] = {}
        for head in self.heads:
            if head.children or not head.parts:
                section = self._section(head)
                sections.extend([section] if section else [])
            else:
                self._indicator(head, indicators)
        total = self.points if self.points is not None else _top_points(sections, indicators)
        self.broken = self.broken or any(diagnostic.is_error for diagnostic in self.found)
        return Model(
            self.source, self.name, self.edition, total, self.lang, self.form.fields, tuple(self.form.checks),
            tuple(sections), indicators, tuple(self.pools), tuple(self.grades), tuple(self.decisions), self.form.name,
        )  # fmt: skip

    def _section(self, head: _Head) -> Section | None:
        if head.shared or head.points is None:
            self._fault(
                "points-not-said",
                Text(f"“{head.name}”没有分值", f"'{head.name}' has no points"),
                head.statement,
            )
            return None
        return Section(head.name, head.level, head.path, head.points, Place(self.source, head.statement.span))

    def _indicator(self, head: _Head, indicators: dict[str, Indicator]) -> None:
        pool = next((pool for pool in self.pools if head.name in pool.members), None) if head.shared else None
        if head.shared and pool is None:
            hint = Text(f"在前面写：共用分值 6分：{head.name}，…", f"write before it: pool 6: {head.name}, …")
            self._fault(
                "no-pool",
                Text(f"“{head.name}”写了共用，但没有共用分值", f"'{head.name}' is shared, but there is no pool"),
                head.statement,
                hint,
            )
            return
        if fold(head.name) in self.names:
            self._fault(
                "duplicate-name",
                Text(f"指标“{head.name}”写了两次", f"indicator '{head.name}' is given twice"),
                head.statement,
            )
            return
        self.names.add(fold(head.name))
        points = pool.points if pool is not None else head.points or Fraction(0)
        draft = Draft(head.name, head.path, head.level, points, pool.name if pool else "", head.statement, head.parts)
        reading = next((READINGS[s.tree.children[0].kind] for s in head.parts if s.kind == "st_steps"), self.reading)
        reader = IndicatorReader(self.source, self.scope, self.found, self.lang)
        indicator = reader.read(draft, reading)
        if indicator is None:
            self.broken = True
        else:
            indicators[head.name] = indicator


def _grade(tree: Node) -> Grade:
    name, op, bound = tree.children
    return Grade(leaf_text(name), OPS[op.kind], parse_number(leaf_text(bound)))


def _top_points(sections: list[Section], indicators: dict[str, Indicator]) -> Fraction:
    top = [s.points for s in sections if not s.path]
    return sum(top or [i.points for i in indicators.values()], Fraction(0))


def _start(source: Source) -> Span:
    return Span(0, min(1, len(source.text)))

"""Headings to the checked model: every name is known now, so indicators, subtotals and the total can be read."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.core.keys import heading_path
from rubric_dsl.core.nodes import Rounding
from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text
from rubric_dsl.forms.base import READINGS, Part, Reading, points_of
from rubric_dsl.formulas.formula_reader import FormulaReader
from rubric_dsl.formulas.scope import Scope
from rubric_dsl.model.after_total import AfterTotal
from rubric_dsl.model.combine import MAX_CHOICES, Method, too_many
from rubric_dsl.model.draft import Draft, Head, RuleBlock, grades_of, lookup_over_parts
from rubric_dsl.model.example_reader import ExampleReader
from rubric_dsl.model.form_reader import FormReader
from rubric_dsl.model.indicator_reader import IndicatorReader
from rubric_dsl.model.model import (
    Decision,
    Grade,
    Indicator,
    Model,
    Pool,
    ScaleStep,
    Section,
    WholeCase,
)
from rubric_dsl.model.rounding_advice import advice, of_parts, places_in
from rubric_dsl.model.rule_reader import RuleReader, roundings_of
from rubric_dsl.model.totals import Lowering, PartsTable, ordered, totals
from rubric_dsl.numbers import parse_number, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Leaf, Node, Statement, Tree, leaf_text

STEP_READINGS: dict[str, Reading] = {
    "整步": "whole", "不足一步按一步": "started", "按比例": "pro_rata",
    "whole": "whole", "started": "started", "pro_rata": "pro_rata",
}  # fmt: skip
"""Names under which all part steps can be read in one way."""


@dataclass(slots=True)
class Assembler:
    """Reads what the headings hold; faults go to ``found``, and ``broken`` says that a part is missing."""

    source: Source
    scope: Scope
    found: list[Diagnostic]
    lang: Lang
    heads: list[Head]
    pools: list[Pool]
    header: list[Statement]
    after: list[Statement | Head]
    case_statements: list[Statement]
    form: FormReader
    grades: tuple[Grade, ...]
    scale: dict[str, Fraction]
    steps: Reading | None
    chosen: str
    broken: bool = False

    def model(
        self, name: str, edition: str, points: Fraction | None, decisions: tuple[Decision, ...], cohort_by: str
    ) -> Model:
        """Return the model; checks of the whole run on it afterwards."""
        self._names()
        roundings = roundings_of(self.header)
        indicators = self._indicators(roundings)
        top = [head for head in self.heads if head.above is None and head.role == "part"]
        total = points if points is not None else sum((h.points for h in top if h.points is not None), Fraction(0))
        formulas = FormulaReader(self.source, self.scope, self.found, self.lang)
        lowering = Lowering(indicators, self.pools)
        places = places_in(self.case_statements)
        after = AfterTotal(self.source, formulas, self.found, lowering, self.grades, total, places)
        after.holds(self.after)
        after.passing(self.heads)
        sections = self._sections(lowering, formulas, roundings)
        method = self._method(self.header, top)
        if method.kind != "NO_TOTAL":
            all_out = [item for item in indicators.values() if item.exclusion == "all"]
            after.apply(lowering.base(top, method, total, all_out), self.after, roundings.get("total"))
        self._reduced_and_graded(indicators)
        self._faults_of(lowering)
        order, circle = ordered(indicators, lowering.definitions)
        if circle:
            self._circle(circle, indicators)
        cases = self._cases(indicators)
        return Model(
            self.source, name, edition, total, self.lang, self.form.fields, tuple(self.form.checks), tuple(sections),
            indicators, tuple(self.pools), self.grades, decisions, self.form.name,
            totals(lowering, order, has_total=method.kind != "NO_TOTAL", has_grade=bool(self.grades)),
            _combine_kind(method), tuple(ScaleStep(step, value) for step, value in self.scale.items()), tuple(after.adjustments), cases,
            dict(self.scope.cohorts), self._cohort_key(cohort_by), None, self.chosen,
        )  # fmt: skip

    def _names(self) -> None:
        """Tell formulas which results and measures they may speak of; a second indicator of a name takes its path."""
        for head in self.heads:
            name = fold(head.name)
            if not head.is_section:
                head.key = head.name if name not in self.scope.measures_seen else "/".join((*head.path, head.name))
                self.scope.measures_seen.add(name)
            self.scope.headings.setdefault(name, head.id)
            measure = head.measure()
            if measure is not None and not head.is_section:
                self.scope.measures.setdefault(name, measure)

    def _indicators(self, roundings: dict[str, Rounding]) -> dict[str, Indicator]:
        indicators: dict[str, Indicator] = {}
        seen: set[tuple[str, ...]] = set()
        for head in self.heads:
            if head.is_section:
                continue
            path = (*head.path, fold(head.name))
            if path in seen:
                words = Text(f"指标“{head.name}”写了两次", f"indicator '{head.name}' is given twice")
                hint = Text("换一个名称，或删去一处", "give it another name, or remove one")
                self._fault("duplicate-name", words, head.statement, hint)
                continue
            seen.add(path)
            indicator = self._indicator(head, roundings)
            if indicator is not None:
                indicators[indicator.name] = indicator
        return indicators

    def _indicator(self, head: Head, roundings: dict[str, Rounding]) -> Indicator | None:
        pool = next((pool for pool in self.pools if head.name in pool.members), None) if head.shared else None
        if head.shared and pool is None:
            hint = Text(f"在前面写：共用分值 6分：{head.name}，…", f"write before it: pool 6: {head.name}, …")
            words = Text(f"“{head.name}”写了共用，但没有共用分值", f"'{head.name}' is shared, but there is no pool")
            self._fault("no-pool", words, head.statement, hint)
            self.broken = True
            return None
        points = pool.points if pool is not None else head.points or Fraction(0)
        indicator = IndicatorReader(
            head.statement.origin or self.source, self.scope, self.found, self.lang, self.scale
        ).read(self._draft(head, points, pool.name if pool else "", roundings))
        self.broken = self.broken or indicator is None
        return indicator

    def _draft(self, head: Head, points: Fraction, pool: str, roundings: dict[str, Rounding]) -> Draft:
        above = [s for kind in ("st_not_applicable", "st_gate") for s in head.inherited(kind)]
        return Draft(
            head.key or head.name, head.path, head.level, points, pool, head.statement, [*above, *head.parts],
            head.role, head.weight, None if head.first("st_measure") else head.measure(), self._reading(head),
            self.chosen, self.chosen in STEP_READINGS, (), {**roundings, **roundings_of(head.inherited("st_round"))},
        )  # fmt: skip

    def _reading(self, head: Head) -> Reading | None:
        """Return how part steps are read: the chosen reading, else the nearest heading's, else the rubric's."""
        if self.chosen in STEP_READINGS:
            return STEP_READINGS[self.chosen]
        above = [s for s in head.inherited("st_steps") if s.tree.children]
        return READINGS[above[-1].tree.children[0].kind] if above else self.steps

    def _sections(self, lowering: Lowering, formulas: FormulaReader, roundings: dict[str, Rounding]) -> list[Section]:
        """Read the headings from the innermost outwards; returns them in the order of the file."""
        found: list[Section] = []
        for head in reversed(self.heads):
            if not head.is_section:
                continue
            if head.shared or head.points is None:
                words = Text(f"“{head.name}”没有分值", f"'{head.name}' has no points")
                hint = Text("在名称后面写分值，如：10分", "write its points behind the name, for example: 10")
                self._fault("points-not-said", words, head.statement, hint)
                continue
            own = {**roundings, **roundings_of(head.inherited("st_round"))}
            method = self._method(head.parts, head.children)
            table = self._table(head, lowering, formulas)
            lowering.section(head, method, own.get("subtotal"), table)
            grades = head.first("st_grades")
            listed = grades_of(grades.tree, grades.origin or self.source) if grades is not None else ()
            if listed:
                lowering.grade(head.id, listed)
            place = Place(head.statement.origin or self.source, head.statement.span)
            kind = "TABLE" if table is not None else _combine_kind(method)
            found.append(
                Section(head.name, head.level, head.path, head.points, place, head.role, kind, listed, head.weight)
            )
        return found[::-1]

    def _table(self, head: Head, lowering: Lowering, formulas: FormulaReader) -> PartsTable | None:
        """Read a heading's own rule: a table over its parts."""
        if not lookup_over_parts(head) or head.points is None:
            return None
        members = lowering.members(head.children)
        parts = tuple(Part(member.name, member.score, member.applies) for member in members)
        draft = Draft(
            head.name, head.path, head.level, head.points, "", head.statement, head.parts, parts=parts,
            reading=self.steps,
        )  # fmt: skip
        block = RuleBlock(None, [s for s in head.parts if s.kind == "rule"])
        read = RuleReader(self.source, formulas, self.found, self.lang, self.scale).read(draft, block)
        self.broken = self.broken or read is None
        return None if read is None else PartsTable(read.score, tuple(read.forms))

    def _method(self, statements: list[Statement], children: list[Head]) -> Method:
        """Read how the parts make the score."""
        stated = next((s for s in statements if s.kind == "st_combine" and s.tree.children), None)
        if stated is None:
            return Method("SUM_OF")
        first, *rest = stated.tree.children
        limits = {child.kind: child for child in rest}
        at_least = self._at_least(limits["at_least_n"], stated, children) if "at_least_n" in limits else 0
        limit = limits.get("at_most")
        cap = points_of(limit.children[0]) if isinstance(limit, Node) else None
        if isinstance(first, Leaf):
            method = Method(first.kind, at_least=at_least, cap=cap)
        else:
            method = self._numbered(first, stated, children, at_least, cap)
        return self._checked(method, stated, children)

    def _at_least(self, limit: Tree, stated: Statement, children: list[Head]) -> int:
        """Read how many parts must apply: more than there are would leave the heading without a score for ever."""
        number = parse_number(leaf_text(limit))
        if number.denominator == 1 and 1 <= number <= len(children):
            return int(number)
        words = Text(
            f"下面共 {len(children)} 项，不能要求至少 {text_of(number)} 项",
            f"there are {len(children)} parts: at least {text_of(number)} cannot be asked for",
        )
        hint = Text(f"写 1 到 {len(children)} 的整数", f"write a whole number from 1 to {len(children)}")
        self._fault("combine-number", words, stated, hint)
        return 0

    def _numbered(
        self, tree: Node, stated: Statement, children: list[Head], at_least: int, cap: Fraction | None
    ) -> Method:
        if tree.kind == "chosen":
            return Method("CHOSEN", key=self._choice(tree, children), at_least=at_least, cap=cap)
        inner = tree.find("NUMBER", "minus", "points")
        number = Fraction(0) if inner is None else points_of(inner)
        kind = {"power_mean": "POWER_MEAN", "lowest_plus": "LOWEST_PLUS"}.get(tree.kind, "")
        if tree.kind == "best":
            kind = "BEST_MEAN" if tree.find("MEAN_OF") is not None else "BEST_SUM"
            if number.denominator != 1 or not 1 <= number <= len(children):
                words = Text(
                    f"下面共 {len(children)} 项，取不出最高的 {number} 项",
                    f"there are {len(children)} parts, so the best {number} cannot be taken",
                )
                hint = Text(f"写 1 到 {len(children)} 的整数", f"write a whole number from 1 to {len(children)}")
                self._fault("combine-number", words, stated, hint)
                number = Fraction(max(1, len(children)))
        if kind == "POWER_MEAN" and number == 0:
            hint = Text("指数为 0 时写：几何平均", "for exponent 0 write: geometric mean")
            self._fault("combine-number", Text("幂平均的指数不能是 0", "the exponent cannot be 0"), stated, hint)
            number = Fraction(1)
        return Method(kind, number, "", at_least, cap)

    def _choice(self, tree: Node, children: list[Head]) -> str:
        name = leaf_text(tree.node("name"))
        found = self.scope.choices.get(fold(name))
        names = {fold(child.name) for child in children}
        if found is not None and {fold(option) for option in found[1]} == names:
            self.scope.used.add(found[0])
            return found[0]
        parts = [child.name for child in children]
        self._fault(
            "chosen-options",
            Text(f"“{name}”的选项要与下面各项的名称相同", f"the options of '{name}' must be the names of the parts"),
            tree,
            Text(f"在数据表里写：{name}：选自（{'，'.join(parts)}）", f"declare: {name}: one of ({', '.join(parts)})"),
        )
        return ""

    def _checked(self, method: Method, stated: Statement, children: list[Head]) -> Method:
        if method.kind == "WEIGHTED_MEAN" and any(child.weight is None for child in children):
            lacking = "、".join(child.name for child in children if child.weight is None)
            hint = Text("在分值后面写：权重 30%", "write after the points: weight 30%")
            words = Text(f"加权平均，但“{lacking}”没有权重", f"a weighted mean, but '{lacking}' has no weight")
            self._fault("weight-not-said", words, stated, hint)
            return Method("SUM_OF")
        if too_many(method, len(children)):
            words = Text(f"取法超过 {MAX_CHOICES} 种", f"there are more than {MAX_CHOICES} ways to choose")
            self._fault("combine-number", words, stated)
            return Method("SUM_OF")
        if method.kind == "CHOSEN" and not method.key:
            return Method("SUM_OF")
        return method

    def _faults_of(self, lowering: Lowering) -> None:
        for key, (members, score) in lowering.irrationals.items():
            head = next((item for item in self.heads if item.is_section and item.id == key), None)
            places = places_in(self.case_statements) if head is None else None
            hint = advice("total" if head is None else "subtotals", places, of_parts(members, score, places))
            words = Text(
                "总分由开方算出，没有说明在哪里舍入", "the total comes from a root, and its rounding is not stated"
            )
            if head is not None:
                words = Text(
                    f"“{head.name}”由开方算出，没有说明在哪里舍入",
                    f"'{head.name}' comes from a root, and its rounding is not stated",
                )
            self._fault("needs-rounding", words, head.statement if head else self.heads[0].statement, hint)

    def _reduced_and_graded(self, indicators: dict[str, Indicator]) -> None:
        """Grades are bounds of the full points: they mean nothing where the full points may shrink."""
        reduced = next((item for item in indicators.values() if item.exclusion == "reduced"), None)
        if reduced is None or not self.grades:
            return
        hint = Text("改为：不计入并由全部分担；或不写等级", "write: excluded and shared by all; or give no grades")
        message = Text(
            f"“{reduced.name}”不计入时满分减少，等级仍按原来的满分划分",
            f"where '{reduced.name}' is excluded the full points shrink, but the grades keep their bounds",
        )
        why = Text("得满分的部门也可能落到最低一级", "a department with every point may fall into the lowest grade")
        self.found.append(Diagnostic("grades-reduced", "error", "rule", message, (reduced.place,), why=why, hint=hint))

    def _circle(self, circle: tuple[str, ...], indicators: dict[str, Indicator]) -> None:
        names = [name if name in indicators else heading_path(name)[-1] for name in circle]
        shown = " → ".join([*names, names[0]])
        head = next((item for item in self.heads if item.name in names), self.heads[0])
        hint = Text("删去其中一处引用", "remove one of these references")
        words = Text(f"得分互相引用：{shown}", f"scores refer to each other: {shown}")
        self._fault("circular", words, head.statement, hint)

    def _cases(self, indicators: dict[str, Indicator]) -> tuple[WholeCase, ...]:
        inputs = {fold(item.key): item.key for indicator in indicators.values() for item in indicator.inputs}
        reader = ExampleReader(self.source, self.scope, self.found)
        found = [reader.case(statement, inputs) for statement in self.case_statements]
        return tuple(case for case in found if case is not None)

    def _cohort_key(self, name: str) -> str:
        if not name:
            return ""
        found = self.scope.choices.get(fold(name))
        if found is None:
            statement = next(s for s in self.header if s.kind == "st_cohort")
            words = Text(
                f"同类单位要按选项划分，“{name}”不是选项", f"a cohort is formed by a choice; '{name}' is not one"
            )
            hint = Text(f"在数据表里写：{name}：选自（…）", f"declare: {name}: one of (…)")
            self._fault("unknown-name", words, statement, hint)
            return ""
        self.scope.used.add(found[0])
        return found[0]

    def _fault(self, code: str, message: Text, where: Statement | Node, hint: Text | None = None) -> None:
        origin = where.origin if isinstance(where, Statement) else None
        place = Place(origin or self.source, where.span)
        self.found.append(Diagnostic(code, "error", "rule", message, (place,), hint=hint))


def _combine_kind(method: Method) -> str:
    """Name the method for the check of points: a capped sum may have parts that pass the heading's points."""
    return "CAPPED" if method.kind == "SUM_OF" and method.cap is not None else method.kind

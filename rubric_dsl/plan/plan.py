"""A rubric as a plan: its inputs as whole numbers, and every result as a quotient of whole numbers over them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction

from rubric_dsl.core.keys import GIVEN, UNAVAILABLE, availability_key, is_result, kind_of, part_key, result_key
from rubric_dsl.core.nodes import Input, Program
from rubric_dsl.core.walk import keys_of, keys_of_program
from rubric_dsl.formulas.cohorts import Cohort
from rubric_dsl.inputs.asked import AskedInput, asked_of, cohort_figures
from rubric_dsl.model.model import FormCheck, Model
from rubric_dsl.plan.bounds import greatest_whole, least_whole
from rubric_dsl.plan.decided import multiplied
from rubric_dsl.plan.graph import Graph, Node
from rubric_dsl.plan.lower import IrrationalError, Lowering, Truth
from rubric_dsl.plan.quotient import Quotient
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold


@dataclass(frozen=True, slots=True)
class NumberInput:
    """A number of the data: what stands in the plan is ``number × scale``, a whole number from ``low`` to ``high``.

    It must be ``offset`` plus a multiple of ``step``. A number that is not so is not for the plan: what its row
    scores is asked of the evaluator.
    """

    key: str
    scale: int
    low: int | None
    high: int | None
    step: int = 1
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ChoiceInput:
    """A choice of the data: what stands in the plan is the place of its word among ``options``."""

    key: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutsideInput:
    """A number that the plan does not compute: ``number × scale`` is ``top ÷ bottom``, under the keys ``key`` and :func:`bottom_key`.

    A statistic of a group, or a result over irrational numbers.
    """

    key: str
    scale: int = 1


def bottom_key(key: str) -> str:
    """Return the key of the denominator of a number from outside."""
    return part_key(key, "bottom")


@dataclass(frozen=True, slots=True)
class Scored:
    """What the plan says of an indicator; all of it holds where ``score.defined`` does.

    ``final`` is its score after vetoes that hold it to its base mark. ``measured`` is when it has a measure,
    ``applies`` whether it is applicable, ``excluded`` whether it has no score at all.
    """

    score: Quotient
    final: Quotient
    measure: Quotient
    measured: Node
    applies: Node
    excluded: Node


@dataclass(frozen=True, slots=True)
class Apart:
    """A result that has a name of its own: what it is ``worth``, and how other results ``read`` it, as an input."""

    worth: Quotient
    read: Quotient


@dataclass(frozen=True, slots=True)
class Plan:
    """A rubric in whole numbers.

    ``defined`` is the condition under which every result is defined: a row of which it holds is scored by the plan as
    by the evaluator; every other is the evaluator's. The ``defined`` of one result takes for granted that the results it
    reads are; those are in ``reads``, by its key. ``checks`` are the form's checks in order, each when it holds. ``results`` are the
    definitions (subtotals, total, points in play, grade) by key; ``irrational`` names the indicators and definitions
    that are given from outside. ``compared`` are the figures that are compared over a group, each by itself, but for irrational
    ones. ``apart`` are the results that others read by name, in order, where that was asked for.
    """

    model: Model
    graph: Graph
    numbers: Mapping[str, NumberInput]
    choices: Mapping[str, ChoiceInput]
    outside: Mapping[str, OutsideInput]
    compared: Mapping[str, Quotient]
    indicators: Mapping[str, Scored]
    results: Mapping[str, Quotient]
    irrational: tuple[str, ...]
    checks: tuple[Truth, ...]
    defined: Node
    reads: Mapping[str, tuple[str, ...]]
    apart: Mapping[str, Apart]

    @property
    def total(self) -> Quotient | None:
        """The total, where the rubric has one."""
        return self.results.get(self.model.totals.total)

    @property
    def grade(self) -> Quotient | None:
        """The place of the grade, counted from 0, the lowest; None without grades."""
        return self.results.get(self.model.totals.grade)


def plan(
    model: Model,
    scales: Mapping[str, int],
    limits: Mapping[str, tuple[int, int]] | None = None,
    *,
    always: bool = False,
    unit: int | None = None,
) -> Plan:
    """Lower a rubric to whole numbers.

    Args:
        model: the rubric.
        scales: for each number of the data, by its key, how many parts of its unit a whole number counts.
        limits: the least and the greatest whole number that a key can be in these data, where that is known: the
            plan need hold for no other.
        always: whether every input is there and admissible wherever the plan is used.
        unit: results are kept apart, each a whole number of ``1 ÷ unit`` points where it is one; None where each is
            worked out from the inputs.
    """
    return _Planner(model, scales, limits or {}, Graph(always=always), unit).plan()


class _Planner:
    def __init__(
        self,
        model: Model,
        scales: Mapping[str, int],
        limits: Mapping[str, tuple[int, int]],
        graph: Graph,
        unit: int | None,
    ) -> None:
        self.model, self.scales, self.limits = model, scales, limits
        self.graph, self.unit = graph, unit
        self.apart: dict[str, Apart] = {}
        self.inputs: dict[str, NumberInput] = {}
        self.choices: dict[str, ChoiceInput] = {}
        self.outside: dict[str, OutsideInput] = {}
        self.known: dict[str, Quotient] = {}
        self.options: dict[str, tuple[str, ...]] = {}
        self.irrational: list[str] = []
        self.lowering = Lowering(self.graph, self.known, self.options)

    def plan(self) -> Plan:
        for item in asked_of(self.model).values():
            self._input(item)
        compared = self._compared()
        for key, cohort in self.model.cohorts.items():
            self._from_outside(key, scale=_scale_of(cohort, compared.get(cohort.figure)))
        indicators: dict[str, Scored] = {}
        results: dict[str, Quotient] = {}
        for name in self.model.totals.order:
            if name in self.model.indicators:
                indicators[name] = self._indicator(name, self.model.indicators[name].program)
                self.graph.close(indicators[name].score.top)
            else:
                results[name] = self._definition(name)
                self.known[name] = self._read(name, results[name])
        indicators = {name: self._held(name, indicators[name]) for name in self.model.indicators}
        programs = {name: keys_of_program(self.model.indicators[name].program) for name in indicators}
        definitions = {key: keys_of(self.model.totals.definitions[key].value) for key in results}
        reads = {
            name: tuple(dict.fromkeys(key for key in keys if is_result(key) and key in self.known))
            for name, keys in (programs | definitions).items()
        }
        checks = tuple(self._check(check) for check in self.model.checks)
        defined = [item.score.defined for item in indicators.values()]
        defined += [item.defined for item in results.values()]
        return Plan(
            self.model,
            self.graph,
            self.inputs,
            self.choices,
            self.outside,
            compared,
            indicators,
            results,
            tuple(self.irrational),
            checks,
            self.graph.both(defined),
            reads,
            self.apart,
        )

    def _input(self, item: AskedInput) -> None:
        if item.nullable:
            self._choice(availability_key(item.key), (GIVEN, UNAVAILABLE))
        if item.is_choice:
            self._choice(item.key, item.options)
        elif item.given:
            self._number(item)

    def _choice(self, key: str, options: tuple[str, ...]) -> None:
        self.choices[key] = ChoiceInput(key, options)
        self.options[key] = options

    def _number(self, item: AskedInput) -> None:
        """A number of the data: what it must be, in whole numbers of its scale."""
        key, scale = item.key, self.scales[item.key]
        low, high = least_whole(item.bounds, scale), greatest_whole(item.bounds, scale)
        if key in self.limits:
            least, greatest = self.limits[key]
            low = least if low is None else max(low, least)
            high = greatest if high is None else min(high, greatest)
        unit, offset = 1, Fraction(0)
        if item.step is not None:
            unit, offset = (item.step * scale).numerator, item.start * scale
            if offset.denominator != 1:
                low, high, offset = 1, 0, Fraction(0)  # such a number is left to the evaluator
        self.inputs[key] = NumberInput(key, scale, low, high, unit, int(offset))
        if low is not None and high is not None and low > high:
            low = high = 0
        self.known[key] = self.lowering.quotients.number(self.graph.var(key, low, high), self.graph.given(key), scale)

    def _compared(self) -> dict[str, Quotient]:
        """Return the figures that are compared over a group."""
        found: dict[str, Quotient] = {}
        for figure in cohort_figures(self.model):
            item = self.model.fields[fold(figure)]
            with suppress(IrrationalError):
                found[figure] = self.lowering.expr(Input(item.key) if item.formula is None else item.formula)
        return found

    def _from_outside(self, key: str, low: int | None = None, high: int | None = None, scale: int = 1) -> Quotient:
        self.outside[key] = OutsideInput(key, scale)
        graph, under = self.graph, bottom_key(key)
        low, high = self.limits.get(key, (low, high))
        least, greatest = self.limits.get(under, (1, None))
        bottom = graph.const(least) if least == greatest else graph.var(under, max(1, least), greatest)
        top = graph.var(key, low, high)
        self.known[key] = self.lowering.quotients.reduced(Fraction(1, scale), top, bottom, graph.given(key))
        return self.known[key]

    def _indicator(self, name: str, program: Program) -> Scored:
        try:
            found = self._lowered(name, program)
        except IrrationalError:
            found = self._irrational(name)
        applies = self.lowering.quotients.number(self._flag(found.applies), found.score.defined)
        for kind, item in (("score", found.score), ("applies", applies)):
            key = result_key("score" if kind == "score" else "applies", name)
            self.known[key] = self._read(key, item, named=kind == "score")
        return found

    def _read(self, key: str, item: Quotient, *, named: bool = False) -> Quotient:
        """Return a result as others read it: as it is, or (always where it is ``named``) by name."""
        worth = self._taken_as_defined(item)
        if self.unit is None:
            return worth
        if kind_of(key) != "applies" and self.unit % worth.factor.denominator == 0:
            top = multiplied(self.graph, int(worth.factor * self.unit), worth.top)
            worth = Quotient(Fraction(1, self.unit), top, worth.bottom, worth.defined)
        if worth.top.op in ("const", "var") and not named:
            return worth
        var = self.graph.var(key, worth.top.low, worth.top.high)
        self.apart[key] = Apart(worth, Quotient(worth.factor, var, worth.bottom, worth.defined))
        return self.apart[key].read

    def _taken_as_defined(self, item: Quotient) -> Quotient:
        return Quotient(item.factor, item.top, item.bottom, self.graph.true)

    def _irrational(self, name: str) -> Scored:
        """Take an indicator's results from outside."""
        graph = self.graph
        self.irrational.append(name)
        score, measure = (self._from_outside(result_key(kind, name)) for kind in ("score", "measure"))
        applies = self._from_outside(result_key("applies", name), 0, 1)
        excluded = self._from_outside(excluded_key(name), 0, 1)
        return Scored(
            score,
            score,
            measure,
            measure.defined,
            graph.equal(applies.top, graph.one),
            graph.equal(excluded.top, graph.one),
        )

    def _lowered(self, name: str, program: Program) -> Scored:
        graph, quotients, lowering = self.graph, self.lowering.quotients, self.lowering
        nothing = Quotient(Fraction(1), graph.zero, graph.one, graph.false)
        rules = self.model.indicators[name].rules
        found = Scored(nothing, nothing, nothing, graph.false, graph.true, graph.false)
        for variant, rule in reversed(list(zip(program.variants, rules, strict=True))):
            condition = Truth(graph.true, graph.true)
            if variant.condition is not None:
                condition = lowering.truth(variant.condition, None)
            measure = None if variant.measure is None else lowering.expr(variant.measure)
            score = lowering.expr(variant.score, measure)
            if measure is not None:
                score = quotients.where(measure.defined, score)
            taken = condition.holds
            total = quotients.where(condition.defined, quotients.select(taken, score, found.score))
            found = Scored(
                total,
                total,
                quotients.select(taken, measure or nothing, found.measure),
                graph.select(taken, self._truth(measure is not None and variant.applies), found.measured),
                graph.select(taken, self._truth(variant.applies), found.applies),
                graph.select(taken, self._truth(not variant.applies and rule.excluded), found.excluded),
            )
        return found

    def _truth(self, value: bool) -> Node:
        return self.graph.true if value else self.graph.false

    def _flag(self, condition: Node) -> Node:
        return self.graph.select(condition, self.graph.one, self.graph.zero)

    def _held(self, name: str, found: Scored) -> Scored:
        final = self.known.get(result_key("final", name), found.score)
        return Scored(found.score, final, found.measure, found.measured, found.applies, found.excluded)

    def _definition(self, key: str) -> Quotient:
        try:
            return self.lowering.expr(self.model.totals.definitions[key].value)
        except IrrationalError:
            self.irrational.append(key)
            return self._from_outside(key)

    def _check(self, check: FormCheck) -> Truth:
        """Return when a check of the form holds."""
        graph, quotients = self.graph, self.lowering.quotients
        try:
            left, right = self.lowering.expr(check.left), self.lowering.expr(check.right)
        except IrrationalError:
            return Truth(graph.false, graph.false)
        difference = quotients.add([left, quotients.mul(quotients.const(Fraction(-1)), right)])
        tolerance = quotients.const(check.tolerance)
        below = quotients.const(-check.tolerance)
        if check.op == "=":
            holds = graph.both(
                [quotients.compare("<=", difference, tolerance), quotients.compare(">=", difference, below)]
            )
        else:
            holds = quotients.compare(check.op, difference, tolerance if check.op in ("<", "<=") else below)
        return Truth(holds, difference.defined)


def _scale_of(cohort: Cohort, figure: Quotient | None) -> int:
    """Return how many parts of its unit a statistic is counted in, so that it is a whole number of them where it can be."""
    if cohort.kind == "count":
        return 1
    if cohort.kind == "rank":
        return 2 if cohort.ties == "mean" else 1
    if figure is None or figure.bottom.known is None:
        return 1
    scale = figure.factor.denominator * figure.bottom.known
    return scale if cohort.share is None else scale * cohort.share.denominator


def excluded_key(name: str) -> str:
    """Return the key under which it is given from outside that an irrational indicator has no score at all."""
    return part_key("excluded", name)

"""A rubric as a plan: its inputs as whole numbers, and every result as a quotient of whole numbers over them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from rubric_dsl.core.keys import (
    GIVEN,
    MISSING,
    UNAVAILABLE,
    availability_key,
    is_result,
    kind_of,
    missing_key,
    own_key,
    part_key,
    result_key,
)
from rubric_dsl.core.nodes import FALSE, Input, Program
from rubric_dsl.core.walk import keys_of, keys_of_program
from rubric_dsl.formulas.cohorts import Cohort
from rubric_dsl.inputs.asked import AskedInput, asked_of, cohort_figures
from rubric_dsl.missing.worlds import Waiting, open_key
from rubric_dsl.model.model import FormCheck, Model
from rubric_dsl.plan import bounds
from rubric_dsl.plan.bounds import greatest_whole, least_whole
from rubric_dsl.plan.decided import multiplied
from rubric_dsl.plan.graph import Graph, Node
from rubric_dsl.plan.lower import IrrationalError, Lowering, Truth
from rubric_dsl.plan.quotient import Quotient, common
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold
from rubric_dsl.units import RATIO


@dataclass(frozen=True, slots=True)
class NumberInput:
    """A number of the data: what stands in the plan is ``number × scale``, a whole number from ``low`` to ``high``.

    It must be ``offset`` plus a multiple of ``step``. A number that is not so is not for the plan: what its row
    scores is asked of the evaluator. ``ratio``: a text of it may end with a percent sign.
    """

    key: str
    scale: int
    low: int | None
    high: int | None
    step: int = 1
    offset: int = 0
    ratio: bool = False


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


NOTHING = own_key("nothing")
"""The key of a number that there never is."""


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
    ``ends`` are the keys of a result's least and greatest while inputs are missing, where those were asked for and can be
    said: of a score, or of a definition; they are among the ``results``.
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
    ends: Mapping[str, tuple[str, str]]

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
    waiting: Waiting | None = None,
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
        waiting: what is said of missing inputs, where results are asked at their least and greatest too (with a ``unit``).
    """
    return _Planner(model, scales, limits or {}, Graph(always=always), unit, waiting).plan()


class _Planner:
    def __init__(
        self,
        model: Model,
        scales: Mapping[str, int],
        limits: Mapping[str, tuple[int, int]],
        graph: Graph,
        unit: int | None,
        waiting: Waiting | None,
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
        self.waiting = waiting
        self.sides: dict[str, dict[str, Quotient]] = {"min": {}, "max": {}}
        self.ends: dict[str, tuple[str, str]] = {}
        self.at_ends: dict[str, Quotient] = {}
        self.reads: dict[str, tuple[str, ...]] = {}

    def plan(self) -> Plan:
        for item in asked_of(self.model).values():
            self._input(item)
        compared = self._compared()
        for key, cohort in self.model.cohorts.items():
            self._from_outside(key, scale=_scale_of(cohort, compared.get(cohort.figure)))
        for key in self._lacked():
            self._choice(missing_key(key), (GIVEN, MISSING))
        indicators: dict[str, Scored] = {}
        results: dict[str, Quotient] = {}
        for name in self.model.totals.order:
            if name in self.model.indicators:
                indicators[name] = self._indicator(name, self.model.indicators[name].program)
                self.graph.close(indicators[name].score.top)
                self._score_at_ends(name)
            else:
                results[name] = self._definition(name)
                self.known[name] = self._read(name, results[name])
                self._definition_at_ends(name)
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
            results | self.at_ends,
            tuple(self.irrational),
            checks,
            self.graph.both(defined),
            reads | self.reads,
            self.apart,
            self.ends,
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
        ratio = item.unit is not None and item.unit.dimension == RATIO
        unit, offset = 1, Fraction(0)
        if item.step is not None:
            unit, offset = (item.step * scale).numerator, item.start * scale
            if offset.denominator != 1:
                low, high, offset = 1, 0, Fraction(0)  # such a number is left to the evaluator
        self.inputs[key] = NumberInput(key, scale, low, high, unit, int(offset), ratio)
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
            found = self._lowered(program, tuple(rule.excluded for rule in self.model.indicators[name].rules))
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

    def _lacked(self) -> Iterator[str]:
        """Yield the inputs of which it is read whether they are missing."""
        if self.waiting is None:
            return
        asked = {key for ends in self.waiting.ends.values() for absent in ends for key in absent}
        asked |= {key for keys in self.waiting.shared.values() for key in keys}
        yield from (key for key in (*self.inputs, *self.choices) if key in asked)

    def _is_missing(self, key: str) -> Node:
        return self.graph.isin(missing_key(key), [1], 2)

    def _score_at_ends(self, name: str) -> None:
        """Let an indicator's score have its least and its greatest: where it is known, both are the score."""
        waiting, graph, quotients = self.waiting, self.graph, self.lowering.quotients
        if waiting is None or not waiting.ends.get(name):
            return
        key = result_key("score", name)
        keys = dict.fromkeys(keys_of_program(self.model.indicators[name].program))
        own = [item for item in keys if item in self.inputs or item in self.choices]
        reads = [graph.given(item) for item in keys if is_result(item) and item in self.known]
        for end in ("min", "max"):
            found: list[tuple[Node, Quotient, Node]] = []
            for absent, ends in waiting.ends[name].items():
                program, opens = (ends.low, ends.low_open) if end == "min" else (ends.high, ends.high_open)
                there = [self._is_missing(item) if item in absent else graph.given(item) for item in own]
                made, near = self._lowered(program, (False,) * len(program.variants)), graph.zero
                when = [*there, *reads, made.score.defined, made.applies]
                if opens != FALSE:
                    truth = self.lowering.truth(opens, None)
                    when.append(truth.defined)
                    near = self._flag(truth.holds)
                found.append((graph.both(when), made.score, near))
            self._at_end(key, end, self._first(key, [(when, score) for when, score, _ in found]))
            if any(near is not graph.zero for _, _, near in found):
                nears = [(when, quotients.number(near, graph.true)) for when, _, near in found]
                beside = open_key(name, end)
                self.at_ends[beside] = self._first(key, nears, graph.zero)
                self.known[beside] = self._read(beside, self.at_ends[beside], named=True)

    def _first(self, key: str, cases: list[tuple[Node, Quotient]], known: Node | None = None) -> Quotient:
        """Return a result where it is known (or what stands for it then), else the first case that holds, else nothing."""
        graph, main = self.graph, self.known[key]
        if known is not None:
            main = self.lowering.quotients.number(known, graph.true)
        items = [main, *(item for _, item in cases)]
        factor = common(items)
        tops = [graph.scale(int(item.factor / factor) if item.top.content else 1, item.top) for item in items]
        low, high = bounds.least([top.low for top in tops]), bounds.greatest([top.high for top in tops])
        # Were its only number that of all others, it would be taken for it.
        apart = high + 1 if high is not None and low == high else high
        found = Quotient(factor, graph.var(NOTHING, low, apart), graph.one, graph.true)
        for when, item in reversed([(graph.given(key), main), *cases]):
            found = self.lowering.quotients.select(when, replace(item, defined=graph.true), found)
        return found

    def _definition_at_ends(self, key: str) -> None:
        """Let a definition have its least and its greatest."""
        waiting, graph = self.waiting, self.graph
        if waiting is None or waiting.totals is None or key in self.irrational:
            return
        whole = [graph.negation(self._is_missing(own)) for own in waiting.shared[key]]
        for end, totals in zip(("min", "max"), waiting.totals, strict=True):
            expr = totals.definitions[key].value
            lowering = Lowering(graph, ChainMap(self.sides[end], self.known), self.options)
            reads = [part_key(read, end) for read in keys_of(expr)]
            self.reads[part_key(key, end)] = tuple(
                own if own in self.at_ends else read
                for own, read in zip(reads, keys_of(expr), strict=True)
                if own in self.at_ends or (is_result(read) and read in self.known)
            )
            self._at_end(key, end, lowering.quotients.where(graph.both(whole), lowering.expr(expr)))

    def _at_end(self, key: str, end: str, value: Quotient) -> None:
        own = part_key(key, end)
        self.at_ends[own] = value
        self.sides[end][key] = self._read(own, value, named=kind_of(key) == "score")
        self.ends[key] = part_key(key, "min"), part_key(key, "max")

    def _lowered(self, program: Program, excluded: tuple[bool, ...]) -> Scored:
        graph, quotients, lowering = self.graph, self.lowering.quotients, self.lowering
        nothing = Quotient(Fraction(1), graph.zero, graph.one, graph.false)
        found = Scored(nothing, nothing, nothing, graph.false, graph.true, graph.false)
        for variant, is_excluded in reversed(list(zip(program.variants, excluded, strict=True))):
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
                graph.select(taken, self._truth(not variant.applies and is_excluded), found.excluded),
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

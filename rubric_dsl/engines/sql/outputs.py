"""What a query answers: scores, statuses, subtotals, total and grade, each exact."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Literal

from sqlglot import exp, parse_one

from rubric_dsl.core.keys import heading_id, is_result, owner, result_key
from rubric_dsl.core.walk import keys_of, keys_of_program
from rubric_dsl.engines.sql.arithmetic import Arithmetic, TooWideError
from rubric_dsl.engines.sql.dialects import Dialect
from rubric_dsl.engines.sql.layers import Term, combine
from rubric_dsl.engines.sql.limits import INVALID, MISSING, UNREAD
from rubric_dsl.engines.sql.phrases import cast, number
from rubric_dsl.engines.sql.reading import Reading
from rubric_dsl.plan.graph import Node
from rubric_dsl.plan.plan import Plan
from rubric_dsl.plan.quotient import Quotient
from rubric_dsl.records import dataclass

OutputKind = Literal["score", "status", "subtotal", "total", "points", "grade"]


@dataclass(frozen=True, slots=True)
class Output:
    """One answer of a query.

    ``of`` is the indicator or the heading (its path, joined by `` / ``); empty for the whole. ``columns`` names the
    column that holds it, or two where it is a quotient: the numerator's and the denominator's.
    """

    kind: OutputKind
    of: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Number:
    """A result to be written: ``nodes`` are one whole number of ``10 ** -places``, or a numerator and a denominator."""

    kind: OutputKind
    of: str
    nodes: tuple[Node, ...]
    places: int
    known: Node


class Outputs:
    """The answers over a plan; ``roots`` is what must be computed for them."""

    def __init__(self, plan: Plan, dialect: Dialect) -> None:
        self.plan, self.dialect = plan, dialect
        self._known: dict[str, Node] = {}
        self._numbers: list[_Number] = []
        model, graph = plan.model, plan.graph
        for name, item in plan.indicators.items():
            final = result_key("final", name)
            conditions = [self.known(name), graph.negation(item.excluded)]
            conditions += [self.known(final)] if final in plan.results else []
            self._add("score", name, item.final, graph.both(conditions))
        for section in model.sections:
            path = (*section.path, section.name)
            key = result_key("score", heading_id(path))
            if key in plan.results:
                self._add("subtotal", " / ".join(path), plan.results[key], self.known(key))
        totals = model.totals
        for kind, key in (("total", totals.total), ("points", totals.points)):
            if key:
                self._add("total" if kind == "total" else "points", "", plan.results[key], self.known(key))
        self._grade = (plan.results[totals.grade], self.known(totals.grade)) if totals.grade and model.grades else None

    @property
    def roots(self) -> list[Node]:
        """The nodes that the answers are made of."""
        found = [node for item in self._numbers for node in (*item.nodes, item.known)]
        found += [node for name, item in self.plan.indicators.items() for node in (self.known(name), item.applies)]
        if self._grade is not None:
            place, known = self._grade
            found += [place.top, known]
        return found

    @property
    def read(self) -> set[str]:
        """The data that any indicator's result reads: a status looks at all of them."""
        return {key for name in self.plan.indicators for key in self.inputs(name)}

    def known(self, key: str) -> Node:
        """Return when a result is defined: its own numbers, and every result that it reads."""
        if key not in self._known:
            plan = self.plan
            own = plan.indicators[key].score if key in plan.indicators else plan.results[key]
            others = [self.known(name) for name in map(self._owner, plan.reads.get(key, ())) if name != key]
            self._known[key] = plan.graph.both([own.defined, *others])
        return self._known[key]

    def _owner(self, key: str) -> str:
        if key in self.plan.results:
            return key
        return owner(key)

    def _add(self, kind: OutputKind, of: str, item: Quotient, known: Node) -> None:
        graph = self.plan.graph
        places = decimals(item.factor.denominator) if item.bottom is graph.one else None
        if places is not None:
            scaled = graph.scale(int(item.factor * 10**places), item.top)
            digits = max(len(str(abs(end or 0))) for end in (scaled.low, scaled.high))
            if not self.dialect.digits or digits + places < self.dialect.digits:
                self._numbers.append(_Number(kind, of, (scaled,), places, known))
                return
        top, bottom = item.factor.numerator, item.factor.denominator
        nodes = graph.scale(top, item.top), graph.scale(bottom, item.bottom)
        self._numbers.append(_Number(kind, of, nodes, 0, known))

    def written(self, arithmetic: Arithmetic, reading: Reading) -> list[tuple[Output, list[Term]]]:
        """Return each answer with the terms of its columns, in the order of the rubric."""
        found: list[tuple[Output, list[Term]]] = []
        for item in self._numbers:
            title = item.kind if not item.of else f"{item.kind} {item.of}"
            tails = ("",) if len(item.nodes) == 1 else (" numerator", " denominator")
            terms = [self._decimal(arithmetic, node, item) for node in item.nodes]
            found.append((Output(item.kind, item.of, tuple(title + tail for tail in tails)), terms))
            if item.kind == "score":
                found.append(
                    (Output("status", item.of, (f"status {item.of}",)), [self._status(item.of, arithmetic, reading)])
                )
        if self._grade is not None:
            place, known = self._grade
            found.append((Output("grade", "", ("grade",)), [self._graded(arithmetic, place, known)]))
        return found

    def _decimal(self, arithmetic: Arithmetic, node: Node, item: _Number) -> Term:
        known, whole = arithmetic.term(item.known), arithmetic.atom(node)
        digits = max(len(str(abs(end or 0))) for end in (node.low, node.high))
        sql = whole.sql
        if not self.dialect.digits:
            sql = _decimal_text(whole, item.places) if item.places else sql
        elif item.places or len(item.nodes) == 1:
            sql = exp.Cast(this=sql, to=exp.DataType.build(f"DECIMAL({digits}, 0)"))
            if item.places:
                size = item.places + 1
                unit = exp.Literal.string("0." + "1".rjust(item.places, "0"))
                sql = exp.Mul(
                    this=sql, expression=exp.Cast(this=unit, to=exp.DataType.build(f"DECIMAL({size}, {item.places})"))
                )
                width = max(digits, size)
                sql = exp.Cast(this=sql, to=exp.DataType.build(f"DECIMAL({width}, {item.places})"))
        elif not whole.reads:
            sql = cast(sql, self.dialect, wide=whole.wide)
        return combine(exp.Case(ifs=[exp.If(this=known.sql, true=sql)]), known, whole)

    def _status(self, name: str, arithmetic: Arithmetic, reading: Reading) -> Term:
        item = self.plan.indicators[name]
        known, applies = arithmetic.term(self.known(name)), arithmetic.term(item.applies)
        states = [reading.states[key] for key in self.inputs(name) if key in reading.states]
        whens = []
        if self.known(name) is not self.plan.graph.false:
            scored = exp.Case(ifs=[exp.If(this=applies.sql, true=_word("scored"))], default=_word("not_applicable"))
            whens.append(exp.If(this=known.sql, true=scored))
        for state, word in ((INVALID, "invalid"), (UNREAD, "unread"), (MISSING, "missing")):
            if states:
                any_of = exp.In(this=number(state), expressions=[term.sql.copy() for term in states])
                whens.append(exp.If(this=any_of, true=_word(word)))
        sql = exp.Case(ifs=whens, default=_word("invalid")) if whens else _word("invalid")
        return combine(sql, known, applies, *states)

    def inputs(self, name: str) -> list[str]:
        """Return the data that an indicator's result reads, directly or through other results."""
        plan = self.plan
        found: dict[str, None] = {}
        waiting, seen = [name], {name}
        while waiting:
            key = waiting.pop()
            if key in plan.indicators:
                keys = list(keys_of_program(plan.model.indicators[key].program))
            else:
                keys = list(keys_of(plan.model.totals.definitions[key].value))
            for read in keys:
                if read in plan.numbers or read in plan.choices:
                    found[read] = None
                elif is_result(read) and self._owner(read) not in seen:
                    seen.add(self._owner(read))
                    waiting.append(self._owner(read))
        return list(found)

    def _graded(self, arithmetic: Arithmetic, place: Quotient, known: Node) -> Term:
        grades = self.plan.model.grades
        if place.bottom is not self.plan.graph.one:
            raise TooWideError
        at, told = arithmetic.atom(place.top), arithmetic.term(known)
        whens = [
            exp.If(this=number(int(index / place.factor)), true=_word(grades[len(grades) - 1 - index].name))
            for index in range(len(grades))
            if (Fraction(index) / place.factor).denominator == 1
        ]
        named = exp.Case(this=at.sql, ifs=whens)
        return combine(exp.Case(ifs=[exp.If(this=told.sql, true=named)]), at, told)


def decimals(denominator: int) -> int | None:
    """Return how many decimals a fraction with this denominator has; None where they never end."""
    left, places = denominator, 0
    for prime in (2, 5):
        times = 0
        while left % prime == 0:
            left //= prime
            times += 1
        places = max(places, times)
    return places if left == 1 else None


def _word(text: str) -> exp.Expr:
    return exp.Literal.string(text)


def _decimal_text(whole: Term, places: int) -> exp.Expr:
    """Write a whole number of ``10 ** -places`` as text, as a DECIMAL would be shown."""
    name, zeros = whole.sql.sql(dialect="sqlite"), "0" * places
    text = (
        f"CASE WHEN {name} < 0 THEN '-' ELSE '' END || CAST(ABS({name}) / {10**places} AS TEXT) || '.' ||"
        f" SUBSTR('{zeros}' || CAST(ABS({name}) % {10**places} AS TEXT), -{places})"
    )
    return parse_one(text, dialect="sqlite")


def names_of(outputs: Iterable[Output]) -> list[str]:
    """Return the names of all columns of some answers."""
    return [name for output in outputs for name in output.columns]

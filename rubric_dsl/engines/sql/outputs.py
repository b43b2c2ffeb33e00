"""What a query answers: scores, statuses, subtotals, total and grade, each exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal, cast

from sqlglot import exp, parse_one

from rubric_dsl.core.keys import heading_id, heading_path, is_result, kind_of, owner, part_key, parted, result_key
from rubric_dsl.core.walk import keys_of, keys_of_program
from rubric_dsl.engines.python_text import inside
from rubric_dsl.engines.sql.arithmetic import Arithmetic, TooWideError
from rubric_dsl.engines.sql.dialects import Dialect
from rubric_dsl.engines.sql.limits import MISSING, UNREAD
from rubric_dsl.engines.sql.phrases import Term, connected, negated
from rubric_dsl.engines.sql.phrases import cast as cast_number
from rubric_dsl.engines.sql.reading import Reading
from rubric_dsl.engines.sql.sql_query import SqlOutput, SqlOutputKind
from rubric_dsl.engines.sql.stages import Stages
from rubric_dsl.model.totals import flag_of
from rubric_dsl.plan.decided import Decided, needed
from rubric_dsl.plan.graph import Node
from rubric_dsl.plan.plan import Plan
from rubric_dsl.plan.quotient import Quotient, Quotients
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A result with a column of its own: its ``key``, what it is, and the condition under which it has a value."""

    key: str
    node: Node
    known: Node


@dataclass(frozen=True, slots=True)
class _Number:
    """A result to be written: ``nodes`` are one whole number of ``10 ** -places``, or a numerator and a denominator.

    Of its decimals, ``shown`` are those that it can have.
    """

    kind: SqlOutputKind
    of: str
    nodes: tuple[Node, ...]
    places: int
    shown: int
    known: Node


@dataclass(frozen=True, slots=True)
class _Standing:
    """A result between its least and its greatest: when both are ``known``, and when they are the ``same``."""

    low: Quotient
    high: Quotient
    known: Node
    same: Node


class Outputs:
    """The answers over a plan whose results are apart; ``places`` are the decimals that each can have.

    ``ranged`` says that the least and the greatest of scores and totals are answers too.
    """

    def __init__(self, plan: Plan, dialect: Dialect, places: Mapping[str, int], *, ranged: bool) -> None:
        self.plan: Plan = plan
        self.ranged = ranged
        self.dialect: Dialect = dialect
        self._places = places
        self._decided = Decided(plan.graph)
        self._known: dict[str, Node] = {}
        self._numbers: list[_Number] = []
        self._stand: dict[str, _Standing] = {}
        self.sections: list[Section] = [self._section(key) for key in plan.apart if not self._is_at_ends_only(key)]
        model, graph = plan.model, plan.graph
        for name, item in plan.indicators.items():
            final, key = result_key("final", name), result_key("score", name)
            known = graph.both([self.known(name), *([self.known(final)] if final in plan.results else [])])
            # Where a score is excluded, there is none.
            self._put(
                "score", name, key, self._standing(key, self._result(final, key), known), graph.negation(item.excluded)
            )
        for section in model.sections:
            path = (*section.path, section.name)
            key = result_key("score", heading_id(path))
            if key in plan.results:
                self._put("subtotal", " / ".join(path), key, self._rated_standing(key))
        totals = model.totals
        if totals.total:
            self._put("total", "", totals.total, self._rated_standing(totals.total))
            points = self._rated_standing(totals.points)
            self._add("points", "", totals.points, points.low, graph.both([points.known, points.same]))
        self._grade = self._rated_standing(totals.grade) if totals.grade and model.grades else None

    @property
    def roots(self) -> list[Node]:
        """The nodes that the answers are made of."""
        found = [node for section in self.sections for node in (section.node, section.known)]
        found += [node for item in self._numbers for node in (*item.nodes, item.known)]
        for own in (*self._stand.values(), *([self._grade] if self._grade else [])):
            found += [own.known, own.same, own.low.top]
        flag = flag_of(self.plan.model.totals, self.plan.model.totals.total)
        found += [self.known(flag), self._not_rated(flag)] if flag else []
        for name, item in self.plan.indicators.items():
            found += [self.known(name), self._applies(name, item.applies)]
        return found

    @property
    def read(self) -> set[str]:
        """The data that any indicator's result reads: a status looks at all of them."""
        return {key for name in self.plan.indicators for key in self.inputs(name)}

    def _result(self, *keys: str) -> Quotient:
        """Return the first of some results that there is, as others read it."""
        key = next(key for key in keys if key in self.plan.apart or key in self.plan.results)
        return self.plan.apart[key].read if key in self.plan.apart else self.plan.results[key]

    def _applies(self, name: str, applies: Node) -> Node:
        graph, key = self.plan.graph, result_key("applies", name)
        return graph.equal(self.plan.apart[key].read.top, graph.one) if key in self.plan.apart else applies

    def known(self, key: str) -> Node:
        """Return when a result has a value: where it has a column, when that is not NULL."""
        name = result_key("score", key) if key in self.plan.indicators else key
        return self.plan.graph.given(name) if name in self.plan.apart else self._defined(key)

    def _defined(self, key: str) -> Node:
        """Return when a result has a value: its own numbers have one, and every result that it reads."""
        if key not in self._known:
            plan = self.plan
            own = plan.indicators[key].score if key in plan.indicators else plan.results[key]
            others = [self.known(name) for name in map(self._owner, plan.reads.get(key, ())) if name != key]
            known = plan.graph.both([own.defined, *others])
            self._known[key] = self._known_held(key, known) if kind_of(key) == "final" else known
        return self._known[key]

    def _known_held(self, key: str, known: Node) -> Node:
        """Return when a score is known that vetoes may hold: up to its base mark, whatever they say."""
        indicator, graph, quotients = (
            self.plan.model.indicators[owner(key)],
            self.plan.graph,
            Quotients(self.plan.graph),
        )
        base = quotients.const(indicator.base or Fraction(0))
        below = quotients.compare("<=", self._result(result_key("score", indicator.name)), base)
        return graph.both([self.known(indicator.name), graph.either([below, known])])

    def _rated(self, key: str) -> Node:
        """Return when a result has a value and is there: what is not rated is NULL."""
        flag, graph = flag_of(self.plan.model.totals, key), self.plan.graph
        if not flag:
            return self.known(key)
        return graph.both([self.known(key), self.known(flag), graph.negation(self._not_rated(flag))])

    def _not_rated(self, flag: str) -> Node:
        return self.plan.graph.equal(self._result(flag).top, self.plan.graph.zero)

    def _is_at_ends_only(self, key: str) -> bool:
        """Whether a result is asked at its ends, and not by itself: the total, for one, where ranges are asked."""
        return key in self.plan.ends and not (kind_of(key) == "score" and owner(key) in self.plan.indicators)

    def _rated_standing(self, key: str) -> _Standing:
        return self._standing(key, self._result(key), self._rated(key))

    def _standing(self, key: str, item: Quotient, known: Node) -> _Standing:
        """Return where a result stands that is ``known`` so: between its ends, where it has some."""
        graph = self.plan.graph
        if key not in self.plan.ends:
            return _Standing(item, item, known, graph.true)
        low, high = (self._result(end) for end in self.plan.ends[key])
        same = Quotients(graph).compare("=", low, high)
        return _Standing(low, high, graph.both([*map(self.known, self.plan.ends[key])]), same)

    def _put(
        self,
        kind: Literal["score", "subtotal", "total"],
        of: str,
        key: str,
        own: _Standing,
        there: Node | None = None,
    ) -> None:
        """Add a result, and its ends where ranges are asked; where it is not ``there``, they are NULL."""
        graph = self.plan.graph
        there = graph.true if there is None else there
        self._stand[key] = own
        self._add(kind, of, of if kind == "score" else key, own.low, graph.both([own.known, own.same, there]))
        for end, item in (("min", own.low), ("max", own.high)) if self.ranged else ():
            self._add(
                cast(SqlOutputKind, f"{kind}.{end}"), of, part_key(key, end), item, graph.both([own.known, there])
            )

    def _section(self, key: str) -> Section:
        """Return a result with a column: its number made simpler by the condition under which it is used."""
        decided, graph = self._decided, self.plan.graph
        known, worth = self._defined(self._owner(key)), self.plan.apart[key].worth.top
        size = len(inside([known, worth]))
        keys = dict.fromkeys(node.key for node in inside([known]) if node.op == "given")
        there = needed(graph, decided, known, keys, size)
        rest = decided.under(known, decided.given(there), size=size)
        facts = decided.assumed(decided.given(there), rest, True)
        return Section(key, decided.under(worth, facts, size=size), graph.both([*map(graph.given, there), rest]))

    def _owner(self, key: str) -> str:
        return key if key in self.plan.results else owner(key)

    def _add(self, kind: SqlOutputKind, of: str, key: str, item: Quotient, known: Node) -> None:
        graph = self.plan.graph
        places = decimals(item.factor.denominator) if item.bottom is graph.one else None
        if places is not None:
            scaled = graph.scale(int(item.factor * 10**places), item.top)
            digits = max(len(str(abs(end or 0))) for end in (scaled.low, scaled.high))
            if not self.dialect.digits or digits + places < self.dialect.digits:
                shown = min(places, self._places.get(key, places))
                self._numbers.append(_Number(kind, of, (scaled,), places, shown, known))
                return
        top, bottom = item.factor.numerator, item.factor.denominator
        nodes = graph.scale(top, item.top), graph.scale(bottom, item.bottom)
        self._numbers.append(_Number(kind, of, nodes, 0, 0, known))

    def write_sections(self, arithmetic: Arithmetic, stages: Stages) -> None:
        """Add a common table expression for each indicator and those of the headings, in order.

        Raises:
            TooWideError: a number could be too large.
        """
        for own in self._grouped():
            title = _title(own[0].key, self.plan) + (" (missing)" if parted(own[0].key)[1] else "")
            indicator = self.plan.model.indicators.get(owner(own[0].key)) if self._is_own(own[0].key) else None
            arithmetic.write([node for item in own for node in (item.known, item.node)], title)
            found = []
            for item in own:
                name = _title(item.key, self.plan, parted(item.key)[1])
                term = self.guarded(arithmetic, item.known, arithmetic.term(item.node))
                found.append((item.key, stages.names.new(name, f"{name} (score)"), term))
            for step, made in enumerate(arithmetic.made(), 1):
                stages.add(f"{title} ({step})", made)
            stages.add(
                title, [(name, term.sql) for _, name, term in found], "" if indicator is None else indicator.wording
            )
            for key, name, term in found:
                arithmetic.add(key, name, term.size)

    def _is_own(self, key: str) -> bool:
        """Whether a key is that of an indicator's own results."""
        name = owner(key)
        return name in self.plan.indicators and key in (result_key("score", name), result_key("applies", name))

    def _grouped(self) -> list[list[Section]]:
        """Return the results by common table expression: an indicator's own are one, and so are the ends of a result."""
        found: dict[tuple[str, bool], list[Section]] = {}
        for item in self.sections:
            whole, end = parted(item.key)
            of = owner(item.key) if self._is_own(item.key) else whole
            found.setdefault((of, bool(end)), []).append(item)
        return list(found.values())

    def guarded(self, arithmetic: Arithmetic, known: Node, term: Term) -> Term:
        """Return a number where a condition holds, else NULL; what is NULL by itself is not asked for."""
        parts = list(known.parts) if known.op == "and" else [known]
        terms = [(part, arithmetic.term(part)) for part in parts if part is not self.plan.graph.true]
        strict = term.strict.union(*(found.strict for part, found in terms if part.op != "given"))
        asked = [found for part, found in terms if part.op != "given" or part.key not in strict]
        if not asked:
            return term
        if (
            isinstance(term.sql, exp.Case)
            and term.sql.this is None
            and all(isinstance(found.sql, exp.Is) for found in asked)
        ):
            missing = connected(exp.Or, [negated(found.sql) for found in asked])
            whens = [exp.If(this=missing, true=exp.null()), *term.sql.args["ifs"]]
            return Term(exp.Case(ifs=whens, default=term.sql.args.get("default")), term.size)
        condition = connected(exp.And, [found.sql for found in asked])
        return Term(exp.Case(ifs=[exp.If(this=condition, true=term.sql)]), term.size)

    def written(self, arithmetic: Arithmetic, reading: Reading) -> Iterator[tuple[SqlOutput, list[exp.Expr]]]:
        """Yield each answer with its columns, in the order of the rubric."""
        for item in self._numbers:
            kind, dot, end = item.kind.partition(".")
            title = f"{kind} {item.of}".strip() + dot + end
            tails = ("",) if len(item.nodes) == 1 else (" numerator", " denominator")
            found = [self._decimal(arithmetic, node, item) for node in item.nodes]
            yield SqlOutput(item.kind, item.of, tuple(title + tail for tail in tails)), found
            if item.kind == ("score.max" if self.ranged else "score"):
                status = self._status(item.of, arithmetic, reading)
                yield SqlOutput("status", item.of, (f"status {item.of}",)), [status]
            if item.kind == "total.max":
                yield SqlOutput("status", "", ("status total",)), [self._status_of_total(arithmetic, reading)]
        if self._grade is not None:
            yield SqlOutput("grade", "", ("grade",)), [self._graded(arithmetic, self._grade)]

    def _decimal(self, arithmetic: Arithmetic, node: Node, item: _Number) -> exp.Expr:
        whole = arithmetic.term(node)
        digits = max(len(str(abs(end or 0))) for end in (node.low, node.high))
        sql = whole.sql
        if not self.dialect.digits:
            sql = _decimal_text(whole, item.places, item.shown) if item.places else sql
        elif item.places or len(item.nodes) == 1:
            sql = exp.Cast(this=sql, to=exp.DataType.build(f"DECIMAL({digits}, 0)"))
            if item.places:
                unit = exp.Literal.string("0." + "1".rjust(item.places, "0"))
                one = exp.Cast(this=unit, to=exp.DataType.build(f"DECIMAL({item.places + 1}, {item.places})"))
                width = max(digits - item.places + item.shown, item.shown + 1)
                kind = exp.DataType.build(f"DECIMAL({width}, {item.shown})")
                sql = exp.Cast(this=exp.Mul(this=sql, expression=one), to=kind)
        elif node.op == "const":
            sql = cast_number(sql, self.dialect, wide=False)
        term = Term(sql, strict=whole.strict)
        return self.guarded(arithmetic, item.known, term).sql

    def _status(self, name: str, arithmetic: Arithmetic, reading: Reading) -> exp.Expr:
        known, applies = self.known(name), self._applies(name, self.plan.indicators[name].applies)
        whens = []
        if applies is not self.plan.graph.true:
            others = negated(arithmetic.term(applies).sql)
            whens.append((_all([_holds(arithmetic, known), others]), "not_applicable"))
        whens += self._answered(arithmetic, known, self._stand[result_key("score", name)])
        return self._cased(whens, reading.faults(self.inputs(name)))

    def _status_of_total(self, arithmetic: Arithmetic, reading: Reading) -> exp.Expr:
        key = self.plan.model.totals.total
        own, flag = self._stand[key], flag_of(self.plan.model.totals, key)
        whens = self._answered(arithmetic, own.known, own)
        if flag:
            none = [_holds(arithmetic, self.known(flag)), _holds(arithmetic, self._not_rated(flag))]
            whens.append((_all(none), "not_rated"))
        return self._cased(whens, reading.faults(reading.keys))

    def _answered(self, arithmetic: Arithmetic, known: Node, own: _Standing) -> list[_When]:
        """Return what a status says where there is an answer; without ranges, a score that vetoes leave open is scored."""
        if not self.ranged:
            return [(_holds(arithmetic, known), "scored")]
        known_, same = _holds(arithmetic, own.known), _holds(arithmetic, own.same)
        return [(_all([known_, same]), "scored"), *([(known_, "missing")] if same is not None else [])]

    def _cased(self, whens: list[_When], worst: exp.Expr | None) -> exp.Expr:
        """Return the first word of which the condition holds; else what is wrong with the inputs, by their worst fault."""
        found: list[exp.If] = []
        for condition, text in whens:
            if condition is None:
                return exp.Case(ifs=found, default=_word(text)) if found else _word(text)
            found.append(exp.If(this=condition, true=_word(text)))
        fault: exp.Expr = _word("invalid")
        if worst is not None:
            told = {MISSING: "undecided" if self.ranged else "missing", UNREAD: "unread"}
            words = [exp.If(this=exp.Literal.number(code), true=_word(text)) for code, text in told.items()]
            fault = exp.Case(this=worst, ifs=words, default=fault)
        return exp.Case(ifs=found, default=fault)

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

    def _graded(self, arithmetic: Arithmetic, own: _Standing) -> exp.Expr:
        grades, place, known = self.plan.model.grades, own.low, self.plan.graph.both([own.known, own.same])
        if place.bottom is not self.plan.graph.one:
            raise TooWideError
        at = arithmetic.term(place.top)
        whens = [
            exp.If(this=exp.Literal.number(int(index / place.factor)), true=_word(grades[len(grades) - 1 - index].name))
            for index in range(len(grades))
            if (Fraction(index) / place.factor).denominator == 1
        ]
        return self.guarded(arithmetic, known, Term(exp.Case(this=at.sql, ifs=whens), strict=at.strict)).sql


_TITLES = {"applies": "applies: ", "points": "points: ", "total": "total: ", "final": "final: ", "measure": "measure: "}


def _title(key: str, plan: Plan, end: str = "") -> str:
    """Return what the column of a result, or of one of its ends, is called."""
    totals, (whole, _) = plan.model.totals, parted(key)
    named = {totals.total: "whole", totals.points: "points in play", totals.grade: "place of the grade"}
    title = named.get(whole) or f"{_TITLES.get(kind_of(whole) or '', '')}{' / '.join(heading_path(whole))}"
    return f"{title}.{end}" if end else title


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


_When = tuple[exp.Expr | None, str]
"""A condition (None: always) and the word that is said where it holds."""


def _holds(arithmetic: Arithmetic, condition: Node) -> exp.Expr | None:
    """Return a condition, None where it always holds."""
    return None if condition.op == "true" else arithmetic.term(condition).sql


def _all(conditions: list[exp.Expr | None]) -> exp.Expr | None:
    found = [condition for condition in conditions if condition is not None]
    return connected(exp.And, found) if found else None


def _word(text: str) -> exp.Expr:
    return exp.Literal.string(text)


def _decimal_text(whole: Term, places: int, shown: int) -> exp.Expr:
    """Write a whole number of ``10 ** -places`` as text, as a DECIMAL of so many places would be shown."""
    name, zeros = whole.sql.sql(dialect="sqlite"), "0" * shown
    if places > shown:
        name = f"(({name}) / {10 ** (places - shown)})"  # it has no more decimals
    if not shown:
        return parse_one(name, dialect="sqlite")
    text = (
        f"CASE WHEN {name} < 0 THEN '-' ELSE '' END || CAST(ABS({name}) / {10**shown} AS TEXT) || '.' ||"
        f" SUBSTR('{zeros}' || CAST(ABS({name}) % {10**shown} AS TEXT), -{shown})"
    )
    return parse_one(text, dialect="sqlite")

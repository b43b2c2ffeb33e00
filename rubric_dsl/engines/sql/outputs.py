"""What a query answers: scores, statuses, subtotals, total and grade, each exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from sqlglot import exp, parse_one

from rubric_dsl.core.keys import heading_id, heading_path, is_result, kind_of, owner, result_key
from rubric_dsl.core.walk import keys_of, keys_of_program
from rubric_dsl.engines.python_text import inside
from rubric_dsl.engines.sql.arithmetic import Arithmetic, TooWideError
from rubric_dsl.engines.sql.dialects import Dialect
from rubric_dsl.engines.sql.limits import MISSING, UNREAD
from rubric_dsl.engines.sql.phrases import Term, cast, connected, negated
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


class Outputs:
    """The answers over a plan whose results are apart; ``places`` are the decimals that each can have."""

    def __init__(self, plan: Plan, dialect: Dialect, places: Mapping[str, int]) -> None:
        self.plan: Plan = plan
        self.dialect: Dialect = dialect
        self._places = places
        self._decided = Decided(plan.graph)
        self._known: dict[str, Node] = {}
        self._numbers: list[_Number] = []
        self.sections: list[Section] = [self._section(key) for key in plan.apart]
        model, graph = plan.model, plan.graph
        for name, item in plan.indicators.items():
            final = result_key("final", name)
            known = [self.known(key) for key in (name, *([final] if final in plan.results else []))]
            # Where a score is excluded, there is none.
            score = self._result(final, result_key("score", name))
            self._add("score", name, name, score, graph.both([*known, graph.negation(item.excluded)]))
        for section in model.sections:
            path = (*section.path, section.name)
            key = result_key("score", heading_id(path))
            if key in plan.results:
                self._add("subtotal", " / ".join(path), key, self._result(key), self._rated(key))
        totals = model.totals
        for kind, key in (("total", totals.total), ("points", totals.points)):
            if key:
                self._add("total" if kind == "total" else "points", "", key, self._result(key), self._rated(key))
        self._grade = (self._result(totals.grade), self._rated(totals.grade)) if totals.grade and model.grades else None

    @property
    def roots(self) -> list[Node]:
        """The nodes that the answers are made of."""
        found = [node for section in self.sections for node in (section.node, section.known)]
        found += [node for item in self._numbers for node in (*item.nodes, item.known)]
        for name, item in self.plan.indicators.items():
            found += [self.known(name), self._applies(name, item.applies)]
        return [*found, *((self._grade[0].top, self._grade[1]) if self._grade else ())]

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
        rated = graph.negation(graph.equal(self._result(flag).top, graph.zero))
        return graph.both([self.known(key), self.known(flag), rated])

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
            title = _title(own[0].key, self.plan)
            indicator = self.plan.model.indicators.get(owner(own[0].key)) if self._is_own(own[0].key) else None
            arithmetic.write([node for item in own for node in (item.known, item.node)], title)
            found = []
            for item in own:
                name = _title(item.key, self.plan)
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
        """Return the results by common table expression: an indicator's own are one."""
        found: list[list[Section]] = []
        for item in self.sections:
            if (
                found
                and self._is_own(item.key)
                and self._is_own(found[-1][0].key)
                and owner(found[-1][0].key) == owner(item.key)
            ):
                found[-1].append(item)
            else:
                found.append([item])
        return found

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
            title = item.kind if not item.of else f"{item.kind} {item.of}"
            tails = ("",) if len(item.nodes) == 1 else (" numerator", " denominator")
            found = [self._decimal(arithmetic, node, item) for node in item.nodes]
            yield SqlOutput(item.kind, item.of, tuple(title + tail for tail in tails)), found
            if item.kind == "score":
                status = self._status(item.of, arithmetic, reading)
                yield SqlOutput("status", item.of, (f"status {item.of}",)), [status]
        if self._grade is not None:
            yield SqlOutput("grade", "", ("grade",)), [self._graded(arithmetic, *self._grade)]

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
            sql = cast(sql, self.dialect, wide=False)
        term = Term(sql, strict=whole.strict)
        return self.guarded(arithmetic, item.known, term).sql

    def _status(self, name: str, arithmetic: Arithmetic, reading: Reading) -> exp.Expr:
        known = self.known(name)
        applies = self._applies(name, self.plan.indicators[name].applies)
        graph = self.plan.graph
        whens = []
        if applies is not graph.true:
            others = negated(arithmetic.term(applies).sql)
            both = others if known is graph.true else connected(exp.And, [arithmetic.term(known).sql, others])
            whens.append(exp.If(this=both, true=_word("not_applicable")))
        worst = reading.faults(self.inputs(name))
        fault: exp.Expr = _word("invalid")
        if worst is not None:
            words = [exp.If(this=exp.Literal.number(code), true=_word(text)) for code, text in _FAULTS.items()]
            fault = exp.Case(this=worst, ifs=words, default=fault)
        if known is graph.true:
            return exp.Case(ifs=whens, default=_word("scored")) if whens else _word("scored")
        whens.append(exp.If(this=arithmetic.term(known).sql, true=_word("scored")))
        return exp.Case(ifs=whens, default=fault)

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

    def _graded(self, arithmetic: Arithmetic, place: Quotient, known: Node) -> exp.Expr:
        grades = self.plan.model.grades
        if place.bottom is not self.plan.graph.one:
            raise TooWideError
        at = arithmetic.term(place.top)
        whens = [
            exp.If(this=exp.Literal.number(int(index / place.factor)), true=_word(grades[len(grades) - 1 - index].name))
            for index in range(len(grades))
            if (Fraction(index) / place.factor).denominator == 1
        ]
        return self.guarded(arithmetic, known, Term(exp.Case(this=at.sql, ifs=whens), strict=at.strict)).sql


_FAULTS = {MISSING: "missing", UNREAD: "unread"}
_TITLES = {"applies": "applies: ", "points": "points: ", "total": "total: ", "final": "final: ", "measure": "measure: "}


def _title(key: str, plan: Plan) -> str:
    """Return what the column of a result is called."""
    totals = plan.model.totals
    whole = {totals.total: "whole", totals.points: "points in play", totals.grade: "place of the grade"}
    return whole.get(key) or f"{_TITLES.get(kind_of(key) or '', '')}{' / '.join(heading_path(key))}"


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

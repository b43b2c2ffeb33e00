"""Whole numbers and conditions of a plan as SQL: no number that the query computes can be too large for its type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlglot import exp

from rubric_dsl.engines.python_text import inside
from rubric_dsl.engines.sql.dialects import NARROW, Dialect
from rubric_dsl.engines.sql.layers import Layers, Term, combine
from rubric_dsl.engines.sql.phrases import bare, cast, chain, divided, in_brackets, number
from rubric_dsl.plan import bounds
from rubric_dsl.plan.graph import Node

_DEEPEST = 12
"""An expression nested deeper than this becomes a column: databases limit how deep they read."""
_MANY = 8
"""A sum of more parts is written as a sum of sums."""
_CONDITIONS = frozenset({"true", "false", "given", "less", "equal", "isin", "and", "or", "not"})
_LEAVES = frozenset({"const", "var", "true", "false", "given"})


class TooWideError(Exception):
    """A number could be too large for the database, or its quotient could not be exact there."""


class Arithmetic:
    """Writes nodes of a plan over the columns of its inputs.

    ``values`` and ``states`` are the terms of each input, by key: its whole number, and 0 where it can be used.
    What stands in several places becomes a column of its own.
    """

    def __init__(
        self, layers: Layers, dialect: Dialect, values: Mapping[str, Term], states: Mapping[str, Term]
    ) -> None:
        self.layers, self.dialect = layers, dialect
        self._values, self._states = values, states
        self._terms: dict[int, Term] = {}
        self._names = 0

    def write(self, roots: Iterable[Node]) -> None:
        """Write all that stands under some nodes.

        Raises:
            TooWideError: a number among them could be too large.
        """
        roots = list(roots)
        nodes = inside(roots)
        uses: dict[int, int] = {}
        for used in [*roots, *(part for node in nodes for part in node.parts)]:
            uses[used.number] = uses.get(used.number, 0) + 1
        for node in nodes:
            if node.number in self._terms:
                continue
            term = self._written(node)
            if node.op not in _LEAVES and (uses[node.number] > 1 or term.depth > _DEEPEST):
                term = self._column(node, term)
            self._terms[node.number] = term

    def term(self, node: Node) -> Term:
        """Return what was written for a node; a condition as a condition."""
        found = self._terms[node.number]
        return Term(found.sql.copy(), found.layer, found.reads, found.wide, found.depth)

    def atom(self, node: Node) -> Term:
        """Return a node as a column or a constant, so that it can be written several times."""
        if node.op not in _LEAVES and not isinstance(bare(self._terms[node.number]), exp.Column | exp.Literal | exp.EQ):
            self._terms[node.number] = self._column(node, self._terms[node.number])
        return self.term(node)

    def _column(self, node: Node, term: Term) -> Term:
        self._names += 1
        name = f"t{self._names}"
        if node.op not in _CONDITIONS and not is_condition(node):
            return self.layers.column(name, term)
        flag = exp.Case(ifs=[exp.If(this=term.sql, true=number(1))], default=number(0))
        kept = self.layers.column(name, combine(flag, term))
        return combine(exp.EQ(this=kept.sql, expression=number(1)), kept)

    def _written(self, node: Node) -> Term:
        match node.op:
            case "const":
                return self._const(node.value)
            case "var":
                return self._values[node.key]
            case "given":
                return combine(
                    exp.EQ(this=self._states[node.key].sql.copy(), expression=number(0)), self._states[node.key]
                )
            case "true" | "false":
                return Term(exp.EQ(this=number(1), expression=number(1 if node.op == "true" else 0)))
            case "table" | "isin":
                return self._choice(node)
            case "add":
                return self._sum(list(node.parts))[0]
            case "mul":
                return self._product(*node.parts)
            case "floordiv":
                return self._quotient(node)
            case "least" | "greatest":
                return self._extreme(node)
            case "select":
                return self._select(node)
            case "less" | "equal":
                left, right = (self.term(part) for part in node.parts)
                kind = exp.LT if node.op == "less" else exp.EQ
                return combine(kind(this=in_brackets(left), expression=in_brackets(right)), left, right)
            case "not":
                part = self.term(node.parts[0])
                return combine(exp.Not(this=exp.Paren(this=part.sql)), part)
            case _:
                terms = [self.term(part) for part in node.parts]
                return combine(chain(exp.And if node.op == "and" else exp.Or, [term.sql for term in terms]), *terms)

    def _const(self, value: int) -> Term:
        wide = self._is_wide(value, value)
        return Term(self._cast(exp.Literal.string(str(value)), wide=True) if wide else number(value), wide=wide)

    def _is_wide(self, low: int | None, high: int | None) -> bool:
        """Whether a number needs more than 64 bits.

        Raises:
            TooWideError: it needs more than there is.
        """
        if low is None or high is None or max(abs(low), abs(high)) > self.dialect.most:
            raise TooWideError
        return max(abs(low), abs(high)) > NARROW

    def _cast(self, sql: exp.Expr, *, wide: bool) -> exp.Expr:
        return cast(sql, self.dialect, wide=wide)

    def _widened(self, term: Term) -> Term:
        """Return a number of 64 bits as a wide one."""
        return term if term.wide else combine(self._cast(term.sql, wide=True), term, wide=True)

    def _joined(
        self,
        kind: Callable[..., exp.Expr],
        left: Term,
        right: Term,
        ends: tuple[int | None, int | None],
    ) -> Term:
        """Write a sum or a product; what becomes wide is widened before."""
        wide = self._is_wide(*ends) or left.wide or right.wide
        if wide and not left.wide and not right.wide:
            left = self._widened(left)
        return combine(kind(this=in_brackets(left), expression=in_brackets(right)), left, right, wide=wide)

    def _sum(self, parts: list[Node]) -> tuple[Term, int | None, int | None]:
        if len(parts) == 1:
            return self.term(parts[0]), parts[0].low, parts[0].high
        at = len(parts) // 2 if len(parts) > _MANY else len(parts) - 1
        left, *left_ends = self._sum(parts[:at])
        right, *right_ends = self._sum(parts[at:])
        ends = bounds.total([left_ends[0], right_ends[0]]), bounds.total([left_ends[1], right_ends[1]])
        return self._joined(exp.Add, left, right, ends), *ends

    def _product(self, left: Node, right: Node) -> Term:
        return self._joined(exp.Mul, self.term(left), self.term(right), bounds.product(left, right))

    def _quotient(self, node: Node) -> Term:
        top, bottom = node.parts
        dialect = self.dialect
        sizes = [end for part in (top, bottom) for end in (part.low, part.high)]
        if any(end is None or abs(end) > dialect.divides for end in sizes):
            raise TooWideError
        if dialect.division == "FLOOR":
            over, under = self.term(top), self.term(bottom)
            return combine(exp.Floor(this=divided(over, under)), over, under, wide=over.wide or under.wide)
        if top.low is not None and top.low >= 0:
            return self._cut(node, self.term(top), self.term(bottom))
        # For a below 0, a ÷ b rounded down is -1 - ((-1 - a) ÷ b): nothing here is farther from 0 than a.
        over, under = self.atom(top), self.atom(bottom)
        turned = combine(exp.Sub(this=number(-1), expression=over.sql.copy()), over, wide=over.wide)
        above, below = self._cut(node, over, under), self._cut(node, turned, self.atom(bottom))
        negative = exp.Sub(this=number(-1), expression=exp.Paren(this=below.sql))
        when = exp.If(this=exp.LT(this=over.sql.copy(), expression=number(0)), true=negative)
        return combine(exp.Case(ifs=[when], default=above.sql), above, below, wide=above.wide)

    def _cut(self, node: Node, top: Term, bottom: Term) -> Term:
        """Write a quotient that is cut off towards 0."""
        dialect = self.dialect
        wide = top.wide or bottom.wide
        if wide and dialect.gives <= NARROW:
            if self._is_wide(node.low, node.high):
                raise TooWideError
            wide = False
        if dialect.division in ("//", "DIV"):
            sql: exp.Expr = exp.IntDiv(this=in_brackets(top), expression=in_brackets(bottom))
        elif dialect.division == "intDiv" or (dialect.division == "DIV()" and wide):
            name = "intDiv" if dialect.division == "intDiv" else "DIV"
            sql = exp.Anonymous(this=name, expressions=[top.sql, bottom.sql])
        else:
            sql = divided(top, bottom)
        return combine(sql, top, bottom, wide=wide)

    def _extreme(self, node: Node) -> Term:
        """Write the least or the greatest as comparisons: databases' own functions differ over NULL."""
        kind = exp.LTE if node.op == "least" else exp.GTE
        best = self.atom(node.parts[0])
        for place, part in enumerate(node.parts[1:], 2):
            other = self.atom(part)
            when = exp.If(
                this=kind(this=best.sql.copy(), expression=other.sql.copy()),
                true=self._branch(best, best.wide or other.wide),
            )
            sql = exp.Case(ifs=[when], default=self._branch(other, best.wide or other.wide))
            best = combine(sql, best, other, wide=best.wide or other.wide)
            if place < len(node.parts):
                self._names += 1
                best = self.layers.column(f"t{self._names}", best)
        return best

    def _branch(self, term: Term, wide: bool) -> exp.Expr:
        """Return what a CASE gives: all of its branches in one type."""
        sql = term.sql.copy()
        return self._cast(sql, wide=wide) if wide is not term.wide or isinstance(bare(term), exp.Literal) else sql

    def _select(self, node: Node) -> Term:
        condition, then, otherwise = (self.term(part) for part in node.parts)
        if is_condition(node):
            both = exp.Paren(this=exp.And(this=exp.Paren(this=condition.sql), expression=exp.Paren(this=then.sql)))
            turned = exp.Not(this=exp.Paren(this=condition.sql.copy()))
            neither = exp.Paren(this=exp.And(this=turned, expression=exp.Paren(this=otherwise.sql)))
            return combine(exp.Or(this=both, expression=neither), condition, then, otherwise)
        wide = then.wide or otherwise.wide
        when = exp.If(this=condition.sql, true=self._branch(then, wide))
        return combine(
            exp.Case(ifs=[when], default=self._branch(otherwise, wide)), condition, then, otherwise, wide=wide
        )

    def _choice(self, node: Node) -> Term:
        word = self._values[node.key]
        if node.op == "isin":
            if len(node.codes) == 1:
                return combine(exp.EQ(this=word.sql.copy(), expression=number(node.codes[0])), word)
            return combine(exp.In(this=word.sql.copy(), expressions=[number(code) for code in node.codes]), word)
        terms = [self._const(code) for code in node.codes]
        wide = any(term.wide for term in terms)
        values = [self._branch(term, wide) for term in terms]
        whens = [exp.If(this=number(place), true=value) for place, value in enumerate(values[:-1])]
        return combine(exp.Case(this=word.sql.copy(), ifs=whens, default=values[-1]), word, wide=wide)


def is_condition(node: Node) -> bool:
    """Whether a node is a condition, not a whole number."""
    return node.op in _CONDITIONS or (node.op == "select" and is_condition(node.parts[1]))

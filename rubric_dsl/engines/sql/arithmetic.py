"""Whole numbers and conditions of a plan as SQL: no number that the query computes can be too large for its type."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlglot import exp

from rubric_dsl.engines.python_text import inside
from rubric_dsl.engines.sql.dialects import INTEGER, NARROW, Dialect
from rubric_dsl.engines.sql.phrases import (
    SMALL,
    USUAL,
    WIDE,
    Term,
    cast,
    combine,
    connected,
    extreme,
    flag,
    negated,
    number,
    there,
)
from rubric_dsl.engines.sql.stages import Column, Inputs, Names, column
from rubric_dsl.plan import bounds
from rubric_dsl.plan.graph import Node
from rubric_dsl.plan.plan import NOTHING

_DEEPEST = 25
"""An expression nested deeper than this becomes a column: databases limit how deep they read."""
_MANY = 100
"""A sum of more parts is written as a sum of sums."""
_CONDITIONS = frozenset({"true", "false", "given", "less", "equal", "isin", "and", "or", "not"})
_LEAVES = frozenset({"const", "var", "true", "false", "given"})
Ends = tuple[int | None, int | None]


class TooWideError(Exception):
    """A number could be too large for the database, or its quotient could not be exact there."""


class Arithmetic:
    """Writes nodes of a plan over the columns of its inputs.

    Args:
        dialect: the database.
        inputs: the columns of the inputs; a part of the query adds those that it makes.
        names: the names of columns, for those that it makes itself.
        roots: all nodes that will be written: what stands in several places becomes a column of its own.
    """

    def __init__(self, dialect: Dialect, inputs: Inputs, names: Names, roots: Iterable[Node]) -> None:
        self.dialect: Dialect = dialect
        self._names = names
        self._columns, self._words = dict(inputs.columns), inputs.words
        self._sizes: dict[str, int] = {}
        self._terms: dict[int, Term] = {}
        self._uses: dict[int, int] = {}
        self._made: list[list[Column]] = []
        self._called = ""
        roots = list(roots)
        for used in [*roots, *(part for node in inside(roots) for part in node.parts)]:
            self._uses[used.number] = self._uses.get(used.number, 0) + 1

    def write(self, roots: Iterable[Node], called: str = "") -> None:
        """Write all that stands under some nodes; columns of its own are ``called`` so, and numbered.

        Raises:
            TooWideError: a number among them could be too large.
        """
        self._called = called
        for node in inside(roots):
            if node.number in self._terms:
                continue
            term = self._written(node)
            often = self._uses.get(node.number, 0) > 1 and term.weight > 1
            if node.op not in _LEAVES and not term.local and (often or term.depth > _DEEPEST):
                term = self._column(node, term)
            self._terms[node.number] = term

    def add(self, key: str, name: str, size: int) -> None:
        """Let an input be a column, of a type of whole numbers, from now on."""
        self._columns[key], self._sizes[key] = name, size

    def made(self) -> list[list[Column]]:
        """Return the columns made since the last call: those of each list read those of the lists before it."""
        found, self._made = self._made, []
        self._terms = {at: replace(term, level=0) for at, term in self._terms.items()}
        return found

    def term(self, node: Node) -> Term:
        """Return what was written for a node; a condition as a condition."""
        found = self._terms[node.number]
        return replace(found, sql=found.sql.copy())

    def atom(self, node: Node) -> Term:
        """Return a node as a column or a constant, so that it can be written several times."""
        if not isinstance(_bare(self._terms[node.number]), exp.Column | exp.Literal | exp.EQ):
            self._terms[node.number] = self._column(node, self._terms[node.number])
        return self.term(node)

    def _column(self, node: Node, term: Term) -> Term:
        name = self._names.new(f"{self._called} ({1 + sum(map(len, self._made))})".strip())
        is_flag = is_condition(node)
        sql = flag(term.sql) if is_flag else term.sql
        while len(self._made) <= term.level:
            self._made.append([])
        self._made[term.level].append((name, sql))
        found = exp.EQ(this=column(name), expression=number(1)) if is_flag else column(name)
        return Term(found, term.size, strict=frozenset() if is_flag else term.strict, level=term.level + 1)

    def _written(self, node: Node) -> Term:
        match node.op:
            case "const":
                return self._const(node.value)
            case "var" if node.key == NOTHING:
                return Term(exp.null())
            case "var":
                size = self._sizes.get(node.key, self._size(node.low, node.high))
                return Term(column(self._columns[node.key]), size, strict=frozenset({node.key}))
            case "given":
                return Term(there(column(self._columns[node.key])))
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
                return self._compared(node)
            case "not":
                part = self.term(node.parts[0])
                return combine(negated(part.sql), part)
            case _:
                return self._joined(node)

    def _compared(self, node: Node) -> Term:
        left, right = (self.term(part) for part in node.parts)
        if node.op == "less" and node.parts[0].op == "const":
            return combine(exp.GT(this=right.sql, expression=left.sql), left, right)
        kind = exp.LT if node.op == "less" else exp.EQ
        return combine(kind(this=left.sql, expression=right.sql), left, right)

    def _joined(self, node: Node) -> Term:
        terms = [self.term(part) for part in node.parts]
        kind = exp.And if node.op == "and" else exp.Or
        return combine(connected(kind, [term.sql for term in terms]), *terms, strict=frozenset())

    def _const(self, value: int) -> Term:
        size = self._size(value, value)
        if size == WIDE:
            return Term(self._cast(exp.Literal.string(str(value)), size), size)
        return Term(number(value), SMALL if abs(value) <= INTEGER else USUAL)

    def _size(self, low: int | None, high: int | None) -> int:
        """Return the type that a number needs.

        Raises:
            TooWideError: there is none.
        """
        if low is None or high is None or max(abs(low), abs(high)) > self.dialect.most:
            raise TooWideError
        return WIDE if max(abs(low), abs(high)) > NARROW else USUAL

    def _cast(self, sql: exp.Expr, size: int) -> exp.Expr:
        return cast(sql, self.dialect, wide=size == WIDE)

    def _joined_numbers(self, kind: Callable[..., exp.Expr], left: Term, right: Term, ends: Ends) -> Term:
        """Write a sum, a difference or a product; what outgrows the type of its parts is widened before."""
        size = max(self._size(*ends), left.size, right.size)
        small = left.size == right.size == SMALL
        if small and max(abs(end or 0) for end in ends) <= INTEGER and self.dialect.typed:
            size = SMALL
        elif small or (size == WIDE and left.size < WIDE and right.size < WIDE):
            left = combine(self._cast(left.sql, size), left, size=size)
        sides = [_in_brackets(left, kind), _in_brackets(right, kind, right=True)]
        return combine(kind(this=sides[0], expression=sides[1]), left, right, size=size)

    def _sum(self, parts: list[Node]) -> tuple[Term, int | None, int | None]:
        """Write a sum, what is taken away at its end."""
        if len(parts) > _MANY:
            at = len(parts) // 2
            (left, *low), (right, *high) = self._sum(parts[:at]), self._sum(parts[at:])
            ends = bounds.total([low[0], high[0]]), bounds.total([low[1], high[1]])
            return self._joined_numbers(exp.Add, left, right, ends), *ends
        ordered = sorted(parts, key=lambda part: _sign(part) < 0)
        first, low_, high_ = self.term(ordered[0]), ordered[0].low, ordered[0].high
        for part in ordered[1:]:
            low_, high_ = bounds.total([low_, part.low]), bounds.total([high_, part.high])
            below = self._opposite(part)
            kind, term = (exp.Add, self.term(part)) if below is None else (exp.Sub, below)
            first = self._joined_numbers(kind, first, term, (low_, high_))
        return first, low_, high_

    def _opposite(self, part: Node) -> Term | None:
        """Return a number of which ``part`` is the opposite, where that is simpler."""
        if _sign(part) > 0 or isinstance(self._terms[part.number].sql, exp.Column):
            return None
        if part.op == "const":
            return self._const(-part.value)
        times, rest = part.parts
        ends = bounds.times(rest.low, -times.value), bounds.times(rest.high, -times.value)
        if times.value == -1:
            return self.term(rest)
        return self._joined_numbers(exp.Mul, self._const(-times.value), self.term(rest), ends)

    def _product(self, left: Node, right: Node) -> Term:
        if right.key == NOTHING:
            return self.term(right)
        if left.op == "const" and left.value == -1:
            term = self.term(right)
            return combine(exp.Neg(this=_in_brackets(term)), term, size=term.size)
        return self._joined_numbers(exp.Mul, self.term(left), self.term(right), bounds.product(left, right))

    def _quotient(self, node: Node) -> Term:
        top, bottom = node.parts
        dialect = self.dialect
        sizes = [end for part in (top, bottom) for end in (part.low, part.high)]
        if any(end is None or abs(end) > dialect.divides for end in sizes):
            raise TooWideError
        if dialect.division == "FLOOR":
            over, under = self.term(top), self.term(bottom)
            size = max(over.size, under.size)
            return combine(exp.Floor(this=_divided(over, under)), over, under, size=size)
        if (top.low is not None and top.low >= 0) or node.value:
            found = self._cut(node, self.term(top), self.term(bottom))
            return replace(found, local=found.local or bool(node.value))
        # For a below 0, a ÷ b rounded down is -1 - ((-1 - a) ÷ b): nothing here is farther from 0 than a.
        over, under = self.atom(top), self.atom(bottom)
        turned = combine(exp.Sub(this=number(-1), expression=over.sql.copy()), over, size=over.size)
        above, below = self._cut(node, over, under), self._cut(node, turned, self.atom(bottom))
        negative = exp.Sub(this=number(-1), expression=exp.Paren(this=below.sql))
        when = exp.If(this=exp.LT(this=over.sql.copy(), expression=number(0)), true=negative)
        return combine(exp.Case(ifs=[when], default=above.sql), above, below, size=above.size)

    def _cut(self, node: Node, top: Term, bottom: Term) -> Term:
        """Write a quotient that is cut off towards 0."""
        dialect = self.dialect
        size = max(top.size, bottom.size)
        if size == WIDE and dialect.gives <= NARROW:
            if self._size(node.low, node.high) == WIDE:
                raise TooWideError
            size = USUAL
        if dialect.division in ("//", "DIV"):
            sql: exp.Expr = exp.IntDiv(this=_in_brackets(top), expression=_in_brackets(bottom))
        elif dialect.division == "intDiv" or (dialect.division == "DIV()" and size == WIDE):
            name = "intDiv" if dialect.division == "intDiv" else "DIV"
            sql = exp.Anonymous(this=name, expressions=[top.sql, bottom.sql])
        else:
            sql = _divided(top, bottom)
        return combine(sql, top, bottom, size=size)

    def _extreme(self, node: Node) -> Term:
        """Write the least or the greatest.

        Databases differ over NULL in it: some leave it out. The others then bound the number no less than it does.
        """
        is_least = node.op == "least"
        terms = [self.term(part) for part in node.parts]
        end = node.high if is_least else node.low
        ends = [(part.high if is_least else part.low, part.op == "const") for part in node.parts]
        if not any(own == end and fixed for own, fixed in ends) and any(own != end for own, _ in ends):
            assert end is not None  # noqa: S101 - every number that is written is bounded
            terms.append(self._const(end))
        size = max(term.size for term in terms)
        values = [self._branch(term, size) for term in terms]
        strict = frozenset[str].intersection(*(term.strict for term in terms))
        return combine(
            extreme("least" if is_least else "greatest", values, self.dialect), *terms, size=size, strict=strict
        )

    def _branch(self, term: Term, size: int) -> exp.Expr:
        """Return one of several numbers, all of one type."""
        sql = term.sql.copy()
        literal = isinstance(_bare(term), exp.Literal)
        is_plain = term.size == size or (size == USUAL and term.size == SMALL and self.dialect.typed)
        return sql if is_plain and (self.dialect.typed or not literal) else self._cast(sql, size)

    def _select(self, node: Node) -> Term:
        if is_condition(node):
            condition, then, otherwise = (self.term(part) for part in node.parts)
            both = connected(exp.And, [condition.sql, then.sql])
            neither = connected(exp.And, [negated(condition.sql.copy()), otherwise.sql])
            return combine(connected(exp.Or, [both, neither]), condition, then, otherwise, strict=frozenset())
        cases, last = self._cases(node)
        terms = [value for _, value in cases] + [last]
        size = max(term.size for term in terms)
        whens = [exp.If(this=condition.sql, true=self._branch(value, size)) for condition, value in cases]
        strict = frozenset[str].intersection(*(term.strict for term in terms))
        parts = [*(condition for condition, _ in cases), *terms]
        default = None if isinstance(last.sql, exp.Null) else self._branch(last, size)
        return combine(exp.Case(ifs=whens, default=default), *parts, size=size, strict=strict)

    def _cases(self, node: Node) -> tuple[list[tuple[Term, Term]], Term]:
        """Return conditions with their values, in order, and the value where none holds."""
        cases: list[tuple[Term, Term]] = []
        while True:
            condition, then, otherwise = node.parts
            holds = self.term(condition)
            if self._is_open(then) and not self._is_open(otherwise):
                holds, then, otherwise = combine(negated(holds.sql), holds), otherwise, then
            value = self.term(then)
            if cases and cases[-1][1].sql == value.sql:
                before, _ = cases.pop()
                holds = combine(connected(exp.Or, [before.sql, holds.sql]), before, holds)
            cases.append((holds, value))
            if not self._is_open(otherwise):
                return cases, self.term(otherwise)
            node = otherwise

    def _is_open(self, node: Node) -> bool:
        return node.op == "select" and not isinstance(self._terms[node.number].sql, exp.Column)

    def _choice(self, node: Node) -> Term:
        word = Term(column(self._columns[node.key]), strict=frozenset({node.key}))
        words = self._words[node.key]
        if node.op == "isin":
            if len(node.codes) == 1:
                return combine(exp.EQ(this=word.sql.copy(), expression=words[node.codes[0]].copy()), word)
            return combine(exp.In(this=word.sql.copy(), expressions=[words[code].copy() for code in node.codes]), word)
        terms = [self._const(code) for code in node.codes]
        size = max(term.size for term in terms)
        whens = [exp.If(this=own.copy(), true=self._branch(term, size)) for own, term in zip(words, terms, strict=True)]
        return combine(exp.Case(this=word.sql.copy(), ifs=whens), word, size=size)


def is_condition(node: Node) -> bool:
    """Whether a node is a condition, not a whole number."""
    return node.op in _CONDITIONS or (node.op == "select" and is_condition(node.parts[1]))


def _sign(part: Node) -> int:
    first = part.parts[0] if part.op == "mul" else part
    return -1 if first.op == "const" and first.value < 0 else 1


def _divided(top: Term, bottom: Term) -> exp.Expr:
    """Return one number over another with the database's own sign for it."""
    return exp.Div(this=_in_brackets(top), expression=_in_brackets(bottom), typed=True, safe=False)


def _bare(term: Term) -> exp.Expr:
    """Return an expression without the brackets and the sign around it."""
    found = term.sql
    while isinstance(found, exp.Paren | exp.Neg):
        found = found.this
    return found


def _in_brackets(term: Term, kind: Callable[..., exp.Expr] = exp.IntDiv, *, right: bool = False) -> exp.Expr:
    """Return an expression as part of a larger one of a kind; a quotient stands in brackets everywhere."""
    sums = exp.Add | exp.Sub
    closed = not isinstance(term.sql, exp.Binary | exp.Connector | exp.Not)
    if kind in (exp.Add, exp.Sub):
        closed = closed or isinstance(term.sql, exp.Mul) or (not right and isinstance(term.sql, sums))
    return term.sql if closed else exp.Paren(this=term.sql)

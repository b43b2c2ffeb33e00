"""Whole numbers and conditions of a plan as SQL: no number that the query computes can be too large for its type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Literal

from sqlglot import exp

from rubric_dsl.engines.python_text import inside
from rubric_dsl.engines.sql.dialects import INTEGER, NARROW, Dialect
from rubric_dsl.engines.sql.stages import Column, Names, column
from rubric_dsl.plan import bounds
from rubric_dsl.plan.graph import Node
from rubric_dsl.records import dataclass

_DEEPEST = 25
"""An expression nested deeper than this becomes a column: databases limit how deep they read."""
_MANY = 100
"""A sum of more parts is written as a sum of sums."""
_CONDITIONS = frozenset({"true", "false", "given", "less", "equal", "isin", "and", "or", "not"})
_LEAVES = frozenset({"const", "var", "true", "false", "given"})
_SMALL, _USUAL, _WIDE = range(3)
"""The types of whole numbers: the one that literals have, 64 bits, and the database's wide one."""
_TURNED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.GTE, exp.GTE: exp.LT, exp.LTE: exp.GT, exp.GT: exp.LTE, exp.EQ: exp.NEQ, exp.NEQ: exp.EQ,
}  # fmt: skip
Ends = tuple[int | None, int | None]


class TooWideError(Exception):
    """A number could be too large for the database, or its quotient could not be exact there."""


@dataclass(frozen=True, slots=True)
class Term:
    """An expression.

    ``size`` is its type of whole numbers, ``depth`` how deep it is nested, ``weight`` how much is computed in it.
    Where one of ``strict`` (keys of inputs) is NULL, it is NULL. ``level`` counts the columns under it that this part
    of the query makes itself, one over another. What is ``local`` stands where a condition keeps it within its bounds.
    """

    sql: exp.Expr
    size: int = _USUAL
    depth: int = 1
    weight: int = 0
    strict: frozenset[str] = frozenset()
    level: int = 0
    local: bool = False


def combine(sql: exp.Expr, *parts: Term, size: int = _USUAL, strict: frozenset[str] | None = None) -> Term:
    """Return an expression over some terms, by default NULL where one of them is."""
    found = frozenset[str]().union(*(part.strict for part in parts)) if strict is None else strict
    depth = 1 + max((part.depth for part in parts), default=0)
    weight = 1 + sum(part.weight for part in parts)
    level = max((part.level for part in parts), default=0)
    return Term(sql, size, depth, weight, found, level, any(part.local for part in parts))


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where inputs are: the ``columns`` of keys, and for a choice what its column holds for each of its words."""

    columns: Mapping[str, str]
    words: Mapping[str, Sequence[exp.Expr]]


class Arithmetic:
    """Writes nodes of a plan over the columns of its inputs.

    Args:
        dialect: the database.
        inputs: the columns of the inputs; a part of the query adds those that it makes.
        names: the names of columns, for those that it makes itself.
        roots: all nodes that will be written: what stands in several places becomes a column of its own.
    """

    def __init__(self, dialect: Dialect, inputs: Inputs, names: Names, roots: Iterable[Node]) -> None:
        self.dialect, self._names = dialect, names
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
        if size == _WIDE:
            return Term(self._cast(exp.Literal.string(str(value)), size), size)
        return Term(number(value), _SMALL if abs(value) <= INTEGER else _USUAL)

    def _size(self, low: int | None, high: int | None) -> int:
        """Return the type that a number needs.

        Raises:
            TooWideError: there is none.
        """
        if low is None or high is None or max(abs(low), abs(high)) > self.dialect.most:
            raise TooWideError
        return _WIDE if max(abs(low), abs(high)) > NARROW else _USUAL

    def _cast(self, sql: exp.Expr, size: int) -> exp.Expr:
        return cast(sql, self.dialect, wide=size == _WIDE)

    def _joined_numbers(self, kind: Callable[..., exp.Expr], left: Term, right: Term, ends: Ends) -> Term:
        """Write a sum, a difference or a product; what outgrows the type of its parts is widened before."""
        size = max(self._size(*ends), left.size, right.size)
        small = left.size == right.size == _SMALL
        if small and max(abs(end or 0) for end in ends) <= INTEGER and self.dialect.typed:
            size = _SMALL
        elif small or (size == _WIDE and left.size < _WIDE and right.size < _WIDE):
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
        if left.op == "const" and left.value == -1:
            term = self.term(right)
            return combine(exp.Neg(this=_in_brackets(term)), term, size=max(term.size, _USUAL))
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
        turned = combine(exp.Sub(this=number(-1), expression=over.sql.copy()), over, size=max(over.size, _USUAL))
        above, below = self._cut(node, over, under), self._cut(node, turned, self.atom(bottom))
        negative = exp.Sub(this=number(-1), expression=exp.Paren(this=below.sql))
        when = exp.If(this=exp.LT(this=over.sql.copy(), expression=number(0)), true=negative)
        return combine(exp.Case(ifs=[when], default=above.sql), above, below, size=above.size)

    def _cut(self, node: Node, top: Term, bottom: Term) -> Term:
        """Write a quotient that is cut off towards 0."""
        dialect = self.dialect
        size = max(top.size, bottom.size)
        if size == _WIDE and dialect.gives <= NARROW:
            if self._size(node.low, node.high) == _WIDE:
                raise TooWideError
            size = _USUAL
        if dialect.division in ("//", "DIV"):
            sql: exp.Expr = exp.IntDiv(this=_in_brackets(top), expression=_in_brackets(bottom))
        elif dialect.division == "intDiv" or (dialect.division == "DIV()" and size == _WIDE):
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
        is_plain = term.size == size or (size == _USUAL and term.size == _SMALL and self.dialect.typed)
        if is_plain and not (literal and not self.dialect.typed):
            return sql
        return self._cast(sql, size)

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
        return combine(exp.Case(ifs=whens, default=self._branch(last, size)), *parts, size=size, strict=strict)

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


def number(value: int) -> exp.Expr:
    """Return a whole number as it is written."""
    found = exp.Literal.number(abs(value))
    return exp.Paren(this=exp.Neg(this=found)) if value < 0 else found


def there(sql: exp.Expr) -> exp.Expr:
    """Return the condition that something is not NULL."""
    return exp.Is(this=sql, expression=exp.Not(this=exp.null()))


def extreme(kind: Literal["least", "greatest"], parts: Sequence[exp.Expr], dialect: Dialect) -> exp.Expr:
    """Return the least or the greatest of some numbers, by the database's own function."""
    names = (
        {"least": "MIN", "greatest": "MAX"} if dialect.name == "sqlite" else {"least": "LEAST", "greatest": "GREATEST"}
    )
    return exp.Anonymous(this=names[kind], expressions=list(parts))


def flag(condition: exp.Expr) -> exp.Expr:
    """Return a condition as 1 or 0."""
    return exp.Case(ifs=[exp.If(this=condition, true=number(1))], default=number(0))


def cast(sql: exp.Expr, dialect: Dialect, *, wide: bool) -> exp.Expr:
    """Return a number as a whole one of 64 bits, or of the database's wide type."""
    if not dialect.wide:
        return sql
    kind = exp.DataType.build("BIGINT")
    if wide:
        kind = exp.DataType.build(dialect.wide, dialect=dialect.name, udt=True)
    return exp.Cast(this=sql, to=kind)


def connected(kind: type[exp.Connector], parts: Sequence[exp.Expr]) -> exp.Expr:
    """Join conditions: all of them (``And``), or at least one (``Or``)."""
    other = exp.Or if kind is exp.And else exp.And
    closed = [exp.Paren(this=part) if isinstance(part, other) else part for part in parts]
    if len(closed) > _MANY:
        at = len(closed) // 2
        halves = [exp.Paren(this=connected(kind, half)) for half in (closed[:at], closed[at:])]
        return kind(this=halves[0], expression=halves[1])
    return reduce(lambda left, right: kind(this=left, expression=right), closed)


def negated(condition: exp.Expr) -> exp.Expr:
    """Return the condition that another does not hold."""
    while isinstance(condition, exp.Paren):
        condition = condition.this
    if isinstance(condition, exp.Not):
        inner: exp.Expr = condition.this
        return inner
    if isinstance(condition, exp.Is):
        is_null = isinstance(condition.expression, exp.Null)
        return there(condition.this) if is_null else exp.Is(this=condition.this, expression=exp.null())
    if isinstance(condition, exp.And | exp.Or):
        kind = exp.Or if isinstance(condition, exp.And) else exp.And
        return connected(kind, [negated(part) for part in condition.flatten()])
    turned = _TURNED.get(type(condition))
    if turned is not None:
        return turned(this=condition.this, expression=condition.expression)
    return exp.Not(this=condition)


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

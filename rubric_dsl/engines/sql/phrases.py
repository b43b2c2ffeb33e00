"""Small pieces of SQL, and what is known of an expression."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Literal

from sqlglot import exp

from rubric_dsl.engines.sql.dialects import Dialect
from rubric_dsl.records import dataclass

_MANY = 100
"""More conditions are joined as conditions of conditions: databases limit how deep they read."""
_TURNED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.GTE, exp.GTE: exp.LT, exp.LTE: exp.GT, exp.GT: exp.LTE, exp.EQ: exp.NEQ, exp.NEQ: exp.EQ,
}  # fmt: skip
SMALL, USUAL, WIDE = range(3)
"""The types of whole numbers: the one that literals have, 64 bits, and the database's wide one."""


@dataclass(frozen=True, slots=True)
class Term:
    """An expression.

    ``size`` is its type of whole numbers, ``depth`` how deep it is nested, ``weight`` how much is computed in it.
    Where one of ``strict`` (keys of inputs) is NULL, it is NULL. ``level`` counts the columns under it that this part
    of the query makes itself, one over another. What is ``local`` stands where a condition keeps it within its bounds.
    """

    sql: exp.Expr
    size: int = USUAL
    depth: int = 1
    weight: int = 0
    strict: frozenset[str] = frozenset()
    level: int = 0
    local: bool = False


def combine(sql: exp.Expr, *parts: Term, size: int = USUAL, strict: frozenset[str] | None = None) -> Term:
    """Return an expression over some terms, by default NULL where one of them is."""
    found = frozenset[str]().union(*(part.strict for part in parts)) if strict is None else strict
    depth = 1 + max((part.depth for part in parts), default=0)
    weight = 1 + sum(part.weight for part in parts)
    level = max((part.level for part in parts), default=0)
    return Term(sql, size, depth, weight, found, level, any(part.local for part in parts))


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

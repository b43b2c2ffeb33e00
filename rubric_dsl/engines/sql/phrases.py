"""Small pieces of SQL."""

from __future__ import annotations

from sqlglot import exp

from rubric_dsl.engines.sql.dialects import Dialect
from rubric_dsl.engines.sql.layers import Term


def number(value: int) -> exp.Expr:
    """Return a whole number as it is written."""
    found = exp.Literal.number(abs(value))
    return exp.Paren(this=exp.Neg(this=found)) if value < 0 else found


def cast(sql: exp.Expr, dialect: Dialect, *, wide: bool) -> exp.Expr:
    """Return a number as a whole one of 64 bits, or of the database's wide type."""
    if not dialect.wide:
        return sql
    kind = exp.DataType.build("BIGINT")
    if wide:
        kind = exp.DataType.build(dialect.wide, dialect=dialect.name, udt=True)
    return exp.Cast(this=sql, to=kind)


def conjunction(parts: list[exp.Expr]) -> exp.Expr:
    """Return the condition that all hold."""
    return chain(exp.And, parts)


def chain(kind: type[exp.Connector], parts: list[exp.Expr]) -> exp.Expr:
    """Join conditions, as flat a tree as can be."""
    if len(parts) == 1:
        return parts[0]
    joined = [exp.Paren(this=part) if not isinstance(part, exp.Paren | exp.EQ) else part for part in parts]
    while len(joined) > 1:
        pairs = [joined[place : place + 2] for place in range(0, len(joined), 2)]
        joined = [
            exp.Paren(this=kind(this=pair[0], expression=pair[1])) if len(pair) > 1 else pair[0] for pair in pairs
        ]
    return joined[0]


def divided(top: Term, bottom: Term) -> exp.Expr:
    """Return one number over another with the database's own sign for it."""
    return exp.Div(this=in_brackets(top), expression=in_brackets(bottom), typed=True, safe=False)


def bare(term: Term) -> exp.Expr:
    """Return an expression without the brackets and the sign around it."""
    found = term.sql
    while isinstance(found, exp.Paren | exp.Neg):
        found = found.this
    return found


def in_brackets(term: Term) -> exp.Expr:
    """Return an expression as part of a larger one."""
    closed = exp.Column | exp.Literal | exp.Paren | exp.Cast | exp.Case | exp.Anonymous | exp.Floor
    return term.sql if isinstance(term.sql, closed) else exp.Paren(this=term.sql)

"""Columns of a query in layers: each layer reads only columns of the layers before it."""

from __future__ import annotations

from sqlglot import exp

from rubric_dsl.engines.sql.dialects import Dialect
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """An expression, the layer in which it can be computed first, and the generated columns that it reads.

    ``wide`` says that it is a whole number of more than 64 bits, ``depth`` how deep it is nested.
    """

    sql: exp.Expr
    layer: int = 0
    reads: frozenset[str] = frozenset()
    wide: bool = False
    depth: int = 1


def combine(sql: exp.Expr, *parts: Term, wide: bool = False) -> Term:
    """Return an expression over some terms."""
    layer = max((part.layer for part in parts), default=0)
    reads = frozenset().union(*(part.reads for part in parts))
    return Term(sql, layer, reads, wide, 1 + max((part.depth for part in parts), default=0))


class Layers:
    """The generated columns, each in the first layer that can compute it; layer 0 reads the table."""

    def __init__(self) -> None:
        self._columns: list[tuple[str, Term]] = []
        self._layer_of: dict[str, int] = {}

    def column(self, name: str, term: Term) -> Term:
        """Add a column; return a term that names it, one layer later."""
        self._columns.append((name, term))
        self._layer_of[name] = term.layer
        return Term(exp.column(name), term.layer + 1, frozenset({name}), term.wide)

    def query(self, table: exp.Table, outputs: list[tuple[str, Term]], dialect: Dialect) -> exp.Select:
        """Return the query: one common table expression for each layer, then the outputs.

        A column is carried from layer to layer as long as a later one reads it, and no longer.
        """
        count = 1 + max((term.layer for _, term in self._columns), default=-1)
        count = max(count, *(term.layer for _, term in outputs), 0)
        last = dict.fromkeys(self._layer_of, -1)
        for layer, term in [
            *((term.layer, term) for _, term in self._columns),
            *((count, term) for _, term in outputs),
        ]:
            for name in term.reads:
                last[name] = max(last[name], layer)
        made: list[list[tuple[str, Term]]] = [[] for _ in range(count)]
        for name, term in self._columns:
            if last[name] >= 0:
                made[term.layer].append((name, term))
        carried: list[str] = []
        bodies = []
        for layer in range(count):
            carried = [name for name in carried if last[name] >= layer]
            kept = [exp.column(name) for name in carried if last[name] > layer]
            named = [exp.alias_(term.sql, name) for name, term in made[layer]]
            bodies.append(_select([*kept, *named], _source(layer, table), dialect))
            carried += [name for name, _ in made[layer]]
        final = exp.select(*(exp.alias_(term.sql, name, quoted=True) for name, term in outputs))
        final = final.from_(_source(count, table))
        for layer, body in enumerate(bodies):
            fence = None if dialect.fence != "NOT MATERIALIZED" else False
            final = final.with_(f"s{layer}", as_=body, materialized=fence, copy=False)
        return final


def _source(layer: int, table: exp.Table) -> exp.Table:
    return exp.to_table(f"s{layer - 1}") if layer else table


def _select(columns: list[exp.Expr], source: exp.Table, dialect: Dialect) -> exp.Select:
    found = exp.select(*columns).from_(source)
    word, _, number = dialect.fence.partition(" ")
    if dialect.fence == "NO_MERGE":
        found.set("hint", exp.Hint(expressions=[exp.Var(this=dialect.fence)]))
    elif word == "OFFSET":
        found = found.offset(int(number))
    elif word == "LIMIT":
        found = found.limit(int(number))
    return found

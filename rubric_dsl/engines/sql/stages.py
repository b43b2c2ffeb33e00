"""The text of a query: common table expressions in order, each with all columns of the one before and its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp

from rubric_dsl.engines.sql.dialects import Dialect
from rubric_dsl.records import dataclass

_WIDTH = 100
Column = tuple[str, exp.Expr]
"""A column's name and what it is."""


class Names:
    """Names of columns and of common table expressions, each once: databases do not all tell capital letters apart."""

    def __init__(self, dialect: Dialect, taken: Iterable[str]) -> None:
        self._dialect = dialect
        self._taken = {name.lower() for name in taken}

    def new(self, *wanted: str) -> str:
        """Return the first of some names that is free and not too long; if none is, the first with its number."""
        plain = [self._plain(name) for name in wanted]
        free = [name for name in plain if len(name.encode()) <= self._dialect.name_bytes]
        found = next((name for name in free if name.lower() not in self._taken), "")
        if not found:
            tail = f" ~{len(self._taken) + 1}"
            room = self._dialect.name_bytes - len(tail.encode())
            found = plain[0].encode()[:room].decode("utf-8", "ignore") + tail
        self._taken.add(found.lower())
        return found

    def _plain(self, name: str) -> str:
        name = name.replace("\x00", "")
        return name.replace('"', "'").replace("\\", "/") if self._dialect.name == "oracle" or "\\" in name else name


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where inputs are: the ``columns`` of keys, and for a choice what its column holds for each of its words."""

    columns: Mapping[str, str]
    words: Mapping[str, Sequence[exp.Expr]]


@dataclass(frozen=True, slots=True)
class Stage:
    """A common table expression; ``whole`` says that it does not take over the columns of the one before."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    whole: bool


class Stages:
    """The common table expressions of a query over a table."""

    def __init__(self, dialect: Dialect, table: exp.Table, names: Names, tables: Names) -> None:
        self._dialect, self._table = dialect, table
        self.names: Names = names
        self._tables = tables
        self._stages: list[Stage] = []

    def add(self, name: str, columns: Sequence[Column], comment: str = "", *, whole: bool = False) -> None:
        """Add a common table expression, under this name or one like it; none where it has no columns."""
        if columns or whole:
            self._stages.append(Stage(self._tables.new(name), comment, tuple(columns), whole))

    def text(self, outputs: Sequence[Column]) -> str:
        """Return the query that selects some columns at the end."""
        source = self._sql(self._table)
        bodies = []
        for stage in self._stages:
            fence = " NOT MATERIALIZED" if self._dialect.fence == "NOT MATERIALIZED" else ""
            bodies.append(f"{self._name(stage.name)} AS{fence} (\n{self._body(stage, source)}\n)")
            source = self._name(stage.name)
        final = f"SELECT\n{_lines([self._column(column) for column in outputs], '  ')}\nFROM {source}"
        return f"WITH {', '.join(bodies)}\n{final}" if bodies else final

    def _body(self, stage: Stage, source: str) -> str:
        fence = self._dialect.fence
        hint = " /*+ NO_MERGE */" if fence == "NO_MERGE" else ""
        star = f"{source}.*" if self._dialect.name == "oracle" else "*"
        columns = [self._column(column) for column in stage.columns]
        if not stage.whole:
            columns = [star, *columns]
        comment = "".join(f"  -- {line}\n" for line in comment_lines(stage.comment))
        limit = f"\n  {fence}" if fence.startswith(("OFFSET", "LIMIT")) else ""
        return f"{comment}  SELECT{hint}\n{_lines(columns, '    ')}\n  FROM {source}{limit}"

    def _column(self, column: Column) -> str:
        name, sql = column
        if isinstance(sql, exp.Column) and sql.name == name:
            return self._sql(sql)
        return f"{self._sql(sql)} AS {self._name(name)}"

    def _name(self, name: str) -> str:
        return self._sql(exp.to_identifier(name, quoted=True))

    def _sql(self, sql: exp.Expr) -> str:
        return written(sql, self._dialect.name)


def written(sql: exp.Expr, dialect: str, indent: str = "") -> str:
    """Write an expression: in one line, but for what is long and decides between values."""
    line = sql.sql(dialect=dialect)
    if not isinstance(sql, exp.Case) or len(indent) + len(line) <= _WIDTH:
        return line
    inner = indent + "  "
    head = f"CASE {sql.this.sql(dialect=dialect)}" if sql.this is not None else "CASE"
    lines = [head]
    for item in sql.args["ifs"]:
        value = written(item.args["true"], dialect, inner)
        lines.append(f"{inner}WHEN {item.this.sql(dialect=dialect)} THEN {value}")
    if sql.args.get("default") is not None:
        lines.append(f"{inner}ELSE {written(sql.args['default'], dialect, inner)}")
    return "\n".join([*lines, f"{indent}END"])


def comment_lines(text: str) -> list[str]:
    """Return a text as lines that a comment can hold."""
    return [line.strip() for line in text.replace("\x00", "").splitlines() if line.strip()]


def column(name: str) -> exp.Expr:
    """Return a column by its name."""
    return exp.column(exp.to_identifier(name, quoted=True))


def _lines(columns: list[str], indent: str) -> str:
    texts = ["\n".join(indent + line for line in text.split("\n")) for text in columns]
    return ",\n".join(texts)

"""A rubric as one query over a table of submissions, in the SQL of a database where it is exact."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar, Unpack

from sqlglot import exp

from rubric_dsl.core.keys import is_result, kind_of, owner
from rubric_dsl.engines.python_text import inside
from rubric_dsl.engines.sql import faults
from rubric_dsl.engines.sql.arithmetic import Arithmetic, TooWideError
from rubric_dsl.engines.sql.dialects import DIALECTS, Dialect
from rubric_dsl.engines.sql.limits import FEWEST_DIGITS, Limits
from rubric_dsl.engines.sql.outputs import Outputs, decimals
from rubric_dsl.engines.sql.reading import Reading
from rubric_dsl.engines.sql.sql_query import SqlOptions, SqlOutput, SqlQuery
from rubric_dsl.engines.sql.stages import Column, Names, Stages, column
from rubric_dsl.inputs.plain import MOST_DIGITS, usual_places
from rubric_dsl.missing.worlds import Missing, Waiting
from rubric_dsl.model.model import Model
from rubric_dsl.nearest import nearest
from rubric_dsl.plan.graph import Node
from rubric_dsl.plan.plan import Plan, plan
from rubric_dsl.syntax.characters import fold


def to_sql(model: Model, dialect: str, **options: Unpack[SqlOptions]) -> SqlQuery:
    """Write a rubric as a query for a database, one of :data:`~rubric_dsl.engines.sql.dialects.DIALECTS`.

    Raises:
        RubricError: the rubric cannot be exact in this database (``sql-dialect``, ``sql-irrational``, ``sql-cohort``,
            ``sql-too-wide``), or a column cannot be (``sql-column``, ``sql-name``).
    """
    if dialect not in DIALECTS:
        raise faults.unknown_dialect(dialect)
    return Writer(model, DIALECTS[dialect], options).query(options.get("digits"))


class Answers(Protocol):
    """What a query is to answer."""

    @property
    def roots(self) -> list[Node]:
        """The nodes that the answers are made of."""

    @property
    def read(self) -> set[str]:
        """The data that are read besides."""


A = TypeVar("A", bound=Answers)


class QueryWriter(ABC, Generic[A]):
    """Writes a query over a plan: which answers it gives, and how they are called, is for its kinds to say."""

    def __init__(self, model: Model, dialect: Dialect, options: SqlOptions, places: Mapping[str, int]) -> None:
        self.model: Model = model
        self.dialect: Dialect = dialect
        self.keep: Sequence[str] = options.get("keep", ())
        self.carried: Sequence[str] = self.keep
        self.places = places
        self.table: exp.Table = _table(options.get("table", "submissions"))
        self.stated: dict[str, tuple[str, str]] = {
            fold(address): (address, column) for address, column in options.get("columns", {}).items()
        }

    def query(self, digits: int | None) -> SqlQuery:
        """Return the query with the digits stated, or with as many as fit.

        Raises:
            RubricError: there is none.
        """
        wanted = MOST_DIGITS if digits is None else digits
        try:
            return self._drafted(wanted)()
        except TooWideError:
            fits, found = self._most(wanted - 1)
        if found is None or digits is not None or fits < FEWEST_DIGITS:
            raise faults.too_wide(self.dialect.name, wanted, fits)
        return found()

    def _most(self, high: int) -> tuple[int, Callable[[], SqlQuery] | None]:
        """Return with how many digits, at most so many, there is a query: each fewer one has one too."""
        low, best = 0, None
        while low < high:
            middle = (low + high + 1) // 2
            try:
                best, low = self._drafted(middle), middle
            except TooWideError:
                high = middle - 1
        return low, best

    def _drafted(self, digits: int) -> Callable[[], SqlQuery]:
        """Work out a query; return what writes it down, which takes longest.

        Raises:
            TooWideError: its numbers do not fit.
        """
        limits = Limits(digits, self.places)
        found = self.planned({key: 10**places for key, places in self.places.items()}, self.spans(limits))
        answers = self.answers(found)
        read = _read(found, answers)
        columns = self.columns(read)
        names = Names(self.dialect, [*self.carried, *self.reserved(answers)])
        reading = Reading(found, self.dialect, limits, columns, read, names)
        stages = Stages(self.dialect, self.table, names, Names(self.dialect, [self.table.name]))
        reading.write(stages, self.carried)
        arithmetic = Arithmetic(self.dialect, reading.inputs, names, answers.roots)
        outputs, last = self.written(answers, arithmetic, reading, stages)
        kept = [(name, column(name)) for name in self.keep]
        called = {_address(key): columns.get(key, key) for key in read if not is_result(key) or key in columns}

        def written() -> SqlQuery:
            return SqlQuery(
                stages.text([*kept, *last]),
                self.dialect.name,
                called,
                tuple(outputs),
                digits,
                {key: self.places[key] for key in called if key in found.numbers},
            )

        return written

    def planned(self, scales: Mapping[str, int], spans: Mapping[str, tuple[int, int]]) -> Plan:
        """Return the rubric in whole numbers.

        Raises:
            RubricError: it looks at a group, or is irrational.
        """
        found = plan(self.model, scales, spans)
        self._refuse_outside(found)
        return found

    def reserved(self, answers: A) -> Sequence[str]:
        """Return names that answers will have."""
        return ()

    def _refuse_outside(self, found: Plan) -> None:
        if self.model.cohorts:
            raise faults.cohort(item.figure for item in self.model.cohorts.values())
        if found.irrational:
            raise faults.irrational(found.irrational)

    def spans(self, limits: Limits) -> dict[str, tuple[int, int]]:
        """Return what each key can be, in whole numbers of its scale."""
        return limits.spans()

    @abstractmethod
    def answers(self, found: Plan) -> A:
        """Return what is asked of a plan."""

    @abstractmethod
    def written(
        self, answers: A, arithmetic: Arithmetic, reading: Reading, stages: Stages
    ) -> tuple[list[SqlOutput], list[Column]]:
        """Add what computes the answers; return them, and their columns.

        Raises:
            TooWideError: a number does not fit its column.
        """

    def columns(self, read: Sequence[str]) -> dict[str, str]:
        """Return the columns of the keys that are read, where they are not called by the key.

        Raises:
            RubricError: a column cannot be (``sql-column``, ``sql-name``).
        """
        known = {fold(_address(key)): key for key in read if kind_of(key) != "missing"}
        columns = {}
        for folded, (address, stated) in self.stated.items():
            if folded not in known:
                raise faults.unknown_address(
                    address, nearest(address, [_address(key) for key in known.values()], cutoff=0.4)
                )
            columns[known[folded]] = stated
        for key in known.values():
            if not is_result(key) or key in columns:
                self._identifier(columns.get(key, key))
        return columns

    def _identifier(self, name: str) -> exp.Identifier:
        bad = not name or "\x00" in name or (self.dialect.name == "oracle" and '"' in name)
        if bad or (self.dialect.name in _ESCAPES and "\\" in name):
            raise faults.unusable_name(name, self.dialect.name)
        return exp.to_identifier(name, quoted=True)


class Writer(QueryWriter[Outputs]):
    """Writes the query that ``rubric sql`` gives."""

    def __init__(self, model: Model, dialect: Dialect, options: SqlOptions) -> None:
        stated = options.get("places")
        places = usual_places(model, stated if isinstance(stated, int) else None)
        if isinstance(stated, Mapping):
            places |= _stated_places(stated, places)
        super().__init__(model, dialect, options, places)
        self._places: dict[str, int] = {}
        self._waiting: Waiting | None = Missing(model).waiting() if options.get("ranges") else None

    def planned(self, scales: Mapping[str, int], spans: Mapping[str, tuple[int, int]]) -> Plan:
        """Return the rubric with each result by name, all of them in one unit as far as they end as decimals."""
        first = super().planned(scales, spans)
        worth = {name: item.final for name, item in first.indicators.items()} | dict(first.results)
        self._places = {key: decimals(item.factor.denominator) or 0 for key, item in worth.items()}
        places = max(self._places.values(), default=0)
        return plan(self.model, scales, spans, unit=10 ** min(places, _FINEST), waiting=self._waiting)

    def answers(self, found: Plan) -> Outputs:
        """Return all results, each NULL where it is not known."""
        return Outputs(found, self.dialect, self._places, ranged=self._waiting is not None)

    def reserved(self, answers: Outputs) -> Sequence[str]:
        """Return the names of the results: no column within the query has one of them."""
        return ("total", "points", "grade")

    def written(
        self, answers: Outputs, arithmetic: Arithmetic, reading: Reading, stages: Stages
    ) -> tuple[list[SqlOutput], list[Column]]:
        """Return the results under names that the database can have."""
        answers.write_sections(arithmetic, stages)
        arithmetic.write(answers.roots, "last")
        for step, made in enumerate(arithmetic.made(), 1):
            stages.add(f"last ({step})", made)
        reading.write_faults(stages)
        names = Names(self.dialect, self.keep)
        outputs: list[SqlOutput] = []
        last: list[Column] = []
        for output, found in answers.written(arithmetic, reading):
            own = tuple(names.new(name) for name in output.columns)
            outputs.append(SqlOutput(output.kind, output.of, own))
            last += zip(own, found, strict=True)
        return outputs, last


def _stated_places(stated: Mapping[str, int], usual: Mapping[str, int]) -> dict[str, int]:
    """Return the decimals that are stated for figures, by their keys; a whole number has none.

    Raises:
        RubricError: no number has such an address (``sql-column``).
    """
    known = {fold(key): key for key in usual}
    found = {}
    for address, places in stated.items():
        key = known.get(fold(address))
        if key is None:
            raise faults.unknown_address(address, nearest(address, list(usual), cutoff=0.4))
        found[key] = places if usual[key] else 0
    return found


_FINEST = 6
"""A unit of so many decimals at most: with a finer one, numbers would need wider types."""
_ESCAPES = frozenset({"clickhouse", "spark", "hive", "doris", "starrocks"})
"""Databases in which a backslash may mean something in a name."""


def _address(key: str) -> str:
    """Return what a column's figure is called; whether a number is unavailable is a column of its own."""
    return f"unavailable {owner(key)}" if is_result(key) else key


def _read(found: Plan, outputs: Answers) -> list[str]:
    """Return the data that any answer reads, in the order of the rubric."""
    keys = {node.key for node in inside(outputs.roots) if node.key} | outputs.read
    # Whether a figure is missing is told by its own column, also where only its availability is asked.
    keys |= {owner(key) for key in keys if is_result(key) and key in found.choices}
    return [key for key in (*found.numbers, *found.choices) if key in keys]


def _table(name: str) -> exp.Table:
    *schema, own = name.split(".")
    parts = [exp.to_identifier(part, quoted=True) for part in (own, *reversed(schema))]
    return exp.Table(**dict(zip(("this", "db", "catalog"), parts, strict=False)))

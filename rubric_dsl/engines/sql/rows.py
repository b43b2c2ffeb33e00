"""A query that answers for whole rows: which ones it settles, and the whole numbers behind each of their results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from sqlglot import exp

from rubric_dsl.core.keys import availability_key, is_result
from rubric_dsl.engines.python_text import inside
from rubric_dsl.engines.sql.arithmetic import Arithmetic, TooWideError, is_condition
from rubric_dsl.engines.sql.dialects import DIALECTS
from rubric_dsl.engines.sql.limits import Limits
from rubric_dsl.engines.sql.phrases import connected, flag, number
from rubric_dsl.engines.sql.query import QueryWriter
from rubric_dsl.engines.sql.reading import Reading
from rubric_dsl.engines.sql.sql_query import SqlOutput
from rubric_dsl.engines.sql.stages import Column, Stages, column
from rubric_dsl.model.model import Model
from rubric_dsl.plan.decided import Decided
from rubric_dsl.plan.graph import Node
from rubric_dsl.plan.plan import Plan
from rubric_dsl.records import dataclass

TABLE = "rubric_rows"
PLAIN = "f"
"""The column of the table that holds 1 where the query may settle a row, else 0."""
SETTLED = "settled"
"""The column of the result that holds 1 where all answers of a row are the evaluator's, else 0."""
WORD = 10**18 - 1
"""An answer that can be farther from 0 is a DECIMAL(38, 0), every other a BIGINT."""
_WIDEST = 10**38 - 1


@dataclass(frozen=True, slots=True)
class RowQuery:
    """A query over :data:`TABLE`.

    ``inputs`` are the columns that it reads, by the key of the figure; each is a number, or a word as text. ``answers``
    are the columns of each answer.
    """

    text: str
    inputs: Mapping[str, str]
    answers: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of each row.

    Attributes:
        keep: the columns of the table that the result has too.
        present: the figures that are columns of the table; the others are missing in every row.
        places: the decimals of each number.
        most: the greatest number that a key may be, in whole numbers of its scale, where that is less than its digits say.
        nodes: the nodes behind each answer, over a plan; all of them have a value wherever the plan is defined.
    """

    keep: tuple[str, ...]
    present: Collection[str]
    places: Mapping[str, int]
    most: Mapping[str, int]
    nodes: Callable[[Plan], list[list[Node]]]


def row_query(model: Model, dialect: str, asked: Asked) -> RowQuery:
    """Write the query that answers for whole rows.

    Raises:
        RubricError: the rubric cannot be exact in this database (``sql-irrational``, ``sql-cohort``, ``sql-too-wide``).
    """
    writer = _RowWriter(model, dialect, asked)
    found = writer.query(None)
    return RowQuery(found.text, found.inputs, tuple(output.columns for output in found.outputs))


class _Rows:
    """The answers over a plan, and when they all hold."""

    def __init__(self, plan: Plan, asked: Asked) -> None:
        self.read = set(asked.present)
        """Every figure of the table: what is wrong with any is to be told of its row."""
        nodes = asked.nodes(plan)
        keys = {*asked.present, *(availability_key(key) for key in asked.present)}
        checks = [plan.graph.both([check.defined, check.holds]) for check in plan.checks]
        checks = [node for node in checks if all(not part.key or part.key in keys for part in inside([node]))]
        settled = plan.graph.both([plan.defined, *checks])
        below = inside([settled, *(node for own in nodes for node in own)])
        self.needed = {node.key for node in below if node.key and not is_result(node.key)}
        """The figures without which a row is not settled."""
        decided = Decided(plan.graph)
        facts = decided.given(sorted(self.needed))
        self.settled = decided.under(settled, facts, size=len(below))
        self.nodes = [[decided.under(node, facts, size=len(below)) for node in own] for own in nodes]

    @property
    def roots(self) -> list[Node]:
        """The nodes that the answers are made of."""
        return [self.settled, *(node for nodes in self.nodes for node in nodes)]


class _RowWriter(QueryWriter[_Rows]):
    def __init__(self, model: Model, dialect: str, asked: Asked) -> None:
        super().__init__(model, DIALECTS[dialect], {"table": TABLE, "keep": asked.keep}, asked.places)
        self._asked = asked
        self.carried = [*asked.keep, PLAIN]

    def spans(self, limits: Limits) -> dict[str, tuple[int, int]]:
        found = limits.spans()
        return found | {key: (found[key][0], min(most, found[key][1])) for key, most in self._asked.most.items()}

    def columns(self, read: Sequence[str]) -> dict[str, str]:
        return {key: f"c{place}" for place, key in enumerate(read) if not is_result(key)}

    def answers(self, found: Plan) -> _Rows:
        return _Rows(found, self._asked)

    def written(
        self, answers: _Rows, arithmetic: Arithmetic, reading: Reading, stages: Stages
    ) -> tuple[list[SqlOutput], list[Column]]:
        arithmetic.write(answers.roots, "step")
        for made in arithmetic.made():
            stages.add("steps", made)
        outputs, last = [], [(SETTLED, self._settled(answers, arithmetic, reading))]
        for place, nodes in enumerate(answers.nodes):
            names = tuple(f"o{place}_{part}" for part in range(len(nodes)))
            outputs.append(SqlOutput("score", "", names))
            last += [(name, _whole(arithmetic, node)) for name, node in zip(names, nodes, strict=True)]
        return outputs, last

    def _settled(self, answers: _Rows, arithmetic: Arithmetic, reading: Reading) -> exp.Expr:
        parts: list[exp.Expr] = [exp.EQ(this=column(PLAIN), expression=number(1)), arithmetic.term(answers.settled).sql]
        for key in reading.keys:
            if is_result(key):
                continue
            used = reading.there(key)
            parts.append(used if key in answers.needed else exp.Or(this=used, expression=reading.nothing(key)))
        return flag(connected(exp.And, parts))


def _whole(arithmetic: Arithmetic, node: Node) -> exp.Expr:
    """Write an answer as a whole number of one type.

    Raises:
        TooWideError: no type holds it.
    """
    sql = arithmetic.term(node).sql
    if is_condition(node):
        sql = flag(sql)
    elif node.low is None or node.high is None or max(abs(node.low), abs(node.high)) > _WIDEST:
        raise TooWideError
    elif max(abs(node.low), abs(node.high)) > WORD:
        return exp.Cast(this=sql, to=exp.DataType.build("DECIMAL(38, 0)"))
    return exp.Cast(this=sql, to=exp.DataType.build("BIGINT"))

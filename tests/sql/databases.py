"""Databases for tests: a table of submissions in, the query's rows out; and the evaluator's answer beside each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import duckdb

import rubric_dsl as rd
from rubric_dsl.engines.sql.sql_query import SqlQuery
from rubric_dsl.evaluate.result import Result
from rubric_dsl.missing.worlds import Missing

Row = Mapping[str, object]
Answer = dict[str, object]
Runner = Callable[[SqlQuery, Sequence[Row], frozenset[str]], list[Answer]]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def create(query: SqlQuery, words: frozenset[str], number: str, text: str) -> str:
    columns = [f"{quoted(column)} {text if key in words else number}" for key, column in query.inputs.items()]
    return f"CREATE TABLE submissions (id INTEGER{''.join(f', {column}' for column in columns)})"


def values(query: SqlQuery, rows: Sequence[Row]) -> list[list[object]]:
    return [[index, *(row.get(key) for key in query.inputs)] for index, row in enumerate(rows)]


def insert(query: SqlQuery, mark: str) -> str:
    marks = ", ".join([mark] * (1 + len(query.inputs)))
    return "INSERT INTO submissions VALUES (" + marks + ")"  # noqa: S608 - marks only


def in_duckdb(query: SqlQuery, rows: Sequence[Row], words: frozenset[str]) -> list[Answer]:
    with duckdb.connect() as database:
        database.execute(create(query, words, "DECIMAL(30, 7)", "VARCHAR"))
        database.executemany(insert(query, "?"), values(query, rows))
        found = database.execute(query.text)
        names = [column[0] for column in found.description or ()]
        answers = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return sorted(answers, key=lambda answer: int(str(answer["id"])))


def in_sqlite(query: SqlQuery, rows: Sequence[Row], words: frozenset[str]) -> list[Answer]:
    database = sqlite3.connect(":memory:")
    try:
        database.execute(create(query, words, "TEXT", "TEXT"))
        given = [[str(value) if isinstance(value, Decimal) else value for value in row] for row in values(query, rows)]
        database.executemany(insert(query, "?"), given)
        found = database.execute(query.text)
        names = [column[0] for column in found.description]
        answers = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    finally:
        database.close()
    return sorted(answers, key=lambda answer: int(str(answer["id"])))


def words_of(rubric: rd.Rubric) -> frozenset[str]:
    """The inputs that are words."""
    found = {item.key for item in rubric.model.fields.values() if item.options}
    return frozenset(
        found | {item.key for indicator in rubric.indicators.values() for item in indicator.inputs if item.options}
    )


def number_of(answer: Answer, columns: Sequence[str]) -> Fraction | None:
    parts = [answer[column] for column in columns]
    if any(part is None for part in parts):
        assert all(part is None for part in parts)
        return None
    numbers = [Fraction(str(part)) for part in parts]
    return numbers[0] if len(numbers) == 1 else numbers[0] / numbers[1]


def compare(rubric: rd.Rubric, query: SqlQuery, row: Row, answer: Answer, *, complete: bool) -> None:
    """Hold a row of the query against the evaluator.

    Whatever the query scores is the evaluator's score, whatever it gives as a range is the evaluator's range; where nothing
    is missing, it scores all that the evaluator scores.
    """
    result = rubric.score({key: value for key, value in row.items() if value is not None})
    ranged = any(output.kind == "total.min" for output in query.outputs)
    for output in query.outputs:
        kind, _, end = output.kind.partition(".")
        if kind == "status":
            _compare_status(result, output.of, str(answer[output.columns[0]]), complete=complete, ranged=ranged)
        elif kind == "grade":
            first = answer[output.columns[0]]
            assert first is None or first == result.grade.value, (row, result.grade)
            assert first is not None or not complete or _is_faulty(result) or result.grade.rated is False
        elif kind == "points":
            found_points = number_of(answer, output.columns)
            assert found_points is None or found_points == result.total.points
        else:
            own, status = result.total, "invalid" if _is_faulty(result) else ""
            whole = complete
            if kind == "score":
                own, status = result.indicators[output.of].range, result.indicators[output.of].status
            elif kind == "subtotal":
                own = next(s for s in result.sections if " / ".join((*s.path, s.name)) == output.of).range
                whole = False
            number = number_of(answer, output.columns)
            if not end:
                expected = result.indicators[output.of].score if kind == "score" else own.score
                _compare_number(expected, number, status, complete=whole)
            elif number is not None:
                assert number == getattr(own, end), (row, output.of, end)
    if ranged:
        _compare_ranges(rubric, query, row, answer, result)


def _compare_ranges(rubric: rd.Rubric, query: SqlQuery, row: Row, answer: Answer, result: Result) -> None:
    """What is called settled or missing has a range; the total has one wherever that is known beforehand."""
    found = {(item.kind, item.of): number_of(answer, item.columns) for item in query.outputs if "." in item.kind}
    told = {item.of: answer[item.columns[0]] for item in query.outputs if item.kind == "status"}
    for name, status in told.items():
        ends = [found[f"{'score' if name else 'total'}.{end}", name] for end in ("min", "max")]  # type: ignore[index]
        assert (ends[0] is None) == (ends[1] is None)
        if status in {"scored", "missing"}:
            assert None not in ends
            assert (status == "scored") == (ends[0] == ends[1])
        elif status != "not_applicable":
            assert ends == [None, None], status
    if told.get("") == "undecided":
        # Then it is not known beforehand either, or a figure that several scores need is missing.
        shared = {key for keys in Missing(rubric.model).waiting().shared.values() for key in keys}
        lacks = any(row.get(key) is None for key in shared)
        assert lacks or _is_faulty(result, of={"invalid"}) or rubric.compile()(row).result is not None, row


def _is_faulty(result: Result, of: Collection[str] = ("invalid", "missing")) -> bool:
    return any(item.status in of for item in result.indicators.values()) or any(
        item.code == "no-subtotal" for item in result.diagnostics
    )


def _compare_number(expected: Fraction | None, found: Fraction | None, status: str, *, complete: bool) -> None:
    if found is not None:
        assert found == expected
    elif complete and status != "invalid":
        assert expected is None


def _compare_status(result: Result, name: str, status: str, *, complete: bool, ranged: bool) -> None:
    if not name:
        assert status in {"scored", "missing", "undecided", "invalid", "unread", "not_rated"}
        assert (status == "not_rated") <= (result.total.rated is False)
        return
    own = result.indicators[name]
    if status in {"scored", "not_applicable"} or (ranged and status == "missing"):
        assert status == own.status, (name, status, own)
    else:
        assert status in {"undecided" if ranged else "missing", "invalid", "unread"}
        assert not complete or status == "invalid" == own.status, (name, status, own.status)

"""The query gives the evaluator's exact scores, row by row, in the databases that run here."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.inputs.asked import AskedInput, asked_of
from tests.generative.strategies import RandomRubric, rubrics
from tests.sql.databases import compare, in_duckdb, in_sqlite, words_of
from tests.sql.seed import ROOT, check_seed
from tests.sql.tables import query_of, rows, rows_with_holes
from tests.tries import tries

relaxed = settings(
    deadline=None,
    max_examples=tries(48, one_in=12),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
RUNNERS = {"duckdb": in_duckdb, "sqlite": in_sqlite}


@pytest.mark.parametrize("dialect", ["duckdb", pytest.param("sqlite", marks=pytest.mark.slow)])
@relaxed
@given(data=st.data(), random=rubrics)
def test_a_query_scores_as_the_evaluator(dialect: str, data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    query = query_of(rubric, dialect)
    if query is None:
        return
    table = data.draw(rows(random))
    answers = RUNNERS[dialect](query, [row for row, _ in table], words_of(rubric))
    assert len(answers) == len(table)
    for (row, complete), answer in zip(table, answers, strict=True):
        compare(rubric, query, row, answer, complete=complete)


@pytest.mark.parametrize("dialect", ["duckdb", pytest.param("sqlite", marks=pytest.mark.slow)])
@relaxed
@given(data=st.data(), random=rubrics)
def test_a_query_gives_the_ranges_of_the_evaluator(dialect: str, data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    query = query_of(rubric, dialect, ranges=True)
    if query is None:
        return
    table = data.draw(rows_with_holes(random))
    answers = RUNNERS[dialect](query, [row for row, _ in table], words_of(rubric))
    for (row, complete), answer in zip(table, answers, strict=True):
        compare(rubric, query, row, answer, complete=complete)


SHIPPED = {
    "bid-price/benchmark": ("sql-cohort", "sql-cohort"),
    "bid-price/lowest-price": ("sql-cohort", "sql-cohort"),
    "mof-2013-53/framework": ("sql-too-wide", "sql-too-wide"),
    "pefa/2016": ("", "sql-too-wide"),
}
"""Why shipped rubrics have no query, in DuckDB and in SQLite; all others have one."""


LARGE = {"pefa/2016", "mof-2013-53/framework", "yuhua/2019", "project-self-evaluation/2020"}
"""Whose query takes seconds to write."""


@pytest.mark.parametrize("ranges", [False, True])
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=name, marks=[pytest.mark.slow] if name in LARGE else [])
        for path in sorted(ROOT.glob("rubrics/*/*.rubric"))
        for name in [f"{path.parent.name}/{path.stem}"]
    ],
)
def test_a_shipped_rubric_has_a_query_or_a_reason(path: Path, *, ranges: bool) -> None:
    rubric = rd.load(path)
    rng = random.Random(2019)  # noqa: S311 - the same rows in every run
    rows = [{key: any_value(item, rng) for key, item in asked_of(rubric.model).items()} for _ in range(8)]
    for dialect, expected in zip(RUNNERS, SHIPPED.get(f"{path.parent.name}/{path.stem}", ("", "")), strict=True):
        try:
            query = rubric.to_sql(dialect, keep=["id"], ranges=ranges)
        except rd.RubricError as error:
            (found,) = error.diagnostics
            assert (found.code, found.hint is not None) == (expected, True)
            continue
        assert not expected
        table = [{key: value for key, value in row.items() if key in query.inputs} for row in rows]
        for row, answer in zip(table, RUNNERS[dialect](query, table, words_of(rubric)), strict=True):
            compare(rubric, query, row, answer, complete=False)


def any_value(item: AskedInput, rng: random.Random) -> object:
    if rng.random() < 1 / 20:
        return None
    if item.options:
        return rng.choice(item.options)
    number = Decimal(rng.choice((0, 1, 5, 50, 95, 100, 105, 250)))
    return number if item.whole or rng.random() < 1 / 2 else number / 100


@pytest.mark.parametrize("dialect", RUNNERS)
def test_the_seed_scores_the_same(dialect: str) -> None:
    check_seed(dialect, RUNNERS[dialect])

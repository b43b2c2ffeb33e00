"""The query gives the evaluator's exact scores, row by row, in the databases that run here."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from tests.generative.strategies import RandomRubric, rubrics
from tests.sql.databases import compare, in_duckdb, in_sqlite, words_of
from tests.sql.seed import check_seed
from tests.sql.tables import query_of, rows
from tests.tries import tries

relaxed = settings(
    deadline=None, max_examples=tries(48), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
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


@pytest.mark.parametrize("dialect", RUNNERS)
def test_the_seed_scores_the_same(dialect: str) -> None:
    check_seed(dialect, RUNNERS[dialect])

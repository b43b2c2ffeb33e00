"""The query in Spark, where pyspark and Java are installed: two threads of one machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

import rubric_dsl as rd
from rubric_dsl.engines.sql.query import SqlQuery
from tests.generative.strategies import CHAPTERS
from tests.sql.databases import Answer, Row, compare, words_of
from tests.sql.seed import check_seed
from tests.sql.tables import query_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    if shutil.which("java") is None:
        pytest.skip("Java is not installed (apt-get install openjdk-17-jre-headless)")
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed (pip install pyspark)")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.ansi.enabled", "true").config("spark.sql.shuffle.partitions", "1")
    found = builder.getOrCreate()
    yield found
    found.stop()


def in_spark(session: SparkSession, query: SqlQuery, given_rows: Sequence[Row], words: frozenset[str]) -> list[Answer]:
    columns = [f"`{column}` {'STRING' if key in words else 'DECIMAL(30, 7)'}" for key, column in query.inputs.items()]
    rows = [
        (index, *(_value(row.get(key), is_word=key in words) for key in query.inputs))
        for index, row in enumerate(given_rows)
    ]
    session.createDataFrame(rows, ", ".join(["id INT", *columns])).createOrReplaceTempView("submissions")
    found = [row.asDict() for row in session.sql(query.text).collect()]
    return sorted(found, key=lambda answer: int(str(answer["id"])))


def _value(value: object, *, is_word: bool) -> object:
    return value if value is None or is_word else Decimal(str(value))


def test_spark_scores_the_seed(session: SparkSession) -> None:
    check_seed("spark", lambda query, given_rows, words: in_spark(session, query, given_rows, words))


@pytest.mark.parametrize("place", range(0, len(CHAPTERS), 8))
def test_spark_scores_as_the_evaluator(session: SparkSession, place: int) -> None:
    chapter = CHAPTERS[place]
    rubric = rd.loads(chapter.text)
    query = query_of(rubric, "spark")
    if query is None:
        pytest.skip("no query for this rubric")
    numbers = [
        Decimal(0),
        Decimal(1),
        Decimal("0.95"),
        Decimal(100),
        Decimal(-3),
        Decimal("100.0001"),
        Decimal(10**13),
    ]
    rows = [
        {key: numbers[(at + shift) % len(numbers)] for at, key in enumerate(chapter.inputs)}
        | {key: words[shift % len(words)] for key, words in chapter.choices.items()}
        for shift in range(len(numbers))
    ]
    for row, answer in zip(rows, in_spark(session, query, rows, words_of(rubric)), strict=True):
        compare(rubric, query, row, answer, complete=False)

"""The query in PostgreSQL, where Debian's is installed: a server of its own, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.engines.sql.sql_query import SqlQuery
from tests.generative.strategies import RandomRubric, rubrics
from tests.sql.databases import Answer, Row, compare, create, insert, values, words_of
from tests.sql.seed import check_seed
from tests.sql.tables import query_of, rows, rows_with_holes
from tests.tries import tries

if TYPE_CHECKING:
    import psycopg

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))
USER = "postgres" if os.name == "posix" and os.geteuid() == 0 else None


def run(*words: str | Path) -> None:
    done = subprocess.run(words, user=USER, cwd="/", capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def database() -> Iterator[psycopg.Connection]:
    if PROGRAMS is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    psycopg = pytest.importorskip("psycopg", reason="psycopg finds no libpq", exc_type=ImportError)
    folder = Path(tempfile.mkdtemp(prefix="rubric-pg-"))
    if USER is not None:
        shutil.chown(folder, USER)
    data = folder / "data"
    try:
        run(PROGRAMS / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        # pg_ctl leaves the server behind with its output: a pipe would be held open for ever.
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        run(PROGRAMS / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            with psycopg.connect(
                host=str(folder), user="postgres", dbname="postgres", autocommit=True, prepare_threshold=None
            ) as connection:
                yield connection
        finally:
            run(PROGRAMS / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def in_postgres(
    database: psycopg.Connection, query: SqlQuery, given_rows: Sequence[Row], words: frozenset[str]
) -> list[Answer]:
    with database.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS submissions")
        cursor.execute(create(query, words, "NUMERIC(30, 7)", "TEXT").encode())
        cursor.executemany(insert(query, "%s").encode(), values(query, given_rows))
        cursor.execute(query.text.encode())
        names = [column.name for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return sorted(found, key=lambda answer: int(str(answer["id"])))


@settings(
    deadline=None,
    max_examples=tries(60, one_in=15),
    suppress_health_check=[
        HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture,
    ],
)  # fmt: skip
@given(data=st.data(), random=rubrics, ranges=st.booleans())
def test_postgres_scores_as_the_evaluator(
    database: psycopg.Connection, data: st.DataObject, random: RandomRubric, *, ranges: bool
) -> None:
    rubric = rd.loads(random.text)
    query = query_of(rubric, "postgres", ranges=ranges)
    if query is None:
        return
    table = data.draw(rows_with_holes(random) if ranges else rows(random))
    answers = in_postgres(database, query, [row for row, _ in table], words_of(rubric))
    for (row, complete), answer in zip(table, answers, strict=True):
        compare(rubric, query, row, answer, complete=complete)


def test_postgres_scores_the_seed(database: psycopg.Connection) -> None:
    check_seed("postgres", lambda query, given_rows, words: in_postgres(database, query, given_rows, words))

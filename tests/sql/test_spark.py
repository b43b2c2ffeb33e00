"""The query in Spark, where pyspark and Java are installed: two threads of one machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.engines.sql.sql_query import SqlQuery
from tests.generative.strategies import CHAPTERS, RandomRubric, rubrics
from tests.sql.databases import Answer, Row, compare, words_of
from tests.sql.seed import check_seed
from tests.sql.tables import query_of, rows, rows_with_holes
from tests.tries import tries

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from rubric_dsl.engines.table.table_scores import TableScores


pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    if shutil.which("java") is None:
        pytest.skip("Java is not installed (apt-get install openjdk-17-jre-headless)")
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed (pip install pyspark)")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
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


@settings(
    deadline=None,
    max_examples=tries(12),
    suppress_health_check=[
        HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture,
    ],
)  # fmt: skip
@given(data=st.data(), random=rubrics, ranges=st.booleans())
def test_spark_scores_random_rubrics_as_the_evaluator(
    session: SparkSession, data: st.DataObject, random: RandomRubric, *, ranges: bool
) -> None:
    rubric = rd.loads(random.text)
    query = query_of(rubric, "spark", ranges=ranges)
    if query is None:
        return
    table = data.draw(rows_with_holes(random) if ranges else rows(random))
    answers = in_spark(session, query, [row for row, _ in table], words_of(rubric))
    for (row, complete), answer in zip(table, answers, strict=True):
        compare(rubric, query, row, answer, complete=complete)


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
    table = [
        {key: numbers[(at + shift) % len(numbers)] for at, key in enumerate(chapter.inputs)}
        | {key: words[shift % len(words)] for key, words in chapter.choices.items()}
        for shift in range(len(numbers))
    ]
    for row, answer in zip(table, in_spark(session, query, table, words_of(rubric)), strict=True):
        compare(rubric, query, row, answer, complete=False)


def frame_of(found: DataFrame) -> list[dict[str, object]]:
    rows = [row.asDict(recursive=True) for row in found.collect()]
    return sorted(rows, key=lambda row: str(row["subject"]))


@pytest.mark.parametrize("place", range(3, len(CHAPTERS), 16))
def test_a_frame_is_scored_as_by_the_table_engine(session: SparkSession, place: int) -> None:
    pa = pytest.importorskip("pyarrow")
    from rubric_dsl.engines.databases.spark import scored_frame
    from rubric_dsl.engines.table.outputs import PARTS

    chapter = CHAPTERS[place]
    rubric = rd.loads(chapter.text)
    if query_of(rubric, "spark") is None:
        pytest.skip("no query for this rubric")
    cells = ["0", "1", "0.95", "100", "-3", "100.0001", "10000000000000", None, "", "abc", "1e2", "１２"]
    keys = [*chapter.inputs, *chapter.choices]
    columns = {
        key: [
            [*chapter.choices.get(key, cells), None, "?"][
                (at + shift) % len(cells) % (len(chapter.choices.get(key, cells)) + 2)
            ]
            for shift in range(len(cells))
        ]
        for at, key in enumerate(keys)
    }
    columns = {"单位": [f"{shift:02}" for shift in range(len(cells))]} | columns
    expected = rubric.score_table(pa.table(columns), PARTS, "python")
    names = ", ".join(f"`{key.replace('`', '``')}` STRING" for key in columns)
    given = session.createDataFrame(list(zip(*columns.values(), strict=True)), names)
    found = scored_frame(rubric.model, given, PARTS, expected_texts(expected))
    scored = frame_of(found.frame)
    told = [row.pop("faults") for row in scored]
    assert [values(row) for row in scored] == [values(row) for row in expected.table.to_pylist()]
    for at, faults in enumerate(told):
        codes = [item["code"] for item in faults or ()]  # type: ignore[attr-defined]
        assert codes == [item.diagnostic.code for item in expected.faults if item.row == at + 1]


def values(row: dict[str, object]) -> dict[str, object]:
    """Quotients in lowest terms."""
    return {
        name: Fraction(cell["numerator"], cell["denominator"]) if isinstance(cell, dict) else cell
        for name, cell in row.items()
    }


def expected_texts(expected: TableScores) -> frozenset[str]:
    """The columns that must be text; a query by command finds them out by itself."""
    import pyarrow as pa

    fixed = {"subject"}
    return frozenset(
        item.name.removesuffix(".min").removesuffix(".max")
        for item in expected.table.schema
        if pa.types.is_string(item.type) and item.name not in fixed
    )


RUBRIC = """指标体系 试 年度 2019
满分 10
计步 整步
等级 优 ≥ 8，差 < 8
基础数据表
  甲：万元
  乙：万元，> 0
一级指标 一 10
三级指标 控制率 6
  指标值 甲 ÷ 乙
  评价标准 ≤ 100% 计满分；每超过 1个百分点 扣0.5分，扣完为止
三级指标 完成率 4
  指标值 甲 ÷ 乙
  评价标准 按比例计分，最多 满分
"""


def batch(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from rubric_cli.app import app; app()", "batch", "r.rubric", *arguments]
    options = ["--engine", "spark", "--master", "local[2]", "--lang", "en"]
    return subprocess.run([*command, *options], capture_output=True, text=True, check=False, cwd=folder, timeout=300)


@pytest.mark.usefixtures("session")
def test_the_command_writes_a_folder_or_nothing(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "r.rubric").write_text(RUBRIC, encoding="utf-8")
    # The total's numerator does not fit 64 bits in the third row: the column becomes text.
    lines = ["单位,甲,乙,编号", '"一\n局",110,100,a', "二局,,100,b", f"三局,{'1' * 25},{'9' * 30},c", "四局,3,0,~"]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n", encoding="gb18030")
    done = batch(tmp_path, "t.csv", "-o", "o.parquet", "--keep", "编号")
    assert done.returncode == 1, done.stderr
    assert "4 rows scored, 1 faults" in done.stderr
    assert "四局: outside-limits" in done.stderr
    expected = rd.loads(RUBRIC).score_table(tmp_path / "t.csv", keep=["编号"]).table
    found = pq.read_table(tmp_path / "o.parquet").drop_columns(["faults"])
    assert [values(row) for row in found.to_pylist()] == [values(row) for row in expected.to_pylist()]
    assert found["total"].to_pylist()[0] == "5"
    before = sorted(path.name for path in tmp_path.iterdir())
    assert before == ["o.parquet", "r.rubric", "t.csv"]
    for arguments, said in (
        (["t.csv", "-o", "o.parquet"], "it exists already"),
        (["none.csv", "-o", "n.parquet"], "there is no such file"),
        (["t.csv", "-o", "n.csv"], "a folder of Parquet only"),
        (["t.csv", "-o", "n.parquet", "--faults", "f.csv"], "the column 'faults'"),
        (["t.csv", "-o", "r.rubric/n.parquet"], "did not finish"),
        (["o.parquet", "-o", "o.parquet/n.parquet"], "in the table's folder"),
    ):
        again = batch(tmp_path, *arguments)
        assert again.returncode == 2, again.stderr
        assert said in again.stderr
        assert "Traceback" not in again.stderr
        assert sorted(path.name for path in tmp_path.iterdir()) == before

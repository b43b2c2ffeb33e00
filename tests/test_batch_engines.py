"""Tables scored by a database: the same answers as the table engine's, settled by the query wherever it can."""

from __future__ import annotations

import csv
import pickle
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.engines.databases.answers import scored_part
from rubric_dsl.engines.databases.asking import ORDER, questions
from rubric_dsl.engines.databases.duckdb import in_order
from rubric_dsl.engines.databases.run_error import RunError
from rubric_dsl.engines.sql.rows import SETTLED
from rubric_dsl.engines.table.faults import TableError
from rubric_dsl.engines.table.outputs import PARTS, USUAL
from rubric_dsl.extras import require
from tests.generative.strategies import RandomRubric, figures, rubrics
from tests.generative.test_score_table import Row, check, tables, written
from tests.sql.tables import REFUSALS
from tests.test_batch import COHORT, RUBRIC, run
from tests.tries import tries

if TYPE_CHECKING:
    import pyarrow

    from rubric_dsl.engines.table.score_table import AnyEngine

pa = pytest.importorskip("pyarrow")
import pyarrow.parquet as pq  # noqa: E402 - only where it is installed

duckdb = pytest.importorskip("duckdb")

relaxed = settings(
    deadline=None, max_examples=tries(60), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
NAMES = """指标体系 小 年度 2024
满分 4
基础数据表
  甲：万元
  级：选自（高，低）
  乙：万元，可无数据
  比：比率
一级指标 全部 4
三级指标 制度 2
  评价标准 ① “一” 1分；② “二” 1分
三级指标 乙 2
  评价标准 当 级 = 高 且 甲 ≥ 100万元 计满分；否则 不得分
"""


def table_of(rows: list[Row]) -> pyarrow.Table:
    return pa.table({key: pa.array([row[key] for row in rows], pa.string()) for key in rows[0]})


def numbered(table: pyarrow.Table) -> pyarrow.Table:
    """Return a table of which all columns are used, as DuckDB is given it."""
    named = table.rename_columns([f"r{place}" for place in range(table.num_columns)])
    return named.append_column(ORDER, pa.array(range(table.num_rows), pa.int64()))


@pytest.mark.slow
@relaxed
@given(st.data(), rubrics)
def test_duckdb_scores_each_row_as_alone(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    rows = data.draw(tables(random))
    if not rows[0]:
        return
    try:
        found = rubric.score_table(table_of(rows), PARTS, "duckdb")
    except rd.RubricError as error:
        codes = {item.code for item in error.diagnostics}
        if not codes <= REFUSALS:
            raise
        return
    check(rubric, rows, found)
    assert found.table.schema == rubric.score_table(table_of(rows), PARTS, "python").table.schema


@relaxed
@given(st.data(), rubrics)
def test_the_query_settles_every_row_that_is_complete_and_plain(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    rows: list[Row] = [{key: written(value) for key, value in data.draw(figures(random)).items()} for _ in range(3)]
    if not rows[0]:
        return
    table = table_of(rows)
    try:
        asked = questions(rubric.model, table.schema, USUAL, frozenset(), (), "duckdb")
    except rd.RubricError:
        return
    with duckdb.connect() as database:
        database.register("given", numbered(table))
        answered = database.sql(asked.text("given")).to_arrow_table()
    compiled = rubric.compile()
    for row, settled in zip(rows, answered[SETTLED].to_pylist(), strict=True):
        told = rubric.score(row).diagnostics
        if compiled(row).result is None and not told:
            assert settled == 1
        elif any(item.is_error for item in told):
            assert settled == 0


@pytest.mark.slow
def test_a_long_parquet_file_keeps_its_order(tmp_path: Path) -> None:
    rubric = rd.loads(RUBRIC)
    count = 300_000
    table = pa.table(
        {
            "单位": [str(place) for place in range(count)],
            "甲": [None if place % 4_000 == 7 else place % 211 for place in range(count)],
            "乙": pa.array([Decimal(place % 97 + 1) for place in range(count)], pa.decimal128(30, 2)),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=7_000)
    expected = rubric.score_table(table, USUAL).table
    assert rubric.score_table(tmp_path / "t.parquet", USUAL, "duckdb").table.equals(expected)


def test_answers_in_another_order_are_put_right() -> None:
    answered = pa.table({"r0": ["c", "a", "d", "b"], "n": [2, 0, 3, 1]})
    assert in_order(answered).to_pydict() == {"r0": ["a", "b", "c", "d"]}


def test_every_kind_of_column_is_read_as_by_the_table_engine() -> None:
    rubric = rd.loads(NAMES)
    table = pa.table(
        {
            "单位": pa.array(["一", "二", "三", "四", "五"]).dictionary_encode(),
            "年度": ["2024", None, "", "２０２４", "2023"],
            "甲": pa.array(
                [Decimal("100.00"), Decimal(99), Decimal(100), Decimal("100.01"), None], pa.decimal256(60, 2)
            ),
            "级": pa.array(["高", "低", " 高 ", "中", "高"], pa.large_string()),
            "乙": pa.array(["1", "无数据", "1.5", "12 万元", "1.23456"], pa.string_view()),
            "比": pa.array([1, 11, 0, 10, 2], pa.uint64()),
            "制度[①]": [True, False, True, None, True],
            "制度[②]": ["yes", "不符合", "是", "否", "unmet"],
            "备注": [0.5, 1.5, None, 2.5, 3.5],
        }
    )
    found = None
    for narrow in (table, table.set_column(2, "甲", table["甲"].cast(pa.decimal128(20, 2))), table.slice(0, 0)):
        expected = rubric.score_table(narrow, PARTS, "python", keep=["备注"])
        found = rubric.score_table(narrow, PARTS, "duckdb", keep=["备注"])
        assert found.table.drop_columns("subject").equals(expected.table.drop_columns("subject"))
        assert found.table["subject"].to_pylist() == narrow["单位"].to_pylist()
        assert found.faults == expected.faults
        assert found.table["备注"].equals(narrow["备注"])
    assert found is not None
    assert not found.diagnostics


def test_numbers_that_fit_no_column_become_text_in_both_engines() -> None:
    rubric = rd.loads(RUBRIC)
    table = pa.table({"甲": ["110", "1" * 12, "1" * 25, "3"], "乙": ["100", "9" * 12 + ".9997", "9" * 30, "7"]})
    expected = rubric.score_table(table, PARTS, "python")
    assert rubric.score_table(table, PARTS, "duckdb").table.equals(expected.table)
    assert expected.table.schema.field("完成率.measure").type == pa.string()


def test_what_a_database_cannot_do_is_refused() -> None:
    table = pa.table({"甲": ["1", "2"]})
    with pytest.raises(rd.RubricError) as refused:
        rd.loads(COHORT).score_table(table, engine="duckdb")
    assert refused.value.diagnostics[0].code == "sql-cohort"
    for keep in (["丙"], ["控制率"]):
        with pytest.raises(TableError) as wrong:
            rd.loads(RUBRIC).score_table(pa.table({"甲": ["1"], "控制率": ["1"]}), engine="duckdb", keep=keep)
        assert wrong.value.diagnostics[0].code == "unknown-figure"
    with pytest.raises(TableError):
        rd.loads(RUBRIC).score_table(pa.table({"甲": [1.5]}), engine="duckdb")


def test_out_of_memory_is_told_as_that(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda config: connect(config=config | {"memory_limit": "1KB"}))
    with pytest.raises(RunError) as caught:
        rd.loads(RUBRIC).score_table(pa.table({"甲": ["1"] * 5000, "乙": ["2"] * 5000}), engine="duckdb")
    assert "memory" in caught.value.message.en
    assert "Out of Memory" in caught.value.detail
    code = (
        "import duckdb\nconnect = duckdb.connect\n"
        "duckdb.connect = lambda config: connect(config=config | {'memory_limit': '1KB'})\n"
        "from rubric_cli.app import app\napp()"
    )
    (tmp_path / "r.rubric").write_text(RUBRIC, encoding="utf-8")
    (tmp_path / "t.csv").write_text("甲,乙\n" + "1,2\n" * 5000, encoding="utf-8")
    arguments = ["batch", "r.rubric", "t.csv", "-o", "o.csv", "--engine", "duckdb", "--lang", "en"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert "DuckDB ran out of memory" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.rubric", "t.csv"]


@pytest.mark.parametrize(
    ("extra", "absent", "use"),
    [
        ("duckdb", "duckdb", lambda rubric: rubric.score_table(pa.table({"甲": ["1"]}), engine="duckdb")),
        ("tables", "pyarrow", lambda rubric: rubric.score_table("t.csv")),
        ("tables", "numba", lambda rubric: rubric.score_table(pa.table({"甲": ["1"]}), engine="machine")),
        ("sql", "sqlglot", lambda rubric: rubric.to_sql("duckdb")),
    ],
)
def test_without_its_extra_a_part_says_so(
    monkeypatch: pytest.MonkeyPatch, extra: str, absent: str, use: Callable[[rd.Rubric], object]
) -> None:
    monkeypatch.setattr("rubric_dsl.extras.find_spec", lambda name: None if name == absent else object())
    require("spark" if extra == "duckdb" else "testing")
    with pytest.raises(rd.MissingExtraError) as missing:
        use(rd.loads(RUBRIC))
    error = missing.value
    assert (error.extra, error.missing) == (extra, [absent])
    assert absent in error.message.zh
    assert absent in error.message.en
    assert f"rubric-dsl[{extra}]" in error.hint.zh
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own


@pytest.mark.parametrize(("engine", "lang", "said"), [("duckdb", "en", "not installed"), ("spark", "zh", "没有装")])
def test_the_command_without_the_extra(tmp_path: Path, engine: str, lang: str, said: str) -> None:
    (tmp_path / "r.rubric").write_text(RUBRIC, encoding="utf-8")
    (tmp_path / "t.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    code = (
        "import importlib.util as util, sys\n"
        "found = util.find_spec\n"
        "util.find_spec = lambda name, *more: None if name in ('duckdb', 'pyspark') else found(name, *more)\n"
        "from rubric_cli.app import app\napp()"
    )
    arguments = ["r.rubric", "t.csv", "-o", "o.parquet", "--engine", engine, "--lang", lang]
    done = subprocess.run(
        [sys.executable, "-c", code, "batch", *arguments], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert f"rubric-dsl[{engine}]" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.rubric", "t.csv"]


def test_the_command_with_duckdb_writes_the_same_file(tmp_path: Path) -> None:
    rubric, table = tmp_path / "r.rubric", tmp_path / "t[1].csv"
    rubric.write_text(RUBRIC, encoding="utf-8")
    rows = ["单位,甲,乙,编号", '"=一\n局",110,100,=7', "二局,,100,8", "三局,50,0,9", "四局,3,7,~", "五局,abc,7,11"]
    table.write_text("\n".join(rows) + "\n", encoding="gb18030")
    written_ = []
    for engine in ("auto", "duckdb"):
        out, told = tmp_path / f"{engine}.csv", tmp_path / f"{engine}-faults.csv"
        done = run(str(rubric), str(table), "-o", str(out), "--faults", str(told), "--engine", engine, "--keep", "编号")
        assert done.returncode == 1, done.stderr
        said = [line for line in done.stderr.splitlines() if "one by one" not in line]
        written_.append((out.read_bytes(), told.read_bytes(), said))
    assert written_[0] == written_[1]
    with (tmp_path / "duckdb.csv").open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["编号"] for row in found] == ["'=7", "8", "9", "", "11"]
    assert [row["total"] for row in found] == ["5", "", "", "54/7", ""]
    assert len(list(tmp_path.iterdir())) == 6


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "o.csv", "--master", "local[2]"], "--engine spark only"),
        (["-o", "o.csv", "--engine", "duckdb", "--keep", "丙"], "no column '丙'"),
        (["-o", "none/o.csv", "--engine", "duckdb"], "there is no folder"),
        (["-o", "o.csv", "--engine", "oracle"], "oracle"),
    ],
)
def test_what_the_command_cannot_do_leaves_nothing(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "r.rubric").write_text(RUBRIC, encoding="utf-8")
    (tmp_path / "t.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    arguments[1] = str(tmp_path / arguments[1])
    done = run(str(tmp_path / "r.rubric"), str(tmp_path / "t.csv"), *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.rubric", "t.csv"]


def test_a_file_that_breaks_off_is_told_as_by_the_table_engine(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("甲,乙\n" + "1,2\n" * 10 + "1,2,3\n", encoding="utf-8")
    told = []
    engines: tuple[AnyEngine, ...] = ("python", "duckdb")
    for engine in engines:
        with pytest.raises(TableError) as caught:
            rd.loads(RUBRIC).score_table(path, USUAL, engine)
        told.append(caught.value.diagnostics)
    assert told[0] == told[1]


def test_an_unsettled_row_is_the_evaluators() -> None:
    """What the query is told not to settle never reaches the results as the query has it."""
    rubric = rd.loads(RUBRIC)
    table = pa.table({"甲": ["110", "3"], "乙": ["100", "7"]})
    asked = questions(rubric.model, table.schema, USUAL, frozenset(), (), "duckdb")
    with duckdb.connect() as database:
        database.register("given", numbered(table))
        answered = database.sql(asked.text("given")).to_arrow_table().combine_chunks().to_batches()[0]
    assert answered[SETTLED].to_pylist() == [1, 1]
    wrong = answered.column("o1_0").cast(pa.int64())
    for settled, expected in ((1, [77, 77]), (0, [10, 10])):
        columns = {name: answered.column(name) for name in answered.schema.names}
        columns |= {SETTLED: pa.array([settled] * 2, pa.int32()), "o1_0": pa.array([77] * len(wrong))}
        found = scored_part(asked.scorer, asked.query, pa.RecordBatch.from_pydict(columns)).results
        assert [Fraction(str(value)) for value in found.column("points").to_pylist()] == expected

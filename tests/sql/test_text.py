"""The query's text: each database's own SQL, names quoted, lengths in proportion; what is refused, and why."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
import sqlglot

import rubric_dsl as rd
from rubric_dsl.engines.sql.arithmetic import Arithmetic, TooWideError
from rubric_dsl.engines.sql.dialects import DIALECTS, NARROW, Dialect
from rubric_dsl.engines.sql.sql_query import SqlQuery
from rubric_dsl.engines.sql.stages import Inputs, Names
from rubric_dsl.plan.graph import Graph, Node
from tests.commands import run
from tests.sql.databases import compare, in_duckdb, in_sqlite
from tests.sql.seed import seed

ONE = """指标体系 小 年度 2024
满分 {points}
计步 整步
基础数据表
{fields}
一级指标 全部 {points}
{body}
"""


def rubric_of(size: int) -> rd.Rubric:
    """A rubric of so many indicators, each with two figures of its own."""
    fields = "\n".join(f"  数{at}：万元\n  计划{at}：万元" for at in range(size))
    body = "\n".join(
        f"三级指标 项{at} 5\n  指标值 数{at} ÷ 计划{at}\n  评价标准 100% 计满分；每偏离 5个百分点 扣2分，扣完为止"
        for at in range(size)
    )
    return rd.loads(ONE.format(points=5 * size, fields=fields, body=body))


READ_AS = {"doris": "starrocks"}
"""sqlglot writes LARGEINT of Doris, and reads it as that of its kin."""


def tree_of(text: str, dialect: str) -> sqlglot.exp.Expr:
    trees = sqlglot.parse(text, dialect=READ_AS.get(dialect, dialect))
    assert len(trees) == 1
    assert trees[0] is not None
    return trees[0]


@cache
def written(dialect: str) -> tuple[SqlQuery, sqlglot.exp.Expr]:
    query = seed().to_sql(dialect, table="区.部门", keep=["单位"], columns={"编制数": "select"}, digits=9)
    return query, tree_of(query.text, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_text_is_the_databases_own(dialect: str) -> None:
    query, tree = written(dialect)
    assert tree.find(sqlglot.exp.With) is not None
    mark = '"' if dialect in {"duckdb", "sqlite", "postgres", "clickhouse", "oracle"} else "`"
    assert f"{mark}区{mark}.{mark}部门{mark}" in query.text
    assert f"{mark}select{mark} AS {mark}given 编制数{mark}" in query.text
    assert f"\n), {mark}在职人员控制率{mark} AS" in query.text
    assert "  -- 以100%为标准。在职人员控制率≦100%，计5分；每超过一个百分点扣0.5分，扣完为止。\n" in query.text
    assert query.text.count("1 = 1") == 0


def test_a_query_is_short_enough_to_be_reviewed() -> None:
    text = seed().to_sql("duckdb").text
    own = text[text.index('), "社会公众或服务对象满意度"') :].splitlines()[5:15]
    assert [line.strip() for line in own] == [
        "SELECT", "*,", "CASE", 'WHEN "满意度" IS NULL THEN NULL', 'WHEN "满意度" >= 900000 THEN 600',
        'WHEN "满意度" >= 800000 THEN 400', 'WHEN "满意度" < 700000 THEN 0', "ELSE 200", 'END AS "社会公众或服务对象满意度"',
        'FROM "行政0效能"',
    ]  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_is_divided_in_fractions(dialect: str) -> None:
    """Fractions come in by types such as DOUBLE, by functions of theirs, and by a bare division."""
    _, tree = written(dialect)
    kinds = {item.this for item in tree.find_all(sqlglot.exp.DataType)}
    if dialect != "sqlite":  # which asks whether a column's fraction is the decimal that it was written as
        assert not kinds & {sqlglot.exp.DataType.Type.DOUBLE, sqlglot.exp.DataType.Type.FLOAT}
    divisions = list(tree.find_all(sqlglot.exp.Div))
    assert not divisions or dialect in {"sqlite", "postgres", "oracle"}  # of whole numbers, or rounded down at once
    if dialect == "oracle":
        assert all(isinstance(item.parent, sqlglot.exp.Floor) for item in divisions)
    assert not list(tree.find_all(sqlglot.exp.Round, sqlglot.exp.Coalesce))


@pytest.mark.slow
def test_the_text_grows_with_the_rubric_and_no_faster() -> None:
    for dialect in ("duckdb", "sqlite"):
        lengths = [len(rubric_of(size).to_sql(dialect, digits=6, places=2).text) for size in (10, 20, 40)]
        steps = [lengths[1] - lengths[0], (lengths[2] - lengths[1]) / 2]
        assert steps[1] < 1.3 * steps[0]


@pytest.mark.slow
def test_a_large_rubric_runs() -> None:
    rubric = rubric_of(120)
    query = rubric.to_sql("duckdb", keep=["id"])
    row = {f"数{at}": 95 + at % 20 for at in range(120)} | {f"计划{at}": 100 for at in range(120)}
    answer = in_duckdb(query, [row], frozenset())[0]
    compare(rubric, query, row, answer, complete=True)
    assert answer["total"] is not None


@pytest.mark.parametrize("dialect", ["mssql", "bigquery", ""])
def test_a_database_that_was_not_looked_at_is_refused(dialect: str) -> None:
    with pytest.raises(rd.RubricError, match="sql-dialect"):
        seed().to_sql(dialect)


@pytest.mark.slow
def test_the_digits_that_are_offered_fit_and_one_more_does_not() -> None:
    rubric = seed()
    for dialect in ("sqlite", "hive", "spark"):
        with pytest.raises(rd.RubricError) as refused:
            rubric.to_sql(dialect, digits=30)
        hint = refused.value.diagnostics[0].hint
        assert hint is not None
        offered = int(re.findall(r"--digits (\d+)", hint.en)[0])
        assert rubric.to_sql(dialect, digits=offered).digits == offered
        with pytest.raises(rd.RubricError, match="sql-too-wide"):
            rubric.to_sql(dialect, digits=offered + 1)


def test_at_the_bounds_nothing_overflows() -> None:
    """The greatest and the finest figures that are read, in the databases where an overflow would be silent or end it."""
    rubric = rd.loads(
        ONE.format(
            points=10,
            fields="  甲：万元\n  乙：万元\n  丙：万元",
            body="三级指标 一 10\n  指标值 （甲 + 乙 − 丙） ÷ （甲 + 乙）\n  评价标准 以 80% 为标准，每低于 1个百分点扣0.5分，扣完为止",
        )
    )
    for dialect, runner in (("sqlite", in_sqlite), ("duckdb", in_duckdb)):
        query = rubric.to_sql(dialect, keep=["id"], digits=None if dialect == "duckdb" else 11)
        most = Fraction(10**query.digits) - Fraction(1, 10 ** query.places["甲"])
        numbers = [most, Fraction(1, 10 ** query.places["甲"]), Fraction(0), Fraction(10**query.digits)]
        rows = [
            {"甲": text_of(a), "乙": text_of(b), "丙": text_of(c)} for a in numbers for b in numbers for c in numbers
        ]
        for row, answer in zip(rows, runner(query, rows, frozenset()), strict=True):
            beyond = text_of(numbers[-1]) in row.values()
            compare(rubric, query, row, answer, complete=not beyond)
            assert (answer["status 一"] == "unread") is beyond


def text_of(value: Fraction) -> str:
    return rd.exact_text(value)


def test_a_number_that_does_not_fit_is_never_written() -> None:
    graph = Graph()
    a = graph.var("a", 0, NARROW // 2)
    double = graph.add([a, a, graph.one])
    dialect = DIALECTS["sqlite"]
    written_in(dialect, graph.scale(2, a))
    with pytest.raises(TooWideError):
        written_in(dialect, graph.add([double, graph.const(2)]))
    with pytest.raises(TooWideError):
        written_in(dialect, graph.mul(a, graph.add([a, graph.one])))
    assert "INT128" in written_in(DIALECTS["duckdb"], graph.mul(a, graph.add([a, graph.one])))


def written_in(dialect: Dialect, node: Node) -> str:
    arithmetic = Arithmetic(dialect, Inputs({"a": "v"}, {}), Names(dialect, ["v"]), [node])
    arithmetic.write([node])
    return arithmetic.term(node).sql.sql(dialect=dialect.name)


def test_long_names_are_cut_for_postgres_and_stay_apart() -> None:
    names = ["很" * 20 + "长一", "很" * 20 + "长二"]
    body = "\n".join(f"三级指标 {name} 5\n  评价标准 评定给分 0分 到 5分" for name in names)
    query = rd.loads(ONE.format(points=10, fields="  甲：万元", body=body)).to_sql("postgres")
    columns = [column for output in query.outputs for column in output.columns]
    assert all(len(column.encode()) <= 63 for column in columns)
    assert len(set(columns)) == len(columns)


@pytest.mark.slow
def test_the_command_writes_text_json_and_a_file(tmp_path: Path) -> None:
    command = ("sql", "rubrics/yuhua/2019.rubric")
    options = ("--dialect", "sqlite", "--keep", "id", "--column", "编制数=posts", "--lang", "zh")
    text = run(*command, *options).stdout
    assert text.startswith("-- 部门整体支出绩效评价 2019\n-- 数的小数点前最多 ")
    assert '"posts"' in text
    said = json.loads(run(*command, *options, "--format", "json").stdout)
    assert said["text"] in text
    assert said["inputs"]["编制数"] == "posts"
    assert {"kind": "grade", "of": "", "columns": ["grade"]} in said["outputs"]
    file = tmp_path / "q.sql"
    assert run(*command, *options, "-o", str(file)).returncode == 0
    assert file.read_text(encoding="utf-8") == text
    for wrong in (("--dialect", "mssql"), ("--column", "编制数"), ("--digits", "70", "--dialect", "spark")):
        done = run(*command, *wrong)
        assert done.returncode == 2
        assert done.stderr

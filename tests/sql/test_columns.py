"""What columns may hold: types of numbers, words of marks, figures that are unavailable, other names."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest

import rubric_dsl as rd
from tests.sql.databases import compare, in_duckdb, in_sqlite

RATIO = """指标体系 小 年度 2024
满分 10
等级 优 ≥ 8，差 < 8
基础数据表
  编制数：人，整数，> 0
  在职人员数：人，整数
  预算：万元
  决算：万元
一级指标 全部 10
三级指标 人员 5
  指标值 在职人员数 ÷ 编制数
  评价标准 ≤ 100% 计满分；> 100% 不得分
三级指标 支出 5
  指标值 决算 ÷ 预算
  评价标准 按比例计分，最多 满分
"""
SERIES = """指标体系 小 年度 2024
满分 2
基础数据表
  列 2017年，2018年，2019年
  行 产值：万元，可无数据
一级指标 全部 2
三级指标 增长 2
  评价标准 当 满足个数（并非（无数据（产值[各列]）） 且 产值[各列] ≥ 100万元） ≥ 2 计满分；否则 不得分
"""
MARKS = """指标体系 小 年度 2024
满分 4
基础数据表
  甲：万元
一级指标 全部 4
三级指标 制度 4
  评价标准 ① “一” 2分；② “二” 2分
"""


@pytest.mark.parametrize("kind", ["DECIMAL(18, 2)", "DECIMAL(38, 10)", "DOUBLE", "BIGINT", "HUGEINT", "INTEGER"])
def test_every_type_of_number_is_read(kind: str) -> None:
    query = rd.loads(RATIO).to_sql("duckdb", keep=["id"])
    with duckdb.connect() as database:
        columns = "".join(f', "{column}" {kind}' for column in query.inputs.values())
        database.execute(f"CREATE TABLE submissions (id INTEGER{columns})")
        database.execute("INSERT INTO submissions VALUES (0, 10, 10, 100, 95), (1, 10, 11, 3, 1), (2, 0, 1, 0, 1)")
        found = database.execute(
            'SELECT "score 人员", "status 人员", "score 支出 numerator", "score 支出 denominator", "status 支出", grade '  # noqa: S608
            f"FROM ({query}) ORDER BY id"
        ).fetchall()
    assert [(Fraction(row[0]) if row[0] is not None else None, row[1]) for row in found] == [
        (5, "scored"),
        (0, "scored"),
        (None, "invalid"),
    ]
    assert [None if row[2] is None else Fraction(row[2], row[3]) for row in found] == [
        Fraction(19, 4), Fraction(5, 3), None,
    ]  # fmt: skip
    assert [row[5] for row in found] == ["优", "差", None]


def test_a_double_that_is_no_decimal_of_so_many_places_is_not_read() -> None:
    query = rd.loads(RATIO).to_sql("duckdb", keep=["id"])
    with duckdb.connect() as database:
        columns = "".join(f', "{column}" DOUBLE' for column in query.inputs.values())
        database.execute(f"CREATE TABLE submissions (id INTEGER{columns})")
        values = [(0.1 + 0.2, 1.0), (12.34, 100.0), (float("nan"), 1.0), (1e300, 1.0), (float("-inf"), 1.0)]
        rows = [[index, 10.0, 10.5, budget, spent] for index, (spent, budget) in enumerate(values)]
        database.executemany("INSERT INTO submissions VALUES (?, ?, ?, ?, ?)", rows)
        found = database.execute(
            f'SELECT "status 支出", "score 支出 numerator", "score 支出 denominator", "status 人员" FROM ({query}) ORDER BY id'  # noqa: S608
        ).fetchall()
    assert [row[0] for row in found] == ["unread", "scored", "unread", "unread", "unread"]
    assert Fraction(found[1][1], found[1][2]) == Fraction(1234, 100) / 100 * 5
    assert {row[3] for row in found} == {"invalid"}


WRITTEN = [
    ("95", "scored"), (95, "scored"), (95.0, "scored"), (94.99, "scored"), (" 95.10 ", "scored"), ("-0", "scored"), ("00095", "scored"),
    ("95%", "unread"), ("9 5", "unread"), ("--5", "unread"), ("5-", "unread"), ("1e3", "unread"), ("9.", "unread"), (".9", "unread"),
    ("９５", "unread"), ("1.2.3", "unread"), ("0.00001", "unread"), (0.1 + 0.2, "unread"), (1e20, "unread"), (b"95", "unread"),
    ("9999999999", "unread"), (None, "missing"), ("", "missing"), (" ", "missing"), ("-1", "invalid"), (-1, "invalid"),
]  # fmt: skip


def test_sqlite_reads_numbers_digit_by_digit() -> None:
    query = rd.loads(RATIO).to_sql("sqlite", keep=["id"], digits=7)
    database = sqlite3.connect(":memory:")
    columns = ", ".join(f'"{column}"' for column in query.inputs.values())
    database.execute(f"CREATE TABLE submissions (id INTEGER, {columns})")
    rows = [(index, 10, 10, 100, value) for index, (value, _) in enumerate(WRITTEN)]
    database.executemany("INSERT INTO submissions VALUES (?, ?, ?, ?, ?)", rows)
    found = database.execute(
        f'SELECT id, "status 支出", "score 支出 numerator", "score 支出 denominator" FROM ({query}) ORDER BY id'  # noqa: S608
    ).fetchall()
    database.close()
    assert [(WRITTEN[row[0]][0], row[1]) for row in found] == WRITTEN
    assert Fraction(found[3][2], found[3][3]) == Fraction(9499, 10000) * 5
    assert Fraction(found[4][2], found[4][3]) == Fraction(951, 1000) * 5
    assert all((row[2] is None) is (row[1] != "scored") for row in found)


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_an_unavailable_number_has_a_column_of_its_own(dialect: str) -> None:
    rubric = rd.loads(SERIES)
    years = ["产值[2017年]", "产值[2018年]", "产值[2019年]"]
    flags = {f"unavailable {year}": f"none {year}" for year in years}
    query = rubric.to_sql(dialect, keep=["id"], columns=flags)
    assert set(query.inputs) == {*years, *flags}
    rows: list[dict[str, object]] = [
        {years[0]: 100, years[1]: 120, years[2]: 1},
        {years[0]: 100, f"unavailable {years[1]}": "是", years[2]: 120},
        {f"unavailable {years[0]}": "yes", f"unavailable {years[1]}": "n/a", years[2]: 120},
        {years[0]: 100, f"unavailable {years[1]}": "no", years[2]: 120},
        {years[0]: 100, f"unavailable {years[1]}": "是", years[2]: None},
    ]
    runner = in_duckdb if dialect == "duckdb" else in_sqlite
    answers = runner(query, rows, frozenset(flags))
    scores = [None if answer["score 增长"] is None else int(str(answer["score 增长"])) for answer in answers]
    assert scores[:3] == [2, 2, 0]
    assert answers[4]["status 增长"] == "missing"
    assert scores[4] is None
    without = rubric.to_sql(dialect, keep=["id"])
    plain = runner(without, [rows[0], rows[1]], frozenset())
    assert [answer["status 增长"] for answer in plain] == ["scored", "missing"]


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_a_number_of_which_only_its_availability_is_asked_is_an_input(dialect: str) -> None:
    rubric = rd.loads(
        "指标体系 试 年度 2019\n满分 5\n基础数据表\n  甲：万元，可无数据\n一级指标 一 5\n三级指标 项 5\n"
        "  评价标准 当 无数据（甲） 计3分；否则 计满分\n"
    )
    query = rubric.to_sql(dialect, keep=["id"], columns={"unavailable 甲": "无"})
    assert query.inputs == {"甲": "甲", "unavailable 甲": "无"}
    runner = in_duckdb if dialect == "duckdb" else in_sqlite
    answers = runner(query, [{"甲": 9}, {"unavailable 甲": "是"}, {}], frozenset({"unavailable 甲"}))
    assert [answer["status 项"] for answer in answers] == ["scored", "scored", "missing"]
    assert [answer["score 项"] and int(str(answer["score 项"])) for answer in answers] == [5, 3, None]


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_marks_are_read_in_all_their_words(dialect: str) -> None:
    query = rd.loads(MARKS).to_sql(dialect, keep=["id"])
    pairs = [("是", "no"), ("YES", " met "), ("符合", "unmet"), ("maybe", "是"), (None, "是"), ("", "否")]
    rows = [dict(zip(["制度[①]", "制度[②]"], pair, strict=True)) for pair in pairs]
    runner = in_duckdb if dialect == "duckdb" else in_sqlite
    answers = runner(query, rows, frozenset(query.inputs))
    assert [answer["status 制度"] for answer in answers] == ["scored"] * 3 + ["invalid", "missing", "missing"]
    assert [Fraction(str(answer["total"])) for answer in answers[:3]] == [2, 4, 2]


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_decimals_may_be_stated_for_some_figures(dialect: str) -> None:
    """What has more than its own is not read; a whole number has none, whatever is stated."""
    rubric = rd.loads(RATIO)
    query = rubric.to_sql(dialect, keep=["id"], digits=6, places={"预算": 2, "编制数": 3})
    assert [query.places[key] for key in ("编制数", "在职人员数", "预算", "决算")] == [0, 0, 2, 4]
    runner = in_duckdb if dialect == "duckdb" else in_sqlite
    rows = [
        {"编制数": 10, "在职人员数": 10, "预算": Decimal(budget), "决算": Decimal("1.0001")}
        for budget in ("2.25", "2.255")
    ]
    answers = runner(query, rows, frozenset())
    assert [answer["status 支出"] for answer in answers] == ["scored", "unread"]
    for row, answer in zip(rows, answers, strict=True):
        compare(rubric, query, row, answer, complete=False)
    with pytest.raises(rd.RubricError, match="sql-column"):
        rubric.to_sql(dialect, places={"预箅": 2})

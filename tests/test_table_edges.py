"""Tables as programs have them, in and out: the same answers whatever they come as, and numbers that can be added up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import rubric_dsl as rd
from tests.test_batch import COHORT

pa = pytest.importorskip("pyarrow", reason="`make lock` installs it")

RUBRIC = rd.loads("""指标体系 试 年度 2019
满分 10
计步 整步
基础数据表
  甲：万元
  乙：万元
一级指标 一 10
三级指标 丙 4
  指标值 甲 ÷ 乙
  评价标准 按比例计分，最多 满分
三级指标 丁 6
  指标值 甲 ÷ 乙
  评价标准 ≤ 100% 计满分；每超过 1个百分点扣1.5分
""")
ROWS: list[dict[str, object]] = [
    {"部门": "一", "甲": 100, "乙": "100"},
    {"部门": "二", "甲": Decimal("103.5"), "乙": 100},
    {"部门": "三", "甲": None, "乙": 100},
    {"部门": "四", "甲": "50", "乙": "150"},
]
TEXTS = {name: [None if row[name] is None else str(row[name]) for row in ROWS] for name in ROWS[0]}


def polars() -> Any:  # noqa: ANN401
    return pytest.importorskip("polars", reason="`make lock` installs it")


def relation() -> object:
    duckdb = pytest.importorskip("duckdb", reason="`make lock` installs it")
    given = pa.table(TEXTS)  # noqa: F841 - DuckDB finds it by its name
    return duckdb.sql("select * from given")


def batches(size: int = 2) -> list[Any]:
    return list(pa.table(TEXTS).to_batches(max_chunksize=size))


GIVEN: dict[str, Callable[[], object]] = {
    "mappings": lambda: ROWS,
    "tuple": lambda: tuple(ROWS),
    "arrow": lambda: pa.table(TEXTS),
    "batches": batches,
    "reader": lambda: pa.RecordBatchReader.from_batches(pa.table(TEXTS).schema, batches()),
    "polars": lambda: polars().DataFrame(TEXTS),
    "lazy": lambda: polars().LazyFrame(TEXTS).filter(polars().col("部门") != "五"),
    "duckdb": relation,
}
STREAMS: dict[str, Callable[[], object]] = {
    **GIVEN,
    "iterator of mappings": lambda: iter(ROWS),
    "iterator of batches": lambda: iter(batches(1)),
    "generator": lambda: (row for row in ROWS),
}


def expected() -> list[tuple[object, ...]]:
    results = [RUBRIC.score({key: row[key] for key in ("甲", "乙")}) for row in ROWS]
    return [
        (row["部门"], item.total.score, item.indicators["丙"].score) for row, item in zip(ROWS, results, strict=True)
    ]


def answers(parts: list[rd.TableScores]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for part in parts:
        columns = [part.table.column("subject").to_pylist(), part.values("total"), part.values("丙")]
        found += zip(*columns, strict=True)
    return found


@pytest.mark.parametrize("make", GIVEN.values(), ids=GIVEN)
def test_a_table_is_scored_whatever_it_comes_as(make: Callable[[], object]) -> None:
    found = RUBRIC.score_table(make())
    assert found.ok, found.errors
    assert answers([found]) == expected()


@pytest.mark.parametrize("make", STREAMS.values(), ids=STREAMS)
def test_a_stream_is_scored_part_by_part(make: Callable[[], object]) -> None:
    parts = list(RUBRIC.score_batches(make(), keep=["部门"]))
    assert answers(parts) == expected()
    assert len({part.table.schema for part in parts}) == 1
    assert pa.concat_tables([part.table for part in parts]).column("部门").to_pylist() == TEXTS["部门"]


def test_no_more_than_a_part_is_held() -> None:
    taken = []

    def source() -> Any:  # noqa: ANN401
        for number in range(5):
            taken.append(number)
            yield pa.record_batch({"甲": [str(number)], "乙": ["100"]})

    found = RUBRIC.score_batches(source(), parts=("total",))
    next(found)
    assert taken == [0]
    next(found)
    assert taken == [0, 1]


def test_rows_of_a_stream_are_counted_from_its_beginning() -> None:
    rows = pa.table({"甲": ["1", "x", "2", "y"], "乙": ["1"] * 4}).to_batches(max_chunksize=2)
    parts = list(RUBRIC.score_batches(iter(rows)))
    assert [[fault.row for fault in part.faults] for part in parts] == [[2], [4]]


def test_a_stream_of_nothing_has_the_columns_of_results() -> None:
    (part,) = RUBRIC.score_batches(pa.table({"甲": pa.array([], pa.string()), "乙": pa.array([], pa.string())}))
    assert part.table.num_rows == 0
    assert "total" in part.table.column_names


def test_what_needs_the_whole_table_is_no_stream() -> None:
    with pytest.raises(rd.TableError, match="score_table"):
        list(rd.loads(COHORT).score_batches(iter([{"x": 1}])))
    with pytest.raises(ValueError, match="engine='duckdb'"):
        RUBRIC.score_batches(ROWS, engine="duckdb")  # type: ignore[arg-type]


def test_columns_may_be_called_otherwise() -> None:
    table = pa.table({"name": TEXTS["部门"], "spent": TEXTS["甲"], "planned": TEXTS["乙"]})
    columns = {"甲": "spent", "乙": "planned", "部门": "name"}
    assert answers([RUBRIC.score_table(table, columns=columns)]) == expected()
    assert answers(list(RUBRIC.score_batches(table, columns=columns))) == expected()
    with pytest.raises(rd.TableError, match="paid"):
        RUBRIC.score_table(table, columns={"甲": "paid"})
    with pytest.raises(rd.TableError, match="two columns"):
        RUBRIC.score_table(pa.table({"甲": ["1"], "spent": ["2"]}), columns={"甲": "spent"})


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{"甲": 0.5}], "float-refused"),
        ([{"甲": {"值": 1}}], "wrong-shape"),
        ([{"甲": 1}, 3], "wrong-shape"),
        ([{"甲": object()}], "wrong-shape"),
        (3, "wrong-shape"),
        ({"甲": 1}, "wrong-shape"),
    ],
)
def test_rows_that_cannot_be_read_are_refused(rows: object, code: str) -> None:
    with pytest.raises(rd.TableError) as caught:
        RUBRIC.score_table(rows)
    assert [item.code for item in caught.value.diagnostics] == [code]


def test_strictness_is_for_tables_too() -> None:
    assert not RUBRIC.score_table([{"甲": "x", "乙": 1}]).ok
    with pytest.raises(rd.SubmissionError):
        RUBRIC.score_table([{"甲": "x", "乙": 1}], strict=True)


# Numbers that can be added up


def test_a_column_is_decimals_where_every_value_is_one() -> None:
    whole = RUBRIC.score_table(ROWS[:2])
    assert whole.decimals().schema.field("丙").type == pa.decimal128(38, whole.decimals().schema.field("丙").type.scale)
    thirds = RUBRIC.score_table(ROWS)
    assert not pa.types.is_decimal(thirds.decimals().schema.field("丙").type)
    rounded = thirds.decimals(places=4)
    assert rounded.schema.field("丙").type == pa.decimal128(38, 4)
    assert rounded.column("丙").to_pylist()[3] == Decimal("1.3333")
    assert thirds.values("丙")[3] == Fraction(4, 3)
    assert set(thirds.numbers) >= {"total", "total.min", "total.max", "丙", "丁"}
    assert "丙.status" not in thirds.numbers
    with pytest.raises(TypeError, match="no numbers"):
        thirds.values("丙.status")


def test_polars_pandas_and_duckdb_add_decimals_up() -> None:
    scores = RUBRIC.score_table(ROWS).decimals(places=4)
    exact = sum(value for value in (Decimal(item) for item in scores.column("丁").to_pylist() if item is not None))
    assert polars().from_arrow(scores)["丁"].sum() == exact
    duckdb = pytest.importorskip("duckdb")
    assert duckdb.sql('select sum("丁") from scores').fetchall() == [(exact,)]
    pandas = pytest.importorskip("pandas")
    assert scores.to_pandas(types_mapper=pandas.ArrowDtype)["丁"].sum() == exact

"""Whole tables: score_table beside hand-written Polars, NumPy and DuckDB, in one run, with the rows that each has wrong.

Every contender gets the same columns in memory (amounts as decimals for score_table and DuckDB, as float64 or as
hundredths in int64 for the others) of the seed's rubric, and gives 17 scores and the total. In a table with edges one in
three pairs of amounts lies exactly on a step; in one without, amounts are as they fall.

Run: python bench/tables.py [rows …]   (needs the extras [tables] and [sql], duckdb and polars; `make bench`)
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))
from single import EFFECTS, NAMES, RUBRIC, submission

import rubric_dsl as rd

ROUNDS = 5
DIFFERENT = 20_000
MANY = 1_000_000
Columns = dict[str, Any]
WORDS = ("rule", "open", "effect")
WHOLE = ("staff", "quota", "planned", "done", "economic", "social", "breach")
PLACES = {key: 3 if key == "content" else 2 for key in NAMES if not key.startswith((*WORDS, *WHOLE))}


def by_hand(c: Columns, where: Callable[..., Any], whole: bool) -> list[Any]:
    """Score with columns of whole hundredths, or of float64; scores in tenths."""

    def steps(over: Any, base: Any, times: int, full: int, each: int) -> Any:
        count = (
            over * times // base
            if whole
            else ((over / base) * times).floor()
            if hasattr(over, "floor")
            else np.floor((over / base) * times)
        )
        score = full - each * count
        return where(over <= 0, full, where(score < 0, 0, score))

    def built(made: Any, area: Any) -> Any:
        safe = where(area == 0, 1, area)
        return where(area == 0, where(made == 0, 50, 0), steps(made - area, safe, 20, 50, 20))

    apart = where(
        c["bought_spent"] < c["bought_plan"], c["bought_plan"] - c["bought_spent"], c["bought_spent"] - c["bought_plan"]
    )
    rest = 60 - 20 * ((apart * 20 // c["bought_plan"]) if whole else ((apart / c["bought_plan"]) * 20) // 1)
    lost = 60 - 10 * sum(c[f"breach{n}"] for n in range(5))
    added, initial = c["added"], c["initial"]
    content = c["content"]
    s = [
        steps(c["staff"] - c["quota"], c["quota"], 100, 50, 5),
        steps(c["three_plan"] - c["three_before"], c["three_before"], 100, 80, 8),
        steps(c["left"], c["carried"] + initial + added, 20, 50, 20),
        where(added <= 0, 50, where(added * 10 <= initial, 40, where(added * 10 <= initial * 2, 30, where(added * 10 <= initial * 3, 20, 0)))),
        built(c["built"], c["area"]),
        built(c["invested"], c["granted"]),
        steps(c["public_spent"] - c["public_plan"], c["public_plan"], 100, 80, 10),
        steps(c["three_spent"] - c["three_plan"], c["three_plan"], 100, 80, 10),
        where(rest < 0, 0, rest),
        20 * sum(c[f"rule{n}"] for n in range(4)),
        where(lost < 0, 0, lost),
        10 * sum(c[f"open{n}"] for n in range(5)),
        where(c["done"] < c["planned"], c["done"], c["planned"]) * 80 / c["planned"],
        c["economic"] * 10,
        c["social"] * 10,
        c["effect"],
        where(content >= (900 if whole else 0.9), 60, where(content >= (800 if whole else 0.8), 40, where(content >= (700 if whole else 0.7), 20, 0))),
    ]  # fmt: skip
    both = s[13] + s[14]
    return [*s, sum(s[:13]) + where(both < 60, both, 60) + s[15] + s[16]]


def columns(rows: int, *, edges: bool) -> tuple[pa.Table, Columns]:
    """Return the same data for score_table, and as whole numbers."""
    rng = random.Random(7)  # noqa: S311 - data for a benchmark
    some = [submission(rng, edges=edges) for _ in range(min(rows, DIFFERENT))]
    index = np.random.default_rng(7).integers(0, len(some), rows)
    table, ints = {}, {}
    for key, name in NAMES.items():
        texts = [own[key] for own in some]
        if key.startswith(("rule", "open")):
            table[name] = pa.array(texts).dictionary_encode().take(pa.array(index))
            ints[key] = np.array([text == "是" for text in texts]).astype(np.int64)[index]
        elif key == "effect":
            table[name] = pa.array(texts).dictionary_encode().take(pa.array(index))
            ints[key] = np.array([10 * EFFECTS[text] for text in texts])[index]
        elif key in PLACES:
            table[name] = pa.array(texts).cast(pa.decimal128(18, PLACES[key])).take(pa.array(index))
            ints[key] = np.array([int(text.replace(".", "")) for text in texts])[index]
        else:
            table[name] = pa.array([int(text) for text in texts]).take(pa.array(index))
            ints[key] = np.array([int(text) for text in texts])[index]
    return pa.table(table).combine_chunks(), ints


def floats(ints: Columns) -> Columns:
    """Return the amounts as they are in binary floats."""
    return {key: item / 10 ** PLACES[key] if key in PLACES else item.astype(np.float64) for key, item in ints.items()}


def with_polars(data: Columns, whole: bool) -> Callable[[], Any]:
    """Return what scores a frame in Polars."""
    frame = pl.DataFrame(data)

    def where(condition: Any, then: Any, otherwise: Any) -> Any:
        return pl.when(condition).then(then).otherwise(otherwise)

    found = by_hand({key: pl.col(key) for key in data}, where, whole)
    return lambda: frame.select([item.alias(f"s{number}") for number, item in enumerate(found)])


def with_duckdb(rubric: rd.Rubric, table: pa.Table) -> Callable[[], Any]:
    """Return what runs the rubric's own query in DuckDB, over a table of the database whose decimals it is told of."""
    base = duckdb.connect()
    base.register("given", table.append_column("row", pa.array(np.arange(table.num_rows))))
    base.execute("CREATE TABLE submissions AS SELECT * FROM given")
    decimals = {NAMES[key]: PLACES.get(key, 0) for key in NAMES if not key.startswith(WORDS)}
    query = rubric.to_sql("duckdb", table="submissions", keep=["row"], places=decimals)
    wanted = [column for output in query.outputs if output.kind in ("score", "total") for column in output.columns]
    text = f'SELECT "row", {", ".join(chr(34) + column + chr(34) for column in wanted)} FROM ({query})'  # noqa: S608
    return lambda: base.sql(text).to_arrow_table()


def with_duckdb_by_hand(rubric: rd.Rubric, table: pa.Table) -> Callable[[], Any]:
    """Return what runs ``seed_by_hand.sql`` in DuckDB, over the same table."""
    base = duckdb.connect()
    base.register("given", table.append_column("row", pa.array(np.arange(table.num_rows))))
    base.execute("CREATE TABLE submissions AS SELECT * FROM given")
    text = (Path(__file__).parent / "seed_by_hand.sql").read_text(encoding="utf-8")
    titles = {f"s{number}": f"score {name}" for number, name in enumerate(rubric.indicators, 1)}

    def title(column: str) -> str:
        name, _, part = column.partition("_")
        return f"{titles[name]} {part}".strip() if name in titles else column

    def work() -> pa.Table:
        found = base.sql(text).to_arrow_table()
        return found.rename_columns([title(column) for column in found.schema.names])

    return work


def exact(item: Any) -> np.ndarray[Any, Any]:
    """Return a column of score_table in tenths, nearest to what it is."""
    if pa.types.is_struct(item.type):
        item = item.combine_chunks()
        return 10 * item.field(0).to_numpy() / item.field(1).to_numpy()
    return np.round(item.cast(pa.float64()).to_numpy() * 10)


def tenths(answer: Any, rubric: rd.Rubric) -> list[Any]:
    """Return the 17 scores of an answer in tenths."""
    if isinstance(answer, pl.DataFrame):
        return [item.to_numpy() for item in answer][:-1]
    if not isinstance(answer, pa.Table):
        return list(answer[:-1])
    if next(iter(rubric.indicators)) in answer.schema.names:
        return [exact(answer[key]) for key in rubric.indicators]
    answer = answer.sort_by("row")  # a database answers in any order
    found = []
    for key in rubric.indicators:
        if f"score {key}" in answer.schema.names:
            found.append(exact(answer[f"score {key}"]))
        else:
            top, bottom = (
                answer[f"score {key} {part}"].cast(pa.float64()).to_numpy() for part in ("numerator", "denominator")
            )
            found.append(10 * top / bottom)
    return found


def measured(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return the first time, the median of the next and the answer."""
    times = []
    answer = None
    for _ in range(ROUNDS + 1):
        answer = None
        begin = time.perf_counter()
        answer = work()
        times.append(time.perf_counter() - begin)
    return times[0], statistics.median(times[1:]), answer


def in_memory(rubric: rd.Rubric, rows: int, *, edges: bool) -> None:
    """Print the times of one table in memory."""
    table, ints = columns(rows, edges=edges)
    contenders: dict[str, Callable[[], Callable[[], Any]]] = {
        "score_table, scores and total": lambda: lambda: rubric.score_table(table, ("total", "scores")).table,
        "score_table, all but measures": lambda: lambda: rubric.score_table(table).table,
        "Polars float64": lambda: with_polars(floats(ints), False),
        "Polars Int64": lambda: with_polars(ints, True),
        "NumPy float64": lambda: partial(by_hand, floats(ints), np.where, False),
        "NumPy int64": lambda: lambda: by_hand(ints, np.where, True),
        "rubric sql in DuckDB": lambda: with_duckdb(rubric, table),
        "DuckDB, exact SQL by hand": lambda: with_duckdb_by_hand(rubric, table),
    }
    print(
        f"\n{rows:,} rows in memory, {'one in three pairs of amounts on a step' if edges else 'amounts as they fall'}"
    )
    truth: list[Any] = []
    for name, made in contenders.items():
        first, median, answer = measured(made())
        own = tenths(answer, rubric)
        truth = truth or own
        wrong = np.zeros(rows, bool)
        for mine, right in zip(own, truth, strict=True):
            wrong |= np.abs(mine - right) > 1e-6
        speed = rows / median / 1e6
        print(
            f"  {name:31} first {first * 1e3:8.1f} ms  median {median * 1e3:8.1f} ms  {speed:6.1f} M rows/s  wrong {wrong.sum():8}"
        )
        del answer, own


def in_files(rubric: rd.Rubric, rows: int) -> None:
    """Print the times from Parquet to Parquet, beside DuckDB adding up the same columns."""
    from rubric_dsl.engines.table.ahead import WriteBehind
    from rubric_dsl.engines.table.files import ResultFile
    from rubric_dsl.engines.table.outputs import USUAL, Fit, Part
    from rubric_dsl.engines.table.score_table import scored
    from rubric_dsl.engines.table.sources import opened

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given, out = folder / "given.parquet", folder / "out.parquet"
        pq.write_table(columns(rows, edges=True)[0], given)

        def score(parts: tuple[Part, ...]) -> None:
            with out.open("wb") as handle, ResultFile(handle, "parquet") as file, WriteBehind() as behind:
                for _, part in scored(rubric.model, opened(given), parts, Fit()):
                    behind.put(partial(file.write, part.results))

        names = [NAMES[key] for key in NAMES if not key.startswith(WORDS)]
        summed = " + ".join('"' + own.replace('"', '""') + '"' for own in names)
        base = duckdb.connect()
        query = f"COPY (SELECT {summed} FROM '{given}') TO '{folder / 'sum.parquet'}' (FORMAT parquet)"  # noqa: S608
        print(f"\n{rows:,} rows, Parquet to Parquet")
        for title, work in (
            ("DuckDB adds up the columns", lambda: base.execute(query)),
            ("scores and total", lambda: score(("total", "scores"))),
            ("rubric batch: all it writes", lambda: score(USUAL)),
        ):
            first, median, _ = measured(work)
            print(f"  {title:31} first {first * 1e3:8.1f} ms  median {median * 1e3:8.1f} ms")


OFFICIAL = 21_480
"""So many rows an official table had."""
BASELINES = ("three_before", "initial")


def in_texts(rubric: rd.Rubric) -> None:
    """Print the times of tables of texts with more and more decimals, and with three in ten baselines blank."""
    rng = random.Random(7)  # noqa: S311 - data for a benchmark
    some = [submission(rng, edges=True) for _ in range(OFFICIAL)]

    def table(places: int, blank: float) -> pa.Table:
        def cell(key: str, text: str) -> str:
            if key in BASELINES and rng.random() < blank:
                return ""
            return text + "".join(rng.choice("123456789") for _ in range(places - 2)) if key in PLACES else text

        return pa.table({name: pa.array([cell(key, own[key]) for own in some]) for key, name in NAMES.items()})

    print(f"\n{OFFICIAL:,} rows of texts")
    for places in range(2, 9):
        for blank in (0, 0.3):
            first, median, _ = measured(partial(rubric.score_table, table(places, blank)))
            alone = sum(rubric.score_table(table(places, blank)).alone.values())
            title = f"{places} decimals{', baselines blank' if blank else ''}"
            print(f"  {title:31} first {first * 1e3:8.1f} ms  median {median * 1e3:8.1f} ms  one by one {alone}")


GROUP = """指标体系 比较 年度 2024
满分 30
计步 整步
同组 按 类
基础数据表
  类：选自（一类，二类）
  支出：万元
  预算：万元，> 0
  计算 执行率：比率 = 支出 ÷ 预算
一级指标 一 30
三级指标 名次 10
  指标值 名次（执行率，从高到低）
  评价标准 ≤ 100 计满分；否则 不得分
三级指标 分位 10
  指标值 支出
  评价标准 ≥ 同组分位（支出，75%） 计满分；≥ 同组分位（支出，25%） 计5分；否则 计1分
三级指标 平均 10
  指标值 预算 ÷ 同组平均（预算，去最高 1，去最低 1）
  评价标准 ≥ 100% 计满分；每降低 5个百分点 扣1分，扣完为止
"""


def in_groups(rows: int = 100_000) -> None:
    """Print the times of ranks, quantiles and trimmed means over a group, beside Polars in float64."""
    rng = np.random.default_rng(7)
    spent, planned = rng.integers(0, 10**9, rows), rng.integers(1, 10**9, rows)
    kinds = np.array(["一类", "二类"])[rng.integers(0, 2, rows)]

    def amounts(values: Any) -> pa.Array:
        return pa.array(values).cast(pa.decimal128(20, 0)).cast(pa.decimal128(22, 2))

    table = pa.table({"类": kinds, "支出": amounts(spent), "预算": amounts(planned)})
    frame = pl.DataFrame({"kind": kinds, "spent": spent.astype(float), "planned": planned.astype(float)})
    spent_, planned_ = pl.col("spent"), pl.col("planned")
    trimmed = (planned_.sum() - planned_.max() - planned_.min()) / (planned_.len() - 2)
    below = (100 - planned_ * 100 / trimmed.over("kind")) / 5
    quarters = [spent_.quantile(share, "linear").over("kind") for share in (0.75, 0.25)]
    by_hand_ = [
        pl.when((spent_ / planned_).rank("min", descending=True).over("kind") <= 100)
        .then(10)
        .otherwise(0)
        .alias("rank"),
        pl.when(spent_ >= quarters[0]).then(10).when(spent_ >= quarters[1]).then(5).otherwise(1).alias("quantile"),
        (10 - below.floor()).clip(0, 10).alias("mean"),
    ]
    rubric = rd.loads(GROUP)
    print(f"\n{rows:,} rows in two groups")
    answers = []
    for title, work in (
        ("score_table, all but measures", lambda: rubric.score_table(table).table),
        ("Polars float64", lambda: frame.select(by_hand_)),
    ):
        first, median, answer = measured(work)
        is_polars = isinstance(answer, pl.DataFrame)
        answers.append(
            [item.to_numpy() for item in answer]
            if is_polars
            else [exact(answer[own]) / 10 for own in rubric.indicators]
        )
        wrong = np.logical_or.reduce([np.abs(a - b) > 1e-6 for a, b in zip(answers[-1], answers[0], strict=True)])
        speed = rows / median / 1e6
        print(
            f"  {title:31} first {first * 1e3:8.1f} ms  median {median * 1e3:8.1f} ms  {speed:6.2f} M rows/s  wrong {wrong.sum():8}"
        )


def main() -> None:
    """Print the tables."""
    versions = {name: importlib.metadata.version(name) for name in ("numba", "numpy", "polars", "pyarrow", "duckdb")}
    print(platform.python_version(), platform.machine(), versions, "cores", os.cpu_count(), "load", os.getloadavg()[0])
    rubric = rd.load(RUBRIC)
    in_texts(rubric)
    in_groups()
    for rows in [int(word) for word in sys.argv[1:]] or [10_000, 1_000_000, 10_000_000]:
        in_memory(rubric, rows, edges=True)
        if rows <= MANY:
            in_memory(rubric, rows, edges=False)
            in_files(rubric, rows)
        print(f"  peak memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()

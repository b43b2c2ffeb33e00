"""Whole tables: score_table beside hand-written Polars and NumPy, in one run, with the rows that each has wrong.

Every contender gets the same columns in memory (amounts as decimals for score_table, as float64 or as hundredths in
int64 for the others) of the seed's rubric, and gives 17 scores and the total. One in three pairs of amounts lies exactly on a step.

Run: python bench/tables.py [rows …]   (needs the extra [tables], and polars)
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent))
from single import EFFECTS, NAMES, RUBRIC, submission

import rubric_dsl as rd

ROUNDS = 5
DIFFERENT = 20_000
Columns = dict[str, Any]


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


def columns(rows: int) -> tuple[pa.Table, Columns, Columns]:
    """Return the same data for score_table, as whole numbers and as float64."""
    rng = random.Random(7)  # noqa: S311 - data for a benchmark
    some = [submission(rng) for _ in range(min(rows, DIFFERENT))]
    index = np.random.default_rng(7).integers(0, len(some), rows)
    table, ints, floats = {}, {}, {}
    for key, name in NAMES.items():
        texts = [own[key] for own in some]
        if key.startswith(("rule", "open")):
            table[name] = pa.array(texts).dictionary_encode().take(pa.array(index))
            ints[key] = np.array([text == "是" for text in texts]).astype(np.int64)[index]
        elif key == "effect":
            table[name] = pa.array(texts).dictionary_encode().take(pa.array(index))
            ints[key] = np.array([10 * EFFECTS[text] for text in texts])[index]
        elif all("." not in text for text in texts):
            table[name] = pa.array([int(text) for text in texts]).take(pa.array(index))
            ints[key] = np.array([int(text) for text in texts])[index]
        else:
            places = 3 if key == "content" else 2
            table[name] = pa.array(texts).cast(pa.decimal128(18, places)).take(pa.array(index))
            ints[key] = np.array([round(float(text) * 10**places) for text in texts])[index]
            floats[key] = np.array([float(text) for text in texts])[index]
    floats = {key: floats.get(key, item.astype(np.float64)) for key, item in ints.items()}
    return pa.table(table), ints, floats


def with_polars(data: Columns, whole: bool) -> Callable[[], Any]:
    """Return what scores a frame in Polars."""
    frame = pl.DataFrame(data)

    def where(condition: Any, then: Any, otherwise: Any) -> Any:
        return pl.when(condition).then(then).otherwise(otherwise)

    found = by_hand({key: pl.col(key) for key in data}, where, whole)
    return lambda: frame.select([item.alias(f"s{number}") for number, item in enumerate(found)])


def exact(item: Any) -> np.ndarray[Any, Any]:
    """Return a column of score_table in tenths, nearest to what it is."""
    if pa.types.is_struct(item.type):
        item = item.combine_chunks()
        return 10 * item.field(0).to_numpy() / item.field(1).to_numpy()
    return np.round(item.cast(pa.float64()).to_numpy() * 10)


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


def main() -> None:
    """Print the table."""
    versions = {name: importlib.metadata.version(name) for name in ("numba", "numpy", "polars", "pyarrow")}
    print(platform.python_version(), platform.machine(), versions, "cores", os.cpu_count(), "load", os.getloadavg()[0])
    rubric = rd.load(RUBRIC)
    for rows in [int(word) for word in sys.argv[1:]] or [10_000, 1_000_000]:
        if rows:
            table, ints, floats = columns(rows)
            table = table.combine_chunks()
            contenders: dict[str, Callable[[], Any]] = {
                "score_table, scores and total": lambda t=table: rubric.score_table(t, ("total", "scores")).table,
                "score_table, all but measures": lambda t=table: rubric.score_table(t).table,
                "Polars float64": with_polars(floats, False),
                "Polars Int64": with_polars(ints, True),
                "NumPy float64": lambda f=floats: by_hand(f, np.where, False),
                "NumPy int64": lambda i=ints: by_hand(i, np.where, True),
            }
            print(f"\n{rows} rows, one in three pairs of amounts exactly on a whole step")
            truth: list[Any] = []
            for name, work in contenders.items():
                first, median, answer = measured(work)
                if name.startswith("score_table"):
                    own = [exact(answer[key]) for key in (*rubric.indicators, "total")]
                else:
                    own = [item.to_numpy() for item in answer] if isinstance(answer, pl.DataFrame) else answer
                truth = truth or own
                wrong = np.zeros(rows, bool)
                for mine, right in zip(own[:-1], truth[:-1], strict=True):
                    wrong |= np.abs(mine - right) > 1e-6
                print(f"  {name:32} first {first * 1e3:9.1f} ms  median {median * 1e3:8.1f} ms  wrong {wrong.sum():8}")
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()

"""How the time to read, to compile and to make a table's function grows with the length of a rubric.

Run: python bench/compile_time.py [copies …]

A rubric of the seed's indicators, each copied so many times under names and figures of its own.
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable

import pyarrow as pa

import rubric_dsl as rd

ROUNDS = 3
HEAD = "指标体系 试 年度 2019\n满分 {points}\n计步 整步\n基础数据表\n"


def text_of(copies: int) -> str:
    """Return a rubric of four indicators, so many times."""
    figures, indicators = [], []
    for number in range(copies):
        figures += [f"  {name}{number}：万元" for name in ("预算", "决算", "上年", "结转")]
        indicators += [
            f"三级指标 控制率{number} 5\n  指标值 决算{number} ÷ 预算{number}\n  评价标准 ≤ 100% 计满分；每超过 1个百分点 扣0.5分，扣完为止",
            f"三级指标 变动率{number} 5\n  指标值 （预算{number} − 上年{number}） ÷ 上年{number}\n  评价标准 ≤ 0% 计满分；每超过 5个百分点 扣1分，扣完为止",
            f"三级指标 结转率{number} 5\n  指标值 结转{number} ÷ 决算{number}\n  评价标准 = 0 计5分；0% 到 10%（含），计4分；10%到20%（含），计3分；大于 20% 不得分",
            f"三级指标 完成率{number} 5\n  指标值 决算{number} ÷ 预算{number}\n  评价标准 按比例计分，最多 满分",
        ]
    points = 20 * copies
    return HEAD.format(points=points) + "\n".join([*figures, f"一级指标 全部 {points}", *indicators]) + "\n"


def least(work: Callable[[], object]) -> float:
    """Return the least time of a few rounds, in milliseconds."""
    found = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        found.append((time.perf_counter() - begin) * 1e3)
    return min(found)


def main() -> None:
    """Print the table."""
    print(platform.python_version(), platform.machine(), f"least of {ROUNDS}, ms; in brackets ms for one indicator")
    for copies in [int(word) for word in sys.argv[1:]] or [5, 20, 80]:
        text = text_of(copies)
        rubric = rd.loads(text)
        table = pa.table({f"{name}{n}": ["1"] for n in range(copies) for name in ("预算", "决算", "上年", "结转")})

        def first_call(text: str = text, table: pa.Table = table) -> object:
            return rd.loads(text).score_table(table)

        read = least(lambda text=text: rd.loads(text))
        compiled = least(rubric.compile)
        whole = least(first_call) - read
        count = 4 * copies
        each = [f"{took:8.1f} ({took / count:5.2f})" for took in (read, compiled, whole)]
        print(f"{count:5} indicators: read {each[0]}, compile {each[1]}, first table {each[2]}")


if __name__ == "__main__":
    main()

"""How the time of a check grows with a rubric's length, beside bare lark parsing of the same statements, in one run.

Run: python bench/check_scaling.py [indicators …]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from lark import Lark

import rubric_dsl as rd
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import map_characters
from rubric_dsl.syntax.grammar import CLAUSE, RULE, grammar_text, load
from rubric_dsl.syntax.statements import cut
from rubric_dsl.syntax.table_builder import parser_of

EXAMPLES = 12


def rubric_text(indicators: int) -> str:
    """Return a rubric of so many indicators, twenty lines each."""
    lines = [f"指标体系 大 年度 2019\n满分 {indicators * 5}\n计步 整步\n基础数据表"]
    lines.extend(f"  甲{index}：万元\n  乙{index}：万元" for index in range(indicators))
    lines.append(f"一级指标 一 {indicators * 5}分")
    for index in range(indicators):
        lines.append(
            f"三级指标 指标{index} 5分\n  原文 “以100%为标准。”\n  指标值 甲{index} ÷ 乙{index}\n  评价标准\n"
            "    ≤ 100% 计满分；\n    每超过 1个百分点 扣0.5分，扣完为止"
        )
        lines.extend(
            f"  例 甲{index} = {100 + excess}，乙{index} = 100 计{max(0, 10 - excess) / 2:g}分"
            for excess in range(EXAMPLES)
        )
    return "\n".join(lines) + "\n"


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes: the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def bare(lark: Lark, text: str) -> None:
    """Parse the statements with lark and do nothing with them."""
    grammar = load()
    mapped = map_characters(text)
    for piece in cut(text, mapped, grammar).pieces:
        for body in piece.body:
            start = CLAUSE if piece.kind == RULE else piece.kind
            lark.parse(mapped.text[body.start : body.end], start=start)


def main() -> None:
    """Print a line for each size."""
    load()
    lark = parser_of(grammar_text())
    print(f"{'indicators':>10} {'lines':>7} {'check s':>8} {'lark s':>8} {'ratio':>6} {'ms/indicator':>13}")
    for size in [int(word) for word in sys.argv[1:]] or [125, 250, 500, 1000]:
        text = rubric_text(size)
        whole = seconds(lambda text=text: rd.check_source(Source("bench", text)))  # type: ignore[misc]
        parsed = seconds(lambda text=text: bare(lark, text))  # type: ignore[misc]
        line = f"{size:>10} {text.count(chr(10)):>7} {whole:>8.2f} {parsed:>8.2f} {whole / parsed:>6.2f}"
        print(f"{line} {whole / size * 1000:>13.2f}")


if __name__ == "__main__":
    main()

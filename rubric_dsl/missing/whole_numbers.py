"""Whole numbers: where a missing figure can only be whole, the range is narrowed to what whole numbers reach.

Branch and bound: boxes of whole numbers are split until a box can add nothing to what single numbers have shown.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.core.nodes import Program
from rubric_dsl.evaluate.evaluator import run
from rubric_dsl.evaluate.state import Env, Outcome
from rubric_dsl.ranges import End, Range

BUDGET = 300
"""This many boxes are looked at for one indicator; then the range found so far is given, and said to be wide."""


def tighten(program: Program, env: Env, outcome: Outcome, whole: list[str]) -> tuple[Range | None, bool]:
    """Return the score's range over whole values of the figures ``whole``, and whether it is tight."""
    if outcome.score is None or outcome.score.known is not None or not whole:
        return outcome.score, outcome.trace.tight
    shown: Range | None = None
    tight = outcome.trace.tight
    boxes = [{key: whole_range(env.figures[key]) for key in whole}]
    for _ in range(BUDGET):
        if not boxes:
            return shown, tight
        box = boxes.pop(0)
        if any(item.empty for item in box.values()):
            continue
        found = run(program, replace(env, figures={**env.figures, **box}))
        if found.score is None or (shown is not None and _within(found.score, shown)):
            continue
        wide = next((key for key in whole if box[key].known is None), None)
        if wide is None:
            shown = found.score if shown is None else ranges.hull([shown, found.score])
            tight = tight and found.trace.tight
            continue
        boxes[:0] = [{**box, wide: part} for part in _split(box[wide])]
    return outcome.score, False


def whole_range(item: Range) -> Range:
    """Return the whole numbers of a range, its ends among them (empty where there are none)."""
    low = None if item.low.value is None else Fraction(math.ceil(item.low.value))
    if low is not None and item.low.open and low == item.low.value:
        low += 1
    high = None if item.high.value is None else Fraction(math.floor(item.high.value))
    if high is not None and item.high.open and high == item.high.value:
        high -= 1
    return ranges.between(low, high)


def _split(item: Range) -> list[Range]:
    """Split a box: its least number, then halves (or twice as far when it has no end)."""
    low = item.low.value if item.low.value is not None else Fraction(-1000)
    if item.high.value is None:
        middle = 2 * low + 1 if low >= 0 else Fraction(0)
        return [ranges.between(low, middle), Range(End(middle + 1), item.high)]
    middle = Fraction((low + item.high.value) // 2)
    return [ranges.between(low, middle), ranges.between(middle + 1, item.high.value)]


def _within(item: Range, outer: Range) -> bool:
    joined = ranges.hull([item, outer])
    return joined == outer

"""One submission with figures missing, beside the same submission complete, in one run.

Printed is processor time as a multiple of what a complete submission takes, for single scoring and for the compiled
rubric, and how many answers of the two differ. Complete single scoring itself is compared with fractions by hand.

Run: python bench/missing.py
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from single import NAMES, RUBRIC, by_hand_fractions, submission

import rubric_dsl as rd

ROUNDS, COUNT = 7, 40
SHARED = ("三公经费[2019年预算数]", "年初预算", "本年追加预算")
"""The figures that feed two indicators each; the last may be negative, so that a denominator can be 0 between its ends."""


def timed(run: Callable[[Any], object], items: list[Any], repeats: int = 1) -> float:
    """Return the least processor time of one call in microseconds."""
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(repeats):
            for item in items:
                run(item)
        found.append((time.process_time() - start) / len(items) / repeats * 1e6)
    return min(found)


def without(data: list[dict[str, str]], keys: tuple[str, ...]) -> list[dict[str, object]]:
    """Return submissions that lack some figures."""
    return [{key: text for key, text in item.items() if key not in keys} for item in data]


def main() -> None:
    """Print the table."""
    rng = random.Random(2019)  # noqa: S311 - the same submissions in every run
    plain = [submission(rng) for _ in range(COUNT)]
    data = [{NAMES[key]: text for key, text in item.items()} for item in plain]
    rubric = rd.load(RUBRIC)
    compiled = rubric.compile()
    alone = [key for key in NAMES.values() if key not in SHARED]
    score, fast = timed(rubric.score, data), timed(compiled, data, 20)
    by_hand = timed(by_hand_fractions, plain, 5)
    print(f"complete: score() {score:.0f} µs, {score / by_hand:.1f} × fractions by hand; compile() {fast:.1f} µs\n")
    print("| missing | score() | compile() | differ |\n|---|---|---|---|")
    rows: list[tuple[str, list[tuple[str, ...]]]] = [
        ("a figure or rating that feeds one indicator, median", [(key,) for key in alone]),
        *((key, [(key,)]) for key in SHARED),
        ("everything", [tuple(NAMES.values())]),
    ]
    for name, sets in rows:
        times: list[tuple[float, float]] = []
        differ = 0
        for keys in sets:
            own = without(data, keys)[: 10 if keys[0] in SHARED else COUNT]
            for item in own:
                found, result = compiled(item), rubric.score(item)
                differ += (found.total, found.grade) != (result.total, result.grade)
            repeats = 20 if compiled(own[0]).result is None else 1
            times.append((timed(rubric.score, own) / score, timed(compiled, own, repeats) / fast))
        middle = len(times) // 2
        single, many = (sorted(item[side] for item in times) for side in (0, 1))
        print(f"| {name} | {single[middle]:.1f} | {many[middle]:.1f} | {differ} |")
        if len(times) > 1:
            print(f"| the same, most | {single[-1]:.1f} | {many[-1]:.1f} | |")


if __name__ == "__main__":
    main()

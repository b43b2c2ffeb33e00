"""Rows in which figures are missing: their ranges, many rows at once.

Rows that lack the same figures are scored together by two functions, one of the least scores and one of the greatest.
What these do not answer is left to the evaluator.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from rubric_dsl.core.keys import figure_of
from rubric_dsl.engines.table.faults import Reason
from rubric_dsl.engines.table.outputs import UnfitError
from rubric_dsl.engines.table.program import ArrayProgram, Program
from rubric_dsl.missing.worlds import Missing
from rubric_dsl.records import dataclass

Numbers = np.ndarray[Any, np.dtype[Any]]

FEW = 32
"""Fewer rows that lack the same figures are not worth making functions for."""
_MOST_KEPT = 4096


@dataclass(frozen=True, slots=True)
class OpenRows:
    """Rows that wait for figures, by their places in the table's part.

    For each output ``low`` and ``high`` are its numbers at both ends, ``same`` where they are one number, ``without`` where
    it has none. ``waiting`` says for each indicator in which of the rows it waits, ``failing`` which checks of the form fail, as
    :class:`~rubric_dsl.engines.table.program.Answers` does.
    """

    rows: Numbers
    low: list[list[Numbers]]
    high: list[list[Numbers]]
    same: list[Numbers]
    without: list[Numbers]
    waiting: Mapping[str, Numbers]
    failing: list[Numbers]

    def of(self, place: int) -> Opened:
        """Return what is known of one output."""
        return Opened(self.rows, self.low[place], self.high[place], self.same[place], self.without[place], self.waiting)


@dataclass(frozen=True, slots=True)
class Opened:
    """One output in the rows that wait for figures; see :class:`OpenRows`."""

    rows: Numbers
    low: list[Numbers]
    high: list[Numbers]
    same: Numbers
    without: Numbers
    waiting: Mapping[str, Numbers]

    @property
    def absent(self) -> Numbers:
        """Where it has no one number."""
        return ~self.same | self.without

    def waits(self, indicator: str) -> Numbers:
        """Return where an indicator waits."""
        return self.waiting.get(indicator, np.zeros(len(self.rows), bool))


@dataclass(frozen=True, slots=True)
class _Pair:
    low: ArrayProgram
    high: ArrayProgram
    waiting: Mapping[str, bool]


class Found(NamedTuple):
    """The rows that were scored, and those that the evaluator must score, with the reason."""

    rows: OpenRows | None
    left: list[tuple[Numbers, Reason]]


class Holes:
    """Scores rows with figures missing for one program; the functions for each set of figures are kept."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._missing = Missing(program.model)
        self._pairs: dict[frozenset[str], _Pair | None] = {}
        self._scores = {item.owner: place for place, item in enumerate(program.outputs) if item.of == "score"}
        self._judged = {item.of for item in program.outputs} & {"status", "measure"}

    def scored(self, given: Mapping[str, Numbers], absent: Mapping[str, Numbers], fine: Numbers) -> Found:
        """Score the rows that are ``fine`` but for figures that are ``absent``."""
        found: list[OpenRows] = []
        left: list[tuple[Numbers, Reason]] = []
        always = frozenset(key for key in self.program.needed if key not in self.program.present)
        keys = list(absent)
        if not keys and not always:
            return Found(None, [])
        bits = np.stack([absent[key] for key in keys], axis=1) if keys else np.zeros((len(fine), 1), bool)
        packed = np.packbits(bits, axis=1)
        sets, inverse, counts = np.unique(packed, axis=0, return_inverse=True, return_counts=True)
        order = np.argsort(inverse.reshape(-1), kind="stable")
        starts = np.concatenate([[0], np.cumsum(counts)])
        for place in range(len(sets)):
            rows = order[starts[place] : starts[place + 1]]
            own = [key for key, is_absent in zip(keys, bits[rows[0]], strict=True) if is_absent] if keys else []
            missing = always | frozenset(own)
            rows = np.sort(rows[fine[rows]])
            if not missing or not len(rows):
                continue
            if len(rows) < FEW and missing not in self._pairs:
                left.append((rows, "few"))
                continue
            part = self._of(missing, rows, given)
            found += [part] if part is not None else []
            left.append((rows if part is None else np.setdiff1d(rows, part.rows, assume_unique=True), "missing"))
        return Found(_together(found), left)

    def _of(self, missing: frozenset[str], rows: Numbers, given: Mapping[str, Numbers]) -> OpenRows | None:
        if missing not in self._pairs:
            if len(self._pairs) >= _MOST_KEPT:
                self._pairs.pop(next(iter(self._pairs)))
            self._pairs[missing] = self._made(missing)
        pair = self._pairs[missing]
        if pair is None:
            return None
        own = {key: values[rows] for key, values in given.items() if figure_of(key) not in missing}
        low, high = pair.low.run(own, len(rows)), pair.high.run(own, len(rows))
        if low is None or high is None:
            return None
        ok = low[0] & high[0]
        outputs = list(zip(low[1].outputs, high[1].outputs, strict=True))
        same = [_same(a[0], b[0]) for a, b in outputs]
        settled = {name: same[self._scores[name]] for name in pair.waiting if name in self._scores}
        for name, is_told in pair.waiting.items():
            if self._judged and not is_told and name in settled:
                # Why an indicator is settled here, the evaluator knows.
                ok = ok & ~settled[name]
        kept = np.flatnonzero(ok)
        return OpenRows(
            rows[kept],
            [[numbers[kept] for numbers in item[0]] for item, _ in outputs],
            [[numbers[kept] for numbers in item[0]] for _, item in outputs],
            [item[kept] for item in same],
            [np.zeros(len(kept), bool) if item[1] is None else item[1][kept] for item, _ in outputs],
            {name: ~item[kept] for name, item in settled.items()},
            [word[kept] for word in low[1].failing],
        )

    def _made(self, missing: frozenset[str]) -> _Pair | None:
        worlds = self._missing.worlds(missing)
        if worlds is None:
            return None
        if self._judged and not worlds.waiting.keys() <= self._scores.keys():
            return None
        if "measure" in self._judged and not all(worlds.waiting.values()):
            return None
        try:
            low, high = (ArrayProgram(model, self.program, missing) for model in (worlds.low, worlds.high))
        except UnfitError:
            return None
        return _Pair(low, high, worlds.waiting)


@lru_cache(maxsize=8)
def holes_of(program: Program) -> Holes:
    """Return what scores the rows with holes for a program; the last ones made are kept."""
    return Holes(program)


def _same(low: list[Numbers], high: list[Numbers]) -> Numbers:
    """Return where an output is one number at both ends."""
    found: Numbers = low[0] == high[0]
    if len(low) == 1:
        return found
    found = found & (low[1] == high[1])
    for row in np.flatnonzero(~found).tolist():
        found[row] = int(low[0][row]) * int(high[1][row]) == int(high[0][row]) * int(low[1][row])
    return found


def _together(parts: list[OpenRows]) -> OpenRows | None:
    """Return parts as one; an indicator waits only in the parts that say so."""
    if len(parts) < 2:  # noqa: PLR2004 - nothing to join
        return parts[0] if parts else None

    def joined(items: list[Numbers]) -> Numbers:
        return np.concatenate(items)

    def each(items: list[list[list[Numbers]]]) -> list[list[Numbers]]:
        return [[joined(list(column)) for column in zip(*own, strict=True)] for own in zip(*items, strict=True)]

    names = dict.fromkeys(name for part in parts for name in part.waiting)
    return OpenRows(
        joined([part.rows for part in parts]),
        each([part.low for part in parts]),
        each([part.high for part in parts]),
        [joined(list(own)) for own in zip(*(part.same for part in parts), strict=True)],
        [joined(list(own)) for own in zip(*(part.without for part in parts), strict=True)],
        {name: joined([part.waiting.get(name, np.zeros(len(part.rows), bool)) for part in parts]) for name in names},
        [joined(list(own)) for own in zip(*(part.failing for part in parts), strict=True)],
    )

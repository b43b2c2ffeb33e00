"""What is asked of the groups of a table, for all its rows at once: exact, by sorting whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any, NamedTuple

import numpy as np

from rubric_dsl.data.submission import Submission
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.engines.table.amounts import Numbers
from rubric_dsl.engines.table.program import Program
from rubric_dsl.formulas.cohorts import Cohort, Group
from rubric_dsl.inputs.asked import cohort_figures
from rubric_dsl.inputs.group import Compared, group_of, incomplete
from rubric_dsl.model.model import Model
from rubric_dsl.plan.plan import bottom_key
from rubric_dsl.records import dataclass

Array = np.ndarray[Any, np.dtype[Any]]
_WORD = 2**62
_FINEST = 10**30
"""Numbers over a greater common denominator are kept as fractions."""
_NEAR = 2.0**-49
"""Floats of two fractions that are further apart than this, measured against the greater, are in the fractions' order.

Each float is a quotient of two whole numbers of a machine word. Both are rounded when they become floats, and the quotient is
rounded again: it is off by a factor of at most (1 + 2⁻⁵³)³, so that two of them are nearer by less than 2⁻⁵⁰ of the greater.
"""


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is asked of the groups, for each row of a table.

    Attributes:
        columns: the numbers that the plan takes from outside, by their keys.
        known: of which rows all of them are known; the others are the evaluator's.
        limits: the least and the greatest number of each column, and of each input of the plan, rounded outwards.
        of_row: what the evaluator needs for a row: the groups, by figure, and what is wrong with them.
    """

    columns: Mapping[str, Array]
    known: Array
    limits: Mapping[str, tuple[int, int]]
    of_row: Callable[[int], tuple[Mapping[str, Group], list[Diagnostic]]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a table, as far as it was read by columns; ``submission`` reads one of its rows as single scoring does."""

    reads: Mapping[str, Numbers]
    plain: Array
    group: Array
    subjects: Callable[[Array], Sequence[str]]
    submission: Callable[[int], Submission]


@dataclass(slots=True)
class _Figure:
    """The numbers of a compared figure: ``tops ÷ bottoms`` where ``known``; ``others`` are those that no column holds."""

    compared: Compared
    tops: list[Array] = field(default_factory=list)
    bottoms: list[Array] = field(default_factory=list)
    known: list[Array] = field(default_factory=list)
    others: dict[int, Fraction] = field(default_factory=dict)


class GroupReader:
    """Takes a table part by part, and then says what is asked of its groups."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._figures = {figure: _Figure(Compared(model, figure)) for figure in sorted(cohort_figures(model))}
        self._codes: dict[str, int] = {}
        self._groups: list[Array] = []
        self._subjects: list[Callable[[Array], Sequence[str]]] = []
        self._ends: dict[str, tuple[int, int, int]] = {}
        self._starts = [0]

    def group(self, text: str) -> int:
        """Return the number of a group, by what tells it from the others."""
        return self._codes.setdefault(text, len(self._codes))

    def add(self, program: Program, part: Part) -> None:
        """Take the next part."""
        count, start = len(part.plain), self._starts[-1]
        submissions: dict[int, Submission] = {}

        def submission(row: int) -> Submission:
            if row not in submissions:
                submissions[row] = part.submission(row)
            return submissions[row]

        groups = part.group.copy()
        for row in np.flatnonzero(~part.plain).tolist():
            groups[row] = self.group(group_of(self.model, submission(row)))
        for figure, own in self._figures.items():
            found = program.figure(figure).run(part.reads, part.plain, count)
            own.tops.append(found.tops)
            own.bottoms.append(found.bottoms)
            known = found.known.copy()
            for row in np.flatnonzero(~found.known & ~found.absent).tolist():
                value = own.compared.of(submission(row))
                if value is not None:
                    own.others[start + row] = value
                    known[row] = True
            own.known.append(known)
        for key, read in part.reads.items():
            if key in program.whole.numbers and count:
                scale = program.scales[key]
                low, high, before = self._ends.get(key, (0, 0, scale))
                finer = scale // before
                self._ends[key] = (
                    min(finer * low, int(read.values.min())),
                    max(finer * high, int(read.values.max())),
                    scale,
                )
        self._groups.append(groups)
        self._subjects.append(part.subjects)
        self._starts.append(start + count)

    def statistics(self, program: Program) -> Statistics | None:
        """Return what is asked of the groups; None where one row alone is no group."""
        rows = self._starts[-1]
        if rows < 2:  # noqa: PLR2004 - as in with_cohorts
            return None
        found = _Groups(np.concatenate(self._groups), len(self._codes))
        figures = {figure: _Compared(_values(own), found) for figure, own in self._figures.items()}
        columns: dict[str, Array] = {}
        known = np.ones(rows, bool)
        limits = {key: _around(low, high) for key, (low, high, _) in self._ends.items()}
        for key, cohort in self.model.cohorts.items():
            asked = figures[cohort.figure].asked(cohort, program.whole.outside[key].scale)
            known &= asked.known
            for name, column in ((key, asked.tops), (bottom_key(key), asked.bottoms)):
                columns[name] = column
                used = column[asked.known]
                limits[name] = (1, 1) if not len(used) else _around(used.min(), used.max())
        return Statistics(columns, known, limits, _Members(figures, found, self._named).of_row)

    def _named(self, rows: Array) -> list[str]:
        """Return the names of departments, by the rows of the whole table."""
        named: list[str] = []
        for start, end, subjects in zip(self._starts, self._starts[1:], self._subjects, strict=False):
            own = rows[(rows >= start) & (rows < end)] - start
            named += subjects(own) if len(own) else []
        return named


def _around(low: Any, high: Any) -> tuple[int, int]:  # noqa: ANN401 - a number of numpy's, or a great one
    """Return bounds that tables with numbers of about the same size have alike, so that they share one function."""
    low, high = int(low), int(high)
    if low == high:
        return low, high

    def rounded(size: int) -> int:
        return 1 << -(-size.bit_length() // 4) * 4

    return (-rounded(-low) if low < 0 else min(low, 1)), (rounded(high) if high > 0 else 0)


class _Groups:
    """Which rows of a table are one group: ``of`` has each row's, ``order`` the rows by group and ``starts`` where each begins."""

    def __init__(self, of: Array, count: int) -> None:
        self.of = of
        self.count = count
        self.sizes: Array = np.bincount(of, minlength=count)
        self.starts: Array = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])


class _Values(NamedTuple):
    """Numbers ``tops ÷ bottoms``, one a row; where ``scale`` is not 0, every ``bottoms`` is it."""

    tops: Array
    bottoms: Array
    scale: int
    known: Array

    def fraction(self, row: int) -> Fraction:
        """Return the number of a row."""
        return Fraction(int(self.tops[row]), self.scale or int(self.bottoms[row]))


def _values(own: _Figure) -> _Values:
    """Return the parts' numbers as one column, over one denominator where that is not too great."""
    known = np.concatenate(own.known)
    scales = {int(bottom) for part in own.bottoms if len(part) for bottom in (part.min(), part.max())}
    is_one = all(len(part) == 0 or part.min() == part.max() for part in own.bottoms)
    scale = lcm(*scales, *(value.denominator for value in own.others.values())) if is_one else 0
    if not 0 < scale < _FINEST:
        tops, bottoms = (np.concatenate(parts).astype(object) for parts in (own.tops, own.bottoms))
        for row, value in own.others.items():
            tops[row], bottoms[row] = value.numerator, value.denominator
        tops[~known], bottoms[~known] = 0, 1
        return _Values(_narrowed(tops), _narrowed(bottoms), 0, known)
    parts = [
        _times(top, scale // int(bottom[0])) for top, bottom in zip(own.tops, own.bottoms, strict=True) if len(top)
    ]
    tops = np.concatenate(parts)
    great = {row: int(value * scale) for row, value in own.others.items()}
    if any(abs(value) >= _WORD for value in great.values()):
        tops = tops.astype(object)
    for row, number in great.items():
        tops[row] = number
    tops[~known] = 0
    return _Values(tops, np.ones(0, np.int64), scale, known)


def _times(numbers: Array, factor: int) -> Array:
    """Return exact multiples: machine words where they hold them, else whole numbers of any size."""
    if factor == 1 or not len(numbers):
        return numbers
    most = max(abs(int(numbers.min())), abs(int(numbers.max()))) * abs(factor)
    if most >= _WORD and numbers.dtype != object:
        numbers = numbers.astype(object)
    return numbers * factor


def _narrowed(numbers: Array) -> Array:
    """Return numbers as machine words where these hold them."""
    if numbers.dtype != object or (len(numbers) and max(-numbers.min(), numbers.max()) >= _WORD):
        return numbers
    return numbers.astype(np.int64)


class _Asked(NamedTuple):
    """A statistic times its scale, one a row: ``tops ÷ bottoms`` where it is ``known``."""

    tops: Array
    bottoms: Array
    known: Array


class _Compared:
    """A figure of all groups, in order; each statistic is worked out for all rows at once."""

    def __init__(self, values: _Values, groups: _Groups) -> None:
        self.values = values
        self._groups = groups
        self.lacking: Array = np.bincount(groups.of[~values.known], minlength=groups.count)

    @cached_property
    def _codes(self) -> Array:
        return _ordered_codes(self.values)

    @cached_property
    def order(self) -> Array:
        """The rows by group, and within a group by their numbers."""
        if self._groups.count == 1:
            return np.argsort(self._codes, kind="stable")
        return np.lexsort((self._codes, self._groups.of))

    def asked(self, cohort: Cohort, scale: int) -> _Asked:
        """Return a statistic of each row's group, or the row's place in it."""
        complete = self.lacking == 0
        if cohort.kind == "rank":
            tops, bottoms = self._ranks(cohort, scale)
            return _Asked(tops, bottoms, complete[self._groups.of])
        tops, bottoms = np.zeros(self._groups.count, object), np.ones(self._groups.count, object)
        for group in np.flatnonzero(complete & (self._groups.sizes > 0)).tolist():
            found = self._statistic(cohort, group)
            if found is None:
                complete[group] = False
            else:
                number = found * scale
                tops[group], bottoms[group] = number.numerator, number.denominator
        of = self._groups.of
        return _Asked(_narrowed(tops)[of], _narrowed(bottoms)[of], complete[of])

    def _statistic(self, cohort: Cohort, group: int) -> Fraction | None:
        """Return a statistic of a group, as :class:`~rubric_dsl.formulas.cohorts.Group` does; None where it is too small."""
        size = int(self._groups.sizes[group])
        if cohort.kind == "count":
            return Fraction(size)
        start = int(self._groups.starts[group])
        rows = self.order[start + cohort.low : start + max(cohort.low, size - cohort.high)]
        if not len(rows):
            return None
        if cohort.kind == "mean":
            return self._sum(rows) / len(rows)
        if cohort.kind == "quantile" and cohort.share is not None:
            return _between(
                [self.values.fraction(rows[at]) for at in _around_place(cohort.share, len(rows))],
                cohort.share,
                len(rows),
            )
        return self.values.fraction(rows[-1 if cohort.kind == "max" else 0])

    def _sum(self, rows: Array) -> Fraction:
        values = self.values
        tops = values.tops[rows]
        if not values.scale:
            return _summed([Fraction(*pair) for pair in zip(tops.tolist(), values.bottoms[rows].tolist(), strict=True)])
        most = max(abs(int(tops.min())), abs(int(tops.max())))
        total = int(tops.sum()) if most * len(rows) < _WORD else sum(tops.tolist())
        return Fraction(total, values.scale)

    def _ranks(self, cohort: Cohort, scale: int) -> tuple[Array, Array]:
        """Return each row's place times ``scale``: 2 where those with the same number share the mean of their places."""
        order, groups = self.order, self._groups
        codes, of, places = self._codes[order], groups.of[order], np.arange(len(order))
        new = np.ones(len(order), bool)
        new[1:] = (codes[1:] != codes[:-1]) | (of[1:] != of[:-1])
        first = np.maximum.accumulate(np.where(new, places, 0))
        last = np.append(np.flatnonzero(new)[1:], len(order))[np.cumsum(new) - 1]
        start, size = groups.starts[of], groups.sizes[of]
        ahead = size - (last - start) if cohort.descending else first - start
        more = (last - first - 1) * {"first": 0, "last": 2, "mean": 1}[cohort.ties]
        ranks = np.empty(len(order), np.int64)
        ranks[order] = (2 * (ahead + 1) + more) * scale // 2
        return ranks, np.ones(len(order), np.int64)


def _around_place(share: Fraction, size: int) -> tuple[int, int]:
    """Return the places on both sides of a quantile."""
    below = min(share.numerator * (size - 1) // share.denominator, size - 1)
    return below, min(below + 1, size - 1)


def _between(ends: Sequence[Fraction], share: Fraction, size: int) -> Fraction:
    below = min(share.numerator * (size - 1) // share.denominator, size - 1)
    return ends[0] + (ends[1] - ends[0]) * (share * (size - 1) - below)


def _summed(values: list[Fraction]) -> Fraction:
    """Return a sum by halves: denominators grow with each number, and so are great in the last few sums only."""
    while len(values) > 1:
        pairs = [one + other for one, other in zip(values[::2], values[1::2], strict=False)]
        values = pairs + values[len(values) - len(values) % 2 :]
    return values[0]


def _ordered_codes(values: _Values) -> Array:
    """Return machine words that are in the same order as the numbers, and equal where these are equal."""
    if values.scale and values.tops.dtype != object:
        return values.tops
    if values.scale or object in (values.tops.dtype, values.bottoms.dtype):
        found = [values.fraction(row) for row in range(len(values.tops))]
        codes_of = {value: place for place, value in enumerate(sorted(set(found)))}
        return np.array([codes_of[value] for value in found], np.int64)
    shared = np.gcd(values.tops, values.bottoms)
    tops, bottoms = values.tops // shared, values.bottoms // shared
    floats = tops / bottoms
    order = np.lexsort((bottoms, tops, floats))
    tops, bottoms, floats = tops[order], bottoms[order], floats[order]
    new = np.ones(len(order), bool)
    new[1:] = (tops[1:] != tops[:-1]) | (bottoms[1:] != bottoms[:-1])
    firsts = np.flatnonzero(new)
    places = np.arange(len(firsts))
    sizes = np.abs(floats[firsts])
    near = np.diff(floats[firsts]) <= _NEAR * np.maximum(sizes[1:], sizes[:-1])
    for begin, end in _runs(near):
        own = sorted(range(begin, end), key=lambda at: Fraction(int(tops[firsts[at]]), int(bottoms[firsts[at]])))
        places[own] = np.arange(begin, end)
    codes = np.empty(len(order), np.int64)
    codes[order] = places[np.cumsum(new) - 1]
    return codes


def _runs(near: Array) -> Iterable[tuple[int, int]]:
    """Yield the stretches of numbers each of which is near the next."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]]).astype(np.int8)))
    yield from ((int(begin), int(end) + 1) for begin, end in zip(edges[::2], edges[1::2], strict=True))


class _Members:
    """The groups as the evaluator takes them, each made when a row of it is asked for."""

    def __init__(self, figures: Mapping[str, _Compared], groups: _Groups, named: Callable[[Array], list[str]]) -> None:
        self._figures, self._groups, self._named = figures, groups, named
        self._known: dict[tuple[str, int], Group | Diagnostic] = {}

    def of_row(self, row: int) -> tuple[Mapping[str, Group], list[Diagnostic]]:
        """Return the groups of a row, by figure, and what is wrong with them."""
        group = int(self._groups.of[row])
        found = {figure: self._of(figure, group) for figure in self._figures}
        return (
            {figure: item for figure, item in found.items() if isinstance(item, Group)},
            [item for item in found.values() if isinstance(item, Diagnostic)],
        )

    def _of(self, figure: str, group: int) -> Group | Diagnostic:
        if (figure, group) not in self._known:
            values = self._figures[figure].values
            rows = np.flatnonzero(self._groups.of == group)
            lacking = rows[~values.known[rows]]
            self._known[figure, group] = (
                incomplete(figure, self._named(lacking))
                if len(lacking)
                else Group(values.fraction(row) for row in rows.tolist())
            )
        return self._known[figure, group]

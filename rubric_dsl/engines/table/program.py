"""The function for one table: which plan it is made from, and how it is run."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rubric_dsl.core.keys import GIVEN, availability_key, figure_of
from rubric_dsl.engines.python_text import inside
from rubric_dsl.engines.table.kernel import FEW, Kernel, cache_folder, compiled, has_numba, plain
from rubric_dsl.engines.table.kernel_text import Column, array_source, is_narrow, kernel_source
from rubric_dsl.engines.table.outputs import MOST_DIGITS, Output, Part, Wanted, outputs_of, wanted_of
from rubric_dsl.inputs.asked import asked_of
from rubric_dsl.inputs.bind import PLAUSIBLE_RATIO
from rubric_dsl.model.model import Model
from rubric_dsl.plan.graph import Node
from rubric_dsl.plan.lower import Truth
from rubric_dsl.plan.plan import NumberInput, Plan, bottom_key, plan
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold
from rubric_dsl.units import RATIO

if TYPE_CHECKING:
    import numpy as np

    from rubric_dsl.engines.table.amounts import Numbers as Read

    Numbers = np.ndarray[Any, np.dtype[Any]]

Engine = Literal["auto", "machine", "python"]
MANY = 100_000
"""So many rows are one thread's at a time."""
_SIZES = (40, 36, 44, 32, 28, 24, 20)
"""Inputs are held below 2 to these powers, the first with which all numbers are machine numbers; rows with a greater
one are done in whole numbers of any size."""


@dataclass(frozen=True, slots=True)
class Made:
    """A plan's function as source, for Python and for the machine, and what stands in its columns."""

    columns: tuple[Column, ...]
    wanted: tuple[Wanted, ...]
    source: str
    machine: str = ""


Answer = tuple[list["Numbers"], "Numbers | None"]
"""The numbers of an output, and where it has none (None: nowhere)."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a function says of rows.

    ``failing`` says for each check of :attr:`Program.checks`, one bit for each and so many in a word, whether it fails where
    all its figures are given.
    """

    outputs: list[Answer]
    failing: list[Numbers]


@dataclass(frozen=True, slots=True)
class Asked:
    """A check of the form that can be asked: its place in the rubric, and the inputs that it reads."""

    place: int
    keys: frozenset[str]


class Program:
    """The function that scores the rows of a table in which certain figures are columns.

    ``scales`` are those of its numbers, ``ratios`` the greatest plausible whole number of each ratio. ``needed`` are the
    figures without which a row is not the function's. ``limits`` are the least and the greatest whole number in the columns
    of statistics of a group, and in those of inputs where that is known.

    Raises:
        UnfitError: a column of the results must be text.
    """

    def __init__(
        self,
        model: Model,
        scales: Mapping[str, int],
        present: frozenset[str],
        parts: tuple[Part, ...],
        texts: frozenset[str],
        limits: Mapping[str, tuple[int, int]] = MappingProxyType({}),
    ) -> None:
        self.model: Model = model
        self.scales: Mapping[str, int] = scales
        self.present: frozenset[str] = present
        self.limits: Mapping[str, tuple[int, int]] = limits
        self.ratios: dict[str, int] = {key: PLAUSIBLE_RATIO * scales[key] for key in _ratio_keys(model)}
        wide = self._plan(None)
        self.whole = wide
        self.outputs: tuple[Output, ...] = outputs_of(wide, parts, texts)
        # What the greatest bounds already decide, all do: every function writes the same columns.
        self._flagged = frozenset(
            item.output.name for item in wanted_of(wide, self.outputs) if item.without.op != "false"
        )
        self.checks: tuple[Asked, ...] = tuple(
            Asked(place, frozenset(keys & present))
            for place, check in enumerate(wide.checks)
            if (keys := _keys_of(check)) <= columns_read(wide, present)
        )
        """The form's checks that can be asked of the table."""
        self._wide = self._made(wide)
        self._narrow = self._machine()
        self._rows = 0
        self._figures: dict[str, FigureProgram] = {}

    @property
    def is_usable(self) -> bool:
        """Whether any row can be the function's: irrational numbers are the evaluator's, and a group that is not known."""
        return self._is_usable(self.whole)

    def _is_usable(self, found: Plan) -> bool:
        return all(key in self.limits for key in found.outside)

    @cached_property
    def needed(self) -> frozenset[str]:
        """The figures that decide a result."""
        roots = [self.whole.defined, *(node for item in self._wide.wanted for node in (*item.nodes, item.without))]
        keys = {node.key for node in inside(roots) if node.key}
        outside = {name for key in self.whole.outside for name in (key, bottom_key(key))}
        return frozenset(keys - outside - {availability_key(key) for key in self.whole.numbers})

    @property
    def source(self) -> str:
        """The generated function."""
        return (self._narrow or self._wide).machine

    @cached_property
    def middling(self) -> Plan:
        """The plan for numbers as they usually are."""
        return self._plan(_SIZES[0])

    def figure(self, figure: str) -> FigureProgram:
        """Return what works out a figure that is compared over a group."""
        if figure not in self._figures:
            self._figures[figure] = FigureProgram(self, figure)
        return self._figures[figure]

    def _plan(self, size: int | None) -> Plan:
        return self.plan_of(self.model, size)

    def plan_of(self, model: Model, size: int | None) -> Plan:
        """Lower a rubric with the same inputs for numbers below 2 to the power ``size``."""
        limits = dict(self.limits) if size is not None else {}
        for key in self.scales:
            most = self.ratios.get(key)
            if size is not None:
                low, high = limits.get(key, (-(2**size), 2**size))
                limits[key] = (max(low, -(2**size)), min(high, most or high, 2**size))
            elif most is not None:
                limits[key] = (-(10**60), most)
        return plan(model, self.scales, limits, always=True)

    def _machine(self) -> Made | None:
        for size in _SIZES:
            found = self._plan(size)
            if not self._is_usable(found):
                return None
            made = self._made(found)
            if is_narrow(self._roots(found, made.wanted), found.numbers.values()):
                return made
        return None

    def _made(self, found: Plan) -> Made:
        wanted = tuple(wanted_of(found, self.outputs))
        nodes = [node for item in wanted for node in self.written(found, item)]
        columns = columns_of(found, self.present)
        if self._is_usable(found):
            read = {node.key for node in inside([*nodes, found.defined])}
            outside = [name for key in found.outside for name in (key, bottom_key(key))]
            columns += tuple(Column(name) for name in outside if name in read)
        keys = {column.key for column in columns}
        if any(node.key and node.key not in keys for node in inside([*nodes, found.defined])):
            return Made((), wanted, "")  # a figure that decides is no column of this table
        told = [found.checks[asked.place] for asked in self.checks]
        condition = condition_of(found, told)
        texts = [
            kernel_source(columns, condition, [*nodes, *failing_words(found, told)], machine=machine)
            for machine in (False, True)
        ]
        return Made(columns, wanted, *texts)

    def _roots(self, found: Plan, wanted: Sequence[Wanted]) -> list[Node]:
        told = [found.checks[asked.place] for asked in self.checks]
        nodes = [node for item in wanted for node in self.written(found, item)]
        return [condition_of(found, told), *nodes, *failing_words(found, told)]

    def written(self, found: Plan, item: Wanted) -> list[Node]:
        """Return what is written for an output: its numbers, then as 1 or 0 whether it has none, where that can be."""
        graph = found.graph
        flags = [item.without] if item.output.name in self._flagged else []
        return [*item.nodes, *(graph.select(flag, graph.one, graph.zero) for flag in flags)]

    def run(self, count: int, given: Mapping[str, Numbers], ok: Numbers, engine: Engine) -> Answers:
        """Score the rows with ``ok``, in place.

        Rows that are not the plan's have ``ok`` 0 afterwards, and no results.
        """
        import numpy as np

        flags = [np.zeros(count, bool) if item.output.name in self._flagged else None for item in self._wide.wanted]
        outputs: list[Answer] = [
            ([np.zeros(count, np.int64) for _ in item.nodes], flag)
            for item, flag in zip(self._wide.wanted, flags, strict=True)
        ]
        found = Answers(outputs, [np.zeros(count, np.int64) for _ in range(-(-len(self.checks) // CHECKS_IN_A_WORD))])
        if not self._wide.source or not self.is_usable:
            ok[:] = 0
            return found
        if not ok.any():
            return found
        tried = ok.copy()
        flat = [item for own, flag in outputs for item in (own if flag is None else [*own, flag])] + found.failing
        if self._narrow is not None:
            self._rows += int(np.count_nonzero(ok))
            fast = engine == "machine" or (engine == "auto" and self._rows > FEW and has_numba())
            self._narrow_run(count, given, ok, flat, fast=fast)
        else:
            ok[:] = 0
        again = np.flatnonzero(tried & ~ok.astype(bool))
        if len(again):
            self._wide_run(again, given, ok, flat)
        return found

    def _narrow_run(
        self, count: int, given: Mapping[str, Numbers], ok: Numbers, flat: list[Numbers], *, fast: bool
    ) -> None:
        assert self._narrow is not None  # noqa: S101 - asked before
        columns = [self._column(column, given, count) for column in self._narrow.columns]
        if fast:
            strides = tuple(item.strides[0] // item.itemsize if count else 1 for item in columns)
            kernel = _machine(self._narrow.machine, strides)

            def score(rows: slice) -> None:
                words = [_words(item[rows], stride) for item, stride in zip(columns, strides, strict=True)]
                kernel(rows.stop - rows.start, ok[rows], *words, *(item[rows] for item in flat))

            _shared_out(count, score)
            return
        plain(self._narrow.source)(count, ok, *(column.tolist() for column in columns), *flat)

    def _wide_run(self, rows: Numbers, given: Mapping[str, Numbers], ok: Numbers, flat: list[Numbers]) -> None:
        columns = [self._column(column, given, len(ok))[rows].tolist() for column in self._wide.columns]
        own = [1] * len(rows)
        results = [[0] * len(rows) for _ in flat]
        plain(self._wide.source)(len(rows), own, *columns, *results)
        for place, row in enumerate(rows.tolist()):
            if own[place] and all(abs(item[place]) < 10**MOST_DIGITS for item in results):
                ok[row] = 1
                for target, item in zip(flat, results, strict=True):
                    target[row] = item[place]

    def _column(self, column: Column, given: Mapping[str, Numbers], count: int) -> Numbers:
        import numpy as np

        return given[column.key] if column.key in given else np.zeros(count, np.int8)


def _shared_out(count: int, work: Callable[[slice], None]) -> None:
    """Do the work on all rows, a part of them at a time on each core that the process has."""
    cores, parts = _cores(), max(1, count // MANY)
    ends = [count * part // parts for part in range(parts + 1)]
    rows = [slice(first, last) for first, last in pairwise(ends)]
    if min(cores, parts) == 1:
        work(slice(0, count))
        return
    with ThreadPoolExecutor(min(cores, parts)) as pool:
        list(pool.map(work, rows))


def _cores() -> int:
    """Return how many cores the process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class FigureNumbers(NamedTuple):
    """A figure of each row, ``tops ÷ bottoms`` where it is ``known``; ``absent`` is where it is plainly not given."""

    tops: Numbers
    bottoms: Numbers
    known: Numbers
    absent: Numbers


class FigureProgram:
    """The function that works out one figure that is compared over a group."""

    def __init__(self, like: Program, figure: str) -> None:
        self._source = ""
        self._columns: tuple[Column, ...] = ()
        self._is_narrow = False
        self._own = like.model.fields[fold(figure)]
        for found in (like.middling, like.whole):
            item = found.compared.get(figure)
            if item is None:
                return
            graph = found.graph
            nodes = [graph.scale(item.factor.numerator, item.top), graph.scale(item.factor.denominator, item.bottom)]
            read = {node.key for node in inside([*nodes, item.defined]) if node.key}
            self._columns = tuple(column for column in columns_of(found, like.present) if column.key in read)
            if len(self._columns) < len(read):
                return
            self._is_narrow = is_narrow([*nodes, item.defined], [one.item for one in self._columns if one.item])
            if self._is_narrow or found is like.whole:
                self._source = array_source(self._columns, item.defined, nodes)
                return

    def run(self, reads: Mapping[str, Read], plain_rows: Numbers, count: int) -> FigureNumbers:
        """Work the figure out for the rows that are plain."""
        import numpy as np

        is_derived, own = self._own.formula is not None, reads.get(self._own.key)
        absent = plain_rows.copy()
        if is_derived:
            absent[:] = False
        elif own is not None:
            absent &= _any(count, own.missing, own.unavailable)
        if not self._source:
            return FigureNumbers(np.zeros(count, np.int64), np.ones(count, np.int64), np.zeros(count, bool), absent)
        known, arrays = plain_rows & ~absent, []
        for column in self._columns:
            read = reads[figure_of(column.key)]
            if column.key != figure_of(column.key):
                flags = np.zeros(count, bool) if read.unavailable is None else read.unavailable
                arrays.append(flags.astype(np.int8))
                continue
            known = known & ~_any(count, read.missing, read.bad)
            values = read.values
            if column.item is not None and read.unavailable is not None:
                values = np.where(read.unavailable, stand_in(column.item), values)
            arrays.append(values if self._is_narrow or column.item is None else values.astype(object))
        answered: Any = plain(self._source)(np, *arrays)
        fine, found = answered
        tops, bottoms = (np.array(np.broadcast_to(np.asarray(item), count)) for item in found)
        return FigureNumbers(tops, bottoms, known & np.broadcast_to(np.asarray(fine), count).astype(bool), absent)


def _any(count: int, *flags: Numbers | None) -> Numbers:
    import numpy as np

    found = np.zeros(count, bool)
    for item in flags:
        if item is not None:
            found |= item
    return found


class ArrayProgram:
    """The function that scores the rows of a rubric with inputs missing, for the columns of another program.

    Raises:
        UnfitError: a number does not fit the exact type of its column.
    """

    def __init__(self, model: Model, like: Program, absent: frozenset[str]) -> None:
        self.source: str = ""
        self.columns: tuple[Column, ...] = ()
        self.wanted: tuple[Wanted, ...] = ()
        present = like.present - absent
        for size in _SIZES:
            found = like.plan_of(model, size)
            if found.outside:
                return
            wanted = tuple(wanted_of(found, like.outputs))
            columns = columns_of(found, present)
            keys = {column.key for column in columns}
            checks = {id(check): node for check, node in zip(model.checks, found.checks, strict=True)}
            told = [checks.get(id(like.model.checks[asked.place])) for asked in like.checks]
            condition = condition_of(found, [check for check in told if check is not None])
            nodes = [node for item in wanted for node in (*item.nodes, item.without)]
            if any(node.key and node.key not in keys for node in inside([*nodes, condition])):
                return
            nodes += failing_words(found, told)
            if is_narrow([condition, *nodes], found.numbers.values()):
                self.columns, self.wanted = columns, wanted
                self.source = array_source(columns, condition, nodes)
                return

    def run(self, given: Mapping[str, Numbers], count: int) -> tuple[Numbers, Answers] | None:
        """Score rows; return which are the function's, and what it says of them."""
        import numpy as np

        if not self.source:
            return None
        arrays = [given[item.key] if item.key in given else np.zeros(count, np.int8) for item in self.columns]
        answered: Any = plain(self.source)(np, *arrays)
        fine, found = answered
        rows = [np.broadcast_to(np.asarray(item), count) for item in found]
        results: list[Answer] = []
        for item in self.wanted:
            numbers = [row.astype(np.int64) for row in rows[: len(item.nodes)]]
            results.append((numbers, rows[len(item.nodes)].astype(bool)))
            rows = rows[len(item.nodes) + 1 :]
        return np.broadcast_to(np.asarray(fine), count).astype(bool), Answers(results, rows)


def columns_of(found: Plan, present: frozenset[str]) -> tuple[Column, ...]:
    """Return the inputs of a function over the columns that there are."""
    columns = [Column(key, found.numbers.get(key)) for key in sorted(present)]
    columns += [Column(availability_key(key)) for key in found.numbers if availability_key(key) in found.choices]
    return tuple(columns)


def columns_read(found: Plan, present: frozenset[str]) -> frozenset[str]:
    """Return the inputs that are known in every row of a table with these columns."""
    return present | {availability_key(key) for key in found.numbers}


def condition_of(found: Plan, checks: Sequence[Truth]) -> Node:
    """Return when a row is the plan's: every result has a value, and it can be said whether these checks hold.

    A check over what is stated to be unavailable is not asked.
    """
    graph = found.graph
    asked = [graph.either([check.defined, graph.negation(_available(found, check))]) for check in checks]
    return graph.both([found.defined, *asked])


CHECKS_IN_A_WORD = 56


def failing_words(found: Plan, checks: Sequence[Truth | None]) -> list[Node]:
    """Return numbers whose bits say which checks fail; None is one that is not asked."""
    graph = found.graph
    words = []
    for first in range(0, len(checks), CHECKS_IN_A_WORD):
        bits = [
            graph.select(graph.both([check.defined, graph.negation(check.holds)]), graph.const(2**place), graph.zero)
            for place, check in enumerate(checks[first : first + CHECKS_IN_A_WORD])
            if check is not None
        ]
        words.append(graph.add(bits))
    return words


def _keys_of(check: Truth) -> frozenset[str]:
    return frozenset(node.key for node in inside([check.holds, check.defined]) if node.key)


def _available(found: Plan, check: Truth) -> Node:
    """Return the condition that all is available that a check reads."""
    graph = found.graph
    flags = sorted({flag for key in _keys_of(check) if (flag := availability_key(figure_of(key))) in found.choices})
    options = {flag: found.choices[flag].options for flag in flags}
    return graph.both([graph.isin(flag, [own.index(GIVEN)], len(own)) for flag, own in options.items()])


def program_for(
    model: Model,
    scales: Mapping[str, int],
    present: frozenset[str],
    parts: tuple[Part, ...],
    texts: frozenset[str],
    limits: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> Program:
    """Return the program for a table; the last ones made are kept.

    Raises:
        UnfitError: a column of the results must be text.
    """
    return _program(_Same(model), tuple(scales.items()), present, parts, texts, tuple(limits.items()))


class _Same:
    """A model as a key: equal only to itself."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def __hash__(self) -> int:
        return id(self.model)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.model is self.model


@lru_cache(maxsize=8)
def _program(
    same: _Same,
    scales: tuple[tuple[str, int], ...],
    present: frozenset[str],
    parts: tuple[Part, ...],
    texts: frozenset[str],
    limits: tuple[tuple[str, tuple[int, int]], ...],
) -> Program:
    return Program(same.model, dict(scales), present, parts, texts, dict(limits))


@lru_cache(maxsize=32)
def _machine(source: str, strides: tuple[int, ...]) -> Kernel:
    return compiled(source, strides, cache_folder())


def _words(item: Numbers, stride: int) -> Numbers:
    """Return the memory from a column's first row to its last, the words between the rows with it."""
    import numpy as np

    if stride == 1 or not len(item):
        return item
    return np.lib.stride_tricks.as_strided(item, ((len(item) - 1) * stride + 1,), (item.itemsize,), writeable=False)


def stand_in(item: NumberInput) -> int:
    """Return a number that a figure may be, for one that no result reads."""
    return item.offset if item.low is None else item.low


def _ratio_keys(model: Model) -> list[str]:
    return [item.key for item in asked_of(model).values() if item.given and item.unit and item.unit.dimension == RATIO]

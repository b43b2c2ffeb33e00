"""The function for one table: which plan it is made from, and how it is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from rubric_dsl.core.keys import availability_key
from rubric_dsl.engines.python_text import inside
from rubric_dsl.engines.table.kernel import FEW, Kernel, cache_folder, compiled, has_numba, plain
from rubric_dsl.engines.table.kernel_text import Column, is_narrow, kernel_source
from rubric_dsl.engines.table.outputs import MOST_DIGITS, Output, Part, Wanted, outputs_of, wanted_of
from rubric_dsl.model.model import Model
from rubric_dsl.plan.graph import Node
from rubric_dsl.plan.plan import NumberInput, Plan, plan
from rubric_dsl.records import dataclass
from rubric_dsl.scoring.amounts import PLAUSIBLE_RATIO
from rubric_dsl.units import RATIO

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[Any]]

Engine = Literal["auto", "machine", "python"]
_SIZES = (40, 36, 44, 32, 28, 24, 20)
"""Inputs are held below 2 to these powers, the first with which all numbers are machine numbers; rows with a greater
one are done in whole numbers of any size."""


@dataclass(frozen=True, slots=True)
class Made:
    """A plan's function as source, and what stands in its columns."""

    columns: tuple[Column, ...]
    wanted: tuple[Wanted, ...]
    source: str


class Program:
    """The function that scores the rows of a table in which certain figures are columns.

    ``scales`` are those of its numbers. ``needed`` are the figures without which a row is not the function's.

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
    ) -> None:
        self.model, self.scales, self.present = model, scales, present
        self._ratios = {key: PLAUSIBLE_RATIO * scales[key] for key in _ratio_keys(model)}
        wide = self._plan(None)
        self.whole = wide
        self.outputs: tuple[Output, ...] = outputs_of(wide, parts, texts)
        self._wide = self._made(wide)
        self._narrow = self._machine()

    @property
    def is_usable(self) -> bool:
        """Whether any row can be the function's: a cohort and irrational numbers are the evaluator's."""
        return not self.whole.outside

    @cached_property
    def needed(self) -> frozenset[str]:
        """The figures that decide a result."""
        roots = [self.whole.defined, *(node for item in self._wide.wanted for node in (*item.nodes, item.without))]
        keys = {node.key for node in inside(roots) if node.key}
        return frozenset(keys - {availability_key(key) for key in self.whole.numbers})

    @property
    def source(self) -> str:
        """The generated function."""
        return (self._narrow or self._wide).source

    def _plan(self, size: int | None) -> Plan:
        limits: dict[str, tuple[int, int]] = {}
        for key in self.scales:
            high = self._ratios.get(key)
            if size is not None:
                limits[key] = (-(2**size), min(high or 2**size, 2**size))
            elif high is not None:
                limits[key] = (-(10**60), high)
        return plan(self.model, self.scales, limits, always=True)

    def _machine(self) -> Made | None:
        for size in _SIZES:
            found = self._plan(size)
            if found.outside:
                return None
            made = self._made(found)
            if is_narrow(self._roots(found, made.wanted), found.numbers.values()):
                return made
        return None

    def _made(self, found: Plan) -> Made:
        wanted = tuple(wanted_of(found, self.outputs))
        columns = [Column(key, found.numbers.get(key)) for key in sorted(self.present)]
        columns += [Column(availability_key(key)) for key in found.numbers if availability_key(key) in found.choices]
        nodes = [node for item in wanted for node in _written(found, item)]
        keys = {column.key for column in columns}
        if any(node.key and node.key not in keys for node in inside([*nodes, found.defined])):
            return Made((), wanted, "")  # a figure that decides is no column of this table
        return Made(tuple(columns), wanted, kernel_source(columns, self._condition(found), nodes))

    def _condition(self, found: Plan) -> Node:
        """Return when a row is the plan's: every result has a value, every check that can be asked holds."""
        keys = self.present | {availability_key(key) for key in found.numbers}
        checks = [node for node in found.checks if all(not part.key or part.key in keys for part in inside([node]))]
        return found.graph.both([found.defined, *checks])

    def _roots(self, found: Plan, wanted: Sequence[Wanted]) -> list[Node]:
        return [self._condition(found), *(node for item in wanted for node in _written(found, item))]

    def run(self, count: int, given: Mapping[str, Numbers], ok: Numbers, engine: Engine) -> list[list[Numbers]]:
        """Score the rows with ``ok``, in place; return each output's numbers, and last when it has none.

        Rows that are not the plan's have ``ok`` 0 afterwards.
        """
        import numpy as np

        found = [[np.zeros(count, np.int64) for _ in _written(self.whole, item)] for item in self._wide.wanted]
        if not self._wide.source or not self.is_usable:
            ok[:] = 0
            return found
        tried = ok.copy()
        flat = [item for each in found for item in each]
        if self._narrow is not None:
            fast = engine == "machine" or (engine == "auto" and count > FEW and has_numba())
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
            _machine(self._narrow.source)(count, ok, *columns, *flat)
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


@lru_cache(maxsize=32)
def _machine(source: str) -> Kernel:
    return compiled(source, cache_folder())


def _written(found: Plan, item: Wanted) -> list[Node]:
    """Return what is written for an output: its numbers, then whether it has none, always as a number."""
    graph = found.graph
    flags = [item.without] if item.output.of in ("score", "measure") else []
    return [*item.nodes, *(graph.select(flag, graph.one, graph.zero) for flag in flags)]


def stand_in(item: NumberInput) -> int:
    """Return a number that a figure may be, for one that no result reads."""
    return item.offset if item.low is None else item.low


def _ratio_keys(model: Model) -> list[str]:
    return [
        item.key
        for item in model.fields.values()
        if item.unit.dimension == RATIO and not item.options and not item.parameter and item.formula is None
    ]

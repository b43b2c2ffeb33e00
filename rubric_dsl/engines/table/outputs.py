"""What a table's results are: the columns, their exact types, and the nodes of a plan that give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Literal

from rubric_dsl.core.keys import heading_id, result_key
from rubric_dsl.model.model import Model
from rubric_dsl.model.totals import flag_of
from rubric_dsl.plan.graph import Node
from rubric_dsl.plan.plan import Plan
from rubric_dsl.plan.quotient import Quotient
from rubric_dsl.records import dataclass

Kind = Literal["decimal", "fraction", "text", "status", "grade"]
Part = Literal["total", "grade", "scores", "ranges", "statuses", "sections", "measures"]
PARTS: tuple[Part, ...] = ("total", "grade", "scores", "ranges", "statuses", "sections", "measures")
"""What a table of results can hold; ``ranges`` are the least and the greatest beside each score."""
USUAL: tuple[Part, ...] = ("total", "grade", "scores", "ranges", "statuses", "sections")
MOST_DIGITS = 18
_FINEST = 9


class UnfitError(Exception):
    """The results have other columns than was thought: begin again, with what :class:`Fit` says then.

    The column ``name`` must be text, for its exact type does not hold a number of it; or, where ``places`` are given, figures
    have more decimals.
    """

    def __init__(self, name: str, places: Mapping[str, int] | None = None) -> None:
        super().__init__(name)
        self.name: str = name
        self.places: Mapping[str, int] | None = places


@dataclass(frozen=True, slots=True)
class Fit:
    """What is known of a table's numbers before it is scored: which results are text, and how many decimals figures have."""

    texts: frozenset[str] = frozenset()
    places: Mapping[str, int] = field(default_factory=dict)

    def after(self, error: UnfitError) -> Fit:
        """Return what is known after an attempt that failed."""
        if error.places is None:
            return Fit(self.texts | {error.name}, self.places)
        return Fit(self.texts, {**self.places, **error.places})


@dataclass(frozen=True, slots=True)
class Output:
    """One result: the columns ``name``, and ``name.min`` and ``name.max`` where ``ranged``.

    ``of`` says whose it is (``total``, ``points``, ``grade``, ``score``, ``status``, ``measure``, ``section``;
    ``standing``: the status of a heading or of the total) and ``owner`` the indicator or the key. ``places`` are the
    decimals of a decimal column.
    """

    name: str
    of: str
    owner: str
    kind: Kind
    places: int = 0
    ranged: bool = False


def outputs_of(plan: Plan, parts: tuple[Part, ...], texts: frozenset[str]) -> tuple[Output, ...]:
    """Return the columns of the results in order; those named in ``texts`` hold their numbers as text."""
    model, ranged = plan.model, "ranges" in parts
    found: list[Output] = []

    def put(name: str, of: str, owner: str, item: Quotient | None, *, ranged: bool) -> None:
        places = None if item is None else _places(item)
        kind: Kind = "fraction" if places is None else "decimal"
        found.append(Output(name, of, owner, "text" if name in texts else kind, places or 0, ranged))

    def stands(name: str, key: str) -> None:
        """Add the status of what need not be rated."""
        if "statuses" in parts and flag_of(model.totals, key):
            found.append(Output(f"{name}.status", "standing", key, "status"))

    if "total" in parts and model.totals.total:
        put("total", "total", model.totals.total, plan.total, ranged=ranged)
        put("points", "points", model.totals.points, plan.results[model.totals.points], ranged=False)
        stands("total", model.totals.total)
    if "grade" in parts and model.totals.grade:
        found.append(Output("grade", "grade", model.totals.grade, "grade"))
    if "sections" in parts:
        for key, name in section_keys(model).items():
            put(name, "section", key, plan.results[key], ranged=ranged)
            stands(name, key)
    for name, item in plan.indicators.items():
        if "scores" in parts:
            put(name, "score", name, item.final, ranged=ranged)
        if "statuses" in parts:
            found.append(Output(f"{name}.status", "status", name, "status"))
        if "measures" in parts:
            kind: Kind = "text" if f"{name}.measure" in texts else "fraction"
            found.append(Output(f"{name}.measure", "measure", name, kind))
    return tuple(found)


def names_of(output: Output) -> list[str]:
    """Return the names of an output's columns."""
    return [output.name, *([f"{output.name}.min", f"{output.name}.max"] if output.ranged else [])]


def section_keys(model: Model) -> dict[str, str]:
    """Return the columns of the headings that have a subtotal, by the key of the result; each name once."""
    found: dict[str, str] = {}
    for section in model.sections:
        path = (*section.path, section.name)
        key = result_key("score", heading_id(path))
        if key in model.totals.definitions:
            found[key] = "/".join(path) + "/"
    return found


def _places(item: Quotient) -> int | None:
    """Return how many decimals a number has at most; None where it is no finite decimal, or a fine or great one."""
    if item.bottom.known is None:
        return None
    bottom = item.factor.denominator * item.bottom.known
    for places in range(_FINEST + 1):
        if (10**places * item.factor.numerator) % bottom == 0:
            return places
    return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The nodes behind an output: its numbers, and when there is none (``without`` holds): excluded, or not rated."""

    output: Output
    nodes: tuple[Node, ...]
    without: Node


def wanted_of(plan: Plan, outputs: tuple[Output, ...]) -> list[Wanted]:
    """Return the nodes that a function over the plan must compute.

    Raises:
        UnfitError: a column must be text.
    """
    return [_wanted(plan, output) for output in outputs]


def _wanted(plan: Plan, output: Output) -> Wanted:
    graph, none = plan.graph, plan.graph.false
    flag = flag_of(plan.model.totals, output.owner)
    if flag:
        none = graph.equal(plan.results[flag].top, graph.zero)
    if output.of == "standing":
        return Wanted(output, (graph.negation(none),), graph.false)
    if output.of == "status":
        return Wanted(output, (plan.indicators[output.owner].applies,), none)
    if output.of == "grade":
        return Wanted(output, (_whole(plan, plan.results[output.owner], Fraction(1), output),), none)
    if output.of == "score":
        item, none = plan.indicators[output.owner].final, plan.indicators[output.owner].excluded
    elif output.of == "measure":
        scored = plan.indicators[output.owner]
        item, none = scored.measure, graph.negation(scored.measured)
    else:
        item = plan.results[output.owner]
    if output.kind == "decimal":
        return Wanted(output, (_whole(plan, item, Fraction(10**output.places), output),), none)
    pair = (graph.scale(item.factor.numerator, item.top), graph.scale(item.factor.denominator, item.bottom))
    return Wanted(output, pair, none)


def _whole(plan: Plan, item: Quotient, times: Fraction, output: Output) -> Node:
    bottom = item.bottom.known
    factor = item.factor * times / bottom if bottom else Fraction(1, 2)
    if item.top.known == 0:
        factor = Fraction(1)
    if factor.denominator != 1:
        raise UnfitError(output.name)
    return plan.graph.scale(factor.numerator, item.top)

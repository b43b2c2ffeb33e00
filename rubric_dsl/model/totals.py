"""Subtotals, the total, what comes after it and the grade, lowered to core definitions over other results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from fractions import Fraction

from rubric_dsl.core.keys import is_result, kind_of, owner, result_key
from rubric_dsl.core.nodes import (
    Add,
    Branch,
    Case,
    Compare,
    Condition,
    Const,
    Definition,
    Div,
    Expr,
    Extreme,
    Input,
    Mul,
    Rounding,
    choose,
    minus,
    rounded,
    times,
    total_of,
)
from rubric_dsl.core.walk import irrational, keys_in, keys_of, keys_of_program
from rubric_dsl.forms.base import Form
from rubric_dsl.model.combine import (
    IN_PLAY,
    ONE,
    ZERO,
    Combination,
    Combined,
    Exclusion,
    Member,
    Method,
    Share,
    capped,
    combination,
    combined,
)
from rubric_dsl.model.draft import Head
from rubric_dsl.model.model import Grade, Indicator, Pool, Totals
from rubric_dsl.model.rounding_advice import as_advised
from rubric_dsl.records import dataclass

ROOT = ""
TOTAL, POINTS, GRADE = result_key("total", ROOT), result_key("points", ROOT), result_key("grade", ROOT)
RATED = result_key("applies", ROOT)
"""Whether there is a total: 1 or 0, where there may be none."""


@dataclass(frozen=True, slots=True)
class PartsTable:
    """A heading's own rule, a table over its parts: its score, and its forms."""

    score: Expr
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """A veto that holds the other indicators to their base marks."""

    condition: Condition


@dataclass(slots=True)
class Lowering:
    """Collects definitions. ``held`` are vetoes on base marks.

    ``irrationals`` are headings that need rounding (the total under an empty name), with their parts and scores.
    """

    indicators: dict[str, Indicator]
    pools: list[Pool]
    held: list[Hold] = field(default_factory=list)
    definitions: dict[str, Definition] = field(default_factory=dict)
    irrationals: dict[str, tuple[list[Member], Expr]] = field(default_factory=dict)
    exclusions: dict[str, Exclusion] = field(default_factory=dict)
    combinations: dict[str, Combination] = field(default_factory=dict)

    def define(self, key: str, value: Expr) -> Input:
        """Add a definition and return what reads it."""
        self.definitions[key] = Definition(key, value)
        return Input(key)

    def member(self, head: Head) -> Member | None:
        """Return a heading as a part of the one above it; None where it could not be read."""
        if head.is_section:
            return self._section_member(head)
        indicator = self.indicators.get(head.key or head.name)
        return None if indicator is None else self._indicator_member(indicator)

    def _indicator_member(self, indicator: Indicator) -> Member:
        score = self._final(indicator)
        if not indicator.exclusion:
            return Member(indicator.name, score, indicator.points, indicator.weight)
        applies = Input(result_key("applies", indicator.name))
        in_play = times(indicator.points, applies)
        return Member(indicator.name, score, indicator.points, indicator.weight, applies, in_play, indicator.exclusion)

    def _section_member(self, head: Head) -> Member | None:
        points = head.points
        if points is None or result_key("score", head.id) not in self.definitions:
            return None
        key = result_key("points", head.id)
        in_play = Input(key) if key in self.definitions else None
        key = result_key("applies", head.id)
        flag: Expr | None = Input(key) if key in self.definitions else None
        if in_play is not None and flag is None:
            flag = ONE
        exclusion = self.exclusions.get(head.id, "")
        return Member(head.name, Input(result_key("score", head.id)), points, head.weight, flag, in_play, exclusion)

    def _final(self, indicator: Indicator) -> Expr:
        """Return an indicator's score after vetoes that hold it to its base mark."""
        raw = Input(result_key("score", indicator.name))
        own = result_key("score", indicator.name)
        conditions = [hold.condition for hold in self.held if own not in set(keys_in(hold.condition))]
        if not conditions or indicator.base is None:
            return raw
        value: Expr = raw
        for condition in conditions:
            value = choose(condition, Extreme("min", (value, Const(indicator.base))), value)
        return self.define(result_key("final", indicator.name), value)

    def members(self, heads: list[Head]) -> list[Member]:
        """Return the parts below a heading; a pool counts once, at most its points."""
        found: list[Member] = []
        pooled: dict[str, list[Expr]] = {}
        for head in heads:
            member = self.member(head)
            if member is None:
                continue
            indicator = None if head.is_section else self.indicators.get(head.key or head.name)
            if indicator is not None and indicator.pool:
                pooled.setdefault(indicator.pool, []).append(member.score)
            else:
                found.append(member)
        for pool in self.pools:
            if pool.name in pooled:
                together = Extreme("min", (total_of(pooled[pool.name]), Const(pool.points)))
                found.append(Member(pool.name, together, pool.points, words=pool.words))
        return found

    def section(self, head: Head, method: Method, rounding: Rounding | None, table: PartsTable | None) -> None:
        """Define a heading's score and, where parts can drop out, its points in play and whether it applies."""
        if head.points is None:
            return
        members = self.members(head.children)
        if not members:
            return
        if table is None:
            found = combined(method, members, head.points)
            score = capped(method, found.score)
        else:
            found = _tabled(table.score, members, head.points)
            score = found.score
        score = score if rounding is None else rounded(score, rounding.step, rounding.mode)
        if irrational(score, None):
            self.irrationals[head.id] = members, score
            score = as_advised(score, None)
        self.define(result_key("score", head.id), score)
        self.combinations[head.id] = combination(
            method, members, head.points, found, () if table is None else table.forms
        )
        if found.in_play is not None:
            self.define(result_key("points", head.id), found.in_play)
        if found.applies is not None:
            self.define(result_key("applies", head.id), found.applies)
        self.exclusions[head.id] = found.exclusion

    def grade(self, name: str, grades: tuple[Grade, ...]) -> None:
        """Define a heading's own grade; a heading that is not rated has none, and the grade is then not looked at."""
        score, flag = result_key("score", name), result_key("applies", name)
        if score not in self.definitions:
            return
        rank = grade_of(grades, Input(score))
        self.define(result_key("grade", name), choose(is_rated(flag), rank, ZERO) if flag in self.definitions else rank)

    def base(self, heads: list[Head], method: Method, points: Fraction, all_out: list[Indicator]) -> Expr:
        """Define the points in play and return the total before anything that comes after it."""
        members = self.members(heads)
        found = combined(method, members, points) if members else Combined(ZERO)  # nothing could be read
        made = combination(method, members, points, found)
        in_play: Expr = found.in_play if found.in_play is not None else Const(points)
        score = capped(method, found.score)
        if all_out:
            lost = total_of([times(i.points, minus(ONE, Input(result_key("applies", i.name)))) for i in all_out])
            whole = Add((in_play, lost))
            out = tuple(self._indicator_member(item) for item in all_out)
            share = Share(scored=score, left=in_play, target=whole, out=out)
            score = choose(Compare(">", in_play, ZERO), Div(Mul(score, whole), in_play, words=IN_PLAY), ZERO)
            in_play = choose(Compare(">", in_play, ZERO), whole, ZERO)
            made = replace(made, in_play=in_play, shares=(*made.shares, share))
        self.combinations[ROOT] = made
        self.define(POINTS, in_play)
        if not isinstance(in_play, Const):
            self.define(RATED, choose(Compare(">", Input(POINTS), ZERO), ONE, ZERO))
        return score


def is_rated(flag: str) -> Condition:
    """Return the condition that there is a result, by the key of its flag."""
    return Compare("=", Input(flag), ONE)


def _tabled(table: Expr, members: list[Member], points: Fraction) -> Combined:
    flags = [member.applies for member in members]
    if any(flag is None for flag in flags):
        return Combined(table)
    some = Compare(">", total_of([flag for flag in flags if flag is not None]), ZERO)
    applies = choose(some, ONE, ZERO)
    return Combined(choose(some, table, ZERO), times(points, applies), applies, "siblings")


def grade_of(grades: tuple[Grade, ...], value: Expr) -> Expr:
    """Lower the grade of a value: its place counted from 0, the last grade that is listed."""
    last = len(grades) - 1
    branches = tuple(
        Branch(Compare(grade.op, value, Const(grade.bound)), Const(Fraction(last - index)), (grade.name, grade.name))
        for index, grade in enumerate(grades)
    )
    return Case(branches, None)


def ordered(
    indicators: dict[str, Indicator], definitions: dict[str, Definition]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return indicators and definitions in an order of computation, and a circle if there is one."""
    owners = {result_key("score", name): name for name in indicators}
    owners |= {result_key("applies", name): name for name in indicators}
    reads = {name: _reads(keys_of_program(item.program), owners) for name, item in indicators.items()}
    for key, definition in definitions.items():
        reads[key] = _reads(keys_of(definition.value), owners)
    found, circle = in_dependency_order(reads)
    return tuple(found), circle


def _reads(keys: Iterator[str], owners: dict[str, str]) -> tuple[str, ...]:
    return tuple(owners.get(key, key) for key in keys if is_result(key))


def totals(lowering: Lowering, order: tuple[str, ...], *, has_total: bool, has_grade: bool) -> Totals:
    """Return the totals of a model."""
    if not has_total:
        return Totals(order, lowering.definitions, combinations=lowering.combinations)
    rated = RATED if RATED in lowering.definitions else ""
    grade = GRADE if has_grade else ""
    return Totals(order, lowering.definitions, TOTAL, POINTS, grade, lowering.combinations, rated)


def flag_of(own: Totals, key: str) -> str:
    """Return the flag that says whether there is a heading's score or grade, a total or the grade at all.

    Empty where there always is one.
    """
    kind = kind_of(key)
    if kind == "total" or key == own.grade:
        return own.rated
    flag = result_key("applies", owner(key))
    return flag if kind in ("score", "grade") and flag in own.definitions else ""


def in_dependency_order(reads: Mapping[str, tuple[str, ...]]) -> tuple[list[str], tuple[str, ...]]:
    """Return the names so that each comes after those it reads, and a circle if there is one (else empty).

    Iterative, so that deep chains need no deep stack; linear in names and reads.
    """
    order: list[str] = []
    state: dict[str, int] = {}
    for start in reads:
        if start in state:
            continue
        path = [(start, iter(reads[start]))]
        state[start] = 1
        while path:
            name, rest = path[-1]
            following = next((item for item in rest if item in reads and state.get(item) != 2), None)  # noqa: PLR2004
            if following is None:
                state[name] = 2
                order.append(name)
                path.pop()
            elif state.get(following) == 1:
                names = [item for item, _ in path]
                return order, tuple(names[names.index(following) :])
            else:
                state[following] = 1
                path.append((following, iter(reads[following])))
    return order, ()

"""Cut the reach of a rule into pieces on each of which it is one linear function, or has no value.

Exact and finite for every rule that is piecewise linear and bounded: the range of the whole rule is looked at first,
so that a capped step deduction ends in one piece however far the measure goes.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from rubric_dsl import ranges
from rubric_dsl.analysis.linear import ONE
from rubric_dsl.analysis.variables import Space
from rubric_dsl.analysis.zones import Line, Piece, Zone
from rubric_dsl.core.nodes import (
    Add,
    Both,
    Case,
    Compare,
    Condition,
    Const,
    Div,
    Either,
    Expr,
    Extreme,
    Input,
    Is,
    Lookup,
    Measure,
    Mul,
    Not,
    Real,
    ToWhole,
)
from rubric_dsl.core.walk import keys_of, parts_of
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.evaluate.spans import Spans
from rubric_dsl.ranges import Range

BUDGET = 1000
"""A rule is cut into this many zones at most; what is left then is known by its range only."""


_THREE = ("<", "=", ">")
_AT_ABOVE = ("<", ">=")
_AT_BELOW = ("<=", ">")


class _SplitAt(Exception):  # noqa: N818 - a signal, not an error
    """Asks for a quantity to be cut at a number into the parts that ``ops`` name; or, without one, a choice."""

    def __init__(self, key: str, at: Fraction | None, ops: tuple[str, ...] = _THREE) -> None:
        super().__init__(key)
        self.key, self.at, self.ops = key, at, ops


class _Mixed(Exception):  # noqa: N818 - a signal, not an error
    """The rule is not linear here, or compares quantities in a way that no single cut decides."""


class _NoScore(Exception):  # noqa: N818 - a signal, not an error
    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def cut(space: Space, budget: int = BUDGET) -> tuple[Piece, ...]:
    """Return the pieces of a rule; together they hold every point of its space once."""
    start = Zone({key: var.domain for key, var in space.vars.items()}, dict(space.choices))
    found: list[Piece] = []
    zones = [start]
    looked = 0
    reader = _Reader()
    while zones:
        zone = zones.pop()
        looked += 1
        taken = reader.look_at(zone)
        try:
            line = reader.line(space.expr)
        except _SplitAt as at:
            if looked + len(zones) < budget:
                zones.extend(reversed(_split(zone, at)))
            else:
                found.append(_blurred(space.expr, zone))
            continue
        except _Mixed:
            found.append(_blurred(space.expr, zone))
            continue
        except _NoScore as fault:
            found.append(Piece(zone, None, None, (fault.kind,), tuple(taken)))
            continue
        found.append(Piece(zone, line, line.range(zone), (), tuple(taken)))
    return tuple(found)


def _blurred(expr: Expr, zone: Zone) -> Piece:
    value, trace = value_of(expr, zone.env)
    kinds = tuple(dict.fromkeys(fault.kind for fault in trace.faults))
    return Piece(zone, None, value, () if value is not None else kinds or ("undecided",), tuple(trace.branches))


def _split(zone: Zone, at: _SplitAt) -> list[Zone]:
    if at.at is None:
        return [
            replace(zone, choices={**zone.choices, at.key: frozenset({word})}) for word in sorted(zone.choices[at.key])
        ]
    return [replace(zone, domains={**zone.domains, at.key: part}) for part in zone.domains[at.key].split(at.at, at.ops)]


class _Reader:
    """Reads a rule over one zone after the other as a linear function; raises where the zone must be cut first.

    Zones differ in one quantity or choice from those that they were cut from: the range of a part that does not read it
    is kept.
    """

    def __init__(self) -> None:
        self.zone = Zone({}, {})
        self.taken: list[tuple[str, str]] = []
        self.spans = Spans(self._span, self._seen)
        self._keys: dict[int, tuple[str, ...]] = {}
        self._alive: list[Zone] = []

    def look_at(self, zone: Zone) -> list[tuple[str, str]]:
        """Turn to a zone; return where the branches that decide there will be noted."""
        self.zone, self.taken = zone, []
        self._alive.append(zone)  # what is told apart by its identity must not make room for another
        return self.taken

    def _seen(self, expr: Expr) -> tuple[int, ...]:
        """Return what tells two zones apart for an expression: what each quantity and each choice in it can be."""
        keys = self._keys.get(id(expr))
        if keys is None:
            keys = self._keys[id(expr)] = tuple(dict.fromkeys(keys_of(expr)))
        domains, choices = self.zone.domains, self.zone.choices
        return tuple(id(domains[key] if key in domains else choices.get(key)) for key in keys)

    def line(self, expr: Expr) -> Line:
        match expr:
            case Const():
                return Line(expr.value, {})
            case Input():
                known = self.zone.domains[expr.key].known
                return Line(known, {}) if known is not None else Line(Fraction(0), {expr.key: ONE})
            case Add():
                return self._sum([self.line(part) for part in expr.parts])
            case Mul():
                return self._product(self.line(expr.left), self.line(expr.right))
            case Div():
                return self._quotient(self.line(expr.left), self.line(expr.right))
            case Extreme():
                return self._extreme(expr)
            case ToWhole():
                return self._whole(expr)
            case Case():
                return self._case(expr)
            case Lookup():
                return self._lookup(expr)
            case Real() | Measure():
                raise _Mixed
            case _:
                assert_never(expr)

    def _span(self, expr: Expr) -> Range | None:
        """Return the range of what is no plain arithmetic."""
        if isinstance(expr, Input):
            return self.zone.domains[expr.key].range
        if isinstance(expr, Case):
            for branch in expr.branches:
                holds = self._settled(branch.condition)
                if holds:
                    return self.spans.of(branch.value)
                if holds is None:
                    break
            else:
                return None if expr.otherwise is None else self.spans.of(expr.otherwise)
        value, trace = value_of(expr, self.zone.env)
        return None if trace.faults else value

    def _settled(self, condition: Condition) -> bool | None:
        """Whether a condition holds all over the zone, as far as the ranges of its parts tell; None: it may, or may not."""
        match condition:
            case Compare():
                left, right = self.spans.of(condition.left), self.spans.of(condition.right)
                if left is None or right is None:
                    return None
                answers = ranges.truth(condition.op, left, right)
                return None if len(answers) > 1 else True in answers
            case Is():
                possible = self.zone.choices[condition.key]
                return (
                    None
                    if possible & condition.options and possible - condition.options
                    else possible <= condition.options
                )
            case Both() | Either():
                parts = [self._settled(part) for part in condition.parts]
                if None in parts:
                    return None
                return all(parts) if isinstance(condition, Both) else any(parts)
            case Not():
                part = self._settled(condition.part)
                return None if part is None else not part
            case _:
                assert_never(condition)

    @staticmethod
    def _sum(lines: list[Line]) -> Line:
        terms: dict[str, Fraction] = {}
        for item in lines:
            for key, factor in item.terms.items():
                terms[key] = terms.get(key, Fraction(0)) + factor
        return Line(sum((item.const for item in lines), Fraction(0)), {key: f for key, f in terms.items() if f})

    @staticmethod
    def _product(left: Line, right: Line) -> Line:
        if left.terms and right.terms:
            raise _Mixed
        known, other = (left, right) if not left.terms else (right, left)
        terms = {key: factor * known.const for key, factor in other.terms.items()} if known.const else {}
        return Line(other.const * known.const, terms)

    def _quotient(self, left: Line, right: Line) -> Line:
        if right.terms:
            raise _Mixed
        if right.const == 0:
            raise _NoScore("zero-denominator")
        return self._product(left, Line(1 / right.const, {}))

    def _extreme(self, expr: Extreme) -> Line:
        sign = 1 if expr.kind == "max" else -1
        left = [(part, span) for part in expr.parts if (span := self._signed(part, sign)) is not None]
        if len(left) < len(expr.parts):
            return self._extreme_of([self.line(part) for part in expr.parts], sign)
        kept: list[Expr] = []
        spans: list[Range | None] = [span for _, span in left]
        for index, (part, _) in enumerate(left):
            if ranges.beaten(spans, index):
                self._touch(part)
            else:
                kept.append(part)
        return self._extreme_of([self.line(part) for part in kept], sign)

    def _touch(self, expr: Expr) -> None:
        """Note the branches that decide, or may decide, in a part that a bound outdoes: they are reached all the same."""
        if not isinstance(expr, Case):
            for part in parts_of(expr):
                self._touch(part)
            return
        for branch in expr.branches:
            try:
                holds: bool | None = self._holds(branch.condition)
            except (_SplitAt, _Mixed, _NoScore):
                holds = None
            if holds is not False:
                self.taken += [branch.words] if branch.words[0] else []
                self._touch(branch.value)
            if holds:
                return
        if expr.otherwise is not None:
            self._touch(expr.otherwise)

    def _signed(self, part: Expr, sign: int) -> Range | None:
        span = self.spans.of(part)
        return None if span is None else ranges.scale(span, Fraction(sign))

    def _extreme_of(self, lines: list[Line], sign: int) -> Line:
        best = lines[0]
        for item in lines[1:]:
            gap = self._sum([item, self._product(best, Line(Fraction(-1), {}))])
            holds = self._compare(gap, ">" if sign > 0 else "<")
            best = item if holds else best
        return best

    def _compare(self, gap: Line, op: str) -> bool:
        """Whether ``gap op 0`` all over the zone; asks for a cut where it holds in part of it."""
        answers = ranges.truth(op, gap.range(self.zone), ranges.exactly(0))
        if len(answers) == 1:
            return True in answers
        raise self._cut_at(gap, Fraction(0), {"<": "below", ">=": "below", "<=": "above", ">": "above"}.get(op, ""))

    def _cut_at(self, line: Line, value: Fraction, owner: str = "") -> Exception:
        """Cut where a line takes a value; the value goes with what is above it where ``owner`` is ``below`` (``< | ≥``)."""
        if len(line.terms) > 1:
            small = self._finite(line)
            return _Mixed() if small is None else small
        ((key, factor),) = line.terms.items()
        ops: tuple[str, ...] = _THREE
        if owner:
            ops = _AT_ABOVE if (owner == "below") == (factor > 0) else _AT_BELOW
        return _SplitAt(key, (value - line.const) / factor, ops)

    def _finite(self, line: Line) -> _SplitAt | None:
        """Cut at a listed number, where one of several quantities can only be one of a few numbers."""
        for key in line.terms:
            domain = self.zone.domains[key]
            if domain.values is not None:
                return _SplitAt(key, domain.values[len(domain.values) // 2])
            low, high = domain.range.low.value, domain.range.high.value
            if domain.grid is not None and low is not None and high is not None:
                return _SplitAt(key, domain.grid.at_or_below((low + high) / 2))
        return None

    def _whole(self, expr: ToWhole) -> Line:
        line = self.line(expr.part)
        span = line.range(self.zone)
        found = ranges.to_whole(span, expr.mode)
        if found.known is not None:
            return Line(found.known, {})
        raise self._cut_at(
            line, ranges.breakpoints(span, expr.mode)[0], {"floor": "below", "ceiling": "above"}.get(expr.mode, "")
        )

    def _case(self, expr: Case) -> Line:
        for branch in expr.branches:
            if self._holds(branch.condition):
                if branch.words[0]:
                    self.taken.append(branch.words)
                return self.line(branch.value)
        if expr.otherwise is None:
            raise _NoScore(expr.fault)
        return self.line(expr.otherwise)

    def _holds(self, condition: Condition) -> bool:
        match condition:
            case Compare():
                right = self._product(self.line(condition.right), Line(Fraction(-1), {}))
                return self._compare(self._sum([self.line(condition.left), right]), condition.op)
            case Is():
                possible = self.zone.choices[condition.key]
                if possible <= condition.options or not possible & condition.options:
                    return possible <= condition.options
                raise _SplitAt(condition.key, None)
            case Both():
                return all(self._holds(part) for part in condition.parts)
            case Either():
                return any(self._holds(part) for part in condition.parts)
            case Not():
                return not self._holds(condition.part)
            case _:
                assert_never(condition)

    def _lookup(self, expr: Lookup) -> Line:
        possible = self.zone.choices[expr.key]
        values = {value for word, value in expr.table if word in possible}
        if len(values) == 1:
            return Line(values.pop(), {})
        if not values:
            raise _NoScore("gap")
        raise _SplitAt(expr.key, None)

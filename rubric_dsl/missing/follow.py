"""Follow an expression along missing figures: what it is over a box of them, or where the box must be cut first.

Every cut is at a number at which the expression itself turns: a condition that changes its answer, a step that is
counted. Between the cuts an expression is a :class:`~rubric_dsl.missing.course.Course`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from rubric_dsl import ranges
from rubric_dsl.core.keys import UNAVAILABLE, availability_key
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
    Program,
    Real,
    ToWhole,
)
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.evaluate.spans import Spans
from rubric_dsl.evaluate.state import Env
from rubric_dsl.missing.course import Course, Way
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass

Ops = tuple[str, ...]
_THREE: Ops = ("<", "=", ">")
_WITH_ABOVE: Ops = ("<", ">=")
_WITH_BELOW: Ops = ("<=", ">")


class Cut(Exception):  # noqa: N818 - a signal, not an error
    """Asks for the box to be cut at a value of a figure into the parts that ``ops`` name."""

    def __init__(self, key: str, at: Fraction, ops: Ops = _THREE) -> None:
        super().__init__(key)
        self.key: str = key
        self.at: Fraction = at
        self.ops: Ops = ops


class Blur(Exception):  # noqa: N818 - a signal, not an error
    """What is asked is no course, or turns where no single cut shows it."""


class NoValue(Exception):  # noqa: N818 - a signal, not an error
    """There is no value anywhere in the box."""


@dataclass(frozen=True, slots=True)
class Value:
    """A course and, apart from it, what can be added whatever the course's figures are.

    ``on`` are the figures or results that ``spread`` comes from; ``tight`` says that the sum's range is reached as
    long as no figure is in both.
    """

    course: Course
    spread: Range | None = None
    on: frozenset[str] = frozenset()
    tight: bool = True

    @property
    def figures(self) -> frozenset[str]:
        """What it depends on."""
        return self.on | self.course.ways.keys()

    def range(self, box: Mapping[str, Range]) -> tuple[Range, bool]:
        """Return its range over a box, and whether that is known to be tight."""
        found, exact = self.course.range(box)
        if self.spread is not None:
            found = ranges.add(found, self.spread)
        return found, exact and self.tight and not self.on & self.course.ways.keys()

    def plus(self, other: Value) -> Value:
        """Return the sum."""
        spread = self.spread if other.spread is None else other.spread
        if self.spread is not None and other.spread is not None:
            spread = ranges.add(self.spread, other.spread)
        tight = self.tight and other.tight and not self.on & other.on
        return Value(self.course.plus(other.course), spread, self.on | other.on, tight)

    def scaled(self, factor: Fraction) -> Value:
        """Return the product with a number."""
        if not factor:
            return number(Fraction(0))
        spread = None if self.spread is None else ranges.scale(self.spread, factor)
        return replace(self, course=self.course.scaled(factor), spread=spread)

    @property
    def known(self) -> Fraction | None:
        """The number, where it is one."""
        if self.course.ways:
            return None
        if self.spread is None:
            return self.course.const
        return None if self.spread.known is None else self.course.const + self.spread.known


def number(value: Fraction) -> Value:
    """Return a number as a value."""
    return Value(Course(value))


def spread_of(found: Range, on: frozenset[str], *, tight: bool) -> Value:
    """Return a range, known to come from these figures or results, as a value."""
    return number(found.known) if found.known is not None else Value(Course(Fraction(0)), found, on, tight)


class Follower:
    """Reads expressions over one box.

    ``env`` has the ranges of all figures and results, those of the box among them; ``values`` the results that are
    followed already.
    """

    def __init__(self, box: frozenset[str], env: Env, values: Mapping[str, Value]) -> None:
        self.box: frozenset[str] = box
        self.env: Env = env
        self.values: Mapping[str, Value] = values
        self.measure: Value | None = None
        self._spans = Spans(self._span)

    def program(self, program: Program) -> tuple[bool, Value]:
        """Return whether an indicator is applicable, and its score.

        Raises:
            Cut: where the box must be cut first.
            Blur: where that cannot be said over this box.
            NoValue: where there is no score.
        """
        for variant in program.variants:
            if variant.condition is not None and not self._holds(variant.condition):
                continue
            self.measure = None if variant.measure is None else self.value(variant.measure)
            self._spans.forget()
            return variant.applies, self.value(variant.score)
        raise NoValue

    def value(self, expr: Expr) -> Value:
        """Return what an expression is over the box; raises as :meth:`program`."""
        match expr:
            case Const():
                return number(expr.value)
            case Input():
                return self._input(expr.key)
            case Measure():
                if self.measure is None:
                    raise Blur
                return self.measure
            case Add():
                found = [self.value(part) for part in expr.parts]
                total = found[0] if found else number(Fraction(0))
                for item in found[1:]:
                    total = total.plus(item)
                return total
            case Mul():
                return self._product(self.value(expr.left), self.value(expr.right))
            case Div():
                return self._quotient(self.value(expr.left), self.value(expr.right))
            case Extreme():
                return self._extreme(expr)
            case ToWhole():
                return self._whole(expr)
            case Case():
                return self._case(expr)
            case Lookup():
                return self._lookup(expr)
            case Real():
                raise Blur
            case _:
                assert_never(expr)

    def _input(self, key: str) -> Value:
        if key in self.values:
            return self.values[key]
        if self.env.choices.get(availability_key(key)) == frozenset({UNAVAILABLE}):
            raise NoValue
        found = self.env.figures[key]
        if found.known is not None:
            return number(found.known)
        if key not in self.box:
            raise Blur
        return Value(Course(Fraction(0), {key: Way(Fraction(1))}))

    @staticmethod
    def _product(left: Value, right: Value) -> Value:
        for one, other in ((left, right), (right, left)):
            if one.known is not None:
                return other.scaled(one.known)
        found = left.course.times(right.course) if left.spread is None and right.spread is None else None
        if found is None:
            raise Blur
        return Value(found)

    def _quotient(self, left: Value, right: Value) -> Value:
        if right.known == 0:
            raise NoValue
        if right.known is not None:
            return left.scaled(1 / right.known)
        self._not_at(right, Fraction(0))
        turned = right.course.inverse()
        if turned is None:
            raise Blur
        return self._product(left, Value(turned))

    def _not_at(self, value: Value, at: Fraction) -> None:
        """Ask for a cut where a value is ``at`` inside the box."""
        found, _ = value.range(self.env.figures)
        if ranges.restrict(found, "=", at) is not None:
            raise self._cut(value, [at])

    def _cut(self, value: Value, ats: list[Fraction], owner: str = "") -> Exception:
        """Return a cut where a value is one of some numbers, or the news that no cut shows that.

        The place itself goes with what is above the number (``owner`` is ``above``) or below it, else it stands alone.
        """
        if value.spread is not None or len(value.course.ways) != 1:
            return Blur()
        ((key, way),) = value.course.ways.items()
        own = self.env.figures[key]
        for at in ats:
            for x in value.course.reaches(at) or ():
                if ranges.restrict(own, "=", x) is not None and own.known is None:
                    if not owner or way.rising is None:
                        return Cut(key, x)
                    return Cut(key, x, _WITH_ABOVE if (owner == "above") is way.rising else _WITH_BELOW)
        return Blur()

    def _span(self, expr: Expr) -> Range | None:
        """Return the range of what is no plain arithmetic."""
        measure = None if self.measure is None else self.measure.range(self.env.figures)[0]
        if isinstance(expr, Measure) and measure is not None:
            return measure
        found, trace = value_of(expr, replace(self.env, measure=measure))
        return None if trace.faults else found

    def _extreme(self, expr: Extreme) -> Value:
        sign = Fraction(1 if expr.kind == "max" else -1)
        spans = [self._spans.of(part) for part in expr.parts]
        signed = [None if span is None else ranges.scale(span, sign) for span in spans]
        kept = [part for index, part in enumerate(expr.parts) if not ranges.beaten(signed, index)]
        best = self.value(kept[0])
        for part in kept[1:]:
            item = self.value(part)
            best = item if self._compare(item.plus(best.scaled(Fraction(-1))).scaled(sign), ">") else best
        return best

    def _compare(self, gap: Value, op: str) -> bool:
        """Whether ``gap op 0`` all over the box."""
        found, _ = gap.range(self.env.figures)
        answers = ranges.truth(op, found, ranges.exactly(0))
        if len(answers) == 1:
            return True in answers
        raise self._cut(gap, [Fraction(0)], {"<": "above", ">=": "above", "<=": "below", ">": "below"}.get(op, ""))

    def _whole(self, expr: ToWhole) -> Value:
        part = self.value(expr.part)
        found, _ = part.range(self.env.figures)
        whole = ranges.to_whole(found, expr.mode)
        if whole.known is not None:
            return number(whole.known)
        owner = {"floor": "above", "ceiling": "below"}.get(expr.mode, "")
        raise self._cut(part, ranges.breakpoints(found, expr.mode), owner)

    def _case(self, expr: Case) -> Value:
        for branch in expr.branches:
            if self._holds(branch.condition):
                return self.value(branch.value)
        if expr.otherwise is None:
            raise NoValue
        return self.value(expr.otherwise)

    def _holds(self, condition: Condition) -> bool:
        match condition:
            case Compare():
                right = self.value(condition.right).scaled(Fraction(-1))
                return self._compare(self.value(condition.left).plus(right), condition.op)
            case Is():
                possible = self.env.choices[condition.key]
                if possible <= condition.options or not possible & condition.options:
                    return possible <= condition.options
                raise Blur
            case Both():
                return all(self._holds(part) for part in condition.parts)
            case Either():
                return any(self._holds(part) for part in condition.parts)
            case Not():
                return not self._holds(condition.part)
            case _:
                assert_never(condition)

    def _lookup(self, expr: Lookup) -> Value:
        possible = self.env.choices[expr.key]
        values = {value for word, value in expr.table if word in possible}
        if not values:
            raise NoValue
        if len(values) > 1:
            raise Blur
        return number(values.pop())

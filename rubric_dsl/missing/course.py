"""How a result goes along with missing figures: sums of a number, of straight lines and of reciprocals, exactly.

Formulas of rubrics, with everything known but one figure x, are of this kind: (x − b) / b is a line, b / x and
(b − x) / x are a number and a reciprocal. Sums over several figures stay sums, so that their ranges add up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.ranges import End, Range
from rubric_dsl.reals import exact_root
from rubric_dsl.records import dataclass

_ZERO = Fraction(0)
_FINE = 10_000
"""Where it turns at an irrational number, what it is there is known to this part of one."""
_Poly = tuple[Fraction, ...]
"""Factors of 1, x, x² …"""


@dataclass(frozen=True, slots=True)
class Way:
    """What one figure x adds: ``slope`` × x, and ``factor`` / (x − ``at``) for each pole."""

    slope: Fraction
    poles: Mapping[Fraction, Fraction] = field(default_factory=dict)

    @property
    def rising(self) -> bool | None:
        """Whether it rises all along between two poles, or falls (False); None: not known, or neither."""
        signs = {self.slope > 0} if self.slope else set()
        signs |= {factor < 0 for factor in self.poles.values()}
        return signs.pop() if len(signs) == 1 else None

    def at(self, x: Fraction) -> Fraction:
        """Return what it adds at a value that is no pole."""
        return self.slope * x + sum((factor / (x - at) for at, factor in self.poles.items()), _ZERO)

    def range(self, over: Range) -> tuple[Range, bool]:
        """Return its range while the figure lies in a range without a pole inside; and whether that is exact."""
        turns = [] if self.rising is not None else self._turns(over)
        if turns is None:
            return self._around(over), False
        ends = (self._towards(over.low, -1), self._towards(over.high, 1))
        finite = [ranges.exactly(self.at(turn)) for turn in turns]
        finite += [Range(end, end) for end in ends if end.value is not None]
        known = ranges.hull(finite) if finite else ranges.EVERYTHING
        signs = {sign for sign in (self._sign(over.low, -1), self._sign(over.high, 1)) if sign}
        low = End(None, open=True) if -1 in signs else known.low
        high = End(None, open=True) if 1 in signs else known.high
        return Range(low, high), True

    def _around(self, over: Range) -> Range:
        """Return a range that holds its own: the sum of its parts, cut where it cannot turn farther."""
        found = ranges.exactly(0)
        line = [Way(self.slope)] if self.slope else []
        for part in (*line, *(Way(_ZERO, {at: factor}) for at, factor in self.poles.items())):
            found = ranges.add(found, part.range(over)[0])
        if len(self.poles) > 1 or over.low.value is None:
            return found
        ((at, factor),) = self.poles.items()
        # Right of its pole it is never nearer to slope × at than twice the root of slope × factor; left of it likewise.
        size = 4 * self.slope * factor
        root = Fraction(math.isqrt(size.numerator * _FINE**2 // size.denominator), _FINE)
        if (self.slope > 0) == (over.low.value >= at):
            least = ranges.restrict(found, ">=", self.slope * at + root)
        else:
            least = ranges.restrict(found, "<=", self.slope * at - root)
        return least or found

    def _towards(self, end: End, side: int) -> End:
        """Return what it goes to at an end of the figure's range; without a value where that is infinite."""
        if self._sign(end, side):
            return End(None, open=True)
        if end.value is None:
            return End(_ZERO, open=True)
        return End(self.at(end.value), end.open)

    def _sign(self, end: End, side: int) -> int:
        """Return to which infinity it goes at an end of the figure's range; 0 where it goes to a number."""
        if end.value is None:
            return side * ((self.slope > 0) - (self.slope < 0))
        factor = self.poles.get(end.value)
        if factor is None:
            return 0
        # Coming from the right at a lower end, from the left at an upper one.
        return -side if factor > 0 else side

    def _turns(self, over: Range) -> list[Fraction] | None:
        """Return where it turns inside a range; None where that is not a rational number, or not known."""
        if len(self.poles) != 1:
            return None
        ((at, factor),) = self.poles.items()
        # Where it neither rises nor falls all along, slope and factor have one sign.
        root = exact_root(factor / self.slope, 2)
        if root is None:
            return None
        return [turn for turn in (at - root, at + root) if ranges.restrict(over, "=", turn) is not None]


@dataclass(frozen=True, slots=True)
class Course:
    """A number, and what each missing figure adds to it; figures that add nothing are left out."""

    const: Fraction
    ways: Mapping[str, Way] = field(default_factory=dict)

    def plus(self, other: Course) -> Course:
        """Return the sum."""
        ways = dict(self.ways)
        for key, way in other.ways.items():
            mine = ways.pop(key, Way(_ZERO))
            poles = dict(mine.poles)
            for at, factor in way.poles.items():
                poles[at] = poles.get(at, _ZERO) + factor
            joined = Way(mine.slope + way.slope, {at: factor for at, factor in poles.items() if factor})
            if joined.slope or joined.poles:
                ways[key] = joined
        return Course(self.const + other.const, ways)

    def scaled(self, factor: Fraction) -> Course:
        """Return the product with a number."""
        if not factor:
            return Course(_ZERO)
        ways = {
            key: Way(way.slope * factor, {at: own * factor for at, own in way.poles.items()})
            for key, way in self.ways.items()
        }
        return Course(self.const * factor, ways)

    def times(self, other: Course) -> Course | None:
        """Return the product, or None where it is not of this kind."""
        if not self.ways or not other.ways:
            return self.scaled(other.const) if not other.ways else other.scaled(self.const)
        if self.ways.keys() != other.ways.keys() or len(self.ways) > 1:
            return None
        (key,) = self.ways
        (top, roots), (more, others) = self._over(key), other._over(key)
        return _parted(key, _multiplied(top, more), [*roots, *others])

    def inverse(self) -> Course | None:
        """Return 1 divided by it where it is of this kind; None also for the number 0."""
        if not self.ways:
            return Course(1 / self.const) if self.const else None
        if len(self.ways) > 1:
            return None
        (key,) = self.ways
        top, roots = self._over(key)
        if len(top) > 2:  # noqa: PLR2004 - not a straight line
            return None
        turned: _Poly = (1 / top[-1],)
        for root in roots:
            turned = _multiplied(turned, (-root, Fraction(1)))
        return _parted(key, turned, [-top[0] / top[1]] if len(top) > 1 else [])

    def _over(self, key: str) -> tuple[_Poly, list[Fraction]]:
        """Return it over one denominator: the numerator, and the places where the denominator is zero."""
        way = self.ways[key]
        roots = list(way.poles)
        top: _Poly = (self.const, way.slope)
        for root in roots:
            top = _multiplied(top, (-root, Fraction(1)))
        for at, factor in way.poles.items():
            part: _Poly = (factor,)
            for root in roots:
                if root != at:
                    part = _multiplied(part, (-root, Fraction(1)))
            top = _added(top, part)
        return top, roots

    def range(self, figures: Mapping[str, Range]) -> tuple[Range, bool]:
        """Return its range over ranges of the figures (no pole inside), and whether that is exact."""
        found, exact = ranges.exactly(self.const), True
        for key, way in self.ways.items():
            own, sure = way.range(figures[key])
            found, exact = ranges.add(found, own), exact and sure
        return found, exact

    def reaches(self, value: Fraction) -> list[Fraction] | None:
        """Return where it takes a value, for one figure; None where that is not known to be rational numbers."""
        ((key, way),) = self.ways.items()
        if len(way.poles) > 1:
            return None
        top, roots = self.plus(Course(-value))._over(key)
        found = _roots(top)
        return None if found is None else [x for x in found if x not in roots]


def _roots(poly: _Poly) -> list[Fraction] | None:
    if len(poly) <= 1:
        return []
    if len(poly) == 2:  # noqa: PLR2004 - a straight line
        return [-poly[0] / poly[1]]
    c, b, a = poly
    square = b * b - 4 * a * c
    if square < 0:
        return []
    root = exact_root(square, 2)
    if root is None:
        return None
    return sorted({(-b - root) / (2 * a), (-b + root) / (2 * a)})


def _trimmed(poly: _Poly) -> _Poly:
    end = len(poly)
    while end and not poly[end - 1]:
        end -= 1
    return poly[:end]


def _added(a: _Poly, b: _Poly) -> _Poly:
    size = max(len(a), len(b))
    pad = (_ZERO,) * size
    return _trimmed(tuple(x + y for x, y in zip((a + pad)[:size], (b + pad)[:size], strict=True)))


def _multiplied(a: _Poly, b: _Poly) -> _Poly:
    found = [_ZERO] * (len(a) + len(b))
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            found[i + j] += x * y
    return _trimmed(tuple(found))


def _value(poly: _Poly, x: Fraction) -> Fraction:
    return sum((factor * x**power for power, factor in enumerate(poly)), _ZERO)


def _without(poly: _Poly, root: Fraction) -> _Poly:
    """Divide by (x − root), leaving out the remainder."""
    found: list[Fraction] = []
    rest = _ZERO
    for factor in reversed(poly):
        rest = factor + rest * root
        found.append(rest)
    return tuple(reversed(found[:-1]))


def _parted(key: str, top: _Poly, roots: list[Fraction]) -> Course | None:
    """Return top / ((x − root) …) as a number, a line and reciprocals; None where that cannot be."""
    left: list[Fraction] = []
    for root in roots:
        if top and not _value(top, root):
            top = _without(top, root)
        else:
            left.append(root)
    if len(set(left)) < len(left):
        return None
    poles: dict[Fraction, Fraction] = {}
    for root in left:
        others = math.prod((root - other for other in left if other != root), start=Fraction(1))
        poles[root] = _value(top, root) / others
    for root in left:
        top = _without(top, root)
    if len(top) > 2:  # noqa: PLR2004 - more than a straight line
        return None
    const, slope = (*top, _ZERO, _ZERO)[:2]
    return Course(const, {key: Way(slope, poles)} if slope or poles else {})

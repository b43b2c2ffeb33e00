"""What a rubric means: a second scorer, written from the reference and for reading, that shares nothing with the first.

It knows no files, no missing figures and no diagnostics. A rubric is what the classes below say, a submission gives every figure, and a score
is a ``Fraction`` or ``None`` where the reference says “cannot be scored”. The engines are held against it
(``tests/generative/test_meaning.py``). The order is the reference's: formulas, what a case gives, the scoring forms, the rule, the indicator,
headings, what comes after the total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, prod
from typing import TypeVar

Data = Mapping[str, "Fraction | str | Mapping[str, tuple[Fraction, Fraction]]"]
"""Figures and ratings by address; words for choices, levels and marks; ``无数据`` for a figure that is stated to be unavailable."""
UNAVAILABLE = "无数据"
IN_FULL = "满分"
Value = TypeVar("Value")


class NoScoreError(Exception):
    """The reference's “cannot be scored”: a denominator of zero, a value in no band, a rating out of its bounds."""


# ---------------------------------------------------------------- numbers and rounding

UNITS = {"%": Fraction(1, 100), "pp": Fraction(1, 100), "元": Fraction(1, 10000), "亿元": Fraction(10000)}
"""Units that convert, in the unit that they convert to: a ratio, ten thousand yuan. Every other unit counts as it is."""


@dataclass(frozen=True)
class Irrational:
    """A root or a logarithm, known by which rational numbers it reaches (is greater than or equal to)."""

    reaches: Callable[[Fraction], bool]


def root(number: Fraction, degree: int) -> Irrational:
    """Return the root of a number that is not negative."""
    return Irrational(lambda least: least <= 0 or least**degree <= number)


def log10(number: Fraction) -> Irrational:
    """Return the logarithm: it reaches p/q where 10^p does not pass the number's q-th power."""
    return Irrational(lambda least: Fraction(10) ** least.numerator <= number**least.denominator)


def rounded(number: Fraction | Irrational, step: Fraction, way: str) -> Fraction:
    """Round to a multiple of a step."""
    if isinstance(number, Irrational):
        below = _last_reached(number, step)
        if way == "half up":
            return below + step if number.reaches(below + step / 2) else below
        assert way in {"floor", "down"}, way
        return below
    steps = number / step
    match way:
        case "floor":
            whole = floor(steps)
        case "ceiling":
            whole = ceil(steps)
        case "down":  # towards zero
            whole = floor(steps) if steps >= 0 else ceil(steps)
        case "up":  # away from zero
            whole = ceil(steps) if steps >= 0 else floor(steps)
        case "half up":  # a half goes away from zero
            whole = floor(steps + Fraction(1, 2)) if steps >= 0 else ceil(steps - Fraction(1, 2))
        case "half even":
            whole = round(steps)
        case _:
            raise ValueError(way)
    return whole * step


def _last_reached(number: Irrational, step: Fraction) -> Fraction:
    """Return the greatest multiple of the step that the number reaches."""
    low = high = 0
    while not number.reaches(low * step):
        low = 2 * low - 1
    while number.reaches(high * step):
        high = 2 * high + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if number.reaches(middle * step) else (low, middle)
    return low * step


@dataclass(frozen=True)
class Rounding:
    """``round … to STEP, WAY``."""

    step: Fraction
    way: str


# ---------------------------------------------------------------- formulas and conditions


@dataclass
class Standing:
    """What can be asked at one place of one submission: the figures, the group, what is known of other indicators."""

    rubric: Rubric
    data: Data
    group: Sequence[Data] = ()
    measures: dict[str, Fraction] = field(default_factory=dict)
    scores: dict[str, Fraction] = field(default_factory=dict)
    measure: Fraction | None = None
    total: Fraction | None = None


class Formula:
    """Something that has a value."""

    def value(self, at: Standing) -> Fraction:
        """Return the value; raise :class:`NoScoreError` where there is none."""
        raise NotImplementedError


@dataclass(frozen=True)
class Number(Formula):
    """A number that is written, with its unit: ``95%``, ``1pp``, ``5 wan_yuan``."""

    written: Fraction
    unit: str = ""

    def value(self, at: Standing) -> Fraction:
        return self.written * UNITS.get(self.unit, Fraction(1))


@dataclass(frozen=True)
class Figure(Formula):
    """A figure of the form, in one column of its row where it has columns."""

    name: str
    column: str = ""

    @property
    def address(self) -> str:
        return f"{self.name}[{self.column}]" if self.column else self.name

    def value(self, at: Standing) -> Fraction:
        return at.rubric.figure(self, at)


@dataclass(frozen=True)
class Arithmetic(Formula):
    """``+ - * /`` and a whole exponent."""

    left: Formula
    sign: str
    right: Formula

    def value(self, at: Standing) -> Fraction:
        left, right = self.left.value(at), self.right.value(at)
        match self.sign:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "^":
                return left ** int(right) if left or right > 0 else _none()
            case _:
                return left / right if right else _none()


def _none() -> Fraction:
    raise NoScoreError


@dataclass(frozen=True)
class Call(Formula):
    """``max min abs sum mean`` of several values."""

    function: str
    parts: tuple[Formula, ...]

    def value(self, at: Standing) -> Fraction:
        values = [part.value(at) for part in self.parts]
        match self.function:
            case "max":
                return max(values)
            case "min":
                return min(values)
            case "abs":
                return abs(values[0])
            case "sum":
                return sum(values, Fraction(0))
            case _:
                return sum(values, Fraction(0)) / len(values)


@dataclass(frozen=True)
class Series(Formula):
    """``sum`` or ``mean`` over the columns of a row."""

    function: str
    name: str
    columns: tuple[str, ...]

    def value(self, at: Standing) -> Fraction:
        return Call(self.function, tuple(Figure(self.name, column) for column in self.columns)).value(at)


@dataclass(frozen=True)
class Rounded(Formula):
    """``rounded(…)``; what is rounded may be irrational: ``sqrt`` or ``log10`` of a formula."""

    inner: Formula
    rounding: Rounding
    function: str = ""

    def value(self, at: Standing) -> Fraction:
        inner = self.inner.value(at)
        if self.function and (inner < 0 or (self.function == "log10" and inner == 0)):
            raise NoScoreError
        numbers: dict[str, Fraction | Irrational] = {"": inner, "sqrt": root(inner, 2), "log10": log10(inner)}
        return rounded(numbers[self.function], self.rounding.step, self.rounding.way)


@dataclass(frozen=True)
class Choice(Formula):
    """``(if … then … else …)``."""

    condition: Condition
    then: Formula
    otherwise: Formula

    def value(self, at: Standing) -> Fraction:
        return self.then.value(at) if holds(self.condition, at) else self.otherwise.value(at)


@dataclass(frozen=True)
class OwnMeasure(Formula):
    """``measure``: the indicator's own."""

    def value(self, at: Standing) -> Fraction:
        return _none() if at.measure is None else at.measure


@dataclass(frozen=True)
class RunningTotal(Formula):
    """``total``: the total as it stands at that place."""

    def value(self, at: Standing) -> Fraction:
        return _none() if at.total is None else at.total


@dataclass(frozen=True)
class OfIndicator(Formula):
    """``score(A)`` or ``measure(A)`` of another indicator."""

    what: str
    name: str

    def value(self, at: Standing) -> Fraction:
        known = at.scores if self.what == "score" else at.measures
        return known[self.name] if self.name in known else _none()


@dataclass(frozen=True)
class Counted(Formula):
    """``count(…)``: how many of the conditions hold."""

    conditions: tuple[Condition, ...]

    def value(self, at: Standing) -> Fraction:
        return Fraction(sum(holds(condition, at) for condition in self.conditions))


@dataclass(frozen=True)
class OfGroup(Formula):
    """A value of the group: mean, highest, lowest, count, quantile; the highest and lowest few may be dropped first."""

    what: str
    figure: Figure
    drop_highest: int = 0
    drop_lowest: int = 0
    share: Fraction = Fraction(0)

    def value(self, at: Standing) -> Fraction:
        ordered = sorted(self.figure.value(Standing(at.rubric, data)) for data in at.group)
        kept = ordered[self.drop_lowest : len(ordered) - self.drop_highest]
        if self.what == "count":
            return Fraction(len(kept))
        if not kept:
            raise NoScoreError
        match self.what:
            case "mean":
                return sum(kept, Fraction(0)) / len(kept)
            case "highest":
                return kept[-1]
            case "lowest":
                return kept[0]
            case _:  # on the straight line between the two nearest places, as spreadsheets do it
                place = self.share * (len(kept) - 1)
                below = floor(place)
                above = min(below + 1, len(kept) - 1)
                return kept[below] + (kept[above] - kept[below]) * (place - below)


@dataclass(frozen=True)
class Rank(Formula):
    """The place in the group; those with equal values share the first, the mean or the last of their places."""

    figure: Figure
    high_to_low: bool = True
    ties: str = "first"

    def value(self, at: Standing) -> Fraction:
        own = self.figure.value(at)
        values = [self.figure.value(Standing(at.rubric, data)) for data in at.group]
        before = sum(value > own if self.high_to_low else value < own for value in values)
        equal = values.count(own)
        first, last = Fraction(before + 1), Fraction(before + equal)
        return {"first": first, "last": last, "mean": (first + last) / 2}[self.ties]


@dataclass(frozen=True)
class Compare:
    """Two values compared."""

    left: Formula
    sign: str
    right: Formula


@dataclass(frozen=True)
class Chosen:
    """``class = A``, or ``!=``."""

    name: str
    option: str
    sign: str = "="


@dataclass(frozen=True)
class Unavailable:
    """``unavailable(…)``."""

    figure: Figure


@dataclass(frozen=True)
class Every:
    """``and``."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Some:
    """``or``."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """``not(…)``."""

    part: Condition


Condition = Compare | Chosen | Unavailable | Every | Some | Not


def holds(condition: Condition, at: Standing) -> bool:
    """Whether a condition holds. One part that fails settles ``and``, one that holds ``or``, wherever it stands."""
    match condition:
        case Compare(left, sign, right):
            return compared(left.value(at), sign, right.value(at))
        case Chosen(name, option, sign):
            return (at.data[name] == option) == (sign == "=")
        case Unavailable(figure):
            return at.data[figure.address] == UNAVAILABLE
        case Not(part):
            return not holds(part, at)
        case Every(parts):
            return not _any((Not(part) for part in parts), at)
        case Some(parts):
            return _any(parts, at)


def _any(parts: Iterable[Condition], at: Standing) -> bool:
    undecided = False
    for part in parts:
        try:
            if holds(part, at):
                return True
        except NoScoreError:
            undecided = True
    if undecided:
        raise NoScoreError
    return False


def compared(left: Fraction, sign: str, right: Fraction) -> bool:
    """Compare two numbers."""
    return {
        "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right, "=": left == right, "!=": left != right,
    }[sign]  # fmt: skip


# ---------------------------------------------------------------- what a case gives


@dataclass(frozen=True)
class Fixed:
    """``scores 4``."""

    points: Fraction


@dataclass(frozen=True)
class Full:
    """``scores full marks``."""


@dataclass(frozen=True)
class Nothing:
    """``no points``."""


@dataclass(frozen=True)
class OnALine:
    """``scores 3 to 5 on a line``: from the band's lower end to its upper one."""

    first: Fraction
    last: Fraction


@dataclass(frozen=True)
class ByFormula:
    """``scores (…)``."""

    formula: Formula


@dataclass(frozen=True)
class Picked:
    """``scores 3 to 5 as assessed``: the assessor gives a number, whose address is INDICATOR[评分]."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Minus:
    """``minus 3``: the full points less so many."""

    points: Fraction


@dataclass(frozen=True)
class OnScale:
    """``rated A``: the number of that grade of the scale."""

    grade: str


Gives = Fixed | Full | Nothing | OnALine | ByFormula | Picked | Minus | OnScale


def given(gives: Gives, of: Indicator, at: Standing) -> Fraction:
    """Return what a case gives (a straight line is worked out by its band)."""
    match gives:
        case Fixed(points):
            return points
        case Full():
            return of.points
        case Nothing():
            return Fraction(0)
        case ByFormula(formula):
            return formula.value(at)
        case Picked(low, high):
            return rating(at, f"{of.name}[评分]", low, high)
        case Minus(points):
            return of.points - points
        case OnScale(grade):
            return at.rubric.scale[grade]
        case OnALine():
            raise TypeError(gives)


def rating(at: Standing, address: str, low: Fraction, high: Fraction, step: Fraction | None = None) -> Fraction:
    """Return the number that an assessor gives; outside its bounds, or between its steps, it is not used."""
    found = at.data[address]
    assert isinstance(found, Fraction)
    if not low <= found <= high or (step is not None and ((found - low) / step).denominator != 1):
        raise NoScoreError
    return found


# ---------------------------------------------------------------- cases: bands, when, otherwise, look-up


@dataclass(frozen=True)
class Band:
    """A stretch of the measure: above or from ``low``, below or up to ``high``; one end may be open (None)."""

    low: Formula | None
    owns_low: bool
    high: Formula | None
    owns_high: bool
    gives: Gives

    def has(self, value: Fraction, at: Standing) -> bool:
        """Whether the value lies in it."""
        after = self.low is None or compared(value, ">=" if self.owns_low else ">", self.low.value(at))
        before = self.high is None or compared(value, "<=" if self.owns_high else "<", self.high.value(at))
        return after and before


@dataclass(frozen=True)
class When:
    """``when …``: the first that holds decides."""

    condition: Condition
    gives: Gives


@dataclass(frozen=True)
class AndSoOn:
    """After two bands: further bands of the same width, their scores by the same step, up to a stated end."""

    end: Fraction
    """At most so many points where the scores grow, down to so many where they fall."""


@dataclass(frozen=True)
class Row:
    """``combination …``: for each key an option, any (None), or a band."""

    cells: tuple[str | Band | None, ...]
    gives: Gives


@dataclass(frozen=True)
class Lookup:
    """``look up …``: the first combination that fits."""

    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    any_order: bool = False


@dataclass(frozen=True)
class Otherwise:
    """``otherwise …``: every other value."""

    gives: Gives


Case = Band | When | AndSoOn | Lookup | Otherwise


def case_score(
    cases: Sequence[Case], of: Indicator, at: Standing, bounds: tuple[Fraction, Fraction] | None
) -> Fraction | None:
    """Return what the first case that holds gives, or None where none does.

    What a formula, a series or ``minus`` gives stays within the bounds; a score that is stated may lie below them.
    """
    for place, case in enumerate(cases):
        found: Fraction | None = None
        gives: Gives | None = None
        match case:
            case Band():
                gives = case.gives
                assert at.measure is not None
                if case.has(at.measure, at):
                    found = _in_band(case, of, at)
            case When(condition, gives):
                found = given(gives, of, at) if holds(condition, at) else None
            case Otherwise(gives):
                found = given(gives, of, at)
            case AndSoOn(end):
                first, second = cases[place - 2 : place]
                assert isinstance(first, Band)
                assert isinstance(second, Band)
                found = _further(first, second, end, at)
            case Lookup():
                row = _row(case, [_key(key, at) for key in case.keys], at)
                gives = None if row is None else row.gives
                found = None if row is None else given(row.gives, of, at)
        if found is not None and bounds is None:
            return found
        if found is not None and bounds is not None:
            low, high = bounds
            stated = isinstance(gives, Fixed | OnALine | Picked | OnScale)
            return min(high, found) if stated else max(low, min(high, found))
    return None


def _in_band(band: Band, of: Indicator, at: Standing) -> Fraction:
    if not isinstance(band.gives, OnALine):
        return given(band.gives, of, at)
    assert at.measure is not None
    assert band.low is not None
    assert band.high is not None
    low, high = band.low.value(at), band.high.value(at)
    return band.gives.first + (band.gives.last - band.gives.first) * (at.measure - low) / (high - low)


def _further(first: Band, second: Band, end: Fraction, at: Standing) -> Fraction | None:
    assert at.measure is not None
    assert second.low is not None
    assert second.high is not None
    assert isinstance(first.gives, Fixed)
    assert isinstance(second.gives, Fixed)
    change = second.gives.points - first.gives.points
    low, high, score = second.low.value(at), second.high.value(at), second.gives.points
    if at.measure < high or (at.measure == high and second.owns_high):
        return None
    width = high - low
    while at.measure > high or (at.measure == high and not second.owns_high):
        high, score = high + width, score + change
        if (change > 0) == (score >= end):
            return end
    return score


def _key(name: str, at: Standing) -> str | Fraction:
    found = at.data[name]
    return found if isinstance(found, str) else Figure(name).value(at)


def _row(table: Lookup, keys: Sequence[str | Fraction], at: Standing) -> Row | None:
    for row in table.rows:
        fits = all(_fits(cell, key, at) for cell, key in zip(row.cells, keys, strict=True))
        if fits or (table.any_order and sorted(map(str, row.cells)) == sorted(map(str, keys))):
            return row
    return None


def _fits(cell: str | Band | None, key: str | Fraction, at: Standing) -> bool:
    if isinstance(cell, Band):
        assert isinstance(key, Fraction)
        return cell.has(key, at)
    return cell is None or cell == key


# ---------------------------------------------------------------- forms that deduct


@dataclass(frozen=True)
class OfTarget:
    """``5% of target``, ``(…) of target``."""

    share: Fraction | Formula


Side = str
"""``above``, ``below`` or ``off`` (to either side)."""


def deviation(measure: Fraction, side: Side, target: Fraction) -> Fraction:
    """Return how far the measure lies beyond the target, on the side that counts."""
    beyond = {"above": measure - target, "below": target - measure, "off": abs(measure - target)}[side]
    return max(Fraction(0), beyond)


def step_count(distance: Fraction, size: Fraction, reading: str) -> Fraction:
    """Return how many steps there are in a distance; a part of a step counts as the rubric says."""
    if size == 0:
        raise NoScoreError
    steps = distance / size
    return {"whole": Fraction(floor(steps)), "started": Fraction(ceil(steps)), "pro rata": steps}[reading]


def step_size(size: Formula | OfTarget, target: Fraction, at: Standing) -> Fraction:
    """Return the size of a step; a share of a negative target has no meaning, nor has a step below zero."""
    if isinstance(size, OfTarget):
        share = size.share.value(at) if isinstance(size.share, Formula) else size.share
        if target < 0:
            raise NoScoreError
        found = share * target
    else:
        found = size.value(at)
    return found if found >= 0 else _none()


def step_points(points: Fraction | Formula, at: Standing) -> Fraction:
    """Return the points of one step, which may be worked out but not lie below zero."""
    found = points.value(at) if isinstance(points, Formula) else points
    return found if found >= 0 else _none()


@dataclass(frozen=True)
class Steps:
    """``deduct 2 per 5pp below 80%``. Without a target it is the end of the band that gives full marks.

    ``tiers`` are (points, threshold), written outward: beyond the threshold a step costs otherwise.
    """

    points: Fraction | Formula
    size: Formula | OfTarget
    side: Side
    target: Formula | None = None
    reading: str = ""
    at_most: Fraction | None = None
    down_to: Fraction | None = None
    start: Fraction = Fraction(0)
    tiers: tuple[tuple[Fraction | Formula, Number], ...] = ()
    tier_way: str = ""

    def amount(self, of: Indicator, rule: Rule, at: Standing) -> Fraction:
        """Return what is deducted (or, of a bonus, added)."""
        measure, target = OwnMeasure().value(at), target_of(self.target, self.side, rule).value(at)
        size, reading = step_size(self.size, target, at), self.reading or of.steps or at.rubric.steps
        if self.tier_way == "marginal":
            found = self._marginal(measure, target, size, reading, at)
        else:
            rate = step_points(self.points, at)
            for points, threshold in self.tiers:
                each = step_points(points, at)
                if deviation(measure, self.side, threshold.value(at)) > 0:
                    rate = each
            found = rate * step_count(deviation(measure, self.side, target), size, reading)
        reached = compared(measure, ">=" if self.side == "above" else "<=", target)
        if self.start and reached:
            found += self.start
        return found if self.at_most is None else min(found, self.at_most)

    def _marginal(self, measure: Fraction, target: Fraction, size: Fraction, reading: str, at: Standing) -> Fraction:
        """Each stretch at its own rate; whole steps are counted from the beginning of each."""
        rates = [step_points(points, at) for points in (self.points, *(points for points, _ in self.tiers))]
        begins = [target, *(threshold.value(at) for _, threshold in self.tiers)]
        found = Fraction(0)
        for place, (rate, begin) in enumerate(zip(rates, begins, strict=True)):
            passed = deviation(measure, self.side, begin)
            if place + 1 < len(begins):
                passed = min(passed, abs(begins[place + 1] - begin))
            found += rate * step_count(passed, size, reading)
        return found


def target_of(stated: Formula | None, side: Side, rule: Rule) -> Formula:
    """Return the target: as it is stated, else the end of the band of full marks."""
    if stated is not None:
        return stated
    band = next(case for case in rule.cases if isinstance(case, Band) and isinstance(case.gives, Full))
    end = band.low if side == "below" else band.high
    assert end is not None
    return end


@dataclass(frozen=True)
class Occurrence:
    """``deduct 1 per 1 cases found``: of one kind, which may be named, or against several items."""

    points: Fraction
    per: Number
    kinds: tuple[str, ...] = ("",)
    listed: bool = False
    """Whether the kinds are items ①, ② … instead of one name."""
    reading: str = ""
    at_most: Fraction | None = None
    each_at_most: Fraction | None = None
    doubled: bool = False
    down_to: Fraction | None = None

    def addresses(self, indicator: str) -> dict[str, tuple[str, ...]]:
        """Return for each kind the addresses of its counts: itself and, where they count twice, the repeated ones."""
        found: dict[str, tuple[str, ...]] = {}
        for kind in self.kinds:
            own = f"{indicator}[{kind}]" if kind else indicator
            again = f"{indicator}[{kind}·重复]" if kind else f"{indicator}[重复]"
            found[kind] = (own, again) if self.doubled else (own,)
        return found

    def by_kind(self, of: Indicator, at: Standing) -> list[Fraction]:
        """Return what each kind comes to by itself, within its own cap and the clause's."""
        found = [self._cost(self._found(kind, of, at), of, at) for kind in self.kinds]
        found = [each if self.each_at_most is None else min(each, self.each_at_most) for each in found]
        return [each if self.at_most is None else min(each, self.at_most) for each in found]

    def together(self, of: Indicator, at: Standing) -> Fraction:
        """Return what the clause comes to."""
        if self.each_at_most is None:
            found = self._cost(sum((self._found(kind, of, at) for kind in self.kinds), Fraction(0)), of, at)
        else:
            each = [self._cost(self._found(kind, of, at), of, at) for kind in self.kinds]
            found = sum((min(one, self.each_at_most) for one in each), Fraction(0))
        return found if self.at_most is None else min(found, self.at_most)

    def _found(self, kind: str, of: Indicator, at: Standing) -> Fraction:
        once, *again = [self._count(address, at) for address in self.addresses(of.name)[kind]]
        return once + 2 * sum(again, Fraction(0))

    def _count(self, address: str, at: Standing) -> Fraction:
        found = at.data[address]
        assert isinstance(found, Fraction)
        if found < 0 or found.denominator != 1:
            raise NoScoreError
        return found

    def _cost(self, count: Fraction, of: Indicator, at: Standing) -> Fraction:
        return self.points * step_count(count, self.per.written, self.reading or of.steps or at.rubric.steps)


@dataclass(frozen=True)
class Occurrences:
    """All clauses that deduct for occurrences: they add up, or the heaviest kind alone counts; a cap on all together."""

    clauses: tuple[Occurrence, ...]
    heaviest_only: bool = False
    together_at_most: Fraction | None = None

    def amount(self, of: Indicator, rule: Rule, at: Standing) -> Fraction:
        """Return what is deducted."""
        if self.heaviest_only:
            found = max(kind for clause in self.clauses for kind in clause.by_kind(of, at))
        else:
            found = sum((clause.together(of, at) for clause in self.clauses), Fraction(0))
        return found if self.together_at_most is None else min(found, self.together_at_most)


# ---------------------------------------------------------------- forms that give


@dataclass(frozen=True)
class Base:
    """``base 6``."""

    points: Fraction

    def amount(self, of: Indicator, rule: Rule, at: Standing) -> Fraction:
        return self.points


@dataclass(frozen=True)
class Bonus(Steps):
    """``add 1 per 3pp above 100%``: counted as deductions are; what may pass full marks is added at the very end."""

    may_pass: bool = False


@dataclass(frozen=True)
class Rewards:
    """``add 2 per 1 projects found``."""

    clauses: tuple[Occurrence, ...]

    def amount(self, of: Indicator, rule: Rule, at: Standing) -> Fraction:
        return sum((clause.together(of, at) for clause in self.clauses), Fraction(0))


@dataclass(frozen=True)
class Ladder:
    """``reaching 90% scores full marks; …``: the highest rung that is reached, or lines between the rungs.

    ``falling``: ``staying within 5% scores …``, the lowest limit that holds. ``each``: so many points for each rung reached.
    """

    rungs: tuple[tuple[Number, Gives], ...]
    straight: bool = False
    falling: bool = False
    each: Fraction | None = None

    def amount(self, of: Indicator, rule: Rule, at: Standing) -> Fraction:
        measure = OwnMeasure().value(at)
        if self.each is not None:
            return self.each * sum(measure >= bound.value(at) for bound, _ in self.rungs)
        rungs = sorted((bound.value(at), given(gives, of, at)) for bound, gives in self.rungs)
        if self.falling:  # the same, seen from the other side
            measure, rungs = -measure, sorted((-bound, score) for bound, score in rungs)
        reached = [score for bound, score in rungs if measure >= bound]
        if not reached:
            return Fraction(0)
        if self.straight:
            for (low, first), (high, last) in pairwise(rungs):
                if low <= measure < high:
                    return first + (last - first) * (measure - low) / (high - low)
        return reached[-1]


@dataclass(frozen=True)
class Proportional:
    """``proportional``, ``inversely proportional`` or ``reduced by the excess``; ``at_most`` None is uncapped."""

    way: str
    target: Formula | None = None
    at_most: Fraction | Full | None = field(default_factory=Full)
    down_to: Fraction | None = None

    def amount(self, of: Indicator, rule: Rule, at: Standing) -> Fraction:
        measure = OwnMeasure().value(at)
        target = Fraction(1) if self.target is None else self.target.value(at)
        if target < 0 or (self.way == "inverse" and measure < 0):
            raise NoScoreError
        match self.way:
            case "direct":
                share = quotient(measure, target)
            case "inverse":
                share = quotient(target, measure)
            case _:
                share = 1 - max(Fraction(0), quotient(measure - target, target))
        found = of.points * share
        if self.at_most is not None:
            found = min(found, of.points if isinstance(self.at_most, Full) else self.at_most)
        return found


def quotient(top: Fraction, bottom: Fraction) -> Fraction:
    """Divide; by zero there is no score."""
    return top / bottom if bottom else _none()


@dataclass(frozen=True)
class Anchors:
    """``line through 60% scores 0, 100% scores full marks, held outside``."""

    points: tuple[tuple[Number, Gives], ...]
    outside: str

    def amount(self, of: Indicator, rule: Rule, at: Standing) -> Fraction:
        measure = OwnMeasure().value(at)
        points = [(bound.value(at), given(gives, of, at)) for bound, gives in self.points]
        (first, lowest), (last, highest) = points[0], points[-1]
        if measure < first or measure > last:
            if self.outside == "zero":
                return Fraction(0)
            if self.outside == "held":
                return lowest if measure < first else highest
        segment = next((pair for pair in pairwise(points) if measure <= pair[1][0]), (points[-2], points[-1]))
        (low, start), (high, end) = segment
        return start + (end - start) * (measure - low) / (high - low)


@dataclass(frozen=True)
class ScoreFormula:
    """``score = …``; ``at_most`` None is uncapped."""

    formula: Formula
    at_most: Fraction | Full | None = field(default_factory=Full)
    down_to: Fraction | None = None

    def amount(self, of: Indicator, rule: Rule, at: Standing) -> Fraction:
        found = self.formula.value(at)
        if self.at_most is not None:
            found = min(found, of.points if isinstance(self.at_most, Full) else self.at_most)
        return found


@dataclass(frozen=True)
class Item:
    """``① "…" 2``: points when it is met, some when it is partly met; what a mark of 不适用 does. Or ``if unmet minus``.

    An item of points below zero costs them when it is met.
    """

    label: str
    points: Fraction
    partly: Fraction | None = None
    not_applicable: str = ""
    """``full``, ``shared`` or nothing."""
    if_unmet: bool = False
    levels: tuple[tuple[str, Fraction], ...] = ()
    """``rated 较好 0.67``: what is between met and unmet."""
    low: Fraction | None = None
    """The least, where the assessor gives a number from it to the points."""

    @property
    def marks(self) -> tuple[str, ...]:
        partly = [*(["部分符合"] if self.partly is not None else []), *(name for name, _ in self.levels)]
        return ("是", "否", *partly, *(("不适用",) if self.not_applicable else ()))


@dataclass(frozen=True)
class Checklist:
    """Items that add up, or of which all must be met."""

    items: tuple[Item, ...]
    all_or_nothing: bool = False

    def amount(self, of: Indicator, rule: Rule, at: Standing, who: str = "") -> Fraction:
        """Return the sum; ``who`` is the assessor, where there are several."""
        marks = {item.label: at.data[f"{of.name}[{who}{item.label}]"] for item in self.items}
        for item in self.items:
            if item.low is not None:
                rating(at, f"{of.name}[{who}{item.label}]", item.low, item.points)
            elif marks[item.label] not in item.marks:
                raise NoScoreError
        given_items = [item for item in self.items if not item.if_unmet]
        given_items = [item for item in given_items if item.points >= 0]
        lost = sum((item.points for item in self.items if item.if_unmet and marks[item.label] == "否"), Fraction(0))
        costs = [item for item in self.items if item.points < 0 and marks[item.label] != "不适用"]
        lost -= sum((self._points(item, marks) for item in costs), Fraction(0))
        if not given_items:
            return of.points - lost
        full = sum((item.points for item in given_items), Fraction(0))
        left = full - sum((i.points for i in given_items if self._shared_out(i, marks)), Fraction(0))
        if left == 0:
            raise NoScoreError
        got = sum((self._points(item, marks) for item in given_items), Fraction(0)) * full / left
        if self.all_or_nothing:
            return full if got - lost >= full else Fraction(0)
        return got - lost

    def _shared_out(self, item: Item, marks: Mapping[str, object]) -> bool:
        return item.not_applicable == "shared" and marks[item.label] == "不适用"

    def _points(self, item: Item, marks: Mapping[str, object]) -> Fraction:
        match marks[item.label]:
            case "是":
                return item.points
            case "部分符合":
                assert item.partly is not None
                return item.partly
            case "不适用" if item.not_applicable == "full":
                return item.points
            case Fraction() as number:
                return number
            case str(word) if word in dict(item.levels):
                return dict(item.levels)[word]
            case _:
                return Fraction(0)


@dataclass(frozen=True)
class Levels:
    """``rated 较好 scores 6; …``: what the level that is named gives."""

    levels: tuple[tuple[str, Gives], ...]

    def amount(self, of: Indicator, rule: Rule, at: Standing, who: str = "") -> Fraction:
        named = at.data[f"{of.name}[{who}]" if who else of.name]
        gives = dict(self.levels).get(str(named))
        return _none() if gives is None else given(gives, of, at)


@dataclass(frozen=True)
class RatedOnScale:
    """``rated on the scale``."""

    def amount(self, of: Indicator, rule: Rule, at: Standing, who: str = "") -> Fraction:
        return at.rubric.scale[str(at.data[f"{of.name}[{who}]" if who else of.name])]


@dataclass(frozen=True)
class Award:
    """``award 0 to 6, in steps of 0.5``."""

    low: Fraction
    high: Fraction
    step: Fraction | None = None

    def amount(self, of: Indicator, rule: Rule, at: Standing, who: str = "") -> Fraction:
        return rating(at, f"{of.name}[{who}]" if who else of.name, self.low, self.high, self.step)


@dataclass(frozen=True)
class Refined:
    """``refined by the department``: its own indicators' points sum to the indicator's."""

    def amount(self, of: Indicator, rule: Rule, at: Standing) -> Fraction:
        own = at.data[of.name]
        assert isinstance(own, Mapping)
        if sum(points for _, points in own.values()) != of.points or any(score > full for score, full in own.values()):
            raise NoScoreError
        return sum((score for score, _ in own.values()), Fraction(0))


@dataclass(frozen=True)
class Assessors:
    """Several people rate, each for themselves; a way makes one score of theirs."""

    names: tuple[str, ...]
    way: str
    apart: Fraction | None = None
    adjudicator: str = ""

    def amount(
        self, rated: Sequence[Checklist | Levels | RatedOnScale | Award], of: Indicator, rule: Rule, at: Standing
    ) -> Fraction:
        """Return the one score; where marks lie too far apart, the adjudicator's."""
        marks = sorted(self._mark(name, rated, of, rule, at) for name in self.names)
        if self.adjudicator and self.apart is not None and marks[-1] - marks[0] > self.apart:
            return self._mark(self.adjudicator, rated, of, rule, at)
        middle = len(marks) // 2
        match self.way:
            case "mean":
                return sum(marks, Fraction(0)) / len(marks)
            case "trimmed":
                return sum(marks[1:-1], Fraction(0)) / (len(marks) - 2)
            case _:
                return marks[middle] if len(marks) % 2 else (marks[middle - 1] + marks[middle]) / 2

    def _mark(
        self,
        name: str,
        rated: Sequence[Checklist | Levels | RatedOnScale | Award],
        of: Indicator,
        rule: Rule,
        at: Standing,
    ) -> Fraction:
        return sum((form.amount(of, rule, at, name) for form in rated), Fraction(0))


RATED = (Checklist, Levels, RatedOnScale, Award)
GAINS = (Base, Ladder, Proportional, Anchors, ScoreFormula, Rewards, Refined, *RATED)
Form = (
    Steps | Occurrences | Base | Bonus | Rewards | Ladder | Proportional | Anchors | ScoreFormula | Checklist | Levels | RatedOnScale
    | Award | Refined
)  # fmt: skip


def deducts(form: Form) -> bool:
    """Whether a form takes points away."""
    return isinstance(form, Steps | Occurrences) and not isinstance(form, Bonus)


# ---------------------------------------------------------------- the rule


@dataclass(frozen=True)
class Rule:
    """The clauses of one rule: cases, forms, and who rates."""

    cases: tuple[Case, ...] = ()
    forms: tuple[Form, ...] = ()
    assessors: Assessors | None = None
    bands_add: bool = False
    """Whether what the cases give adds to the rest; then one of them must hold."""

    @property
    def floor(self) -> Fraction:
        """Return the least score: 0 unless a clause says otherwise."""
        stated = [form.down_to for form in self.forms if isinstance(form, Steps | Proportional | ScoreFormula)]
        stated += [c.down_to for form in self.forms if isinstance(form, Occurrences) for c in form.clauses]
        said = min((floor for floor in stated if floor is not None), default=Fraction(0))
        return min([said, *self._below_zero()])

    def _below_zero(self) -> list[Fraction]:
        """Return the scores below zero that gains state: so low may the indicator go."""
        found = [form.low for form in self.forms if isinstance(form, Award)]
        given = [gives for form in self.forms if isinstance(form, Anchors) for _, gives in form.points]
        given += [gives for form in self.forms if isinstance(form, Levels) for _, gives in form.levels]
        if self.bands_add:
            given += [case.gives for case in self.cases if isinstance(case, Band | When | Otherwise)]
            found += [gives.first for gives in given if isinstance(gives, OnALine)]
        found += [gives.points for gives in given if isinstance(gives, Fixed)]
        found += [gives.low for gives in given if isinstance(gives, Picked)]
        return found

    def _checklist_floor(self, points: Fraction) -> Fraction:
        """Return the least that items of points below zero leave."""
        lists = [form for form in self.forms if isinstance(form, Checklist) and not form.all_or_nothing]
        found = Fraction(0)
        for form in lists:
            lost = sum((item.points for item in form.items if item.points < 0), Fraction(0))
            lost += sum((item.low for item in form.items if item.low is not None and item.low < 0), Fraction(0))
            begin = points if all(item.if_unmet or item.points < 0 for item in form.items) else Fraction(0)
            found = min(found, begin + lost)
        return found

    def beyond(self, points: Fraction) -> tuple[Proportional | ScoreFormula, ...]:
        """Return the gains that may pass the points: uncapped, or at most a number above them."""
        gains = [form for form in self.forms if isinstance(form, Proportional | ScoreFormula)]
        return tuple(
            form
            for form in gains
            if (form.at_most is None or (not isinstance(form.at_most, Full) and form.at_most > points))
            and not (isinstance(form, Proportional) and form.way == "excess")
        )

    def score(self, of: Indicator, at: Standing) -> Fraction:
        """Cases decide first; elsewhere the base and the gains less the deductions, held between the floor and the points."""
        floor = min(self.floor, self._checklist_floor(of.points))
        ordered = sorted(self.cases, key=lambda case: isinstance(case, Otherwise))
        decided = None if self.bands_add else case_score(ordered, of, at, (floor, of.points))
        if decided is not None:
            return decided
        if not self.forms and not self.bands_add:
            raise NoScoreError
        rest = self._gained(of, at)
        lost = sum((form.amount(of, self, at) for form in self.forms if deducts(form)), Fraction(0))
        rest += lost if of.role == "deduction" else -lost  # a deduction after the total counts up what it takes off
        most = of.points
        if self.beyond(of.points):  # what else is gained adds up to the points only
            free = sum((form.amount(of, self, at) for form in self.beyond(of.points)), Fraction(0))
            most = max(most, free if of.role == "deduction" else free - lost)
        held = min(rest, most)
        passing = [form for form in self.forms if isinstance(form, Bonus) and form.may_pass]
        held += sum((form.amount(of, self, at) for form in passing), Fraction(0))
        return max(floor, held)

    def _gained(self, of: Indicator, at: Standing) -> Fraction:
        """Without a gain, deductions count from the full points, and bonuses from zero."""
        gains = [form for form in self.forms if isinstance(form, GAINS)]
        bonuses = [form for form in self.forms if isinstance(form, Bonus) and not form.may_pass]
        if not gains and not any(isinstance(form, Bonus) for form in self.forms) and not self.bands_add:
            return Fraction(0) if of.role == "deduction" else of.points
        found = sum((form.amount(of, self, at) for form in bonuses), Fraction(0))
        if self.bands_add:
            ordered = sorted(self.cases, key=lambda case: isinstance(case, Otherwise))
            added = case_score(ordered, of, at, None)
            found += _none() if added is None else added
        if self.assessors is None:
            return found + sum((form.amount(of, self, at) for form in gains), Fraction(0))
        rated = [form for form in gains if isinstance(form, RATED)]
        return found + self.assessors.amount(rated, of, self, at)


# ---------------------------------------------------------------- the indicator


@dataclass(frozen=True)
class Variant:
    """``variant when …`` (None: otherwise), with a rule and perhaps a measure of its own."""

    when: Condition | None
    rule: Rule
    measure: Formula | None = None


@dataclass(frozen=True)
class Indicator:
    """An indicator. ``not_applicable`` are (condition, outcome): points, ``满分``, or how its points are shared out."""

    name: str
    points: Fraction
    variants: tuple[Variant, ...]
    measure: Formula | None = None
    unit: str = "%"
    not_applicable: tuple[tuple[Condition, Fraction | str], ...] = ()
    gates: tuple[Condition, ...] = ()
    round_measure: Rounding | None = None
    round_score: Rounding | None = None
    steps: str = ""
    base_mark: Fraction | None = None
    weight: Fraction | None = None
    shared: bool = False
    role: str = "part"
    """``part``, ``bonus`` or ``deduction``."""


@dataclass(frozen=True)
class Scored:
    """What became of a part: its score (None: there is none), and the points in play.

    ``out`` says how a part that drops out gives up its points: ``siblings``, ``all``, ``reduced``.
    """

    score: Fraction | None
    points: Fraction
    out: str = ""
    measure: Fraction | None = None


def score_indicator(of: Indicator, at: Standing) -> Scored:
    """Score one indicator: whether it applies, its gates, then the rule of the variant that holds."""
    variant_measure = _measured(of, at)
    at.measure = variant_measure
    for condition, outcome in of.not_applicable:
        if holds(condition, at):
            if isinstance(outcome, Fraction):
                return Scored(outcome, of.points)
            if outcome == IN_FULL:
                return Scored(of.points, of.points)
            return Scored(None, Fraction(0), outcome)
    if any(holds(gate, at) for gate in of.gates):
        return Scored(Fraction(0), of.points, measure=variant_measure)
    variant = next((v for v in of.variants if v.when is None or holds(v.when, at)), None)
    if variant is None or (variant_measure is None and (variant.measure or of.measure) is not None):
        raise NoScoreError
    score = variant.rule.score(of, at)
    rounding = of.round_score or at.rubric.round_scores
    if rounding is not None:
        score = rounded(score, rounding.step, rounding.way)
    return Scored(-score if of.role == "deduction" else score, of.points, measure=variant_measure)


def _measured(of: Indicator, at: Standing) -> Fraction | None:
    """Return the measure of the variant that holds, rounded where the rubric says so; None where it has no value."""
    formulas = {of.measure if variant.measure is None else variant.measure for variant in of.variants}
    try:
        if len(formulas) > 1:
            held = next((v for v in of.variants if v.when is None or holds(v.when, at)), None)
            formulas = {of.measure if held is None or held.measure is None else held.measure}
        formula = next(iter(formulas), None)
        if formula is None:
            return None
        found = formula.value(at)
    except NoScoreError:
        return None
    rounding = of.round_measure or at.rubric.round_measures
    return found if rounding is None else rounded(found, rounding.step, rounding.way)


# ---------------------------------------------------------------- headings


@dataclass(frozen=True)
class Way:
    """How a heading's parts make its score. ``number`` is the k of the best k, the exponent or the surplus."""

    kind: str = "sum"
    number: Fraction = Fraction(0)
    key: str = ""
    at_least: int = 0
    at_most: Fraction | None = None
    table: Lookup | None = None
    otherwise: Gives | None = None


@dataclass(frozen=True)
class Heading:
    """A heading over indicators or headings; ``pool`` are the points that its ``shared`` indicators have together."""

    name: str
    points: Fraction
    parts: tuple[Indicator | Heading, ...]
    way: Way = Way()
    weight: Fraction | None = None
    pool: Fraction | None = None


@dataclass(frozen=True)
class Part:
    """A part as its heading sees it."""

    name: str
    points: Fraction
    weight: Fraction | None
    scored: Scored

    @property
    def counts(self) -> bool:
        return not self.scored.out


def combine(of: Heading, below: Sequence[Part | None], at: Standing) -> Scored:
    """Return a heading's score and its points in play. A part that drops out is left out of every way of combining."""
    if None in below:
        raise NoScoreError
    if any(part.scored.score is None and part.counts for part in below if part is not None):
        raise NoScoreError
    parts = _pooled(of, [part for part in below if part is not None])
    counted = [part for part in parts if part.counts]
    outs = [part.scored.out for part in parts if not part.counts]
    out = "siblings" if "siblings" in outs else next(iter(outs), "siblings")
    if not counted or len(counted) < of.way.at_least:
        return Scored(None, Fraction(0), out)
    score, points = _sum(of, parts) if of.way.kind == "sum" else (_other(of, counted, at), of.points)
    if of.way.at_most is not None:
        score = _least(score, of.way.at_most)
    if of.name and at.rubric.round_subtotals is not None:  # the total has a rounding of its own, at the very end
        score = rounded(score, at.rubric.round_subtotals.step, at.rubric.round_subtotals.way)
    assert isinstance(score, Fraction)
    return Scored(score, points)


def _least(score: Fraction | Irrational, most: Fraction) -> Fraction | Irrational:
    if isinstance(score, Irrational):
        return most if score.reaches(most) else score
    return min(score, most)


def _pooled(of: Heading, parts: Sequence[Part]) -> list[Part]:
    """Indicators that share a pool count as one part, with no more than the pool."""
    if of.pool is None:
        return list(parts)
    shared = {part.name for part in of.parts if isinstance(part, Indicator) and part.shared}
    scores = [part.scored.score for part in parts if part.name in shared]
    known = [score for score in scores if score is not None]
    together = min(sum(known, Fraction(0)), of.pool) if len(known) == len(scores) else None
    return [*(part for part in parts if part.name not in shared), Part("", of.pool, None, Scored(together, of.pool))]


def _sum(of: Heading, parts: Sequence[Part]) -> tuple[Fraction, Fraction]:
    """Siblings share the points of a part that drops out, in proportion; other points that are out of play are only missing."""
    score = sum((part.scored.score or Fraction(0) for part in parts), Fraction(0))
    to_share = sum((part.points for part in parts if part.scored.out == "siblings"), Fraction(0))
    gone = sum((part.points - part.scored.points for part in parts if part.scored.out != "siblings"), Fraction(0))
    in_play = of.points - gone
    return score * in_play / (in_play - to_share), in_play


def _other(of: Heading, parts: Sequence[Part], at: Standing) -> Fraction | Irrational:
    scores = [part.scored.score for part in parts if part.scored.score is not None]
    way, count = of.way, len(parts)
    match way.kind:
        case "mean":
            return sum(scores, Fraction(0)) / count
        case "weighted mean":
            weights = [part.weight or Fraction(0) for part in parts]
            return sum((weight * score for weight, score in zip(weights, scores, strict=True)), Fraction(0)) / sum(
                weights
            )
        case "lowest":
            return min(scores)
        case "highest":
            return max(scores)
        case "lowest plus":
            return min(scores) + (way.number if max(scores) > min(scores) else 0)
        case "best sum":
            return sum(sorted(scores)[-int(way.number) :], Fraction(0))
        case "best mean":
            best = sorted(scores)[-int(way.number) :]
            return sum(best, Fraction(0)) / len(best)
        case "geometric mean":
            return root(prod(scores, start=Fraction(1)), count)
        case "power mean":
            return root(sum((score ** int(way.number) for score in scores), Fraction(0)) / count, int(way.number))
        case "chosen":
            return next(score for part, score in zip(parts, scores, strict=True) if part.name == at.data[way.key])
        case _:
            return _tabled(of, parts, at)


def _tabled(of: Heading, parts: Sequence[Part], at: Standing) -> Fraction:
    """Look the parts' grades up in the heading's table."""
    assert of.way.table is not None
    names = {number: grade for grade, number in at.rubric.scale.items()}
    row = _row(of.way.table, [names[part.scored.score] for part in parts if part.scored.score is not None], at)
    gives = of.way.otherwise if row is None else row.gives
    if gives is None:
        raise NoScoreError
    return given(gives, Indicator(of.name, of.points, ()), at)


# ---------------------------------------------------------------- after the total


@dataclass(frozen=True)
class Added:
    """A bonus (its score is added) or a deduction (its score is below zero)."""

    indicator: Indicator


@dataclass(frozen=True)
class Coefficient:
    """``coefficient NAME = …``."""

    name: str
    formula: Formula


@dataclass(frozen=True)
class Within:
    """``total within 0 to 105``."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Veto:
    """``veto NAME when … CONSEQUENCE``: zero, minus, is, at most, down, up, base."""

    name: str
    when: Condition
    consequence: str
    number: Fraction = Fraction(0)
    grade: str = ""


Adjustment = Added | Coefficient | Within | Veto


@dataclass(frozen=True)
class Grade:
    """``优 >= 90``."""

    name: str
    sign: str
    bound: Fraction


# ---------------------------------------------------------------- the rubric


@dataclass(frozen=True)
class Field:
    """A figure of the form: a number with a unit, or a choice; a row where it has columns."""

    name: str
    unit: str = ""
    whole: bool = False
    signed: bool = False
    nullable: bool = False
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """A number that the rubric fixes, perhaps one for each option of a choice, or for each pair of options of two."""

    name: str
    unit: str
    values: tuple[tuple[str, Number], ...]
    by: str = ""


@dataclass(frozen=True)
class Derived:
    """``derived NAME: unit = …``."""

    name: str
    unit: str
    formula: Formula


@dataclass(frozen=True)
class Rubric:
    """A rubric. ``steps`` is how parts of a step count: whole, started, pro rata."""

    points: Fraction
    parts: tuple[Indicator | Heading, ...]
    fields: tuple[Field | Parameter | Derived, ...] = ()
    steps: str = "whole"
    way: Way = Way()
    scale: Mapping[str, Fraction] = field(default_factory=dict)
    grades: tuple[Grade, ...] = ()
    after: tuple[Adjustment, ...] = ()
    round_figures: Rounding | None = None
    round_measures: Rounding | None = None
    round_scores: Rounding | None = None
    round_subtotals: Rounding | None = None
    round_total: Rounding | None = None

    def figure(self, figure: Figure, at: Standing) -> Fraction:
        """Return a figure: as given, fixed by the rubric, or derived."""
        declared = next(item for item in self.fields if item.name == figure.name)
        if isinstance(declared, Derived):
            return declared.formula.value(at)
        if isinstance(declared, Parameter):
            keys = declared.by.split(", ") if declared.by else []
            found = dict(declared.values)[" ".join(str(at.data[key]) for key in keys)]
            return found.value(at)
        stated = at.data[figure.address]
        if not isinstance(stated, Fraction):
            raise NoScoreError
        if self.round_figures is not None:
            # A figure is rounded in the unit in which it is written: a ratio in percent.
            shown = Fraction(100) if declared.unit == "比率" else Fraction(1)
            stated = rounded(stated * shown, self.round_figures.step, self.round_figures.way) / shown
        return stated * UNITS.get(declared.unit, Fraction(1))

    def indicators(self) -> list[Indicator]:
        """Return every indicator, those of bonuses and deductions included."""
        found = [leaf for part in self.parts for leaf in _leaves(part)]
        return found + [item.indicator for item in self.after if isinstance(item, Added)]


def _leaves(part: Indicator | Heading) -> list[Indicator]:
    return [part] if isinstance(part, Indicator) else [leaf for own in part.parts for leaf in _leaves(own)]


@dataclass(frozen=True)
class Outcome:
    """All that a rubric says of one submission; what has no value is None."""

    indicators: Mapping[str, Scored | None]
    headings: Mapping[str, Scored | None]
    total: Fraction | None
    points: Fraction | None
    grade: str | None


def score(rubric: Rubric, data: Data, group: Sequence[Data] = ()) -> Outcome:
    """Score one submission; ``group`` are the departments that it is compared with, itself among them."""
    at = Standing(rubric, data, group or (data,))
    scored: dict[str, Scored | None] = {}
    for indicator in rubric.indicators():
        scored[indicator.name] = found = attempt(score_indicator, indicator, at)
        at.measure = None
        if found is not None and found.measure is not None:
            at.measures[indicator.name] = found.measure
        if found is not None and found.score is not None:
            at.scores[indicator.name] = found.score
    scored = _held_to_base(rubric, scored, at)
    headings: dict[str, Scored | None] = {}
    parts = [_part(part, scored, headings, at) for part in rubric.parts]
    if rubric.way.kind == "none":
        return Outcome(scored, headings, None, None, None)
    whole = attempt(combine, Heading("", rubric.points, rubric.parts, rubric.way), parts, at)
    if whole is None:
        return Outcome(scored, headings, None, None, None)
    first, points = _shared_by_all(rubric, whole, scored)
    total = None if first is None else attempt(_after, rubric, first, scored, at)
    grade = None if total is None or not rubric.grades else attempt(_graded, rubric, total, at)
    return Outcome(scored, headings, total, points, grade)


def attempt(make: Callable[..., Value], *given: object) -> Value | None:
    """Return what is made, or None where there is no score."""
    try:
        return make(*given)
    except NoScoreError:
        return None


def _part(
    part: Indicator | Heading, scored: Mapping[str, Scored | None], headings: dict[str, Scored | None], at: Standing
) -> Part | None:
    """Return a part as the heading above it sees it; None where it has no score."""
    if isinstance(part, Indicator):
        found = scored[part.name]
    else:
        found = attempt(combine, part, [_part(own, scored, headings, at) for own in part.parts], at)
        headings[part.name] = found
    return None if found is None else Part(part.name, part.points, part.weight, found)


def _shared_by_all(
    rubric: Rubric, found: Scored, scored: Mapping[str, Scored | None]
) -> tuple[Fraction | None, Fraction]:
    """Points that are shared by all come back into play over the whole total."""
    lost = Fraction(0)
    for indicator in rubric.indicators():
        own = scored[indicator.name]
        lost += indicator.points if own is not None and own.out == "all" else 0
    if found.out or found.score is None:
        return None, Fraction(0)
    whole = found.points + lost
    return found.score * whole / found.points, whole


def _held_to_base(rubric: Rubric, scored: Mapping[str, Scored | None], at: Standing) -> dict[str, Scored | None]:
    """``others held to base``: every indicator but the one that the veto asks for has its base mark at most."""
    found = dict(scored)
    for veto in rubric.after:
        if not isinstance(veto, Veto) or veto.consequence != "base":
            continue
        asked, held = _asked(veto.when), attempt(holds, veto.when, at)
        if held is False:
            continue
        for indicator in rubric.indicators():
            own = found[indicator.name]
            if own is None or own.score is None or indicator.base_mark is None or indicator.name in asked:
                continue
            least = min(own.score, indicator.base_mark)
            # Where it is not known whether the veto holds, neither is a score above the base mark.
            known = least if held or least == own.score else None
            found[indicator.name] = Scored(known, own.points, own.out, own.measure)
    return found


def _asked(condition: Condition) -> set[str]:
    match condition:
        case Compare(left, _, right):
            return {side.name for side in (left, right) if isinstance(side, OfIndicator)}
        case Every(parts) | Some(parts):
            return {name for part in parts for name in _asked(part)}
        case Not(part):
            return _asked(part)
        case _:
            return set()


def _after(rubric: Rubric, total: Fraction, scored: Mapping[str, Scored | None], at: Standing) -> Fraction:
    """Apply what comes after the total, one after the other; then the total is rounded."""
    for item in rubric.after:
        at.total = total
        match item:
            case Added(indicator):
                own = scored[indicator.name]
                if own is None or own.score is None:
                    raise NoScoreError
                total += own.score
            case Coefficient(_, formula):
                total *= formula.value(at)
            case Within(low, high):
                total = max(low, min(high, total))
            case Veto(_, when, "zero"):
                total = Fraction(0) if holds(when, at) else total
            case Veto(_, when, "minus", number):
                total -= number if holds(when, at) else 0
    if rubric.round_total is not None:
        total = rounded(total, rubric.round_total.step, rubric.round_total.way)
    return total


def _graded(rubric: Rubric, total: Fraction, at: Standing) -> str:
    """Return the grade: by the total, then as the vetoes say, in their order. Grades are listed best first."""
    names = [grade.name for grade in rubric.grades]
    place = next(at for at, grade in enumerate(rubric.grades) if compared(total, grade.sign, grade.bound))
    for veto in rubric.after:
        if (
            not isinstance(veto, Veto)
            or veto.consequence not in {"is", "at most", "down", "up"}
            or not holds(veto.when, at)
        ):
            continue
        match veto.consequence:
            case "is":
                place = names.index(veto.grade)
            case "at most":
                place = max(place, names.index(veto.grade))
            case "down":
                place = min(place + int(veto.number), len(names) - 1)
            case _:
                place = max(place - int(veto.number), 0)
    return names[place]

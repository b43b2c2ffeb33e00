"""A rubric with some inputs missing, as two rubrics without them: at its least, and at its greatest.

Where no input that is missing feeds two results, and every result over results only ever rises, the least total is the
total of the least scores. So a rubric that gives each indicator its least, and one that gives its greatest, are scored
like any other, by whatever scores complete data; and the two together are the ranges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from rubric_dsl import ranges
from rubric_dsl.core.direction import never_falls
from rubric_dsl.core.keys import is_result, kind_of, part_key, result_key
from rubric_dsl.core.nodes import FALSE, TRUE, Case, Compare, Condition, Const, Expr, Input, Program, Variant
from rubric_dsl.core.walk import keys_of, keys_of_program
from rubric_dsl.data.submission import Submission
from rubric_dsl.evaluate.known import settled_value
from rubric_dsl.evaluate.state import Env
from rubric_dsl.inputs.asked import AskedInput, asked_of
from rubric_dsl.inputs.bind import Bound, bind
from rubric_dsl.missing.end import Side, UnsaidError, at_end
from rubric_dsl.missing.ends import Domain, Ends, ends
from rubric_dsl.missing.kept import Kept, KeptFor
from rubric_dsl.missing.one_rule import range_over
from rubric_dsl.missing.shared import AtPlace, Together, farthest_of, together
from rubric_dsl.model.model import Indicator, Model, Rule, Totals
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Worlds:
    """A rubric at its least and at its greatest.

    ``waiting`` are the indicators that wait for what is missing. One to which both give the same score is settled all the
    same; its measure is told where ``waiting`` has True, else the evaluator must be asked.
    """

    low: Model
    high: Model
    waiting: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A rubric of which any inputs may be missing, as far as that is said beforehand.

    Attributes:
        ends: for each indicator, by the set of its inputs that is missing while all its others are given.
        totals: the results over results at the least and at the greatest scores; None where the least total is not that
            of the least scores. They read whether a score is only come near to under the keys :func:`open_key`.
        shared: for each of those results, the inputs that feed several of the scores below it: while one of them is
            missing, its ends are not said here.
    """

    ends: Mapping[str, Mapping[frozenset[str], Ends]]
    totals: tuple[Totals, Totals] | None
    shared: Mapping[str, tuple[str, ...]]


def open_key(name: str, end: str) -> str:
    """Return the key under which it is read that an indicator's score is only come near to at an end (min, max): 1, else 0."""
    return part_key(result_key("score", name), f"{end} open")


class Missing:
    """What can be said of a rubric's scores while inputs are missing; worked out when it is first asked for."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._ends: dict[tuple[str, str], Ends | None] = {}
        self._blank: dict[str, Ends | None] = {}
        self._worlds: Kept[frozenset[str], Worlds | None] = Kept(_MOST_WORLDS)

    def kept(self, missing: frozenset[str]) -> Worlds | None:
        """Return :meth:`worlds`, kept for the sets of inputs that were asked for last."""
        return self._worlds.of(missing, lambda: self.worlds(missing))

    @cached_property
    def read(self) -> frozenset[str]:
        """The inputs that any indicator reads."""
        return frozenset().union(*self._inputs.values())

    def worlds(self, missing: frozenset[str]) -> Worlds | None:
        """Return the rubric at its least and at its greatest; None where the evaluator must be asked.

        ``missing`` are addresses of figures and ratings that the rubric reads.
        """
        if not self._rises or any(key not in self._domains for key in missing):
            return None
        shared = [key for key in sorted(missing) if self._readers[key] > 1]
        if len(shared) > 1:
            return None
        low, high = dict(self.model.indicators), dict(self.model.indicators)
        waiting: dict[str, bool] = {}
        opens: tuple[dict[str, Condition], dict[str, Condition]] = ({}, {})
        for name, own in self._inputs.items():
            absent = missing & own
            if not absent:
                continue
            found = self._of(name, absent)
            if found is None or name in self._read:
                return None
            low[name] = _with(self.model.indicators[name], found.low)
            high[name] = _with(self.model.indicators[name], found.high)
            waiting[name] = found.tells_measure
            for side, when in zip(opens, (found.low_open, found.high_open), strict=True):
                if when != FALSE:
                    side[result_key("score", name)] = when
        checks = tuple(
            check for check in self.model.checks if not missing & {*keys_of(check.left), *keys_of(check.right)}
        )
        try:
            places = self._together(shared[0], missing) if shared else ()
            totals = self._totals(opens[0], 1, places), self._totals(opens[1], -1, places)
        except UnsaidError:
            return None
        made = [
            replace(self.model, indicators=indicators, checks=checks, totals=own)
            for indicators, own in zip((low, high), totals, strict=True)
        ]
        return Worlds(made[0], made[1], waiting)

    def waiting(self) -> Waiting:
        """Return what is said of any inputs that are missing."""
        found: dict[str, dict[frozenset[str], Ends]] = {}
        opens: tuple[dict[str, Condition], dict[str, Condition]] = ({}, {})
        for name, own in self._inputs.items():
            is_held = result_key("final", name) in self.model.totals.definitions
            if self.model.indicators[name].exclusion or is_held or not own <= self._domains.keys():
                continue
            sets = dict.fromkeys([frozenset(own), *(frozenset({key}) for key in sorted(own))]) if own else {}
            known = {absent: ends_ for absent in sets if (ends_ := self._of(name, absent)) is not None}
            found[name] = known
            for side, end in zip(opens, ("min", "max"), strict=True):
                if any((ends_.low_open if end == "min" else ends_.high_open) != FALSE for ends_ in known.values()):
                    flag = Compare("=", Input(open_key(name, end)), Const(Fraction(1)))
                    side[result_key("score", name)] = flag
        totals = None
        if self._rises:
            try:
                totals = self._totals(opens[0], 1, ()), self._totals(opens[1], -1, ())
            except UnsaidError:
                totals = None
        return Waiting(found, totals, self._shared_below())

    def _shared_below(self) -> Mapping[str, tuple[str, ...]]:
        """Return for each result over results the inputs that feed several of the scores below it."""
        below: dict[str, frozenset[str]] = {}
        for name in self._inputs:
            below |= {result_key(kind, name): frozenset({name}) for kind in ("score", "applies")}
        found = {}
        for key in self.model.totals.order:
            if key in self.model.totals.definitions:
                reads = [read for read in keys_of(self.model.totals.definitions[key].value) if is_result(read)]
                below[key] = frozenset().union(*(below.get(read, frozenset()) for read in reads))
                fed = Counter(own for name in below[key] for own in self._inputs[name])
                found[key] = tuple(own for own, count in fed.items() if count > 1)
        return found

    def _together(self, key: str, missing: frozenset[str]) -> tuple[Together, ...]:
        """Return what the indicators that read one figure score together while it is missing, see :func:`together`."""
        names = [name for name, own in self._inputs.items() if key in own]
        if len(names) < self._readers[key] or any(missing & self._inputs[name] != {key} for name in names):
            raise UnsaidError
        programs = {name: self.model.indicators[name].program for name in names}
        others = {other: domain.range for other, domain in self._domains.items() if not domain.options}
        return together(programs, key, self._domains[key], others)

    def _totals(self, opens: dict[str, Condition], side: Side, places: Sequence[Together]) -> Totals:
        """Return the results over results at one end, where some scores are only come near to from one side.

        ``places`` are what indicators score together.
        """
        totals = self.model.totals
        if not opens and not places:
            return totals
        at_places = [AtPlace(place, opens, side) for place in places]
        moving = {result_key("score", name): frozenset({name}) for name in (places[0].scores if places else ())}
        definitions = dict(totals.definitions)
        for key in totals.order:
            if key not in definitions:
                continue
            value = definitions[key].value
            reads = {read for read in keys_of(value) if read in moving}
            for place in at_places:
                place.define(key, value, reads)
            if reads:
                moving[key] = frozenset().union(*(moving[read] for read in reads))
            if len(reads) > 1 and len(moving[key]) > 1:
                found = farthest_of(at_places, key, side)
            else:
                found = at_end(value, opens, side)
            definitions[key] = replace(definitions[key], value=found.value)
            if found.open != FALSE:
                opens[key] = found.open
        return replace(totals, definitions=definitions)

    def _of(self, name: str, absent: frozenset[str]) -> Ends | None:
        if absent == self._inputs[name]:
            if name not in self._blank:
                self._blank[name] = self._when_blank(self.model.indicators[name])
            return self._blank[name]
        if len(absent) > 1:
            return None
        (key,) = absent
        if (name, key) not in self._ends:
            program = self.model.indicators[name].program
            negative = any(self._may_be_negative(other) for other in keys_of_program(program) if other != key)
            self._ends[name, key] = ends(program, key, replace(self._domains[key], beside_negative=negative))
        return self._ends[name, key]

    def _may_be_negative(self, key: str) -> bool:
        asked = self._asked.get(key)
        if asked is None:
            return True
        low = asked.bounds.low.value
        return not asked.options and (low is None or low < 0)

    def _when_blank(self, indicator: Indicator) -> Ends | None:
        """Return an indicator of which nothing is given: its range is the same for all data."""
        bound = bind(self.model, Submission())
        _, found, tight = range_over(indicator, bound, bound.env)
        if found is None or found.low.value is None or found.high.value is None or not tight:
            return None
        if found.known is not None or indicator.exclusion:
            return None
        low_open, high_open = (TRUE if end.open else FALSE for end in (found.low, found.high))
        return Ends(_fixed(found.low.value), _fixed(found.high.value), low_open, high_open, tells_measure=False)

    @cached_property
    def _asked(self) -> Mapping[str, AskedInput]:
        return asked_of(self.model)

    @cached_property
    def _domains(self) -> Mapping[str, Domain]:
        """What each input can be; those that may be unavailable are left to the evaluator."""
        return {
            item.key: Domain(item.bounds, item.whole, item.options)
            for item in self._asked.values()
            if item.given and not item.nullable and item.kind != "refined"
        }

    @cached_property
    def _inputs(self) -> Mapping[str, frozenset[str]]:
        """The inputs that each indicator reads."""
        given = asked_of(self.model).keys()
        return {name: frozenset(keys_of_program(item.program)) & given for name, item in self.model.indicators.items()}

    @cached_property
    def _readers(self) -> Counter[str]:
        """How many results read each input."""
        found = Counter(key for keys in self._inputs.values() for key in keys)
        for definition in self.model.totals.definitions.values():
            found.update(set(keys_of(definition.value)))
        return found

    @cached_property
    def _read(self) -> frozenset[str]:
        """The indicators whose results other indicators read."""
        keys = {key for item in self.model.indicators.values() for key in keys_of_program(item.program)}
        return frozenset(
            name
            for name in self.model.indicators
            if keys & {result_key("score", name), result_key("measure", name), result_key("applies", name)}
        )

    @cached_property
    def _rises(self) -> bool:
        """Whether every result over results only ever rises with them, and no group is asked."""
        definitions = self.model.totals.definitions
        return not self.model.cohorts and all(
            never_falls(item.value) or (kind_of(key) == "grade" and _climbs(item.value))
            for key, item in definitions.items()
        )


_MOST_MODELS, _MOST_WORLDS = 16, 256
_MISSING = KeptFor(Missing, _MOST_MODELS)


def ends_together(
    model: Model, bound: Bound, figures: Mapping[str, Range], loose: frozenset[str]
) -> Mapping[str, tuple[Range, bool]] | None:
    """Return what is made of scores that wait for inputs, from what was worked out beforehand; None: not from that.

    ``figures`` has the ranges of the scores taken by themselves, but for those that are ``loose``.
    """
    if bound.invalid or bound.groups:
        return None
    missing = _MISSING.of(model)
    worlds = missing.kept(frozenset(key for key in missing.read if bound.is_open(key)))
    scores = [] if worlds is None else [result_key("score", name) for name in worlds.waiting]
    if worlds is None or not loose.isdisjoint(scores) or any(figures[key].known is not None for key in scores):
        return None
    sides = []
    for world, is_low in ((worlds.low, True), (worlds.high, False)):
        own = dict(figures)
        for key in scores:
            end = own[key].low.value if is_low else own[key].high.value
            if end is None:
                return None
            own[key] = ranges.exactly(end)
        env, seen = Env(own, bound.choices), dict[int, Fraction]()
        for key in world.totals.order:
            if key in world.totals.definitions and figures[key].known is None:
                value = settled_value(world.totals.definitions[key].value, env, seen)
                if value is None:
                    return None
                own[key] = ranges.exactly(value)
        sides.append(own)
    low, high = sides
    return {
        key: (Range(low[key].low, high[key].high), True)
        for key in model.totals.definitions
        if figures[key].known is None
    }


def _climbs(grade: Expr) -> bool:
    """Whether a grade's place rises with the score: its bounds are lower limits, the best first, or the last holds all else."""
    if not isinstance(grade, Case):
        return False
    branches = list(grade.branches)
    last = branches[-1].condition
    if isinstance(last, Compare) and last.op in ("<", "<="):
        branches = branches[:-1]
    places = [item.value.value for item in grade.branches if isinstance(item.value, Const)]
    bounds = []
    for branch in branches:
        asked = branch.condition
        if not (isinstance(asked, Compare) and asked.op in (">", ">=") and isinstance(asked.left, Input)):
            return False
        if not isinstance(asked.right, Const):
            return False
        bounds.append(asked.right.value)
    falling = [sorted(items, reverse=True) == items for items in (places, bounds)]
    return len(places) == len(grade.branches) and all(falling)


def _fixed(score: Fraction) -> Program:
    return Program((Variant(None, None, Const(score)),))


def _with(indicator: Indicator, program: Program) -> Indicator:
    """Return an indicator with another program; rules that no variant has any more are left out."""
    rules: tuple[Rule, ...] = indicator.rules
    if len(program.variants) != len(rules):
        rules = (indicator.main,) * len(program.variants)
    return replace(indicator, program=program, rules=rules)

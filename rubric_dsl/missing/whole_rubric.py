"""What subtotals and the total can be where one missing figure feeds several indicators.

Taken one by one, each indicator may reach its best score with another value of the figure, and the sum of these is a
total that no value gives. Here all results are followed together along the figures that they share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import product
from math import prod

from rubric_dsl import ranges
from rubric_dsl.core.keys import availability_key, is_result, kind_of, owner, result_key
from rubric_dsl.core.nodes import Expr
from rubric_dsl.core.walk import keys_of, keys_of_program
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.evaluate.state import Env
from rubric_dsl.inputs.bind import Bound
from rubric_dsl.missing.boxes import MOST_BOXES, Box, Followed, Hull, explore, with_samples
from rubric_dsl.missing.follow import Blur, Cut, Follower, NoValue, Value, number, spread_of
from rubric_dsl.missing.kept import Kept, KeptFor
from rubric_dsl.missing.one_rule import range_over
from rubric_dsl.missing.worlds import ends_together
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.model.totals import flag_of
from rubric_dsl.ranges import Range

MAX_WAYS = 64
"""With more ways than this to make the choices that several results read, they are not looked at one by one."""
MAX_OPEN = 5
"""With more indicators than this that may or may not be applicable, the total's range may be wider than need be."""

Worlds = Mapping[str, Mapping[bool, Range]]
"""The scores of the indicators that may or may not be applicable, by name: where they are, and where they are not."""


Settled = Mapping[str, tuple[Range, bool]]
"""Results that move together, by key: the range of each, and whether that is known to be tight."""


class _Readers:
    """How many results of a rubric read each input, and what was found where nothing is given."""

    def __init__(self, model: Model) -> None:
        reads = [keys_of_program(item.program) for item in model.indicators.values()]
        reads += [keys_of(item.value) for item in model.totals.definitions.values()]
        counts = Counter(key for own in reads for key in {known for read in own for known in _known_by(read)})
        self.shared = [key for key, count in counts.items() if count > 1]
        self.blank: Kept[tuple[object, ...], Settled] = Kept(_MOST_BLANK)

    def share(self, bound: Bound) -> bool:
        """Whether an input that is not known feeds several results."""
        return any(bound.is_open(key) for key in self.shared)


def _known_by(key: str) -> tuple[str, ...]:
    """Return what must be known for a key to be: of a figure also whether it is available."""
    return (key, availability_key(key))


_MOST_MODELS, _MOST_BLANK = 64, 4
_READERS = KeptFor(_Readers, _MOST_MODELS)


def settled_together(
    model: Model, bound: Bound, figures: Mapping[str, Range], worlds: Worlds, loose: frozenset[str]
) -> Settled:
    """Return the results that results with missing figures in common make together; arguments as :class:`Jointly` has them.

    Of a submission in which nothing is given the answer is always the same, and is kept.
    """
    readers = _READERS.of(model)
    if not worlds and not readers.share(bound):
        return {}
    known = None if worlds else ends_together(model, bound, figures, loose)
    if known is not None:
        return known
    if bound.given or bound.groups:
        return followed_together(model, bound, figures, worlds, loose)
    seen = (tuple(figures.items()), tuple(bound.choices.items()), loose)
    return readers.blank.of(seen, lambda: followed_together(model, bound, figures, worlds, loose))


def followed_together(
    model: Model, bound: Bound, figures: Mapping[str, Range], worlds: Worlds, loose: frozenset[str]
) -> Settled:
    """Return :func:`settled_together`, found by following the results along what they have in common."""
    joint = Jointly(model, bound, figures, worlds, loose)
    if not joint.shared and not worlds:
        return {}
    if not joint.settle():
        return {key: (figures[key], False) for key in model.totals.definitions if joint.moves(key)}
    return {key: (hull.range or figures[key], hull.tight) for key, hull in joint.found.items()}


class Jointly:
    """One submission's results over all completions of what is missing.

    ``figures`` has the range of every figure and, taken by itself, of every result; ``worlds`` the indicators that
    may or may not be applicable; ``loose`` are the results whose own range may be too wide.
    """

    def __init__(
        self, model: Model, bound: Bound, figures: Mapping[str, Range], worlds: Worlds, loose: frozenset[str]
    ) -> None:
        self.model: Model = model
        self.bound: Bound = bound
        self.figures: Mapping[str, Range] = figures
        self.worlds: Worlds = worlds
        self.loose: frozenset[str] = loose
        self.found: dict[str, Hull] = {}
        self._over: dict[str, frozenset[str]] = {}
        opens = {name for name, item in model.indicators.items() if item.name in worlds}
        readers: dict[str, int] = {}
        for name in model.totals.order:
            for key in self._read_by(name):
                # Whether an indicator applies, and what it then scores, go together: its figures count as shared.
                readers[key] = readers.get(key, 0) + (2 if name in opens else 1)
        self.shared: frozenset[str] = frozenset(key for key, count in readers.items() if count > 1)
        self._moving = self.shared | {result_key("applies", name) for name in worlds}
        self.moving: list[str] = [
            name for name in model.totals.order if name in model.totals.definitions and self.moves(name)
        ]
        """The definitions that are followed, in order."""
        self.followed: list[str] = [
            name for name in model.totals.order if name in self.moving or self._is_followed(name)
        ]
        """What is followed over each box, in order: the indicators that share figures, and those definitions."""
        self.still: dict[str, Value] = {}
        """What is the same over every box: results that share nothing."""
        for name in model.totals.order:
            indicator = model.indicators.get(name)
            if indicator is not None and not self.shares(name):
                for key in (result_key("score", indicator.name), result_key("applies", indicator.name)):
                    self.still[key] = self.alone(key)
            elif indicator is None and not self.moves(name):
                self.still[name] = self.alone(name)

    def _is_followed(self, name: str) -> bool:
        return name in self.model.indicators and bool(self.shares(name))

    def alone(self, key: str) -> Value:
        """Return a result's own range as a value."""
        return spread_of(self.figures[key], frozenset({key}), tight=key not in self.loose)

    def _read_by(self, name: str) -> Iterable[str]:
        """Return the missing figures and choices that an indicator or a definition itself reads; note all it is over."""
        indicator = self.model.indicators.get(name)
        if indicator is not None and self._settled(indicator):
            self._over[name] = frozenset()
            return ()
        reads = set(keys_of_program(indicator.program) if indicator is not None else keys_of(self.definition(name)))
        own = {key for read in reads for key in _known_by(read) if self.bound.is_open(key)}
        over = set(own)
        if indicator is not None and indicator.name in self.worlds:
            over.add(result_key("applies", indicator.name))
        for key in reads:
            if is_result(key):
                over |= self._over.get(key, self._over.get(owner(key), frozenset()))
        self._over[name] = frozenset(over)
        return own

    def definition(self, key: str) -> Expr:
        """Return what a definition's value is."""
        return self.model.totals.definitions[key].value

    def _settled(self, indicator: Indicator) -> bool:
        keys = (result_key("score", indicator.name), result_key("applies", indicator.name))
        return all(self.figures[key].known is not None for key in keys)

    def moves(self, name: str) -> bool:
        """Whether an indicator or a definition depends on what is shared, or on what may not be applicable."""
        return bool(self._over[name] & self._moving)

    def shares(self, name: str) -> frozenset[str]:
        """Return what of an indicator's or a definition's missing figures and choices is shared."""
        return self._over[name] & self.shared

    def settle(self) -> bool:
        """Find into ``found`` the range of every definition that moves; return whether that could be done."""
        choices = sorted(self.shared & self.bound.choices.keys())
        ways = prod(len(self.bound.choices[key]) for key in choices)
        if ways > MAX_WAYS or len(self.worlds) > MAX_OPEN or self._in_group():
            return False
        numbers = {key: self.bound.figures[key] for key in sorted(self.shared - set(choices))}
        left = MOST_BOXES
        for words in product(*(sorted(self.bound.choices[key]) for key in choices)):
            chosen = {key: frozenset({word}) for key, word in zip(choices, words, strict=True)}
            env = Env(self.figures, {**self.bound.choices, **chosen})
            left = self._explored(numbers, env, left)
        return bool(self.found)

    def _explored(self, numbers: Box, env: Env, most: int) -> int:
        cuts = 0

        def explored(start: Box) -> int:
            nonlocal cuts
            cuts += explore(start, self.bound.whole, partial(_visit, self, env), self._filled, most - cuts)
            return cuts

        with_samples(explored, numbers, self._tight)
        return most - cuts

    def _filled(self) -> bool:
        """Whether no box can add anything to what the definitions can be."""
        return self._tight() and all(
            key in self.found and self.found[key].range == self.figures[key] for key in self.moving
        )

    def _tight(self) -> bool:
        """Whether all ends found are known to be reached; of a grade only its possible names are told."""
        return all(hull.tight for key, hull in self.found.items() if kind_of(key) != "grade")

    def _in_group(self) -> bool:
        """Whether what is missing also moves what is asked of a group."""
        return any(self.bound.figures[key].known is None for key in self.model.cohorts)


def _visit(joint: Jointly, env: Env, box: Box, may_cut: bool, followed: Followed) -> None:
    """Take in what every result that moves is over one box; nothing where an indicator has no score there."""
    look = _Look(joint, env, box, followed, may_cut=may_cut)
    try:
        worlds = look.indicators()
    except NoValue:
        return
    names = list(worlds)
    for flags in product((True, False), repeat=len(names)):
        if all(flag in worlds[name] for name, flag in zip(names, flags, strict=True)):
            look.world({name: (flag, worlds[name][flag]) for name, flag in zip(names, flags, strict=True)})


class _Look:
    """The results over one box."""

    def __init__(self, joint: Jointly, env: Env, box: Box, followed: Followed, *, may_cut: bool) -> None:
        self.joint, self.followed, self.may_cut = joint, followed, may_cut
        self.box = frozenset(box)
        self._figures = {**env.figures, **box}
        self.env = replace(env, figures=self._figures)
        self.values: dict[str, Value] = dict(joint.still)
        self.sure = True

    def indicators(self) -> dict[str, dict[bool, Value]]:
        """Follow every indicator; return those that over this box may or may not be applicable.

        Raises:
            Cut: where the box must be cut first.
            NoValue: where an indicator has no score.
        """
        worlds: dict[str, dict[bool, Value]] = {}
        for name, own in self.joint.worlds.items():
            if not self.joint.shares(name):
                score = result_key("score", name)
                tight = score not in self.joint.loose
                worlds[name] = {
                    applies: spread_of(item, frozenset({score}), tight=tight) for applies, item in own.items()
                }
        for name in self.joint.followed:
            indicator = self.joint.model.indicators.get(name)
            if indicator is None:
                self._keep(name, self._defined(name))
                continue
            score, flag = result_key("score", indicator.name), result_key("applies", indicator.name)
            found = self._indicator(indicator)
            if len(found) > 1 and indicator.exclusion:
                worlds[indicator.name] = found
                self.sure = False
            self._keep(flag, spread_of(ranges.between(min(found), max(found)), self._loose_on(indicator), tight=False))
            self._keep(score, self._joined(list(found.values())))
        return worlds

    def _indicator(self, indicator: Indicator) -> dict[bool, Value]:
        """Return an indicator's score, by whether it is applicable."""
        try:
            if indicator.name not in self.followed:
                self.followed[indicator.name] = Follower(self.box, self.env, self.values).program(indicator.program)
        except Blur:
            pass
        except Cut:
            if self.may_cut:
                raise
        else:
            applies, value = self.followed[indicator.name]
            return {applies: value}
        on = self._loose_on(indicator) | {result_key("score", indicator.name)}
        outcome, _, tight = range_over(indicator, self.joint.bound, self.env)
        found = {
            applies: ranges.hull([score for own, score in outcome.worlds if own is applies])
            for applies in outcome.applicable
        }
        if not found:
            raise NoValue
        held = {applies: indicator.held(own) for applies, own in found.items()}
        return {applies: spread_of(own, on, tight=tight) for applies, own in held.items()}

    def _loose_on(self, indicator: Indicator) -> frozenset[str]:
        """Return what of an indicator's missing figures is shared, and over this box not known."""
        return frozenset(key for key in self.joint.shares(indicator.name) if self._moves(key))

    def _joined(self, items: list[Value]) -> Value:
        if len(items) == 1:
            return items[0]
        on = frozenset().union(*(item.figures for item in items))
        return spread_of(ranges.hull([self._range(item)[0] for item in items]), on, tight=False)

    def _range(self, value: Value) -> tuple[Range, bool]:
        return value.range(self.env.figures)

    def _keep(self, key: str, value: Value) -> None:
        self.values[key] = value
        self._figures[key] = self._range(value)[0]

    def world(self, chosen: Mapping[str, tuple[bool, Value]]) -> None:
        """Take in what the definitions are where indicators are applicable or not as chosen."""
        for name, (applies, value) in chosen.items():
            self._keep(result_key("applies", name), number(Fraction(applies)))
            self._keep(result_key("score", name), value)
        for key in self.joint.moving if chosen else ():
            self._keep(key, self._defined(key))
        for key in self.joint.moving:
            flag = self.values.get(flag_of(self.joint.model.totals, key))
            if flag is not None and flag.known == 0:
                continue  # here it is not rated, and 0 is no score
            found, tight = self._range(self.values[key])
            tight = tight and (flag is None or flag.known == 1)
            self.joint.found.setdefault(key, Hull()).take(found, tight=tight and self.sure)

    def _defined(self, key: str) -> Value:
        """Return what a definition is over the box."""
        expr = self.joint.definition(key)
        reads = list(dict.fromkeys(read for read in keys_of(expr) if self._moves(read)))
        alone = len(reads) == 1 and kind_of(key) in ("total", "grade")
        try:
            return Follower(self.box, self.env, self.values).value(expr)
        except (Blur, NoValue):
            pass
        except Cut:
            if self.may_cut and not alone:
                raise
        found, trace = value_of(expr, self.env)
        own = [self.values[read].figures if read in self.values else frozenset({read}) for read in reads]
        on = frozenset().union(*own)
        apart = sum(len(item) for item in own) == len(on)
        tight = (
            trace.tight and apart and all(self._range(self.values[read])[1] for read in reads if read in self.values)
        )
        if found is None:
            return spread_of(ranges.EVERYTHING, on, tight=False)
        return spread_of(found, on, tight=tight)

    def _moves(self, key: str) -> bool:
        if key in self.values:
            return self.values[key].known is None
        if key in self.env.choices:
            return len(self.env.choices[key]) > 1
        return key in self.env.figures and self.env.figures[key].known is None

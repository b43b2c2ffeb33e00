"""Witnesses: data, shown by the evaluator itself to have the outcome that is claimed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product

from rubric_dsl import ranges
from rubric_dsl.analysis.admissible import admissible
from rubric_dsl.analysis.lattice import Direction, Inputs
from rubric_dsl.analysis.simple import plain_in, points_in
from rubric_dsl.analysis.solve import solve
from rubric_dsl.analysis.variables import Var
from rubric_dsl.analysis.zones import Piece
from rubric_dsl.core.keys import UNAVAILABLE, availability_key, is_result
from rubric_dsl.core.nodes import Expr, Input, Lookup, Measure, Program
from rubric_dsl.core.walk import keys_of_program
from rubric_dsl.evaluate.evaluator import run
from rubric_dsl.evaluate.state import Env, Outcome
from rubric_dsl.inputs.plain import UNAVAILABLE_WORD
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass

Data = Mapping[str, Fraction | str]
"""Figures and choices by address."""
TRIES = 60
"""So many data are tried for one claim before it is left undecided."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Data for one indicator, and what the evaluator makes of them; ``taken`` are the branches, by their words."""

    data: Data
    score: Fraction | None
    measure: Fraction | None
    faults: tuple[str, ...]
    taken: tuple[tuple[str, str], ...] = ()

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """The data as a submission writes them."""
        return tuple(
            (key, value if isinstance(value, str) else text_of(value))
            for key, value in self.data.items()
            if not is_result(key)
        )

    @property
    def text(self) -> str:
        """The data on one line, for people."""
        return "，".join(f"{key} = {value.replace('-', '−')}" for key, value in self.texts)


@dataclass(frozen=True, slots=True)
class Searcher:
    """Looks for data of one variant of an indicator: ``inputs`` are narrowed to where the variant holds."""

    program: Program
    index: int
    inputs: Inputs
    space_vars: Mapping[str, Var]

    def find(self, piece: Piece, accept: Callable[[Witness], bool]) -> Witness | None:
        """Return data inside a piece whose outcome is accepted, or None when none was found."""
        return next((found for found in islice(self.all(piece), TRIES) if accept(found)), None)

    def at(self, piece: Piece, point: Mapping[str, Fraction]) -> Witness | None:
        """Return data at one point of a piece."""
        return next(islice(self._at(piece, point), 1), None)

    def all(self, piece: Piece) -> Iterator[Witness]:
        """Yield data inside a piece, checked to fall under the variant."""
        keys = list(piece.zone.domains)
        for values in islice(product(*(list(points_in(piece.zone.domains[key])) for key in keys)), TRIES):
            yield from islice(self._at(piece, dict(zip(keys, values, strict=True))), 3)

    def _at(self, piece: Piece, point: Mapping[str, Fraction]) -> Iterator[Witness]:
        words = {key: min(options) for key, options in piece.zone.choices.items()}
        settled = self._chosen(words)
        for data in self._data(list(point.items()), settled):
            found = self._checked({**data, **words})
            if found is not None:
                yield found

    def _chosen(self, words: Mapping[str, str]) -> Inputs:
        env = self.inputs.env
        choices = {**env.choices, **{key: frozenset({word}) for key, word in words.items()}}
        return replace(self.inputs, env=replace(env, choices=choices))

    def _data(self, point: list[tuple[str, Fraction]], inputs: Inputs) -> Iterator[dict[str, Fraction | str]]:
        """Yield figures and choices that give every quantity its value."""
        if not point:
            yield {}
            return
        (key, value), *rest = point
        for own in islice(self._form(self.space_vars[key].form, value, inputs), TRIES):
            fixed = {k: ranges.exactly(v) for k, v in own.items() if isinstance(v, Fraction)}
            chosen = {k: frozenset({v}) for k, v in own.items() if isinstance(v, str)}
            env = replace(inputs.env, figures={**inputs.env.figures, **fixed}, choices={**inputs.env.choices, **chosen})
            for more in self._data(rest, replace(inputs, env=env)):
                yield {**own, **more}

    def _form(self, form: Direction, value: Fraction, inputs: Inputs) -> Iterator[dict[str, Fraction | str]]:
        if len(form) == 1:
            leaf, factor = form[0]
            yield from self._leaf(leaf, value / factor, inputs)
            return
        (leaf, factor), rest = form[0], form[1:]
        for part in _shares(leaf, factor, value, rest, inputs, self):
            for own in islice(self._leaf(leaf, part / factor, inputs), 2):
                for more in islice(self._form(rest, value - part, inputs), 4):
                    yield {**own, **more}

    def _leaf(self, leaf: Expr, value: Fraction, inputs: Inputs) -> Iterator[dict[str, Fraction | str]]:
        if isinstance(leaf, Lookup):
            possible = inputs.env.choices[leaf.key]
            for word, own in leaf.table:
                if own == value and word in possible:
                    yield {leaf.key: word}
        elif isinstance(leaf, Input):
            if inputs.of(leaf.key).holds(value):
                yield {leaf.key: value}
        else:
            expr = self.program.variants[self.index].measure if isinstance(leaf, Measure) else leaf
            if expr is not None:
                for found in solve(expr, value, inputs):
                    yield {**found}

    def _checked(self, data: Data) -> Witness | None:
        """Fill in what else the indicator reads, run it, and keep it if the variant is the one that holds."""
        env = filled(self.program, self.inputs.env, data, self.inputs)
        outcome = run(self.program, env)
        if outcome.taken[:1] != (self.index,) or len(outcome.taken) > 1:
            return None
        return witness_of(self.program, env, outcome) if admissible(env, self.inputs.checks) else None


def _shares(
    leaf: Expr, factor: Fraction, value: Fraction, rest: Direction, inputs: Inputs, searcher: Searcher
) -> Iterator[Fraction]:
    """Yield how much of a sum its first quantity takes."""
    del rest, searcher
    if isinstance(leaf, Lookup):
        possible = inputs.env.choices[leaf.key]
        yield from dict.fromkeys(own * factor for word, own in leaf.table if word in possible)
        return
    if isinstance(leaf, Input):
        domain = inputs.of(leaf.key)
        low, high = domain.range.low.value, domain.range.high.value
        wanted = [value / factor, low, high, plain_in(domain.range), value / factor / 2, Fraction(100), Fraction(1)]
        yield from dict.fromkeys(own * factor for own in wanted if own is not None and domain.holds(own))
        return
    yield from dict.fromkeys((value, Fraction(1) * factor, Fraction(1, 2) * factor, value / 2, Fraction(0), 2 * value))


def filled(program: Program, env: Env, data: Data, inputs: Inputs) -> Env:
    """Return an environment in which everything that a program reads is settled: by the data, else by plain values."""
    figures, choices = dict(env.figures), dict(env.choices)
    for key in dict.fromkeys(keys_of_program(program)):
        given = data.get(key)
        if key in choices:
            word = given if isinstance(given, str) else _first(choices[key])
            choices[key] = frozenset({word})
        if key in figures:
            value = given if isinstance(given, Fraction) else next(iter(points_in(inputs.of(key))), Fraction(0))
            figures[key] = ranges.exactly(value)
        available = availability_key(key)
        if available in choices:
            given = data.get(available)
            choices[available] = frozenset({given if isinstance(given, str) else _first(choices[available])})
    return Env(figures, choices)


def _first(options: frozenset[str]) -> str:
    return "given" if "given" in options else min(options)


def witness_of(program: Program, env: Env, outcome: Outcome) -> Witness:
    """Return what a settled environment shows."""
    data: dict[str, Fraction | str] = {}
    for key in dict.fromkeys(keys_of_program(program)):
        if env.choices.get(availability_key(key)) == frozenset({UNAVAILABLE}):
            data[key] = UNAVAILABLE_WORD
        elif key in env.figures and (value := env.figures[key].known) is not None:
            data[key] = value
        elif key in env.choices and not is_result(key):
            data[key] = next(iter(env.choices[key]))
    score = outcome.score.known if outcome.score is not None and not outcome.trace.faults else None
    measure = outcome.measure.known if outcome.measure is not None else None
    faults = tuple(dict.fromkeys(fault.kind for fault in outcome.trace.faults))
    return Witness(data, score, measure, faults, tuple(outcome.trace.branches))

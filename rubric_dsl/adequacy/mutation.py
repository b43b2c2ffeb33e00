"""Mutation: which changed rules the examples notice, and data that tell the others from the rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain, islice
from typing import Literal

from rubric_dsl.adequacy.coverage import reads_others
from rubric_dsl.adequacy.facets import Facet, decimal, facets_of
from rubric_dsl.adequacy.goals import goals_of
from rubric_dsl.adequacy.mutants import Mutant, mutants_of
from rubric_dsl.adequacy.search import all_over, candidates
from rubric_dsl.adequacy.seen import Seen
from rubric_dsl.adequacy.suggest import example_line
from rubric_dsl.adequacy.trial import Bench, Trial
from rubric_dsl.analysis.lattice import Inputs
from rubric_dsl.analysis.reach import World, world_of_rules
from rubric_dsl.analysis.zones import Line
from rubric_dsl.core.nodes import Add, Const, Expr, Mul, Program
from rubric_dsl.core.walk import unrounded
from rubric_dsl.evaluate.evaluator import run
from rubric_dsl.evaluate.known import settled
from rubric_dsl.evaluate.state import Env
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass

Fate = Literal["killed", "survived", "same", "undecided"]
SEARCHES = 8
"""After so many searches of an indicator that found nothing, what is left is undecided."""
POOL, TRIES = 120, 60
"""So many data are tried for all mutants of an indicator, and so many more where a mutant differs from the rule."""


@dataclass(frozen=True, slots=True)
class MutantResult:
    """What became of a mutant.

    ``killed``: an example notices it (``lines`` are theirs). ``survived``: none does, and ``trial`` are data that would,
    ``line`` the example. ``same``: proved to score all data alike. ``undecided``: neither was found.
    """

    mutant: Mutant
    fate: Fate
    lines: tuple[int, ...] = ()
    trial: Trial | None = None
    line: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorMutation:
    """The mutants of one indicator."""

    indicator: Indicator
    results: tuple[MutantResult, ...]

    def of(self, fate: Fate) -> tuple[MutantResult, ...]:
        """Return the mutants that met a fate."""
        return tuple(item for item in self.results if item.fate == fate)


def mutation(model: Model) -> tuple[IndicatorMutation, ...]:
    """Try each indicator's mutants on its own examples; examples that do not pass are left out."""
    world = world_of_rules(model)
    return tuple(_Tester(indicator, model, world).found() for indicator in model.indicators.values())


class _Tester:
    def __init__(self, indicator: Indicator, model: Model, world: World) -> None:
        self.indicator, self.model, self.world = indicator, model, world
        self.bench = Bench(model, indicator)
        self.inputs = Inputs(world.env, world.grids)
        self.examples: list[tuple[int, Env, MutantScores]] = []
        for example in indicator.examples:
            trial = self.bench.trial(example.given)
            found = trial.result.range
            if trial.result.status != "invalid" and (found.min, found.max) == (example.low, example.high):
                env = trial.seen.env
                self.examples.append((example.place.line, env, outcome(indicator.program, env)))
        self.facets: tuple[Facet, ...] = ()
        self.searches = SEARCHES
        self.pool: list[Seen] | None = None

    def found(self) -> IndicatorMutation:
        mutants = mutants_of(self.indicator, self.model, self.inputs)
        return IndicatorMutation(self.indicator, tuple(self._result(mutant) for mutant in mutants))

    def _result(self, mutant: Mutant) -> MutantResult:
        lines = tuple(line for line, env, expected in self.examples if outcome(mutant.program, env) != expected)
        if lines:
            return MutantResult(mutant, "killed", lines)
        if reads_others(self.indicator):
            return MutantResult(mutant, "undecided")
        known = self._survivor(mutant, self._pool())
        if known is not None:
            return known
        if self.searches == 0:
            return MutantResult(mutant, "undecided")
        differing = self._difference(mutant)
        if differing is not None and all(_zero(facet) for facet in differing):
            return MutantResult(mutant, "same")
        found = self._survivor(mutant, self._candidates(mutant, differing or ()))
        self.searches -= found is None
        return found or MutantResult(mutant, "undecided")

    def _survivor(self, mutant: Mutant, data: Iterable[Seen]) -> MutantResult | None:
        for seen in data:
            trial = self._telling(mutant, seen)
            if trial is not None:
                line = example_line(self.model, self.indicator, trial.given, text_of(trial.score))
                return MutantResult(mutant, "survived", (), trial, line)
        return None

    def _pool(self) -> list[Seen]:
        """Return data for every goal of the indicator, and some of every piece: most changes are told by one of them."""
        if self.pool is None:
            self.facets, never = facets_of(self.indicator, self.world)
            goals, _ = goals_of(self.indicator, self.model, self.facets, never)
            wanted = (islice(candidates(goal, self.facets), 2) for goal in goals if not goal.never)
            found = chain(chain.from_iterable(wanted), islice(all_over(list(self.facets)), POOL))
            self.pool = [seen for seen in found if seen.score is not None]
        return self.pool

    def _telling(self, mutant: Mutant, seen: Seen) -> Trial | None:
        """Return data as an example would give them, where the rule has a score and the mutant another."""
        if seen.score is None or decimal(seen.score) is None:
            return None
        if outcome(mutant.program, seen.env) == outcome(self.indicator.program, seen.env):
            return None
        given = self.bench.given(seen)
        trial = self.bench.trial(given) if given else None
        if trial is None or not trial.sound or decimal(trial.score) is None:
            return None
        env = trial.seen.env
        return None if outcome(mutant.program, env) == outcome(self.indicator.program, env) else trial

    def _difference(self, mutant: Mutant) -> tuple[Facet, ...] | None:
        """Return the facets in which the rule less the mutant is looked at; None where it cannot be written so."""
        if mutant.measure or len(mutant.program.variants) != len(self.indicator.program.variants):
            return None
        pairs = list(zip(self.indicator.program.variants, mutant.program.variants, strict=True))
        if any(one.condition != other.condition for one, other in pairs):
            return None
        variants = tuple(
            one if one.score == other.score else replace(one, score=_difference_of(one.score, other.score))
            for one, other in pairs
        )
        changed = {index for index, (one, other) in enumerate(pairs) if one.score != other.score}
        facets, _ = facets_of(replace(self.indicator, program=Program(variants)), self.world)
        return tuple(_over(facet, self.indicator.program) for facet in facets if facet.index in changed)

    def _candidates(self, mutant: Mutant, differing: tuple[Facet, ...]) -> Iterator[Seen]:
        telling = [
            replace(facet, pieces=tuple(piece for piece in facet.pieces if not _is_zero(piece.line)))
            for facet in differing
        ]
        others, _ = facets_of(replace(self.indicator, program=mutant.program), self.world)
        moved = [_over(facet, self.indicator.program) for facet in others if facet.index < len(self.indicator.rules)]
        return chain(islice(all_over(telling), TRIES), islice(all_over(moved), TRIES))


MutantScores = tuple[Fraction | None, Fraction | None, frozenset[bool], bool]


def outcome(program: Program, env: Env) -> MutantScores:
    """Return what a program makes of data: the least and the greatest score, whether it applies, whether it fails."""
    exact = settled(program, env)
    if exact is not None:
        return exact.score, exact.score, frozenset({exact.applies}), False
    found = run(program, env)
    low = None if found.score is None else found.score.low.value
    high = None if found.score is None else found.score.high.value
    return low, high, found.applicable, bool(found.trace.faults)


def _difference_of(one: Expr, other: Expr) -> Expr:
    """Return one rule less another; before their rounding, where both are rounded alike."""
    (bare, rounding), (other_bare, other_rounding) = unrounded(one), unrounded(other)
    if rounding == other_rounding:
        one, other = bare, other_bare
    return Add((one, Mul(Const(Fraction(-1)), other)))


def _is_zero(line: Line | None) -> bool:
    return line is not None and not line.terms and line.const == 0


def _zero(facet: Facet) -> bool:
    """Whether a difference is zero wherever the variant holds."""
    return all(_is_zero(piece.line) for piece in facet.pieces)


def _over(facet: Facet, program: Program) -> Facet:
    """Return a facet whose data are shown by another program."""
    index = min(facet.finder.index, len(program.variants) - 1)
    return replace(facet, finder=replace(facet.finder, program=program, index=index))

"""What would regain lost points: for each figure the smallest change, scored in full; and changes together for a goal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.analysis.admissible import checks_on
from rubric_dsl.analysis.reach import World, reaches, world_of
from rubric_dsl.analysis.scores import Scores, scores_of, together
from rubric_dsl.core.keys import is_result
from rubric_dsl.core.walk import keys_of_program
from rubric_dsl.data.submission import Figure, Statement, Submission
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.result import IndicatorResult, Result
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.forms.base import NOT_APPLICABLE
from rubric_dsl.model.model import FormCheck, Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.review.changes import Axis, Landscape, Search, levels
from rubric_dsl.review.proposals import Margin, Plan, Proposal, Waiting
from rubric_dsl.scoring.bind import bind
from rubric_dsl.scoring.indicator import score_indicator
from rubric_dsl.scoring.score import score
from rubric_dsl.scoring.whole import Whole
from rubric_dsl.syntax.characters import fold
from rubric_dsl.units import RATIO, Unit

MOST_LEVELS = 4
"""So many better scores are looked for along one figure in one direction, full marks among them."""
PLACES = 2
"""A figure that is written with fewer decimals moves in hundredths."""


class Improver:
    """Finds what would change a submission's scores under one rubric."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._world: World | None = None
        self._scores: dict[str, Scores] = {}

    def proposals(self, submission: Submission, result: Result, names: Iterable[str] = ()) -> tuple[Proposal, ...]:
        """Return the changes that regain points, the most points first, then the smaller change; nothing is raised."""
        env, figures = self._settled(submission)
        chosen = set(names) or set(result.indicators)
        found = [
            proposal
            for name, item in result.indicators.items()
            if name in chosen and _has_lost(item, self.model.indicators[name])
            for proposal in self._of(self.model.indicators[name], item, submission, result, env, figures)
        ]
        return tuple(sorted(found, key=lambda p: (-p.gain, p.size, p.key)))

    def margins(self, submission: Submission, result: Result, names: Iterable[str] = ()) -> tuple[Margin, ...]:
        """Return, for each figure of each scored indicator, the smallest change that would lose points."""
        env, figures = self._settled(submission)
        chosen = set(names) or set(result.indicators)
        found = []
        for name, item in result.indicators.items():
            if name not in chosen or item.status != "scored" or item.score is None:
                continue
            indicator = self.model.indicators[name]
            land = Landscape(indicator.program, env, self._inequalities(indicator, env))
            for axis, unit in self._axes(indicator, env, figures):
                nearest: int | None = None
                for sign in (1, -1):
                    steps = Search(land, axis, sign).first(item.score, below=True)
                    if steps is not None and (nearest is None or abs(steps) < abs(nearest)):
                        nearest = steps
                if nearest is not None:
                    new = axis.at(nearest)
                    after = land.score(axis.key, new)
                    old, shown = _written(axis.value, unit), _written(new, unit)
                    found.append(Margin(name, axis.key, old, shown, new - axis.value, unit.zh, after or Fraction(0)))
        return tuple(found)

    def plan(self, submission: Submission, result: Result, goal: Fraction | str) -> Plan:
        """Return changes that together reach a total or a grade: the fewest, then the smallest, that were found."""
        best: dict[str, list[Proposal]] = {}
        for proposal in self.proposals(submission, result):
            best.setdefault(proposal.indicator, []).append(proposal)
        chosen: list[Proposal] = []
        current = self._plan(submission, (), goal, result)
        options = [p for found in best.values() for p in found if p.total_gain > 0]
        while not current.reached and options:
            tried = [(self._plan(submission, (*chosen, option), goal, None), option) for option in options]
            enough = [pair for pair in tried if pair[0].reached]
            plan, option = (
                min(enough, key=lambda pair: pair[1].size) if enough else max(tried, key=lambda pair: pair[0].total)
            )
            if plan.total <= current.total and not plan.reached:
                break
            chosen.append(option)
            current = plan
            taken = {item.key for item in chosen}, {item.indicator for item in chosen}
            options = [p for p in options if p.key not in taken[0] and p.indicator not in taken[1]]
        return current

    def waiting(self, result: Result) -> tuple[Waiting, ...]:
        """Return the missing figures, those on which the most points hang first."""
        found: dict[str, list[IndicatorResult]] = {}
        for item in result.indicators.values():
            for key in item.missing:
                found.setdefault(key, []).append(item)
        listed = [
            Waiting(key, tuple(i.name for i in items), sum((i.range.max - i.range.min for i in items), Fraction(0)))
            for key, items in found.items()
        ]
        return tuple(sorted(listed, key=lambda item: -item.points))

    def changed(self, submission: Submission, values: Iterable[tuple[str, str]]) -> Result:
        """Score a submission with some values replaced, as data write them."""
        return score(self.model, with_values(submission, values), "")

    def _plan(
        self, submission: Submission, chosen: tuple[Proposal, ...], goal: Fraction | str, own: Result | None
    ) -> Plan:
        result = own or self.changed(submission, [(item.key, item.new) for item in chosen])
        if isinstance(goal, Fraction):
            reached = result.total.min >= goal
        else:
            order = [grade.name for grade in self.model.grades]
            worst = result.grade.possible[-1] if result.grade.possible else None
            reached = worst is not None and order.index(worst) <= order.index(goal)
        return Plan(chosen, result.total.min, result.grade.value, reached)

    def _settled(self, submission: Submission) -> tuple[Env, dict[str, Figure]]:
        """Return everything that is known, results among it, and the figures as they were given."""
        bound = bind(self.model, submission)
        whole = Whole(self.model, bound)
        for name in self.model.totals.order:
            indicator = self.model.indicators.get(name)
            if indicator is None:
                whole.define(name)
            else:
                whole.keep(indicator, *score_indicator(indicator, bound, whole.env, []))
        return whole.env, bound.given

    def _of(
        self,
        indicator: Indicator,
        item: IndicatorResult,
        submission: Submission,
        result: Result,
        env: Env,
        figures: dict[str, Figure],
    ) -> Iterator[Proposal]:
        before = item.range.min
        land = Landscape(indicator.program, env, self._inequalities(indicator, env))
        targets = self._targets(indicator, before)
        for axis, unit in self._axes(indicator, env, figures):
            for sign in (1, -1):
                for steps in levels(land, axis, sign, targets):
                    new = axis.at(steps)
                    old, shown = _written(axis.value, unit), _written(new, unit)
                    proposal = self._scored(
                        indicator,
                        item,
                        submission,
                        result,
                        (axis.key, old, shown),
                        (axis.value, new - axis.value),
                        unit.zh,
                        env,
                    )
                    if proposal is not None:
                        yield proposal
        for key in dict.fromkeys(keys_of_program(indicator.program)):
            if key in figures and key in self._options(indicator):
                own = figures[key].used.text
                for option in self._options(indicator)[key]:
                    if fold(option) != fold(own) and option != NOT_APPLICABLE:
                        proposal = self._scored(
                            indicator, item, submission, result, (key, own, option), (Fraction(0), None), "", env
                        )
                        if proposal is not None:
                            yield proposal

    def _scored(
        self,
        indicator: Indicator,
        item: IndicatorResult,
        submission: Submission,
        result: Result,
        change: tuple[str, str, str],
        by: tuple[Fraction, Fraction | None],
        unit: str,
        env: Env,
    ) -> Proposal | None:
        """Score a change in full; None where it does not gain after all."""
        key, old, new = change
        after = self.changed(submission, [(key, new)])
        own = after.indicators[indicator.name]
        before = item.range.min
        if own.score is None or own.score <= before or own.status != "scored":
            return None
        also = tuple(
            (name, other.score)
            for name, other in after.indicators.items()
            if name != indicator.name and other.range != result.indicators[name].range
        )
        broken = tuple(check.words for check in self._equalities(key) if _breaks(check, env, key, new, self.model))
        total = after.total.min
        if result.has_total and total <= result.total.min and item.pool:
            return None  # the pool that it shares is full
        full = own.score == indicator.ceiling
        return Proposal(
            indicator.name, key, old, new, *by, unit, before, own.score, full, broken, total,
            total - result.total.min, also,
        )  # fmt: skip

    def _targets(self, indicator: Indicator, before: Fraction) -> list[Fraction]:
        """Return the better scores to look for: those that the rule can give, or whole points where it gives all."""
        scores = self._can_be(indicator)
        full = indicator.ceiling
        better = [value for value in scores.values if before < value <= full]
        if scores.stretches or not scores.values:
            first = Fraction(before.numerator // before.denominator + 1)
            better += [first + step for step in range(MOST_LEVELS) if first + step < full]
        found = sorted({*better, full})
        return [*found[: MOST_LEVELS - 1], full] if len(found) > MOST_LEVELS else found

    def _can_be(self, indicator: Indicator) -> Scores:
        found = self._scores.get(indicator.name)
        if found is None:
            self._world = self._world or world_of(self.model)
            reached, _, _ = reaches(indicator, self._world)
            found = together(scores_of(reach.pieces, reach.rounding) for reach in reached)
            self._scores[indicator.name] = found
        return found

    def _axes(self, indicator: Indicator, env: Env, figures: dict[str, Figure]) -> Iterator[tuple[Axis, Unit]]:
        inputs = {fold(wanted.key): wanted for wanted in indicator.inputs}
        for key in dict.fromkeys(keys_of_program(indicator.program)):
            known = env.figures[key].known if key in env.figures else None
            if is_result(key) or known is None or key not in figures:
                continue
            field = self.model.fields.get(fold(key))
            wanted = inputs.get(fold(key))
            if field is not None and not field.parameter and field.formula is None and not field.reference:
                step = Fraction(1) if field.whole else _step(known, field.unit)
                yield Axis(key, known, step, field.bounds), field.unit
            elif wanted is not None and wanted.kind in ("count", "number"):
                step = Fraction(1) if wanted.kind == "count" else (wanted.step or _step(known, _POINTS))
                yield Axis(key, known, step, ranges.between(wanted.low, wanted.high)), _POINTS

    def _options(self, indicator: Indicator) -> dict[str, tuple[str, ...]]:
        found = {item.key: item.options for item in self.model.fields.values() if item.options}
        return found | {item.key: item.options for item in indicator.inputs if item.options}

    def _inequalities(self, indicator: Indicator, env: Env) -> tuple[FormCheck, ...]:
        """Return the inequalities of the form that speak of an indicator's figures and hold."""
        checks = checks_on(self.model.checks, keys_of_program(indicator.program))
        return tuple(check for check in checks if check.op != "=" and _holds(check, env))

    def _equalities(self, key: str) -> tuple[FormCheck, ...]:
        return tuple(check for check in checks_on(self.model.checks, (key,)) if check.op == "=")


_POINTS = Unit("number", "", "number")


def with_values(submission: Submission, values: Iterable[tuple[str, str]]) -> Submission:
    """Return a submission with values replaced or added, as data write them, in the figure's own unit."""
    figures = dict(submission.figures)
    names = {fold(name): name for name in figures}
    for key, text in values:
        name = names.get(fold(key), key)
        own = figures[name].key if name in figures else key
        figures[name] = Figure(own, Statement(text))
    return replace(submission, figures=figures)


def _has_lost(item: IndicatorResult, indicator: Indicator) -> bool:
    return item.status == "scored" and item.score is not None and item.score < indicator.ceiling


def _holds(check: FormCheck, env: Env) -> bool:
    left, right = (measured(side, env, Trace()) for side in (check.left, check.right))
    if left is None or right is None or left.known is None or right.known is None:
        return False
    off = left.known - right.known
    if check.op == "=":
        return abs(off) <= check.tolerance
    slack = check.tolerance if check.op in ("<", "<=") else -check.tolerance
    return True in ranges.truth(check.op, ranges.exactly(off - slack), ranges.exactly(0))


def _breaks(check: FormCheck, env: Env, key: str, new: str, model: Model) -> bool:
    """Whether a check that holds would not with a figure changed."""
    field = model.fields.get(fold(key))
    if field is None or not _holds(check, env):
        return False
    value = Fraction(new.rstrip("%")) / (100 if new.endswith("%") else 1)
    changed = replace(env, figures={**env.figures, key: ranges.exactly(value)})
    return not _holds(check, changed)


def _step(value: Fraction, unit: Unit) -> Fraction:
    """Return the grid of a figure: the decimals that it was written with, two at least."""
    scale = 100 if unit.dimension == RATIO else 1
    places = PLACES
    while places < 9 and (value * scale * 10**places).denominator != 1:  # noqa: PLR2004 - no figure is finer
        places += 1
    return Fraction(1, scale * 10**places)


def _written(value: Fraction, unit: Unit) -> str:
    """Return a value as data write it; a ratio in percent."""
    return f"{text_of(value * 100)}%" if unit.dimension == RATIO else text_of(value)

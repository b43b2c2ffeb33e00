"""What would regain lost points: for each figure the smallest change, scored in full; and changes together for a goal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from fractions import Fraction
from math import ceil, floor

from rubric_dsl import ranges
from rubric_dsl.analysis.admissible import checks_on
from rubric_dsl.analysis.reach import World, reaches, world_of_rules
from rubric_dsl.analysis.scores import Scores, scores_of, together
from rubric_dsl.core.nodes import CompareOp
from rubric_dsl.core.walk import keys_of_program
from rubric_dsl.data.submission import Figure, Statement, Submission
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.result import IndicatorResult, Result, ScoreRange
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.forms.base import NOT_APPLICABLE
from rubric_dsl.inputs.asked import asked_of, figures_of, ratings_of
from rubric_dsl.inputs.bind import bind
from rubric_dsl.model.model import FormCheck, Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.review.changes import Axis, Landscape, Search, levels
from rubric_dsl.review.proposals import Margin, Plan, Proposal, Waiting
from rubric_dsl.scoring.indicator import Repeated
from rubric_dsl.scoring.score import score, standing
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
        self.sense = -1 if model.low_is_best else 1
        self._asked = asked_of(model)
        movable = (*figures_of(model), *ratings_of(model))
        self._changeable = {item.key: item for item in movable if item.given}
        self._world: World | None = None
        self._scores: dict[str, Scores] = {}
        self._last: _Looked | None = None

    def proposals(self, submission: Submission, result: Result, names: Iterable[str] = ()) -> tuple[Proposal, ...]:
        """Return the changes that regain points, the most points first, then the smaller change; nothing is raised."""
        looked, chosen = self._looked(submission, result), set(names) or set(result.indicators)
        for name, item in result.indicators.items():
            if name in chosen and name not in looked.proposals:
                lost = self.has_lost(item)
                looked.proposals[name] = tuple(self._of(self.model.indicators[name], item, looked)) if lost else ()
        found = [proposal for name in result.indicators if name in chosen for proposal in looked.proposals[name]]
        return tuple(sorted(found, key=lambda p: (-p.gain, p.size, p.key)))

    def margins(self, submission: Submission, result: Result, names: Iterable[str] = ()) -> tuple[Margin, ...]:
        """Return, for each figure of each scored indicator, the smallest change found that makes its score worse."""
        looked, chosen = self._looked(submission, result), set(names) or set(result.indicators)
        env, figures = looked.env, looked.figures
        found = []
        for name, item in result.indicators.items():
            if name not in chosen or item.status != "scored" or item.score is None:
                continue
            indicator = self.model.indicators[name]
            land = Landscape(indicator.program, env, self._inequalities(indicator, env))
            for axis, unit in self._axes(indicator, env, figures):
                steps = [Search(land, axis, sign).first("<" if self.sense > 0 else ">", item.score) for sign in (1, -1)]
                for new in (axis.at(count) for count in sorted((s for s in steps if s is not None), key=abs)):
                    old, shown = _written(axis.value, unit), _written(new, unit)
                    after = looked.tried([(axis.key, shown)]).indicators[name]
                    if after.status == "scored" and after.score is not None and self._gain(item.score, after.score) < 0:
                        found.append(Margin(name, axis.key, old, shown, new - axis.value, unit, after.score))
                        break
        return tuple(found)

    def has_lost(self, item: IndicatorResult) -> bool:
        """Whether an indicator has a score, and not the best that it can have."""
        if item.status != "scored" or item.score is None:
            return False
        return self._gain(item.score, self._best(self.model.indicators[item.name])) > 0

    def _gain(self, before: Fraction, after: Fraction) -> Fraction:
        """Return by how many points a score is better than another; below 0 where it is worse."""
        return (after - before) * self.sense

    def _best(self, indicator: Indicator) -> Fraction:
        return indicator.ceiling if self.sense > 0 else indicator.floor

    def _sure(self, found: ScoreRange) -> Fraction:
        """Return the end of a range that is certain: the least, or the most where low totals are best."""
        return found.min if self.sense > 0 else found.max

    def plan(self, submission: Submission, result: Result, goal: Fraction | str) -> Plan:
        """Return changes that together reach a total or a grade: as few as were found; else the best that were found."""
        current = self._plan(result, (), goal)
        if current.reached:
            return current
        options, looked = list(self.proposals(submission, result)), self._looked(submission, result)
        found = [self._step_by_step(current, options, looked, goal), self._all_best(options, looked, goal)]
        best = max(found, key=lambda plan: (plan.reached, *self._order(plan), -len(plan.proposals)))
        return best if self._order(best) > self._order(current) or best.reached else current

    def _order(self, plan: Plan) -> tuple[bool, Fraction, Fraction]:
        """Return by what plans are compared: a total at all, the one that is certain, the best that it can still be."""
        low, high = (plan.total.min, plan.total.max) if self.sense > 0 else (-plan.total.max, -plan.total.min)
        return bool(plan.total.rated), low, high

    def _step_by_step(self, current: Plan, options: list[Proposal], looked: _Looked, goal: Fraction | str) -> Plan:
        """Add the change that makes the total best, one after the other, until the goal is reached or nothing helps."""
        while not current.reached and options:
            tried = [(self._together(looked, (*current.proposals, option), goal), option) for option in options]
            enough = [pair for pair in tried if pair[0].reached]
            plan, option = (
                min(enough, key=lambda pair: pair[1].size)
                if enough
                else max(tried, key=lambda pair: self._order(pair[0]))
            )
            if self._order(plan) <= self._order(current) and not plan.reached:
                break
            current = plan
            options = [p for p in options if p.key != option.key and p.indicator != option.indicator]
        return current

    def _all_best(self, options: list[Proposal], looked: _Looked, goal: Fraction | str) -> Plan:
        """Change every indicator to its best at once, for what only helps together; then leave out what is not needed."""
        chosen: list[Proposal] = []
        for option in options:  # the most points first
            if all(option.key != item.key and option.indicator != item.indicator for item in chosen):
                chosen.append(option)
        plan = self._together(looked, tuple(chosen), goal)
        for option in reversed(chosen):
            fewer = tuple(item for item in plan.proposals if item is not option)
            without = self._together(looked, fewer, goal)
            if without.reached or (not plan.reached and self._order(without) >= self._order(plan)):
                plan = without
        return plan

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

    def _together(self, looked: _Looked, chosen: tuple[Proposal, ...], goal: Fraction | str) -> Plan:
        return self._plan(looked.tried([(item.key, item.new) for item in chosen]), chosen, goal)

    def _plan(self, result: Result, chosen: tuple[Proposal, ...], goal: Fraction | str) -> Plan:
        if isinstance(goal, Fraction):
            reached = (
                result.has_total and result.total.rated is True and self._gain(goal, self._sure(result.total)) >= 0
            )
        else:
            order = [grade.name for grade in self.model.grades]
            worst = result.grade.possible[-1] if result.grade.possible else None
            reached = worst is not None and result.grade.rated is True and order.index(worst) <= order.index(goal)
        return Plan(chosen, result.total, result.grade, reached)

    def _looked(self, submission: Submission, result: Result) -> _Looked:
        """Return what is known of a submission; the last one is kept."""
        last = self._last
        if last is None or last.submission is not submission or last.result is not result:
            bound = bind(self.model, submission)
            scorer = Repeated()
            env = standing(self.model, bound, scorer=scorer).whole.env
            last = self._last = _Looked(self.model, submission, result, env, bound.given, scorer)
        return last

    def _of(self, indicator: Indicator, item: IndicatorResult, looked: _Looked) -> Iterator[Proposal]:
        env, figures = looked.env, looked.figures
        before = item.range.min
        land = Landscape(indicator.program, env, self._inequalities(indicator, env))
        targets = self._targets(indicator, before)
        op: CompareOp = ">=" if self.sense > 0 else "<="
        changes: list[_Change] = []
        for axis, unit in self._axes(indicator, env, figures):
            changes += [
                _Change(
                    axis.key,
                    _written(axis.value, unit),
                    _written(axis.at(steps), unit),
                    unit,
                    axis.value,
                    axis.at(steps),
                )
                for sign in (1, -1)
                for steps in levels(land, axis, sign, op, targets)
            ]
        for key in dict.fromkeys(keys_of_program(indicator.program)):
            asked = self._asked.get(key)
            if key in figures and asked is not None and asked.is_choice:
                own = figures[key].used.text
                others = [text for text in asked.options if fold(text) != fold(own) and text != NOT_APPLICABLE]
                changes += [_Change(key, own, text) for text in others]
        for change in changes:
            proposal = self._scored(indicator, item, looked, change)
            if proposal is not None:
                yield proposal

    def _scored(self, indicator: Indicator, item: IndicatorResult, looked: _Looked, change: _Change) -> Proposal | None:
        """Score a change in full; None where it does not gain after all."""
        result, env = looked.result, looked.env
        after = looked.tried([(change.key, change.new)])
        own = after.indicators[indicator.name]
        before = item.range.min
        if own.score is None or own.status != "scored" or self._gain(before, own.score) <= 0:
            return None
        if result.has_total and item.pool and self._gain(self._sure(result.total), self._sure(after.total)) <= 0:
            return None  # the pool that it shares is full
        also = tuple(
            (name, None if other.excluded else other.range)
            for name, other in after.indicators.items()
            if name != indicator.name
            and (other.range, other.excluded) != (result.indicators[name].range, result.indicators[name].excluded)
        )
        broken = tuple(check.words for check in self._equalities(change.key) if _breaks(check, env, change))
        by = None if change.to is None else change.to - change.base
        return Proposal(
            indicator.name, change.key, change.old, change.new, change.base, by, change.unit, before, own.score,
            own.score == self._best(indicator), broken, after.total, also,
        )  # fmt: skip

    def _targets(self, indicator: Indicator, before: Fraction) -> list[Fraction]:
        """Return the better scores to look for: those that the rule can give, or whole points where it gives all."""
        scores, best = self._can_be(indicator), self._best(indicator)
        better = {value for value in scores.values if self._gain(before, value) > 0}
        if scores.stretches or not scores.values:
            first = floor(before) + 1 if self.sense > 0 else ceil(before) - 1
            better |= {Fraction(first + step * self.sense) for step in range(MOST_LEVELS)}
        found = sorted({*(value for value in better if self._gain(value, best) > 0), best}, reverse=self.sense < 0)
        return [*found[: MOST_LEVELS - 1], best] if len(found) > MOST_LEVELS else found

    def _can_be(self, indicator: Indicator) -> Scores:
        found = self._scores.get(indicator.name)
        if found is None:
            self._world = self._world or world_of_rules(self.model)
            reached, _, _ = reaches(indicator, self._world)
            found = together(scores_of(reach.pieces, reach.rounding) for reach in reached)
            self._scores[indicator.name] = found
        return found

    def _axes(self, indicator: Indicator, env: Env, figures: Mapping[str, Figure]) -> Iterator[tuple[Axis, Unit]]:
        for key in dict.fromkeys(keys_of_program(indicator.program)):
            known = env.figures[key].known if key in env.figures else None
            item = self._changeable.get(key)
            if known is not None and key in figures and item is not None:
                unit = item.unit or _POINTS
                yield Axis(key, known, item.step or _step(known, unit), item.bounds), unit

    def _inequalities(self, indicator: Indicator, env: Env) -> tuple[FormCheck, ...]:
        """Return the inequalities of the form that speak of an indicator's figures and hold."""
        checks = checks_on(self.model.checks, keys_of_program(indicator.program))
        return tuple(check for check in checks if check.op != "=" and _holds(check, env))

    def _equalities(self, key: str) -> tuple[FormCheck, ...]:
        return tuple(check for check in checks_on(self.model.checks, (key,)) if check.op == "=")


_POINTS = Unit("", "", "number")


@dataclass(frozen=True, slots=True)
class _Change:
    """One figure or choice, as data write it before and after; of a number also its values."""

    key: str
    old: str
    new: str
    unit: Unit = _POINTS
    base: Fraction = Fraction(0)
    to: Fraction | None = None


@dataclass(frozen=True, slots=True)
class _Looked:
    """A submission with its result: all that is known, results among it, the figures as they were given, and the proposals."""

    model: Model
    submission: Submission
    result: Result
    env: Env
    figures: Mapping[str, Figure]
    scorer: Repeated
    proposals: dict[str, tuple[Proposal, ...]] = field(default_factory=dict)

    def tried(self, values: Iterable[tuple[str, str]]) -> Result:
        """Score the submission with some values replaced; only what they change is worked out again."""
        return score(self.model, with_values(self.submission, values), "", self.scorer)


def with_values(submission: Submission, values: Iterable[tuple[str, str]]) -> Submission:
    """Return a submission with values replaced or added, as data write them, in the figure's own unit."""
    figures = dict(submission.figures)
    names = {fold(name): name for name in figures}
    for key, text in values:
        name = names.get(fold(key), key)
        own = figures[name].key if name in figures else key
        figures[name] = Figure(own, Statement(text))
    return replace(submission, figures=figures)


def _holds(check: FormCheck, env: Env) -> bool:
    left, right = (measured(side, env, Trace()) for side in (check.left, check.right))
    if left is None or right is None or left.known is None or right.known is None:
        return False
    off = left.known - right.known
    if check.op == "=":
        return abs(off) <= check.tolerance
    slack = check.tolerance if check.op in ("<", "<=") else -check.tolerance
    return True in ranges.truth(check.op, ranges.exactly(off - slack), ranges.exactly(0))


def _breaks(check: FormCheck, env: Env, change: _Change) -> bool:
    """Whether a check that holds would not with a figure changed."""
    if change.to is None or not _holds(check, env):
        return False
    return not _holds(check, replace(env, figures={**env.figures, change.key: ranges.exactly(change.to)}))


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

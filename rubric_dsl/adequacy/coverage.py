"""Coverage: which goals of each indicator its examples reach, and data for those that they do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from rubric_dsl.adequacy.facets import decimal, facets_of
from rubric_dsl.adequacy.goals import Goal, GoalKind, goals_of
from rubric_dsl.adequacy.search import candidates
from rubric_dsl.adequacy.trial import Bench, Trial
from rubric_dsl.analysis.indicator import NOT_LINEAR, NOT_SHOWN
from rubric_dsl.analysis.reach import World, world_of_rules
from rubric_dsl.core.keys import availability_key, is_result, owner
from rubric_dsl.core.walk import keys_of_program, unrounded
from rubric_dsl.diagnostics import Text
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.records import dataclass

State = Literal["covered", "missing", "never", "undecided"]
OTHERS = Text(
    "取决于其他指标的结果或同类单位的数，例子里写不出来",
    "it hangs on other indicators or on the group, which an example cannot give",
)

NO_SCORE = Text("这样的数据没有得分，写不成例子", "such data have no score, so no example can show it")
NOT_WRITTEN = Text(
    "数据或得分写不成例子（除不尽，或太长）",
    "the data or the score cannot be written (without an end, or too long)",
)


@dataclass(frozen=True, slots=True)
class Reached:
    """A goal and whether an example reaches it.

    ``lines`` are the lines of the examples that do. A missing one has data (``trial``), ``never`` is proved, and
    ``undecided`` (with the reason) does not count.
    """

    goal: Goal
    state: State
    lines: tuple[int, ...] = ()
    trial: Trial | None = None
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class IndicatorCoverage:
    """The goals of one indicator; ``notes`` say what was not looked at."""

    indicator: Indicator
    goals: tuple[Reached, ...]
    notes: tuple[Text, ...]

    @property
    def missing(self) -> tuple[Reached, ...]:
        """The goals that data can reach and no example does."""
        return tuple(item for item in self.goals if item.state == "missing")

    @property
    def undecided(self) -> tuple[Reached, ...]:
        """The goals that do not count, because neither data nor a proof was found."""
        return tuple(item for item in self.goals if item.state == "undecided")

    def count(self, kind: GoalKind) -> tuple[int, int]:
        """Return how many goals of a kind are covered, and how many count."""
        return _count(self.goals, kind)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of a rubric by the examples beside its rules."""

    indicators: tuple[IndicatorCoverage, ...]
    notes: tuple[Text, ...] = ()

    @property
    def full(self) -> bool:
        """Whether no goal that counts is missing."""
        return not any(item.missing for item in self.indicators)

    def count(self, kind: GoalKind) -> tuple[int, int]:
        """Return how many goals of a kind are covered, and how many count."""
        return _count([goal for item in self.indicators for goal in item.goals], kind)


def _count(goals: Sequence[Reached], kind: GoalKind) -> tuple[int, int]:
    own = [item.state for item in goals if item.goal.kind == kind]
    return own.count("covered"), own.count("covered") + own.count("missing")


def coverage(model: Model) -> Coverage:
    """Return what the examples beside the rules reach. Whole cases do not count: they show totals."""
    world = world_of_rules(model)
    found = tuple(coverage_of(indicator, model, world) for indicator in model.indicators.values())
    cases = Text(f"{len(model.cases)} 个算例不计入覆盖", f"{len(model.cases)} whole cases do not count")
    return Coverage(found, (cases,) if model.cases else ())


def coverage_of(indicator: Indicator, model: Model, world: World) -> IndicatorCoverage:
    """Return what the examples of one indicator reach."""
    return _Coverer(indicator, model, world).found()


class _Coverer:
    def __init__(self, indicator: Indicator, model: Model, world: World) -> None:
        self.indicator = indicator
        self.bench = Bench(model, indicator)
        self.facets, never = facets_of(indicator, world)
        self.goals, self.left_out = goals_of(indicator, model, self.facets, never)
        self.closed = reads_others(indicator)
        self.trials = [
            (example.place.line, self.bench.trial(example.given))
            for example in indicator.examples
            if example.low == example.high
        ]

    def found(self) -> IndicatorCoverage:
        extra: list[Trial] = []
        reached = tuple(self._reached(goal, extra) for goal in self.goals)
        return IndicatorCoverage(self.indicator, reached, tuple(self._notes()))

    def _reached(self, goal: Goal, extra: list[Trial]) -> Reached:
        lines = tuple(line for line, trial in self.trials if trial.sound and goal.met(trial.seen))
        if lines:
            return Reached(goal, "covered", lines)
        if goal.never:
            return Reached(goal, "never")
        again = next((trial for trial in extra if goal.met(trial.seen)), None)
        if again is None and self.closed:
            return Reached(goal, "undecided", reason=OTHERS)
        trial, reason = (again, None) if again is not None else self._trial(goal)
        if trial is None:
            return Reached(goal, "undecided", reason=reason)
        if again is None:
            extra.append(trial)
        return Reached(goal, "missing", trial=trial)

    def _trial(self, goal: Goal) -> tuple[Trial | None, Text | None]:
        """Return data that reach a goal, tried as an example would give them; or why there are none."""
        why: Text | None = None
        for found in candidates(goal, self.facets):
            if not goal.met(found):
                continue
            why = why or (NO_SCORE if found.score is None else NOT_WRITTEN)
            given = None if found.score is None else self.bench.given(found)
            if not given:
                continue
            trial = self.bench.trial(given)
            if trial.sound and trial.score >= 0 and decimal(trial.score) is not None and goal.met(trial.seen):
                return trial, None
        return None, why or self._reason(goal)

    def _reason(self, goal: Goal) -> Text:
        own = [facet for facet in self.facets if facet.index == goal.index]
        return NOT_LINEAR if any(facet.blurred for facet in own) else NOT_SHOWN

    def _notes(self) -> Iterator[Text]:
        if self.left_out:
            yield Text(
                f"等距的步界只看头尾，其间 {self.left_out} 个不统计",
                f"of steps at equal distances the first and the last count, {self.left_out} between them do not",
            )
        if any(facet.blurred for facet in self.facets):
            yield Text(
                "规则不是分段直线的地方，临界值不统计", "where the rule is not piecewise linear, edges do not count"
            )
        if any(unrounded(variant.score)[1] for variant in self.indicator.program.variants):
            yield Text("得分舍入的分界不统计", "where the score is rounded to the next number does not count")
        ranged = sum(1 for example in self.indicator.examples if example.low != example.high)
        if ranged:
            yield Text(f"{ranged} 个例子得分是区间，不计入", f"{ranged} examples with a range of scores do not count")


def reads_others(indicator: Indicator) -> bool:
    """Whether an indicator reads results of others, or of the group."""
    keys = dict.fromkeys(keys_of_program(indicator.program))
    return any(is_result(key) and key != availability_key(owner(key)) for key in keys)


__all__ = ["Coverage", "IndicatorCoverage", "Reached", "coverage", "coverage_of", "reads_others"]

"""Indicators of which all is known, in a row of which something is missing: scored by the plan, without a trace."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from rubric_dsl import ranges
from rubric_dsl.core.keys import is_result
from rubric_dsl.core.walk import keys_of_program
from rubric_dsl.diagnostics import NO_TEXT, Diagnostic
from rubric_dsl.engines.python_text import PythonText, inside
from rubric_dsl.engines.scalar import usual_places
from rubric_dsl.evaluate.result import IndicatorResult, ScoreRange
from rubric_dsl.evaluate.state import Env, Outcome, Trace
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.plan.plan import Scored, plan
from rubric_dsl.plan.quotient import Quotient
from rubric_dsl.records import dataclass
from rubric_dsl.scoring.bound import Bound
from rubric_dsl.scoring.indicator import score_indicator


@dataclass(frozen=True, slots=True)
class _Own:
    """An indicator's function over its figures as whole numbers, and over the places of its choices."""

    numbers: tuple[tuple[str, int], ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...]
    scored: Scored
    run: Callable[[list[int]], tuple[int, ...]]


class KnownIndicators:
    """Scores indicators as single scoring does: by a function of its own where all that it reads is known."""

    def __init__(self, model: Model) -> None:
        self._plan = plan(model, {key: 10**places for key, places in usual_places(model).items()}, always=True)
        self._own = {name: self._function(indicator) for name, indicator in model.indicators.items()}

    def _function(self, indicator: Indicator) -> _Own | None:
        scored = self._plan.indicators[indicator.name]
        if any(is_result(key) for key in keys_of_program(indicator.program)) or indicator.name in self._plan.irrational:
            return None
        roots = [scored.score.defined, scored.score.top, scored.score.bottom]
        roots += [scored.measure.top, scored.measure.bottom, scored.measured, scored.applies, scored.excluded]
        keys = [key for key in dict.fromkeys(keys_of_program(indicator.program)) if key in self._plan.numbers]
        words = [key for key in dict.fromkeys(keys_of_program(indicator.program)) if key in self._plan.choices]
        if {node.key for node in inside(roots) if node.key} - {*keys, *words}:
            return None
        text = PythonText(roots, {key: f"v{place}" for place, key in enumerate((*keys, *words))})
        lines = [f"v{place} = values[{place}]" for place in range(len(keys) + len(words))]
        lines += [*text.lines, f"return ({', '.join(text.text(root) for root in roots)})"]
        space: dict[str, Any] = {}
        exec("def run(values):\n" + "".join(f"    {line}\n" for line in lines), space)  # noqa: S102 - names made here
        numbers = tuple((key, self._plan.numbers[key].scale) for key in keys)
        choices = tuple((key, self._plan.choices[key].options) for key in words)
        return _Own(numbers, choices, scored, space["run"])

    def __call__(
        self, indicator: Indicator, bound: Bound, env: Env, found: list[Diagnostic]
    ) -> tuple[IndicatorResult, Outcome]:
        """Score one indicator; see :func:`~rubric_dsl.scoring.indicator.score_indicator`."""
        own = self._own[indicator.name]
        values = None if own is None else _values(own, env)
        if own is None or values is None:
            return score_indicator(indicator, bound, env, found)
        defined, top, bottom, over, under, measured, applies, excluded = own.run(values)
        if not defined:
            return score_indicator(indicator, bound, env, found)
        score = _value(own.scored.score, top, bottom)
        measure = _value(own.scored.measure, over, under) if measured else None
        exact = ranges.exactly(score)
        result = IndicatorResult(
            indicator.name,
            indicator.path,
            ScoreRange(score, score, indicator.points),
            "scored" if applies else "not_applicable",
            measure,
            NO_TEXT,
            (),
            NO_TEXT,
            indicator.pool,
            role=indicator.role,
            excluded=bool(excluded),
        )
        known = None if measure is None else ranges.exactly(measure)
        return result, Outcome(exact, known, (), ((bool(applies), exact),), Trace())


def _values(own: _Own, env: Env) -> list[int] | None:
    """Return what an indicator reads as whole numbers; None where something is open, or too fine."""
    values = []
    for key, scale in own.numbers:
        number = env.figures[key].known if key in env.figures else None
        if number is None or (number * scale).denominator != 1:
            return None
        values.append(int(number * scale))
    for key, options in own.choices:
        words = env.choices.get(key, frozenset())
        if len(words) != 1:
            return None
        values.append(options.index(next(iter(words))))
    return values


def _value(item: Quotient, top: int, bottom: int) -> Fraction:
    return Fraction(item.factor.numerator * top, item.factor.denominator * bottom)

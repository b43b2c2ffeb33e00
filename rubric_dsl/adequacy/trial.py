"""Trying examples of one indicator: given texts to what they show, and data found to texts that an example can give."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from rubric_dsl.adequacy.facets import decimal
from rubric_dsl.adequacy.seen import Seen, seen
from rubric_dsl.core.keys import UNAVAILABLE, availability_key, is_result
from rubric_dsl.core.walk import keys_of_program
from rubric_dsl.data.submission import Figure, Statement, Submission
from rubric_dsl.evaluate.result import IndicatorResult
from rubric_dsl.inputs.plain import UNAVAILABLE_WORD
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.records import dataclass
from rubric_dsl.scoring.indicator import score_indicator
from rubric_dsl.scoring.score import known_alone

Given = tuple[tuple[str, str], ...]
"""What an example gives: addresses and texts."""
MOST_SHORTENED = 4
"""An example with more figures than this is left as it is: trying each takes long, and they belong together."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What given texts show, and the score that comes out."""

    given: Given
    seen: Seen
    result: IndicatorResult

    @property
    def sound(self) -> bool:
        """Whether there is one score, and so an example that says it."""
        return self.result.status != "invalid" and self.result.range.score is not None

    @property
    def score(self) -> Fraction:
        """The score (the least one while it is not settled)."""
        return self.result.range.min


@dataclass(frozen=True, slots=True)
class Bench:
    """Where examples of one indicator are tried."""

    model: Model
    indicator: Indicator

    def trial(self, given: Given) -> Trial:
        """Score the indicator with what is given."""
        figures = {key: Figure(key, Statement(text)) for key, text in given}
        bound, env = known_alone(self.model, self.indicator, Submission(figures=figures))
        result, _ = score_indicator(self.indicator, bound, env, [])
        return Trial(given, seen(self.indicator.program, env), result)

    def given(self, found: Seen) -> Given | None:
        """Return data as an example gives them; None where a number is none that can be written."""
        texts: list[tuple[str, str]] = []
        for key in dict.fromkeys(keys_of_program(self.indicator.program)):
            if is_result(key):
                continue
            text = _text(key, found)
            if text is None:
                return None
            texts.append((key, text))
        return tuple(texts)

    def shorter(self, trial: Trial, same: Callable[[Seen], bool]) -> Trial:
        """Return a trial without the figures that change neither the score nor what it is ``same`` for."""
        for pair in trial.given if len(trial.given) <= MOST_SHORTENED else ():
            fewer = self.trial(tuple(item for item in trial.given if item != pair))
            if fewer.given and fewer.sound and fewer.score == trial.score and same(fewer.seen):
                trial = fewer
        return trial


def _text(key: str, found: Seen) -> str | None:
    if found.env.choices.get(availability_key(key)) == frozenset({UNAVAILABLE}):
        return UNAVAILABLE_WORD
    if key in found.env.choices:
        return min(found.env.choices[key])
    value = found.env.figures[key].known
    return None if value is None else decimal(value)

"""One submission's indicators while figures are missing, through what was worked out before any figure was known."""

from __future__ import annotations

from rubric_dsl.core.keys import availability_key, is_result
from rubric_dsl.core.nodes import FALSE, Condition, Program
from rubric_dsl.core.walk import keys_of_program
from rubric_dsl.evaluate.known import Settled, settled, settled_condition
from rubric_dsl.evaluate.state import Env
from rubric_dsl.inputs.bind import Bound
from rubric_dsl.missing.ends import Domain, Ends, ends
from rubric_dsl.missing.kept import Kept, KeptFor
from rubric_dsl.ranges import End, Range
from rubric_dsl.records import dataclass

_MOST_PROGRAMS, _MOST_ENDS = 4096, 64


@dataclass(frozen=True, slots=True)
class OpenScore:
    """A score that waits for one input, ``key``: what the rule gives at both ends, and the range.

    ``tells`` says that one variant holds whatever is missing, and that the measure is known where both ends have it.
    """

    key: str
    low: Settled
    high: Settled
    score: Range
    tells: bool


class _Lacking:
    """A program with one input missing, for each input and what it can be."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.keys = tuple(dict.fromkeys(keys_of_program(program)))
        self._ends: Kept[tuple[str, Domain], Ends | None] = Kept(_MOST_ENDS)

    def ends(self, key: str, domain: Domain) -> Ends | None:
        return self._ends.of((key, domain), lambda: ends(self.program, key, domain))


_LACKING = KeptFor(_Lacking, _MOST_PROGRAMS)


def by_ends(program: Program, bound: Bound, env: Env) -> OpenScore | None:
    """Return the range of a score that waits for one figure or rating; None where the evaluator must be asked.

    It is asked too where the score is settled in spite of what is missing: it knows why.
    """
    lacking = _LACKING.of(program)
    figures, choices = env.figures, env.choices
    unknown = [
        key
        for key in lacking.keys
        if (len(choices[key]) != 1 if key in choices else key not in figures or figures[key].known is None)
    ]
    if len(unknown) != 1:
        return None
    (key,) = unknown
    if is_result(key) or key in bound.invalid or availability_key(key) in choices:
        return None
    if key in choices:
        domain = Domain(options=tuple(sorted(choices[key])))
    else:
        others = (figures[other].known for other in lacking.keys if other != key and other in figures)
        negative = any(value is None or value < 0 for value in others)
        domain = Domain(figures[key], key in bound.whole, beside_negative=negative)
    found = lacking.ends(key, domain)
    if found is None:
        return None
    low, high = settled(found.low, env), settled(found.high, env)
    if low is None or high is None or low.score == high.score or not low.applies:
        return None
    opens = _holds(found.low_open, env), _holds(found.high_open, env)
    if None in opens:
        return None
    score = Range(End(low.score, open=bool(opens[0])), End(high.score, open=bool(opens[1])))
    return OpenScore(key, low, high, score, found.tells_measure)


def _holds(condition: Condition, env: Env) -> bool | None:
    return False if condition == FALSE else settled_condition(condition, env)

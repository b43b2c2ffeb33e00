"""What the evaluator knows, sees and answers: inputs as ranges, the trace, the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from rubric_dsl.core.nodes import Expr, Role
from rubric_dsl.diagnostics import NO_TEXT, Text
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass

Choices = frozenset[str]


@dataclass(frozen=True, slots=True)
class Env:
    """What is known: a range for each number, the words still possible for each choice, and the measure.

    ``formula`` is the measure's where that is irrational; ``digits`` is how closely such a number is enclosed.
    """

    figures: Mapping[str, Range]
    choices: Mapping[str, Choices]
    measure: Range | None = None
    digits: int = 30
    formula: Expr | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no value, with the words of the place.

    ``zero-denominator``, ``gap``, ``unavailable``, ``domain`` (a logarithm or root of what has none),
    ``undecided`` (too close to an edge for any number of digits tried) or what a case names itself.
    """

    kind: str
    words: Text = NO_TEXT


@dataclass(slots=True)
class Trace:
    """What the computation saw: values by role, the branches that can hold, faults met on any path.

    ``unsure`` are the branches that need not hold: another one can as well.
    """

    values: dict[Role, Range] = field(default_factory=dict)
    branches: list[tuple[str, str]] = field(default_factory=list)
    unsure: set[tuple[str, str]] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    waiting: dict[str, None] = field(default_factory=dict)
    tight: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """A program's outcome; ``score`` is None when every path ends in a fault.

    ``taken`` are the indexes of the variants that can still hold, ``worlds`` what each of them scores.
    """

    score: Range | None
    measure: Range | None
    taken: tuple[int, ...]
    worlds: tuple[tuple[bool, Range], ...]
    trace: Trace

    @property
    def applicable(self) -> frozenset[bool]:
        """Whether the indicator can be applicable, and whether it can be not applicable."""
        return frozenset(applies for applies, _ in self.worlds)

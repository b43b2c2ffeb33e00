"""The inputs of one submission as they become known, and the faults met on the way."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction

from rubric_dsl.data.submission import Figure
from rubric_dsl.diagnostics import Diagnostic, Place, Severity, Text
from rubric_dsl.evaluate.state import Env
from rubric_dsl.formulas.cohorts import Cohort
from rubric_dsl.formulas.kinds import Kind
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the group: the kind of its value, and of how many values it is (None: the group is not given)."""

    cohort: Cohort
    kind: Kind | None
    size: int | None


@dataclass(slots=True)
class Bound:
    """The inputs of one submission: ranges and choices by address, what is missing, what could not be used.

    ``groups`` are what is asked of the group, by the keys of their values.
    """

    figures: dict[str, Range] = field(default_factory=dict)
    choices: dict[str, frozenset[str]] = field(default_factory=dict)
    given: dict[str, Figure] = field(default_factory=dict)
    derived: dict[str, tuple[Figure, Fraction | None]] = field(default_factory=dict)
    invalid: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    waits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    groups: dict[str, Asked] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    @property
    def env(self) -> Env:
        """The inputs as the evaluator wants them."""
        return Env(self.figures, self.choices)


def data_fault(
    code: str,
    message: Text,
    figure: Figure | None,
    bound: Bound,
    *,
    hint: Text | None = None,
    witness: Text | None = None,
    severity: Severity = "error",
) -> None:
    """Report a fault of a figure, at its place."""
    place = figure.used.place if figure is not None else None
    places: tuple[Place, ...] = (place,) if place is not None else ()
    if figure is not None and severity == "warning":
        places += tuple(other.place for other in figure.others if other.place is not None)
    bound.found.append(Diagnostic(code, severity, "data", message, places, witness=witness, hint=hint))

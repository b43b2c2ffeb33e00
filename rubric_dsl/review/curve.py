"""A rule over its measure: what each value scores, and where the next better score begins."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.analysis.reach import reaches, world_of_rules
from rubric_dsl.analysis.stretches import Stretch, stretches
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.ranges import restrict
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Better:
    """The nearest place on the measure's axis that scores more.

    ``at`` is where it begins: ``included``, or just beyond it on the side ``way`` (``up`` or ``down`` from the
    measure); ``score`` is what it scores there (towards there, where it is not included).
    """

    at: Fraction
    way: str
    included: bool
    score: Fraction


class Curves:
    """The rules of a rubric over their measures, each worked out when it is asked for."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._world = world_of_rules(model)
        self._known: dict[str, tuple[Stretch, ...]] = {}

    def of(self, indicator: Indicator) -> tuple[Stretch, ...]:
        """Return an indicator's main rule in order of its measure.

        Empty where the score does not hang on the measure alone, ends with a rounding, or was not decided.
        """
        if indicator.name not in self._known:
            self._known[indicator.name] = self._found(indicator)
        return self._known[indicator.name]

    def _found(self, indicator: Indicator) -> tuple[Stretch, ...]:
        found, _, _ = reaches(indicator, self._world)
        main = next((reach for reach in found if reach.variant is indicator.program.main), None)
        key = main.measure_key if main is not None else None
        if main is None or key is None or main.rounding is not None:
            return ()
        line = stretches(main.pieces, key)
        return line if all(item.const is not None or item.faults for item in line) else ()


def better(line: tuple[Stretch, ...], measure: Fraction, score: Fraction) -> Better | None:
    """Return the nearest place that scores more than a score at a measure; None where there is none."""
    found: list[tuple[Fraction, Fraction, Better]] = []
    for item in line:
        for end, way in ((item.range.low, "up"), (item.range.high, "down")):
            beyond = end.value is not None and (end.value > measure if way == "up" else end.value < measure)
            touching = end.value == measure and end.open and restrict(item.range, "=", measure) is None
            if end.value is None or not (beyond or touching):
                continue
            worth = item.at(end.value)
            if worth is None:
                continue
            own = Better(end.value, way, not end.open, worth)
            if worth > score or (worth == score and _rises(item, way)):
                found.append((abs(end.value - measure), -worth, own))
    own_line = next((item for item in line if restrict(item.range, "=", measure) is not None), None)
    if own_line is not None and own_line.slope != 0:
        end, way = (own_line.range.high, "up") if own_line.slope > 0 else (own_line.range.low, "down")
        worth = own_line.at(end.value) if end.value is not None else None
        if end.value is not None and worth is not None and end.value != measure and worth > score:
            # On a slope every step in this direction scores more; what is told is where it ends.
            return Better(end.value, way, not end.open, worth)
    return min(found, key=lambda item: item[:2])[2] if found else None


def _rises(item: Stretch, way: str) -> bool:
    """Whether a stretch scores more the farther one goes into it, from the end that one comes to first."""
    return item.range.known is None and (item.slope > 0 if way == "up" else item.slope < 0)

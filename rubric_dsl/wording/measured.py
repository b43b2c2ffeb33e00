"""The parts of a wording about one measure, and which of its bands gives full marks."""

from __future__ import annotations

from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.wording.amounts import Amount
from rubric_dsl.wording.draft import Context, points_of, score_written, stop
from rubric_dsl.wording.parts import Band, End, Modifier, Otherwise, Shared, Step, Target


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate for each step, with what limits it."""

    step: Step
    limits: list[Modifier]


@dataclass(slots=True)
class Parts:
    """The parts of a wording about one measure, sorted."""

    target: Target | None
    bands: list[Band]
    otherwise: Otherwise | None
    rates: list[Rate]
    shared: list[Shared]
    ending: list[Modifier]
    base: Modifier | None
    subject: str
    unit: str


def amounts_of(bands: tuple[Band, ...] | list[Band]) -> tuple[Amount, ...]:
    """Return the amounts at which bands end."""
    return tuple(end.amount for band in bands for end in (band.range.low, band.range.high) if end is not None)


def is_full(band: Band, context: Context, bands: list[Band]) -> bool:
    """Whether a band gives the full points."""
    points = points_of(band.score)
    if points is None:
        return True
    if context.points is not None:
        if points > context.points:
            shown = text_of(context.points)
            raise stop(band.span, f"分值只有 {shown}分", f"the indicator has only {shown} points")
        return points == context.points
    others = [points_of(other.score) for other in bands if other is not band]
    return points > 0 and all(other is not None and other < points for other in others)


def of_full(band: Band, full: bool) -> str:
    """Write the score of a band, that of full marks as such."""
    return "计满分" if full else score_written(band.score)


def never() -> End:
    """Raise where a band has no end."""
    raise LookupError("a band without ends")

"""What the reader of official wording answers: one meaning, several, or the words that stopped it."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from rubric_dsl.diagnostics import NO_TEXT, Text
from rubric_dsl.records import dataclass
from rubric_dsl.source import Span

WordingOutcome = Literal["read", "open", "not read"]


@dataclass(frozen=True, slots=True)
class WordingScore:
    """One worked case of a reading: what is given, and the score that the engine gives for it.

    ``given`` is a value of the measure as it is written in a data file, or a rating (``① = 是``); ``low`` and ``high``
    are equal where the score is one number, and the range where an assessor chooses in it.
    """

    given: str
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class WordingReading:
    """One meaning of a wording.

    ``clauses`` is what stands behind 评价标准 or ``rule``, clause by clause, in the language that was asked for.
    ``heading`` is the indicator's heading where the wording names one, else empty. ``choices`` says what was taken where
    the wording leaves it open; empty where it does not. ``worked`` are scores of the engine; among several readings they
    are those that differ. ``complete``: the clauses are a whole rule; else they are a part of one (a band without its
    neighbours, a deduction whose target stands elsewhere) and score only together with the rest.
    ``unit`` is the unit of the measure that the clauses score (``ratio``, ``persons``, …), None where they score none;
    ``subject`` the name that the wording gives it, empty where it gives none.
    """

    clauses: tuple[str, ...]
    heading: str = ""
    choices: tuple[Text, ...] = ()
    worked: tuple[WordingScore, ...] = ()
    complete: bool = True
    unit: str | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class WordingSlot:
    """A phrase of the wording and what it was taken for; together they cover every word that was read."""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What was understood of a wording.

    ``read``: ``readings`` holds the one meaning. ``open``: it holds several, which score otherwise at the values in
    their ``worked``; none is chosen. ``not read``: it is empty, and ``stopped_at`` marks the words at which the reading
    stopped. ``reason`` says what is open, or why it stopped; ``spans`` are in characters of the text that was given.
    """

    outcome: WordingOutcome
    readings: tuple[WordingReading, ...]
    spans: tuple[WordingSlot, ...]
    stopped_at: Span | None = None
    reason: Text = NO_TEXT


class StopError(Exception):
    """The reading stops at a piece of the wording (``span`` in characters of the text given) for a reason."""

    def __init__(self, span: Span, reason: Text) -> None:
        super().__init__(reason.en)
        self.span: Span = span
        self.reason: Text = reason

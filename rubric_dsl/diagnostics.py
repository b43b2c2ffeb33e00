"""Diagnostics as data: code, severity, blame, spans, words in both languages; no printing."""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal, NamedTuple

from rubric_dsl.records import dataclass
from rubric_dsl.source import Source, Span

Lang = Literal["zh", "en"]
Severity = Literal["error", "warning", "info"]
Blame = Literal["wording", "rule", "data", "evidence", "engine"]


class Text(NamedTuple):
    """The same sentence in both languages."""

    zh: str
    en: str

    def to(self, lang: Lang) -> str:
        """Return the sentence in one language."""
        return self.zh if lang == "zh" else self.en


NO_TEXT = Text("", "")


def same(words: str) -> Text:
    """Return what is written alike in both languages."""
    return Text(words, words)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a source text with a short label; the label may be empty.

    Two places are equal when they are the same characters, in the same lines and columns, of files of the same name, in
    whatever folder: a place that was stored with an excerpt of its file is still that place.
    """

    source: Source
    span: Span
    label: Text = NO_TEXT

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Place):
            return NotImplemented
        if (self.span, self.label) != (other.span, other.label):
            return False
        return self.source is other.source or self._seen == other._seen

    def __hash__(self) -> int:
        return hash((self.span, self.label))

    @property
    def _seen(self) -> tuple[object, ...]:
        return PurePath(self.source.name).name, self.source.corners(self.span), self.source[self.span]

    @property
    def line(self) -> int:
        """The 1-based line of the first character."""
        return self.source.position(self.span.start)[0]

    @property
    def column(self) -> int:
        """The 1-based column of the first character, in characters."""
        return self.source.position(self.span.start)[1]


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the text that would mend the fault: ``replacement`` takes the place of ``span``.

    ``span`` lies in the source of the diagnostic's first place; it is empty where something is only put in. ``safe``
    means that the change cannot change any score.
    """

    words: Text
    span: Span | None = None
    replacement: str = ""
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A fix that was applied: the code that it answers, and its place in the text as it was in that round."""

    code: str
    fix: Fix
    place: Place


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault, as data.

    ``code`` is stable; ``message`` says what was found; ``why`` what it means in points; ``witness`` gives a
    value that shows it; ``hint`` says what would be accepted. ``places`` starts with the primary place and
    holds both ends of a conflict. ``fixes`` are alternatives: any one of them mends the fault. ``accepted`` is the
    author's reason for leaving it as it is, where the rubric states one.
    """

    code: str
    severity: Severity
    blame: Blame
    message: Text
    places: tuple[Place, ...] = ()
    why: Text | None = None
    witness: Text | None = None
    hint: Text | None = None
    fixes: tuple[Fix, ...] = ()
    accepted: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether the fault stops the work."""
        return self.severity == "error"


class RubricError(Exception):
    """A rubric or a submission cannot be used; ``diagnostics`` says why, each fault once."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics
        super().__init__("; ".join(_summary(item) for item in diagnostics))

    def __reduce__(self) -> tuple[type[RubricError], tuple[tuple[Diagnostic, ...]]]:
        return type(self), (self.diagnostics,)


class SubmissionError(RubricError):
    """Data that cannot be read or used; ``diagnostics`` are the errors. Raised only where strictness was asked for."""


def _summary(diagnostic: Diagnostic) -> str:
    where = ""
    if diagnostic.places:
        place = diagnostic.places[0]
        where = f"{place.source.name}:{place.line}:{place.column}: "
    return f"{where}{diagnostic.code}: {diagnostic.message.en}"


def in_order(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Sort by place; diagnostics without a place come first."""
    return tuple(sorted(diagnostics, key=_place_key))


def _place_key(diagnostic: Diagnostic) -> tuple[int, int]:
    if not diagnostic.places:
        return (-1, -1)
    span = diagnostic.places[0].span
    return (span.start, span.end)

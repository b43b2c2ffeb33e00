"""A submission: one department's figures, ratings, overrides and claims for one edition, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import overload

from rubric_dsl.diagnostics import Diagnostic, Place, SubmissionError
from rubric_dsl.formulas.cohorts import Group
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One amount as one source states it; ``text`` is the scalar as written."""

    text: str
    source: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One input of a rubric.

    ``key`` is the input's address (``编制数``, ``三公经费[2019年预算数]``, ``行政0效能``, ``管理制度健全性[①]``).
    ``used`` is the statement that is scored with; ``others`` are amounts that other sources state for the same
    figure. ``unit`` is the unit written in the data, if any.
    """

    key: str
    used: Statement
    others: tuple[Statement, ...] = ()
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """A human decision in place of the rule's result; never silent: the reason is required."""

    indicator: str
    score: Fraction
    reason: str
    place: Place | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A score that the department claims for one indicator."""

    score: Fraction
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Refinement:
    """One of a department's own indicators under an official one; the score is None until it is given."""

    name: str
    points: Fraction
    score: Fraction | None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """One department's data. Names are matched to the rubric later, by their canonical spelling.

    ``cohort`` holds, for a figure, the values of all departments of the group, the department's own among them.
    ``faults`` are what was wrong with it when it was read; its results have them too.
    """

    subject: str = ""
    rubric: str = ""
    edition: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    claimed_total: Claim | None = None
    claimed_grade: str = ""
    sha256: str = ""
    cohort: Mapping[str, Group] = field(default_factory=dict)
    refinements: Mapping[str, tuple[Refinement, ...]] = field(default_factory=dict)
    faults: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Submissions(Sequence[Submission]):
    """What a text or a file holds: its submissions in order, as a sequence, and all that is wrong with it.

    ``diagnostics`` are of the whole text; each submission has its own as ``faults``. A fault that belongs to none, such as
    a row of a table that could not be read, is here only.
    """

    items: tuple[Submission, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that are errors."""
        return tuple(item for item in self.diagnostics if item.is_error)

    @property
    def ok(self) -> bool:
        """Whether all of it could be read."""
        return not self.errors

    def raise_for_errors(self) -> Submissions:
        """Return the submissions, if all of it could be read.

        Raises:
            SubmissionError: it could not; ``.diagnostics`` are the errors.
        """
        if self.errors:
            raise SubmissionError(self.errors)
        return self

    @overload
    def __getitem__(self, index: int) -> Submission: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Submission, ...]: ...
    def __getitem__(self, index: int | slice) -> Submission | tuple[Submission, ...]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Submission]:
        return iter(self.items)

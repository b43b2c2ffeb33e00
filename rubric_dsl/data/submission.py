"""A submission: one department's figures, ratings, overrides and claims for one edition, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from rubric_dsl.diagnostics import Place
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

"""The checked rubric as data: the tree of indicators, the data form, the checks, the grades, the examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Literal

from rubric_dsl.core.nodes import Branch, CompareOp, Definition, Expr, Program
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.forms.base import Form, FormInput, Marking
from rubric_dsl.formulas.cohorts import Cohort
from rubric_dsl.formulas.kinds import Kind
from rubric_dsl.model.combine import Combination, Exclusion
from rubric_dsl.ranges import End, Range
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Document, Tree
from rubric_dsl.units import Unit


@dataclass(frozen=True, slots=True)
class Decision:
    """What the author decided where the wording leaves it open, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the author leaves as it is: findings of a ``code``, with the reason.

    ``within`` are the stretches of text of the heading that it stands below and of all below that, each in the edition
    that it was written in; None: the whole rubric.
    """

    code: str
    reason: str
    within: tuple[Place, ...] | None
    place: Place


@dataclass(frozen=True, slots=True)
class Quoted:
    """Official text beside a rule: the ``wording`` that it formalises, or the ``note`` that explains it."""

    kind: Literal["wording", "note"]
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Field:
    """A figure of the data form: ``key`` is its address; a derived one has a ``formula``.

    ``options`` are the words of a choice. A ``nullable`` figure may be stated to be unavailable, a ``reference`` is
    not the department's own (a benchmark, the average of its peers), a ``parameter`` is fixed by the rubric.
    ``bounds``, in the unit, are what departments may state; what a formula gives is not held to them.
    """

    key: str
    unit: Unit
    bounds: Range
    whole: bool
    note: str
    group: str
    row: str
    column: str
    parent: str
    formula: Expr | None
    place: Place
    options: tuple[str, ...] = ()
    nullable: bool = False
    reference: bool = False
    parameter: bool = False


@dataclass(frozen=True, slots=True)
class FormCheck:
    """A cross-footing check: both sides, how they must compare, and the tolerance; ``words`` as the author wrote it."""

    words: tuple[str, str]
    left: Expr
    op: CompareOp
    right: Expr
    tolerance: Fraction
    kind: Kind
    column: str
    place: Place


@dataclass(frozen=True, slots=True)
class Example:
    """An example beside a rule: what is given, and the score (or range) that must come out."""

    indicator: str
    given: tuple[tuple[str, str], ...]
    low: Fraction
    high: Fraction
    place: Place


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A whole case with its expected total (or range) and grade."""

    name: str
    given: tuple[tuple[str, str], ...]
    low: Fraction
    high: Fraction
    grade: str
    place: Place


Kindred = Literal["part", "bonus", "deduction"]
"""What a heading is to the total: part of it, or added or deducted after it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to score an indicator, beside the variant of its program: when it holds, its measure, its forms.

    ``words`` say in both keyword languages when it holds and, where it is fixed, what it then scores; ``excluded`` that
    the indicator then has no score; ``marking`` how several assessors make one score.
    """

    words: tuple[str, str]
    applies: bool
    measure: Tree | None
    kind: Kind | None
    forms: tuple[Form, ...]
    excluded: bool = False
    marking: Marking | None = None

    @property
    def called(self) -> tuple[str, str]:
        """``words``, or what the rule is called that holds when nothing special does."""
        return self.words if self.words[0] else ("一般情形", "the general case")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator, checked and lowered. ``points`` of a pool's member are the pool's.

    ``rules`` stand beside the variants of ``program``; the last is the one that scores when nothing special holds.
    ``floor`` and ``ceiling`` bound the score. ``exclusion`` says what becomes of the points where it is not
    applicable. ``base`` is the base mark, ``weight`` its weight in a weighted mean.
    """

    name: str
    path: tuple[str, ...]
    level: int
    points: Fraction
    pool: str
    wording: str
    note: str
    decisions: tuple[Decision, ...]
    rules: tuple[Rule, ...]
    program: Program
    floor: Fraction
    ceiling: Fraction
    inputs: tuple[FormInput, ...]
    examples: tuple[Example, ...]
    place: Place
    role: Kindred = "part"
    exclusion: Exclusion = ""
    base: Fraction | None = None
    weight: Fraction | None = None
    readings: tuple[str, ...] = ()
    official: str = ""
    grades: tuple[Grade, ...] = ()
    quoted: tuple[Quoted, ...] = ()

    @property
    def full(self) -> Fraction:
        """Full marks: the points, also where a score may pass them; zero for what is taken off the total."""
        return min(self.points, self.ceiling)

    @property
    def main(self) -> Rule:
        """The rule that scores when nothing special holds."""
        return self.rules[-1]

    @property
    def measure(self) -> Tree | None:
        """The main rule's measure as written."""
        return self.main.measure

    @property
    def kind(self) -> Kind | None:
        """What the main rule's measure is."""
        return self.main.kind

    @property
    def forms(self) -> tuple[Form, ...]:
        """The main rule's forms."""
        return self.main.forms

    @property
    def cases(self) -> tuple[Branch, ...]:
        """The cases of the main rule, in order."""
        return tuple(branch for form in self.forms if form.role == "case" for branch in form.branches())

    def held(self, found: Range | None) -> Range:
        """Return a score's range; where it has no end, the least and the most that can be scored stand for that."""
        low, high = End(self.floor), End(self.ceiling)
        if found is None:
            return Range(low, high)
        return Range(low if found.low.value is None else found.low, high if found.high.value is None else found.high)


@dataclass(frozen=True, slots=True)
class Pool:
    """Points that several indicators share: what they score together is at most ``points``."""

    name: str
    points: Fraction
    members: tuple[str, ...]
    path: tuple[str, ...]
    place: Place

    @property
    def words(self) -> Text:
        """The indicators that share the points, for a reader."""
        return Text("、".join(self.members), ", ".join(self.members))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what lies below it. ``combine`` names how its parts make its score (``SUM_OF`` by default)."""

    name: str
    level: int
    path: tuple[str, ...]
    points: Fraction
    place: Place
    role: Kindred = "part"
    combine: str = "SUM_OF"
    grades: tuple[Grade, ...] = ()
    weight: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and the totals that earn it; ``place`` is where it is stated."""

    name: str
    op: CompareOp
    bound: Fraction
    place: Place


@dataclass(frozen=True, slots=True)
class ScaleStep:
    """A step of the rubric's scale of grades: its name and what it counts."""

    name: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What happens to the total after the tree, in the order of the file; ``words`` as written in both languages.

    A clamp has the ``limits`` that it holds the total to.
    """

    kind: Literal["bonus", "deduction", "coefficient", "clamp", "veto"]
    name: str
    words: tuple[str, str]
    place: Place
    limits: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True, slots=True)
class ChangedParts:
    """What has become of indicators, or of headings, by their names in the later edition.

    Each of the earlier edition's is kept, or dropped, or at least one of changed, renamed (old name, new name) and moved.
    """

    kept: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """What an edition makes of the one that it inherits from, by the names of indicators.

    ``headings`` says the same of headings; ``elsewhere`` lists what else was ``changed``, ``dropped`` or ``added``, each
    in words.
    """

    base: str
    kept: tuple[str, ...]
    changed: tuple[str, ...]
    dropped: tuple[str, ...]
    added: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...] = ()
    moved: tuple[str, ...] = ()
    headings: ChangedParts = ChangedParts()
    elsewhere: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Expanded:
    """A document with what it keeps put in its place, the sources it was made of, and the list of changes.

    ``kept_by`` is where the author keeps what the other sources say.
    """

    document: Document
    sources: tuple[Source, ...]
    changes: EditionChanges | None
    faults: tuple[Diagnostic, ...]
    kept_by: Place | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """How results make the total: definitions in an order in which each reads only what is known before it.

    ``order`` names indicators and definitions alike. ``total``, ``points`` and ``grade`` are keys of definitions;
    ``grade`` counts from 0, the lowest grade. Empty where there is no total or no grade. ``combinations`` are what
    headings' scores (and, under an empty name, the total) are made of, by the headings' keys. ``rated`` is a flag: 1
    where a submission has a total, else 0; empty where every submission has one.
    """

    order: tuple[str, ...] = ()
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    total: str = ""
    points: str = ""
    grade: str = ""
    combinations: Mapping[str, Combination] = field(default_factory=dict)
    rated: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """A rubric that passed the checks (or that carries the faults found, when ``usable`` is False).

    ``mentioned`` are the folded names that stand anywhere but where a figure is declared or an example given, named
    readings included.
    """

    source: Source
    name: str
    edition: str
    points: Fraction
    language: str
    fields: Mapping[str, Field]
    checks: tuple[FormCheck, ...]
    sections: tuple[Section, ...]
    indicators: Mapping[str, Indicator]
    pools: tuple[Pool, ...]
    grades: tuple[Grade, ...]
    decisions: tuple[Decision, ...]
    form_name: str
    totals: Totals = Totals()
    combine: str = "SUM_OF"
    scale: tuple[ScaleStep, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    cases: tuple[WholeCase, ...] = ()
    cohorts: Mapping[str, Cohort] = field(default_factory=dict)
    cohort_by: str = ""
    edition_changes: EditionChanges | None = None
    reading: str = ""
    mentioned: frozenset[str] = frozenset()
    accepted: tuple[Accepted, ...] = ()

    @property
    def total_limits(self) -> tuple[Fraction, Fraction]:
        """What the rubric says that the total stays between: the last clamp's ends, else zero and the full points."""
        stated = [item.limits for item in self.adjustments if item.limits is not None]
        return stated[-1] if stated else (Fraction(0), self.points)

    @property
    def low_is_best(self) -> bool:
        """Whether the best grade, the first that is listed, is for low totals: losses or risks are counted, and none is best."""
        return bool(self.grades) and self.grades[0].op in ("<", "<=")

    @property
    def readings(self) -> tuple[str, ...]:
        """The named readings that any indicator has besides the official one."""
        return tuple(dict.fromkeys(name for item in self.indicators.values() for name in item.readings))

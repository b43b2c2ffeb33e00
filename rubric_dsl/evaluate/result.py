"""Results: what scoring answers, as frozen data; every number an exact fraction or a range of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import permutations
from typing import Literal

from rubric_dsl.diagnostics import NO_TEXT, Diagnostic, Lang, SubmissionError, Text
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Tree

Status = Literal["scored", "missing", "not_applicable", "override", "invalid"]
SumStatus = Literal["scored", "missing", "not_rated", "invalid"]
"""What a heading's score, or the total, stands on."""


class ResultError(ValueError):
    """A text is no stored result; ``path`` is where (``$.indicators[3].score``), ``reason`` why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path: str = path
        self.reason: str = reason

    def __reduce__(self) -> tuple[type[ResultError], tuple[str, str]]:
        return ResultError, (self.path, self.reason)


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """The range of what a score can still be; ``min == max`` when it is settled.

    ``tight`` says that some completion of the missing data is known to come as near to each end as one likes;
    where it is False the range is sound and may be wider than need be.
    ``rated`` is False where there is no score at all, because too few parts apply: all three numbers are then 0 and mean
    nothing. It is None while that is open: the range is then what the score can be if there is one.
    """

    min: Fraction
    max: Fraction
    points: Fraction
    tight: bool = True
    rated: bool | None = True

    @property
    def score(self) -> Fraction | None:
        """The score, or None while it is not settled, and where there is none."""
        return self.min if self.rated and self.min == self.max else None


@dataclass(frozen=True, slots=True)
class Marks:
    """What several assessors gave: for each by name the least and the greatest score that its ratings can make.

    ``rule`` says how they make one score. Where marks may be ``apart`` by so much at most, the ``adjudicator``'s counts
    beyond that.
    """

    rule: Text
    given: tuple[tuple[str, Fraction, Fraction], ...]
    apart: Fraction | None = None
    adjudicator: str = ""

    @property
    def assessors(self) -> tuple[tuple[str, Fraction, Fraction], ...]:
        """What the assessors gave, the adjudicator left out."""
        return tuple(item for item in self.given if item[0] != self.adjudicator)

    @property
    def spread(self) -> Fraction | None:
        """How far the highest mark is from the lowest; None while one of them is not settled."""
        own = self.assessors
        if any(low != high for _, low, high in own):
            return None
        return max(high for _, _, high in own) - min(low for _, low, _ in own)

    @property
    def least(self) -> Fraction:
        """How far they are apart at the least, whatever is missing: ``spread`` where that is settled."""
        own = self.assessors
        found = max((low for _, low, _ in own), default=Fraction(0)) - min((high for _, _, high in own), default=0)
        return max(found, Fraction(0))

    @property
    def beyond(self) -> bool | None:
        """Whether they are farther apart than they may be; None where that is not settled or not asked.

        Two marks that are too far apart settle it whatever the others will be.
        """
        own = self.assessors
        if self.apart is None or not own:
            return None
        if self.least > self.apart:
            return True
        widest = max((one[2] - other[1] for one, other in permutations(own, 2)), default=Fraction(0))
        return False if widest <= self.apart else None


@dataclass(frozen=True, slots=True)
class Told:
    """How an indicator's score came about, for people.

    ``reason`` says it in one line, ``steps`` is the working in order. ``measure_text`` is the measure with its unit.
    ``formula`` is the measure's formula as written, and with the figures put in that the computation had.
    ``marks`` are what several assessors gave.
    """

    reason: Text = NO_TEXT
    steps: tuple[Step, ...] = ()
    measure_text: Text = NO_TEXT
    formula: tuple[Tree, Tree] | None = None
    marks: Marks | None = None


class Telling:
    """What is told of an indicator, worked out when it is first asked for; it is compared and pickled as that."""

    __slots__ = ("_make", "_told")

    def __init__(self, make: Callable[[], Told]) -> None:
        self._make: Callable[[], Told] | None = make
        self._told = _UNTOLD

    @property
    def told(self) -> Told:
        """The words themselves."""
        make = self._make
        if make is not None:
            self._told = make()
            self._make = None  # after the words, so that another thread that sees it gone finds them
        return self._told

    def __eq__(self, other: object) -> bool:
        return self.told == other.told if isinstance(other, Telling) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.told.reason)

    def __repr__(self) -> str:
        return repr(self.told)

    def __reduce__(self) -> tuple[Callable[[Told], Telling], tuple[Told]]:
        return telling, (self.told,)


_UNTOLD = Told()


def telling(told: Told) -> Telling:
    """Return words that are known already."""
    return Telling(lambda: told)


NOTHING_TOLD = telling(_UNTOLD)


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """One indicator's outcome.

    ``measure`` is exact, None while missing or where the indicator has no measure.
    ``missing`` lists the addresses of absent inputs that the score still waits for.
    ``pool`` names the pool whose points it shares, if any.
    ``excluded`` says that it is not applicable and that its points were shared out or taken off: it has no score.
    What is told of it (``reason``, ``steps`` …) is made when it is first read; see :class:`Told`.
    """

    name: str
    path: tuple[str, ...]
    range: ScoreRange
    status: Status
    measure: Fraction | None
    missing: tuple[str, ...]
    pool: str = ""
    claim: Fraction | None = None
    role: str = "part"
    excluded: bool = False
    telling: Telling = NOTHING_TOLD

    @property
    def score(self) -> Fraction | None:
        """The score; None while it is not settled, and where the indicator is excluded."""
        return None if self.excluded else self.range.score

    @property
    def reason(self) -> Text:
        """One line that says how the score came about."""
        return self.telling.told.reason

    @property
    def steps(self) -> tuple[Step, ...]:
        """The working, in order."""
        return self.telling.told.steps

    @property
    def measure_text(self) -> Text:
        """The measure with its unit; empty where there is none."""
        return self.telling.told.measure_text

    @property
    def formula(self) -> tuple[Tree, Tree] | None:
        """The measure's formula as written, and with the figures put in."""
        return self.telling.told.formula

    @property
    def marks(self) -> Marks | None:
        """What several assessors gave."""
        return self.telling.told.marks


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an explanation: what (label), the working with figures put in, and the value; ``depth`` indents.

    ``least`` and ``most`` are the exact numbers behind the value: the same two where it is known, else the ends of its
    range; of an irrational number they lie close around it. They are None where the value is no number, or has no end that
    can be written in a thousand digits. A ratio is a ratio: 95% is 19/20.
    """

    label: Text
    working: Text
    value: Text
    depth: int = 0
    least: Fraction | None = None
    most: Fraction | None = None

    def told(self, lang: Lang) -> str:
        """Return the working and what it gives: ``3 ÷ 4 = 75%``."""
        working, value = self.working.to(lang), self.value.to(lang)
        sign = "" if not working or not value else " " if value.startswith("≈") else " = "
        return working + sign + value


@dataclass(frozen=True, slots=True)
class SectionResult:
    """A section's subtotal, its grade where it has one, and its role: part of the total, bonus or deduction.

    ``reason`` says how its parts made the score: which decided, which dropped out, why it is not rated. It is empty
    where they are only added.
    """

    name: str
    level: int
    path: tuple[str, ...]
    range: ScoreRange
    grade: GradeResult
    role: str = "part"
    status: SumStatus = "scored"
    telling: Telling = NOTHING_TOLD

    @property
    def reason(self) -> Text:
        """One line that says how the score came about; empty where the parts are only added."""
        return self.telling.told.reason

    @property
    def steps(self) -> tuple[Step, ...]:
        """The working, in order: the parts, how they are combined, the score."""
        return self.telling.told.steps


@dataclass(frozen=True, slots=True)
class AdjustmentResult:
    """What came after the total: ``total`` after it, and whether a veto ``holds`` (None: open, or no veto)."""

    kind: str
    name: str
    words: Text
    total: ScoreRange
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class GradeResult:
    """The grade, or None with every grade that is still possible, best first.

    ``rated`` is False where there is no grade, because what it hangs on is not rated; None while that is open.
    """

    value: str | None
    possible: tuple[str, ...]
    rated: bool | None = True


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of scoring one submission.

    ``adjustments`` are what came after the total, in order; ``reading`` is the named reading that was taken (empty:
    the official one). ``data_sha256`` is that of the file it was read from. A rubric without a total (``has_total`` False) has a total of 0 of 0.
    ``status`` is the total's, as a section's is its own.
    """

    rubric: str
    edition: str
    rubric_sha256: str
    subject: str
    total: ScoreRange
    grade: GradeResult
    sections: tuple[SectionResult, ...]
    indicators: Mapping[str, IndicatorResult]
    diagnostics: tuple[Diagnostic, ...]
    claimed_total: Fraction | None = None
    claimed_grade: str = ""
    adjustments: tuple[AdjustmentResult, ...] = ()
    reading: str = ""
    has_total: bool = True
    data_sha256: str = ""
    status: SumStatus = "scored"
    telling: Telling = NOTHING_TOLD

    @property
    def reason(self) -> Text:
        """One line that says how the parts made the total, before anything that comes after it; empty for a sum."""
        return self.telling.told.reason

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that are errors: data that could not be read or used, each counted as not given."""
        return tuple(item for item in self.diagnostics if item.is_error)

    @property
    def ok(self) -> bool:
        """Whether all data could be read and used; what is missing is no error."""
        return not self.errors

    def raise_for_errors(self) -> Result:
        """Return the result, if it is :attr:`ok`.

        Raises:
            SubmissionError: it is not; ``.diagnostics`` are the errors.
        """
        if self.errors:
            raise SubmissionError(self.errors)
        return self

    def to_json(self, lang: Lang = "zh") -> str:
        """Write the result as JSON; exact numbers are strings, ``"4.5"`` or ``"27/7"``.

        Texts are in ``lang``; the trace is in both languages, and :meth:`from_json` gives an equal result.
        :func:`rubric_dsl.result_schema` describes it; ``schema_version`` in it says which schema it follows.
        """
        from rubric_dsl.evaluate.as_json import json_text, result_json

        return json_text(result_json(self, lang, trace=True))

    @staticmethod
    def from_json(text: str | bytes) -> Result:
        """Read what :meth:`to_json` wrote: an equal result, its trace included, every number exact.

        Raises:
            ResultError: it is no such JSON, of another ``schema_version``, or contradicts itself; the message names the
                place.
        """
        from rubric_dsl.evaluate.from_json import result_from

        return result_from(text)

    def explain(self, name: str = "") -> Explanation:
        """Return how the score of an indicator or of a heading (without a name: the total) came about.

        ``str()`` of it reads well.

        Raises:
            KeyError: no indicator and no heading has this name.
        """
        if not name:
            return Explanation(self)
        if name in self.indicators:
            return Explanation(self.indicators[name])
        return Explanation({section.name: section for section in reversed(self.sections)}[name])


@dataclass(frozen=True, slots=True)
class Explanation:
    """The trace of a score (an indicator's, a heading's, the total) as data, with a plain text form in either language."""

    item: IndicatorResult | SectionResult | Result

    def text(self, lang: Lang) -> str:
        """Write the explanation as lines of text."""
        found = self.item.telling.told
        name = Text("总分", "total").to(lang) if isinstance(self.item, Result) else self.item.name
        steps = ("  " * (step.depth + 1) + f"{step.label.to(lang)}: {step.told(lang)}" for step in found.steps)
        lines = [name, *steps]
        reason = found.reason.to(lang)
        told = Text("；", "; ").to(lang).join(step.working.to(lang) for step in found.steps)
        if reason not in told:
            lines.append("  " + reason)
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text("zh")

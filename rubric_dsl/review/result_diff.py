"""Two results held against each other: which scores differ, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal, TypeAlias, TypeVar

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.result import GradeResult, IndicatorResult, Result, ScoreRange, SectionResult
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.scoring.narrate import score_text

K = TypeVar("K")
Scored: TypeAlias = IndicatorResult | SectionResult
Difference: TypeAlias = Literal["score", "points", "status", "measure", "missing", "claim", "grade", "added", "removed"]
"""In what two results of one indicator or heading differ; ``added`` and ``removed``: only one of the rubrics has it."""


@dataclass(frozen=True, slots=True)
class ScoreDiff:
    """One indicator or heading that came out otherwise; ``before`` or ``after`` is None where only one result has it."""

    name: str
    before: IndicatorResult | SectionResult | None
    after: IndicatorResult | SectionResult | None
    differences: tuple[Difference, ...]

    @property
    def change(self) -> Fraction | None:
        """The points by which the score went up, or (below 0) down; None unless both are settled."""
        old, new = (None if item is None else _score(item) for item in (self.before, self.after))
        return None if old is None or new is None else new - old


@dataclass(frozen=True, slots=True)
class ResultDiff:
    """What is otherwise in the result ``after`` than in the one ``before``; true (``bool``) if anything is.

    ``total`` and ``grade`` hold both, or are None where they are the same. ``sections`` and ``indicators`` are those that
    differ, in the order of ``after``, then what it lacks. ``differences`` of an indicator name what differs of it; its words
    and the working are not compared. Indicators are the same by name, headings by their path.
    """

    before: Result
    after: Result
    total: tuple[ScoreRange, ScoreRange] | None
    grade: tuple[GradeResult, GradeResult] | None
    sections: tuple[ScoreDiff, ...]
    indicators: tuple[ScoreDiff, ...]

    @property
    def same_rubric(self) -> bool:
        """Whether both were made by the same text under the same reading."""
        one, other = self.before, self.after
        return (one.rubric_sha256, one.reading) == (other.rubric_sha256, other.reading)

    @property
    def change(self) -> Fraction | None:
        """The points by which the total went up, or (below 0) down; None unless both are settled."""
        return _change(self.before.total, self.after.total)

    def __bool__(self) -> bool:
        return bool(self.total or self.grade or self.sections or self.indicators)

    def text(self, lang: Lang) -> str:
        """Write the differences as lines of text; empty where there are none."""
        return "\n".join(self._lines(lang))

    def __str__(self) -> str:
        return self.text("zh")

    def _lines(self, lang: Lang) -> Iterator[str]:
        for item in (*self.indicators, *self.sections):
            yield f"{item.name}: {_shown(item.before, lang)} → {_shown(item.after, lang)}{_signed(item.change)}"
        if self.total is not None:
            low, high = (score_text(total).to(lang) for total in self.total)
            yield f"{Text('总分', 'total').to(lang)}: {low} → {high}{_signed(self.change)}"
        if self.grade is not None:
            old, new = (grade.value or "/".join(grade.possible) or "–" for grade in self.grade)
            yield f"{Text('等级', 'grade').to(lang)}: {old} → {new}"


def result_diff(before: Result, after: Result) -> ResultDiff:
    """Hold a result against an earlier one, of the same rubric or of another edition.

    Example::

        changed = result_diff(rubric.score(last_week), rubric.score(today))
        for item in changed.indicators:
            print(item.name, item.change)
    """
    parts = [{(*item.path, item.name): item for item in result.sections} for result in (before, after)]
    totals, grades = (before.total, after.total), (before.grade, after.grade)
    return ResultDiff(
        before,
        after,
        None if (totals[0], before.status) == (totals[1], after.status) else totals,
        None if grades[0] == grades[1] else grades,
        tuple(_differing(parts[0], parts[1])),
        tuple(_differing(dict(before.indicators), dict(after.indicators))),
    )


def _differing(before: Mapping[K, Scored], after: Mapping[K, Scored]) -> Iterator[ScoreDiff]:
    for key in dict.fromkeys((*after, *before)):
        old, new = before.get(key), after.get(key)
        found = tuple(_differences(old, new))
        own = new or old
        if found and own is not None:
            yield ScoreDiff(own.name, old, new, found)


def _differences(old: Scored | None, new: Scored | None) -> Iterator[Difference]:
    if old is None or new is None:
        yield "removed" if new is None else "added"
        return
    if _ends(old) != _ends(new):
        yield "score"
    if old.range.points != new.range.points:
        yield "points"
    if old.status != new.status:
        yield "status"
    if isinstance(old, IndicatorResult) and isinstance(new, IndicatorResult):
        if old.measure != new.measure:
            yield "measure"
        if old.missing != new.missing:
            yield "missing"
        if old.claim != new.claim:
            yield "claim"
    elif isinstance(old, SectionResult) and isinstance(new, SectionResult) and old.grade != new.grade:
        yield "grade"


def _ends(item: Scored) -> tuple[object, ...]:
    """Return the least and the greatest score, and whether there is one; how far the range is known is not compared."""
    there = not isinstance(item, IndicatorResult) or not item.excluded
    return item.range.min, item.range.max, item.range.rated, there


def _score(item: Scored) -> Fraction | None:
    return item.score if isinstance(item, IndicatorResult) else item.range.score


def _change(before: ScoreRange, after: ScoreRange) -> Fraction | None:
    return None if before.score is None or after.score is None else after.score - before.score


def _shown(item: Scored | None, lang: Lang) -> str:
    if item is None:
        return Text("（没有）", "(none)").to(lang)
    if isinstance(item, IndicatorResult) and item.excluded:
        return Text("不适用", "not applicable").to(lang)
    return score_text(item.range).to(lang)


def _signed(change: Fraction | None) -> str:
    if not change:
        return ""
    return f" ({'+' if change > 0 else ''}{text_of(change)})"

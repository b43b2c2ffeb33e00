"""Cohorts: what is asked of the values that all departments of a group have for one figure."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from fractions import Fraction

from rubric_dsl.core import keys
from rubric_dsl.diagnostics import NO_TEXT, Text
from rubric_dsl.numbers import parse_number, percent_text
from rubric_dsl.ranges import Range, between, exactly
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Leaf, Node, Tree, leaf_text


@dataclass(frozen=True, slots=True)
class Cohort:
    """A statistic of a figure over a group: ``kind`` is mean, max, min, count, quantile or rank.

    ``high`` and ``low`` values are dropped first; ``share`` is the quantile; equal values share the ``first``, the
    ``last`` or the ``mean`` of their places; ``descending`` ranks the highest first.
    """

    kind: str
    figure: str
    high: int = 0
    low: int = 0
    share: Fraction | None = None
    descending: bool = True
    ties: str = "first"

    @property
    def words(self) -> Text:
        """What it is called: the mean of the group's prices, the highest 1 left out."""
        if self.kind == "rank":
            order = Text("从高到低", "high to low") if self.descending else Text("从低到高", "low to high")
            ties = _TIES[self.ties]
            return Text(
                f"“{self.figure}”在同类单位中的名次（{order.zh}{ties.zh}）",
                f"the rank of '{self.figure}' in the group ({order.en}{ties.en})",
            )
        name = _STATISTICS[self.kind]
        share = "" if self.share is None else percent_text(self.share)
        ends = ((self.high, "去最高", "highest"), (self.low, "去最低", "lowest"))
        zh = "，".join(f"{before} {count}" for count, before, _ in ends if count)
        en = ", ".join(f"the {before} {count}" for count, _, before in ends if count)
        out = Text(f"（{zh}）", f", {en} left out") if zh else NO_TEXT
        return Text(
            f"“{self.figure}”的同类单位{share}{name.zh}{out.zh}",
            f"the {f'{share} ' * bool(share)}{name.en} of '{self.figure}' in the group{out.en}",
        )


_TIES = {
    "first": NO_TEXT,
    "last": Text("，并列取末位", ", ties take the last"),
    "mean": Text("，并列取平均", ", ties share the mean"),
}
_STATISTICS = {
    "mean": Text("平均", "mean"),
    "max": Text("最高", "highest"),
    "min": Text("最低", "lowest"),
    "count": Text("个数", "number of values"),
    "quantile": Text("分位", "quantile"),
}


def cohort_key(cohort: Cohort) -> str:
    """Return the key of the number in an evaluation."""
    parts = (cohort.kind, cohort.high, cohort.low, cohort.share, cohort.descending, cohort.ties)
    return keys.statistic_key(cohort.figure, *parts)


def is_cohort(key: str) -> bool:
    """Whether a key is a statistic of a group."""
    return keys.kind_of(key) == "cohort"


def unknown_statistic(cohort: Cohort, bounds: Range) -> Range:
    """Return what a statistic can be while the group is not known; ``bounds`` are those of its figure."""
    return between(1, None) if cohort.kind in ("rank", "count") else bounds


class Group:
    """The known values of a group for one figure, in order; each statistic is worked out once for all its members."""

    def __init__(self, values: Iterable[Fraction]) -> None:
        self.ordered: list[Fraction] = sorted(values)
        self._known: dict[Cohort, Range | None] = {}

    def statistic(self, cohort: Cohort, own: Range) -> Range | None:
        """Return a statistic of the group, or the place of one's own value; None when the group is too small for it.

        The values hold the department's own too where it is known. The quantile is the straight line between the two
        nearest places (places counted from 0 to n − 1), as spreadsheets do it.
        """
        if cohort.kind == "rank":
            return self._rank(cohort, own)
        if cohort not in self._known:
            self._known[cohort] = self._of_all(cohort)
        return self._known[cohort]

    def _of_all(self, cohort: Cohort) -> Range | None:
        if cohort.kind == "count":
            return exactly(len(self.ordered))
        kept = self.ordered[cohort.low : len(self.ordered) - cohort.high]
        if not kept:
            return None
        if cohort.kind == "mean":
            return exactly(sum(kept, Fraction(0)) / len(kept))
        if cohort.kind == "quantile" and cohort.share is not None:
            return exactly(_quantile(kept, cohort.share))
        return exactly(kept[-1] if cohort.kind == "max" else kept[0])

    def _rank(self, cohort: Cohort, own: Range) -> Range | None:
        size = len(self.ordered)
        if not size:
            return None
        if own.known is None:
            return between(1, size + 1)
        below, above = bisect_left(self.ordered, own.known), bisect_right(self.ordered, own.known)
        ahead = size - above if cohort.descending else below
        equal = max(1, above - below)
        extra = {"first": Fraction(0), "last": Fraction(equal - 1), "mean": Fraction(equal - 1, 2)}[cohort.ties]
        return exactly(ahead + 1 + extra)


def _quantile(ordered: list[Fraction], share: Fraction) -> Fraction:
    place = share * (len(ordered) - 1)
    below = min(math.floor(place), len(ordered) - 1)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def cohort_of(which: str, key: str, options: tuple[Tree, ...]) -> Cohort:
    """Return what a call asks of the group: which statistic of a figure, with its options."""
    kinds = {child.kind for child in options}
    dropped = {child.kind: int(parse_number(leaf_text(child))) for child in options if isinstance(child, Node)}
    share = next(
        (parse_number(child.text) for child in options if isinstance(child, Leaf) and child.kind == "PERCENT"), None
    )
    ties = "mean" if "TIES_MEAN" in kinds else "last" if "TIES_LOW" in kinds else "first"
    return Cohort(
        which.removeprefix("COHORT_").lower(),
        key,
        dropped.get("drop_highest", 0),
        dropped.get("drop_lowest", 0),
        share,
        descending="LOW_TO_HIGH" not in kinds,
        ties=ties,
    )


def unsaid(cohort: Cohort, call: Node) -> tuple[str, Text, Text] | None:
    """Return the code, the message and the hint where a call leaves open what is asked of the group."""
    kinds = {child.kind for child in call.children}
    if "RANK" in kinds and not {"HIGH_TO_LOW", "LOW_TO_HIGH"} & kinds:
        message = Text(
            "没有说明名次从高到低还是从低到高", "it is not stated whether the highest or the lowest ranks first"
        )
        return "rank-order", message, Text("写作：名次（…，从高到低）", "write: rank(…, high to low)")
    if "COHORT_QUANTILE" in kinds and cohort.share is None:
        hint = Text("写作：同组分位（…，25%）", "write: cohort_quantile(…, 25%)")
        return "quantile-share", Text("没有说明是百分之几的分位", "it is not stated which quantile"), hint
    return None

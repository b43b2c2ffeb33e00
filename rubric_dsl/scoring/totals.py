"""Results over results: subtotals, the total and what comes after it, evaluated as they become known."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.core.keys import heading_id, heading_path, kind_of, result_key
from rubric_dsl.core.walk import keys_of
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.evaluate.known import settled_value
from rubric_dsl.evaluate.result import (
    NOTHING_TOLD,
    GradeResult,
    IndicatorResult,
    ScoreRange,
    SectionResult,
    SumStatus,
    Telling,
    Told,
)
from rubric_dsl.evaluate.state import Env, Outcome
from rubric_dsl.inputs.bind import Bound
from rubric_dsl.model.model import Adjustment, Grade, Indicator, Model, Section
from rubric_dsl.model.totals import flag_of
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range

NO_VALUE = {
    "zero-denominator": Text("分母为 0", "a denominator is 0"),
    "unavailable": Text("有一个数是“无数据”", "a figure is unavailable"),
    "domain": Text(
        "负数不能开方，零和负数没有对数", "a negative number has no root, and no number below or at 0 a logarithm"
    ),
    "gap": Text("没有一种情形符合", "no case holds"),
}
"""Why a definition has no value, by the kind of the evaluator's fault."""


class Whole:
    """The results of one submission so far. A definition without a value keeps the range of all numbers."""

    def __init__(self, model: Model, bound: Bound) -> None:
        self.model: Model = model
        self.bound: Bound = bound
        self.figures: dict[str, Range] = dict(bound.figures)
        self.open: dict[str, dict[bool, Range]] = {}
        self.loose: set[str] = set()
        self.waiting: bool = False
        self.faults: list[Diagnostic] = []

    @property
    def env(self) -> Env:
        """What is known now."""
        return Env(self.figures, self.bound.choices)

    def keep(self, indicator: Indicator, result: IndicatorResult, outcome: Outcome) -> None:
        """Keep an indicator's result for those that read it."""
        range_ = result.range
        key, flag = result_key("score", indicator.name), result_key("applies", indicator.name)
        if range_.min == range_.max:  # also where somebody set it
            self.figures[key] = ranges.exactly(range_.min)
        else:
            self.figures[key] = indicator.held(outcome.score)
        possible = outcome.applicable if result.status != "override" and outcome.worlds else frozenset({True})
        self.figures[flag] = ranges.between(min(possible), max(possible))
        self.bound.waits[key] = self.bound.waits[flag] = result.missing
        if result.status == "invalid":
            self.bound.invalid |= {key, flag}
        if len(possible) > 1 and indicator.exclusion:
            self.open[indicator.name] = {
                applies: ranges.hull([score for own, score in outcome.worlds if own is applies]) for applies in possible
            }
        if not range_.tight:
            self.loose.add(key)
        self.waiting |= range_.score is None

    def define(self, key: str) -> None:
        """Evaluate one definition with what is known."""
        known = settled_value(self.model.totals.definitions[key].value, self.env)
        if known is not None:
            self.figures[key] = ranges.exactly(known)
            self.bound.waits[key] = ()
            return
        value, trace = value_of(self.model.totals.definitions[key].value, self.env)
        self.figures[key] = value if value is not None else ranges.EVERYTHING
        reads = list(keys_of(self.model.totals.definitions[key].value))
        self.bound.waits[key] = tuple(dict.fromkeys(name for read in reads for name in self.bound.waits.get(read, ())))
        unknown = [read for read in reads if read in self.figures and self.figures[read].known is None]
        choices = [read for read in reads if len(self.bound.choices.get(read, ())) > 1]
        if len(unknown) > len(set(unknown)) or choices or any(read in self.loose for read in reads):
            self.loose.add(key)
        if value is None or (value.known is None and any(read in self.bound.invalid for read in reads)):
            self.bound.invalid.add(key)
        if value is None:
            self._no_value(key, [fault.kind for fault in trace.faults])

    def _no_value(self, key: str, kinds: list[str]) -> None:
        if kind_of(key) == "grade":
            return
        name = heading_path(key)[-1]
        place: tuple[Place, ...] = ()
        if kind_of(key) == "total":
            # What is kept under a number is the total after so many adjustments.
            done = self.model.adjustments[: int(name)] if name.isdecimal() else self.model.adjustments
            place = tuple(item.place for item in done[-1:])
            words = Text("没有总分", "there is no total")
        else:
            words = Text(f"“{name}”没有合计得分", f"'{name}' has no combined score")
        if "undecided" in kinds:
            words = Text(
                f"“{name}”的数离舍入的界限太近，算到 1920 位仍不能确定",
                f"the number of '{name}' is too close to an edge of rounding: 1,920 digits do not decide it",
            )
        why = next((NO_VALUE[kind] for kind in NO_VALUE if kind in kinds), None)
        hint = Text("核对这里用到的数和得分", "check the figures and the scores that it uses")
        self.faults.append(Diagnostic("no-subtotal", "error", "data", words, place, why=why, hint=hint))

    def settle(self) -> None:
        """Where results share missing figures, or may not be applicable, find their ranges together."""
        if not self.open and not self.waiting:
            return
        from rubric_dsl.missing.whole_rubric import settled_together

        for key, (found, tight) in settled_together(
            self.model, self.bound, self.figures, self.open, frozenset(self.loose)
        ).items():
            self.figures[key] = found
            self.loose.discard(key)
            if not tight:
                self.loose.add(key)

    def total(self) -> ScoreRange:
        """Return the total with the points in play."""
        key = self.model.totals.total
        if not key:
            return ScoreRange(Fraction(0), Fraction(0), Fraction(0))
        points = self.figures[self.model.totals.points].known
        return self._range(key, self.model.points if points is None else points)

    def section(self, section: Section) -> SectionResult:
        """Return a heading's result."""
        name = heading_id((*section.path, section.name))
        key = result_key("score", name)
        if key in self.figures:
            in_play = self.figures.get(result_key("points", name))
            points = section.points if in_play is None or in_play.known is None else in_play.known
            found = self._range(key, points)
        else:
            found = ScoreRange(Fraction(0), section.points, section.points, tight=False)
        grade, status = self._grade_of(name, section.grades), self.status(key, found)
        told = self.telling(name, found)
        return SectionResult(section.name, section.level, section.path, found, grade, section.role, status, told)

    def telling(self, key: str, score: ScoreRange) -> Telling:
        """Return how a heading's score (without a key: the total) came about, put into words when it is asked for."""
        found = self.model.totals.combinations.get(key)
        if found is None:
            return NOTHING_TOLD

        def told() -> Told:
            from rubric_dsl.scoring.combining import told_of

            return told_of(found, self.env, score)

        return Telling(told)

    def _range(self, key: str, points: Fraction) -> ScoreRange:
        rated = self._rated(key)
        if rated is False:
            return ScoreRange(Fraction(0), Fraction(0), Fraction(0), rated=False)
        found = self.figures[key]
        tight = key not in self.loose
        low, high = found.low.value, found.high.value
        if low is None or high is None:
            return ScoreRange(min(Fraction(0), points), points, points, tight=False, rated=rated)
        return ScoreRange(low, high, points, tight, rated)

    def _rated(self, key: str) -> bool | None:
        """Return whether there is a result at all; None while that is open."""
        flag = self.figures.get(flag_of(self.model.totals, key))
        if flag is None:
            return True
        return None if flag.known is None else flag.known == 1

    def status(self, key: str, found: ScoreRange) -> SumStatus:
        """Return what a heading's score, or the total, stands on."""
        if found.rated is False:
            return "not_rated"
        if key in self.bound.invalid:
            return "invalid"
        return "missing" if found.score is None else "scored"

    def held(self, indicator: Indicator, result: IndicatorResult) -> IndicatorResult:
        """Return a result held to its base mark where a veto may hold it."""
        final = self.figures.get(result_key("final", indicator.name))
        if final is None or final.low.value is None or final.high.value is None:
            return result
        held = replace(result.range, min=final.low.value, max=final.high.value)
        if held == result.range:
            return result

        def told() -> Told:
            base, before = text_of(indicator.base or Fraction(0)), result.telling.told
            more = Text(f"；一票否决：最多得基本分 {base}", f"; veto: at most the base mark {base}")
            return replace(before, reason=Text(before.reason.zh + more.zh, before.reason.en + more.en))

        return replace(result, range=held, telling=Telling(told))

    def grade(self) -> GradeResult:
        """Return the grade of the total, or all grades still possible."""
        return self._listed(self.model.totals.grade, self.model.grades)

    def _grade_of(self, name: str, grades: tuple[Grade, ...]) -> GradeResult:
        """Return a heading's own grade; else the step of the scale that its score is."""
        key = result_key("grade", name)
        if grades and key in self.figures:
            return self._listed(key, grades)
        key = result_key("score", name)
        rated = self._rated(key) if self.model.scale else True
        score = self.figures.get(key)
        known = score.known if score is not None and rated is not False else None
        found = next((step.name for step in self.model.scale if step.value == known), None)
        return GradeResult(found if rated else None, (found,) if found is not None else (), rated)

    def _listed(self, key: str, grades: tuple[Grade, ...]) -> GradeResult:
        if not key or key not in self.figures or not grades:
            return GradeResult(None, ())
        rated = self._rated(key)
        if rated is False:
            return GradeResult(None, (), rated=False)
        found = self.figures[key]
        last = len(grades) - 1
        possible = tuple(
            grade.name
            for index, grade in enumerate(grades)
            if ranges.restrict(found, "=", Fraction(last - index)) is not None
        )
        settled = rated and len(possible) == 1 and found.known is not None
        return GradeResult(possible[0] if settled else None, possible, rated)

    def adjusted(self, index: int, item: Adjustment) -> tuple[ScoreRange, bool | None]:
        """Return the total after an adjustment, and whether a veto holds (None: not settled, or no veto)."""
        following = result_key("total", str(index + 1))
        key = following if following in self.figures else self.model.totals.total
        flag = self.figures.get(result_key("applies", f"veto:{item.name}")) if item.kind == "veto" else None
        holds = None if flag is None or flag.known is None else flag.known == 1
        return self._range(key, self.model.points), holds

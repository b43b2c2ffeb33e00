"""What can be said of a whole rubric: its total, its grades, what nothing earns, what counts more than once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations, islice

from rubric_dsl.analysis.algebra import alike
from rubric_dsl.analysis.claims import IndicatorVerification, ProofVerdict, RubricClaim
from rubric_dsl.analysis.indicator import NOT_SHOWN
from rubric_dsl.analysis.reach import World, plain_data
from rubric_dsl.core.keys import is_result
from rubric_dsl.core.nodes import Condition, Expr
from rubric_dsl.core.walk import conditions_of, keys_of, keys_of_program, parts_of
from rubric_dsl.data.submission import Figure, Statement, Submission
from rubric_dsl.diagnostics import Text
from rubric_dsl.evaluate.evaluator import PRECISIONS
from rubric_dsl.evaluate.result import Result
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range
from rubric_dsl.scoring.score import score


def whole_claims(model: Model, world: World, reports: tuple[IndicatorVerification, ...]) -> tuple[RubricClaim, ...]:
    """Return the claims about a rubric as a whole."""
    sampled = tuple(_samples(model, world, reports))
    return (
        *_total(model, world, sampled),
        *_grades(model, world, sampled),
        *_for_nothing(model),
        *_counted_again(model),
        *_ends(model),
    )


def steps_bound(model: Model) -> int:
    """Return how many nodes of core one scoring looks at, at the most, for data that are all known.

    Core has no loops, so each node is computed once, and again for each precision tried where numbers are irrational.
    """
    rules = sum(
        _size(variant.measure) + _size(variant.score) + (_size_in(variant.condition) if variant.condition else 0)
        for indicator in model.indicators.values()
        for variant in indicator.program.variants
    )
    definitions = sum(_size(item.value) for item in model.totals.definitions.values())
    return (rules + definitions) * len(PRECISIONS)


def _size(expr: Expr | None) -> int:
    if expr is None:
        return 0
    return 1 + sum(_size_in(item) for item in conditions_of(expr)) + sum(_size(part) for part in parts_of(expr))


def _size_in(condition: Condition) -> int:
    left, right = getattr(condition, "left", None), getattr(condition, "right", None)
    if left is not None or right is not None:
        return 1 + _size(left) + _size(right)
    own = getattr(condition, "part", None)
    return 1 + sum(_size_in(item) for item in (*getattr(condition, "parts", ()), *((own,) if own is not None else ())))


def _ends(model: Model) -> Iterator[RubricClaim]:
    bound = steps_bound(model)
    text = Text("评分一定会结束", "scoring always ends")
    reason = Text(f"至多 {bound} 步：规则里没有循环", f"within {bound} steps: rules have no loops")
    yield RubricClaim("ends", "", "proved", text, (), reason)


MOST_PAIRS = 50
"""So many pairs of measures are compared by algebra."""
Sample = tuple[str, Submission, Result]


def _samples(model: Model, world: World, reports: tuple[IndicatorVerification, ...]) -> Iterator[Sample]:
    """Yield whole submissions: everything at its best, at its worst, and one indicator after the other between."""
    best = {report.name: data for report in reports if (data := _shown(report, "reaches-full")) is not None}
    worst = {report.name: data for report in reports if (data := _shown(report, "reaches-least")) is not None}
    plain = plain_data(model, world)
    for chosen in _mixes(list(model.indicators), best, worst):
        figures = dict(plain)
        for data in chosen.values():
            figures.update(data)
        submission = Submission(figures={key: Figure(key, Statement(text)) for key, text in figures.items()})
        listed = "，".join(f"{key} = {text}" for key, text in figures.items())
        result = score(model, submission, "")
        if not any(item.is_error for item in result.diagnostics):  # data that are turned down show nothing
            yield listed, submission, result


def _mixes(
    names: list[str], best: Mapping[str, dict[str, str]], worst: Mapping[str, dict[str, str]]
) -> Iterator[dict[str, dict[str, str]]]:
    count = min(len(names), 40)
    for index in range(count + 1):
        at = len(names) * index // count if count else 0
        picked = [best.get(name) if position >= at else worst.get(name) for position, name in enumerate(names)]
        yield {name: data for name, data in zip(names, picked, strict=True) if data is not None}


def _shown(report: IndicatorVerification, name: str) -> dict[str, str] | None:
    claim = next((item for item in report.claims if item.name == name and item.verdict == "proved"), None)
    return dict(claim.data) if claim is not None else None


def _total(model: Model, world: World, sampled: tuple[Sample, ...]) -> Iterator[RubricClaim]:
    key = model.totals.total
    if not key:
        return
    found: Range = world.env.figures[key]
    least, most = model.total_limits
    text = Text(
        f"总分在 {text_of(least)} 到 {text_of(most)} 之间", f"the total stays from {text_of(least)} to {text_of(most)}"
    )
    low, high = found.low.value, found.high.value
    if low is not None and high is not None and low >= least and high <= most:
        reason = Text(
            f"总分在 {text_of(low)} 到 {text_of(high)} 之间", f"it lies from {text_of(low)} to {text_of(high)}"
        )
        yield RubricClaim("total-within", "", "proved", text, (), reason)
        return
    totals = [(item, item[2].total.score) for item in sampled]
    outside = next(((item, total) for item, total in totals if total is not None and not least <= total <= most), None)
    a = "−∞" if low is None else text_of(low)
    b = "∞" if high is None else text_of(high)
    reason = Text(f"可能从 {a} 到 {b}", f"it can lie from {a} to {b}")
    if outside is not None:
        (listed, _, _), total = outside
        reason = Text(f"这份数据得 {text_of(total)}", f"these data score {text_of(total)}")
        yield RubricClaim("total-within", "", "refuted", text, (listed,), reason)
    else:
        yield RubricClaim("total-within", "", "undecided", text, (), reason)


def _grades(model: Model, world: World, sampled: tuple[Sample, ...]) -> Iterator[RubricClaim]:
    if not model.totals.grade or not model.grades:
        return
    reached: dict[str, Sample] = {}
    for item in sampled:
        if item[2].grade.value is not None:
            reached.setdefault(item[2].grade.value, item)
    possible = world.env.figures[model.totals.grade]
    last = len(model.grades) - 1
    for index, grade in enumerate(model.grades):
        text = Text(f"能得到等级“{grade.name}”", f"the grade '{grade.name}' can be reached")
        low, high = possible.low.value, possible.high.value
        out = (low is not None and last - index < low) or (high is not None and last - index > high)
        if grade.name in reached:
            got = reached[grade.name]
            reason = Text(
                f"总分 {text_of(got[2].total.score or Fraction(0))}",
                f"total {text_of(got[2].total.score or Fraction(0))}",
            )
            yield RubricClaim("grade-reachable", "", "proved", text, (got[0],), reason)
        elif out:
            yield RubricClaim("grade-reachable", "", "refuted", text)
        else:
            about = ((grade.name, grade.name),)
            yield RubricClaim("grade-reachable", "", "undecided", text, (), NOT_SHOWN, about=about)


def _for_nothing(model: Model) -> Iterator[RubricClaim]:
    """What a submission that reports nothing is sure of, and what 'not applicable' gives."""
    empty = score(model, Submission(), "")
    sure = {name: item.range.min for name, item in empty.indicators.items() if item.range.min > 0}
    text = Text("什么都不填，得不到分", "reporting nothing earns nothing")
    if sure:
        reason = _listed_points(sure)
        yield RubricClaim("for-nothing", "", "refuted", text, (), reason)
    elif empty.has_total and empty.total.min > 0:
        total = text_of(empty.total.min)
        verdict: ProofVerdict = "refuted" if empty.total.rated else "undecided"
        yield RubricClaim(
            "for-nothing", "", verdict, text, (), Text(f"总分至少 {total}", f"the total is at least {total}")
        )
    else:
        yield RubricClaim("for-nothing", "", "proved", text)
    waived = {name: points for name, item in model.indicators.items() if (points := _waived(item)) > 0}
    if waived:
        text = Text("“不适用”不得分", "'not applicable' gives no points")
        yield RubricClaim("not-applicable-points", "", "refuted", text, (), _listed_points(waived))


def _waived(indicator: Indicator) -> Fraction:
    own = [
        variant.score.value
        for variant, rule in zip(indicator.program.variants, indicator.rules, strict=True)
        if not rule.applies and not rule.excluded and hasattr(variant.score, "value")
    ]
    return max((value for value in own if isinstance(value, Fraction)), default=Fraction(0))


def _listed_points(points: Mapping[str, Fraction]) -> Text:
    total = text_of(sum(points.values(), Fraction(0)))
    listed = [f"{name} {text_of(value)}" for name, value in points.items()]
    return Text(f"共 {total} 分：" + "、".join(listed), f"{total} in all: " + ", ".join(listed))


def _counted_again(model: Model) -> Iterator[RubricClaim]:
    """Facts that several indicators count: one lapse is then paid for more than once."""
    users: dict[str, list[str]] = defaultdict(list)
    measures: dict[Expr, list[str]] = defaultdict(list)
    for name, indicator in model.indicators.items():
        for key in dict.fromkeys(keys_of_program(indicator.program)):
            if not is_result(key):
                users[key].append(name)
        if indicator.program.main.measure is not None:
            measures[indicator.program.main.measure].append(name)
    for names in measures.values():
        if len(names) > 1:
            text = Text("每个指标值只计一次", "every measure counts once")
            reason = Text("同一个指标值：" + "、".join(names), "the same measure: " + ", ".join(names))
            yield RubricClaim("counted-again", "", "refuted", text, (), reason)
    yield from _in_other_words(measures)
    shared = {key: names for key, names in users.items() if len(names) > 1}
    text = Text("每个数据项只用于一个指标", "every figure is used by one indicator")
    if not shared:
        yield RubricClaim("figure-shared", "", "proved", text)
    for key, names in shared.items():
        points = sum((model.indicators[name].points for name in names), Fraction(0))
        reason = Text(
            f"“{key}”用于 {'、'.join(names)}，共 {text_of(points)} 分",
            f"'{key}' is used by {', '.join(names)}: {text_of(points)} points",
        )
        yield RubricClaim("figure-shared", "", "refuted", text, (), reason)


def _in_other_words(measures: Mapping[Expr, list[str]]) -> Iterator[RubricClaim]:
    """Measures of the same figures that algebra shows to be one, or a straight line of each other."""
    figures: dict[frozenset[str], list[Expr]] = defaultdict(list)
    for measure in measures:
        figures[frozenset(keys_of(measure))].append(measure)
    pairs = (pair for found in figures.values() for pair in combinations(found, 2))
    for one, other in islice(pairs, MOST_PAIRS):
        how = alike(one, other)
        if how is None:
            continue
        names = [*measures[one], *measures[other]]
        text = Text("每个指标值只计一次", "every measure counts once")
        words = {
            "same": Text("同一个指标值，写法不同：", "the same measure, written differently: "),
            "line": Text(
                "一个指标值由另一个乘一个数、加一个数得到：", "one measure is the other, times a number plus a number: "
            ),
        }[how]
        reason = Text(words.zh + "、".join(names), words.en + ", ".join(names))
        yield RubricClaim("counted-again", "", "refuted", text, (), reason)


__all__ = ["steps_bound", "whole_claims"]

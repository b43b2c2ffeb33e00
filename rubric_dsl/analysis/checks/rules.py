"""Rules that say something that cannot be meant: bands out of reach, marks that no data earn, scores up and down."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.analysis.reach import Reach, World, reaches, world_of, world_of_rules
from rubric_dsl.analysis.scores import Scores, scores_of, scores_text, together
from rubric_dsl.analysis.stretches import Stretch, course, stretches
from rubric_dsl.analysis.zeros import denominators, never_zero, zero_after_total, zero_data
from rubric_dsl.core.nodes import Case, Expr
from rubric_dsl.core.walk import parts_of
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.forms.base import measure_text
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.numbers import text_of

_Zeros = dict[Text, dict[str, tuple[Place, Fraction, str]]]
"""By denominator and name: where it is divided by, the points that hang on it, and data that make it 0."""


def rules(model: Model) -> tuple[Diagnostic, ...]:
    """Report what no data can reach, and bands whose scores go up and down as the measure rises."""
    world = world_of_rules(model)
    zeros: _Zeros = {}
    told = [item for indicator in model.indicators.values() for item in _rule(indicator, world, zeros)]
    for adjustment, division, data in zero_after_total(model, world_of(model)) if model.adjustments else ():
        zeros.setdefault(division.words, {}).setdefault(adjustment.name, (adjustment.place, model.points, data))
    return (*told, *(_zero_denominator(words, found) for words, found in zeros.items() if found))


def _rule(indicator: Indicator, world: World, zeros: _Zeros) -> Iterator[Diagnostic]:
    found, never, _ = reaches(indicator, world)
    for item in denominators(indicator.program, world, found):
        told = zeros.setdefault(item.division.words, {})
        if indicator.name in told or never_zero(indicator.program, item):
            continue
        shown = zero_data(indicator.program, item)
        if shown is not None:
            told[indicator.name] = (indicator.place, indicator.points, shown.text)
    yield from _unreached(indicator, found, never)
    scores = together(scores_of(reach.pieces, reach.rounding) for reach in found)
    yield from _full(indicator, scores)
    main = next((reach for reach in found if reach.variant is indicator.program.main), None)
    key = main.measure_key if main is not None else None
    if main is not None and key is not None and any(form.role == "case" for form in indicator.forms):
        yield from _up_and_down(indicator, stretches(main.pieces, key))


def _zero_denominator(words: Text, found: dict[str, tuple[Place, Fraction, str]]) -> Diagnostic:
    """One message for a denominator, with everything that divides by it."""
    names = "、".join(found)
    points = text_of(sum((points for _, points, _ in found.values()), Fraction(0)))
    data = next(data for _, _, data in found.values())
    return Diagnostic(
        "denominator-zero",
        "warning",
        "rule",
        Text(
            f"分母“{words.zh}”可以是 0：{names}", f"the denominator '{words.en}' can be 0: {names.replace('、', ', ')}"
        ),
        tuple(place for place, _, _ in found.values()),
        witness=Text(f"例：{data}", f"for example: {data.replace('，', ', ')}"),
        why=Text(f"这时没有得分，涉及 {points} 分", f"there is no score then; {points} points depend on it"),
        hint=Text(
            "不会是 0 的，在数据表里写“> 0”；会是 0 的，写：不适用 当 … = 0，…",
            "where it cannot be 0, declare '> 0' in the form; where it can, write: not applicable when … = 0, …",
        ),
    )


def _unreached(indicator: Indicator, found: tuple[Reach, ...], never: tuple[int, ...]) -> Iterator[Diagnostic]:
    taken = {words for reach in found for piece in reach.pieces for words in piece.taken}
    blurred = any(not piece.exact for reach in found for piece in reach.pieces)
    own = [words for reach in found for words in _words(reach.variant.score) if words not in taken]
    own += [indicator.rules[index].called for index in never]
    for zh, en in dict.fromkeys(words for words in own if words[0]):
        if blurred:
            return
        yield Diagnostic(
            "never-reached",
            "warning",
            "rule",
            Text(f"{indicator.name}：“{zh}”永远用不到", f"{indicator.name}: '{en}' can never be reached"),
            _places(indicator, (zh, en)),
            why=Text("任何数据都不会按它计分", "no data are ever scored by it"),
            hint=Text(
                "前面的规则已经包括它，或条件不可能成立：改条件、换次序，或删去",
                "the rules before it cover it, or its condition cannot hold: change it, move it up, or remove it",
            ),
        )


def _words(expr: Expr) -> list[tuple[str, str]]:
    own = [item.words for item in expr.branches] if isinstance(expr, Case) else []
    return own + [words for part in parts_of(expr) for words in _words(part)]


def _places(indicator: Indicator, words: tuple[str, str]) -> tuple[Place, ...]:
    """The clause itself where its form kept its place, then the indicator."""
    for form in indicator.forms:
        places: tuple[Place, ...] = getattr(form, "places", ())
        for branch, place in zip(form.branches(), places, strict=False):
            if branch.words == words:
                return (place, indicator.place)
    return (indicator.place,)


def _full(indicator: Indicator, scores: Scores) -> Iterator[Diagnostic]:
    if indicator.role != "part" or scores.holds(indicator.points) or not (scores.values or scores.stretches):
        return
    points, listed = text_of(indicator.points), scores_text(scores)
    yield Diagnostic(
        "full-marks-unreachable",
        "warning",
        "rule",
        Text(
            f"{indicator.name}：没有数据能得满分 {points} 分",
            f"{indicator.name}: no data can earn the full {points} points",
        ),
        (indicator.place,),
        why=Text(f"能得的分：{listed.zh}", f"scores that can be: {listed.en}"),
        hint=Text("改规则，或改指标的分值", "change the rule, or the indicator's points"),
    )


def _up_and_down(indicator: Indicator, found: tuple[Stretch, ...]) -> Iterator[Diagnostic]:
    """Bands may rise to a best place and fall after it; a valley, or a second rise, is most likely a slip."""
    way = course(found)
    valley = way.turns == 1 and way.falling is not None and way.rising is not None and way.falling[0] < way.rising[0]
    if way.rising is None or way.falling is None or not (way.turns > 1 or valley):
        return
    values = dict.fromkeys(value for pair in (way.rising, way.falling) for value in pair)
    told = [(measure_text(value, indicator.kind), _score_at(found, value)) for value in sorted(values)]
    zh, en = (
        "；".join(f"{at.zh} 计 {score} 分" for at, score in told),
        "; ".join(f"{at.en} scores {score}" for at, score in told),
    )
    yield Diagnostic(
        "up-and-down",
        "warning",
        "rule",
        Text(
            f"{indicator.name}：指标值升高时，得分时升时降",
            f"{indicator.name}: as the measure rises the score goes up and down",
        ),
        (indicator.place,),
        witness=Text(f"例：{zh}", f"for example: {en}"),
        hint=Text("核对各档的分数和端点", "check the scores and the ends of the bands"),
    )


def _score_at(found: tuple[Stretch, ...], value: Fraction) -> str:
    """Return the score at a measure."""
    own = next(item for item in found if ranges.restrict(item.range, "=", value) is not None)
    score = own.at(value)
    return "?" if score is None else text_of(score)

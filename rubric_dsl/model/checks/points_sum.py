"""Children's points must sum to the parent's, and the tree's to the total."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.model.model import Model
from rubric_dsl.numbers import percent_text, text_of
from rubric_dsl.records import dataclass


def points_sum(model: Model, broken: bool) -> tuple[Diagnostic, ...]:
    """Report every heading whose parts do not make up its points. Silent while parts could not be read."""
    if broken:
        return ()
    found: list[Diagnostic] = []
    below = _below(model)
    for section in model.sections:
        parts = below.get(((*section.path, section.name), section.role), [])
        if not parts:
            found.append(_empty(section.name, section.place))
        else:
            found.extend(_check(section.combine, section.name, section.points, parts, section.place))
    top = below.get(((), "part"), [])
    if top:
        found.extend(_check(model.combine, model.name, model.points, top, top[0].place))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Part:
    name: Text
    points: Fraction
    weight: Fraction | None
    place: Place


def _below(model: Model) -> dict[tuple[tuple[str, ...], str], list[_Part]]:
    """What stands directly below each heading, by path and role: sections, indicators, and pools once."""
    found: dict[tuple[tuple[str, ...], str], list[_Part]] = {}
    for section in model.sections:
        part = _Part(Text(section.name, section.name), section.points, section.weight, section.place)
        found.setdefault((section.path, section.role), []).append(part)
    for item in model.indicators.values():
        if not item.pool:
            part = _Part(Text(item.name, item.name), item.points, item.weight, item.place)
            found.setdefault((item.path, item.role), []).append(part)
    for pool in model.pools:
        found.setdefault((pool.path, "part"), []).append(_Part(pool.words, pool.points, None, pool.place))
    return found


def _check(combine: str, name: str, points: Fraction, parts: list[_Part], place: Place) -> list[Diagnostic]:
    if combine in ("NO_TOTAL", "CAPPED", "BEST_SUM"):
        return []
    if combine == "SUM_OF":
        listed = [part.points for part in parts]
        return [] if sum(listed, Fraction(0)) == points else [_differs(name, points, listed, place)]
    found = [_other_points(name, points, part) for part in parts if part.points != points]
    weights = sum((part.weight for part in parts if part.weight is not None), Fraction(0))
    if combine == "WEIGHTED_MEAN" and weights != 1:
        found.append(_weights(weights, parts[0].place))
    return found


def _other_points(name: str, points: Fraction, part: _Part) -> Diagnostic:
    message = Text(
        f"“{name}”不是求和，各项要用同一个满分 {text_of(points)}，“{part.name.zh}”是 {text_of(part.points)}",
        f"'{name}' is not a sum: its parts share the full points {text_of(points)}, '{part.name.en}' has {text_of(part.points)}",
    )
    hint = Text(f"改为 {text_of(points)}分，权重另写", f"write {text_of(points)}, and a weight beside it")
    return Diagnostic("points-differ", "error", "rule", message, (part.place,), hint=hint)


def _weights(total: Fraction, place: Place) -> Diagnostic:
    message = Text(f"权重合计 {percent_text(total)}，不是 100%", f"the weights sum to {percent_text(total)}, not 100%")
    hint = Text("改权重，使合计为 100%", "change the weights so that they sum to 100%")
    return Diagnostic("weights-sum", "error", "rule", message, (place,), hint=hint)


def _empty(name: str, place: Place) -> Diagnostic:
    return Diagnostic(
        "empty-section",
        "error",
        "rule",
        Text(f"“{name}”下面没有指标，也没有评价标准", f"'{name}' has neither indicators nor a rule"),
        (place,),
        hint=Text("在下面写指标，或写评价标准", "add indicators or a rule below it"),
    )


def _differs(name: str, points: Fraction, parts: list[Fraction], place: Place) -> Diagnostic:
    total = text_of(sum(parts, Fraction(0)))
    listed = " + ".join(text_of(part) for part in parts) + f" = {total}" if len(parts) > 1 else total
    return Diagnostic(
        "points-sum",
        "error",
        "rule",
        Text(
            f"“{name}”为 {text_of(points)} 分，下级合计 {listed} 分",
            f"'{name}' has {text_of(points)} points, its parts sum to {listed}",
        ),
        (place,),
        why=Text(
            f"相差 {text_of(abs(points - sum(parts, Fraction(0))))} 分",
            f"they differ by {text_of(abs(points - sum(parts, Fraction(0))))} points",
        ),
        hint=Text("改上级或下级的分值，使两边相等", "change the heading's points or its parts' so that they agree"),
    )

"""Children's points must sum to the parent's, and the tree's to the total."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.model.model import Model
from rubric_dsl.numbers import text_of


def points_sum(model: Model, broken: bool) -> tuple[Diagnostic, ...]:
    """Report every heading whose children do not sum to it. Silent while parts could not be read."""
    if broken:
        return ()
    found = []
    for section in model.sections:
        path = (*section.path, section.name)
        children = _children(model, path)
        if not children:
            found.append(_empty(section.name, section.place))
        elif sum(children, Fraction(0)) != section.points:
            found.append(_differs(section.name, section.points, children, section.place))
    top = _children(model, ())
    if top and sum(top, Fraction(0)) != model.points:
        places = [section.place for section in model.sections if not section.path]
        found.append(_differs(model.name or "", model.points, top, places[0] if places else None))
    return tuple(found)


def _children(model: Model, path: tuple[str, ...]) -> list[Fraction]:
    """The points directly below a heading: sections, indicators, and pools once."""
    parts = [section.points for section in model.sections if section.path == path]
    parts += [item.points for item in model.indicators.values() if item.path == path and not item.pool]
    return parts + [pool.points for pool in model.pools if pool.path == path]


def _empty(name: str, place: Place) -> Diagnostic:
    return Diagnostic(
        "empty-section",
        "error",
        "rule",
        Text(f"“{name}”下面没有指标，也没有评价标准", f"'{name}' has neither indicators nor a rule"),
        (place,),
        hint=Text("在下面写指标，或写评价标准", "add indicators or a rule below it"),
    )


def _differs(name: str, points: Fraction, parts: list[Fraction], place: Place | None) -> Diagnostic:
    listed = " + ".join(text_of(part) for part in parts)
    total = text_of(sum(parts, Fraction(0)))
    return Diagnostic(
        "points-sum",
        "error",
        "rule",
        Text(
            f"“{name}”为 {text_of(points)} 分，下级合计 {listed} = {total} 分",
            f"'{name}' has {text_of(points)} points, its parts sum to {listed} = {total}",
        ),
        (place,) if place else (),
        why=Text(
            f"相差 {text_of(abs(points - sum(parts, Fraction(0))))} 分",
            f"they differ by {text_of(abs(points - sum(parts, Fraction(0))))} points",
        ),
        hint=Text("改上级或下级的分值，使两边相等", "change the heading's points or its parts' so that they agree"),
    )

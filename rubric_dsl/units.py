"""Units: what they measure, how they convert, and what they are called in both languages."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.diagnostics import Lang
from rubric_dsl.records import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: ``dimension`` says what adds to what, ``factor`` how many base units it is."""

    id: str
    zh: str
    dimension: str
    factor: Fraction = Fraction(1)
    whole: bool = False

    def name(self, lang: Lang) -> str:
        """Return the unit's name in one language."""
        return self.zh if lang == "zh" else self.id


def _unit(id: str, zh: str, dimension: str, factor: str = "1", *, whole: bool = False) -> Unit:  # noqa: A002
    return Unit(id, zh, dimension, Fraction(factor), whole)


RATIO, POINTS_OF_RATIO = "ratio", "pp"
NOT_READ_UNIT = Unit("unknown", "？", "unknown")
"""Stands for a unit that was reported already, so that nothing that follows from it is reported as well."""
CHOICE_UNIT = Unit("choice", "选项", "choice")
"""Stands where a figure is a word and no amount."""
UNITS: tuple[Unit, ...] = (
    _unit("persons", "人", "persons"),
    _unit("yuan", "元", "money"),
    _unit("wan_yuan", "万元", "money", "10000"),
    _unit("yi_yuan", "亿元", "money", "100000000"),
    _unit("sqm", "㎡", "area"),
    _unit("mu", "亩", "area", "2000/3"),
    _unit("hours", "小时", "time", "1"),
    _unit("days", "天", "days"),
    _unit("months", "月", "months"),
    _unit("years", "年", "months", "12"),
    _unit("times", "次", "times"),
    _unit("cases", "例", "cases"),
    _unit("items", "个", "items"),
    _unit("places", "处", "places"),
    _unit("incidents", "起", "incidents"),
    _unit("entries", "条", "entries"),
    _unit("copies", "份", "copies"),
    _unit("pieces", "件", "pieces"),
    _unit("projects", "项", "projects"),
    _unit("number", "数", "number"),
    _unit("ratio", "比率", RATIO),
    _unit("pp", "个百分点", POINTS_OF_RATIO, "1/100"),
)
_OTHER_NAMES = {
    "person": "persons",
    "case": "cases",
    "item": "items",
    "place": "places",
    "incident": "incidents",
    "piece": "pieces",
    "day": "days",
    "hour": "hours",
    "month": "months",
    "year": "years",
    "project": "projects",
    "percentage points": "pp",
    "百分点": "pp",
    "个月": "months",
    "平方米": "sqm",
    "percent": "ratio",
}
_BY_NAME = {unit.id: unit for unit in UNITS} | {unit.zh: unit for unit in UNITS}


def find_unit(text: str) -> Unit | None:
    """Return the unit that a text names in either language, or None."""
    plain = " ".join(text.split())
    return _BY_NAME.get(plain) or _BY_NAME.get(_OTHER_NAMES.get(plain, ""))


def own_unit(text: str) -> Unit:
    """Return the unit that an author names in quotes: it adds and compares only with itself."""
    return find_unit(text) or Unit(text, text, f"own:{text}")

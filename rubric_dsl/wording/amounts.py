"""Amounts of a wording: a number with its unit, as it is written in a clause."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.numbers import parse_number
from rubric_dsl.records import dataclass
from rubric_dsl.units import find_unit

_NUMERALS = dict(zip("一二两三四五六七八九十", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))
_WORDS = dict(
    zip(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        range(1, 11),
        strict=True,
    )
)
_BARE = frozenset({"", "分"})
"""A measure that is itself a mark (评估分值≥90分) is a bare number of the language."""
_OTHER_UNITS = {"people": "人", "百分点": "个百分点", "percentage point": "个百分点", "case": "例"}

RATIO, PERCENTAGE_POINT, NUMBER = "ratio", "pp", "number"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit: an id of :mod:`rubric_dsl.units`, or a word of the author's own."""

    number: str
    unit: str

    @property
    def value(self) -> Fraction:
        """The number alone; a ratio in percent."""
        return parse_number(self.number)

    @property
    def written(self) -> str:
        """The amount as a clause in Chinese has it."""
        return self.number + self.unit_written

    @property
    def unit_written(self) -> str:
        """The unit as a clause in Chinese has it, with quotes where it is the author's own."""
        if self.unit == RATIO:
            return "%"
        if self.unit == NUMBER:
            return ""
        known = find_unit(self.unit)
        return f"“{self.unit}”" if known is None else known.zh


def number_of(written: str) -> str:
    """Return a number in digits; up to ten it may be a word."""
    small = _NUMERALS.get(written) or _WORDS.get(written)
    return written if small is None else str(small)


def unit_of(written: str) -> str:
    """Return the unit that a wording names: ``ratio`` for a percentage, ``number`` where it names none."""
    plain = written.strip()
    if plain in _BARE:
        return NUMBER
    if plain in ("%", "percent"):
        return RATIO
    known = find_unit(_OTHER_UNITS.get(plain, plain))
    return plain if known is None else known.id


def amount_of(number: str, unit: str) -> Amount:
    """Return the amount that a phrase holds."""
    return Amount(number_of(number), unit_of(unit))

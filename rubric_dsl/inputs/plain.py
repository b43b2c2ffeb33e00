"""What counts as plainly written: the numbers and words of the data that every engine reads by itself, alike.

What is written in any other way is left to the evaluator, whose reader is :func:`read_amount`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from rubric_dsl.forms.base import MARKS, NO, YES
from rubric_dsl.inputs.asked import AskedInput, asked_of
from rubric_dsl.model.model import Model
from rubric_dsl.numbers import NumberError, parse_number
from rubric_dsl.syntax.characters import fold, twin
from rubric_dsl.units import RATIO, Unit, find_unit

MOST_DIGITS = 12
"""A text with more digits before the point is left to the evaluator."""
_AMOUNT, _RATIO, _AWARD = 4, 6, 2
"""Decimals that an amount, a ratio and a mark have as a rule."""

UNAVAILABLE_WORD = "无数据"
UNAVAILABLE_WORDS = frozenset({UNAVAILABLE_WORD, "unavailable", "n/a"})
"""What states that a figure is not to be had; compared folded."""
TRUTH = {True: YES, False: NO}
"""The word that a truth value of the data stands for."""


def usual_places(model: Model, stated: int | None = None) -> dict[str, int]:
    """Return how many decimals of each number the engines read: ``stated``, or what is usual; none of a whole number."""
    return {item.key: _places(item, stated) for item in asked_of(model).values()}


def _places(item: AskedInput, stated: int | None) -> int:
    if item.whole:
        return 0
    if stated is not None:
        return stated
    if item.unit is None:
        return _AWARD
    return _RATIO if item.unit.dimension == RATIO else _AMOUNT


def number_pattern(decimals: str) -> str:
    """Return the regular expression of a plain number; ``decimals`` is a count as in ``{1,4}``, empty for none."""
    return f"-?[0-9]{{1,{MOST_DIGITS}}}" + (f"([.][0-9]{decimals})?" if decimals else "")


def spellings(item: AskedInput) -> Mapping[str, int]:
    """Return the texts that name a choice's options without any folding, each with its option's place."""
    found = {option: place for place, option in enumerate(item.options)}
    if item.kind == "mark":
        found |= {word: found[option] for word, option in MARKS.items() if option in found}
    return found


def words_of(option: str, *, mark: bool) -> list[str]:
    """Return the words that name an option, in lower case, the option's own first."""
    others = [word for word, own in MARKS.items() if mark and own == option]
    return list(dict.fromkeys([option.lower(), *others]))


def is_unavailable(text: str) -> bool:
    """Whether a text states that a figure is not to be had."""
    return fold(text.strip()) in UNAVAILABLE_WORDS


def option_of(text: str, options: tuple[str, ...], *, mark: bool) -> int | None:
    """Return the place of the option that a text names; None where it names none."""
    word = text.strip()
    folded = fold(MARKS.get(word.lower(), word) if mark else word)
    return next((place for place, option in enumerate(options) if fold(option) == folded), None)


def read_amount(text: str) -> tuple[Fraction, Unit | None]:
    """Read a figure as written: ``3.60``, ``20%``, ``27/7``, ``12 万元``; the unit is None when none is written.

    A percent sign is a unit: what is written so is a ratio.

    Raises:
        NumberError: it is no number.
    """
    plain = twin(text).strip()
    number = plain.rstrip("人元万亿㎡亩个处起条份件项例次年月天abcdefghijklmnopqrstuvwxyz_百分点方米平小时比率 ")
    unit_text = plain[len(number) :].strip()
    unit = find_unit(unit_text) if unit_text else None
    if unit_text not in ("", "分") and unit is None:
        raise NumberError("not-a-number", text)
    top, slash, bottom = number.partition("/")
    value = parse_number(top)
    if slash:
        below = parse_number(bottom)
        if below == 0:
            raise NumberError("not-a-number", text)
        value /= below
    if unit is None and "%" in number:
        unit = find_unit(RATIO)
    return value, unit

"""Values of the data as whole numbers, by the shortest way; all that is unusual is left to the evaluator's reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from rubric_dsl.numbers import MAX_DIGITS

Reader = Callable[[object], int]
_LIMIT = 10 ** (MAX_DIGITS - 1)


class UnusualError(Exception):
    """A value is missing, wrong, or written in a way that only the evaluator's own reader knows."""


def number_reader(places: int) -> Reader:
    """Return what reads a number as a whole one of ``10 ** -places``.

    Plain decimals are read (``12``, ``-0.50``, ``95.1%``), whole numbers, Decimals and Fractions.

    Raises (the reader):
        UnusualError: the value is anything else, or finer than the scale.
    """
    powers: tuple[int, ...] = tuple(10**power for power in range(places + 1))
    scale = powers[places]

    def read(value: object) -> int:
        if type(value) is not str:
            return other(value)
        text = value
        if len(text) > MAX_DIGITS or not text.isascii():
            raise UnusualError
        left = places
        if text[-1:] == "%":
            text, left = text[:-1], places - 2
        head, dot, tail = text.partition(".")
        if dot:
            left -= len(tail)
            if not tail:
                raise UnusualError
        digits = head + tail
        if left < 0 or not head:
            raise UnusualError
        if digits.isdigit():
            return int(digits) * powers[left]
        if digits[0] == "-" and digits[1:].isdigit() and len(head) > 1:
            return int(digits) * powers[left]
        raise UnusualError

    def other(value: object) -> int:
        if type(value) is int and -_LIMIT < value < _LIMIT:
            return value * scale
        if type(value) is Decimal:
            return read(str(value))
        if type(value) is Fraction:
            scaled = value * scale
            if scaled.denominator == 1 and abs(scaled) < _LIMIT:
                return scaled.numerator
        raise UnusualError

    return read


def choice_reader(places: Mapping[str, int]) -> Reader:
    """Return what reads a choice as the place of its word, by every spelling that needs no folding.

    Raises (the reader):
        UnusualError: the value is no such word.
    """

    def read(value: object) -> int:
        word = ("是" if value else "否") if type(value) is bool else value
        if type(word) is str and word in places:
            return places[word]
        raise UnusualError

    return read

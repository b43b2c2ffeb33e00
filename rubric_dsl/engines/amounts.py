"""Values of the data as whole numbers, by the shortest way; all that is unusual is left to the evaluator's reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Context, Decimal, InvalidOperation, Overflow, Rounded
from fractions import Fraction
from typing import Any

from rubric_dsl.inputs.plain import TRUTH
from rubric_dsl.numbers import MAX_DIGITS
from rubric_dsl.plan.plan import NumberInput

Reader = Callable[[object], int]
_LIMIT = 10 ** (MAX_DIGITS - 1)
_LONG = 50
"""A text as long as this is left to the reader, which tells what is too long."""
_COARSE, _COMMON = 2, 1000
"""Of numbers with so few decimals, whole ones below this are read from a table."""


class UnusualError(Exception):
    """A value is missing, wrong, or written in a way that only the evaluator's own reader knows."""


def number_reader(item: NumberInput, places: int) -> Reader:
    """Return what reads a number of the data as a whole one of ``10 ** -places``.

    Plain decimals are read (``12``, ``-0.50``, ``95.1%``), whole numbers, Decimals and Fractions.

    Raises (the reader):
        UnusualError: the value is anything else, finer than the scale, or not what the figure may be.
    """
    powers: tuple[int, ...] = tuple(10**power for power in range(places + 1))
    scale = powers[places]

    def read(value: object) -> int:
        found = whole(value)
        if not is_admissible(item, found):
            raise UnusualError
        return found

    def whole(value: object) -> int:
        if type(value) is str:
            return from_text(value)
        if type(value) is int and -_LIMIT < value < _LIMIT:
            return value * scale
        if type(value) is Decimal:
            return from_text(str(value))
        if type(value) is Fraction:
            scaled = value * scale
            if scaled.denominator == 1 and abs(scaled) < _LIMIT:
                return scaled.numerator
        raise UnusualError

    def from_text(text: str) -> int:
        if len(text) > MAX_DIGITS or not text.isascii():
            raise UnusualError
        left = places
        if text[-1:] == "%" and item.ratio:
            text, left = text[:-1], places - 2
        head, dot, tail = text.partition(".")
        left -= len(tail)
        digits = head + tail
        if left < 0 or not head or (dot and not tail):
            raise UnusualError
        if digits.isdigit() or (digits[0] == "-" and digits[1:].isdigit() and len(head) > 1):
            return int(digits) * powers[left]
        raise UnusualError

    return read


def is_admissible(item: NumberInput, number: int) -> bool:
    """Whether a figure may be this whole number of its scale."""
    if (item.low is not None and number < item.low) or (item.high is not None and number > item.high):
        return False
    return (number - item.offset) % item.step == 0


def number_lines(name: str, number: int, item: NumberInput, places: int, space: dict[str, Any]) -> list[str]:
    """Return lines of Python that read the value ``x{number}`` into a variable.

    What is written plainly is read in place, for a call would cost as much as the reading; all else by the reader.
    ``space`` is given the values that the lines name.
    """
    x, reader = f"x{number}", f"r{number}(x{number})"
    space[f"r{number}"] = number_reader(item, places)
    if places <= _COARSE:
        # Counts and marks are small as a rule: a look into a table is the shortest way.
        common = {str(value): value * item.scale for value in range(_COMMON)}
        space[f"s{number}"] = {text: value for text, value in common.items() if is_admissible(item, value)}
        decimal = _decimal_lines(name, number, item, places, space)
        return [f"{name} = s{number}.get({x})", f"if {name} is None:", *("    " + line for line in decimal)]
    # By how many digits stand after the point; "" stands for no point, and a point without digits has no entry.
    tails: dict[int | str, int] = {places - power: 10**power for power in range(places)}
    space[f"p{number}"] = tails | {"": item.scale}
    lines = [
        f"if {x}.__class__ is str:",
        f"    h, d, t = {x}.partition('.')",
        "    n = h + t",
        f"    if h and n.isdigit() and len({x}) < {_LONG} and n.isascii():",
        f"        {name} = int(n) * p{number}[len(t) or d]",
    ]
    if bounds := _bounds(name, item):
        lines.append(f"        if not ({' and '.join(bounds)}): return None")
    decimal = _decimal_lines(name, number, item, places, space)
    return [*lines, f"    else: {name} = {reader}", "else:", *("    " + line for line in decimal)]


def _bounds(name: str, item: NumberInput) -> list[str]:
    """Return the conditions under which a number that is not negative is admissible."""
    found = [] if item.low is None or item.low <= 0 else [f"{name} >= {item.low}"]
    found += [] if item.high is None else [f"{name} <= {item.high}"]
    return found if item.step == 1 else [*found, f"({name} - {item.offset}) % {item.step} == 0"]


_EXACTLY = Context(prec=MAX_DIGITS - 10, traps=[Rounded, InvalidOperation, Overflow])
"""Multiplies Decimals without rounding, whatever the program's own context says; what would be rounded raises."""


def _decimal_lines(name: str, number: int, item: NumberInput, places: int, space: dict[str, Any]) -> list[str]:
    """Return lines that read a Decimal above zero in place, and all else by the reader."""
    space |= {"Decimal": Decimal, "exactly": _EXACTLY.multiply, f"d{number}": Decimal(10**places)}
    reader = f"r{number}(x{number})"
    fine = " and ".join([f"{name} == n", f"0 < {name} < {_LIMIT}", *_bounds(name, item)])
    return [
        f"if x{number}.__class__ is Decimal:",
        f"    n = exactly(x{number}, d{number})",
        f"    {name} = int(n)",
        f"    if not ({fine}): {name} = {reader}",
        f"else: {name} = {reader}",
    ]


def choice_reader(places: Mapping[str, int]) -> Reader:
    """Return what reads a choice as the place of its word, by every spelling that needs no folding.

    Raises (the reader):
        UnusualError: the value is no such word.
    """

    def read(value: object) -> int:
        word = TRUTH[value] if type(value) is bool else value
        if type(word) is str and word in places:
            return places[word]
        raise UnusualError

    return read

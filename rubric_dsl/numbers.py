"""Exact numbers: one strict, bounded reader and the printers that belong to it."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

MAX_DIGITS = 60
"""A literal may hold this many digits; more cannot come from any budget and would only cost time."""

_NUMBER = re.compile(r"(?P<sign>[+\-−]?)(?P<whole>[0-9]+(?:,[0-9]{3})*)(?:\.(?P<part>[0-9]+))?(?P<percent>\s*%)?\Z")
_PLAIN = re.compile(r"[0-9]*\Z|[0-9]{1,3}(?:,[0-9]{3})+\Z")


class NumberError(ValueError):
    """A text or value is no exact number; ``reason`` is a short key that the caller puts into words."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason}: {text[:80]}")
        self.reason = reason
        self.text: str = text[:80]

    def __reduce__(self) -> tuple[type[NumberError], tuple[str, str]]:
        return NumberError, (self.reason, self.text)


def parse_number(text: str) -> Fraction:
    """Read a decimal as it is written: ``12``, ``0.5``, ``-3.60``, ``1,234.5``, ``20%`` (which is 1/5).

    Only ASCII digits are read: scripts and look-alikes are mended, with a message, before this point.

    Raises:
        NumberError: ``not-a-number`` or ``too-long``.
    """
    match = _NUMBER.match(text.strip())
    if match is None or not _PLAIN.match(match["whole"]):
        raise NumberError("not-a-number", text)
    whole, part = match["whole"].replace(",", ""), match["part"] or ""
    if len(whole) + len(part) > MAX_DIGITS:
        raise NumberError("too-long", text)
    value = Fraction(int(whole + part), 10 ** len(part))
    if match["percent"]:
        value /= 100
    return -value if match["sign"] in ("-", "−") and match["sign"] else value


def exact(value: object) -> Fraction:
    """Turn a Python value into an exact number: int, Decimal, Fraction or numeric text.

    Raises:
        NumberError: ``float`` (a binary float is never the number that was written), ``bool``, ``not-finite``,
            ``not-a-number`` or ``too-long``.
    """
    if isinstance(value, bool):
        raise NumberError("bool", str(value))
    if isinstance(value, Fraction | int):
        return _bounded(Fraction(value))
    if isinstance(value, Decimal):
        return _from_decimal(value)
    if isinstance(value, str):
        return parse_number(value)
    if isinstance(value, float):
        raise NumberError("float", repr(value))
    raise NumberError("not-a-number", type(value).__name__)


def _from_decimal(value: Decimal) -> Fraction:
    if not value.is_finite():
        raise NumberError("not-finite", str(value))
    _, digits, exponent = value.as_tuple()
    if len(digits) > MAX_DIGITS or not isinstance(exponent, int) or abs(exponent) > MAX_DIGITS:
        raise NumberError("too-long", str(value))
    return Fraction(value)


def _bounded(value: Fraction) -> Fraction:
    limit = MAX_DIGITS * 4
    if value.numerator.bit_length() > limit or value.denominator.bit_length() > limit:
        raise NumberError("too-long", "…")
    return value


def text_of(value: Fraction) -> str:
    """Print in lowest terms: a decimal when it is finite, else ``27/7``. Reads back as the same number."""
    places = _decimal_places(value.denominator)
    if places is None:
        return f"{value.numerator}/{value.denominator}"
    return _fixed(value, places)


def percent_text(value: Fraction, places: int = 2) -> str:
    """Print a ratio as a percentage for people, with ``≈`` when digits had to be left out."""
    return shown(value * 100, places, "%")


def shown(value: Fraction, places: int = 4, unit: str = "") -> str:
    """Print for people: exact when it fits in ``places`` decimals, else rounded and marked with ``≈``."""
    needed = _decimal_places(value.denominator)
    if needed is not None and needed <= places:
        return _fixed(value, needed) + unit
    scaled = round(value * 10**places)
    return "≈" + _fixed(Fraction(scaled, 10**places), places) + unit


def _decimal_places(denominator: int) -> int | None:
    """Return how many decimals write 1/denominator exactly, or None when no finite decimal does."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    return max(twos, fives) if denominator == 1 else None


def _fixed(value: Fraction, places: int) -> str:
    scaled = value * 10**places
    digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    if places == 0:
        return sign + digits
    whole, part = digits[:-places], digits[-places:]
    return f"{sign}{whole}.{part}".rstrip("0").rstrip(".") if part.strip("0") else sign + whole

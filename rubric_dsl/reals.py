"""Logarithms, exponentials and powers as exact ranges: the number itself where it is rational, else an enclosure.

No binary float is used: mpmath's interval arithmetic gives two rational ends that hold the true number between them,
as close as the wanted number of digits. mpmath is imported only when a number is irrational.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import isqrt

from rubric_dsl.ranges import End, Range, exactly, hull

MAX_EXPONENT = 1000
"""Powers go this high at most, and exponentials too: nothing that is scored needs more."""
MAX_BITS = 20_000
"""A power's numerator and denominator may have this many bits."""
_KEPT = 1024
"""So many enclosures are kept: where data are missing, a rule's own numbers are asked for again in every part of a range."""


class DomainError(ValueError):
    """A logarithm of what is not positive, a root of a negative number, or a number beyond the stated limits."""


def real(kind: str, parts: list[Range], digits: int) -> Range:
    """Return the range of a function (``ln``, ``log10``, ``exp``, ``power``) over ranges of its arguments.

    Raises:
        DomainError: no argument in the ranges has a value, or it passes the limits.
    """
    if kind == "power":
        return _power(parts[0], parts[1], digits)
    if kind == "exp":
        return _increasing(kind, parts[0], digits)
    inside = _positive(parts[0])
    return _increasing(kind, inside, digits)


def _positive(item: Range) -> Range:
    if item.high.value is not None and item.high.value <= 0:
        raise DomainError("not positive")
    if item.low.value is None or item.low.value <= 0:
        return Range(End(Fraction(0), open=True), item.high)
    return item


def _increasing(kind: str, item: Range, digits: int) -> Range:
    return Range(_end(kind, item.low, digits, high=False), _end(kind, item.high, digits, high=True))


def _end(kind: str, end: End, digits: int, *, high: bool) -> End:
    if end.value is None:
        return End(Fraction(0), open=True) if kind == "exp" and not high else End(None, open=True)
    if kind != "exp" and end.value == 0:
        return End(None, open=True)
    low, top = one(kind, end.value, digits)
    if low == top:
        return End(low, end.open)
    return End(top if high else low, open=True)


def one(kind: str, value: Fraction, digits: int) -> tuple[Fraction, Fraction]:
    """Return two rationals that hold a function's value between them; equal where it is rational."""
    if kind == "exp":
        if value == 0:
            return Fraction(1), Fraction(1)
        if abs(value) > MAX_EXPONENT:
            raise DomainError("too large")
    elif value == 1:
        return Fraction(0), Fraction(0)
    elif kind == "log10" and (whole := _power_of_ten(value)) is not None:
        return Fraction(whole), Fraction(whole)
    return _enclose(kind, value, digits)


def _power_of_ten(value: Fraction) -> int | None:
    if 1 not in (value.numerator, value.denominator):
        return None
    text = str(max(value.numerator, value.denominator))
    if text.rstrip("0") != "1":
        return None
    return len(text) - 1 if value > 1 else 1 - len(text)


@lru_cache(_KEPT)
def _enclose(kind: str, value: Fraction, digits: int) -> tuple[Fraction, Fraction]:
    from mpmath import libmp

    bits = int(digits * 3.33) + 20 + max(value.numerator.bit_length(), value.denominator.bit_length())
    point = _interval(value, bits)
    if kind == "exp":
        found = libmp.mpi_exp(point, bits)
    else:
        found = libmp.mpi_log(point, bits)
        if kind == "log10":
            found = libmp.mpi_div(found, libmp.mpi_log(_interval(Fraction(10), bits), bits), bits)
    return _rational(found[0]), _rational(found[1])


def _interval(value: Fraction, bits: int) -> tuple[object, object]:
    from mpmath import libmp

    top, bottom = value.numerator, value.denominator
    return libmp.from_rational(top, bottom, bits, "f"), libmp.from_rational(top, bottom, bits, "c")


def _rational(value: object) -> Fraction:
    from mpmath import libmp

    top, bottom = libmp.to_rational(value)
    return Fraction(int(top), int(bottom))


def _power(base: Range, exponent: Range, digits: int) -> Range:
    known = exponent.known
    if known is not None and known.denominator == 1:
        return _whole_power(base, int(known))
    if base.high.value is not None and base.high.value < 0:
        raise DomainError("negative base")
    low = base.low
    if low.value is None or low.value < 0:
        low = End(Fraction(0))
    inside = Range(low, base.high)
    if known is not None:
        return _root_range(inside, known, digits)
    if inside.known == 0:
        return exactly(0)
    corners = [_root_range(inside, end.value, digits) for end in (exponent.low, exponent.high) if end.value is not None]
    if len(corners) < 2:  # noqa: PLR2004 - an exponent without bound has no range
        raise DomainError("exponent not bounded")
    return hull(corners)


def _root_range(base: Range, exponent: Fraction, digits: int) -> Range:
    ends = (base.low, base.high) if exponent > 0 else (base.high, base.low)
    return Range(
        _root_end(ends[0], exponent, digits, high=False),
        _root_end(ends[1], exponent, digits, high=True),
    )


def _root_end(end: End, exponent: Fraction, digits: int, *, high: bool) -> End:
    if end.value is None:
        return End(None, open=True) if high else End(Fraction(0), open=True)
    if end.value == 0:
        if exponent > 0:
            return End(Fraction(0), end.open)
        if exponent < 0 and high:
            return End(None, open=True)
        raise DomainError("zero to a negative power")
    low, top = root(end.value, exponent, digits)
    if low == top:
        return End(low, end.open)
    return End(top if high else low, open=True)


@lru_cache(_KEPT)
def root(base: Fraction, exponent: Fraction, digits: int) -> tuple[Fraction, Fraction]:
    """Return two rationals around ``base ** exponent`` for a positive base; equal where it is rational."""
    _limit(base, exponent)
    found = exact_root(base, exponent.denominator)
    if found is not None:
        value = found**exponent.numerator
        return value, value
    from mpmath import libmp

    bits = int(digits * 3.33) + 40 + base.numerator.bit_length() + base.denominator.bit_length()
    logarithm = libmp.mpi_log(_interval(base, bits), bits)
    found = libmp.mpi_exp(libmp.mpi_mul(logarithm, _interval(exponent, bits), bits), bits)
    return _rational(found[0]), _rational(found[1])


def _limit(base: Fraction, exponent: Fraction) -> None:
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(exponent) > MAX_EXPONENT or exponent.denominator > MAX_EXPONENT or size * abs(exponent) > MAX_BITS:
        raise DomainError("too large")


def exact_root(value: Fraction, degree: int) -> Fraction | None:
    """Return the root of a number that is not negative, None where it is irrational."""
    top, bottom = _whole_root(value.numerator, degree), _whole_root(value.denominator, degree)
    return None if top is None or bottom is None else Fraction(top, bottom)


def _whole_root(value: int, degree: int) -> int | None:
    """Return the whole root, or None when there is none (Newton's method on whole numbers)."""
    if value < 2 or degree == 1:  # noqa: PLR2004 - 0 and 1 are their own roots
        return value
    if degree == 2:  # noqa: PLR2004 - the square root
        found = isqrt(value)
        return found if found * found == value else None
    guess = 1 << -(-value.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess if guess**degree == value else None
        guess = better


def _whole_power(base: Range, exponent: int) -> Range:
    if exponent == 0:
        return exactly(1)
    ends = [_whole_end(end, exponent) for end in (base.low, base.high)]
    if base.known is not None:
        return exactly(_checked(base.known, exponent))
    below = base.low.value is None or base.low.value < 0
    above = base.high.value is None or base.high.value > 0
    if exponent < 0 and (below or base.low.value == 0):
        raise DomainError("zero to a negative power")
    if exponent % 2 == 0 and below and above:
        return Range(End(Fraction(0)), _further(ends))
    if (exponent % 2 == 0 and below) or exponent < 0:
        ends.reverse()
    return Range(ends[0], ends[1])


def _whole_end(end: End, exponent: int) -> End:
    if end.value is None:
        return End(Fraction(0), open=True) if exponent < 0 else End(None, open=True)
    return End(_checked(end.value, exponent), end.open)


def _checked(base: Fraction, exponent: int) -> Fraction:
    _limit(base, Fraction(exponent))
    if base == 0 and exponent < 0:
        raise DomainError("zero to a negative power")
    return base**exponent


def _further(ends: list[End]) -> End:
    finite = [end for end in ends if end.value is not None]
    if len(finite) < len(ends):
        return End(None, open=True)
    return max(finite, key=lambda end: (end.value or Fraction(0), not end.open))

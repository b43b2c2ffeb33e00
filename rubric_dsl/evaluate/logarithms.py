"""Sums, products and quotients of logarithms as formulas: which of them are rational numbers, and which number.

``ln 12`` is ``2·ln 2 + ln 3``: over whole numbers that share no factor, two such formulas are the same only where they
have the same terms. So it is decided exactly, without a power, whether logarithms meet a number that the rubric names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import gcd

from rubric_dsl.core.nodes import Add, Case, Compare, Const, Div, Expr, Extreme, Measure, Mul, Real
from rubric_dsl.evaluate.evaluator import refine, value_of
from rubric_dsl.evaluate.state import Env
from rubric_dsl.records import dataclass

MAX_TERMS = 200
"""A formula may have this many terms; what is longer is left to enclosures."""
MAX_DEGREE = 8
"""So many logarithms may be multiplied in one term."""
MAX_BITS = 4096
"""A number under a logarithm may have this many bits above and below the line."""

Polynomial = dict[tuple[int, ...], Fraction]
"""A factor for each product of logarithms, which is named by the whole numbers under them in order."""


class TooLongError(ArithmeticError):
    """A formula is beyond the limits."""


@dataclass(frozen=True, slots=True)
class LogQuotient:
    """A quotient of two polynomials in logarithms of whole numbers."""

    top: Polynomial
    bottom: Polynomial

    def plus(self, other: LogQuotient) -> LogQuotient:
        """Return the sum."""
        if self.bottom == other.bottom:
            return LogQuotient(_sum(self.top, other.top), self.bottom)
        left, right = _product(self.top, other.bottom), _product(other.top, self.bottom)
        return LogQuotient(_sum(left, right), _product(self.bottom, other.bottom))

    def times(self, other: LogQuotient) -> LogQuotient:
        """Return the product."""
        return LogQuotient(_product(self.top, other.top), _product(self.bottom, other.bottom))

    def over(self, other: LogQuotient) -> LogQuotient:
        """Return the quotient."""
        return LogQuotient(_product(self.top, other.bottom), _product(self.bottom, other.top))

    def number(self) -> Fraction | None:
        """Return the rational number that it is; None where it is none, or has a denominator of 0."""
        base = coprime(number for key in (*self.top, *self.bottom) for number in key)
        top, bottom = _over(base, self.top), _over(base, self.bottom)
        if not bottom:
            return None
        key, factor = next(iter(bottom.items()))
        found = top.get(key, Fraction(0)) / factor
        return found if top == {key: found * value for key, value in bottom.items() if found} else None


def constant(value: Fraction) -> LogQuotient:
    """Return a number."""
    return LogQuotient({(): value} if value else {}, _ONE)


def logarithm(value: Fraction) -> LogQuotient:
    """Return the natural logarithm of a number above 0."""
    top, bottom = value.numerator, value.denominator
    if max(top.bit_length(), bottom.bit_length()) > MAX_BITS:
        raise TooLongError
    terms = [(top, Fraction(1)), (bottom, Fraction(-1))]
    return LogQuotient({(number,): sign for number, sign in terms if number > 1}, _ONE)


_ONE: Polynomial = {(): Fraction(1)}


def _sum(one: Polynomial, other: Polynomial) -> Polynomial:
    found = dict(one)
    for key, factor in other.items():
        found[key] = found.get(key, Fraction(0)) + factor
    return _within_limits({key: factor for key, factor in found.items() if factor})


def _product(one: Polynomial, other: Polynomial) -> Polynomial:
    found: Polynomial = {}
    for left, a in one.items():
        for right, b in other.items():
            key = tuple(sorted(left + right))
            found[key] = found.get(key, Fraction(0)) + a * b
    return _within_limits({key: factor for key, factor in found.items() if factor})


def _within_limits(found: Polynomial) -> Polynomial:
    if len(found) > MAX_TERMS or any(len(key) > MAX_DEGREE for key in found):
        raise TooLongError
    return found


def coprime(numbers: Iterable[int]) -> tuple[int, ...]:
    """Return whole numbers above 1 without a common factor, of whose powers each of ``numbers`` is a product."""
    found: list[int] = []
    waiting = list(dict.fromkeys(numbers))
    while waiting:
        number = waiting.pop()
        shared = next((other for other in found if gcd(number, other) > 1), None)
        if shared is None:
            found.extend([number] if number > 1 else [])
        elif shared != number:
            common = gcd(number, shared)
            found.remove(shared)
            waiting += [common, number // common, shared // common]
    return tuple(found)


def _over(base: tuple[int, ...], polynomial: Polynomial) -> Polynomial:
    """Write the logarithms of a polynomial as sums over a base."""
    found: Polynomial = {}
    for key, factor in polynomial.items():
        term: Polynomial = {(): factor}
        for number in key:
            term = _product(term, _logarithms(base, number))
        found = _sum(found, term)
    return found


def _logarithms(base: tuple[int, ...], number: int) -> Polynomial:
    found: Polynomial = {}
    for factor in base:
        count = 0
        while number % factor == 0:
            number, count = number // factor, count + 1
        if count:
            found[factor,] = Fraction(count)
    return found


def exact(expr: Expr, env: Env) -> Fraction | None:
    """Return the rational number that an expression is; None where it is none, or where a figure is missing."""
    try:
        found = _formula(expr, env)
        return None if found is None else found.number()
    except TooLongError:
        return None


def _formula(node: Expr, env: Env) -> LogQuotient | None:
    match node:
        case Const():
            return constant(node.value)
        case Measure() if env.formula is not None:
            return _formula(env.formula, env)
        case Add():
            return _joined(node.parts, env, LogQuotient.plus)
        case Mul():
            return _joined((node.left, node.right), env, LogQuotient.times)
        case Div():
            return _joined((node.left, node.right), env, LogQuotient.over)
        case Extreme():
            return _extreme(node, env)
        case Case():
            return _case(node, env)
        case Real(kind="ln" | "log10"):
            return _real(node, env)
        case _:
            found, _ = value_of(node, env)
            return None if found is None or found.known is None else constant(found.known)


def _joined(
    parts: tuple[Expr, ...], env: Env, join: Callable[[LogQuotient, LogQuotient], LogQuotient]
) -> LogQuotient | None:
    found: LogQuotient | None = None
    for part in parts:
        item = _formula(part, env)
        if item is None:
            return None
        found = item if found is None else join(found, item)
    return found


def _real(node: Real, env: Env) -> LogQuotient | None:
    part = _formula(node.parts[0], env)
    value = None if part is None else part.number()
    if value is None or value <= 0:
        return None
    found = logarithm(value)
    return found if node.kind == "ln" else found.over(logarithm(Fraction(10)))


def _extreme(node: Extreme, env: Env) -> LogQuotient | None:
    best = node.parts[0]
    for part in node.parts[1:]:
        better = Compare("<" if node.kind == "min" else ">", part, best)
        if refine(env, better, want=True) is not None:
            if refine(env, better, want=False) is not None:
                return None
            best = part
    return _formula(best, env)


def _case(node: Case, env: Env) -> LogQuotient | None:
    for branch in node.branches:
        inside, outside = (refine(env, branch.condition, want=want) for want in (True, False))
        if inside is not None:
            return _formula(branch.value, inside) if outside is None else None
        if outside is None:
            return None
    return None if node.otherwise is None else _formula(node.otherwise, env)

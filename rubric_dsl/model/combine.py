"""How a heading's parts make its score: sum, means, the lowest, the best few, a table; parts that do not apply."""

from __future__ import annotations

from dataclasses import KW_ONLY, replace
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Literal

from rubric_dsl.core.nodes import (
    Add,
    Branch,
    Case,
    Compare,
    Condition,
    Const,
    Div,
    Expr,
    Extreme,
    Is,
    Mul,
    Real,
    choose,
    minus,
    times,
    total_of,
)
from rubric_dsl.diagnostics import Text, same
from rubric_dsl.forms.base import Form
from rubric_dsl.records import dataclass

ZERO, ONE = Const(Fraction(0)), Const(Fraction(1))
IN_PLAY = Text("计入的分值", "the points in play")
_COUNTED = Text("计入的项数", "the number of parts that count")
_WEIGHTS = Text("计入的权重", "the weights of the parts that count")
MAX_CHOICES = 500
"""The best k of n are compared as so many sums at the most."""

Exclusion = Literal["", "siblings", "all", "reduced"]
"""What becomes of an excluded indicator's points: shared by its siblings, by all, or taken off the full points."""


@dataclass(frozen=True, slots=True)
class Member:
    """A part of a heading: its score, full points and weight.

    ``applies`` is 1 or 0 where the part can drop out, ``in_play`` then its points that count; else both are None.
    ``words`` is what it is called where that is not its name.
    """

    name: str
    score: Expr
    points: Fraction
    weight: Fraction | None = None
    applies: Expr | None = None
    in_play: Expr | None = None
    exclusion: Exclusion = ""
    words: Text | None = None

    @property
    def called(self) -> Text:
        """Its name for a reader; the indicators of a pool are told in the reader's language."""
        return self.words or same(self.name)


@dataclass(frozen=True, slots=True)
class Share:
    """Points of parts that drop out, shared by the others: what these ``scored`` of ``left`` counts of ``target``.

    ``out`` are the parts whose points are shared where they drop out.
    """

    _: KW_ONLY
    scored: Expr
    left: Expr
    target: Expr
    out: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Combined:
    """A heading's score, the points in play and whether it applies (None where nothing can drop out)."""

    score: Expr
    in_play: Expr | None = None
    applies: Expr | None = None
    exclusion: Exclusion = ""
    share: Share | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A way of combining: ``kind`` as in the grammar; ``number`` its k, exponent or surplus; ``key`` the choice field."""

    kind: str
    number: Fraction = Fraction(0)
    key: str = ""
    at_least: int = 0
    cap: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Combination:
    """What a heading's score was made of, for explanations; the score itself is a definition.

    ``score`` is that before a cap and before rounding, ``forms`` are those of a table, ``shares`` what is shared.
    """

    method: Method
    members: tuple[Member, ...]
    points: Fraction
    score: Expr
    in_play: Expr | None
    shares: tuple[Share, ...] = ()
    forms: tuple[Form, ...] = ()


def combination(
    method: Method, members: list[Member], points: Fraction, found: Combined, forms: tuple[Form, ...] = ()
) -> Combination:
    """Return what a combined score, its cap not yet put on, was made of."""
    shares = () if found.share is None else (found.share,)
    return Combination(method, tuple(members), points, found.score, found.in_play, shares, forms)


def combined(method: Method, members: list[Member], points: Fraction) -> Combined:
    """Lower a heading's score from its parts, but for its cap."""
    found = _sum(members, points) if method.kind == "SUM_OF" else _other(method, members, points)
    return _enough(method.at_least, members, found, points) if method.at_least else found


def capped(method: Method, score: Expr) -> Expr:
    """Return a combined score with the method's cap."""
    return score if method.cap is None else Extreme("min", (score, Const(method.cap)))


def count_of(members: list[Member]) -> Expr:
    """Return how many parts apply."""
    fixed = sum(1 for member in members if member.applies is None)
    flags = [member.applies for member in members if member.applies is not None]
    return total_of([Const(Fraction(fixed)), *flags]) if flags else Const(Fraction(fixed))


def _sum(members: list[Member], points: Fraction) -> Combined:
    total = total_of([member.score for member in members])
    loose = [member for member in members if member.in_play is not None]
    if not loose:
        return Combined(total)
    shared = [member for member in loose if member.exclusion == "siblings"]
    out_shared = [_out(member) for member in shared]
    out_other = [_reduced(member) for member in loose]
    target = minus(Const(points), total_of(out_other))
    left = minus(target, total_of(out_shared)) if shared else target
    some = Compare(">", left, ZERO)
    score: Expr = choose(some, Div(Mul(total, target), left, words=IN_PLAY), ZERO) if shared else total
    in_play = choose(some, target, ZERO)
    everything = len(loose) == len(members)
    exclusion: Exclusion = "siblings" if shared and everything else "reduced"
    share = Share(scored=total, left=left, target=target, out=tuple(shared)) if shared else None
    return Combined(score, in_play, choose(some, ONE, ZERO) if everything else None, exclusion, share)


def _out(member: Member) -> Expr:
    """The points of a part that dropped out whole, to be shared by the others."""
    return times(member.points, minus(ONE, member.applies or ONE))


def _reduced(member: Member) -> Expr:
    """The points that are out of play and are not shared here."""
    if member.in_play is None:
        return ZERO
    if member.exclusion != "siblings":
        return minus(Const(member.points), member.in_play)
    if member.in_play == times(member.points, member.applies or ONE):
        return ZERO
    return Mul(minus(Const(member.points), member.in_play), member.applies or ONE)


def _other(method: Method, members: list[Member], points: Fraction) -> Combined:
    score = _score(method, members, points)
    flags = [member.applies for member in members]
    if any(flag is None for flag in flags):
        return Combined(score)
    some = Compare(">", count_of(members), ZERO)
    applies = choose(some, ONE, ZERO)
    return Combined(choose(some, score, ZERO), times(points, applies), applies, _exclusion(members))


def _exclusion(members: list[Member]) -> Exclusion:
    return "siblings" if any(member.exclusion == "siblings" for member in members) else members[0].exclusion


def _enough(at_least: int, members: list[Member], found: Combined, points: Fraction) -> Combined:
    if all(member.applies is None for member in members):
        return found
    enough = Compare(">=", count_of(members), Const(Fraction(at_least)))
    applies = choose(enough, ONE, ZERO)
    in_play = choose(enough, found.in_play or Const(points), ZERO)
    return replace(
        found,
        score=choose(enough, found.score, ZERO),
        in_play=in_play,
        applies=applies,
        exclusion=found.exclusion or _exclusion(members),
    )


def _score(method: Method, members: list[Member], points: Fraction) -> Expr:
    match method.kind:
        case "MEAN_OF":
            return Div(total_of([member.score for member in members]), count_of(members), words=_COUNTED)
        case "WEIGHTED_MEAN":
            return _weighted(members)
        case "LOWEST" | "HIGHEST":
            return _extreme(method.kind, members, points)
        case "LOWEST_PLUS":
            low, high = _extreme("LOWEST", members, points), _extreme("HIGHEST", members, points)
            return choose(Compare(">", high, low), Add((low, Const(method.number))), low)
        case "GEOMETRIC":
            product: Expr = ONE
            for member in members:
                product = Mul(product, _if_applies(member, member.score, ONE))
            return Real("power", (product, Div(ONE, count_of(members))))
        case "POWER_MEAN":
            powers = [
                _if_applies(member, Real("power", (member.score, Const(method.number))), ZERO) for member in members
            ]
            mean = Div(total_of(powers), count_of(members), words=_COUNTED)
            return Real("power", (mean, Const(1 / method.number)))
        case "BEST_MEAN" | "BEST_SUM":
            return _best(method, members)
        case _:
            return _chosen(method.key, members)


def _if_applies(member: Member, value: Expr, otherwise: Expr) -> Expr:
    return value if member.applies is None else choose(_applies(member.applies), value, otherwise)


def _applies(flag: Expr) -> Condition:
    return Compare("=", flag, ONE)


def _weighted(members: list[Member]) -> Expr:
    parts = [times(member.weight or Fraction(0), member.score) for member in members]
    weights: list[Expr] = [times(member.weight or Fraction(0), member.applies or ONE) for member in members]
    return Div(total_of(parts), total_of(weights), words=_WEIGHTS)


def _extreme(kind: str, members: list[Member], points: Fraction) -> Expr:
    outside = Const(points) if kind == "LOWEST" else ZERO
    parts = tuple(_if_applies(member, member.score, outside) for member in members)
    return Extreme("min" if kind == "LOWEST" else "max", parts)


def _best(method: Method, members: list[Member]) -> Expr:
    size = int(method.number)
    scores = [_if_applies(member, member.score, ZERO) for member in members]
    sums = tuple(total_of(list(chosen)) for chosen in combinations(scores, size))
    best: Expr = sums[0] if len(sums) == 1 else Extreme("max", sums)
    if method.kind != "BEST_MEAN":
        return best
    # Fewer may apply than are taken: the mean is of those.
    loose = any(member.applies is not None for member in members)
    taken: Expr = Const(method.number)
    return Div(best, Extreme("min", (taken, count_of(members))) if loose else taken, words=_COUNTED)


def _chosen(key: str, members: list[Member]) -> Expr:
    return Case(tuple(Branch(Is(key, frozenset({member.name})), member.score) for member in members), None)


def too_many(method: Method, members: int) -> bool:
    """Whether the best k of n would be compared as too many sums."""
    return method.kind.startswith("BEST") and comb(members, int(method.number)) > MAX_CHOICES

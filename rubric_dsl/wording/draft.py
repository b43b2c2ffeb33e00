"""A meaning before it is tried: clauses in Chinese keywords, and what the composing of them needs to know."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.diagnostics import Text
from rubric_dsl.numbers import parse_number
from rubric_dsl.records import dataclass
from rubric_dsl.source import Span
from rubric_dsl.wording.amounts import Amount
from rubric_dsl.wording.parts import Modifier, Score
from rubric_dsl.wording.reading import StopError


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the wording: the indicator's points, the unit of its measure, its name."""

    points: Fraction | None = None
    unit: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One meaning; ``amounts`` are the numbers at which its score may turn, ``unit`` is the measure's."""

    clauses: tuple[str, ...]
    choices: tuple[Text, ...] = ()
    amounts: tuple[Amount, ...] = ()
    unit: str | None = None
    subject: str = ""


def score_written(score: Score) -> str:
    """Return a score as a clause has it."""
    if score.kind == "points":
        return f"计 {score.points}分"
    if score.kind == "off":
        return f"扣 {score.points}分"
    return "计满分" if score.kind == "full" else "不得分"


def points_of(score: Score) -> Fraction | None:
    """Return the points of a score; None of full marks."""
    if score.kind == "full":
        return None
    if score.kind == "nothing":
        return Fraction(0)
    value = parse_number(score.points)
    return -value if score.kind == "off" else value


def stop(span: Span, zh: str, en: str) -> StopError:
    """Return the stop at a place for a reason."""
    return StopError(span, Text(zh, en))


def limits_written(modifiers: list[Modifier], *, adds: bool, size: Amount | None) -> str:
    """Return the limits of a rate as its clause has them.

    Raises:
        StopError: a limit is said of something else than this rate.
    """
    return "".join(f"，{_limit(item, adds=adds, size=size)}" for item in modifiers if not _whole(item, adds=adds))


def _whole(item: Modifier, *, adds: bool) -> bool:
    """Whether a limit of a rate that adds says what the language has anyway: gains end at the full points."""
    return adds and item.kind == "CAP_FULL"


def _limit(item: Modifier, *, adds: bool, size: Amount | None) -> str:
    if item.kind == "UNTIL" and not adds:
        return "扣完为止"
    if item.kind in ("CAP_ADD" if adds else "CAP_OFF", "CAP"):
        return f"最多 {item.points}分"
    if item.kind == "FLOOR" and not adds:
        return f"最低 {'−' if 'minus' in item.slots else ''}{item.points}分"
    if item.kind == "DOUBLED" and not adds:
        return "重复发生加倍"
    if item.kind == "PART" and size is not None:
        return _part(item, size)
    raise stop(item.span, "这一句说的不是前面的加分或扣分", "this limits something else than the rate before it")


def _part(item: Modifier, size: Amount) -> str:
    """How a part of a step counts; it must speak of this step."""
    from rubric_dsl.wording.amounts import NUMBER, amount_of

    for number, unit in (("a", "u"), ("b", "v")):
        if number not in item.slots:
            continue
        named = amount_of(item.slots[number], item.slots.get(unit, ""))
        if named.value != size.value or named.unit not in (size.unit, NUMBER):
            raise stop(item.span, "与前面的一步不同", "this is another step than the one before it")
    if "started" in item.slots:
        return "不足一步按一步"
    return "按比例" if "rata" in item.slots else "整步"

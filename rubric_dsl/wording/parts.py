"""The parts of a wording: what each group of phrases says, with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from lark import Token, Tree

from rubric_dsl.diagnostics import Text
from rubric_dsl.records import dataclass
from rubric_dsl.source import Span
from rubric_dsl.wording.amounts import NUMBER, Amount, amount_of, number_of, unit_of
from rubric_dsl.wording.phrases import Phrase
from rubric_dsl.wording.reading import StopError

Side = Literal["above", "below", "off", "short"]


@dataclass(frozen=True, slots=True)
class End:
    """One end of a range; ``closed`` says whether it belongs to it, None where the wording does not say."""

    amount: Amount
    closed: bool | None


@dataclass(frozen=True, slots=True)
class Range:
    """Where a measure lies; ``reached``: the wording says 达到 or 完成 and names a point, not a side."""

    low: End | None
    high: End | None
    reached: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """What is scored: points, full marks, nothing, points off, or a number that lies between two."""

    kind: Literal["points", "full", "nothing", "off", "picked", "share"]
    points: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """以 … 为标准."""

    amount: Amount
    span: Span


@dataclass(frozen=True, slots=True)
class Band:
    """A range of the measure with its score; ``subject`` is what stands before it, the measure's name as a rule."""

    subject: str
    range: Range
    score: Score
    span: Span


@dataclass(frozen=True, slots=True)
class Shared:
    """A range of the measure that scores in proportion; without a range it is what the bands leave (否则按比例)."""

    subject: str
    range: Range | None
    span: Span


@dataclass(frozen=True, slots=True)
class Said:
    """A condition in words with its score."""

    text: str
    score: Score
    bracketed: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered item with its points."""

    mark: str
    text: str
    score: Score
    span: Span


@dataclass(frozen=True, slots=True)
class Kind:
    """A numbered text without points: a kind of occurrence."""

    mark: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Grade:
    """``5 = Outstanding``."""

    points: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Otherwise:
    """否则 with its score; ``word`` is the author's."""

    word: str
    score: Score
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """Points off or added for each step of deviation; ``of_target``: the step is a share of the target."""

    subject: str
    range: Range | None
    side: Side
    of_target: bool
    size: Amount
    adds: bool
    points: str
    target: Amount | None
    span: Span


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Points off or added for each case found.

    ``text`` stands before 每, ``what`` behind the word that counts; ``lacked`` is all from 每 on without it (缺一项内容).
    """

    text: str
    verb: str
    count: str
    counter: str
    what: str
    lacked: str
    adds: bool
    points: str
    span: Span


@dataclass(frozen=True, slots=True)
class Lacking:
    """缺1项扣1分: it is not stated whether each one counts. ``points`` is empty where nothing is scored then."""

    text: str
    points: str
    span: Span


@dataclass(frozen=True, slots=True)
class Modifier:
    """What limits or counts the rate before it, or stands for itself: its kind is the phrase's."""

    kind: str
    slots: dict[str, str]
    span: Span

    @property
    def points(self) -> str:
        """The points that it names."""
        return next((self.slots[key] for key in ("n", "m", "k") if key in self.slots), "")


Part = Target | Band | Shared | Said | Item | Kind | Grade | Otherwise | Step | Occurrence | Lacking | Modifier


def parts_of(tree: Tree[Token], phrases: list[Phrase]) -> list[Part]:
    """Return the parts of a wording that the parser has read, in order.

    Raises:
        StopError: a phrase contradicts itself (95%以上（含90%）).
    """
    return [_MAKERS[str(child.data)](_phrases(child, phrases)) for child in tree.children if isinstance(child, Tree)]


def _phrases(tree: Tree[Token], phrases: list[Phrase]) -> list[Phrase]:
    tokens = tree.scan_values(lambda leaf: isinstance(leaf, Token))
    return [phrases[token.start_pos or 0] for token in tokens]


def _span(found: list[Phrase]) -> Span:
    return Span(found[0].span.start, found[-1].span.end)


def _text(phrase: Phrase) -> str:
    return phrase.shown.strip(" ，,：:、")


def _texts(found: list[Phrase]) -> list[str]:
    return [_text(phrase) for phrase in found if phrase.kind == "TEXT"]


def _score(phrase: Phrase) -> Score:
    slots = phrase.slots
    number = slots.get("n") or slots.get("m") or ""
    if phrase.kind == "PICKED":
        return Score("picked", slots["n"], slots["m"])
    if phrase.kind in ("FULL", "NOTHING"):
        return Score("full" if phrase.kind == "FULL" else "nothing")
    if phrase.kind == "OFF":
        return Score("off", number)
    return Score("nothing") if number.strip("0.") == "" else Score("points", number)


def _target(found: list[Phrase]) -> Target:
    slots = found[0].slots
    number, unit = (slots["a"], slots.get("u", "")) if "a" in slots else (slots["b"], slots.get("v", ""))
    return Target(amount_of(number, unit), found[0].span)


def _band(found: list[Phrase]) -> Band:
    *before, outcome = found
    subject = "".join(_texts(before))
    bounds = [phrase for phrase in before if phrase.kind != "TEXT"]
    named = {name for name in (subject, *(phrase.slots.get("lead", "") for phrase in bounds)) if name}
    if len(named) > 1:
        raise StopError(_span(before), Text("这里有两个名称", "two names stand here"))
    return Band("".join(named), _range(bounds), _score(outcome), _span(found))


def _shared(found: list[Phrase]) -> Shared:
    bounds = [phrase for phrase in found[:-1] if phrase.kind not in ("TEXT", "OTHERWISE")]
    return Shared("".join(_texts(found)), _range(bounds) if bounds else None, _span(found))


def _points_first(found: list[Phrase]) -> Band:
    return Band("", _range(found[2:]), _score(found[0]), _span(found))


def _said(found: list[Phrase]) -> Said:
    bracketed = found[1].kind == "POINTS" and "m" in found[1].slots
    return Said(_text(found[0]), _score(found[1]), bracketed, _span(found))


def _mark(phrase: Phrase) -> str:
    return phrase.slots.get("circled") or phrase.slots.get("number") or phrase.slots["letter"]


def _item(found: list[Phrase]) -> Item:
    return Item(_mark(found[0]), _text(found[1]), _score(found[2]), _span(found))


def _kind(found: list[Phrase]) -> Kind:
    return Kind(_mark(found[0]), _text(found[1]), _span(found))


def _grade(found: list[Phrase]) -> Grade:
    return Grade(found[0].slots["n"], _text(found[1]), _span(found))


def _otherwise(found: list[Phrase]) -> Otherwise:
    return Otherwise(found[0].shown, _score(found[1]), _span(found))


def _step(found: list[Phrase]) -> Step:
    step = next(phrase for phrase in found if phrase.kind == "STEP")
    rate = next(phrase for phrase in found if phrase.kind in ("OFF", "ADD"))
    bounds = [phrase for phrase in found if phrase not in (step, rate) and phrase.kind != "TEXT"]
    slots = step.slots
    side = next(side for side in ("off", "above", "below", "short") if side in slots)
    target = amount_of(slots["b"], slots.get("v", "")) if "b" in slots else None
    return Step(
        "".join(_texts(found)),
        _range(bounds) if bounds else None,
        side,
        "target" in slots,
        amount_of(slots.get("a", "1"), slots.get("u", "")),
        rate.kind == "ADD",
        rate.slots.get("n") or rate.slots["m"],
        target,
        _span(found),
    )


def _occurrence(found: list[Phrase]) -> Occurrence:
    at = next(index for index, phrase in enumerate(found) if phrase.kind == "EACH")
    rate = next(phrase for phrase in found if phrase.kind in ("OFF", "ADD", "POINTS"))
    slots = found[at].slots
    english = at > 0 and found[at - 1] is rate
    before = [] if english else _texts(found[:at])
    return Occurrence(
        "".join(before),
        slots.get("verb", ""),
        number_of(slots.get("a", "1")),
        slots.get("u", ""),
        "".join(_texts(found[at:])),
        found[at].shown.removeprefix("每") + "".join(_texts(found[at:])),
        rate.kind in ("ADD", "POINTS"),
        rate.slots.get("n") or rate.slots["m"],
        _span(found),
    )


def _lacking(found: list[Phrase]) -> Lacking:
    *before, rate = found
    text = "".join(phrase.shown for phrase in before).strip(" ，,：:、")
    return Lacking(text, rate.slots.get("n", ""), _span(found))


def _modifier(found: list[Phrase]) -> Modifier:
    return Modifier(found[0].kind, found[0].slots, found[0].span)


_MAKERS: dict[str, Callable[[list[Phrase]], Part]] = {
    "target": _target,
    "band": _band,
    "shared": _shared,
    "points_first": _points_first,
    "said": _said,
    "item": _item,
    "kind": _kind,
    "level_en": _grade,
    "otherwise": _otherwise,
    "step": _step,
    "step_en": _step,
    "occurrence": _occurrence,
    "occurrence_en": _occurrence,
    "lacking": _lacking,
    "modifier": _modifier,
}


# ---------------------------------------------------------------- ranges


def _range(bounds: list[Phrase]) -> Range:
    """Return where the measure lies; two phrases hold at once (≥80%，<100%)."""
    ranges = [_one_range(phrase) for phrase in bounds]
    if len(ranges) == 1:
        return ranges[0]
    lows = [item.low for item in ranges if item.low is not None]
    highs = [item.high for item in ranges if item.high is not None]
    if len(lows) != 1 or len(highs) != 1 or lows[0].amount.value >= highs[0].amount.value:
        raise StopError(_span(bounds), Text("两个界限合不成一个区间", "the two bounds make no range"))
    return Range(*_same_unit(lows[0], highs[0]))


def _same_unit(low: End, high: End) -> tuple[End, End]:
    """The unit may stand behind the second number only (80-90%)."""
    if low.amount.unit == NUMBER:
        return End(Amount(low.amount.number, high.amount.unit), low.closed), high
    return low, high


def _one_range(phrase: Phrase) -> Range:
    return _RANGES[phrase.kind](phrase)


def _closed(phrase: Phrase, end: str, amount: Amount) -> bool | None:
    """Whether the mark of one end (``a``, ``b``) says that it belongs to the range; None where there is no mark."""
    word = phrase.slots.get(f"m{end}")
    if word is None:
        return None
    number, unit = phrase.slots.get(f"v{end}"), unit_of(phrase.slots.get(f"w{end}", ""))
    if number and (amount_of(number, "").value != amount.value or unit not in (amount.unit, NUMBER)):
        raise StopError(phrase.span, Text("括号里的数与前面的不同", "the number in brackets is another one"))
    return word in ("含", "包括", "included", "inclusive")


def _compared(phrase: Phrase) -> Range:
    slots = phrase.slots
    amount = amount_of(slots["a"], slots.get("u", ""))
    word = next(key for key in ("least", "reach", "most", "below", "above", "equal") if key in slots)
    closed = word in ("least", "reach", "most")
    marked = _closed(phrase, "a", amount)
    if marked is not None and (marked is not closed or word == "equal"):
        raise StopError(phrase.span, Text("含与不含的说法前后不一", "it says both that the end is included and not"))
    side = slots.get("s", "")
    fits = {"least": "上", "reach": "上", "above": "上", "most": "下内", "below": "下"}.get(word, "")
    if side and side[-1] not in fits:
        raise StopError(phrase.span, Text("前后两个方向不同", "the two directions differ"))
    if word == "equal":
        return Range(End(amount, True), End(amount, True))
    end = End(amount, closed)
    if word in ("most", "below"):
        return Range(None, end)
    return Range(end, None, reached=word == "reach" and not side)


def _side(phrase: Phrase) -> Range:
    slots = phrase.slots
    amount = amount_of(slots["a"], slots.get("u", ""))
    marks = {mark for mark in (_closed(phrase, "a", amount), _closed(phrase, "b", amount)) if mark is not None}
    word = slots["s"]
    if word[0] in "及或" or word.isascii():
        marks.add(True)
    if len(marks) > 1:
        raise StopError(phrase.span, Text("含与不含的说法前后不一", "it says both that the end is included and not"))
    end = End(amount, next(iter(marks), None))
    upward = word.endswith("上") or word.split(" ")[-1] in ("more", "above", "higher", "better", "over")
    return Range(end, None) if upward else Range(None, end)


def _spanned(phrase: Phrase) -> Range:
    slots = phrase.slots
    high = amount_of(slots["b"], slots.get("v", ""))
    unit = unit_of(slots.get("u", ""))
    low = Amount(slots["a"], high.unit if unit == NUMBER else unit)
    if low.value >= high.value:
        raise StopError(phrase.span, Text("区间的起点不小于终点", "the range does not begin below its end"))
    closed = _closed(phrase, "b", high)
    if "less" in slots:
        closed = False
    return Range(End(low, _closed(phrase, "a", low)), End(high, closed))


def _chained(phrase: Phrase) -> Range:
    slots = phrase.slots
    one, other = amount_of(slots["a"], slots.get("u", "")), amount_of(slots["b"], slots.get("v", ""))
    first, second = End(one, slots["c"] not in "<>"), End(other, slots["d"] not in "<>")
    if phrase.kind == "DOWNWARD":
        first, second = second, first
    if first.amount.value >= second.amount.value:
        raise StopError(phrase.span, Text("区间的起点不小于终点", "the range does not begin below its end"))
    return Range(*_same_unit(first, second))


def _interval(phrase: Phrase) -> Range:
    slots = phrase.slots
    low = End(amount_of(slots["a"], slots.get("u", "")), slots["c"] == "[")
    high = End(amount_of(slots["b"], slots.get("v", "")), slots["d"] == "]")
    if low.amount.value >= high.amount.value:
        raise StopError(phrase.span, Text("区间的起点不小于终点", "the range does not begin below its end"))
    return Range(*_same_unit(low, high))


def _at(phrase: Phrase) -> Range:
    end = End(amount_of(phrase.slots["a"], phrase.slots["u"]), True)
    return Range(end, end)


_RANGES: dict[str, Callable[[Phrase], Range]] = {
    "COMPARED": _compared,
    "SIDE": _side,
    "SPAN": _spanned,
    "UPWARD": _chained,
    "DOWNWARD": _chained,
    "INTERVAL": _interval,
    "AT": _at,
}

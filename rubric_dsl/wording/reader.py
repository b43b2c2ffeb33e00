"""From a wording to its one meaning, to all of its meanings, or to the words that stopped the reading."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from lark import UnexpectedInput, UnexpectedToken

from rubric_dsl.diagnostics import Diagnostic, Lang, Text
from rubric_dsl.numbers import NumberError, parse_number, text_of
from rubric_dsl.source import Span
from rubric_dsl.syntax.automaton import Refusal
from rubric_dsl.syntax.characters import fold, map_characters
from rubric_dsl.syntax.grammar import CLAUSE, load
from rubric_dsl.syntax.leaves import leaf_content
from rubric_dsl.syntax.tree import Leaf
from rubric_dsl.syntax.write import write_tree
from rubric_dsl.units import find_unit
from rubric_dsl.wording import numeric, textual
from rubric_dsl.wording.amounts import Amount, number_of
from rubric_dsl.wording.draft import Context, Draft, stop
from rubric_dsl.wording.parts import (
    Band,
    Grade,
    Item,
    Kind,
    Lacking,
    Modifier,
    Occurrence,
    Part,
    Said,
    Shared,
    Step,
    Target,
    parts_of,
)
from rubric_dsl.wording.phrases import MAX_LENGTH, Phrase, cut, is_chinese, phrases, squeeze, tokens_of
from rubric_dsl.wording.reading import StopError, Wording, WordingReading, WordingSlot
from rubric_dsl.wording.rows import heading_of, row_of
from rubric_dsl.wording.trial import Trial, try_out, work_out

_NUMERIC = (Band, Shared, Step, Target)
_TEXTUAL = (Said, Item, Kind, Grade, Occurrence, Lacking)
MAX_WORKED = 24
"""Where there is one meaning, so many worked cases are shown at the most."""
_USUAL = Fraction(10)
"""The points of the small rubric where neither the column nor the wording says any."""


def read_wording(
    text: str,
    *,
    language: Lang | None = None,
    points: Fraction | int | str | None = None,
    measure_unit: str | None = None,
    name: str | None = None,
) -> Wording:
    """Read a scoring standard as an official document has it: one phrase, a whole cell, or a row pasted with tabs.

    ``language`` is the keyword language of the clauses, that of the wording when it is None. ``points`` are those of the
    points column, where it is known; ``measure_unit`` the unit of what the indicator measures, by a name of
    :mod:`rubric_dsl.units` (``ratio``, ``persons``, 人 …); ``name`` the indicator's name, which the wording may repeat.

    What is not understood to its last word is not read, and nothing is guessed: a wording with several meanings is
    *open*. All clauses have been loaded, and all scores in the answer come from the engine. No text raises.

    Raises:
        NumberError: ``points`` is no number.
    """
    worth = parse_number(str(points)) if points is not None else None
    unit = find_unit(measure_unit) if measure_unit is not None else None
    context = Context(worth, measure_unit if unit is None else unit.id, (name or "").strip())
    lang: Lang = language or ("zh" if is_chinese(text) else "en")
    if len(text) > MAX_LENGTH:
        told = Text(f"原文超过 {MAX_LENGTH} 字", f"the wording has more than {MAX_LENGTH} characters")
        return Wording("not read", (), (), Span(MAX_LENGTH, len(text)), told)
    if "\t" in text.strip():
        return _row(text, context, lang)
    heading = heading_of(text) if points is None and name is None else None
    if heading is not None:
        return Wording("read", (WordingReading((), heading.written(lang)),), (WordingSlot(heading.span, "heading"),))
    return _standard(text, context, lang)


def _row(text: str, context: Context, lang: Lang) -> Wording:
    """Read a row: the heading and, below it, the standard; what stands in other cells is theirs."""

    def cell(words: str, points: str, name: str) -> Wording:
        return _standard(words, replace(context, points=parse_number(points), name=" ".join(name.split())), lang)

    try:
        row = row_of(text, cell)
    except StopError as error:
        return Wording("not read", (), (), error.span, error.reason)
    found = cell(text[row.standard.start : row.standard.end], row.heading.points, row.heading.name)
    readings = tuple(replace(reading, heading=row.heading.written(lang)) for reading in found.readings)
    start = row.standard.start
    inner = [WordingSlot(Span(slot.span.start + start, slot.span.end + start), slot.kind) for slot in found.spans]
    slots = [WordingSlot(row.heading.span, "heading"), *inner, *(WordingSlot(span, "beside") for span in row.beside)]
    return replace(found, readings=readings, spans=tuple(sorted(slots, key=lambda slot: slot.span.start)))


def _standard(text: str, context: Context, lang: Lang) -> Wording:
    chinese = is_chinese(text)
    found: list[Phrase] = []
    try:
        found = cut(squeeze(text, chinese=chinese), "zh" if chinese else "en")
        drafts = _meanings(text, found, "zh" if chinese else "en", context)
        readings = _readings(drafts, text, context, lang)
    except StopError as error:
        return Wording("not read", (), _slots(found, error.span.start), error.span, error.reason)
    slots = _slots(found, len(text))
    if len(readings) == 1:
        return Wording("read", readings, slots)
    return Wording("open", readings, slots, reason=_open(readings))


def _slots(found: list[Phrase], end: int) -> tuple[WordingSlot, ...]:
    """Return what the phrases before a place were taken for."""
    return tuple(
        WordingSlot(phrase.span, phrase.kind.strip("_").lower()) for phrase in found if phrase.span.start < end
    )


def _open(readings: tuple[WordingReading, ...]) -> Text:
    told = [choice for reading in readings for choice in reading.choices]
    kept = list(dict.fromkeys(told))
    return Text(
        "有几种口径：" + "；".join(choice.zh for choice in kept),
        "it has several meanings: " + "; ".join(choice.en for choice in kept),
    )


# ---------------------------------------------------------------- phrases to meanings


def _meanings(text: str, found: list[Phrase], start: str, context: Context) -> list[Draft]:
    if not found:
        raise stop(Span(0, len(text)), "没有文字", "there is no text")
    try:
        tree = phrases(start).parser.parse(tokens_of(found, start), start=start)
    except UnexpectedInput as error:
        raise _refused(error, found) from None
    return _composed(parts_of(tree, found), context)


def _refused(error: UnexpectedInput, found: list[Phrase]) -> StopError:
    at = error.token.start_pos if isinstance(error, UnexpectedToken) else None
    if at is None or (isinstance(error, UnexpectedToken) and error.token.type == "$END"):
        return stop(found[-1].span, "话没有说完", "the wording ends too early")
    words = found[at].shown
    return stop(found[at].span, f"读到“{words}”读不下去", f"the reading stops at '{words}'")


def _composed(parts: list[Part], context: Context) -> list[Draft]:
    if len(parts) == 1 or all(isinstance(part, (Modifier, Target)) for part in parts):
        alone = _alone(parts, context)
        if alone is not None:
            return alone
    for part in parts:
        if isinstance(part, Modifier) and part.kind in ("PROPORTION", "FORMULA", "AWARD"):
            raise stop(part.span, "这一句与别的计分办法写在一起", "this stands beside another way to score")
    numeric_part = next((part for part in parts if isinstance(part, _NUMERIC)), None)
    textual_part = next((part for part in parts if isinstance(part, _TEXTUAL)), None)
    if numeric_part is not None and textual_part is not None:
        later = max(numeric_part.span.start, textual_part.span.start)
        span = numeric_part.span if numeric_part.span.start == later else textual_part.span
        raise stop(span, "数值的规则与文字的规则写在一起", "a rule about a number and one in words stand together")
    if numeric_part is not None:
        return numeric.compose(parts, context)
    if textual_part is not None:
        return textual.compose(parts, context)
    raise stop(parts[0].span, "前面没有这句话所限的计分", "there is no rule that this could limit")


def _alone(parts: list[Part], context: Context) -> list[Draft] | None:
    """A proportion or an award, with what limits it."""
    first = next((part for part in parts if isinstance(part, Modifier)), None)
    if first is not None and first.kind == "AWARD":
        return [_award(first, [part for part in parts if part is not first], context)]
    if first is not None and first.kind in ("PROPORTION", "FORMULA"):
        return _proportion(parts, first, context)
    return None


def _award(part: Modifier, more: list[Part], context: Context) -> Draft:
    """An assessor's number; of several assessors it must be said how their numbers make one."""
    count = part.slots.get("a")
    following = next((item for item in more if isinstance(item, Modifier)), None)
    mean = following if following is not None and following.kind == "MEAN" else None
    if more and (mean is None or len(more) > 1):
        raise stop(more[-1].span, "这一句与评定给分合不到一起", "this does not go with an assessor's number")
    if (count is None) is not (mean is None):
        span = part.span if mean is None else mean.span
        raise stop(
            span,
            "几位评委、怎样合成一个得分，要都写明",
            "how many assessors, and how they make one score, must both be said",
        )
    panel = ""
    if mean is not None and count is not None:
        panel = f"评委{'去掉最高最低' if 'trim' in mean.slots else ''}平均分 {number_of(count)}人"
    one, two = parse_number(part.slots["n"]), parse_number(part.slots["m"])
    low, high = min(one, two), max(one, two)
    if low == high or (context.points is not None and high != context.points):
        raise stop(part.span, "给分的范围与分值不合", "the range does not go with the points")
    return Draft((f"评定给分 {text_of(low)}分 到 {text_of(high)}分", *([panel] if panel else [])))


def _proportion(parts: list[Part], first: Modifier, context: Context) -> list[Draft]:
    target = ""
    cap: str | None = None
    subject = first.slots.get("lead", "").strip()
    if subject and context.name and fold(subject) != fold(context.name):
        raise stop(
            first.span,
            f"“{subject}”与“{context.name}”不是同一个量",
            f"'{subject}' is another quantity than '{context.name}'",
        )
    for part in parts:
        if isinstance(part, Target) and not target and part.amount.value > 0:
            target = f"，以 {part.amount.written} 为标准"
            unit = part.amount.unit
            if unit != (context.unit or unit):
                raise stop(part.span, "单位与前面的不同", "the unit is another one than before")
            context = replace(context, unit=unit)
        elif isinstance(part, Modifier) and part.kind == "CAP_FULL" and cap is None:
            cap = "最多 满分"
        elif isinstance(part, Modifier) and part.kind == "CAP_GET" and cap is None:
            points = parse_number(part.points)
            cap = "最多 满分" if points == context.points else f"最多 {part.points}分"
        elif part is not first:
            raise stop(part.span, "这一句与按比例计分合不到一起", "this does not go with a proportional score")
    unit = context.unit or "ratio"
    tried = tuple(Amount(number, unit) for number in ("50", "100", "120"))
    if cap is not None:
        return [Draft((f"按比例计分{target}，{cap}",), (), tried, unit, subject)]
    return [
        Draft(
            (f"按比例计分{target}，最多 满分",),
            (Text("超额完成的按满分计", "more than the target scores full marks"),),
            tried,
            unit,
            subject,
        ),
        Draft(
            (f"按比例计分{target}，不封顶",),
            (Text("超额完成的多得分", "more than the target scores more"),),
            tried,
            unit,
            subject,
        ),
    ]


# ---------------------------------------------------------------- meanings to readings


def _readings(drafts: list[Draft], text: str, context: Context, lang: Lang) -> tuple[WordingReading, ...]:
    """Try every meaning in the engine; those of several are kept that score otherwise than the ones before them."""
    kept: list[WordingReading] = []
    points = _points(drafts, context)
    amounts = tuple(amount for draft in drafts for amount in draft.amounts)
    for draft in drafts:
        trial = try_out(draft, points)
        if not isinstance(trial, Trial):
            raise _unusable(trial, text)
        reading = WordingReading(
            _written(draft.clauses, lang),
            choices=draft.choices,
            worked=work_out(trial, draft.unit, amounts),
            complete=trial.complete,
            unit=draft.unit,
            subject=draft.subject,
        )
        if not any(reading.worked == other.worked and reading.worked for other in kept):
            kept.append(reading)
    if len(kept) == 1:
        return (replace(kept[0], choices=(), worked=kept[0].worked[:MAX_WORKED]),)
    return tuple(_differing(reading, kept) for reading in kept)


def _differing(reading: WordingReading, every: list[WordingReading]) -> WordingReading:
    """Keep the worked cases in which some reading scores otherwise."""
    scores: dict[str, set[tuple[Fraction, Fraction]]] = {}
    for other in every:
        for item in other.worked:
            scores.setdefault(item.given, set()).add((item.low, item.high))
    return replace(reading, worked=tuple(item for item in reading.worked if len(scores[item.given]) > 1))


def _points(drafts: list[Draft], context: Context) -> Fraction:
    """Return the points of the small rubric: those of the column, else the most that the clauses give."""
    if context.points is not None:
        return context.points
    clauses = drafts[0].clauses
    given = [parse_number(number) for clause in clauses for number in _GIVEN.findall(clause)]
    if clauses and _ITEM.match(clauses[0]):
        return sum((parse_number(number) for clause in clauses for number in _WORTH.findall(clause)), Fraction(0))
    if any("满分" in clause or "加" in clause for clause in clauses) or not given:
        return max([*given, _USUAL]) + (1 if given and max(given) >= _USUAL else 0)
    return max(given)


_GIVEN = re.compile(r"(?:计|到|基础分) ([0-9.]+)分")
_ITEM = re.compile(r"[①-⑳(]")
_WORTH = re.compile(r" ([0-9.]+)分\Z")


def _unusable(fault: Diagnostic | None, text: str) -> StopError:
    whole = Span(0, len(text))
    if fault is None:
        return stop(whole, "写成规则后不能用", "as a rule it cannot be used")
    return StopError(
        whole, Text(f"写成规则后不能用：{fault.message.zh}", f"as a rule it cannot be used: {fault.message.en}")
    )


def _written(clauses: tuple[str, ...], lang: Lang) -> tuple[str, ...]:
    """Write clauses through the language's own grammar, in either keyword language."""
    return tuple(_one_written(clause, lang) for clause in clauses)


def _one_written(clause: str, lang: Lang) -> str:
    mapped = map_characters(clause).text

    def leaf(kind: str, at: Span) -> Leaf:
        return Leaf(kind, leaf_content(kind, mapped[at.start : at.end], clause[at.start : at.end]), at)

    tree = load().automaton.parse(mapped, 0, CLAUSE, leaf)
    if isinstance(tree, Refusal):
        raise LookupError(f"the language cannot read {clause}")
    return write_tree(tree, lang)


__all__ = ["NumberError", "read_wording"]

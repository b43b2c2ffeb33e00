"""Wordings in words: checklists, levels, and cases that cost points."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from itertools import product

from rubric_dsl.diagnostics import Text
from rubric_dsl.numbers import parse_number, text_of
from rubric_dsl.syntax.leaves import leaf_written, quote
from rubric_dsl.wording.amounts import Amount, unit_of
from rubric_dsl.wording.bands import MAX_QUESTIONS
from rubric_dsl.wording.complements import cover, empty_full
from rubric_dsl.wording.draft import Context, Draft, limits_written, points_of, score_written, stop
from rubric_dsl.wording.parts import Grade, Item, Kind, Lacking, Modifier, Occurrence, Otherwise, Part, Said

_Way = tuple[str, tuple[Text, ...]]
"""One meaning of one case: its clause, and what was taken where the wording leaves it open."""

_ALL_KINDS = frozenset({"以上情况", "以上", "上述情况", "上述", "以上各项", "上述各项", ""})
_ANY_KIND = frozenset({"不符合要求的", "不符合规定的", "不符合的", "不合要求的", "违反规定的", ""})
"""Words that say nothing but “one of the kinds above”."""
_CAPS = ("CAP_OFF", "CAP")
_LACKS = ("缺少", "缺", "少", "漏")
_ANY_ONE = re.compile("任一|任何一|任意一|之一")
"""Words after which it is not stated whether each one counts, or one is enough."""


def compose(parts: list[Part], context: Context) -> list[Draft]:
    """Return every meaning of the parts of a wording in words.

    Raises:
        StopError: the parts do not make one rule, or something is left unsaid that no list of meanings can cover.
    """
    if all(isinstance(part, Grade) for part in parts):
        return [_grades([part for part in parts if isinstance(part, Grade)])]
    if any(isinstance(part, Item) for part in parts):
        return [_checklist(parts, context)]
    said = [part for part in parts if isinstance(part, Said)]
    if said and all(part.bracketed for part in said) and len(said) == len(parts):
        return [_items([(str(index), part) for index, part in enumerate(said, 1)], context)]
    counted = [part for part in parts if isinstance(part, (Occurrence, Lacking, Kind))]
    taken = [part for part in said if part.score.kind == "off"]
    if not counted and not taken and any(part.score.kind != "nothing" for part in said):
        return [_levels(parts, context)]
    return _cases(parts, context)


# ---------------------------------------------------------------- checklists


def _checklist(parts: list[Part], context: Context) -> Draft:
    items: list[tuple[str, Item | Said]] = []
    for part in parts:
        if not isinstance(part, Item):
            raise stop(part.span, "这一句不是评价要点的一项", "this is not an item of the checklist")
        items.append((part.mark, part))
    for wanted, (mark, item) in enumerate(items, 1):
        if _order(mark) != wanted:
            raise stop(item.span, "序号不连续", "the numbers of the items do not run on")
    return _items(items, context)


def _order(mark: str) -> int:
    if mark.isdigit() and mark.isascii():
        return int(mark)
    if mark.isascii():
        return ord(mark) - ord("a") + 1
    return ord(mark) - ord("①") + 1


def _items(items: list[tuple[str, Item | Said]], context: Context) -> Draft:
    total = Fraction(0)
    clauses = []
    for index, (_, item) in enumerate(items, 1):
        if item.score.kind != "points":
            raise stop(item.span, "这一项没有写得几分", "this item does not say what it is worth")
        total += parse_number(item.score.points)
        clauses.append(f"{leaf_written('ITEM', str(index), 'zh')} {quote(item.text, 'zh')} {item.score.points}分")
    if context.points is not None and total != context.points:
        one, two = text_of(total), text_of(context.points)
        span = items[-1][1].span
        raise stop(span, f"各项合计 {one}分，分值是 {two}分", f"the items add up to {one}, the points are {two}")
    return Draft(tuple(clauses))


# ---------------------------------------------------------------- levels


def _grades(grades: list[Grade]) -> Draft:
    if len(grades) == 1:
        raise stop(grades[0].span, "只有一个等次", "there is only one level")
    scores = [parse_number(grade.points) for grade in grades]
    if len(set(scores)) != len(scores):
        raise stop(grades[-1].span, "两个等次的分相同", "two levels have the same score")
    return Draft(tuple(f"评为 {quote(grade.text, 'zh')} 计 {grade.points}分" for grade in grades))


def _levels(parts: list[Part], context: Context) -> Draft:
    """Cases in words of which always one holds: the assessor says which."""
    said: list[Said] = []
    rest: Otherwise | None = None
    for part in parts:
        if isinstance(part, Said) and rest is None:
            said.append(part)
        elif isinstance(part, Otherwise) and rest is None:
            rest = part
        else:
            raise stop(part.span, "这一句接不上前面的话", "this does not go with what stands before it")
        points = points_of(part.score)
        if part.score.kind == "picked" or (
            points is not None and context.points is not None and points > context.points
        ):
            raise stop(part.span, "这里的分数与分值不合", "this score does not go with the points")
    _refuse_other_points(said, context)
    if rest is None and not cover([part.text for part in said]):
        raise stop(
            said[-1].span,
            "几种情形没有说全：都不是的时候得几分，没有说",
            "the cases do not cover everything: what is scored when none of them holds is not said",
        )
    clauses = [f"评为 {quote(part.text, 'zh')} {score_written(part.score)}" for part in said]
    if rest is not None:
        clauses.append(f"评为 {quote(rest.word.strip('，,均'), 'zh')} {score_written(rest.score)}")
    return Draft(tuple(clauses))


def _refuse_other_points(said: list[Said], context: Context) -> None:
    """The best case must give the points of the column."""
    scores = [points_of(part.score) for part in said]
    if context.points is None or None in scores:
        return
    best = max(value for value in scores if value is not None)
    if best != context.points:
        one, two = text_of(best), text_of(context.points)
        raise stop(said[0].span, f"最多 {one}分，分值是 {two}分", f"at most {one} points, where the column has {two}")


# ---------------------------------------------------------------- cases that cost points


def _cases(parts: list[Part], context: Context) -> list[Draft]:
    """Cases found, each with its points; what limits a rate stands behind it."""
    heaviest = [part for part in parts if isinstance(part, Modifier) and part.kind == "HEAVIEST"]
    if heaviest:
        return _heaviest([part for part in parts if part not in heaviest], heaviest, context)
    rows: list[tuple[Part, list[Modifier]]] = []
    base = parts[0] if isinstance(parts[0], Modifier) and parts[0].kind == "BASE" else None
    for part in parts if base is None else parts[1:]:
        if isinstance(part, Modifier) and rows and part.kind != "BASE":
            rows[-1][1].append(part)
        elif isinstance(part, (Occurrence, Lacking, Said)):
            rows.append((part, []))
        elif isinstance(part, Kind):
            if any(not isinstance(row[0], Kind) for row in rows):
                raise stop(part.span, "序号在扣分之后", "an item stands behind the rate")
            rows.append((part, []))
        else:
            raise stop(part.span, "这一句接不上前面的话", "this does not go with what stands before it")
    if isinstance(rows[0][0], Kind):
        return [_of_kinds(rows)]
    rows = [row for row in rows if not _says_nothing(row, rows)]
    adds = [isinstance(part, Occurrence) and part.adds for part, _ in rows]
    if any(adds) and not all(adds) and base is None:
        raise stop(
            rows[adds.index(False)][0].span,
            "有加有扣，没有说明基础分",
            "points are added and taken off, and no base is said",
        )
    repeated = any(item.kind == "UNTIL" for _, limits in rows for item in limits)
    ways = [_clause(part, limits, context, repeated=repeated) for part, limits in rows]
    head = () if base is None else (f"基础分 {base.points}分",)
    drafts = [
        Draft((*head, *(clause for clause, _ in way)), tuple(words for _, told in way for words in told))
        for way in _combined(ways)
    ]
    return [other for draft in drafts for other in _capped(draft, rows)]


def _heaviest(parts: list[Part], said: list[Modifier], context: Context) -> list[Draft]:
    """就高不就低: of several kinds of cases only the one that costs most."""
    rates = [part for part in parts if isinstance(part, (Occurrence, Kind))]
    clear = len(said) == 1 and len(rates) > 1 and all(isinstance(part, (Occurrence, Kind, Modifier)) for part in parts)
    if (
        not clear
        or any(isinstance(part, Occurrence) and part.adds for part in parts)
        or (isinstance(parts[0], Modifier))
    ):
        raise stop(
            said[0].span, "几种扣分里取最重的，没有看到几种扣分", "of which deductions the heaviest counts is not clear"
        )
    drafts = _cases(parts, context)
    return [replace(draft, clauses=(*draft.clauses, "就高不就低")) for draft in drafts]


def _combined(ways: list[list[_Way]]) -> list[tuple[_Way, ...]]:
    """Every combination of what is open; where much is, all of it is taken alike."""
    if sum(len(way) > 1 for way in ways) <= MAX_QUESTIONS:
        return list(product(*ways))
    return [tuple(way[0] for way in ways), tuple(way[-1] for way in ways)]


def _says_nothing(row: tuple[Part, list[Modifier]], rows: list[tuple[Part, list[Modifier]]]) -> bool:
    """符合要求，得满分 before deductions: a closed list of words for “nothing is taken off”."""
    part, limits = row
    full = isinstance(part, Said) and part.score.kind == "full" and empty_full(part.text)
    return full and not limits and len(rows) > 1


def _clause(part: Part, limits: list[Modifier], context: Context, *, repeated: bool) -> list[_Way]:
    if isinstance(part, Occurrence):
        return [(_occurrence(part, limits), ())]
    if isinstance(part, Lacking):
        return _lacking(part, limits, context, repeated=repeated)
    if not isinstance(part, Said) or part.score.kind not in ("off", "nothing"):
        raise stop(part.span, "这一句与扣分合不到一起", "this does not go with points taken off")
    if part.score.kind == "off" and _ANY_ONE.search(part.text):
        return _lacking(Lacking(part.text, part.score.points, part.span), limits, context, repeated=repeated)
    points = part.score.points or _full(part, context)
    return [(_once(part.text, points, limits), ())]


def _full(part: Part, context: Context) -> str:
    """不得分 takes all points off, so they must be known."""
    if context.points is None:
        raise stop(part.span, "要知道分值，才能写明扣几分", "the points must be known to say how much is lost")
    return text_of(context.points)


def _once(text: str, points: str, limits: list[Modifier]) -> str:
    """A case that costs its points, however often: found once or more."""
    for item in limits:
        if item.kind != "UNTIL":
            raise stop(item.span, "这一句说的不是前面的扣分", "this limits something else than the deduction before it")
    until = "，扣完为止" if limits else ""
    return f"每出现 1次 {quote(text, 'zh')} 扣 {points}分，最多 {points}分{until}"


def _lacking(part: Lacking, limits: list[Modifier], context: Context, *, repeated: bool) -> list[_Way]:
    if not part.points:
        return [(_once(part.text, _full(part, context), limits), ())]
    each = f"每出现 1次 {quote(part.text, 'zh')} 扣 {part.points}分{limits_written(limits, adds=False, size=None)}"
    if repeated or any(item.kind in _CAPS for item in limits):
        return [(each, ())]
    return [
        (each, (Text(f"“{part.text}”有几次扣几次", f"'{part.text}' costs its points as often as it is found"),)),
        (
            _once(part.text, part.points, limits),
            (Text(f"“{part.text}”只扣一次", f"'{part.text}' costs its points once"),),
        ),
    ]


def _occurrence(part: Occurrence, limits: list[Modifier]) -> str:
    size = Amount(part.count, unit_of(part.counter))
    if part.adds and not any(item.kind in ("CAP_ADD", "CAP", "CAP_FULL") for item in limits):
        raise stop(part.span, "没有说明最多加几分", "it is not stated how much is added at most")
    if part.verb in _LACKS:
        text, counter = _found(part.text, part.lacked), part.counter
    elif part.verb or not part.what or not part.counter or not part.text:
        text, counter = _found(part.text, part.what), part.counter
    else:
        text, counter = part.text, part.counter + part.what
    unit = Amount("", unit_of(counter)).unit_written or "次"
    named = f" {quote(text, 'zh')}" if text else ""
    verb = "加" if part.adds else "扣"
    return f"每出现 {part.count}{unit}{named} {verb} {part.points}分{limits_written(limits, adds=part.adds, size=size)}"


def _found(before: str, behind: str) -> str:
    if behind in _ANY_KIND and before:
        return before
    return "，".join(text for text in (before, behind) if text)


def _of_kinds(rows: list[tuple[Part, list[Modifier]]]) -> Draft:
    """①…；②…。以上情况每出现一例扣1分."""
    *kinds, (rate, limits) = rows
    if not isinstance(rate, Occurrence) or rate.adds or rate.verb in _LACKS:
        raise stop(rate.span, "几种情况之后没有说怎样扣分", "what the kinds above cost is not said")
    if rate.text not in _ALL_KINDS or rate.what not in _ANY_KIND:
        raise stop(rate.span, "不清楚说的是不是上面各种情况", "it is not clear whether this speaks of the kinds above")
    named = []
    for wanted, (part, _) in enumerate(kinds, 1):
        if not isinstance(part, Kind) or _order(part.mark) != wanted:
            raise stop(part.span, "序号不连续", "the numbers do not run on")
        named.append(f"{leaf_written('ITEM', str(wanted), 'zh')} {quote(part.text, 'zh')}")
    size = Amount(rate.count, unit_of(rate.counter))
    written = limits_written(limits, adds=False, size=size)
    return Draft((f"每出现 {size.written} 违反 {'，'.join(named)} 扣 {rate.points}分{written}",))


_CAP = re.compile(r"，最多 ([0-9.]+)分")


def _capped(draft: Draft, rows: list[tuple[Part, list[Modifier]]]) -> list[Draft]:
    """A cap behind the last of several rates: of that rate, or of all together."""
    capped = [any(item.kind in _CAPS for item in limits) for _, limits in rows]
    if len(rows) < 2 or not capped[-1] or any(capped[:-1]):  # noqa: PLR2004 - several rates
        return [draft]
    points = next(item.points for item in rows[-1][1] if item.kind in _CAPS)
    bare = draft.clauses[-1].replace(f"，最多 {points}分", "", 1)
    own = Text(f"最多 {points}分只限最后一句", f"at most {points} is of the last one alone")
    every = Text(f"最多 {points}分限各句合计", f"at most {points} is of all together")
    return [
        Draft(draft.clauses, (*draft.choices, own)),
        Draft((*draft.clauses[:-1], bare, f"各项合计最多 {points}分"), (*draft.choices, every)),
    ]

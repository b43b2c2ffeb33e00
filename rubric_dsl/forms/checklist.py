"""Checklist: items with points, each met or not, in part, to a level or not applicable; items that cost points; items that the assessor gives a number."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.keys import item_address
from rubric_dsl.core.nodes import (
    Add,
    Branch,
    Case,
    Compare,
    Const,
    Div,
    Expr,
    Input,
    Lookup,
    Mul,
    Role,
    choose,
    minus,
    total_of,
)
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import MARKS, NO, NOT_APPLICABLE, PARTLY, YES, Context, FormInput, Seen, points_of
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.leaves import item_label
from rubric_dsl.syntax.tree import Node, leaf_text

_APPLYING = Text("适用各项的分值", "the points of the items that apply")
_ZERO = Const(Fraction(0))


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its label (①), official text, points, and the address of its mark.

    ``part`` are the points when partly met. ``exempt`` says what happens where it is not applicable: ``full`` marks,
    or its points ``shared`` by the others; empty where it always applies. ``off`` items cost points when unmet, items of
    points below zero when met. ``levels`` are the words between met and unmet, with their points. ``low`` is the least of
    an item for which the assessor gives a number, ``points`` then the most.
    """

    label: str
    text: str
    points: Fraction
    key: str
    part: Fraction | None = None
    exempt: str = ""
    off: bool = False
    levels: tuple[tuple[str, Fraction], ...] = ()
    low: Fraction | None = None

    @property
    def asked(self) -> FormInput:
        """What the assessor gives: a mark, or a number."""
        if self.low is not None:
            return FormInput(self.key, "number", self.low, self.points, words=self.text)
        return FormInput(self.key, "mark", options=self.options, words=self.text)

    @property
    def costs(self) -> bool:
        """Whether it only ever costs points."""
        return self.off or self.points < 0

    @property
    def options(self) -> tuple[str, ...]:
        """The marks that may be given."""
        partly = (PARTLY,) if self.part is not None else ()
        marks = (YES, *partly, *(name for name, _ in self.levels), NO)
        return (*marks, NOT_APPLICABLE) if self.exempt else marks

    def score(self) -> Expr:
        """Lower what the item gives (below zero for an item that costs points)."""
        if self.low is not None:
            return Input(self.key, role=_given(self))
        met, unmet = (Fraction(0), -self.points) if self.off else (self.points, Fraction(0))
        exempt = max(met, Fraction(0)) if self.exempt == "full" else Fraction(0)
        values = {YES: met, NO: unmet, NOT_APPLICABLE: exempt, **dict(self.levels)}
        if self.part is not None:
            values[PARTLY] = self.part
        return Lookup(self.key, tuple((option, values[option]) for option in self.options))


@dataclass(frozen=True, slots=True)
class Checklist:
    """Items add up; with ``all_or_nothing`` only all of them together give the points."""

    items: tuple[Item, ...]
    points: Fraction
    all_or_nothing: bool = False
    role: Literal["gain"] = "gain"

    @property
    def floor(self) -> Fraction | None:
        """The least that items with points below zero leave, where that is below zero."""
        lost = sum((item.points for item in self.items if item.points < 0), Fraction(0))
        lost += sum((item.low for item in self.items if item.low is not None and item.low < 0), Fraction(0))
        if not lost or self.all_or_nothing:
            return None
        return min(Fraction(0), self._begins + lost)

    @property
    def _begins(self) -> Fraction:
        """What the items count from: where all of them cost points, the full points."""
        return self.points if all(item.costs for item in self.items) else Fraction(0)

    @property
    def inputs(self) -> tuple[FormInput, ...]:
        """One mark for each item."""
        return tuple(item.asked for item in self.items)

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr:
        """Return the sum over the items; points of items that drop out are shared in proportion, what an item costs stays."""
        shared = [item for item in self.items if item.exempt == "shared" and not item.costs]
        costs = [item.score() for item in self.items if item.costs and shared]
        parts = [item.score() for item in self.items if not (item.costs and shared)]
        if self._begins:
            parts = [Const(self._begins), *parts]
        total: Expr = Add(tuple(parts))
        full = sum((item.points for item in self.items if not item.costs), self._begins)
        if shared:
            out = [Lookup(item.key, _out(item)) for item in shared]
            left = minus(Const(full), total_of(list(out)))
            share = Div(Mul(total, Const(full)), left, words=_APPLYING)
            total = Case((Branch(Compare(">", left, _ZERO), share),), None, fault="nothing-applies")
        if costs:
            total = Add((total, *costs))
        if not self.all_or_nothing:
            return total
        return choose(Compare(">=", total, Const(full)), Const(full), _ZERO)

    def reason(self, seen: Seen) -> Text | None:
        """Name the items that are not met; while some are not rated, only where one unmet settles all."""
        unmet = any(seen.chosen.get(item.key) == NO for item in self.items)
        numbers = [(item, seen.number(_given(item))) for item in self.items if item.low is not None]
        marked = [item for item in self.items if item.low is None]
        waiting = any(item.key not in seen.chosen for item in marked) or any(number is None for _, number in numbers)
        if waiting and not (self.all_or_nothing and unmet):
            return None
        told = [(item, _word(item, seen)) for item in marked]
        met = sum(1 for _, word in told if word == _MET)
        scored = [f"{item.label} {text_of(number)}" for item, number in numbers if number is not None]
        levels = [
            f"{item.label} {chosen}"
            for item in marked
            if (chosen := seen.chosen.get(item.key, "")) in {name for name, _ in item.levels}
        ]
        lost = [
            (word, "".join(item.label for item, own in told if own == word)) for word in (_PARTLY, _NOT, _OUT, _OPEN)
        ]
        zh = [f"{len(marked)} 项中 {met} 项符合", *(f"{labels} {word.zh}" for word, labels in lost if labels)]
        en = [f"{met} of {len(marked)} items met", *(f"{word.en} {labels}" for word, labels in lost if labels)]
        if not marked:
            zh, en = [], []
        zh, en = [*zh, *levels, *(f"{score} 分" for score in scored)], [*en, *levels, *scored]
        return Text("，".join(zh), ", ".join(en))


_MET, _PARTLY, _NOT, _OUT, _OPEN = (
    Text("符合", "met"),
    Text("部分符合", "partly"),
    Text("不符合", "not"),
    Text("不适用", "n/a"),
    Text("未评", "not rated"),
)
_WORDS = {YES: _MET, PARTLY: _PARTLY, NO: _NOT, NOT_APPLICABLE: _OUT}


_LEVEL = Text("某等", "to a level")


def _word(item: Item, seen: Seen) -> Text:
    chosen = seen.chosen.get(item.key, "")
    return _LEVEL if chosen in {name for name, _ in item.levels} else _WORDS.get(chosen, _OPEN)


def _given(item: Item) -> Role:
    """Return under which role the trace keeps the number of an item."""
    return Role("award", of=item.label)


def _out(item: Item) -> tuple[tuple[str, Fraction], ...]:
    return tuple((option, item.points if option == NOT_APPLICABLE else Fraction(0)) for option in item.options)


class ChecklistForm:
    """Reads ``item`` and ``all_or_nothing`` clauses."""

    clauses: ClassVar[tuple[str, ...]] = ("item", "all_or_nothing")

    def read(self, clauses: tuple[Node, ...], context: Context) -> Checklist | None:
        """Read the items; their labels must differ, and their points must not pass the indicator's."""
        listed = tuple(clause for clause in clauses if clause.kind == "item")
        items = tuple(_item(clause, context) for clause in listed)
        if not items:
            words = Text("“全部符合才计分”前面没有各项", "'all or nothing' has no items")
            hint = Text("在前面写各项，如：① “有制度” 5分", 'write items before it, for example: item 1 "has rules" 5')
            context.fault("no-items", words, clauses[0], hint=hint)
            return None
        if not self._sound(listed, items, context):
            return None
        total = sum((item.points for item in items if not item.costs), Fraction(0))
        if total not in (context.points, 0) and not context.adds:
            context.fault(
                "items-sum",
                Text(
                    f"各项合计 {text_of(total)} 分，指标为 {text_of(context.points)} 分",
                    f"the items give {text_of(total)}, the indicator has {text_of(context.points)}",
                ),
                clauses[0],
                severity="warning",
                hint=Text("各项分值之和应等于指标分值", "the items' points should sum to the indicator's"),
            )
        return Checklist(items, context.points, len(listed) < len(clauses))

    def _sound(self, clauses: tuple[Node, ...], items: tuple[Item, ...], context: Context) -> bool:
        seen: set[str] = set()
        for clause, item in zip(clauses, items, strict=True):
            if item.label in seen:
                words = Text(f"序号 {item.label} 重复", f"item {item.label} is given twice")
                context.fault("duplicate-item", words, clause, hint=Text("换一个序号", "give it another number"))
                return False
            seen.add(item.label)
            if not self._levels_sound(item, clause, context):
                return False
            if item.part is not None and not _between(item.part, item.points):
                words = Text(
                    f"部分符合计 {text_of(item.part)} 分，不在 0 分和符合的 {text_of(item.points)} 分之间",
                    f"partly met gives {text_of(item.part)}, which is not between 0 and the {text_of(item.points)} of met",
                )
                hint = Text("部分符合的分要比这一项的分少", "let partly met give less than the item's points")
                context.fault("item-part", words, clause, hint=hint)
                return False
        return True

    def _levels_sound(self, item: Item, clause: Node, context: Context) -> bool:
        """Whether an item's levels have names and points of their own, and the assessor's bounds are in order."""
        marks = {fold(word) for word in (*MARKS, YES, NO, PARTLY, NOT_APPLICABLE)}
        names = [fold(name) for name, _ in item.levels]
        again = next((name for name in names if names.count(name) > 1 or name in marks), None)
        if again is not None:
            message = Text(
                f"“{again}”写了两次，或本来就是评定用的词",
                f"'{again}' is given twice, or is a mark that items have anyway",
            )
            hint = Text("换一个名称，或删去一句", "give it another name, or remove one")
            context.fault("duplicate-level", message, clause, hint=hint)
            return False
        wrong = next((name for name, points in item.levels if not _between(points, item.points)), None)
        if wrong is not None:
            message = Text(
                f"“{wrong}”的分不在 0 分和符合的 {text_of(item.points)} 分之间",
                f"the points of '{wrong}' are not between 0 and the {text_of(item.points)} of met",
            )
            hint = Text("各等的分要比这一项的分少", "let a level give less than the item's points")
            context.fault("item-part", message, clause, hint=hint)
            return False
        if item.low is not None and item.low >= item.points:
            message = Text("给分范围要从小到大", "a range goes from the smaller to the greater")
            context.fault("award-bounds", message, clause, hint=Text("先写小的，后写大的", "the smaller first"))
            return False
        return True


def _item(clause: Node, context: Context) -> Item:
    label = item_label(clause.text("ITEM"))
    key = item_address(context.indicator, label)
    text = leaf_text(clause.node("text"))
    off = clause.find("off")
    if isinstance(off, Node):
        return Item(label, text, points_of(off.children[0]), key, off=True)
    picked = clause.find("picked")
    if isinstance(picked, Node):
        low, high = (points_of(child) for child in picked.children)
        return Item(label, text, high, key, low=low)
    part = clause.find("part_met")
    exempt = "full" if clause.find("NA_FULL") else "shared" if clause.find("NA_SHARED") else ""
    partly = points_of(part.children[0]) if isinstance(part, Node) else None
    points = next(child for child in clause.children if child.kind in ("points", "minus"))
    stated = (child for child in clause.all("item_level") if isinstance(child, Node))
    levels = tuple((leaf_text(level), points_of(level.children[1])) for level in stated)
    return Item(label, text, points_of(points), key, partly, exempt, levels=levels)


def _between(part: Fraction, points: Fraction) -> bool:
    """Whether part of an item's points is less than all of them."""
    return 0 <= part < points if points > 0 else points < part <= 0

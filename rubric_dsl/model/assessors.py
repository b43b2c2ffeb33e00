"""Several assessors: each gives the ratings of a rule, and a declared rule makes one score of theirs.

Not a form of its own: it goes around the forms of a rule, whose figures every assessor gives for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, permutations
from typing import Literal

from rubric_dsl.core.keys import item_address, item_of
from rubric_dsl.core.nodes import (
    Add,
    Branch,
    Compare,
    Const,
    Either,
    Expr,
    Extreme,
    Mul,
    choose,
    minus,
    times,
    total_of,
)
from rubric_dsl.core.walk import renamed
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import ONLY_ONE, Context, Form, FormInput, Marking, Seen, mark_role, points_of
from rubric_dsl.numbers import parse_number, shown, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.tree import Node, leaf_text

ASSESSORS = ("assessors",)
"""The clause that this reads."""
MOST, MOST_FOR_MEDIAN = 20, 9
"""So many assessors a rule may have: the middle of more than 9 is too long to write in least and greatest."""
RATED = ("number", "choice", "mark")
"""The inputs that people give by their own judgement."""
Way = Literal["MEAN_OF_ASSESSORS", "TRIMMED_OF_ASSESSORS", "MEDIAN_OF_ASSESSORS"]
_FEWEST: dict[str, int] = {"MEAN_OF_ASSESSORS": 2, "TRIMMED_OF_ASSESSORS": 3, "MEDIAN_OF_ASSESSORS": 2}
_WORDS: dict[str, Text] = {
    "MEAN_OF_ASSESSORS": Text("平均", "mean"),
    "TRIMMED_OF_ASSESSORS": Text("去掉最高最低平均", "mean without the highest and the lowest"),
    "MEDIAN_OF_ASSESSORS": Text("中位数", "median"),
}

_SIGNS = (("，", "："), (", ", ": "))


@dataclass(frozen=True, slots=True)
class Assessed:
    """The forms of a rule, given by each of several assessors."""

    indicator: str
    forms: tuple[Form, ...]
    names: tuple[str, ...]
    way: Way
    apart: Fraction | None = None
    adjudicator: str = ""
    role: Literal["gain"] = "gain"

    @property
    def everyone(self) -> tuple[str, ...]:
        """The assessors and, last, the adjudicator."""
        return (*self.names, self.adjudicator) if self.adjudicator else self.names

    @property
    def marking(self) -> Marking:
        """How they make one score."""
        return Marking(_WORDS[self.way], self.everyone, self.apart, self.adjudicator)

    @property
    def floor(self) -> Fraction | None:
        """The least score that the forms state."""
        return min((form.floor for form in self.forms if form.floor is not None), default=None)

    @property
    def inputs(self) -> tuple[FormInput, ...]:
        """Every rating of the forms, once for each assessor."""
        return tuple(
            replace(item, key=self._key(item.key, name), note=self._note(name))
            for name in self.everyone
            for item in self._asked
        )

    @property
    def _asked(self) -> tuple[FormInput, ...]:
        return tuple(item for form in self.forms for item in form.inputs)

    def _key(self, key: str, name: str) -> str:
        """Return an assessor's address: ``效益[张三]``; of an item, ``制度[张三①]``."""
        return item_address(self.indicator, name + item_of(key, self.indicator))

    def _note(self, name: str) -> Text:
        """Say who gives a rating; of the adjudicator, when it is needed."""
        if name != self.adjudicator or self.apart is None:
            return Text(f"评审专家 {name}", f"assessor {name}")
        limit = text_of(self.apart)
        return Text(f"复核人 {name}，相差超过 {limit} 分时填", f"adjudicator {name}, if more than {limit} apart")

    def branches(self) -> tuple[Branch, ...]:
        """No cases."""
        return ()

    def amount(self) -> Expr:
        """Return the one score that theirs make."""
        marks = [self._mark(name) for name in self.names]
        together = _together(self.way, marks)
        if self.apart is None or not self.adjudicator:
            return together
        # Pair by pair: the greatest less the least would seem to reach further than any marks do while some are missing.
        pairs = (Compare(">", minus(one, other), Const(self.apart)) for one, other in permutations(marks, 2))
        decided = choose(Either(tuple(pairs)), self._mark(self.adjudicator), together)
        # 0 × the marks: what is only compared would not stand in the trace, and they are to be shown.
        return Add((decided, Mul(Const(Fraction(0)), Add(tuple(marks)))))

    def _mark(self, name: str) -> Expr:
        keys = {item.key: self._key(item.key, name) for item in self._asked}
        amounts = [amount for form in self.forms if (amount := form.amount()) is not None]
        return Add((renamed(total_of(amounts), keys),), role=mark_role(name))

    def reason(self, seen: Seen) -> Text | None:
        """Say what each gave, how far they are apart, and what became of it."""
        marks = {name: value for name in self.everyone if (value := seen.number(mark_role(name))) is not None}
        own = [marks[name] for name in self.names if name in marks]
        if len(own) < len(self.names):
            given = [(name, shown(marks[name])) for name in self.names if name in marks]
            return (
                Text(*(comma.join(f"{name}{colon}{mark}" for name, mark in given) for comma, colon in _SIGNS))
                if own
                else None
            )
        spread = max(own) - min(own)
        zh, en = (comma.join(f"{name}{colon}{shown(marks[name])}" for name in self.names) for comma, colon in _SIGNS)
        words = _WORDS[self.way]
        told = Text(f"{zh}；相差 {shown(spread)}", f"{en}; {shown(spread)} apart")
        if self.apart is not None and spread > self.apart and not self.adjudicator:
            beyond = text_of(self.apart)
            told = Text(f"{told.zh}，超过 {beyond}", f"{told.en}, more than {beyond}")
        elif self.apart is not None and spread > self.apart:
            final = shown(marks[self.adjudicator]) if self.adjudicator in marks else "?"
            return Text(
                f"{told.zh}，超过 {text_of(self.apart)}，以复核人{self.adjudicator}的 {final} 为准",
                f"{told.en}, more than {text_of(self.apart)}: {self.adjudicator} adjudicates, {final}",
            )
        return Text(f"{told.zh}，取{words.zh}", f"{told.en}; {words.en}")


def _together(way: Way, marks: Sequence[Expr]) -> Expr:
    """Lower one score of several, only with sums, least and greatest, so that a missing mark gives an exact range."""
    count = len(marks)
    if way == "MEAN_OF_ASSESSORS":
        return times(Fraction(1, count), Add(tuple(marks)))
    if way == "TRIMMED_OF_ASSESSORS":
        # Without the highest and the lowest: each later mark, held between the least and the greatest before it.
        kept = [_between(marks[place], tuple(marks[:place])) for place in range(2, count)]
        return times(Fraction(1, count - 2), total_of(kept))
    upper = _place(marks, count // 2 + 1)
    return upper if count % 2 else times(Fraction(1, 2), Add((upper, _place(marks, count // 2))))


def _between(mark: Expr, earlier: tuple[Expr, ...]) -> Expr:
    return Extreme("max", (Extreme("min", earlier), Extreme("min", (Extreme("max", earlier), mark))))


def _place(marks: Sequence[Expr], place: int) -> Expr:
    """Return the mark at a place, counted from the highest: the greatest, over so many of them, of the least."""
    return Extreme("max", tuple(Extreme("min", some) for some in combinations(marks, place)))


def read_assessors(clauses: tuple[Node, ...], forms: tuple[Form, ...], context: Context) -> Assessed | None:
    """Read the clause around the forms of its rule; None without one, or where a fault was reported."""
    if not clauses:
        return None
    clause = clauses[0]
    if len(clauses) > 1:
        context.fault(
            "form-twice", Text("评审专家写了两次", "the assessors are given twice"), clauses[1], hint=ONLY_ONE
        )
        return None
    names = _names(clause)
    way = next(child.kind for child in clause.children if child.kind in _FEWEST)
    apart = clause.find("apart")
    limit = points_of(apart.node("points")) if isinstance(apart, Node) else None
    named = apart.find("name") if isinstance(apart, Node) else None
    adjudicator = "" if named is None else leaf_text(named)
    asked = [item for form in rated(forms) for item in form.inputs]
    if not asked or any(item.kind not in RATED for item in asked):
        hint = Text("写在“评定给分”“评为”或各项的后面", "put it behind an award, levels or items")
        words = Text("评审专家只能用在由人评定的规则上", "only a rule that is rated can have assessors")
        context.fault("assessors-rule", words, clause, hint=hint)
        return None
    everyone = [*names, *([adjudicator] if adjudicator else [])]
    folded = [fold(name) for name in everyone]
    again = next((name for name in everyone if folded.count(fold(name)) > 1), None)
    if again is not None:
        hint = Text("每人写一次；复核人要另外有人", "name each once; the adjudicator is someone else")
        context.fault("assessor-twice", Text(f"“{again}”写了两次", f"'{again}' is named twice"), clause, hint=hint)
        return None
    few, most = _FEWEST[way], MOST_FOR_MEDIAN if way == "MEDIAN_OF_ASSESSORS" else MOST
    if not few <= len(names) <= most:
        there = leaf_text(clause.node("how_many")) if clause.find("how_many") else str(len(names))
        words = Text(
            f"{_WORDS[way].zh}要有 {few} 到 {most} 个评审专家，这里有 {there} 个",
            f"the {_WORDS[way].en} takes {few} to {most} assessors; there are {there}",
        )
        context.fault(
            "assessors-count",
            words,
            clause,
            hint=Text("增减评审专家，或换一种取法", "name more or fewer, or use another way"),
        )
        return None
    if limit is not None and not adjudicator and clause.node("apart").find("LISTED") is None:
        context.fault(
            "assessors-apart",
            Text("没有写评审专家相差过大时怎么办", "what happens to marks too far apart is not stated"),
            clause,
            hint=Text(
                "写由谁复核，“复核人 姓名”，或写“列出”",
                "name who adjudicates, 'adjudicated by NAME', or say 'listed'",
            ),
        )
        return None
    if limit is not None and limit >= context.points:
        points = text_of(context.points)
        context.fault(
            "assessors-apart",
            Text(
                f"评审专家不会相差超过 {text_of(limit)} 分：指标只有 {points} 分",
                f"assessors are never more than {text_of(limit)} apart: the indicator has {points} points",
            ),
            clause,
            hint=Text(f"写小于 {points} 的数，或删去这一句", f"write less than {points}, or leave this out"),
        )
        return None
    return Assessed(context.indicator, rated(forms), names, _way(way), limit, adjudicator)


def rated(forms: tuple[Form, ...]) -> tuple[Form, ...]:
    """Return the forms that assessors go around: the gains. What is deducted or comes on top is the rule's own."""
    return tuple(form for form in forms if form.role == "gain")


def _names(clause: Node) -> tuple[str, ...]:
    """Return who assesses: as named, or 1, 2, 3 …; none of a number that is no number of people."""
    stated = clause.find("how_many")
    if stated is None:
        return tuple(leaf_text(child) for child in clause.children if child.kind == "name")
    count = parse_number(leaf_text(stated))
    # The names of far too many are never made.
    return tuple(str(at) for at in range(1, int(count) + 1)) if count.denominator == 1 and count <= MOST else ()


def _way(kind: str) -> Way:
    if kind == "TRIMMED_OF_ASSESSORS":
        return "TRIMMED_OF_ASSESSORS"
    return "MEDIAN_OF_ASSESSORS" if kind == "MEDIAN_OF_ASSESSORS" else "MEAN_OF_ASSESSORS"

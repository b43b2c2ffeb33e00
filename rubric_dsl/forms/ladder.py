"""Ladder: rungs to reach, each with its score; between two rungs the lower one counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Case, Compare, Const, Expr, Measure
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import Context, FormInput, Seen, measure_text, score_of
from rubric_dsl.syntax.tree import Node


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs from the highest down; below the lowest the score is 0."""

    rungs: tuple[tuple[Fraction, Fraction], ...]
    words: tuple[tuple[str, str], ...]
    role: Literal["gain"] = "gain"
    inputs: tuple[FormInput, ...] = ()
    floor: Fraction | None = None

    def branches(self) -> tuple[Branch, ...]:
        """A ladder gives points; it claims no part of the measure for itself."""
        return ()

    def amount(self) -> Expr:
        """Return the score of the highest rung that is reached."""
        rungs = zip(self.rungs, self.words, strict=True)
        found = (Branch(Compare(">=", Measure(), Const(at)), Const(score), words) for (at, score), words in rungs)
        return Case(tuple(found), Const(Fraction(0)), "ladder")

    def reason(self, seen: Seen) -> Text | None:
        """Name the rung that is reached."""
        measure = seen.number("measure")
        if measure is None:
            return None
        shown = measure_text(measure, seen.kind)
        for words in self.words:
            if words in seen.branches:
                return Text(f"{shown}：{words[0]}", f"{shown}: {words[1]}")
        return Text(f"{shown} 没有达到最低一级", f"{shown} reaches no rung")


class LadderForm:
    """Reads ``rung`` clauses."""

    clauses = ("rung",)
    pages: ClassVar[Mapping[str, Text]] = {
        "ladder-order": Text(
            "分级达标里，达到得多得分不能更少，同一级只写一次。",
            "On a ladder a higher rung cannot score less, and a rung is given once.",
        ),
    }

    def read(self, clauses: tuple[Node, ...], context: Context) -> Ladder | None:
        """Read the rungs; from the highest down their scores must not rise."""
        if context.measure is None:
            context.fault("no-measure", Text("分级达标需要指标值", "a ladder needs a measure"), clauses[0])
            return None
        found: list[tuple[Fraction, Fraction, Node]] = []
        for clause in clauses:
            score = clause.node("score")
            at = context.typer.compared(context.measure, next(c for c in clause.children if c is not score))
            if not isinstance(at, Const):
                return None
            found.append((at.value, score_of(score, context.points), clause))
        found.sort(key=lambda rung: -rung[0])
        for (high, more, _), (low, less, clause) in pairwise(found):
            if high == low or less > more:
                message = Text(
                    "达到得少，得分却不少；或同一级写了两次", "a lower rung scores more, or a rung is given twice"
                )
                context.fault("ladder-order", message, clause)
                return None
        return Ladder(tuple(rung[:2] for rung in found), tuple(context.words(rung[2]) for rung in found))

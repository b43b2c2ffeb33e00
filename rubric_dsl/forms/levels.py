"""Levels: the assessor names one of the levels, each with its score."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from rubric_dsl.core.nodes import Branch, Case, Const, Expr, Is, Lookup, Role
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import OFF, Context, FormInput, Seen, least_stated, picks_in, value_of_score
from rubric_dsl.numbers import shown
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.tree import Node, leaf_text

_LEVEL = Role("level")


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels in the author's order, with their scores."""

    key: str
    levels: tuple[tuple[str, Expr], ...]
    picks: tuple[FormInput, ...] = ()
    role: Literal["gain"] = "gain"
    floor: Fraction | None = None

    @property
    def inputs(self) -> tuple[FormInput, ...]:
        """One choice, and a number where a level leaves one to the assessor."""
        return (FormInput(self.key, "choice", options=tuple(name for name, _ in self.levels)), *self.picks)

    def branches(self) -> tuple[Branch, ...]:
        """No cases of the measure."""
        return ()

    def amount(self) -> Expr:
        """Return the level's score."""
        fixed = tuple((name, value.value) for name, value in self.levels if isinstance(value, Const))
        if len(fixed) == len(self.levels):
            return Lookup(self.key, fixed, role=_LEVEL)
        branches = (Branch(Is(self.key, frozenset({name})), value, (name, name)) for name, value in self.levels)
        return Case(tuple(branches), None, role=_LEVEL)

    def reason(self, seen: Seen) -> Text | None:
        """Name the level."""
        score, name = seen.number(_LEVEL), seen.chosen.get(self.key)
        if score is None or name is None:
            return None
        return Text(f"评为“{name}”，计 {shown(score)} 分", f"rated '{name}', scores {shown(score)}")


def _least(levels: tuple[tuple[str, Expr], ...], clauses: tuple[Node, ...]) -> Fraction | None:
    """Return the least score below zero that a level has or leaves to the assessor."""
    stated = (
        *(value.value for _, value in levels if isinstance(value, Const) and value.role != OFF),
        least_stated(clauses) or Fraction(0),
    )
    return min((score for score in stated if score < 0), default=None)


class LevelsForm:
    """Reads ``level`` clauses."""

    clauses: ClassVar[tuple[str, ...]] = ("level",)

    def read(self, clauses: tuple[Node, ...], context: Context) -> Levels | None:
        """Read the levels; a name may stand once."""
        found = [(leaf_text(c.node("name")), value_of_score(c.node("score"), context)) for c in clauses]
        levels = tuple((name, value) for name, value in found if value is not None)
        if len(levels) < len(found):
            return None
        seen: set[str] = set()
        for clause, (name, _) in zip(clauses, levels, strict=True):
            if name in seen:
                hint = Text("换一个名称，或删去一句", "give it another name, or remove one")
                message = Text(f"等次“{name}”写了两次", f"level '{name}' is given twice")
                context.fault("duplicate-level", message, clause, hint=hint)
                return None
            seen.add(name)
        picks = picks_in(clauses, context.indicator)
        return Levels(context.indicator, levels, picks, floor=_least(levels, clauses))

"""Advice to state a rounding: how many places the rubric's own examples have, and what the rounding does to one score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from rubric_dsl.core.keys import kind_of
from rubric_dsl.core.nodes import Expr, rounded
from rubric_dsl.core.walk import keys_of
from rubric_dsl.diagnostics import NO_TEXT, Text
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.model.combine import Member
from rubric_dsl.numbers import shown, text_of
from rubric_dsl.ranges import exactly
from rubric_dsl.syntax.tree import Leaf, Statement, Tree

Place = Literal["scores", "subtotals", "total"]
_PLACES: dict[Place, Text] = {
    "scores": Text("得分", "scores"),
    "subtotals": Text("小计", "subtotals"),
    "total": Text("总分", "total"),
}
_USUAL = 2
"""So many places stand in the example of a statement where nothing says how many."""


def places_in(statements: Iterable[Statement]) -> int | None:
    """Return the most decimals that expected scores are written with; None where all are whole: that says nothing."""
    expected = (statement.tree.find("points", "minus", "range") for statement in statements)
    return max((_decimals(tree) for tree in expected if tree is not None), default=0) or None


def _decimals(tree: Tree) -> int:
    if isinstance(tree, Leaf):
        return len(tree.text.partition(".")[2]) if tree.kind == "NUMBER" else 0
    return max((_decimals(child) for child in tree.children), default=0)


def as_advised(score: Expr, places: int | None) -> Expr:
    """Return a score with the rounding that is advised: with it the rest of the rubric is read, and the examples are run."""
    return rounded(score, Fraction(_step(places)), "half_up")


def advice(place: Place, places: int | None, shows: Text | None) -> Text:
    """Say how to state the rounding; ``places`` are those of the examples, ``shows`` a score that it changes."""
    what, step = _PLACES[place], _step(places)
    zh, en = f"舍入 {what.zh} 到 {step}，四舍五入", f"round {what.en} to {step}, half up"
    tail = shows or NO_TEXT
    if places is None:
        return Text(
            f"写明舍入（得分随位数而变，按公布得分的位数写），如：{zh}{tail.zh}",
            "say the rounding (scores depend on the places: write as many as published scores have), "
            f"for example: {en}{tail.en}",
        )
    return Text(
        f"写明舍入（得分随位数而变；例子的得分写到 {places} 位小数）：{zh}{tail.zh}",
        "say the rounding (scores depend on the places; the examples' scores have "
        f"{places} decimal{'s' * (places != 1)}): {en}{tail.en}",
    )


def _step(places: int | None) -> str:
    return text_of(Fraction(1, 10 ** (places or _USUAL)))


def of_figures(measure: Expr | None, score: Expr, figures: set[str], places: int | None) -> Text | None:
    """Show a score that the rounding changes, with its data; None where the rule reads more than figures."""
    keys = list(dict.fromkeys((*keys_of(measure), *keys_of(score))))
    if not set(keys) <= figures:
        return None
    given = {key: Fraction(place) for place, key in enumerate(keys, 2)}
    env = Env({key: exactly(value) for key, value in given.items()}, {})
    own = None if measure is None else measured(measure, env, Trace())
    return _change(score, replace(env, measure=own), given, places)


def of_parts(members: Iterable[Member], score: Expr, places: int | None) -> Text | None:
    """Show a heading's score that the rounding changes, with its parts' scores; None where it reads more than these."""
    figures, given = {}, {}
    for place, member in enumerate(members, 2):
        keys = list(keys_of(member.score))
        if len(keys) == 1:
            given[member.name] = min(member.points, Fraction(place))
            figures[keys[0]] = exactly(given[member.name])
    flags = {key for key in keys_of(score) if kind_of(key) == "applies"}
    if set(keys_of(score)) - flags - set(figures):
        return None
    return _change(score, Env({**figures, **{key: exactly(1) for key in flags}}, {}), given, places)


def _change(score: Expr, env: Env, given: Mapping[str, Fraction], places: int | None) -> Text | None:
    found = measured(score, env, Trace())
    if found is None or found.low.value is None or found.low == found.high:
        return None
    size = places or _USUAL
    before, after = shown(found.low.value, size + 4), shown(found.low.value, size).removeprefix("≈")
    data = [f"{key} = {text_of(value)}" for key, value in given.items()]
    return Text(f"。{'，'.join(data)} 时，{before} 成为 {after}", f"; at {', '.join(data)}, {before} becomes {after}")

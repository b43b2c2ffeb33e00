"""Caps: what a formula or a proportion gives beyond full marks, and the most that a rule can give at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from rubric_dsl import ranges
from rubric_dsl.core.keys import GIVEN, UNAVAILABLE, kind_of
from rubric_dsl.core.nodes import Expr
from rubric_dsl.core.walk import has_real, keys_of
from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Text
from rubric_dsl.evaluate.evaluator import measured, value_of
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.forms.base import Context, FormInput
from rubric_dsl.forms.shared.fixes import put_in
from rubric_dsl.formulas.cohorts import unknown_statistic
from rubric_dsl.formulas.scope import Scope
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Node, Statement

CAPS = ("cap_full", "at_most", "UNCAPPED")
"""The phrases that say what holds beyond full marks."""
_MORE = Fraction(6, 5)


def role_for(cap: Fraction | None, points: Fraction) -> Literal["gain", "uncapped"]:
    """Return what a form with a cap (None: uncapped) does to the score: it may pass the points or is held to them."""
    return "uncapped" if cap is None or cap > points else "gain"


def more_than(points: Fraction) -> str:
    """Return a number above the points, for an example of a cap."""
    return text_of(points * _MORE)


def cap_not_said(
    message: Text, way: Text, clause: Node, full: Expr | None, context: Context, why: Text | None = None
) -> None:
    """Ask what holds beyond full marks: at most these, at most another number or, where ``full`` has a limit, uncapped."""
    more, end = more_than(context.points), clause.span.end
    zh = f"写作：{way.zh}，最多 满分；可以超过满分时写最多几分：{way.zh}，最多 {more}分"
    en = f"write: {way.en}, at most full marks; where it may pass full marks, the most: {way.en}, at most {more}"
    fixes: tuple[Fix, ...] = (put_in(end, "，最多 满分", ", at most full marks", context),)
    measure = None if context.measure is None else context.measure.expr
    if full is not None and highest(full, measure, (), context.formulas.scope) is not None:
        zh, en = f"{zh}，或：{way.zh}，不封顶", f"{en}; or: {way.en}, uncapped"
        fixes += (put_in(end, "，不封顶", ", uncapped", context),)
    context.fault("cap-not-said", message, clause, why=why, hint=Text(zh, en), fixes=fixes)


def no_upper_limit(name: str, points: Fraction, source: Source, rule: Statement, lang: Lang) -> Diagnostic:
    """Say that a score may rise without end; the word is replaced by the cap that holds for most."""
    more, phrase = more_than(points), Text("最多 满分", "at most full marks")
    clauses = (clause for clause in rule.tree.children if isinstance(clause, Node))
    word = next((leaf for clause in clauses if (leaf := clause.find("UNCAPPED")) is not None), None)
    fixes = (
        ()
        if word is None
        else (Fix(Text("改为“最多 满分”", "write 'at most full marks'"), word.span, phrase.to(lang)),)
    )
    return Diagnostic(
        "no-upper-limit",
        "error",
        "rule",
        Text(
            f"“{name}”的得分不封顶，从数据的范围又得不出上限",
            f"the score of '{name}' is uncapped, and the limits of its figures give it no upper limit",
        ),
        (Place(source, rule.span if word is None else word.span),),
        why=Text(
            "缺数据时说不出最多得几分，总分也无从核对",
            "while data are missing nobody can say what it is at most, and no total can be checked",
        ),
        hint=Text(
            f"写最多几分（可以高于满分）：最多 {more}分；或在数据表里写明数据的范围，如：完成率：比率，≤ 200%",
            f"write the most (it may lie above full marks): at most {more}; "
            "or state limits of the figures in the form, for example: rate: ratio, <= 200%",
        ),
        fixes=fixes,
    )


def highest(expr: Expr, measure: Expr | None, inputs: Iterable[FormInput], scope: Scope) -> Fraction | None:
    """Return a number that a rule's score never passes; None where what is known of its figures gives none."""
    env = _open((*keys_of(measure), *keys_of(expr)), inputs, scope)
    if measure is not None:
        own = measured(measure, env, Trace())
        if own is None:
            return None
        env = replace(env, measure=own, formula=measure if has_real(measure) else None)
    found, _ = value_of(expr, env)
    return None if found is None else found.high.value


def _open(keys: Iterable[str], inputs: Iterable[FormInput], scope: Scope) -> Env:
    """Return all that the figures and choices can be before any data are given; other results can be anything."""
    asked = {item.key: item for item in inputs}
    listed = {key: frozenset(options) for key, options in scope.choices.values()}
    listed.update((key, frozenset(item.options)) for key, item in asked.items() if item.options)
    figures: dict[str, Range] = {}
    choices: dict[str, frozenset[str]] = {}
    for key in dict.fromkeys(keys):
        if kind_of(key) == "available":
            choices[key] = frozenset({GIVEN, UNAVAILABLE})
        elif key in listed:
            choices[key] = listed[key]
        elif key in asked:
            figures[key] = ranges.between(asked[key].low, asked[key].high)
        elif key in scope.cohorts:
            cohort = scope.cohorts[key]
            figures[key] = unknown_statistic(cohort, scope.bounds.get(cohort.figure, ranges.EVERYTHING))
        else:
            figures[key] = scope.bounds.get(key, ranges.EVERYTHING)
    return Env(figures, choices)

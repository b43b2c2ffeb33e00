"""The same submission with other figures: those that other sources state, and those that the form's checks ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product

from rubric_dsl import ranges
from rubric_dsl.analysis.linear import difference
from rubric_dsl.core.nodes import Input
from rubric_dsl.core.walk import keys_of, keys_of_program
from rubric_dsl.data.submission import Figure, Statement, Submission
from rubric_dsl.diagnostics import Text
from rubric_dsl.evaluate.evaluator import measured
from rubric_dsl.evaluate.state import Trace
from rubric_dsl.inputs.bind import bind
from rubric_dsl.model.model import Field, FormCheck, Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold

MOST = 64
"""So many combinations of what sources state are looked at for one indicator."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another value of a figure: ``text`` as written, and why: a source states it, or a ``check`` of the form asks for it."""

    key: str
    text: str
    why: Text
    check: FormCheck | None = None


@dataclass(frozen=True, slots=True)
class Altered:
    """A submission with one or several figures replaced; none: as submitted."""

    others: tuple[Other, ...]
    submission: Submission

    @property
    def words(self) -> Text:
        """What was replaced, for people."""
        zh = "，".join(f"{item.key} = {item.text}（{item.why.zh}）" for item in self.others)
        en = ", ".join(f"{item.key} = {item.text} ({item.why.en})" for item in self.others)
        return Text(zh, en)


def others_of(model: Model, submission: Submission) -> tuple[Other, ...]:
    """Return every other value that sources state for a figure, then those by which a broken check would hold."""
    stated = [
        Other(figure.key, statement.text, _source(statement))
        for figure in submission.figures.values()
        for statement in figure.others
        if statement.text.strip() != figure.used.text.strip()
    ]
    return (*stated, *_asked_by_checks(model, submission))


def with_others(submission: Submission, others: Iterable[Other]) -> Submission:
    """Return a submission with figures replaced; the conflict with other sources goes with them."""
    figures: dict[str, Figure] = dict(submission.figures)
    names = {fold(name): name for name in figures}
    for item in others:
        name = names.get(fold(item.key), item.key)
        old = figures.get(name)
        unit = old.unit if old is not None else ""
        figures[name] = Figure(item.key, Statement(item.text), (), unit)
    return replace(submission, figures=figures)


def variants_of(
    indicator: Indicator, others: tuple[Other, ...], submission: Submission, also: Iterable[str] = ()
) -> tuple[Altered, ...]:
    """Return the submissions that an indicator may see: every combination of what sources state, each check by itself.

    ``also`` are figures that count for it beside those that it reads.
    """
    keys = {fold(key) for key in (*keys_of_program(indicator.program), *also)}
    mine = [item for item in others if fold(item.key) in keys]
    stated: dict[str, list[Other | None]] = {}
    for item in mine:
        if item.check is None:
            stated.setdefault(fold(item.key), [None]).append(item)
    mixes = [tuple(item for item in mix if item is not None) for mix in islice(product(*stated.values()), MOST)]
    single = [(item,) for item in mine if item.check is not None]
    return tuple(Altered(mix, with_others(submission, mix)) for mix in (*mixes[1:], *single))


def _source(statement: Statement) -> Text:
    name = statement.source
    return Text(name or "另一处", name or "elsewhere")


def _asked_by_checks(model: Model, submission: Submission) -> list[Other]:
    """For each equality of the form that does not hold: the value of each of its figures with which it would."""
    if not model.checks:
        return []
    used = {key for indicator in model.indicators.values() for key in keys_of_program(indicator.program)}
    bound = bind(model, submission)
    known = {key: value for key, item in bound.figures.items() if (value := item.known) is not None}
    found: list[Other] = []
    for check in model.checks:
        if check.op != "=":
            continue
        keys = dict.fromkeys((*keys_of(check.left), *keys_of(check.right)))
        if not all(key in known for key in keys):
            continue
        sides = [measured(side, bound.env, Trace()) for side in (check.left, check.right)]
        values = [side.known for side in sides if side is not None]
        if len(values) < 2 or values[0] is None or values[1] is None:  # noqa: PLR2004 - two sides
            continue
        off = values[0] - values[1]
        if abs(off) > check.tolerance:
            found += [item for key in keys if key in used and (item := _solved(model, check, key, known, off))]
    return found


def _solved(model: Model, check: FormCheck, key: str, known: Mapping[str, Fraction], off: Fraction) -> Other | None:
    factor = difference(check.left, check.right).leaves.get(Input(key))
    field: Field | None = model.fields.get(fold(key))
    if not factor or field is None or field.formula is not None:
        return None
    value = known[key] - off / factor
    if ranges.restrict(field.bounds, "=", value) is None or (field.whole and value.denominator != 1):
        return None
    column = f"（{check.column}）" if check.column else ""
    return Other(
        key,
        text_of(value),
        Text(
            f"核对“{check.words[0]}”{column}成立时",
            f"check '{check.words[1]}' {check.column}".rstrip() + " holds",
        ),
        check,
    )

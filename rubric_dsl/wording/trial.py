"""A meaning tried in the engine: its clauses in a small rubric, whether they can be used, and what they score."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from rubric_dsl.api import Rubric
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.forms.base import FormInput
from rubric_dsl.loading import check_source
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.wording.amounts import NUMBER, RATIO, Amount
from rubric_dsl.wording.draft import Draft
from rubric_dsl.wording.reading import WordingScore

_FIELD, _INDICATOR = "量", "项"
_REST = "否则 不得分"
_CHECKED_AS_PART = frozenset({"band-gap", "step-target"})
"""What a part of a rule lacks, and its neighbours give."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Clauses that load; ``complete``: by themselves, else with what a part of a rule lacks."""

    rubric: Rubric
    complete: bool


def try_out(draft: Draft, points: Fraction) -> Trial | Diagnostic | None:
    """Load a small rubric around clauses; return the fault that stops them, or None where several do."""
    rubric, found = check_source(Source("trial", _text(draft, draft.clauses, points)), deep=False)
    if rubric is not None:
        return Trial(rubric, complete=True)
    errors = [item for item in found if item.is_error]
    if all(item.code in _CHECKED_AS_PART for item in errors):
        whole, _ = check_source(Source("trial", _text(draft, _completed(draft, errors), points)), deep=False)
        if whole is not None:
            return Trial(whole, complete=False)
    return errors[0] if errors else None


def _completed(draft: Draft, errors: list[Diagnostic]) -> tuple[str, ...]:
    clauses = draft.clauses
    if any(item.code == "step-target" for item in errors):
        clauses = (f"{'100%' if draft.unit == RATIO else Amount('10', draft.unit or NUMBER).written} 计满分", *clauses)
    if any(item.code == "band-gap" for item in errors):
        clauses = (*clauses, _REST)
    return clauses


def _text(draft: Draft, clauses: tuple[str, ...], points: Fraction) -> str:
    unit = Amount("", draft.unit or NUMBER).unit_written or "数"
    limit = "，≤ 200%" if draft.unit == RATIO and any("不封顶" in clause for clause in clauses) else "，可为负"
    lines = [
        "指标体系 试 年度 2000",
        f"满分 {text_of(points)}分",
        "计步 整步",
        "基础数据表",
        f"  {_FIELD}：{'比率' if draft.unit == RATIO else unit}{limit}",
        f"一级指标 总 {text_of(points)}分",
        f"二级指标 {_INDICATOR} {text_of(points)}分",
        *([f"  指标值 {_FIELD}"] if draft.unit is not None else []),
        f"  评价标准 {'；'.join(clauses)}",
        *(["总分限于 0分 到 1000000分"] if any("不封顶" in clause for clause in clauses) else []),
    ]
    return "\n".join(lines) + "\n"


def work_out(trial: Trial, unit: str | None, amounts: tuple[Amount, ...]) -> tuple[WordingScore, ...]:
    """Score the values at which a meaning may turn: the amounts, what lies between them and beyond them.

    Without a unit nothing is measured: each rating that an assessor may give is scored.
    """
    if unit is None:
        return tuple(_worked(trial, data, given) for given, data in _ratings(trial))
    return tuple(_scored(trial, value, unit) for value in _values(amounts))


def _values(amounts: tuple[Amount, ...]) -> list[Fraction]:
    found = sorted({amount.value for amount in amounts})
    if not found:
        return []
    between = [(one + two) / 2 for one, two in pairwise(found)]
    reach = max(found[-1] - found[0], abs(found[-1]) / 10, Fraction(1))
    values = sorted({*found, *between, found[0] - reach, found[-1] + reach})
    return [value for value in values if _is_decimal(value)]


def _is_decimal(value: Fraction) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _scored(trial: Trial, value: Fraction, unit: str) -> WordingScore:
    shown = text_of(value)
    given = f"{shown}%" if unit == RATIO else shown
    return _worked(trial, {_FIELD: given}, given)


def _worked(trial: Trial, data: dict[str, object], given: str) -> WordingScore:
    found = trial.rubric.score(data).indicators[_INDICATOR].range
    return WordingScore(given, found.min, found.max)


# ---------------------------------------------------------------- ratings


def _ratings(trial: Trial) -> list[tuple[str, dict[str, object]]]:
    """Each rating by itself, the others at their best: a level, an item, a case found up to three times, an award."""
    inputs = trial.rubric.model.indicators[_INDICATOR].inputs
    base = {item.key: _choices(item)[0] for item in inputs}
    cases: list[tuple[str, dict[str, object]]] = []
    for item in inputs:
        cases += [(_shown(item, value), {**base, item.key: value}) for value in _choices(item)]
    if len(inputs) > 1:
        worst = {item.key: _choices(item)[-1] for item in inputs}
        cases.append(("，".join(_shown(item, worst[item.key]) for item in inputs), worst))
    return cases


def _choices(item: FormInput) -> list[object]:
    if item.options:
        return list(item.options)
    if item.kind == "count":
        return [0, 1, 2, 3]
    return [item.low, item.low if item.high is None else item.high]


def _shown(item: FormInput, value: object) -> str:
    plain = text_of(value) if isinstance(value, Fraction) else str(value)
    return f"{item.key} = {plain}"

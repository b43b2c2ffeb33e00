"""The group: where many departments are scored at once, what is asked of the group comes from their own figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from rubric_dsl.core.keys import figure_of
from rubric_dsl.core.walk import keys_of
from rubric_dsl.data.submission import Submission
from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.formulas.cohorts import Group
from rubric_dsl.inputs.asked import cohort_figures
from rubric_dsl.inputs.bind import bind, figure_value
from rubric_dsl.model.model import Model
from rubric_dsl.syntax.characters import fold

_NAMED = 3
"""So many of the members that lack a figure are named."""


def with_cohorts(
    model: Model, submissions: Sequence[Submission]
) -> tuple[list[Submission], dict[int, list[Diagnostic]]]:
    """Give each submission the values of its group, where it does not bring them itself.

    The group is all submissions, or those that chose the same option of the rubric's ``同组 按``. Where a member's
    figure is missing the group is not complete, so nothing is worked out from it, and that is reported.
    """
    wanted = sorted(cohort_figures(model))
    faults: dict[int, list[Diagnostic]] = {}
    if not wanted or len(submissions) < 2:  # noqa: PLR2004 - one department is no group
        return list(submissions), faults
    groups = [group_of(model, submission) for submission in submissions]
    values = {figure: _by_group(model, figure, submissions, groups) for figure in wanted}
    found = []
    for index, submission in enumerate(submissions):
        cohort: dict[str, Group] = dict(submission.cohort)
        for figure in wanted:
            if figure in cohort:
                continue
            known, lacking = values[figure][groups[index]]
            if lacking:
                faults.setdefault(index, []).append(incomplete(figure, lacking))
            else:
                cohort[figure] = known
        found.append(replace(submission, cohort=cohort))
    return found, faults


def _by_group(
    model: Model, figure: str, submissions: Sequence[Submission], groups: list[str]
) -> dict[str, tuple[Group, tuple[str, ...]]]:
    """Return, for each group, a figure's known values and the members that lack it."""
    compared = Compared(model, figure)
    members: dict[str, list[tuple[str, Fraction | None]]] = {}
    for group, submission in zip(groups, submissions, strict=True):
        members.setdefault(group, []).append((submission.subject, compared.of(submission)))
    return {
        group: (
            Group(value for _, value in values if value is not None),
            tuple(subject for subject, value in values if value is None),
        )
        for group, values in members.items()
    }


class Compared:
    """Reads the figure that is compared over a group, by itself: nothing else of the rubric is bound."""

    def __init__(self, model: Model, figure: str) -> None:
        item = model.fields[fold(figure)]
        keys = {item.key, *(figure_of(key) for key in keys_of(item.formula))}
        fields = {name: own for name, own in model.fields.items() if own.key in keys or own.parameter}
        self._key = item.key
        self._read = {name for name, own in fields.items() if not own.parameter}
        self._model = replace(model, fields=fields, indicators={}, checks=(), cohorts={})

    def of(self, submission: Submission) -> Fraction | None:
        """Return the number of a submission, given or derived; None where it is missing or cannot be used."""
        figures = {key: figure for key, figure in submission.figures.items() if fold(key) in self._read}
        return figure_value(self._model, self._key, bind(self._model, replace(submission, figures=figures)))


def group_of(model: Model, submission: Submission) -> str:
    """Return what tells the group of a submission from the others."""
    if not model.cohort_by:
        return ""
    given = {fold(key): figure for key, figure in submission.figures.items()}.get(fold(model.cohort_by))
    return "" if given is None else fold(given.used.text.strip())


def incomplete(figure: str, lacking: Sequence[str]) -> Diagnostic:
    """Report that members of a group lack a figure; ``lacking`` are their names."""
    count = len(lacking)
    message = Text(
        f"同类单位中有 {count} 个缺“{figure}”，不能比较",
        f"{count} of the group {'lacks' if count == 1 else 'lack'} '{figure}', so it cannot be compared",
    )
    named = [subject for subject in lacking if subject][:_NAMED]
    more = "…" * (len(named) < count)
    witness = Text(f"缺的是：{'、'.join(named)}{more}", f"missing from: {', '.join(named)}{more}") if named else None
    hint = Text("补上这些单位的数", "give the missing figures")
    return Diagnostic("cohort-incomplete", "warning", "data", message, witness=witness, hint=hint)

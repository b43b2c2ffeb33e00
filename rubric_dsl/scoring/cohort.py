"""The group: where many departments are scored at once, what is asked of the group comes from their own figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from rubric_dsl.data.submission import Submission
from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.model.model import Model
from rubric_dsl.scoring.bind import figure_values
from rubric_dsl.syntax.characters import fold


def with_cohorts(
    model: Model, submissions: Sequence[Submission]
) -> tuple[list[Submission], dict[int, list[Diagnostic]]]:
    """Give each submission the values of its group, where it does not bring them itself.

    The group is all submissions, or those that chose the same option of the rubric's ``同组 按``. Where a member's
    figure is missing the group is not complete, so nothing is worked out from it, and that is reported.
    """
    wanted = {cohort.figure for cohort in model.cohorts.values()}
    faults: dict[int, list[Diagnostic]] = {}
    if not wanted or len(submissions) < 2:  # noqa: PLR2004 - one department is no group
        return list(submissions), faults
    groups = [_group(model, submission) for submission in submissions]
    found = []
    for index, submission in enumerate(submissions):
        members = [each for each, group in zip(submissions, groups, strict=True) if group == groups[index]]
        cohort: dict[str, tuple[Fraction, ...]] = dict(submission.cohort)
        for figure in sorted(wanted - set(cohort)):
            values = [figure_values(model, figure, member) for member in members]
            known = [value for value in values if value is not None]
            if len(known) == len(values):
                cohort[figure] = tuple(known)
            else:
                faults.setdefault(index, []).append(_incomplete(figure, len(values) - len(known)))
        found.append(replace(submission, cohort=cohort))
    return found, faults


def _group(model: Model, submission: Submission) -> str:
    if not model.cohort_by:
        return ""
    given = {fold(key): figure for key, figure in submission.figures.items()}.get(fold(model.cohort_by))
    return "" if given is None else fold(given.used.text.strip())


def _incomplete(figure: str, lacking: int) -> Diagnostic:
    message = Text(
        f"同组有 {lacking} 个单位缺“{figure}”，比较不出",
        f"{lacking} of the group lack '{figure}', so it cannot be compared",
    )
    return Diagnostic("cohort-incomplete", "warning", "data", message)

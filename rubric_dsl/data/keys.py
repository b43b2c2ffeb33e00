"""The keys of a submission in both languages, Chinese first."""

from __future__ import annotations

Pairs = tuple[tuple[str, str], ...]

KEYS: Pairs = (
    ("单位", "subject"),
    ("指标体系", "rubric"),
    ("年度", "edition"),
    ("数据", "figures"),
    ("评定", "ratings"),
    ("参照", "reference"),
    ("同组", "cohort"),
    ("细化", "refinements"),
    ("认定", "overrides"),
    ("自评", "claims"),
    ("自评总分", "claimed_total"),
    ("自评等级", "claimed_grade"),
)
OVERRIDE_KEYS: Pairs = (("得分", "score"), ("理由", "reason"), ("来源", "source"))
REFINEMENT_KEYS: Pairs = (("分值", "points"), ("得分", "score"))
DETAILS: Pairs = (
    ("值", "value"),
    ("来源", "source"),
    ("单位", "unit"),
    ("备注", "note"),
    ("采用", "used"),
    ("各来源", "stated"),
)
SPELLINGS = frozenset(spelling for pair in KEYS for spelling in pair)
"""The keys of a submission, in both languages."""


def english_names(pairs: Pairs) -> dict[str, str]:
    """Return the English name of each spelling."""
    return {spelling: english for chinese, english in pairs for spelling in (chinese, english)}

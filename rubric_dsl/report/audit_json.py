"""An audit for programs: the result, with the verdict beside each indicator; exact numbers as strings."""

from __future__ import annotations

from rubric_dsl.diagnostics import Lang
from rubric_dsl.evaluate.as_json import Json, ends_json, number, result_json
from rubric_dsl.numbers import text_of
from rubric_dsl.review.audit import Audit, ClaimAudit, Elsewhere


def audit_json(audit: Audit, lang: Lang) -> Json:
    """Return an audit as plain data.

    It is the JSON of the result; each indicator has ``verdict`` (null without a claim) and ``audit``, and ``audit``
    says what becomes of the total and the grade.
    """
    found = result_json(audit.result, lang)
    claims = {item.result.name: item for item in audit.claims}
    for item in found["indicators"]:
        own = claims.get(item["name"])
        item["verdict"] = None if own is None else own.verdict
        item["audit"] = None if own is None else _claim(own, lang)
    whole = audit.whole
    found["audit"] = {
        "stands": audit.stands,
        "total": whole.verdict,
        **{f"total_{end}": value for end, value in ends_json(whole.envelope).items()},
        "added": None if whole.added is None else {"min": text_of(whole.added.min), "max": text_of(whole.added.max)},
        "adds_up": whole.adds_up,
        "grade": whole.grade_verdict,
        "grades": list(whole.every_grade),
    }
    return found


def _claim(item: ClaimAudit, lang: Lang) -> Json:
    return {
        "share": number(item.share),
        "difference": number(item.difference),
        "attainable": item.attainable,
        "nearest": [text_of(score) for score in item.nearest],
        "robust": item.robust,
        "elsewhere": [_elsewhere(other, lang) for other in item.elsewhere],
    }


def _elsewhere(item: Elsewhere, lang: Lang) -> Json:
    others = () if item.variant is None else item.variant.others
    return {
        "reading": item.reading or None,
        "figures": {other.key: other.text for other in others},
        "why": [other.why.to(lang) for other in others],
        "min": text_of(item.range.min),
        "max": text_of(item.range.max),
        "agrees": item.agrees,
        "attainable": item.attainable,
    }

"""The report of ``rubric verify`` for programs; exact numbers as strings."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.analysis.claims import FAULTS, IndicatorVerification, RubricClaim, Verification
from rubric_dsl.diagnostics import Lang
from rubric_dsl.model.model import Model
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range


def verify_json(model: Model, report: Verification, lang: Lang) -> dict[str, object]:
    """Return the report as plain data: ``indicators`` with their facts and claims, and the rubric's ``claims``."""
    return {
        "rubric": {"name": model.name, "edition": model.edition},
        "indicators": [_indicator(item, lang) for item in report.indicators],
        "claims": [_claim(item, lang) for item in report.claims],
        "steps": report.steps,
        "faults": len(report.faults),
    }


def _indicator(item: IndicatorVerification, lang: Lang) -> dict[str, object]:
    return {
        "name": item.name,
        "points": text_of(item.points),
        "measure": None if item.measure is None else _range(item.measure),
        "scores": {
            "values": [text_of(value) for value in item.scores.values],
            "ranges": [_range(found) for found in item.scores.stretches],
            "exact": item.scores.exact,
        },
        "edges": [
            {"at": text_of(edge.at), "below": _number(edge.below), "on": _number(edge.on), "above": _number(edge.above)}
            for edge in item.edges
        ],
        "unreached": [words[0] if lang == "zh" else words[1] for words in item.unreached],
        "claims": [_claim(claim, lang) for claim in item.claims],
    }


def _claim(claim: RubricClaim, lang: Lang) -> dict[str, object]:
    return {
        "claim": claim.name,
        "indicator": claim.subject or None,
        "verdict": claim.verdict,
        "fault": claim.verdict == "refuted" and claim.name in FAULTS,
        "text": claim.text.to(lang),
        "reason": None if claim.reason is None else claim.reason.to(lang),
        "witnesses": list(claim.witnesses),
        "data": dict(claim.data),
    }


def _range(found: Range) -> dict[str, object]:
    return {
        "min": _number(found.low.value),
        "max": _number(found.high.value),
        "min_open": found.low.open,
        "max_open": found.high.open,
    }


def _number(value: Fraction | None) -> str | None:
    return None if value is None else text_of(value)

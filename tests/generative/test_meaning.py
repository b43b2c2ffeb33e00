"""Every engine gives what the model of the language's meaning gives (``tests/meaning.py``), on random rubrics of all forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from tests import meaning as m
from tests.generative import meanings
from tests.generative.strategies import tries
from tests.generative.written import written
from tests.sql.databases import Answer, in_duckdb, in_sqlite, number_of, words_of
from tests.sql.tables import query_of

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
Told = dict[str, object]


def expected(outcome: m.Outcome) -> Told:
    """Return what the model says, by what it is said of."""
    found: Told = {}
    for name, scored in outcome.indicators.items():
        found[f"status {name}"] = "invalid" if scored is None else "out" if scored.out else "scored"
        found[f"score {name}"] = None if scored is None else scored.score
    for name, scored in outcome.headings.items():
        found[f"heading {name}"] = None if scored is None else scored.score
    return found | {"total": outcome.total, "points": outcome.points, "grade": outcome.grade}


def evaluated(result: rd.Result) -> Told:
    found: Told = {}
    for name, item in result.indicators.items():
        found[f"status {name}"] = "out" if item.excluded else "invalid" if item.status == "invalid" else "scored"
        found[f"score {name}"] = None if item.status == "invalid" else item.score
    found |= {f"heading {item.name}": item.range.score for item in result.sections}
    return found | {"total": result.total.score, "points": result.total.points, "grade": result.grade.value}


def compiled(rubric: rd.Rubric, data: Mapping[str, str]) -> Told:
    scores = rubric.compile()(data)
    found: Told = {}
    for name, item in scores.scores.items():
        status = scores.statuses[name]
        found[f"status {name}"] = "out" if name in scores.excluded else "invalid" if status == "invalid" else "scored"
        found[f"score {name}"] = None if status == "invalid" or name in scores.excluded else item.score
    return found | {"total": scores.total.score, "points": scores.total.points, "grade": scores.grade.value}


def same(rubric: m.Rubric, outcome: m.Outcome, found: Told, engine: str) -> None:
    """Compare; what hangs on an indicator without a score is a range in the engines, and has no value in the model."""
    wanted = expected(outcome)
    for key in found.keys() & wanted.keys():
        if wanted[key] is None and not key.startswith(("score", "status")):
            continue
        assert found[key] == wanted[key], (engine, key, found[key], wanted[key])


@settings(relaxed, max_examples=tries(60))
@given(st.data(), meanings.rubrics(), st.sampled_from(("zh", "en")))
def test_scores_are_what_the_reference_says(data: st.DataObject, rubric: m.Rubric, lang: str) -> None:
    text = written(rubric, lang)
    note(text)
    loaded = rd.loads(text)
    for _ in range(4):
        given_data = data.draw(meanings.submissions(rubric))
        outcome, texts = m.score(rubric, given_data), meanings.texts(given_data)
        note(str(texts))
        same(rubric, outcome, evaluated(loaded.score(texts)), "evaluator")
        same(rubric, outcome, compiled(loaded, texts), "compiled")

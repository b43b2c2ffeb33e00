"""Every engine gives what the model of the language's meaning gives (``tests/meaning.py``), on random rubrics of all forms."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.data.reader import submission_from
from rubric_dsl.data.submission import Refinement
from rubric_dsl.engines.scalar import CompiledScores
from rubric_dsl.engines.sql.sql_query import SqlQuery
from rubric_dsl.engines.table.outputs import PARTS
from rubric_dsl.forms.registry import FORMS
from rubric_dsl.source import Source
from rubric_dsl.syntax.grammar import load
from rubric_dsl.syntax.parse import parse
from rubric_dsl.syntax.tree import Leaf, Tree
from tests import meaning as m
from tests.generative import meanings
from tests.generative.written import written
from tests.sql.databases import in_duckdb, in_sqlite, number_of, words_of
from tests.tries import tries

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
Told = dict[str, object]
Data = Mapping[str, Fraction | str]
LANGS = st.sampled_from(("zh", "en"))
DIGITS = {"duckdb": (9, 4), "sqlite": (6, 3)}
REFUSED = {"sql-irrational", "sql-cohort", "sql-too-wide"}


def expected(outcome: m.Outcome) -> Told:
    """Return what the model says, by what it is said of."""
    found: Told = {}
    for name, scored in outcome.indicators.items():
        found[f"score {name}"] = None if scored is None else scored.score
        if scored is None or scored.out or scored.score is not None:  # else held to its base mark or not: that is open
            found[f"status {name}"] = "invalid" if scored is None else "out" if scored.out else "scored"
    for name, scored in outcome.headings.items():
        found[f"heading {name}"] = None if scored is None else scored.score
    return found | {"total": outcome.total, "points": outcome.points, "grade": outcome.grade}


def status(stated: object, score: object) -> str:
    return "out" if stated == "not_applicable" and score is None else "invalid" if stated == "invalid" else "scored"


def evaluated(result: rd.Result) -> Told:
    found: Told = {}
    for name, item in result.indicators.items():
        found[f"status {name}"] = status(item.status, item.score)
        found[f"score {name}"] = None if item.status == "invalid" else item.score
    found |= {f"heading {item.name}": item.range.score for item in result.sections}
    return found | {"total": result.total.score, "points": result.total.points, "grade": result.grade.value}


def compiled(scores: CompiledScores) -> Told:
    found: Told = {}
    for name, item in scores.scores.items():
        score = None if name in scores.excluded or scores.statuses[name] == "invalid" else item.score
        found |= {f"status {name}": status(scores.statuses[name], score), f"score {name}": score}
    return found | {"total": scores.total.score, "points": scores.total.points, "grade": scores.grade.value}


def tabled(rubric: rd.Rubric, given_table: object) -> Iterator[Told]:
    columns: dict[str, list[Any]] = rubric.score_table(given_table, PARTS, "python").table.to_pydict()
    headings = {"/".join((*own.path, own.name)) + "/": own.name for own in rubric.model.sections}
    for place in range(len(columns["total"])):
        row = {name: values[place] for name, values in columns.items()}
        found: Told = {}
        for name in rubric.indicators:
            score = None if row[f"{name}.status"] == "invalid" else _number(row[name])
            found |= {f"status {name}": status(row[f"{name}.status"], score), f"score {name}": score}
        found |= {f"heading {name}": _number(row[key]) for key, name in headings.items() if key in row}
        yield found | {"total": _number(row["total"]), "points": _number(row["points"]), "grade": row.get("grade")}


def _number(value: object) -> Fraction | None:
    if isinstance(value, dict):
        return Fraction(value["numerator"], value["denominator"])
    return None if value is None else Fraction(str(value))


def queried(query: SqlQuery, answer: Mapping[str, object]) -> Told:
    found: Told = {}
    for output in query.outputs:
        names = {"score": "score ", "subtotal": "heading ", "status": "status "}
        key = names.get(output.kind, output.kind) + (output.of.split(" / ")[-1] if output.kind in names else "")
        if output.kind in ("status", "grade"):
            found[key] = answer[output.columns[0]]
        else:
            found[key] = number_of(dict(answer), output.columns)
    return {
        key: status(value, found[f"score {key[7:]}"]) if key.startswith("status ") else value
        for key, value in found.items()
    }


def same(outcome: m.Outcome, found: Told, engine: str) -> None:
    """Compare; what hangs on an indicator without a score is a range in the engines, and has no value in the model."""
    wanted = expected(outcome)
    unrated = {f"heading {name}" for name, item in outcome.headings.items() if item is not None and item.out}
    unrated |= {"total", "grade"} if outcome.points == 0 else set()
    for key in found.keys() & wanted.keys():
        if wanted[key] is not None or key in unrated or key.startswith(("score ", "status ")):
            assert found[key] == wanted[key], f"{engine}, {key}: {found[key]}; the reference says {wanted[key]}"


def query_of(rubric: rd.Rubric, text: str, dialect: str) -> SqlQuery | None:
    """Return the query; None where its database cannot be exact."""
    digits, places = DIGITS[dialect]
    flag = f"unavailable {meanings.AVERAGE.address}"
    asks = text.count(meanings.AVERAGE.address) > 1
    refused: set[str] = set()
    query = None
    try:
        query = rubric.to_sql(dialect, keep=["id"], digits=digits, places=places, columns={flag: flag} if asks else {})
    except rd.RubricError as error:
        refused = {item.code for item in error.diagnostics}
    assert refused <= REFUSED
    return query


def in_database(rubric: rd.Rubric, text: str, dialect: str, rows: Sequence[Data]) -> Iterator[Told]:
    query = query_of(rubric, text, dialect)
    if query is None:
        return
    stated: list[dict[str, object]] = []
    for row in rows:
        own: dict[str, object] = {
            key: value if isinstance(value, str) else meanings.as_decimal(value) for key, value in row.items()
        }
        if own[meanings.AVERAGE.address] == m.UNAVAILABLE:
            own |= {meanings.AVERAGE.address: None, f"unavailable {meanings.AVERAGE.address}": "是"}
        stated.append(own)
    words = words_of(rubric) | {f"unavailable {meanings.AVERAGE.address}"}
    run = in_duckdb if dialect == "duckdb" else in_sqlite
    yield from (queried(query, answer) for answer in run(query, stated, words))


def check(rubric: m.Rubric, lang: str, rows: Sequence[Data], dialects: Iterable[str] = ()) -> None:
    """Score rows one by one, compiled, in tables and in databases."""
    text = written(rubric, lang)
    note(text)
    loaded = rd.loads(text)
    outcomes = [m.score(rubric, row) for row in rows]
    texts = [meanings.texts(row) for row in rows]
    fast = loaded.compile()
    for outcome, row in zip(outcomes, texts, strict=True):
        note(str(row))
        same(outcome, evaluated(loaded.score(row)), "evaluator")
        same(outcome, compiled(fast(row)), "compiled")
    for outcome, found in zip(outcomes, tabled(loaded, pa.Table.from_pylist(texts)), strict=True):
        same(outcome, found, "table")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, list(texts[0])).writeheader()
            csv.DictWriter(file, list(texts[0])).writerows(texts)
        for outcome, found in zip(outcomes, tabled(loaded, str(path)), strict=True):
            same(outcome, found, "CSV")
    for dialect in dialects:
        for outcome, found in zip(outcomes, in_database(loaded, text, dialect, rows), strict=False):
            same(outcome, found, dialect)


@st.composite
def scored(draw: st.DrawFn) -> tuple[m.Rubric, list[dict[str, Fraction | str]]]:
    rubric = draw(meanings.rubrics())
    return rubric, draw(st.lists(meanings.submissions(rubric), min_size=4, max_size=4))


@settings(relaxed, max_examples=tries(40))
@given(scored(), LANGS)
def test_scores_are_what_the_reference_says(rows: tuple[m.Rubric, list[dict[str, Fraction | str]]], lang: str) -> None:
    check(rows[0], lang, rows[1])


@settings(relaxed, max_examples=tries(12))
@given(scored(), LANGS, st.sampled_from(sorted(DIGITS)))
def test_databases_score_what_the_reference_says(
    rows: tuple[m.Rubric, list[dict[str, Fraction | str]]], lang: str, dialect: str
) -> None:
    check(rows[0], lang, rows[1], [dialect])


@pytest.mark.slow
@settings(relaxed, max_examples=500)
@given(scored(), LANGS)
def test_scores_are_what_the_reference_says_at_length(
    rows: tuple[m.Rubric, list[dict[str, Fraction | str]]], lang: str
) -> None:
    check(rows[0], lang, rows[1], DIGITS)


@settings(relaxed, max_examples=tries(24))
@given(st.data(), meanings.rubrics(grouped=True), LANGS)
def test_groups_are_scored_as_the_reference_says(data: st.DataObject, rubric: m.Rubric, lang: str) -> None:
    text = written(rubric, lang)
    note(text)
    loaded = rd.loads(text)
    rows = data.draw(st.lists(meanings.submissions(rubric), min_size=2, max_size=5))
    outcomes = [m.score(rubric, row, rows) for row in rows]
    texts = [meanings.texts(row) for row in rows]
    results = loaded.score_all([submission_from(row)[0] for row in texts])
    for outcome, result, found in zip(outcomes, results, tabled(loaded, pa.Table.from_pylist(texts)), strict=True):
        note(str(texts))
        same(outcome, evaluated(result), "evaluator")
        same(outcome, found, "table")


@settings(relaxed, max_examples=tries(20))
@given(meanings.refined_rubrics(), LANGS)
def test_what_departments_refine_is_scored_as_the_reference_says(
    case: tuple[m.Rubric, dict[str, dict[str, tuple[Fraction, Fraction]]]], lang: str
) -> None:
    rubric, data = case
    own = {
        name: tuple(Refinement(key, full, score) for key, (score, full) in parts.items())
        for name, parts in data.items()
    }
    result = rd.loads(written(rubric, lang)).score(replace(submission_from({})[0], refinements=own))
    same(m.score(rubric, data), evaluated(result), "evaluator")


# ---------------------------------------------------------------- nothing of the language is left out

AROUND = frozenset({"assessors"})
"""Clauses that belong to no form by themselves."""


def kinds(tree: Tree) -> Iterator[str]:
    yield tree.kind
    if not isinstance(tree, Leaf):
        for child in tree.children:
            yield from kinds(child)


def test_each_form_and_each_clause_is_generated() -> None:
    """A form or a phrase of a rule that no random rubric holds is compared with nothing."""
    found: set[str] = set()
    points = meanings.SCALE["A"]
    measured = [meanings.measured_rules(points, unit) for unit in ("%", "天")]
    single: list[st.SearchStrategy[Any]] = [
        meanings.occurrences(),
        meanings.occurrence(reward=True).map(lambda one: m.Rewards((one,))),
        meanings.checklists(points),
        meanings.levels(points),
        meanings.ladders(points, "%"),
        meanings.anchors(points, "%"),
        meanings.steps("天"),
    ]
    rules = [
        *measured,
        meanings.unmeasured_rules(points),
        meanings.lookups(points).map(lambda cases: m.Rule(tuple(cases))),
        meanings.series(points, "%").map(lambda cases: m.Rule(tuple(cases))),
        meanings.rated(points),
        *(own.map(lambda form: m.Rule((), (form,))) for own in single),
        st.just(m.Rule((), (m.Refined(),))),
    ]

    tables = st.builds(lambda table: m.Heading("一", points, (), m.Way("table", table=table)), meanings.tables(2))

    def alone(rule: m.Rule) -> m.Indicator:
        return m.Indicator("项", points, (m.Variant(None, rule),))

    for strategy in (*(rule.map(alone) for rule in rules), tables):

        @settings(relaxed, max_examples=40, phases=[Phase.generate], derandomize=True, database=None)
        @given(strategy, LANGS)
        def collect(part: m.Indicator | m.Heading, lang: str) -> None:
            for statement in parse(Source("t", written(m.Rubric(points, (part,)), lang)))[0].statements:
                found.update(kinds(statement.tree))

        collect()
    for form in FORMS:
        assert set(form.clauses) <= found, form
    clauses = {name for form in FORMS for name in form.clauses} | AROUND
    grammar = load()
    wanted = {
        symbol.name for name in clauses for one in grammar.alternatives(name) for symbol in one.symbols if symbol.keep
    }
    handed_on = {name for name, accepted in grammar.accepts.items() if name not in accepted}
    assert {name for name in wanted if not name.startswith("_")} - handed_on - found == set()

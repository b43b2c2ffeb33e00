"""Random tables for random rubrics: exact edges, gaps, extremes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.engines.sql.sql_query import SqlQuery
from tests.generative.strategies import RandomRubric, figures
from tests.sql.databases import Row

EXTREMES = ("999999999999.9999", "999999999999", "1000000000000", "0.0001", "0.00001", "-1", "1E+20")
REFUSALS = {"sql-irrational", "sql-cohort", "sql-too-wide"}


def plain(value: object) -> object:
    """A value that a column can hold."""
    if isinstance(value, Fraction):
        return Decimal(value.numerator * 100 // value.denominator) / 100
    return value


@st.composite
def rows(draw: st.DrawFn, random: RandomRubric) -> list[tuple[Row, bool]]:
    """Rows of figures, and whether all is given as the query reads it: the others have gaps or extremes."""
    found: list[tuple[Row, bool]] = []
    for _ in range(draw(st.integers(1, 4))):
        row = {key: plain(value) for key, value in draw(figures(random)).items()}
        found.append((row, True))
        if row:
            kept = draw(st.sets(st.sampled_from(sorted(row))))
            found.append(({key: row[key] for key in kept}, False))
            numbers = sorted(key for key, value in row.items() if not isinstance(value, str))
            chosen = draw(st.sets(st.sampled_from(numbers))) if numbers else set()
            strange = {key: Decimal(draw(st.sampled_from(EXTREMES))) for key in chosen}
            found.append((row | strange, False))
    return found


@st.composite
def rows_with_holes(draw: st.DrawFn, random: RandomRubric) -> list[tuple[Row, bool]]:
    """Rows of figures that the query reads, complete, with one figure missing, with several, and empty."""
    found: list[tuple[Row, bool]] = [({}, False)]
    for _ in range(draw(st.integers(1, 3))):
        row = {key: plain(value) for key, value in draw(figures(random)).items()}
        found.append((row, True))
        names = st.sampled_from(sorted(row))
        sets = [{key} for key in draw(st.lists(names, unique=True, max_size=4))] + [draw(st.sets(names))] if row else []
        found += [({key: value for key, value in row.items() if key not in lacks}, False) for lacks in sets]
    return found


def query_of(rubric: rd.Rubric, dialect: str, *, ranges: bool = False) -> SqlQuery | None:
    """The query for tables of :func:`rows`; None where it is refused for a reason that random rubrics have."""
    digits, places = (4, 2) if dialect == "sqlite" else (12, 4)
    refused: set[str] = set()
    query = None
    try:
        query = rubric.to_sql(dialect, keep=["id"], digits=digits, places=places, ranges=ranges)
    except rd.RubricError as error:
        refused = {item.code for item in error.diagnostics}
    assert refused <= REFUSALS
    return query

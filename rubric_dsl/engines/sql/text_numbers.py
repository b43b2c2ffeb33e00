"""Numbers read from their text, digit by digit: SQLite has no decimals, and its fractions are rounded."""

from __future__ import annotations

from sqlglot import exp, parse_one

from rubric_dsl.engines.sql.layers import Layers, Term, combine
from rubric_dsl.engines.sql.limits import MISSING, UNREAD, USED, Limits


def read_text(layers: Layers, column: exp.Expr, place: int, limits: Limits, key: str, fine: int) -> tuple[Term, Term]:
    """Read a number that is kept as a whole number, as text, or as a fraction of at most 15 digits.

    Args:
        layers: where the generated columns go.
        column: the table's column.
        place: the number of the input, for the names of generated columns.
        limits: how large and how fine the number may be.
        key: the number's key.
        fine: what is told of a number with more decimals.

    Returns:
        The whole number (NULL where there is none), and what is told of it.
    """
    digits, places = limits.digits, limits.places[key]
    terms: dict[str, Term] = {}

    def kept(name: str, text: str, *parts: str) -> str:
        whole = combine(parse_one(text, dialect="sqlite"), *(terms[part] for part in parts))
        terms[f"{name}{place}"] = layers.column(f"{name}{place}", whole)
        return f"{name}{place}"

    raw = column.sql(dialect="sqlite")
    text = kept(
        "a",
        f"CASE WHEN TYPEOF({raw}) = 'blob' THEN '?'"
        # A fraction is taken for the decimal that it was written as; one that needs more digits is none.
        f" WHEN TYPEOF({raw}) = 'real' AND CAST(CAST({raw} AS TEXT) AS REAL) <> {raw} THEN '?'"
        f" ELSE TRIM(CAST({raw} AS TEXT)) END",
    )
    plain = kept("b", f"CASE WHEN {text} LIKE '-%' THEN SUBSTR({text}, 2) ELSE {text} END", text)
    point = f"INSTR({plain}, '.')"
    head = kept("h", f"CASE WHEN {point} > 0 THEN SUBSTR({plain}, 1, {point} - 1) ELSE {plain} END", plain)
    tail = kept(
        "f",
        f"CASE WHEN {plain} LIKE '%.' THEN '?'"
        f" WHEN {point} > 0 THEN RTRIM(SUBSTR({plain}, {point} + 1), '0') ELSE '' END",
        plain,
    )
    told = kept(
        "s",
        f"CASE WHEN {text} IS NULL OR {text} = '' THEN {MISSING}"
        f" WHEN {head} = '' OR {head} GLOB '*[^0-9]*' OR {tail} GLOB '*[^0-9]*' THEN {UNREAD}"
        f" WHEN LENGTH(LTRIM({head}, '0')) > {digits} THEN {UNREAD}"
        f" WHEN LENGTH({tail}) > {places} THEN {fine} ELSE {USED} END",
        text,
        head,
        tail,
    )
    filled = f"SUBSTR({tail} || '{'0' * places}', 1, {places})" if places else "''"
    sign = f"CASE WHEN {text} LIKE '-%' THEN -1 ELSE 1 END"
    value = f"CAST({head} || {filled} AS INTEGER) * {sign}"
    read = kept("r", f"CASE WHEN {told} = {USED} THEN {value} END", text, head, tail, told)
    return terms[read], terms[told]

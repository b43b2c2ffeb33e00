"""What each database's SQL does with whole numbers: how wide they are, how they divide, how its query stays flat."""

from __future__ import annotations

from typing import Literal

from rubric_dsl.records import dataclass

Division = Literal["//", "/", "DIV", "DIV()", "intDiv", "FLOOR"]
"""How a quotient of whole numbers is written.

All but ``FLOOR`` cut off towards 0. ``DIV()`` is ``/`` of whole numbers of 64 bits and the function ``DIV`` of wider
ones. ``FLOOR`` is a decimal quotient of at least 38 digits, rounded down.
"""

NARROW = 2**63 - 1
INTEGER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Dialect:
    """One database's SQL.

    ``wide`` is its type of whole numbers beyond 64 bits, which holds numbers up to ``most`` (empty: it has none).
    ``divides`` is the greatest number that it divides exactly, ``gives`` the greatest quotient that it gives.
    ``digits`` are those that its DECIMAL holds; 0 where it has no exact decimals. ``fence`` keeps a layer of the query
    from being written into the next one, which could double the work with each layer. ``name_bytes`` is how long a
    column's name may be. ``tries`` says that it has TRY_CAST, which is NULL for what does not fit,
    ``typed`` that a whole number as it is written has at least 32 bits, and a CASE the widest type of its numbers.
    """

    name: str
    wide: str
    most: int
    division: Division
    digits: int
    divides: int
    gives: int
    fence: str = ""
    name_bytes: int = 256
    tries: bool = False
    typed: bool = False


def _dialect(
    name: str,
    wide: str,
    most: int,
    division: Division,
    digits: int,
    *,
    divides: int | None = None,
    gives: int | None = None,
    fence: str = "",
    name_bytes: int = 256,
    tries: bool = False,
    typed: bool = False,
) -> Dialect:
    return Dialect(
        name,
        wide,
        most,
        division,
        digits,
        most if divides is None else divides,
        most if gives is None else gives,
        fence,
        name_bytes,
        tries,
        typed,
    )


DIALECTS = {
    item.name: item
    for item in (
        _dialect("duckdb", "INT128", 2**127 - 1, "//", 38, fence="NOT MATERIALIZED", tries=True, typed=True),
        _dialect("sqlite", "", NARROW, "/", 0, fence="LIMIT -1", typed=True),
        _dialect("postgres", "DECIMAL", 10**4000, "DIV()", 1000, fence="OFFSET 0", name_bytes=63, typed=True),
        _dialect("spark", "DECIMAL(38, 0)", 10**38 - 1, "DIV", 38, gives=NARROW, typed=True),
        _dialect("hive", "DECIMAL(38, 0)", 10**38 - 1, "DIV", 38, divides=NARROW, gives=NARROW),
        _dialect("clickhouse", "Nullable(Int256)", 2**255 - 1, "intDiv", 76),
        _dialect(
            "mysql", "DECIMAL(65, 0)", 10**65 - 1, "DIV", 65, gives=NARROW, fence="LIMIT 9223372036854775807",
            name_bytes=64,
        ),
        # A quotient of 38 digits, rounded down, is right as long as the number divided has fewer.
        _dialect("oracle", "NUMBER(38, 0)", 10**38 - 1, "FLOOR", 38, divides=10**36, fence="NO_MERGE", name_bytes=128),
        _dialect("doris", "LARGEINT", 2**127 - 1, "DIV", 38),
        _dialect("starrocks", "LARGEINT", 2**127 - 1, "DIV", 38),
    )
}  # fmt: skip
"""Every database in which a rubric's query is known to be exact, by name."""

"""What is wrong with a table as a whole, and with its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Literal

from rubric_dsl.diagnostics import Diagnostic, Severity, Text
from rubric_dsl.engines.table.amounts import MOST_PLACES
from rubric_dsl.records import dataclass


class TableError(Exception):
    """A table that cannot be scored; ``diagnostics`` say why."""

    def __init__(self, *found: Diagnostic) -> None:
        super().__init__("\n".join(f"{item.message.zh} / {item.message.en}" for item in found))
        self.diagnostics = found

    def __reduce__(self) -> tuple[type[TableError], tuple[Diagnostic, ...]]:
        return TableError, self.diagnostics


@dataclass(frozen=True, slots=True)
class RowFault:
    """A diagnostic of one row; rows are counted from 1, the header left out.

    ``code`` and ``severity`` are the diagnostic's. It is put into words only when somebody asks for it: of a million rows a third
    may fail a check.
    """

    row: int
    subject: str
    code: str
    severity: Severity
    telling: Callable[[], Diagnostic] = field(compare=False)

    @property
    def diagnostic(self) -> Diagnostic:
        """What is wrong, in words."""
        return self.telling()

    @property
    def is_error(self) -> bool:
        """Whether it is an error."""
        return self.severity == "error"


def told(row: int, subject: str, diagnostic: Diagnostic) -> RowFault:
    """Return a fault that is in words already."""
    return RowFault(row, subject, diagnostic.code, diagnostic.severity, lambda: diagnostic)


Reason = Literal["places", "written", "by hand", "missing", "few", "open", "group", "query"]
"""Why a row is scored one by one."""
REASONS: dict[Reason, Text] = {
    "places": Text(f"数的小数超过 {MOST_PLACES} 位", f"figures with more than {MOST_PLACES} places"),
    "written": Text("有数填错，或写法不常见", "figures that are wrong or written unusually"),
    "by hand": Text(
        "有人工核定、填了计算项，或年度不同", "scores set by hand, derived figures stated, or another edition"
    ),
    "missing": Text("所缺的数不能按列推算", "figures missing whose ranges cannot be worked out by columns"),
    "few": Text("这样缺数的行太少", "figures missing that too few other rows lack"),
    "open": Text("分母为 0、数超出范围，或没有得分", "a denominator of 0, a number out of bounds, or no score"),
    "group": Text("同类单位不齐", "a group that is not complete"),
    "query": Text("查询没有给出结果", "rows that the query leaves open"),
}


def float_column(name: str) -> Diagnostic:
    """Report a column of binary fractions."""
    return Diagnostic(
        "float-refused",
        "error",
        "data",
        Text(
            f"“{name}”这一列是二进制小数，不是写下的数",
            f"the column '{name}' holds binary fractions, not the numbers that were written",
        ),
        hint=Text(
            "换成十进制数，写明小数位数，如 decimal(18, 2)，或用文本",
            "cast it to decimals with a stated number of places, such as decimal(18, 2), or to text",
        ),
    )


def column_twice(name: str) -> Diagnostic:
    """Report a second column for the same figure."""
    return Diagnostic(
        "duplicate-column",
        "error",
        "data",
        Text(f"“{name}”有两列", f"there are two columns for '{name}'"),
        hint=Text("只留一列", "keep one of them"),
    )


def unknown_column(name: str) -> Diagnostic:
    """Report a column that the rubric does not have; it is left out of account."""
    return Diagnostic(
        "unknown-figure",
        "warning",
        "data",
        Text(f"指标体系里没有“{name}”，这一列没有用", f"the rubric has no figure '{name}'; the column is not used"),
    )


def no_column(name: str) -> Diagnostic:
    """Report a column that the results should have too and that is not there, or not under a name of its own."""
    return Diagnostic(
        "unknown-figure",
        "error",
        "data",
        Text(
            f"表里没有“{name}”这一列，或者结果里已有同名的列",
            f"the table has no column '{name}', or the results have one of this name",
        ),
    )


def no_table(reason: Text) -> Diagnostic:
    """Report what is no table."""
    return Diagnostic("wrong-shape", "error", "data", reason)

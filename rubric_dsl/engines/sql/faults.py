"""Why a rubric has no query, in words."""

from __future__ import annotations

from collections.abc import Iterable

from rubric_dsl.core.keys import heading_path
from rubric_dsl.diagnostics import Diagnostic, RubricError, Text
from rubric_dsl.engines.sql.dialects import DIALECTS

_WHY = Text("得分可能不准确，所以不写出查询", "scores could be wrong, so no query is written")


def _refused(code: str, message: Text, hint: Text, why: Text | None = _WHY) -> RubricError:
    return RubricError((Diagnostic(code, "error", "rule", message, why=why, hint=hint),))


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def unknown_dialect(name: str) -> RubricError:
    """Say which databases there are queries for."""
    return _refused(
        "sql-dialect",
        Text(f"不能为“{name}”写出查询", f"there is no query for '{name}'"),
        Text("可以用：" + "、".join(DIALECTS), "use one of: " + ", ".join(DIALECTS)),
        Text("没有核实它的整数运算是否准确", "its whole numbers were not found to be exact"),
    )


def irrational(keys: Iterable[str]) -> RubricError:
    """Say which results need logarithms or roots."""
    names = [heading_path(key)[-1] for key in keys]
    names = list(dict.fromkeys(name for name in names if name)) or ["?"]
    return _refused(
        "sql-irrational",
        Text(
            f"“{'”、“'.join(names)}”要算对数、指数或开方，查询算不准确",
            f"{_listed(names)}: logarithms, powers and roots are not exact in a query",
        ),
        Text("用 rubric score 评分", "score with rubric score"),
    )


def cohort(figures: Iterable[str]) -> RubricError:
    """Say which figures are asked of a group."""
    names = list(dict.fromkeys(figures))
    return _refused(
        "sql-cohort",
        Text(
            f"规则要看同类单位的“{'”、“'.join(names)}”，查询只看一行",
            f"the rules look at a group's {_listed(names)}, and a query looks at one row",
        ),
        Text("用 rubric score 一起评分", "score the group with rubric score"),
        None,
    )


def too_wide(dialect: str, digits: int, fits: int) -> RubricError:
    """Say how large figures may be, where they may be at all."""
    message = Text(
        f"小数点前有 {digits} 位数时，{dialect} 的整数容不下计算中的数",
        f"with {digits} digits before the point, {dialect} has no whole numbers large enough to compute with",
    )
    if fits:
        hint = Text(
            f"写 --digits {fits}，或减少小数位 --places", f"use --digits {fits}, or fewer decimals with --places"
        )
    else:
        hint = Text(
            "减少小数位 --places，或换 postgres 这样整数更大的数据库",
            "use fewer decimals with --places, or a database with larger numbers, such as postgres",
        )
    return _refused("sql-too-wide", message, hint)


def unknown_address(address: str, near: list[str]) -> RubricError:
    """Say that a column is given for what the rubric does not read."""
    return _refused(
        "sql-column",
        Text(f"评分不用“{address}”，不能给它指定列", f"no score reads '{address}': it has no column"),
        Text("是不是：" + "、".join(near), "did you mean: " + ", ".join(near))
        if near
        else Text("核对数据项的地址", "check the address of the figure"),
        None,
    )


def unusable_name(name: str, dialect: str) -> RubricError:
    """Say that a database cannot have a column of this name."""
    return _refused(
        "sql-name",
        Text(f"{dialect} 的列名不能是“{name}”", f"a column of {dialect} cannot be called '{name}'"),
        Text("用 --column 地址=列名 指定另一个列名", "name another column with --column ADDRESS=COLUMN"),
        None,
    )

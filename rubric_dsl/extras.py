"""The optional parts: what each needs, and the error where it is not installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal

from rubric_dsl.diagnostics import Text

Extra = Literal["tables", "duckdb", "spark", "sql", "testing", "serve", "verify"]
_NEEDED: dict[Extra, tuple[tuple[str, ...], Text]] = {
    "tables": (("numpy", "pyarrow"), Text("不能给整张表评分", "tables cannot be scored")),
    "duckdb": (
        ("duckdb", "numpy", "pyarrow", "sqlglot"),
        Text("不能用引擎 duckdb", "the engine 'duckdb' cannot be used"),
    ),
    "spark": (
        ("pyspark", "numpy", "pandas", "pyarrow", "sqlglot"),
        Text("不能用引擎 spark", "the engine 'spark' cannot be used"),
    ),
    "sql": (("sqlglot",), Text("不能写查询", "queries cannot be written")),
    "serve": (("anyio", "starlette", "uvicorn"), Text("不能提供服务", "the service cannot be started")),
    "verify": (("sympy",), Text("不能证明规则的性质", "nothing can be proved of the rules")),
    "testing": (("hypothesis",), Text("不能做随机试验", "random trials cannot be made")),
}
"""The modules of each extra without which it cannot be used, and what then cannot be done."""


class MissingExtraError(ImportError):
    """A package of an optional part is not installed; ``message`` and ``hint`` say so in both languages.

    Attributes:
        extra: the part: ``pip install "rubric-dsl[extra]"`` installs it.
        missing: the modules that are not there.
        message: what is missing and what cannot be done without it.
        hint: the command that installs it.
    """

    def __init__(self, extra: Extra, missing: list[str]) -> None:
        self.extra: Extra = extra
        self.missing: list[str] = missing
        without = _NEEDED[extra][1]
        self.message: Text = Text(
            f"没有装 {'、'.join(missing)}，{without.zh}", f"{', '.join(missing)} not installed: {without.en}"
        )
        command = f'pip install "rubric-dsl[{extra}]"'
        self.hint: Text = Text(f"安装：{command}", f"install it: {command}")
        super().__init__(f"{self.message.en}; {self.hint.en}")

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[Extra, list[str]]]:
        return MissingExtraError, (self.extra, self.missing)


def require(extra: Extra, *more: str) -> None:
    """Make sure that an optional part can be used, and that ``more`` modules of it are there.

    Raises:
        MissingExtraError: a package of it is not installed.
    """
    missing = [name for name in (*_NEEDED[extra][0], *more) if find_spec(name) is None]
    if missing:
        raise MissingExtraError(extra, missing)

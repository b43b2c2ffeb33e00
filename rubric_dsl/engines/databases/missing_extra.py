"""What an engine needs and is not there, and what it could not do."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal

from rubric_dsl.diagnostics import Text

Database = Literal["duckdb", "spark"]
_MODULES: dict[Database, tuple[str, ...]] = {
    "duckdb": ("duckdb", "numpy", "pyarrow", "sqlglot"),
    "spark": ("pyspark", "numpy", "pandas", "pyarrow", "sqlglot"),
}


class MissingExtraError(ImportError):
    """An engine whose extra is not installed; ``message`` and ``hint`` say so in both languages."""

    def __init__(self, engine: Database, missing: list[str]) -> None:
        self.message = Text(
            f"没有装 {'、'.join(missing)}，不能用引擎 {engine}",
            f"{', '.join(missing)} not installed: the engine '{engine}' cannot be used",
        )
        command = f'pip install "rubric-dsl[{engine}]"'
        self.hint = Text(f"安装：{command}", f"install it: {command}")
        super().__init__(f"{self.message.en}; {self.hint.en}")


class RunError(Exception):
    """Work that a database could not do; ``message`` says why in both languages, ``detail`` in its own words."""

    def __init__(self, message: Text, detail: str = "") -> None:
        super().__init__(message.en)
        self.message, self.detail = message, detail


def require(engine: Database) -> None:
    """Make sure that an engine can be used.

    Raises:
        MissingExtraError: a package of its extra is not installed.
    """
    missing = [name for name in _MODULES[engine] if find_spec(name) is None]
    if missing:
        raise MissingExtraError(engine, missing)

"""``rubric batch --engine spark``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from rubric_cli.common import FAILED, FOUND, NOTHING_FOUND, fail, print_diagnostics
from rubric_cli.writing import hold_apart
from rubric_dsl import Rubric, RubricError
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.report.diagnostics_text import safe

if TYPE_CHECKING:
    from rubric_dsl.engines.databases.spark_files import SparkSummary


def in_spark(
    rubric: Rubric,
    files: Sequence[Path],
    table: str,
    output: str,
    form: str | None,
    master: str,
    keep: Sequence[str],
    lang: Lang,
    *,
    quiet: bool,
) -> NoReturn:
    """Score a table with Spark, say what was found, and end the command."""
    from rubric_dsl.engines.databases.run_error import RunError
    from rubric_dsl.engines.databases.spark_files import score_files
    from rubric_dsl.engines.table.faults import TableError
    from rubric_dsl.engines.table.outputs import USUAL

    if form not in (None, "parquet") or (
        form is None and not output.casefold().rstrip("/").endswith((".parquet", ".pq"))
    ):
        fail(
            Text(f"{output}：Spark 只写成 Parquet 文件夹", f"{output}: Spark writes a folder of Parquet only"),
            lang,
            Text("名字以 .parquet 结尾，或用 --format parquet", "end its name in .parquet, or state --format parquet"),
        )
    hold_apart([output], [*files, table], lang)
    if Path(table).is_dir() and Path(output).resolve().is_relative_to(Path(table).resolve()):
        fail(
            Text(
                f"{output}：在数据表的文件夹里，没有写入",
                f"{output}: it lies in the table's folder; nothing was written",
            ),
            lang,
        )
    try:
        found = score_files(rubric.model, table, output, master, USUAL, keep)
    except (TableError, RubricError) as error:
        print_diagnostics(error.diagnostics, lang, err=True)
        raise typer.Exit(FAILED) from None
    except RunError as error:
        fail(error.message, lang, Text(error.detail, error.detail) if error.detail else None)
    if not quiet:
        _say(found, lang)
    raise typer.Exit(FOUND if any(severity == "error" for severity, _, _ in found.counts) else NOTHING_FOUND)


def _say(found: SparkSummary, lang: Lang) -> None:
    print_diagnostics(found.diagnostics, lang, err=True)
    total = sum(count for _, _, count in found.counts)
    typer.echo(
        Text(f"评了 {found.rows} 行，{total} 处问题", f"{found.rows} rows scored, {total} faults").to(lang), err=True
    )
    for _, code, count in found.counts:
        typer.echo(f"  {code}: {count}", err=True)
    for subject, code, message in found.first:
        place = f"{subject}: " if subject else ""
        typer.echo(safe(f"{place}{code}: {message.to(lang)}"), err=True)

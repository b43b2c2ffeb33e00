"""``rubric batch``: score a table of submissions, however long."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from io import TextIOWrapper
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal, TextIO

import typer

from rubric_cli.common import (
    FAILED,
    FOUND,
    NOTHING_FOUND,
    LangOption,
    QuietOption,
    ReadingOption,
    chosen,
    fail,
    needed,
    print_diagnostics,
    words,
)
from rubric_cli.loading import files_of, rubric_of
from rubric_cli.progress import counted
from rubric_cli.spark import in_spark
from rubric_cli.writing import CSV_ENCODING, outputs
from rubric_dsl import Rubric, RubricError
from rubric_dsl.diagnostics import Diagnostic, Lang, Text
from rubric_dsl.report.diagnostics_text import safe

if TYPE_CHECKING:
    from rubric_dsl.engines.table.faults import Reason, RowFault
    from rubric_dsl.engines.table.files import ResultFile
    from rubric_dsl.engines.table.scorer import Scored
    from rubric_dsl.engines.table.sources import Table

_SHOWN = 5


class TableFormat(StrEnum):
    """What results are written as."""

    csv = "csv"
    parquet = "parquet"
    arrow = "arrow"


class TableEngine(StrEnum):
    """What scores the rows."""

    auto = "auto"
    duckdb = "duckdb"
    spark = "spark"


def batch(
    rubric: Annotated[str, typer.Argument(help=words("评分规则文件", "rubric file"))],
    table: Annotated[str, typer.Argument(help=words("数据表（CSV 或 Parquet）", "table of data (CSV or Parquet)"))],
    output: Annotated[str, typer.Option("--output", "-o", help=words("结果写到哪个文件", "file for the results"))],
    form: Annotated[
        TableFormat | None,
        typer.Option(
            "--format", help=words("结果的格式，默认看文件名", "format of the results, by default the name's")
        ),
    ] = None,
    faults: Annotated[
        str | None,
        typer.Option("--faults", help=words("有问题的行写到哪个 CSV 文件", "CSV file for what is wrong with rows")),
    ] = None,
    engine: Annotated[
        TableEngine,
        typer.Option(
            "--engine",
            help=words(
                "用什么评：auto 在本进程；duckdb、spark 用查询评，不答的行由评分程序逐行评（不支持同类单位比较和对数、开方）；"
                "spark 分布式，读写都由 Spark 做，结果是一个 Parquet 文件夹，每行的问题在 faults 列",
                "what scores: auto in this process; duckdb and spark by a query, the rows it leaves open by the evaluator (no"
                " groups, no logarithms or roots); spark on many machines: it reads and writes by itself, the results are a"
                " folder of Parquet with each row's faults in the column 'faults'",
            ),
        ),
    ] = TableEngine.auto,
    master: Annotated[
        str | None,
        typer.Option(
            "--master", help=words("Spark 主节点的地址，默认 local[*]", "Spark's master URL, by default local[*]")
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep",
            help=words(
                "结果里也要的列，如编号；可重复", "a column that the results have too, such as an id; repeatable"
            ),
        ),
    ] = None,
    reading: ReadingOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Score every row of a table."""
    language = chosen(lang)
    if master is not None and engine is not TableEngine.spark:
        fail(Text("--master 只和 --engine spark 一起用", "--master goes with --engine spark only"), language)
    loaded = rubric_of(rubric, language, reading=reading)
    if engine is not TableEngine.auto:
        needed("duckdb" if engine is TableEngine.duckdb else "spark", language)
    if engine is TableEngine.spark:
        if faults is not None:
            fail(
                Text("用 --engine spark 时不写 --faults 文件", "with --engine spark there is no file of --faults"),
                language,
                Text("每行的问题在结果的 faults 列", "each row's faults are in the column 'faults' of the results"),
            )
        in_spark(
            loaded,
            files_of(rubric, loaded),
            table,
            output,
            None if form is None else form.value,
            master or "local[*]",
            keep or (),
            language,
            quiet=quiet,
        )
    needed("tables", language)
    from rubric_dsl.engines.databases.run_error import RunError
    from rubric_dsl.engines.table.faults import TableError
    from rubric_dsl.engines.table.files import ENDINGS, ResultFile
    from rubric_dsl.engines.table.sources import opened

    kind = form.value if form is not None else ENDINGS.get(PurePath(output).suffix.casefold())
    if kind is None:
        fail(
            Text(f"{output}：看不出写成什么格式", f"{output}: its name does not say the format"),
            language,
            Text(
                "文件名以 .csv、.parquet 或 .arrow 结尾，或用 --format",
                "end it in .csv, .parquet or .arrow, or state --format",
            ),
        )
    names = [output] if faults is None else [output, faults]
    words_of = ("subject", *(keep or ()))
    try:
        with (
            outputs(names, language, inputs=[*files_of(rubric, loaded), table]) as (file, *others),
            _told(others, language) as told,
            ResultFile(file, kind, words_of) as results,
        ):
            _run(loaded, opened(table), results, told, engine, keep or ())
    except (TableError, RubricError) as error:
        print_diagnostics(error.diagnostics, language, err=True)
        raise typer.Exit(FAILED) from None
    except RunError as error:
        fail(error.message, language, Text(error.detail, error.detail))
    if not quiet:
        told.say(language)
    raise typer.Exit(FOUND if told.errors else NOTHING_FOUND)


class _Told:
    """The faults of rows so far: into their file, and counted."""

    def __init__(self, file: TextIO | None, lang: Lang) -> None:
        self._file, self.lang = file, lang
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self.begin()

    def begin(self) -> None:
        """Forget what was told."""
        from rubric_dsl.engines.table.files import FAULT_COLUMNS

        self.counts: Counter[str] = Counter()
        self.alone: Counter[Reason] = Counter()
        self.first: list[RowFault] = []
        self.errors = 0
        self.rows = 0
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            csv.writer(self._file).writerow(FAULT_COLUMNS)

    def add(self, part: Scored) -> None:
        """Take what there was in a part of the table."""
        from rubric_dsl.engines.table.files import fault_rows

        found = part.faults
        self.rows += part.results.num_rows
        self.alone.update(part.alone)
        self.counts.update(item.code for item in found)
        self.errors += sum(item.is_error for item in found)
        self.first += found[: max(0, _SHOWN - len(self.first))]
        if self._file is not None:
            csv.writer(self._file).writerows(fault_rows(found, self.lang))

    def say(self, lang: Lang) -> None:
        """Say on standard error what there was."""
        from rubric_dsl.engines.table.faults import REASONS

        print_diagnostics(self.diagnostics, lang, err=True)
        total = sum(self.counts.values())
        message = Text(f"评了 {self.rows} 行，{total} 处问题", f"{self.rows} rows scored, {total} faults")
        typer.echo(safe(message.to(lang)), err=True)
        for code, count in self.counts.most_common():
            typer.echo(f"  {code}: {count}", err=True)
        for reason, count in self.alone.most_common():
            why = REASONS[reason]
            rows = Text(
                f"{count:,} 行逐行评分：{why.zh}", f"{count:,} {'row' if count == 1 else 'rows'} one by one: {why.en}"
            )
            typer.echo(safe(rows.to(lang)), err=True)
        for item in self.first if self._file is None else ():
            place = Text(f"第 {item.row} 行", f"row {item.row}").to(lang)
            typer.echo(safe(f"{place}: {item.code}: {item.diagnostic.message.to(lang)}"), err=True)


@contextmanager
def _told(files: Sequence[BinaryIO], lang: Lang) -> Iterator[_Told]:
    """Write the faults as text into the file for them, if there is one."""
    if not files:
        yield _Told(None, lang)
        return
    text = TextIOWrapper(files[0], encoding=CSV_ENCODING, newline="")
    try:
        yield _Told(text, lang)
    finally:
        text.detach()  # writes what is held back; the file stays open


def _run(
    rubric: Rubric,
    source: Table,
    file: ResultFile,
    told: _Told,
    engine: TableEngine,
    keep: Sequence[str],
) -> None:
    from rubric_dsl.engines.table.ahead import WriteBehind
    from rubric_dsl.engines.table.outputs import USUAL, Fit, UnfitError
    from rubric_dsl.engines.table.score_table import scored

    fit = Fit()
    name: Literal["auto", "duckdb"] = "duckdb" if engine is TableEngine.duckdb else "auto"
    while True:
        try:
            with counted(source.rows, Text("评分", "scoring").to(told.lang)) as step, WriteBehind() as behind:
                for told.diagnostics, part in scored(rubric.model, source, USUAL, fit, name, keep):
                    behind.put(partial(file.write, part.results))
                    told.add(part)
                    step(part.results.num_rows)
            return
        except UnfitError as error:
            fit = fit.after(error)
            file.begin_again()
            told.begin()

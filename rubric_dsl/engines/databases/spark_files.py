"""From a table to a folder of results with Spark: written aside, then renamed, so that it is complete or not there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rubric_dsl.data.cells import unguarded
from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.engines.databases.run_error import RunError
from rubric_dsl.engines.databases.spark import FAULTS, scored_frame, unfit_column
from rubric_dsl.engines.table.faults import TableError, no_table
from rubric_dsl.engines.table.outputs import Part
from rubric_dsl.engines.table.sources import EMPTY, GUARDED, encoding_of
from rubric_dsl.extras import require
from rubric_dsl.model.model import Model
from rubric_dsl.records import dataclass

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SHOWN = 5
_GLOB = re.compile(r"([\\*?\[\]{}])")


@dataclass(frozen=True, slots=True)
class SparkSummary:
    """What was written: how many rows, how often each fault (severity and code), and the first few (subject, code, text)."""

    rows: int
    counts: tuple[tuple[str, str, int], ...]
    first: tuple[tuple[str, str, Text], ...]
    diagnostics: tuple[Diagnostic, ...]


def score_files(
    model: Model, table: str, out: str, master: str, parts: tuple[Part, ...], keep: Sequence[str] = ()
) -> SparkSummary:
    """Score a table of CSV or Parquet into a folder of Parquet.

    Args:
        model: the rubric.
        table: the table, as a path or an address that Spark can read.
        out: the folder of the results, which must not be there yet.
        master: the address of Spark's master, such as ``local[*]``.
        parts: what the results hold.
        keep: columns of the table that the results have too.

    Raises:
        MissingExtraError: pyspark is not installed.
        RunError: Spark cannot be started, or cannot write.
        TableError: the table cannot be read, or its columns cannot be used.
        RubricError: the rubric cannot be exact in Spark.
    """
    require("spark")
    with _session(master) as session:
        source, target = _place(table, master), _place(out, master)
        folder = _Folder(session, target)
        if folder.exists():
            raise RunError(Text(f"{out}：已经有了，没有改动", f"{out}: it exists already; it was not changed"))
        frame = _read(session, source, table)
        try:
            diagnostics = _written(model, frame, folder, parts, keep)
            summary = _summary(session.read.parquet(folder.aside), diagnostics)
            folder.finish()
        finally:
            folder.clear()
        return summary


@contextmanager
def _session(master: str) -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # the workers are this machine's: the same packages
    builder = SparkSession.builder.master(master).appName("rubric batch")
    for key, value in (("ui.enabled", "false"), ("ui.showConsoleProgress", "false"), ("log.level", "OFF")):
        builder = builder.config(f"spark.{key}", value)
    try:
        session = builder.getOrCreate()
    except Exception as error:
        raise RunError(
            Text(
                f"不能在“{master}”启动 Spark（要有 Java 17 或更新）",
                f"Spark cannot be started at '{master}' (it needs Java 17 or later)",
            ),
            _first_line(error),
        ) from None
    # Names differ by their capitals, and what does not fit must never pass in silence.
    session.conf.set("spark.sql.caseSensitive", "true")
    session.conf.set("spark.sql.ansi.enabled", "true")
    session.conf.set("spark.sql.legacy.javaCharsets", "true")  # GB18030
    try:
        yield session
    finally:
        session.stop()


def _place(name: str, master: str) -> str:
    """Return the address of a file: of a path on this machine, where Spark runs on it."""
    if "://" in name or not master.startswith("local"):
        return name
    return f"file:{Path(name).absolute()}"


def _read(session: SparkSession, source: str, name: str) -> DataFrame:
    plain = name.casefold().rstrip("/")
    path = Path(name)
    there = source.startswith("file:") and path.exists()
    if there:
        source = _GLOB.sub(r"\\\1", source)
    try:
        if plain.endswith((".csv", ".tsv")):
            # A line break inside quotes would be cut in two, were a file read in parts.
            options: dict[str, Any] = {"header": True, "multiLine": True, "escape": '"', "enforceSchema": False}
            encoding = encoding_of(path) if there and path.is_file() else "utf-8-sig"
            options["encoding"] = "UTF-8" if encoding == "utf-8-sig" else encoding
            options["sep"] = "\t" if plain.endswith(".tsv") else ","
            return _texts_of(session.read.options(**options).csv(source))
        return session.read.parquet(source)
    except Exception as error:  # Spark's own, or one of the files that it asks
        if "PATH_NOT_FOUND" in str(error):
            reason = Text(f"{name}：没有这个文件", f"{name}: there is no such file")
        else:
            reason = Text(f"{name}：不能读取这张表", f"{name}: the table cannot be read")
        raise TableError(no_table(reason)) from None


def _texts_of(frame: DataFrame) -> DataFrame:
    """Return a table of texts as every CSV file is read: what stands for nothing is nothing, and nothing is guarded."""
    from pyspark.sql import functions

    plain = frame.toDF(*(f"a{index}" for index in range(len(frame.columns))))
    cells = [
        functions.when(
            ~functions.col(name).isin(EMPTY), functions.regexp_replace(functions.col(name), GUARDED, "$1")
        ).alias(name)
        for name in plain.columns
    ]
    return plain.select(*cells).toDF(*(unguarded(name) for name in frame.columns))


def _written(
    model: Model, frame: DataFrame, folder: _Folder, parts: tuple[Part, ...], keep: Sequence[str]
) -> tuple[Diagnostic, ...]:
    texts: frozenset[str] = frozenset()
    while True:
        found = scored_frame(model, frame, parts, texts, keep)
        try:
            found.frame.write.mode("overwrite").parquet(folder.aside)
        except Exception as error:
            name = unfit_column(error)
            if name is None or name in texts:
                raise _failed(folder.out, error) from None
            texts |= {name}
        else:
            return found.diagnostics


def _failed(out: str, error: Exception) -> RunError:
    return RunError(
        Text(f"{out}：Spark 没有做完，没有留下结果", f"{out}: Spark did not finish; no results were left"),
        _first_line(error),
    )


def _first_line(error: Exception) -> str:
    causes = [line for line in str(error).splitlines() if line.startswith("Caused by:")]
    return (causes or str(error).splitlines() or [""])[-1 if causes else 0]


class _Folder:
    """A folder of results, on whatever Spark can write to; the one aside has a name that nobody can guess."""

    def __init__(self, session: SparkSession, place: str) -> None:
        java: Any = session.sparkContext._jvm
        self._kind: Any = java.org.apache.hadoop.fs.Path
        self.out = place
        self._out = self._kind(place)
        self._aside = self._kind(self._out.getParent(), f"{self._out.getName()}.{os.urandom(8).hex()}.part")
        self.aside = str(self._aside.toString())
        self._files = self._out.getFileSystem(session.sparkContext._jsc.hadoopConfiguration())

    def exists(self) -> bool:
        return bool(self._files.exists(self._out))

    def finish(self) -> None:
        # Renamed onto a folder that came up meanwhile, it ends up inside.
        inside = self._kind(self._out, self._aside.getName())
        done = not self.exists() and self._files.rename(self._aside, self._out)
        if done and self._files.exists(inside):
            self._files.delete(inside, True)
            done = False
        if not done:
            raise RunError(Text(f"{self.out}：不能写入", f"{self.out}: it cannot be written"))

    def clear(self) -> None:
        with suppress(Exception):  # Spark itself may be gone
            self._files.delete(self._aside, True)


def _summary(frame: DataFrame, diagnostics: tuple[Diagnostic, ...]) -> SparkSummary:
    from pyspark.sql import functions

    subject = functions.col("subject") if "subject" in frame.columns else functions.lit("")
    told = frame.select(subject.alias("subject"), functions.explode(functions.col(FAULTS)).alias("told"))
    flat = told.select("subject", "told.*")
    counted = flat.groupBy("severity", "code").count().collect()
    counts = sorted(((row[0], row[1], row[2]) for row in counted), key=lambda item: -item[2])
    first = flat.limit(_SHOWN).collect() if counts else []
    return SparkSummary(
        frame.count(),
        tuple(counts),
        tuple((row["subject"] or "", row["code"], Text(row["zh"], row["en"])) for row in first),
        diagnostics,
    )

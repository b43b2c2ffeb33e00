"""The official table on a terminal: columns align under double-width text, reasons wrap."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.result import Result
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.table import Row, closing, has_claims, header, rows

_PIPED_WIDTH = 120
_LEAST_WIDTH = 60


def result_table(result: Result, lang: Lang) -> str:
    """Write one result: title, table, and the lines below it."""
    title = safe(f"{result.subject}  {result.rubric} {result.edition}".strip())
    return _printed(title, _table(result, lang), closing(result, lang))


def plain_table(title: str, titles: Sequence[str], cells: Iterable[Sequence[str]], lines: Iterable[str]) -> str:
    """Write a table of text; the first and the last column wrap, those between stand to the right."""
    table = _columns(titles)
    for row in cells:
        table.add_row(*(RichText(cell) for cell in row))
    return _printed(title, table, lines)


def _printed(title: str, table: Table, lines: Iterable[str]) -> str:
    terminal = sys.stdout.isatty()
    width = max(_LEAST_WIDTH, shutil.get_terminal_size((_PIPED_WIDTH, 24)).columns) if terminal else _PIPED_WIDTH
    colour = terminal and not os.environ.get("NO_COLOR")
    buffer = io.StringIO()
    console = Console(
        file=buffer, width=width, force_terminal=colour, no_color=not colour, highlight=False, emoji=False
    )
    if title:
        console.print(RichText(title, style="bold"))
    console.print(table)
    for line in lines:
        console.print(RichText(line, style="bold"))
    return buffer.getvalue()


def _table(result: Result, lang: Lang) -> Table:
    claims = has_claims(result)
    table = _columns(header(lang, claims=claims))
    for row in rows(result, lang):
        table.add_row(*_cells(row, lang, claims=claims), style="bold" if row.kind == "section" else "")
    return table


def _columns(titles: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    last = len(titles) - 1
    for index, title in enumerate(titles):
        if index in (0, last):
            table.add_column(title, ratio=3 if index == last else 2, overflow="fold")
        else:
            table.add_column(title, justify="right", no_wrap=True)
    return table


def _cells(row: Row, lang: Lang, *, claims: bool) -> list[RichText]:
    cells = [RichText(cell) for cell in row.cells]
    cells[0] = RichText("  " * row.level + row.cells[0])
    if claims and row.differs:
        mark = Text(" ≠", " ≠").to(lang)
        cells[4] = RichText(row.cells[4] + mark, style="red")
    return cells

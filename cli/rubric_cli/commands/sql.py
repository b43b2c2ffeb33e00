"""``rubric sql``: the rubric as a query for a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rubric_cli.common import (
    FAILED,
    Format,
    FormatOption,
    LangOption,
    OutputOption,
    ReadingOption,
    chosen,
    fail,
    needed,
    out,
    out_json,
    print_diagnostics,
    words,
)
from rubric_cli.loading import files_of, rubric_of
from rubric_cli.writing import write
from rubric_dsl import Rubric, RubricError
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.as_json import diagnostic_json, json_text
from rubric_dsl.report.diagnostics_text import safe

if TYPE_CHECKING:
    from rubric_dsl.engines.sql.sql_query import SqlQuery

DialectOption = Annotated[
    str,
    typer.Option(
        "--dialect",
        help=words("哪种数据库：duckdb、sqlite、postgres …", "which database: duckdb, sqlite, postgres …"),
    ),
]
TableOption = Annotated[
    str, typer.Option("--table", help=words("数据表，每行一份数据", "the table, one submission in a row"))
]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="ADDRESS=COLUMN",
        help=words(
            "数据项在哪一列（列名不是地址时）；可重复",
            "a figure's column, where it is not called by its address; repeatable",
        ),
    ),
]
KeepOption = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        help=words("结果里也要的列，如单位编号；可重复", "a column that the result has too, such as an id; repeatable"),
    ),
]
DigitsOption = Annotated[
    int | None,
    typer.Option(
        "--digits", min=1, max=1000, help=words("数的小数点前最多几位", "most digits of a figure before the point")
    ),
]
PlacesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--places",
        metavar="[ADDRESS=]N",
        help=words(
            "数的小数最多几位；也可以是某一项的（地址=位数），可重复",
            "most decimals of a figure; or of one of them, repeatable",
        ),
    ),
]
RangesOption = Annotated[
    bool,
    typer.Option(
        "--ranges",
        help=words(
            "缺数时，得分和总分最低、最高可能是多少也写出来",
            "where figures are missing, also the least and the greatest that scores and the total can still be",
        ),
    ),
]
_MOST_PLACES = 100


def sql(
    file: Annotated[str, typer.Argument(help=words("评分规则文件", "rubric file"))],
    dialect: DialectOption = "duckdb",
    table: TableOption = "submissions",
    column: ColumnOption = None,
    keep: KeepOption = None,
    digits: DigitsOption = None,
    places: PlacesOption = None,
    ranges: RangesOption = False,
    reading: ReadingOption = None,
    output: OutputOption = "-",
    lang: LangOption = None,
    form: FormatOption = Format.text,
) -> None:
    """Write the rubric as a query over a table of submissions, exact or not at all."""
    language = chosen(lang)
    needed("sql", language)
    rubric = rubric_of(file, language, form, reading)
    columns = dict(_pair(text, language) for text in column or [])
    decimals = _places(places or [], language)
    try:
        query = rubric.to_sql(
            dialect, table=table, columns=columns, keep=keep or (), digits=digits, places=decimals, ranges=ranges
        )
    except RubricError as error:
        if form == Format.json:
            out_json([diagnostic_json(item, language) for item in error.diagnostics])
        else:
            print_diagnostics(error.diagnostics, language, err=True)
        raise typer.Exit(FAILED) from None
    if form == Format.json:
        text = json_text(_json(query))
    else:
        head = "".join(f"-- {safe(line)}\n" for line in _head(rubric, query.digits).to(language).splitlines())
        text = f"{head}{query.text};\n"
    if output == "-":
        out(text.removesuffix("\n"))
    else:
        write(output, text, language, inputs=files_of(file, rubric), new=True)


def _places(given: list[str], lang: Lang) -> int | dict[str, int] | None:
    """Return the decimals of all figures, or of some; stop with exit code 2 where they are none."""
    found: dict[str, int] = {}
    for text in given:
        address, _, number = text.rpartition("=")
        if not (number.isascii() and number.isdigit() and int(number) <= _MOST_PLACES):
            fail(
                Text(f"--places “{text}”不是位数", f"--places '{text}' is no number of decimals"),
                lang,
                Text("写 2，或 地址=2", "write 2, or ADDRESS=2"),
            )
        found[address] = int(number)
    if "" in found and len(found) > 1:
        fail(
            Text("--places 或者是所有数的位数，或者是某几项的", "--places is for all figures, or for some of them"),
            lang,
            Text("每一项都写 地址=位数", "write ADDRESS=N for each"),
        )
    return found.get("", found or None)


def _json(query: SqlQuery) -> dict[str, object]:
    return {
        "dialect": query.dialect,
        "text": query.text,
        "digits": query.digits,
        "places": dict(query.places),
        "inputs": dict(query.inputs),
        "outputs": [{"kind": item.kind, "of": item.of, "columns": list(item.columns)} for item in query.outputs],
    }


def _pair(text: str, lang: Lang) -> tuple[str, str]:
    # A column's name has an equals sign less often than an address has one.
    address, equals, column = text.rpartition("=")
    if not (equals and address and column):
        fail(Text(f"“{text}”要写成 地址=列名", f"'{text}' must be ADDRESS=COLUMN"), lang)
    return address, column


def _head(rubric: Rubric, digits: int) -> Text:
    name = " ".join(part for part in (rubric.name, rubric.edition) if part)
    return Text(
        f"{name}\n数的小数点前最多 {digits} 位；更大、更细的数不读，状态为 unread",
        f"{name}\nfigures have at most {digits} digits before the point; what is larger or finer is not read: unread",
    )

"""The table reader's diagnostics, in both languages."""

from __future__ import annotations

import re

from rubric_dsl.data.faults import brief, fault, labelled, syntax
from rubric_dsl.diagnostics import Diagnostic, Place, Text


def separator_unclear(place: Place, *, several: bool) -> Diagnostic:
    """The first line has several separators, or only full-width ones."""
    message = (
        Text("表头里有几种分隔符", "the header has several separators")
        if several
        else Text("表头用的是全角的逗号或分号", "the header uses full-width commas or semicolons")
    )
    hint = Text(
        "只用半角逗号、分号、制表符中的一种；名称里有这些符号时加引号",
        "use only commas, only semicolons or only tabs; put quotes around a name that holds one",
    )
    return fault("separator-unclear", message, (place,), hint=hint)


def quote_open(place: Place) -> Diagnostic:
    """A quoted cell never ends."""
    hint = Text('补上另一半引号；引号本身写两次：""', 'add the closing quote; write a quote inside a cell twice: ""')
    return syntax(Text("引号没有成对", "a quote is not closed"), place, hint)


def quote_inside(place: Place) -> Diagnostic:
    """Text follows a closing quote; the row is left out."""
    message = Text("引号结束后面还有文字，这一行不用", "text follows a closing quote; the row is not used")
    hint = Text(
        '整格加引号，里面的引号写两次："""三公经费""变动率"',
        'put the whole cell in quotes and write those inside twice: """a"" b"',
    )
    return syntax(message, place, hint)


def no_rows(place: Place) -> Diagnostic:
    """There is a header and nothing below it."""
    hint = Text("表头下面每行写一个部门", "write one department on each row below the header")
    return fault("empty-file", Text("表头下面没有数据", "there are no rows below the header"), (place,), hint=hint)


def ragged(found: int, expected: int, place: Place, header: Place) -> Diagnostic:
    """A row has more cells than the header, and is not used; or fewer, and those left out are blank."""
    places = (place, labelled(header, "表头", "the header"))
    count = Text(f"这一行有 {found} 格，表头有 {expected} 格", f"the row has {found} cells and the header {expected}")
    if found < expected:
        message = Text(f"{count.zh}，缺的格按空白处理", f"{count.en}; those left out count as blank")
        hint = Text("空着的格也要留分隔符", "keep the separators of blank cells")
        return fault("ragged-row", message, places, hint=hint, severity="warning")
    message = Text(f"{count.zh}，整行不用", f"{count.en}; the row is not used")
    why = Text("数可能错了列", "values may stand in the wrong columns")
    hint = Text("数里有逗号（1,234）时加引号", "put quotes around a number with commas (1,234)")
    return fault("ragged-row", message, places, hint=hint, why=why)


def column_without_name(place: Place, value: Place) -> Diagnostic:
    """A value stands below a blank header cell; told once for each column."""
    hint = Text("在表头写上名称，或删去这一列", "name the column in the header, or delete it")
    message = Text("这一列没有名称", "the column has no name")
    return fault("column-without-name", message, (place, labelled(value, "这里有内容", "a value")), hint=hint)


def duplicate_column(name: str, first: Place, again: Place) -> Diagnostic:
    """Two header cells mean the same."""
    message = Text(f"“{brief(name)}”有两列", f"there are two columns '{brief(name)}'")
    places = (labelled(again, "又一次，这一列不用", "again here, not used"), labelled(first, "第一次", "first here"))
    why = Text("不知道以哪一列为准", "it is not known which of the two counts")
    return fault("duplicate-column", message, places, hint=Text("只保留一列", "keep one of the two"), why=why)


def column_unclear(place: Place) -> Diagnostic:
    """``单位`` of a tall table may be the department or the unit."""
    message = Text("“单位”可以是部门，也可以是计量单位", "'单位' may be the department or the unit")
    hint = Text("部门写“部门”，计量单位写“计量单位”", "write 'subject' for the department, 'unit' for the unit")
    return fault("column-unclear", message, (place,), hint=hint)


def row_without_item(place: Place) -> Diagnostic:
    """A value of a tall table has no address."""
    message = Text("这一行没有写是哪一项", "the row does not say what its value is")
    hint = Text("在“项目”一列写上，例如“编制数”", "fill in the column 'item', for example 'posts'")
    return fault("row-without-item", message, (place,), hint=hint)


def row_without_subject(place: Place) -> Diagnostic:
    """A row of a tall table names no department."""
    message = Text("这一行没有写部门，不用", "the row names no department and is not used")
    hint = Text("每一行都写部门；先取消合并单元格", "name the department on every row; unmerge the cells first")
    return fault("row-without-subject", message, (place,), hint=hint)


def subject_twice(name: str, first: Place, again: Place) -> Diagnostic:
    """Two rows for one department and edition."""
    message = Text(f"“{brief(name)}”有两行", f"there are two rows for '{brief(name)}'")
    places = (labelled(again, "又一次", "again here"), labelled(first, "第一次", "first here"))
    hint = Text("删去一行，或写明不同的年度", "delete one of them, or state different editions")
    return fault("subject-twice", message, places, hint=hint, severity="warning")


_ERROR = re.compile(
    r"[#＃](?:DIV/0[!！]|N/A|REF[!！]|VALUE[!！]|NAME[?？]|NUM[!！]|NULL[!！]|SPILL[!！]|CALC[!！]|[#＃]+)\Z",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"[=＝]")
_SIGNED_FORMULA = re.compile(r"[@＠]|[+\-−－＋]\s*[A-Za-z(（$@]")
_SHORTENED = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+\Z")


def refused_cell(name: str, text: str, place: Place, *, number: bool) -> Diagnostic | None:
    """Return why a cell is not what its author saw on the sheet; None when it can be read."""
    shown = Text(f"“{brief(name)}”的“{brief(text)}”", f"'{brief(text)}' for '{brief(name)}'")
    if _ERROR.match(text):
        message = Text(f"{shown.zh}是表格的出错值", f"{shown.en} is a spreadsheet error")
        hint = Text("在表格里改好；没有数时留空", "correct the sheet; leave the cell blank when there is no value")
        return fault("cell-error", message, (place,), hint=hint)
    if _FORMULA.match(text) or (number and _SIGNED_FORMULA.match(text)):
        message = Text(f"{shown.zh}是公式，不是数", f"{shown.en} is a formula, not a value")
        hint = Text("在表格里改成“值”，再另存为 CSV", "turn formulas into values and save as CSV again")
        return fault("cell-formula", message, (place,), hint=hint)
    if number and _SHORTENED.match(text):
        message = Text(f"{shown.zh}是缩写的数", f"{shown.en} is a shortened number")
        hint = Text(
            "把这一列改成“数值”格式，写出全部数字", "format the column as number, so that all digits are written"
        )
        why = Text("后面的数字已经丢失", "digits are lost")
        return fault("cell-shortened", message, (place,), hint=hint, why=why)
    return None

"""Tall tables: one figure on each row."""

from __future__ import annotations

from collections.abc import Iterator

from rubric_dsl.data import faults as say
from rubric_dsl.data import table_faults as tell
from rubric_dsl.data.cells import Cell, Row
from rubric_dsl.data.columns import TALL, ColumnPart, Target, canonical_target, target_of
from rubric_dsl.data.draft import Body, SubmissionDraft, value_of
from rubric_dsl.data.faults import Faults
from rubric_dsl.data.tree import DataNode, Entry, Fields, Scalar
from rubric_dsl.diagnostics import Place, Text
from rubric_dsl.syntax.characters import fold

_MARKED = {
    "是": True,
    "yes": True,
    "√": True,
    "✓": True,
    "采用": True,
    "used": True,
    "": False,
    "否": False,
    "no": False,
}
_OF_OVERRIDE: tuple[tuple[str, ColumnPart], ...] = (("note", "reason"), ("source", "source"))
_MARK = Text("“是”或“否”", "yes or no")
_Line = dict[str, Cell]
"""The cells of a row by what their columns are called."""


def tall_rows(body: Body, rows: Iterator[Row], names: list[str]) -> Iterator[Fields]:
    """Yield a submission for each department and edition, in the order in which they first stand."""
    columns = _tall_columns(body, names)
    groups: dict[tuple[str, ...], list[_Line]] = {}
    for row in rows:
        line = {columns[index]: cell for index, cell in body.cells(row).items() if index in columns}
        if not line or not _complete(line, columns, body.faults):
            continue
        key = tuple(fold(line[name].text) if name in line else "" for name in ("subject", "rubric", "edition"))
        groups.setdefault(key, []).append(line)
    for lines in groups.values():
        yield _tall_node(lines, body.faults)


def _tall_columns(body: Body, names: list[str]) -> dict[int, str]:
    known = {english for _, english in TALL}
    columns: dict[int, str] = {}
    first: dict[str, Cell] = {}
    for index, (name, cell) in enumerate(zip(names, body.header, strict=True)):
        if name == "?":
            body.faults.add(tell.column_unclear(cell.place))
        elif not cell.text:
            continue
        elif name not in known:
            body.faults.add_unknown(cell.text, TALL, cell.place)
        elif name in first:
            body.faults.add(tell.duplicate_column(cell.text, first[name].place, cell.place))
        else:
            columns[index] = name
            first[name] = cell
    return columns


def _complete(line: _Line, columns: dict[int, str], faults: Faults) -> bool:
    """Whether a row says whose value of what it gives; it is reported when it does not."""
    place = next(iter(line.values())).place
    if "subject" in columns.values() and "subject" not in line:
        faults.add(tell.row_without_subject(place))
        return False
    if "item" not in line and "value" in line:
        faults.add(tell.row_without_item(line["value"].place))
        return False
    return True


def _tall_node(lines: list[_Line], faults: Faults) -> Fields:
    draft = SubmissionDraft()
    for part in ("subject", "rubric", "edition"):
        cell = lines[0].get(part)
        if cell is not None:
            target = target_of(part)
            draft.put(target, value_of(cell, target, faults), cell.place, faults)
    items: dict[tuple[ColumnPart, str], tuple[Target, list[_Line]]] = {}
    for line in lines:
        if "item" in line and "value" in line:
            target = canonical_target(target_of(line["item"].text))
            items.setdefault(target.identity, (target, []))[1].append(line)
    for target, given in items.values():
        _put_item(draft, target, given, faults)
    return draft.node()


def _put_item(draft: SubmissionDraft, target: Target, lines: list[_Line], faults: Faults) -> None:
    if target.part == "figures" and len(lines) > 1 and all("source" in line for line in lines):
        draft.put(target, _stated(target, lines, faults), lines[0]["item"].place, faults)
        return
    for line in lines:
        value = value_of(line["value"], target, faults)
        place = line["item"].place
        if target.part == "figures":
            parts: dict[str, DataNode] = {
                name: _text(line[name]) for name in ("source", "unit", "note") if name in line
            }
            draft.put(target, _fields({"value": value} | parts, place), place, faults)
            continue
        draft.put(target, value, place, faults)
        if target.part == "score":
            for name, part in _OF_OVERRIDE:
                if name in line:
                    draft.put(Target(part, target.name), _text(line[name]), line[name].place, faults)


def _stated(target: Target, lines: list[_Line], faults: Faults) -> Fields:
    """Return one figure that several rows state, each from its own source."""
    units = {line["unit"].text if "unit" in line else "" for line in lines}
    amounts: dict[str, Entry] = {}
    used: list[Cell] = []
    for line in lines:
        source, value = line["source"], value_of(line["value"], target, faults)
        if len(units) > 1 and isinstance(value, Scalar) and "unit" in line:
            value = Scalar(f"{value.text} {line['unit'].text}", value.place)
        if fold(source.text) in amounts:
            faults.add(say.value_given_twice(target.name, amounts[fold(source.text)].key.place, source.place))
        amounts.setdefault(fold(source.text), Entry(Scalar(source.text, source.place), value))
        if _is_used(line, faults):
            used.append(source)
    if len(used) > 1:
        faults.add(say.value_given_twice(target.name, used[0].place, used[1].place))
    place = lines[0]["item"].place
    parts: dict[str, DataNode] = {"stated": Fields(amounts, place)}
    parts |= {"used": _text(used[0])} if used else {}
    parts |= {"unit": Scalar(next(iter(units)), place)} if len(units) == 1 else {}
    notes = [line["note"] for line in lines if "note" in line]
    parts |= {"note": _text(notes[0])} if notes else {}
    return _fields(parts, place)


def _is_used(line: _Line, faults: Faults) -> bool:
    cell = line.get("used")
    marked = _MARKED.get(cell.text.casefold()) if cell is not None else False
    if marked is None and cell is not None:
        faults.add(say.wrong_shape(Text(f"“{say.brief(cell.text)}”", f"'{say.brief(cell.text)}'"), _MARK, cell.place))
    return bool(marked)


def _text(cell: Cell) -> Scalar:
    return Scalar(cell.text, cell.place)


def _fields(parts: dict[str, DataNode], place: Place) -> Fields:
    return Fields({name: Entry(Scalar(name, place), value) for name, value in parts.items()}, place)

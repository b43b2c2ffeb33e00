"""A submission while it is gathered from the cells of a table, and the rows below a header."""

from __future__ import annotations

from dataclasses import field

from rubric_dsl.data import faults as say
from rubric_dsl.data import table_faults as tell
from rubric_dsl.data.cells import Cell, Row
from rubric_dsl.data.columns import TEXTS, ColumnPart, Target
from rubric_dsl.data.faults import Faults
from rubric_dsl.data.tree import DataNode, Entry, Fields, Refused, Scalar
from rubric_dsl.diagnostics import Place
from rubric_dsl.records import dataclass
from rubric_dsl.source import Span

_OVERRIDE_PARTS: tuple[ColumnPart, ...] = ("score", "reason", "source")


class Body:
    """The rows below a header: their cells by column, checked against it."""

    def __init__(self, header: Row, faults: Faults) -> None:
        self.header = header
        self.faults = faults
        self._width = max(index for index, cell in enumerate(header) if cell.text) + 1
        self._nameless: set[int] = set()

    def cells(self, row: Row) -> dict[int, Cell]:
        """Return the cells that hold something, by column; none, with a fault, when the row is longer than the header.

        A shorter row is read, with a warning: spreadsheets leave out blank cells at the end of rows.
        """
        if not self._width <= len(row) <= len(self.header):
            place = Place(row[0].place.source, Span(row[0].place.span.start, row[-1].place.span.end))
            self.faults.add(tell.ragged(len(row), len(self.header), place, self.header[0].place))
        if len(row) > len(self.header):
            return {}
        return {index: cell for index, cell in enumerate(row) if cell.text and self._named(index, cell)}

    def _named(self, index: int, cell: Cell) -> bool:
        name = self.header[index]
        if not name.text and index not in self._nameless:
            self._nameless.add(index)
            self.faults.add(tell.column_without_name(name.place, cell.place))
        return bool(name.text)


def value_of(cell: Cell, target: Target, faults: Faults) -> DataNode:
    """Return a cell's value; refused, with a fault, when it holds a formula, an error or a shortened number."""
    if cell.is_guarded and target.part in TEXTS:
        return Scalar(cell.text, cell.place)
    name = target.name or target.part
    fault = tell.refused_cell(name, cell.text, cell.place, number=target.part not in TEXTS)
    if fault is None:
        return Scalar(cell.text, cell.place)
    faults.add(fault)
    return Refused(cell.place)


@dataclass(slots=True)
class SubmissionDraft:
    """One submission: its parts, by what tells them apart."""

    parts: dict[tuple[ColumnPart, str], Entry] = field(default_factory=dict)

    def put(self, target: Target, value: DataNode, place: Place, faults: Faults) -> None:
        """Keep one part; a second value of one part is a fault."""
        name = target.name or target.part
        earlier = self.parts.setdefault(target.identity, Entry(Scalar(name, place), value))
        if earlier.value is not value:
            faults.add(say.value_given_twice(name, earlier.key.place, place))

    def node(self) -> Fields:
        """Return the tree that a YAML file would give."""
        top: dict[str, Entry] = {}
        for (part, _), entry in self.parts.items():
            if part not in ("figures", "claims", *_OVERRIDE_PARTS):
                top[part] = entry
        for section in ("figures", "claims"):
            members = {name: entry for (part, name), entry in self.parts.items() if part == section}
            top |= {section: _outer(section, members)} if members else {}
        overrides = self._overrides()
        return Fields(top | ({"overrides": _outer("overrides", overrides)} if overrides else {}))

    def _overrides(self) -> dict[str, Entry]:
        owners: dict[str, dict[str, Entry]] = {}
        for (part, name), entry in self.parts.items():
            if part in _OVERRIDE_PARTS:
                owners.setdefault(name, {})[part] = entry
        return {name: Entry(next(iter(parts.values())).key, Fields(parts)) for name, parts in owners.items()}


def _outer(section: str, members: dict[str, Entry]) -> Entry:
    return Entry(Scalar(section, next(iter(members.values())).key.place), Fields(members))

"""The plain tree that YAML, JSON and Python values are read into: texts, fields and items, with places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import TypeAlias

from rubric_dsl.data import faults as say
from rubric_dsl.data.faults import Faults, StoppedError
from rubric_dsl.diagnostics import Place, Text
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax.characters import fold

MAX_DEPTH = 8
"""Mappings and lists may lie this deep inside one another."""

MAX_NODES = 200_000
"""A file may hold this many names and values."""

MAX_SCALAR = 100_000
"""One text may have this many characters."""

_BLANK = " \t\r\n\f\v\u00a0\u3000\u200b\ufeff"
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """One text."""

    text: str
    place: Place | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is given: blank, ``~`` or ``null``, in quotes or not."""
        return self.text in _EMPTY


@dataclass(frozen=True, slots=True)
class Fields:
    """Values by the canonical spelling of their names, in which a later reader matches them."""

    entries: Mapping[str, Entry]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """Values in a row."""

    items: tuple[DataNode, ...]
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that was refused with a fault of its own: nothing more is said about it."""

    place: Place | None = None


DataNode: TypeAlias = Scalar | Fields | Items | Refused


@dataclass(frozen=True, slots=True)
class Entry:
    """A name and its value."""

    key: Scalar
    value: DataNode


def tidy(text: str) -> str:
    """Trim spaces of every kind, the ideographic one included, from both ends."""
    return text.strip(_BLANK)


def places_in(node: DataNode) -> Iterator[Place]:
    """Yield the places of the values in a tree."""
    if isinstance(node, Fields):
        for entry in node.entries.values():
            yield from places_in(entry.value)
    elif isinstance(node, Items):
        for item in node.items:
            yield from places_in(item)
    elif node.place is not None:
        yield node.place


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is still open."""

    named: bool
    start: int
    end: int
    entries: dict[str, Entry] = field(default_factory=dict)
    items: list[DataNode] = field(default_factory=list)
    key: DataNode | None = None


class Builder:
    """Builds the tree from begin, value and end; holds the limits and finds names written twice.

    Without a source (values from a program) nothing has a place.
    """

    def __init__(self, source: Source | None, faults: Faults) -> None:
        self.root: DataNode | None = None
        self._source = source
        self._faults = faults
        self._frames: list[_Frame] = []
        self._count = 0

    def place(self, start: int, end: int) -> Place | None:
        """Return the place of a stretch of characters."""
        return Place(self._source, Span(start, end)) if self._source is not None else None

    def begin(self, start: int, *, named: bool) -> None:
        """Open a mapping (``named``) or a list.

        Raises:
            StoppedError: nested too deep, or too many values.
        """
        self._counted(start)
        if len(self._frames) >= MAX_DEPTH:
            self._faults.add(say.too_deep(self.place(start, start + 1), MAX_DEPTH))
            raise StoppedError
        self._frames.append(_Frame(named, start, start + 1))

    def end(self) -> None:
        """Close the innermost mapping or list; it ends where its last value ends."""
        frame = self._frames.pop()
        place = self.place(frame.start, frame.end)
        node = Fields(frame.entries, place) if frame.named else Items(tuple(frame.items), place)
        self._add(node, frame.end)

    def scalar(self, text: str, start: int, end: int) -> None:
        """Add a text.

        Raises:
            StoppedError: too many values.
        """
        self._counted(start)
        place = self.place(start, end)
        if len(text) > MAX_SCALAR:
            self._faults.add(say.too_long(place, MAX_SCALAR))
            self._add(Refused(place), end)
        else:
            self._add(Scalar(tidy(text), place), end)

    def refused(self, start: int, end: int) -> None:
        """Add a value about which a fault has been reported.

        Raises:
            StoppedError: too many values.
        """
        self._counted(start)
        self._add(Refused(self.place(start, end)), end)

    def _counted(self, start: int) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            self._faults.add(say.too_large(self.place(start, start), MAX_NODES))
            raise StoppedError

    def _add(self, node: DataNode, end: int) -> None:
        if not self._frames:
            self.root = node
            return
        frame = self._frames[-1]
        frame.end = max(frame.end, end)
        if not frame.named:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = node
        else:
            self._entry(frame, frame.key, node)
            frame.key = None

    def _entry(self, frame: _Frame, key: DataNode, value: DataNode) -> None:
        if isinstance(key, Refused):
            return
        if not isinstance(key, Scalar):
            what, expected = Text("名称", "the name of a value"), Text("一段文字", "a text")
            self._faults.add(say.wrong_shape(what, expected, key.place))
        elif not fold(key.text):
            self._faults.add(say.empty_name(key.place))
        elif fold(key.text) in frame.entries:
            self._faults.add(say.duplicate_key(key.text, frame.entries[fold(key.text)].key.place, key.place))
        else:
            frame.entries[fold(key.text)] = Entry(key, value)

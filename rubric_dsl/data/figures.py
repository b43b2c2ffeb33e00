"""Figures: nested values become addresses such as ``三公经费[2019年预算数]``, with source, unit and note."""

from __future__ import annotations

import re

from rubric_dsl.core.keys import item_address
from rubric_dsl.data import faults as say
from rubric_dsl.data.faults import Faults
from rubric_dsl.data.keys import DETAILS, english_names
from rubric_dsl.data.submission import Figure, Statement
from rubric_dsl.data.tree import DataNode, Entry, Fields, Items, Scalar, tidy
from rubric_dsl.diagnostics import Place, Text
from rubric_dsl.numbers import NumberError, parse_number
from rubric_dsl.syntax.characters import fold

_ENGLISH = english_names(DETAILS)
_ONE_TO_ONE = str.maketrans("０１２３４５６７８９．％－＋", "0123456789.%-+")
_WIDE_COMMA = re.compile(r"(?<=[0-9])，(?=[0-9])")
_BRACKET = re.compile(r"[ \u3000]*([\[\]［］])[ \u3000]*")
_BRACKETS = {"［": "[", "］": "]"}
_ONE_VALUE = Text("一个值，或者“值、来源、单位、备注”各一行", "one value, or a line each for value, source, unit, note")
_STATED = Text("每个来源一行：“来源名称: 金额”", "a line for each source: 'name of the source: amount'")
_TEXT = Text("一段文字", "a text")
_SOURCE_BESIDE = Text("有“各来源”时，用“采用”指明来源", "beside 'stated', name the source in 'used'")
_USED_ALONE = Text("“采用”要和“各来源”一起写", "'used' belongs beside 'stated'")


def plain_number(text: str) -> str:
    """Write full-width digits and signs in ASCII, one to one; a full-width comma only between digits."""
    return _WIDE_COMMA.sub(",", tidy(text).translate(_ONE_TO_ONE))


class FigureReader:
    """Gathers the figures of one submission, by the canonical spelling of their addresses."""

    def __init__(self, faults: Faults) -> None:
        self.figures: dict[str, Figure] = {}
        self._places: dict[str, Place | None] = {}
        self._faults = faults

    def read(self, node: DataNode, address: str = "", place: Place | None = None) -> None:
        """Read a value, the details of a value, or a mapping of further figures; ``place`` is the name's."""
        if isinstance(node, Scalar):
            self._keep(address, Figure(address, self._statement(node)), place, given=not node.is_empty)
        elif isinstance(node, Items):
            self._wrong(address, _ONE_VALUE, node)
        elif isinstance(node, Fields) and address and any(key in _ENGLISH for key in node.entries):
            self._detailed(node, address, place)
        elif isinstance(node, Fields):
            for entry in node.entries.values():
                self.read(entry.value, joined_address(address, entry.key.text), entry.key.place)

    def _keep(self, address: str, figure: Figure, place: Place | None, *, given: bool = True) -> None:
        if not given:
            return
        name = fold(address)
        if name in self.figures:
            self._faults.add(say.value_given_twice(address, self._places[name], place))
            return
        self.figures[name] = figure
        self._places[name] = place

    def _statement(self, node: Scalar, source: str = "") -> Statement:
        return Statement(plain_number(node.text), source, node.place)

    def _wrong(self, name: str, expected: Text, node: DataNode) -> None:
        shown = say.brief(name)
        self._faults.add(say.wrong_shape(Text(f"“{shown}”", f"'{shown}'"), expected, node.place))

    def _detailed(self, node: Fields, address: str, place: Place | None) -> None:
        parts = self._parts(node)
        value, stated = parts.get("value"), parts.get("stated")
        if value is not None and stated is not None:
            self._faults.add(say.value_given_twice(address, value.key.place, stated.key.place))
        elif stated is not None:
            self._from_sources(stated, parts, address, place)
        elif value is not None:
            self._from_value(value, parts, address, place)
        elif len(parts) == len(node.entries):
            self._faults.add(say.figure_without_value(address, place))

    def _parts(self, node: Fields) -> dict[str, Entry]:
        """Return the details by their English names; report unknown ones and one given in both languages."""
        parts: dict[str, Entry] = {}
        for key, entry in node.entries.items():
            name = _ENGLISH.get(key)
            if name is None:
                self._faults.add_unknown(entry.key.text, DETAILS, entry.key.place)
            elif name in parts:
                self._faults.add(say.duplicate_key(key, parts[name].key.place, entry.key.place))
            else:
                parts[name] = entry
        return parts

    def _text(self, parts: dict[str, Entry], name: str) -> str:
        entry = parts.get(name)
        if entry is None:
            return ""
        if isinstance(entry.value, Scalar):
            return "" if entry.value.is_empty else entry.value.text
        if isinstance(entry.value, Fields | Items):
            self._wrong(entry.key.text, _TEXT, entry.value)
        return ""

    def _from_value(self, value: Entry, parts: dict[str, Entry], address: str, place: Place | None) -> None:
        if "used" in parts:
            entry = parts["used"]
            self._faults.add(say.key_without_effect(entry.key.text, _USED_ALONE, entry.key.place))
        source, unit, note = (self._text(parts, name) for name in ("source", "unit", "note"))
        if isinstance(value.value, Scalar):
            figure = Figure(address, self._statement(value.value, source), (), unit, note)
            self._keep(address, figure, place, given=not value.value.is_empty)
        elif isinstance(value.value, Fields | Items):
            self._wrong(value.key.text, Text("一个值", "one value"), value.value)

    def _from_sources(self, stated: Entry, parts: dict[str, Entry], address: str, place: Place | None) -> None:
        if "source" in parts:
            entry = parts["source"]
            self._faults.add(say.key_without_effect(entry.key.text, _SOURCE_BESIDE, entry.key.place))
        unit, note = self._text(parts, "unit"), self._text(parts, "note")
        amounts = self._amounts(stated)
        used = self._chosen(amounts, parts, address)
        if used is not None:
            others = tuple(amount for amount in amounts if amount is not used)
            self._keep(address, Figure(address, used, others, unit, note), place)

    def _amounts(self, stated: Entry) -> list[Statement]:
        if not isinstance(stated.value, Fields):
            if isinstance(stated.value, Items) or (isinstance(stated.value, Scalar) and not stated.value.is_empty):
                self._wrong(stated.key.text, _STATED, stated.value)
            return []
        amounts = []
        for entry in stated.value.entries.values():
            source = entry.key.text
            if isinstance(entry.value, Fields | Items):
                self._wrong(source, Text("一个金额", "one amount"), entry.value)
            elif isinstance(entry.value, Scalar) and not entry.value.is_empty:
                amounts.append(self._statement(entry.value, source))
        return amounts

    def _chosen(self, amounts: list[Statement], parts: dict[str, Entry], address: str) -> Statement | None:
        """Return the amount that is used; None, with a fault, when that is not decided."""
        name = self._text(parts, "used")
        if not amounts:
            return None
        if name:
            for amount in amounts:
                if fold(amount.source) == fold(name):
                    return amount
            known = tuple(amount.source for amount in amounts)
            self._faults.add(say.unknown_source(address, name, known, parts["used"].value.place))
            return None
        first = amounts[0]
        other = next((each for each in amounts if not _same(first.text, each.text)), None)
        if other is not None:
            self._faults.add(say.conflict_unresolved(address, first.place, other.place))
            return None
        return first


def joined_address(outer: str, key: str) -> str:
    """Return the address of a value by the names that it stands under."""
    name = _BRACKET.sub(lambda match: _BRACKETS.get(match[1], match[1]), key)
    return item_address(outer, name) if outer else name


def _same(one: str, other: str) -> bool:
    """Whether two amounts are equal as numbers, or else as texts."""
    try:
        return parse_number(one) == parse_number(other)
    except NumberError:
        return one == other

"""Read YAML as plain text values with places: no types, no references, nothing executed."""

from __future__ import annotations

import re
from typing import Any

from rubric_dsl.data import faults as say
from rubric_dsl.data.faults import Faults, StoppedError
from rubric_dsl.data.tree import MAX_DEPTH, Builder, DataNode
from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.source import Source, Span

# Three small sets: in one they would take the regular expressions' compiler longer than most files take to read.
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|[\ud800-\udfff]|[\ufffe\uffff]")
_WIDE_INDENT = re.compile("^[ \u3000\u00a0]*[\u3000\u00a0]", re.MULTILINE)
_TIGHT_COLON = re.compile(r"^[ -]*[^\s'\"{\[#:]+:[^\s:/]")

_GENERIC = (
    Text("从这里起读不懂", "this cannot be read"),
    Text("每行写成“名称: 值”，用空格缩进", "write each line as 'name: value', indented with spaces"),
)
# The reader's own problem words, most telling first, and ours for them.
_PROBLEMS: tuple[tuple[str, Text, Text], ...] = (
    ("quoted scalar", Text("引号没有成对", "a quote is not closed"), Text("补上另一半引号", "add the closing quote")),
    (
        "unknown escape",
        Text("反斜杠后面的字符不认识", "the character after the backslash is not known"),
        Text("反斜杠写两次，或改用单引号", "write the backslash twice, or use single quotes"),
    ),
    (
        "mapping values",
        Text("这里多了一个冒号", "there is a colon too many here"),
        Text(
            "一行只写一个“名称: 值”；值里有冒号时加引号",
            "write one 'name: value' on a line; put quotes around a value that holds a colon",
        ),
    ),
    (
        "expected ':'",
        Text("名称后面缺冒号", "a colon is missing after the name"),
        Text("写成“名称: 值”，冒号后面空一格", "write 'name: value', with a space after the colon"),
    ),
    (
        "flow",
        Text("括号没有成对，或者缺逗号", "a bracket is not closed, or a comma is missing"),
        Text("补上逗号或者 } 和 ]", "add the comma, or the closing } or ]"),
    ),
    (
        "',' or",
        Text("括号没有成对，或者缺逗号", "a bracket is not closed, or a comma is missing"),
        Text("补上逗号或者 } 和 ]", "add the comma, or the closing } or ]"),
    ),
    (
        "cannot start",
        Text("值不能以这个字符开头", "a value cannot begin with this character"),
        Text("给值加引号", "put the value in quotes"),
    ),
    (
        "expected key",
        Text("缩进与上面各行对不上", "the indentation does not match the lines above"),
        Text("同一层的行左边对齐", "align the lines of one level on the left"),
    ),
    (
        "block end",
        Text("缩进与上面各行对不上", "the indentation does not match the lines above"),
        Text("同一层的行左边对齐", "align the lines of one level on the left"),
    ),
    (
        "not allowed",
        Text("这里不能开始新的一项", "a new item cannot begin here"),
        Text("另起一行写", "begin a new line for it"),
    ),
)
_TAB = Text("缩进用了制表符（Tab），改成空格", "the line is indented with a tab: use spaces")
_WIDE_COLON = Text(
    "冒号是全角的“：”，改成半角冒号加一个空格“: ”", "the colon is the full-width '：': use ':' and a space"
)
_NO_SPACE = Text("冒号后面要空一格：“名称: 值”", "put a space after the colon: 'name: value'")


def parse_yaml(source: Source, faults: Faults) -> DataNode | None:
    """Read a YAML text; every value stays the text that is written. None when the text is empty.

    Raises:
        StoppedError: a fault after which nothing more can be read; it is among ``faults``.
    """
    text, base = _prepared(source, faults)
    builder = Builder(source, faults)
    _Events(builder, faults, base).read(source, text)
    return builder.root


def _prepared(source: Source, faults: Faults) -> tuple[str, int]:
    """Return the text without byte-order mark and with plain indentation, and how many characters went."""
    bad = _UNUSABLE.search(source.text)
    if bad is not None:
        message = Text("这里有一个不可见的控制字符", "there is an invisible control character here")
        place = Place(source, Span(bad.start(), bad.end()))
        faults.add(say.syntax(message, place, Text("删掉它", "delete it")))
        raise StoppedError
    base = 1 if source.text.startswith("\ufeff") else 0
    return _WIDE_INDENT.sub(lambda match: " " * len(match[0]), source.text[base:]), base


class _Events:
    """Feeds the builder from the events of the YAML reader, one at a time, so that a bomb never unfolds."""

    def __init__(self, builder: Builder, faults: Faults, base: int) -> None:
        self._builder = builder
        self._faults = faults
        self._base = base
        self._documents = 0

    def read(self, source: Source, text: str) -> None:
        """Read all events.

        Raises:
            StoppedError: see ``parse_yaml``.
        """
        import yaml

        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        try:
            while loader.check_event():
                self._take(loader.get_event())
        except yaml.YAMLError as error:
            self._faults.add(self._too_deep(text, error) or _syntax_fault(source, error, self._base))
            raise StoppedError from None
        finally:
            loader.dispose()

    def _too_deep(self, text: str, error: Exception) -> Diagnostic | None:
        """Say that the text is nested too deep, where it is so before the place of the reader's own fault.

        The reader looks ahead before it tells of a bracket, and some releases have a limit of their own.
        """
        import yaml

        mark = getattr(error, "problem_mark", None)
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text[: mark.index] if mark is not None else "")
        depth, start = -2, 0  # the stream and the document are around all others
        try:
            while loader.check_event() and depth <= MAX_DEPTH:
                event = loader.get_event()
                kind = type(event).__name__
                depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
                start = event.start_mark.index + self._base
        except yaml.YAMLError:
            pass  # the fault of a text that was cut off
        finally:
            loader.dispose()
        return say.too_deep(self._builder.place(start, start + 1), MAX_DEPTH) if depth > MAX_DEPTH else None

    def _take(self, event: Any) -> None:  # noqa: ANN401 - the events have no common type with these fields
        kind = type(event).__name__
        start, end = event.start_mark.index + self._base, event.end_mark.index + self._base
        if kind == "DocumentStartEvent":
            self._document(start, end)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._builder.end()
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._marked(event, start, end)
            self._builder.begin(start, named=kind == "MappingStartEvent")
        elif kind == "AliasEvent":
            self._faults.add(say.alias(self._builder.place(start, end)))
            self._builder.refused(start, end)
        elif kind == "ScalarEvent":
            self._marked(event, start, end)
            self._builder.scalar(event.value, start, end)

    def _marked(self, event: Any, start: int, end: int) -> None:  # noqa: ANN401 - as above
        if event.anchor is not None:
            self._faults.add(say.alias(self._builder.place(start, end)))
        if event.tag is not None:
            self._faults.add(say.tag(self._builder.place(start, end)))

    def _document(self, start: int, end: int) -> None:
        self._documents += 1
        if self._documents > 1:
            self._faults.add(say.documents(self._builder.place(start, end)))
            raise StoppedError


def _syntax_fault(source: Source, error: Exception, base: int) -> Diagnostic:
    words = f"{getattr(error, 'context', '')} {getattr(error, 'problem', '')}"
    found = next(((ours, hint) for theirs, ours, hint in _PROBLEMS if theirs in words), _GENERIC)
    mark = getattr(error, "problem_mark", None)
    if "quoted scalar" in words:
        mark = getattr(error, "context_mark", None) or mark
    start = min(base + (mark.index if mark is not None else 0), len(source.text))
    place = Place(source, Span(start, min(start + 1, len(source.text))))
    return say.syntax(found[0], place, _likely(source, place.line) or found[1])


def _likely(source: Source, line: int) -> Text | None:
    """Name the usual slips of a Chinese keyboard, on the line of the fault or the one above."""
    for number in (line, line - 1):
        text = source.line_text(number) if number > 0 else ""
        indent = text[: len(text) - len(text.lstrip())]
        if "\t" in indent:
            return _TAB
        if "：" in text:
            return _WIDE_COLON
        if _TIGHT_COLON.match(text):
            return _NO_SPACE
    return None

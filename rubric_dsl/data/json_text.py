"""Read JSON strictly, with the place of every value; numbers stay the text that is written."""

from __future__ import annotations

import json
import re
from typing import NoReturn

from rubric_dsl.data import faults as say
from rubric_dsl.data.faults import Faults, StoppedError
from rubric_dsl.data.tree import Builder, DataNode
from rubric_dsl.diagnostics import Place, Text
from rubric_dsl.source import Source, Span

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.+-])", re.ASCII)
_OPEN_STRING = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+')
_WORD = re.compile(r"[+-]?\w[\w.+-]*")
_HALF = re.compile("[\ud800-\udfff]")
_WORDS = {"true": "是", "false": "否", "null": ""}
_NOT_FINITE = frozenset({"NaN", "Infinity", "-Infinity"})

_VALUE = Text("一个值：数、带双引号的文字、{…} 或 […]", "a value: a number, a text in double quotes, {…} or […]")
_NAME = Text("带双引号的名称", "a name in double quotes")
_COLON = Text("冒号“:”", "a colon ':'")
_AFTER_FIELD = Text("逗号或者“}”", "a comma or '}'")
_AFTER_ITEM = Text("逗号或者“]”", "a comma or ']'")
_NOTHING = Text("文件结束", "the end of the file")


def parse_json(source: Source, faults: Faults) -> DataNode | None:
    """Read a JSON text; true and false become 是 and 否, null the empty text. None when the text is empty.

    Raises:
        StoppedError: a fault after which nothing more can be read; it is among ``faults``.
    """
    builder = Builder(source, faults)
    _Reader(source, builder, faults).read()
    return builder.root


class _Reader:
    """Walks over the text; the builder's limit on depth bounds the recursion."""

    def __init__(self, source: Source, builder: Builder, faults: Faults) -> None:
        self._source = source
        self._text = source.text
        self._builder = builder
        self._faults = faults
        self._at = 1 if source.text.startswith("\ufeff") else 0

    def read(self) -> None:
        """Read the whole text.

        Raises:
            StoppedError: see ``parse_json``.
        """
        if self._peek():
            self._value()
            if self._peek():
                self._expected(_NOTHING)

    def _peek(self) -> str:
        """Skip spaces and return the next character; empty at the end."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match is not None else self._at
        return self._text[self._at : self._at + 1]

    def _value(self) -> None:
        char = self._peek()
        if char == "{":
            self._collection("}", _AFTER_FIELD, named=True)
        elif char == "[":
            self._collection("]", _AFTER_ITEM, named=False)
        elif char == '"':
            self._string()
        else:
            self._word()

    def _collection(self, close: str, after: Text, *, named: bool) -> None:
        self._builder.begin(self._at, named=named)
        self._at += 1
        more = self._peek() != close
        while more:
            self._member(named=named)
            char = self._peek()
            if char not in (",", close) or not char:
                self._expected(after)
            more = char == ","
            self._at += more
        self._at += 1
        self._builder.end()

    def _member(self, *, named: bool) -> None:
        if named:
            if self._peek() != '"':
                self._expected(_NAME)
            self._string()
            if self._peek() != ":":
                self._expected(_COLON)
            self._at += 1
        self._value()

    def _string(self) -> None:
        start = self._at
        match = _OPEN_STRING.match(self._text, start)
        end = match.end() if match is not None else start
        if self._text[end : end + 1] != '"':
            self._broken_string(start, end)
        text = str(json.loads(self._text[start : end + 1]))
        if _HALF.search(text):
            self._stop(Text("文字里有半个字符", "the text holds half a character"), start, _VALUE)
        self._at = end + 1
        self._builder.scalar(text, start, self._at)

    def _broken_string(self, start: int, end: int) -> NoReturn:
        if self._text[end : end + 1] == "\\":
            hint = Text("反斜杠写两次：\\\\", "write the backslash twice: \\\\")
            self._stop(Text("反斜杠后面的字符不认识", "the character after the backslash is not known"), end, hint)
        hint = Text("补上双引号；换行写成 \\n", "add the double quote; write a line break as \\n")
        self._stop(Text("引号没有成对", "a quote is not closed"), start, hint)

    def _word(self) -> None:
        start = self._at
        match = _NUMBER.match(self._text, start) or _WORD.match(self._text, start)
        word = match[0] if match is not None else ""
        self._at += len(word)
        if word in _NOT_FINITE:
            self._faults.add(say.not_finite(word, self._builder.place(start, self._at)))
            self._builder.refused(start, self._at)
        elif word in _WORDS or (word and _NUMBER.fullmatch(word)):
            self._builder.scalar(_WORDS.get(word, word), start, self._at)
        else:
            self._at = start
            self._expected(_VALUE)

    def _expected(self, what: Text) -> NoReturn:
        found = _WORD.match(self._text, self._at)
        shown = say.brief(found[0] if found is not None else self._text[self._at : self._at + 1])
        message = Text(f"这里的“{shown}”读不懂", f"'{shown}' cannot be read here")
        if not shown:
            message = Text("文件没有写完", "the file ends too early")
        self._stop(message, self._at, Text(f"应当是{what.zh}", f"expected: {what.en}"))

    def _stop(self, message: Text, start: int, hint: Text) -> NoReturn:
        place = Place(self._source, Span(start, min(start + 1, len(self._text))))
        self._faults.add(say.syntax(message, place, hint))
        raise StoppedError

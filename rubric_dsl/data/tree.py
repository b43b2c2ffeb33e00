"""A data file as a tree of texts with their places: every scalar stays the text that was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.source import Source, Span

MAX_DEPTH = 8
MAX_NODES = 200_000
MAX_SCALAR = 100_000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; ``missing`` when nothing was written there."""

    text: str
    span: Span
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in order."""

    items: tuple[tuple[Scalar, Value], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Sequence:
    """Values in order."""

    items: tuple[Value, ...]
    span: Span


Value = Scalar | Mapping | Sequence


class TreeError(Exception):
    """The file cannot be read at all; ``diagnostic`` says why and where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.code)
        self.diagnostic = diagnostic


def refuse(source: Source, code: str, message: Text, at: int, hint: Text | None = None) -> TreeError:
    """Return the error for a fault at an offset."""
    offset = max(0, min(at, len(source.text)))
    place = Place(source, Span(offset, min(offset + 1, len(source.text))))
    return TreeError(Diagnostic(code, "error", "data", message, (place,), hint=hint))


def read_tree(source: Source) -> Value:
    """Read YAML or JSON, by the name's ending (a text that begins with a brace or bracket is JSON).

    Raises:
        TreeError: empty, not well-formed, or beyond a stated limit.
    """
    text = source.text
    if not text.strip("\ufeff \t\r\n"):
        raise refuse(source, "empty-file", Text("文件里没有内容", "the file is empty"), 0)
    is_json = source.name.endswith(".json") or (
        not source.name.endswith((".yaml", ".yml")) and text.lstrip()[:1] in "{["
    )
    if is_json:
        _check_json(source)
        # A raw tab cannot stand inside a JSON string, so this changes no text and no position.
        text = text.replace("\t", " ")
    return _Builder(source, text, is_json=is_json).build()


def _check_json(source: Source) -> None:
    try:
        json.loads(source.text, parse_float=str, parse_int=str, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        hint = Text("检查逗号、引号和括号", "look at the commas, quotes and brackets")
        raise refuse(
            source, "data-syntax", Text("这里不是正确的 JSON", "this is not valid JSON"), error.pos, hint
        ) from None
    except RecursionError:
        raise refuse(source, "too-deep", Text("嵌套太深", "nested too deep"), 0) from None
    except ValueError:
        raise refuse(source, "data-syntax", Text("NaN 和无穷大不是数", "NaN and Infinity are no numbers"), 0) from None


def _no_constant(name: str) -> str:
    raise ValueError(name)


class _Builder:
    def __init__(self, source: Source, text: str, *, is_json: bool) -> None:
        import yaml

        self.source, self.text, self.is_json = source, text, is_json
        self.yaml = yaml
        self.nodes = 0

    def build(self) -> Value:
        try:
            events = self._events()
            found = self._document(events)
        except self.yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._syntax(mark.index if mark is not None else 0) from None
        except self.yaml.reader.ReaderError as error:
            raise self._syntax(error.position) from None
        except (self.yaml.YAMLError, RecursionError, ValueError, OverflowError):
            raise self._syntax(0) from None
        return found

    def _syntax(self, at: int) -> TreeError:
        hint = Text("检查缩进、冒号后的空格和引号", "look at the indentation, the space after a colon, and the quotes")
        return refuse(
            self.source, "data-syntax", Text("这里的格式无法识别", "the format cannot be read here"), at, hint
        )

    def _events(self) -> Iterator[Any]:
        return iter(self.yaml.parse(self.text, Loader=self.yaml.SafeLoader))

    def _document(self, events: Iterator[Any]) -> Value:
        found: Value | None = None
        for event in events:
            if isinstance(event, self.yaml.DocumentStartEvent) and found is not None:
                message = Text("一个文件只写一份文档", "a file holds one document")
                raise refuse(self.source, "data-syntax", message, getattr(event.start_mark, "index", 0))
            if isinstance(event, self.yaml.NodeEvent):
                found = self._value(event, events, 0)
        if found is None:
            raise refuse(self.source, "empty-file", Text("文件里没有内容", "the file is empty"), 0)
        return found

    def _value(self, event: Any, events: Iterator[Any], depth: int) -> Value:  # noqa: ANN401 - PyYAML has no types
        self._limits(event, depth)
        if isinstance(event, self.yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, self.yaml.SequenceStartEvent):
            return self._sequence(event, events, depth)
        return self._mapping(event, events, depth)

    def _limits(self, event: Any, depth: int) -> None:  # noqa: ANN401
        at = event.start_mark.index
        self.nodes += 1
        if isinstance(event, self.yaml.AliasEvent) or event.anchor is not None:
            message = Text("数据文件里不能用 & 和 * 引用", "references with & and * are not allowed")
            raise refuse(
                self.source,
                "yaml-alias",
                message,
                at,
                Text("以 & 或 * 开头的文字要加引号", "quote a text that begins with & or *"),
            )
        if getattr(event, "tag", None) not in (None, "!"):
            message = Text("数据文件里不能用 ! 标记", "marks with ! are not allowed")
            raise refuse(
                self.source, "yaml-tag", message, at, Text("以 ! 开头的文字要加引号", "quote a text that begins with !")
            )
        if depth > MAX_DEPTH:
            raise refuse(
                self.source, "too-deep", Text(f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} deep"), at
            )
        if self.nodes > MAX_NODES:
            raise refuse(self.source, "too-large", Text(f"超过 {MAX_NODES} 项", f"more than {MAX_NODES} entries"), at)

    def _scalar(self, event: Any) -> Scalar:  # noqa: ANN401
        span = Span(event.start_mark.index, event.end_mark.index)
        if len(event.value) > MAX_SCALAR:
            message = Text(f"文字超过 {MAX_SCALAR} 个字符", f"a text of more than {MAX_SCALAR} characters")
            raise refuse(self.source, "too-large", message, span.start)
        plain = event.style is None
        text = event.value
        if self.is_json and not plain:
            text = json.loads(self.source.text[span.start : span.end])
        if plain and self.is_json:
            text = {"true": "是", "false": "否"}.get(text, text)
        return Scalar(text, span, missing=plain and text in _NULLS)

    def _sequence(self, event: Any, events: Iterator[Any], depth: int) -> Sequence:  # noqa: ANN401
        items = []
        for inner in events:
            if isinstance(inner, self.yaml.SequenceEndEvent):
                break
            items.append(self._value(inner, events, depth + 1))
        return Sequence(tuple(items), Span(event.start_mark.index, event.end_mark.index))

    def _mapping(self, event: Any, events: Iterator[Any], depth: int) -> Mapping:  # noqa: ANN401
        items: list[tuple[Scalar, Value]] = []
        for inner in events:
            if isinstance(inner, self.yaml.MappingEndEvent):
                break
            key = self._value(inner, events, depth + 1)
            if not isinstance(key, Scalar):
                raise self._syntax(inner.start_mark.index)
            items.append((key, self._value(next(events), events, depth + 1)))
        return Mapping(tuple(items), Span(event.start_mark.index, event.end_mark.index))

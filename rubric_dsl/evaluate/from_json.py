"""Results read back from JSON: checked part by part, since it may come from anywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, TypeVar, get_args

from rubric_dsl.diagnostics import Blame, Diagnostic, Fix, Lang, Place, Severity, Text
from rubric_dsl.evaluate.as_json import SCHEMA_VERSION, Json, result_json
from rubric_dsl.evaluate.result import (
    AdjustmentResult,
    GradeResult,
    IndicatorResult,
    Marks,
    Result,
    ResultError,
    ScoreRange,
    SectionResult,
    Status,
    Step,
    SumStatus,
    Told,
    telling,
)
from rubric_dsl.records import dataclass
from rubric_dsl.source import MAX_BYTES, Source, Span
from rubric_dsl.syntax.tree import Leaf, Node, Tree

T = TypeVar("T")
_EXACT = re.compile(r"-?[0-9]+(?:\.[0-9]+|/[1-9][0-9]*)?", re.ASCII)
_MOST_DIGITS = 4000
"""Of one number; Python itself refuses to read a little more."""
_NOWHERE = Span(0, 0)


def result_from(text: str | bytes) -> Result:
    """Return the result that a text of JSON holds.

    Raises:
        ResultError: see :meth:`Result.from_json`.
    """
    if len(text) > MAX_BYTES * 4:
        raise ResultError("$", "the text is too long")
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ResultError("$", f"this is no JSON: {type(error).__name__}") from None
    try:
        found = _result(_Part(value, "$"))
        _agrees(result_json(found, value["lang"], trace=True), value, "$")
    except RecursionError:
        raise ResultError("$", "a formula is nested too deep") from None
    return found


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _agrees(ours: object, theirs: object, path: str) -> None:
    """Refuse a result whose parts do not go together: a score that is not what its range says, a text unlike its trace."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in ours.keys() - {"engine"}:
            if key not in theirs:
                raise ResultError(f"{path}.{key}", "it is missing")
            _agrees(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            _agrees(one, other, f"{path}[{index}]")
    elif ours != theirs or type(ours) is not type(theirs):
        raise ResultError(path, f"{_brief(theirs)} contradicts the rest, by which it is {_brief(ours)}")


def _brief(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004 - a line of a message


@dataclass(frozen=True, slots=True)
class _Part:
    """A value and where it stands; what is asked of it is there and of the kind asked for, or it is refused."""

    value: object
    path: str

    def __getitem__(self, name: str) -> _Part:
        if not isinstance(self.value, dict) or name not in self.value:
            raise ResultError(f"{self.path}.{name}", "it is missing")
        return _Part(self.value[name], f"{self.path}.{name}")

    def _of(self, kind: type[T], words: str) -> T:
        if type(self.value) is not kind:
            raise ResultError(self.path, f"{_brief(self.value)} is not {words}")
        return self.value

    @property
    def text(self) -> str:
        """A text."""
        return self._of(str, "a text")

    @property
    def flag(self) -> bool:
        """True or false."""
        return self._of(bool, "true or false")

    @property
    def count(self) -> int:
        """A whole number, 0 or more."""
        found = self._of(int, "a whole number")
        if found < 0:
            raise ResultError(self.path, f"{found} is below 0")
        return found

    @property
    def exact(self) -> Fraction:
        """An exact number, written as a text."""
        text = self.text
        if len(text) > _MOST_DIGITS or not _EXACT.fullmatch(text):
            raise ResultError(self.path, f'{_brief(text)} is no exact number such as "4.5" or "27/7"')
        return Fraction(text)

    @property
    def both(self) -> Text:
        """A text in both languages."""
        return Text(self["zh"].text, self["en"].text)

    def one_of(self, known: Sequence[str]) -> Any:  # noqa: ANN401 - one of the words of a Literal
        """Return a word, one of those that are known."""
        if self.value not in known or not isinstance(self.value, str):
            raise ResultError(self.path, f"{_brief(self.value)} is none of {', '.join(known)}")
        return self.value

    def maybe(self, read: Callable[[_Part], T]) -> T | None:
        """Return what is read, or None where it is null."""
        return None if self.value is None else read(self)

    def each(self, read: Callable[[_Part], T]) -> tuple[T, ...]:
        """Return a list, item by item."""
        items = self._of(list, "a list")
        return tuple(read(_Part(item, f"{self.path}[{index}]")) for index, item in enumerate(items))


def _result(part: _Part) -> Result:
    version = part["schema_version"]
    if version.value != SCHEMA_VERSION or type(version.value) is not int:
        raise ResultError(version.path, f"{_brief(version.value)} is not {SCHEMA_VERSION}, which this version reads")
    part["lang"].one_of(get_args(Lang))
    if "trace" not in _fields(part):
        raise ResultError(
            f"{part.path}.trace", "it is missing: Result.to_json() and rubric score --format json --trace write it"
        )
    total = part["total"]
    indicators = part["indicators"].each(_indicator)
    if len({item.name for item in indicators}) != len(indicators):
        raise ResultError(part["indicators"].path, "two indicators have one name")
    return Result(
        part["rubric"]["name"].text,
        part["rubric"]["edition"].text,
        part["rubric"]["sha256"].text,
        part["subject"].text,
        _NO_TOTAL if total.value is None else _range(total),
        GradeResult(
            part["grade"]["value"].maybe(_text),
            part["grade"]["possible"].each(_text),
            part["grade_rated"].maybe(_flag),
        ),
        part["sections"].each(_section),
        {item.name: item for item in indicators},
        part["diagnostics"].each(_diagnostic),
        part["claimed"]["total"].maybe(_exact),
        part["claimed"]["grade"].maybe(_text) or "",
        part["adjustments"].each(_adjustment),
        part["reading"].maybe(_text) or "",
        has_total=total.value is not None,
        data_sha256=part["data"]["sha256"].maybe(_text) or "",
        status="scored" if total.value is None else total["status"].one_of(get_args(SumStatus)),
        telling=telling(_told(part["trace"])),
    )


_NO_TOTAL = ScoreRange(Fraction(0), Fraction(0), Fraction(0))


def _fields(part: _Part) -> Json:
    return part.value if isinstance(part.value, dict) else {}


def _text(part: _Part) -> str:
    return part.text


def _flag(part: _Part) -> bool:
    return part.flag


def _exact(part: _Part) -> Fraction:
    return part.exact


def _both(part: _Part) -> Text:
    return part.both


def _range(part: _Part) -> ScoreRange:
    rated = part["rated"].maybe(_flag) if "rated" in _fields(part) else True
    low, high = part["min"].maybe(_exact), part["max"].maybe(_exact)
    if (low is None) != (rated is False) or (high is None) != (rated is False):
        raise ResultError(part.path, "the least and the greatest are null where there is no score, and only there")
    if low is not None and high is not None and low > high:
        raise ResultError(part.path, "the least is above the greatest")
    nothing = Fraction(0)
    return ScoreRange(low or nothing, high or nothing, part["points"].exact, part["tight"].flag, rated)


def _section(part: _Part) -> SectionResult:
    return SectionResult(
        part["name"].text,
        part["level"].count,
        part["path"].each(_text),
        _range(part),
        GradeResult(part["grade"].maybe(_text), part["grade_possible"].each(_text), part["grade_rated"].maybe(_flag)),
        part["role"].text,
        part["status"].one_of(get_args(SumStatus)),
        telling(_told(part["trace"])),
    )


def _indicator(part: _Part) -> IndicatorResult:
    return IndicatorResult(
        part["name"].text,
        part["path"].each(_text),
        _range(part),
        part["status"].one_of(get_args(Status)),
        part["measure"].maybe(_exact),
        part["missing"].each(_text),
        part["pool"].maybe(_text) or "",
        part["claim"].maybe(_exact),
        part["role"].text,
        part["excluded"].flag,
        telling(_told(part["trace"])),
    )


def _adjustment(part: _Part) -> AdjustmentResult:
    return AdjustmentResult(
        part["kind"].text, part["name"].text, part["texts"].both, _range(part["total"]), part["holds"].maybe(_flag)
    )


def _told(part: _Part) -> Told:
    formula = part["formula"].maybe(lambda found: found.each(_tree))
    if formula is not None and len(formula) != 2:  # noqa: PLR2004 - as written, and with the figures put in
        raise ResultError(part["formula"].path, "it is not two formulas")
    return Told(
        part["reason"].both,
        part["steps"].each(_step),
        part["measure_text"].both,
        None if formula is None else (formula[0], formula[1]),
        part["marks"].maybe(_marks),
    )


def _step(part: _Part) -> Step:
    return Step(
        part["label"].both,
        part["working"].both,
        part["value"].both,
        part["depth"].count,
        part["min"].maybe(_exact),
        part["max"].maybe(_exact),
    )


def _marks(part: _Part) -> Marks:
    given = part["given"].each(lambda mark: (mark["name"].text, mark["min"].exact, mark["max"].exact))
    return Marks(part["rule"].both, given, part["apart"].maybe(_exact), part["adjudicator"].text)


def _tree(part: _Part) -> Tree:
    kind = part["kind"].text
    if "parts" in _fields(part):
        return Node(kind, part["parts"].each(_tree), _NOWHERE)
    return Leaf(kind, part["text"].text, _NOWHERE)


def _diagnostic(part: _Part) -> Diagnostic:
    detail = part["detail"]
    return Diagnostic(
        part["code"].text,
        part["severity"].one_of(get_args(Severity)),
        part["blame"].one_of(get_args(Blame)),
        detail["message"].both,
        detail["places"].each(_place),
        detail["why"].maybe(_both),
        detail["witness"].maybe(_both),
        detail["hint"].maybe(_both),
        detail["fixes"].each(_fix),
        part["accepted"].maybe(_text),
    )


def _place(part: _Part) -> Place:
    source = Source(
        part["file"].text,
        part["text"].text,
        part["text_start"].count,
        part["text_line"].count,
        part["text_column"].count,
    )
    span = Span(part["start"].count, part["end"].count)
    if not source.offset <= span.start <= span.end or span.start > source.offset + len(source.text):
        raise ResultError(part.path, "the place is not in the text that is shown")
    return Place(source, span, part["label"].both)


def _fix(part: _Part) -> Fix:
    start, end = part["start"].maybe(lambda own: own.count), part["end"].maybe(lambda own: own.count)
    span = None if start is None or end is None else Span(start, end)
    return Fix(part["words"].both, span, part["replacement"].text, part["safe"].flag)

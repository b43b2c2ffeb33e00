"""Cutting a source text into statements: a statement begins where a line (or what follows ``;``) opens with a keyword.

Indentation and line ends mean nothing else: a line that opens nothing continues the statement before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rubric_dsl.records import dataclass
from rubric_dsl.source import Span
from rubric_dsl.syntax.characters import Mapped
from rubric_dsl.syntax.grammar import RULE, Grammar

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_BLANK = " \t\f\v\u200b\u200c\u200d\u2060\ufeff\x1a"
_OPEN_ENDED = frozenset("+-*/(,=<>≤≥≠[:")
_BEFORE_A_GRADE = ("_RATED", "_GRADE_IS", "_GRADE_AT_MOST")
_TAIL = 200
"""So many characters at the end of a line are looked at for a grade."""
_NAME_CHAR = re.compile(r"[^\W①-⑳]|[&·]")
_FIELD = re.compile(r"""(?:"(?:[^"\\\n]|\\.)*"|(?:“(?:[^“”\n]|“[^“”\n]*”)*”|[\w&·\u200b-\u200d\u2060])+)\s*:""")
_FORM_STARTS = frozenset({"st_form", "st_keep_form"})
_FORM_ENDS = frozenset({"st_heading", "st_indicator", "st_standard", "st_change", "st_bonus", "st_deduction"})


@dataclass(frozen=True, slots=True)
class StatementText:
    """A stretch of text that forms one statement; ``body`` are the slices to parse (a rule has one per clause)."""

    kind: str
    body: tuple[Span, ...]
    span: Span
    comments: tuple[str, ...]
    trailing: str
    blank_before: bool


@dataclass(slots=True)
class _Open:
    """The statement that is being collected."""

    kind: str
    segments: list[Span]
    start: int
    comments: list[str]
    trailing: str
    blank_before: bool


@dataclass(frozen=True, slots=True)
class CutText:
    """The statements of a file, the comments after the last one, and text that belongs to no statement."""

    pieces: tuple[StatementText, ...]
    end_comments: tuple[str, ...]
    stray: Span | None


def cut(source: str, mapped: Mapped, grammar: Grammar) -> CutText:
    """Cut a source into statements; linear in its length."""
    return _Cutter(source, mapped, grammar).run()


class _Cutter:
    def __init__(self, source: str, mapped: Mapped, grammar: Grammar) -> None:
        self.source, self.text, self.grammar = source, mapped.text, grammar
        self.grade_last = _grade_last(grammar)
        self.strings = mapped.strings
        self.comments_left = list(reversed(mapped.comments))
        self.pieces: list[StatementText] = []
        self.open: _Open | None = None
        self.comments: list[str] = []
        self.blank = False
        self.in_form = False
        self.stray: Span | None = None

    def run(self) -> CutText:
        for line in self._lines():
            self._line(line)
        self._close()
        return CutText(tuple(self.pieces), tuple(self.comments), self.stray)

    def _lines(self) -> Iterator[Span]:
        """Yield physical lines, except that a quoted text holds its line ends."""
        ends = [match.end() for match in _LINE.finditer(self.text) if match.end() > match.start()]
        start, string = 0, 0
        for end in ends:
            while string < len(self.strings) and self.strings[string].end <= end - 1:
                string += 1
            inside = string < len(self.strings) and self.strings[string].start < end < self.strings[string].end
            if not inside:
                yield Span(start, end)
                start = end
        if start < len(self.text):
            yield Span(start, len(self.text))

    def _line(self, line: Span) -> None:
        comment = self._comment_in(line)
        segments = list(self._segments(line))
        if not segments:
            self._empty_line(comment)
            return
        for index, segment in enumerate(segments):
            self._segment(segment, first=index == 0)
        if comment and self.open is not None:
            if self.open.trailing:
                self.open.comments.append(comment)
            else:
                self.open.trailing = comment

    def _empty_line(self, comment: str) -> None:
        if comment:
            self.comments.append(comment)
        elif not self.comments:
            self.blank = True

    def _comment_in(self, line: Span) -> str:
        if not self.comments_left or self.comments_left[-1].start >= line.end:
            return ""
        found = self.comments_left.pop()
        return self.source[found.start + 1 : found.end].strip()

    def _segments(self, line: Span) -> Iterator[Span]:
        """Yield the parts of a line between ``;`` outside quoted texts, trimmed, empty ones left out."""
        start = line.start
        for end in [*self._separators(line), line.end]:
            trimmed = _trim(self.text, start, end)
            if trimmed is not None:
                yield trimmed
            start = end + 1

    def _separators(self, line: Span) -> list[int]:
        found = [match.start() + line.start for match in re.finditer(";", self.text[line.start : line.end])]
        return [at for at in found if not self._in_string(at) and not self._decimal(at)] if found else []

    def _decimal(self, at: int) -> bool:
        """A full stop between two digits is a decimal point gone wrong (0。5), not the end of a clause."""
        around = self.text[at - 1 : at] + self.text[at + 1 : at + 2]
        return self.source[at] == "。" and len(around) == len("05") and around.isdigit()

    def _in_string(self, offset: int) -> bool:
        low, high = 0, len(self.strings)
        while low < high:
            middle = (low + high) // 2
            if self.strings[middle].end <= offset:
                low = middle + 1
            else:
                high = middle
        return low < len(self.strings) and self.strings[low].start <= offset

    def _segment(self, segment: Span, *, first: bool) -> None:
        opened = self._opener(segment, first=first)
        if opened is None:
            self._continue(segment, first=first)
            return
        kind, body = opened
        self._close()
        self.in_form = kind in _FORM_STARTS or (self.in_form and kind not in _FORM_ENDS)
        segments = [body] if body is not None else []
        self.open = _Open(kind, segments, segment.start, self.comments, "", self.blank)
        self.comments, self.blank = [], False

    def _continue(self, segment: Span, *, first: bool) -> None:
        if self.open is None:
            self.stray = self.stray or segment
            return
        self.open.comments.extend(self.comments)
        self.comments = []
        if first and self.open.segments and not self._ended(self.open.segments[-1]):
            self.open.segments[-1] = Span(self.open.segments[-1].start, segment.end)
        else:
            self.open.segments.append(segment)

    def _ended(self, segment: Span) -> bool:
        rest = self.text[segment.end : segment.end + 40].lstrip(_BLANK)
        return rest.startswith(";")

    def _opener(self, segment: Span, *, first: bool) -> tuple[str, Span | None] | None:
        """Return the statement that begins here and, for a rule, what follows its keyword."""
        if first and self._unfinished():
            return None
        if self.in_form and _FIELD.match(self.text, segment.start, segment.end):
            return "st_field", segment
        for kind, word in self.grammar.openers_with(self.text[segment.start]):
            end = word.end(self.text, segment.start, segment.end)
            if end >= 0 and self._word_ends(end):
                return kind, self._body(kind, end, segment)
        return None

    def _body(self, kind: str, start: int, segment: Span) -> Span | None:
        if kind != RULE:
            return segment
        while start < segment.end and self.text[start] in _BLANK + ":\r\n":
            start += 1
        return Span(start, segment.end) if start < segment.end else None

    def _word_ends(self, end: int) -> bool:
        """A keyword stands by itself; only digits may touch a Chinese one (满分100)."""
        following = self.text[end : end + 1]
        if not following or not _NAME_CHAR.match(following):
            return True
        return following.isdigit() and not self.text[end - 1].isascii()

    def _unfinished(self) -> bool:
        if self.open is None or not self.open.segments:
            return False
        last = self.open.segments[-1]
        if self.text[last.end - 1] not in _OPEN_ENDED or self._ended(last):
            return False
        return not self.grade_last.search(self.text, max(last.start, last.end - _TAIL), last.end)

    def _close(self) -> None:
        if self.open is None:
            return
        done = self.open
        end = done.segments[-1].end if done.segments else done.start
        span = Span(done.start, max(end, done.start + 1))
        body = tuple(done.segments)
        comments = tuple(done.comments)
        self.pieces.append(StatementText(done.kind, body, span, comments, done.trailing, done.blank_before))
        self.open = None


def _grade_last(grammar: Grammar) -> re.Pattern[str]:
    """Return what a line ends with where its last sign belongs to a grade or a level: ``rated B+``, ``评为 D*``."""
    spelled = [word for name in _BEFORE_A_GRADE for words in grammar.words[name].values() for word in words]
    words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in spelled)
    return re.compile(rf"""(?:{words})\s*[^\s\[\]",;:=“”()<>≤≥+*/-][^\s\[\]",;:=“”()<>≤≥]*\Z""")


def _trim(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start] in _BLANK + "\r\n":
        start += 1
    while end > start and text[end - 1] in _BLANK + "\r\n":
        end -= 1
    return Span(start, end) if start < end else None

"""Messages for what is written as in an official document: the clauses to write instead, or the meanings to choose from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Text, in_order
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax.characters import map_characters
from rubric_dsl.syntax.grammar import RULE, load
from rubric_dsl.syntax.parse import parse
from rubric_dsl.syntax.statements import cut
from rubric_dsl.syntax.tree import Statement
from rubric_dsl.wording.reader import read_wording
from rubric_dsl.wording.reading import WordingReading
from rubric_dsl.wording.rows import heading_of

Recheck = Callable[[str], tuple[Diagnostic, ...]]
"""Returns what is found in a changed text."""

MAX_STATEMENTS = 20
"""In one file so many rules and headings are looked at: each fix is tried on the whole file before it is offered."""
SHOWN = 3
"""So many worked scores are shown of a meaning."""
MOST = 30
"""A wording is named by so many of its first characters."""
REFUSED = frozenset({"syntax", "level-word", "missing-space", "no-points", "unknown-keyword", "no-unit"})
"""Codes of a text that the language cannot read; it may be an official wording."""
_HEADINGS = frozenset({"st_heading", "st_indicator"})


@dataclass(frozen=True, slots=True)
class _Found:
    """A stretch of a file that is written as in a document: its meanings, each with what stands there in the language.

    ``about`` is where findings lie that this one takes the place of. Of a ``clause`` among others only those meanings
    count with which the rule can be used. ``needed``: it counts only where it mends.
    """

    about: Span
    span: Span
    meanings: tuple[tuple[WordingReading, str], ...]
    clause: bool = False
    needed: bool = False


_Way = tuple[_Found, ...]


def with_wordings(source: Source, found: tuple[Diagnostic, ...], recheck: Recheck) -> tuple[Diagnostic, ...]:
    """Put one message in the place of those about a rule or a heading that is written as in an official document.

    Each fix is tried: it is offered only where the rubric, changed so, has fewer errors, and none that it had not.
    """
    refused = [item.places[0].span.start for item in found if _refused(item, source)]
    told = list(found)
    for ways in _written(source, refused) if refused else ():
        for items in ways:  # what a way puts in the place of each piece must mend, or the next way is tried
            answers = [_answer(source, item, found, told, recheck) for item in items]
            if None not in answers:
                for item, answer in zip(items, answers, strict=True):
                    if answer is not None and not isinstance(answer, bool):
                        told = [other for other in told if not _lies_in(other, source, item.about)]
                        told.append(answer)
                break
        else:
            rows = [item for items in ways for item in items if "\t" in source[item.span]]
            if rows:  # it lacks what stands elsewhere, its figures perhaps; it is told what it says all the same
                told = [other for other in told if not _lies_in(other, source, rows[0].about)]
                told.append(_diagnostic(source, rows[0], ()))
    return in_order(tuple(told))


def _answer(
    source: Source, item: _Found, found: tuple[Diagnostic, ...], told: list[Diagnostic], recheck: Recheck
) -> Diagnostic | bool | None:
    """Return what to say of a piece; True where what is said already mends it, None where it cannot stand so."""
    inside = [other for other in told if _lies_in(other, source, item.about)]
    if _mended_by_less(source, inside, found, recheck):
        return True
    fixes = _fixes(source, item, found, inside, recheck)
    if item.needed and not fixes:
        return None
    kept = tuple(
        meaning for meaning in item.meanings if not item.clause or meaning[1] in {f.replacement for f in fixes}
    )
    return _diagnostic(source, replace(item, meanings=kept), fixes)


def _mended_by_less(source: Source, inside: list[Diagnostic], found: tuple[Diagnostic, ...], recheck: Recheck) -> bool:
    """Whether what is offered already, one change for each finding, mends the statement: a dash that should be 到."""
    errors = [item for item in inside if item.is_error]
    fixes = [fix for item in errors for fix in item.fixes if fix.span is not None]
    if len(fixes) != len(errors) or any(len(item.fixes) != 1 for item in errors):
        return False
    text = source.text
    for fix in sorted(fixes, key=lambda fix: -fix.span.start if fix.span else 0):
        span = fix.span or Span(0, 0)
        text = text[: span.start] + fix.replacement + text[span.end :]
    left = sum(item.is_error for item in recheck(text))
    return left + len(errors) <= sum(item.is_error for item in found)


def _refused(item: Diagnostic, source: Source) -> bool:
    return item.code in REFUSED and bool(item.places) and item.places[0].source is source


def _lies_in(item: Diagnostic, source: Source, span: Span) -> bool:
    """Whether a finding is about a statement: what follows from a text that cannot be read goes with it."""
    if not item.places or item.places[0].source is not source:
        return False
    return span.start <= item.places[0].span.start < span.end


def _written(source: Source, refused: list[int]) -> Iterator[list[_Way]]:
    """Yield, for each rule and heading that the language refuses, the ways in which it is read as official wording."""
    document, _ = parse(source)
    mapped = map_characters(source.text)
    rules = {piece.span: piece.body for piece in cut(source.text, mapped, load()).pieces if piece.kind == RULE}
    lang: Lang = "zh" if document.language == "zh" else "en"
    points = name = ""
    looked = 0
    for statement in document.statements:
        lines = _lines(source, statement, refused, lang, (points or None, name or None))
        if lines:
            yield lines
            continue
        broken = any(statement.span.start <= at < statement.span.end for at in refused)
        if statement.kind in _HEADINGS:
            points, name = statement.tree.text("points"), statement.tree.text("name")
        if not broken or looked >= MAX_STATEMENTS:
            continue
        looked += 1
        if statement.kind == RULE:
            whole = _rule(source, statement, lang, points or None, name or None)
            bodies = rules.get(statement.span, ())
            broken_ones = [body for body in bodies if any(body.start <= at <= body.end for at in refused)]
            clauses = _clauses(source, broken_ones, lang, points or None, name or None)
            if whole is None:
                yield clauses
            else:
                yield [(replace(whole, needed=True),), *clauses, (whole,)]
        elif statement.kind in _HEADINGS:
            heading = _heading(source, statement, lang)
            yield [] if heading is None else [(heading,)]


def _lines(
    source: Source, statement: Statement, refused: list[int], lang: Lang, known: tuple[str | None, str | None]
) -> list[_Way]:
    """Read a line below a statement that opens with no keyword: a row pasted with tabs, or a standard."""
    first = source.position(statement.span.start)[0]
    ways: list[_Way] = []
    for at in refused:
        if not statement.span.start < at < statement.span.end or source.position(at)[0] == first:
            continue
        begins = source.text.rfind("\n", 0, at) + 1
        line = source.text[begins : statement.span.end].splitlines()[0]
        span = Span(begins + len(line) - len(line.lstrip()), begins + len(line.rstrip()))
        if span.start != at or (statement.kind == RULE and "\t" not in line.strip()):
            continue
        points, name = (None, None) if "\t" in source[span] else known
        wording = read_wording(source[span], language=lang, points=points, name=name)
        rule = "评价标准" if lang == "zh" else "rule"
        between = "；" if lang == "zh" else "; "
        for measure in (*_formulas(source[span], lang), ""):
            written = tuple(
                (reading, _statements(reading.heading, measure, f"{rule} {between.join(reading.clauses)}"))
                for reading in wording.readings
                if reading.clauses
            )
            if written:
                ways.append((_Found(span, span, written, clause=True, needed=True),))
    return ways


def _statements(heading: str, *below: str) -> str:
    return "\n  ".join(line for line in (heading, *below) if line)


_FORMULA = re.compile(r"(?P<name>[^=＝]{1,60}?)\s*[=＝]\s*(?P<formula>.+?)\s*(?:[×xX*＊]\s*100\s*[%％])?[。.]?")


def _formulas(row: str, lang: Lang) -> Iterator[str]:
    """Yield the measures that the cells of a row state: 执行率=（支出/预算）×100%."""
    cells = [cell.strip() for cell in row.split("\t")]
    for cell in cells if len(cells) > 1 else ():
        match = _FORMULA.fullmatch(cell)
        if match is not None and any(match["name"].strip() == other for other in cells):
            yield f"{'指标值' if lang == 'zh' else 'measure'} {match['formula'].strip()}"


def _body(source: Source, statement: Statement) -> Span | None:
    """Return what stands behind the word that opens a statement; None where a comment stands in it."""
    mapped = map_characters(source.text)
    span = statement.span
    if any(span.start < comment.start < span.end for comment in mapped.comments):
        return None
    ends = [word.end(mapped.text, span.start, span.end) for kind, word in load().openers if kind == statement.kind]
    start = max(ends, default=-1)
    if start < 0:
        return None
    text = source.text[start : span.end]
    first = len(text) - len(text.lstrip(" \t\u3000:：\r\n"))
    return Span(start + first, start + len(text.rstrip())) if text.strip() else None


def _rule(source: Source, statement: Statement, lang: Lang, points: str | None, name: str | None) -> _Found | None:
    body = _body(source, statement)
    if body is None:
        return None
    wording = read_wording(source[body], language=lang, points=points, name=name)
    if not wording.readings or any(not reading.clauses or reading.heading for reading in wording.readings):
        return None
    on_lines = "\n" in source.text[statement.span.start : body.start]
    between = ("；\n    " if lang == "zh" else ";\n    ") if on_lines else ("；" if lang == "zh" else "; ")
    meanings = tuple((reading, between.join(reading.clauses)) for reading in wording.readings)
    return _Found(statement.span, body, meanings)


def _clauses(source: Source, broken: list[Span], lang: Lang, points: str | None, name: str | None) -> list[_Way]:
    """Read each clause by itself; the way is what could be read, the others keep their findings."""
    found = []
    for span in broken:
        wording = read_wording(source[span], language=lang, points=points, name=name)
        readings = [reading for reading in wording.readings if reading.clauses and not reading.heading]
        between = "；" if lang == "zh" else "; "
        meanings = tuple((reading, between.join(reading.clauses)) for reading in readings)
        if meanings and len(meanings) == len(wording.readings):
            found.append((_Found(span, span, meanings, clause=True, needed=True),))
    return [tuple(item for way in found for item in way)] if found else []


def _heading(source: Source, statement: Statement, lang: Lang) -> _Found | None:
    body = _body(source, statement)
    heading = None if body is None else heading_of(source[body])
    if body is None or heading is None:
        return None
    _, _, written = heading.written(lang).partition(" ")
    return _Found(statement.span, body, ((WordingReading((), heading=written), written),))


# ---------------------------------------------------------------- the message


def _fixes(
    source: Source, item: _Found, found: tuple[Diagnostic, ...], inside: list[Diagnostic], recheck: Recheck
) -> tuple[Fix, ...]:
    """Return the changes that mend this and break nothing; of several meanings all, or none."""
    before = [other for other in found if other.is_error and other not in inside]
    fixes = []
    for _, written in item.meanings:
        changed = source.text[: item.span.start] + written + source.text[item.span.end :]
        after = [other for other in recheck(changed) if other.is_error]
        if len(after) > len(before) or {other.code for other in after} - {other.code for other in before}:
            continue
        shown = _on_one_line(written)
        words = Text(f"改为“{shown}”", f"write '{shown}'")
        fixes.append(Fix(words, item.span, written, safe=len(item.meanings) == 1 and not item.clause))
    return tuple(fixes) if item.clause or len(fixes) == len(item.meanings) else ()


def _diagnostic(source: Source, item: _Found, fixes: tuple[Fix, ...]) -> Diagnostic:
    phrase = _short(" ".join(source[item.span].split()))
    place = Place(source, _first_line(source, item.span))
    if len(item.meanings) == 1:
        written = _on_one_line(item.meanings[0][1])
        return Diagnostic(
            "official-wording",
            "error",
            "rule",
            Text(f"“{phrase}”是公文的写法", f"'{phrase}' is written as in an official document"),
            (place,),
            hint=Text(f"写作：{written}", f"write: {written}"),
            fixes=fixes,
        )
    count = len(item.meanings)
    told = [_meaning(reading, written) for reading, written in item.meanings]
    return Diagnostic(
        "wording-open",
        "error",
        "wording",
        Text(
            f"“{phrase}”是公文的写法，有 {count} 种读法",
            f"'{phrase}', as in an official document, has {count} meanings",
        ),
        (place,),
        why=Text("读法不同，得分不同", "the meanings score differently"),
        hint=Text(
            "选一种：" + "；或者：".join(text.zh for text in told),
            "choose one: " + "; or: ".join(text.en for text in told),
        ),
        fixes=fixes,
    )


def _meaning(reading: WordingReading, written: str) -> Text:
    """A meaning in words: what is taken, some scores in which it differs, and the clauses."""
    shown = _on_one_line(written)
    worked = [(case.given, text_of(case.low), text_of(case.high)) for case in reading.worked[:SHOWN]]
    zh = "，".join(f"{given} 得 {low}" + ("" if low == high else f" 到 {high}") + "分" for given, low, high in worked)
    en = ", ".join(f"{given} scores {low}" + ("" if low == high else f" to {high}") for given, low, high in worked)
    taken = Text("，".join(choice.zh for choice in reading.choices), ", ".join(choice.en for choice in reading.choices))
    return Text(f"{shown}（{taken.zh}：{zh}）", f"{shown} ({taken.en}: {en})")


def _on_one_line(written: str) -> str:
    lines = (" ".join(line.split()) for line in written.splitlines())
    return " ⏎ ".join(lines).replace("； ⏎ ", "；").replace("; ⏎ ", "; ")


def _short(text: str) -> str:
    return text if len(text) <= MOST else text[:MOST] + "…"


def _first_line(source: Source, span: Span) -> Span:
    lines = source[span].splitlines()
    return Span(span.start, span.start + len(lines[0].rstrip()))

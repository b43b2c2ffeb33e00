"""Faults of the text itself, in the author's words: what was found, where, and what could stand there."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Text
from rubric_dsl.nearest import likely, nearest
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax.automaton import Refusal
from rubric_dsl.syntax.brackets import bracket_fault
from rubric_dsl.syntax.grammar import Grammar
from rubric_dsl.syntax.heading_faults import no_points
from rubric_dsl.syntax.look_alikes import refused_sign
from rubric_dsl.syntax.meant import Reads, begins_no_clause, call_fault, clause_fault, line_fault, quoted_name
from rubric_dsl.units import UNITS

_KINDS = {
    "NAME": Text("名称", "a name"),
    "CNAME": Text("名称", "a name"),
    "STRING": Text("引号内的文字", "a quoted text"),
    "NUMBER": Text("数字", "a number"),
    "PERCENT": Text("百分数", "a percentage"),
    "UNIT": Text("单位", "a unit"),
    "ITEM": Text("序号（①）", "an item number (①)"),
    "LEVEL": Text("一级指标", "level 1"),
    "$END": Text("语句到此结束", "the end of the statement"),
}
_SHOWN = 8


def empty_file(source: Source) -> Diagnostic:
    """Nothing at all is in the file."""
    return Diagnostic(
        "empty-file",
        "error",
        "rule",
        Text("文件里没有内容", "the file is empty"),
        (Place(source, Span(0, 0)),),
        hint=Text("第一行写：指标体系 名称 年度 2019", "begin with: rubric NAME edition 2019"),
    )


def unclosed_quote(source: Source, at: int, *, telling: bool = False) -> Diagnostic:
    """A quoted text never ends; ``telling``: it stands where a text has no effect on scores (原文, 说明, 决定)."""
    mark = source.text[at]
    closer = "”" if mark == "“" else '"'
    end = at + len(source.text[at:].splitlines()[0].rstrip())
    words = Text(f"在这一行末尾加上 {closer}", f"add {closer} at the end of the line")
    return Diagnostic(
        "unclosed-quote",
        "error",
        "rule",
        Text(f"这里的引号 {mark} 没有对应的 {closer}", f"this quote {mark} has no closing {closer}"),
        (Place(source, Span(at, at + 1)),),
        hint=Text(f"在文字结束处加上 {closer}", f"add {closer} where the text ends"),
        fixes=(Fix(words, Span(end, end), closer, safe=telling),),
    )


def stray_text(source: Source, span: Span, grammar: Grammar, language: str) -> Diagnostic:
    """Text before the first statement."""
    lang: Lang = "zh" if language == "zh" else "en"
    word = grammar.words["_RUBRIC"][lang][0]
    return Diagnostic(
        "stray-text",
        "error",
        "rule",
        Text("这段文字不属于任何语句", "this text belongs to no statement"),
        (Place(source, _first_line(source, span)),),
        hint=Text(f"语句以关键词开头，第一句是“{word}”", f"a statement begins with a keyword; the first is '{word}'"),
    )


def extra_text(source: Source, span: Span) -> Diagnostic:
    """Text after the end of a statement that holds one phrase only."""
    return Diagnostic(
        "extra-text",
        "error",
        "rule",
        Text("语句已经结束，后面的文字无法识别", "the statement has ended; what follows cannot be read"),
        (Place(source, _first_line(source, span)),),
        hint=Text("另起一行，以关键词开头", "begin a new line with a keyword"),
    )


def syntax_fault(
    source: Source,
    text: str,
    grammar: Grammar,
    start: str,
    span: Span,
    refusal: Refusal,
    language: str,
    reads_as: Reads | None,
) -> Diagnostic:
    """Put a parser's refusal into words.

    ``start`` is the kind of statement or clause that was wanted; ``reads_as`` says whether another text could be read
    as a kind; None where no more is to be tried.
    """
    expected = refusal.expected
    at = span.end if refusal.at is None else refusal.at
    lang: Lang = "zh" if language == "zh" else "en"
    reads = None if reads_as is None else partial(reads_as, start)
    if reads_as is not None:
        line = line_fault(source, text, grammar, start, span, refusal.at, reads_as, lang)
        if line is not None:
            return line
    bracket = bracket_fault(source, text, span, at, reads)
    if bracket is not None:
        return bracket
    special = (
        refused_sign(source, text, at) or _decimal_point(source, at) or _unknown_unit(source, text, span, at, expected)
    )
    if special is not None:
        return special
    previous = _previous(text, span, at)
    begins = previous is not None and "_RATED" in expected and previous.start == span.start
    if reads_as is not None:
        if begins:
            clause = clause_fault(source, text, span, reads_as, lang)
            if clause is not None:
                return clause
        call = call_fault(source, text, grammar, start, span, at, reads_as, lang)
        if call is not None:
            return call
    swallowed = _swallowed(source, text, grammar, span, expected, previous, lang, reads)
    if begins and previous is not None and swallowed is None:
        return begins_no_clause(source, previous)
    pointless = no_points(source, text, grammar, span, refusal.at, expected)
    if pointless is not None and swallowed is None:
        return _quoted(source, text, start, span, previous, reads_as, lang) or pointless
    if swallowed is not None:
        return swallowed
    return (
        _left_out(source, text, span, refusal.at, reads, lang)
        or _quoted(source, text, start, span, previous, reads_as, lang)
        or _refused(source, text, grammar, span, refusal, lang)
    )


def _refused(source: Source, text: str, grammar: Grammar, span: Span, refusal: Refusal, lang: Lang) -> Diagnostic:
    """Say what could stand where the reading stopped."""
    expected, ended = refusal.expected, refusal.at is None
    at = span.end if refusal.at is None else refusal.at
    found = "" if ended else _word_at(text, at, span.end)
    place = Place(source, Span(max(span.start, at - 1), at) if ended else Span(at, at + max(1, len(found))))
    return Diagnostic(
        "syntax",
        "error",
        "rule",
        Text("语句不完整", "the statement is incomplete")
        if ended
        else Text(f"这里不能写“{found}”", f"'{found}' cannot stand here"),
        (place,),
        fixes=_range_fix(place.span, found, expected, lang),
        hint=_range_hint(found, expected) or _complete(expected) or _hint(grammar, expected, lang),
    )


def _complete(expected: frozenset[str]) -> Text | None:
    if "$END" not in expected:
        return None
    return Text(
        "前面已是完整的一句；要另写一句的，另起一行并以关键词开头",
        "what stands before it is complete; another statement begins on a new line, with its keyword",
    )


def _quoted(
    source: Source, text: str, start: str, span: Span, name: Span | None, reads_as: Reads | None, lang: Lang
) -> Diagnostic | None:
    if reads_as is None or name is None:
        return None
    return quoted_name(source, text, start, span, name, reads_as, lang)


def _left_out(
    source: Source, text: str, span: Span, at: int | None, reads: Callable[[str], bool] | None, lang: Lang
) -> Diagnostic | None:
    """A comma, or the word before the points, that was left out: the statement can be read with it."""
    if at is None or reads is None:
        return None
    for put, words in (
        (",", Text("逗号", "a comma")),
        (" scores ", Text("“计”", "'scores'")),
        (" when ", Text("“当”", "'when'")),
    ):
        if reads(text[span.start : at] + put + text[at : span.end]):
            written = {",": Text("，", ", "), " scores ": Text("计 ", "scores "), " when ": Text("当 ", "when ")}[
                put
            ].to(lang)
            before = source.text[at - 1 : at]
            where = at - 1 if put == "," and before == " " else at
            found = _word_at(text, at, span.end)
            return Diagnostic(
                "syntax",
                "error",
                "rule",
                Text(f"“{found}”前面缺{words.zh}", f"{words.en} is missing before '{found}'"),
                (Place(source, Span(at, at + max(1, len(found)))),),
                fixes=(Fix(Text(f"补上{words.zh}", f"put in {words.en}"), Span(where, at), written),),
            )
    return None


def _decimal_point(source: Source, at: int) -> Diagnostic | None:
    if source.text[at : at + 1] != "。" or not source.text[at - 1 : at].isdigit():
        return None
    return Diagnostic(
        "decimal-point",
        "error",
        "rule",
        Text("小数点写成了句号", "a full stop stands where the decimal point belongs"),
        (Place(source, Span(at, at + 1)),),
        hint=Text("写作 0.5", "write 0.5"),
        fixes=(Fix(Text("改为小数点", "write a decimal point"), Span(at, at + 1), ".", safe=True),),
    )


def _unknown_unit(source: Source, text: str, span: Span, at: int, expected: frozenset[str]) -> Diagnostic | None:
    """A word where a unit belongs; a known unit may begin it (人口)."""
    match = next(
        (m for m in re.finditer(r"[^\W\d]+", text[span.start : span.end]) if m.start() <= at - span.start < m.end()),
        None,
    )
    if match is None:
        return None
    start = span.start + match.start()
    if text[span.start : start].rstrip()[-1:] != ":" or not (expected & {"UNIT"} or at > start):
        return None
    word = match.group()
    near = nearest(word, [name for unit in UNITS for name in (unit.id, unit.zh)], cutoff=0.4)
    shown = likely(near)
    return Diagnostic(
        "unknown-unit",
        "error",
        "rule",
        Text(f"没有“{word}”这个单位{shown.zh}", f"there is no unit '{word}'{shown.en}"),
        (Place(source, Span(start, start + len(word))),),
        hint=Text(f"自定的单位加引号：“{word}”", f'quote a unit of your own: "{word}"'),
        fixes=tuple(_instead(Span(start, start + len(word)), each) for each in near),
    )


def _instead(span: Span, written: str) -> Fix:
    return Fix(Text(f"改为“{written}”", f"write '{written}'"), span, written)


def _range_hint(found: str, expected: frozenset[str]) -> Text | None:
    if found not in _DASHES or "_TO" not in expected:
        return None
    return Text(
        "区间写“到”：0% 到 10%（含）；横线是减号", "write a range with 'to': 0% to 10% (included); a dash is a minus"
    )


def _range_fix(span: Span, found: str, expected: frozenset[str], lang: Lang) -> tuple[Fix, ...]:
    if found not in _DASHES or "_TO" not in expected:
        return ()
    return (Fix(Text("改为“到”", "write 'to'"), span, Text(" 到 ", " to ").to(lang)),)


_DASHES = ("-", "－", "—", "–", "～", "~")


def _previous(text: str, span: Span, at: int) -> Span | None:
    """Return the name that stands just before the fault, if one does."""
    match = re.search(r"[\w&·]+\s*\Z", text[span.start : at])
    token = re.match(r"[\w&·]+", text[at : span.end])
    if match and match.group().strip() and not match.group().strip().isdigit():
        return Span(span.start + match.start(), span.start + match.start() + len(match.group().rstrip()))
    return Span(at, at + token.end()) if token and not token.group().isdigit() else None


def _swallowed(
    source: Source,
    text: str,
    grammar: Grammar,
    span: Span,
    expected: frozenset[str],
    name: Span | None,
    lang: Lang,
    reads: Callable[[str], bool] | None,
) -> Diagnostic | None:
    """A name runs until the first space or sign, so it may have swallowed a keyword or a number after it."""
    if name is None or reads is None:
        return None
    word = source[name]
    for split in _split_points(word, grammar, expected, lang):
        mended = f"{word[:split]} {word[split:]}"
        if reads(text[span.start : name.start] + mended + text[name.end : span.end]):
            return Diagnostic(
                "missing-space",
                "error",
                "rule",
                Text(f"“{word}”连写时被当作一个名称", f"'{word}' is read as one name"),
                (Place(source, name),),
                hint=Text(f"用空格断开：{mended}", f"put a space where the name ends: {mended}"),
                fixes=(_instead(name, mended),),
            )
    return None


def _split_points(word: str, grammar: Grammar, expected: frozenset[str], lang: Lang) -> list[int]:
    """Return where a word may be cut: behind a keyword that it begins with, before one, or before a number in it."""
    openers = [terminal for terminal in grammar.words if terminal.startswith("_") and terminal.isupper()]
    at_start = [w for terminal in openers for w in grammar.words[terminal][lang] if len(w) > 1 and w.isalpha()]
    found = [
        len(opener)
        for opener in sorted(at_start, key=len, reverse=True)
        if word.startswith(opener) and len(word) > len(opener) and not word[len(opener)].isascii()
    ]
    inner = {word for terminal in expected for word in grammar.words.get(terminal, {}).get(lang, ()) if word.isalpha()}
    inside = {match.start() for each in inner for match in re.finditer(re.escape(each), word)}
    inside.update(match.start() for match in re.finditer(r"(?<=\D)\d+", word) if lang == "zh")
    return list(dict.fromkeys([*found, *sorted(at for at in inside if at > 0)]))


def _word_at(text: str, at: int, end: int) -> str:
    match = re.match(r"[\w&·]+|\S", text[at:end])
    return match.group()[:30] if match else ""


def _hint(grammar: Grammar, expected: frozenset[str], lang: Lang) -> Text | None:
    words: list[Text] = []
    for terminal in sorted(expected, key=lambda name: (name not in _KINDS, not name.startswith("_"), name)):
        known = _KINDS.get(terminal)
        spellings = grammar.words.get(terminal, {}).get(lang, ())
        if known is not None:
            words.append(known)
        elif spellings:
            words.append(Text(f"“{spellings[0]}”", f"'{spellings[0]}'"))
    if not words:
        return None
    shown = words[:_SHOWN]
    more = Text("等", ", …") if len(words) > _SHOWN else Text("", "")
    return Text(
        "这里可以写：" + "、".join(word.zh for word in shown) + more.zh,
        "here could stand: " + ", ".join(word.en for word in shown) + more.en,
    )


def _first_line(source: Source, span: Span) -> Span:
    line = source.text[span.start : span.end].splitlines()
    return Span(span.start, span.start + max(1, len(line[0]) if line else 1))

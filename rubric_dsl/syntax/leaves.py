"""Leaves: their canonical content when read, and how they are written in either language."""

from __future__ import annotations

import re

from rubric_dsl.diagnostics import Lang
from rubric_dsl.syntax.characters import INVISIBLE, twin
from rubric_dsl.units import find_unit

_DIGITS = dict(zip("一二两三四五六七八九十", ["1", "2", "2", "3", "4", "5", "6", "7", "8", "9", "10"], strict=True))
_CHINESE_DIGITS = "一二三四五六七八九"
_ITEMS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_BARE_NAME = re.compile(r"(?:“[^“”\n]*”)*[^\W\d①-⑳](?:[\w&·](?<![①-⑳])|“[^“”\n]*”)*\Z")
_BARE_COLUMN = re.compile(r'[^\s\[\]",;:=“”]+\Z')
_BARE_OPTION = re.compile(r'[^\s\[\]",;:=“”()<>≤≥]+\Z')
_RESERVED = {
    "NAME": frozenset({"measure", "指标值", "total", "总分", "if", "若", "不分先后"}),
    "LNAME": frozenset({"any", "任意"}),
    "CNAME": frozenset({"each", "各列"}),
}
"""Words that mean something where a bare name of that kind can stand: as names they are quoted."""
_BARE = {"NAME": _BARE_NAME, "CNAME": _BARE_COLUMN, "LNAME": _BARE_OPTION}
_INVISIBLE = frozenset(INVISIBLE)
_NO_INVISIBLE = {ord(char): None for char in INVISIBLE}


def leaf_content(kind: str, text: str, written: str) -> str:
    """Return what a leaf means, whatever language or width it was written in.

    ``text`` has its punctuation mapped, ``written`` holds the author's characters.
    """
    if kind == "STRING":
        return unquote(written)
    if kind in ("NAME", "CNAME", "LNAME", "CODE"):
        return text if _INVISIBLE.isdisjoint(text) else text.translate(_NO_INVISIBLE)
    if kind in ("NUMBER", "PERCENT"):
        return _DIGITS.get(text) or "".join(text.split())
    if kind == "UNIT":
        unit = find_unit(text)
        return unit.id if unit else text
    if kind == "LEVEL":
        return str(_CHINESE_DIGITS.index(text[0]) + 1) if text[0] in _CHINESE_DIGITS else text[-1]
    if kind == "ITEM":
        return str(_ITEMS.index(text) + 1) if text in _ITEMS else re.sub(r"\D", "", text)
    return ""


def item_label(number: str) -> str:
    """Return how an item's number is shown: ① to ⑳, else (21)."""
    index = int(number)
    return _ITEMS[index - 1] if 1 <= index <= len(_ITEMS) else f"({index})"


def leaf_written(kind: str, text: str, lang: Lang) -> str | None:
    """Return how a leaf is written, or None for a keyword, whose spelling the grammar knows."""
    if kind in _BARE:
        bare = _BARE[kind].match(text) and _same(text) and text not in _RESERVED[kind]
        return text if bare else quote(text, lang)
    if kind == "STRING":
        return quote(text, lang)
    if kind == "UNIT":
        unit = find_unit(text)
        return unit.name(lang) if unit else text
    if kind == "LEVEL":
        return f"{_CHINESE_DIGITS[int(text) - 1]}级指标" if lang == "zh" else f"level {text}"
    if kind == "ITEM":
        return item_label(text) if int(text) <= len(_ITEMS) else f"item {text}"
    return text or None


def _same(text: str) -> bool:
    """Whether a text reads back as it is outside of quotes."""
    return twin(text) == text


def unquote(written: str) -> str:
    """Return the text inside quotes: escapes resolved, each line trimmed, invisible characters dropped."""
    inner = written[1:-1]
    if written[0] == '"':
        inner = re.sub(r"\\(.)", r"\1", inner, flags=re.DOTALL)
    lines = re.split(r"\r\n|\r|\n", inner)
    lines = [lines[0].rstrip(), *(line.strip() for line in lines[1:])] if len(lines) > 1 else lines
    return "\n".join(lines).translate(_NO_INVISIBLE)


def quote(text: str, lang: Lang) -> str:
    """Quote a text so that it reads back as it is: curly quotes in Chinese files where they nest properly."""
    if lang == "zh" and _nests(text):
        return f"“{text}”"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _nests(text: str) -> bool:
    """Whether curly quotes inside are balanced one level deep, which is what the grammar reads back."""
    depth = 0
    for char in text:
        if char == "“":
            depth += 1
        elif char == "”":
            depth -= 1
        if depth not in (0, 1):
            return False
    return depth == 0

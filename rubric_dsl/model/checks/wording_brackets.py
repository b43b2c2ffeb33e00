"""A sum that is divided without brackets around it, in a formula of the official text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.model.model import Indicator, Model, Quoted
from rubric_dsl.model.wordings import decided, place_of, sentences

_OPEN, _CLOSE = "（([【{", "）)]】}"
_INNER = "\x00"
"""Stands for a group of its own brackets."""
_OVER, _TIMES, _PLUS = re.compile(r"[/÷]"), re.compile(r"[×*]"), re.compile(r"[+＋−－–-]")


def wording_brackets(model: Model) -> tuple[Diagnostic, ...]:
    """Report each official text with a formula such as A+B-C/A+B."""
    found = []
    for indicator in model.indicators.values():
        for quoted in indicator.quoted:
            formula = next((f for s in sentences(quoted.text) for f in _formulas(s) if _lacks(f)), None)
            if formula is not None and not decided(model, indicator, ("括号", "bracket")):
                found.append(_diagnostic(indicator, quoted, formula))
    return tuple(found)


def _formulas(sentence: str) -> Iterator[str]:
    """Yield what stands behind each equals sign, up to the next pause."""
    for part in re.split(r"[=＝]", sentence)[1:]:
        yield re.split(r"[，,]", part)[0]


def _lacks(formula: str) -> bool:
    return any(_lopsided(group) for group in _groups(formula))


def _groups(formula: str) -> list[str]:
    """Return the text at each level of brackets; what is bracketed inside is one sign."""
    levels, done = [""], []
    for char in formula:
        if char in _OPEN:
            levels.append("")
        elif char in _CLOSE and len(levels) > 1:
            done.append(levels.pop())
            levels[-1] += _INNER
        else:
            levels[-1] += char
    return done + levels


def _lopsided(group: str) -> bool:
    """Whether one division stands between two sums, or divides a sum by one of its own parts."""
    sides = _OVER.split(group)
    if len(sides) != 2:  # noqa: PLR2004 - a quotient has two sides
        return False
    left = [part.strip() for part in _PLUS.split(_TIMES.split(sides[0])[-1])]
    right = [part.strip() for part in _PLUS.split(_TIMES.split(sides[1])[0])]
    return len(left) > 1 and (len(right) > 1 or (right[0] in left and right[0] not in ("", _INNER)))


def _diagnostic(indicator: Indicator, quoted: Quoted, formula: str) -> Diagnostic:
    word = Text("原文", "wording") if quoted.kind == "wording" else Text("说明", "note")
    return Diagnostic(
        "wording-brackets",
        "warning",
        "wording",
        Text(
            f"{indicator.name}：{word.zh}的公式里，相除的和没有加括号",
            f"{indicator.name}: in the formula of the {word.en} a sum that is divided has no brackets",
        ),
        (place_of(quoted, formula), indicator.place),
        why=Text("照字面先除后加减，得出的不是率", "read as it stands, only one part is divided"),
        hint=Text(
            "原文照录，写：决定 “公式补上括号：（…）÷（…）”，理由 “…”",
            'keep the text as it is, and write: decision "brackets added: (…) / (…)", because "…"',
        ),
    )

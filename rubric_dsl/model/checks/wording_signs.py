"""Several ways to write one comparison sign in the official texts of a file."""

from __future__ import annotations

import re

from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.model.model import Model
from rubric_dsl.model.wordings import place_of

_STYLES = (
    re.compile("[≤≥]"),
    re.compile("[≦≧]"),
    re.compile("[⩽⩾]"),
    re.compile("<=|>="),
    re.compile("＜＝|＞＝|＜=|＞="),
)


def wording_signs(model: Model) -> tuple[Diagnostic, ...]:
    """Report once that a file's official texts write ≤ or ≥ in several ways, with the first place of each."""
    first: dict[re.Pattern[str], tuple[str, Place]] = {}
    for indicator in model.indicators.values():
        for quoted in indicator.quoted:
            for style in _STYLES:
                match = style.search(quoted.text)
                if match is not None and style not in first:
                    first[style] = (match.group(), place_of(quoted, match.group()))
    if len(first) < 2 or _decided(model, [sign for sign, _ in first.values()]):  # noqa: PLR2004 - one way is no mixture
        return ()
    listed = Text(*(pause.join(sign for sign, _ in first.values()) for pause in ("、", ", ")))
    return (
        Diagnostic(
            "wording-signs",
            "info",
            "wording",
            Text(
                f"原文里同一个符号有几种写法：{listed.zh}", f"the wording writes one sign in several ways: {listed.en}"
            ),
            tuple(place for _, place in first.values()),
            why=Text(
                "意思相同，得分不受影响；可能录自不同的版本",
                "they mean the same; the texts may come from different versions",
            ),
            hint=Text(
                "核对原件；原文如此的，写：决定 ““≤”“≦”等符号照录”，理由 “…”",
                'check the original; if it prints them so, write: decision "the signs ≤ ≦ are kept as printed", because "…"',
            ),
        ),
    )


def _decided(model: Model, signs: list[str]) -> bool:
    texts = [part for made in model.decisions for part in (made.text, made.reason)]
    return any(word in text for text in texts for word in ("符号", "signs", *(f"“{sign}”" for sign in signs)))

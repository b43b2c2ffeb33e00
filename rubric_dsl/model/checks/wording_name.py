"""The quantity that the official text defines, against the indicator's name."""

from __future__ import annotations

import re

from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.model.model import Indicator, Model, Quoted
from rubric_dsl.model.wordings import alike, decided_name, place_of, same_name
from rubric_dsl.syntax.characters import fold

_DEFINED = re.compile(r"(?:^|[。；;\n，,：:])\s*(?P<name>[^=＝。；;\n，,：:（(\[【/÷×*+−－-]{2,40}?)\s*[=＝](?![=＝])")


def wording_name(model: Model) -> tuple[Diagnostic, ...]:
    """Report each indicator beside which a formula of another name stands, and none of its own."""
    names = {fold(indicator.name) for indicator in model.indicators.values()}
    found = []
    for indicator in model.indicators.values():
        defined = [(match["name"], quoted) for quoted in indicator.quoted for match in _DEFINED.finditer(quoted.text)]
        if any(same_name(name, indicator.name) for name, _ in defined):
            continue
        other = next(
            ((name, quoted) for name, quoted in defined if alike(name, indicator.name) or fold(name) in names), None
        )
        if other is not None and not decided_name(model, indicator, other[0]):
            found.append(_diagnostic(indicator, *other))
    return tuple(found)


def _diagnostic(indicator: Indicator, name: str, quoted: Quoted) -> Diagnostic:
    word = Text("原文", "wording") if quoted.kind == "wording" else Text("说明", "note")
    plain = re.sub(r"[“”\"]", "", name)
    return Diagnostic(
        "wording-name",
        "warning",
        "wording",
        Text(
            f"{indicator.name}：{word.zh}里的公式写的是“{name}”",
            f"{indicator.name}: the formula in the {word.en} is that of '{name}'",
        ),
        (place_of(quoted, name), indicator.place),
        why=Text("公式可能是另一个指标的", "the formula may be another indicator's"),
        hint=Text(
            f"核对公式；确是本指标的，写：决定 “{word.zh}里的“{plain}”就是本指标”，理由 “…”",
            f'check the formula; if it is this indicator\'s, write: decision "\'{name}\' is this indicator", because "…"',
        ),
    )

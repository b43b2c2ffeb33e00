"""A dash where a formula in the official text needs an equals sign."""

from __future__ import annotations

import re

from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.model.model import Indicator, Model, Quoted
from rubric_dsl.model.wordings import alike, decided, place_of, same_name, sentences

_DASHED = re.compile(
    r"(?P<name>[^=＝≤≦<＜>＞≥≧（(\[【/÷×*+]{2,40}?)\s*(?P<dash>[—–－−-]{1,2})\s*(?P<rest>[^=＝]*[/÷][^=＝]*)\Z"
)


def wording_dash(model: Model) -> tuple[Diagnostic, ...]:
    """Report each indicator whose own name is followed by a dash and a quotient."""
    found = []
    for indicator in model.indicators.values():
        for quoted in indicator.quoted:
            match = next((m for s in sentences(quoted.text) if (m := _own(s, indicator)) is not None), None)
            if match is not None and not decided(model, indicator, _words(match["dash"])):
                found.append(_diagnostic(indicator, quoted, match))
    return tuple(found)


def _own(sentence: str, indicator: Indicator) -> re.Match[str] | None:
    match = _DASHED.match(sentence)
    if match is None or not (same_name(match["name"], indicator.name) or alike(match["name"], indicator.name)):
        return None
    return match


def _words(dash: str) -> tuple[str, ...]:
    """Return what a decision about a dash says: the dash itself beside “读作”, or its name."""
    return (f"“{dash}”读作", f"“{dash}”应为", f"“{dash}”是", "横线", "减号", "破折号", "dash", "minus")


def _diagnostic(indicator: Indicator, quoted: Quoted, match: re.Match[str]) -> Diagnostic:
    word = Text("原文", "wording") if quoted.kind == "wording" else Text("说明", "note")
    dash = match["dash"]
    return Diagnostic(
        "wording-dash",
        "warning",
        "wording",
        Text(
            f"{indicator.name}：{word.zh}的公式里，名称后面写的是“{dash}”，不是“=”",
            f"{indicator.name}: in the formula of the {word.en} the name is followed by '{dash}', not by '='",
        ),
        (place_of(quoted, f"{match['name']}{dash}"), indicator.place),
        why=Text("读作减号，就没有公式", "read as a minus, there is no formula"),
        hint=Text(
            f"原文照录，写：决定 “{word.zh}里的“{dash}”读作“=””，理由 “…”",
            f'keep the text as it is, and write: decision "the dash in the {word.en} means =", because "…"',
        ),
    )

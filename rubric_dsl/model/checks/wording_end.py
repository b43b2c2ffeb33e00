"""以上, 以下 and 以内 in the official wording, where it is not stated whether the number itself is included."""

from __future__ import annotations

import re

from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.model.model import Indicator, Model, Quoted
from rubric_dsl.model.wordings import decided, place_of

_MARK = r"[（(]\s*(?:不?含|包括|不包括)[^）)]*[）)]"
_ENDED = re.compile(
    rf"(?P<bound>\d+(?:\.\d+)?\s*(?:[%％]|个?百分点|[万亿]?元|[人个次天年月件项分])?)"
    rf"\s*(?P<before>{_MARK})?\s*(?P<word>以上|以下|以内)\s*(?P<after>{_MARK})?"
)
_OTHER_SIDE = {"以上": r"(?:低于|不足|不到|小于|少于|未达到?)", "以下": r"(?:高于|超过|大于|多于|超出)"}
_OTHER_SIDE["以内"] = _OTHER_SIDE["以下"]


def wording_end(model: Model) -> tuple[Diagnostic, ...]:
    """Report the first open question of each wording that a measure is scored by."""
    found = []
    for indicator in model.indicators.values():
        for quoted in indicator.quoted:
            if quoted.kind != "wording" or indicator.measure is None:
                continue
            match = next((m for m in _ENDED.finditer(quoted.text) if _open(m, quoted.text)), None)
            if match is not None and not _decided(model, indicator, match):
                found.append(_diagnostic(indicator, quoted, match))
    return tuple(found)


def _open(match: re.Match[str], text: str) -> bool:
    """Whether neither a mark nor the other side of the number says whose it is."""
    if match["before"] or match["after"] or text[: match.start()].rstrip().endswith("含"):
        return False
    return not re.search(_OTHER_SIDE[match["word"]] + r"\s*" + re.escape(match["bound"].strip()), text)


def _decided(model: Model, indicator: Indicator, match: re.Match[str]) -> bool:
    """Whether a decision names the word (以上), its number (本数), an end, or this bound as included or not."""
    bound = match["bound"].strip()
    said = (f"含{bound}", f"包括{bound}", "（含）", "（不含）", "本数", "含上端", "含下端", "included", "excluded")
    return decided(model, indicator, (match["word"], *said))


def _diagnostic(indicator: Indicator, quoted: Quoted, match: re.Match[str]) -> Diagnostic:
    phrase, bound = match.group().strip(), match["bound"].strip()
    return Diagnostic(
        "wording-end",
        "warning",
        "wording",
        Text(
            f"{indicator.name}：原文“{phrase}”没有说明是否含 {bound}",
            f"{indicator.name}: the wording '{phrase}' does not say whether {bound} itself is included",
        ),
        (place_of(quoted, phrase), indicator.place),
        why=Text(f"恰好为 {bound} 的部门，两种口径得分不同", f"a department at exactly {bound} scores differently"),
        hint=Text(
            f"写明怎样读：决定 “{phrase}含 {bound}”，理由 “…”",
            f'state how it is read: decision "{phrase} includes {bound}", because "…"',
        ),
    )

"""Laws that were tried on a rubric, for people and for programs. What it is given comes from ``rubric_dsl.testing``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rubric_dsl.diagnostics import Lang, Text

if TYPE_CHECKING:
    from rubric_dsl.testing.laws import Broken, Law


def laws_text(laws: Sequence[Law], found: Sequence[Broken], examples: int, lang: Lang) -> str:
    """Write each law with what came of it."""
    broken = {item.law.name: item for item in found}
    lines = [
        Text(
            f"随机试验：每条规律试 {examples} 份数据（没有反例不是证明）",
            f"random trials: {examples} submissions for each law (finding nothing is no proof)",
        ).to(lang)
    ]
    for law in laws:
        item = broken.get(law.name)
        if item is None:
            lines.append("  " + Text(f"[没有反例] {law.text.zh}", f"[none found] {law.text.en}").to(lang))
            continue
        lines.append(
            "  " + Text(f"[反例] {law.text.zh}：{item.reason.zh}", f"[broken] {law.text.en}: {item.reason.en}").to(lang)
        )
        lines.append("      " + Text(f"例：{item.given.text}", f"for example: {item.given.text}").to(lang))
    return "\n".join(lines)


def laws_json(laws: Sequence[Law], found: Sequence[Broken], examples: int, lang: Lang) -> dict[str, object]:
    """Return the laws as plain data."""
    broken = {item.law.name: item for item in found}
    return {
        "examples": examples,
        "laws": [
            {
                "law": law.name,
                "text": law.text.to(lang),
                "broken": law.name in broken,
                "reason": broken[law.name].reason.to(lang) if law.name in broken else None,
                "data": {key: str(value) for key, value in broken[law.name].given.data.items()}
                if law.name in broken
                else None,
            }
            for law in laws
        ],
    }

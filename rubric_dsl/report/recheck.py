"""A result against the rubric and the data that it names: the same text, or where it is another."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.records import dataclass

MOST_SHOWN = 20
"""So many differences are listed."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a stored result says of itself: its language, its reading, the version of its engine, whether it has its trace."""

    lang: Lang
    reading: str
    version: str
    trace: bool = False


def stated_in(text: str) -> Stated | None:
    """Return what a result says of itself; None for what is no result of ``score``."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    first = found[0] if isinstance(found, list) and found else found
    if not isinstance(first, dict):
        return None
    engine, lang, reading = first.get("engine"), first.get("lang"), first.get("reading")
    version = engine.get("version") if isinstance(engine, dict) else None
    if lang not in ("zh", "en") or not isinstance(version, str) or not isinstance(reading, str | None):
        return None
    return Stated("zh" if lang == "zh" else "en", reading or "", version, "trace" in first)


def differences(stored: str, recomputed: str) -> tuple[Text, ...]:
    """Return how a stored result differs from the recomputed one; nothing where they are the same, byte for byte."""
    if stored == recomputed:
        return ()
    found = list(_differing("", json.loads(stored), json.loads(recomputed)))
    if not found:
        return (
            Text(
                "内容相同，但文字改动过（空格、换行或写法）",
                "the values are the same; the text was changed (blanks, line ends, spelling)",
            ),
        )
    more = len(found) - MOST_SHOWN
    listed = found[:MOST_SHOWN]
    if more > 0:
        listed.append(Text(f"还有 {more} 处", f"and {more} more"))
    return tuple(listed)


def _differing(path: str, stored: object, recomputed: object) -> Iterator[Text]:
    if isinstance(stored, dict) and isinstance(recomputed, dict):
        for key in dict.fromkeys((*recomputed, *stored)):
            inner = f"{path}.{key}" if path else str(key)
            if key not in stored:
                yield Text(f"{inner}：结果里没有", f"{inner}: not in the result")
            elif key not in recomputed:
                yield Text(f"{inner}：结果里多出来的", f"{inner}: should not be in the result")
            else:
                yield from _differing(inner, stored[key], recomputed[key])
    elif isinstance(stored, list) and isinstance(recomputed, list) and len(stored) == len(recomputed):
        for index, (one, other) in enumerate(zip(stored, recomputed, strict=True)):
            name = other.get("name") if isinstance(other, dict) else None
            yield from _differing(f"{path}[{name if isinstance(name, str) else index}]", one, other)
    elif stored != recomputed or type(stored) is not type(recomputed):
        yield Text(
            f"{path}：结果是 {_brief(stored)}，复核是 {_brief(recomputed)}",
            f"{path}: {_brief(stored)} in the result, {_brief(recomputed)} recomputed",
        )


def _brief(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"  # noqa: PLR2004 - one line

"""Characters that look like the ones meant: those that the reader takes as meant, and those that it refuses."""

from __future__ import annotations

import re

from rubric_dsl.diagnostics import Diagnostic, Fix, Place, Text
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax.characters import INVISIBLE, Mapped, twin

_TAKEN = re.compile(rf"[０-９Ａ-Ｚａ-ｚ．％≦≧\u00a0{INVISIBLE}]|[＜＞][＝=]|[<>]＝")
"""What is read as meant; plain Chinese punctuation and single full-width signs are how people write, and are left alone."""
_SIGNS = {"<=": "≤", ">=": "≥"}
_REFUSED = {
    "⩽": "≤", "⩾": "≥", "≲": "≤", "≳": "≥", "﹪": "%", "∶": ":", "︰": ":", "∕": "/", "⁄": "/", "✕": "×", "╳": "×",
    "﹣": "-", "﹢": "+", "﹤": "<", "﹥": ">", "﹦": "=", "﹐": ",", "﹔": ";", "﹕": ":", "﹙": "(", "﹚": ")",
    "〔": "（", "〕": "）", "〝": "“", "〞": "”", "„": "“", "‟": "”", "٪": "%",
}  # fmt: skip


def look_alikes(source: Source, mapped: Mapped) -> list[Diagnostic]:
    """Report each line that holds characters which are read as others, outside quoted texts and comments."""
    lines: dict[int, list[re.Match[str]]] = {}
    for match in _TAKEN.finditer(source.text):
        if match.start() > 0 or match.group() not in INVISIBLE:  # a byte-order mark opens many files
            lines.setdefault(source.position(match.start())[0], []).append(match)
    quiet = [*mapped.strings, *mapped.comments] if lines else []
    found = []
    for matches in lines.values():
        outside = [match for match in matches if not any(s.start <= match.start() < s.end for s in quiet)]
        if outside:
            found.append(_taken(source, outside))
    return found


def _taken(source: Source, matches: list[re.Match[str]]) -> Diagnostic:
    whole = Span(matches[0].start(), matches[-1].end())
    written = _TAKEN.sub(_meant, source[whole]) if len(matches) == 1 else _rewritten(source, matches)
    seen = list(dict.fromkeys(_shown(match.group()) for match in matches))
    listed = Text("、".join(word.zh for word in seen), ", ".join(word.en for word in seen))
    return Diagnostic(
        "look-alike",
        "info",
        "rule",
        Text(f"看起来相同的字符：{listed.zh}", f"characters that look like others: {listed.en}"),
        (Place(source, whole),),
        fixes=(Fix(Text("改为通常的字符", "write the usual characters"), whole, written, safe=True),),
    )


def _rewritten(source: Source, matches: list[re.Match[str]]) -> str:
    """Write the stretch from the first to the last match anew; what stands between them, quoted texts too, stays."""
    pieces, at = [], matches[0].start()
    for match in matches:
        pieces += [source.text[at : match.start()], _meant(match)]
        at = match.end()
    return "".join(pieces)


def _meant(match: re.Match[str]) -> str:
    plain = twin(match.group())
    if plain in INVISIBLE:
        return ""
    return _SIGNS.get(plain, plain)


def _shown(char: str) -> Text:
    if char in INVISIBLE or char == "\u00a0":
        code = f"U+{ord(char):04X}"
        return Text(f"看不见的字符 {code}", f"an invisible character {code}")
    return Text(f"“{char}”", f"'{char}'")


def refused_sign(source: Source, text: str, at: int) -> Diagnostic | None:
    """Report a character that is refused where it stands, and that can only mean another one."""
    meant = _REFUSED.get(text[at : at + 1])
    if meant is None:
        return None
    char = source.text[at]
    return Diagnostic(
        "look-alike",
        "error",
        "rule",
        Text(f"“{char}”看起来像“{meant}”，但不是", f"'{char}' looks like '{meant}' but is another character"),
        (Place(source, Span(at, at + 1)),),
        hint=Text(f"写“{meant}”", f"write '{meant}'"),
        fixes=(Fix(Text(f"改为“{meant}”", f"write '{meant}'"), Span(at, at + 1), meant, safe=True),),
    )

"""The colours of rubric text; the keywords are the grammar's."""

from __future__ import annotations

import re
from typing import ClassVar

from pygments.lexer import RegexLexer
from pygments.token import Comment, Keyword, Number, Operator, Punctuation, String, Text, Whitespace

from rubric_dsl.syntax.grammar import load


def _spellings() -> list[str]:
    """Return every keyword as a pattern, the longest first: several words may be parted by any space."""
    words = {word for both in load().words.values() for spelled in both.values() for word in spelled}
    patterns = []
    for word in sorted((word for word in words if re.search(r"\w", word)), key=len, reverse=True):
        chinese = not word.isascii()
        spaced = r"\s*".join(map(re.escape, word)) if chinese else r"\s+".join(map(re.escape, word.split()))
        patterns.append(spaced if chinese else rf"\b{spaced}\b")
    return patterns


class RubricLexer(RegexLexer):  # type: ignore[misc]
    """Rubric text in either keyword language."""

    name = "rubric"
    aliases: ClassVar[list[str]] = ["rubric"]
    filenames: ClassVar[list[str]] = ["*.rubric"]
    tokens: ClassVar[dict[str, list[tuple[str, object]]]] = {
        "root": [
            (r"#[^\n]*", Comment),
            (r'"(?:\\.|[^"\\])*"', String),
            (r"“(?:[^“”]|“[^“”]*”)*”", String),
            (r"\d[\d,]*(?:\.\d+)?\s*(?:%|％)?", Number),
            # A keyword inside a longer name is no keyword; Chinese has no spaces, so a name's run ends it on the left only.
            (r"(?<![\w·])(?:[一二三四五六七八九]级指标|评价标准|level(?=\s+\d)|rule\b)", Keyword),
            (rf"(?<![\w·])(?:{'|'.join(_spellings())})", Keyword),
            (r"[≤≥<>=≠＝＜＞+−－×÷*/^\-]", Operator),
            (r"[，,；;：:（）()\[\]、①-⑳]", Punctuation),
            (r"[\w·&]+", Text),
            (r"\s+", Whitespace),
            (r".", Text),
        ]
    }

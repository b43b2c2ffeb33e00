"""What fixes changed, what they would change, and what more they could do, for a terminal."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from rubric_dsl.diagnostics import Change, Diagnostic, Lang, Text
from rubric_dsl.report.diagnostics_text import fix_words, safe
from rubric_dsl.source import Source


def changes_text(changes: Iterable[Change], lang: Lang) -> str:
    """Return a line for each change that was made."""
    return "\n".join(safe(_line(change, lang)) for change in changes)


def scores_text(name: str, lang: Lang) -> str:
    """Warn that a rubric that could score before may score otherwise now."""
    warning = Text(
        f"{name}：这些改动可能改变得分，请重新运行例子（rubric test）",
        f"{name}: these changes can change scores; run the examples again (rubric test)",
    )
    return safe(warning.to(lang))


def _line(change: Change, lang: Lang) -> str:
    name, line, column = change.place.source.name, change.place.line, change.place.column
    words = fix_words(change.fix)
    return Text(
        f"{name} 第 {line} 行第 {column} 列 {change.code}：{words.zh}",
        f"{name} line {line} column {column} {change.code}: {words.en}",
    ).to(lang)


def diff_text(before: Source, after: Source) -> str:
    """Return the change of a file as a unified diff; empty where there is none."""
    old, new = (source.text.splitlines(keepends=True) for source in (before, after))
    lines = difflib.unified_diff(old, new, before.name, after.name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def offer_text(found: Iterable[Diagnostic], lang: Lang) -> str:
    """Say how many faults the command can mend, and how many more where scores may change; empty where none."""
    safe_ones = other = 0
    for item in found:
        if any(fix.safe for fix in item.fixes):
            safe_ones += 1
        elif len(item.fixes) == 1:
            other += 1
    parts = []
    if safe_ones:
        parts.append(Text(f"{safe_ones} 处可用 --fix 改正", f"--fix mends {safe_ones}"))
    if other:
        parts.append(
            Text(
                f"{other} 处可用 --fix --unsafe-fixes 改正（可能改变得分）",
                f"--fix --unsafe-fixes mends {other} (scores may change)",
            )
        )
    return Text("；", "; ").to(lang).join(part.to(lang) for part in parts)

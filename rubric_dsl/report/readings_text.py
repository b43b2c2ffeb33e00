"""One submission under every reading: the scores that differ, and the totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.as_json import Json, ends_json
from rubric_dsl.evaluate.result import Result
from rubric_dsl.numbers import text_of
from rubric_dsl.report.diagnostics_text import safe
from rubric_dsl.report.table import grades_text, score_text

_OFFICIAL = Text("正式口径", "official")


def readings_header(results: Mapping[str, Result], lang: Lang) -> tuple[str, ...]:
    """Return the column titles: the indicator, then each reading, then where they differ."""
    names = [safe(name) if name else _OFFICIAL.to(lang) for name in results]
    return (Text("指标", "indicator").to(lang), *names, Text("不同", "differs").to(lang))


def readings_rows(results: Mapping[str, Result], lang: Lang) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return a row for each indicator and the total, marked where readings differ, and the lines below."""
    official = results[""]
    found = []
    for name in official.indicators:
        cells = [score_text(result.indicators[name].range, lang) for result in results.values()]
        found.append((safe(name), *cells, "≠" if len(set(cells)) > 1 else ""))
    totals = [score_text(result.total, lang) for result in results.values()]
    if official.has_total:
        found.append((Text("总分", "total").to(lang), *totals, "≠" if len(set(totals)) > 1 else ""))
        grades = [grades_text(result.grade, lang) for result in results.values()]
        if any(grades):
            found.append((Text("等级", "grade").to(lang), *map(safe, grades), "≠" if len(set(grades)) > 1 else ""))
    count = sum(row[-1] == "≠" for row in found[: len(official.indicators)])
    line = Text(f"{count} 个指标的得分随口径不同", f"the reading decides the score of {count} indicators")
    same = Text("各种口径得分相同", "all readings score the same")
    return found, [(line if count else same).to(lang)]


def readings_json(by_reading: Mapping[str, Sequence[Result]]) -> list[Json]:
    """Return one object for each submission: the total, grade and scores under each reading."""
    count = len(next(iter(by_reading.values())))
    return [
        {
            "subject": by_reading[""][index].subject,
            "readings": [
                {
                    "reading": name or None,
                    "total": ends_json(results[index].total),
                    "grades": list(results[index].grade.possible),
                    "scores": {
                        indicator: {"min": text_of(item.range.min), "max": text_of(item.range.max)}
                        for indicator, item in results[index].indicators.items()
                    },
                }
                for name, results in by_reading.items()
            ],
        }
        for index in range(count)
    ]

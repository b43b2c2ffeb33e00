"""The report on mutants, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence

from rubric_dsl.adequacy.mutation import IndicatorMutation, MutantResult
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.numbers import text_of

MOST_LISTED = 8


def mutation_text(found: Sequence[IndicatorMutation], lang: Lang) -> str:
    """Write how many mutants the examples notice, and each that they do not with the example that would."""
    lines = [line for item in found for line in _indicator(item, lang)]
    killed, counted, same = (sum(one[place] for one in map(_counts, found)) for place in range(3))
    lines.append(
        Text(
            f"改动：{counted} 处里例子发现 {killed} 处；另有 {same} 处改与不改得分都一样",
            f"changes: the examples notice {killed} of {counted}; {same} more make no difference to any data",
        ).to(lang)
    )
    return "\n".join(lines)


def _counts(item: IndicatorMutation) -> tuple[int, int, int]:
    killed, same = len(item.of("killed")), len(item.of("same"))
    return killed, len(item.results) - same, same


def _indicator(item: IndicatorMutation, lang: Lang) -> list[str]:
    killed, counted, _ = _counts(item)
    name = item.indicator.name
    if not counted:
        return []
    lines = [
        Text(f"{name}：改动 {counted} 处，发现 {killed} 处", f"{name}: {counted} changes, {killed} noticed").to(lang)
    ]
    survived, undecided = item.of("survived"), item.of("undecided")
    lines += [f"  {_survivor(result, lang)}" for result in survived[:MOST_LISTED]]
    more = len(survived) - MOST_LISTED
    if more > 0:
        lines.append("  " + Text(f"还有 {more} 处没有发现", f"{more} more are not noticed").to(lang))
    if undecided:
        listed = Text("；", "; ").to(lang).join(result.mutant.text.to(lang) for result in undecided[:MOST_LISTED])
        lines.append(
            "  "
            + Text(
                f"未定 {len(undecided)} 处（没有找到能分辨的例子，也没有证明得分都一样）：{listed}",
                f"{len(undecided)} undecided (no example that tells was found, nor a proof that all score alike): {listed}",
            ).to(lang)
        )
    return lines


def _survivor(result: MutantResult, lang: Lang) -> str:
    return Text(
        f"没有发现：{result.mutant.text.zh}；可加：{result.line}",
        f"not noticed: {result.mutant.text.en}; add: {result.line}",
    ).to(lang)


def mutation_json(found: Sequence[IndicatorMutation], lang: Lang) -> list[dict[str, object]]:
    """Return every mutant as plain data."""
    return [
        {
            "name": item.indicator.name,
            "killed": _counts(item)[0],
            "of": _counts(item)[1],
            "mutants": [
                {
                    "text": result.mutant.text.to(lang),
                    "fate": result.fate,
                    "lines": list(result.lines),
                    "example": result.line or None,
                    "data": None if result.trial is None else dict(result.trial.given),
                    "score": None if result.trial is None else text_of(result.trial.score),
                }
                for result in item.results
            ],
        }
        for item in found
    ]

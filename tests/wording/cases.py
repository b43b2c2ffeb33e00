"""The chapters of this folder as cases: phrases of official documents, and what they are read as."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from rubric_dsl.numbers import text_of
from rubric_dsl.wording import Wording, WordingReading, read_wording

FOLDER = Path(__file__).resolve().parent
_BLOCK = re.compile(r"^```(read|open|not read)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass
class Expected:
    """One reading as a chapter states it: its line, and scores by what is given."""

    line: str
    scores: dict[str, str] = field(default_factory=dict)


@dataclass
class Case:
    """One block of a chapter."""

    outcome: str
    text: str
    points: str | None
    name: str | None
    readings: list[Expected]
    stopped: str

    def read(self, text: str | None = None) -> Wording:
        return read_wording(self.text if text is None else text, points=self.points, name=self.name)


def cases() -> list[Case]:
    return [
        _case(outcome, content)
        for chapter in sorted(FOLDER.glob("*.md"))
        for outcome, content in _BLOCK.findall(chapter.read_text(encoding="utf-8"))
    ]


def _case(outcome: str, content: str) -> Case:
    lines = content.rstrip("\n").split("\n")
    points = name = None
    if lines[0].startswith("> "):
        points, _, name = lines.pop(0).removeprefix("> ").partition("，")
    first = next((index for index, line in enumerate(lines) if line.startswith("= ")), None)
    if first is None:
        return Case(outcome, "\n".join(lines[:-1]), points or None, name or None, [], lines[-1])
    readings: list[Expected] = []
    for line in lines[first:]:
        if line.startswith("= "):
            readings.append(Expected(line.removeprefix("= ")))
        else:
            given, _, score = line.strip().partition(" -> ")
            readings[-1].scores[given] = score
    return Case(outcome, "\n".join(lines[:first]), points or None, name or None, readings, "")


def line_of(reading: WordingReading) -> str:
    """Return a reading as a chapter states it."""
    heading = f"{reading.heading}：" if reading.heading else ""
    return heading + "；".join(reading.clauses) + ("" if reading.complete else " …")


def scores_of(reading: WordingReading) -> dict[str, str]:
    return {
        item.given: text_of(item.low) if item.low == item.high else f"{text_of(item.low)}..{text_of(item.high)}"
        for item in reading.worked
    }

"""Starting the solver's process, and ending it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Literal

from rubric_dsl.records import dataclass

SECONDS = 20
"""So long all the questions about a rubric may take; what is not answered by then stays undecided."""
_WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True, slots=True)
class Answer:
    """``yes`` with the value of each declared constant, ``no``, or ``unknown``."""

    verdict: Literal["yes", "no", "unknown"]
    values: dict[str, Fraction]


UNKNOWN = Answer("unknown", {})


def installed() -> bool:
    """Whether the solver (the extra ``proofs``) is there."""
    return importlib.util.find_spec("z3") is not None


def ask(questions: Sequence[str], seconds: float = SECONDS) -> list[Answer]:
    """Put SMT-LIB scripts to the solver; the process is killed when its time is up. Nothing is raised."""
    if not questions:
        return []
    command = [sys.executable, "-I", str(_WORKER)]
    process = subprocess.Popen(  # noqa: S603 - our own file, run by our own interpreter
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    try:
        told, _ = process.communicate(json.dumps(list(questions)), timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        told, _ = process.communicate()  # what was answered before is kept
    answers = [_answer(line) for line in told.splitlines()]
    return (answers + [UNKNOWN] * len(questions))[: len(questions)]


def _answer(line: str) -> Answer:
    try:
        found = json.loads(line)
        values = {name: Fraction(value) for name, value in found["values"].items()}
        return Answer({"sat": "yes", "unsat": "no"}.get(found["answer"], "unknown"), values)  # type: ignore[arg-type]
    except (ValueError, KeyError):
        return UNKNOWN  # the last line of a process that was killed

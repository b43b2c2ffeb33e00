"""What each command costs: processor time of whole processes, and an audit beside a score as library calls, in one run.

Run: python bench/commands.py [runs]

The seed's rubric and data, and ``cvss.rubric``: the base score of CVSS 3.1 (its public formula), whose rule is one
formula over eight choices and so the hardest for what looks at all data.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from start_up import COMMAND, DATA, ROOT, RUBRIC, once

import rubric_dsl as rd
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.report.audit_text import audit_lines, audit_rows
from rubric_dsl.report.table import closing, rows

CVSS = "bench/cvss.rubric"
CASES = (
    ["score", RUBRIC, DATA],
    ["check", RUBRIC],
    ["explain", RUBRIC, DATA],
    ["audit", RUBRIC, DATA],
    ["readings", RUBRIC, DATA],
    ["whatif", RUBRIC, DATA, "--set", "编制数=12"],
    ["improve", RUBRIC, DATA],
    ["improve", RUBRIC, DATA, "--goal", "优"],
    ["improve", RUBRIC, DATA, "--margins"],
    ["verify", RUBRIC],
    ["test", RUBRIC],
    ["test", RUBRIC, "--mutate"],
    ["check", CVSS],
    ["verify", CVSS],
    ["test", CVSS],
    ["test", CVSS, "--mutate"],
)


QUIETLY = f"import os\ntry:\n os.dup2(os.open(os.devnull, os.O_WRONLY), 2); {COMMAND}\nexcept SystemExit: pass"
"""A command may end with 1: it has found something."""


def processor_time(work: Callable[[], object], rounds: int = 5) -> tuple[float, float]:
    """Return the first and the least processor time of a call, in milliseconds."""
    found = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        found.append((time.process_time() - begin) * 1e3)
    return found[0], min(found)


def main() -> None:
    """Print both tables."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    rubric = rd.load(ROOT / RUBRIC)
    submission = read_submissions(rd.read_source(Path(ROOT / DATA)))[0][0]

    def scored() -> None:
        result = rubric.score_all([submission])[0]
        rows(result, "en")
        closing(result, "en")

    def audited() -> None:
        audit = rubric.audit(submission)[0]
        audit_rows(audit, "en")
        audit_lines(audit, "en")

    (_, score), (first, audit) = processor_time(scored), processor_time(audited)
    print(f"score, with explanations {score:6.1f} ms")
    print(f"audit, with explanations {audit:6.1f} ms ({audit / score:.1f} scores; the first {first:.1f} ms)")
    for words in CASES:
        taken = [once(["-c", QUIETLY, *words])[0] for _ in range(runs)]
        shown = " ".join(["rubric", *(Path(word).name if "/" in word else word for word in words)])
        print(f"{shown:<60} {statistics.median(taken):6.2f} s")


if __name__ == "__main__":
    main()

"""How long whole processes take, side by side in one run: median process time and wall time, and how that compares to typer.

Run: python bench/start_up.py [runs]

The runs are interleaved, so that whatever else the machine does falls on all of them. Bytecode is written first, as an
installed package has it. "No tables" builds the grammar's tables in memory, as a package without them does.
"""

from __future__ import annotations

import compileall
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUBRIC, DATA = "rubrics/yuhua/2019.rubric", "rubrics/yuhua/2019-science-bureau.yaml"
COMMAND = "import sys; sys.argv[0] = 'rubric'; from rubric_cli.app import app; app()"
NO_TABLES = "import rubric_dsl.syntax.grammar as g; g.shipped = lambda text: None; "
SCORE = ["score", "--format", "json", RUBRIC, DATA]
CASES: dict[str, list[str]] = {
    "python -c pass": ["-c", "pass"],
    "import typer": ["-c", "import typer"],
    "import lark": ["-c", "import lark"],
    "import yaml": ["-c", "import yaml"],
    "import rubric_dsl": ["-c", "import rubric_dsl"],
    "import rubric_dsl.api": ["-c", "import rubric_dsl.api"],
    "rubric --help": ["-c", COMMAND, "--help"],
    "rubric check": ["-c", COMMAND, "check", RUBRIC],
    "rubric check, no tables": ["-c", NO_TABLES + COMMAND, "check", RUBRIC],
    "rubric score": ["-c", COMMAND, "score", RUBRIC, DATA],
    "rubric score --format json": ["-c", COMMAND, *SCORE],
    "rubric score, no tables": ["-c", NO_TABLES + COMMAND, *SCORE],
}


def once(arguments: list[str]) -> tuple[float, float]:
    """Run Python once; return its process time and wall time in seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main() -> None:
    """Print a line for each case."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    for folder in ("rubric_dsl", "cli/rubric_cli"):
        compileall.compile_dir(ROOT / folder, quiet=1)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in CASES}
    for _ in range(runs):
        for name, arguments in CASES.items():
            taken[name].append(once(arguments))
    typer = statistics.median(process for process, _ in taken["import typer"])
    print(f"{'':<28} {'process ms':>10} {'wall ms':>8} {'x typer':>8}")
    for name, times in taken.items():
        process, wall = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{name:<28} {process * 1000:>10.0f} {wall * 1000:>8.0f} {process / typer:>8.2f}")


if __name__ == "__main__":
    main()

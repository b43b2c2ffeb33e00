"""Mutation of the core, the evaluator and the checks: which changes of the program no test notices (`make mutation`).

Each part of ``[tool.mutation]`` in pyproject.toml is run by mutmut on a copy of the checkout. The changes that
survived are written to ``build/mutation/PART.diff``, the figures to standard output.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTMUT = str(Path(sys.executable).with_name("mutmut"))
PAGE = "tests/test_code_pages.py::test_the_example_gives_its_message_word_for_word_and_the_good_text_none"
STATES = ("killed", "survived", "timeout", "no tests", "suspicious")


def main(wanted: list[str]) -> int:
    """Run the parts that are named, or all of them; return 2 where there is no such part."""
    parts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutation"]
    unknown = [name for name in wanted if name not in parts]
    if unknown:
        sys.stderr.write(f"no part {', '.join(unknown)}; there are {', '.join(parts)}\n")
        return 2
    sys.stdout.write(f"{'':44}{''.join(f'{state:>12}' for state in STATES)}\n")
    for name in wanted or parts:
        figures(name, parts[name])
    return 0


def figures(name: str, part: dict[str, list[str]]) -> None:
    """Run one part, print a line for each of its modules, and keep the changes that survived."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        tests = copy(Path(folder), part)
        # pytest escapes what is not ASCII in a test's name and finds no test by an escaped name: every change would count as noticed.
        listing = [sys.executable, "-m", "pytest", "--collect-only", "-q", *tests]
        listed = subprocess.run(listing, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - pytest
        if listed.returncode or "\\u" in listed.stdout:
            sys.exit(f"{name}: a test is missing, or has a name that is not plain ASCII\n{listed.stdout[-3000:]}")
        run = [MUTMUT, "run", "--max-children", "2"]
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - mutmut
        if done.returncode:
            sys.exit(f"{name}: mutmut ended with {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        results = asked(["results", "--all", "true"], folder)
        states = dict(re.findall(r"^\s*(\S+): (.+)$", results, re.MULTILINE))
        for module in sorted({owner(mutant) for mutant in states}):
            counts = Counter(state for mutant, state in states.items() if owner(mutant) == module)
            sys.stdout.write(f"{module:44}{''.join(f'{counts[state]:>12}' for state in STATES)}\n")
        alive = [mutant for mutant, state in states.items() if state != "killed"]
        with ThreadPoolExecutor(2) as pool:
            left = list(pool.map(lambda mutant: asked(["show", mutant], folder), alive))
    kept = ROOT / "build" / "mutation" / f"{name}.diff"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("\n".join(left), encoding="utf-8")


def owner(mutant: str) -> str:
    """Return the module that a mutant is of."""
    return mutant.rpartition(".")[0]


def copy(folder: Path, part: dict[str, list[str]]) -> list[str]:
    """Copy what git keeps and the grammar's tables; tell mutmut what to change and what to run. Return the tests."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    tables = [str(path.relative_to(ROOT)) for path in (ROOT / "grammars").glob("*.tables.json")]
    for name in [*listed.stdout.splitlines(), *tables]:
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    tests = part["tests"] + [f"{PAGE}[{code}-{lang}]" for code in part.get("codes", ()) for lang in ("zh", "en")]
    settings = f"[tool.mutmut]\nonly_mutate = {part['mutate']}\npytest_add_cli_args_test_selection = {tests}\n"
    path = folder / "pyproject.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[tool.mutmut]\n", settings, 1), encoding="utf-8")
    return tests


def asked(arguments: list[str], folder: str) -> str:
    """Return what a command of mutmut prints."""
    done = subprocess.run([MUTMUT, *arguments], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

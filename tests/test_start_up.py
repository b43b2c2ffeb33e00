"""What a start imports, pinned: which heavy modules must not be loaded. Times are measured in bench/start_up.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rubric_dsl
from rubric_dsl.syntax.grammar import grammar_text, shipped

ROOT = Path(__file__).resolve().parent.parent
RUBRIC, DATA = "rubrics/yuhua/2019.rubric", "rubrics/yuhua/2019-science-bureau.yaml"
FOREIGN = {
    "click", "duckdb", "hypothesis", "lark", "mpmath", "numpy", "rich", "sqlglot", "sympy", "typer", "wcwidth", "yaml", "z3",
}  # fmt: skip
"""None of these is needed to load a rubric and to score it with Python values."""
SLOW = {"csv", "difflib", "importlib.metadata", "importlib.resources", "pickle", "tempfile"}
"""Slow parts of the standard library that are needed for messages, or not at all."""

TABLES_FIT = shipped(grammar_text()) is not None
needs_tables = pytest.mark.skipif(not TABLES_FIT, reason="see test_the_tables_are_those_of_the_grammar")


def test_the_tables_are_those_of_the_grammar() -> None:
    assert TABLES_FIT, "the grammar or the code that makes its tables has changed: run `make .venv`"


def loaded(code: str) -> set[str]:
    """The modules that are loaded when a fresh Python has run a piece of code and ended."""
    report = (
        "import atexit, json, sys\n"
        "atexit.register(lambda: print('\\n' + json.dumps(sorted(sys.modules)), file=sys.stderr))\n"
    )
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", report + code],
        cwd=ROOT,
        env=unmeasured,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def command(*words: str) -> str:
    return f"sys.argv = {['rubric', *words]!r}\nfrom rubric_cli.app import app\napp()"


def test_importing_the_package_imports_nothing_else_of_it() -> None:
    modules = loaded("import rubric_dsl")
    assert {name for name in modules if name.startswith("rubric_dsl")} == {"rubric_dsl"}
    assert not modules & (FOREIGN | SLOW)


@needs_tables
def test_loading_and_scoring_import_the_standard_library_alone() -> None:
    modules = loaded(f"import rubric_dsl as rd\nrd.load({RUBRIC!r}).score({{'编制数': 10}})")
    assert not modules & (FOREIGN | SLOW)
    assert "rubric_dsl.syntax.table_builder" not in modules
    assert not {name for name in modules if name.startswith(("rubric_dsl.codes", "rubric_dsl.report"))}
    assert not {f"rubric_dsl.data.{name}" for name in ("yaml_text", "json_text", "table")} & modules


@needs_tables
@pytest.mark.parametrize("form", ["text", "json"])
def test_checking_imports_no_parser_generator_no_table_and_no_other_command(form: str) -> None:
    modules = loaded(command("check", RUBRIC, "--format", form))
    assert "typer" in modules
    assert not modules & (FOREIGN - {"typer"})
    assert {name for name in modules if name.startswith("rubric_cli.commands.")} == {"rubric_cli.commands.check"}
    assert not {name for name in modules if name.startswith("rubric_dsl.data.") and "submission" not in name} - {
        "rubric_dsl.data.keys"
    }


@needs_tables
def test_scoring_as_json_imports_the_one_reader_that_it_needs() -> None:
    modules = loaded(command("score", "--format", "json", RUBRIC, DATA))
    assert not modules & (FOREIGN - {"typer", "yaml"})
    assert {name for name in modules if name.startswith("rubric_cli.commands.")} == {"rubric_cli.commands.score"}
    assert not {f"rubric_dsl.data.{name}" for name in ("json_text", "table", "values")} & modules
    assert "rubric_dsl.data.yaml_text" in modules


@needs_tables
def test_a_table_for_people_is_drawn_without_a_library() -> None:
    assert not {"rich", "wcwidth"} & loaded(command("score", RUBRIC, DATA))


def test_every_public_name_can_be_had() -> None:
    for name in rubric_dsl.__all__:
        assert getattr(rubric_dsl, name) is not None, name
        assert name in dir(rubric_dsl)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = rubric_dsl.nothing  # type: ignore[attr-defined]  # the type checker says so too


def test_every_command_has_its_file_and_its_help() -> None:
    from rubric_cli.app import COMMANDS

    files = {path.stem for path in (ROOT / "cli/rubric_cli/commands").glob("*.py")} - {"__init__"}
    assert set(COMMANDS) == files
    done = subprocess.run(
        [sys.executable, "-c", "import sys\n" + command("--help")],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        env={"LC_ALL": "C.UTF-8", "COLUMNS": "120"},
        check=True,
    )
    for name, text in COMMANDS.items():
        assert f" {name} " in done.stdout
        assert text in done.stdout or not text.isascii()


def test_a_mistyped_command_is_told_from_the_others() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys\n" + command("chek")],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "'check'" in done.stderr

"""The repository itself: layers, words, import cost, and what the documents promise."""

from __future__ import annotations

import ast
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from _pytest.mark import ParameterSet
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import rubric_dsl as rd
from rubric_dsl.core.keys import ResultKind
from rubric_dsl.source import Source
from rubric_dsl.syntax.grammar import load
from rubric_dsl.units import UNITS, find_unit
from tests.commands import run
from tests.sources import imports, nodes

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "rubric_dsl"
LAYERS = (
    "syntax",
    "core",
    "formulas",
    "evaluate",
    "forms",
    "model",
    "data",
    "inputs",
    "missing",
    "scoring",
    "plan",
    "engines",
    "analysis",
    "adequacy",
    "review",
    "report",
)
"""Folders, from the text to the reader: a folder imports only from those before it (and from the single files)."""
TOP = {"api", "__init__", "codes"}


@pytest.mark.parametrize("layer", LAYERS)
def test_folders_import_one_way(layer: str) -> None:
    allowed = set(LAYERS[: LAYERS.index(layer) + 1])
    for path in (PACKAGE / layer).rglob("*.py"):
        for name in imports(path):
            parts = name.split(".")
            if parts[0] == "rubric_dsl" and len(parts) > 1 and parts[1] in LAYERS:
                assert parts[1] in allowed, f"{path.name} imports {name}"
            assert parts[:2] != ["rubric_dsl", "api"], path
            assert parts[0] not in {"typer", "rich", "rubric_cli"}, path
            assert parts[0] not in {"sympy", "z3"} or layer == "analysis", path
            assert parts[0] not in {"duckdb", "pyspark"} or path.parent == PACKAGE / "engines" / "databases", path
            assert parts[0] != "sqlglot" or path.parent == PACKAGE / "engines" / "sql", path


def test_no_engine_knows_the_reader_of_official_wording() -> None:
    """It stands above them all; what refuses a text asks it, and nothing else does."""
    for layer in LAYERS:
        for path in (PACKAGE / layer).rglob("*.py"):
            assert not [name for name in imports(path) if name.startswith("rubric_dsl.wording")], path


def test_the_evaluator_and_the_reports_name_no_form() -> None:
    forms = {path.stem for path in (PACKAGE / "forms").glob("*.py")} - {"__init__", "base"}
    for layer in (
        "core",
        "evaluate",
        "inputs",
        "missing",
        "scoring",
        "plan",
        "engines",
        "analysis",
        "adequacy",
        "review",
        "report",
    ):
        for path in (PACKAGE / layer).rglob("*.py"):
            assert not {name for name in imports(path) if name.startswith("rubric_dsl.forms.")} - {
                "rubric_dsl.forms.base"
            }
            assert not [form for form in forms if f"forms.{form}" in path.read_text(encoding="utf-8")]


def test_scoring_needs_lark_and_the_standard_library_only() -> None:
    code = (
        "import sys, rubric_dsl as rd\n"
        f"rd.load({str(ROOT / 'rubrics/yuhua/2019.rubric')!r}).score({{'编制数': 10, '在职人员数': 12}})\n"
        "heavy = {'yaml', 'sympy', 'typer', 'rich', 'wcwidth', 'numpy', 'click', 'hypothesis', 'z3'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_package_loads_no_parser() -> None:
    code = "import sys, rubric_dsl; print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_json_scoring_loads_no_table_renderer() -> None:
    code = (
        "import sys\nsys.argv = ['rubric', 'score', 'rubrics/yuhua/2019.rubric', "
        "'rubrics/yuhua/2019-science-bureau.yaml', '--format', 'json', '--quiet']\n"
        "from rubric_cli.app import app\n"
        "try:\n    app()\nexcept SystemExit:\n    pass\n"
        "print('sympy' in sys.modules, 'rich.table' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip().startswith("False")


def test_units_and_grammar_agree() -> None:
    pattern = next(terminal["pattern"] for terminal in load().tables["terminals"] if terminal["name"] == "UNIT")
    for unit in UNITS:
        for name in (unit.id, unit.zh):
            assert re.fullmatch(pattern, name), name
            assert find_unit(name) is unit


_ONE_LANGUAGE = {"_TARGET", "_OCCURRING", "_TAKES", "_AS_STANDARD", "_AS_UNIT", "_STARTING_WITH"}


def test_every_keyword_is_written_in_both_languages() -> None:
    grammar = load()
    for name, words in grammar.words.items():
        if any(words.values()) and name not in {
            "LEVEL",
            "ITEM",
            "NUMBER",
            "PERCENT",
            "UNIT",
            "NAME",
            "CNAME",
            "LNAME",
            "STRING",
        }:
            both = bool(words["zh"]) and bool(words["en"])
            one_language_word = not name.startswith("_") or "ANON" in name or name in _ONE_LANGUAGE
            assert both or one_language_word, name


def test_modules_stay_small() -> None:
    for path in [*PACKAGE.rglob("*.py"), *(ROOT / "cli").rglob("*.py")]:
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= 600, f"{path}: {lines} lines"


def test_pip_is_told_to_install_nothing_but_what_is_locked() -> None:
    recipes = [ROOT / "Makefile", ROOT / ".ci" / "run", *(ROOT / "tools").glob("*.sh")]
    lines = [
        line for path in recipes for line in path.read_text(encoding="utf-8").splitlines() if " install -q" in line
    ]
    lines = [line for line in lines if "apt-get" not in line and "--upgrade" not in line]  # the newest is meant there
    assert lines
    for line in lines:
        assert "--no-deps" in line, line
        assert "-r " not in line or "--require-hashes" in line, line


def test_the_oldest_releases_that_are_tried_are_those_that_are_allowed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(line for name in extras if name != "spark" for line in extras[name])]
    lock = (ROOT / "requirements-oldest.lock").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))
    for requirement in map(Requirement, wanted):
        (bound,) = [part.version for part in requirement.specifier if part.operator == ">="]
        assert Version(pins[canonicalize_name(requirement.name)]) == Version(bound), requirement.name


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


def documents_with_commands() -> list[ParameterSet]:
    """Return every document. Left to the slow tests are the Chinese ones, which have the commands of the English ones, and
    the one on CI, whose commands go through every rubric; ``test_ci_kit.py`` tries them on a small one.
    """
    return [
        pytest.param(
            path, id=path.name, marks=[pytest.mark.slow] if "zh-CN" in path.name or path.name == "ci.md" else []
        )
        for path in documents()
    ]


@pytest.mark.parametrize("document", documents_with_commands())
def test_every_command_in_the_documents_runs(document: Path) -> None:
    """Lines of ```sh blocks that begin with `rubric` run in the repository's folder; a comment may give the exit code."""
    blocks = re.findall(r"^```sh\n(.*?)^```", document.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    for line in (line for block in blocks for line in block.splitlines() if line.startswith("rubric ")):
        command, _, comment = line.partition("  # ")
        expected = re.search(r"exit (\d)", comment)
        done = run(*shlex.split(command)[1:])
        assert done.returncode == (int(expected[1]) if expected else 0), (line, done.stderr)


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_every_module_that_a_document_names_is_there(document: Path) -> None:
    if document.name == "CHANGELOG.md":  # it tells what was
        return
    for name in re.findall(r"`([\w/]+/[\w/]+\.py)`", document.read_text(encoding="utf-8")):
        assert (ROOT / name).exists() or (PACKAGE / name).exists(), name


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_every_python_and_rubric_block_in_the_documents_holds(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    program = tmp_path / "block.py"
    text = document.read_text(encoding="utf-8")
    for kind, content in re.findall(r"^```(python|rubric)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        if kind == "python":
            program.write_text(content, encoding="utf-8")
            runpy.run_path(str(program), run_name="__main__")
        else:
            source = Source(document.name, content)
            _, found = rd.check_source(source)
            assert not [item.message.en for item in found if item.is_error]
            assert all(result.passed for result in rd.loads(source).run_examples())
            assert content in {rd.format_source(source, lang)[0] for lang in ("zh", "en")}


def test_both_pages_on_the_language_have_the_same_spellings() -> None:
    """What stands in the tables of the English page, as code, stands in the Chinese page too."""
    english, chinese = ((ROOT / "docs" / f"language{end}.md").read_text(encoding="utf-8") for end in ("", ".zh-CN"))
    rows = [line for line in english.splitlines() if line.startswith("|")]
    assert not {code for line in rows for code in re.findall(r"`[^`]+`", line) if code not in chinese}
    fences = [re.findall(r"^```.*?^```$", page, re.DOTALL | re.MULTILINE) for page in (english, chinese)]
    assert fences[0] == fences[1]


def _in_one_language(node: ast.AST) -> bool:
    """Whether a node reads the Chinese or the English of a text; ``unit.zh`` is a name that data write."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr in ("zh", "en")
        and not (isinstance(node.value, ast.Name) and "unit" in node.value.id)
    )


def _judged(node: ast.AST) -> list[ast.AST]:
    """What a node looks into to decide something: the sides of a comparison, the text whose parts are looked for."""
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        looks = {"startswith", "endswith", "find", "index", "count", "partition", "rpartition", "split"}
        return [node.func.value] if node.func.attr in looks else []
    return []


def test_nothing_is_decided_by_the_words_of_a_message() -> None:
    for path in [*PACKAGE.rglob("*.py"), *(ROOT / "cli").rglob("*.py")]:
        for node in nodes(path):
            assert not any(map(_in_one_language, _judged(node))), f"{path}:{getattr(node, 'lineno', 0)}"


def test_what_a_key_names_is_asked_of_its_module_alone() -> None:
    """No other module looks for a kind of key by its first letters, or puts keys together or takes them apart."""
    kinds = {*map(str, get_args(ResultKind)), "available", "cohort"}
    for path in PACKAGE.rglob("*.py"):
        for node in nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "startswith":
                words = {each.value for part in node.args for each in ast.walk(part) if isinstance(each, ast.Constant)}
                assert not kinds & {str(word).rstrip("\x1f") for word in words}, f"{path}:{node.lineno}"
            if isinstance(node, ast.Constant) and path.stem not in ("keys", "checked"):  # fingerprints hold no key
                assert node.value not in ("\x1f", "\x1e"), f"{path}:{node.lineno}"

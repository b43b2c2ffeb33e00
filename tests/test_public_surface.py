"""The public surface: recorded, whole, documented, and enough for a typed program."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import rubric_dsl as rd
from tests.consumers import typed_client
from tests.sample_rubrics import DATA, ROOT, YUHUA
from tools.public_surface import INNER, surface

RECORDED = ROOT / "tests/public_surface.txt"
ELSEWHERE = {
    "Exception",
    "False",
    "ImportError",
    "None",
    "True",
    "ValueError",
    "Any",
    "Callable",
    "Fraction",
    "Iterable",
    "Iterator",
    "Literal",
    "Mapping",
    "Path",
    "PathLike",
    "Sequence",
    "Unpack",
}
"""What signatures mention of the standard library; ``Table`` and ``RecordBatch`` are pyarrow's."""
ARROW = {"Table", "RecordBatch"}


def test_the_surface_is_the_recorded_one() -> None:
    told = "run `python tools/public_surface.py > tests/public_surface.txt` if the change is meant, and say so in CHANGELOG.md"
    assert "\n".join(surface()) + "\n" == RECORDED.read_text(encoding="utf-8"), told


def test_everything_that_a_signature_mentions_is_exported() -> None:
    text = re.sub(r"Literal\[.*?\]", "", "\n".join(surface()))
    mentioned = set(re.findall(r"\b[A-Z]\w*[a-z]\w*", text))
    assert mentioned - set(rd.__all__) - ELSEWHERE - ARROW == set()


def test_what_is_left_out_is_there() -> None:
    for name in INNER:
        owner, _, own = name.removesuffix("()").partition(".")
        found = getattr(rd, owner)
        assert not own or hasattr(found, own) or f"self.{own}" in inspect.getsource(found), name


def test_every_public_name_is_explained() -> None:
    for name in rd.__all__:
        found = getattr(rd, name)
        if inspect.isclass(found) or inspect.isfunction(found):
            assert inspect.getdoc(found), name
    for owner in (rd.Rubric, rd.Result, rd.Submissions, rd.CompiledScores, rd.TableScores):
        for own, member in vars(owner).items():
            if not own.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                assert inspect.getdoc(member), f"{owner.__name__}.{own}"


def test_the_version_is_the_packages() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", rd.__version__)
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["version"]


def test_a_typed_program_needs_nothing_else() -> None:
    source = Path(typed_client.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r"rubric_dsl[.\w]*", source)) == {"rubric_dsl"}
    text = YUHUA.sources[0].text
    service = typed_client.Service({"2019.rubric": text})
    (answer,) = json.loads(service.score("2019.rubric", '{"数据": {"编制数": 10, "在职人员数": "10"}}'))
    assert answer["indicators"][0]["score"] == "5"
    (fault,) = json.loads(service.score("2019.rubric", '{"数据": {"编制数": "十"}}'))
    assert fault["code"] == "not-a-number"
    before, after = (YUHUA.score({"编制数": 10, "在职人员数": each}) for each in (10, 11))
    assert typed_client.losses(after)["在职人员控制率"] == 5
    assert typed_client.moved(YUHUA, before.to_json(), after.to_json()) == ["在职人员控制率"]
    assert typed_client.total(YUHUA, {"编制数": 10}) is None
    assert ("预算完成率", "differs") in typed_client.objections(YUHUA, DATA)
    assert typed_client.query(YUHUA).startswith(("SELECT", "WITH"))
    assert typed_client.table(YUHUA, [{"编制数": 10}, {"编制数": "十"}])[0].row == 2
    assert typed_client.unproved(YUHUA)


def test_every_public_name_is_there_without_any_extra() -> None:
    code = """
import sys

EXTRAS = {"duckdb", "hypothesis", "numba", "numpy", "pandas", "polars", "pyarrow", "sqlglot", "z3", "typer", "rich"}

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in EXTRAS:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from rubric_dsl import *
print(SqlQuery, TableScores)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

"""Hostile files end in a clear error, soon: too large, too deep, too long, of no kind that can be read."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

import rubric_dsl as rd
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.report.diagnostics_text import diagnostic_text
from rubric_dsl.source import Source, UnreadableError, read_source

ROOT = Path(__file__).resolve().parent.parent
COMMAND = str(Path(sys.executable).with_name("rubric"))
SECONDS = 20
"""Much more than any of these takes; what is found here is what would not end at all."""


def rubric(
    measure: str = "甲", rule: str = "≥ 1 计满分；< 1 计0分", form: str = "甲：数\n乙：数", more: str = ""
) -> str:
    head = f"指标体系 试 年度 2019\n满分 5\n计步 整步\n基础数据表\n{form}\n一级指标 一 5\n"
    return f"{head}三级指标 二 5\n指标值 {measure}\n评价标准 {rule}\n{more}"


def doubled(count: int) -> str:
    return "甲：数\n计算 d0：数 = 甲 + 甲\n" + "\n".join(
        f"计算 d{n}：数 = d{n - 1} × d{n - 1}" for n in range(1, count)
    )


RUBRICS = [
    ("brackets", rubric("（" * 24_000 + "甲" + "）" * 24_000), "too-deep"),
    ("a chain of signs", rubric("甲" + " + 甲" * 5_000), "too-deep"),
    ("functions in functions", rubric("绝对值（" * 59 + "甲" + "）" * 59), "formula-too-large"),
    ("figures that double", rubric("d60", form=doubled(61)), "formula-too-large"),
    ("arguments", rubric("最大值（" + "，".join(["甲"] * 10_000) + "）"), "too-many-items"),
    ("conditions", rubric(rule="当 " + " 或 ".join(["甲 > 1"] * 150) + " 计满分；否则 不得分"), "too-deep"),
    ("bands", rubric(rule="；".join(f"{n} 到 {n + 1}（含） 计1分" for n in range(5_000))), "too-many-clauses"),
    (
        "columns",
        rubric("丙[c1]", form="列 " + "，".join(f"c{n}" for n in range(5_000)) + "\n行 丙：数"),
        "too-many-items",
    ),
    (
        "a large table",
        rubric(
            "r1[c1]",
            form="列 " + "，".join(f"c{n}" for n in range(190)) + "".join(f"\n行 r{n}：数" for n in range(200)),
        ),
        "too-many-figures",
    ),
    ("digits", rubric("甲 × " + "9" * 40_000), "number-too-long"),
    ("a power", rubric("甲 ^ 1000000000"), ""),
    ("a tower of powers", rubric("甲 ^ 9 ^ 9 ^ 9"), ""),
    ("quotes that never end", rubric() + "“" * 200_000, "unclosed-quote"),
    ("one line of 8 MiB", "x" * (8 * 1024 * 1024), "too-long"),
    ("nothing but line ends", "\n" * 1_000_001, "too-long"),
    ("statements", rubric(more="说明 “a”\n" * 20_001), "too-many-statements"),
    ("half characters", rubric("\ud800"), ""),
    ("writing turned round", rubric("\u202e甲"), ""),
    ("a circle of editions", "沿用 “self.rubric”\n", ""),
]


@pytest.mark.parametrize(("text", "code"), [case[1:] for case in RUBRICS], ids=[case[0] for case in RUBRICS])
def test_a_hostile_rubric_ends_in_a_clear_error_soon(text: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "self.rubric").write_bytes(text.encode("utf-8", "surrogatepass"))
    started = time.process_time()
    loaded, found = rd.check_source(Source("f.rubric", text), tmp_path)
    shown = [diagnostic_text(item, "zh") + diagnostic_text(item, "en") for item in found[:20]]
    rd.format_source(Source("f.rubric", text))
    assert time.process_time() - started < SECONDS
    assert loaded is not None or any(item.is_error for item in found)
    assert code in [item.code for item in found] if code else True
    assert all(len(part) < 4_000 for part in shown)
    assert not any(char in part for part in shown for char in "\ud800\u202e")


BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
DATA = [
    ("aliases that multiply", "d.yaml", BOMB),
    ("a tag that would run code", "d.yaml", "数据: !!python/object/apply:os.system ['touch /tmp/never']\n"),
    ("nested lists", "d.yaml", "[" * 100_000),
    ("nested objects", "d.json", '{"a":' * 100_000),
    ("an exponent", "d.json", '{"figures": {"甲": 1e400000}}'),
    ("digits", "d.json", '{"figures": {"甲": ' + "9" * 300_000 + "}}"),
    ("a number as text", "d.json", '{"figures": {"甲": "1e999999999"}}'),
    ("commas", "d.csv", "," * 500_000),
    ("quotes", "d.csv", '"' * 1_000_000),
    ("unknown figures", "d.json", '{"figures": {' + ",".join(f'"f{n}": 1' for n in range(20_000)) + "}}"),
    ("a byte order mark in the middle", "d.csv", "单位,甲\n\ufeff一局,1\n"),
]


@pytest.mark.parametrize(("name", "text"), [case[1:] for case in DATA], ids=[case[0] for case in DATA])
def test_hostile_data_end_in_a_clear_error_soon(name: str, text: str) -> None:
    loaded = rd.loads(rubric())
    started = time.process_time()
    submissions, found = read_submissions(Source(name, text))
    results = loaded.score_all(submissions[:20])
    told = [*found, *(item for result in results for item in result.diagnostics)]
    assert all(diagnostic_text(item, "zh") for item in told[:200])
    assert time.process_time() - started < SECONDS
    assert not Path("/tmp/never").exists()  # noqa: S108 - what the tag would have made


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe\x00", b"\x00" * 100, "中文".encode("utf-16-be"), bytes(range(256)), b"\x80\x81"]
)
def test_bytes_of_no_encoding_are_refused_or_read(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "f.rubric"
    path.write_bytes(raw)
    with suppress(UnreadableError):
        assert rd.check_source(read_source(path))[1]


def test_pipes_devices_folders_and_links_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(UnreadableError):
            read_source(path)
    done = subprocess.run([COMMAND, "check", str(tmp_path / "pipe")], capture_output=True, timeout=60, check=False)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)


def test_an_edition_is_read_from_its_own_folder_only(tmp_path: Path) -> None:
    secret = tmp_path / "secret.rubric"
    secret.write_text(rubric(), encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "link.rubric").symlink_to(secret)
    for name in ("../secret.rubric", str(secret), "link.rubric", "..\\secret.rubric", "secret.rubric\x00"):
        text = f"指标体系 试 年度 2020\n沿用 “{name}”\n"
        loaded, found = rd.check_source(Source("f", text), inner)
        assert loaded is None
        assert found


def test_a_closed_pipe_and_a_full_disk_end_without_a_traceback() -> None:
    command = f"{COMMAND} dump core {ROOT / 'rubrics/yuhua/2019.rubric'}"
    for shell in (f"{command} | head -c 10 >/dev/null", f"{command} >/dev/full"):
        done = subprocess.run(["/bin/bash", "-c", shell], capture_output=True, text=True, check=False, timeout=60)
        assert "Traceback" not in done.stderr
        assert "Exception" not in done.stderr


@pytest.mark.parametrize("name", ["limits.md", "limits.zh-CN.md"])
def test_the_limits_that_are_stated_are_those_of_the_code(name: str) -> None:
    rows = re.findall(
        r"^\|.*\| ([\d,.]+)[^|]*\| `([\w.]+)\.([A-Z_]+)` \|$", (ROOT / "docs" / name).read_text("utf-8"), re.MULTILINE
    )
    assert len(rows) > 15
    for number, module, constant in rows:
        value = getattr(importlib.import_module(f"rubric_dsl.{module}"), constant)
        assert number.replace(",", "") == str(value), constant

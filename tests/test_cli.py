"""The commands as their users run them: output, exit codes, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubric_cli.tables import plain_table, wrapped
from rubric_dsl.report.diagnostics_text import columns_of
from tests import commands
from tests.commands import PROGRAM, ROOT, Done

RUBRIC, DATA = "rubrics/yuhua/2019.rubric", "rubrics/yuhua/2019-science-bureau.yaml"
CHINESE = {"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8"}


def run(*words: str, stdin: str | None = None, cwd: Path = ROOT) -> Done:
    return commands.run(*words, stdin=stdin, cwd=cwd, **CHINESE)


def start(*words: str, stdin: str | None = None, **env: str) -> Done:
    return commands.start(*words, stdin=stdin, cwd=ROOT, **CHINESE, **env)


def test_the_official_rubric_has_no_faults() -> None:
    done = start("check", RUBRIC)
    assert (done.returncode, done.stdout) == (0, "0 个错误，0 个提醒\n")
    assert run("check", RUBRIC, "--lang", "en").stdout == "0 errors, 0 warnings\n"
    assert json.loads(run("check", RUBRIC, "--format", "json").stdout) == []
    assert run("check", RUBRIC, "--quiet").stdout == ""


def test_the_table_shows_scores_reasons_range_and_claims() -> None:
    done = run("score", RUBRIC, DATA)
    assert done.returncode == 0
    for words in (
        "总分 73～79 / 100",
        "等级 中",
        "自评 90 优",
        "缺 满意度",
        "超过 20 个百分点",
        "3 ≠",
        "共用 6",
        "\n提醒 cross-foot",
    ):
        assert words in done.stdout
    english = run("score", RUBRIC, DATA, "--lang", "en")
    for words in ("total 73 to 79 / 100", "grade 中", "missing 满意度", "above by 20 pp", "warning cross-foot"):
        assert words in english.stdout


def test_table_columns_align_under_chinese_text() -> None:
    table, _, _ = run("score", RUBRIC, DATA).stdout.partition("\n\n总分")
    lines = table.splitlines()[4:]
    rows = [
        ("在职人员控制率", "5", "因为甲"),
        ("“三公经费”变动率 100%", "12 ≠", "因为"),
        ("e\u0301👩‍👩‍👧", "", "因为 b"),
    ]
    shown = plain_table("题", ("指标", "分值", "因为"), rows, []).splitlines()
    assert len({columns_of(line[: line.index("因为")]) for line in shown if "因为" in line}) == 1
    assert all(columns_of(line) <= 120 for line in (*shown, *lines))


def test_a_text_is_wrapped_at_words_and_beside_wide_characters() -> None:
    assert list(wrapped("off by 5 ≥ 6", 6)) == ["off by", "5 ≥ 6"]
    assert list(wrapped("由绩效办，“折算”的", 8)) == ["由绩效", "办，“折", "算”的"]
    assert list(wrapped("abcdefghij kl", 4)) == ["abcd", "efgh", "ij", "kl"]
    assert list(wrapped("", 4)) == [""]


@given(st.text("ab 分，（）≥“”\u0301👩", max_size=30), st.integers(2, 12))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    lines = list(wrapped(text, width))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns_of(line) <= width for line in lines)


def test_no_colour_codes_when_piped() -> None:
    assert "\x1b" not in start("score", RUBRIC, DATA, FORCE_COLOR="1").stdout


def test_explain_shows_wording_figures_sources_and_working() -> None:
    done = run("explain", RUBRIC, DATA, "在职人员控制率")
    for words in ("12（附件2）", "12 ÷ 10", "120%", "整步数 20 × 0.5 = 10 ≥ 5", "原文: 以100%为标准", "说明: "):
        assert words in done.stdout
    everything = run("explain", RUBRIC, DATA)
    assert everything.stdout.count("得分: ") == 17
    found = json.loads(run("explain", RUBRIC, DATA, "政府采购执行率", "--format", "json").stdout)
    assert found[0]["score"] == "0"
    assert found[0]["steps"]


def test_explain_of_a_heading_is_of_all_below_it() -> None:
    pefa = ("explain", "rubrics/pefa/2016.rubric", "rubrics/pefa/example.yaml")
    heading = "PI-2 Expenditure composition outturn"
    text = run(*pefa, heading, "--lang", "en").stdout
    names = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert names == [
        "2.1 By function", "2.2 By economic type", "2.3 Contingency reserves", "PI-2 Expenditure composition outturn",
    ]  # fmt: skip
    found = json.loads(run(*pefa, heading, "--format", "json", "--lang", "en").stdout)
    assert [item["name"] for item in found] == names
    assert found[-1]["reason"] in text
    assert found[-1]["steps"]
    page = run(*pefa, heading, "--format", "markdown", "--lang", "en").stdout
    assert all(name in page for name in names)
    assert "3.1 Aggregate revenue outturn" not in page
    everything = json.loads(run(*pefa, "--format", "json").stdout)
    assert {"3.1 Aggregate revenue outturn", "PI-3 Revenue outturn"} <= {item["name"] for item in everything}
    only_added = run("explain", RUBRIC, DATA, "投入").stdout
    assert only_added.rstrip().split("\n\n")[-1].startswith("投入")
    assert run("explain", RUBRIC, DATA, "投人").returncode == 2


def test_explain_of_a_code_and_of_what_is_none() -> None:
    assert "空档" in run("explain", "band-gap").stdout
    shown = run("explain", "band-gap", "--lang", "en").stdout
    headings = [line for line in shown.splitlines() if line and not line.startswith(" ")]
    assert headings == ["band-gap", "What it checks", "Why it matters", "Example", "Instead"]
    assert "no score" in shown
    found = json.loads(run("explain", "band-gap", "--format", "json").stdout)
    assert found["page"].startswith("# band-gap\n\n## ")
    assert all(found[part] in found["page"] for part in ("checks", "matters"))
    wrong = run("explain", "band-gop")
    assert (wrong.returncode, "band-gap" in wrong.stderr) == (2, True)
    wrong = run("explain", RUBRIC, DATA, "在职人员控制")
    assert (wrong.returncode, "在职人员控制率" in wrong.stderr) == (2, True)


def test_fmt_in_place_check_and_translate(tmp_path: Path) -> None:
    file = tmp_path / "a.rubric"
    text = (ROOT / RUBRIC).read_text(encoding="utf-8")
    file.write_text(text.replace("满分 100分", "满分：  １００"), encoding="utf-8")
    file.chmod(0o640)
    checked = run("fmt", "--check", str(file))
    assert (checked.returncode, checked.stdout.strip()) == (1, str(file))
    assert run("fmt", str(file)).returncode == 0
    assert file.read_text(encoding="utf-8") == text
    assert file.stat().st_mode & 0o777 == 0o640
    assert run("fmt", "--check", str(file)).returncode == 0
    assert run("fmt", "--lang", "en", str(file)).returncode == 0
    assert "\nmeasure " in file.read_text(encoding="utf-8").replace("  measure", "\nmeasure")
    assert run("fmt", "--lang", "zh", str(file)).returncode == 0
    assert file.read_text(encoding="utf-8") == text
    assert run("fmt", "-", stdin=text).stdout == text


def test_a_rubric_with_faults_is_never_rewritten(tmp_path: Path) -> None:
    file = tmp_path / "a.rubric"
    file.write_text("指标体系 a 年度\n满分 x\n", encoding="utf-8")
    assert run("fmt", str(file)).returncode == 1
    assert file.read_text(encoding="utf-8") == "指标体系 a 年度\n满分 x\n"


@pytest.mark.parametrize("stage", ["tree", "model", "core"])
def test_dump_prints_each_stage(stage: str) -> None:
    done = run("dump", stage, RUBRIC)
    assert done.returncode == 0
    assert {"tree": "st_measure", "model": "indicator 在职人员控制率 5: bands, steps", "core": "ToWhole(floor"}[
        stage
    ] in done.stdout


def test_every_command_takes_format_and_quiet(tmp_path: Path) -> None:
    assert json.loads(run("dump", "core", RUBRIC, "--format", "json").stdout)["stage"] == "core"
    assert json.loads(run("fmt", "--check", RUBRIC, "--format", "json").stdout)[0]["formatted"] is True
    assert json.loads(run("explain", "band-gap", "--format", "json").stdout)["code"] == "band-gap"
    for words in (
        ("dump", "model", RUBRIC),
        ("explain", RUBRIC, DATA),
        ("score", RUBRIC, DATA),
        ("test", RUBRIC),
        ("check", RUBRIC),
    ):
        done = run(*words, "--quiet")
        assert (done.returncode, done.stdout) == (0, "")
    file = tmp_path / "a.rubric"
    file.write_text("满分：5\n", encoding="utf-8")
    done = run("fmt", "--check", "--quiet", str(file))
    assert (done.returncode, done.stdout) == (1, "")


def test_examples_run_and_failures_are_shown(tmp_path: Path) -> None:
    done = run("test", RUBRIC)
    assert done.returncode == 0
    assert "0 个不符" in done.stdout
    file = tmp_path / "a.rubric"
    text = (ROOT / RUBRIC).read_text(encoding="utf-8")
    file.write_text(
        text.replace("在职人员数 = 12，编制数 = 10 计0分", "在职人员数 = 12，编制数 = 10 计1分"), encoding="utf-8"
    )
    wrong = run("test", str(file))
    assert wrong.returncode == 1
    assert "应得 1，实得 0" in wrong.stdout
    assert [r["passed"] for r in json.loads(run("test", str(file), "--format", "json").stdout)["examples"]].count(
        False
    ) == 1


def test_several_submissions_and_a_faulty_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("单位: 甲\n数据: {编制数: 10, 在职人员数: 10}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("单位: 乙\n数据: {编制数: 十, 在职人员数: 10}\n", encoding="utf-8")
    done = run("score", RUBRIC, str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert [item["subject"] for item in found] == ["甲", "乙"]
    assert [item["indicators"][0]["status"] for item in found] == ["scored", "invalid"]
    assert [d["code"] for d in found[1]["diagnostics"]] == ["not-a-number"]


def test_standard_input_is_read() -> None:
    text = (ROOT / RUBRIC).read_text(encoding="utf-8")
    assert start("check", "-", stdin=text).returncode == 0
    data = '{"单位": "甲", "数据": {"编制数": 10, "在职人员数": 12.0}}'
    found = json.loads(start("score", RUBRIC, "-", "--format", "json", stdin=data).stdout)
    assert found["indicators"][0]["score"] == "0"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("score",),
        ("nonsense",),
        ("check", "no-such-file.rubric"),
        ("score", RUBRIC, "no.yaml"),
    ],
)
def test_what_cannot_be_done_exits_with_2(words: tuple[str, ...]) -> None:
    assert start(*words).returncode == 2


def test_a_rubric_with_errors_is_not_scored(tmp_path: Path) -> None:
    file = tmp_path / "a.rubric"
    file.write_text(
        "指标体系 a 年度 2019\n满分 5\n一级指标 b 5\n三级指标 c 5\n评价标准 评为 好 计9\n等\n", encoding="utf-8"
    )
    done = run("score", str(file), DATA)
    assert done.returncode == 1
    assert done.stdout == ""


def test_a_table_of_departments_is_scored_row_by_row(tmp_path: Path) -> None:
    table = tmp_path / "各部门.csv"
    rows = "部门,年度,编制数,在职人员数\r\n甲,2019,10,12\r\n乙,2019,=A1,10\r\n丙,2019,１０,10\r\n"
    table.write_bytes(rows.encode("gb18030"))
    done = run("score", RUBRIC, str(table), "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert [(item["subject"], item["indicators"][0]["score"]) for item in found] == [
        ("甲", "0"),
        ("乙", None),
        ("丙", "5"),
    ]
    (fault,) = found[0]["diagnostics"]
    assert (fault["code"], fault["line"], fault["column"]) == ("cell-formula", 3, 8)
    shown = run("score", RUBRIC, "-", stdin=rows)
    assert "\n3│ 乙,2019,=A1,10\n │         ━━━" in shown.stdout


def test_blank_data_and_schema_are_written(tmp_path: Path) -> None:
    blank = run("data", RUBRIC)
    assert blank.returncode == 0
    assert "\n数据:\n" in blank.stdout
    assert run("score", RUBRIC, "-", "--quiet", stdin=blank.stdout).returncode == 0
    assert "\nfigures:\n" in run("data", RUBRIC, "--lang", "en").stdout
    assert run("data", RUBRIC, "--quiet").stdout == ""
    same = (run("data", RUBRIC, *words).stdout for words in (("--as", "json"), ("--format", "json")))
    assert [json.loads(text)["年度"] for text in same] == ["2019", "2019"]
    assert json.loads(run("data", RUBRIC, "--schema").stdout)["$schema"].endswith("2020-12/schema")
    table = tmp_path / "a.csv"
    assert run("data", RUBRIC, "--as", "csv", "-o", str(table)).returncode == 0
    assert table.read_bytes().startswith("\ufeff部门,".encode())
    assert run("score", RUBRIC, str(table), "--quiet").returncode == 0
    before = table.read_bytes()
    assert run("data", RUBRIC, "-o", str(table)).returncode == 2
    assert table.read_bytes() == before
    assert run("data", "no-such-file.rubric").returncode == 2
    assert run("data", RUBRIC, "-o", str(tmp_path / "none" / "a.yaml")).returncode == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_new_rubric_works_at_once(tmp_path: Path, lang: str) -> None:
    file = tmp_path / "new.rubric"
    assert run("new", "示例", "-o", str(file), "--points", "60", "--edition", "2025", "--lang", lang).returncode == 0
    text = file.read_text(encoding="utf-8")
    assert run("check", str(file), "--lang", "en").stdout == "0 errors, 0 warnings\n"
    assert "0 failed" in run("test", str(file), "--lang", "en").stdout
    assert run("fmt", "--check", str(file)).returncode == 0
    again = run("new", "-o", str(file), "--lang", lang)
    assert (again.returncode, file.read_text(encoding="utf-8")) == (2, text)
    assert run("new", "示例", "--points", "60", "--edition", "2025", "--lang", lang).stdout == text
    assert json.loads(run("new", "x", "--format", "json").stdout)["file"] is None
    assert run("new", "--quiet").stdout == ""


@pytest.mark.parametrize("words", [("--points", "0"), ("--points", "x"), ("",), ("a\nb",), ("-o", "")])
def test_a_new_rubric_that_cannot_be_written(words: tuple[str, ...]) -> None:
    assert run("new", *words).returncode == 2


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("words", [("score", RUBRIC, DATA), ("check", "-"), ("score", RUBRIC, "none.yaml")])
def test_a_reader_that_leaves_does_not_change_the_exit_code(stream: str, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    streams: dict[str, int] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: writing}
    done = subprocess.run([PROGRAM, *words], input=b"x", cwd=ROOT, check=False, **streams)  # type: ignore[call-overload]
    os.close(writing)
    assert done.returncode == run(*words, stdin="x").returncode
    assert b"Traceback" not in (done.stdout or b"") + (done.stderr or b"")


def test_what_cannot_be_read_has_no_number_of_errors(tmp_path: Path) -> None:
    (tmp_path / "b.rubric").write_bytes(b"\0\1")
    for name in ("none.rubric", "b.rubric"):
        done = run("check", name, "--lang", "en", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert name in done.stderr
    done = run("check", "none.rubric", str(ROOT / RUBRIC), "--lang", "en", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "0 errors, 0 warnings (not in every file)\n")


@pytest.mark.parametrize("command", ["check", "fmt", "test", "verify"])
def test_a_folder_stands_for_the_rubrics_below_it(tmp_path: Path, command: str) -> None:
    (tmp_path / "empty").mkdir()
    done = run(command, "empty", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有 .rubric 文件" in done.stderr
    text = "指标体系 小 年度 2024\n满分 1\n一级指标 一 1\n  三级指标 甲 1\n    评价标准 评定给分 0分 到 1分\n"
    for name in ("a.rubric", "inner/b.RUBRIC", "inner/.hidden/c.rubric", "inner/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text if not name.startswith("inner/.") else "无", encoding="utf-8")
    one, both = (run(command, *names, "--format", "json", cwd=tmp_path) for names in (("a.rubric",), (".", "a.rubric")))
    assert one.returncode == both.returncode, both.stderr
    assert both.stderr == ""
    if command != "check":
        found = json.loads(both.stdout)
        assert len(found["files"] if command == "test" else found) == 2


LOST = {
    "raised where Python calls something by itself": """
class Last:
    def __del__(self):
        stop()
Last()
""",
    "dropped": """
try:
    stop()
except SystemExit:
    pass
""",
    "taken for another fault": """
try:
    stop()
except SystemExit:
    raise ImportError("as C code does")
""",
    "not lost, but on its way for long": """
try:
    stop()
finally:
    time.sleep(0.3)
    print("tidied", flush=True)
""",
}
STOPPED_IN = """
import os, signal, sys, time
from rubric_cli import app

def stop():
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0)  # where Python looks whether a signal came

def command():
    exec(sys.argv[1], globals())
    time.sleep(60)

app.cli = command
app.app()
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="elsewhere a signal ends a process without asking it")
@pytest.mark.parametrize("lost", LOST)
def test_a_command_stops_also_where_the_signal_gets_lost(lost: str) -> None:
    """Python raises what a signal asks for wherever it happens to be, and not everywhere is that passed on."""
    done = subprocess.run(
        [sys.executable, "-c", STOPPED_IN, LOST[lost]], capture_output=True, text=True, timeout=50, check=False
    )
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, "")
    assert done.stdout == ("tidied\n" if "tidied" in LOST[lost] else "")

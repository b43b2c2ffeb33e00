"""The reports for code hosts: SARIF, workflow commands, Code Quality."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import unquote

import jsonschema  # type: ignore[import-untyped]
import pytest
from typer.testing import CliRunner

import rubric_dsl as rd
from rubric_cli.app import cli
from rubric_dsl.codes import page
from rubric_dsl.diagnostics import Diagnostic, Lang, Place, Text
from rubric_dsl.report.checked import Checked, fingerprints, path_of
from rubric_dsl.report.github import github_text
from rubric_dsl.report.gitlab import gitlab_json
from rubric_dsl.report.sarif import FINGERPRINT, sarif_json
from rubric_dsl.source import Source, Span

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "rubrics/yuhua/2019.rubric").read_text(encoding="utf-8")
SCHEMA = json.loads((ROOT / "tests/sarif-2.1.0-subset.json").read_text(encoding="utf-8"))
BASE = PurePath("/work/项目")
DAMAGE = (
    ("10% 到 20%（含） 计3分", "10% 到 20% 计3分"),
    ("    80%（含） 到 90% 计4分；\n", ""),
    ("在职人员数 ÷ 编制数", "在职人员数 ÷ 编制"),
    ("每超过 1个百分点 扣0.8分", "每超过 １个百分点 扣0。8分"),
)


def damaged(name: str = "规则/甲 乙#1.rubric") -> Checked:
    text = TEXT
    for old, new in DAMAGE:
        assert old in text
        text = text.replace(old, new, 1)
    source = Source(name, text)
    return Checked(source, rd.check_source(source)[1])


def fault(message: str, text: str = "甲：乙\r\n丙", start: int = 1, end: int = 3, **more: object) -> Checked:
    source = Source("a,b:c%.rubric", text)
    item = Diagnostic("some-code", "error", "rule", Text(message, message), (Place(source, Span(start, end)),))
    return Checked(source, (replace(item, **more),))  # type: ignore[arg-type]


def sarif(file: Checked, lang: Lang = "zh") -> dict[str, Any]:
    log = sarif_json([file], lang, "1.2.3", BASE)
    jsonschema.validate(log, SCHEMA, format_checker=jsonschema.FormatChecker())
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sarif_has_a_rule_for_each_code_and_a_result_for_each_diagnostic(lang: Lang) -> None:
    file = damaged()
    run = sarif(file, lang)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({item.code for item in file.found})
    assert {"band-gap", "decimal-point", "end-not-said", "look-alike", "unknown-name"} <= {rule["id"] for rule in rules}
    assert len(run["results"]) == len(file.found)
    for result, item in zip(run["results"], file.found, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == item.code
        assert result["level"] == {"error": "error", "warning": "warning", "info": "note"}[item.severity]
        assert result["message"]["text"].startswith(item.message.to(lang))
        assert result["properties"]["blame"] == item.blame
        assert len(result.get("relatedLocations", [])) == len(item.places) - 1
    end = next(rule for rule in rules if rule["id"] == "end-not-said")
    assert (end["name"], end["defaultConfiguration"]["level"]) == ("EndNotSaid", "error")
    own = page("end-not-said", lang)
    assert own is not None
    assert end["shortDescription"]["text"] == own.summary
    assert end["help"] == {"text": own.text(), "markdown": own.markdown()}
    assert ("端点" in end["help"]["text"]) == (lang == "zh")


def test_sarif_regions_count_characters_and_select_what_is_marked() -> None:
    file = damaged()
    for result, item in zip(sarif(file)["results"], file.found, strict=True):
        region = result["locations"][0]["physicalLocation"]["region"]
        assert cut(file.source.text, region) == file.source[item.places[0].span]


def cut(text: str, region: dict[str, int]) -> str:
    """Return the text of a region by the rules of SARIF: columns from 1, the end column behind the last character."""
    lines = text.splitlines(keepends=True)
    first, last = region["startLine"] - 1, region["endLine"] - 1
    if first == last:
        return lines[first][region["startColumn"] - 1 : region["endColumn"] - 1]
    return (
        lines[first][region["startColumn"] - 1 :]
        + "".join(lines[first + 1 : last])
        + lines[last][: region["endColumn"] - 1]
    )


def test_sarif_fixes_applied_by_a_consumer_mend_the_text() -> None:
    file = damaged()
    text = file.source.text
    for result in reversed(sarif(file)["results"]):
        for fix in result.get("fixes", [])[:1]:
            (change,) = fix["artifactChanges"]
            assert unquote(change["artifactLocation"]["uri"]) == file.source.name
            (edit,) = change["replacements"]
            region = edit["deletedRegion"]
            starts = [0]
            for line in text.splitlines(keepends=True):
                starts.append(starts[-1] + len(line))
            start = starts[region["startLine"] - 1] + region["startColumn"] - 1
            end = starts[region["endLine"] - 1] + region["endColumn"] - 1
            text = text[:start] + edit["insertedContent"]["text"] + text[end:]
    left = rd.check_source(Source("b", text))[1]
    assert [item.code for item in left] == []


def test_sarif_paths_are_relative_and_percent_encoded() -> None:
    for name, uri in (
        ("规则/甲 乙#1.rubric", "%E8%A7%84%E5%88%99/%E7%94%B2%20%E4%B9%99%231.rubric"),
        ("/work/项目/a:b.rubric", "a%3Ab.rubric"),
        ("/elsewhere/甲.rubric", "file:///elsewhere/%E7%94%B2.rubric"),
        ("./a.rubric", "a.rubric"),
        ("-", "stdin"),
    ):
        run = sarif(Checked(Source(name, ""), rd.check_source(Source(name, ""))[1]))
        assert run["artifacts"][0]["location"]["uri"] == uri
        assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_fingerprints_stay_while_other_lines_change_and_tell_equal_faults_apart() -> None:
    file = damaged()
    moved = Source(file.source.name, "# 新的一行\n\n" + file.source.text)
    again = Checked(moved, rd.check_source(moved)[1])
    assert fingerprints(file) == fingerprints(again)
    assert len(set(fingerprints(file))) == len(file.found)
    twice = Checked(file.source, (file.found[0], file.found[0]))
    assert len(set(fingerprints(twice))) == 2
    assert sarif(file)["results"][0]["partialFingerprints"] == {FINGERPRINT: fingerprints(file)[0]}


def test_a_diagnostic_without_a_place_belongs_to_its_file() -> None:
    source = Source("a.rubric", "")
    file = Checked(source, (Diagnostic("grade-gap", "error", "rule", Text("甲", "A")),))
    place = sarif(file)["results"][0]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("a.rubric", 1)
    assert github_text([file], "en", BASE).startswith("::error file=a.rubric,line=1,col=1,")
    assert gitlab_json([file], "en", BASE)[0]["location"] == {"path": "a.rubric", "lines": {"begin": 1}}


def test_workflow_commands_escape_what_the_host_would_read() -> None:
    file = fault("50%：一\r\n二,三:四", hint=Text("写 %0A", "write %0A"))
    line = github_text([file], "zh", BASE)
    assert len(line.splitlines()) == 1
    properties, _, message = line.removeprefix("::error ").partition("::")
    assert properties == "file=a%2Cb%3Ac%25.rubric,line=1,col=2,endLine=1,endColumn=4,title=some-code"
    back = message.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    assert back.splitlines()[-1] == "可以：写 %0A"
    assert message.startswith("50%25：一")


def test_workflow_commands_have_the_hosts_words_and_no_column_across_lines() -> None:
    file = damaged()
    lines = github_text([file], "en", BASE).splitlines()
    words = {"error": "::error ", "warning": "::warning ", "info": "::notice "}
    assert [line.startswith(words[item.severity]) for line, item in zip(lines, file.found, strict=True)] == [
        True
    ] * len(lines)
    assert {item.severity for item in file.found} >= {"error", "info"}
    across = github_text([fault("甲", start=1, end=6)], "en", BASE)
    assert "endLine=2,title=" in across


def test_code_quality_has_distinct_fingerprints_across_files() -> None:
    report = gitlab_json([damaged("a.rubric"), damaged("/work/项目/b/c.rubric")], "en", BASE)
    assert len({entry["fingerprint"] for entry in report}) == len(report)
    assert {entry["location"]["path"] for entry in report} == {"a.rubric", "b/c.rubric"}
    assert {entry["severity"] for entry in report} <= {"info", "minor", "major", "critical", "blocker"}
    assert {"description", "check_name", "fingerprint", "severity", "location"} == set(report[0])


def test_paths_outside_of_the_base_stay_as_they_are() -> None:
    assert path_of("/other/a.rubric", BASE) == "/other/a.rubric"
    assert path_of("../a.rubric", BASE) == "../a.rubric"


def run(*arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, list(arguments), input=stdin, env={"LC_ALL": "zh_CN.UTF-8"})
    return done.exit_code, done.stdout, done.stderr


def test_each_format_stands_alone_on_standard_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("坏.rubric").write_text(damaged().source.text, encoding="utf-8")
    Path("好.rubric").write_text(TEXT, encoding="utf-8")
    code, out, _ = run("check", "坏.rubric", "好.rubric", "没有.rubric", "--format", "sarif")
    log = json.loads(out)
    jsonschema.validate(log, SCHEMA)
    (only,) = log["runs"]
    assert (code, len(only["artifacts"]), only["invocations"]) == (2, 2, [{"executionSuccessful": False}])
    assert only["tool"]["driver"]["version"]
    code, out, err = run("check", "坏.rubric", "--format", "github")
    assert (code, err) == (1, "")
    assert all(line.startswith("::") for line in out.splitlines())
    assert run("check", "好.rubric", "--format", "github") == (0, "", "")
    assert json.loads(run("check", "好.rubric", "--format", "gitlab")[1]) == []
    assert json.loads(run("check", "坏.rubric", "--format", "gitlab")[1])[0]["location"]["path"] == "坏.rubric"
    assert run("score", "好.rubric", "好.rubric", "--format", "sarif")[0] == 2


def test_an_accepted_finding_is_shown_as_accepted_and_strict_makes_the_rest_errors(tmp_path: Path) -> None:
    rule = "  指标值 甲\n  评价标准 < 50% 计满分；50%（含） 到 90% 不得分；≥ 90% 计满分\n"
    meant = "  接受 up-and-down，理由 “两头都好”\n"
    head = "指标体系 例 年度 2024\n满分 10\n基础数据表\n  甲：比率\n一级指标 一 10\n三级指标 完成率 10\n"
    path = tmp_path / "a.rubric"

    def checked(text: str, *options: str) -> tuple[int, str]:
        path.write_text(text, encoding="utf-8")
        done = CliRunner().invoke(cli, ["check", str(path), "--lang", "zh", *options])
        return done.exit_code, done.stdout

    code, text = checked(head + rule + meant, "--strict")
    assert code == 0
    assert "提醒（已接受） up-and-down" in text
    assert "已接受，理由：两头都好" in text
    assert text.endswith("0 个错误，0 个提醒，1 个已接受\n")
    (found,) = json.loads(checked(head + rule + meant, "--format", "json")[1])
    assert (found["severity"], found["accepted"]) == ("warning", "两头都好")
    (result,) = json.loads(checked(head + rule + meant, "--strict", "--format", "sarif")[1])["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": "两头都好"}]
    assert checked(head + rule + meant, "--format", "github")[1].startswith("::notice ")
    assert json.loads(checked(head + rule + meant, "--format", "gitlab")[1])[0]["severity"] == "info"
    assert checked(head + rule)[0] == 0
    code, text = checked(head + rule, "--strict")
    assert (code, text.splitlines()[0][:2]) == (1, "错误")
    assert checked(head + rule, "--strict", "--diff")[0] == 1
    (plain,) = json.loads(checked(head + rule, "--strict", "--format", "sarif")[1])["runs"][0]["results"]
    assert (plain["level"], "suppressions" in plain) == ("error", False)

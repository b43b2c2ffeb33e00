"""Reports: carets under the right characters, tables, JSON; and the edges of the commands that print them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner
from wcwidth import wcswidth

import rubric_dsl as rd
from rubric_cli.app import cli
from rubric_dsl.data.reader import read_submissions, submission_from
from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Text, same
from rubric_dsl.evaluate.as_json import diagnostic_json, explanation_json, result_json
from rubric_dsl.evaluate.result import GradeResult, IndicatorResult, Result, ScoreRange, SectionResult, Told, telling
from rubric_dsl.formulas.cohorts import Group
from rubric_dsl.report.audit_text import audit_lines
from rubric_dsl.report.diagnostics_text import columns_of, diagnostic_text, safe, summary_text
from rubric_dsl.report.page.html import html
from rubric_dsl.report.page.markdown import markdown
from rubric_dsl.report.page.notice import notice
from rubric_dsl.report.table import closing, header, rows, score_text
from rubric_dsl.source import Source, Span

ROOT = Path(__file__).resolve().parent.parent
RUBRIC, DATA = str(ROOT / "rubrics/yuhua/2019.rubric"), str(ROOT / "rubrics/yuhua/2019-science-bureau.yaml")


def fault(text: str, start: int, end: int, **more: object) -> Diagnostic:
    place = Place(Source("甲.rubric", text), Span(start, end))
    return replace(Diagnostic("some-code", "error", "rule", Text("不对", "wrong"), (place,)), **more)  # type: ignore[arg-type]


def under_carets(shown: str) -> tuple[int, int, int, int]:
    """Columns where the marked text begins and how wide it is, in the source line and in the line of carets."""
    line, carets = shown.splitlines()[2:4]
    marked = line[line.index("错") : line.rindex("误") + 1]
    return (
        wcswidth(line[: line.index("错")]),
        wcswidth(marked),
        wcswidth(carets[: carets.index("━")]),
        carets.count("━"),
    )


def test_texts_are_as_wide_as_the_terminals_table_says() -> None:
    """Each character by itself, and those that change with their neighbours."""
    assigned = [chr(at) for at in range(0x20, 0x1FFFF) if unicodedata.category(chr(at)) not in {"Cn", "Cs", "Cc"}]
    assert [char for char in assigned if columns_of(char) != max(0, wcswidth(char))] == []
    for text in ("e\u0301x", "👩‍👩‍👧", "❤\ufe0f分", "🇨🇳", "が", "か\u3099", "①≥３％", ""):
        assert columns_of(text) == wcswidth(text)


def test_a_diagnostic_shows_code_place_line_and_carets() -> None:
    done = fault("一行\n指标 错误", 6, 8, hint=Text("写对", "write well"), why=Text("5 分", "5 points"))
    assert diagnostic_text(done, "zh").splitlines() == [
        "错误 some-code  不对",
        "  ┌─ 甲.rubric 第 2 行第 4 列",
        "2│ 指标 错误",
        " │      ━━━━",
        "  = 影响：5 分",
        "  = 可以：写对",
    ]
    assert "甲.rubric line 2 column 4" in diagnostic_text(done, "en")


@pytest.mark.parametrize(
    "before", ["", "a", "甲", "\t", "a\u200bb", "e\u0301", "甲" * 80, "甲" * 500, "\x1b[31m", "𠮷"]
)
@pytest.mark.parametrize("after", ["", "乙" * 10, "乙" * 500])
@pytest.mark.parametrize("width", [40, 80, 100])
def test_carets_stand_under_the_marked_text_and_nothing_is_too_wide(before: str, after: str, width: int) -> None:
    shown = diagnostic_text(fault(before + "错误" + after, len(before), len(before) + 2), "zh", width)
    begin, wide, caret, carets = under_carets(shown)
    assert (caret, carets) == (begin, wide)
    assert all(0 <= wcswidth(line) <= width for line in shown.splitlines()[2:])


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 3), (2, 3), (0, 99)])
def test_empty_spans_ends_of_text_and_several_lines_have_a_caret(start: int, end: int) -> None:
    assert "━" in diagnostic_text(fault("甲乙\n", start, end), "zh")


def test_both_ends_of_a_conflict_are_shown() -> None:
    one = fault("甲 乙", 0, 1)
    both = replace(one, places=(*one.places, Place(one.places[0].source, Span(2, 3), Text("又一处", "again"))))
    shown = diagnostic_text(both, "zh")
    assert ("┌─" in shown, "├─" in shown, "━━ 又一处" in shown) == (True, True, True)


def test_a_fix_is_shown_once_and_says_when_it_is_safe() -> None:
    words = Text("改为 5", "write 5")
    assert "= 改法：改为 5（不影响得分）" in diagnostic_text(fault("甲", 0, 1, fixes=(Fix(words, safe=True),)), "zh")
    assert (
        "= fix: write 5 (may change scores)\n" in diagnostic_text(fault("甲", 0, 1, fixes=(Fix(words),)), "en") + "\n"
    )
    assert diagnostic_text(fault("甲", 0, 1, hint=words, fixes=(Fix(words),)), "en").count("write 5") == 1


@pytest.mark.parametrize("bad", ["\x1b", "\x07", "\x9b", "\x7f", "\u202e", "\ud800", "\u2028", "\r"], ids=ascii)
def test_nothing_in_the_authors_text_moves_the_cursor(bad: str) -> None:
    place = Place(Source(f"f{bad}", f"甲{bad}乙"), Span(0, 3), Text(bad, bad))
    shown = diagnostic_text(Diagnostic("c", "error", "rule", Text(bad, bad), (place,)), "zh")
    seen = (bad in shown, bad in safe(bad))  # a report of a failure cannot carry a lone surrogate
    assert seen == (False, False)


def test_the_summary_counts() -> None:
    error = fault("甲", 0, 1)
    assert summary_text((error, error, replace(error, severity="warning")), "en") == "2 errors, 1 warning"


def test_a_diagnostic_as_json() -> None:
    found = diagnostic_json(fault("一\n甲", 2, 3, fixes=(Fix(Text("改", "mend"), safe=True),)), "en")
    assert (found["file"], found["line"], found["column"], found["message"]) == ("甲.rubric", 2, 1, "wrong")
    assert found["fix"] == {"words": "mend", "safe": True}
    fixes = (Fix(Text("改", "mend"), Span(3, 3), "\n乙"), Fix(Text("删", "remove"), Span(0, 2)))
    spans = {"line": 2, "column": 2, "end_line": 2, "end_column": 2}
    assert diagnostic_json(fault("一\n甲", 2, 3, fixes=fixes), "zh")["fixes"] == [
        {"words": "改", "safe": False, **spans, "replacement": "\n乙"},
        {"words": "删", "safe": False, "line": 1, "column": 1, "end_line": 2, "end_column": 1, "replacement": ""},
    ]
    assert diagnostic_json(Diagnostic("c", "info", "engine", Text("", "")), "zh")["line"] is None


def result(**more: object) -> Result:
    def span(low: object, high: object, points: object) -> ScoreRange:
        return ScoreRange(Fraction(str(low)), Fraction(str(high)), Fraction(str(points)))

    def item(name: str, range_: ScoreRange, **also: object) -> IndicatorResult:
        told = Told(Text("因", "why"), measure_text=same(str(also.pop("measure_text", ""))))
        plain = IndicatorResult(name, ("甲",), range_, "scored", None, (), telling=telling(told))
        return replace(plain, **also)  # type: ignore[arg-type]

    items = (
        item("一", span("27/7", "27/7", 5), claim=Fraction(4), measure=Fraction(6, 5), measure_text="120%\x1b"),
        item("二", span(0, 6, 6), status="missing", missing=("满意度",), pool="池"),
        item("三", span(3, 3, 6), pool="池", claim=Fraction(3)),
    )
    done = Result(
        "表",
        "2019",
        "00",
        "局",
        span("48/7", "90/7", 100),
        GradeResult(None, ("中", "差")),
        (SectionResult("甲", 1, (), span("48/7", "90/7", 11), GradeResult(None, ())),),
        {each.name: each for each in items},
        (),
        status="missing",
    )
    return replace(done, **more)  # type: ignore[arg-type]


def test_a_result_as_json_has_exact_numbers_as_text() -> None:
    found = json.loads(json.dumps(result_json(result(), "en")))
    ends = {"points": "100", "score": None, "min": "48/7", "max": "90/7", "tight": True}
    assert found["total"] == {**ends, "status": "missing", "reason": ""}
    first, second, _ = found["indicators"]
    assert (first["score"], first["measure"], first["claim"], first["reason"]) == ("27/7", "1.2", "4", "why")
    assert (second["score"], second["min"], second["max"], second["missing"]) == (None, "0", "6", ["满意度"])
    assert found["sections"][0]["level"] == 1
    assert found["grade"] == {"value": None, "possible": ["中", "差"]}


def test_rows_show_sections_pools_once_ranges_and_claims_that_differ() -> None:
    section, first, second, third = rows(result(), "zh")
    assert (section.kind, section.cells[:2]) == ("section", ("甲", "11"))
    assert (first.cells[3:5], first.differs) == (("≈3.8571", "4"), True)
    assert (second.cells[1], second.cells[3]) == ("共用 6", "0～6")
    assert (third.cells[1], third.differs) == ("共用", False)
    assert all(len(row.cells) == len(header("zh", claims=True)) for row in (section, first, second, third))
    assert "\x1b" not in first.cells[2]
    assert score_text(ScoreRange(Fraction(1), Fraction(1), Fraction(2)), "zh") == "1"


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("zh", "总分 ≈6.8571～≈12.8571 / 100，等级待定：中、差（自评 90 优）"),
        ("en", "total ≈6.8571 to ≈12.8571 / 100, grade open: 中, 差 (claimed 90 优)"),
    ],
)
def test_one_closing_line_has_total_grade_and_claim(lang: Lang, line: str) -> None:
    lines = closing(result(claimed_total=Fraction(90), claimed_grade="优"), lang)
    assert (lines[0], "满意度" in lines[1]) == (line, True)
    loose = replace(result().total, tight=False)
    assert len(closing(result(total=loose), lang)) == 3
    assert closing(result(grade=GradeResult("中", ("中",))), "zh")[0] == "总分 ≈6.8571～≈12.8571 / 100，等级 中"


def run(*words: str, stdin: str = "") -> tuple[int, str, str]:
    done = CliRunner(env={"LC_ALL": "zh_CN.UTF-8"}).invoke(cli, list(words), input=stdin)
    return done.exit_code, done.stdout, done.stderr


def test_an_unreadable_file_does_not_hide_the_others(tmp_path: Path) -> None:
    bad = tmp_path / "bad.rubric"
    bad.write_text("指标体系 a 年度\n满分 x\n", encoding="utf-8")
    code, out, err = run("check", "no-such-file", str(bad))
    assert (code, "no-such-file：没有这个文件" in err, "错误" in out) == (2, True, True)
    code, out, err = run("test", "no-such-file", RUBRIC)
    assert (code, "no-such-file" in err, "0 个不符" in out) == (2, True, True)


def test_a_faulty_rubric_does_not_keep_the_others_examples_from_running(tmp_path: Path) -> None:
    bad = tmp_path / "bad.rubric"
    bad.write_text("指标体系 a 年度\n满分 x\n", encoding="utf-8")
    code, out, err = run("test", str(bad), RUBRIC)
    assert (code, "0 个不符" in out, "bad.rubric" in err) == (1, True, True)
    found = json.loads(run("test", str(bad), RUBRIC, "--format", "json")[1])
    assert all(item["passed"] for item in found["examples"])
    assert found["examples"]
    assert [item["severity"] for item in found["diagnostics"]]


def test_faults_met_while_reading_are_kept_beside_several_results(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("单位: [\n", encoding="utf-8")
    code, out, _ = run("score", RUBRIC, DATA, str(broken), DATA, "--format", "json")
    found = json.loads(out)
    assert (code, len(found)) == (1, 2)
    assert broken.name in {item["file"] for item in found[0]["diagnostics"]}
    assert run("explain", RUBRIC, str(broken))[0] == 1


def test_fmt_checks_standard_input_and_keeps_links(tmp_path: Path) -> None:
    text = Path(RUBRIC).read_text(encoding="utf-8").replace("满分 100分", "满分   100分")
    assert run("fmt", "--check", "-", stdin=text)[:2] == (1, "-\n")
    file, link = tmp_path / "a.rubric", tmp_path / "link.rubric"
    file.write_text(text, encoding="utf-8")
    link.symlink_to(file)
    assert run("fmt", str(link))[0] == 0
    assert (link.is_symlink(), file.read_text(encoding="utf-8") != text) == (True, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.rubric", "link.rubric"]


def test_a_failed_write_leaves_the_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    file = tmp_path / "a.rubric"
    text = Path(RUBRIC).read_text(encoding="utf-8").replace("满分 100分", "满分   100分")
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(os, "replace", refuse)
    code, _, err = run("fmt", str(file))
    assert (code, "不能写入" in err, file.read_text(encoding="utf-8") == text) == (2, True, True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.rubric"]


def test_an_unknown_indicator_without_near_names_suggests_nothing() -> None:
    code, _, err = run("explain", RUBRIC, DATA, "zzz")
    assert (code, "是不是" in err, "zzz" in err) == (2, False, True)


def program(code: str) -> subprocess.CompletedProcess[str]:
    start = f"import sys; sys.argv = ['rubric', 'check', {RUBRIC!r}]\nimport rubric_cli.app as app\n"
    env = {key: value for key, value in os.environ.items() if key != "RUBRIC_DEBUG"} | {"LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-c", start + code], capture_output=True, text=True, encoding="utf-8", env=env, check=False
    )


def test_the_last_resort_hides_internals() -> None:
    done = program("def boom():\n    raise KeyError('secret')\napp.cli = boom\napp.app()")
    assert done.returncode == 2
    assert "RUBRIC_DEBUG=1" in done.stderr
    assert not [word for word in ("KeyError", "secret", "Traceback") if word in done.stderr]


def test_an_interrupt_is_quiet() -> None:
    done = program(
        "import rubric_cli.commands.check as c\n"
        "def stop(*_):\n    raise KeyboardInterrupt\nc.check_source = stop\napp.app()"
    )
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (130, "", False)


def test_a_closed_pipe_is_quiet() -> None:
    done = program(
        "import os\nread, write = os.pipe(); os.close(read); os.dup2(write, 1)\nsys.argv = ['rubric', 'explain', "
        f"{RUBRIC!r}, {DATA!r}]\napp.app()"
    )
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_units_are_in_the_readers_language() -> None:
    text = (
        "指标体系 例 年度 2024\n满分 3\n计步 整步\n基础数据表\n  乙：万元\n一级指标 一 3\n三级指标 甲 3\n"
        "  指标值 乙\n  评价标准 ≥ 90万元 计满分；80万元（含） 到 90万元 计2分；< 80万元 不得分\n"
    )
    result = rd.loads(text).score({"乙": 80})
    item = result.indicators["甲"]
    assert item.measure_text == Text("80万元", "80 wan_yuan")
    assert "80 wan_yuan" in item.reason.en
    explained = result.explain("甲")
    assert "80万元" in explained.text("zh")
    assert "80 wan_yuan" in explained.text("en")
    assert "= 80万元" not in explained.text("en")
    assert result_json(result, "en")["indicators"][0]["measure_text"] == "80 wan_yuan"
    assert "80 wan_yuan" in [step["value"] for step in explanation_json(item, "en")["steps"]]


def test_an_explanation_tells_what_the_group_gives() -> None:
    """Each statistic that the rule reads stands with its value, with its unit, and with the size of the group."""
    rubric = rd.loads("""rubric R edition 2020
points 10
form
  price: wan_yuan
  share: ratio
level 1 X 10
level 2 ranked 5
  measure rank(price, low to high, ties share the mean)
  rule score = 6 - measure, at most full marks, down to 0
level 2 near 5
  measure price / cohort_mean(price, drop highest 1, drop lowest 1)
  rule
    when share < cohort_quantile(share, 25%) no points;
    <= 100% scores full marks;
    otherwise scores 1
""")
    values = (Fraction(80), Fraction(100), Fraction(100), Fraction(110), Fraction(500))
    group = {"price": Group(values), "share": Group([Fraction(1, 2), Fraction(3, 4)])}
    given, _ = submission_from({"price": "100", "share": "75%"})
    result = rubric.score(replace(given, cohort=group))
    for name, told in (
        ("ranked", "group: the rank of 'price' in the group (low to high, ties share the mean) = 2.5, of 5 values"),
        (
            "near",
            "group: the mean of 'price' in the group, the highest 1, the lowest 1 left out ≈103.3333 wan_yuan, of 5",
        ),
        ("near", "group: the 25% quantile of 'share' in the group = 56.25%, of 2 values"),
    ):
        assert told in result.explain(name).text("en")
    assert "同类单位: “price”的同类单位平均（去最高 1，去最低 1） ≈103.3333万元，同类单位 5 个数" in result.explain(
        "near"
    ).text("zh")
    assert "missing" in rubric.score(given).explain("ranked").text("en")


FEW = """rubric sample edition 2019
points 10
grades good >= 6, poor < 6
combine mean, at least 2
form
  second: one of (yes, no)
level 1 first 10
  rule award 0 to 10
level 1 other 10
  rule award 0 to 10
  not applicable when second = no excluded and shared by siblings
"""


def test_what_is_not_rated_has_no_score_in_any_output() -> None:
    """One part of two: no total and no grade, with the reason; 0 would be a score."""
    rubric = rd.loads(FEW)
    found = rubric.score({"first": "8", "second": "no"})
    assert (found.total.score, found.grade.value, found.grade.possible, found.status) == (None, None, (), "not_rated")
    assert closing(found, "en")[0] == "total not rated (1 of at least 2 parts applies), no grade"
    assert closing(found, "zh")[0] == "总分 不评定（只有 1 项适用，至少要 2 项），没有等级"
    told = result_json(found, "en")
    numbers = {"points": "0", "score": None, "min": None, "max": None}
    assert told["total"] == {
        **numbers,
        "tight": True,
        "rated": False,
        "status": "not_rated",
        "reason": "1 of at least 2 parts applies",
    }
    assert told["grade"] == {"value": None, "possible": []}
    page = notice(rubric.model, found, "en")
    assert "| total |  | not rated |" in markdown([page], "en")
    assert "1 of at least 2 parts applies" in markdown([page], "en")
    assert "<dd>not rated</dd>" in html([page], "en")


def test_whether_there_is_a_score_can_be_open() -> None:
    found = rd.loads(FEW).score({"first": "8", "other": "6"})
    assert closing(found, "en")[0] == "total 7 / 10 or not rated, grade open: good or none"
    assert closing(found, "zh")[0] == "总分 7 / 10，或不评定，等级待定：good，或没有等级"
    told = result_json(found, "en")["total"]
    assert (told["score"], told["min"], told["max"], told["status"]) == (None, "7", "7", "missing")


def test_claims_and_goals_where_nothing_is_rated() -> None:
    """No claim is met and no goal is reached, also where 0 would meet it."""
    given = {"figures": {"second": "no"}, "ratings": {"first": "8"}, "claimed_total": "0", "claimed_grade": "poor"}
    (submission,), _ = read_submissions(Source("data.json", json.dumps(given)))
    rubric = rd.loads(FEW.replace("good >= 6, poor < 6", "good <= 6, poor > 6"))
    audit = rubric.auditor().audit(submission, rubric.score(submission))
    assert (audit.whole.verdict, audit.whole.grade_verdict) == ("differs", "differs")
    assert "total: claimed 0, recomputed not rated, differs" in audit_lines(audit, "en")
    assert "grade: claimed 'poor', recomputed none, differs" in " ".join(audit_lines(audit, "en"))
    improver, result = rubric.improver(), rubric.score(submission)
    for goal in (Fraction(3), "good"):
        assert not improver.plan(submission, result, goal).reached

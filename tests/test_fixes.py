"""Fixes: what each fault offers, and what ``rubric check --fix`` does with it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

import rubric_dsl as rd
from rubric_cli.app import cli
from rubric_dsl.codes import codes, page
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.mending import changed, mend
from rubric_dsl.report.diagnostics_text import fix_words
from rubric_dsl.source import Source
from tools.code_inputs import BUILT
from tools.code_pages import LANGUAGES, example

ROOT = Path(__file__).resolve().parent.parent
ZH = (ROOT / "rubrics/yuhua/2019.rubric").read_text(encoding="utf-8")
EN = rd.format_source(Source("en", ZH), "en")[0] or ""
LIMITED_ZH = """指标体系 示例 年度 2019
满分 10
基础数据表
  完成率：比率，≤ 120%
一级指标 一 10
三级指标 示例指标 10
指标值 完成率
评价标准 按比例计分，最多 满分
总分限于 0分 到 12分
"""
LIMITED_EN = rd.format_source(Source("en", LIMITED_ZH), "en")[0] or ""

OFFERED = [
    ("unknown name", ZH, "指标值 在职人员数 ÷ 编制数", "指标值 在岗人员数 ÷ 编制数", "unknown-name", ["在职人员数"]),
    ("a quoted name", ZH, "会议费、培训费”\n", "会议费、培训”\n", "unknown-name", ["“会议费、培训费”"]),
    (
        "a row without its column", ZH, "三公经费[2019年决算数] ÷", "三公经费 ÷", "unknown-name",
        ["三公经费[2018年决算数]", "三公经费[2019年预算数]", "三公经费[2019年决算数]"],
    ),
    ("a missing space", ZH, "评为 较好 计6分", "评为 较好计6分", "missing-space", ["较好 计6分"]),
    ("a level without its word", ZH, "评为 一般 计3分", "一般 计3分", "level-word", ["评为 "]),
    ("a mark that is not closed", ZH, "20%（含） 计3分", "20%（含 计3分", "missing-bracket", ["）"]),
    ("a call that is not closed", ZH, "指标值 满意度", "指标值 最大值（满意度，0%", "missing-bracket", ["）"]),
    ("a bracket too many", ZH, "指标值 满意度", "指标值 满意度）", "missing-bracket", ["（", ""]),
    ("places that compete", ZH, "指标值 （三公经费", "指标值 （（三公经费", "missing-bracket", []),
    ("a full stop", ZH, "个百分点 扣0.5分", "个百分点 扣0。5分", "decimal-point", ["."]),
    ("a unit", ZH, "上年结转：万元", "上年结转：万块", "unknown-unit", ["万元"]),
    ("a dash in a range", ZH, "10% 到 20%（含） 计3分", "10%-20%（含） 计3分", "syntax", [" 到 "]),
    ("an upper end, as the neighbours have it", ZH, "10% 到 20%（含）", "10% 到 20%", "end-not-said", ["10% 到 20%（含）"]),
    ("a lower end, as the neighbours have it", ZH, "80%（含） 到 90%", "80% 到 90%", "end-not-said", ["80%（含） 到 90%"]),
    ("an end of a half line, as the neighbours have it", ZH, "90%（含） 以上", "90% 以上", "end-not-said", ["（含）"]),
    (
        "ends that nobody settles", ZH,
        "90%（含） 以上 计6分；\n    80%（含） 到 90% 计4分；\n    70%（含） 到 80% 计2分；\n    < 70% 计0分", "70% 到 90% 计2分；\n    否则 不得分",
        "end-not-said", ["70%（含） 到 90%", "70% 到 90%（含）"],
    ),
    (
        "a half line that nobody settles", ZH,
        "90%（含） 以上 计6分；\n    80%（含） 到 90% 计4分；\n    70%（含） 到 80% 计2分；\n    < 70% 计0分", "90% 以下 计2分；\n    否则 计6分",
        "end-not-said", ["（含）", "（不含）"],
    ),
    ("a gap below", ZH, "    < 0 计5分；\n", "", "band-gap", ["；\n    < 0% 计满分"]),
    ("a gap at one value", ZH, "    = 0 计5分；\n", "", "band-gap", ["；\n    = 0% 计满分", "；\n    = 0% 计4分"]),
    (
        "a gap between", ZH, "    80%（含） 到 90% 计4分；\n", "", "band-gap",
        ["；\n    80%（含） 到 90% 计2分", "；\n    80%（含） 到 90% 计满分"],
    ),
    ("a gap down to the least that can be", ZH, "；\n    < 70% 计0分", "", "band-gap", ["；\n    < 70% 计2分"]),
    ("a gap above", ZH, "；\n    > 30% 不得分", "", "band-gap", ["；\n    > 30% 计2分"]),
    ("a gap at the open ends", ZH, "    < 70% 计0分", "    < 60% 计0分", "band-gap", ["；\n    60%（含） 到 70% 不得分", "；\n    60%（含） 到 70% 计2分"]),
    ("percent or points", ZH, "每超过 1个百分点 扣0.5分", "每超过 1% 扣0.5分", "percent-or-points", ["1个百分点", "目标值的 1%"]),
    ("no reading of part steps", ZH, "计步 整步\n", "", "step-reading", ["计步 整步\n"]),
    ("over-fulfilment", ZH, "按比例计分，最多 满分", "按比例计分", "cap-not-said", ["，最多 满分"]),
    ("over-fulfilment of a limited figure", LIMITED_ZH, "按比例计分，最多 满分", "按比例计分", "cap-not-said", ["，最多 满分", "，不封顶"]),
    ("a score without a limit", ZH, "按比例计分，最多 满分", "按比例计分，不封顶", "no-upper-limit", ["最多 满分"]),
    ("a ratio and a number", ZH, "90%（含） 以上 计6分", "≥ 0.9 计6分", "percent-and-number", ["90%"]),
    ("points that do not sum", ZH, "一级指标 投入 13分", "一级指标 投入 14分", "points-sum", []),
    ("a refused sign", ZH, "≤ 100% 计满分", "⩽ 100% 计满分", "look-alike", ["≤"]),
    ("a gap in English", EN, "    10% to 20% (included) scores 3;\n", "", "band-gap", ["; 10% to 20% (included) scores 4", "; 10% to 20% (included) scores 2"]),
    ("an end in English", EN, "10% to 20% (included)", "10% to 20%", "end-not-said", ["10% to 20% (included)"]),
    ("steps in English", EN, "steps whole steps\n", "", "step-reading", ["steps whole steps\n"]),
    ("percent or points in English", EN, "deduct 0.5 per 1pp above", "deduct 0.5 per 1% above", "percent-or-points", ["1pp", "1% of target"]),
    ("over-fulfilment in English", EN, "proportional, at most full marks", "proportional", "cap-not-said", [", at most full marks"]),
    ("over-fulfilment of a limited figure in English", LIMITED_EN, "proportional, at most full marks", "proportional", "cap-not-said", [", at most full marks", ", uncapped"]),
    ("a score without a limit in English", EN, "proportional, at most full marks", "proportional, uncapped", "no-upper-limit", ["at most full marks"]),
    ("a dash in a range in English", EN, "10% to 20% (included)", "10%-20% (included)", "syntax", [" to "]),
    ("a level in English", EN, "rated 一般 scores 3", "一般 scores 3", "level-word", ["rated "]),
]  # fmt: skip


ALSO_IN_ENGLISH = {case[0] for case in OFFERED if case[0].endswith(" in English")} - {
    "a gap in English",
    "a level in English",
}
"""Whose Chinese counterpart is tried by every run."""
SAFE = {"a full stop", "a refused sign"}
"""Where what was written can mean one thing only."""


def told(text: str) -> list[Diagnostic]:
    return list(rd.check_source(Source("b", text))[1])


def first(text: str, code: str) -> Diagnostic:
    return next(item for item in told(text) if item.code == code)


@pytest.mark.parametrize(
    ("name", "good", "old", "new", "code", "wanted"),
    [
        pytest.param(*case, id=case[0], marks=[pytest.mark.slow] if case[0] in ALSO_IN_ENGLISH else [])
        for case in OFFERED
    ],
)
def test_what_a_fault_offers_mends_it(name: str, good: str, old: str, new: str, code: str, wanted: list[str]) -> None:
    assert old in good
    broken = good.replace(old, new, 1)
    before = [item for item in told(broken) if item.code == code]
    assert [" ".join(fix.replacement.split(" ")) for fix in before[0].fixes] == [
        w.replace("; 1", ";\n    1") for w in wanted
    ]
    for fix in before[0].fixes:
        assert fix.words.zh
        assert fix.words.en
        assert fix.safe == (name in SAFE)
        zh, en = fix_words(fix)
        assert zh.endswith("（不影响得分）" if fix.safe else "（可能改变得分）")
        assert en.endswith("(changes no score)" if fix.safe else "(may change scores)")
        left = told(changed(broken, [fix]))
        assert before[0].message not in [item.message for item in left if item.places[:1] == before[0].places[:1]]
        assert sum(item.code == code for item in left) < len(before)


@pytest.mark.slow
def test_safe_fixes_change_no_score_of_what_could_score() -> None:
    """Over the broken texts of this file and of the pages of the codes: what decides every score stays the same."""
    texts = [good.replace(old, new, 1) for _, good, old, new, _, _ in OFFERED]
    quick = [code for code in codes() if code not in BUILT]
    pages = [own for code in quick for lang in LANGUAGES if (own := page(code, lang)) is not None]
    texts += [example(own, good=False).rubric for own in pages]
    tried = 0
    for text in (text.replace("%", "％") for text in texts):  # so that what only warns has a safe fix too
        rubric, found = rd.check_source(Source("t", text))
        if rubric is None or not any(fix.safe for item in found for fix in item.fixes):
            continue
        mended = mend(Source("t", text))
        assert mended.changes
        assert mended.rubric is not None
        tried += 1
        for name, item in rubric.indicators.items():
            assert mended.rubric.indicators[name].program == item.program
        assert mended.rubric.model.totals.definitions == rubric.model.totals.definitions
    assert tried > len(LANGUAGES)


def test_the_reading_of_steps_goes_behind_the_name_and_past_comments() -> None:
    broken = ZH.replace("计步 整步\n", "")
    (fix,) = first(broken, "step-reading").fixes
    lines = changed(broken, [fix]).splitlines()
    assert lines[lines.index("计步 整步") - 1].startswith("指标体系 ")
    headless = broken.replace("指标体系 部门整体支出绩效评价 年度 2019\n", "")
    (fix,) = first(headless, "step-reading").fixes
    assert changed(headless, [fix]).startswith("计步 整步\n")


def test_an_unclosed_quote_is_closed_at_the_end_of_its_line() -> None:
    telling = ZH.replace("审批程序和手续；③", "审批程序和手续；③", 1).replace(
        "推动网上办事，提高行政效率", "推动“网上办事，提高行政效率", 1
    )
    found = first(telling, "unclosed-quote")
    assert [(fix.replacement, fix.safe) for fix in found.fixes] == [("”", True)]
    assert mend(Source("b", telling)).left == ()
    item = ZH.replace("① “按规定内容公开预决算信息” 1分", "① “按规定内容公开预决算信息 1分", 1)
    assert first(item, "unclosed-quote").fixes == ()  # at the end of the line the item would lose its points


def test_look_alikes_are_told_once_for_a_line_and_mended_as_one() -> None:
    text = ZH.replace("≤ 100% 计满分；", "＜＝１００％\u00a0计满分；", 1)
    rubric, found = rd.check_source(Source("b", text))
    assert [(item.code, item.severity) for item in found] == [("look-alike", "info")]
    assert rubric is not None
    assert [fix.replacement for fix in found[0].fixes] == ["≤100% "]
    assert mend(Source("b", text)).source.text == ZH.replace("≤ 100% 计满分；", "≤100% 计满分；", 1)


@pytest.mark.parametrize("text", ["\ufeff" + ZH, ZH.replace("≦", "＜＝"), ZH.replace("# 表内", "# １表内")])
def test_quoted_texts_comments_and_a_byte_order_mark_are_left_alone(text: str) -> None:
    assert [item.code for item in rd.check_source(Source("b", text))[1] if item.code == "look-alike"] == []


def test_many_faults_do_not_make_the_search_for_a_bracket_slow() -> None:
    text = ZH + "".join(f"  指标值 （（满意度 + {number}%\n" for number in range(600))
    found = [item for item in rd.check_source(Source("b", text))[1] if item.code == "missing-bracket"]
    assert len(found) == 600
    assert found[-1].fixes == ()


def test_unsafe_fixes_wait_for_a_word_and_alternatives_for_the_author() -> None:
    text = ZH.replace("10% 到 20%（含）", "10% 到 20%", 1).replace("每超过 1个百分点 扣0.5分", "每超过 １% 扣0.5分", 1)
    careful = mend(Source("b", text))
    assert [change.code for change in careful.changes] == ["look-alike"]
    bold = mend(Source("b", text), unsafe=True)
    assert [change.code for change in bold.changes] == ["look-alike", "end-not-said"]
    assert [item.code for item in bold.left] == ["percent-or-points"]
    assert not bold.scores_may_differ  # it could not score before


def test_what_one_line_mends_is_told_once() -> None:
    broken = ZH.replace("计步 整步\n", "")
    (item,) = (item for item in rd.check_source(Source("b", broken))[1] if item.code == "step-reading")
    assert "（8 处）" in item.message.zh
    mended = mend(Source("b", broken), unsafe=True)
    assert ([change.code for change in mended.changes], mended.left) == (["step-reading"], ())


def test_fixes_that_touch_are_not_applied_together() -> None:
    text = ZH.replace("1个百分点 扣0.8分", "1个百分点 扣０。８分", 1)
    mended = mend(Source("b", text))
    assert (mended.source.text, [change.code for change in mended.changes]) == (ZH, ["look-alike", "decimal-point"])


def test_a_file_that_is_inherited_from_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / "2018.rubric").write_text(ZH.replace("≤ 100% 计满分", "≤ １00% 计满分", 1), encoding="utf-8")
    kept = "指标体系 甲 年度 2020\n沿用 “2018.rubric”\n满分 100分\n计步 整步\n保留数据表\n保留 投入，过程，产出及效率\n"
    source = Source("2020.rubric", kept)
    assert mend(source, tmp_path, unsafe=True).changes == ()


def run(*arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, list(arguments), input=stdin, env={"LC_ALL": "zh_CN.UTF-8"})
    return done.exit_code, done.stdout, done.stderr


SPOILT = ZH.replace("≤ 100% 计满分", "≤ １00% 计满分", 1).replace("10% 到 20%（含）", "10% 到 20%", 1)


def test_check_offers_the_fixes(tmp_path: Path) -> None:
    file = tmp_path / "甲.rubric"
    file.write_text(SPOILT, encoding="utf-8")
    _, out, _ = run("check", str(file))
    assert out.endswith("1 个错误，0 个提醒\n1 处可用 --fix 改正；1 处可用 --fix --unsafe-fixes 改正（可能改变得分）\n")
    _, out, _ = run("check", str(file), "--lang", "en")
    assert out.endswith("--fix mends 1; --fix --unsafe-fixes mends 1 (scores may change)\n")
    assert file.read_text(encoding="utf-8") == SPOILT


def test_fix_writes_says_what_it_changed_and_reports_what_is_left(tmp_path: Path) -> None:
    file = tmp_path / "甲.rubric"
    file.write_bytes(SPOILT.replace("\n", "\r\n").encode())
    code, out, err = run("check", str(file), "--fix")
    assert (code, "end-not-said" in out, "look-alike" in out) == (1, True, False)
    assert err == f"{file} 第 76 行第 7 列 look-alike：改为通常的字符（不影响得分）\n"
    assert file.read_bytes() == SPOILT.replace("１00%", "100%").replace("\n", "\r\n").encode()
    code, out, err = run("check", str(file), "--fix", "--unsafe-fixes", "--format", "json")
    assert (code, json.loads(out), "重新运行例子" in err) == (0, [], False)
    assert err.endswith("（可能改变得分）\n")
    assert file.read_bytes().decode() == ZH.replace("\n", "\r\n")
    assert [path.name for path in tmp_path.iterdir()] == ["甲.rubric"]
    before = file.stat().st_mtime_ns
    assert run("check", str(file), "--fix") == (0, "0 个错误，0 个提醒\n", "")
    assert file.stat().st_mtime_ns == before


def test_an_unsafe_fix_of_a_rubric_that_scored_says_that_scores_can_change(tmp_path: Path) -> None:
    file = tmp_path / "a.rubric"
    file.write_text(ZH, encoding="utf-8")
    assert run("check", str(file), "--fix", "--unsafe-fixes")[2] == ""
    spoilt = Source("a", ZH)
    mended = mend(spoilt)
    assert not mended.scores_may_differ


def test_diff_shows_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "甲.rubric"
    file.write_text(SPOILT, encoding="utf-8")
    code, out, err = run("check", str(file), "--diff")
    changed_lines = [line for line in out.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert (code, changed_lines) == (1, ["-    ≤ １00% 计满分；", "+    ≤ 100% 计满分；"])
    assert "end-not-said" in err
    assert "+    10% 到 20%（含） 计3分；" in run("check", str(file), "--diff", "--unsafe-fixes")[1]
    assert file.read_text(encoding="utf-8") == SPOILT
    file.write_text(ZH, encoding="utf-8")
    assert run("check", str(file), "--diff") == (0, "", "")


def test_standard_input_is_mended_to_standard_output() -> None:
    code, out, err = run("check", "-", "--fix", stdin=SPOILT)
    assert (code, out) == (1, SPOILT.replace("１00%", "100%"))
    assert "look-alike" in err
    assert "1 个错误" in err
    assert run("check", "-", "--diff", stdin=SPOILT)[1].startswith("--- -\n+++ -\n")


@pytest.mark.parametrize(
    "words",
    [("--unsafe-fixes",), ("--fix", "--diff"), ("--diff", "--format", "json"), ("--fix", "--format", "sarif")],
)
def test_options_that_cannot_go_together_change_nothing(words: tuple[str, ...]) -> None:
    code, out, err = run("check", "-", *words, stdin=SPOILT)
    assert (code, out, bool(err)) == (2, "", True)


def test_a_file_that_cannot_be_written_is_reported_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    file = tmp_path / "a.rubric"
    file.write_text(SPOILT, encoding="utf-8")
    monkeypatch.setattr(os, "replace", refuse)
    code, out, err = run("check", str(file), "--fix")
    assert (code, "不能写入" in err, "look-alike" in out) == (2, True, True)
    assert file.read_text(encoding="utf-8") == SPOILT
    assert [path.name for path in tmp_path.iterdir()] == ["a.rubric"]

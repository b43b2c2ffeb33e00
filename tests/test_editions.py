"""Editions that inherit, named readings, whole cases and groups, through files and commands as their users do."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner

import rubric_dsl as rd
from rubric_cli.app import cli as app
from rubric_dsl.source import Source

BASE = """指标体系 示例 年度 2018
满分 20
计步 整步
基础数据表
  甲数：万元
  乙数：万元
一级指标 一 20
三级指标 甲 10
  指标值 甲数 ÷ 乙数
  评价标准 以 100% 为标准，每低于 5个百分点扣2分
三级指标 乙 5
  评价标准 评定给分 0分 到 5分
三级指标 丙 5
  评价标准 评定给分 0分 到 5分
"""
NEXT = """指标体系 示例 年度 2019
沿用 “2018.rubric”
满分 20
计步 整步
保留数据表
  丁数：万元
一级指标 一 20
保留 甲
三级指标 乙 6
  评价标准 评定给分 0分 到 6分
三级指标 丁 4
  指标值 丁数 ÷ 乙数
  评价标准 ≥ 100% 计满分；否则 不得分
删去 丙
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "2018.rubric").write_text(BASE, encoding="utf-8")
    (tmp_path / "2019.rubric").write_text(NEXT, encoding="utf-8")
    return tmp_path


def test_what_is_kept_scores_as_before(folder: Path) -> None:
    rubric = rd.load(folder / "2019.rubric")
    result = rubric.score({"甲数": 90, "乙数": 100, "丁数": 100, "乙": 6})
    assert {name: item.score for name, item in result.indicators.items()} == {"甲": 6, "乙": 6, "丁": 4}
    changes = rubric.model.edition_changes
    assert changes is not None
    assert (changes.kept, changes.changed, changes.dropped, changes.added) == (("甲",), ("乙",), ("丙",), ("丁",))


def test_check_prints_the_list(folder: Path) -> None:
    done = CliRunner().invoke(app, ["check", str(folder / "2019.rubric"), "--lang", "zh"])
    assert done.exit_code == 0, done.output
    assert "保留 1 项：甲；修改 1 项：乙；删去 1 项：丙；新增 1 项：丁" in done.output


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("删去 丙\n", ""), "edition-unlisted"),
        (("保留 甲\n", "保留 戊\n"), "edition-unknown"),
        (("删去 丙\n", "删去 丙\n删去 甲\n"), "edition-twice"),
        (("保留 甲\n", "保留 甲\n保留 乙\n"), "edition-twice"),
        (("“2018.rubric”", "“2017.rubric”"), "no-base-edition"),
        (("“2018.rubric”", "“../2018.rubric”"), "no-base-edition"),
        (("“2018.rubric”", "“2019.rubric”"), "no-base-edition"),
    ],
)
def test_nothing_is_carried_over_unseen(folder: Path, change: tuple[str, str], code: str) -> None:
    text = NEXT.replace(*change)
    assert text != NEXT
    (folder / "2019.rubric").write_text(text, encoding="utf-8")
    _, found = rd.check_source(Source("2019.rubric", text), folder)
    assert code in {item.code for item in found if item.is_error}


def test_a_fault_in_what_is_kept_is_shown_in_its_own_file(folder: Path) -> None:
    (folder / "2018.rubric").write_text(BASE.replace("指标值 甲数 ÷ 乙数", "指标值 甲数 ÷ 戊数"), encoding="utf-8")
    _, found = rd.check_source(Source("2019.rubric", NEXT), folder)
    places = [item.places[0] for item in found if item.code == "unknown-name"]
    assert [(place.source.name, place.line) for place in places] == [("2018.rubric", 9)]


AGES = """指标体系 示例 年度 2018
满分 10
{header}基础数据表
  平均年龄：年
一级指标 一 10
三级指标 甲 10
  指标值 平均年龄
  评价标准 < 30年 计5分；30年（含） 到 50年 计3分；≥ 50年 计满分
{own}"""
KEEPS = "指标体系 示例 年度 2019\n沿用 “2018.rubric”\n满分 10\n{header}保留数据表\n一级指标 一 10\n{heading}保留 甲\n"
ACCEPT = "接受 up-and-down，理由 “{}”\n"


@pytest.mark.parametrize(
    ("base", "own", "reason"),
    [
        ({"own": ACCEPT.format("两头是鼓励的")}, {}, "两头是鼓励的"),  # kept with the rule that it speaks of
        (
            {},
            {"heading": ACCEPT.format("本年也是")},
            "本年也是",
        ),  # a heading's acceptance holds for what is kept below it
        ({}, {"header": ACCEPT.format("整份都是")}, "整份都是"),
        ({"header": ACCEPT.format("去年都是")}, {}, None),  # what a header says is said of its own file alone
        ({}, {}, None),
    ],
)
def test_what_is_accepted_of_a_kept_rule_stays_accepted(
    tmp_path: Path, base: dict[str, str], own: dict[str, str], reason: str | None
) -> None:
    empty = {"header": "", "heading": "", "own": ""}
    (tmp_path / "2018.rubric").write_text(AGES.format(**empty | base), encoding="utf-8")
    _, found = rd.check_source(Source("2019.rubric", KEEPS.format(**empty | own)), tmp_path)
    told = [(item.code, item.accepted, item.places[0].source.name) for item in found if item.severity == "warning"]
    assert told == [("up-and-down", reason, "2018.rubric")]


def test_what_is_accepted_of_a_kept_rule_in_vain_is_told_in_its_own_file(tmp_path: Path) -> None:
    text = AGES.format(header="", own=ACCEPT.format("曾经有起伏")).replace("计5分", "不得分")
    (tmp_path / "2018.rubric").write_text(text, encoding="utf-8")
    _, found = rd.check_source(Source("2019.rubric", KEEPS.format(header="", heading="")), tmp_path)
    (told,) = [item for item in found if item.severity == "warning"]
    assert (told.code, told.places[0].source.name, told.places[0].line) == ("accept-without-effect", "2018.rubric", 9)


def test_an_edition_may_be_kept_in_the_other_language(folder: Path) -> None:
    english, _ = rd.format_source(Source("2019", NEXT), "en")
    assert english is not None
    rubric = rd.loads(Source("2019.rubric", english), folder)
    assert rubric.score({"甲数": 90, "乙数": 100}).indicators["甲"].score == 6


READINGS = """指标体系 示例 年度 2019
满分 10
计步 整步
等级 优 ≥ 9，差 < 9
基础数据表
  实际：万元
一级指标 一 10
三级指标 甲 10
  指标值 实际
  正式读法 “按万元”
  评价标准 以 100万元 为标准，每低于 5万元扣2分
  读法 “按比率”
  评价标准 以 100万元 为标准，每低于 目标的 10% 扣2分
整例 “九十五” ，实际 = 95 得 8分，评为 差
整例 “一百” ，实际 = 100 得 10分，评为 差
"""


def test_a_reading_is_chosen_on_the_command_line(tmp_path: Path) -> None:
    rubric, data = tmp_path / "r.rubric", tmp_path / "d.json"
    rubric.write_text(READINGS, encoding="utf-8")
    data.write_text('{"数据": {"实际": "88"}}', encoding="utf-8")
    scores = {}
    for reading in ("", "按比率", "不足一步按一步"):
        more = ["--reading", reading] if reading else []
        done = CliRunner().invoke(app, ["score", str(rubric), str(data), "--format", "json", *more])
        assert done.exit_code == 0, done.output
        shown = json.loads(done.stdout)
        scores[reading] = (shown["total"]["score"], shown["reading"])
    assert scores == {"": ("6", None), "按比率": ("8", "按比率"), "不足一步按一步": ("4", "不足一步按一步")}
    done = CliRunner().invoke(app, ["score", str(rubric), str(data), "--reading", "别的", "--lang", "zh"])
    assert done.exit_code == 2
    assert "没有名为“别的”的口径" in done.output
    assert "按比率" in done.output


def test_whole_cases_run_with_their_grades(tmp_path: Path) -> None:
    rubric = rd.loads(READINGS)
    assert [(item.indicator, item.passed) for item in rubric.run_examples()] == [("九十五", True), ("一百", False)]
    path = tmp_path / "r.rubric"
    path.write_text(READINGS, encoding="utf-8")
    done = CliRunner().invoke(app, ["test", str(path), "--lang", "zh"])
    assert done.exit_code == 1
    assert "应得 10 差，实得 10 优" in done.output


GROUP = """指标体系 示例 年度 2019
满分 10
同组 按 类别
基础数据表
  类别：选自（一类，二类）
  得票：次
一级指标 一 10
三级指标 名次 10
  指标值 名次（得票，从高到低，并列取平均）
  评价标准 达到 1 计10分；达到 2 计8分
  评价标准 = 1 计10分
"""


def test_ranks_come_from_the_departments_scored_together(tmp_path: Path) -> None:
    text = GROUP.replace(
        "  评价标准 达到 1 计10分；达到 2 计8分\n  评价标准 = 1 计10分\n",
        "  评价标准 ≤ 1 计10分；≤ 2 计8分；否则 计5分\n",
    )
    text = text.replace("≤ 1 计10分；≤ 2 计8分", "≤ 1 计10分；1 到 2（含） 计8分")
    rubric, data = tmp_path / "r.rubric", tmp_path / "d.csv"
    rubric.write_text(text, encoding="utf-8")
    data.write_text("单位,类别,得票\n甲,一类,30\n乙,一类,20\n丙,二类,10\n丁,一类,30\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["score", str(rubric), str(data), "--format", "json"])
    assert done.exit_code == 0, done.output
    assert [item["total"]["score"] for item in json.loads(done.stdout)] == ["8", "5", "10", "8"]
    data.write_text("单位,类别,得票\n甲,一类,30\n乙,一类,\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["score", str(rubric), str(data), "--format", "json"])
    shown = json.loads(done.stdout)
    assert [item["total"]["score"] for item in shown] == [None, None]
    assert "cohort-incomplete" in {item["code"] for item in shown[0]["diagnostics"]}


def test_group_reference_and_refinements_are_read_from_files(tmp_path: Path) -> None:
    rubric, data = tmp_path / "r.rubric", tmp_path / "d.yaml"
    rubric.write_text(
        "指标体系 示例 年度 2019\n满分 10\n基础数据表\n  得票：次\n  全市平均：次，参照\n一级指标 一 10\n"
        "三级指标 甲 4\n指标值 得票 ÷ 同组平均（得票）\n评价标准 ≥ 100% 计满分；否则 不得分\n"
        "三级指标 乙 2\n指标值 得票 ÷ 全市平均\n评价标准 ≥ 100% 计满分；否则 不得分\n"
        "三级指标 丙 4\n评价标准 由部门细化\n",
        encoding="utf-8",
    )
    data.write_text(
        "数据: {得票: 30}\n参照: {全市平均: 31}\n同组: {得票: [30, 20, 25.5]}\n"
        "细化:\n  丙:\n    节水: {分值: 3, 得分: 2}\n    节电: {分值: 1, 得分: 1}\n",
        encoding="utf-8",
    )
    done = CliRunner().invoke(app, ["score", str(rubric), str(data), "--format", "json"])
    assert done.exit_code == 0, done.output
    assert [item["score"] for item in json.loads(done.stdout)["indicators"]] == ["4", "0", "3"]
    data.write_text("同组: {得票: 3}\n细化: {丙: {节水: 3}}\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["score", str(rubric), str(data), "--format", "json"])
    assert done.exit_code == 1


REST = """指标体系 示例 年度 2019
沿用 “2018.rubric”
保留其余
"""


def next_year(folder: Path, text: str) -> tuple[rd.Rubric | None, dict[str, list[str]]]:
    """Return an edition that keeps the rest, and its errors by code: the files that each points into."""
    (folder / "2018.rubric").write_text(BASE.replace("乙数：万元", "乙数：万元，> 0"), encoding="utf-8")
    (folder / "2019.rubric").write_text(REST + text, encoding="utf-8")
    rubric, found = rd.check_source(Source("2019.rubric", REST + text), folder)
    return rubric, {
        item.code: [place.source.name for place in item.places] for item in found if item.severity != "info"
    }


def test_what_an_edition_does_not_speak_of_stays(folder: Path) -> None:
    rubric, faults = next_year(folder, "")
    assert rubric is not None
    assert not faults
    assert rubric.score({"甲数": 90, "乙数": 100, "乙": 3, "丙": 5}).total.max == 14


def test_points_and_rules_change_alone(folder: Path) -> None:
    rubric, faults = next_year(
        folder,
        "修改 甲\n  评价标准 以 100% 为标准，每低于 5个百分点扣1分\n修改 乙 6\n  评价标准 评定给分 0分 到 6分\n修改 丙 4\n  评价标准 评定给分 0分 到 4分\n",
    )
    assert rubric is not None
    assert not faults
    result = rubric.score({"甲数": 90, "乙数": 100, "乙": 6, "丙": 4})
    assert [item.score for item in result.indicators.values()] == [8, 6, 4]


def test_the_whole_is_changed_by_saying_so(folder: Path) -> None:
    rubric, faults = next_year(folder, "计步 按比例\n等级 优 ≥ 15分，差 < 15分\n")
    assert rubric is not None
    assert not faults
    assert rubric.score({"甲数": 99, "乙数": 100}).indicators["甲"].score == Fraction(96, 10)
    changes = rubric.model.edition_changes
    assert changes is not None
    assert [(verb, words.zh) for verb, words in changes.elsewhere] == [("changed", "扣分单位"), ("added", "等级")]


def test_a_fault_that_the_edition_makes_points_into_the_edition(folder: Path) -> None:
    _, faults = next_year(folder, "删去 乙数\n")
    assert faults == {"unknown-name": ["2019.rubric", "2018.rubric"]}
    _, faults = next_year(folder, "删去 丙\n")
    assert faults == {"points-sum": ["2019.rubric", "2018.rubric"]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("修改 丁 6\n", "edition-unknown"),
        ("保留 丁\n", "edition-unknown"),
        ("删去 丁\n", "edition-unknown"),
        ("原名 丁，现名 戊\n", "edition-unknown"),
        ("原名 甲，现名 乙\n", "edition-twice"),
        ("删去 甲\n修改 甲 6\n", "edition-unknown"),
    ],
)
def test_what_is_said_of_nothing_is_told(folder: Path, text: str, code: str) -> None:
    _, faults = next_year(folder, text)
    assert faults.get(code, [""])[0] == "2019.rubric"


def test_a_change_needs_an_earlier_edition(folder: Path) -> None:
    _, found = rd.check_source(Source("a.rubric", BASE + "修改 甲 6\n"), folder)
    assert "no-base-edition" in {item.code for item in found}
    _, found = rd.check_source(Source("2019.rubric", NEXT + "修改 甲 6\n"), folder)
    assert "edition-unlisted" in {item.code for item in found}


def test_the_form_grows_where_it_is_written(folder: Path) -> None:
    rubric, faults = next_year(
        folder,
        "基础数据表\n  丁数：万元\n  甲数：元，> 0\n一级指标 一 20\n三级指标 甲 10\n  指标值 （丁数 + 甲数） ÷ 乙数\n  评价标准 ≥ 100% 计满分；否则 不得分\n",
    )
    assert rubric is not None
    assert not faults
    assert list(rubric.model.fields) == ["甲数", "乙数", "丁数"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_new_starts_the_next_year(folder: Path, lang: str) -> None:
    (folder / "2019.rubric").unlink()
    base = BASE.replace("甲数：万元", "“2018年甲数”：万元").replace("甲数 ÷", "“2018年甲数” ÷")
    text, _ = rd.format_source(Source("2018.rubric", base), lang)  # type: ignore[arg-type]
    assert text is not None
    (folder / "2018.rubric").write_text(text, encoding="utf-8")
    out = folder / "2019.rubric"
    done = CliRunner().invoke(app, ["new", "--from", str(folder / "2018.rubric"), "-o", str(out)])
    assert done.exit_code == 0, done.output
    rubric = rd.load(out)
    given_data = {"2018年甲数": 90, "乙数": 100, "乙": 3, "丙": 5}
    assert rubric.score(given_data).total.min == rd.load(folder / "2018.rubric").score(given_data).total.min == 14
    assert [item.code for item in rubric.diagnostics] == ["edition-changes", "edition-fixed-year"]
    # The names that hold a year are offered as lines to switch on.
    on = out.read_text(encoding="utf-8").replace("# 原名", "原名").replace("# formerly", "formerly")
    out.write_text(on, encoding="utf-8")
    assert rd.load(out).score({**given_data, "2019年甲数": 90}).total.max == 14
    again = CliRunner().invoke(app, ["new", "--from", str(folder / "2018.rubric"), "-o", str(out)])
    assert again.exit_code == 2
    assert out.read_text(encoding="utf-8") == on


def test_new_says_why_it_cannot_start_a_year(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    base, elsewhere = str(folder / "2018.rubric"), str(tmp_path_factory.mktemp("b") / "2019.rubric")
    for arguments in (["-o", elsewhere], ["--edition", "2018"], ["--edition", "a\nb"]):
        done = CliRunner().invoke(app, ["new", "--from", base, *arguments])
        assert done.exit_code == 2, done.output


YEARS = """指标体系 示例 年度 2018
满分 10
基础数据表
  组 经费（2018年）
  列 2018年预算数
  行 支出：万元，> 0
  组 其他
  甲数：万元
一级指标 一 10
三级指标 甲 10
  指标值 甲数 ÷ 支出[2018年预算数]
  评价标准 ≥ 100% 计满分；否则 不得分
"""


def test_the_advice_about_years_can_be_followed(folder: Path) -> None:
    (folder / "2018.rubric").write_text(YEARS, encoding="utf-8")
    keeps = "指标体系 示例 年度 {}\n沿用 “{}.rubric”\n保留其余\n"
    text = keeps.format(2019, 2018)
    for _ in range(2):  # one name after the other, until none is left
        _, found = rd.check_source(Source("2019.rubric", text), folder)
        (told,) = [item for item in found if item.severity == "warning"]
        assert told.code == "edition-fixed-year"
        assert told.hint is not None
        text += told.hint.zh.removeprefix("写：").partition("；")[0] + "\n"
    rubric, found = rd.check_source(Source("2019.rubric", text), folder)
    assert rubric is not None
    assert [item.code for item in found] == ["edition-changes"]
    (folder / "2019.rubric").write_text(text, encoding="utf-8")
    # What stands in an older file under another name is not to be written anew there.
    _, found = rd.check_source(Source("2020.rubric", keeps.format(2020, 2019)), folder)
    (told,) = [item for item in found if item.severity == "warning"]
    assert told.hint is not None
    assert "或在" not in told.hint.zh
    done = CliRunner().invoke(app, ["new", "--from", str(folder / "2019.rubric"), "--lang", "zh"])
    assert "# 原名 2019年预算数，现名 2020年预算数" in done.output
    for year in (2018, 2019):
        done = CliRunner().invoke(app, ["new", "--from", str(folder / f"{year}.rubric"), "--edition", str(year)])
        assert done.exit_code == 2


def test_a_new_figure_joins_its_group(folder: Path) -> None:
    (folder / "2018.rubric").write_text(YEARS, encoding="utf-8")
    own = "基础数据表\n  组 经费（2018年）\n  乙数：万元\n  组 新组\n  列 2019年决算数\n  行 丙数：万元\n  核对 乙数 ≥ 0万元\n"
    rubric, found = rd.check_source(Source("2019.rubric", REST + own), folder)
    assert rubric is not None
    assert not [item for item in found if item.is_error and item.code != "unused-name"]
    assert list(rubric.model.fields) == ["支出[2018年预算数]", "乙数", "甲数", "丙数[2019年决算数]"]
    assert [field.group for field in rubric.model.fields.values()] == [
        "经费(2018年)",
        "经费(2018年)",
        "其他",
        "新组",
    ]

"""Deliberately broken copies of the official rubric: each gives one clear diagnostic at the right place."""

from __future__ import annotations

from pathlib import Path

import pytest

import rubric_dsl as rd
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.report.diagnostics_text import diagnostic_text
from rubric_dsl.source import Source
from tests.commands import run

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "rubrics" / "yuhua" / "2019.rubric").read_text(encoding="utf-8")
HOST_WORDS = ("lark", "Lark", "Token", "token", "Traceback", "Decimal", "Fraction", "Unexpected", "__ANON", " st_", "’")

BROKEN = [
    ("a band with a gap", "    10% 到 20%（含） 计3分；\n", "", "band-gap", "    0% 到 10%（含） 计4分"),
    ("two bands hold 10%", "10% 到 20%（含） 计3分", "10%（含） 到 20%（含） 计3分", "band-overlap", "    10%（含） 到 20%（含） 计3分"),
    ("an end without an owner", "10% 到 20%（含） 计3分", "10% 到 20% 计3分", "end-not-said", "    10% 到 20% 计3分"),
    ("points that do not sum", "一级指标 投入 13分", "一级指标 投入 14分", "points-sum", "一级指标 投入 14分"),
    ("an unknown name", "指标值 在职人员数 ÷ 编制数", "指标值 在岗人员数 ÷ 编制数", "unknown-name", "  指标值 在岗人员数 ÷ 编制数"),
    ("a missing bracket", "指标值 （三公经费", "指标值 （（三公经费", "missing-bracket", "  指标值 （（三公经费"),
    ("a swallowed keyword", "评为 较好 计6分", "评为 较好计6分", "missing-space", "    评为 较好计6分"),
    ("a swallowed statement word", "  指标值 实际产出数", "  指标值实际产出数", "missing-space", "  指标值实际产出数"),
    ("percent for points", "每超过 1个百分点 扣0.5分", "每超过 1% 扣0.5分", "percent-or-points", "    每超过 1% 扣0.5分"),
    ("persons and money", "指标值 在职人员数 ÷ 编制数", "指标值 （在职人员数 + 上年结转） ÷ 编制数", "unit-mismatch", "  指标值 （在职人员数"),
    ("a ratio and a bare number", "≤ 100% 计满分；\n    每超过 1个百分点 扣0.5分", "≤ 1 计满分；\n    每超过 1个百分点 扣0.5分", "percent-and-number", "    ≤ 1 计满分"),
    ("no reading of part steps", "计步 整步\n", "", "step-reading", "    每超过 1个百分点 扣0.5分"),
    ("an unclosed quote", "原文 “以100%为标准。在职人员控制率≦100%，计5分；每超过一个百分点扣0.5分，扣完为止。”", "原文 “以100%为标准。", "unclosed-quote", "  原文 “以100%为标准。"),
    ("a level without its word", "评为 一般 计3分", "一般3分", "level-word", "    一般3分"),
    ("an unknown unit", "上年结转：万元", "上年结转：万块", "unknown-unit", "  上年结转：万块"),
    ("a full stop for a decimal point", "个百分点 扣0.5分", "个百分点 扣0。5分", "decimal-point", "    每超过 1个百分点 扣0。5分"),
    ("over-fulfilment unsaid", "按比例计分，最多 满分", "按比例计分", "cap-not-said", "  评价标准 按比例计分"),
]  # fmt: skip


def find(text: str, code: str) -> list[Diagnostic]:
    rubric, found = rd.check_source(Source("broken.rubric", text))
    assert rubric is None
    return [item for item in found if item.code == code]


@pytest.mark.parametrize(("old", "new", "code", "line"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_each_fault_has_its_code_and_place(old: str, new: str, code: str, line: str) -> None:
    assert TEXT.count(old) >= 1
    broken = TEXT.replace(old, new, 1)
    found = find(broken, code)
    assert found, [d.code for d in rd.check_source(Source("b", broken))[1]]
    place = found[0].places[0]
    assert place.source.line_text(place.line).startswith(line)
    for lang in ("zh", "en"):
        shown = diagnostic_text(found[0], "zh" if lang == "zh" else "en")
        assert code in shown
        assert not any(word in shown for word in HOST_WORDS)


@pytest.mark.parametrize(("old", "new", "code", "line"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_one_fault_gives_no_cascade(old: str, new: str, code: str, line: str) -> None:
    del line
    _, found = rd.check_source(Source("b", TEXT.replace(old, new, 1)))
    if code not in {"step-reading", "points-sum", "unclosed-quote"}:  # these are said once for each rule or parent
        assert {item.code for item in found} == {code}


def test_several_independent_faults_are_found_in_one_run() -> None:
    broken = TEXT
    wanted = set()
    for _, old, new, code, _ in BROKEN:
        if code in {"missing-bracket", "unknown-name", "end-not-said", "cap-not-said", "missing-space"}:
            broken = broken.replace(old, new, 1)
            wanted.add(code)
    _, found = rd.check_source(Source("b", broken))
    assert wanted <= {item.code for item in found}


def test_a_full_width_mess_from_an_input_method_reads_the_same() -> None:
    mess = TEXT.replace("满分 100分", "满分：１００分").replace("≤ 100% 计满分", "＜＝　１００％　计满分")
    mess = mess.replace("在职人员数 ÷ 编制数\n", "在职人员数　／　编制数\u200b\r\n")
    assert rd.loads("\ufeff" + mess).score({"在职人员数": 12, "编制数": 10}).indicators["在职人员控制率"].score == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", 1),
        (b"\x00\x01\x02\xff\xfe\x00binary", 2),
        (b"\x89PNG\r\n\x1a\n", 2),
        ("计步".encode(), 1),
        (b"\xff\xff\xff", 2),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_empty_binary_and_strange_files_end_in_a_clear_message(
    tmp_path: Path, content: bytes, code: int, lang: str
) -> None:
    file = tmp_path / "x.rubric"
    file.write_bytes(content)
    done = run("check", "x.rubric", "--lang", lang, cwd=tmp_path)
    assert done.returncode == code
    shown = done.stdout + done.stderr
    assert shown.strip()
    assert not any(word in shown for word in HOST_WORDS)


def test_gb18030_and_utf16_files_are_read(tmp_path: Path) -> None:
    for encoding in ("gb18030", "utf-16", "utf-8-sig"):
        file = tmp_path / "x.rubric"
        file.write_bytes(TEXT.encode(encoding))
        assert len(rd.load(file).indicators) == 17


def test_a_figure_that_is_not_a_number() -> None:
    result = rd.loads(TEXT).score({"在职人员数": "十二人左右", "编制数": 10})
    found = [d for d in result.diagnostics if d.is_error]
    assert [d.code for d in found] == ["not-a-number"]
    assert "在职人员数" in found[0].message.zh
    indicator = result.indicators["在职人员控制率"]
    assert (indicator.status, indicator.range.min, indicator.range.max) == ("invalid", 0, 5)


def test_a_ratio_takes_no_other_unit_and_no_percentage_without_its_sign() -> None:
    result = rd.loads(TEXT).score({"满意度": "95人"})
    assert [d.code for d in result.diagnostics] == ["wrong-unit"]
    assert result.indicators["社会公众或服务对象满意度"].status == "invalid"
    assert [d.code for d in rd.loads(TEXT).score({"满意度": "95"}).diagnostics] == ["implausible-scale"]
    assert not rd.loads(TEXT).score({"满意度": "95%"}).diagnostics


def test_a_derived_figure_as_given_is_compared_with_the_computed_one() -> None:
    rubric = rd.loads(TEXT)
    assert not rubric.score({"编制数": 10, "在职人员数": 12, "控制率": "20%"}).diagnostics
    found = rubric.score({"编制数": 10, "在职人员数": 12, "控制率": "120%"}).diagnostics
    assert [d.code for d in found] == ["derived-differs"]


def test_points_are_no_percentage_and_a_step_costs_something() -> None:
    for old, new, code in (
        ("满分 100分", "满分 50%", "syntax"),
        ("个百分点 扣0.5分", "个百分点 扣0分", "step-size"),
        ("计4.5分", "计4.5%", "syntax"),
    ):
        _, found = rd.check_source(Source("b", TEXT.replace(old, new, 1)))
        assert code in {d.code for d in found}


def test_one_missing_figure_in_several_indicators_cannot_be_best_for_each_of_them() -> None:
    text = """指标体系 试 年度 2019
满分 10
基础数据表
甲：万元
乙：万元
一级指标 一 10
三级指标 高好 5
指标值 甲 ÷ 乙
评价标准 ≥ 100% 计5分；< 100% 计0分
三级指标 低好 5
指标值 甲 ÷ 乙
评价标准 ≥ 100% 计0分；< 100% 计5分
"""
    part = rd.loads(text).score({"乙": 10})
    assert (part.total.min, part.total.max, part.total.tight) == (5, 5, True)
    assert [(item.range.min, item.range.max) for item in part.indicators.values()] == [(0, 5), (0, 5)]
    assert rd.loads(text).score({"甲": 3, "乙": 10}).total.tight


def test_whole_numbers_narrow_the_range_to_what_they_reach() -> None:
    """7 staff and an unknown whole quota: exactly 90% cannot be, but 7/8 = 87.5% and 100% can."""
    text = """指标体系 试 年度 2019
满分 5
基础数据表
甲：人，整数
乙：人，整数
一级指标 一 5
三级指标 二 5
指标值 甲 ÷ 乙
评价标准 < 90% 计1分；= 90% 计5分；> 90% 计2分
"""
    found = rd.loads(text).score({"甲": 7}).indicators["二"].range
    assert (found.min, found.max, found.tight) == (1, 2, True)
    real = rd.loads(text.replace("，整数", "")).score({"甲": 7}).indicators["二"].range
    assert (real.min, real.max, real.tight) == (1, 5, True)


def test_a_denominator_of_zero_is_an_error_and_no_score() -> None:
    """Where the form states that it is above 0, the figure is at fault; where not, the rule is."""
    data = {"在职人员数": 3, "编制数": 0}
    for text, code in (
        (TEXT, "outside-limits"),
        (TEXT.replace("人，整数，> 0，", "人，整数，", 1), "zero-denominator"),
    ):
        result = rd.loads(text).score(data)
        assert result.indicators["在职人员控制率"].status == "invalid"
        assert [d.code for d in result.diagnostics] == [code]


def test_items_beyond_the_circled_numbers_are_written_as_they_can_be_read() -> None:
    head = "指标体系 试 年度 2019\n满分 5分\n一级指标 一 5分\n三级指标 规则 5分\n"
    text = f"{head}  评价标准\n    ① “甲” 2分；\n    item 21 “乙” 3分\n"
    for lang in ("zh", "en"):
        written = rd.format_source(Source("f", text), "zh" if lang == "zh" else "en")[0]
        assert written is not None
        assert "item 21" in written
        assert rd.format_source(Source("f", written), "zh")[0] == text


def test_floats_are_refused_with_the_reason() -> None:
    result = rd.loads(TEXT).score({"在职人员数": 12, "编制数": 10.0})
    assert [d.code for d in result.diagnostics] == ["float-refused"]
    assert result.indicators["在职人员控制率"].status == "missing"


def test_text_in_the_file_cannot_move_the_terminals_cursor() -> None:
    _, found = rd.check_source(Source("x", "指标体系 a 年度 2019\n满分 \u202e\x9b31m"))
    assert found
    assert not any(char in diagnostic_text(d, "zh") for d in found for char in "\x1b\x9b\u202e")


SMALL = "指标体系 例 年度 2024\n满分 10\n计步 整步\n基础数据表\n  甲：比率\n  乙：万元\n一级指标 一 10\n三级指标 丙 10\n指标值 甲\n"
NOT_FIXED = [
    ("评价标准 达到 90% 计（乙）分", "ladder-figure"),
    ("评价标准 达到 90% 计 3分 到 5分 由评定", "ladder-figure"),
    ("评价标准 达到 90% 扣2分", "ladder-figure"),
    ("评价标准 按折线 60% 计0分，100% 计（乙）分，两端之外 不变", "anchor-figure"),
    ("评价标准 ≤ 100% 计满分；> 100% 不得分\n不适用当 乙 = 0 计（乙）分", "points-formula"),
]


@pytest.mark.parametrize(("rule", "code"), NOT_FIXED)
def test_a_score_that_must_be_a_fixed_number_is_told(rule: str, code: str) -> None:
    _, found = rd.check_source(Source("b", SMALL + rule + "\n"))
    assert [item.code for item in found if item.is_error] == [code]


def test_steps_beside_a_band_whose_score_is_a_formula_have_no_target_of_it() -> None:
    rule = "评价标准 ≤ 100% 计（乙 ÷ 1万元）分；每超过 1个百分点 扣0.5分，扣完为止\n"
    assert "step-target" in {item.code for item in rd.check_source(Source("b", SMALL + rule))[1]}


@pytest.mark.parametrize(
    ("heading", "code", "zh"),
    [
        ("三级指标 丙", "no-points", "“丙”没有写分值"),
        ("三级指标 “丙、丁”", "no-points", "“丙、丁”没有写分值"),
        ("三级指标 设施共用率", "no-points", "“设施共用率”没有写分值"),
        ("三级指标 十三五2020年规划", "no-points", "“十三五2020年规划”没有写分值"),
        ("三级指标：丙 权重 10%", "no-points", "“丙”没有写分值"),
        ("指标 丙", "no-points", "“丙”没有写分值"),
        ("三级指标 丙10分", "missing-space", "“丙10分”连写时被当作一个名称"),
        ("三级指标 丙共用", "missing-space", "“丙共用”连写时被当作一个名称"),
        ("三级指标", "syntax", "语句不完整"),
    ],
)
def test_a_heading_without_points_is_told_alone(heading: str, code: str, zh: str) -> None:
    text = SMALL.replace("三级指标 丙 10", heading) + "评价标准 ≥ 90% 计满分；< 90% 不得分\n"
    _, found = rd.check_source(Source("b", text))
    assert [(item.code, item.message.zh) for item in found] == [(code, zh)]
    assert found[0].places[0].line == 8


def test_what_stands_after_the_total_belongs_to_no_indicator_even_where_one_was_lost() -> None:
    text = SMALL.replace("三级指标 丙 10", "三级指标 丙") + "否决 一 当 乙 > 5万元 总分为零\n指标值 甲\n"
    assert [item.code for item in rd.check_source(Source("b", text))[1]] == ["no-points", "outside-indicator"]


@pytest.mark.parametrize(
    ("formula", "code", "zh"),
    [
        ("指标值（丁）", "no-measure", "“丁”没有指标值"),
        ("指标值（一）", "no-measure", "“一”没有指标值"),
        ("指标值（戊）", "unknown-indicator", "没有名为“戊”的指标"),
        ("得分（戊）", "unknown-indicator", "没有名为“戊”的指标"),
    ],
)
def test_an_indicator_that_has_no_measure_is_not_said_to_be_missing(formula: str, code: str, zh: str) -> None:
    rest = "三级指标 丁 3\n评价标准 评定给分 0分 到 3分\n"
    text = SMALL.replace("丙 10\n指标值 甲\n", f"丙 7\n指标值 {formula}\n评价标准 得分 = 指标值，最多 满分\n") + rest
    found = [item for item in rd.check_source(Source("b", text))[1] if item.is_error]
    assert [(item.code, item.message.zh) for item in found] == [(code, zh)]
    asked = formula[formula.index("（") + 1 : -1]
    assert asked not in [fix.replacement for fix in found[0].fixes]


@pytest.mark.parametrize(
    ("after", "zh", "en"),
    [
        (
            "加分项 戊 2分\n评价标准 评定给分 0分 到 2分\n加分项 己 3分\n评价标准 评定给分 0分 到 3分\n扣分项 庚 4分\n评价标准 评定给分 0分 到 4分\n",
            "在后面写：总分限于 0分 到 10分；加分可以超过满分时写：总分限于 0分 到 15分",
            "write after it: total within 0 to 10; where the bonus may pass the full points: total within 0 to 15",
        ),
        (
            "系数 难 = 乙 ÷ 100万元\n",
            "在后面写：总分限于 0分 到 10分（可以超过满分时写更大的数）",
            "write after it: total within 0 to 10 (or more, where it may pass the full points)",
        ),
    ],
)
def test_bounds_of_the_total_are_offered_from_the_rubric(after: str, zh: str, en: str) -> None:
    text = SMALL + "评价标准 ≥ 90% 计满分；< 90% 不得分\n" + after
    (found,) = [item for item in rd.check_source(Source("b", text))[1] if item.code == "bonus-cap-not-said"]
    assert found.hint is not None
    assert (found.hint.zh, found.hint.en) == (zh, en)


CHECKED = "  甲：比率\n  乙：万元\n  丙：万元\n  丁：万元\n  核对 乙 = 丙 + 丁，误差 1万元\n"


def disagreement(form: str, **figures: object) -> Diagnostic:
    text = SMALL.replace("  甲：比率\n  乙：万元\n", form) + "评价标准 ≥ 90% 计满分；< 90% 不得分\n"
    (found,) = rd.loads(text).score(figures).diagnostics
    assert found.code == "cross-foot"
    return found


def test_a_figure_in_another_unit_is_suspected_where_the_check_would_then_hold() -> None:
    found = disagreement(CHECKED, 乙=100, 丙=600000, 丁=40)
    assert found.message.en == (
        "check fails: 乙 = 丙 + 丁; left 100 wan_yuan, right 600040 wan_yuan, difference -599940 wan_yuan"
    )
    assert found.hint is not None
    assert found.hint.zh == "“丙”可能填成了元：600000 元即 60 万元，这样两边一致"
    assert found.hint.en == "'丙' may be in yuan: 600000 yuan are 60 wan_yuan, and both sides agree"
    either = disagreement(CHECKED.replace("丙 + 丁，误差 1万元", "丙"), 乙=2, 丙=20000, 丁=0)
    assert either.hint is not None
    assert either.hint.zh == (
        "“乙”可能填成了亿元：2 亿元即 20000 万元；或者“丙”可能填成了元：20000 元即 2 万元，这样两边一致"
    )


def test_no_unit_is_suspected_where_another_would_not_do() -> None:
    usual = "check the records and correct one of the figures"
    for form, figures in (
        (CHECKED, {"乙": 100, "丙": 600000, "丁": 50}),
        (CHECKED.replace(" = 丙 + 丁，", " ≤ 丙 + 丁，"), {"乙": 600000, "丙": 60, "丁": 0}),
        (CHECKED.replace("  核对 乙 = 丙 + 丁，误差 1万元", "  核对 甲 = 50%"), {"甲": "60%"}),
    ):
        hint = disagreement(form, **figures).hint
        assert hint is not None
        assert hint.en == usual


def test_amounts_of_a_check_are_shown_in_their_units() -> None:
    found = disagreement(CHECKED.replace("乙 = 丙 + 丁，误差 1万元", "甲 = 丙 ÷ 丁"), 甲="60%", 丙=1, 丁=2)
    assert found.message.zh == "核对不符：甲 = 丙 ÷ 丁；左边 60%，右边 50%，相差 10 个百分点"
    assert found.message.en == "check fails: 甲 = 丙 / 丁; left 60%, right 50%, difference 10 pp"

"""Submissions from tables: wide and tall, what is refused, and where."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.codes import codes
from rubric_dsl.data.cells import MAX_CELLS, Row, read_rows
from rubric_dsl.data.columns import Target, header_for, target_of
from rubric_dsl.data.faults import Faults
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.data.submission import Submission
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.source import Source, read_source

WIDE = '''\
部门,年度,指标体系,编制数,三公经费[2019年预算数],资金使用合规性［①］,行政0效能,自评[控制率],自评总分,自评等级,认定[重点],认定理由[重点],认定来源[重点]
甲局,2019,整体支出,１０,"1,234.5",0,较好,4.5分,９０,优,6,"折算,见附件","附件""1"""
乙局,2019,整体支出,,3.6 万元,，,,,,,,,
'''
TALL = """\
部门;年度;项目;数值;来源;单位;备注;采用
甲局;2019;编制数;10;附件2;人;含借用;
乙局;2019;编制数;7;;;;
甲局;2019;三公经费[2019年预算数];5.06;附件2;万元;;是
甲局;2019;三公经费[2019年预算数];20.65;报告四;万元;;
甲局;2019;自评[控制率];4.5;;;;
甲局;2019;认定[重点];6;附件1;;折算;
甲局;2019;自评总分;90;;;;
甲局;2018;编制数;9;;;;
"""


def read(text: str, name: str = "数据.csv") -> tuple[tuple[Submission, ...], tuple[Diagnostic, ...]]:
    return read_submissions(Source(name, text))


def texts(submission: Submission) -> dict[str, str]:
    return {key: figure.used.text for key, figure in submission.figures.items()}


def starts(fault: Diagnostic) -> list[tuple[int, int]]:
    return [(place.line, place.column) for place in fault.places]


def test_a_wide_table_has_a_submission_on_each_row() -> None:
    (one, other), faults = read(WIDE)
    assert faults == ()
    assert (one.subject, one.edition, one.rubric, one.claimed_grade) == ("甲局", "2019", "整体支出", "优")
    assert texts(one) == {
        "编制数": "10",
        "三公经费[2019年预算数]": "1,234.5",
        "资金使用合规性[①]": "0",
        "行政0效能": "较好",
    }
    assert one.claims["控制率"].score == Fraction(9, 2)
    assert one.claimed_total is not None
    assert one.claimed_total.score == 90
    override = one.overrides["重点"]
    assert (override.score, override.reason, override.source) == (6, "折算,见附件", '附件"1"')
    assert (other.subject, texts(other)) == ("乙局", {"三公经费[2019年预算数]": "3.6 万元", "资金使用合规性[①]": "，"})


def test_a_tall_table_has_a_figure_on_each_row() -> None:
    (one, other, earlier), faults = read(TALL)
    assert faults == ()
    assert [(each.subject, each.edition) for each in (one, other, earlier)] == [
        ("甲局", "2019"),
        ("乙局", "2019"),
        ("甲局", "2018"),
    ]
    figure = one.figures["编制数"]
    assert (figure.used.text, figure.used.source, figure.unit, figure.note) == ("10", "附件2", "人", "含借用")
    conflict = one.figures["三公经费[2019年预算数]"]
    assert (conflict.used.text, [each.text for each in conflict.others]) == ("5.06", ["20.65"])
    assert one.claims["控制率"].score == Fraction(9, 2)
    assert (one.overrides["重点"].reason, one.overrides["重点"].source) == ("折算", "附件1")
    assert (texts(other), texts(earlier)) == ({"编制数": "7"}, {"编制数": "9"})


def test_english_names_read_the_same() -> None:
    header = "Subject,edition,a,figures[edition],claims[c],claimed_total,overrides[c],override_reasons[c]"
    (wide,), faults = read(f"{header}\nA,2019,1,2,3,4,5,why\n")
    assert faults == ()
    assert (wide.subject, wide.edition, texts(wide)) == ("A", "2019", {"a": "1", "edition": "2"})
    assert (wide.claims["c"].score, wide.overrides["c"].reason) == (3, "why")
    (tall,), faults = read("subject,item,value,unit\nA,a,1,yuan\n")
    assert (faults, tall.figures["a"].unit) == ((), "yuan")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff", "\n , \n"])
def test_places_are_the_cells(separator: str, end: str, mark: str) -> None:
    lead = mark.replace(",", separator).replace("\n", end)
    text = lead + end.join(["部门|a|b", "甲|1|2", '"乙"" 1"| "2" |😀', "|||"[:2], ""]).replace("|", separator)
    (one, other), faults = read(text)
    assert (faults, other.subject) == ((), '乙" 1')
    for submission, written in ((one, ["1", "2"]), (other, ['"2"', "😀"])):
        places = [figure.used.place for figure in submission.figures.values()]
        assert [place.source[place.span].strip() for place in places if place is not None] == written
    first = 1 if "\n" not in mark else 3
    assert [f.used.place.line for f in other.figures.values() if f.used.place] == [first + 2] * 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes(WIDE.encode(encoding))
    (one, _), faults = read_submissions(read_source(path))
    assert (one.subject, texts(one)["行政0效能"], faults) == ("甲局", "较好", ())


@pytest.mark.parametrize(
    ("text", "name", "count"),
    [
        ("部门,a\n甲,1\n乙,2\n", "-", 2),
        ("部门\ta\n甲\t1\n", "无后缀", 1),
        ("部门,a\n甲,1\n", "x.TSV", 1),
        ("a\n1\n2\n", "x.csv", 2),
        ("单位: 甲\n数据: {a: 1}\n", "-", 1),
        ("# 甲,乙\n单位: 甲\n", "-", 1),
        ('[{"单位": "甲"}]', "-", 1),
    ],
)
def test_the_name_or_the_first_line_says_how_a_text_is_read(text: str, name: str, count: int) -> None:
    found, faults = read(text, name)
    assert (len(found), faults) == (count, ())


@pytest.mark.parametrize(
    ("text", "code", "places"),
    [
        ("部门,a\n甲,=A1+B1\n", "cell-formula", [(2, 3)]),
        ("部门,a\n甲,-B1\n", "cell-formula", [(2, 3)]),
        ("部门,a\n甲,+SUM(B1)\n", "cell-formula", [(2, 3)]),
        ("部门,a\n甲,@B1\n", "cell-formula", [(2, 3)]),
        ('部门,a\n"=HYPERLINK(""x"")",1\n', "cell-formula", [(2, 1)]),
        ("部门,a\n甲,#DIV/0!\n", "cell-error", [(2, 3)]),
        ("部门,a\n甲,＃N/A\n", "cell-error", [(2, 3)]),
        ("部门,a\n甲,#####\n", "cell-error", [(2, 3)]),
        ("部门,a\n甲,1.23E+05\n", "cell-shortened", [(2, 3)]),
        ("部门,a\n甲,1,234.5\n", "ragged-row", [(2, 1), (1, 1)]),
        ("部门,a\n甲,1,\n", "ragged-row", [(2, 1), (1, 1)]),
        ("部门,a,b\n甲,1\n", "ragged-row", [(2, 1), (1, 1)]),
        ("部门,,a\n甲,1,2\n乙,3,4\n", "column-without-name", [(1, 4), (2, 3)]),
        ("部门,a,Ａ[b],A [b]\n甲,1,2,3\n", "duplicate-column", [(1, 11), (1, 6)]),
        ("部门,a,数据[a]\n甲,1,2\n", "duplicate-column", [(1, 6), (1, 4)]),
        ("部门,单位,a\n甲,乙,1\n", "duplicate-column", [(1, 4), (1, 1)]),
        ("部门;a,b\n甲;1\n", "separator-unclear", [(1, 1)]),
        ("部门，a\n甲，1\n", "separator-unclear", [(1, 1)]),
        ('部门,a\n甲,"1"2\n', "data-syntax", [(2, 6)]),
        ('部门,a\n甲,"1\n乙,2\n', "data-syntax", [(2, 3)]),
        ("部门,a\n甲," + "1" * 100_001, "too-long", [(2, 3)]),
        ("部门,a\n甲,1\n甲,2\n", "subject-twice", [(3, 1), (2, 1)]),
        ("部门,a\n", "empty-file", [(1, 1)]),
        ("", "empty-file", [(1, 1)]),
        (",,\n,,\n", "empty-file", [(1, 1)]),
        ("部门,a,认定[c]\n甲,1,2\n", "override-without-reason", [(2, 5)]),
        ("部门,自评[c]\n甲,很高\n", "not-a-number", [(2, 3)]),
        ("部门,项目,数值\n,a,1\n", "row-without-subject", [(2, 2)]),
        ("部门,项目,数值\n甲,,1\n", "row-without-item", [(2, 4)]),
        ("单位,项目,数值\n甲,a,1\n", "column-unclear", [(1, 1)]),
        ("部门,项目,数值,日期\n甲,a,1,2\n", "unknown-key", [(1, 10)]),
        ("部门,项目,数值,值\n甲,a,1,2\n", "duplicate-column", [(1, 10), (1, 7)]),
        ("部门,项目,数值\n甲,a,1\n甲,a,1\n", "value-given-twice", [(3, 3), (2, 3)]),
        ("部门,项目,数值,来源\n甲,a,1,x\n甲,a,2,y\n", "conflict-unresolved", [(2, 5), (3, 5)]),
        ("部门,项目,数值,来源\n甲,a,1,x\n甲,a,1,x\n", "value-given-twice", [(3, 7), (2, 7)]),
        ("部门,项目,数值,来源,采用\n甲,a,1,x,是\n甲,a,2,y,是\n", "value-given-twice", [(3, 7), (2, 7)]),
        ("部门,项目,数值,来源,采用\n甲,a,1,x,是\n甲,a,2,y,也许\n", "wrong-shape", [(3, 9)]),
        ("部门,项目,数值,备注\n甲,认定[c],1,\n", "override-without-reason", [(2, 3)]),
    ],
)
def test_faults(text: str, code: str, places: list[tuple[int, int]]) -> None:
    (fault,) = read(text)[1]
    assert (fault.code, starts(fault)) == (code, places)
    assert code in codes()
    assert fault.hint is not None
    assert all((fault.message.zh, fault.message.en, fault.hint.zh, fault.hint.en))


def test_a_fault_stops_only_its_row() -> None:
    text = '部门,a,b\n甲,1,2\n乙,1,2,3\n丙,"1"x,2\n丁,=A1,2\n戊,1\n己,5,6\n'
    found, faults = read(text)
    assert [(each.subject, texts(each)) for each in found] == [
        ("甲", {"a": "1", "b": "2"}),
        ("丁", {"b": "2"}),
        ("戊", {"a": "1"}),
        ("己", {"a": "5", "b": "6"}),
    ]
    assert [fault.code for fault in faults] == ["ragged-row", "data-syntax", "cell-formula", "ragged-row"]
    assert [fault.severity for fault in faults] == ["error", "error", "error", "warning"]


def test_rows_before_an_open_quote_are_kept() -> None:
    found, faults = read('部门,a\n甲,1\n乙,"2\n丙,3\n')
    assert ([each.subject for each in found], [fault.code for fault in faults]) == (["甲"], ["data-syntax"])


def test_words_may_begin_with_a_sign() -> None:
    (found,), faults = read("部门,认定[c],认定理由[c]\n甲,1,-A 组核查\n")
    assert (faults, found.overrides["c"].reason) == ((), "-A 组核查")


def test_sources_in_different_units_keep_them() -> None:
    (found,), faults = read("部门,项目,数值,来源,单位,采用\n甲,a,1,x,万元,是\n甲,a,9000,y,元,\n")
    figure = found.figures["a"]
    assert (faults, figure.used.text, figure.others[0].text, figure.unit) == ((), "1 万元", "9000 元", "")


@pytest.mark.parametrize(
    "text",
    [
        "a\n" + ",\n" * 3_000_000,
        pytest.param("," * 8_000_000, marks=pytest.mark.slow),  # half as many are among the hostile data
        pytest.param("a,b\n" + "1,2\n" * 300_000, marks=pytest.mark.slow),
    ],
)
def test_large_tables_end_soon(text: str) -> None:
    begun = time.process_time()
    assert [fault.code for fault in read(text)[1]][-1:] == ["too-large"]
    assert time.process_time() - begun < 120
    assert len(text) > MAX_CELLS


def test_a_table_scores_as_the_same_figures_do() -> None:
    rubric = rd.load(Path(__file__).resolve().parent.parent / "rubrics/yuhua/2019.rubric")
    text = "部门,年度,编制数,在职人员数,满意度\n甲,2019,10,12,89.99%\n乙,2019,10,10,０．９\n"
    scores = [
        [rubric.score(each).indicators[name].score for name in ("在职人员控制率", "社会公众或服务对象满意度")]
        for each in read(text)[0]
    ]
    assert scores == [[0, 4], [5, 6]]


_TEXT = st.text(st.sampled_from([*'甲a1 ,;\t"“”[]［］=+-@数据自评\n']), max_size=8)


@given(_TEXT, st.sampled_from(["figures", "claims"]), st.booleans())
def test_every_name_can_stand_in_a_header(name: str, part: str, zh: bool) -> None:
    name = name.strip()
    target = Target("figures", name) if part == "figures" else Target("claims", name)
    if name:
        assert target_of(header_for(target.part, name, zh=zh)) == target


@settings(deadline=None)
@given(st.lists(st.lists(_TEXT.filter(lambda text: text.strip() == text), min_size=2, max_size=4), min_size=1))
def test_written_cells_read_back(table: list[list[str]]) -> None:
    text = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in table)
    faults = Faults()
    rows: list[Row] = list(read_rows(Source("a.csv", text), faults))
    assert [[cell.text for cell in row] for row in rows] == table
    assert faults.result() == ()

"""Submissions from YAML, JSON and Python: what is read, what is refused, and where."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubric_dsl.data.reader import read_submissions, submission_from
from rubric_dsl.data.submission import Submission
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.source import Source


def read(text: str, name: str = "数据.yaml") -> tuple[tuple[Submission, ...], tuple[Diagnostic, ...]]:
    return read_submissions(Source(name, text))


def good(text: str, name: str = "数据.yaml") -> Submission:
    (submission,), faults = read(text, name)
    assert faults == ()
    return submission


def codes(text: str, name: str = "数据.yaml") -> list[str]:
    return [item.code for item in read(text, name)[1]]


def texts(submission: Submission) -> dict[str, str]:
    return {key: figure.used.text for key, figure in submission.figures.items()}


def starts(fault: Diagnostic) -> list[tuple[int, int]]:
    return [(place.line, place.column) for place in fault.places]


WHOLE = """\
单位: 科技局
指标体系: 部门整体支出
年度: 2019
数据:
  编制数: 10
  三公经费:
    2019年预算数: 3.60
    2018年决算数: {值: 5.94, 来源: 附件2, 单位: 万元, 备注: 含车}
评定: {行政0效能: 较好}
认定: {重点工作: {得分: 6, 理由: 折算, 来源: 附件1}}
自评: {控制率: 4.5分}
自评总分: ９０
自评等级: 优
"""


def test_a_whole_submission() -> None:
    found = good(WHOLE)
    assert (found.subject, found.rubric, found.edition) == ("科技局", "部门整体支出", "2019")
    assert texts(found) == {
        "编制数": "10",
        "三公经费[2019年预算数]": "3.60",
        "三公经费[2018年决算数]": "5.94",
        "行政0效能": "较好",
    }
    detailed = found.figures["三公经费[2018年决算数]"]
    assert (detailed.used.source, detailed.unit, detailed.note) == ("附件2", "万元", "含车")
    assert found.overrides["重点工作"].score == 6
    assert found.overrides["重点工作"].reason == "折算"
    assert found.claims["控制率"].score == Fraction(9, 2)
    assert found.claimed_total is not None
    assert found.claimed_total.score == 90
    assert found.claimed_grade == "优"
    assert len(found.sha256) == 64


def test_english_keys_read_the_same() -> None:
    words = "subject: A\nfigures: {a: {value: 1, source: S}}\nratings: {b: 2}\nclaimed_total: 3\n"
    found = good(words)
    assert found.subject == "A"
    assert texts(found) == {"a": "1", "b": "2"}


@pytest.mark.parametrize("written", ["no", "12:30", "010", "2019-01-01", "1e3", "0x10", "true", "1_000"])
@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_every_yaml_value_stays_as_written(written: str, quote: str) -> None:
    assert texts(good(f"数据:\n  a: {quote}{written}{quote}")) == {"a": written}


@pytest.mark.parametrize("written", ["", "~", "null", '""', "''", '" \u3000"', "{值: }", "{各来源: {甲: }}"])
def test_nothing_written_is_missing(written: str) -> None:
    assert good(f"数据:\n  a: {written}\n  b: 1").figures.keys() == {"b"}


@pytest.mark.parametrize(
    ("written", "text"),
    [("１２．５％", "12.5%"), ("－３", "-3"), ("１，２３４", "1,234"), ("\u30005 ", "5"), ("优，良", "优，良")],
)
def test_full_width_forms(written: str, text: str) -> None:
    assert texts(good(f"数据: {{a: '{written}'}}")) == {"a": text}


def test_json_values() -> None:
    found = good('[{"数据": {"a": 3.60, "b": true, "c": false, "d": null, "e": "x\\u00e9"}}]', "x.json")
    assert texts(found) == {"a": "3.60", "b": "是", "c": "否", "e": "xé"}


@pytest.mark.parametrize(("name", "text"), [("-", '{"a": tru}'), ("X.JSON", '{"a": tru}')])
def test_json_is_recognised(name: str, text: str) -> None:
    assert codes(text, name) == ["data-syntax"]


def test_several_submissions() -> None:
    found, faults = read("- 单位: 甲\n- 单位: 乙\n")
    assert ([each.subject for each in found], faults) == (["甲", "乙"], ())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("数据:\r\n  😀: 1\r\n  b: '😀7'\r\n", "a.yaml"),
        ("\ufeff数据:\r\n  😀: 1\r\n  b: '😀7'\r\n", "a.yaml"),
        ("数据:\r  😀: 1\r  b: '😀7'\r", "a.yaml"),
        ('{"数据":\r\n {"😀": 1,\r\n "b": "😀7"}}', "a.json"),
    ],
)
def test_places_are_counted_in_the_authors_characters(text: str, name: str) -> None:
    place = good(text, name).figures["b"].used.place
    assert place is not None
    assert place.source[place.span].strip("'\"") == "😀7"
    assert place.line == 3


def test_sources_that_differ() -> None:
    found = good("数据: {a: {各来源: {附件2: 5.06, 报告: 20.65}, 采用: 报告}}").figures["a"]
    assert (found.used.source, found.used.text) == ("报告", "20.65")
    assert [other.text for other in found.others] == ["5.06"]


def test_sources_that_agree_need_no_choice() -> None:
    found = good("数据: {a: {各来源: {附件2: 5.0, 报告: '５'}}}").figures["a"]
    assert (found.used.text, found.others[0].text) == ("5.0", "5")


@pytest.mark.parametrize(
    ("text", "code", "places"),
    [
        ("数据: {a: {各来源: {甲: 1, 乙: 2}}}", "conflict-unresolved", [(1, 19), (1, 25)]),
        ("数据: {a: {各来源: {甲: 1, 乙: 2}, 采用: 丙}}", "unknown-source", [(1, 33)]),
        ("数据: {a: {值: 1, 各来源: {甲: 1}}}", "value-given-twice", [(1, 16), (1, 10)]),
        ("数据:\n  x: {b: 1}\n  x[b]: 2", "value-given-twice", [(3, 3), (2, 7)]),
        ("数据: {a: 1}\n评定: {a: 1}", "value-given-twice", [(2, 6), (1, 6)]),
        ("数据:\n  a: 1\n  a: 1", "duplicate-key", [(3, 3), (2, 3)]),
        ("数据:\n  Ｒ: 1\n  R: 1", "duplicate-key", [(3, 3), (2, 3)]),
        ("单位: 甲\nsubject: 乙", "duplicate-key", [(2, 1), (1, 1)]),
        ("数剧: {a: 1}", "unknown-key", [(1, 1)]),
        ("数据: {a: {直: 1, 来源: 甲}}", "unknown-key", [(1, 10)]),
        ("数据: {a: {来源: 甲}}", "figure-without-value", [(1, 6)]),
        ("数据: {a: {值: 1, 采用: 甲}}", "key-without-effect", [(1, 16)]),
        ("数据: {a: [1]}", "wrong-shape", [(1, 9)]),
        ("数据: 5", "wrong-shape", [(1, 1)]),
        ("{[1]: 2}", "wrong-shape", [(1, 2)]),
        ("认定: {a: {得分: 1}}", "override-without-reason", [(1, 6)]),
        ("认定: {a: {得分: 1, 理由: ' '}}", "override-without-reason", [(1, 6)]),
        ("认定: {a: {理由: x}}", "override-without-score", [(1, 6)]),
        ("认定: {a: {得分: 很高, 理由: x}}", "not-a-number", [(1, 14)]),
        ("自评: {a: 1e3}", "not-a-number", [(1, 9)]),
        ("数据: {a: &x 1}", "yaml-alias", [(1, 9)]),
        ("数据: {a: *x}", "yaml-alias", [(1, 9)]),
        ("数据: {a: !!python/name:os.system 1}", "yaml-tag", [(1, 9)]),
        ("单位: 甲\n---\n单位: 乙", "yaml-documents", [(2, 1)]),
        ("数据: " + "{a: " * 9, "too-deep", [(1, 33)]),
        ("[" * 9 + "@", "too-deep", [(1, 9)]),  # PyYAML stops at the @ before it has told of a bracket
        ("单位: " + "x" * 100_001, "too-long", [(1, 5)]),
        ("# 只有说明\n", "empty-file", [(1, 1)]),
        ("[]", "empty-file", [(1, 1)]),
        ("数据: 'abc", "data-syntax", [(1, 5)]),
        ("数据:\n\ta: 1", "data-syntax", [(2, 1)]),
        ("a: b: c", "data-syntax", [(1, 5)]),
        ("单位: a\x07", "data-syntax", [(1, 6)]),
    ],
)
def test_faults(text: str, code: str, places: list[tuple[int, int]]) -> None:
    (fault,) = read(text)[1]
    assert (fault.code, starts(fault)) == (code, places)
    assert fault.blame == "data"
    assert fault.hint is not None
    assert all((fault.message.zh, fault.message.en, fault.hint.zh, fault.hint.en))


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('{"a": 1,}', 9),
        ('{"a" 1}', 6),
        ("{'a': 1}", 2),
        ('{"a": 01}', 7),
        ('{"a": .5}', 7),
        ('{"a": "x', 7),
        ('{"a": "\\q"}', 8),
        ('{"a": "\\ud800"}', 7),
        ("[1, 2", 6),
        ('{"a": 1} x', 10),
        ('{"a"：1}', 5),
    ],
)
def test_json_syntax(text: str, column: int) -> None:
    (fault,) = read(text, "a.json")[1]
    assert (fault.code, starts(fault)) == ("data-syntax", [(1, column)])


def test_json_without_finite_number() -> None:
    assert codes('{"数据": {"a": NaN, "b": -Infinity}}', "a.json") == ["not-a-number"] * 2


@pytest.mark.parametrize(
    ("text", "words"),
    [("单位：甲\n数据:\n  a: 1", "全角"), ("数据:\n  a:1\n  b: 2", "空一格"), ("数据:\n\ta: 1", "制表符")],
)
def test_slips_of_the_keyboard_are_named(text: str, words: str) -> None:
    (fault,) = read(text)[1]
    assert fault.hint is not None
    assert words in fault.hint.zh


def test_near_names_are_suggested() -> None:
    (fault,) = read("figure: {a: 1}")[1]
    assert fault.hint is not None
    assert "figures" in fault.hint.en


def test_all_independent_faults_in_one_run() -> None:
    assert codes("数剧: 1\n自评: {a: x}\n认定: {b: {得分: 1}}\n数据:\n  a: 1\n  a: 2\n") == [
        "unknown-key",
        "not-a-number",
        "override-without-reason",
        "duplicate-key",
    ]


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
@pytest.mark.parametrize("text", ["[" * 1_000_000, '{"a":' * 200_000, "[" + "1," * 200_001 + "1]"])
def test_bombs_end_at_once(text: str, name: str) -> None:
    assert codes(text, name) in (["too-deep"], ["too-large"])


def test_many_faults_are_counted() -> None:
    found = codes("\n".join(f"k{index}: 1" for index in range(300)))
    assert (len(found), found.count("more-faults")) == (201, 1)


def test_values_from_a_program() -> None:
    values: Mapping[str, object] = {
        "编制数": 10,
        "三公经费": {"2019年预算数": Decimal("3.60")},
        "三公经费[2018年决算数]": "５.94",
        "率": Fraction(27, 7),
        "有": True,
        "无": None,
    }
    found, faults = submission_from(values, "甲")
    assert (found.subject, faults) == ("甲", ())
    assert list(texts(found).values()) == ["10", "3.60", "5.94", "27/7", "是"]


def _circle() -> Mapping[str, object]:
    circle: dict[str, object] = {}
    circle["a"] = circle
    return circle


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"a": 0.1}, "float-refused"),
        ({"a": float("nan")}, "float-refused"),
        ({"a": Decimal("NaN")}, "not-a-number"),
        ({"a": Decimal("1E+1000000")}, "not-a-number"),
        ({"a": 10**5000}, "not-a-number"),
        ({"a": object()}, "wrong-shape"),
        ({"a": [1]}, "wrong-shape"),
        ({1: 2}, "wrong-shape"),
        ({"a": {"b": 1}, "a[b]": 2}, "value-given-twice"),
        (_circle(), "too-deep"),
    ],
)
def test_values_that_are_refused(values: Mapping[str, object], code: str) -> None:
    assert [fault.code for fault in submission_from(values)[1]] == [code]


def test_yaml_is_imported_only_when_a_yaml_file_is_read() -> None:
    code = "import sys, rubric_dsl.data.reader; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


_HOST_WORDS = ("mapping values", "token", "Traceback", "Error", "block", "node", "Decimal(")
_PIECES = st.sampled_from(
    [*"{}[]:,'\"#&*!|>%@`-?~\\ \t\r\n：，\u3000😀a1", "数据: ", "\n  ", "- ", "---\n", "值: ", "认定"]
)
_TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["数据", "认定", "自评", "值", "各来源", "采用", "得分", "a", "a[b]", ""]), inner
        )
    ),
    max_leaves=12,
)


def _sound(text: str, name: str) -> None:
    source = Source(name, text)
    for fault in read_submissions(source)[1]:
        assert not any(word in fault.message.en for word in _HOST_WORDS if word not in text)
        assert fault.places
        assert all(0 <= p.span.start <= p.span.end <= len(text) and p.line and p.column for p in fault.places)


@settings(deadline=None)
@given(st.text() | st.lists(_PIECES, max_size=40).map("".join), st.sampled_from(["a.yaml", "a.json", "a.csv", "-"]))
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    _sound(text, name)


@settings(deadline=None)
@given(_TREES, st.sampled_from(["a.yaml", "a.json"]))
def test_any_structure_is_read_or_refused(tree: object, name: str) -> None:
    _sound(json.dumps(tree, ensure_ascii=False), name)

"""For those who embed the engine: one contract for data, options that are not known, editions from anywhere, rubrics in processes."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import pytest

import rubric_dsl as rd
from rubric_dsl.numbers import NumberError
from tests.sample_rubrics import DATA, HOSTILE, LANGS, RUBRICS, YUHUA

T = TypeVar("T")
UNTYPED: Any = rd
"""The package as those see it who check no types."""
BASE = """指标体系 试 年度 2018
满分 10
计步 整步
基础数据表
  甲：人，整数
  乙：人，整数
一级指标 一 10
三级指标 甲的得分 10
指标值 甲 ÷ 乙
评价标准 ≤ 100% 计满分；每超过 1个百分点扣1分
"""
NEXT = "指标体系 试 年度 2019\n满分 10\n计步 整步\n沿用 “2018.rubric”\n保留数据表\n一级指标 一 10\n保留 甲的得分\n"


# One contract: what score reads


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric.name)
@pytest.mark.parametrize("lang", LANGS)
def test_the_blank_submission_is_scored_as_nothing_given(rubric: rd.Rubric, lang: rd.Lang) -> None:
    blank = json.loads(rubric.blank("json", lang))
    result = rubric.score(blank, strict=True)
    assert result.total == rubric.score({}).total
    assert rubric.compile()(blank).total == result.total


def test_a_whole_submission_is_scored_from_python_as_from_its_file() -> None:
    import yaml

    (submission,) = rd.read_submissions(DATA)
    data = yaml.load(DATA.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - it makes texts only
    ours, theirs = YUHUA.score(data), YUHUA.score(submission)
    assert (
        (ours.subject, ours.claimed_total) == (theirs.subject, theirs.claimed_total) == ("长沙市雨花区科学技术局", 90)
    )
    assert (ours.total, ours.indicators) == (theirs.total, theirs.indicators)


def test_a_figure_that_is_called_like_a_key_is_a_figure_where_no_other_key_stands() -> None:
    assert HOSTILE.score({"年度": "5"}).ok
    both = HOSTILE.score({"年度": "@年", "数据": {"年度": "5"}})
    assert both.ok
    assert [item.code for item in HOSTILE.score({"年度": "1999", "数据": {}}).diagnostics] == ["wrong-edition"]


def test_what_is_wrong_with_a_submission_stays_with_it() -> None:
    found = rd.read_submissions(rd.Source("a.csv", "部门,甲,甲的得分\n一,1,\n二,x\n三,1,2,3\n四,=A1,\n五,2,\n"))
    rubric = rd.loads(BASE)
    assert [item.subject for item in found] == ["一", "二", "四", "五"]
    assert [[fault.code for fault in item.faults] for item in found] == [[], ["ragged-row"], ["cell-formula"], []]
    assert {"ragged-row", "cell-formula"} <= {item.code for item in found.diagnostics}
    assert [result.ok for result in rubric.score_all(found)] == [True, False, False, True]
    assert not found.ok
    with pytest.raises(rd.SubmissionError):
        found.raise_for_errors()


def test_a_fault_before_all_submissions_is_everybodys() -> None:
    found = rd.read_submissions("部门,甲,甲\n一,1,1\n二,2,2\n")
    assert [[fault.code for fault in item.faults] for item in found] == [["duplicate-column"]] * 2


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_faults_of_a_list_belong_to_those_on_whose_lines_they_are(form: str) -> None:
    texts = {
        "json": '[{"数据": {"甲": "1"}},\n {"数据": {"甲": 1,\n "甲": 2}},\n {"数据": {"甲": "2"}}]',
        "yaml": "- 数据: {甲: 1}\n- 数据:\n    甲: 1\n    甲: 2\n- 数据: {甲: 2}\n",
    }
    found = rd.read_submissions(rd.Source(f"a.{form}", texts[form]))
    assert [[fault.code for fault in item.faults] for item in found] == [[], ["duplicate-key"], []]


def test_a_text_is_no_path_unless_it_can_be_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("数据: {甲: 3}", encoding="utf-8")
    for data in ("a.yaml", tmp_path / "a.yaml", str(tmp_path / "a.yaml"), "数据: {甲: 3}", '{"数据": {"甲": 3}}'):
        (one,) = rd.read_submissions(data)
        assert one.figures["甲"].used.text == "3"
    for text in ("数据: {甲: 3} # a.yaml", "单位: a.yaml", "数据:\n  甲: a.yaml"):
        assert rd.read_submissions(text).ok
    assert not rd.read_submissions(rd.Source("-", "a.yaml")).ok
    with pytest.raises(rd.UnreadableError):
        rd.read_submissions("b.yaml")


def test_a_result_says_whether_its_data_could_be_read() -> None:
    good, bad = YUHUA.score({"编制数": 10}), YUHUA.score({"编制数": 10.5, "没有": 1})
    assert (good.ok, good.errors, good.raise_for_errors()) == (True, (), good)
    assert not bad.ok
    assert [item.code for item in bad.errors] == ["float-refused", "unknown-figure"]
    with pytest.raises(rd.SubmissionError) as caught:
        YUHUA.score({"编制数": 10.5, "没有": 1}, strict=True)
    assert caught.value.diagnostics == bad.errors
    with pytest.raises(rd.SubmissionError):
        YUHUA.score_all([{"编制数": 10}, {"编制数": "十"}], strict=True)
    with pytest.raises(TypeError, match="read_submissions"):
        YUHUA.score("编制数: 10")  # type: ignore[arg-type]


def test_the_compiled_rubric_says_it_too() -> None:
    score = YUHUA.compile()
    assert score({"编制数": 10}).ok
    bad = score({"编制数": 10.5})
    assert [item.code for item in bad.errors] == ["float-refused"]
    with pytest.raises(rd.SubmissionError):
        bad.raise_for_errors()


# Options


@pytest.mark.parametrize(
    ("use", "error", "said"),
    [
        (
            lambda r: r.score_table("a.csv", engine="rust"),
            ValueError,
            "engine='rust' is not known; it is one of 'auto'",
        ),
        (lambda r: r.score_table("a.csv", parts=("totals",)), ValueError, "did you mean 'total'?"),
        (lambda r: r.score_table("a.csv", parts="total"), TypeError, "parts is a list or tuple of names"),
        (lambda r: r.score_table("a.csv", keep="部门"), TypeError, "keep is a list or tuple of names"),
        (lambda r: r.score_table("a.csv", enginge="auto"), TypeError, "enginge"),
        (lambda r: r.to_sql("duckdb", tabel="t"), TypeError, "did you mean 'table'?"),
        (lambda r: r.blank("xml"), ValueError, "form='xml'"),
        (lambda r: r.blank(lang="fr"), ValueError, "lang='fr'"),
        (lambda r: r.schema("fr"), ValueError, "lang='fr'"),
        (lambda r: r.score({}, strikt=True), TypeError, "strikt"),
        (lambda _: UNTYPED.format_source(rd.Source("-", BASE), "fr"), ValueError, "lang='fr'"),
        (lambda _: UNTYPED.new_rubric("新", lang="fr"), ValueError, "lang='fr'"),
        (lambda _: UNTYPED.dump("tokens", rd.Source("-", BASE)), ValueError, "stage='tokens'"),
        (lambda _: rd.loads(NEXT, Path(), resolver=lambda _: None), TypeError, "not both"),
    ],
)
def test_an_option_that_is_not_known_is_refused(
    use: Callable[[rd.Rubric], object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as caught:
        use(YUHUA)
    assert said in str(caught.value)


# Editions from anywhere


@pytest.mark.parametrize("given", [BASE, rd.Source("elsewhere", BASE)], ids=["text", "source"])
def test_editions_come_from_a_resolver(given: str | rd.Source) -> None:
    asked = []

    def resolver(name: str) -> str | rd.Source | None:
        asked.append(name)
        return given if name == "2018.rubric" else None

    rubric = rd.loads(NEXT, resolver=resolver)
    assert asked == ["2018.rubric"]
    assert [source.name for source in rubric.sources] == ["-", "2018.rubric"]
    assert rubric.score({"甲": 11, "乙": 10}).total.score == 0
    assert rubric.with_reading("按比例").score({"甲": 11, "乙": 10}).total.score == 0
    with pytest.raises(rd.RubricError, match="no-base-edition"):
        rd.loads(NEXT, resolver=lambda _: None)
    with pytest.raises(rd.RubricError, match="no-base-edition"):
        rd.loads(NEXT)


def test_a_file_may_have_its_editions_from_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "2019.rubric").write_text(NEXT, encoding="utf-8")
    assert rd.load(tmp_path / "2019.rubric", resolver={"2018.rubric": BASE}.get).points == 10
    (tmp_path / "2018.rubric").write_text(BASE, encoding="utf-8")
    assert rd.load(str(tmp_path / "2019.rubric")) == rd.loads(NEXT, tmp_path)


# Rubrics as values


def pickled(value: T) -> T:
    found: T = pickle.loads(pickle.dumps(value))  # noqa: S301 - our own
    return found


@pytest.mark.parametrize(
    "rubric",
    [
        YUHUA,
        YUHUA.with_reading("按比例"),
        rd.loads(NEXT, resolver={"2018.rubric": BASE}.get).with_reading("按比例"),
        rd.check_source(YUHUA.sources[0])[0],
    ],
    ids=["official", "reading", "edition", "checked"],
)
def test_a_rubric_is_pickled_as_its_text(rubric: rd.Rubric) -> None:
    other = pickled(rubric)
    assert other == rubric
    assert hash(other) == hash(rubric)
    assert {rubric: 1}[other] == 1
    assert (other.sha256, other.diagnostics, other.readings) == (rubric.sha256, rubric.diagnostics, rubric.readings)
    assert other.score({"编制数": 10, "甲": 11, "乙": 10}) == rubric.score({"编制数": 10, "甲": 11, "乙": 10})
    assert pickle.dumps(rubric).count(b"Fraction") == 0  # no score, no rule: a text
    assert len(pickle.dumps(rubric)) < 2 * sum(len(source.text.encode()) for source in rubric.sources) + 500


def test_a_pickled_text_that_was_changed_is_read_as_it_stands() -> None:
    rubric = rd.loads(BASE)
    changed: rd.Rubric = pickle.loads(pickle.dumps(rubric).replace("扣1分".encode(), "扣2分".encode()))  # noqa: S301
    assert changed != rubric
    assert changed.score({"甲": "x"}).diagnostics == rubric.score({"甲": "x"}).diagnostics
    assert changed.sha256 != rubric.sha256
    broken = pickle.dumps(rubric).replace("扣1分".encode(), "扣x分".encode())
    with pytest.raises(rd.RubricError):
        pickle.loads(broken)  # noqa: S301 - our own


def test_compiled_rubrics_and_results_are_pickled() -> None:
    data = {"编制数": 10, "在职人员数": "12"}
    compiled = pickled(YUHUA.compile())
    assert compiled(data).scores == YUHUA.compile()(data).scores
    scores = pickled(compiled(data))
    assert (scores.total, scores.statuses) == (compiled(data).total, compiled(data).statuses)
    result = YUHUA.score(data)
    assert pickled(result) == result
    assert str(pickled(result).explain("在职人员控制率")) == str(result.explain("在职人员控制率"))


def test_two_rubrics_are_equal_when_their_texts_and_readings_are() -> None:
    assert rd.loads(BASE) == rd.loads(BASE)
    assert rd.loads(BASE) != rd.loads(BASE + "\n")
    assert YUHUA.with_reading("按比例") != YUHUA
    assert YUHUA != "YUHUA"
    assert len({rd.loads(BASE), rd.loads(BASE), YUHUA, YUHUA.with_reading("按比例")}) == 3


def test_a_rubric_is_shown_in_a_line() -> None:
    assert repr(rd.loads(BASE)).startswith("<Rubric '试' 2018: 1 indicators, 10 points, sha256 ")
    assert len(repr(YUHUA.with_reading("按比例"))) < 150
    assert "reading '按比例'" in repr(YUHUA.with_reading("按比例"))
    assert repr(YUHUA.compile()).startswith("<CompiledRubric of ")
    assert YUHUA.warm_up() is YUHUA


@pytest.mark.parametrize(
    "error",
    [
        rd.RubricError(YUHUA.score({"没有": 1}).diagnostics),
        rd.SubmissionError(YUHUA.score({"没有": 1}).diagnostics),
        rd.UnreadableError("a", "not-found"),
        rd.TableError(*YUHUA.score({"没有": 1}).diagnostics),
        rd.RunError(rd.Text("不", "no"), "memory"),
        NumberError("too-long", "1" * 90),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_reach_another_process_whole(error: Exception) -> None:
    other = pickled(error)
    assert type(other) is type(error)
    assert (str(other), vars(other)) == (str(error), vars(error))


def test_a_score_is_an_exact_fraction() -> None:
    score = YUHUA.score({"编制数": 10, "在职人员数": "10"}).indicators["在职人员控制率"].score
    assert (type(score), score) == (Fraction, 5)

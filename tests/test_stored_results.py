"""Results as JSON and back: equal, exact, described by the schema, and refused when they contradict themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import rubric_dsl as rd
from rubric_cli.app import cli as app
from rubric_dsl.diagnostics import Diagnostic, Fix, Place, Text
from rubric_dsl.source import Source, Span
from tests.generative.strategies import RandomRubric, figures, rubrics
from tests.sample_rubrics import DATA, HOSTILE, LANGS, ROOT, YUHUA
from tests.tries import tries

jsonschema = pytest.importorskip("jsonschema", reason="`make lock` installs it")

SCHEMA = rd.result_schema()


def strict(schema: object) -> object:
    """The schema with nothing in a result that it does not describe."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: strict(value) for key, value in schema.items()}
    return found | ({"additionalProperties": False} if schema.get("type") == "object" else {})


DESCRIBED = jsonschema.Draft202012Validator(strict(SCHEMA))


def errors(text: str) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in DESCRIBED.iter_errors(json.loads(text))]


def faulty() -> rd.Result:
    found = rd.read_submissions(
        rd.Source("dir/a.yaml", "数据:\n  编制数: 十\n  没有: 1\n  在职人员数: {各来源: {甲: 1, 乙: 2}}\n")
    )
    return YUHUA.score(found[0])


def example(path: str) -> rd.Result:
    return rd.load(ROOT / "rubrics" / path).score({})


RESULTS: dict[str, Callable[[], rd.Result]] = {
    "official": lambda: YUHUA.score(rd.read_submissions(DATA)[0]),
    "nothing": lambda: YUHUA.score({}),
    "faulty": faulty,
    "hostile": lambda: HOSTILE.score({"乙[“有: #1”]": "?"}),
    "reading": lambda: YUHUA.with_reading("按比例").score({"编制数": 7, "在职人员数": 9}),
    "PEFA": lambda: example("pefa/2016.rubric"),
    "Texas": lambda: example("texas-a-f/districts.rubric"),
    "IELTS": lambda: example("ielts/band.rubric"),
}


@pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
@pytest.mark.parametrize("lang", LANGS)
def test_a_result_comes_back_equal(make: Callable[[], rd.Result], lang: rd.Lang) -> None:
    result: rd.Result = make()
    text = result.to_json(lang)
    assert errors(text) == []
    other = rd.Result.from_json(text)
    assert other == result
    assert rd.Result.from_json(text.encode()) == result
    assert other.to_json(lang) == text
    for name in ("", *result.indicators):
        assert [other.explain(name).text(each) for each in LANGS] == [result.explain(name).text(each) for each in LANGS]
    shown = [(item.line, item.column) for fault in other.diagnostics for item in fault.places]
    assert shown == [(item.line, item.column) for fault in result.diagnostics for item in fault.places]


@settings(deadline=None, max_examples=tries(60, one_in=12), suppress_health_check=[HealthCheck.too_slow])
@given(rubrics, st.data())
def test_every_result_comes_back_equal(random: RandomRubric, data: st.DataObject) -> None:
    rubric = rd.loads(random.text)
    given_ = data.draw(figures(random))
    result = rubric.score({key: value for key, value in given_.items() if data.draw(st.booleans())})
    text = result.to_json("en")
    assert errors(text) == []
    assert rd.Result.from_json(text) == result


def test_the_working_is_there_as_numbers() -> None:
    (step,) = (
        step
        for step in rd.Result.from_json(YUHUA.score({"编制数": 7, "在职人员数": 9}).to_json())
        .indicators["在职人员控制率"]
        .steps
        if step.label.en == "measure"
    )
    assert (step.least, step.most) == (Fraction(9, 7), Fraction(9, 7))
    open_ones = YUHUA.score({"编制数": 7}).indicators["在职人员控制率"].steps
    assert (open_ones[-1].least, open_ones[-1].most) == (0, 5)


def test_the_command_writes_what_can_be_read_back() -> None:
    rubric, data = "rubrics/yuhua/2019.rubric", "rubrics/yuhua/2019-science-bureau.yaml"
    arguments = ["score", rubric, data, "--format", "json", "--lang", "en"]
    plain = CliRunner().invoke(app, arguments).stdout
    whole = CliRunner().invoke(app, [*arguments, "--trace"]).stdout
    assert errors(plain) == errors(whole) == []
    (submission,) = rd.read_submissions(DATA)
    assert rd.Result.from_json(whole) == YUHUA.score(submission)
    with pytest.raises(rd.ResultError, match=r"\$\.trace: .*--trace"):
        rd.Result.from_json(plain)


def test_a_stored_result_with_its_trace_is_rechecked(tmp_path: Path) -> None:
    data = "rubrics/yuhua/2019-science-bureau.yaml"
    (tmp_path / "r.json").write_text(YUHUA.score(rd.read_submissions(data)[0]).to_json("en"), encoding="utf-8")
    done = CliRunner().invoke(
        app, ["recheck", str(tmp_path / "r.json"), "rubrics/yuhua/2019.rubric", data, "--lang", "en"]
    )
    assert "confirmed" in done.stdout, done.stdout


def leaves(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from leaves(item, (*path, key))


SMALL = json.loads(
    rd.loads(
        """指标体系 试 年度 2019
满分 5
计步 整步
基础数据表
  甲：万元
  乙：万元
一级指标 一 5
三级指标 丙 5
  指标值 甲 ÷ 乙
  评价标准 ≤ 100% 计满分；每超过 1个百分点扣1分
等级 优 ≥ 4
等级 差 < 4
"""
    )
    .score(rd.read_submissions("数据:\n  甲: 103\n  丁: 1")[0])
    .to_json("en")
)
PATHS = list(leaves(SMALL))


@settings(deadline=None, max_examples=tries(300))
@given(
    st.sampled_from(PATHS),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 200),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["1", "0", "9/2", "1/0", "٣", "1_0", "1e3", "0.50", "103", [], {}, [[]], {"zh": "", "en": ""}]),
    ),
)
def test_a_changed_result_is_refused_or_reads_as_it_stands(path: tuple[Any, ...], value: object) -> None:
    changed = json.loads(json.dumps(SMALL))
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    try:
        found = rd.Result.from_json(json.dumps(changed))
    except rd.ResultError:
        return
    again = json.loads(found.to_json("en"))
    again["engine"] = changed["engine"]
    assert again == changed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "$: this is no JSON"),
        ("[]", "$.schema_version: it is missing"),
        ("NaN", "$: this is no JSON"),
        ("[" * 100_000, "$: this is no JSON"),
        ('{"schema_version": 2}', "$.schema_version: 2 is not 1, which this version reads"),
        ('{"schema_version": true}', "$.schema_version: true is not 1"),
        (" " * 40_000_000, "$: the text is too long"),
    ],
)
def test_what_is_no_result_is_refused(text: str, said: str) -> None:
    with pytest.raises(rd.ResultError) as caught:
        rd.Result.from_json(text)
    assert str(caught.value).startswith(said)


def test_a_score_that_its_range_does_not_bear_out_is_refused() -> None:
    changed = json.loads(json.dumps(SMALL))
    changed["indicators"][0]["score"] = "5"
    with pytest.raises(rd.ResultError, match=r'indicators\[0\].score: "5" contradicts the rest, by which it is null'):
        rd.Result.from_json(json.dumps(changed))
    deep: Any = {"kind": "x", "text": ""}
    for _ in range(5000):
        deep = {"kind": "x", "parts": [deep]}
    changed = json.loads(json.dumps(SMALL))
    changed["indicators"][0]["trace"]["formula"] = [{"kind": "x", "text": ""}, {"kind": "x", "text": ""}]
    text = json.dumps(changed).replace('{"kind": "x", "text": ""}', '{"kind": "x", "parts": [' * 5000 + "]}" * 5000)
    with pytest.raises(rd.ResultError):
        rd.Result.from_json(text)


@settings(max_examples=tries(300))
@given(st.text("甲a\r\n 0", max_size=200), st.integers(0, 210), st.integers(0, 210))
def test_an_excerpt_is_the_same_place(text: str, one: int, other: int) -> None:
    source = Source("folder/a.yaml", text)
    start, end = sorted((min(one, len(text)), other))
    place = Place(source, Span(start, end))
    seen = source.excerpt(place.span)
    shown = Place(Source("a.yaml", seen.text, seen.offset, seen.line, seen.column), place.span)
    assert shown == place
    assert (shown.line, shown.column) == (place.line, place.column)
    assert shown.source.corners(place.span) == source.corners(place.span)
    assert shown.source[place.span] == source[place.span]
    assert len(shown.source.text) <= end - start + 122
    assert shown.source.excerpt(place.span) == shown.source
    assert Place(Source("b.yaml", text), place.span) != place


def test_a_fault_with_a_fix_elsewhere_comes_back() -> None:
    source = Source("a.yaml", "一\n二\n三\n四\n")
    fix = Fix(Text("改", "mend"), Span(6, 7), "五")
    fault = Diagnostic("c", "error", "data", Text("坏", "bad"), (Place(source, Span(2, 3)),), fixes=(fix,))
    result = rd.Result.from_json(json.dumps(SMALL))
    with_fault = type(result)(**{name: getattr(result, name) for name in result.__slots__} | {"diagnostics": (fault,)})
    assert rd.Result.from_json(with_fault.to_json()) == with_fault


def test_the_schema_stands_in_other_documents() -> None:
    assert SCHEMA["$id"] == "urn:rubric-dsl:result:1"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    inside = rd.result_schema(at="#/components/schemas/Result")
    document = {"components": {"schemas": {"Result": inside}}, "$ref": "#/components/schemas/Result"}
    assert "$id" not in inside
    jsonschema.Draft202012Validator(document).validate(SMALL)
    assert not jsonschema.Draft202012Validator(document).is_valid({**SMALL, "total": 3})


# Two results held against each other


def test_what_differs_between_two_results_is_named() -> None:
    before, after = YUHUA.score({"编制数": 10, "在职人员数": 10}), YUHUA.score({"编制数": 10, "在职人员数": 11})
    found = rd.result_diff(before, after)
    assert found
    assert found.same_rubric
    assert [(item.name, item.change, item.differences) for item in found.indicators] == [
        ("在职人员控制率", -5, ("score", "measure"))
    ]
    assert found.change is None  # the total is open
    assert found.total == (before.total, after.total)
    assert "在职人员控制率: 5 / 5 → 0 / 5 (-5)" in found.text("en")
    assert not rd.result_diff(before, before)
    assert str(rd.result_diff(before, before)) == ""


def test_indicators_that_only_one_edition_has_are_named() -> None:
    text = YUHUA.sources[0].text
    other = rd.loads(text.replace("三级指标 在职人员控制率", "三级指标 在编控制率"))
    found = rd.result_diff(YUHUA.score({}), other.score({}))
    assert not found.same_rubric
    assert {item.name: item.differences for item in found.indicators} == {
        "在编控制率": ("added",),
        "在职人员控制率": ("removed",),
    }
    assert "(none)" in found.text("en")


@settings(deadline=None, max_examples=tries(40, one_in=10), suppress_health_check=[HealthCheck.too_slow])
@given(rubrics, st.data())
def test_the_differences_are_those_of_the_scores(random: RandomRubric, data: st.DataObject) -> None:
    rubric = rd.loads(random.text)
    drawn = [data.draw(figures(random)) for _ in range(2)]
    one, other = (rubric.score({key: found[key] for key in found if data.draw(st.booleans())}) for found in drawn)
    found = {item.name: item for item in rd.result_diff(one, other).indicators}
    for name in rubric.indicators:
        old, new = one.indicators[name], other.indicators[name]
        assert ("score" in found[name].differences if name in found else False) == (
            (old.range.min, old.range.max, old.range.rated, old.excluded)
            != (new.range.min, new.range.max, new.range.rated, new.excluded)
        )
    assert bool(rd.result_diff(one, other)) == bool(rd.result_diff(other, one))

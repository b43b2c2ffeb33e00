"""The schema of data: what it accepts is read, what is broken it does not accept."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.diagnostics import Lang
from rubric_dsl.inputs.plain import read_amount
from rubric_dsl.report.schema import schema
from rubric_dsl.source import Source, read_source
from tests.sample_rubrics import DATA, HOSTILE, LANGS, RUBRICS, STARTERS, YUHUA
from tests.tries import tries

jsonschema = pytest.importorskip("jsonschema", reason="`make lock` installs it")


UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""The smallest of these data would take minutes to find, and the one that was found tells enough."""
OF: tuple[rd.DataOf, ...] = ("values", "file")
MOOT = {
    "award-out-of-range",
    "cohort-too-small",
    "override-out-of-range",
    "refinement-points",
    "conflict-unresolved",
    "unknown-source",
    "not-on-step",
    "out-of-range",
    "outside-limits",
    "negative",
    "not-whole",
}
"""What no schema says: how one value must stand to another, or how a text's number must stand to its bounds."""


def errors(rubric: rd.Rubric, value: object, of: rd.DataOf = "file") -> list[str]:
    validator = jsonschema.Draft202012Validator(rubric.schema(of=of))
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric.name)
@pytest.mark.parametrize("lang", LANGS)
def test_schemas_are_sound_and_take_blank_data(rubric: rd.Rubric, lang: Lang) -> None:
    for of in OF:
        found = rubric.schema(lang, of=of)
        jsonschema.Draft202012Validator.check_schema(found)
        assert json.loads(json.dumps(found)) == found
        for blank in LANGS:
            assert errors(rubric, json.loads(rubric.blank("json", blank)), of) == []


def test_the_bureaus_data_are_valid_and_read_the_same() -> None:
    import yaml

    text = DATA.read_text(encoding="utf-8")
    for loader in (yaml.BaseLoader, yaml.SafeLoader):
        assert errors(YUHUA, yaml.load(text, loader)) == []  # noqa: S506 - both are safe
    data = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes texts only
    assert errors(YUHUA, [data, data]) == []
    (one,), _ = read_submissions(read_source(DATA))
    (other,), faults = read_submissions(Source("a.json", json.dumps(data, ensure_ascii=False)))
    assert faults == ()
    assert YUHUA.score(one).total == YUHUA.score(other).total


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ({"figures": {"编制数": "10"}}, True),
        ({"figures": {"编制数": 10}, "单位": "甲", "年度": 2019}, True),
        ({"数据": {"三公经费": {"2019年预算数": "3.60"}}}, True),
        ({"数据": {"三公经费[2019年预算数]": {"value": "36000 元", "source": "附件2"}}}, True),
        ({"数据": {"满意度": "95.1%"}}, True),
        ({"数据": {"本年追加预算": "-11.67"}}, True),
        ({"数据": {"编制数": {"各来源": {"甲": "1", "乙": "2"}, "采用": "甲"}}}, True),
        ({"评定": {"管理制度健全性": {"①": "是", "②": False}, "经济效益": "3"}}, True),
        ({"认定": {"预算控制率": {"得分": "4.5", "理由": "核查"}}}, True),
        ([{"数据": {"编制数": "1"}}], True),
        ({"figures": {"编制": "10"}}, False),
        ({"figures": {"编制数": "十"}}, False),
        ({"figures": {"编制数": "10.5"}}, False),
        ({"figures": {"编制数": -1}}, False),
        ({"figures": {"编制数": "-1"}}, False),
        ({"figures": {"编制数": "10 万元"}}, False),
        ({"figures": {"编制数": {"值": "10", "单位": "元"}}}, False),
        ({"figures": {"编制数": {"值": "10", "value": "10"}}}, False),
        ({"figures": {"编制数": {"来源": "甲"}}}, False),
        ({"figures": {"三公经费": {"2017年预算数": "1"}}}, False),
        ({"figures": {"三公经费": {"2019年预算数": "1"}, "三公经费[2019年预算数]": "1"}}, False),
        ({"figures": {"三公经费": "1"}}, False),
        ({"figures": {}, "数据": {}}, False),
        ({"figures": {"编制数": "1e3"}}, False),
        ({"评定": {"行政0效能": "很好"}}, False),
        ({"评定": {"经济效益": 7}}, False),
        ({"评定": {"资金使用合规性[①]": "1.5"}}, False),
        ({"自评": {"预算": "4"}}, False),
        ({"认定": {"预算控制率": {"得分": "4"}}}, False),
        ({"认定": {"预算控制率": {"得分": 6, "理由": "核查"}}}, False),
        ({"年度": "2018"}, False),
        ({"自评等级": "甲等"}, False),
        ([], False),
        ("编制数", False),
    ],
)
def test_what_is_valid_is_read_and_what_is_broken_is_not_valid(value: object, valid: bool) -> None:
    assert (errors(YUHUA, value) == []) is valid
    if valid:
        found, faults = read_submissions(Source("a.json", json.dumps(value)))
        scored = [fault for each in found for fault in YUHUA.score(each).diagnostics if fault.is_error]
        assert [*faults, *scored] == []


def _patterns() -> list[str]:
    found = {
        each["pattern"]
        for rubric in RUBRICS
        for of in OF
        for name, definition in rubric.schema(of=of)["$defs"].items()
        if name.endswith("_plain")
        for each in definition.get("anyOf", [])
        if "pattern" in each
    }
    return sorted(found)


@pytest.mark.parametrize("pattern", _patterns())
def test_every_number_of_the_schema_is_read(pattern: str) -> None:
    @settings(deadline=None, max_examples=30)
    @given(st.from_regex(pattern.removeprefix("^").removesuffix("$"), fullmatch=True))
    def check(text: str) -> None:
        assert isinstance(read_amount(text)[0], Fraction)

    check()


class Made:
    """Random values that a schema accepts, from the schema itself: of the parts of JSON Schema that ours have."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self.validator = jsonschema.Draft202012Validator(schema)

    def values(self) -> st.SearchStrategy[Any]:
        return self.of(self.schema).filter(self.validator.is_valid)

    def of(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        if "$ref" in schema:
            return self.of(self.schema["$defs"][schema["$ref"].rpartition("/")[2]])
        if schema.get("type") == "object":
            return self.objects(schema)
        if "anyOf" in schema:
            return st.one_of([self.of(each) for each in schema["anyOf"]])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        return self.plain(schema)

    def plain(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        kind = schema["type"]
        if kind == "array":
            return st.lists(self.of(schema["items"]), min_size=schema.get("minItems", 0), max_size=3)
        if kind in ("integer", "number"):
            low, high = schema.get("minimum", -9), schema.get("maximum", 300)
            return st.integers(max(int(low), -9), min(int(high), 300))
        if "pattern" in schema:
            return st.from_regex(schema["pattern"])
        texts = st.text(st.characters(codec="utf-8"), max_size=4)
        return texts if kind == "string" else st.one_of(st.none(), texts)

    def objects(self, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        @st.composite
        def drawn(draw: st.DrawFn) -> dict[str, Any]:
            found = {}
            for name, part in schema.get("properties", {}).items():
                if draw(st.integers(0, 3)) == 0:
                    found[name] = draw(self.of(part))
            if schema.get("additionalProperties"):
                for name in draw(st.lists(st.sampled_from("甲乙丙"), unique=True, max_size=2)):
                    found[name] = draw(self.of(schema["additionalProperties"]))
            for name in schema.get("required", ()):
                found.setdefault(name, draw(self.of(schema["properties"][name])))
            for excluded in schema.get("allOf", ()):  # of two spellings of a key one goes; what must be there is drawn
                names = excluded.get("not", {}).get("required", ())
                if set(names) <= set(found):
                    found.pop(names[0]) if names else None
                for choice in excluded.get("anyOf", ())[:1]:
                    for name in choice["required"]:
                        found.setdefault(name, draw(self.of(schema["properties"][name])))
            return found

        return drawn()


PEER = rd.loads("""指标体系 试 年度 2019
满分 20
计步 整步
基础数据表
  甲：比率
  乙：选自（好，差）
  丙：万元，可无数据
  年度：年
一级指标 一 20
三级指标 子 5
  指标值 甲
  评价标准 ≥ 同组平均（甲） 计满分；否则 不得分
三级指标 丑 5
  评价标准 由部门细化
三级指标 寅 5
  不适用当 无数据（丙） 计满分
  指标值 丙 ÷ 100 万元
  评价标准 ≥ 100% 计满分；否则 不得分
三级指标 卯 5
  评价标准 每出现 1例 扣1分，扣完为止
""")


@pytest.mark.parametrize(
    "rubric", [HOSTILE, PEER, STARTERS[0], pytest.param(YUHUA, marks=pytest.mark.slow)], ids=lambda rubric: rubric.name
)
@pytest.mark.parametrize("of", OF)
def test_what_the_schema_accepts_is_read(rubric: rd.Rubric, of: rd.DataOf) -> None:
    @settings(deadline=None, max_examples=tries(12), suppress_health_check=list(HealthCheck), phases=UNSHRUNK)
    @given(Made(rubric.schema(of=of)).values())
    def check(value: Any) -> None:  # noqa: ANN401 - JSON
        if of == "values":
            found = rubric.score(value).errors
        else:
            read = rd.read_submissions(Source("a.json", json.dumps(value)))
            found = read.errors + tuple(fault for each in read for fault in rubric.score(each).errors)
        assert {fault.code for fault in found} <= MOOT, found

    check()


@pytest.mark.parametrize("rubric", [HOSTILE, PEER], ids=lambda rubric: rubric.name)
@pytest.mark.parametrize("lang", LANGS)
def test_the_schema_with_one_way_to_write_accepts_blank_data_and_nothing_more(rubric: rd.Rubric, lang: Lang) -> None:
    one_way = Made(schema(rubric.model, lang, "file", only=lang))
    every_way = jsonschema.Draft202012Validator(rubric.schema(of="file"))
    assert one_way.validator.is_valid(json.loads(rubric.blank("json", lang)))

    @settings(deadline=None, max_examples=tries(60), suppress_health_check=list(HealthCheck), phases=UNSHRUNK)
    @given(one_way.values())
    def check(value: Any) -> None:  # noqa: ANN401 - JSON
        assert every_way.is_valid(value)

    check()


WRITTEN = st.one_of(
    st.sampled_from(
        [None, "", True, False, "是", "否", "好", "差", "n/a", "无数据", "10", "0", "-1", "10.5", "1,234.5"]
    ),
    st.sampled_from(["27/7", "1/0", "十", "1e3", "0x1", "1_0", "٣", "12:30", "~", [], {"value": "1"}]),
    st.sampled_from([{"值": "1", "来源": "甲"}, {"value": ""}, {"各来源": {"甲": "1"}}, {"note": "x"}, ["1"]]),
    st.integers(-2, 12),
)


@pytest.mark.parametrize("rubric", [YUHUA, PEER], ids=lambda rubric: rubric.name)
def test_what_is_read_the_schema_accepts(rubric: rd.Rubric) -> None:
    """Whatever is given for a figure or rating: without a fault it is valid, and valid data have no fault of shape."""
    validator = jsonschema.Draft202012Validator(rubric.schema())
    keys = [
        *(item.key for item in rubric.model.fields.values()),
        *(w.key for i in rubric.indicators.values() for w in i.inputs if w.kind != "refined"),
    ]

    @settings(deadline=None, max_examples=tries(100), suppress_health_check=list(HealthCheck), phases=UNSHRUNK)
    @given(st.dictionaries(st.sampled_from([*keys, "没有"]), WRITTEN, max_size=3), st.booleans())
    def check(figures: dict[str, Any], whole: bool) -> None:
        assume(
            "没有" not in figures or figures["没有"] not in (None, "", "~")
        )  # a name that is not known is passed over where nothing is given
        form = {item.key for item in rubric.model.fields.values()}
        parts = {"数据": {key: figures[key] for key in figures if key in form}}
        parts["评定"] = {key: figures[key] for key in figures if key not in form}
        data = parts if whole else figures
        result = rubric.score(data)
        if not result.diagnostics:
            assert validator.is_valid(data)
        if validator.is_valid(data):
            assert {fault.code for fault in result.errors} <= MOOT

    check()


def test_a_schema_has_an_identity_or_stands_in_another_document() -> None:
    identities = {YUHUA.schema(lang, of=of)["$id"] for lang in LANGS for of in OF}
    assert len(identities) == 4
    assert all(YUHUA.sha256 in identity for identity in identities)
    inside = YUHUA.schema(at="#/components/schemas/Yuhua")
    document = {"$ref": "#/components/schemas/Yuhua", "components": {"schemas": {"Yuhua": inside}}}
    validator = jsonschema.Draft202012Validator(document)
    assert "$id" not in inside
    assert validator.is_valid({"编制数": "10"})
    assert not validator.is_valid({"编制数": "十"})
    with pytest.raises(ValueError, match="of='files' is not known"):
        YUHUA.schema(of="files")  # type: ignore[arg-type]


def test_what_a_program_sends_has_no_binary_fractions() -> None:
    for value, figure in ((3, True), ("3.6", True), (3.6, False)):
        assert (errors(YUHUA, {"三公经费[2019年预算数]": value}, "values") == []) is figure
        assert YUHUA.score({"三公经费[2019年预算数]": value}).ok is figure
    assert errors(YUHUA, {"数据": {"三公经费[2019年预算数]": 3.6}}) == []

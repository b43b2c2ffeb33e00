"""The schema of data: what it accepts is read, what is broken it does not accept."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.diagnostics import Lang
from rubric_dsl.inputs.plain import read_amount
from rubric_dsl.source import Source, read_source
from tests.sample_rubrics import DATA, LANGS, RUBRICS, YUHUA

jsonschema = pytest.importorskip("jsonschema", reason="`make lock` installs it")


def errors(rubric: rd.Rubric, value: object) -> list[str]:
    validator = jsonschema.Draft202012Validator(rubric.schema())
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric.name)
@pytest.mark.parametrize("lang", LANGS)
def test_schemas_are_sound_and_take_blank_data(rubric: rd.Rubric, lang: Lang) -> None:
    found = rubric.schema(lang)
    jsonschema.Draft202012Validator.check_schema(found)
    assert json.loads(json.dumps(found)) == found
    for blank in LANGS:
        assert errors(rubric, json.loads(rubric.blank("json", blank))) == []


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
        for name, definition in rubric.schema()["$defs"].items()
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

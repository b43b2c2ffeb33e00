"""Blank data: they read back with everything missing, whatever the names in the rubric."""

from __future__ import annotations

import json
from typing import Literal, TypeAlias

import pytest

import rubric_dsl as rd
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.diagnostics import Lang
from rubric_dsl.source import Source
from tests.sample_rubrics import HOSTILE, LANGS, RUBRICS, YUHUA

Form: TypeAlias = Literal["yaml", "json", "csv"]
_FORMS: tuple[Form, ...] = ("yaml", "json", "csv")


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric.name)
@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("lang", LANGS)
def test_blank_data_read_back_with_everything_missing(rubric: rd.Rubric, form: Form, lang: Lang) -> None:
    (submission,), faults = read_submissions(Source(f"a.{form}", rubric.blank(form, lang)))
    result = rubric.score(submission)
    assert [*faults, *result.diagnostics] == []
    assert (submission.figures, submission.claims, submission.overrides) == ({}, {}, {})
    assert all(item.status == "missing" for item in result.indicators.values())


@pytest.mark.parametrize("rubric", RUBRICS, ids=lambda rubric: rubric.name)
@pytest.mark.parametrize("form", _FORMS)
def test_every_input_can_be_filled_in(rubric: rd.Rubric, form: Form) -> None:
    import yaml

    text = rubric.blank(form, "zh")
    if form == "csv":
        header, row = text.strip().split("\n")
        filled = f"{header}\n{row[: row.index(',')]}," + ",".join("1" * row.count(","))
    else:
        filled = json.dumps(_ones(yaml.load(text, yaml.BaseLoader) if form == "yaml" else json.loads(text)))  # noqa: S506
    (submission,), faults = read_submissions(Source("a.csv" if form == "csv" else "a.json", filled))
    wanted = {item.key for item in rubric.model.fields.values() if item.formula is None}
    wanted |= {item.key for indicator in rubric.indicators.values() for item in indicator.inputs}
    assert {figure.key for figure in submission.figures.values()} == wanted
    assert set(submission.claims) == set(rubric.indicators)
    assert [fault.code for fault in faults] == []
    found = {fault.code for fault in rubric.score(submission).diagnostics}
    assert not found & {"unknown-figure", "unknown-indicator"}


def _ones(value: object) -> object:
    if isinstance(value, dict):
        return {key: _ones(item) for key, item in value.items()}
    return value or "1"


def test_blank_yaml_says_what_may_be_written() -> None:
    text = YUHUA.blank()
    for line in (
        "单位:",
        "年度: 2019",
        "  # ── 经费控制情况",
        "  编制数:  # 人，整数，大于 0；机构编制部门核定批复的部门（单位）的人员编制数",
        "  公务接待:  # 万元",
        "    2019年预算数:  # 万元，大于 0",
        "  # 计算 控制率：比率 = 在职人员数 ÷ 编制数 − 100% # 由程序计算",
        "  本年追加预算:  # 万元，可为负；年中调减填负数",
        "    ①:  # 例数，整数；支出符合国家财经法规和财务管理制度规定以及有关专项资金管理办法的规定",
        "    ②:  # 是 / 否；有本部门厉行节约制度",
        "  经济效益:  # 0 到 6 分",
        "  行政0效能:  # 较好 / 一般 / 无效果或者效果不明显",
        "自评等级:  # 优 / 良 / 中 / 差",
    ):
        assert line in text.split("\n"), line
    english = YUHUA.blank("yaml", "en")
    assert "\nfigures:\n" in english
    assert "  编制数:  # persons, whole, greater than 0; " in english


def test_a_blank_table_is_safe_to_open() -> None:
    for cell in HOSTILE.blank("csv").replace('"', "").replace("\n", ",").split(","):
        assert not cell.strip().startswith(("=", "+", "-", "@")), cell

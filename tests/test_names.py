"""Names that begin with, contain, end in or equal a keyword, in both languages; and what a name may swallow."""

from __future__ import annotations

import pytest

import rubric_dsl as rd
from rubric_dsl.source import Source
from tests.generative.strategies import KEYWORD_NAMES

CHINESE = """指标体系 试 年度 2019
满分 5
计步 整步
基础数据表
  {name}：万元
  计划：万元
一级指标 一 5
三级指标 {name}的得分 5
指标值 {name} ÷ 计划
评价标准 ≤ 100% 计满分；每超过 1个百分点扣1分
例 {name} = 103，计划 = 100 得 2分
"""
ENGLISH = """rubric test edition 2019
points 5
steps whole steps
form
  {name}: wan_yuan
  plan: wan_yuan
level 1 one 5
indicator score_of_{name} 5
measure {name} / plan
rule <= 100% scores full marks; deduct 1 per 1pp above
example {name} = 103, plan = 100 scores 2
"""


@pytest.mark.parametrize("name", KEYWORD_NAMES)
@pytest.mark.parametrize("template", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_a_name_may_look_like_a_keyword(template: str, name: str) -> None:
    text = template.format(name=name)
    rubric = rd.loads(text)
    assert [r.passed for r in rubric.run_examples()] == [True]
    other, _ = rd.format_source(Source("x", text), "en" if template is CHINESE else "zh")
    assert other is not None
    assert [r.passed for r in rd.loads(other).run_examples()] == [True]


@pytest.mark.parametrize(
    "name", ["三公（含车）", "a b", "出国、出境", "5G用户", "一“二", 'he said "x"', "a-b", "分/分"]
)
def test_a_name_with_spaces_or_signs_needs_quotes_only(name: str) -> None:
    escaped = name.replace('"', '\\"')
    for template in (CHINESE, ENGLISH):
        text = (
            template.format(name=f'"{escaped}"')
            .replace(f'"{escaped}"的得分', "得分")
            .replace(f'score_of_"{escaped}"', "s")
        )
        rubric = rd.loads(text)
        assert name in {item.key for item in rubric.model.fields.values()}
        assert [r.passed for r in rubric.run_examples()] == [True]


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("指标值 扣分次数5分", "扣分次数 5分"),
        ("指标值 扣分次数且计划 ÷ 计划", "扣分次数 且计划"),
        ("指标值扣分次数 ÷ 计划", "指标值 扣分次数"),
    ],
)
def test_a_name_that_swallowed_what_follows_is_diagnosed_with_the_fix(line: str, mended: str) -> None:
    text = CHINESE.format(name="扣分次数").replace("指标值 扣分次数 ÷ 计划", line)
    _, found = rd.check_source(Source("x", text))
    faults = [d for d in found if d.code in {"missing-space", "unknown-name"}]
    assert faults
    assert mended in faults[0].hint.zh if faults[0].hint else False


def test_quotes_and_width_do_not_tell_two_names_apart() -> None:
    rubric = rd.loads(CHINESE.format(name="“三公经费”变动率"))
    result = rubric.score({'"三公经费"变动率': "103", "计划": "100"})
    assert not result.diagnostics
    assert result.indicators["“三公经费”变动率的得分"].score == 2


@pytest.mark.parametrize(
    "wrapped",
    ["指标值 实际\n   ÷ 计划", "指标值\n实际 ÷\n计划", "指标值 实际 # 说明\n ÷ 计划", "指标值 （实际\n÷ 计划\n）"],
)
def test_wrapping_a_statement_over_lines_changes_nothing(wrapped: str) -> None:
    text = CHINESE.format(name="实际").replace("指标值 实际 ÷ 计划", wrapped)
    assert [r.passed for r in rd.loads(text).run_examples()] == [True]


def test_indentation_means_nothing() -> None:
    flat = "\n".join(line.strip() for line in CHINESE.format(name="甲").splitlines())
    deep = "\n".join("\t\u3000  " + line for line in flat.splitlines())
    documents = [rd.format_source(Source("x", text))[0] for text in (flat, deep)]
    assert documents[0] == documents[1]
    assert [r.passed for r in rd.loads(deep).run_examples()] == [True]


def test_comments_survive_the_formatter() -> None:
    text = "# 头\n" + CHINESE.format(name="甲").replace("计步 整步", "计步 整步  # 尾注") + "# 末尾\n"
    once, _ = rd.format_source(Source("x", text))
    assert once is not None
    assert all(note in once for note in ("# 头", "# 尾注", "# 末尾"))
    assert rd.format_source(Source("x", once))[0] == once

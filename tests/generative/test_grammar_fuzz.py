"""Text that the grammar itself generates, most of it without sense: nothing but our own errors comes of it."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark

from rubric_dsl.syntax.grammar import grammar_text
from rubric_dsl.syntax.table_builder import parser_of
from tests.generative.test_fuzz import check_everything
from tests.tries import tries

HEAD = "指标体系 试 年度 2019\n满分 5\n计步 整步\n基础数据表\n  甲：数\n  乙：比率\n  类：选自（A，B）\n"
lark = cache(lambda: parser_of(grammar_text()))  # takes a second: only where these tests run
clauses = st.deferred(lambda: from_lark(lark(), start="clause"))
statements = st.deferred(
    lambda: st.sampled_from(sorted(name for name in lark().options.start if name.startswith("st_")))
).flatmap(lambda start: from_lark(lark(), start=start))
relaxed = settings(deadline=None, max_examples=tries(60), suppress_health_check=list(HealthCheck))


def plain(phrase: str) -> str:
    """One line without odd blanks, so that what is tried is the grammar and not its blanks."""
    return re.sub(r"\s+", " ", phrase).strip()


@relaxed
@given(st.lists(clauses.map(plain), min_size=1, max_size=4), st.sampled_from(("甲", "乙", "甲 ÷ 乙", "得分（规则）")))
def test_any_clauses_make_a_rule_or_a_fault(parts: list[str], measure: str) -> None:
    rule = f"评价标准 {'；'.join(parts)}\n"
    check_everything(f"{HEAD}一级指标 一 5\n三级指标 规则 5\n  指标值 {measure}\n  {rule}")


@pytest.mark.slow
@relaxed
@given(st.lists(statements.map(plain), min_size=1, max_size=6), st.booleans())
def test_any_statements_make_a_rubric_or_faults(lines: list[str], inside: bool) -> None:
    tree = "一级指标 一 5\n三级指标 规则 5\n  评价标准 评定给分 0分 到 5分\n"
    more = "\n".join(lines) + "\n"
    check_everything(HEAD + (tree + more if inside else more + tree))

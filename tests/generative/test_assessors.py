"""Several assessors: what their marks make, against counting by hand; a missing mark against every mark it can be."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.evaluate.as_json import result_json
from rubric_dsl.numbers import text_of
from rubric_dsl.report.table import closing
from rubric_dsl.texts import format_source
from tests.tries import tries

NAMES = ("甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬")
WAYS = {"评委平均分": 2, "评委去掉最高最低平均分": 3, "评委中位分": 2}
LEVELS = {"好": Fraction(6), "中": Fraction(7, 2), "差": Fraction(0)}
relaxed = settings(deadline=None, max_examples=tries(60))


def rubric_of(rule: str, apart: str, way: str, names: tuple[str, ...]) -> rd.Rubric:
    return rd.loads(
        "指标体系 试 年度 2019\n满分 6\n计步 整步\n基础数据表\n  人数：人，整数\n一级指标 一 6\n三级指标 效果 6\n"
        f"  评价标准 {rule}；{apart}{way} {'，'.join(names)}\n"
    )


def by_hand(way: str, marks: list[Fraction]) -> Fraction:
    ordered = sorted(marks)
    if way == "评委去掉最高最低平均分":
        ordered = ordered[1:-1]
    if way == "评委中位分":
        half = (len(ordered) - 1) // 2
        ordered = ordered[half : len(ordered) - half]
    return sum(ordered, Fraction(0)) / len(ordered)


quarters = st.integers(0, 24).map(lambda value: Fraction(value, 4))


@relaxed
@given(st.data(), st.sampled_from(sorted(WAYS)))
def test_marks_make_the_score_that_counting_by_hand_makes(data: st.DataObject, way: str) -> None:
    count = data.draw(st.integers(WAYS[way], 9 if way == "评委中位分" else 20))
    marks = [data.draw(quarters) for _ in range(count)]
    rubric = rubric_of("评定给分 0分 到 6分", "", way, (f"{count}人",))
    given_ = {f"效果[{at}]": text_of(mark) for at, mark in enumerate(marks, 1)}
    item = rubric.score(given_).indicators["效果"]
    assert item.score == by_hand(way, marks)
    assert item.marks is not None
    assert item.marks.spread == max(marks) - min(marks)
    assert rubric.compile()(given_ | {"人数": 1}).total.score == item.score


@relaxed
@given(st.data(), st.sampled_from(sorted(WAYS)))
def test_missing_marks_leave_the_range_of_all_that_they_can_be(data: st.DataObject, way: str) -> None:
    count = data.draw(st.integers(WAYS[way], 5))
    words = [data.draw(st.sampled_from((*LEVELS, None))) for _ in range(count)]
    rubric = rubric_of("；".join(f"评为 {n} 计{text_of(v)}分" for n, v in LEVELS.items()), "", way, NAMES[:count])
    given_ = {f"效果[{name}]": word for name, word in zip(NAMES, words, strict=False) if word is not None}
    item = rubric.score(given_).indicators["效果"]
    possible = [LEVELS.values() if word is None else (LEVELS[word],) for word in words]
    scores = [by_hand(way, list(marks)) for marks in product(*possible)]
    assert (item.range.min, item.range.max) == (min(scores), max(scores))
    assert item.range.tight


@relaxed
@given(st.lists(quarters, min_size=2, max_size=6), quarters, st.integers(0, 5))
def test_the_adjudicator_decides_where_marks_are_too_far_apart(
    marks: list[Fraction], final: Fraction, limit: int
) -> None:
    names = NAMES[: len(marks)]
    rubric = rubric_of("评定给分 0分 到 6分", f"评委相差超过 {limit}分 复核人 壬，", "评委平均分", names)
    given_ = {f"效果[{name}]": text_of(mark) for name, mark in zip(names, marks, strict=True)}
    apart = max(marks) - min(marks) > limit
    alone, both = rubric.score(given_).indicators["效果"], rubric.score(given_ | {"效果[壬]": text_of(final)})
    assert both.indicators["效果"].score == (final if apart else by_hand("评委平均分", marks))
    assert alone.missing == (("效果[壬]",) if apart else ())
    assert alone.marks is not None
    assert alone.marks.beyond is apart


@relaxed
@given(
    st.data(),
    st.sampled_from(sorted(WAYS)),
    st.lists(st.sampled_from((*LEVELS, None)), min_size=3, max_size=4),
    st.sampled_from((*LEVELS, None)),
)
def test_missing_marks_beside_an_adjudicator_reach_what_enumeration_finds(
    data: st.DataObject, way: str, words: list[str | None], final: str | None
) -> None:
    limit = data.draw(st.integers(0, 5))
    rule = "；".join(f"评为 {name} 计{text_of(value)}分" for name, value in LEVELS.items())
    rubric = rubric_of(rule, f"评委相差超过 {limit}分 复核人 壬，", way, NAMES[: len(words)])
    given_ = {
        f"效果[{name}]": word for name, word in zip((*NAMES[: len(words)], "壬"), (*words, final), strict=True) if word
    }
    reviews = list(LEVELS.values()) if final is None else [LEVELS[final]]
    reached: set[Fraction] = set()
    for marks in product(*(LEVELS.values() if word is None else (LEVELS[word],) for word in words)):
        apart = max(marks) - min(marks) > limit
        reached |= set(reviews) if apart else {by_hand(way, list(marks))}
    found = rubric.score(given_).indicators["效果"].range
    assert (found.min, found.max) == (min(reached), max(reached))


@relaxed
@given(st.lists(st.one_of(st.none(), quarters), min_size=3, max_size=5), st.integers(0, 5))
def test_whether_marks_are_too_far_apart_is_said_as_soon_as_it_is_settled(
    marks: list[Fraction | None], limit: int
) -> None:
    rubric = rubric_of("评定给分 0分 到 6分", f"评委相差超过 {limit}分 列出，", "评委平均分", (f"{len(marks)}人",))
    given_ = {f"效果[{at}]": text_of(mark) for at, mark in enumerate(marks, 1) if mark is not None}
    found = rubric.score(given_).indicators["效果"].marks
    assert found is not None
    ends = [(Fraction(0), Fraction(3), Fraction(6)) if mark is None else (mark,) for mark in marks]
    # The least spread puts what is missing between the others, the greatest puts it at an end.
    known = [mark for mark in marks if mark is not None]
    least = max(known) - min(known) if known else Fraction(0)
    greatest = max(max(one) - min(one) for one in product(*ends))
    assert found.beyond is (True if least > limit else False if greatest <= limit else None)


@relaxed
@given(st.lists(st.sampled_from((*LEVELS, None)), min_size=2, max_size=5))
def test_what_is_settled_of_the_spread_is_the_least_of_every_completion(words: list[str | None]) -> None:
    rule = "；".join(f"评为 {name} 计{text_of(value)}分" for name, value in LEVELS.items())
    rubric = rubric_of(rule, "", "评委平均分", NAMES[: len(words)])
    result = rubric.score({f"效果[{name}]": word for name, word in zip(NAMES, words, strict=False) if word})
    possible = [LEVELS.values() if word is None else (LEVELS[word],) for word in words]
    spreads = {max(marks) - min(marks) for marks in product(*possible)}
    found = result.indicators["效果"].marks
    assert found is not None
    assert found.least == min(spreads)
    assert found.spread == (min(spreads) if None not in words else None)
    assert any(line.startswith("评审专家意见不一") for line in closing(result, "zh")) is (found.least > 0)


def test_a_difference_that_is_settled_is_told_while_a_mark_is_missing() -> None:
    rubric = rubric_of("评定给分 0分 到 6分", "评委相差超过 2分 复核人 壬，", "评委平均分", ("甲", "乙", "丙"))
    result = rubric.score({"效果[甲]": 1, "效果[丙]": 5})
    assert "评审专家意见不一：效果 至少相差 4 分（丙：5，甲：1），超过允许的范围" in closing(result, "zh")
    assert "assessors differ: 效果 by at least 4 (丙: 5, 甲: 1), more than allowed" in closing(result, "en")
    told = result_json(result, "en")["indicators"][0]["assessors"]
    assert (told["spread"], told["at_least"], told["beyond"]) == (None, "4", True)


def test_every_variant_shows_the_marks_of_its_own_assessors() -> None:
    rubric = rd.loads(
        "指标体系 试 年度 2019\n满分 6\n计步 整步\n基础数据表\n  人数：人，整数\n一级指标 一 6\n三级指标 效果 6\n"
        "  情形 当 人数 > 3人\n  评价标准 评定给分 0分 到 6分；评委相差超过 1分 列出，评委平均分 3人\n"
        "  其余情形\n  评价标准 评定给分 0分 到 6分；评委中位分 2人\n"
    )
    marks = {"效果[1]": 5, "效果[2]": 4, "效果[3]": 2}
    many, few = (rubric.score({"人数": number, **marks}).indicators["效果"] for number in (5, 2))
    assert many.marks is not None
    assert few.marks is not None
    assert (many.score, many.marks.rule.zh, many.marks.spread, many.marks.beyond) == (Fraction(11, 3), "平均", 3, True)
    assert (few.score, few.marks.rule.zh, few.marks.spread, few.marks.beyond) == (Fraction(9, 2), "中位数", 1, None)
    assert rubric.score(marks).indicators["效果"].marks is None


def test_marks_are_told_while_it_is_open_whether_the_indicator_applies() -> None:
    rubric = rd.loads(
        "指标体系 试 年度 2019\n满分 6\n计步 整步\n基础数据表\n  人数：人，整数\n一级指标 一 6\n三级指标 效果 6\n"
        "  评价标准 评定给分 0分 到 6分；评委平均分 2人\n  不适用当 人数 = 0人 计满分\n"
    )
    marks = {"效果[1]": 5, "效果[2]": 3}
    found = [rubric.score(figures | marks).indicators["效果"].marks for figures in ({}, {"人数": 2}, {"人数": 0})]
    assert [item and item.spread for item in found] == [2, 2, None]


@pytest.mark.parametrize("way", sorted(WAYS))
@pytest.mark.parametrize("apart", ["", "评委相差超过 2.5分 列出，", "评委相差超过 2.5分 复核人 “孙 七”，"])
@pytest.mark.parametrize("who", ["4人", "甲，“评委 乙”，丙"])
def test_both_keyword_languages_say_the_same(way: str, apart: str, who: str) -> None:
    first = rubric_of("① “一” 4分；② “二” 2分", apart, way, (who,))
    english, _ = format_source(first.model.source, "en")
    assert english is not None
    assert "评委相差" not in english
    second = rd.loads(english)
    assert second.model.indicators["效果"].program == first.model.indicators["效果"].program
    assert second.model.indicators["效果"].inputs == first.model.indicators["效果"].inputs


def test_a_difference_that_is_listed_leaves_the_score_and_is_told_below_the_table() -> None:
    rubric = rubric_of("评定给分 0分 到 6分", "评委相差超过 2分 列出，", "评委平均分", ("3人",))
    result = rubric.score({"效果[1]": 1, "效果[2]": 4, "效果[3]": 4})
    assert result.indicators["效果"].score == 3
    assert "评审专家意见不一：效果 相差 3 分（2：4，1：1），超过允许的范围" in closing(result, "zh")
    told = result_json(result, "en")["indicators"][0]["assessors"]
    assert (told["spread"], told["apart"], told["beyond"]) == ("3", "2", True)

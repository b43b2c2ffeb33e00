"""Threads that share a rubric: their answers are one thread's."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

import rubric_dsl as rd
from tests.sample_rubrics import DATA, HOSTILE, ROOT, YUHUA

IRRATIONAL = rd.loads("""指标体系 试 年度 2019
满分 10
基础数据表
  甲：万元
  乙：万元
一级指标 一 10
三级指标 丙 10
舍入 得分 到 0.01，四舍五入
评价标准 得分 = 平方根（2） × 平方根（3） + 0 × 甲 ÷ 乙，最多 满分
""")
RUBRICS = [YUHUA, HOSTILE, IRRATIONAL, rd.load(ROOT / "rubrics/texas-a-f/districts.rubric")]
THREADS = 4


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads that are switched as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def submissions(rubric: rd.Rubric, count: int, seed: int) -> list[dict[str, object]]:
    """Random figures; of some rows a few are missing, of few one cannot be read."""
    random = Random(seed)  # noqa: S311 - no secret
    options = {item.key: item.options for item in rubric.model.fields.values()}
    options |= {item.key: item.options for indicator in rubric.indicators.values() for item in indicator.inputs}
    keys = rubric.compile().keys or tuple(options)
    gaps: list[set[str]] = [set(), set(), set(keys[:1]), set(keys[1:3])]
    found: list[dict[str, object]] = []
    for number in range(count):
        gap = random.choice(gaps)
        row = {key: random.choice(options[key] or ("0", "1", 2, "100")) for key in keys if key not in gap}
        if number % 10 == 0:
            row[random.choice(keys)] = "x"
        found.append(dict(row))
    return found


def told(scores: rd.CompiledScores) -> tuple[object, ...]:
    return scores.total, scores.grade, dict(scores.scores), dict(scores.statuses), dict(scores.measures), scores.ok


@pytest.mark.parametrize(
    ("rubric", "count"),
    [
        *((rubric, 40) for rubric in RUBRICS[1:]),
        *(pytest.param(rubric, 10_000, marks=pytest.mark.slow) for rubric in RUBRICS[1:]),
        pytest.param(YUHUA, 200, marks=pytest.mark.slow),  # most of its rows are the evaluator's
    ],
)
@pytest.mark.usefixtures("hasty")
def test_threads_answer_as_one(rubric: rd.Rubric, count: int) -> None:
    data = submissions(rubric, min(count, 60), 1)
    alone = rd.loads(rubric.sources[0]).compile()
    expected = [told(alone(each)) for each in data]
    fresh = rd.loads(rubric.sources[0])
    shared = fresh.compile()  # nothing was kept in it yet

    def run(start: int) -> list[int]:
        order = [(start + number) % len(data) for number in range(count)]
        return [place for place in order if told(shared(data[place])) != expected[place]]

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(run, range(THREADS))) == [[]] * THREADS


@pytest.mark.parametrize("count", [2, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.usefixtures("hasty")
def test_threads_explain_as_one(count: int) -> None:
    data = submissions(YUHUA, count, 2)
    expected = [YUHUA.score(each).to_json() for each in data]
    shared = rd.loads(YUHUA.sources[0])
    results = [shared.score(each) for each in data]

    def run(_: int) -> bool:
        again = [shared.score(each).to_json() for each in data]
        return again == expected and [result.to_json() for result in results] == expected

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(run, range(THREADS)))


def test_submissions_reach_another_process_whole() -> None:
    found = rd.read_submissions(DATA)
    other: rd.Submissions = pickle.loads(pickle.dumps(found))  # noqa: S301 - our own
    assert YUHUA.score(other[0]) == YUHUA.score(found[0])

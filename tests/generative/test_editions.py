"""Laws of editions: to keep the rest is to keep everything, and the list of changes is the changes that were made."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.checking import read_whole
from rubric_dsl.model.model import ChangedParts
from rubric_dsl.source import Source
from tests.generative.strategies import RandomRubric, figures, rubrics
from tests.tries import tries

relaxed = settings(deadline=None, max_examples=tries(60), suppress_health_check=list(HealthCheck))

KEEPS = "指标体系 试 年度 2020\n沿用 “2019.rubric”\n保留其余\n"


def opened(text: str) -> dict[str, Source]:
    return {"2019.rubric": Source("2019.rubric", text)}


@relaxed
@given(st.data(), rubrics)
def test_to_keep_the_rest_is_the_same_rubric(data: st.DataObject, random: RandomRubric) -> None:
    before = rd.loads(random.text)
    after = rd.loads(KEEPS, resolver={"2019.rubric": random.text}.__getitem__)
    given_data = data.draw(figures(random))
    old, new = before.score(given_data), after.score(given_data)
    was, now = json.loads(old.to_json()), json.loads(new.to_json())
    for part in ("total", "grade", "sections", "indicators"):
        assert was[part] == now[part]
    changes = after.model.edition_changes
    assert changes is not None
    inside = tuple(name for name, item in after.model.indicators.items() if item.role == "part")
    assert changes == type(changes)("2019.rubric", inside, (), (), (), headings=changes.headings)
    assert changes.headings == ChangedParts(kept=changes.headings.kept)


@dataclass
class Made:
    """The changes made to an edition, as they are to be listed."""

    lines: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    renamed: set[tuple[str, str]] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)


def indicator(name: str, points: int) -> list[str]:
    return [f"三级指标 {name} {points}", f"  评价标准 评定给分 0分 到 {points}分"]


@relaxed
@given(st.data(), st.lists(st.integers(1, 3), min_size=2, max_size=3))
def test_the_list_of_changes_is_what_was_changed(data: st.DataObject, sizes: list[int]) -> None:
    heads = [f"题{number}" for number in range(len(sizes))]
    below = {head: [f"项{head[1:]}{part}" for part in range(size)] for head, size in zip(heads, sizes, strict=True)}
    text = ["指标体系 试 年度 2019", "满分 100", "基础数据表", "  甲：万元"]
    for head in heads:
        text += [f"一级指标 {head} 10", *(line for name in below[head] for line in indicator(name, 5))]
    made = Made()
    for head in heads:
        own: list[str] = []
        for name in below[head]:
            act = data.draw(
                st.sampled_from(["keep", "change", "rewrite", "drop", "rename", "move", "rename and change"])
            )
            now = f"新{name}" if act.startswith("rename") else name
            if act.startswith("rename"):
                made.lines.append(f"原名 {name}，现名 {now}")
                made.renamed.add((name, now))
            if act in ("change", "rename and change"):
                own += [f"修改 {now} 6", "  评价标准 评定给分 0分 到 6分"]
                made.changed.add(now)
            elif act == "rewrite":
                own += indicator(now, 7)
                made.changed.add(now)
            elif act == "drop":
                made.lines.append(f"删去 {name}")
                made.dropped.add(name)
            elif act == "move":
                other = next(each for each in heads if each != head)
                made.lines += [f"一级指标 {other} 10", f"保留 {name}"]
                made.moved.add(name)
            elif act == "keep":
                made.kept.add(name)
        if data.draw(st.booleans()):
            own += indicator(f"添{head}", 3)
            made.added.add(f"添{head}")
        if own:
            made.lines += [f"一级指标 {head} 10", *own]
    edition = "\n".join([*KEEPS.splitlines(), *made.lines])
    whole = read_whole(Source("2020.rubric", edition), opened("\n".join(text)).get)
    assert not [item for item in whole.faults if item.is_error], edition
    changes = whole.changes
    assert changes is not None
    assert set(changes.kept) == made.kept
    assert set(changes.changed) == made.changed
    assert set(changes.dropped) == made.dropped
    assert set(changes.added) == made.added
    assert set(changes.renamed) == made.renamed
    assert set(changes.moved) == made.moved
    assert changes.elsewhere == ()


def test_a_year_follows_the_edition(tmp_path: Path) -> None:
    form = "基础数据表\n  列 {年度-1}年决算数，{年度}年预算数\n  行 三公经费：万元，[{年度}年预算数] > 0\n"
    rule = (
        "一级指标 一 10\n三级指标 甲 10\n  指标值 三公经费[{年度-1}年决算数] ÷ 三公经费[{年度}年预算数]\n"
        "  评价标准 ≤ 100% 计满分；否则 不得分\n"
    )
    (tmp_path / "2019.rubric").write_text(f"指标体系 试 年度 2019\n满分 10\n{form}{rule}", encoding="utf-8")
    (tmp_path / "2020.rubric").write_text(KEEPS, encoding="utf-8")
    for year, name in ((2019, "2019.rubric"), (2020, "2020.rubric")):
        rubric = rd.load(tmp_path / name)
        assert not rubric.diagnostics or {item.code for item in rubric.diagnostics} == {"edition-changes"}
        given_data = {f"三公经费[{year - 1}年决算数]": 9, f"三公经费[{year}年预算数]": 10}
        assert rubric.score(given_data).total.min == 10

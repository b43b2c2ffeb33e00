"""Explanations add up: what was lost leads from the points to the total, parts make their heading, whatever the rubric."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.diagnostics import Text
from rubric_dsl.numbers import shown
from rubric_dsl.report.page.html import html
from rubric_dsl.report.page.markdown import markdown
from rubric_dsl.report.page.notice import notice, sums
from rubric_dsl.review.curve import Curves, better
from rubric_dsl.testing import submissions
from tests.generative.strategies import RandomRubric, band_rubrics, figures, rubrics, step_rubrics, tree_rubrics
from tests.tries import tries

relaxed = settings(
    deadline=None, max_examples=tries(50), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@relaxed
@given(st.data(), rubrics)
def test_the_waterfall_leads_from_the_points_to_the_total(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    result = rubric.score(data.draw(submissions(rubric)))
    page = notice(rubric.model, result, "zh")
    if result.has_total and result.total.rated is not False:
        assert result.total.points - sum((loss.low for loss in page.losses), Fraction(0)) == result.total.max
        assert result.total.points - sum((loss.high for loss in page.losses), Fraction(0)) == result.total.min
    for item in result.indicators.values():
        if item.score is not None and item.status != "override":
            assert item.steps[-1].value.zh == f"{shown(item.score)} / {shown(item.range.points)}"
    for lang in ("zh", "en"):
        written, text = html([page], lang), markdown([page], lang)
        assert written.count("<article") == len(result.indicators) == text.count("\n### ")


@relaxed
@given(st.data(), tree_rubrics())
def test_parts_that_are_only_added_add_up(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    model = rubric.model
    result = rubric.score(data.draw(figures(random)))
    plain = {(*item.path, item.name) for item in model.sections if item.combine == "SUM_OF"}
    for item in sums(result):
        pooled = any(model.indicators[name].pool for name, _ in item.parts if name in model.indicators)
        held = any(model.indicators[name].base is not None for name, _ in item.parts if name in model.indicators)
        excluded = any(found.excluded for found in result.indicators.values())
        if item.path in plain and not (pooled or held or excluded) and "舍入" not in random.text:
            assert item.other == (0, 0)


@relaxed
@given(st.data(), st.one_of(step_rubrics(), band_rubrics()))
def test_what_is_told_of_the_next_band_is_so(data: st.DataObject, random: RandomRubric) -> None:
    """Below the next better place no measure scores more; there, or just beyond it, one does."""
    rubric = rd.loads(random.text)
    result = rubric.score(data.draw(figures(random)))
    name = list(result.indicators)[-1]
    item, line = result.indicators[name], Curves(rubric.model).of(rubric.indicators[name])
    if item.measure is None or item.score is None or not line:
        return
    found = better(line, item.measure, item.score)
    if found is None:
        return
    scores = {stretch.at(value) for stretch in line for value in [item.measure] if _holds(stretch.range, value)}
    assert item.score in scores
    assert found.score >= item.score
    step = (found.at - item.measure) / 16
    if any(stretch.slope for stretch in line):
        return
    for count in range(1, 16):
        value = item.measure + step * count
        between = [stretch.at(value) for stretch in line if _holds(stretch.range, value)]
        assert all(score is None or score <= item.score for score in between)


def _holds(span: rd.ranges.Range, value: Fraction) -> bool:
    return rd.ranges.restrict(span, "=", value) is not None


@relaxed
@given(st.data(), rubrics)
def test_every_score_has_its_reason_in_both_languages(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    for item in rubric.score(data.draw(submissions(rubric))).indicators.values():
        assert item.reason.zh.strip(), item.name
        assert item.reason.en.strip(), item.name


@relaxed
@given(st.data(), tree_rubrics())
def test_what_is_told_of_a_heading_is_so(data: st.DataObject, random: RandomRubric) -> None:
    """Where parts are not only added, the reason is there in both languages, and a part that counts alone has its score."""
    rubric = rd.loads(random.text)
    result = rubric.score(data.draw(figures(random)))
    ways = {(*item.path, item.name): item.combine for item in rubric.model.sections}
    for section in result.sections:
        way = ways[(*section.path, section.name)]
        assert way == "SUM_OF" or (section.reason.zh and section.reason.en)
        last = section.steps[-1].value
        if section.range.rated is False:
            assert last == Text("不评定", "not rated")
            continue
        assert last.zh.startswith(shown(section.range.min))
        if (
            way in {"HIGHEST", "LOWEST"}
            and section.range.score is not None
            and not section.reason.zh.startswith("各项")
        ):
            told = section.reason.zh.partition("；")[0]
            assert told.endswith(f" {shown(section.range.score)}") or "未定" in told or "舍入" in random.text

"""Laws of coverage: suggestions make it full, and what is called out of reach is reached by nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rubric_dsl as rd
from rubric_dsl.adequacy.coverage import coverage
from rubric_dsl.adequacy.exact import Point, value_at
from rubric_dsl.adequacy.placing import placed
from rubric_dsl.adequacy.suggest import suggestions
from rubric_dsl.adequacy.trial import Bench
from rubric_dsl.core.nodes import Const, Real, RealKind
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.evaluate.state import Env
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import exactly
from rubric_dsl.source import Source
from tests.generative.strategies import CHAPTERS, RandomRubric, band_rubrics, figures, other_rubrics, step_rubrics

few = settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
small = [chapter for chapter in CHAPTERS if chapter.text.count("指标") < 12 and "同组" not in chapter.text]
rubrics = st.one_of(step_rubrics(), band_rubrics(), other_rubrics(), st.sampled_from(small))


@pytest.mark.slow
@few
@given(rubrics)
def test_suggested_examples_check_clean_pass_and_make_coverage_full(random: RandomRubric) -> None:
    source = Source("r", rd.format_source(Source("r", random.text))[0] or "")
    rubric = rd.loads(source)
    found = suggestions(rubric.model, rubric.coverage())
    text = placed(source, found, "zh" if rubric.language == "zh" else "en").text
    again, faults = rd.check_source(Source("r", text))
    assert again is not None, [item.message.zh for item in faults]
    assert rd.format_source(Source("r", text))[0] == text
    assert all(item.passed for item in again.run_examples())
    assert again.coverage().full


@few
@given(st.data(), rubrics)
def test_no_data_reach_what_is_said_to_be_out_of_reach(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    for item in coverage(rubric.model).indicators:
        bench = Bench(rubric.model, item.indicator)
        never = [goal for goal in item.goals if goal.state == "never"]
        for _ in range(4):
            complete = data.draw(figures(random))
            written = {key: text_of(v) if isinstance(v, Fraction) else str(v) for key, v in complete.items()}
            trial = bench.trial(tuple(written.items()))
            assert not [goal.goal.text.zh for goal in never if goal.goal.met(trial.seen)]


@few
@given(st.data(), rubrics)
def test_a_rule_at_a_point_is_what_the_evaluator_says(data: st.DataObject, random: RandomRubric) -> None:
    rubric = rd.loads(random.text)
    indicator = rubric.indicators[random.indicator]
    complete = data.draw(figures(random))
    written = {key: text_of(v) if isinstance(v, Fraction) else str(v) for key, v in complete.items()}
    env = Bench(rubric.model, indicator).trial(tuple(written.items())).seen.env
    numbers = {key: item.known for key, item in env.figures.items() if item.known is not None}
    words = {key: min(options) for key, options in env.choices.items()}
    for variant in indicator.program.variants:
        if variant.measure is None:
            continue
        expected, trace = value_of(
            variant.measure,
            Env(
                {k: exactly(v) for k, v in numbers.items()}
                | {k: v for k, v in env.figures.items() if k not in numbers},
                env.choices,
            ),
        )
        found = value_at(variant.measure, Point(numbers, words))
        if found is not None:
            assert expected is not None
            assert expected.known == found or expected.known is None
        else:
            assert expected is None or trace.faults or expected.known is None


@pytest.mark.parametrize(
    ("kind", "arguments", "wanted"),
    [
        ("power", (0, Fraction(1, 2)), 0),
        ("power", (Fraction(4, 9), Fraction(1, 2)), Fraction(2, 3)),
        ("power", (2, Fraction(1, 2)), None),
        ("power", (-1, Fraction(1, 2)), None),
        ("power", (0, -1), None),
        ("log10", (Fraction(1, 100),), -2),
        ("ln", (1,), 0),
        ("ln", (0,), None),
        ("ln", (2,), None),
        ("exp", (0,), 1),
    ],
)
def test_a_root_or_logarithm_at_a_point_is_a_number_where_it_is_rational(
    kind: RealKind, arguments: tuple[Fraction | int, ...], wanted: Fraction | int | None
) -> None:
    expr = Real(kind, tuple(Const(Fraction(each)) for each in arguments))
    assert value_at(expr, Point({}, {})) == wanted
    told, trace = value_of(expr, Env({}, {}))
    if wanted is None:  # no number, or a range around it
        assert told is None if trace.faults else told is not None and told.known is None
    else:
        assert told is not None
        assert told.known == wanted

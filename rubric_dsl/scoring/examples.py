"""The examples beside the rules and the whole cases, run."""

from __future__ import annotations

from rubric_dsl.data.submission import Figure, Statement, Submission
from rubric_dsl.diagnostics import Place
from rubric_dsl.evaluate.result import ScoreRange
from rubric_dsl.model.model import Example, Indicator, Model, WholeCase
from rubric_dsl.records import dataclass
from rubric_dsl.scoring.score import score, score_alone


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """How one example beside a rule, or a whole case, came out; ``inputs`` are the figures as written.

    ``indicator`` is a whole case's own name; the grades are empty where none is expected.
    """

    indicator: str
    place: Place
    passed: bool
    expected: ScoreRange
    actual: ScoreRange
    inputs: str
    expected_grade: str = ""
    actual_grade: str = ""


def run_examples(model: Model) -> tuple[ExampleResult, ...]:
    """Run every example beside the rules of a rubric, then every whole case."""
    beside = tuple(
        _example(model, indicator, example) for indicator in model.indicators.values() for example in indicator.examples
    )
    return beside + tuple(_case(model, case) for case in model.cases)


def _case(model: Model, case: WholeCase) -> ExampleResult:
    figures = {key: Figure(key, Statement(text, "", case.place)) for key, text in case.given}
    result = score(model, Submission(figures=figures), "")
    expected = ScoreRange(case.low, case.high, model.points)
    grade = result.grade.value or ""
    ends = (result.total.min, result.total.max) if result.total.rated else None
    passed = ends == (case.low, case.high) and case.grade in ("", grade)
    inputs = "，".join(f"{key} = {text}" for key, text in case.given)
    return ExampleResult(case.name, case.place, passed, expected, result.total, inputs, case.grade, grade)


def _example(model: Model, indicator: Indicator, example: Example) -> ExampleResult:
    figures = {key: Figure(key, Statement(text, "", example.place)) for key, text in example.given}
    actual = score_alone(model, indicator, Submission(figures=figures)).range
    expected = ScoreRange(example.low, example.high, indicator.points)
    passed = (actual.min, actual.max) == (expected.min, expected.max)
    inputs = "，".join(f"{key} = {text}" for key, text in example.given)
    return ExampleResult(indicator.name, example.place, passed, expected, actual, inputs)

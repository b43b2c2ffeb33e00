"""The examples that are missing, in rubric text: written by the formatter, scored by the evaluator."""

from __future__ import annotations

from collections.abc import Callable

from rubric_dsl.adequacy.coverage import Coverage, IndicatorCoverage, Reached
from rubric_dsl.adequacy.seen import Seen
from rubric_dsl.adequacy.trial import Bench, Given, Trial
from rubric_dsl.adequacy.words import MARKS_EN
from rubric_dsl.core.keys import item_of
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.forms.base import FormInput
from rubric_dsl.inputs.plain import UNAVAILABLE_WORD
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.numbers import parse_number, text_of
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source
from rubric_dsl.syntax.characters import fold
from rubric_dsl.syntax.leaves import leaf_written
from rubric_dsl.syntax.parse import parse
from rubric_dsl.syntax.write import write_tree
from rubric_dsl.units import RATIO


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An example to add: the ``line`` as the formatter writes it, and the goals that it reaches."""

    indicator: Indicator
    trial: Trial
    line: str
    goals: tuple[Text, ...]


def suggestions(model: Model, found: Coverage) -> tuple[Suggestion, ...]:
    """Return the examples that make the coverage full, by indicator; no one of them can be spared."""
    return tuple(item for each in found.indicators for item in _of_indicator(model, each))


def _of_indicator(model: Model, found: IndicatorCoverage) -> list[Suggestion]:
    bench = Bench(model, found.indicator)
    kept = list({id(item.trial): item.trial for item in found.missing if item.trial is not None}.values())
    for trial in reversed(tuple(kept)):
        others = [other for other in kept if other is not trial]
        if all(any(goal.goal.met(other.seen) for other in others) for goal in found.missing):
            kept = others
    left = list(found.missing)
    result: list[Suggestion] = []
    for trial in kept:
        own = [item for item in left if item.goal.met(trial.seen)]
        left = [item for item in left if item not in own]
        short = bench.shorter(trial, _reaches(own))
        line = example_line(model, found.indicator, short.given, text_of(short.score))
        result.append(Suggestion(found.indicator, short, line, tuple(item.goal.text for item in own)))
    return result


def _reaches(goals: list[Reached]) -> Callable[[Seen], bool]:
    return lambda found: all(item.goal.met(found) for item in goals)


def example_line(model: Model, indicator: Indicator, given: Given, score: str) -> str:
    """Write an example in the rubric's own keyword language, as the formatter writes it."""
    lang: Lang = "zh" if model.language == "zh" else "en"
    pairs = ", ".join(f"{_address(key, indicator, model)} = {_value(key, text, model, lang)}" for key, text in given)
    document, _ = parse(Source("-", f"example {pairs} scores {score}\n"))
    return write_tree(document.statements[0].tree, lang)


def _address(key: str, indicator: Indicator, model: Model) -> str:
    field = model.fields.get(fold(key))
    if field is not None:
        name, column = (field.row, field.column) if field.column else (field.key, "")
    elif item := item_of(key, indicator.name):
        name, column = indicator.name, item
        if _is_item(column):
            return column
    else:
        name, column = key, ""
    written = leaf_written("NAME", name, "en") or name
    return f"{written}[{leaf_written('CNAME', column, 'en')}]" if column else written


def _is_item(label: str) -> bool:
    return (len(label) == 1 and "①" <= label <= "⑳") or (label.startswith("(") and label[1:-1].isdigit())


def _value(key: str, text: str, model: Model, lang: Lang) -> str:
    field = model.fields.get(fold(key))
    rating = next((item for item in _inputs(model) if item.key == key), None) if field is None else None
    options = field.options if field is not None else rating.options if rating is not None else ()
    if text == UNAVAILABLE_WORD:
        return UNAVAILABLE_WORD if lang == "zh" else "unavailable"
    if rating is not None and rating.kind == "mark" and lang == "en":
        return MARKS_EN.get(text, text)
    if options:
        return leaf_written("NAME", text, "en") or text
    if field is not None and field.unit.dimension == RATIO:
        return f"{text_of(parse_number(text) * 100)}%"
    return text


def _inputs(model: Model) -> list[FormInput]:
    return [item for indicator in model.indicators.values() for item in indicator.inputs]

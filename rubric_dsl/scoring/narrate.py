"""What happened, in words: the reason line and the steps of an explanation, read from the evaluator's trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY
from fractions import Fraction

from rubric_dsl.core.nodes import RoleName
from rubric_dsl.core.walk import keys_in, keys_of
from rubric_dsl.data.submission import Figure, Override
from rubric_dsl.diagnostics import NO_TEXT, Lang, Text, same
from rubric_dsl.evaluate.result import ScoreRange, Step
from rubric_dsl.evaluate.state import Env, Outcome
from rubric_dsl.forms.base import MEASURE, Form, Seen, measure_text
from rubric_dsl.formulas.kinds import Kind
from rubric_dsl.formulas.scope import address_of
from rubric_dsl.inputs.bind import AskedOfGroup, Bound
from rubric_dsl.model.model import Indicator, Rule
from rubric_dsl.numbers import shown
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass
from rubric_dsl.source import Span
from rubric_dsl.syntax.tree import Leaf, Node, Tree
from rubric_dsl.syntax.write import write_tree

MEASURE_LABEL = Text("指标值", "measure")
"""The label of the step that works out the measure."""
_NOWHERE = Span(0, 0)


def rule_of(indicator: Indicator, outcome: Outcome) -> Rule:
    """Return the rule that was taken, or the main one while that is open."""
    return indicator.rules[outcome.taken[0]] if len(outcome.taken) == 1 else indicator.main


def seen_of(indicator: Indicator, outcome: Outcome, env: Env) -> Seen:
    """Return what the forms may speak of."""
    values = dict(outcome.trace.values)
    if outcome.measure is not None:
        values[MEASURE] = outcome.measure
    trace = outcome.trace
    certain = tuple(words for words in trace.branches if words not in trace.unsure)
    chosen = {key: next(iter(words)) for key, words in env.choices.items() if len(words) == 1}
    return Seen(values, certain, rule_of(indicator, outcome).kind, indicator.points, chosen)


def reason(indicator: Indicator, outcome: Outcome, score: ScoreRange, env: Env, waits: Waits) -> Text:
    """Say in one line how the score came about; only what is certain is told of the rule."""
    rule = rule_of(indicator, outcome)
    if outcome.score is not None and len(outcome.taken) == 1 and not rule.forms:
        return Text(*rule.words)
    if outcome.score is None:
        return fault_words(outcome)
    parts = form_reasons(indicator, outcome, env)
    if waits.any:
        parts.append(_waiting(score, waits))
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


@dataclass(frozen=True, slots=True)
class Waits:
    """What a score waits for, if for ``any``thing: figures that are not given, or whose value cannot be used; groups."""

    _: KW_ONLY
    any: bool
    missing: tuple[str, ...]
    invalid: tuple[str, ...]
    groups: tuple[str, ...]


def _waiting(score: ScoreRange, waits: Waits) -> Text:
    """Say what is missing or cannot be used, and what the score can still be."""
    lists = (
        ("缺 ", "missing ", waits.missing),
        ("值无效：", "invalid value of ", waits.invalid),
        ("缺同类单位的 ", "missing the group's ", waits.groups),
    )
    zh = "，".join(before + "、".join(keys) for before, _, keys in lists if keys) or "相关结果未定"
    en = ", ".join(before + ", ".join(keys) for _, before, keys in lists if keys) or "other results are open"
    if score.score is not None:
        return Text(f"{zh}，但不影响得分", f"{en}, but the score is settled")
    low, high = shown(score.min), shown(score.max)
    return Text(f"{zh}，得分在 {low} 到 {high} 之间", f"{en}; the score lies from {low} to {high}")


def fault_code(outcome: Outcome) -> str:
    """Return the code of the first fault that left no score."""
    kinds = [fault.kind for fault in outcome.trace.faults]
    return next((_CODES[kind] for kind in _CODES if kind in kinds), "no-band")


_CODES = {
    "zero-denominator": "zero-denominator",
    "unavailable": "figure-unavailable",
    "domain": "no-real-value",
    "undecided": "rounding-undecided",
    "award-out-of-range": "award-out-of-range",
    "nothing-applies": "nothing-applies",
}
_HINTS = {
    "figure-unavailable": Text("写明“不适用当 无数据（…）”", "write 'not applicable when unavailable(…)'"),
    "no-real-value": Text(
        "对数要用正数，开方不能用负数", "a logarithm takes a positive number, a root no negative one"
    ),
    "rounding-undecided": Text("改用另一种写法或舍入单位", "write it another way, or round to another step"),
    "award-out-of-range": Text("检查评定的数", "check the given number"),
    "nothing-applies": Text(
        "核对评定；规则里可以写“不适用当 … 计满分”", "check the rating; a rule may say 'not applicable when … scores …'"
    ),
    "no-band": Text("补上这一档，或写：否则 不得分", "add the band, or write: otherwise no points"),
    "zero-denominator": Text("写明“不适用当 … = 0 计满分”", "write 'not applicable when … = 0 scores full marks'"),
}


def fault_hint(code: str) -> Text:
    """Say what would mend the fault."""
    return _HINTS.get(
        code, Text("写明“不适用当 … 计满分”，或补上这一档", "write 'not applicable when … scores …', or add the band")
    )


def fault_words(outcome: Outcome) -> Text:
    """Say why there is no score."""
    code = fault_code(outcome)
    words = next((f.words for f in outcome.trace.faults if _CODES.get(f.kind) == code), NO_TEXT)
    if code == "zero-denominator":
        return Text(
            f"分母“{words.zh}”为零，规则没有说明怎样计分",
            f"the denominator '{words.en}' is zero, and the rule does not say what then",
        )
    if code == "figure-unavailable":
        return Text(
            f"“{words.zh}”没有数据，规则没有说明怎样计分",
            f"'{words.en}' is unavailable, and the rule does not say what then",
        )
    if code == "no-real-value":
        return Text("对数、指数或开方在这里没有值", "a logarithm, power or root has no value here")
    if code == "rounding-undecided":
        return Text("离界限太近，算到 1920 位仍不能确定", "too close to an edge: 1,920 digits do not decide it")
    if code == "nothing-applies":
        return Text("各项都不适用，规则没有说明怎样计分", "no item applies, and the rule does not say what then")
    if code == "award-out-of-range":
        return Text("评定的数不在这一档的范围内", "the number given is outside the range of its band")
    return Text("指标值不在任何一档", "the measure is in no band")


def form_reasons(indicator: Indicator, outcome: Outcome, env: Env) -> list[Text]:
    """Ask each form that took part what happened; nothing while it is open which rule or which case it is."""
    if len(outcome.taken) != 1:
        return []
    seen = seen_of(indicator, outcome, env)
    cases, others = _parted(indicator, outcome)
    asked = cases if _can_hold(cases, outcome) else others
    return [text for form in asked if (text := form.reason(seen)) is not None]


def _parted(indicator: Indicator, outcome: Outcome) -> tuple[list[Form], list[Form]]:
    """Return the forms that decide by cases, and those that count where no case holds."""
    forms = rule_of(indicator, outcome).forms
    return [form for form in forms if form.role == "case"], [form for form in forms if form.role != "case"]


def _can_hold(cases: list[Form], outcome: Outcome) -> bool:
    """Whether one of the cases can hold."""
    stated = {branch.words for form in cases for branch in form.branches()}
    return not stated.isdisjoint(outcome.trace.branches)


def override_reason(override: Override) -> Text:
    """Say that a person decided, and why."""
    return Text(f"人工核定：{override.reason}", f"set by hand: {override.reason}")


def steps(
    indicator: Indicator,
    outcome: Outcome,
    score: ScoreRange,
    env: Env,
    bound: Bound,
) -> tuple[Step, ...]:
    """List the working: figures with their sources, the group, the formula with figures put in, the rule, the score."""
    lines: list[Step] = []
    given = bound.given
    rule = rule_of(indicator, outcome)
    tree = rule.measure or indicator.measure
    if tree is not None:
        lines.extend(_figure_steps(tree, given))
    lines.extend(_group_steps(indicator, outcome, env, bound))
    if rule.words != ("", "") and len(outcome.taken) == 1:
        lines.append(Step(Text("情形", "because"), Text(*rule.words), NO_TEXT))
    if rule.measure is not None:
        lines.append(_measure_step(rule, outcome, env.figures))
    for item in indicator.inputs:
        figure = given.get(item.key)
        if figure is not None:
            source = f"（{figure.used.source}）" if figure.used.source else ""
            label = f"{item.key} {item.words}".strip()
            lines.append(Step(Text("评定", "rating"), same(label), same(f"{figure.used.text}{source}"), 1))
    lines.extend(Step(Text("规则", "rule"), text, NO_TEXT, 0) for text in form_reasons(indicator, outcome, env))
    if len(outcome.taken) == 1 and not _can_hold(_parted(indicator, outcome)[0], outcome):
        told = [(ROLE_WORDS.get(role.name), value) for role, value in outcome.trace.values.items()]
        lines.extend(
            Step(words, NO_TEXT, range_text(value), 1, *ends(value)) for words, value in told if words is not None
        )
    lines.append(score_step(score))
    return tuple(lines)


NOT_RATED, OR_NOT_RATED = Text("不评定", "not rated"), Text("，或不评定", " or not rated")


def score_step(score: ScoreRange) -> Step:
    """Return the closing line: the score, or the range of what it can still be, of how many points."""
    low, high = (None, None) if score.rated is False else (score.min, score.max)
    return Step(Text("得分", "score"), NO_TEXT, score_text(score), 0, low, high)


def score_text(score: ScoreRange) -> Text:
    """Show a score, or the range of what it can still be, of how many points: 6 / 10, ≈85.7143 / 100; or that there is none."""
    if score.rated is False:
        return NOT_RATED
    low, high, points = shown(score.min), shown(score.max), shown(score.points)
    found = same(low) if score.min == score.max else Text(f"{low}～{high}", f"{low} to {high}")
    maybe = NO_TEXT if score.rated else OR_NOT_RATED
    return Text(f"{found.zh} / {points}{maybe.zh}", f"{found.en} / {points}{maybe.en}")


ROLE_WORDS: dict[RoleName, Text] = {
    "full": Text("应扣或应计", "full amount"),
    "capped": Text("封顶后", "after the cap"),
    "bounded": Text("限于 0 与分值之间", "kept between the floor and the points"),
}


def ends(value: Range | None) -> tuple[Fraction | None, Fraction | None]:
    """Return the least and the greatest that a number can be, None where there is no end or it takes a thousand digits."""
    return (None, None) if value is None else (_writable(value.low.value), _writable(value.high.value))


def _writable(end: Fraction | None) -> Fraction | None:
    """Leave out an end as an irrational number close to an edge has it, to two thousand digits."""
    return end if end is None or max(end.numerator, end.denominator, key=abs).bit_length() <= _MOST_BITS else None


_MOST_BITS = 3_320


def range_text(value: Range) -> Text:
    """Show a number, or the range it lies in."""
    if value.known is not None:
        return same(shown(value.known))
    low = "−∞" if value.low.value is None else shown(value.low.value)
    high = "∞" if value.high.value is None else shown(value.high.value)
    return Text(f"{low}～{high}", f"{low} to {high}")


def _figure_steps(tree: Tree, given: Mapping[str, Figure]) -> list[Step]:
    lines = []
    for key in dict.fromkeys(addresses(tree)):
        figure = given.get(key)
        source = f"（{figure.used.source}）" if figure is not None and figure.used.source else ""
        value = Text("缺", "missing") if figure is None else Text(figure.used.text + source, figure.used.text + source)
        lines.append(Step(same(key), value, NO_TEXT, 1))
    return lines


def _group_steps(indicator: Indicator, outcome: Outcome, env: Env, bound: Bound) -> list[Step]:
    """Tell what the group gives for the rules that can hold: each statistic with its value and of how many values."""
    variants = indicator.program.variants
    tried = variants[: max(outcome.taken, default=-1) + 1]
    keys = [key for variant in tried if variant.condition is not None for key in keys_in(variant.condition)]
    keys += [key for place in outcome.taken for key in keys_of(variants[place].measure)]
    keys += [key for place in outcome.taken for key in keys_of(variants[place].score)]
    asked = [(key, bound.groups[key]) for key in dict.fromkeys(keys) if key in bound.groups]
    return [
        Step(
            Text("同类单位", "group"),
            item.cohort.words,
            _group_value(item, found),
            1,
            *ends(found if item.size else None),
        )
        for key, item in asked
        for found in (env.figures[key],)
    ]


def _group_value(item: AskedOfGroup, found: Range) -> Text:
    if item.size is None:
        return Text("缺", "missing")
    value = _kinded_text(found, item.kind)
    return Text(f"{value.zh}，同类单位 {item.size} 个数", f"{value.en}, of {item.size} value{'s' * (item.size != 1)}")


def addresses(tree: Tree) -> list[str]:
    """List the figures that a formula speaks of, in order."""
    if isinstance(tree, Leaf):
        return []
    if tree.kind == "ref":
        return [address_of(tree)]
    return [key for child in tree.children for key in addresses(child)]


def _measure_step(rule: Rule, outcome: Outcome, figures: Mapping[str, Range]) -> Step:
    tree = rule.measure
    if tree is None:
        return Step(MEASURE_LABEL, NO_TEXT, NO_TEXT)
    words = {lang: _filled(tree, figures, lang) for lang in ("zh", "en")}
    value = NO_TEXT if outcome.measure is None else _kinded_text(outcome.measure, rule.kind)
    return Step(MEASURE_LABEL, Text(words["zh"], words["en"]), value, 0, *ends(outcome.measure))


def _kinded_text(found: Range, kind: Kind | None) -> Text:
    """Show a number with its unit, or the range it lies in."""
    if found.known is not None:
        return measure_text(found.known, kind)
    low = same("−∞") if found.low.value is None else measure_text(found.low.value, kind)
    high = same("∞") if found.high.value is None else measure_text(found.high.value, kind)
    return Text(f"{low.zh}～{high.zh}", f"{low.en} to {high.en}")


def _filled(tree: Tree, figures: Mapping[str, Range], lang: Lang) -> str:
    formula, filled = write_tree(tree, lang), write_tree(filled_in(tree, figures), lang)
    return formula if formula == filled else f"{formula} = {filled}"


def filled_in(tree: Tree, figures: Mapping[str, Range]) -> Tree:
    """Return a formula with the known figures put in for their names."""
    if isinstance(tree, Leaf):
        return tree
    if tree.kind == "ref":
        found = figures.get(address_of(tree))
        value = found.known if found is not None else None
        if value is None:
            return tree
        number = Node("number", (Leaf("NUMBER", shown(abs(value)), _NOWHERE),), _NOWHERE)
        return number if value >= 0 else Node("paren", (Node("neg", (number,), _NOWHERE),), _NOWHERE)
    return Node(tree.kind, tuple(filled_in(child, figures) for child in tree.children), tree.span)

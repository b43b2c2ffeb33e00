"""Mutants: an indicator's rule with one small change each, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from rubric_dsl.adequacy.facets import SELECTION
from rubric_dsl.adequacy.rereading import is_steps
from rubric_dsl.adequacy.spots import Ask, Spot, asks, spots
from rubric_dsl.adequacy.words import expr_words, smallest, value_words
from rubric_dsl.analysis.lattice import Inputs
from rubric_dsl.core.nodes import (
    Add,
    Both,
    Case,
    Compare,
    CompareOp,
    Condition,
    Const,
    Div,
    Either,
    Expr,
    Extreme,
    Lookup,
    Measure,
    Mul,
    Program,
    StepMode,
    ToWhole,
    Variant,
)
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import difference_text
from rubric_dsl.formulas.kinds import SIGNS
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass

LITTLE = Fraction(1, 10)
"""By so many points a score is changed."""
_TURNED: dict[CompareOp, CompareOp] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_MODES: dict[StepMode, StepMode] = {
    "floor": "ceiling", "ceiling": "floor", "half_up": "down", "half_even": "half_up", "up": "down", "down": "up",
}  # fmt: skip
_MODE_WORDS = {
    "floor": Text("向下", "floor"),
    "ceiling": Text("向上", "ceiling"),
    "half_up": Text("四舍五入", "half up"),
    "half_even": Text("四舍六入五成双", "half even"),
    "up": Text("进一", "up"),
    "down": Text("去尾", "down"),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed rule: what was changed, and in which variant (``SELECTION``: when the variants hold)."""

    text: Text
    program: Program
    index: int
    measure: bool = False


def mutants_of(indicator: Indicator, model: Model, inputs: Inputs) -> tuple[Mutant, ...]:
    """Return the mutants of an indicator in order; ``inputs`` tell which figures take only some numbers."""
    return tuple(_Maker(indicator, model, inputs).all())


class _Maker:
    def __init__(self, indicator: Indicator, model: Model, inputs: Inputs) -> None:
        self.indicator, self.model, self.inputs = indicator, model, inputs
        self.variants = indicator.program.variants

    def all(self) -> Iterator[Mutant]:
        seen: set[Program] = {self.indicator.program}
        for mutant in self._each():
            if mutant.program not in seen:
                seen.add(mutant.program)
                yield mutant

    def _each(self) -> Iterator[Mutant]:
        for index, variant in enumerate(self.variants):
            if variant.condition is not None:
                yield from self._selection(index, variant, variant.condition)
            for text, score in self._scores(variant.score, index):
                yield self._with(index, replace(variant, score=score), text)
            if variant.measure is not None:
                for text, measure in self._measures(variant.measure):
                    changed = replace(variant, measure=measure)
                    yield replace(self._with(index, changed, text), measure=True)

    def _with(self, index: int, variant: Variant, text: Text) -> Mutant:
        return Mutant(text, Program((*self.variants[:index], variant, *self.variants[index + 1 :])), index)

    def _selection(self, index: int, variant: Variant, condition: Condition) -> Iterator[Mutant]:
        for inner, put in asks(condition):
            for text, new in self._conditions(inner, SELECTION):
                yield replace(self._with(index, replace(variant, condition=put(new)), text), index=SELECTION)
        words = self.indicator.rules[index].words
        rest = Program((*self.variants[:index], *self.variants[index + 1 :]))
        yield Mutant(Text(f"去掉“{words[0]}”", f"'{words[1]}' left out"), rest, SELECTION)

    def _scores(self, score: Expr, index: int) -> Iterator[tuple[Text, Expr]]:
        for spot in spots(score):
            if isinstance(spot, Ask):
                for text, new in self._conditions(spot.condition, index):
                    yield text, spot.put(new)
            else:
                for text, changed in self._parts(spot, index):
                    yield text, spot.put(changed)

    def _conditions(self, condition: Condition, index: int) -> Iterator[tuple[Text, Condition]]:
        if isinstance(condition, Compare):
            yield from self._compares(condition, index)
        elif isinstance(condition, Both | Either) and len(condition.parts) > 1:
            both = isinstance(condition, Both)
            if _is_region(condition):
                return
            other: Condition = Either(condition.parts) if both else Both(condition.parts)
            yield (Text("“且”改为“或”", "'and' made 'or'") if both else Text("“或”改为“且”", "'or' made 'and'")), other

    def _compares(self, condition: Compare, index: int) -> Iterator[tuple[Text, Condition]]:
        left, right = condition.left, condition.right
        if isinstance(left, Const):
            return
        name = expr_words(left)
        shown = expr_words(right)
        if isinstance(right, Const):
            shown = value_words(right.value, left, index, self.indicator, self.model)
        sign = SIGNS[condition.op]
        turned = _TURNED.get(condition.op)
        if turned is not None:
            new = SIGNS[turned]
            yield (
                _changed(f"{name.zh} {sign} {shown.zh}", f"{name.en} {sign} {shown.en}", new, new),
                replace(condition, op=turned),
            )
        if isinstance(right, Const):
            unit = smallest(left, index, self.indicator, self.model, self.inputs)
            for value in (right.value - unit, right.value + unit):
                to = value_words(value, left, index, self.indicator, self.model)
                yield (
                    _changed(f"{name.zh} {sign} {shown.zh}", f"{name.en} {sign} {shown.en}", to.zh, to.en),
                    replace(condition, right=Const(value)),
                )

    def _parts(self, spot: Spot, index: int) -> Iterator[tuple[Text, Expr]]:
        match spot.node:
            case Extreme(parts=parts):
                yield from _unbounded(spot.node, parts, inside=_in_steps(spot))
            case Case():
                yield from _bands(spot.node)
            case Lookup(key=key, table=table):
                for place, (word, value) in enumerate(table):
                    text = _changed(f"{key} = {word} 的 {_n(value)}", f"{_n(value)} for {key} = {word}", *_more(value))
                    yield text, replace(spot.node, table=(*table[:place], (word, value + LITTLE), *table[place + 1 :]))
            case Mul(left=Const(value=value), right=right) if is_steps(right):
                text = _changed(f"每步的 {_n(value)} 分", f"{_n(value)} for each step", *_more(value))
                yield text, replace(spot.node, left=Const(value + LITTLE))
            case ToWhole(mode=mode):
                other = _MODES[mode]
                words, new = _MODE_WORDS[mode], _MODE_WORDS[other]
                what = Text("步数", "steps") if is_steps(spot.node) else Text("舍入", "rounding")
                text = _changed(f"{what.zh}的“{words.zh}”", f"{what.en} '{words.en}'", f"“{new.zh}”", f"'{new.en}'")
                yield text, replace(spot.node, mode=other)
            case Div(left=left, right=Const(value=size)) if _counts(spot):
                yield from self._sizes(spot.node, left, size, index)
            case Add(parts=parts) if _in_steps(spot):
                yield from self._targets(spot.node, parts, index)

    def _sizes(self, node: Div, left: Expr, size: Fraction, index: int) -> Iterator[tuple[Text, Expr]]:
        unit = self._step_unit(index)
        for value in (size - unit, size + unit):
            if value > 0:
                a, b = (difference_text(number, self.indicator.rules[index].kind) for number in (size, value))
                yield (
                    _changed(f"每步 {a.zh}", f"a step of {a.en}", b.zh, b.en),
                    replace(node, left=left, right=Const(value)),
                )

    def _targets(self, node: Add, parts: tuple[Expr, ...], index: int) -> Iterator[tuple[Text, Expr]]:
        """Move the target of a step count: the fixed number that the measure is taken from."""
        unit = self._step_unit(index)
        for place, part in enumerate(parts):
            target = part.right if isinstance(part, Mul) else part
            if not isinstance(target, Const):
                continue
            for value in (target.value - unit, target.value + unit):
                new = replace(part, right=Const(value)) if isinstance(part, Mul) else Const(value)
                a, b = (value_words(n, Measure(), index, self.indicator, self.model) for n in (target.value, value))
                text = _changed(f"扣分的标准 {a.zh}", f"the target {a.en} of the steps", b.zh, b.en)
                yield text, replace(node, parts=(*parts[:place], new, *parts[place + 1 :]))

    def _step_unit(self, index: int) -> Fraction:
        return smallest(Measure(), index, self.indicator, self.model, self.inputs)

    def _measures(self, measure: Expr) -> Iterator[tuple[Text, Expr]]:
        for spot in spots(measure):
            if isinstance(spot, Ask):
                continue
            match spot.node:
                case Div(left=left, right=right) if not isinstance(right, Const):
                    a, b = expr_words(left), expr_words(right)
                    text = Text(f"分子“{a.zh}”与分母“{b.zh}”对调", f"'{a.en}' and '{b.en}' of the quotient swapped")
                    yield text, spot.put(replace(spot.node, left=right, right=left))
                case ToWhole(mode=mode):
                    words, new = _MODE_WORDS[mode], _MODE_WORDS[_MODES[mode]]
                    text = _changed(
                        f"指标值舍入的“{words.zh}”",
                        f"rounding '{words.en}' of the measure",
                        f"“{new.zh}”",
                        f"'{new.en}'",
                    )
                    yield text, spot.put(replace(spot.node, mode=_MODES[mode]))


def _is_region(condition: Both | Either) -> bool:
    """Whether a condition is a band: two bounds of one quantity."""
    lefts = {part.left for part in condition.parts if isinstance(part, Compare)}
    return (
        isinstance(condition, Both) and len(lefts) == 1 and all(isinstance(part, Compare) for part in condition.parts)
    )


def _counts(spot: Spot) -> bool:
    """Whether a quotient counts steps: it is the number of them, or what is made whole."""
    if is_steps(spot.node):
        return True
    return bool(spot.within) and is_steps(spot.within[-1])


def _in_steps(spot: Spot) -> bool:
    return any(is_steps(item) for item in spot.within)


def _unbounded(node: Extreme, parts: tuple[Expr, ...], *, inside: bool) -> Iterator[tuple[Text, Expr]]:
    for place, part in enumerate(parts):
        if isinstance(part, Const):
            rest = (*parts[:place], *parts[place + 1 :])
            if not rest:
                continue
            new = rest[0] if len(rest) == 1 else replace(node, parts=rest)
            shown = _n(part.value)
            if inside and node.kind == "max":
                yield Text("没有偏离的一侧也扣分", "steps counted on the side that is met, too"), new
            elif node.kind == "min":
                yield Text(f"去掉封顶 {shown}", f"the cap at {shown} left out"), new
            else:
                yield Text(f"去掉保底 {shown}", f"the floor of {shown} left out"), new


def _bands(node: Case) -> Iterator[tuple[Text, Expr]]:
    for place, branch in enumerate(node.branches):
        if isinstance(branch.value, Const) and branch.words[0]:
            words = branch.words
            new = replace(branch, value=Const(branch.value.value + LITTLE))
            text = _changed(
                f"“{words[0]}”的 {_n(branch.value.value)} 分", f"{_n(branch.value.value)} for '{words[1]}'",
                *_more(branch.value.value),
            )  # fmt: skip
            yield text, replace(node, branches=(*node.branches[:place], new, *node.branches[place + 1 :]))
    for place, (one, other) in enumerate(pairwise(node.branches)):
        if one.value != other.value and one.words[0] and other.words[0]:
            swapped = (replace(one, value=other.value), replace(other, value=one.value))
            text = Text(
                f"“{one.words[0]}”与“{other.words[0]}”的得分对调",
                f"the scores of '{one.words[1]}' and '{other.words[1]}' swapped",
            )
            yield text, replace(node, branches=(*node.branches[:place], *swapped, *node.branches[place + 2 :]))


def _n(value: Fraction) -> str:
    return text_of(value).replace("-", "−")


def _more(value: Fraction) -> tuple[str, str]:
    return _n(value + LITTLE), _n(value + LITTLE)


def _changed(zh: str, en: str, zh_to: str, en_to: str) -> Text:
    return Text(f"{zh} 改为 {zh_to}", f"{en} made {en_to}")

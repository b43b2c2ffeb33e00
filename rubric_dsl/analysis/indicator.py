"""Everything that can be said of one indicator before anyone is scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain

from rubric_dsl import ranges
from rubric_dsl.analysis.admissible import admissible, checks_on
from rubric_dsl.analysis.claims import IndicatorVerification, ProofVerdict, RubricClaim
from rubric_dsl.analysis.failures import APART, failures
from rubric_dsl.analysis.lattice import Inputs
from rubric_dsl.analysis.reach import Reach, World, reaches
from rubric_dsl.analysis.scores import Scores, scores_of, scores_text, together
from rubric_dsl.analysis.simple import points_in
from rubric_dsl.analysis.stretches import Stretch, Trend, course, edges, stretches
from rubric_dsl.analysis.witness import Data, Witness, filled, witness_of
from rubric_dsl.analysis.zeros import denominators, never_zero, zero_data
from rubric_dsl.analysis.zones import Piece
from rubric_dsl.core.keys import UNAVAILABLE, availability_key, is_result
from rubric_dsl.core.nodes import Case, Expr
from rubric_dsl.core.walk import keys_of_program, parts_of
from rubric_dsl.diagnostics import Text
from rubric_dsl.evaluate.evaluator import measured, run
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.forms.base import measure_text
from rubric_dsl.model.model import Indicator
from rubric_dsl.numbers import text_of
from rubric_dsl.ranges import Range
from rubric_dsl.scoring.totals import NO_VALUE

NOT_SHOWN = Text(
    "没有找到能说明的数据，也没有证明不会出现",
    "no data that show it were found, and it is not proved that there are none",
)
MOST_LOOKED = 8
"""In so many pieces data are looked for that take one branch."""
NOT_LINEAR = Text(
    "规则在这里不是分段的直线，只知道得分的范围",
    "the rule is not piecewise linear here: only the range of its scores is known",
)


def report_on(indicator: Indicator, world: World) -> IndicatorVerification:
    """Return what is known of an indicator; each refuted claim comes with data that the evaluator has confirmed."""
    return _Looker(indicator, world).report()


class _Looker:
    def __init__(self, indicator: Indicator, world: World) -> None:
        self.indicator, self.world = indicator, world
        self.found, self.never, self.left = reaches(indicator, world)
        self.claims: list[RubricClaim] = []

    def report(self) -> IndicatorVerification:
        scores = together(scores_of(reach.pieces, reach.rounding) for reach in self.found)
        main = next((reach for reach in self.found if reach.variant is self.indicator.program.main), None)
        key = main.measure_key if main is not None else None
        line: tuple[Stretch, ...] = stretches(main.pieces, key) if main is not None and key is not None else ()
        way = course(line) if line else None
        self._covered()
        unreached = self._unreached()
        self._within(scores)
        self._reaches_full(scores)
        self._reaches_least(scores)
        if way is not None and main is not None and key is not None:
            self._one_way(way, main, key)
        self._denominators()
        return IndicatorVerification(
            self.indicator.name,
            self.indicator.points,
            self._measure(main),
            edges(line),
            way,
            scores,
            tuple(self.claims),
            unreached,
        )

    def _claim(
        self,
        name: str,
        verdict: ProofVerdict,
        text: Text,
        shown: tuple[Witness, ...] = (),
        reason: Text | None = None,
        about: tuple[tuple[str, str], ...] = (),
    ) -> None:
        witnesses = tuple(item.text for item in shown)
        data = shown[0].texts if shown else ()
        self.claims.append(RubricClaim(name, self.indicator.name, verdict, text, witnesses, reason, data, about))

    def _measure(self, main: Reach | None) -> Range | None:
        if main is None or main.variant.measure is None:
            return None
        return measured(main.variant.measure, main.inputs.env, Trace())

    def _covered(self) -> None:
        """Every admissible datum has a score; where denominators can be 0, the claim leaves these out by its words."""
        text = self._all_data()
        gaps = [(reach, piece) for reach in self.found for piece in reach.pieces if set(piece.faults) - APART]
        for reach, piece in gaps:
            shown = reach.searcher.find(piece, _has_failed)
            if shown is not None:
                self._claim("covers", "refuted", text, (shown,), self._why(shown))
                return
        outside = None if self.left is None else self._outside(self.left)
        if outside is not None:
            self._claim("covers", "refuted", text, (outside,))
            return
        kinds = self._failures(open_pieces=bool(gaps))
        failing = self._failing() if kinds else None
        if failing is not None:
            self._claim("covers", "refuted", text, (failing,), self._why(failing))
        elif kinds:
            others = sorted(kinds - {"gap"})
            reason = _listed_faults(others) if others else NOT_SHOWN if gaps or self.left is not None else NOT_LINEAR
            self._claim("covers", "undecided", text, reason=reason, about=tuple((kind, kind) for kind in others))
        else:
            self._claim("covers", "proved", text)

    def _all_data(self) -> Text:
        program = self.indicator.program
        if all(never_zero(program, item) for item in denominators(program, self.world, self.found)):
            return Text("每一种数据都有得分", "all data have a score")
        return Text("分母不为 0 的数据都有得分", "all data with denominators other than 0 have a score")

    def _failures(self, *, open_pieces: bool) -> frozenset[str]:
        """Return the kinds of faults that data may meet; where the rule is known piece by piece, the pieces tell of its cases."""
        found = failures(self.indicator.program, self.world.env)
        exact = all(piece.exact for reach in self.found for piece in reach.pieces)
        rules = found.rules - _OF_CASES if exact and not open_pieces else found.rules
        return rules | found.others

    def _failing(self) -> Witness | None:
        """Return data without a score: one figure unavailable or at a plain number, or what a search of the pieces finds."""
        shown = (self._run(data) for data in self._simple_data())
        pieces = [(reach, piece) for reach in self.found for piece in reach.pieces if not piece.exact]
        searched = (reach.searcher.find(piece, _has_failed) for reach, piece in pieces[:MOST_LOOKED])
        return next((item for item in chain(shown, searched) if item is not None and _has_failed(item)), None)

    def _simple_data(self) -> Iterator[Data]:
        inputs, choices = Inputs(self.world.env, self.world.grids), self.world.env.choices
        for key in dict.fromkeys(keys_of_program(self.indicator.program)):
            available = availability_key(key)
            if UNAVAILABLE in choices.get(available, ()):
                yield {available: UNAVAILABLE}
            if key in inputs.env.figures and not is_result(key):
                yield from ({key: value} for value in points_in(inputs.of(key)))

    def _run(self, data: Data) -> Witness | None:
        program = self.indicator.program
        inputs = Inputs(self.world.env, self.world.grids, checks=checks_on(self.world.checks, keys_of_program(program)))
        env = filled(program, self.world.env, data, inputs)
        return witness_of(program, env, run(program, env)) if admissible(env, inputs.checks) else None

    def _why(self, shown: Witness) -> Text | None:
        kinds = set(shown.faults) - APART
        return _where(shown, self.indicator) if kinds <= _OF_CASES else _listed_faults(sorted(kinds))

    def _outside(self, left: Env) -> Witness | None:
        """Return data for which no variant holds."""
        program = self.indicator.program
        inputs = self.found[0].inputs if self.found else None
        if inputs is None:
            return None
        env = filled(program, left, {}, inputs)
        outcome = run(program, env)
        shown = not outcome.taken and admissible(env, inputs.checks)
        return witness_of(program, env, outcome) if shown else None

    def _unreached(self) -> tuple[tuple[str, str], ...]:
        """Find bands, cases and variants that no data can reach."""
        wanted = {words for reach in self.found for words in _branch_words(reach.variant.score)}
        taken = {words for reach in self.found for piece in reach.pieces for words in piece.taken}
        unreached = tuple(words for words in dict.fromkeys(_ordered_words(self.found)) if words in wanted - taken)
        text = Text("每一档、每一种情形都用得到", "every band and every case can be reached")
        never = tuple(self.indicator.rules[index].called for index in self.never)
        if unreached or never:
            listed = (*unreached, *never)
            reason = Text("用不到：" + "；".join(w[0] for w in listed), "never: " + "; ".join(w[1] for w in listed))
            self._claim("no-unreachable", "refuted", text, reason=reason)
            return (*unreached, *never)
        open_ones = [words for words in dict.fromkeys(_ordered_words(self.found)) if not self._taken(words)]
        if open_ones:
            zh, en = ("；".join(w[0] for w in open_ones), "; ".join(w[1] for w in open_ones))
            reason = Text(f"没有找到用到它的数据：{zh}", f"no data that take it were found: {en}")
            self._claim("no-unreachable", "undecided", text, reason=reason, about=tuple(open_ones))
        elif wanted or len(self.found) > 1:
            self._claim("no-unreachable", "proved", text)
        return (*unreached, *never)

    def _taken(self, words: tuple[str, str]) -> bool:
        """Whether data take a branch, as the evaluator says."""
        pieces = [(reach, piece) for reach in self.found for piece in reach.pieces if words in piece.taken]
        pieces.sort(key=lambda pair: not pair[1].exact)
        return any(
            reach.searcher.find(piece, lambda shown: words in shown.taken) for reach, piece in pieces[:MOST_LOOKED]
        )

    def _within(self, scores: Scores) -> None:
        low, high = self.indicator.floor, self.indicator.ceiling
        text = Text(
            f"得分在 {text_of(low)} 到 {text_of(high)} 之间", f"the score stays from {text_of(low)} to {text_of(high)}"
        )
        bounds = ranges.between(low, high)
        outside = [value for value in scores.values if ranges.restrict(bounds, "=", value) is None]
        wide = [item for item in scores.stretches if ranges.hull([item, bounds]) != bounds]
        if not outside and not wide:
            self._claim("within-points", "proved", text)
            return
        shown = self._scoring(lambda score: not low <= score <= high)
        if shown is not None:
            self._claim("within-points", "refuted", text, (shown,))
        else:
            self._claim("within-points", "undecided", text, reason=NOT_SHOWN)

    def _reaches_full(self, scores: Scores) -> None:
        """Look for full marks: for the most that can be scored where that is more, so that the data are the best."""
        full, most = self.indicator.full, self.indicator.ceiling
        shown = self._scoring(lambda found: found == most, most) if scores.holds(most) else None
        if shown is None and most > full and scores.reach(full):
            shown = self._scoring(lambda found: found >= full)
        text = Text("能得满分", "full marks can be reached")
        self._reached("reaches-full", shown, scores, text, possible=scores.reach(full))

    def _reaches_least(self, scores: Scores) -> None:
        least = self.indicator.floor
        shown = self._scoring(lambda found: found == least, least) if scores.holds(least) else None
        text = Text("能得最低分", "the least score can be reached")
        self._reached("reaches-least", shown, scores, text, possible=scores.holds(least))

    def _reached(self, name: str, shown: Witness | None, scores: Scores, text: Text, *, possible: bool) -> None:
        if not possible:
            listed = scores_text(scores)
            reason = Text(f"能得的分：{listed.zh}", f"scores that can be: {listed.en}")
            self._claim(name, "refuted", text, reason=reason)
        elif shown is not None:
            self._claim(name, "proved", text, (shown,))
        else:
            self._claim(name, "undecided", text, reason=NOT_SHOWN)

    def _scoring(self, accept: object, wanted: Fraction | None = None) -> Witness | None:
        """Return data whose score is accepted."""
        test = accept if callable(accept) else None
        if test is None:
            return None
        for reach in self.found:
            for piece in reach.pieces:
                if wanted is not None and not _can_score(piece, wanted):
                    continue
                if wanted is not None:
                    point = _point_for(piece, wanted)
                    own = reach.searcher.at(piece, point) if point is not None else None
                    if own is not None and own.score is not None and test(own.score):
                        return own
                found = reach.searcher.find(piece, lambda item: item.score is not None and bool(test(item.score)))
                if found is not None:
                    return found
        return None

    def _one_way(self, way: Trend, main: Reach, key: str) -> None:
        text = Text("得分随指标值只升或只降", "the score goes one way as the measure rises")
        if way.monotone:
            down = way.falling is not None
            reason = Text("只降" if down else "只升", "never rises" if down else "never falls")
            self._claim("monotone", "proved", text, reason=reason if way.rising or way.falling else None)
            return
        shown = [self._at(main, key, value) for pair in (way.rising, way.falling) if pair is not None for value in pair]
        known = tuple(item for item in shown if item is not None)
        if len(known) == len(shown):
            self._claim("monotone", "refuted", text, known, _both_ways(known, self.indicator))
        else:
            self._claim("monotone", "undecided", text, reason=NOT_SHOWN)

    def _at(self, reach: Reach, key: str, value: Fraction) -> Witness | None:
        for piece in reach.pieces:
            if piece.zone.domains[key].holds(value):
                return reach.searcher.at(piece, {key: value})
        return None

    def _denominators(self) -> None:
        program = self.indicator.program
        for item in denominators(program, self.world, self.found):
            named = item.division.words
            text = Text(f"分母“{named.zh}”不会是 0", f"the denominator '{named.en}' is never 0")
            if never_zero(program, item):
                self._claim("denominator", "proved", text)
                continue
            shown = zero_data(program, item)
            if shown is not None:
                self._claim("denominator", "refuted", text, (shown,))
            else:
                self._claim("denominator", "undecided", text, reason=NOT_SHOWN, about=(named,))


_OF_CASES = frozenset({"gap", "nothing-applies"})
"""Faults of cases that do not hold: pieces show where."""
_UNDECIDED = Text(
    "取整或比较的数可能离界限太近，算到 1920 位也不能确定",
    "a number that is rounded or compared may be too close to an edge for 1,920 digits to decide",
)


def _listed_faults(kinds: Iterable[str]) -> Text | None:
    found = [_UNDECIDED if kind == "undecided" else NO_VALUE.get(kind) for kind in kinds]
    listed = [text for text in found if text is not None]
    return Text("；".join(text.zh for text in listed), "; ".join(text.en for text in listed)) if listed else None


def _has_failed(shown: Witness) -> bool:
    return bool(set(shown.faults) - APART)


def _branch_words(expr: Expr) -> list[tuple[str, str]]:
    own = [item.words for item in expr.branches if item.words[0]] if isinstance(expr, Case) else []
    return own + [words for part in parts_of(expr) for words in _branch_words(part)]


def _ordered_words(found: tuple[Reach, ...]) -> list[tuple[str, str]]:
    return [words for reach in found for words in _branch_words(reach.variant.score)]


def _can_score(piece: Piece, score: Fraction) -> bool:
    return piece.range is not None and ranges.restrict(piece.range, "=", score) is not None


def _point_for(piece: Piece, score: Fraction) -> dict[str, Fraction] | None:
    """Return the point of a piece of one quantity at which it scores so much."""
    if piece.line is None or len(piece.line.terms) != 1 or len(piece.zone.domains) != 1:
        return None
    ((key, factor),) = piece.line.terms.items()
    value = (score - piece.line.const) / factor
    return {key: value} if piece.zone.domains[key].holds(value) else None


def _where(shown: Witness, indicator: Indicator) -> Text | None:
    if shown.measure is None:
        return None
    at = measure_text(shown.measure, indicator.kind)
    return Text(f"指标值为 {at.zh} 时没有得分", f"a measure of {at.en} has no score")


def _both_ways(shown: tuple[Witness, ...], indicator: Indicator) -> Text:
    told = [
        (measure_text(item.measure, indicator.kind), text_of(item.score))
        for item in shown
        if item.measure is not None and item.score is not None
    ]
    return Text(
        "；".join(f"{at.zh} → {score}" for at, score in told), "; ".join(f"{at.en} → {score}" for at, score in told)
    )


__all__ = ["report_on"]

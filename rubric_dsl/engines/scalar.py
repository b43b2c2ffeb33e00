"""The fast path for one submission: Python source that is generated from the plan, over whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from operator import itemgetter
from threading import Lock
from types import MethodType
from typing import Any

from rubric_dsl.core.keys import availability_key, figure_of
from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.engines.amounts import Reader, UnusualError, choice_reader, number_lines
from rubric_dsl.engines.python_text import PythonText, inside
from rubric_dsl.evaluate.result import GradeResult, Result, ScoreRange, Status
from rubric_dsl.inputs.asked import AskedInput, asked_of
from rubric_dsl.inputs.plain import UNAVAILABLE_WORDS, spellings, usual_places
from rubric_dsl.missing.worlds import Missing
from rubric_dsl.model.model import Model
from rubric_dsl.plan.graph import Node
from rubric_dsl.plan.plan import Plan, plan
from rubric_dsl.plan.quotient import Quotient

_MOST_WORLDS = 256
"""For so many sets of missing figures functions are kept; then the oldest are dropped."""


class CompiledScores:
    """What the fast path answers: the same exact numbers as :class:`~rubric_dsl.Result`, without a trace.

    Numbers become fractions when they are asked for. ``result`` is the evaluator's result where it had to be asked
    (something is missing, wrong, or written in an unusual way), else None; ``values`` are the figures as whole numbers
    where it had not.
    """

    __slots__ = ("_of", "_tops", "result", "values")

    def __init__(
        self, of: CompiledRubric, values: tuple[int, ...], tops: tuple[int, ...], result: Result | None
    ) -> None:
        self._of = of
        self.values: tuple[int, ...] = values
        self._tops = tops
        self.result: Result | None = result

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the data, where anything is: see :attr:`rubric_dsl.Result.errors`."""
        return () if self.result is None else self.result.errors

    @property
    def ok(self) -> bool:
        """Whether all data could be read and used; what is missing is no error."""
        return not self.errors

    def raise_for_errors(self) -> CompiledScores:
        """Return the scores, if they are :attr:`ok`.

        Raises:
            SubmissionError: they are not; ``.diagnostics`` are the errors.
        """
        if self.result is not None:
            self.result.raise_for_errors()
        return self

    @property
    def total(self) -> ScoreRange:
        """The total with the points in play."""
        if self.result is not None:
            return self.result.total
        return self._of.total(self._tops)

    @property
    def grade(self) -> GradeResult:
        """The grade."""
        if self.result is not None:
            return self.result.grade
        return self._of.grade(self._tops)

    @property
    def scores(self) -> Mapping[str, ScoreRange]:
        """The score of each indicator, by name; of an excluded one, the range that its rule would count."""
        if self.result is not None:
            return {name: item.range for name, item in self.result.indicators.items()}
        return self._of.scores(self._tops)

    def score(self, name: str) -> Fraction:
        """Return the score of one indicator that took the fast path."""
        return self._of.score(self._tops, name)

    @property
    def measures(self) -> Mapping[str, Fraction | None]:
        """The measure of each indicator; None where it has none."""
        if self.result is not None:
            return {name: item.measure for name, item in self.result.indicators.items()}
        return {name: measure for name, (measure, _, _) in self._of.details(self.values).items()}

    @property
    def statuses(self) -> Mapping[str, Status]:
        """The status of each indicator, as in :class:`~rubric_dsl.IndicatorResult`."""
        if self.result is not None:
            return {name: item.status for name, item in self.result.indicators.items()}
        return {name: status for name, (_, status, _) in self._of.details(self.values).items()}

    @property
    def excluded(self) -> frozenset[str]:
        """The indicators that have no score at all, because they are not applicable and their points were shared out."""
        if self.result is not None:
            return frozenset(name for name, item in self.result.indicators.items() if item.excluded)
        return frozenset(name for name, (_, _, excluded) in self._of.details(self.values).items() if excluded)


class OpenScores(CompiledScores):
    """The answer where figures are missing: two rubrics without them, at the least and at the greatest.

    ``waiting`` are the indicators that read what is missing.
    """

    __slots__ = ("_evaluate", "_high", "_low", "_waiting")

    def __init__(
        self,
        low: CompiledScores,
        high: CompiledScores,
        waiting: Mapping[str, bool],
        evaluate: Callable[[], Result],
    ) -> None:
        super().__init__(low._of, low.values, low._tops, None)
        self._low, self._high, self._waiting, self._evaluate = low, high, waiting, evaluate

    @property
    def is_told(self) -> bool:
        """Whether all is known of the indicators that are settled in spite of what is missing."""
        return all(told or not self._is_settled(name) for name, told in self._waiting.items())

    def _is_settled(self, name: str) -> bool:
        return self._low.score(name) == self._high.score(name)

    @property
    def total(self) -> ScoreRange:
        """The total with the points in play."""
        low = self._low.total
        return ScoreRange(low.min, self._high.total.min, low.points)

    @property
    def grade(self) -> GradeResult:
        """The grades that are still possible."""
        names = [grade.name for grade in self._of.model.grades]
        best, worst = self._high.grade.value, self._low.grade.value
        if best is None or worst is None:
            return GradeResult(None, ())
        possible = tuple(names[names.index(best) : names.index(worst) + 1])
        return GradeResult(best if best == worst else None, possible)

    @property
    def scores(self) -> Mapping[str, ScoreRange]:
        """The score of each indicator, by name."""
        found = dict(self._low.scores)
        for name in self._waiting:
            found[name] = ScoreRange(found[name].min, self._high.score(name), found[name].points)
        return found

    @property
    def measures(self) -> Mapping[str, Fraction | None]:
        """The measure of each indicator; None where it has none, or is open."""
        if not all(self._waiting.values()):
            return {name: item.measure for name, item in self._evaluate().indicators.items()}
        found, high = dict(self._low.measures), self._high.measures
        return found | {name: None for name in self._waiting if found[name] != high[name]}

    @property
    def statuses(self) -> Mapping[str, Status]:
        """The status of each indicator."""
        missing: dict[str, Status] = {name: "missing" for name in self._waiting if not self._is_settled(name)}
        return {**self._low.statuses, **missing}

    @property
    def excluded(self) -> frozenset[str]:
        """The indicators that have no score at all."""
        return self._low.excluded


_Worlds = tuple["CompiledRubric", "CompiledRubric", Mapping[str, bool]]


class _Unseen:
    """Stands for a set of missing figures that was not met yet."""


_UNSEEN = _Unseen()


class CompiledRubric:
    """A rubric as generated Python over whole numbers: call it with figures by address.

    Where a figure is missing, two such functions answer: one of the least scores, one of the greatest. What neither
    reads (a nested mapping, a unit beside a number, a fault, figures that go together) is scored by the evaluator, so
    that the answer is always the evaluator's.
    """

    def __init__(
        self, model: Model, evaluate: Callable[[Mapping[str, object]], Result], read: tuple[str, ...] = ()
    ) -> None:
        self.model = model
        self._evaluate = evaluate
        self._also = read
        self._missing = Missing(model)
        self._worlds: dict[frozenset[str], _Worlds | None] = {}
        self._lock = Lock()
        self._places = usual_places(model)
        self.plan: Plan = plan(model, {key: 10**places for key, places in self._places.items()}, always=True)
        self._outputs = self._fast_roots()
        open_ones = [node.number for node in dict.fromkeys(self._outputs) if node.known is None]
        self._spots = {number: spot for spot, number in enumerate(open_ones)}
        """Where each output stands among what the function returns; the others are the same for all data."""
        names = self._read()
        self._names: dict[str, str] = {key: f"v{number}" for number, key in enumerate(names)}
        self._keys = self._data_keys()
        self.source: str = ""
        self._fast = self._compiled() if self.is_fast else _never

    def __reduce__(self) -> tuple[Callable[[object], CompiledRubric], tuple[object]]:
        if not isinstance(self._evaluate, MethodType):
            raise TypeError(
                "only what Rubric.compile() gives is pickled: as the rubric, compiled again when it is read"
            )
        return _compiled_again, (self._evaluate.__self__,)

    def __repr__(self) -> str:
        return f"<CompiledRubric of {self.model.name!r} {self.model.edition or '-'}: {len(self.keys)} figures>"

    @property
    def keys(self) -> tuple[str, ...]:
        """The addresses that the data must hold, and that decide every result."""
        return self._keys

    @property
    def is_fast(self) -> bool:
        """Whether there is a fast path: not for what is asked of a group, nor for rules over irrational numbers."""
        return not self.plan.outside

    def __call__(self, data: Mapping[str, object]) -> CompiledScores:
        """Score one submission; for data and faults see :meth:`rubric_dsl.Rubric.score`."""
        return self._fast(data) or self._open(data) or CompiledScores(self, (), (), self._evaluate(data))

    def _open(self, data: Mapping[str, object]) -> CompiledScores | None:
        """Score a submission that lacks figures, if that can be said beforehand."""
        if not self.is_fast:
            return None
        missing = frozenset(key for key in self._keys if key not in data or data[key] is None or data[key] == "")
        if not missing:
            return None
        worlds = self._worlds.get(missing, _UNSEEN)
        if isinstance(worlds, _Unseen):
            worlds = self._without(missing)
            with self._lock:  # threads may share a rubric
                if len(self._worlds) >= _MOST_WORLDS:
                    self._worlds.pop(next(iter(self._worlds)))
                self._worlds[missing] = worlds
        if worlds is None:
            return None
        given = {key: value for key, value in data.items() if key not in missing}
        low, high = worlds[0]._fast(given), worlds[1]._fast(given)
        if low is None or high is None:
            return None
        found = OpenScores(low, high, worlds[2], lambda: self._evaluate(data))
        return found if found.is_told else None

    def _without(self, missing: frozenset[str]) -> _Worlds | None:
        found = self._missing.worlds(missing)
        if found is None:
            return None
        # Every other figure is still read: one that is no number is a fault, whether or not it decides here.
        read = tuple(key for key in self._names if figure_of(key) not in missing)
        low, high = (CompiledRubric(model, self._evaluate, read) for model in (found.low, found.high))
        return (low, high, found.waiting) if low.is_fast and high.is_fast else None

    def _read(self) -> list[str]:
        """Return the inputs that any result reads: no other can change a score."""
        nodes = inside([self.plan.defined, *self._outputs, *self._detail_roots()])
        keys = {node.key for node in nodes if node.key} | set(self._also)
        flags = {key: availability_key(key) for key in self.plan.numbers if availability_key(key) in self.plan.choices}
        # The data hold both under one address, so that whoever reads one reads the other.
        keys |= {own for key, flag in flags.items() if {key, flag} & keys for own in (key, flag)}
        return [key for key in (*self.plan.numbers, *self.plan.choices) if key in keys]

    def _data_keys(self) -> tuple[str, ...]:
        """Return what the data must hold, each once: a figure that may be unavailable stands for its choice too."""
        flags = {availability_key(key): key for key in self.plan.numbers}
        return tuple(dict.fromkeys(flags.get(key, key) for key in self._names))

    def _unread(self) -> list[str]:
        """Return the figures that the data may hold and that no result reads."""
        flags = {availability_key(key) for key in self.plan.numbers}
        return [key for key in (*self.plan.numbers, *self.plan.choices) if key not in self._names and key not in flags]

    def _fast_roots(self) -> tuple[Node, ...]:
        found = [node for item in self.plan.indicators.values() for node in (item.final.top, item.final.bottom)]
        for key in self._after_keys:
            found += [self.plan.results[key].top, self.plan.results[key].bottom]
        return tuple(found)

    @cached_property
    def _after_keys(self) -> list[str]:
        """The results that are answered besides those of the indicators, each once."""
        own = self.model.totals
        return list(dict.fromkeys(key for key in (own.total, own.points, own.grade, own.rated) if key))

    def _compiled(self) -> Callable[[Mapping[str, object]], CompiledScores | None]:
        """Generate, compile and return the function."""
        space: dict[str, Any] = {
            "keys": _getter(self._keys),
            "harmless": frozenset((*self._keys, *self._unread())),
            "Scores": CompiledScores,
            "of": self,
            "Unusual": (UnusualError, LookupError, TypeError, ValueError, ArithmeticError),
        }
        body = [f"if len(data) != {len(self._keys)} and not data.keys() <= harmless: return None", "try:"]
        body.append("    (" + "".join(f"x{number}, " for number in range(len(self._keys))) + ") = keys(data)")
        for number, key in enumerate(self._keys):
            body += ["    " + line for line in self._reading(number, key, space)]
        body += ["except Unusual:", "    return None"]
        text = PythonText([self.plan.defined, *self._outputs], self._names)
        body += text.lines
        if self.plan.defined is not self.plan.graph.true:
            body.append(f"if not {text.text(self.plan.defined)}: return None")
        tops = "".join(f"{text.text(node)}, " for node in dict.fromkeys(self._outputs) if node.number in self._spots)
        values = "".join(f"{name}, " for name in self._names.values())
        body.append(f"return Scores(of, ({values}), ({tops}), None)")
        self.source = "def fast(data):\n" + "".join(f"    {line}\n" for line in body)
        exec(compile(self.source, "<compiled rubric>", "exec"), space)  # noqa: S102 - names and numbers made here
        found: Callable[[Mapping[str, object]], CompiledScores | None] = space["fast"]
        return found

    def _reading(self, number: int, key: str, space: dict[str, Any]) -> list[str]:
        """Return the lines that read one value."""
        name = self._names[key]
        if key in self.plan.choices:
            space[f"c{number}"], space[f"r{number}"] = self._choice(key)
            return [f"{name} = c{number}[x{number}] if x{number}.__class__ is str else r{number}(x{number})"]
        lines = number_lines(name, number, self.plan.numbers[key], self._places[key], space)
        available = availability_key(key)
        if available not in self.plan.choices:
            return lines
        # Where a figure is stated to be unavailable its number is read by no rule; any admissible one will do.
        item = self.plan.numbers[key]
        space["unavailable"] = UNAVAILABLE_WORDS
        flag = self._names[available]
        told = f"{flag} = 1 if x{number}.__class__ is str and x{number} in unavailable else 0"
        stand_in = item.offset if item.low is None else item.low
        return [told, f"if {flag}: {name} = {stand_in}", "else:", *("    " + line for line in lines)]

    def _choice(self, key: str) -> tuple[Mapping[str, int], Reader]:
        places = spellings(self._asked[key])
        return places, choice_reader(places)

    @cached_property
    def _asked(self) -> Mapping[str, AskedInput]:
        return asked_of(self.model)

    def scores(self, tops: tuple[int, ...]) -> dict[str, ScoreRange]:
        """Return the indicators' scores from the whole numbers of the fast path."""
        found = {}
        for place, (name, item) in enumerate(self.plan.indicators.items()):
            value = self._output(item.final, tops, 2 * place)
            found[name] = ScoreRange(value, value, self.model.indicators[name].points)
        return found

    def score(self, tops: tuple[int, ...], name: str) -> Fraction:
        """Return one indicator's score from the whole numbers of the fast path."""
        return self._output(self.plan.indicators[name].final, tops, 2 * self._number_of[name])

    @cached_property
    def _number_of(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self.plan.indicators)}

    def _after(self, tops: tuple[int, ...], key: str) -> Fraction:
        place = 2 * (len(self.plan.indicators) + self._after_keys.index(key))
        return self._output(self.plan.results[key], tops, place)

    def _output(self, item: Quotient, tops: tuple[int, ...], place: int) -> Fraction:
        top, bottom = (
            tops[self._spots[node.number]] if node.known is None else node.known
            for node in self._outputs[place : place + 2]
        )
        return _value(item, top, bottom)

    def total(self, tops: tuple[int, ...]) -> ScoreRange:
        """Return the total from the whole numbers of the fast path."""
        totals = self.model.totals
        if not totals.total:
            return ScoreRange(Fraction(0), Fraction(0), Fraction(0))
        if totals.rated and not self._after(tops, totals.rated):
            return ScoreRange(Fraction(0), Fraction(0), Fraction(0), rated=False)
        value = self._after(tops, totals.total)
        return ScoreRange(value, value, self._after(tops, totals.points))

    def grade(self, tops: tuple[int, ...]) -> GradeResult:
        """Return the grade from the whole numbers of the fast path."""
        if not self.model.totals.grade:
            return GradeResult(None, ())
        if self.model.totals.rated and not self._after(tops, self.model.totals.rated):
            return GradeResult(None, (), rated=False)
        name = self.model.grades[len(self.model.grades) - 1 - int(self._after(tops, self.model.totals.grade))].name
        return GradeResult(name, (name,))

    def details(self, values: tuple[int, ...]) -> dict[str, tuple[Fraction | None, Status, bool]]:
        """Return each indicator's measure, status and whether it is excluded, from the figures as whole numbers."""
        numbers = self._detailed(values)
        found: dict[str, tuple[Fraction | None, Status, bool]] = {}
        for place, (name, item) in enumerate(self.plan.indicators.items()):
            top, bottom, measured, applies, excluded = numbers[5 * place : 5 * place + 5]
            measure = _value(item.measure, top, bottom) if measured else None
            found[name] = (measure, "scored" if applies else "not_applicable", bool(excluded))
        return found

    def _detail_roots(self) -> list[Node]:
        return [
            node
            for item in self.plan.indicators.values()
            for node in (item.measure.top, item.measure.bottom, item.measured, item.applies, item.excluded)
        ]

    def evaluated(self, nodes: list[Node], found: CompiledScores) -> tuple[int, ...]:
        """Return what nodes of the plan are for scores that took the fast path."""
        return self._function(nodes)(found.values)

    @cached_property
    def _detailed(self) -> Callable[[tuple[int, ...]], tuple[int, ...]]:
        return self._function(self._detail_roots())

    def _function(self, roots: list[Node]) -> Callable[[tuple[int, ...]], tuple[int, ...]]:
        """Generate what computes some nodes from the figures as whole numbers."""
        text = PythonText(roots, self._names)
        lines = [f"({''.join(f'{name}, ' for name in self._names.values())}) = values", *text.lines]
        lines.append(f"return ({''.join(f'{text.text(node)}, ' for node in roots)})")
        space: dict[str, Any] = {}
        exec("def details(values):\n" + "".join(f"    {line}\n" for line in lines), space)  # noqa: S102 - as above
        found: Callable[[tuple[int, ...]], tuple[int, ...]] = space["details"]
        return found


def _compiled_again(rubric: Any) -> CompiledRubric:  # noqa: ANN401 - a Rubric, which stands above this layer
    found: CompiledRubric = rubric.compile()
    return found


def _never(_: Mapping[str, object]) -> None:
    return None


def _getter(keys: tuple[str, ...]) -> Callable[[Mapping[str, object]], tuple[object, ...]]:
    """Return what reads the values of some keys, in order."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda data: tuple(data[key] for key in keys)


def _value(item: Quotient, top: int, bottom: int) -> Fraction:
    return Fraction(item.factor.numerator * top, item.factor.denominator * bottom)

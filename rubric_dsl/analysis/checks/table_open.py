"""A look-up without 否则 must list every combination that its keys can have."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations_with_replacement, islice, product

from rubric_dsl import ranges
from rubric_dsl.analysis.admissible import admissible
from rubric_dsl.analysis.checks.band_gap import MOST_LISTED, constant, data_text, inputs_of, settled
from rubric_dsl.analysis.domain import Domain
from rubric_dsl.analysis.lattice import Inputs, can_be, domain_of
from rubric_dsl.analysis.reach import grids_of
from rubric_dsl.analysis.simple import points_in
from rubric_dsl.analysis.solve import TRIES, solve
from rubric_dsl.core.keys import is_result
from rubric_dsl.core.nodes import TRUE, Both, Compare, Condition, Const, Expr, Input, Is, Measure, minus
from rubric_dsl.core.walk import keys_in, keys_of, rebuilt_in
from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.evaluate.evaluator import measured, refine
from rubric_dsl.evaluate.state import Env, Trace
from rubric_dsl.forms.base import Form, Table
from rubric_dsl.model.model import Indicator, Model, Rule
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold

MOST_LOOKED_AT = 500_000
"""A table that takes more looks at its rows than this is not looked at to the end: it must say 否则."""
MOST_HOLES = 1000
"""Of combinations that are not listed no more than this are looked at; a table with more is taken to be open."""
MOST_UNNAMED = 20
"""Data are looked for in so many combinations that may be without a score."""
FEW = 4
"""Of one key so many numbers are tried."""
MOST_TRIED = 500
"""Where a combination has no more data than this, all of them are tried."""

_Key = str | Expr
_Part = tuple[str, ...] | Domain
_Hole = Mapping[_Key, _Part]
_Data = Mapping[str, Fraction | str]


def table_open(model: Model) -> tuple[Diagnostic, ...]:
    """Report each look-up that leaves a combination without a score, and name one."""
    found = []
    for indicator in model.indicators.values():
        for index, rule in enumerate(indicator.rules):
            table = next((own for form in rule.forms if (own := _table_of(form)) is not None), None)
            if table is None or _closed(rule):
                continue
            if table.unordered is not None:
                is_open, named = _unordered(table)
            else:
                is_open, named = _Table(model, indicator, index, table).open()
            if is_open:
                found.append(table.left_open(named))
    return tuple(found)


def _table_of(form: Form) -> Table | None:
    """Return the keys of a look-up; None of another form, and of a look-up of parts, which always says 否则."""
    found = getattr(form, "table", None)
    return found if isinstance(found, Table) and found.keys else None


def _closed(rule: Rule) -> bool:
    """Whether something else scores what the table does not list."""
    return any(form.role != "case" or any(item.condition == TRUE for item in form.branches()) for form in rule.forms)


def _unordered(table: Table) -> tuple[bool, Text | None]:
    """Look for words that no row of a table in any order has."""
    options = table.keys[0].options
    every = combinations_with_replacement(options, len(table.keys))
    for count, words in enumerate(every):
        if count == MOST_LOOKED_AT:
            return True, None
        if words not in (table.unordered or ()):
            return True, data_text(dict(zip((key.name for key in table.keys), words, strict=True)))
    return False, None


@dataclass(frozen=True, slots=True)
class _Test:
    """What a row asks of one key: one of some words, or how its number compares."""

    key: _Key
    words: frozenset[str] = frozenset()
    op: str = "="
    at: Fraction = Fraction(0)

    def holds(self, part: _Part) -> bool:
        """Whether it holds of a part of what the key can be; parts are cut so that it holds of all or of nothing."""
        if isinstance(part, tuple):
            return part[0] in self.words
        if self.op == "!=":
            return ranges.restrict(part.range, "=", self.at) is None
        return ranges.restrict(part.range, self.op, self.at) is not None


class _Table:
    """One look-up, its rows as tests of single keys; what no such test says is left to the evaluator."""

    def __init__(self, model: Model, indicator: Indicator, index: int, table: Table) -> None:
        before, variant = indicator.program.variants[:index], indicator.program.variants[index]
        branches = [branch.condition for form in indicator.rules[index].forms for branch in form.branches()]
        self.conditions = [
            rebuilt_in(condition, lambda part: variant.measure if isinstance(part, Measure) else None)
            for condition in branches
        ]
        passed = [item.condition for item in before if item.condition is not None]
        wanted = [variant.condition] if variant.condition is not None else []
        asked = {key for condition in (*self.conditions, *passed, *wanted) for key in keys_in(condition)}
        foreign = {key for key in asked if fold(key) not in model.fields and key not in model.cohorts}
        self.certain = not any(foreign & set(keys_in(condition)) for condition in self.conditions)
        self.passed = [condition for condition in passed if not foreign & set(keys_in(condition))]
        self.wanted = [condition for condition in wanted if not foreign & set(keys_in(condition))]
        self.inputs = inputs_of(model, asked - foreign, grids_of(model))
        env = self._within(self.inputs.env)
        # A key that the form does not have has been reported; a rule that never scores leaves nothing open.
        self.idle = env is None or any(key in foreign and not is_result(key) for key in _keys_of_table(table))
        self.inputs = replace(self.inputs, env=env or self.inputs.env)
        rows = [list(_tests(condition)) for condition in self.conditions if not foreign & set(keys_in(condition))]
        self.rows = [_by_key(test for test in row if test is not None) for row in rows if None not in row]
        self.whole = {key: self._whole(model, key) for key in dict.fromkeys(key for row in self.rows for key in row)}
        self.options = {key: model.fields[fold(key)].options for key in self.inputs.env.choices}
        self.order = [key.name for key in table.keys]
        self.looked = 0

    def _whole(self, model: Model, key: _Key) -> _Part:
        if isinstance(key, str):
            return tuple(word for word in model.fields[fold(key)].options if word in self.inputs.env.choices[key])
        return domain_of(key, self.inputs)

    def _place(self, key: str) -> int:
        return self.order.index(key) if key in self.order else len(self.order)

    def _within(self, env: Env) -> Env | None:
        """Return what is left where this rule scores; None where it never does."""
        found: Env | None = env
        for condition, want in [*((item, False) for item in self.passed), *((item, True) for item in self.wanted)]:
            found = None if found is None else refine(found, condition, want=want)
        return found

    def open(self) -> tuple[bool, Text | None]:
        """Return whether a combination may be without a score, and data that are, where some were found."""
        if self.idle:
            return False, None
        unnamed = 0
        for count, hole in enumerate(self._holes(tuple(range(len(self.rows))), list(self.whole))):
            if count == MOST_HOLES or unnamed == MOST_UNNAMED:
                return True, None
            inputs = self._inside(hole)
            if inputs is None:
                continue
            every = self._every(inputs)
            tried = self._some(hole, inputs) if every is None else every
            data = next((data for data in tried if self._without_score(data, hole)), None) if self.certain else None
            if data is not None:
                return True, data_text({key: data[key] for key in sorted(data, key=self._place)})
            unnamed += every is None or not self.certain
        return unnamed > 0 or self.looked > MOST_LOOKED_AT, None

    def _holes(self, rows: tuple[int, ...], keys: list[_Key]) -> Iterator[_Hole]:
        """Yield the combinations of parts of some keys that no row holds; keys that do not matter are left out."""
        if not rows:
            yield {}
            return
        if not keys or self.looked > MOST_LOOKED_AT:
            return
        key, *others = keys
        left: dict[tuple[int, ...], list[_Part]] = {}
        for part in self._parts(key, rows):
            self.looked += len(rows)
            held = tuple(row for row in rows if all(test.holds(part) for test in self.rows[row].get(key, ())))
            left.setdefault(held, []).append(part)
        for held, parts in left.items():
            for hole in self._holes(held, others):
                yield from ({key: part, **hole} for part in parts)

    def _parts(self, key: _Key, rows: tuple[int, ...]) -> list[_Part]:
        """Cut what a key can be into parts of which each test holds, or does not."""
        whole = self.whole[key]
        if isinstance(whole, tuple):
            return [(word,) for word in whole]
        found = [whole]
        for at in sorted({test.at for row in rows for test in self.rows[row].get(key, ())}):
            found = [*found[:-1], *found[-1].split(at)]
        return list(found)

    def _inside(self, hole: _Hole) -> Inputs | None:
        """Return what the figures and choices of a combination can be; None where it cannot be."""
        env: Env | None = self.inputs.env
        for key, part in hole.items():
            for condition in _conditions(key, part):
                env = None if env is None else refine(env, condition, want=True)
        if env is None or not admissible(env, self.inputs.checks):
            return None
        inputs = replace(self.inputs, env=env)
        possible = all(next(self._values(key, part, inputs), None) is not None for key, part in _numbers(hole))
        return inputs if possible else None

    def _values(self, key: Expr, part: Domain, inputs: Inputs) -> Iterator[Fraction]:
        """Yield numbers of a part that a key can be, all of them where they are few."""
        numbers = part.listing(MOST_LISTED) if part.discrete else None
        if numbers is None:
            return points_in(part)
        return (value for value in numbers if can_be(key, value, inputs))

    def _every(self, inputs: Inputs) -> Iterator[_Data] | None:
        """Return all data of a combination; None where they are many."""
        figures = {key: inputs.of(key).listing(MOST_TRIED) for key in inputs.env.figures}
        listed: list[Sequence[Fraction | str]] = [numbers for numbers in figures.values() if numbers is not None]
        listed += self._words(inputs).values()
        if None in figures.values() or math.prod(map(len, listed)) > MOST_TRIED:
            return None
        keys = (*figures, *self.options)
        return (dict(zip(keys, way, strict=True)) for way in product(*listed))

    def _words(self, inputs: Inputs) -> dict[str, list[str]]:
        choices = inputs.env.choices
        return {key: [word for word in words if word in choices[key]] for key, words in self.options.items()}

    def _some(self, hole: _Hole, inputs: Inputs) -> Iterator[_Data]:
        """Yield some data of a combination: plain numbers of each key, and figures that give them."""
        words = {key: found[0] for key, found in self._words(inputs).items()}
        chosen = replace(inputs, env=_given(inputs.env, words))
        numbers = sorted(_numbers({**self.whole, **hole}), key=lambda item: not isinstance(item[0], Input))
        ways = product(*(list(islice(self._values(key, part, inputs), FEW)) for key, part in numbers))
        for way in islice(ways, TRIES):
            figures = _figures([(key, value) for (key, _), value in zip(numbers, way, strict=True)], chosen)
            if figures is not None:
                yield {**words, **figures}

    def _without_score(self, data: _Data, hole: _Hole) -> bool:
        """Whether data are admitted and lie in a combination, and no row holds for certain."""
        env = _given(self.inputs.env, data)
        values = ((measured(key, env, Trace()), part) for key, part in _numbers({**self.whole, **hole}))
        return (
            not any(map(is_result, data))
            and all(value is not None and value.known is not None and part.holds(value.known) for value, part in values)
            and admissible(env, self.inputs.checks)
            and self._within(env) is not None
            and all(refine(env, condition, want=True) is None for condition in self.conditions)
        )


def _given(env: Env, data: _Data) -> Env:
    chosen = {key: frozenset({word}) for key, word in data.items() if isinstance(word, str)}
    found = settled(env, {key: number for key, number in data.items() if not isinstance(number, str)})
    return replace(found, choices={**env.choices, **chosen})


def _tests(condition: Condition) -> Iterator[_Test | None]:
    """Yield what a row asks of its keys; None for what is no test of one key."""
    match condition:
        case Both(parts=parts):
            for part in parts:
                yield from _tests(part)
        case Is(key=key, options=options):
            yield _Test(key, options)
        case Compare(op=op, left=left, right=right):
            at = constant(right)
            yield _Test(minus(left, right), op=op) if at is None else _Test(left, op=op, at=at)
        case _:
            yield None


def _keys_of_table(table: Table) -> Iterator[str]:
    for key in table.keys:
        yield from (key.name,) if key.value is None else keys_of(key.value.expr)


def _by_key(tests: Iterable[_Test]) -> dict[_Key, list[_Test]]:
    found: dict[_Key, list[_Test]] = {}
    for test in tests:
        found.setdefault(test.key, []).append(test)
    return found


def _numbers(hole: _Hole) -> list[tuple[Expr, Domain]]:
    return [(key, part) for key, part in hole.items() if not isinstance(key, str) and isinstance(part, Domain)]


def _conditions(key: _Key, part: _Part) -> Iterator[Condition]:
    """Yield the conditions that keep a key in a part."""
    if isinstance(key, str):
        yield Is(key, frozenset(part) if isinstance(part, tuple) else frozenset())
    elif isinstance(part, Domain):
        low, high = part.range.low, part.range.high
        if low.value is not None:
            yield Compare(">" if low.open else ">=", key, Const(low.value))
        if high.value is not None:
            yield Compare("<" if high.open else "<=", key, Const(high.value))


def _figures(wanted: list[tuple[Expr, Fraction]], inputs: Inputs) -> dict[str, Fraction] | None:
    """Return figures for which formulas give some numbers, one formula after the other; None where none were found."""
    given: dict[str, Fraction] = {}
    for key, value in wanted:
        own = next(solve(key, value, replace(inputs, env=settled(inputs.env, given))), None)
        if own is None:
            return None
        given.update(own)
    return given

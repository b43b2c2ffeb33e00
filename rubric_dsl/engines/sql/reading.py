"""The table's columns as inputs of the plan: a whole number or a place for each, and whether it can be used."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from rubric_dsl.core.keys import GIVEN, UNAVAILABLE, availability_key, owner
from rubric_dsl.engines.sql.arithmetic import TooWideError
from rubric_dsl.engines.sql.dialects import NARROW, Dialect
from rubric_dsl.engines.sql.layers import Layers, Term, combine
from rubric_dsl.engines.sql.limits import INVALID, MISSING, UNREAD, USED, Limits
from rubric_dsl.engines.sql.phrases import cast, conjunction, number
from rubric_dsl.engines.sql.text_numbers import read_text
from rubric_dsl.model.model import Model
from rubric_dsl.plan.plan import ChoiceInput, NumberInput, Plan
from rubric_dsl.scoring.bind import MARKS, UNAVAILABLE_WORDS


_FAST_DIGITS = 18
"""Decimals of more digits are numbers of 128 bits in DuckDB, many times slower."""


class Reading:
    """Reads inputs; ``columns`` names the column of each address, ``values`` and ``states`` are what was read."""

    def __init__(
        self, plan: Plan, layers: Layers, dialect: Dialect, limits: Limits, columns: Mapping[str, str]
    ) -> None:
        self.plan, self.layers, self.dialect, self.limits = plan, layers, dialect, limits
        self.columns = columns
        self.values: dict[str, Term] = {}
        self.states: dict[str, Term] = {}
        self._count = 0
        self._marks, self._whole = _marks(plan.model), _whole(plan.model)

    def read(self, key: str) -> None:
        """Read one input, once."""
        if key in self.values:
            return
        self._count += 1
        if key in self.plan.numbers:
            self._number(self.plan.numbers[key], self._count)
        elif key in self.plan.choices and owner(key) != key:
            self._availability(key, self._count)
        else:
            self._choice(self.plan.choices[key], self._count)

    def _raw(self, key: str) -> exp.Expr:
        return exp.column(exp.to_identifier(self.columns.get(key, key), quoted=True))

    def _keep(self, key: str, value: Term, state: Term, place: int) -> None:
        self.values[key] = self.layers.column(f"v{place}", value)
        self.states[key] = self.layers.column(f"k{place}", state)

    def _number(self, item: NumberInput, place: int) -> None:
        low, high = item.low, item.high
        if self.dialect.wide:
            read, state = self._decimal(item, place)
        else:
            fine = INVALID if item.key in self._whole else UNREAD
            read, state = read_text(self.layers, self._raw(item.key), place, self.limits, item.key, fine)
        most = self.limits.most(item.key)
        stand_in = item.offset
        inside: list[exp.Expr] = []
        never = low is not None and high is not None and low > high  # no number of this scale is admissible
        if never:
            inside.append(exp.EQ(this=number(1), expression=number(0)))
            low = high = stand_in = 0
        if low is not None and low > -most:
            inside.append(exp.GTE(this=read.sql.copy(), expression=number(low)))
        if high is not None and high < most:
            inside.append(exp.LTE(this=read.sql.copy(), expression=number(high)))
        if item.step != 1:
            over: exp.Expr = read.sql.copy()
            if item.offset:
                over = exp.Paren(this=exp.Sub(this=over, expression=number(item.offset)))
            inside.append(exp.EQ(this=exp.Mod(this=over, expression=number(item.step)), expression=number(0)))
        stand_in = min(max(stand_in, low if low is not None else stand_in), high if high is not None else stand_in)
        used = exp.Not(this=exp.Is(this=read.sql.copy(), expression=exp.null()))
        admissible = conjunction([used, *(part.copy() for part in inside)])
        spare = cast(number(stand_in), self.dialect, wide=read.wide)
        value = exp.Case(ifs=[exp.If(this=admissible, true=read.sql.copy())], default=spare)
        whens = [exp.If(this=exp.Is(this=read.sql.copy(), expression=exp.null()), true=state.sql.copy())]
        if inside:
            whens.append(exp.If(this=conjunction(inside), true=number(USED)))
        told = exp.Case(ifs=whens, default=number(UNREAD if never else INVALID if inside else USED))
        self._keep(item.key, combine(value, read, wide=read.wide), combine(told, read, state), place)

    def _decimal(self, item: NumberInput, place: int) -> tuple[Term, Term]:
        """Read a number of a decimal or whole type: its whole number (NULL where there is none), and its state there.

        Raises:
            TooWideError: the database's decimals do not hold so many digits.
        """
        places = self.limits.places[item.key]
        raw = self._raw(item.key)
        width = self.limits.digits + places
        wide = 10**width - 1 > NARROW
        most = number(10**self.limits.digits)
        within = exp.And(
            this=exp.GT(this=raw.copy(), expression=exp.Neg(this=most)),
            expression=exp.LT(this=raw.copy(), expression=most.copy()),
        )
        if self.dialect.tries:
            # What is too large for the type is NULL there, so that the type can be as narrow as the number.
            if width > self.dialect.digits:
                raise TooWideError
            exact: exp.Expr = exp.TryCast(this=raw.copy(), to=exp.DataType.build(f"DECIMAL({width}, {places})"))
            whole = self._in_parts(exact, width, places, wide=wide)
            read: exp.Expr = exp.Case(ifs=[exp.If(this=exp.EQ(this=exact.copy(), expression=raw.copy()), true=whole)])
        else:
            # One digit more, for what has more decimals may be rounded up to one; and those of the multiplication.
            room = width + places + 1
            if room + places + 2 > self.dialect.digits:
                raise TooWideError
            exact = exp.Cast(this=raw.copy(), to=exp.DataType.build(f"DECIMAL({room}, {places})"))
            scaled = exp.Mul(this=exact, expression=number(10**places)) if places else exact
            same = exp.EQ(this=exact.copy(), expression=raw.copy())
            # One inside the other: what is too large is never made into a decimal of so many digits.
            inner = exp.Case(ifs=[exp.If(this=same, true=cast(scaled, self.dialect, wide=wide))])
            read = exp.Case(ifs=[exp.If(this=within, true=inner)])
        # Where there is no number, it is missing, too large, or too fine, which of a whole number is a fault.
        whens = [exp.If(this=raw.is_(exp.null()), true=number(MISSING))]
        if item.key in self._whole:
            whens.append(exp.If(this=within.copy(), true=number(INVALID)))
        state = exp.Case(ifs=whens, default=number(UNREAD))
        return self.layers.column(f"r{place}", Term(read, wide=wide)), self.layers.column(f"s{place}", Term(state))

    def _in_parts(self, exact: exp.Expr, width: int, places: int, *, wide: bool) -> exp.Expr:
        """Return a decimal as a whole number of its last place, in the fast decimals of 18 digits where they hold it."""
        if not places:
            return cast(exact.copy(), self.dialect, wide=wide)
        scale = number(10**places)
        if width + places <= _FAST_DIGITS or width > _FAST_DIGITS:
            if width > _FAST_DIGITS:
                room = width + places + 1
                if room + places > self.dialect.digits:
                    raise TooWideError
                exact = exp.Cast(this=exact.copy(), to=exp.DataType.build(f"DECIMAL({room}, {places})"))
            return cast(exp.Mul(this=exact.copy(), expression=scale), self.dialect, wide=wide)
        before = cast(exp.Anonymous(this="TRUNC", expressions=[exact.copy()]), self.dialect, wide=wide)
        after = exp.Mul(this=exp.Paren(this=exp.Mod(this=exact.copy(), expression=number(1))), expression=scale.copy())
        return exp.Add(
            this=exp.Mul(this=before, expression=scale), expression=cast(after, self.dialect, wide=wide)
        )

    def _choice(self, item: ChoiceInput, place: int) -> None:
        raw = self._raw(item.key)
        text: exp.Expr = exp.Trim(this=raw.copy())
        words = {option: at for at, option in enumerate(item.options)}
        if item.key in self._marks:
            text = exp.Lower(this=text)
            words = {word: words[mark] for word, mark in MARKS.items() if mark in words} | {
                option.lower(): at for option, at in words.items()
            }
        known = [exp.Literal.string(word) for word in words]
        whens = [exp.If(this=word.copy(), true=number(at)) for word, at in zip(known, words.values(), strict=True)]
        # Words as they stand in the rubric first: making texts plain takes many times as long.
        plain = [exp.If(this=exp.Literal.string(word), true=number(at)) for at, word in enumerate(item.options)]
        value = exp.Case(this=raw.copy(), ifs=plain, default=exp.Case(this=text.copy(), ifs=whens, default=number(0)))
        exact = [exp.Literal.string(word) for word in item.options if word not in UNAVAILABLE_WORDS]
        nothing: exp.Expr = exp.Or(
            this=raw.is_(exp.null()), expression=exp.EQ(this=text.copy(), expression=exp.Literal.string(""))
        )
        if availability_key(item.key) in self.plan.choices:
            nothing = exp.Or(this=nothing, expression=self._is_unavailable(item.key))
        state = exp.Case(
            ifs=[
                exp.If(this=exp.In(this=raw.copy(), expressions=exact), true=number(USED)),
                exp.If(this=nothing, true=number(MISSING)),
                exp.If(this=exp.In(this=text.copy(), expressions=known), true=number(USED)),
            ],
            default=number(INVALID),
        )
        self._keep(item.key, Term(value), Term(state), place)

    def _availability(self, key: str, place: int) -> None:
        """Read whether a figure is stated to be unavailable: of a word, in its column; of a number, in one of its own."""
        figure = owner(key)
        given, absent = (self.plan.choices[key].options.index(word) for word in (GIVEN, UNAVAILABLE))
        if figure in self.plan.choices or key in self.columns:
            unavailable = self._is_unavailable(figure if figure in self.plan.choices else key)
        else:
            unavailable = exp.EQ(this=number(1), expression=number(0))
        nothing = exp.Is(this=self._raw(figure), expression=exp.null())
        value = exp.Case(ifs=[exp.If(this=unavailable, true=number(absent))], default=number(given))
        state = exp.Case(
            ifs=[
                exp.If(this=unavailable.copy(), true=number(USED)),
                exp.If(this=nothing, true=number(MISSING)),
            ],
            default=number(USED),
        )
        self._keep(key, Term(value), Term(state), place)

    def _is_unavailable(self, key: str) -> exp.Expr:
        words = set(UNAVAILABLE_WORDS) | (
            {word for word, mark in MARKS.items() if mark == "是"} if owner(key) != key else set()
        )
        text = exp.Lower(this=exp.Trim(this=self._raw(key)))
        return exp.In(this=text, expressions=[exp.Literal.string(word) for word in sorted(words)])


def _marks(model: Model) -> frozenset[str]:
    inputs = (wanted for item in model.indicators.values() for wanted in item.inputs)
    return frozenset(wanted.key for wanted in inputs if wanted.kind == "mark")


def _whole(model: Model) -> frozenset[str]:
    inputs = (wanted for item in model.indicators.values() for wanted in item.inputs)
    counts = {wanted.key for wanted in inputs if wanted.kind == "count"}
    return frozenset(counts | {item.key for item in model.fields.values() if item.whole})

"""The table's columns as inputs of the plan: whole numbers and words, NULL where there is none that can be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp, parse_one

from rubric_dsl.core.keys import GIVEN, availability_key, kind_of, owner
from rubric_dsl.engines.sql.arithmetic import TooWideError
from rubric_dsl.engines.sql.dialects import NARROW, Dialect
from rubric_dsl.engines.sql.limits import INVALID, MISSING, UNREAD, USED, Limits
from rubric_dsl.engines.sql.phrases import cast, connected, extreme, flag, number, there
from rubric_dsl.engines.sql.stages import Column, Inputs, Names, Stages, column
from rubric_dsl.forms.base import NO, YES
from rubric_dsl.inputs.asked import asked_of
from rubric_dsl.inputs.plain import UNAVAILABLE_WORDS, words_of
from rubric_dsl.plan.plan import NumberInput, Plan

_FAST_DIGITS = 18
"""Decimals of more digits are numbers of 128 bits in DuckDB, many times slower."""


class Reading:
    """Reads the inputs ``keys`` of a plan; ``columns`` names the table's column of each, where it is not the key.

    It adds the first common table expressions to the stages, and :meth:`faults` says what is wrong with an input.
    """

    def __init__(
        self,
        plan: Plan,
        dialect: Dialect,
        limits: Limits,
        columns: Mapping[str, str],
        keys: Sequence[str],
        names: Names,
    ) -> None:
        self.plan: Plan = plan
        self.dialect: Dialect = dialect
        self.limits: Limits = limits
        self.keys: list[str] = list(keys)
        figures = [key if key in columns else owner(key) for key in keys] + [owner(key) for key in keys]
        self._raw_names = {key: columns.get(key, key) for key in dict.fromkeys(figures)}
        asked = asked_of(plan.model)
        self._marks = frozenset(key for key, item in asked.items() if item.kind == "mark")
        self._whole = frozenset(key for key, item in asked.items() if item.whole)
        self._read = {key: names.new(_title(key)) for key in keys}
        self._given = {key: names.new(f"given {_title(key)}") for key in self._raw_names}
        self._faults = {key: names.new(f"fault {_title(key)}") for key in keys}
        self._names = names
        self._texts: dict[str, tuple[str, str, str]] = {}
        self._decimals: dict[str, str] = {}
        words = {key: self._words(key) for key in keys if key in plan.choices}
        self.inputs: Inputs = Inputs(dict(self._read), words)

    def write(self, stages: Stages, keep: Sequence[str]) -> None:
        """Add what reads the table.

        Raises:
            TooWideError: the database's decimals do not hold so many digits.
        """
        kept = [(name, column(name)) for name in keep]
        given: list[Column] = [(self._given[key], column(name)) for key, name in self._raw_names.items()]
        if self.dialect.wide:
            stages.add("given", [*kept, *given, *self._decimals_of()], whole=True)
        else:
            self._write_texts(stages, [*kept, *given])
        stages.add("figures", [(self._read[key], self._value(key)) for key in self.keys], _HEAD)

    def write_faults(self, stages: Stages) -> None:
        """Add what says why an input cannot be used."""
        told = [(self._faults[key], self._fault(key)) for key in self.keys if kind_of(key) != "missing"]
        stages.add("faults", told, _FAULTS)

    def faults(self, keys: Sequence[str]) -> exp.Expr | None:
        """Return the worst of some inputs' faults, after :meth:`write_faults`."""
        found = [column(self._faults[key]) for key in keys if key in self._faults and kind_of(key) != "missing"]
        if len(found) < 2:  # noqa: PLR2004 - one is the worst of one
            return found[0] if found else None
        return extreme("greatest", found, self.dialect)

    def there(self, key: str) -> exp.Expr:
        """Return the condition that an input can be used."""
        return there(column(self._read[key]))

    def nothing(self, key: str) -> exp.Expr:
        """Return the condition that nothing is given for an input."""
        given = self._shown(key)
        missing: exp.Expr = exp.Is(this=given, expression=exp.null())
        if key in self.plan.choices or not self.dialect.wide:
            text = given.copy() if key in self._texts else exp.Trim(this=given.copy())
            missing = exp.Or(this=missing, expression=exp.EQ(this=text, expression=exp.Literal.string("")))
        if key in self.plan.choices and availability_key(key) in self.plan.choices:
            missing = exp.Or(this=missing, expression=self._is_unavailable(key, given.copy()))
        return missing

    def _shown(self, key: str) -> exp.Expr:
        """Return what the table has for an input: of a number in SQLite, its text."""
        return column(self._texts[key][0] if key in self._texts else self._given[key])

    def _value(self, key: str) -> exp.Expr:
        if key in self.plan.numbers:
            item = self.plan.numbers[key]
            if item.low is not None and item.high is not None and item.low > item.high:
                return exp.null()  # no number of this scale is admissible
            return self._from_text(item) if key in self._texts else self._number(item)
        if kind_of(key) == "missing":
            return flag(self.nothing(owner(key)))
        return self._choice(key) if owner(key) == key else self._availability(key)

    def _number(self, item: NumberInput) -> exp.Expr:
        """Read a number of a decimal or whole type."""
        places = self.limits.places[item.key]
        raw = self._shown(item.key)
        width = self.limits.digits + places
        wide = 10**width - 1 > NARROW
        if self.dialect.tries and item.key in self._decimals:
            exact: exp.Expr = column(self._decimals[item.key])
            found = self._in_parts(exact, width, places, wide=wide)
        elif self.dialect.tries:
            exact, found = _tried(raw.copy(), "BIGINT"), cast(raw.copy(), self.dialect, wide=False)
        else:
            # One digit more, for what has more decimals may be rounded up to one; and those of the multiplication.
            room = width + places + 1
            if room + places + 2 > self.dialect.digits:
                raise TooWideError
            exact = exp.Cast(this=raw.copy(), to=_decimal(room, places))
            found = cast(_times(exact.copy(), places), self.dialect, wide=wide)
        fine = connected(exp.And, [exp.EQ(this=exact, expression=raw.copy()), *self._admissible(item, raw, found)])
        read = exp.Case(ifs=[exp.If(this=fine, true=found)])
        if self.dialect.tries:
            return read
        # One inside the other: what is too large is never made into a decimal of so many digits.
        return exp.Case(ifs=[exp.If(this=exp.Not(this=exp.Paren(this=self._too_large(raw))), true=read)])

    def _decimals_of(self) -> list[Column]:
        """Return numbers as decimals of so many digits: NULL where they are too large, rounded where they are finer.

        Raises:
            TooWideError: the database's decimals do not hold so many digits.
        """
        found: list[Column] = []
        for key in self.keys if self.dialect.tries else ():
            places = self.limits.places.get(key, 0)
            width = self.limits.digits + places
            if width > self.dialect.digits:
                raise TooWideError
            if key in self.plan.numbers and (places or 10**width - 1 > NARROW):
                self._decimals[key] = self._names.new(f"decimal {key}")
                found.append((self._decimals[key], _tried(column(self._raw_names[key]), f"DECIMAL({width}, {places})")))
        return found

    def _in_parts(self, exact: exp.Expr, width: int, places: int, *, wide: bool) -> exp.Expr:
        """Return a decimal as a whole number of its last place, in the fast decimals of 18 digits where they hold it."""
        if not places or width + places <= _FAST_DIGITS:
            return cast(_times(exact.copy(), places), self.dialect, wide=wide)
        if width > _FAST_DIGITS:
            room = width + places + 1
            if room + places > self.dialect.digits:
                raise TooWideError
            scaled = _times(exp.Cast(this=exact.copy(), to=_decimal(room, places)), places)
            return cast(scaled, self.dialect, wide=wide)
        before = cast(exp.Anonymous(this="TRUNC", expressions=[exact.copy()]), self.dialect, wide=wide)
        after = _times(exp.Paren(this=exp.Mod(this=exact.copy(), expression=number(1))), places)
        return exp.Add(this=_times(before, places), expression=cast(after, self.dialect, wide=wide))

    def _admissible(self, item: NumberInput, raw: exp.Expr, found: exp.Expr) -> list[exp.Expr]:
        """Return what an exact number must fulfil to be admissible: ``raw`` as it is given, ``found`` in its scale."""
        most = self.limits.most(item.key)
        inside: list[exp.Expr] = []
        for bound, up in ((item.low, False), (item.high, True)):
            if bound is not None and abs(bound) < most:
                inside.append(_ranged(raw, bound, item.scale, up=up))
            elif self.dialect.tries and item.key not in self._decimals:
                inside.append(_ranged(raw, most if up else -most, item.scale, up=up))
        if item.step != 1:
            over = found.copy()
            if item.offset:
                over = exp.Sub(this=over, expression=number(item.offset))
            rest = exp.Mod(this=exp.Paren(this=over), expression=number(item.step))
            inside.append(exp.EQ(this=rest, expression=number(0)))
        return inside

    def _too_large(self, raw: exp.Expr) -> exp.Expr:
        most = number(10**self.limits.digits)
        return exp.Or(
            this=exp.LTE(this=raw.copy(), expression=exp.Neg(this=most)),
            expression=exp.GTE(this=raw.copy(), expression=most.copy()),
        )

    def _fault(self, key: str) -> exp.Expr:
        whens = [exp.If(this=self.there(key), true=number(USED))]
        if key in self.plan.choices and owner(key) != key:
            return exp.Case(ifs=whens, default=number(MISSING))
        whens.append(exp.If(this=self.nothing(key), true=number(MISSING)))
        if key in self.plan.choices:
            return exp.Case(ifs=whens, default=number(INVALID))
        item = self.plan.numbers[key]
        most = self.limits.most(key)
        bounded = any(bound is not None and abs(bound) < most for bound in (item.low, item.high)) or item.step != 1
        admits_all = not bounded and key not in self._whole
        never = item.low is not None and item.high is not None and item.low > item.high
        if admits_all or never:
            return exp.Case(ifs=whens, default=number(UNREAD))
        if key in self._texts:
            # Of a whole number, decimals are a fault; else they are more than the query reads.
            plain = self._is_plain(key, decimals=key not in self._whole)
            return exp.Case(ifs=[*whens, exp.If(this=plain, true=number(INVALID))], default=number(UNREAD))
        given = self._shown(key)
        if key in self._decimals and key not in self._whole:
            exact = exp.EQ(this=column(self._decimals[key]), expression=given)
            return exp.Case(ifs=[*whens, exp.If(this=exact, true=number(INVALID))], default=number(UNREAD))
        whens.append(exp.If(this=self._too_large(given), true=number(UNREAD)))
        if key not in self._whole:
            width, places = self.limits.digits + self.limits.places[key], self.limits.places[key]
            rounded = exp.Cast(this=given.copy(), to=_decimal(width + 1, places))
            whens.append(exp.If(this=exp.NEQ(this=rounded, expression=given.copy()), true=number(UNREAD)))
        return exp.Case(ifs=whens, default=number(INVALID))

    def _words(self, key: str) -> list[exp.Expr]:
        """Return what the column of a choice holds for each of its words: of a mark or an availability, 1 or 0."""
        options = self.plan.choices[key].options
        if owner(key) != key:
            return [number(int(word != GIVEN)) for word in options]
        if key in self._marks and {*options} <= {YES, NO}:
            return [number(int(word == YES)) for word in options]
        return [exp.Literal.string(word) for word in options]

    def _choice(self, key: str) -> exp.Expr:
        raw = self._shown(key)
        options = self.plan.choices[key].options
        text: exp.Expr = exp.Trim(this=raw.copy())
        whens: list[tuple[exp.Expr, exp.Expr]]
        if key not in self._marks:
            words = [exp.Literal.string(word) for word in options]
            whens = [(exp.In(this=own, expressions=words), own) for own in (raw, text)]
        else:
            # Words as they stand in the rubric first: to make texts plain takes many times as long.
            values = dict(zip(options, self.inputs.words[key], strict=True))
            whens = [(exp.EQ(this=raw, expression=exp.Literal.string(word)), value) for word, value in values.items()]
            for option, value in values.items():
                words = [exp.Literal.string(word) for word in words_of(option, mark=True)]
                whens.append((exp.In(this=exp.Lower(this=text.copy()), expressions=words), value))
        return exp.Case(ifs=[exp.If(this=holds.copy(), true=value.copy()) for holds, value in whens])

    def _availability(self, key: str) -> exp.Expr:
        """Read whether a figure is stated to be unavailable: of a word, in its column; of a number, in one of its own."""
        figure = owner(key)
        source = figure if figure in self.plan.choices else key
        given = exp.If(this=exp.Is(this=self._shown(figure), expression=exp.null()), true=exp.null())
        whens = [given]
        if source in self._raw_names:
            whens.insert(0, exp.If(this=self._is_unavailable(source, self._shown(source)), true=number(1)))
        return exp.Case(ifs=whens, default=number(0))

    def _is_unavailable(self, key: str, raw: exp.Expr) -> exp.Expr:
        yes = words_of(YES, mark=True) if owner(key) != key else []
        words = [exp.Literal.string(word) for word in sorted({*UNAVAILABLE_WORDS, *yes})]
        return exp.In(this=exp.Lower(this=exp.Trim(this=raw)), expressions=words)

    def _write_texts(self, stages: Stages, first: list[Column]) -> None:
        """Add what takes numbers apart that are whole numbers, texts, or fractions of at most 15 digits."""
        numbers = [key for key in self.keys if key in self.plan.numbers]
        for key in numbers:
            title = _title(key)
            self._texts[key] = tuple(self._names.new(f"{part} {title}") for part in ("text", "whole", "part"))  # type: ignore[assignment]
        texts, parts = [], []
        for key in numbers:
            raw = _sqlite(column(self._raw_names[key]))
            text, head, tail = self._texts[key]
            # A fraction is taken for the decimal that it was written as; one that needs more digits is none.
            strange = f"TYPEOF({raw}) = 'real' AND CAST(CAST({raw} AS TEXT) AS REAL) <> {raw}"
            spelled = f"TYPEOF({raw}) = 'blob' OR ({strange})"
            texts.append((text, _parsed(f"CASE WHEN {spelled} THEN '?' ELSE TRIM(CAST({raw} AS TEXT)) END")))
            it = _sqlite(column(text))
            point = f"INSTR({it}, '.')"
            before = f"CASE WHEN {point} > 0 THEN SUBSTR({it}, 1, {point} - 1) ELSE {it} END"
            after = f"CASE WHEN {it} LIKE '%.' THEN '?' WHEN {point} > 0 THEN RTRIM(SUBSTR({it}, {point} + 1), '0') ELSE '' END"
            parts += [(head, _parsed(before)), (tail, _parsed(after))]
        stages.add("texts", [*first, *texts], whole=True)
        stages.add("digits", parts, "digits before and after the point")

    def _is_plain(self, key: str, *, decimals: bool) -> exp.Expr:
        """Return the condition that a text is a number of no more digits than are read."""
        head, tail = (_sqlite(column(name)) for name in self._texts[key][1:])
        digits = f"SUBSTR({head}, 1 + ({head} LIKE '-%'))"
        parts = [
            f"{digits} <> '' AND NOT {digits} GLOB '*[^0-9]*' AND LENGTH(LTRIM({digits}, '0')) <= {self.limits.digits}",
            f"NOT {tail} GLOB '*[^0-9]*'",
        ]
        if decimals:
            parts.append(f"LENGTH({tail}) <= {self.limits.places[key]}")
        return _parsed(" AND ".join(parts))

    def _from_text(self, item: NumberInput) -> exp.Expr:
        places = self.limits.places[item.key]
        head, tail = (_sqlite(column(name)) for name in self._texts[item.key][1:])
        filled = f" || SUBSTR({tail} || '{'0' * places}', 1, {places})" if places else ""
        value = _parsed(f"CAST({head}{filled} AS INTEGER)")
        scaled = NumberInput(item.key, 1, item.low, item.high, item.step, item.offset)
        conditions = [self._is_plain(item.key, decimals=True), *self._admissible(scaled, value, value)]
        return exp.Case(ifs=[exp.If(this=connected(exp.And, conditions), true=value)])


_HEAD = "whole numbers, NULL where there is none that can be used"
_FAULTS = f"{MISSING}: missing; {UNREAD}: larger or finer than is read; {INVALID}: not admissible"


def _title(key: str) -> str:
    words = {"available": "unavailable", "missing": "missing"}
    return f"{words[kind_of(key) or 'available']} {owner(key)}" if owner(key) != key else key


def _sqlite(sql: exp.Expr) -> str:
    return sql.sql(dialect="sqlite")


def _parsed(text: str) -> exp.Expr:
    return parse_one(text, dialect="sqlite")


def _tried(sql: exp.Expr, kind: str) -> exp.Expr:
    return exp.TryCast(this=sql, to=exp.DataType.build(kind))


def _decimal(width: int, places: int) -> exp.DataType:
    return exp.DataType.build(f"DECIMAL({width}, {places})")


def _times(sql: exp.Expr, places: int) -> exp.Expr:
    return exp.Mul(this=sql, expression=number(10**places)) if places else sql


def _ranged(raw: exp.Expr, bound: int, scale: int, *, up: bool) -> exp.Expr:
    """Write that a number is at least, or at most, so many parts of its scale."""
    beyond = bound + 1 if up else bound - 1
    kinds: tuple[type[exp.Expr], type[exp.Expr]] = (exp.LTE, exp.LT) if up else (exp.GTE, exp.GT)
    for kind, end in zip(kinds, (bound, beyond), strict=True):
        if end % scale == 0:
            return kind(this=raw.copy(), expression=number(end // scale))
    places = len(str(scale)) - 1
    text = f"{abs(bound) // scale}.{abs(bound) % scale:0{places}}"
    literal = exp.Literal.string(f"{'-' if bound < 0 else ''}{text}")
    return kinds[0](this=raw.copy(), expression=exp.Cast(this=literal, to=_decimal(len(text) - 1, places)))

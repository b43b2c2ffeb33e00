"""The data contract of a rubric as JSON Schema, draft 2020-12.

What the schema accepts, the reader reads; the reader reads more (full-width digits, names in another width), which a
program has no need to send. There are two: of the values that ``Rubric.score`` takes, and of the files that
``read_submissions`` reads. They differ in three things. A file may hold a list of submissions. Figures alone, by address,
are a submission for ``score`` only. And a JSON number with a decimal point is read as its digits from a file, but is a
binary fraction when it comes from a program, so that a program sends whole numbers or texts.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Literal, TypeAlias, assert_never

from rubric_dsl.data.keys import DETAILS, KEYS, OVERRIDE_KEYS, REFINEMENT_KEYS, Pairs
from rubric_dsl.data.tree import MAX_SCALAR
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.forms.base import MARKS
from rubric_dsl.inputs.asked import (
    AskedInput,
    blocks_of,
    cohort_figures,
    figures_of,
    ratings_of,
    refined_indicators,
    words_of,
)
from rubric_dsl.inputs.plain import UNAVAILABLE_WORD
from rubric_dsl.model.model import Model
from rubric_dsl.ranges import EVERYTHING, Range, between
from rubric_dsl.syntax.characters import fold
from rubric_dsl.units import RATIO, UNITS, Unit

Schema: TypeAlias = dict[str, Any]
DataOf: TypeAlias = Literal["values", "file"]
"""What data are meant: the values that a program scores, or what a data file holds."""

_WHOLE = "(?:[0-9]{1,3}(?:,[0-9]{3}){1,9}|[0-9]{1,30})"
_DECIMAL = _WHOLE + r"(?:\.[0-9]{1,30})?"
_SIGN = "-?"
_SPECIAL = re.compile(r"[\\^$.*+?()\[\]{}|/]")
_TEXT: Schema = {"type": ["string", "null"], "maxLength": MAX_SCALAR}
_NOTHING = (None, "", "~", "null", "Null", "NULL")
_NAME: Schema = {"type": "string", "pattern": r"[^\s\u200b\ufeff]", "maxLength": MAX_SCALAR}
_REASON: Schema = {**_NAME, "not": {"enum": ["~", "null", "Null", "NULL"]}}
_MOST = 10**30
"""A whole number may be so far from 0; a text has as many digits."""
_NUMBERS = Text(
    '数都是精确的，不用二进制浮点数：请写成文字，如 "3.60"、"95.1%"，或写整数。留空、null 或 "" 是缺失，不是 0。',
    'Numbers are exact; binary floats are not used. Send numbers as strings, such as "3.60" or "95.1%", or as whole numbers. What is left out, null or "" is missing, never 0.',
)
_FILE_NUMBERS = Text(
    '数都是精确的，不用二进制浮点数：请写成文字，如 "3.60"、"95.1%"；JSON 的数按写下的数字读，不要写成 1e3。留空、null 或 "" 是缺失，不是 0。',
    'Numbers are exact; binary floats are not used. Send numbers as strings, such as "3.60" or "95.1%". JSON numbers are read as the digits that are written, without exponents. What is left out, null or "" is missing, never 0.',
)
_PARTS: dict[str, Text] = {
    "subject": Text("部门", "the department"),
    "rubric": Text("指标体系", "the rubric"),
    "edition": Text("年度", "the edition"),
    "figures": Text(
        "基础数据表的数，写全地址，或列写在行下面", "the form's figures, by address, or a row's columns below its name"
    ),
    "ratings": Text("评定", "what assessors give"),
    "reference": Text("参考值：不是本部门的数", "reference data: what is not the department's own"),
    "cohort": Text("同类单位的数", "the values of the whole group"),
    "refinements": Text("部门细化的指标：名称、分值、得分", "the department's own indicators: name, points, score"),
    "overrides": Text("人工核定的得分，要写理由", "scores set by hand, each with its reason"),
    "claims": Text("部门自评的得分", "the department's own scores"),
    "claimed_total": Text("自评总分", "its own total"),
    "claimed_grade": Text("自评等级", "its own grade"),
}


def schema(
    model: Model, lang: Lang, of: DataOf = "values", *, at: str = "#", sha256: str = "", only: Lang | None = None
) -> Schema:
    """Return the schema of a submission; both spellings of each key are accepted.

    ``at`` is where it will stand in another document; without it, it has an ``$id`` that names the rubric's text, the
    language and what it is of. ``only`` leaves one way to write each thing, that of blank data, with the keys of one language: it
    accepts less, and programs that make clients or requests of a schema get along with it.
    """
    return _Contract(model, lang, of, at, only=only).root(f"urn:rubric-dsl:data:{sha256}:{of}:{lang}")


class _Contract:
    """Builds the schema; each kind of value is defined once and referred to."""

    def __init__(self, model: Model, lang: Lang, of: DataOf, at: str, *, only: Lang | None) -> None:
        self._model = model
        self._lang = lang
        self._of: DataOf = of
        self._at = at
        self._only: Lang | None = only
        self._missing: Schema = {"type": "null"} if only else {"enum": list(_NOTHING)}
        self._defs: dict[str, Schema] = {}
        self._names: dict[str, str] = {}

    def root(self, identity: str) -> Schema:
        """Return the whole schema."""
        self._defs["submission"] = self._submission()
        one = self._ref("submission")
        if self._of == "file":
            kinds, numbers = [one, {"type": "array", "items": one, "minItems": 1}], _FILE_NUMBERS
        else:
            self._defs["figures"] = self._values(self._asked)
            kinds, numbers = [one, self._ref("figures")], _NUMBERS
        head: Schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": identity}
        return {
            **(head if self._at == "#" else {}),
            "title": f"{self._model.name} {self._model.edition}".strip(),
            "description": numbers.to(self._lang),
            "anyOf": kinds,
            "$defs": self._defs,
        }

    def _ref(self, name: str) -> Schema:
        return {"$ref": f"{self._at}/$defs/{name}"}

    @property
    def _asked(self) -> tuple[AskedInput, ...]:
        return (*figures_of(self._model), *figures_of(self._model, reference=True), *ratings_of(self._model))

    def _submission(self) -> Schema:
        model = self._model
        total = self._number(None, EVERYTHING, whole=False, score=True)
        grades: Schema = {"enum": [*(grade.name for grade in model.grades), None, ""]} if model.grades else _TEXT
        editions = [model.edition, *([int(model.edition)] if _is_plain(model.edition) else [])]
        parts: dict[str, Schema] = {
            "subject": _TEXT,
            "rubric": _TEXT,
            "edition": {"enum": list(dict.fromkeys([*editions, None, ""]))},
            "figures": self._values(figures_of(model)),
            "ratings": self._values(ratings_of(model)),
            "reference": self._values(figures_of(model, reference=True)),
            "cohort": _object({name: {"type": "array", "items": self._given(total)} for name in cohort_figures(model)}),
            "refinements": _object({item.key: self._refined() for item in refined_indicators(model)}),
            "overrides": self._overrides(),
            "claims": _object(dict.fromkeys(model.indicators, total)),
            "claimed_total": total,
            "claimed_grade": grades,
        }
        described = {name: {**part, "description": _PARTS[name].to(self._lang)} for name, part in parts.items()}
        found = _spelled(described, KEYS, self._only)
        names = {fold(name) for item in self._asked for name in (item.key, item.outer)}
        own = [name for name in found["properties"] if fold(name) not in names]
        if self._of == "values" and len(own) < len(found["properties"]):
            # A figure is called like a key: alone, that key is the figure.
            found["anyOf"] = [{"required": [name]} for name in own]
        return found

    def _values(self, wanted: tuple[AskedInput, ...]) -> Schema:
        """Return an object with every value under its address, and under its two names where that reads the same."""
        properties: dict[str, Schema] = {item.key: self._value(item) for item in wanted}
        rules: list[Schema] = []
        for block in blocks_of(wanted):
            if block.outer:
                members = {item.inner: self._value(item) for item in block.members}
                properties[block.outer] = _object(members)
                if self._only is None:
                    rules += [_not_both(block.outer, item) for item in block.members]
                else:
                    properties = {
                        key: kind for key, kind in properties.items() if key not in {item.key for item in block.members}
                    }
        return _object(properties) | ({"allOf": rules} if rules else {})

    def _value(self, item: AskedInput) -> Schema:
        said = "；" if self._lang == "zh" else "; "
        words = said.join(part for part in (words_of(item).to(self._lang), item.words) if part)
        unit = {"x-unit": item.unit.id} if item.unit is not None else {}
        return {**self._ref(self._defined(item)), "description": words, **unit}

    def _defined(self, item: AskedInput) -> str:
        """Return the name under which this kind of value is defined: plain, or with its source, unit and note."""
        plain = self._plain(item)
        told = repr((plain, item.unit))
        if told not in self._names:
            name = f"{item.kind}{len(self._names) + 1}"
            self._names[told] = name
            self._defs[f"{name}_plain"] = plain
            self._defs[name] = self._with_details(self._ref(f"{name}_plain"), item.unit)
        return self._names[told]

    def _overrides(self) -> Schema:
        return _object({item.name: self._override(item.points) for item in self._model.indicators.values()})

    def _plain(self, item: AskedInput) -> Schema:
        """Return what may be written for one value; a figure that may be unavailable may say so."""
        found = self._kind(item)
        return {"anyOf": [found, {"enum": [UNAVAILABLE_WORD, "unavailable"]}]} if item.nullable else found

    def _kind(self, item: AskedInput) -> Schema:
        """One arm for each kind."""
        match item.kind:
            case "number":
                return self._number(item.unit, item.bounds, whole=False)
            case "whole":
                return self._number(item.unit, item.bounds, whole=True)
            case "derived":
                return self._number(item.unit, EVERYTHING, whole=False)
            case "award" | "refined":
                return self._number(None, item.bounds, whole=False)
            case "count":
                return self._number(None, item.bounds, whole=True)
            case "choice":
                return {"enum": list(dict.fromkeys((*item.options, *self._empty)))}
            case "mark":
                meant = {"是": True, "否": False}
                words = [word for word, mark in MARKS.items() if mark in item.options]
                flags = [flag for word, flag in meant.items() if MARKS[word] in item.options]
                return {"enum": [*dict.fromkeys((*item.options, *words, *self._empty)), *flags]}
            case _:
                assert_never(item.kind)

    def _number(self, unit: Unit | None, reach: Range, *, whole: bool, score: bool = False) -> Schema:
        """Return a number as a string, or as a JSON number; bounds other than the sign hold for JSON numbers only."""
        sign = _SIGN if reach.low.value is None or reach.low.value < 0 else ""
        percent = "(?: ?%)?" if unit is not None and unit.dimension == RATIO else ""
        fraction = "" if whole or score else f"|{sign}[0-9]{{1,30}}/[1-9][0-9]{{0,29}}"
        names = "|".join(_SPECIAL.sub(lambda match: "\\" + match[0], name) for name in _unit_names(unit, whole=whole))
        units = percent or (f"(?: ?(?:{names}))?" if names else "")
        written = f"^(?:{sign}{_WHOLE if whole else _DECIMAL}{units}{fraction})$"
        bounds: Schema = {"minimum": -_MOST, "maximum": _MOST}
        for name, end in (("Minimum", reach.low), ("Maximum", reach.high)):
            if end.value is not None:
                del bounds[name.lower()]
                bounds[f"exclusive{name}" if end.open else name.lower()] = _json_number(end.value)
        kind = "integer" if whole or self._of == "values" or self._only else "number"
        return {"anyOf": [{"type": "string", "pattern": written}, {"type": kind, **bounds}, self._missing]}

    @property
    def _empty(self) -> tuple[str | None, ...]:
        """What may stand for a choice that is missing."""
        return _NOTHING if self._only is None else (None,)

    def _with_details(self, plain: Schema, unit: Unit | None) -> Schema:
        """Return a value, or an object with the value (or what each source states) and its details."""
        names = [
            name
            for each in UNITS
            if unit is not None and each.dimension == unit.dimension
            for name in (each.zh, each.id)
        ]
        parts: dict[str, Schema] = {
            "value": plain,
            "source": _TEXT,
            "unit": {"enum": [*names, *self._empty]},
            "note": _TEXT,
            "used": _TEXT,
            "stated": {"type": "object", "propertyNames": _NAME, "additionalProperties": plain, "minProperties": 1},
        }
        if self._only is not None:
            del parts["stated"], parts["used"]
            pairs = tuple(pair for pair in DETAILS if pair[1] in parts)
            value = next(pair[self._only == "en"] for pair in pairs if pair[1] == "value")
            return {"anyOf": [plain, _spelled(parts, pairs, self._only) | {"required": [value]}]}
        one_of = [{"required": [spelling]} for pair in DETAILS if pair[1] in ("value", "stated") for spelling in pair]
        return {"anyOf": [plain, _spelled(parts, DETAILS, None) | {"oneOf": one_of}]}

    def _given(self, number: Schema) -> Schema:
        """Return a number that must not be left empty."""
        return {"anyOf": [kind for kind in number["anyOf"] if kind is not self._missing]}

    def _with_all(self, parts: dict[str, Schema], pairs: Pairs, needed: tuple[str, ...]) -> Schema:
        """Return an object with its keys, some of which must be there."""
        found = _spelled(parts, pairs, self._only)
        if self._only is not None:
            return found | {"required": [pair[self._only == "en"] for pair in pairs if pair[1] in needed]}
        there = [{"anyOf": [{"required": [spelling]} for spelling in pair]} for pair in pairs if pair[1] in needed]
        return found | {"allOf": [*found["allOf"], *there]}

    def _override(self, points: Fraction) -> Schema:
        score = self._given(self._number(None, between(0, points), whole=False, score=True))
        return self._with_all({"score": score, "reason": _REASON, "source": _TEXT}, OVERRIDE_KEYS, ("score", "reason"))

    def _refined(self) -> Schema:
        number = self._number(None, between(0, None), whole=False, score=True)
        part = self._with_all({"points": self._given(number), "score": number}, REFINEMENT_KEYS, ("points",))
        return {"type": "object", "propertyNames": _NAME, "additionalProperties": part}


def _json_number(value: Fraction) -> int | float:
    """Return a bound as JSON writes it; bounds are short decimals that an author wrote, which a float gives back."""
    return value.numerator if value.denominator == 1 else float(value)


def _unit_names(unit: Unit | None, *, whole: bool) -> tuple[str, ...]:
    """Return the units that convert to this one, in both languages; whole numbers stay in their own."""
    if unit is None or unit.dimension == RATIO:
        return ()
    same = tuple(each for each in UNITS if each.dimension == unit.dimension and (each.id == unit.id or not whole))
    return tuple(name for each in same for name in (each.zh, each.id))


def _object(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _spelled(parts: dict[str, Schema], pairs: Pairs, only: Lang | None) -> Schema:
    """Return an object whose keys may be Chinese or English, but not the same key in both; or those of one language."""
    if only is not None:
        return _object({pair[only == "en"]: parts[pair[1]] for pair in pairs})
    properties = {spelling: parts[pair[1]] for pair in pairs for spelling in pair}
    return _object(properties) | {"allOf": [{"not": {"required": list(pair)}} for pair in pairs]}


def _not_both(outer: str, item: AskedInput) -> Schema:
    nested = {"properties": {outer: {"required": [item.inner]}}, "required": [item.key, outer]}
    return {"not": nested}


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isdigit() and str(int(text[:18])) == text

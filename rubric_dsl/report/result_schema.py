"""The JSON of a result as JSON Schema, draft 2020-12."""

from __future__ import annotations

from typing import Any, TypeAlias, get_args

from rubric_dsl.diagnostics import Blame, Lang, Severity
from rubric_dsl.evaluate.as_json import SCHEMA_VERSION
from rubric_dsl.evaluate.result import Status, SumStatus

Schema: TypeAlias = dict[str, Any]

ID = f"urn:rubric-dsl:result:{SCHEMA_VERSION}"
_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_MAYBE_FLAG: Schema = {"type": ["boolean", "null"]}
_MAYBE_COUNT: Schema = {"type": ["integer", "null"], "minimum": 0}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_RATED: Schema = {
    "enum": [False, None],
    "description": "false: there is no score; null: that is open; else it is left out",
}


def result_schema(*, at: str = "#") -> dict[str, Any]:
    """Return what describes the JSON of a result, as :meth:`rubric_dsl.Result.to_json` and ``rubric score`` write it.

    ``at`` is the JSON pointer under which the schema will stand in another document, such as
    ``#/components/schemas/Result`` of OpenAPI: its references then point there, and it has no ``$id``.

    A result has all that is described; it may have more, when a later version adds to it. What is changed or taken away
    raises ``schema_version``.
    """
    return _Writer(at).root()


class _Writer:
    def __init__(self, at: str) -> None:
        self._at = at

    def _ref(self, name: str) -> Schema:
        return {"$ref": f"{self._at}/$defs/{name}"}

    def _maybe(self, name: str) -> Schema:
        return {"anyOf": [self._ref(name), {"type": "null"}]}

    def _list(self, name: str) -> Schema:
        return {"type": "array", "items": self._ref(name)}

    def root(self) -> Schema:
        """Return the whole schema."""
        head: Schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": ID}
        return {
            **(head if self._at == "#" else {}),
            "title": "rubric-dsl result",
            "description": 'What one submission scores. Exact numbers are strings in lowest terms: "4.5", or "27/7".',
            **self._result(),
            "$defs": self._defs(),
        }

    def _result(self) -> Schema:
        sha: Schema = {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"}
        total = _with(
            _object(**self._range(), status={"enum": list(get_args(SumStatus))}, reason=_TEXT), {"rated": _RATED}
        )
        return _with(
            _object(
                schema_version={"const": SCHEMA_VERSION},
                rubric=_object(name=_TEXT, edition=_TEXT, sha256={"type": "string", "pattern": "^(?:[0-9a-f]{64})?$"}),
                data=_object(sha256=sha),
                engine=_object(name={"const": "rubric-dsl"}, version=_TEXT),
                lang={"enum": list(get_args(Lang)), "description": "the language of the texts"},
                subject=_TEXT,
                reading={**_MAYBE_TEXT, "description": "the named reading; null: the official one"},
                total={"anyOf": [total, {"type": "null"}], "description": "null: the rubric has no total"},
                claimed=_object(total=self._maybe("exact"), grade=_MAYBE_TEXT),
                grade=_object(value=_MAYBE_TEXT, possible=_TEXTS),
                grade_rated=_MAYBE_FLAG,
                sections=self._list("section"),
                adjustments=self._list("adjustment"),
                indicators=self._list("indicator"),
                diagnostics=self._list("diagnostic"),
            ),
            {"trace": self._ref("trace")},
        )

    def _range(self) -> dict[str, Schema]:
        return {
            "points": self._ref("exact"),
            "score": {**self._maybe("exact"), "description": "null while min and max differ, or where it is not rated"},
            "min": self._maybe("exact"),
            "max": self._maybe("exact"),
            "tight": {**_FLAG, "description": "whether completions of the data come near to both ends"},
        }

    def _defs(self) -> dict[str, Schema]:
        exact: Schema = {"type": "string", "pattern": r"^-?[0-9]+(?:\.[0-9]+|/[1-9][0-9]*)?$"}
        marks = _object(
            rule=self._ref("texts"),
            given={"type": "array", "items": _object(name=_TEXT, min=self._ref("exact"), max=self._ref("exact"))},
            apart=self._maybe("exact"),
            adjudicator=_TEXT,
        )
        formula: Schema = {"type": "array", "items": self._ref("phrase"), "minItems": 2, "maxItems": 2}
        return {
            "exact": exact,
            "texts": _object(zh=_TEXT, en=_TEXT),
            "phrase": {"anyOf": [_object(kind=_TEXT, text=_TEXT), _object(kind=_TEXT, parts=self._list("phrase"))]},
            "step": _object(
                label=self._ref("texts"),
                working=self._ref("texts"),
                value=self._ref("texts"),
                depth=_COUNT,
                min=self._maybe("exact"),
                max=self._maybe("exact"),
            ),
            "trace": _object(
                reason=self._ref("texts"),
                measure_text=self._ref("texts"),
                steps=self._list("step"),
                formula={"anyOf": [formula, {"type": "null"}]},
                marks={"anyOf": [marks, {"type": "null"}]},
            ),
            "section": self._section(),
            "indicator": self._indicator(),
            "adjustment": self._adjustment(),
            **self._diagnostics(),
        }

    def _section(self) -> Schema:
        return _with(
            _object(
                name=_TEXT,
                level=_COUNT,
                path=_TEXTS,
                **self._range(),
                role={"enum": ["part", "bonus", "deduction"]},
                grade=_MAYBE_TEXT,
                grade_possible=_TEXTS,
                grade_rated=_MAYBE_FLAG,
                status={"enum": list(get_args(SumStatus))},
                reason=_TEXT,
            ),
            {"rated": _RATED, "trace": self._ref("trace")},
        )

    def _indicator(self) -> Schema:
        mark = _object(name=_TEXT, min=self._ref("exact"), max=self._ref("exact"), adjudicator=_FLAG)
        assessors = _object(
            rule=_TEXT,
            marks={"type": "array", "items": mark},
            spread=self._maybe("exact"),
            at_least=self._ref("exact"),
            apart=self._maybe("exact"),
            beyond=_MAYBE_FLAG,
        )
        return _with(
            _object(
                name=_TEXT,
                path=_TEXTS,
                pool=_MAYBE_TEXT,
                role={"enum": ["part", "bonus", "deduction"]},
                excluded={
                    **_FLAG,
                    "description": "not applicable, its points shared out or taken off: it has no score",
                },
                measure=self._maybe("exact"),
                measure_text=_TEXT,
                **self._range(),
                status={"enum": list(get_args(Status))},
                missing=_TEXTS,
                reason=_TEXT,
                claim=self._maybe("exact"),
            ),
            {"rated": _RATED, "assessors": assessors, "trace": self._ref("trace")},
        )

    def _adjustment(self) -> Schema:
        return _with(
            _object(
                kind={"enum": ["bonus", "deduction", "coefficient", "clamp", "veto"]},
                name=_TEXT,
                words=_TEXT,
                holds=_MAYBE_FLAG,
                total=_with(_object(**self._range()), {"rated": _RATED}),
            ),
            {"texts": self._ref("texts")},
        )

    def _diagnostics(self) -> dict[str, Schema]:
        ends = dict.fromkeys(("line", "column", "end_line", "end_column"), _COUNT) | {"replacement": _TEXT}
        place = _object(
            file=_TEXT,
            start=_COUNT,
            end=_COUNT,
            label=self._ref("texts"),
            text={**_TEXT, "description": "so much of the file that the place can be shown"},
            text_start=_COUNT,
            text_line=_COUNT,
            text_column=_COUNT,
        )
        fix = _object(words=self._ref("texts"), safe=_FLAG, start=_MAYBE_COUNT, end=_MAYBE_COUNT, replacement=_TEXT)
        detail = _object(
            message=self._ref("texts"),
            hint=self._maybe("texts"),
            why=self._maybe("texts"),
            witness=self._maybe("texts"),
            places={"type": "array", "items": place},
            fixes={"type": "array", "items": fix},
        )
        diagnostic = _object(
            code=_TEXT,
            severity={"enum": list(get_args(Severity))},
            message=_TEXT,
            file=_MAYBE_TEXT,
            line=_MAYBE_COUNT,
            column=_MAYBE_COUNT,
            hint=_MAYBE_TEXT,
            why=_MAYBE_TEXT,
            witness=_MAYBE_TEXT,
            fix=self._maybe("fix"),
            fixes=self._list("fix"),
            blame={"enum": list(get_args(Blame))},
            accepted=_MAYBE_TEXT,
        )
        return {
            "fix": _with(_object(words=_TEXT, safe=_FLAG), ends),
            "diagnostic": _with(diagnostic, {"detail": detail}),
        }


def _object(**properties: Schema) -> Schema:
    """Return an object that has all of these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _with(schema: Schema, optional: dict[str, Schema]) -> Schema:
    """Return an object that may have more, the trace above all."""
    return schema | {"properties": schema["properties"] | optional}

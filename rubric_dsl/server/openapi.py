"""The OpenAPI document (3.1) of the service, made from the list of endpoints."""

from __future__ import annotations

import json
from typing import Any

from rubric_dsl.api import Rubric
from rubric_dsl.codes import codes
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.report.result_schema import result_schema
from rubric_dsl.report.schema import schema as data_schema
from rubric_dsl.server.endpoints import BODY, ENDPOINTS, Endpoint, Option
from rubric_dsl.version import VERSION

Json = dict[str, Any]

_TITLE = Text("评分服务", "Rubric scoring service")
_PROBLEMS: dict[int, Text] = {
    400: Text("参数不对", "an option that is not known"),
    401: Text("没有给出口令", "no token, or a wrong one"),
    404: Text("没有这份评分规则", "there is no such rubric"),
    408: Text("请求没有及时送完", "the request was not sent in time"),
    409: Text("有几个年度，没有指明", "several editions, and none is named"),
    413: Text("请求太大", "the request is too large"),
    415: Text("不是能读的类型", "a type that is not read"),
    422: Text("数据有问题，逐一列出", "the data have faults, each of them listed"),
    503: Text("正忙，稍后再试", "busy; try again later"),
    504: Text("没有在限定的时间内算完", "not done within the time limit"),
}
_NULLABLE_TEXT: Json = {"type": ["string", "null"]}
_NULLABLE_NUMBER: Json = {"type": ["integer", "null"]}
_DIAGNOSTIC: Json = {
    "type": "object",
    "required": ["code", "severity", "message", "file", "line", "column"],
    "properties": {
        "code": {"type": "string"},
        "severity": {"enum": ["error", "warning", "info"]},
        "message": {"type": "string"},
        "file": _NULLABLE_TEXT,
        "line": _NULLABLE_NUMBER,
        "column": _NULLABLE_NUMBER,
        "hint": _NULLABLE_TEXT,
        "why": _NULLABLE_TEXT,
    },
}
_PROBLEM: Json = {
    "type": "object",
    "required": ["error", "diagnostics"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        },
        "diagnostics": {"type": "array", "items": {"$ref": "#/components/schemas/Diagnostic"}},
    },
}
_LISTED: Json = {
    "type": "object",
    "required": ["file", "name", "edition", "sha256", "usable", "unreadable", "diagnostics"],
    "properties": {
        "file": {"type": "string"},
        "name": _NULLABLE_TEXT,
        "edition": _NULLABLE_TEXT,
        "sha256": _NULLABLE_TEXT,
        "usable": {"type": "boolean"},
        "unreadable": _NULLABLE_TEXT,
        "diagnostics": {"type": "array", "items": {"$ref": "#/components/schemas/Diagnostic"}},
    },
}
_ANSWERS: dict[str, Json] = {
    "rubrics": {"type": "array", "items": {"$ref": "#/components/schemas/Listed"}},
    "check": {
        "type": "object",
        "required": ["usable", "diagnostics"],
        "properties": {
            "usable": {"type": "boolean"},
            "diagnostics": {"type": "array", "items": {"$ref": "#/components/schemas/Diagnostic"}},
        },
    },
    "explain": {"type": "array"},
    "score": {
        "anyOf": [
            {"$ref": "#/components/schemas/Result"},
            {"type": "array", "items": {"$ref": "#/components/schemas/Result"}},
        ]
    },
}
_ONE_OR_SEVERAL: Json = {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}


def document(lang: Lang, rubric: Rubric | None, *, token: bool) -> Json:
    """Return the document, for one rubric where one is given; ``token`` says whether requests need one."""
    paths: dict[str, Json] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, lang, rubric)
    schemas: Json = {"Diagnostic": _DIAGNOSTIC, "Problem": _PROBLEM, "Listed": _LISTED}
    schemas |= _parted("Result", result_schema(at="#/components/schemas/Result"))
    if rubric is not None:
        # One way to write each thing: the service reads more, but tools that make clients or requests give up on all of it.
        data = data_schema(rubric.model, lang, "file", at="#/components/schemas/Data", only=lang)
        schemas |= _parted("Data", data)
    schemes: Json = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}} if token else {}
    return {
        "openapi": "3.1.0",
        "info": {"title": _TITLE.to(lang), "version": VERSION},
        "paths": paths,
        "components": {"schemas": schemas, **schemes},
        **({"security": [{"token": []}]} if token else {}),
    }


def _parted(name: str, schema: Json) -> dict[str, Json]:
    """Return a schema with its definitions beside it as ``name.definition``: few programs look for them inside."""
    inside, beside = f"#/components/schemas/{name}/$defs/", f"#/components/schemas/{name}."
    moved: Json = json.loads(json.dumps(schema).replace(inside, beside))
    parts: dict[str, Json] = moved.pop("$defs", {})
    moved.pop("$schema", None)
    return {name: moved, **{f"{name}.{part}": found for part, found in parts.items()}}


def _operation(endpoint: Endpoint, lang: Lang, rubric: Rubric | None) -> Json:
    of_rubric = "/rubrics/{name}" in endpoint.path
    listed = codes() if endpoint.verb == "code" else ()
    named = [Option("name", Text("名称", "the name"), listed)] if "{name}" in endpoint.path else []
    failures = {str(status): _failure(words, lang) for status, words in _PROBLEMS.items()}
    found: Json = {
        "operationId": endpoint.verb,
        "summary": endpoint.words.to(lang),
        "parameters": [
            *(_parameter(option, "path", lang, rubric if of_rubric else None) for option in named),
            *(_parameter(option, "query", lang, rubric) for option in endpoint.options),
        ],
        "responses": {"200": _success(endpoint), **failures},
    }
    if endpoint.body:
        found["requestBody"] = {"required": True, "content": _contents(endpoint, rubric)}
    return found


def _parameter(option: Option, place: str, lang: Lang, rubric: Rubric | None) -> Json:
    values = option.values or (() if rubric is None else _values(option, rubric))
    schema: Json = {"type": "string", "minLength": 1} | ({"enum": list(values)} if values else {})
    if option.name == "goal" and rubric is not None:
        grades = [grade.name for grade in rubric.model.grades]
        schema = {
            "anyOf": [
                {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,4})?$"},
                *({"const": name} for name in grades),
            ]
        }
    return {
        "name": option.name,
        "in": place,
        "required": place == "path",
        "description": option.words.to(lang),
        "schema": schema,
    }


def _values(option: Option, rubric: Rubric) -> tuple[str, ...]:
    """Return all that an option can be for a rubric; none where any text will do."""
    match option.name:
        case "name":
            return (rubric.name,)
        case "edition":
            return (rubric.edition,)
        case "reading":
            return (*rubric.readings, "whole", "started", "pro_rata")
        case "indicator":
            return tuple(rubric.indicators)
        case _:
            return ()


def _contents(endpoint: Endpoint, rubric: Rubric | None) -> Json:
    if endpoint.body == "rubric":
        # A text with control characters, other than those that move the carriage, is taken for no text.
        return {"text/plain": {"schema": {"type": "string", "pattern": "^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f]*$"}}}
    data = _ONE_OR_SEVERAL if rubric is None else {"$ref": "#/components/schemas/Data"}
    others = (
        {}
        if rubric is not None
        else {kind: {"schema": {"type": "string"}} for kind in BODY if kind != "application/json"}
    )
    return {"application/json": {"schema": data}, **others}


def _success(endpoint: Endpoint) -> Json:
    usual = _ANSWERS.get(endpoint.verb, _ONE_OR_SEVERAL if endpoint.body else {"type": "object"})
    # The blank submission is an object and the others are texts, so what is not JSON has no schema of its own.
    content = {kind: {"schema": usual} if kind == "application/json" else {} for kind in endpoint.types}
    return {"description": "OK", "content": content}


def _failure(words: Text, lang: Lang) -> Json:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": words.to(lang), "content": {"application/json": schema}}


__all__ = ["document"]

"""What can be asked of the service: one list, which the routes and the OpenAPI document are both made from."""

from __future__ import annotations

from typing import Literal, NamedTuple

from rubric_dsl.diagnostics import Text

BODY = {"application/json": "body.json", "application/yaml": "body.yaml", "text/csv": "body.csv"}
"""The types of data that are read, and the name whose ending tells the reader so."""


class Option(NamedTuple):
    """A query parameter; ``values`` are all that it can be, none where any text will do."""

    name: str
    words: Text
    values: tuple[str, ...] = ()


class Endpoint(NamedTuple):
    """A question: its verb, method and path, and what is sent with it.

    ``body`` is ``data`` for submissions, ``rubric`` for the text of a rubric, empty for none; ``types`` are the media
    types of its answers, the first being the usual one.
    """

    verb: str
    method: Literal["GET", "POST"]
    path: str
    words: Text
    options: tuple[Option, ...] = ()
    body: Literal["", "data", "rubric"] = ""
    types: tuple[str, ...] = ("application/json",)


LANG = Option(
    "lang",
    Text("输出语言；不写则依 Accept-Language", "language of the answer; by default Accept-Language decides"),
    ("zh", "en"),
)
_EDITION = Option("edition", Text("年度；只有一个年度的可以不写", "the edition; not needed where there is one only"))
_READING = Option("reading", Text("按哪一种口径评分", "the reading to score under"))
_INDICATOR = Option("indicator", Text("只要这个指标", "this indicator only"))
_GOAL = Option("goal", Text("想要的总分或等级", "a total or a grade to reach"))
_BLANK = Option("format", Text("格式", "the format"), ("json", "yaml", "csv"))
_PAGE = Option("format", Text("格式", "the format"), ("json", "html", "markdown"))
_OF = "/v1/rubrics/{name}"
_OF_ONE = (LANG, _EDITION, _READING)

ENDPOINTS = (
    Endpoint("rubrics", "GET", "/v1/rubrics", Text("文件夹里的评分规则", "the rubrics of the folder"), (LANG,)),
    Endpoint("about", "GET", _OF, Text("一份评分规则的指标和分值", "a rubric's indicators and points"), _OF_ONE),
    Endpoint(
        "schema",
        "GET",
        _OF + "/schema",
        Text("数据的约定（JSON Schema）", "the data contract (JSON Schema)"),
        (LANG, _EDITION),
    ),
    Endpoint(
        "blank",
        "GET",
        _OF + "/blank",
        Text("空白数据", "an empty submission"),
        (LANG, _EDITION, _BLANK),
        types=("application/json", "application/yaml", "text/csv"),
    ),
    Endpoint("score", "POST", _OF + "/score", Text("评分", "score submissions"), _OF_ONE, "data"),
    Endpoint(
        "explain",
        "POST",
        _OF + "/explain",
        Text("说明得分的由来", "say how each score came about"),
        (*_OF_ONE, _INDICATOR, _PAGE),
        "data",
        ("application/json", "text/html", "text/markdown"),
    ),
    Endpoint(
        "audit",
        "POST",
        _OF + "/audit",
        Text("核对自评的得分", "hold claimed scores against recomputed ones"),
        _OF_ONE,
        "data",
    ),
    Endpoint(
        "improve",
        "POST",
        _OF + "/improve",
        Text("补回失分的最小改动", "the smallest changes that regain points"),
        (*_OF_ONE, _INDICATOR, _GOAL),
        "data",
    ),
    Endpoint(
        "readings",
        "POST",
        _OF + "/readings",
        Text("各种口径的得分", "scores under every reading"),
        (LANG, _EDITION),
        "data",
    ),
    Endpoint("verify", "GET", _OF + "/verify", Text("证明规则的性质", "prove what holds of a rubric"), _OF_ONE),
    Endpoint(
        "check", "POST", "/v1/check", Text("检查一份评分规则的文字", "check the text of a rubric"), (LANG,), "rubric"
    ),
    Endpoint("code", "GET", "/v1/codes/{name}", Text("一个诊断代码的含义", "what a diagnostic code means"), (LANG,)),
)

OPENAPI = (
    LANG,
    Option("rubric", Text("只说这份评分规则的", "for this rubric, with its own schema of data")),
    _EDITION,
)
"""The options of the OpenAPI document itself."""

__all__ = ["BODY", "ENDPOINTS", "LANG", "OPENAPI", "Endpoint", "Option"]

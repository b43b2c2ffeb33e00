"""The page of the JSON that commands and the library write, made from its schema."""

from __future__ import annotations

import json
from typing import Any

from rubric_dsl import result_schema
from rubric_dsl.diagnostics import Lang, Text

Schema = dict[str, Any]

LEAD = Text(
    """[索引](README.md) · [English](../en/json.md)

`rubric score --format json` 和 `Result.to_json()` 写出一份结果；`check`、`test`、`audit`、`improve` 等的 `--format json` 写法相同。完整的约定见
[result.schema.json](../result.schema.json)（JSON Schema draft 2020-12），在 Python 里是 `rubric_dsl.result_schema()`。

- 数是字符串，准确无误：`"4.5"`；除不尽的是最简分数：`"27/7"`。
- `score` 是 null 时未定，`min` 和 `max` 是还可能的得分；`tight` 为 false 时，区间可能偏宽。
- 只增加内容时 `schema_version` 不变，修改或删去内容时加一。不认识的键请忽略。

数据的约定因评分规则而异：`rubric data 规则 --schema` 写出，`Rubric.schema()` 返回；写法见[数据文件](../../data.zh-CN.md)。评分服务的约定是它的 `/openapi.json`。""",
    """[index](README.md) · [中文](../zh/json.md)

`rubric score --format json` and `Result.to_json()` write a result; `--format json` of `check`, `test`, `audit`, `improve` and the others keeps to the same ways. The whole contract is
[result.schema.json](../result.schema.json) (JSON Schema draft 2020-12), from Python `rubric_dsl.result_schema()`.

- Numbers are strings, and exact: `"4.5"`; what does not come out even is a fraction in lowest terms: `"27/7"`.
- `score` is null while it is open; `min` and `max` are what it can still be. Where `tight` is false, that range may be wider than need be.
- What is added leaves `schema_version`, what is changed or taken away raises it. Ignore keys that you do not know.

The contract of data is each rubric's own: `rubric data RUBRIC --schema` writes it, `Rubric.schema()` returns it; [data files](../../data.md) tells how data are written. That of the
service is its `/openapi.json`.""",
)
TITLES = {
    "": Text("结果", "A result"),
    "total": Text("总分", "The total"),
    "section": Text("上级指标", "A heading"),
    "indicator": Text("指标", "An indicator"),
    "adjustment": Text("总分之后的一步", "An adjustment"),
    "diagnostic": Text("诊断", "A diagnostic"),
    "fix": Text("改法", "A fix"),
    "trace": Text("计算过程", "The trace"),
    "step": Text("计算过程的一步", "A step of the trace"),
}
MEANINGS = {
    "accepted": Text("接受的理由；没有接受是 null", "the reason for which it is accepted; null: it is not"),
    "adjustments": Text("总分之后的各步，按次序", "what acts on the total, in order"),
    "assessors": Text("几名评审专家各自的分", "each assessor's mark"),
    "blame": Text("问题出在哪里", "where the fault lies"),
    "claim": Text("自评得分", "the score that the department claims"),
    "claimed": Text("自评总分和等级", "the total and the grade that are claimed"),
    "code": Text("代码，不会改变", "the code, which does not change"),
    "column": Text("列", "the column"),
    "data": Text("数据的散列值", "the hash of the data"),
    "depth": Text("第几层", "how deep it lies"),
    "detail": Text("两种语言的全部内容", "all of it in both languages"),
    "diagnostics": Text("诊断", "the diagnostics"),
    "end_column": Text("结束的列", "the column where it ends"),
    "end_line": Text("结束的行", "the line where it ends"),
    "engine": Text("程序和版本", "the program and its version"),
    "excluded": Text("不适用，分值由其他指标分担或减去", "not applicable, its points shared out or taken off"),
    "file": Text("文件", "the file"),
    "fix": Text("第一种改法", "the first fix"),
    "fixes": Text("全部改法", "all fixes"),
    "formula": Text("代入数据的公式", "the formula with the figures put in"),
    "grade": Text("等级，及还可能的等级", "the grade, and those still possible"),
    "grade_possible": Text("还可能的等级", "the grades still possible"),
    "grade_rated": Text("有没有等级；null 是未定", "whether there is a grade; null: that is open"),
    "hint": Text("可以怎样写", "what to write instead"),
    "holds": Text("条件是否成立；null 是未定", "whether its condition holds; null: that is open"),
    "indicators": Text("各指标，按次序", "the indicators, in order"),
    "kind": Text("哪一种", "which kind"),
    "label": Text("名称", "what it is called"),
    "lang": Text("文字的语言", "the language of the texts"),
    "level": Text("第几级", "its level"),
    "line": Text("行", "the line"),
    "marks": Text("几名评审专家的分", "the assessors' marks"),
    "max": Text("最高还可能是多少", "the most that it can still be"),
    "measure": Text("指标值", "the measure"),
    "measure_text": Text("给人看的指标值", "the measure for people"),
    "message": Text("说明", "what is wrong"),
    "min": Text("最低还可能是多少", "the least that it can still be"),
    "missing": Text("缺的数的地址", "the addresses of missing figures"),
    "name": Text("名称", "the name"),
    "path": Text("所在的各级指标", "the headings above it"),
    "points": Text("参与的分值", "the points in play"),
    "pool": Text("共用分值的名称", "the pool whose points it shares"),
    "rated": Text(
        "false 是不评定，null 是未定；其他情形没有这个键", "false: not rated, null: that is open; else left out"
    ),
    "reading": Text("口径的名称；正式口径是 null", "the named reading; null: the official one"),
    "reason": Text("理由", "why it came out so"),
    "replacement": Text("换上的文字", "the text to put in"),
    "role": Text("计入总分，或是加分项、扣分项", "a part of the total, a bonus or a deduction"),
    "rubric": Text("评分规则的名称、年度和散列值", "the rubric's name, edition and hash"),
    "safe": Text("是否不影响得分", "whether it can change no score"),
    "schema_version": Text("这份约定的版本", "the version of this contract"),
    "score": Text("得分；未定或不评定是 null", "the score; null while it is open, or where it is not rated"),
    "sections": Text("各级指标", "the headings"),
    "severity": Text("错误、提醒或说明", "error, warning or note"),
    "status": Text("状态", "the status"),
    "steps": Text("各步", "the steps"),
    "subject": Text("单位", "the department"),
    "texts": Text("两种语言的文字", "its words in both languages"),
    "tight": Text("两端是否都可能达到或接近", "whether both ends can be reached or come near to"),
    "total": Text("总分", "the total"),
    "trace": Text("计算过程；用 `--trace` 时有", "the working, with `--trace`"),
    "value": Text("值", "the value"),
    "why": Text("影响", "why it matters"),
    "witness": Text("例", "data that show it"),
    "words": Text("文字", "its words"),
    "working": Text("算式", "how it was worked out"),
}
_KINDS = {
    "string": Text("字符串", "string"),
    "integer": Text("整数", "integer"),
    "boolean": Text("布尔值", "boolean"),
    "array": Text("数组", "array"),
    "object": Text("对象", "object"),
    "null": Text("null", "null"),
}
_OF = Text("的数组", "array of ")
_EXACT, _BOTH = Text("数（字符串）", "exact number (string)"), Text("中英文字", "texts in zh and en")


def page(lang: Lang, made: str) -> str:
    """Return the page in one language; ``made`` is the line that says where it comes from."""
    schema = result_schema()
    named: dict[str, Schema] = {"": schema, "total": schema["properties"]["total"]["anyOf"][0], **schema["$defs"]}
    parts = ["# JSON", made, LEAD.to(lang)]
    for name, title in TITLES.items():
        head = Text("键 | 类型 | 含义", "key | type | meaning").to(lang)
        rows = [
            f"| `{key}` | {_kind(kind, lang)} | {MEANINGS[key].to(lang)} |"
            for key, kind in named[name]["properties"].items()
        ]
        parts += [f"## {title.to(lang)}", "\n".join([f"| {head} |", "|---|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def schema_file() -> str:
    """Return the schema as the file that lies beside the pages."""
    return json.dumps(result_schema(), ensure_ascii=False, indent=2) + "\n"


def _kind(schema: Schema, lang: Lang) -> str:
    """Return a type in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        fixed = {"exact": _EXACT, "texts": _BOTH}
        return fixed[name].to(lang) if name in fixed else (TITLES[name].to(lang) if name in TITLES else name)
    if "anyOf" in schema:
        return Text(" 或 ", " or ").to(lang).join(dict.fromkeys(_kind(each, lang) for each in schema["anyOf"]))
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " ".join(f"`{json.dumps(value, ensure_ascii=False)}`" for value in values)
    if schema.get("type") == "array":
        inner = _kind(schema["items"], lang)
        return inner + _OF.to(lang) if lang == "zh" else _OF.en + inner
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if schema["type"] == "object":
        keys = "、".join(f"`{key}`" for key in schema["properties"]) if lang == "zh" else ""
        return keys or ", ".join(f"`{key}`" for key in schema["properties"])
    return Text(" 或 ", " or ").to(lang).join(_KINDS[kind].to(lang) for kind in kinds)

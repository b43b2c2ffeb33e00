"""An empty submission for a rubric: YAML with the units and official texts as comments, JSON, or a table's header."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from rubric_dsl.data.columns import header_for
from rubric_dsl.data.keys import KEYS, OVERRIDE_KEYS, REFINEMENT_KEYS
from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.inputs.asked import (
    AskedBlock,
    AskedInput,
    blocks_of,
    cohort_figures,
    figures_of,
    ratings_of,
    refined_indicators,
    words_of,
)
from rubric_dsl.model.model import Model
from rubric_dsl.numbers import text_of

DataForm: TypeAlias = Literal["yaml", "json", "csv"]

_PLAIN = re.compile(r"[\w“”（）《》、①-⑳][\w“”（）《》、，。①-⑳&.%+/\[\]-]*\Z")
_NULLS = frozenset({"null", "Null", "NULL"})
_INTRO = Text(
    "在冒号后面填写。没有的数留空：留空是缺失，不是 0。写明来源时：{值: 10, 来源: 附件2}",
    "Fill in behind the colons. Leave blank what there is not: blank is missing, not 0. With a source: {value: 10, source: annex 2}",
)
_OVERRIDE = Text("人工给分要写理由；去掉 # 填写", "a score set by hand needs its reason; take away the # and fill in")
_DEPARTMENT = Text("（部门名称）", "(department)")


def blank(model: Model, form: DataForm, lang: Lang) -> str:
    """Write an empty submission: every figure in the form's order, every rating, no value.

    It reads back without faults, as a submission with everything missing.
    """
    match form:
        case "yaml":
            return "\n".join(_yaml_lines(model, lang)) + "\n"
        case "json":
            return json.dumps(_json(model, lang), ensure_ascii=False, indent=2) + "\n"
        case "csv":
            return _csv(model, lang)


def _key(name: str, lang: Lang) -> str:
    return next(Text(*pair).to(lang) for pair in (*KEYS, *OVERRIDE_KEYS) if pair[1] == name)


def _to_fill(wanted: tuple[AskedInput, ...]) -> tuple[AskedInput, ...]:
    """Return what is written by hand; derived figures are computed."""
    return tuple(item for item in wanted if item.kind != "derived")


def _yaml_lines(model: Model, lang: Lang) -> Iterator[str]:
    yield _comment(f"{model.name} {model.edition}")
    yield _comment(_INTRO.to(lang))
    yield f"{_key('subject', lang)}:"
    yield f"{_key('rubric', lang)}: {_scalar(model.name)}"
    yield f"{_key('edition', lang)}: {_scalar(model.edition)}".rstrip()
    yield from _part("figures", figures_of(model), lang)
    yield from _part("reference", figures_of(model, reference=True), lang)
    yield from _part("ratings", ratings_of(model), lang)
    yield from _groups(model, lang)
    yield ""
    yield _comment(_OVERRIDE.to(lang))
    parts = ", ".join(f"{_key(name, lang)}: …" for name in ("score", "reason"))
    yield _comment(f"{_key('overrides', lang)}:")
    yield _comment(f"  {_scalar(next(iter(model.indicators), '…'))}: {{{parts}}}")
    yield ""
    yield f"{_key('claims', lang)}:"
    for indicator in model.indicators.values():
        points = Text(f"{text_of(indicator.points)} 分", f"of {text_of(indicator.points)}").to(lang)
        yield _line(1, indicator.name, points)
    yield f"{_key('claimed_total', lang)}:"
    yield f"{_key('claimed_grade', lang)}:" + _behind(" / ".join(grade.name for grade in model.grades))


_GROUP = Text("同类单位的数，连同本单位", "the values of the whole group, this department's among them")
_REFINE = Text("细化为部门自己的指标", "broken down into the department's own indicators")


def _groups(model: Model, lang: Lang) -> Iterator[str]:
    """Say, as comments, how the values of the group and the department's own indicators are given."""
    for name in cohort_figures(model):
        yield ""
        yield _comment(f"{_key('cohort', lang)}:  # {_GROUP.to(lang)}")
        yield _comment(f"  {_scalar(name)}: [1, 2, 3]")
    for item in refined_indicators(model):
        yield ""
        yield _comment(f"{_key('refinements', lang)}:  # {_REFINE.to(lang)}")
        points, score = (next(Text(*pair).to(lang) for pair in REFINEMENT_KEYS if pair[1] == n) for n in _REFINED)
        whole = text_of(most) if (most := item.bounds.high.value) is not None else "…"
        yield _comment(f"  {_scalar(item.key)}: {{…: {{{points}: {whole}, {score}: …}}}}")


_REFINED = ("points", "score")


def _part(name: str, wanted: tuple[AskedInput, ...], lang: Lang) -> Iterator[str]:
    if not wanted:
        return
    yield ""
    yield f"{_key(name, lang)}:"
    group = ""
    for block in blocks_of(wanted):
        if name == "figures" and block.members[0].group != group:
            group = block.members[0].group
            yield "  " + _comment(f"── {group}")
        yield from _block(block, lang)


def _block(block: AskedBlock, lang: Lang) -> Iterator[str]:
    if not block.outer:
        item = block.members[0]
        shown = _said(item, lang)
        yield "  " + _comment(f"{item.source} # {shown}") if item.kind == "derived" else _line(1, item.key, shown)
        return
    said = {_said(item, lang) for item in block.members}
    yield _line(1, block.outer, said.pop() if len(said) == 1 else "")
    for item in block.members:
        yield _line(2, item.inner, _said(item, lang) if said else "")


def _said(item: AskedInput, lang: Lang) -> str:
    between = Text("；", "; ").to(lang)
    return between.join(part for part in (words_of(item).to(lang), item.words) if part)


def _line(depth: int, name: str, comment: str) -> str:
    return f"{'  ' * depth}{_scalar(name)}:{_behind(comment)}"


def _behind(comment: str) -> str:
    return f"  {_comment(comment)}" if comment else ""


def _comment(text: str) -> str:
    """Return a comment; whatever an author wrote stays on its one line."""
    indent = text[: len(text) - len(text.lstrip(" "))]
    line = " ".join(text.split())
    return "# " + indent + "".join(char for char in line if char.isprintable())


def _scalar(text: str) -> str:
    """Return a name or text as YAML reads it back: plain where nothing can be misread, else in double quotes."""
    if not text or (_PLAIN.match(text) and text not in _NULLS):
        return text
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def _json(model: Model, lang: Lang) -> dict[str, object]:
    reference = figures_of(model, reference=True)
    return {
        _key("subject", lang): None,
        _key("rubric", lang): model.name,
        _key("edition", lang): model.edition or None,
        _key("figures", lang): _nested(figures_of(model)),
        **({_key("reference", lang): _nested(reference)} if reference else {}),
        _key("ratings", lang): _nested(ratings_of(model)),
        _key("overrides", lang): {},
        _key("claims", lang): dict.fromkeys(model.indicators),
        _key("claimed_total", lang): None,
        _key("claimed_grade", lang): None,
    }


def _nested(wanted: tuple[AskedInput, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    for block in blocks_of(_to_fill(wanted)):
        if block.outer:
            found[block.outer] = dict.fromkeys(item.inner for item in block.members)
        else:
            found[block.members[0].key] = None
    return found


def _csv(model: Model, lang: Lang) -> str:
    zh = lang == "zh"
    names = [Text("部门", "subject").to(lang), _key("edition", lang)]
    names += [header_for("figures", item.key, zh=zh) for item in _to_fill(_all_of(model))]
    names += [header_for("claims", name, zh=zh) for name in model.indicators]
    names += [_key("claimed_total", lang), _key("claimed_grade", lang)]
    edition = model.edition if model.edition[:1].isalnum() else ""
    row = [_DEPARTMENT.to(lang), edition, *[""] * (len(names) - 2)]
    return "".join(",".join(_cell(cell) for cell in cells) + "\n" for cells in (names, row))


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",;\t\r\n]|^\s|\s$', text) else text


def _all_of(model: Model) -> tuple[AskedInput, ...]:
    return (*figures_of(model), *figures_of(model, reference=True), *ratings_of(model))

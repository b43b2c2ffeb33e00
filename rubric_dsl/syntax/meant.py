"""What was likely meant by a text that cannot be read: changes of it that can be, tried before they are offered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rubric_dsl.diagnostics import Diagnostic, Fix, Lang, Place, Text
from rubric_dsl.nearest import likely, nearest
from rubric_dsl.source import Source, Span
from rubric_dsl.syntax.characters import map_characters
from rubric_dsl.syntax.grammar import CLAUSE, RULE, Grammar
from rubric_dsl.units import UNITS

Reads = Callable[[str, str], bool]
"""Says whether a text can be read as a kind of statement or clause."""

_FORM = frozenset({"st_form", "st_group", "st_columns", "st_field", "st_row", "st_derived", "st_parameter", "st_check"})
_NAMING = frozenset(
    {"st_rubric", "st_heading", "st_indicator", "st_bonus", "st_deduction", "st_pool", "st_veto", "st_coefficient", "st_keep",
     "st_drop", "st_group", "st_columns", "st_field", "st_row", "st_derived", "st_parameter"}
)  # fmt: skip
"""Statements in which the author names something."""
_WORD = re.compile(r"[^\W\d]+(?:[ \t]+[^\W\d]+)?")
_ALSO_CALLED = {
    "评分标准": "评价标准", "计分标准": "评价标准", "评分细则": "评价标准", "评分办法": "评价标准", "计分办法": "评价标准",
    "考核标准": "评价标准", "评价规则": "评价标准", "标准": "评价标准", "规则": "评价标准",
    "指标公式": "指标值", "计算公式": "指标值", "公式": "指标值", "指标计算": "指标值", "度量": "指标值",
    "删除": "删去", "取消": "删去", "继承": "沿用", "备注": "说明", "注释": "说明", "官方原文": "原文", "文件原文": "原文",
    "总分值": "满分", "满分值": "满分", "基础数据": "基础数据表", "数据表": "基础数据表", "表单": "基础数据表",
    "例子": "例", "示例": "例", "举例": "例", "四舍五入": "舍入", "一票否决项": "否决", "附加分": "加分项",
    "评分等级": "等级", "评价等级": "等级", "不适用": "不适用当", "否决项": "否决", "步长": "计步",
    "criteria": "rule", "criterion": "rule", "scoring": "rule", "standard": "rule", "formula": "measure", "metric": "measure",
    "value": "measure", "remove": "drop", "delete": "drop", "remark": "note", "comment": "note", "extends": "inherits",
    "total": "points", "text": "wording", "data": "form", "fields": "form", "section": "level 1", "test": "example",
    "step": "steps", "grade": "grades", "weighting": "combine",
}  # fmt: skip
"""Words that people write where a statement opens with another one."""
_OTHERWISE = re.compile(r"(?:else|otherwise)\b,?\s*|(?:其他情况|其余情况|其他|其余|否则)的?[,，]?\s*(?:均|得|计)?\s*")
_POINTS_AT_END = re.compile(r"(?<![\d.])\d+(?:\.\d+)?\s*(?:分|points?)?\s*\Z")
_LEVEL = re.compile(r"(?P<word>[^\W\d]+)\s*,?\s*(?P<verb>计|得|记|scores)?\s*(?P<n>\d+(?:\.\d+)?)\s*分?\s*")
_DECIMALS = {"0": "1", "1": "0.1", "2": "0.01", "3": "0.001", "4": "0.0001"}
_MODES = {
    "round": Text("四舍五入", "half up"), "四舍五入": Text("四舍五入", "half up"), "roundup": Text("进一", "up"),
    "rounddown": Text("去尾", "down"), "trunc": Text("去尾", "down"), "int": Text("向下", "floor"),
    "floor": Text("向下", "floor"), "取整": Text("向下", "floor"), "向下取整": Text("向下", "floor"),
    "ceil": Text("向上", "ceiling"), "ceiling": Text("向上", "ceiling"), "向上取整": Text("向上", "ceiling"),
    "进一": Text("进一", "up"), "去尾": Text("去尾", "down"),
}  # fmt: skip
_FUNCTIONS = {
    "average": ("平均", "mean"), "avg": ("平均", "mean"), "平均值": ("平均", "mean"), "平均数": ("平均", "mean"),
    "均值": ("平均", "mean"), "求和": ("合计", "sum"), "总和": ("合计", "sum"), "最大": ("最大值", "max"),
    "最小": ("最小值", "min"), "最高值": ("最大值", "max"), "最低值": ("最小值", "min"), "maximum": ("最大值", "max"),
    "minimum": ("最小值", "min"), "根号": ("平方根", "sqrt"), "开方": ("平方根", "sqrt"), "开平方": ("平方根", "sqrt"),
    "最大值": ("最大值", "max"), "最小值": ("最小值", "min"),
}  # fmt: skip


# ---------------------------------------------------------------- lines that open with no keyword


def line_fault(
    source: Source, text: str, grammar: Grammar, start: str, span: Span, at: int | None, reads: Reads, lang: Lang
) -> Diagnostic | None:
    """Report a line that was meant as a statement of its own and opens with no keyword.

    It then counts as the rest of the statement before it, which ends on the line above. ``at`` is where the reading of
    both together stopped.
    """
    end = span.end if at is None else at
    begins = max(text.rfind("\n", span.start, end + 1), text.rfind("\r", span.start, end + 1)) + 1
    if begins <= span.start or not reads(start, text[span.start : begins]):
        return None
    line = _line(text, begins, span.end)
    if not text[line.start : line.end]:
        return None
    return (
        _grown_together(source, text, grammar, line, span, reads)
        or _field_fault(source, text, start, line, reads, lang)
        or _keyword_fault(source, text, grammar, line, span, reads, lang)
    )


def _grown_together(
    source: Source, text: str, grammar: Grammar, line: Span, span: Span, reads: Reads
) -> Diagnostic | None:
    """A keyword that runs on into the name behind it."""
    ends = [(word.end(text, line.start, line.end), kind) for kind, word in grammar.openers]
    for end, kind in sorted(ends, reverse=True):
        if end <= line.start or not re.match(r"\w", text[end : end + 1]):
            continue
        keyword = text[line.start : end]
        if not _reads_on(kind, keyword, text[end : span.end].lstrip(), reads):
            continue
        word = re.compile(r"[\w&·]+").match(text, line.start)
        named = Span(line.start, end if word is None else word.end())
        shown, mended = source[named], f"{source[Span(line.start, end)]} {source[Span(end, named.end)]}"
        return Diagnostic(
            "missing-space",
            "error",
            "rule",
            Text(f"“{shown}”连写时被当作一个名称", f"'{shown}' is read as one name"),
            (Place(source, named),),
            hint=Text(f"用空格断开：{mended}", f"put a space where the name ends: {mended}"),
            fixes=(_instead(named, mended),),
        )
    return None


def _line(text: str, begins: int, end: int) -> Span:
    """Return a line without what stands around it."""
    whole = re.compile(r"[^\r\n]*").match(text, begins, end)
    until = end if whole is None else whole.end()
    shown = text[begins:until]
    return Span(begins + len(shown) - len(shown.lstrip()), begins + len(shown.rstrip()))


def _field_fault(source: Source, text: str, start: str, line: Span, reads: Reads, lang: Lang) -> Diagnostic | None:
    """A figure of the form whose colon, unit or quotes are missing."""
    if start not in _FORM:
        return None
    written = text[line.start : line.end]
    colon = Text("：", ": ").to(lang)
    if ":" not in written:
        name, _, rest = written.partition(" ")
        if rest and reads("st_field", f"{name}:{rest}"):
            mended = f"{source[Span(line.start, line.start + len(name))]}{colon}{source.text[line.end - len(rest.strip()) : line.end].strip()}"
            return _no_unit(
                source,
                line,
                Text(f"“{name}”后面没有冒号", f"there is no colon behind '{name}'"),
                Text(f"写作：{mended}", f"write: {mended}"),
                (_instead(line, mended),),
            )
        for unit in sorted((each for known in UNITS for each in (known.id, known.zh)), key=len, reverse=True):
            if written.endswith(unit) and reads("st_field", f"{written.removesuffix(unit)}:{unit}"):
                mended = f"{source.text[line.start : line.end - len(unit)].rstrip()}{colon}{unit}"
                if mended.partition(colon)[0]:
                    return _no_unit(
                        source,
                        line,
                        Text(f"“{written}”里没有冒号", f"there is no colon in '{written}'"),
                        Text(f"写作：{mended}", f"write: {mended}"),
                        (_instead(line, mended),),
                    )
        if reads("st_field", f"{written}:人"):
            return alone(source, line)
        return None
    name, _, rest = written.partition(":")
    shown = source.text[line.start : line.start + len(name)].rstrip()
    quoted = Text(f"“{shown}”", f'"{shown}"').to(lang)
    if not reads("st_field", f'"{name.rstrip()}":{rest}'):
        return None
    return Diagnostic(
        "syntax",
        "error",
        "rule",
        Text(f"名称“{shown}”里有标点或空格", f"the name '{shown}' has signs or spaces in it"),
        (Place(source, Span(line.start, line.start + len(shown))),),
        hint=Text(f"整个名称加引号：{quoted}", f"quote it as a whole: {quoted}"),
        fixes=(_instead(Span(line.start, line.start + len(shown)), quoted),),
    )


def alone(source: Source, line: Span) -> Diagnostic:
    """Report a name that stands alone on a line of the form."""
    name = source[line]
    return _no_unit(
        source,
        line,
        Text(f"“{name}”没有写单位", f"'{name}' has no unit"),
        Text(
            f"数据项写作：{name}：万元；数据表、组的名称与“基础数据表”“组”写在同一行",
            f"write a figure as: {name}: wan_yuan; the name of a form or a group stands on the line of its keyword",
        ),
    )


def _no_unit(source: Source, line: Span, message: Text, hint: Text, fixes: tuple[Fix, ...] = ()) -> Diagnostic:
    return Diagnostic("no-unit", "error", "rule", message, (Place(source, line),), hint=hint, fixes=fixes)


def _keyword_fault(
    source: Source, text: str, grammar: Grammar, line: Span, span: Span, reads: Reads, lang: Lang
) -> Diagnostic | None:
    match = _WORD.match(text, line.start, line.end)
    if match is None:
        return None
    rest = Span(line.start, span.end)
    for word, meant in _likely(match.group(), grammar, lang):
        end = line.start + len(word)
        kinds = _opened(f"{meant} ", grammar)
        after = text[end : rest.end].lstrip(": \t")
        if any(_reads_on(kind, meant, after, reads) for kind in kinds):
            fix = _instead(Span(line.start, end), meant if text[end : end + 1] in " \t:\r\n" else f"{meant} ")
            return _unknown_keyword(source, Span(line.start, end), (meant,), (fix,))
    word = match.group().split()[0]
    near = nearest(word, _openers(grammar, lang), cutoff=0.5)
    return _unknown_keyword(source, Span(line.start, line.start + len(word)), tuple(near), ())


def _likely(written: str, grammar: Grammar, lang: Lang) -> Iterator[tuple[str, str]]:
    """Yield what stands at the beginning of a line, and a keyword that it may be meant for, the likeliest first."""
    first = written.split(maxsplit=1)[0]
    words = [written, first] if first != written else [written]
    for word in words:
        called = _ALSO_CALLED.get(word.lower())
        if called is not None:
            yield word, called
    for known, meant in sorted(_ALSO_CALLED.items(), key=lambda item: -len(item[0])):
        if len(known) > 1 and first.startswith(known) and first != known and not known.isascii():
            yield known, meant
    for word in words:
        for meant in nearest(word, _openers(grammar, lang), cutoff=0.5):
            yield word, meant


def _openers(grammar: Grammar, lang: Lang) -> list[str]:
    """Return the words that open a statement."""
    names = {terminal.name for _, terminal in grammar.openers}
    return [word for name in names for word in grammar.words.get(name, {}).get(lang, ()) if len(word) > 1]


def _opened(text: str, grammar: Grammar) -> list[str]:
    return [kind for kind, word in grammar.openers if word.end(text, 0, len(text)) >= 0]


def _reads_on(kind: str, word: str, after: str, reads: Reads) -> bool:
    if kind == RULE:
        return all(reads(CLAUSE, clause) for clause in after.split(";") if clause.strip())
    first, *more = after.split("\n", 1)
    return reads(kind, f"{word} {after}") or (bool(more) and reads(kind, f"{word} {first}"))


def _unknown_keyword(source: Source, span: Span, near: tuple[str, ...], fixes: tuple[Fix, ...]) -> Diagnostic:
    word = source[span]
    told = likely(near)
    return Diagnostic(
        "unknown-keyword",
        "error",
        "rule",
        Text(f"“{word}”不能开始一个语句{told.zh}", f"'{word}' begins no statement{told.en}"),
        (Place(source, span),),
        hint=Text(
            "每个语句以关键词开头；这一行接在上一句后面读不通",
            "each statement begins with a keyword; as the rest of the statement before it this line makes no sense",
        ),
        fixes=fixes,
    )


# ---------------------------------------------------------------- clauses


def clause_fault(source: Source, text: str, span: Span, reads: Reads, lang: Lang) -> Diagnostic | None:
    """Report a clause that lacks a word, or says it in another order, where it is known which clause is meant."""
    for mended in _clauses_meant(source[span], lang):
        if all(reads(CLAUSE, map_characters(part).text) for part in re.split("[;；]", mended)):
            return _clause(source, span, mended)
    return _level(source, text, span, reads, lang)


def _clauses_meant(written: str, lang: Lang) -> Iterator[str]:
    """Yield what a clause may have been meant for."""
    zh = lang == "zh"
    rest, scores = ("否则 ", "计 ") if zh else ("otherwise ", "scores ")
    opened = _OTHERWISE.match(written)
    if opened is not None:
        score = written[opened.end() :].strip().rstrip("。.")
        yield rest + _scored(score, lang)
        yield rest + score
    number = _POINTS_AT_END.search(written)
    if number is not None and not re.search(r"[\w扣减加]\Z", written[: number.start()]):
        yield f"{written[: number.start()].rstrip()} {scores}{number.group()}"
    for pattern in _CONDITIONS:
        match = pattern.fullmatch(written.strip())
        if match is not None:
            parts = match.groupdict()
            first = f"{'当' if zh else 'when'} {parts['c']} {_scored(parts['yes'], lang)}"
            no = parts.get("no")
            yield first if no is None else f"{first}{'；' if zh else '; '}{rest}{_scored(no, lang)}"


_SCORE = r"(?:\d+(?:\.\d+)?\s*(?:分|points?)?|满分|零分|不得分|full marks|zero|no points|nothing)"
_CONDITIONS = (
    re.compile(rf"(?:if|when)\s+(?P<c>.+?),?\s+(?:then\s+)?(?:scores?\s+|gets?\s+)?(?P<yes>{_SCORE})(?:,?\s*(?:else|otherwise)\s+(?P<no>{_SCORE}))?"),
    re.compile(rf"(?:scores?\s+)?(?P<yes>{_SCORE})\s+(?:if|when)\s+(?P<c>.+?)(?:,?\s*(?:else|otherwise)\s+(?P<no>{_SCORE}))?"),
    re.compile(rf"(?:如果|若|当)\s*(?P<c>.+?)[，,]?\s*(?:则|时)?\s*(?:得|计)?\s*(?P<yes>{_SCORE})(?:[，,]?\s*否则\s*(?:得|计)?\s*(?P<no>{_SCORE}))?"),
)  # fmt: skip


def _scored(score: str, lang: Lang) -> str:
    """Write a score as a clause has it."""
    number = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:分|points?)?", score)
    if number is not None:
        return f"计 {number[1]}分" if lang == "zh" else f"scores {number[1]}"
    if score in ("满分", "full marks"):
        return "计满分" if lang == "zh" else "scores full marks"
    if score in ("零分", "不得分", "zero", "no points", "nothing"):
        return "不得分" if lang == "zh" else "no points"
    return score


def _clause(source: Source, span: Span, mended: str) -> Diagnostic:
    shown = " ".join(source[span].split())
    return Diagnostic(
        "syntax",
        "error",
        "rule",
        Text(f"“{shown}”不是完整的一句", f"'{shown}' is no complete clause"),
        (Place(source, span),),
        hint=Text(f"写作：{mended}", f"write: {mended}"),
        fixes=(_instead(span, mended),),
    )


def _level(source: Source, text: str, span: Span, reads: Reads, lang: Lang) -> Diagnostic | None:
    """A level without the word that opens it."""
    written = text[span.start : span.end]
    put = Text("评为 ", "rated ")
    word = re.match(r"[\w&·]+", written)
    if word is None:
        return None
    hint = Text("等次写作：评为 较好 计6分", "write a level as: rated good scores 6")
    named = Span(span.start, span.start + word.end())
    if reads(CLAUSE, put.to(lang) + written):
        words = Text(f"在前面写上“{put.zh.strip()}”", f"put '{put.en.strip()}' before it")
        fix = Fix(words, Span(span.start, span.start), put.to(lang))
        return _no_rated(source, named, hint, fix)
    level = _LEVEL.fullmatch(written)
    if level is None:
        return None
    score = Text(f"计 {level['n']}分", f"scores {level['n']}").to(lang)
    mended = f"{put.to(lang)}{level['word'].removesuffix('计').removesuffix('得')} {score}"
    return _no_rated(source, named, hint, _instead(span, mended)) if reads(CLAUSE, mended) else None


def _no_rated(source: Source, word: Span, hint: Text, fix: Fix) -> Diagnostic:
    shown = source[word]
    return Diagnostic(
        "level-word",
        "error",
        "rule",
        Text(f"“{shown}”不能开始一句评价标准", f"'{shown}' cannot begin a clause"),
        (Place(source, word),),
        hint=hint,
        fixes=(fix,),
    )


def begins_no_clause(source: Source, word: Span) -> Diagnostic:
    """Report a clause that begins with a word that begins none."""
    shown = source[word]
    return Diagnostic(
        "syntax",
        "error",
        "rule",
        Text(f"“{shown}”不能开始一句评价标准", f"'{shown}' cannot begin a clause"),
        (Place(source, word),),
        hint=Text(
            "一句评价标准如：≥ 90% 计5分；每超过 1个百分点 扣0.5分；① “…” 2分；评为 较好 计6分；否则 不得分",
            'a clause is, for example: >= 90% scores 5; deduct 0.5 per 1pp above; ① "…" 2; rated good scores 6;'
            " otherwise no points",
        ),
    )


# ---------------------------------------------------------------- functions, and names with signs in them


def call_fault(
    source: Source, text: str, grammar: Grammar, start: str, span: Span, at: int, reads: Reads, lang: Lang
) -> Diagnostic | None:
    """Report a function that the language has under another name, or not at all."""
    name = re.search(r"[^\W\d][\w.]*\s*\Z", text[span.start : at])
    if text[at : at + 1] != "(" or name is None:
        return None
    close = _partner(text, at, span.end)
    if close is None:
        return None
    called = Span(span.start + name.start(), close + 1)
    word = name.group().strip()
    arguments = [part.strip() for part in _split(source.text[at + 1 : close], text[at + 1 : close])]
    ways = tuple(
        way
        for way in dict.fromkeys(_rewritten(word.lower(), arguments, grammar, lang))
        if reads(start, text[span.start : called.start] + map_characters(way).text + text[called.end : span.end])
    )
    if not ways and start in _NAMING:
        return None
    return Diagnostic(
        "unknown-function",
        "error",
        "rule",
        Text(f"没有名为“{word}”的函数", f"there is no function '{word}'"),
        (Place(source, Span(called.start, called.start + len(word))),),
        hint=Text("写作：" + "，或 ".join(ways), "write: " + ", or ".join(ways))
        if ways
        else Text(
            "可用的函数：最大值、最小值、绝对值、合计、平均、平方根、自然对数、常用对数、指数函数、舍入、满足个数",
            "functions: max, min, abs, sum, mean, sqrt, ln, log10, exp, rounded, count",
        ),
        fixes=tuple(_instead(called, way) for way in ways),
    )


def _rewritten(name: str, arguments: list[str], grammar: Grammar, lang: Lang) -> Iterator[str]:
    comma = Text("，", ", ").to(lang)
    opened, closed = ("（", "）") if lang == "zh" else ("(", ")")
    if name in _MODES:
        step = "1" if len(arguments) == 1 else _DECIMALS.get(arguments[-1], "")
        if step and len(arguments) <= len("xn"):
            word = Text("舍入", "rounded").to(lang)
            yield f"{word}{opened}{arguments[0]}{comma}{step}{comma}{_MODES[name].to(lang)}{closed}"
        return
    if name in ("pow", "power", "乘方", "幂") and len(arguments) == len("xn"):
        yield f"({arguments[0]}) ^ ({arguments[1]})"
        yield f"{arguments[0]} ^ {arguments[1]}"
        return
    if name in ("if", "如果", "若") and len(arguments) == len("c10"):
        yes = Text("若 {} 则 {} 否则 {}", "if {} then {} else {}").to(lang).format(*arguments)
        yield f"{opened}{yes}{closed}"
        return
    inside = comma.join(arguments)
    if name in ("log", "对数", "lg", "log10"):
        words = [("常用对数", "log10")] if name in ("lg", "log10") else [("自然对数", "ln"), ("常用对数", "log10")]
        for zh, en in words:
            yield f"{Text(zh, en).to(lang)}{opened}{inside}{closed}"
        return
    if name in _FUNCTIONS:
        zh, en = _FUNCTIONS[name]
        yield f"{Text(zh, en).to(lang)}{opened}{inside}{closed}"
        return
    both = [grammar.words.get(own, {}) for own in sorted(grammar.functions)]
    known = [word for words in both for word in (*words.get(lang, ()), *words.get("en", ()))]
    for word in nearest(name, known, cutoff=0.7):
        yield f"{word}{opened}{inside}{closed}"


def quoted_name(
    source: Source, text: str, start: str, span: Span, name: Span, reads: Reads, lang: Lang
) -> Diagnostic | None:
    """Report a name with a sign or a space in it, where the statement can be read with the name quoted."""
    if start not in _NAMING or ":" in text[span.start : name.start]:
        return None
    for match in re.finditer(r"[^\s:,;=\"]+", text[name.end : span.end]):
        end = name.end + match.end()
        if match.group().isdigit():
            continue
        inner = source.text[name.start : end]
        if "“" in inner or "”" in inner or '"' in inner:
            return None
        written = Text(f"“{inner}”", f'"{inner}"').to(lang)
        if reads(start, text[span.start : name.start] + f'"{text[name.start : end]}"' + text[end : span.end]):
            return Diagnostic(
                "syntax",
                "error",
                "rule",
                Text(f"名称“{inner}”里有标点或空格", f"the name '{inner}' has signs or spaces in it"),
                (Place(source, Span(name.start, end)),),
                hint=Text(f"整个名称加引号：{written}", f"quote it as a whole: {written}"),
                fixes=(_instead(Span(name.start, end), written),),
            )
    return None


def _partner(text: str, at: int, end: int) -> int | None:
    depth = 0
    for offset in range(at, end):
        depth += {"(": 1, ")": -1}.get(text[offset], 0)
        if depth == 0:
            return offset
    return None


def _split(shown: str, text: str) -> list[str]:
    """Return what stands between the commas outside brackets."""
    parts, depth, start = [], 0, 0
    for offset, char in enumerate(text):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append(shown[start:offset])
            start = offset + 1
    return [*parts, shown[start:]]


def _instead(span: Span, written: str) -> Fix:
    return Fix(Text(f"改为“{written}”", f"write '{written}'"), span, written)

"""The data reader's diagnostics: every fault in both languages, and the list that collects them."""

from __future__ import annotations

from collections.abc import Iterable

from rubric_dsl.diagnostics import Diagnostic, Place, Severity, Text, in_order
from rubric_dsl.nearest import nearest

MAX_FAULTS = 200
"""A file's faults are listed up to this many; the rest is only counted."""

_SHOWN = 40


class Faults:
    """Collects the faults of one run."""

    def __init__(self) -> None:
        self._items: list[Diagnostic] = []
        self._left_out = 0

    @property
    def any(self) -> bool:
        """Whether anything was found."""
        return bool(self._items)

    @property
    def full(self) -> bool:
        """Whether further faults are only counted."""
        return len(self._items) >= MAX_FAULTS

    def add(self, fault: Diagnostic) -> None:
        """Keep a fault, or count it when the list is full."""
        if self.full:
            self._left_out += 1
        else:
            self._items.append(fault)

    def add_unknown(self, name: str, known: tuple[tuple[str, str], ...], place: Place | None) -> None:
        """Keep a fault about an unknown name; looking for near names is slow, so not once the list is full."""
        if self.full:
            self._left_out += 1
        else:
            self.add(unknown_key(name, known, place))

    def result(self) -> tuple[Diagnostic, ...]:
        """Return the faults by place, with a last line about those left out."""
        faults = in_order(tuple(self._items))
        return (*faults, _left_out(self._left_out)) if self._left_out else faults


class StoppedError(Exception):
    """Reading cannot go on; the reason is already among the faults."""


def brief(text: str) -> str:
    """Shorten an author's text for a message, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def fault(
    code: str,
    message: Text,
    places: Iterable[Place | None] = (),
    *,
    hint: Text | None = None,
    why: Text | None = None,
    severity: Severity = "error",
) -> Diagnostic:
    """Build a diagnostic of the data; a missing place (values from a program) is left out."""
    found = tuple(place for place in places if place is not None)
    return Diagnostic(code, severity, "data", message, found, why=why, hint=hint)


def labelled(place: Place | None, zh: str, en: str) -> Place | None:
    """Return the place with a label."""
    return Place(place.source, place.span, Text(zh, en)) if place is not None else None


def _both(first: Place | None, again: Place | None) -> tuple[Place | None, Place | None]:
    return labelled(again, "又一次", "again here"), labelled(first, "第一次", "first here")


def _left_out(count: int) -> Diagnostic:
    english = "1 more fault is" if count == 1 else f"{count} more faults are"
    message = Text(f"另有 {count} 处问题没有列出", f"{english} not listed")
    return fault("more-faults", message, hint=_FIX_FIRST, severity="info")


_FIX_FIRST = Text("先改好上面列出的，再检查一次", "correct those above, then check again")
_KEEP_ONE = Text("只保留一处", "keep one of the two")


def syntax(message: Text, place: Place, hint: Text) -> Diagnostic:
    """The text cannot be taken apart here."""
    return fault("data-syntax", message, (place,), hint=hint)


def empty_file(place: Place) -> Diagnostic:
    """There is nothing in the file."""
    hint = Text("例如：“数据:”，下一行缩进写“编制数: 10”", "for example 'figures:' and, indented below it, 'posts: 10'")
    return fault("empty-file", Text("文件里没有内容", "the file holds no data"), (place,), hint=hint)


def too_deep(place: Place | None, limit: int) -> Diagnostic:
    """Mappings and lists lie too deep inside one another."""
    message = Text(f"嵌套超过 {limit} 层", f"nested more than {limit} levels deep")
    hint = Text(
        f"最多 {limit} 层；可以写成“三公经费[2019年预算数]: 3.60”",
        f"at most {limit}; 'travel[2019]: 3.60' needs none",
    )
    return fault("too-deep", message, (place,), hint=hint)


def too_large(place: Place | None, limit: int) -> Diagnostic:
    """The file holds too many values."""
    message = Text(f"内容超过 {limit:,} 项", f"more than {limit:,} names and values")
    hint = Text(
        f"一个文件最多 {limit:,} 项，可以分成几个文件", f"a file holds at most {limit:,}; split it into several"
    )
    return fault("too-large", message, (place,), hint=hint)


def too_long(place: Place | None, limit: int) -> Diagnostic:
    """One text is too long."""
    message = Text(f"一段文字超过 {limit:,} 个字符", f"one text is longer than {limit:,} characters")
    hint = Text(f"最多 {limit:,} 个字符；看看引号是否漏了一半", f"at most {limit:,}; a closing quote may be missing")
    return fault("too-long", message, (place,), hint=hint)


def alias(place: Place | None) -> Diagnostic:
    """A value is marked for reuse (``&a``), or reused (``*a``)."""
    message = Text("数据里不能用 & 或 * 引用别处的值", "data may not refer to other values with & or *")
    hint = Text(
        "把值直接写在这里；文字以 & 或 * 开头时加引号",
        "write the value itself here; put quotes around a text that begins with & or *",
    )
    return fault("yaml-alias", message, (place,), hint=hint)


def tag(place: Place | None) -> Diagnostic:
    """A value is marked with a type (``!!int``)."""
    message = Text("数据里不能用 ! 标注类型", "data may not mark types with !")
    hint = Text(
        "去掉标注，只写值；文字以 ! 开头时加引号", "leave only the value; put quotes around a text that begins with !"
    )
    return fault("yaml-tag", message, (place,), hint=hint)


def documents(place: Place | None) -> Diagnostic:
    """A second text begins after ``---``."""
    message = Text("“---”之后又是一份数据", "a second set of data begins after '---'")
    hint = Text(
        "几个单位写成一个列表，每个单位以“- ”开头", "write several departments as one list, each beginning with '- '"
    )
    return fault("yaml-documents", message, (place,), hint=hint)


def duplicate_key(name: str, first: Place | None, again: Place | None) -> Diagnostic:
    """A name stands twice in one mapping."""
    message = Text(f"“{brief(name)}”写了两次", f"'{brief(name)}' is written twice")
    why = Text("不知道以哪一个为准", "it is not known which of the two counts")
    return fault("duplicate-key", message, _both(first, again), hint=_KEEP_ONE, why=why)


def value_given_twice(name: str, first: Place | None, again: Place | None) -> Diagnostic:
    """A figure has two values."""
    message = Text(f"“{brief(name)}”给了两次值", f"'{brief(name)}' is given twice")
    why = Text("得分可能因取用哪一个而不同", "the score may depend on which of the two is taken")
    hint = Text(
        "只保留一处；两个来源金额不同时，写在“各来源”下，并用“采用”指明",
        "keep one; if two sources differ, list them under 'stated' and name one in 'used'",
    )
    return fault("value-given-twice", message, _both(first, again), hint=hint, why=why)


def unknown_key(name: str, known: tuple[tuple[str, str], ...], place: Place | None) -> Diagnostic:
    """A name that means nothing here; ``known`` lists the accepted names, Chinese and English."""
    message = Text(f"这里没有“{brief(name)}”这一项", f"'{brief(name)}' means nothing here")
    return fault("unknown-key", message, (place,), hint=_near(name, known))


def _near(name: str, known: tuple[tuple[str, str], ...]) -> Text:
    names = [spelling for pair in known for spelling in pair]
    close = nearest(name.casefold(), names, cutoff=0.5) if len(name) <= _SHOWN else []
    if close:
        return Text(f"是不是“{close[0]}”？", f"did you mean '{close[0]}'?")
    zh, en = "、".join(pair[0] for pair in known), ", ".join(pair[1] for pair in known)
    return Text(f"认识的有：{zh}", f"accepted: {en}")


def wrong_shape(what: Text, expected: Text, place: Place | None) -> Diagnostic:
    """A list, mapping or single value where another of them belongs."""
    message = Text(f"{what.zh}的写法不对", f"{what.en} is not written as expected")
    hint = Text(f"应当是{expected.zh}", f"expected: {expected.en}")
    return fault("wrong-shape", message, (place,), hint=hint)


def empty_name(place: Place | None) -> Diagnostic:
    """A value without a name."""
    message = Text("值的前面没有名称", "a value stands here without a name")
    hint = Text("写成“名称: 值”", "write 'name: value'")
    return fault("wrong-shape", message, (place,), hint=hint)


def not_a_number(name: str, text: str, place: Place | None) -> Diagnostic:
    """A score that is no number."""
    message = Text(f"“{brief(name)}”的“{brief(text)}”不是数", f"'{brief(text)}' for '{brief(name)}' is not a number")
    hint = Text("例如：4、4.5、-1", "for example 4, 4.5 or -1")
    return fault("not-a-number", message, (place,), hint=hint)


def not_finite(text: str, place: Place | None) -> Diagnostic:
    """``NaN`` or ``Infinity`` where a number belongs."""
    message = Text(f"“{brief(text)}”不是数", f"'{brief(text)}' is not a number")
    hint = Text("写出数字；没有数据时写 null", "write the number, or null when there is none")
    return fault("not-a-number", message, (place,), hint=hint)


def float_refused(name: str, text: str) -> Diagnostic:
    """A binary float from a program."""
    message = Text(f"“{brief(name)}”是二进制浮点数 {text}", f"'{brief(name)}' is the binary float {text}")
    why = Text(
        "它往往不等于写下的那个数，分档界线上会多得或少得分",
        "it is rarely the number that was written, so a score at the edge of a band can be wrong",
    )
    hint = Text(
        f'给出文本 "{text}"、Decimal、int 或 Fraction', f'pass the text "{text}", a Decimal, an int or a Fraction'
    )
    return fault("float-refused", message, hint=hint, why=why)


def value_refused(name: str, code: str, kind: str) -> Diagnostic:
    """A value from a program that is neither number nor text, or is out of bounds."""
    message = Text(f"“{brief(name)}”不能用：{brief(kind)}", f"'{brief(name)}' cannot be used: {brief(kind)}")
    hint = Text(
        "可以是 int、Decimal、Fraction（不超过 60 位）、文本、bool 或 None",
        "accepted: int, Decimal, Fraction (up to 60 digits), text, bool or None",
    )
    return fault(code, message, hint=hint)


def conflict_unresolved(name: str, first: Place | None, other: Place | None) -> Diagnostic:
    """Sources state different amounts and none is chosen."""
    message = Text(
        f"“{brief(name)}”各来源的金额不同，没有写采用哪一个",
        f"the sources of '{brief(name)}' differ and none is chosen",
    )
    why = Text("得分可能因采用的来源而不同", "the score may depend on which source is used")
    hint = Text("加一行“采用: 来源名称”", "add a line 'used: name of the source'")
    places = (labelled(first, "一个金额", "one amount"), labelled(other, "另一个金额", "another amount"))
    return fault("conflict-unresolved", message, places, hint=hint, why=why)


def unknown_source(name: str, chosen: str, known: tuple[str, ...], place: Place | None) -> Diagnostic:
    """The chosen source states no amount."""
    message = Text(
        f"“{brief(name)}”采用的“{brief(chosen)}”没有给出金额",
        f"'{brief(chosen)}', used for '{brief(name)}', states no amount",
    )
    shown = tuple((brief(each), brief(each)) for each in known[:_SHOWN])
    return fault("unknown-source", message, (place,), hint=_near(chosen, shown))


def key_without_effect(key: str, beside: Text, place: Place | None) -> Diagnostic:
    """A known name that has no meaning in this company."""
    message = Text(f"“{key}”在这里不起作用", f"'{key}' has no effect here")
    return fault("key-without-effect", message, (place,), hint=beside, severity="warning")


def figure_without_value(name: str, place: Place | None) -> Diagnostic:
    """A figure with a note or unit but no value."""
    message = Text(f"“{brief(name)}”没有值，按缺失处理", f"'{brief(name)}' has no value and counts as missing")
    hint = Text("写上“值: …”", "add 'value: …'")
    return fault("figure-without-value", message, (place,), hint=hint, severity="warning")


def override_without(part: Text, code: str, name: str, place: Place | None) -> Diagnostic:
    """An override lacks its reason or its score."""
    message = Text(f"“{brief(name)}”的人工核定没有写{part.zh}", f"the override of '{brief(name)}' gives no {part.en}")
    hint = Text("例如：得分: 4，理由: 现场核查……", "for example score: 4, reason: checked on site …")
    why = Text("人工核定必须留下得分和理由", "a human decision must leave its score and its reason on record")
    return fault(code, message, (place,), hint=hint, why=why)

"""What a formula may have been meant to say: numbers of the wrong kind, names that mean two things."""

from __future__ import annotations

from rubric_dsl.diagnostics import Diagnostic, Fix, Place, Text
from rubric_dsl.formulas.kinds import Typed, kind_words
from rubric_dsl.numbers import parse_number, text_of
from rubric_dsl.source import Source
from rubric_dsl.syntax.tree import Node, Tree, leaf_text


def otherwise_written(tree: Tree) -> tuple[Fix, ...]:
    """Return the ways to write a number beside one of the other kind.

    A bare number beside a ratio: the same as a ratio (1 is 100%), or with a lost % sign (95 for 95%). A ratio beside a
    bare number: the same without the sign (95% is 0.95), or counted in percent (95).
    """
    if not isinstance(tree, Node) or tree.kind != "number":
        return ()
    number = parse_number(leaf_text(tree))
    percent = text_of(number * 100)
    ways = (text_of(number), percent) if leaf_text(tree).endswith("%") else (f"{percent}%", f"{text_of(number)}%")
    return tuple(Fix(Text(f"改为“{way}”", f"write '{way}'"), tree.span, way) for way in ways)


def against(tree: Tree) -> Text | None:
    """Say which side is which where a number that is written is compared with something else."""
    if not isinstance(tree, Node) or tree.kind != "number":
        return None
    written, (first, second) = leaf_text(tree), (fix.replacement for fix in otherwise_written(tree))
    if written.endswith("%"):
        return Text(
            f"“{written}”是比率，与它比较的数没有单位：写作 {first}（或以百分之一计的 {second}），或把那一项的单位写成“比率”",
            f"{written} is a ratio, what it is compared with has no unit: write {first} (or {second}, counted in percent),"
            f" or give the figure the unit 'ratio'",
        )
    return Text(
        f"“{written}”没有单位，与它比较的是比率：写作 {first} 或 {second}",
        f"{written} has no unit, what it is compared with is a ratio: write {first} or {second}",
    )


def apart(tree: Tree, left: Typed, right: Typed, source: Source) -> Text | None:
    """Say which side of a sum is which."""
    if not isinstance(tree, Node) or len(tree.children) != len("+-"):
        return None
    one, other = (source[child.span].strip() for child in tree.children)
    first, second = kind_words(left.kind), kind_words(right.kind)
    return Text(
        f"“{one}”是{first.zh}，“{other}”是{second.zh}：1 写作 100%，或者两边写成同一种单位",
        f"'{one}' is {first.en}, '{other}' {second.en}: write 1 as 100%, or give both sides one unit",
    )


def two_meanings(source: Source, tree: Tree, meant: Text) -> Diagnostic:
    """Say that a figure hides what its name means here otherwise."""
    word = source[tree.span]
    quoted = f'"{word}"' if word.isascii() else f"“{word}”"
    return Diagnostic(
        "two-meanings",
        "warning",
        "rule",
        Text(f"“{word}”在这里是数据项，不是{meant.zh}", f"'{word}' is the figure here, not {meant.en}"),
        (Place(source, tree.span),),
        hint=Text(
            f"指数据项时加引号：{quoted}；指{meant.zh}时，给数据项另起名称",
            f"where the figure is meant, quote it: {quoted}; where {meant.en} is, give the figure another name",
        ),
        fixes=(Fix(Text(f"改为“{quoted}”", f"write '{quoted}'"), tree.span, quoted, safe=True),),
    )

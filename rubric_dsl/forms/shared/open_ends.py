"""Whose an end is: what the bands beside it settle, and the fixes that say it."""

from __future__ import annotations

from rubric_dsl.diagnostics import Fix, Text
from rubric_dsl.forms.base import Context
from rubric_dsl.forms.shared.fixes import put_in
from rubric_dsl.syntax.characters import twin
from rubric_dsl.syntax.tree import Node, Tree

_MARKS = ("INCLUDED", "EXCLUDED")
_CLOSED = {"LE": True, "GE": True, "EQ": True, "LT": False, "GT": False}
_HALF_OPEN = ((True, False), (False, True))


def ended_fixes(region: Node, context: Context) -> tuple[Fix, ...]:
    """Return the marks that 以上 or 以下 can take: the one that the neighbours leave, else both as alternatives."""
    bound = region.children[0]
    settled = _settled(bound, region, context)
    return tuple(
        put_in(bound.span.end, *(("（含）", " (included)") if own else ("（不含）", " (excluded)")), context)
        for own in (True, False)
        if settled in (None, own)
    )


def between_fixes(region: Node, context: Context) -> tuple[Fix, ...]:
    """Return the ways to mark the two ends of a band; without a word from the neighbours, one end is its own."""
    low, high = region.children
    lower, upper = _settled(low, region, context), _settled(high, region, context)
    ways = _HALF_OPEN if lower is None or upper is None else ((lower, upper),)
    left = [way for way in ways if lower in (None, way[0]) and upper in (None, way[1])]
    return tuple(_marked(low, high, way, context) for way in left)


def _marked(low: Tree, high: Tree, way: tuple[bool, bool], context: Context) -> Fix:
    both_ways = way[0] == way[1]
    words: list[str] = []
    for bound, own in zip((low, high), way, strict=True):
        mark = Text("（含）", " (included)") if own else Text("（不含）", " (excluded)") if both_ways else Text("", "")
        words.append(context.source[bound.span] + mark.to(context.lang))
    written = words[0] + Text(" 到 ", " to ").to(context.lang) + words[1]
    return Fix(Text(f"改为“{written}”", f"write '{written}'"), low.span.to(high.span), written)


def _settled(bound: Tree, region: Node, context: Context) -> bool | None:
    """Whether the bands beside it leave an end to this one; None where they do not say."""
    own = _plain(bound, context)
    claims = [
        claim
        for case in context.cases
        for other in case.children
        if isinstance(other, Node) and other.kind != "score" and other.span != region.span
        for claim in _claims(other, own, context)
    ]
    if not claims:
        return None
    return not any(claims)


def _claims(region: Node, value: str, context: Context) -> list[bool]:
    """Say for each end of a region that is this value whether the region holds it; nothing where that is not said."""
    if region.kind == "at":
        return [True] if _plain(region.children[0], context) == value else []
    if region.kind == "compared":
        known = _CLOSED.get(region.children[0].kind)
        return [known] if known is not None and _plain(region.children[1], context) == value else []
    bounds = [(child, _mark_behind(region, index)) for index, child in enumerate(region.children)]
    said = any(mark for _, mark in bounds)
    return [
        mark == "INCLUDED"
        for child, mark in bounds
        if said and child.kind not in _MARKS and _plain(child, context) == value
    ]


def _mark_behind(region: Node, index: int) -> str:
    following = region.children[index + 1] if index + 1 < len(region.children) else None
    return following.kind if following is not None and following.kind in _MARKS else ""


def _plain(tree: Tree, context: Context) -> str:
    return "".join(twin(context.source[tree.span]).split())

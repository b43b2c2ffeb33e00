"""Whether cases in words cover everything: closed lists, and one text that is another's negation word for word."""

from __future__ import annotations

import re

from rubric_dsl.syntax.characters import fold

_NEGATIONS = ("未能", "没有", "不", "未", "没", "无")
_BETWEEN = re.compile(r"[，,、；;]|并且|并(?![非不])|且|或者|或")
_SAME = {"不达标准": "不符合标准", "不达标": "不符合标准", "未达标准": "不符合标准", "未达标": "不符合标准"}
_MEANT = {"达标": "符合标准", "达到标准": "符合标准"}
_ALL = ("全部", "完全", "均", "都", "所有", "全面")
"""Whose opposite is “not all”, which is no negation of the words."""
_EMPTY_FULL = re.compile(
    r"(?:均|全部|完全|都)?(?:符合|满足|达到)(?:标准|要求|规定|条件)(?:的)?|齐全(?:的)?|科室齐全|落实到位|规范(?:的)?"
)
"""What says “nothing is wrong” and nothing else."""
_SCALES = (
    (
        frozenset(["优", "优秀", "好", "较好", "良好", "显著", "明显", "较明显", "高"]),
        frozenset(["良", "良好", "较好", "中", "中等", "一般", "合格", "较明显", "基本合格", "及格"]),
        frozenset(
            [
                "差",
                "较差",
                "不好",
                "不合格",
                "无效果",
                "不明显",
                "无效果或者效果不明显",
                "无效果或效果不明显",
                "效果不明显",
                "不及格",
                "低",
            ]
        ),
    ),
    (
        frozenset({"excellent", "outstanding", "very good", "good", "high"}),
        frozenset({"good", "fair", "adequate", "satisfactory", "average", "medium"}),
        frozenset({"poor", "unsatisfactory", "inadequate", "unresponsive", "low"}),
    ),
)


def empty_full(text: str) -> bool:
    """Whether a text says no more than that nothing is wrong."""
    return _EMPTY_FULL.fullmatch(text) is not None


def cover(texts: list[str]) -> bool:
    """Whether always exactly one of the cases holds, so far as their words say it: closed lists, or a negation."""
    if len(texts) < 2 or len(set(texts)) != len(texts):  # noqa: PLR2004 - a case and its opposite
        return False
    first, *between, last = (_plain(text) for text in texts)
    if _on_a_scale(first, between, last):
        return True
    parts = [_MEANT.get(part, part) for part in _parts(first)]
    opposite = [_SAME.get(part, part) for part in _parts(last)]
    if len(parts) != len(opposite) or not all(map(_negates, parts, opposite)):
        return False
    if len(parts) > 1 and not re.search("或", last):
        return False  # 无岗位职责，履职不认真 may be meant together
    return all(_partly(text, first) for text in between)


def _plain(text: str) -> str:
    return fold(text).strip("，,、 ").removesuffix("的").removesuffix("时").lower()


def _parts(text: str) -> list[str]:
    return [part for part in (piece.strip() for piece in _BETWEEN.split(text)) if part]


def _negates(text: str, other: str) -> bool:
    """Whether the second text is the first with one word of negation put in, or 有 turned into 无."""
    if text[:1] == "有" and other in ("无" + text[1:], "没有" + text[1:], "未有" + text[1:]):
        return True
    if any(word in text for word in _ALL):
        return False
    for word in _NEGATIONS:
        for match in re.finditer(word, other):
            if other[: match.start()] + other[match.end() :] == text:
                return True
    return False


def _partly(text: str, full: str) -> bool:
    """基本完成, 部分完成 between 完成 and 未完成."""
    return any(text == word + full for word in ("基本", "部分", "大部分"))


def _on_a_scale(first: str, between: list[str], last: str) -> bool:
    """Words of one scale from its best to its worst; what stands before the first (…效果较好) names what is rated."""
    for best, middle, worst in _SCALES:
        begins = first in best or any(len(word) > 1 and first.endswith(word) for word in best)
        if begins and last in worst and all(word in middle for word in between) and between:
            return True
    return False

"""What a column of a table, or an item of a tall one, stands for: the keys of a submission, or a figure's address."""

from __future__ import annotations

from typing import Literal, TypeAlias

from rubric_dsl.data.cells import guarded
from rubric_dsl.data.figures import joined_address
from rubric_dsl.data.keys import KEYS, Pairs
from rubric_dsl.data.tree import tidy
from rubric_dsl.records import dataclass
from rubric_dsl.syntax.characters import fold, twin

ColumnPart: TypeAlias = Literal[
    "subject", "rubric", "edition", "claimed_total", "claimed_grade", "figures", "claims", "score", "reason", "source"
]
TEXTS: frozenset[ColumnPart] = frozenset({"subject", "rubric", "edition", "claimed_grade", "reason", "source"})
"""Parts that hold words; in all others a sign at the start of a cell belongs to a number."""

_ALONE: dict[str, ColumnPart] = {
    "部门": "subject",
    "单位": "subject",
    "subject": "subject",
    "指标体系": "rubric",
    "rubric": "rubric",
    "年度": "edition",
    "edition": "edition",
    "自评总分": "claimed_total",
    "claimed_total": "claimed_total",
    "自评等级": "claimed_grade",
    "claimed_grade": "claimed_grade",
}
_AROUND: dict[str, ColumnPart] = {
    "数据": "figures",
    "figures": "figures",
    "评定": "figures",
    "ratings": "figures",
    "自评": "claims",
    "claims": "claims",
    "认定": "score",
    "overrides": "score",
    "认定理由": "reason",
    "override_reasons": "reason",
    "认定来源": "source",
    "override_sources": "source",
}
TALL: Pairs = (
    ("部门", "subject"),
    ("指标体系", "rubric"),
    ("年度", "edition"),
    ("项目", "item"),
    ("数值", "value"),
    ("来源", "source"),
    ("计量单位", "unit"),
    ("备注", "note"),
    ("采用", "used"),
)
"""The columns of a tall table; 值 is 数值, and 单位 is whichever of the department and the unit has no column."""


@dataclass(frozen=True, slots=True)
class Target:
    """A part of a submission; ``name`` is the figure's address or the indicator's name, if it has one."""

    part: ColumnPart
    name: str = ""

    @property
    def identity(self) -> tuple[ColumnPart, str]:
        """What tells two targets apart."""
        return self.part, fold(self.name)


def target_of(header: str) -> Target:
    """Return what a header cell stands for: a key, ``自评[指标]`` and the like, else a figure's address."""
    plain = twin(header)
    alone = _ALONE.get(fold(header).casefold())
    if alone is not None:
        return Target(alone)
    head, bracket, _ = plain.partition("[")
    around = _AROUND.get(fold(head).casefold())
    if around is not None and bracket and plain.endswith("]"):
        return Target(around, tidy(header[len(head) + 1 : -1]))
    return Target("figures", header)


def canonical_target(target: Target) -> Target:
    """Return the target with its name spelt as an address."""
    return Target(target.part, joined_address("", target.name)) if target.name else target


def header_for(part: ColumnPart, name: str, *, zh: bool) -> str:
    """Return the header cell that ``target_of`` reads as this part of this name."""
    spellings = [word for word, each in _AROUND.items() if each == part]
    plain = target_of(name) == Target(part, name) and guarded(name) == name
    return name if plain else f"{spellings[0 if zh else 1]}[{name}]"


def tall_names(headers: list[str]) -> list[str] | None:
    """Return the English name of each column of a tall table (itself where unknown); None when the table is wide.

    ``单位`` is returned as ``?`` where it may be the department as well as the unit.
    """
    known = {fold(spelling): english for zh, english in TALL for spelling in (zh, english)} | {"值": "value"}
    names = [known.get(fold(header).casefold(), header) for header in headers]
    if not {"item", "value"} <= set(names):
        return None
    meaning = "unit" if "subject" in names else "subject" if "unit" in names else "?"
    return [meaning if fold(name) == KEYS[0][0] else name for name in names]

"""Keys of what is no figure: results of other indicators and headings, and whether a figure is available.

They hold a separator that no name can hold, so that they never meet an author's own addresses.
"""

from __future__ import annotations

from typing import Literal, get_args

_MARK = "\x1f"
_WITHIN = "\x1e"
ResultKind = Literal["score", "applies", "points", "measure", "total", "grade", "final"]
KeyKind = Literal[ResultKind, "available", "cohort"]
_KINDS: dict[str, KeyKind] = {kind: kind for kind in get_args(KeyKind)}
GIVEN, UNAVAILABLE = "given", "unavailable"


def result_key(kind: ResultKind, name: str) -> str:
    """Return the key of an indicator's or a heading's result."""
    return f"{kind}{_MARK}{name}"


def availability_key(address: str) -> str:
    """Return the key of the choice whether a figure is given or stated to be unavailable."""
    return f"available{_MARK}{address}"


def is_result(key: str) -> bool:
    """Whether a key names a result, or an availability, and no figure."""
    return _MARK in key


def kind_of(key: str) -> KeyKind | None:
    """Return what a key names; None for a figure."""
    return _KINDS.get(key.partition(_MARK)[0]) if _MARK in key else None


def cohort_key(figure: str, statistic: str) -> str:
    """Return the key of a statistic of a group over a figure."""
    return f"cohort{_MARK}{figure}{_MARK}{statistic}"


def figure_of(key: str) -> str:
    """Return the figure that an availability or a statistic of a group speaks of; else the key itself."""
    return owner(key) if kind_of(key) in ("available", "cohort") else key


def owner(key: str) -> str:
    """Return the indicator, heading or figure that a key belongs to."""
    kind, mark, rest = key.partition(_MARK)
    return rest.partition(_MARK)[0] if kind == "cohort" else rest if mark else key


def heading_id(path: tuple[str, ...]) -> str:
    """Return the name under which a heading's results are kept: its path."""
    return _WITHIN.join(path)

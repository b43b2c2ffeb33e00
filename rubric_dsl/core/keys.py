"""Keys of what is no figure: results of other indicators and headings, and whether a figure is available.

They hold a separator that no name can hold, so that they never meet an author's own addresses.
"""

from __future__ import annotations

from typing import Literal

_MARK = "\x1f"
_WITHIN = "\x1e"
ResultKind = Literal["score", "applies", "points", "measure", "total", "grade", "final"]
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


def owner(key: str) -> str:
    """Return the indicator, heading or figure that a key belongs to."""
    return key.partition(_MARK)[2] if _MARK in key else key


def heading_id(path: tuple[str, ...]) -> str:
    """Return the name under which a heading's results are kept: its path."""
    return _WITHIN.join(path)

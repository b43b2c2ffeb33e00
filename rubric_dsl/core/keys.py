"""Keys of all that is read and computed: addresses of figures and ratings, and keys of what is no figure.

Of the latter there are results of other indicators and headings, statistics of a group, whether a figure is available,
and what a stage keeps for itself. They hold a separator that no name can hold, so that they never meet an author's own
addresses. How keys are put together is known here alone.
"""

from __future__ import annotations

from typing import Literal, get_args

_MARK = "\x1f"
_WITHIN = "\x1e"
ResultKind = Literal["score", "applies", "points", "measure", "total", "grade", "final"]
KeyKind = Literal[ResultKind, "available", "missing", "cohort"]
_KINDS: dict[str, KeyKind] = {kind: kind for kind in get_args(KeyKind)}
GIVEN, UNAVAILABLE, MISSING = "given", "unavailable", "missing"


def result_key(kind: ResultKind, name: str) -> str:
    """Return the key of an indicator's or a heading's result."""
    return f"{kind}{_MARK}{name}"


def availability_key(address: str) -> str:
    """Return the key of the choice whether a figure is given or stated to be unavailable."""
    return f"available{_MARK}{address}"


def missing_key(address: str) -> str:
    """Return the key of the choice whether a figure is given or missing, where that is read like any other."""
    return f"missing{_MARK}{address}"


def is_result(key: str) -> bool:
    """Whether a key names a result, an availability or whether something is missing, and no figure."""
    return _MARK in key


def kind_of(key: str) -> KeyKind | None:
    """Return what a key names; None for a figure."""
    return _KINDS.get(key.partition(_MARK)[0]) if _MARK in key else None


def statistic_key(figure: str, *statistic: object) -> str:
    """Return the key of a statistic of a group over a figure."""
    return f"cohort{_MARK}{figure}{_MARK}{_WITHIN.join(map(str, statistic))}"


def part_key(key: str, part: str) -> str:
    """Return the key of one part of a result, where a stage keeps parts (a numerator and a denominator) apart."""
    return f"{key}{_MARK}{part}"


def parted(key: str) -> tuple[str, str]:
    """Return a result's key and which part of it a key of :func:`part_key` names; empty where it names the whole."""
    kind, mark, rest = key.partition(_MARK)
    name, _, part = rest.partition(_MARK)
    return f"{kind}{mark}{name}", part


def own_key(name: str) -> str:
    """Return a key for what a stage itself puts among figures and results."""
    return _MARK + name


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


def heading_path(key: str) -> tuple[str, ...]:
    """Return the path of the heading that a key belongs to; of an indicator or a figure its name alone."""
    return tuple(owner(key).split(_WITHIN))


def shown_key(key: str) -> str:
    """Show a key: ``score 投入/预算配置``."""
    return key.replace(_MARK, " ").replace(_WITHIN, "/").strip()


def item_address(name: str, item: str) -> str:
    """Return the address of an item of an indicator, or of a column of a row: ``制度[①]``."""
    return f"{name}[{item}]"


def item_of(address: str, name: str) -> str:
    """Return the item that an address names within an indicator; empty where it is the indicator's own, or no item of it."""
    inside = address.startswith(f"{name}[") and address.endswith("]")
    return address[len(name) + 1 : -1] if inside else ""

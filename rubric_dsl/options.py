"""Options of the public functions: one that is not known is refused, with those that are."""

from __future__ import annotations

from collections.abc import Sequence

from rubric_dsl.nearest import nearest


def one_of(option: str, value: object, known: Sequence[str]) -> None:
    """Refuse a value that an option does not take.

    Raises:
        ValueError: it is none of ``known``.
    """
    if value not in known:
        raise ValueError(f"{option}={value!r} is not known{_meant(value, known)}; it is one of {_listed(known)}")


def all_of(option: str, values: Sequence[object], known: Sequence[str]) -> None:
    """Refuse a list of values of which one is not taken, and a single text where a list is asked for.

    Raises:
        TypeError: it is no list.
        ValueError: a value is none of ``known``.
    """
    names_of(option, values)
    for value in values:
        one_of(option, value, known)


def names_of(option: str, values: object) -> None:
    """Refuse what is no list of names, a single text above all.

    Raises:
        TypeError: it is none.
    """
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise TypeError(f"{option} is a list or tuple of names, not {values!r}")


def known_option(function: str, name: str, known: Sequence[str]) -> None:
    """Refuse an option that a function does not have.

    Raises:
        TypeError: it has none of this name.
    """
    if name not in known:
        raise TypeError(f"{function}() has no option {name!r}{_meant(name, known)}; it has {_listed(known)}")


def _meant(value: object, known: Sequence[str]) -> str:
    near = nearest(value, known, cutoff=0.6) if isinstance(value, str) else []
    return f" (did you mean {near[0]!r}?)" if near else ""


def _listed(known: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in known)

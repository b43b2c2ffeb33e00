"""Dataclasses that are quick to define behave as the standard library's do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import KW_ONLY, InitVar, field
from pathlib import Path
from typing import Any

import pytest

from rubric_dsl import records

PACKAGE = Path(records.__file__).parent


class Frozen:
    """All that the package uses of dataclasses."""

    name: str
    place: int = field(compare=False)
    parts: tuple[str, ...] = ()
    known: dict[str, int] = field(default_factory=dict)
    secret: str = field(default="s", repr=False)
    length: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.name))


class Named:
    """Some fields are given by name only."""

    name: str
    late: int = field(default=0, kw_only=True)
    size: int = 1
    _: KW_ONLY
    parts: tuple[str, ...]
    known: dict[str, int] = field(default_factory=dict)
    plain: bool = field(default=False, kw_only=False)


class One:
    """A single field."""

    parts: tuple[str, ...]


class Nothing:
    """No field."""


class Open:
    """Not frozen."""

    name: str
    found: list[str] = field(default_factory=list)


class Own:  # noqa: PLW1641 - so that it has none
    """Methods of its own."""

    name: str

    def __repr__(self) -> str:
        return "own"

    def __eq__(self, other: object) -> bool:
        return True


def both(plain: type, **options: bool) -> tuple[Any, Any]:
    """The class made by the standard decorator, and by ours."""
    made: list[Any] = []
    for decorator in (dataclasses.dataclass, records.dataclass):
        twin = type(plain.__name__, (), {key: value for key, value in vars(plain).items() if key != "__dict__"})
        made.append(decorator(**options)(twin))
    return made[0], made[1]


def outcome(work: Callable[..., object], *given: object) -> object:
    """What a piece of work gives: its value, or the kind of exception and its words."""
    try:
        return work(*given)
    except (TypeError, AttributeError, ValueError) as error:
        return type(error), str(error)


def behaviour(made: Any, given: tuple[object, ...], named: dict[str, object]) -> list[object]:  # noqa: ANN401 - a class of either kind
    """What can be seen of a class, and of an instance that is made from the values given."""
    first, second = made(*given, **named), made(*given, **named)
    fields = dataclasses.fields(made)
    changed = {"name": "丙"} if hasattr(first, "name") else {}
    return [
        repr(first),
        first == second,
        first == object(),
        outcome(hash, first),
        outcome(made, *range(9)),
        outcome(made) if given else None,
        repr(dataclasses.replace(first, **changed)),
        repr(copy.copy(first)),
        repr(copy.deepcopy(first)),
        [getattr(first, item.name) for item in fields],
        [repr(item) for item in fields],
        [made.__match_args__, made.__slots__, repr(made.__dataclass_params__), str(inspect.signature(made))],
        # These change what they are given, where it can be changed.
        *(outcome(setattr, first, item.name, "乙") for item in fields),
        *(outcome(delattr, second, item.name) for item in fields),
        repr(first),
    ]


@pytest.mark.parametrize(
    ("plain", "options", "given", "named"),
    [
        (Frozen, {"frozen": True, "slots": True}, ("甲", 3, ("x",)), {}),
        (Named, {"frozen": True, "slots": True}, ("甲", 3), {"parts": ("x",), "late": 2}),
        (One, {"frozen": True, "slots": True}, (("x",),), {}),
        (Nothing, {"frozen": True, "slots": True}, (), {}),
        (Open, {"slots": True}, ("甲",), {}),
        (Own, {"frozen": True, "slots": True}, ("甲",), {}),
    ],
)
def test_a_record_behaves_as_the_standard_one(
    plain: type, options: dict[str, bool], given: tuple[object, ...], named: dict[str, object]
) -> None:
    standard, ours = (behaviour(made, given, named) for made in both(plain, **options))
    assert standard == ours


class Twice:
    """Says ``KW_ONLY`` twice."""

    _: KW_ONLY
    a: int
    __: KW_ONLY
    b: int


class After:
    """What must be given follows what need not be."""

    a: int = 0
    b: int


class Shared:
    """A default that could be changed for all."""

    a: list[int] = []  # noqa: RUF012 - the fault that is looked for


class Passed:
    """A value that is no field: the standard library knows it, and ours does not."""

    a: InitVar[int]


class Hashed:
    """A field with a hash of its own."""

    a: int = field(hash=False)


class Noted:
    """A field with notes."""

    a: int = field(metadata={"unit": "m"})


@pytest.mark.parametrize("plain", [Twice, After, Shared])
def test_what_the_standard_library_refuses_is_refused_when_the_class_is_defined(plain: type) -> None:
    kinds = []
    for made in (dataclasses.dataclass, records.dataclass):
        twin = type(plain.__name__, (), {key: value for key, value in vars(plain).items() if key != "__dict__"})
        with pytest.raises((TypeError, ValueError)) as raised:
            made(frozen=True, slots=True)(twin)
        words = str(raised.value).partition(" follows default argument")  # later Pythons say which one
        kinds.append((raised.type, words[:2]))
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("plain", [Passed, Hashed, Noted])
def test_what_a_record_does_not_know_it_refuses(plain: type) -> None:
    with pytest.raises(TypeError, match="these dataclasses have no"):
        records.dataclass(frozen=True, slots=True)(plain)


def test_equality_and_hash_leave_out_what_does_not_count() -> None:
    for made in both(Frozen, frozen=True, slots=True):
        assert made("甲", 1) == made("甲", 2)
        assert made("甲", 1) != made("乙", 1)
        assert made("甲", 1).__eq__("甲") is NotImplemented


def test_records_of_the_package_can_be_pickled_and_stay_frozen() -> None:
    from rubric_dsl.source import Source, Span

    source = Source("名", "甲\n乙")
    again = pickle.loads(pickle.dumps(source))  # noqa: S301 - our own bytes
    assert again == source
    assert again.position(2) == (2, 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Span(0, 1).start = 2  # type: ignore[misc]


def test_every_class_of_the_package_is_quick_to_define() -> None:
    """A start defines them all: the decorator of the standard library takes ten times as long."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name != "records.py" and "@dataclass" in text:
            assert "from rubric_dsl.records import dataclass" in text, path

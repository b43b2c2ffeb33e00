"""What is worked out once for a program or a rubric, and kept while it is among the last that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")
Key = TypeVar("Key", bound=Hashable)


class Kept(Generic[Key, Made]):
    """At most so many things by key; beyond that the oldest is dropped."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._made: dict[Key, Made] = {}

    def of(self, key: Key, make: Callable[[], Made]) -> Made:
        """Return what is kept under a key, made now where nothing is."""
        try:
            return self._made[key]
        except KeyError:
            made = make()
        while len(self._made) >= self.most:
            self._made.pop(next(iter(list(self._made))), None)
        self._made[key] = made
        return made


Owner = TypeVar("Owner")


class KeptFor(Generic[Owner, Made]):
    """What is made of objects, by the object itself: two that are equal have each their own, and none is compared."""

    def __init__(self, make: Callable[[Owner], Made], most: int) -> None:
        self.make = make
        self._made: Kept[int, tuple[Owner, Made]] = Kept(most)

    def of(self, owner: Owner) -> Made:
        """Return what belongs to an object; as long as it is kept, so is the object, and no other has its id."""
        return self._made.of(id(owner), lambda: (owner, self.make(owner)))[1]

"""Reading and writing beside the scoring: the next part is read, and the last one written, while this one is scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

_T = TypeVar("_T")


def read_ahead(items: Iterator[_T]) -> Iterator[_T]:
    """Yield the items, each made while the one before it is used; what making one raises is raised here."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_next, items)
        while (found := waiting.result()) is not None:
            waiting = pool.submit(_next, items)
            yield found[0]


def _next(items: Iterator[_T]) -> tuple[_T] | None:
    try:
        return (next(items),)
    except StopIteration:
        return None


class WriteBehind:
    """Does one piece of work after the other beside the caller, at most one of them waiting.

    What a piece of work raises is raised when the next is handed over, or at the end.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def __enter__(self) -> WriteBehind:
        return self

    def put(self, work: Callable[[], None]) -> None:
        """Hand over a piece of work, once the one before it is done."""
        self.wait()
        self._last = self._pool.submit(work)

    def wait(self) -> None:
        """Wait for the last piece of work."""
        last, self._last = self._last, None
        if last is not None:
            last.result()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.wait()
        finally:
            self._pool.shutdown()

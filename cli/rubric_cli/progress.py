"""A bar for long work, on standard error when that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
_FEW = 10
"""So few pieces of work show no bar."""


def tracked(items: Sequence[T], title: str) -> Iterable[T]:
    """Yield the items; where there are many and somebody watches, with a bar that shows how far it is."""
    if len(items) <= _FEW or not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, description=title, console=Console(file=sys.stderr), transient=True)


@contextmanager
def counted(total: int | None, title: str) -> Iterator[Callable[[int], None]]:
    """Give what is called with how much more is done; where somebody watches there is a bar that shows it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda more: bar.advance(task, more)

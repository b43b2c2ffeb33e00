"""A command that is told to stop leaves as after a fault, so that nothing unfinished stays behind."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

_AGAIN = 0.05
"""So many seconds later a command is told once more to stop, where it went on as if nothing had been said."""


class _Stopped(SystemExit):
    """The way out of a command that is told to stop."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Have SIGTERM and SIGHUP end what is done within, by way of everything that tidies up.

    A signal can only raise, and what it raises can get lost: C code drops what is raised below it (numpy and numba do while
    they are imported), and so does Python where it calls something by itself, such as ``__del__``. So it is raised again
    until the tidying is under way.

    Raises:
        SystemExit: a signal came, whatever became of it within; the code is 128 and its number, as in a shell.
    """
    signals = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
    held = [number for number in signals if signal.getsignal(number) == signal.SIG_DFL]
    told: list[int] = []
    timed = hasattr(signal, "setitimer")  # not on Windows, which has no such signals to send either

    def stop(number: int, _: object) -> NoReturn:
        told.append(number)
        for other in held:
            signal.signal(other, signal.SIG_IGN)  # once is enough; the next would break off the tidying
        if timed:
            signal.signal(signal.SIGALRM, insist)
            signal.setitimer(signal.ITIMER_REAL, _AGAIN, _AGAIN)
        raise _Stopped(128 + number)

    def insist(_number: int, _frame: object) -> None:
        if not _under_way(sys.exception()):
            raise _Stopped(128 + told[0])

    shown = sys.unraisablehook

    def show(lost: sys.UnraisableHookArgs, /) -> None:
        if not _under_way(lost.exc_value):
            shown(lost)

    for number in held:
        signal.signal(number, stop)
    sys.unraisablehook = show
    try:
        yield
    finally:
        if told and timed:
            signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = shown
        for number in held:
            signal.signal(number, signal.SIG_DFL)
        if told:
            raise SystemExit(128 + told[0])  # who was interrupted may have made another fault of it, or none


def _under_way(error: BaseException | None) -> bool:
    """Whether what is being handled, or came before it, is the way out."""
    while error is not None and not isinstance(error, _Stopped):
        error = error.__context__
    return error is not None

"""Findings that the author accepts, with the reason, beside the rule; and what is accepted in vain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rubric_dsl.diagnostics import Diagnostic, Place, Text
from rubric_dsl.model.model import Accepted, Model


def with_accepted(
    model: Model, found: tuple[Diagnostic, ...], passed_over: tuple[Diagnostic, ...], *, complete: bool
) -> tuple[Diagnostic, ...]:
    """Return findings, those marked that the rubric accepts; ``complete`` says that all checks have run.

    What was ``passed_over`` because its indicator has another fault is not accepted in vain.

    An error stays: without a score there is nothing to accept.
    """
    marked = tuple(_marked(model, item) for item in found)
    told = [
        item for accepted in model.accepted for item in _in_vain(accepted, (*found, *passed_over), complete=complete)
    ]
    return (*marked, *told)


def _marked(model: Model, item: Diagnostic) -> Diagnostic:
    own = next((accepted for accepted in model.accepted if _speaks_of(accepted, item)), None)
    return item if own is None or item.is_error or not own.reason else replace(item, accepted=own.reason)


def _speaks_of(accepted: Accepted, item: Diagnostic) -> bool:
    """Whether a finding is of the accepted code, and all of its places lie where it was accepted."""
    within = accepted.within
    if accepted.code != item.code or within is None:
        return accepted.code == item.code
    return bool(item.places) and all(any(_lies_in(place, part) for part in within) for place in item.places)


def _lies_in(place: Place, part: Place) -> bool:
    return place.source.name == part.source.name and part.span.start <= place.span.start < part.span.end


def _in_vain(accepted: Accepted, found: tuple[Diagnostic, ...], *, complete: bool) -> Iterator[Diagnostic]:
    own = [item for item in found if _speaks_of(accepted, item)]
    if not accepted.reason:
        yield _told(accepted, Text("没有写理由", "it states no reason"))
    elif any(item.is_error for item in own):
        yield _told(accepted, Text("它是错误，不能接受", "it is an error, which cannot be accepted"))
    elif not own and complete:
        yield _told(accepted, Text("这里没有这一提醒", "nothing of this code is found here"))


def _told(accepted: Accepted, why: Text) -> Diagnostic:
    return Diagnostic(
        "accept-without-effect",
        "warning",
        "rule",
        Text(f"接受“{accepted.code}”不起作用：{why.zh}", f"accepting '{accepted.code}' has no effect: {why.en}"),
        (accepted.place,),
        hint=Text(
            "删去这一句，或写明查出的代码和理由：接受 up-and-down，理由 “…”",
            'remove it, or name a code that is found, with the reason: accept up-and-down, because "…"',
        ),
    )

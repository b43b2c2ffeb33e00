"""Boxes of missing figures, cut where results turn, until every result can be read off each box."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from itertools import islice, product

from rubric_dsl import ranges
from rubric_dsl.missing.follow import Cut, Value
from rubric_dsl.missing.whole_numbers import whole_range
from rubric_dsl.ranges import End, Range

MOST_BOXES = 400
"""So many boxes are cut; those that are then left are looked at uncut, so that ranges may be wider than need be."""

Box = Mapping[str, Range]
Followed = dict[str, tuple[bool, Value]]
"""Indicators that were followed all over a box: whether each is applicable, and its score. It holds for every part of the box."""
Visit = Callable[[Box, bool, Followed], None]
"""Looks at a box. The flag says whether it may still ask for a cut by raising :class:`~rubric_dsl.missing.follow.Cut`;
what it adds to the indicators followed is handed on to the parts of the box.
"""


def explore(
    start: Box, whole: Collection[str], visit: Visit, enough: Callable[[], bool], most: int = MOST_BOXES
) -> int:
    """Visit boxes that together hold ``start``, the figures ``whole`` only at whole numbers; return how many cuts.

    It ends before that where ``enough`` says so.
    """
    first = {key: whole_range(item) if key in whole else item for key, item in start.items()}
    boxes: list[tuple[Box, Followed]] = [(first, {})]
    cuts = 0
    while boxes and not enough():
        box, followed = boxes.pop()
        if any(item.empty for item in box.values()):
            continue
        try:
            visit(box, cuts < most, followed)
        except Cut as cut:
            cuts += 1
            parts = [ranges.restrict(box[cut.key], op, cut.at) for op in reversed(cut.ops)]
            if cut.key in whole:
                parts = [None if part is None else whole_range(part) for part in parts]
            boxes.extend(({**box, cut.key: part}, dict(followed)) for part in parts if part is not None)
    return cuts


def with_samples(explored: Callable[[Box], int], start: Box, enough: Callable[[], bool]) -> None:
    """Explore a box; where that was not enough, single points of it as well, which may show an end to be reached."""
    explored(start)
    if not start:
        return
    values = {key: _values(item) for key, item in start.items()}
    for places in islice(_samples(len(start)), _SAMPLES):
        if enough():
            return
        explored({key: ranges.exactly(values[key][at]) for key, at in zip(start, places, strict=True)})


_SAMPLES = 27
_LOW, _MIDDLE, _HIGH = range(3)


def _samples(count: int) -> Iterator[tuple[int, ...]]:
    """Yield which of its three values each figure takes: first each figure against all others, then every mixture."""
    for one, others in ((_HIGH, _MIDDLE), (_LOW, _MIDDLE), (_HIGH, _LOW), (_LOW, _HIGH)):
        for place in range(count):
            yield tuple(one if at == place else others for at in range(count))
    yield from product(range(3), repeat=count)


_FAR = Fraction(1000)
"""So far out a value is taken where a figure has no end."""


def _values(item: Range) -> tuple[Fraction, Fraction, Fraction]:
    """Return three values of a range: one end or near it, one inside, one at the other end or far out."""
    low, high = item.low.value, item.high.value
    if high is None:
        high = _FAR if low is None else low + _FAR
    if low is None:
        low = min(high - _FAR, -_FAR)
    first = low + (high - low) / 1000 if item.low.open else low
    last = high - (high - low) / 1000 if item.high.open else high
    return first, (low + high) / 2, last


class Hull:
    """The ends of a result over boxes, each with whether some completion is known to come as near as one likes."""

    def __init__(self) -> None:
        self.low: tuple[End, bool] | None = None
        self.high: tuple[End, bool] | None = None

    def take(self, item: Range, *, tight: bool) -> None:
        """Take in what the result is over one more box."""
        self.low = _farther(self.low, (item.low, tight), -1)
        self.high = _farther(self.high, (item.high, tight), 1)

    @property
    def range(self) -> Range | None:
        """The range over all boxes, None before the first."""
        return None if self.low is None or self.high is None else Range(self.low[0], self.high[0])

    @property
    def tight(self) -> bool:
        """Whether both ends are."""
        return self.low is not None and self.high is not None and self.low[1] and self.high[1]


def _farther(kept: tuple[End, bool] | None, new: tuple[End, bool], sign: int) -> tuple[End, bool]:
    if kept is None or new[0].value is None:
        return new
    if kept[0].value is None or (new[0].value - kept[0].value) * sign < 0:
        return kept
    if new[0].value != kept[0].value:
        return new
    return End(new[0].value, open=kept[0].open and new[0].open), kept[1] or new[1]

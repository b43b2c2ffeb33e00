"""A proportion below a band of full marks: of what it is one, where the wording does not say."""

from __future__ import annotations

from rubric_dsl.diagnostics import Text
from rubric_dsl.numbers import text_of
from rubric_dsl.wording.amounts import RATIO
from rubric_dsl.wording.bands import Ended, ended, region_written
from rubric_dsl.wording.draft import Context, Draft, stop
from rubric_dsl.wording.measured import Parts, amounts_of, is_full, never, of_full
from rubric_dsl.wording.parts import Band, End, Range, Score, Shared


def in_proportion(found: Parts, context: Context) -> list[Draft]:
    """≥90%得满分，低于90%按比例得分: of the target, of the whole, or from no points to full marks."""
    (share,) = found.shared
    others = found.target is not None or found.base is not None or found.otherwise is not None or found.ending
    full = [band for band in found.bands if is_full(band, context, found.bands)]
    rest = [band for band in found.bands if band not in full]
    upward = len(full) == 1 and full[0].range.low is not None and full[0].range.high is None
    zero = all(band.score.kind == "nothing" and band.range.low is None for band in rest)
    if others or found.rates or not upward or not zero or len(rest) > 1:
        raise stop(share.span, "按什么的比例，没有说明", "in proportion to what is not said")
    top = full[0].range.low or never()
    if top.amount.value <= 0 or not _meets(share, top, rest):
        raise stop(share.span, "按比例的一段接不上前面的几档", "the part in proportion does not meet the other bands")
    drafts = []
    part = [] if share.range is None else [Band(share.subject, share.range, Score("share"), share.span)]
    for settled in ended([*found.bands, *part]):
        way = Ended(settled.bands[: len(found.bands)], settled.choices)
        if part and not _apart(settled.bands[-1].range, way.bands):
            raise stop(share.span, "按比例的一段与别的档重叠", "the part in proportion overlaps another band")
        clauses = [f"{region_written(band.range)} {of_full(band, band.score == full[0].score)}" for band in way.bands]
        amounts = amounts_of(way.bands)
        target = Text(f"按占 {top.amount.written} 的比例", f"in proportion to {top.amount.written}")
        whole = Text("按占 100% 的比例", "in proportion to 100%")
        proportions = [(f"按比例计分，以 {top.amount.written} 为标准，最多 满分", target)]
        if found.unit == RATIO and top.amount.value != 100:  # noqa: PLR2004 - 100%
            proportions.append(("按比例计分，最多 满分", whole))
        drafts += [
            Draft((*clauses, clause), (*way.choices, told), amounts, found.unit, found.subject)
            for clause, told in proportions
        ]
        if rest and context.points is not None:
            low = rest[0].range.high or never()
            line = f"{low.amount.written} 到 {top.amount.written} 计 0分 到 {text_of(context.points)}分 按直线"
            marks = _line_ends(way)
            line = line.replace(f"{low.amount.written} 到 {top.amount.written}", marks)
            told = Text("从 0 分到满分按直线", "on a straight line from no points to full marks")
            drafts.append(Draft((*clauses, line), (*way.choices, told), amounts, found.unit, found.subject))
    return drafts


def _apart(share: Range, bands: tuple[Band, ...]) -> bool:
    """Whether each end that a part in proportion has belongs to it or to the band that it meets there, and not to both."""
    pairs = [(share.low, band.range.high) for band in bands if band.range.low is None]
    pairs += [(share.high, band.range.low) for band in bands if band.range.high is None]
    return all(one is None or other is None or one.closed is not other.closed for one, other in pairs)


def _meets(share: Shared, top: End, rest: list[Band]) -> bool:
    """Whether the part in proportion is all that the other bands leave below full marks."""
    if share.range is None:
        return True
    low, high = share.range.low, share.range.high
    floor = rest[0].range.high if rest else None
    below = (low is None and floor is None) or (
        low is not None and floor is not None and low.amount.value == floor.amount.value
    )
    return high is not None and high.amount.value == top.amount.value and below and share.range.reached is False


def _line_ends(way: Ended) -> str:
    """Return the stretch between the band of no points and that of full marks."""
    low = next(band.range.high for band in way.bands if band.range.low is None) or never()
    high = next(band.range.low for band in way.bands if band.range.high is None) or never()
    ends = [f"{end.amount.written}（{'不含' if end.closed else '含'}）" for end in (low, high)]
    return " 到 ".join(ends)

"""From the points to the total, one lost part after the other; each a line that a phone can show."""

from __future__ import annotations

from fractions import Fraction
from xml.etree.ElementTree import Element

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.evaluate.result import ScoreRange
from rubric_dsl.report.page.element import element
from rubric_dsl.report.page.notice import Loss
from rubric_dsl.report.table import score_text

_WIDE, _HIGH = 1000, 16


def waterfall(losses: tuple[Loss, ...], total: ScoreRange, lang: Lang) -> Element:
    """Draw the way from the points to the total; what is not settled is drawn lighter."""
    most = max(total.points, total.max, Fraction(1))
    made = element("ol", class_="waterfall")
    made.append(
        _line(Text("分值", "points").to(lang), _bars([(Fraction(0), total.points, "full")], most), _plain(total.points))
    )
    reached = total.points
    for loss in losses:
        sure, open_ = reached - loss.low, reached - loss.high
        bars = [(sure, reached, "lost" if loss.low >= 0 else "gained")]
        if open_ != sure:
            bars.append((open_, sure, "open"))
        made.append(_line(loss.name.to(lang), _bars(bars, most), lost_text(loss, lang)))
        reached = open_
    bars = [(Fraction(0), total.min, "total"), (total.min, total.max, "open")]
    made.append(_line(Text("总分", "total").to(lang), _bars(bars, most), score_text(total, lang), "sum"))
    return made


def lost_text(loss: Loss, lang: Lang) -> str:
    """Say what was lost: −5, or −2～−5; + where it was gained."""
    ends = [_signed(-loss.low)] if loss.low == loss.high else [_signed(-loss.low), _signed(-loss.high)]
    return Text("～", " to ").to(lang).join(ends)


def _signed(value: Fraction) -> str:
    return ("+" if value > 0 else "−" if value < 0 else "") + _plain(abs(value))


def _plain(value: Fraction) -> str:
    return score_text(ScoreRange(value, value, value), "zh")


def _line(name: str, bars: Element, value: str, kind: str | None = None) -> Element:
    made = element("li", element("span", name, class_="name"), bars, element("span", value, class_="value"))
    if kind is not None:
        made.set("class", kind)
    return made


def _bars(bars: list[tuple[Fraction, Fraction, str]], most: Fraction) -> Element:
    drawn = element("svg", viewBox=f"0 0 {_WIDE} {_HIGH}", preserveAspectRatio="none", aria_hidden="true")
    for one, other, kind in bars:
        low, high = max(min(one, other), Fraction(0)), max(one, other, Fraction(0))
        begin, end = round(_WIDE * low / most), round(_WIDE * high / most)
        if end > begin:
            drawn.append(element("rect", x=str(begin), y="0", width=str(end - begin), height=str(_HIGH), class_=kind))
    return drawn

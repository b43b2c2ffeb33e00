"""Generated bands: 依次类推 goes on from the two bands before it, by their width and the change of their scores."""

from __future__ import annotations

from fractions import Fraction

from rubric_dsl.core.nodes import (
    Add,
    Branch,
    Compare,
    CompareOp,
    Const,
    Div,
    Expr,
    Extreme,
    Measure,
    ToWhole,
    minus,
    times,
)
from rubric_dsl.diagnostics import Text
from rubric_dsl.forms.base import Context, cap_of, floor_of, is_fixed, score_of
from rubric_dsl.syntax.tree import Node


def so_on(clause: Node, before: tuple[Node, ...], context: Context) -> Branch | None:
    """Lower 依次类推: the score goes on by the same change for each further band of the same width, up to its end."""
    found = [_band(band, context) for band in before[-2:]]
    bands = [band for band in found if band is not None]
    cap = context.points if clause.find("cap_full") else cap_of(clause)
    floor = floor_of(clause)
    if len(bands) < 2 or not _fit(bands[0], bands[1], cap):  # noqa: PLR2004 - two bands make a series
        context.fault(
            "series-base",
            Text("“依次类推”前面的两档定不出后面各档", "the two bands before 'and so on' do not fix the further ones"),
            clause,
            hint=Text(
                "先写两档，如：10%（含） 到 20% 计1分；20%（含） 到 30% 计2分；依次类推，最多 5分",
                "write two bands first: 10% (included) to 20% scores 1; 20% (included) to 30% scores 2; and so on, at most 5",
            ),
        )
        return None
    (low, high, owner, first), (_, top, _, second) = bands
    width, change = high - low, second - first
    rising = width > 0
    edge = Const(top)
    distance: Expr = minus(Measure(), edge) if rising else minus(edge, Measure())
    steps = Div(distance, Const(abs(width)))
    # The n-th further band begins at its own end or just beyond it, as the bands before it do.
    count: Expr = Add((ToWhole("floor", steps), Const(Fraction(1)))) if owner == "first" else ToWhole("ceiling", steps)
    value: Expr = Add((Const(second), times(change, count)))
    if cap is not None:
        value = Extreme("min", (value, Const(cap)))
    if floor is not None:
        value = Extreme("max", (value, Const(floor)))
    op: CompareOp = (">=" if owner == "first" else ">") if rising else ("<=" if owner == "first" else "<")
    return Branch(Compare(op, Measure(), edge), value, context.words(clause))


def _fit(
    one: tuple[Fraction, Fraction, str, Fraction], two: tuple[Fraction, Fraction, str, Fraction], cap: object
) -> bool:
    same = one[1] == two[0] and one[1] - one[0] == two[1] - two[0] and one[2] == two[2] and one[1] != one[0]
    falling = two[3] < one[3]
    return same and two[3] != one[3] and falling == (cap is None)


def _band(band: Node, context: Context) -> tuple[Fraction, Fraction, str, Fraction] | None:
    """Return where a band begins and ends, which of the two it owns, and its score; the far end comes second."""
    region = next((child for child in band.children if child.kind == "between"), None)
    if not isinstance(region, Node) or context.measure is None:
        return None
    marks: list[str] = []
    bounds: list[Fraction] = []
    for child in region.children:
        if child.kind in ("INCLUDED", "EXCLUDED"):
            marks[-1] = child.kind
            continue
        value = context.formulas.compared(context.measure, child)
        if not isinstance(value, Const):
            return None
        bounds.append(value.value)
        marks.append("")
    score = band.node("score")
    if not is_fixed(score):
        return None
    owner = "first" if marks[0] == "INCLUDED" or (marks[1] == "EXCLUDED" and marks[0] != "EXCLUDED") else "last"
    return bounds[0], bounds[1], owner, score_of(score, context.points)

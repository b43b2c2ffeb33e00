"""Random rubrics of every form as the model describes them (``tests/meaning.py``), and complete data with edges on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from tests import meaning as m

F = Fraction
A, B, C = m.Figure("甲"), m.Figure("乙"), m.Figure("丙")
RATE, DAYS, PIECES, AVERAGE = m.Figure("率"), m.Figure("天数"), m.Figure("件数"), m.Figure("平均水平")
YEARS = ("2017年", "2018年", "2019年")
PAIRS = tuple((one, other) for one in ("一类", "二类") for other in ("优", "良", "差"))
FORM: tuple[m.Field | m.Parameter | m.Derived, ...] = (
    m.Field("甲", "万元"),
    m.Field("乙", "万元"),
    m.Field("丙", "元", signed=True),
    m.Field("率", "比率", signed=True),
    m.Field("天数", "天"),
    m.Field("件数", "件", whole=True),
    m.Field("平均水平", "比率", nullable=True),
    m.Field("类", options=("一类", "二类")),
    m.Field("质", options=("优", "良", "差")),
    m.Field("支出", "万元", columns=YEARS),
    m.Parameter("目标率", "比率", (("一类", m.Number(F(95), "%")), ("二类", m.Number(F(85), "%"))), "类"),
    m.Parameter(
        "双目标",
        "比率",
        tuple((f"{a} {b}", m.Number(F(60 + 7 * at), "%")) for at, (a, b) in enumerate(PAIRS)),
        "类, 质",
    ),
    m.Parameter("步长", "个百分点", (("一类", m.Number(F(1), "pp")), ("二类", m.Number(F(5, 2), "pp"))), "类"),
    m.Parameter("每步", "数", (("", m.Number(F(1, 2))),)),
    m.Parameter("成数", "比率", (("一类", m.Number(F(5), "%")), ("二类", m.Number(F(20), "%"))), "类"),
    m.Derived("合计数", "万元", m.Arithmetic(A, "+", C)),
)
SCALE = {"A": F(4), "B": F(3), "C": F(2), "D": F(1)}
LABELS = "①②③④"
WHOLE_UNITS = {"件", "人", "次", "例"}

amounts = st.integers(1, 12).map(lambda value: F(value, 4))
all_points = st.sampled_from([F(5), F(10), F(4), F(6), F(5, 2), F(20)])
readings = st.sampled_from(("", "", "whole", "started", "pro rata"))
signs = st.sampled_from(("<", "<=", ">", ">="))
roundings = st.builds(
    m.Rounding, st.sampled_from([F(1, 100), F(1, 10), F(1, 2)]),
    st.sampled_from(("half up", "half even", "up", "down", "floor", "ceiling")),
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """A measure: its formula and the unit of numbers that it is compared with."""

    formula: m.Formula
    unit: str


def over(top: m.Formula, bottom: m.Formula) -> m.Formula:
    return m.Arithmetic(top, "/", bottom)


RATIOS = (
    over(A, B),
    over(m.Arithmetic(A, "-", B), B),
    over(m.Call("abs", (m.Arithmetic(A, "-", B),)), B),
    over(A, m.Arithmetic(A, "+", B)),
    over(m.Figure("合计数"), B),
    over(A, m.Series("mean", "支出", YEARS)),
    over(m.Figure("支出", "2019年"), m.Series("sum", "支出", YEARS[:2])),
    over(m.Call("max", (A, C)), B),
    m.Call("min", (over(A, B), RATE)),
    RATE,
    m.Rounded(over(A, B), m.Rounding(F(1, 100), "half up")),
)  # fmt: skip
GROUPED = (
    *(over(A, m.OfGroup(what, A)) for what in ("mean", "highest", "lowest")),
    over(A, m.OfGroup("quantile", A, share=F(1, 4))),
    over(A, m.Choice(m.Compare(m.OfGroup("count", A), "<=", m.Number(F(3))), m.OfGroup("mean", A), m.OfGroup("mean", A, 1, 1))),
)  # fmt: skip
RANKS = tuple(m.Rank(RATE, high, ties) for high in (True, False) for ties in ("first", "mean", "last"))


@st.composite
def measures(draw: st.DrawFn, *, grouped: bool = False, unit: str | None = None) -> Measured:
    """A ratio, days, pieces or, in a group, a place or a share of a value of the group."""
    if grouped and draw(st.booleans()):
        return draw(st.sampled_from([*(Measured(f, "%") for f in GROUPED), *(Measured(f, "") for f in RANKS)]))
    kind = draw(st.sampled_from(("%", "%", "%", "天", "件", ""))) if unit is None else unit
    if kind == "%":
        return Measured(draw(st.sampled_from(RATIOS)), "%")
    if kind == "":
        return Measured(m.Rounded(over(A, B), m.Rounding(F(1, 100), "half up"), "sqrt"), "")
    return Measured(DAYS if kind == "天" else PIECES, kind)


@st.composite
def thresholds(draw: st.DrawFn, unit: str, count: int, *, above_zero: bool = False) -> list[m.Number]:
    """Different numbers in a measure's unit, from the least."""
    least = 1 if above_zero else 0
    whole = unit in WHOLE_UNITS or unit == ""
    values = draw(st.sets(st.integers(least, 12 if whole else 60), min_size=count, max_size=count))
    factor = F(1) if whole else draw(st.sampled_from((F(5, 2), F(1), F(2))))
    return [m.Number(value * factor, unit) for value in sorted(values)]


def sizes(unit: str) -> st.SearchStrategy[m.Formula]:
    if unit == "%":
        return st.sampled_from([m.Number(F(1), "pp"), m.Number(F(5), "pp"), m.Number(F(5, 2), "pp"), m.Figure("步长")])
    more = [DAYS] if unit == "天" else []
    return st.sampled_from([m.Number(F(1), unit), m.Number(F(2), unit), m.Number(F(1), unit), *more])


rates: st.SearchStrategy[Fraction | m.Formula] = st.one_of(
    amounts, amounts, st.sampled_from((m.Figure("每步"), m.Arithmetic(RATE, "*", m.Number(F(2)))))
)
"""The points of one step: as a rule a number, else a parameter or a formula (which may come out below zero)."""


def below_zero(points: st.SearchStrategy[Fraction]) -> st.SearchStrategy[Fraction]:
    """The same points, seldom as many below zero."""
    return st.tuples(points, st.sampled_from((1, 1, 1, -1))).map(lambda drawn: drawn[0] * drawn[1])


def part_of(points: Fraction) -> st.SearchStrategy[Fraction]:
    """Some of the points, in quarters."""
    return st.integers(0, int(points * 4)).map(lambda value: F(value, 4))


# ---------------------------------------------------------------- cases


@st.composite
def gives(draw: st.DrawFn, points: Fraction, *, unit: str = "", lined: bool = False, picked: bool = True) -> m.Gives:
    """Anything that a case can give."""
    kinds = ["fixed", "fixed", "full", "nothing", "minus", "formula"]
    kinds += ["line"] if lined else []
    kinds += ["picked"] if picked else []
    low, high = sorted((draw(part_of(points)), draw(part_of(points))))
    match draw(st.sampled_from(kinds)):
        case "fixed":
            return m.Fixed(draw(below_zero(st.just(low))))
        case "full":
            return m.Full()
        case "nothing":
            return m.Nothing()
        case "minus":
            return m.Minus(high + draw(st.sampled_from((F(0), F(1), F(30)))))
        case "line":
            return m.OnALine(*draw(st.permutations((draw(below_zero(st.just(low))), high))))
        case "picked" if low < high:
            return m.Picked(draw(below_zero(st.just(low))), high)
        case _ if unit == "%":
            return m.ByFormula(m.Arithmetic(m.OwnMeasure(), "*", m.Number(high + 1)))
        case _:
            return m.ByFormula(
                m.Call("max", (m.Arithmetic(over(A, m.Number(F(10), "万元")), "*", m.Number(F(2))), m.Number(low)))
            )


@st.composite
def bands(
    draw: st.DrawFn, points: Fraction, unit: str, *, picked: bool = True, first: m.Gives | None = None
) -> list[m.Case]:
    """Bands that hold every value once: from below the first end to beyond the last."""
    ends = draw(thresholds(unit, draw(st.integers(1, 4))))
    owners = [draw(st.booleans()) for _ in ends]  # whether the band above owns the end
    found: list[m.Case] = []
    opened, owned = None, False
    for end, above in zip(ends, owners, strict=True):
        lined = opened is not None
        found.append(m.Band(opened, owned, end, not above, draw(gives(points, unit=unit, lined=lined, picked=picked))))
        if (
            opened is not None and not owned and above
        ):  # a band of which no end is marked must own neither by its neighbours
            found[-1] = replace(_band(found[-1]), owns_high=False)
        opened, owned = end, above
    found.append(m.Band(opened, owned, None, False, draw(gives(points, unit=unit, picked=picked))))
    if first is not None:
        found[0] = replace(_band(found[0]), gives=first)
    if draw(st.booleans()):
        found[-1] = m.Otherwise(_band(found[-1]).gives)
    return found


def _band(case: m.Case) -> m.Band:
    assert isinstance(case, m.Band)
    return case


@st.composite
def series(draw: st.DrawFn, points: Fraction, unit: str) -> list[m.Case]:
    """Two bands and so on."""
    start, width = draw(thresholds(unit, 1))[0].written, m.Number(F(5), unit).written
    above, change = draw(st.booleans()), draw(st.sampled_from((F(1, 2), F(1))))
    grows = draw(st.booleans())
    steps = [m.Number(start + width * at, unit) for at in range(3)]
    first = F(1, 2) if grows else points - change
    scores = [first, first + change if grows else first - change]
    end = (
        draw(st.sampled_from((points, scores[1] + change)))
        if grows
        else draw(st.sampled_from((F(0), max(F(0), scores[1] - change))))
    )
    before = m.Band(None, False, steps[0], not above, m.Nothing() if grows else m.Full())
    written = [m.Band(steps[at], above, steps[at + 1], not above, m.Fixed(scores[at])) for at in range(2)]
    return [before, *written, m.AndSoOn(end)]


@st.composite
def conditions(draw: st.DrawFn, earlier: Sequence[str] = ()) -> m.Condition:
    """A condition over figures, choices, counts, other scores."""
    simple: list[m.Condition] = [
        m.Compare(A, draw(signs), B),
        m.Compare(B, "=", m.Number(F(0), "万元")),
        m.Compare(A, draw(signs), m.Number(F(50), "万元")),
        m.Compare(over(A, B), draw(signs), m.Number(F(95), "%")),
        m.Compare(PIECES, draw(signs), m.Number(F(5), "件")),
        m.Chosen("类", "一类", draw(st.sampled_from(("=", "!=")))),
        m.Unavailable(AVERAGE),
        m.Compare(RATE, draw(signs), m.Figure("目标率")),
        m.Compare(
            m.Counted(tuple(m.Compare(m.Figure("支出", year), ">=", m.Number(F(50), "万元")) for year in YEARS)), ">=",
            m.Number(F(2)),
        ),
        *(m.Compare(m.OfIndicator("score", name), draw(signs), m.Number(F(3))) for name in earlier[-2:]),
    ]  # fmt: skip
    one, other = draw(st.sampled_from(simple)), draw(st.sampled_from(simple))
    made: tuple[m.Condition, ...] = (one, one, m.Every((one, other)), m.Some((one, other)), m.Not(one))
    return draw(st.sampled_from(made))


@st.composite
def whens(draw: st.DrawFn, points: Fraction) -> list[m.Case]:
    found: list[m.Case] = [m.When(draw(conditions()), draw(gives(points))) for _ in range(draw(st.integers(1, 3)))]
    return [*found, m.Otherwise(draw(gives(points)))]


@st.composite
def lookups(draw: st.DrawFn, points: Fraction) -> list[m.Case]:
    """A table over two choices, or a choice and a range of pieces."""
    at = draw(thresholds("件", 1))[0]
    regions = (m.Band(None, False, at, True, m.Nothing()), m.Band(at, False, None, False, m.Nothing()))
    keys, cells = draw(st.sampled_from(((("类", "质"), ("优", "良", "差")), (("类", "件数"), regions))))
    rows = [("一类", cells[0]), ("一类", None), ("二类", cells[1])][draw(st.integers(0, 1)) :]
    table = tuple(m.Row(row, draw(gives(points, picked=False))) for row in rows)
    return [m.Lookup(keys, table), m.Otherwise(draw(gives(points, picked=False)))]


# ---------------------------------------------------------------- forms


@st.composite
def steps(
    draw: st.DrawFn, unit: str, *, side: str | None = None, target: m.Formula | None = None, floored: bool = True
) -> m.Steps:
    """A step deduction; without a target of its own one is drawn."""
    numbers = draw(thresholds(unit, 3, above_zero=True))
    beyond = (
        numbers[1:]
        if (chosen := side or draw(st.sampled_from(("above", "below", "off")))) == "above"
        else numbers[1::-1]
    )
    own = target or (numbers[0] if chosen == "above" else numbers[2])
    if target is None and chosen == "off" and unit == "%" and draw(st.booleans()):
        own = m.Figure("目标率")
    elif target is None and unit == "天" and draw(st.booleans()):
        own = m.Arithmetic(DAYS, "/", m.Number(F(2)))
    shares: list[Fraction | m.Formula] = [F(3, 100), F(5, 100), F(20, 100), m.Figure("成数")]
    share = draw(st.sampled_from(shares))
    size = draw(sizes(unit)) if unit == "" or draw(st.booleans()) else m.OfTarget(share)
    tiers: tuple[tuple[Fraction | m.Formula, m.Number], ...] = ()
    way = ""
    if chosen != "off" and target is None and isinstance(own, m.Number) and draw(st.booleans()):
        tiers = tuple((draw(rates), at) for at in beyond[: draw(st.integers(1, 2))])
        way = draw(st.sampled_from(("marginal", "replacing")))
    return m.Steps(
        draw(rates), size, chosen, own, draw(readings), draw(st.one_of(st.none(), amounts)),
        draw(st.sampled_from((None, F(0), F(-4)))) if floored else None,
        draw(st.sampled_from((F(0), F(0), F(1, 2)))) if chosen != "off" else F(0), tiers, way,
    )  # fmt: skip


@st.composite
def occurrence(draw: st.DrawFn, *, name: str = "", reward: bool = False) -> m.Occurrence:
    listed = not name and not reward and draw(st.booleans())
    kinds = tuple(LABELS[: draw(st.integers(1, 3))]) if listed else (name,)
    each = draw(st.one_of(st.none(), amounts)) if listed else None
    return m.Occurrence(
        draw(amounts), m.Number(F(draw(st.sampled_from((1, 1, 2, 3)))), "例"), kinds, listed, draw(readings),
        draw(st.one_of(st.none(), amounts)), each, not reward and draw(st.booleans()),
    )  # fmt: skip


@st.composite
def occurrences(draw: st.DrawFn) -> m.Occurrences:
    names = ("迟报", "错报", "漏报")[: draw(st.integers(1, 3))]
    clauses = tuple(draw(occurrence(name=name)) for name in names) if draw(st.booleans()) else (draw(occurrence()),)
    return m.Occurrences(clauses, draw(st.booleans()), draw(st.one_of(st.none(), amounts)))


def scores_of(draw: st.DrawFn, points: Fraction, count: int) -> list[Fraction]:
    return sorted(draw(st.sets(st.integers(0, int(points * 4)), min_size=count, max_size=count)))[:count]  # type: ignore[return-value]


@st.composite
def ladders(draw: st.DrawFn, points: Fraction, unit: str) -> m.Ladder:
    count = draw(st.integers(1, 4))
    bounds, scores = draw(thresholds(unit, count)), [F(score, 4) for score in scores_of(draw, points, count)]
    rungs = [(bound, m.Fixed(score)) for bound, score in zip(bounds, scores, strict=True)][::-1]
    kind = draw(st.sampled_from(("rising", "falling", "each")))
    if kind == "each":
        return m.Ladder(tuple((bound, m.Nothing()) for bound in bounds), False, False, points / 4)
    if kind == "falling":
        rungs = [(bound, m.Fixed(score)) for bound, score in zip(bounds, scores[::-1], strict=True)]
    top: tuple[m.Number, m.Gives] = (rungs[0][0], m.Full())
    return m.Ladder((top, *rungs[1:]), count > 1 and draw(st.booleans()), kind == "falling")


@st.composite
def anchors(draw: st.DrawFn, points: Fraction, unit: str) -> m.Anchors:
    bounds = draw(thresholds(unit, draw(st.integers(2, 4))))
    scores = [
        draw(st.one_of(below_zero(part_of(points)).map(m.Fixed), st.just(m.Full()), st.just(m.Nothing())))
        for _ in bounds
    ]
    return m.Anchors(tuple(zip(bounds, scores, strict=True)), draw(st.sampled_from(("held", "extended", "zero"))))


@st.composite
def proportionals(
    draw: st.DrawFn, points: Fraction, unit: str, *, caps: st.SearchStrategy[Fraction | m.Full | None]
) -> m.Proportional:
    way = draw(st.sampled_from(("direct", "inverse", "excess")))
    target: m.Formula | None = draw(thresholds(unit, 1, above_zero=True))[0]
    if unit == "%":
        target = draw(st.sampled_from((None, target, m.Figure("目标率"), m.Figure("双目标"), RATE)))
    cap = draw(caps) if way != "excess" else m.Full()
    return m.Proportional(way, target, cap, draw(st.sampled_from((None, F(0), F(-1)))))


@st.composite
def formulas(draw: st.DrawFn, unit: str, *, caps: st.SearchStrategy[Fraction | m.Full | None]) -> m.ScoreFormula:
    share = m.OwnMeasure() if unit in ("%", "") else over(m.OwnMeasure(), m.Number(F(10), unit))
    scaled: m.Formula = m.Arithmetic(share, "*", m.Number(F(draw(st.integers(1, 12)))))
    own = draw(
        st.sampled_from(
            (
                scaled,
                m.Arithmetic(scaled, "-", m.Number(F(2))),
                m.Choice(m.Compare(A, ">=", B), scaled, m.Number(F(3))),
                m.Rounded(m.Arithmetic(scaled, "^", m.Number(F(2))), m.Rounding(F(1, 2), "half even")),
                m.Rounded(over(A, B), m.Rounding(F(1, 100), "half up"), "log10"),
            )
        )
    )
    return m.ScoreFormula(own, draw(caps), draw(st.sampled_from((None, F(0), F(-3)))))


@st.composite
def checklists(draw: st.DrawFn, points: Fraction, *, plain: bool = False) -> m.Checklist:
    """Items that sum to the points; some with other marks, or that only cost."""
    shares = draw(st.sampled_from(((F(1),), (F(1, 2), F(1, 2)), (F(1, 2), F(1, 4), F(1, 4)))))
    items = []
    for label, share in zip(LABELS, shares, strict=False):
        own = share * points
        partly = draw(st.sampled_from((None, own / 2, F(0))))
        if draw(st.integers(0, 3)) == 0:
            items.append(m.Item(label, own, low=draw(st.sampled_from((F(0), own / 4, F(-1))))))
            continue
        levels = draw(st.sampled_from(((), (), (("较好", own * 3 / 4), ("一般", own / 4)))))
        items.append(m.Item(label, own, partly, draw(st.sampled_from(("", "full", "shared"))), levels=levels))
    costs = draw(st.sampled_from(("none", "none", "also", "only", "below", "all below"))) if not plain else "none"
    if costs == "only":
        items = [m.Item(item.label, draw(amounts), if_unmet=True) for item in items]
    elif costs in ("below", "all below"):
        lost = -draw(amounts)
        below = m.Item(
            LABELS[0 if costs == "all below" else len(items)], lost, draw(st.sampled_from((None, lost / 2, F(0)))),
            draw(st.sampled_from(("", "full", "shared"))),
        )  # fmt: skip
        items = [below] if costs == "all below" else [*items, below]
    elif costs == "also":
        items.append(m.Item(LABELS[len(items)], draw(amounts), if_unmet=True))
    return m.Checklist(tuple(items), draw(st.booleans()) and costs not in ("only", "all below"))


@st.composite
def levels(draw: st.DrawFn, points: Fraction, *, plain: bool = False) -> m.Levels:
    names = ("好", "较好", "一般")[: draw(st.integers(2, 3))]
    fixed = st.one_of(
        below_zero(part_of(points)).map(m.Fixed), st.just(m.Full()), st.just(m.Nothing()), amounts.map(m.Minus)
    )
    pick = st.tuples(part_of(points / 2), part_of(points / 4)).map(
        lambda ends: m.Picked(ends[0], ends[0] + ends[1] + F(1, 4))
    )
    one = fixed if plain else st.one_of(fixed, pick)
    return m.Levels(tuple((name, draw(one)) for name in names))


@st.composite
def awards(draw: st.DrawFn, points: Fraction, *, signed: bool = True) -> m.Award:
    low = draw(st.sampled_from((F(0), F(0), F(1), *([F(-2)] if signed else []))))
    return m.Award(low, points, draw(st.sampled_from((None, F(1, 2)))))


@st.composite
def rated(draw: st.DrawFn, points: Fraction) -> m.Rule:
    """What somebody rates, alone or together, with deductions beside it or not."""
    several = draw(st.booleans())
    choices: list[st.SearchStrategy[m.Form]] = [
        awards(points),
        levels(points, plain=several),
        checklists(points, plain=several),
    ]
    form: m.Form = m.RatedOnScale() if points == SCALE["A"] and draw(st.booleans()) else draw(st.one_of(choices))
    forms: tuple[m.Form, ...] = (form,)
    if draw(st.booleans()):
        forms += (m.Occurrences((draw(occurrence(name="违规")),)),)
    if not several:
        return m.Rule((), forms)
    way = draw(st.sampled_from(("mean", "trimmed", "median")))
    count = draw(st.integers(3, 5))
    names = draw(
        st.sampled_from((("张三", "李四", "王五", "赵六", "钱七")[:count], tuple(str(at + 1) for at in range(count))))
    )
    apart = draw(st.one_of(st.none(), st.just(points / 4)))
    adjudicator = "" if apart is None else draw(st.sampled_from(("", "孙八")))
    return m.Rule((), forms, m.Assessors(names, way, apart, adjudicator))


# ---------------------------------------------------------------- rules

full_caps = st.one_of(st.just(m.Full()), amounts)


@st.composite
def measured_rules(draw: st.DrawFn, points: Fraction, unit: str) -> m.Rule:
    """A rule over a measure: each form alone, behind bands, and in combination."""
    side = draw(st.sampled_from(("above", "below")))
    number = draw(thresholds(unit, 1, above_zero=True))[0]
    full_band = (
        m.Band(None, False, number, True, m.Full()) if side == "above" else m.Band(number, True, None, False, m.Full())
    )
    match draw(st.integers(0, 18)):
        case 0:
            return m.Rule(tuple(draw(bands(points, unit))))
        case 1:  # what the bands give adds to items and deductions
            beside: m.Form = draw(st.one_of(checklists(points), occurrences()))
            return m.Rule(tuple(draw(bands(points, unit, picked=False))), (beside,), bands_add=True)
        case 2:
            return m.Rule(tuple(draw(series(points, unit))))
        case 3:
            return m.Rule((), (draw(steps(unit)),))
        case 4:  # the band of full marks gives the target
            return m.Rule((full_band,), (replace(draw(steps(unit, side=side, target=number)), target=None),))
        case 5:  # both sides, each in its way
            ends = draw(thresholds(unit, 2, above_zero=True))
            middle = m.Band(ends[0], True, ends[1], True, m.Full())
            above = draw(steps(unit, side="above", target=ends[1], floored=False))
            return m.Rule((middle,), (above, draw(steps(unit, side="below", target=ends[0], floored=False))))
        case 6:  # a base, a bonus to one side, a deduction to the other
            bonus = m.Bonus(
                draw(rates),
                draw(sizes(unit)),
                side,
                number,
                draw(readings),
                draw(amounts),
                may_pass=draw(st.booleans()),
            )
            other = draw(steps(unit, side="below" if side == "above" else "above", target=number))
            return m.Rule((), (other, bonus, m.Base(draw(part_of(points)))))
        case 7:
            as_deducted = draw(steps(unit, floored=False))
            return m.Rule((), (m.Bonus(**{own.name: getattr(as_deducted, own.name) for own in fields(as_deducted)}),))
        case 8:
            return m.Rule((), (m.Base(draw(part_of(points))), draw(steps(unit))))
        case 9:
            return m.Rule((), (draw(ladders(points, unit)),))
        case 10:
            return m.Rule((), (draw(anchors(points, unit)),))
        case 11 if unit:
            return m.Rule((), (draw(proportionals(points, unit, caps=full_caps)),))
        case 12:
            return m.Rule((), (draw(formulas(unit, caps=full_caps)),))
        case 13:  # a gain that a bonus comes on top of, behind a band
            gain = draw(st.one_of(ladders(points, unit), anchors(points, unit), formulas(unit, caps=full_caps)))
            bonus = m.Bonus(
                draw(amounts), draw(sizes(unit)), "above", number, draw(readings), draw(amounts),
                may_pass=draw(st.booleans()),
            )  # fmt: skip
            return m.Rule(
                (m.Band(None, False, m.Number(F(0), unit), False, m.Nothing()),), (replace_floor(gain), bonus)
            )
        case 14:  # a gain with deductions beside it
            gain = draw(st.one_of(ladders(points, unit), anchors(points, unit)))
            return m.Rule((), (gain, draw(occurrences())))
        case 15 | 16:
            return draw(passing_rules(points, unit, number))
        case _:
            low = m.Band(None, False, number, False, draw(gives(points, unit=unit, picked=False)))
            kept = draw(st.one_of(anchors(points, unit), ladders(points, unit), formulas(unit, caps=full_caps)))
            return m.Rule((low,), (kept,))


@st.composite
def passing_rules(draw: st.DrawFn, points: Fraction, unit: str, number: m.Number) -> m.Rule:
    """A gain that may pass the points, by itself or with what may not and deductions; uncapped where it has a limit."""
    more = points * F(3, 2)
    own = draw(formulas(unit, caps=st.just(more)))
    gain: m.Proportional | m.ScoreFormula = own
    bands: tuple[m.Case, ...] = ()
    if unit and draw(st.booleans()):
        bands = (m.Band(number, True, None, False, m.Full()),)
        gain = m.Proportional("direct", m.Number(number.written / 2, unit), draw(st.sampled_from((None, more))))
    elif draw(st.booleans()):
        gain = replace(own, formula=m.Call("min", (own.formula, m.Number(more))), at_most=None)
    beside: tuple[m.Form, ...] = ()
    if draw(st.booleans()):
        beside = (draw(occurrences()),)
    if draw(st.booleans()):
        target = m.Number(number.written / 2, unit)
        beside += (
            m.Bonus(draw(amounts), draw(sizes(unit)), "below", target, draw(readings), draw(amounts), may_pass=False),
        )
    return m.Rule(bands, (gain, *beside))


def replace_floor(form: m.Form) -> m.Form:
    return replace(form, down_to=None) if isinstance(form, m.ScoreFormula) else form


@st.composite
def unmeasured_rules(draw: st.DrawFn, points: Fraction) -> m.Rule:
    """A rule that needs no measure."""
    match draw(st.integers(0, 6)):
        case 0:
            return m.Rule(tuple(draw(whens(points))))
        case 1:
            return m.Rule(tuple(draw(lookups(points))))
        case 2:
            return m.Rule((), (draw(occurrences()),))
        case 3:
            return m.Rule((), (m.Rewards((draw(occurrence(reward=True)),)),))
        case 4 if points == SCALE["A"]:
            grade = m.OnScale(draw(st.sampled_from("ABCD")))
            return m.Rule((m.When(draw(conditions()), grade), m.Otherwise(m.OnScale("D"))))
        case _:
            return draw(rated(points))


@st.composite
def indicators(
    draw: st.DrawFn, name: str, points: Fraction, *, outcomes: Sequence[str] = (), earlier: Sequence[str] = (), plain: bool = False,
    grouped: bool = False,
) -> m.Indicator:  # fmt: skip
    """An indicator with any rule; ``plain`` ones have no score below 0."""
    of = m.Indicator(name, points, ())
    if plain:
        of = replace(of, variants=(m.Variant(None, m.Rule((), (draw(awards(points, signed=False)),))),))
    elif grouped or draw(st.integers(0, 2)):
        measure = draw(measures(grouped=grouped))
        rule = draw(measured_rules(points, measure.unit))
        of = replace(of, measure=measure.formula, unit=measure.unit, variants=(m.Variant(None, rule),))
        if draw(st.integers(0, 3)) == 0:
            other = draw(measures(unit=measure.unit))
            first = m.Variant(draw(conditions()), rule)
            second = m.Variant(None, draw(measured_rules(points, other.unit)), other.formula)
            if not asked(first.rule) & asked(second.rule):
                of = replace(of, variants=(first, second))
        if measure.unit == "%" and draw(st.booleans()):
            of = replace(of, round_measure=m.Rounding(F(1, 1000), draw(roundings).way))
        if draw(st.integers(0, 3)) == 0:
            end = draw(thresholds(measure.unit, 1))[0]
            of = replace(of, gates=(m.Compare(m.OwnMeasure(), draw(signs), end),))
    else:
        of = replace(of, variants=(m.Variant(None, draw(unmeasured_rules(points))),))
    if draw(st.integers(0, 3)) == 0:
        of = replace(of, gates=(draw(conditions(earlier)),))
    if draw(st.booleans()):
        ways: list[Fraction | str] = [m.IN_FULL, F(0), points / 2, *outcomes, *outcomes]
        of = replace(of, not_applicable=((draw(conditions(earlier)), draw(st.sampled_from(ways))),))
    rounding, reading = draw(st.one_of(st.none(), roundings)), draw(readings)
    return replace(of, round_score=rounding, steps=reading, base_mark=draw(st.sampled_from((None, F(1)))))


def stays(of: m.Indicator) -> bool:
    """Whether an indicator always has a score: the reference does not say what that of an excluded one is."""
    return all(isinstance(outcome, Fraction) or outcome == m.IN_FULL for _, outcome in of.not_applicable)


def asked(rule: m.Rule) -> set[type]:
    """The kinds of ratings that a rule asks for: two variants may not ask for the same address in two ways."""
    return {
        type(part)
        for part in parts_of(rule)
        if isinstance(part, m.Picked | m.Occurrence | m.Award | m.Checklist | m.Levels | m.RatedOnScale)
    }


def parts_of(value: object) -> Iterator[object]:
    """Every part of a description, itself first."""
    yield value
    if is_dataclass(value):
        for own in fields(value):
            yield from parts_of(getattr(value, own.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from parts_of(one)


# ---------------------------------------------------------------- the tree

SUMS = ("sum", "sum", "sum", "pool")
OTHERS = (
    "mean", "weighted mean", "lowest", "highest", "lowest plus", "best mean", "best sum", "geometric mean", "power mean", "chosen", "table",
)  # fmt: skip


@st.composite
def headings(draw: st.DrawFn, name: str, outcomes: Sequence[str], *, grouped: bool = False) -> m.Heading:
    """A heading with two or three indicators, combined in any way; a sum may hold another heading."""
    kind = draw(st.sampled_from((*SUMS, *OTHERS)))
    count = draw(st.integers(2, 3))
    names = [f"{name}之{number}" for number in "甲乙丙"[:count]]
    if kind in ("sum", "pool"):
        shares = (F(4), F(6)) if count == 2 else (F(4), F(4), F(2))
        if kind == "pool":
            shared = [m.Indicator(own, F(10), (m.Variant(None, draw(rated(F(10)))),), shared=True) for own in names]
            return m.Heading(name, F(10), tuple(shared), pool=F(10))
        own_parts: list[m.Indicator] = []
        for own, share in zip(names, shares, strict=True):
            earlier = [part.name for part in own_parts if stays(part)]
            own_parts.append(draw(indicators(own, share, outcomes=outcomes, earlier=earlier, grouped=grouped)))
        parts: list[m.Indicator | m.Heading] = [*own_parts]
        if draw(st.integers(0, 3)) == 0 and not any(isinstance(part, m.OfIndicator) for part in parts_of(tuple(parts))):
            inner = draw(indicators(f"{name}内", shares[0], outcomes=outcomes))
            parts[0] = m.Heading(f"{name}下", shares[0], (inner,))
        cap = draw(st.sampled_from((None, None, F(7))))
        return m.Heading(name, F(10), tuple(parts), m.Way("sum", at_most=cap))
    points = SCALE["A"] if kind == "table" else F(10)
    loose = [way for way in outcomes if way == "siblings"] if kind not in ("chosen", "table") else []
    least = draw(st.integers(0, 2)) if loose else 0
    rooted = kind in ("geometric mean", "power mean") or (kind.startswith("best") and bool(loose))
    members = [
        draw(indicators(own, points, outcomes=loose, plain=rooted, grouped=grouped and not rooted)) for own in names
    ]
    if kind == "weighted mean":
        weights = (F(7, 10), F(3, 10)) if count == 2 else (F(1, 2), F(3, 10), F(1, 5))
        members = [replace(own, weight=weight) for own, weight in zip(members, weights, strict=True)]
    way = m.Way(kind, at_least=least, at_most=draw(st.sampled_from((None, None, F(7)))))
    match kind:
        case "lowest plus":
            way = replace(way, number=F(1, 2))
        case "best mean" | "best sum":
            way = replace(way, number=F(1 if kind == "best sum" else draw(st.integers(1, count))))
        case "power mean":
            way = replace(way, number=F(draw(st.sampled_from((2, 3)))))
        case "chosen":
            way = m.Way("chosen", key=f"{name}选")
        case "table":
            members = [m.Indicator(own, points, (m.Variant(None, m.Rule((), (m.RatedOnScale(),))),)) for own in names]
            way = m.Way("table", table=draw(tables(count)), otherwise=m.OnScale("D"))
    return m.Heading(name, points, tuple(members), way)


@st.composite
def tables(draw: st.DrawFn, count: int) -> m.Lookup:
    grades = st.sampled_from("ABCD")
    rows = draw(
        st.lists(st.tuples(*[grades] * count), min_size=1, max_size=4, unique_by=lambda row: tuple(sorted(row)))
    )
    return m.Lookup((), tuple(m.Row(tuple(row), m.OnScale(draw(grades))) for row in rows), draw(st.booleans()))


@st.composite
def afters(draw: st.DrawFn, names: Sequence[str], graded: bool) -> tuple[m.Adjustment, ...]:
    """What comes after the total, in any order, then its bounds."""
    first = names[:1]
    bonus = m.Indicator("加", F(3), (m.Variant(None, draw(unmeasured_rules(F(3)))),), role="bonus")
    taken = m.Rule((), (draw(st.one_of(occurrences(), awards(F(6), signed=False))),))
    deduction = m.Indicator("扣", F(6), (m.Variant(None, taken),), role="deduction")
    known: list[m.Adjustment] = [
        m.Added(bonus), m.Added(deduction),
        m.Coefficient("难度", m.Choice(draw(conditions()), m.Number(F(110), "%"), m.Number(F(90), "%"))),
        m.Veto("否一", draw(conditions(first)), "zero"),
        m.Veto("否二", m.Compare(m.RunningTotal(), ">", m.Number(F(12))), "minus", F(2)),
        *(m.Veto("否三", m.Compare(m.OfIndicator("score", name), draw(signs), m.Number(F(2))), "base") for name in first),
    ]  # fmt: skip
    if graded:
        grade = draw(st.sampled_from(("优", "良", "中", "差")))
        known += [
            m.Veto("否四", draw(conditions()), draw(st.sampled_from(("is", "at most"))), grade=grade),
            m.Veto("否五", draw(conditions()), draw(st.sampled_from(("down", "up"))), F(draw(st.integers(1, 2)))),
        ]
    found = draw(st.lists(st.sampled_from(known), max_size=3, unique_by=str))
    return (*found, m.Within(F(0), draw(st.sampled_from((F(33), F(18))))))


@st.composite
def rubrics(draw: st.DrawFn, *, grouped: bool = False) -> m.Rubric:
    """A rubric with two or three headings over indicators of any form, and anything after the total."""
    graded = draw(st.booleans())
    mode = draw(st.sampled_from(("siblings", "all", "reduced", "none")))
    outcomes = [] if mode == "none" or (mode == "reduced" and graded) else [mode]
    parts: list[m.Indicator | m.Heading] = [
        draw(headings(name, outcomes, grouped=grouped)) for name in "一二三"[: draw(st.integers(1, 3))]
    ]
    way = m.Way()
    if all(part.points == F(10) for part in parts) and mode not in ("all", "reduced") and draw(st.integers(0, 3)) == 0:
        way = m.Way(draw(st.sampled_from(("mean", "lowest", "highest"))))
    points = sum((part.points for part in parts), F(0)) if way.kind == "sum" else F(10)
    grades = (
        m.Grade("优", ">=", points * 3 / 4),
        m.Grade("良", ">", points / 2),
        m.Grade("中", ">=", points / 4),
        m.Grade("差", "<", points / 4),
    )
    leaves = m.Rubric(points, tuple(parts)).indicators()
    choices = tuple(
        m.Field(part.way.key, options=tuple(own.name for own in part.parts))
        for part in parts
        if isinstance(part, m.Heading) and part.way.key
    )
    based = any(leaf.base_mark is not None for leaf in leaves)
    after = draw(afters([leaf.name for leaf in leaves if stays(leaf)], graded)) if draw(st.booleans()) else ()
    after = tuple(item for item in after if based or not (isinstance(item, m.Veto) and item.consequence == "base"))
    if not after and any(way.rule.beyond(leaf.points) for leaf in leaves for way in leaf.variants):
        after = (m.Within(F(0), points * F(5, 4)),)
    return m.Rubric(
        points, tuple(parts), (*FORM, *choices), draw(st.sampled_from(("whole", "started", "pro rata"))), way, SCALE,
        grades if graded else (), after,
        round_subtotals=m.Rounding(F(1, 100), draw(st.sampled_from(("half up", "down")))),
        round_total=draw(st.one_of(st.none(), roundings)),
    )  # fmt: skip


# ---------------------------------------------------------------- data


@st.composite
def submissions(draw: st.DrawFn, rubric: m.Rubric) -> dict[str, Fraction | str]:
    """Complete data: figures on, just below and just above the numbers that stand in the rubric, and others."""
    found: dict[str, Fraction | str] = {}
    numbers = [part for part in parts_of((rubric.parts, rubric.after)) if isinstance(part, m.Number)]
    ratios = sorted({part.written / 100 for part in numbers if part.unit == "%"} | {F(0), F(1)})
    near = st.sampled_from((F(0), F(0), F(1, 100), F(-1, 100)))
    base = draw(st.sampled_from((F(100), F(100), F(50), F(3), F(0))))
    found["乙"] = base
    found["甲"] = (
        max(F(0), base * draw(st.sampled_from(ratios)) + draw(near))
        if draw(st.booleans())
        else F(draw(st.integers(0, 480)), 4)
    )
    found["丙"] = F(draw(st.integers(-180, 180)) * 5000)
    found["率"] = draw(st.sampled_from(ratios)) + draw(near) / 10
    steps_of: tuple[tuple[str, str, Fraction], ...] = (("天数", "天", F(1, 2)), ("件数", "件", F(1)))
    for name, unit, step in steps_of:
        own = sorted({part.written for part in numbers if part.unit == unit} | {F(0), F(7)})
        number = max(F(0), draw(st.sampled_from(own)) + draw(st.sampled_from((F(0), step, -step))))
        found[name] = F(int(number)) if unit in WHOLE_UNITS else number
    found["平均水平"] = F(9, 10) if draw(st.booleans()) else m.UNAVAILABLE
    for year in YEARS:
        found[f"支出[{year}]"] = F(draw(st.sampled_from((0, 49, 50, 51, 100))))
    for item in rubric.fields:
        if isinstance(item, m.Field) and item.options:
            found[item.name] = draw(st.sampled_from(item.options))
    for indicator in rubric.indicators():
        for variant in indicator.variants:
            found |= draw(ratings(indicator, variant.rule))
    return found


@st.composite
def ratings(draw: st.DrawFn, of: m.Indicator, rule: m.Rule) -> dict[str, Fraction | str]:
    """What is rated and counted: inside its bounds as a rule, at their ends often, outside seldom."""
    found: dict[str, Fraction | str] = {}
    whose = [""] if rule.assessors is None else [*rule.assessors.names, *filter(None, [rule.assessors.adjudicator])]
    for part in parts_of((rule.cases, rule.forms)):
        match part:
            case m.Picked(low, high):
                found[f"{of.name}[评分]"] = draw(st.sampled_from((low, high, (low + high) / 2)))
            case m.Occurrence():
                for addresses in part.addresses(of.name).values():
                    found |= {address: F(draw(st.sampled_from((0, 0, 1, 2, 3, 7)))) for address in addresses}
            case m.Award(low, high, step):
                choices = [low, high, low + (step or F(1, 4)), *([(low + high) / 2] if step is None else [])]
                strange = [high + 1] if rule.assessors is None and draw(st.integers(0, 9)) == 0 else choices
                found |= {f"{of.name}[{who}]" if who else of.name: draw(st.sampled_from(strange)) for who in whose}
            case m.Checklist(items):
                for item, who in ((item, who) for item in items for who in whose):
                    ends = [item.points] if item.low is None else [item.low, item.points, (item.low + item.points) / 2]
                    marks: list[Fraction | str] = [*(item.marks if item.low is None else ends)]
                    found[f"{of.name}[{who}{item.label}]"] = draw(st.sampled_from(marks))
            case m.Levels(named):
                found |= {
                    f"{of.name}[{who}]" if who else of.name: draw(st.sampled_from([name for name, _ in named]))
                    for who in whose
                }
            case m.RatedOnScale():
                found |= {
                    f"{of.name}[{who}]" if who else of.name: draw(st.sampled_from(sorted(SCALE))) for who in whose
                }
    return found


def as_text(value: Fraction | str | Decimal) -> str:
    """Write a value as it stands in a table."""
    if isinstance(value, str):
        return value
    return str(as_decimal(Fraction(value)))


def as_decimal(value: Fraction) -> Decimal:
    """Return a number that ends as the decimal it is."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    return Decimal(int(value * 10**places)).scaleb(-places)


def texts(data: Mapping[str, Fraction | str]) -> dict[str, str]:
    """Return data as texts."""
    return {key: as_text(value) for key, value in data.items()}


# ---------------------------------------------------------------- forms that other engines do not know


@st.composite
def refined_rubrics(draw: st.DrawFn) -> tuple[m.Rubric, dict[str, dict[str, tuple[Fraction, Fraction]]]]:
    """An indicator that the department refines, and its own indicators: sound as a rule."""
    of = m.Indicator("项", F(10), (m.Variant(None, m.Rule((), (m.Refined(),))),))
    first, second = draw(st.sampled_from(((F(4), F(6)), (F(1), F(9)), (F(4), F(5)))))
    own = {"节水": (draw(part_of(first)), first), "节电": (draw(st.sampled_from((F(0), second, second + 1))), second)}
    return m.Rubric(F(10), (m.Heading("一", F(10), (of,)),)), {"项": own}

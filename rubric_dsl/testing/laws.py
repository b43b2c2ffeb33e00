"""Laws that hold for every rubric and every submission, and the search for a submission that breaks one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from random import Random

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample, Unsatisfiable

from rubric_dsl.adequacy.coverage import reads_others
from rubric_dsl.adequacy.rereading import readings_of
from rubric_dsl.api import Rubric
from rubric_dsl.core.nodes import Expr, ToWhole
from rubric_dsl.core.walk import parts_of
from rubric_dsl.diagnostics import RubricError, Text
from rubric_dsl.evaluate.result import Result, ScoreRange
from rubric_dsl.model.model import Indicator
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass
from rubric_dsl.testing.submissions import submissions

EXAMPLES = 50
"""So many submissions are tried for each law."""


@dataclass(frozen=True, slots=True)
class Given:
    """A submission, the part of it that is ``kept`` when the rest goes missing, and the same in another ``order``."""

    data: Mapping[str, object]
    kept: Mapping[str, object]
    order: Mapping[str, object]

    @property
    def text(self) -> str:
        """The submission on one line, for people."""
        return "，".join(f"{key} = {_shown(value)}" for key, value in self.data.items())


@dataclass(frozen=True, slots=True)
class Law:
    """A law: its stable ``name``, what it says, and ``check``, which gives the reason where it is broken."""

    name: str
    text: Text
    check: Callable[[Rubric, Given], Text | None]


@dataclass(frozen=True, slots=True)
class Broken:
    """A law that does not hold, the submission that shows it (as small as could be found), and why."""

    law: Law
    given: Given
    reason: Text


def broken(rubric: Rubric, laws: Iterable[Law] | None = None, examples: int = EXAMPLES) -> tuple[Broken, ...]:
    """Look for submissions that break a law; the same ones are tried each time."""
    strategy = _given(rubric)
    found = (_broken(rubric, law, strategy, examples) for law in (LAWS if laws is None else laws))
    return tuple(item for item in found if item is not None)


def _broken(rubric: Rubric, law: Law, strategy: st.SearchStrategy[Given], examples: int) -> Broken | None:
    quiet = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    try:
        shown = find(strategy, lambda item: law.check(rubric, item) is not None, settings=quiet, random=Random(0))  # noqa: S311
    except (NoSuchExample, Unsatisfiable):
        return None
    return Broken(law, shown, law.check(rubric, shown) or law.text)


def _given(rubric: Rubric) -> st.SearchStrategy[Given]:
    def parts(data: dict[str, object]) -> st.SearchStrategy[Given]:
        keys = list(data)
        kept = st.sets(st.sampled_from(keys)) if keys else st.just(set[str]())
        return st.builds(
            lambda left, order: Given(
                data, {key: data[key] for key in keys if key in left}, {key: data[key] for key in order}
            ),
            kept,
            st.permutations(keys),
        )

    return submissions(rubric).flatmap(parts)


def _in_bounds(rubric: Rubric, given: Given) -> Text | None:
    for item in rubric.score(given.data).indicators.values():
        indicator = rubric.indicators[item.name]
        if item.status != "invalid" and not indicator.floor <= item.range.min <= item.range.max <= indicator.ceiling:
            low, high = text_of(indicator.floor), text_of(indicator.ceiling)
            a, b = text_of(item.range.min), text_of(item.range.max)
            return Text(
                f"{item.name}：{a} 到 {b}，不在 {low} 到 {high} 之间",
                f"{item.name}: {a} to {b}, not in {low} to {high}",
            )
    return None


def _ranges_hold(rubric: Rubric, given: Given) -> Text | None:
    whole, part = rubric.score(given.data), rubric.score(given.kept)
    for name, item in whole.indicators.items():
        before = part.indicators[name].range
        if item.status != "invalid" and not before.min <= item.range.min <= item.range.max <= before.max:
            a, b = text_of(before.min), text_of(before.max)
            score = text_of(item.range.min)
            return Text(
                f"{name}：缺数时 {a} 到 {b}，补齐后 {score}",
                f"{name}: {a} to {b} while figures are missing, then {score}",
            )
    if _faultless(whole) and not _within(whole.total, part.total):
        return Text("补齐后的总分不在缺数时的区间里", "the total is outside of its range while figures were missing")
    return None


def _within(found: ScoreRange, before: ScoreRange) -> bool:
    """Whether a total is one that was possible before; to be not rated is one of the possibilities."""
    if found.rated is not True and before.rated is True:
        return False
    return found.rated is False or (before.rated is not False and before.min <= found.min <= found.max <= before.max)


def _faultless(result: Result) -> bool:
    return all(item.status != "invalid" for item in result.indicators.values())


def _same_again(rubric: Rubric, given: Given) -> Text | None:
    if rubric.score(given.data) == rubric.score(given.data):
        return None
    return Text("同一份数据两次评分不同", "the same data score differently the second time")


def _same_in_any_order(rubric: Rubric, given: Given) -> Text | None:
    one, other = rubric.score(given.data), rubric.score(given.order)
    if one.total == other.total and one.indicators == other.indicators and one.grade == other.grade:
        return None
    return Text("数据换了顺序，得分不同", "the data score differently in another order")


def _parts_make_the_total(rubric: Rubric, given: Given) -> Text | None:
    if not _plainly_summed(rubric):
        return None
    result = rubric.score(given.data)
    scores = [item.score for item in result.indicators.values() if item.role == "part"]
    total = result.total.score
    if total is None or None in scores or not _faultless(result):
        return None
    added = sum((score for score in scores if score is not None), Fraction(0))
    if added == total:
        return None
    return Text(
        f"各指标合计 {text_of(added)}，总分 {text_of(total)}",
        f"the indicators sum to {text_of(added)}, the total is {text_of(total)}",
    )


def _plainly_summed(rubric: Rubric) -> bool:
    """Whether nothing but sums lies between the indicators and the total."""
    model = rubric.model
    rounded = any(_rounds(item.value) for item in model.totals.definitions.values())
    plain = model.combine == "SUM_OF" and all(section.combine == "SUM_OF" for section in model.sections)
    excluded = any(item.exclusion for item in model.indicators.values())
    return plain and bool(model.totals.total) and not (rounded or excluded or model.pools or model.adjustments)


def _rounds(expr: Expr) -> bool:
    return isinstance(expr, ToWhole) or any(_rounds(part) for part in parts_of(expr))


def _shown(value: object) -> str:
    return text_of(value).replace("-", "−") if isinstance(value, Fraction) else str(value)


def _readings_in_order(rubric: Rubric, given: Given) -> Text | None:
    """Pro rata steps never lie outside of what whole and started steps give."""
    names = [name for name, item in rubric.indicators.items() if _one_way(item)]
    if not names:
        return None
    rubrics = _read(rubric)
    if not rubrics:
        return None
    whole, started, exact = (item.score(given.data) for item in rubrics)
    for name in names:
        a, b, middle = (item.indicators[name].score for item in (whole, started, exact))
        if a is not None and b is not None and middle is not None and not min(a, b) <= middle <= max(a, b):
            found = [text_of(number) for number in (a, b, middle)]
            return Text(
                f"{name}：整步 {found[0]}，不足一步按一步 {found[1]}，按比例 {found[2]}",
                f"{name}: whole {found[0]}, started {found[1]}, pro rata {found[2]}",
            )
    return None


_READ: dict[tuple[str, str], tuple[Rubric, ...]] = {}
"""The last rubric under its three readings: to build them takes longer than to score."""


def _read(rubric: Rubric) -> tuple[Rubric, ...]:
    key = (rubric.sha256, rubric.model.reading)
    if key not in _READ:
        _READ.clear()
        try:
            _READ[key] = tuple(rubric.with_reading(name) for name in ("whole", "started", "pro_rata"))
        except (LookupError, RubricError):
            _READ[key] = ()
    return _READ[key]


def _one_way(indicator: Indicator) -> bool:
    """Whether steps do one thing only: they are deducted, or they are added."""
    roles = {form.role for rule in indicator.rules for form in rule.forms}
    counted = any(readings_of(variant.score) for variant in indicator.program.variants)
    return counted and not {"deduct", "bonus"} <= roles and not reads_others(indicator)


LAWS = (
    Law("in-bounds", Text("得分在最低分和满分之间", "scores lie between the floor and the points"), _in_bounds),
    Law(
        "ranges-hold",
        Text("缺数时的区间包含补齐后的得分", "a range holds every completion of missing figures"),
        _ranges_hold,
    ),
    Law("same-again", Text("同一份数据得分总相同", "the same data always score the same"), _same_again),
    Law("any-order", Text("得分与数据的先后无关", "scores do not hang on the order of the data"), _same_in_any_order),
    Law("parts-make-total", Text("各指标合计为总分", "the indicators sum to the total"), _parts_make_the_total),
    Law(
        "readings-in-order",
        Text("按比例的得分在整步与不足一步按一步之间", "pro rata lies between whole and started steps"),
        _readings_in_order,
    ),
)
"""The laws that ``rubric verify --hypothesis`` tries."""

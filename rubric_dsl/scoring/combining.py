"""How a heading's score came about, in words: which parts decided, which dropped out, what became of their points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from rubric_dsl import ranges
from rubric_dsl.core.nodes import Expr
from rubric_dsl.diagnostics import NO_TEXT, Text
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.evaluate.result import ScoreRange, Step, Told
from rubric_dsl.evaluate.state import Env
from rubric_dsl.forms.base import Seen
from rubric_dsl.model.combine import Combination, Member, Share
from rubric_dsl.numbers import percent_text, shown
from rubric_dsl.ranges import Range
from rubric_dsl.records import dataclass
from rubric_dsl.scoring.narrate import ends, range_text, score_step

_NOT_APPLICABLE = Text("不适用", "not applicable")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part with what it scores; ``applies`` is None while that is open."""

    member: Member
    score: Range
    applies: bool | None

    @property
    def words(self) -> Text:
        """Its name with its score."""
        told = range_text(self.score)
        name = self.member.called
        return Text(f"{name.zh} {told.zh}", f"{name.en} {told.en}")

    @property
    def settled(self) -> Fraction | None:
        """Its score, where that and whether it applies are settled."""
        return self.score.known if self.applies else None


def told_of(found: Combination, env: Env, score: ScoreRange) -> Told:
    """Say how a heading's score came about; the reason is empty where its parts are only added."""
    parts = [_part(member, env) for member in found.members]
    lines = list(_lines(found, parts, env))
    steps = [
        Step(p.member.called, NO_TEXT, _NOT_APPLICABLE, 1)
        if p.applies is False
        else Step(p.member.called, NO_TEXT, range_text(p.score), 1, *ends(p.score))
        for p in parts
    ]
    steps += [Step(Text("合计", "combined"), line, NO_TEXT) for line in lines]
    reason = Text("；".join(line.zh for line in lines), "; ".join(line.en for line in lines))
    return Told(reason, (*steps, score_step(score)))


def _part(member: Member, env: Env) -> _Part:
    score = value_of(member.score, env)[0]
    flag = None if member.applies is None else _known(member.applies, env)
    applies = True if member.applies is None else None if flag is None else flag == 1
    return _Part(member, ranges.EVERYTHING if score is None else score, applies)


def _known(expr: Expr, env: Env) -> Fraction | None:
    found = value_of(expr, env)[0]
    return None if found is None else found.known


def _lines(found: Combination, parts: list[_Part], env: Env) -> Iterator[Text]:
    within = [part for part in parts if part.applies is not False]
    if not within:
        yield Text("各项都不适用", "no part applies")
        return
    if found.method.at_least > len(within):
        count, least = len(within), found.method.at_least
        verb = "applies" if count == 1 else "apply"
        yield Text(f"只有 {count} 项适用，至少要 {least} 项", f"{count} of at least {least} parts {verb}")
        return
    way = _WAYS.get(found.method.kind)
    if found.forms:
        yield _table(found, within, env)
    elif way is not None:
        yield way(found, within, env)
    yield from _over(found, env)
    yield from _open(parts, found.method.at_least)
    yield from _out(found, parts, env)


def _table(found: Combination, parts: list[_Part], env: Env) -> Text:
    """Ask a table's forms which row held."""
    trace, listed = value_of(found.score, env)[1], _listed(parts)
    certain = tuple(words for words in trace.branches if words not in trace.unsure)
    seen = Seen(trace.values, certain, None, found.points, {})
    told = [text for form in found.forms if (text := form.reason(seen)) is not None]
    if not told:
        return Text(f"查表，哪一行未定：{listed.zh}", f"the row of the table is open: {listed.en}")
    zh, en = "，".join(text.zh for text in told), ", ".join(text.en for text in told)
    return Text(f"查表：{listed.zh}，{zh}", f"by the table: {listed.en}: {en}")


def _listed(parts: Sequence[_Part]) -> Text:
    return Text("，".join(part.words.zh for part in parts), ", ".join(part.words.en for part in parts))


def _named(parts: Sequence[_Part]) -> Text:
    names = [part.member.called for part in parts]
    english = [name.en for name in names]
    joined = " and ".join([", ".join(english[:-1]), english[-1]] if len(english) > 1 else english)
    return Text("、".join(name.zh for name in names), joined)


def _quoted(members: Sequence[Member]) -> Text:
    names = [member.called for member in members]
    return Text("、".join(f"“{name.zh}”" for name in names), ", ".join(f"'{name.en}'" for name in names))


def _mean(found: Combination, parts: list[_Part], env: Env) -> Text:
    del found, env
    count, told = len(parts), _listed(parts)
    if any(part.applies is None for part in parts):
        return Text(f"各项平均：{told.zh}", f"the mean of the parts that apply: {told.en}")
    return Text(f"{count} 项平均：{told.zh}", f"the mean of {count} part{'s' * (count != 1)}: {told.en}")


def _weighted(found: Combination, parts: list[_Part], env: Env) -> Text:
    del env
    weights = {part.member.name: percent_text(part.member.weight or Fraction(0)) for part in parts}
    zh = "，".join(f"{part.words.zh}（权重 {weights[part.member.name]}）" for part in parts)
    en = ", ".join(f"{part.words.en} (weight {weights[part.member.name]})" for part in parts)
    if len(parts) < len(found.members) and all(part.applies for part in parts):
        left = percent_text(sum((part.member.weight or Fraction(0) for part in parts), Fraction(0)))
        return Text(
            f"加权平均：{zh}；计入的权重共 {left}", f"the weighted mean: {en}; the weights that count are {left}"
        )
    return Text(f"加权平均：{zh}", f"the weighted mean: {en}")


def _geometric(found: Combination, parts: list[_Part], env: Env) -> Text:
    del found, env
    told = _listed(parts)
    return Text(f"几何平均：{told.zh}", f"the geometric mean: {told.en}")


def _power(found: Combination, parts: list[_Part], env: Env) -> Text:
    del env
    told, power = _listed(parts), shown(found.method.number)
    return Text(f"幂平均（指数 {power}）：{told.zh}", f"the power mean (exponent {power}): {told.en}")


def _highest(found: Combination, parts: list[_Part], env: Env) -> Text:
    del found, env
    first, others = _first(parts, 1)
    told = _of(first)
    below = _listed(others)
    rest = Text(f"；其余较低：{below.zh}", f"; lower: {below.en}") if others else NO_TEXT
    return Text(f"取最高的一项：{told.zh}{rest.zh}", f"the highest part counts: {told.en}{rest.en}")


def _lowest(found: Combination, parts: list[_Part], env: Env) -> Text:
    del found, env
    first, others = _first(parts, -1)
    told = _of(first)
    above = _listed(others)
    rest = Text(f"；其余较高：{above.zh}", f"; higher: {above.en}") if others else NO_TEXT
    return Text(f"取最低的一项：{told.zh}{rest.zh}", f"the lowest part counts: {told.en}{rest.en}")


def _lowest_plus(found: Combination, parts: list[_Part], env: Env) -> Text:
    more, told = shown(found.method.number), _lowest(found, parts, env)
    if not _first(parts, -1)[1]:
        if all(part.settled is not None for part in parts):
            return Text(f"{told.zh}；没有更高的，不加分", f"{told.en}; none is higher, so nothing is added")
        return Text(f"{told.zh}；有更高的则加 {more}", f"{told.en}; plus {more} if another is higher")
    return Text(f"{told.zh}；因此加 {more}", f"{told.en}; so plus {more}")


def _first(parts: list[_Part], sign: int) -> tuple[list[_Part], list[_Part]]:
    """Return the parts that can be the highest (the lowest, with sign −1), and those that lie on the other side for certain."""
    sure = [sign * end for part in parts if part.applies and (end := _near(part, sign)) is not None]
    edge = max(sure, default=None)
    behind = [
        part for part in parts if edge is not None and (end := _far(part, sign)) is not None and sign * end < edge
    ]
    return [part for part in parts if part not in behind], [part for part in behind if part.applies]


def _near(part: _Part, sign: int) -> Fraction | None:
    return part.score.low.value if sign > 0 else part.score.high.value


def _far(part: _Part, sign: int) -> Fraction | None:
    return part.score.high.value if sign > 0 else part.score.low.value


def _of(parts: list[_Part]) -> Text:
    """Name the part that decides, those that decide alike, or those of which one will."""
    values = {part.settled for part in parts}
    if len(parts) == 1:
        return parts[0].words
    value = next(iter(values))
    if len(values) == 1 and value is not None:
        names, each = _named(parts), shown(value)
        return Text(f"{names.zh}同为 {each}", f"{names.en}, {each} each")
    told = _listed(parts)
    return Text(f"{told.zh}（哪一项未定）", f"{told.en} (which is open)")


def _best(found: Combination, parts: list[_Part], env: Env) -> Text:
    del env
    size, mean = int(found.method.number), found.method.kind == "BEST_MEAN"
    head = Text(f"最高的 {size} 项{'平均' if mean else '之和'}", f"the {'mean' if mean else 'sum'} of the best {size}")
    known = [(part.settled, part) for part in parts if part.settled is not None and part.settled >= 0]
    if len(known) < len(parts):
        told = _listed(parts)
        return Text(f"{head.zh}，未定：{told.zh}", f"{head.en}, open: {told.en}")
    ordered = [part for _, part in sorted(known, key=lambda pair: -pair[0])]
    counted, others = _listed(ordered[:size]), _listed(ordered[size:])
    zh, en = f"{head.zh}：{counted.zh}", f"{head.en}: {counted.en}"
    if len(ordered) > size:
        return Text(f"{zh}；未取：{others.zh}", f"{en}; not counted: {others.en}")
    if len(ordered) < size:
        return Text(f"{zh}；不足 {size} 项，缺的按 0 计", f"{en}; what is lacking of {size} counts 0")
    return Text(zh, en)


def _chosen(found: Combination, parts: list[_Part], env: Env) -> Text:
    key = found.method.key
    possible = env.choices.get(key, frozenset())
    taken = [part for part in parts if part.member.name in possible]
    told = _listed(taken)
    if len(taken) == 1:
        return Text(f"按“{key}”计一项：{told.zh}", f"the part that '{key}' names counts: {told.en}")
    return Text(f"“{key}”未定：{told.zh}", f"'{key}' is open: {told.en}")


_Way = Callable[[Combination, list[_Part], Env], Text]
_WAYS: dict[str, _Way] = {
    "MEAN_OF": _mean,
    "WEIGHTED_MEAN": _weighted,
    "GEOMETRIC": _geometric,
    "POWER_MEAN": _power,
    "HIGHEST": _highest,
    "LOWEST": _lowest,
    "LOWEST_PLUS": _lowest_plus,
    "BEST_MEAN": _best,
    "BEST_SUM": _best,
    "CHOSEN": _chosen,
}


def _over(found: Combination, env: Env) -> Iterator[Text]:
    """Say that a cap holds, or may hold."""
    cap, value = found.method.cap, value_of(found.score, env)[0]
    if cap is None or value is None or found.forms:
        return
    if value.known is not None and value.known > cap:
        yield Text(
            f"{shown(value.known)} 超过上限，计 {shown(cap)}", f"{shown(value.known)} is above the cap {shown(cap)}"
        )
    elif value.known is None and (value.high.value is None or value.high.value > cap):
        yield Text(f"最高 {shown(cap)}", f"at most {shown(cap)}")


def _open(parts: list[_Part], at_least: int) -> Iterator[Text]:
    unsure = [part for part in parts if part.applies is None]
    if unsure:
        names = _quoted([part.member for part in unsure])
        yield Text(f"{names.zh}是否适用未定", f"whether {names.en} applies is open")
    if sum(part.applies is True for part in parts) < at_least <= sum(part.applies is not False for part in parts):
        yield Text(f"至少 {at_least} 项适用才评定", f"it is rated only where at least {at_least} parts apply")


def _out(found: Combination, parts: list[_Part], env: Env) -> Iterator[Text]:
    """Say what became of the points of parts that dropped out."""
    told: set[str] = set()
    for share in found.shares:
        out = [member for member in share.out if member.applies is not None and _known(member.applies, env) == 0]
        told |= {member.name for member in out}
        yield from _shared(share, out, env)
    left_out = [part.member for part in parts if part.applies is False and part.member.name not in told]
    for member in left_out:
        yield _gone(found, member)
    in_play = None if found.in_play is None else _known(found.in_play, env)
    if found.method.kind == "SUM_OF" and in_play is not None and 0 < in_play < found.points:
        before, after = shown(found.points), shown(in_play)
        yield Text(f"计入的分值为 {after}（满分 {before}）", f"the points in play are {after} of {before}")


def _shared(share: Share, out: list[Member], env: Env) -> Iterator[Text]:
    points = sum((member.points for member in out), Fraction(0))
    if not out or not points:
        return
    names, given, verb = _quoted(out), shown(points), "is" if len(out) == 1 else "are"
    zh = f"{names.zh}不适用，{given} 分由其余各项分摊"
    en = f"{names.en} {verb} not applicable: the others share {given} points"
    scored, left, target = (_known(part, env) for part in (share.scored, share.left, share.target))
    if scored is not None and left and target is not None:
        counts = shown(scored * target / left)
        zh += f"：{shown(left)} 分中得 {shown(scored)}，按 {shown(target)} 分折算为 {counts}"
        en += f": {shown(scored)} of {shown(left)} counts as {counts} of {shown(target)}"
    yield Text(zh, en)


def _gone(found: Combination, member: Member) -> Text:
    names, points = _quoted([member]), shown(member.points)
    zh, en = f"{names.zh}不适用", f"{names.en} is not applicable"
    if found.method.kind != "SUM_OF" or found.forms:
        return Text(f"{zh}，不参与", f"{en} and left out")
    if member.exclusion == "all":
        return Text(f"{zh}，{points} 分由全部指标分摊", f"{en}: all others share its {points} points")
    return Text(f"{zh}，满分减少 {points}", f"{en}: the full points are reduced by {points}")

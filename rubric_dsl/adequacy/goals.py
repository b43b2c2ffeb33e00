"""Goals: the places of an indicator's rule that an example should reach, in words, and when one does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field, replace
from fractions import Fraction
from typing import Literal

from rubric_dsl import ranges
from rubric_dsl.adequacy.edges import Edge, Side, edges_of
from rubric_dsl.adequacy.facets import SELECTION, Facet
from rubric_dsl.adequacy.rereading import READINGS, is_steps, readings_of
from rubric_dsl.adequacy.seen import ExprPath, Seen, Visit, number, visits
from rubric_dsl.adequacy.words import MARKS_EN, edge_words, unit_of
from rubric_dsl.analysis.pieces import cut
from rubric_dsl.analysis.variables import space_of
from rubric_dsl.analysis.zones import Line
from rubric_dsl.core.direction import reads_measure
from rubric_dsl.core.keys import item_of
from rubric_dsl.core.nodes import TRUE, Add, Case, Const, Div, Expr, Extreme, Lookup, Mul, ToWhole
from rubric_dsl.core.walk import parts_of
from rubric_dsl.diagnostics import Text
from rubric_dsl.evaluate.evaluator import value_of
from rubric_dsl.model.model import Indicator, Model
from rubric_dsl.numbers import text_of
from rubric_dsl.records import dataclass

GoalKind = Literal["band", "edge", "clamp", "variant", "reading"]
KINDS: tuple[GoalKind, ...] = ("band", "edge", "clamp", "variant", "reading")


@dataclass(frozen=True, slots=True)
class Goal:
    """One place to reach. ``met`` says whether data reach it; ``never`` that no data can (proved).

    ``index`` is the variant whose rule it is; an edge brings the ``edge`` and the ``side`` that data are looked for at,
    an option the ``choice`` and its word, a band its ``words``.
    """

    kind: GoalKind
    text: Text
    index: int
    met: Callable[[Seen], bool] = field(compare=False, repr=False)
    never: bool = False
    edge: Edge | None = field(default=None, compare=False, repr=False)
    side: Side = "on"
    choice: tuple[str, str] = ("", "")
    words: tuple[str, str] = ("", "")


def goals_of(
    indicator: Indicator, model: Model, facets: tuple[Facet, ...], never: tuple[int, ...]
) -> tuple[tuple[Goal, ...], int]:
    """Return an indicator's goals, edges first, and how many edges of equal series are left out."""
    edges: list[Goal] = []
    others: list[Goal] = []
    left_out = 0
    for facet in facets:
        found, more = _edges(facet, indicator, model)
        edges += found
        left_out += more
        if facet.index != SELECTION:
            others += [*_bands(facet, indicator), *_options(facet, indicator), *_clamps(facet, indicator)]
            others += _readings(facet, indicator)
    return (*edges, *others, *_variants(indicator, never)), left_out


def _edges(facet: Facet, indicator: Indicator, model: Model) -> tuple[list[Goal], int]:
    units = {key: unit_of(var, facet.index, indicator, model) for key, var in facet.space.vars.items()}
    found, left_out = edges_of(facet, units)
    goals = []
    for edge in found:
        for side in edge.sides:
            text = edge_words(edge, side, indicator, model)
            never = not edge.possible(side)
            goals.append(Goal("edge", text, facet.index, _at(edge, side), never, edge, side))
    return goals, left_out


def _at(edge: Edge, side: Side) -> Callable[[Seen], bool]:
    return lambda found: edge.met(side, found)


def _visits(found: Seen, index: int, indicator: Indicator) -> Iterator[Visit]:
    return visits(indicator.program.variants[index].score, found.inside) if found.taken == index else iter(())


def _cases(expr: Expr, path: ExprPath = ()) -> Iterator[tuple[ExprPath, Case]]:
    """Yield the cases that have words of the author's, outermost first."""
    if isinstance(expr, Case) and any(branch.words[0] for branch in expr.branches):
        yield path, expr
    for index, part in enumerate(parts_of(expr)):
        yield from _cases(part, (*path, index))


def _bands(facet: Facet, indicator: Indicator) -> Iterator[Goal]:
    taken = {words for piece in facet.pieces for words in piece.taken}
    for path, case in _cases(indicator.program.variants[facet.index].score):
        for position, branch in enumerate(case.branches):
            if branch.words[0]:
                never = branch.words not in taken and not _can_take(case, position, facet)
                met = _passes(facet.index, indicator, "branch", path, position)
                yield Goal("band", Text(*branch.words), facet.index, met, never, words=branch.words)
        if case.otherwise is not None and case.branches[-1].condition != TRUE:
            text = Text("各档之外", "outside the bands")
            yield Goal("band", text, facet.index, _passes(facet.index, indicator, "rest", path, 0))


def _can_take(case: Case, position: int, facet: Facet) -> bool:
    """Whether any data may take a branch, looked at by itself: a piece names no branch that makes no difference there."""
    marked = tuple(replace(branch, value=Const(Fraction(index))) for index, branch in enumerate(case.branches))
    found = cut(space_of(replace(case, branches=marked, otherwise=Const(Fraction(-1))), facet.finder.inputs))
    return any(not piece.exact or piece.line == Line(Fraction(position), {}) for piece in found)


def _passes(index: int, indicator: Indicator, kind: str, path: ExprPath, branch: int) -> Callable[[Seen], bool]:
    def met(found: Seen) -> bool:
        wanted = (kind, path, branch)
        return any((item.kind, item.path, item.branch) == wanted for item in _visits(found, index, indicator))

    return met


def _lookups(expr: Expr) -> Iterator[Lookup]:
    if isinstance(expr, Lookup):
        yield expr
    for part in parts_of(expr):
        yield from _lookups(part)


def _options(facet: Facet, indicator: Indicator) -> Iterator[Goal]:
    """Every word of a rating, a mark, a class."""
    variant = indicator.program.variants[facet.index]
    tables = [*_lookups(variant.score), *(_lookups(variant.measure) if variant.measure is not None else ())]
    for key, words in {table.key: [word for word, _ in table.table] for table in tables}.items():
        possible = facet.finder.inputs.env.choices.get(key, frozenset())
        marks = any(item.key == key and item.kind == "mark" for item in indicator.inputs)
        label = item_of(key, indicator.name) or key
        for word in words:
            text = Text(f"{label} = {word}", f"{label} = {MARKS_EN.get(word, word) if marks else word}")
            yield Goal(
                "band", text, facet.index, _chooses(facet.index, key, word), word not in possible, choice=(key, word)
            )


def _chooses(index: int, key: str, word: str) -> Callable[[Seen], bool]:
    return lambda found: found.taken == index and found.env.choices.get(key) == frozenset({word})


def _clamps(facet: Facet, indicator: Indicator) -> Iterator[Goal]:
    """Caps and floors: least and greatest with a fixed number, outside of step counts."""
    found: dict[tuple[str, Fraction], list[ExprPath]] = {}
    score = indicator.program.variants[facet.index].score
    limits: dict[ExprPath, Fraction] = {}
    for path, node in _extremes(score):
        for part in node.parts:
            if isinstance(part, Const):
                found.setdefault((node.kind, part.value), []).append(path)
                limits[path] = part.value
    for (kind, value), paths in found.items():
        shown = text_of(value).replace("-", "−")
        text = Text(f"封顶 {shown}", f"cap at {shown}") if kind == "min" else Text(f"保底 {shown}", f"floor of {shown}")
        never = not any(_can_bite(node, value, facet) for path, node in _extremes(score) if path in paths)
        yield Goal("clamp", text, facet.index, _bites(facet.index, indicator, frozenset(paths), value), never)


def _extremes(expr: Expr, path: ExprPath = ()) -> Iterator[tuple[ExprPath, Extreme]]:
    if isinstance(expr, Extreme):
        yield path, expr
    inside: tuple[Expr, ...] = parts_of(expr)
    if isinstance(expr, Mul) and isinstance(expr.right, ToWhole) and isinstance(expr.right.part, Div):
        if not is_steps(expr.right) and isinstance(expr.left, Const):  # a rounded score
            yield from _extremes(expr.right.part.left, (*path, 1, 0, 0))
        return
    if isinstance(expr, Add | Mul | Extreme | Case):
        for index, part in enumerate(inside):
            yield from _extremes(part, (*path, index))


def _others(node: Extreme, value: Fraction) -> list[Expr]:
    return [part for part in node.parts if part != Const(value)]


def _can_bite(node: Extreme, value: Fraction, facet: Facet) -> bool:
    inputs = facet.finder.inputs
    env = inputs.env if inputs.measure is None else replace(inputs.env, measure=inputs.measure.range)
    op = ">" if node.kind == "min" else "<"
    for part in _others(node, value):
        found, trace = value_of(part, env) if env.measure is not None or not reads_measure(part) else (None, None)
        if found is None or trace is None or trace.faults:
            continue
        if ranges.restrict(found, op, value) is None:
            return False
    return True


def _bites(index: int, indicator: Indicator, paths: frozenset[ExprPath], value: Fraction) -> Callable[[Seen], bool]:
    def met(found: Seen) -> bool:
        for item in _visits(found, index, indicator):
            if item.path in paths and isinstance(item.node, Extreme):
                known = [number(part, found.inside) for part in _others(item.node, value)]
                beyond = [n is not None and (n > value if item.node.kind == "min" else n < value) for n in known]
                if known and all(beyond):
                    return True
        return False

    return met


def _readings(facet: Facet, indicator: Indicator) -> Iterator[Goal]:
    scores = readings_of(indicator.program.variants[facet.index].score)
    if not scores:
        return

    def met(found: Seen) -> bool:
        if found.taken != facet.index:
            return False
        values = [number(score, found.inside) for score in scores]
        return None not in values and len(set(values)) > 1

    names = Text("、".join(name.zh for name in READINGS), ", ".join(name.en for name in READINGS))
    text = Text(f"{names.zh}得分不同的例子", f"an example on which {names.en} score differently")
    yield Goal("reading", text, facet.index, met)


def _variants(indicator: Indicator, never: tuple[int, ...]) -> Iterator[Goal]:
    if len(indicator.rules) == 1:
        return
    for index, rule in enumerate(indicator.rules):
        yield Goal("variant", Text(*rule.called), index, _holds(index), index in never)


def _holds(index: int) -> Callable[[Seen], bool]:
    return lambda found: found.taken == index


__all__ = ["KINDS", "Goal", "GoalKind", "goals_of"]

"""Data for a goal: candidates where it is likeliest, then all over the rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain, islice

from rubric_dsl.adequacy.edges import Edge, Side
from rubric_dsl.adequacy.facets import SELECTION, Facet, Finder, narrowed
from rubric_dsl.adequacy.goals import Goal
from rubric_dsl.adequacy.seen import Seen, seen
from rubric_dsl.analysis.witness import filled
from rubric_dsl.analysis.zones import Line, Piece
from rubric_dsl.core.nodes import Lookup

TRIES = 200
"""So many data are tried for one goal."""
IN_PIECE, ALL_OVER = 24, 6
"""So many points are tried in a piece that was chosen, and in each piece where none was."""


def candidates(goal: Goal, facets: tuple[Facet, ...]) -> Iterator[Seen]:
    """Yield data that may reach a goal, at most ``TRIES``."""
    own = [facet for facet in facets if facet.index == goal.index]
    chosen: Iterator[Seen]
    if goal.edge is not None:
        return islice(_on_edge(goal.edge, goal.side), TRIES)
    if goal.kind == "variant":
        chosen = chain.from_iterable(_variant(facet, goal.index) for facet in facets if facet.index == SELECTION)
    elif goal.choice[0]:
        chosen = chain.from_iterable(_option(facet, *goal.choice) for facet in own)
    else:
        chosen = chain.from_iterable(_band(facet, goal.words) for facet in own)
    return islice(chain(islice(chosen, TRIES // 2), all_over(own)), TRIES)


def all_over(facets: list[Facet]) -> Iterator[Seen]:
    """Yield a few data of every piece."""
    yield from _by_turns([facet.finder.data(piece, ALL_OVER) for facet in facets for piece in facet.pieces])


def _by_turns(found: list[Iterator[Seen]]) -> Iterator[Seen]:
    """Yield the first of each, then the second of each, and so on."""
    while found:
        left = []
        for item in found:
            value = next(item, None)
            if value is not None:
                yield value
                left.append(item)
        found = left


def _on_edge(edge: Edge, side: Side) -> Iterator[Seen]:
    first = edge.span(side)[1]
    values = [first]
    if edge.after is None and side != "on":
        values += [edge.at + (first - edge.at) * share for share in (Fraction(1, 2), Fraction(1, 10))]
    for value in values:
        yield from edge.facet.finder.data(narrowed(edge.context, edge.key, value), IN_PIECE)
    for value in values:
        for piece in edge.facet.pieces:
            if piece.zone.domains[edge.key].holds(value):
                yield from edge.facet.finder.data(narrowed(piece, edge.key, value), IN_PIECE)


def _variant(facet: Facet, index: int) -> Iterator[Seen]:
    wanted = [piece for piece in facet.pieces if piece.line is None or piece.line == Line(Fraction(index), {})]
    yield from _by_turns([facet.finder.data(piece, IN_PIECE) for piece in wanted])


def _band(facet: Facet, words: tuple[str, str]) -> Iterator[Seen]:
    wanted = [piece for piece in facet.pieces if words in piece.taken or (not words[0] and not piece.taken)]
    yield from _by_turns([facet.finder.data(piece, IN_PIECE) for piece in wanted])


def _option(facet: Facet, key: str, word: str) -> Iterator[Seen]:
    inputs = facet.finder.inputs
    env = replace(inputs.env, choices={**inputs.env.choices, key: frozenset({word})})
    fixed = replace(inputs, env=env)
    finder = Finder(facet.finder.program, facet.finder.index, fixed, facet.finder.space_vars)
    yield seen(finder.program, filled(finder.program, env, {key: word}, fixed))
    for piece in facet.pieces:
        options = piece.zone.choices.get(key)
        if options is None:
            yield from finder.data(_with_value(facet, piece, key, word), IN_PIECE)
        elif word in options:
            zone = replace(piece.zone, choices={**piece.zone.choices, key: frozenset({word})})
            yield from finder.data(replace(piece, zone=zone), IN_PIECE)


def _with_value(facet: Facet, piece: Piece, key: str, word: str) -> Piece:
    """Return a piece in which a quantity that is a table's value is the one of a word."""
    for name, var in facet.space.vars.items():
        leaf, factor = var.form[0]
        if len(var.form) == 1 and isinstance(leaf, Lookup) and leaf.key == key:
            value = dict(leaf.table).get(word)
            if value is not None and piece.zone.domains[name].holds(value * factor):
                return narrowed(piece, name, value * factor)
    return piece

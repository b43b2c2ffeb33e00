"""Every phrase of the grammar stands in a chapter or in a rubric of this repository, and is scored or refused there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rubric_dsl.source import Source
from rubric_dsl.syntax.grammar import load
from rubric_dsl.syntax.parse import parse
from rubric_dsl.syntax.tree import Leaf, Tree
from tests.spec.test_chapters import cases

ROOT = Path(__file__).resolve().parents[2]


def kinds(tree: Tree) -> Iterator[str]:
    yield tree.kind
    if not isinstance(tree, Leaf):
        for child in tree.children:
            yield from kinds(child)


def texts() -> Iterator[str]:
    yield from (rubric for _, rubric, kind, _ in cases() if kind == "scores")
    for path in sorted((ROOT / "rubrics").rglob("*.rubric")):
        yield path.read_text(encoding="utf-8")
    yield "沿用 “2018.rubric”\n保留数据表\n保留 甲\n删去 乙\n"  # test_editions.py scores these
    yield "沿用 “2018.rubric”\n保留其余\n修改 甲 5\n原名 乙，现名 丙\n"


def test_every_phrase_of_the_grammar_is_used() -> None:
    used = {kind for text in texts() for s in parse(Source("t", text))[0].statements for kind in kinds(s.tree)}
    grammar = load()
    handed_on = {name for name, found in grammar.accepts.items() if name not in found}
    phrases = {name for name in grammar.phrases if not name.startswith("_")} - handed_on
    words = {
        symbol.name
        for phrase in grammar.phrases
        for one in grammar.alternatives(phrase)
        for symbol in one.symbols
        if symbol.terminal and symbol.keep
    }
    assert (phrases | words) - used == set()

"""The grammar's tables: they read as lark does, are the same each time, and are never used for another grammar."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from rubric_dsl import resources
from rubric_dsl.source import Span
from rubric_dsl.syntax import grammar
from rubric_dsl.syntax.automaton import Refusal
from rubric_dsl.syntax.characters import map_characters
from rubric_dsl.syntax.grammar import grammar_of, grammar_text, load, shipped
from rubric_dsl.syntax.statements import cut
from rubric_dsl.syntax.table_builder import make_tables, parser_of
from rubric_dsl.syntax.tables import CLAUSE, FILE, FOLDER, RULE
from rubric_dsl.syntax.tree import Leaf, Node
from rubric_dsl.syntax.tree import Tree as OurTree
from tests.tries import tries

if TYPE_CHECKING:
    from rubric_dsl.syntax.tables import Tables

ROOT = Path(__file__).resolve().parent.parent
CORPUS = [*sorted((ROOT / "rubrics").rglob("*.rubric")), *sorted((ROOT / "tests/spec").glob("*.md"))]
NAMING = {"name": "NAME", "column": "CNAME", "label": "CNAME", "option": "LNAME", "class": "LNAME", "pair_key": "LNAME"}


@lru_cache(maxsize=1)
def lark() -> Lark:
    return parser_of(grammar_text())


@lru_cache(maxsize=1)
def made() -> Tables:
    return make_tables(grammar_text())


def of_lark(tree: Tree[Token] | Token) -> OurTree:
    """Lark's tree as ours, with the words as they were written."""
    if isinstance(tree, Token):
        return Leaf(tree.type, str(tree), Span(tree.start_pos or 0, tree.end_pos or 0))
    kind = str(tree.data)
    children = [of_lark(child) for child in tree.children]
    if kind in NAMING:
        children = [Leaf(NAMING[kind], child.text, child.span) for child in children if isinstance(child, Leaf)]
    if kind in made()["permuted"]:
        children.sort(key=lambda child: child.kind)
    span = Span(0, 0) if tree.meta.empty else Span(tree.meta.start_pos, tree.meta.end_pos)
    return Node(kind, tuple(children), span)


def read_by_lark(text: str, start: str) -> OurTree | Refusal:
    try:
        return of_lark(lark().parse(text, start=start))
    except UnexpectedInput as error:
        sets = (getattr(error, name, None) for name in ("accepts", "expected", "allowed"))
        expected = next((frozenset(found) for found in sets if found), frozenset())
        token = getattr(error, "token", None)
        return Refusal(None if token is not None and token.type == "$END" else error.pos_in_stream, expected)


def read_by_tables(text: str, start: str) -> OurTree | Refusal:
    return load().automaton.parse(text, 0, start, lambda kind, at: Leaf(kind, text[at.start : at.end], at))


def shape(tree: OurTree | Refusal) -> object:
    """Everything of a tree, its spans too, which do not count for equality."""
    if isinstance(tree, Refusal):
        return tree
    inner = [shape(child) for child in tree.children] if isinstance(tree, Node) else tree.text
    return tree.kind, tree.span, inner


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Each statement and clause of a text, with its start rule."""
    mapped = map_characters(text)
    for piece in cut(text, mapped, load()).pieces:
        for body in piece.body:
            yield (CLAUSE if piece.kind == RULE else piece.kind), mapped.text[body.start : body.end]


def corpus() -> list[tuple[str, str]]:
    return sorted({item for path in CORPUS for item in pieces(path.read_text(encoding="utf-8"))})


STARTS = sorted(load().tables["starts"])
WORDS = sorted({word for spelled in load().words.values() for found in spelled.values() for word in found})


def assert_read_alike(text: str, start: str) -> None:
    assert shape(read_by_tables(text, start)) == shape(read_by_lark(text, start)), (start, text)


@pytest.mark.slow
def test_every_phrase_of_the_corpus_reads_as_lark_reads_it() -> None:
    """Good and bad phrases: all that the rubrics and the chapters hold, and each without its last or middle part."""
    phrases = corpus()
    assert len(phrases) > 1000
    for start, text in phrases:
        for cut_text in (text, text[: len(text) // 2], text[1:], text + " 得", text.replace("，", "", 1)):
            assert_read_alike(cut_text, start)


@settings(max_examples=tries(300), deadline=None)
@given(
    st.sampled_from(STARTS),
    st.lists(
        st.sampled_from(WORDS)
        | st.sampled_from(["甲", "乙1", "“丙，丁”", "12", "3.5 %", "①", "x", "万元", "个", "\n"]),
        max_size=14,
    ).map(" ".join),
)
@example("st_measure", "")
@example("clause", "每超过 1个百分点 扣 0.5分，扣完为止 $")
def test_any_words_read_as_lark_reads_them(start: str, text: str) -> None:
    assert_read_alike(text, start)
    assert_read_alike(text.replace(" ", ""), start)


@pytest.mark.slow
def test_a_terminal_is_tried_wherever_it_could_match() -> None:
    """What a terminal can begin with, and its literal words, say the same as its pattern."""
    texts = {text[at:] for _, text in corpus()[::5] for at in range(len(text))}
    for terminal in made()["terminals"]:
        pattern = re.compile(terminal["pattern"])
        for text in texts:
            match = pattern.match(text)
            if match is not None:
                assert terminal["first"] is None or text[0] in terminal["first"], (terminal, text)
            if terminal["words"] is not None:
                word = next((word for word in terminal["words"] if text.startswith(word)), None)
                assert word == (match.group() if match else None), (terminal, text)


def test_tables_do_not_depend_on_the_order_of_sets() -> None:
    code = (
        "import json\nfrom rubric_dsl.syntax.grammar import grammar_text\n"
        "from rubric_dsl.syntax.table_builder import make_tables\n"
        "import hashlib\nprint(hashlib.sha256(json.dumps(make_tables(grammar_text())).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_tables_survive_being_stored() -> None:
    stored = json.loads(json.dumps(made()))
    again = json.loads(json.dumps(stored))
    assert stored == again
    tree = grammar_of(stored).automaton.parse("满分 6分", 0, "st_points", lambda kind, at: Leaf(kind, "", at))
    assert isinstance(tree, Node)
    assert tree.kind == "st_points"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package whose grammar is in a folder of the test's own."""
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    (tmp_path / FOLDER).mkdir()
    return tmp_path / FOLDER


def test_tables_of_this_grammar_are_used(folder: Path) -> None:
    (folder / FILE).write_text(json.dumps(made()), encoding="utf-8")
    found = shipped(TEXT)
    assert found is not None
    assert found["key"] == made()["key"]


TEXT = grammar_text()


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "",
        "[]",
        "{}",
        json.dumps({"key": "0" * 64}),
    ],
)
def test_tables_that_are_missing_or_broken_are_not_used(folder: Path, stored: str | None) -> None:
    if stored is not None:
        (folder / FILE).write_text(stored, encoding="utf-8")
    assert shipped(TEXT) is None


def test_tables_of_another_grammar_are_never_used(folder: Path) -> None:
    """The grammar is changed, its tables are not: the new word is read all the same."""
    (folder / FILE).write_text(json.dumps(made()), encoding="utf-8")
    changed = TEXT.replace('_POINTS: "points" | "满分"', '_POINTS: "points" | "满分" | "总满分"')
    assert changed != TEXT
    (folder / "rubric.lark").write_text(changed, encoding="utf-8")
    assert shipped(changed) is None
    grammar.load.cache_clear()
    try:
        tree = load().automaton.parse("总满分 6分", 0, "st_points", lambda kind, at: Leaf(kind, "", at))
    finally:
        grammar.load.cache_clear()
    assert isinstance(tree, Node)


def test_tables_made_by_other_code_are_never_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / FILE).write_text(json.dumps(made()), encoding="utf-8")
    assert shipped(TEXT) is not None
    other = folder / "table_builder.py"
    other.write_text("changed = True\n", encoding="utf-8")
    monkeypatch.setattr("rubric_dsl.syntax.tables._CODE", (other,))
    assert shipped(TEXT) is None

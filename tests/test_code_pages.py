"""The pages of the diagnostic codes: each example gives its message, each good text none, and every code has a page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from rubric_dsl.codes import codes, page
from rubric_dsl.codes.page import Page, PageError, fences, read_page
from rubric_dsl.diagnostics import Lang
from tests.sources import PACKAGE, nodes
from tools.code_inputs import BUILT
from tools.code_pages import LANGUAGES, PAGES, example, filled, frame, said, said_to, told

ROOT = Path(__file__).resolve().parent.parent
HOST_WORDS = re.compile(r"[Ll]ark|[Tt]oken|Traceback|Fraction|Unexpected|__ANON|\bst_|’|\bNone\b")
NO_CODES = {
    "rubric-dsl",  # the engine's name
    "any-order",  # laws of `rubric verify --hypothesis`
    "in-bounds",
    "parts-make-total",
    "ranges-hold",
    "readings-in-order",
    "same-again",
    "not-finite",  # why a number is refused, before it is a diagnostic
    "not-found",  # why a file cannot be read
    "not-readable",
    "x-unit",  # a key of JSON Schema
    "counted-again",  # claims of `rubric verify`
    "figure-shared",
    "for-nothing",
    "grade-reachable",
    "no-unreachable",
    "no-value",
    "not-applicable-points",
    "reaches-full",
    "reaches-least",
    "total-within",
    "within-points",
}
"""Words of the source that look like codes."""
ONE_WORD = {"arguments", "circular", "negative", "syntax"}
ANYWAY = {"edition-changes"}
"""What an edition that inherits is always told, good as it is."""
LARGE = {"too-large", "too-many-figures"}
"""Whose limits take seconds to reach; ``test_hostile.py`` and ``test_data_reader.py`` reach them too."""
CASES = [(code, lang) for code in codes() for lang in LANGUAGES]


@cache
def half(code: str, lang: Lang) -> Page:
    found = page(code, lang)
    assert found is not None
    return found


def around(lang: Lang) -> set[str]:
    """The lines of the frame's indicator: a fault of its rule as a whole may lie there; and the end of a text."""
    indicator = frame(lang).partition("«indicator»")[2].partition("«/indicator»")[0]
    return {line.strip() for line in indicator.splitlines()} | {""}


@pytest.mark.parametrize(
    ("code", "lang"),
    [  # what is built is mostly a text beyond a limit: it takes long, and one language reaches the limit
        pytest.param(
            code,
            lang,
            id=f"{code}-{lang}",
            marks=[pytest.mark.slow] if (code in BUILT and lang == "zh") or code in LARGE else [],
        )
        for code, lang in CASES
    ],
)
def test_the_example_gives_its_message_word_for_word_and_the_good_text_none(code: str, lang: Lang) -> None:
    own = half(code, lang)
    found = told(own)
    assert {item.code for item in found} == {code}
    messages = [fence.content for fence in fences(own.example) if fence.kind == "text"]
    assert messages == [said(found, lang) + "\n"], "run `make reference`"
    shown = {line.strip() for fence in fences(own.example) for line in fence.content.splitlines()} | around(lang)
    if code not in BUILT:  # a fault lies in what the page shows, or at the indicator that it belongs to
        assert {place.source.line_text(place.line).strip() for item in found for place in item.places[:1]} <= shown
    good = example(own, good=True)
    assert good != example(own, good=False)
    assert {item.code for item in said_to(good)} <= (ANYWAY if good.others else set())
    if "```python" not in own.example:  # what a program hands over is named as its author knows it
        assert not HOST_WORDS.findall(own.markdown())


def test_messages_are_put_into_a_page() -> None:
    page = (PAGES / "anchor-count.md").read_text(encoding="utf-8")
    stale = re.sub(r"^```text\n.*?^```$", "```text\nstale\n```", page, flags=re.DOTALL | re.MULTILINE)
    without = re.sub(r"^```text\n.*?^```\n\n", "", page, flags=re.DOTALL | re.MULTILINE)
    assert page not in (stale, without)
    assert {filled("anchor-count", text) for text in (page, stale, without)} == {page}


def test_pages_are_short_and_their_halves_in_their_languages() -> None:
    for code, lang in CASES:
        own = half(code, lang)
        for words in (own.checks, own.matters):
            sentences = re.findall(r"[。！？]" if lang == "zh" else r"[.!?](?:\s|$)", words)
            assert 1 <= len(sentences) <= 2, (code, words)
        prose = re.sub(r"^```.*?^```$|`[^`]*`", "", "\n".join(own.parts), flags=re.DOTALL | re.MULTILINE)
        assert lang == "zh" or not re.findall(r"[\u3400-\u9fff]", prose), (code, prose)


def nodes_of_the_source() -> Iterator[ast.AST]:
    """What the service answers are problems of HTTP, with words of their own: none of them is a diagnostic."""
    return (node for path in PACKAGE.rglob("*.py") if path.parent.name != "server" for node in nodes(path))


def words_of_the_source() -> set[str]:
    found = (node.value for node in nodes_of_the_source() if isinstance(node, ast.Constant))
    return {value for value in found if isinstance(value, str)}


def test_every_code_of_the_source_has_a_page_and_every_page_a_code() -> None:
    words = words_of_the_source()
    used = {word for word in words if re.fullmatch(r"[a-z]+(-[a-z]+)+", word)} - NO_CODES | (words & ONE_WORD)
    assert used - set(codes()) == set(), "each is a code, which needs its page, or a word for NO_CODES"
    assert set(codes()) - used == set()
    assert not NO_CODES - words
    assert set(BUILT) <= set(codes())


def test_a_code_of_one_word_is_known_here() -> None:
    """A literal that is handed over as a code, of one word, would not be seen by its hyphen."""
    found = set()
    for node in nodes_of_the_source():
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in {"Diagnostic", "fault", "_fault"} and isinstance(node.args[0].value, str):
                found.add(node.args[0].value)
    assert {"syntax", "circular"} <= found
    assert {code for code in found if "-" not in code} <= ONE_WORD


PAGE = "# a\n" + "".join(
    f"\n## {half}\n" + "".join(f"\n### {heading}\n\n{heading}\n" for heading in headings)
    for half, headings in (
        ("中文", ("检查什么", "为什么要紧", "例", "改为")),
        ("English", ("What it checks", "Why it matters", "Example", "Instead")),
    )
)


def test_a_page_is_read_and_laid_out() -> None:
    fence = "```rubric in rule as b.rubric\n甲\n\n  乙\n```"
    own = read_page("a", PAGE.replace("\n例\n", f"\n两句。\n还有`一句`。\n\n{fence}\n"), "zh")
    assert own.summary == "检查什么"
    assert "b.rubric\n\n```rubric\n甲\n\n  乙\n```" in own.markdown()
    assert "in rule" not in own.markdown() + own.text()
    assert own.text() == (
        "a\n\n检查什么\n  检查什么\n\n为什么要紧\n  为什么要紧\n\n例\n  两句。\n  还有一句。\n\n  b.rubric\n\n    甲\n\n      乙\n\n"
        "改为\n  改为\n"
    )


@pytest.mark.parametrize(
    "broken",
    [
        PAGE.replace("# a\n", "# b\n"),
        PAGE.replace("## English\n", "## 英文\n"),
        PAGE.replace("### 改为\n", ""),
        PAGE.replace("### 例\n", "### 例子\n"),
        PAGE + "\n## More\n",
    ],
)
def test_a_page_without_its_headings_is_refused(broken: str) -> None:
    with pytest.raises(PageError):
        read_page("a", broken, "zh")


@pytest.mark.parametrize("strange", ["../basic", "", "band-gap.md", "Band-Gap", "no-such-code"])
def test_what_is_no_code_has_no_page(strange: str) -> None:
    assert page(strange, "en") is None

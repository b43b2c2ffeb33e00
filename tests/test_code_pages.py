"""The pages of the diagnostic codes: each example gives its message, each good text none, and every code has a page."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from rubric_dsl.codes import codes, page
from rubric_dsl.codes.page import Page, PageError, fences, read_page
from rubric_dsl.diagnostics import Lang
from tools.code_inputs import BUILT
from tools.code_pages import LANGUAGES, PAGES, example, filled, frame, said_to, told

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "rubric_dsl"
HOST_WORDS = re.compile(r"[Ll]ark|[Tt]oken|Traceback|Fraction|Unexpected|__ANON|\bst_|’|\bNone\b")
NO_CODES = {
    "not-finite",  # why a number is refused, before it is a diagnostic
    "not-found",  # why a file cannot be read
    "not-readable",
    "x-unit",  # a key of JSON Schema
    "counted-again",  # claims of `rubric verify`
    "figure-shared",
    "for-nothing",
    "grade-reachable",
    "no-unreachable",
    "not-applicable-points",
    "reaches-full",
    "reaches-least",
    "total-within",
    "within-points",
}
"""Words of the source that look like codes."""
ONE_WORD = {"arguments", "circular", "negative", "syntax"}
WITHOUT_PAGE = set((ROOT / "tests" / "codes" / "without_page.txt").read_text(encoding="utf-8").split())
"""Codes that have no page yet; empty when all are written."""
ANYWAY = {"edition-changes"}
"""What an edition that inherits is always told, good as it is."""
CASES = [(code, lang) for code in codes() for lang in LANGUAGES]


def half(code: str, lang: Lang) -> Page:
    found = page(code, lang)
    assert found is not None
    return found


def around(lang: Lang) -> set[str]:
    """The lines of the frame's indicator: a fault of its rule as a whole may lie there; and the end of a text."""
    indicator = frame(lang).partition("«indicator»")[2].partition("«/indicator»")[0]
    return {line.strip() for line in indicator.splitlines()} | {""}


@pytest.mark.parametrize(("code", "lang"), CASES, ids=[f"{code}-{lang}" for code, lang in CASES])
def test_the_example_gives_this_code_and_the_good_text_nothing(code: str, lang: Lang) -> None:
    own = half(code, lang)
    found = told(own)
    assert {item.code for item in found} == {code}
    shown = {line.strip() for fence in fences(own.example) for line in fence.content.splitlines()} | around(lang)
    if code not in BUILT:  # a fault lies in what the page shows, or at the indicator that it belongs to
        assert {place.source.line_text(place.line).strip() for item in found for place in item.places[:1]} <= shown
    good = example(own, good=True)
    assert good != example(own, good=False)
    assert {item.code for item in said_to(good)} <= (ANYWAY if good.others else set())


@pytest.mark.parametrize("code", codes())
def test_a_page_has_its_messages_word_for_word_and_no_host_words(code: str) -> None:
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert text == filled(code, text), "run `make reference`"
    if "```python" not in text:  # what a program hands over is named as its author knows it
        assert not HOST_WORDS.findall(text)


@pytest.mark.parametrize("code", codes())
def test_a_page_is_short_and_its_halves_are_in_their_languages(code: str) -> None:
    for lang in LANGUAGES:
        own = half(code, lang)
        for words in (own.checks, own.matters):
            assert 0 < len(re.findall(r"[。！？]" if lang == "zh" else r"[.!?](?:\s|$)", words)) <= 2, words
        if lang == "en":
            prose = re.sub(r"^```.*?^```$", "", "\n".join(own.parts), flags=re.DOTALL | re.MULTILINE)
            assert not re.findall(r"[\u3400-\u9fff]", re.sub(r"`[^`]*`", "", prose)), prose


def words_of_the_source() -> set[str]:
    return {
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_code_of_the_source_has_a_page_and_every_page_a_code() -> None:
    words = words_of_the_source()
    used = {word for word in words if re.fullmatch(r"[a-z]+(-[a-z]+)+", word)} - NO_CODES | (words & ONE_WORD)
    pages = set(codes()) | WITHOUT_PAGE
    assert used - pages == set()
    assert pages - used == set()
    assert not NO_CODES - words
    assert not set(codes()) & WITHOUT_PAGE
    assert set(BUILT) <= set(codes())


@pytest.mark.parametrize("name", ["Diagnostic", "fault"])
def test_a_code_of_one_word_is_known_here(name: str) -> None:
    """A literal that is handed over as a code, of one word, would not be seen by its hyphen."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called == name and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    assert found
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

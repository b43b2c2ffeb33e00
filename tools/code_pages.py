"""Runs the examples of the pages of diagnostic codes: fills in what the program says to them, and writes the index.

``python tools/code_pages.py`` writes the messages into the pages; ``make reference`` runs it first. A fence of a page
names the place of the frame (``tests/codes/zh.rubric``, ``en.rubric``) that its lines are put into: ``rubric in rule``.
Without a place it is a complete file; ``as 2018.rubric`` makes it a file beside the rubric.
"""

from __future__ import annotations

import ast
import re
import shlex
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from rubric_dsl import Rubric, RubricError, Source, Submission, check_source
from rubric_dsl.codes.page import Page, fences, read_page
from rubric_dsl.data.reader import read_submissions
from rubric_dsl.diagnostics import Diagnostic, Lang, Text
from rubric_dsl.report.diagnostics_text import diagnostic_text

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "rubric_dsl" / "codes" / "pages"
FRAMES = ROOT / "tests" / "codes"
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
DATA = {"yaml": "data.yaml", "json": "data.json", "csv": "data.csv"}


class ExampleError(Exception):
    """An example of a page cannot be run at all: a fence names no place of the frame, or the rubric is at fault."""


Texts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """What is checked, and scored where there are data: texts by file name; ``values`` are Python values.

    ``sql`` are the words of a command that writes it as a query.
    """

    rubric: str
    others: Texts = ()
    data: Texts = ()
    values: tuple[tuple[str, object], ...] | None = None
    reading: str = ""
    sql: tuple[str, ...] = ()


# ---------------------------------------------------------------- fences into frames


@cache
def frame(lang: Lang) -> str:
    """Return the complete small rubric that the lines of a page are put into."""
    return (FRAMES / f"{lang}.rubric").read_text(encoding="utf-8")


def framed(pieces: Iterable[tuple[str, str]], lang: Lang) -> str:
    """Put lines into the frame; each piece is the name of a place and what takes the place of what stands there.

    Raises:
        ExampleError: the frame has no such place, or an outer piece has replaced it.
    """
    text = frame(lang)
    for slot, content in pieces:
        pattern = re.compile(rf"^«{slot}»\n.*?^«/{slot}»\n", re.DOTALL | re.MULTILINE)
        text, count = pattern.subn(lambda _, content=content: content, text)  # type: ignore[misc]
        if not count:
            raise ExampleError(f"the frame has no place '{slot}'")
    return re.sub(r"^«.*»\n", "", text, flags=re.MULTILINE)


def example_of(parts: Iterable[str], lang: Lang) -> Example | None:
    """Return what the fences of a part make together; None where there are none but what the program says.

    Of several parts a later one changes the files, and the places of a frame, that it shows; the others stay as they were.
    """
    files: dict[str, dict[str, str]] = {}
    data: dict[str, str] = {}
    values: tuple[tuple[str, object], ...] | None = None
    reading = ""
    sql: tuple[str, ...] = ()
    for part in parts:
        for fence in fences(part):
            match fence.kind:
                case "rubric" if fence.slot:
                    files.setdefault(fence.name, {}).pop("", None)
                    files[fence.name][fence.slot] = fence.content
                case "rubric":
                    files[fence.name] = {"": fence.content}
                case "python":
                    values = _values(fence.content)
                case "sh" if fence.content.startswith("rubric sql "):
                    sql = tuple(shlex.split(fence.content)[3:])
                case "sh":
                    asked = re.search(r"--reading (\S+)", fence.content)
                    reading = asked[1] if asked else ""
                case kind if kind in DATA:
                    data[fence.name or DATA[kind]] = fence.content
    if not (files or data or reading or sql or values is not None):
        return None
    texts = {name: _text_of(pieces, lang) for name, pieces in files.items()}
    rubric = texts.pop("", None) or framed((), lang)
    return Example(rubric, tuple(texts.items()), tuple(data.items()), values, reading, sql)


def _text_of(pieces: dict[str, str], lang: Lang) -> str:
    return pieces[""] if "" in pieces else framed(pieces.items(), lang)


def _values(code: str) -> tuple[tuple[str, object], ...]:
    """Read ``rubric.score({"posts": 10})``; nothing of it is run."""
    call = ast.parse(code.strip(), mode="eval").body
    if not isinstance(call, ast.Call) or not isinstance(call.args[0], ast.Dict):
        raise ExampleError("Python examples are rubric.score({…})")
    pairs = zip(call.args[0].keys, call.args[0].values, strict=True)
    return tuple((str(ast.literal_eval(key)), _value(value)) for key, value in pairs if key is not None)


def _value(node: ast.expr) -> object:
    if isinstance(node, ast.Call):  # Decimal("0.1")
        return Decimal(str(ast.literal_eval(node.args[0])))
    value: object = ast.literal_eval(node)
    return value


# ---------------------------------------------------------------- what the program says


@cache
def _checked(text: str, others: Texts) -> tuple[Rubric | None, tuple[Diagnostic, ...]]:
    source = Source("2024.rubric", text)
    if not others:
        return check_source(source)
    with tempfile.TemporaryDirectory() as folder:
        for name, other in others:
            Path(folder, name).write_text(other, encoding="utf-8")
        return check_source(source, Path(folder))


@cache
def said_to(example: Example) -> tuple[Diagnostic, ...]:
    """Check the rubric and, where there are data, score them; return everything that was found.

    Raises:
        ExampleError: there are data, but the rubric is not without a fault.
    """
    rubric, found = _checked(example.rubric, example.others)
    scored = bool(example.data) or example.values is not None or bool(example.reading or example.sql)
    if not scored:
        return found
    # What can be 0 is told of the rubric; that it is 0, of the data.
    if rubric is None or any(item.code != "denominator-zero" for item in found):
        raise ExampleError(f"the rubric itself: {[item.message.en for item in found]}")
    return _scored(rubric, example)


def forget() -> None:
    """Forget what was found: the program is no longer the same."""
    _checked.cache_clear()
    said_to.cache_clear()


def _scored(rubric: Rubric, example: Example) -> tuple[Diagnostic, ...]:
    if example.reading:
        try:
            rubric = rubric.with_reading(example.reading)
        except RubricError as error:
            return error.diagnostics
    if example.sql:
        return _written(rubric, example.sql)
    if example.values is not None:
        return rubric.score(dict(example.values)).diagnostics
    found: list[Diagnostic] = []
    submissions: list[Submission] = []
    for name, text in example.data:
        read, faults = read_submissions(Source(name, text))
        submissions += read
        found += faults
    results = rubric.score_all(submissions)
    return (*found, *(item for result in results for item in result.diagnostics))


def _written(rubric: Rubric, words: tuple[str, ...]) -> tuple[Diagnostic, ...]:
    """Write a rubric as a query, as ``rubric sql`` is asked to."""
    options = dict(zip(words[::2], words[1::2], strict=True))
    address, _, column = options.get("--column", "").rpartition("=")
    digits = options.get("--digits")
    try:
        rubric.to_sql(
            options["--dialect"], columns={address: column} if address else {}, digits=int(digits) if digits else None
        )
    except RubricError as error:
        return error.diagnostics
    return ()


def told(page: Page) -> tuple[Diagnostic, ...]:
    """Return what is found in the faulty example.

    The list of what an edition keeps is left out, and of an example that is built, which may be large, all but the page's code.
    """
    from tools.code_inputs import BUILT

    found = said_to(example(page, good=False))
    return tuple(
        item for item in found if item.code == page.code or not (page.code in BUILT or item.code == "edition-changes")
    )


def said(found: Iterable[Diagnostic], lang: Lang) -> str:
    """Write what was found as the commands print it, without the places: their lines count what a page leaves out."""
    return "\n\n".join(diagnostic_text(replace(item, places=()), lang) for item in found)


def example(page: Page, *, good: bool) -> Example:
    """Return the faulty or the good example of a page: from its fences, or from the table of those that none can show."""
    from tools.code_inputs import BUILT

    written = example_of((page.example, page.instead) if good else (page.example,), page.lang)
    if (written is None) != (page.code in BUILT):
        raise ExampleError(f"{page.code}: an example stands in fences or in tools/code_inputs.py, never in both")
    return BUILT[page.code][good](page.lang) if written is None else written


# ---------------------------------------------------------------- pages filled in, and their index

_SAID = re.compile(r"^```text\n.*?^```$\n?", re.DOTALL | re.MULTILINE)


def filled(code: str, text: str) -> str:
    """Return a page with what the program says to its examples now."""
    for lang in LANGUAGES:
        page = read_page(code, text, lang)
        words = f"```text\n{said(told(page), lang)}\n```"
        bare = _SAID.sub("", page.example).strip()
        text = text.replace(page.example, f"{bare}\n\n{words}", 1)
    return text


def severity(page: Page) -> str:
    """Return the severity word of the first message of a page's example."""
    return next(fence.content for fence in fences(page.example) if fence.kind == "text").split(" ", 1)[0]


_LEAD = Text(
    """每个诊断代码一页：检查什么、为什么要紧、错的写法和程序的报告、对的写法；由测试逐一运行。`rubric explain 代码` 也能看到。""",
    """A page for each diagnostic code: what it checks, why it matters, a faulty text with what the program says, and a good
one; the tests run them all. `rubric explain CODE` prints the page.""",
)
TITLE = Text("诊断代码", "Diagnostic codes")


def index(lang: Lang, made: str) -> str:
    """Write the chapter of the manual that leads to all pages; ``made`` is the line that says how it was made."""
    other = Text("[索引](README.md) · [English](../en/codes.md)", "[index](README.md) · [中文](../zh/codes.md)")
    head = Text("代码 | | 检查什么", "code | | what it checks").to(lang)
    rows = [f"| {head} |", "| --- | --- | --- |"]
    for path in sorted(PAGES.glob("*.md")):
        page = read_page(path.stem, path.read_text(encoding="utf-8"), lang)
        link = f"[{page.code}](../../../rubric_dsl/codes/pages/{path.name}#{Text('中文', 'english').to(lang)})"
        rows.append(f"| {link} | {severity(page)} | {page.summary.replace('|', chr(92) + '|')} |")
    return "\n\n".join([f"# {TITLE.to(lang)}", made, other.to(lang), _LEAD.to(lang), "\n".join(rows)]) + "\n"


def write(names: Iterable[str] = ()) -> list[str]:
    """Fill in the messages of the pages named, or of all; return what could not be run."""
    failed = []
    wanted = set(names)
    for path in sorted(PAGES.glob("*.md")):
        if wanted and path.stem not in wanted:
            continue
        text = path.read_text(encoding="utf-8")
        try:
            new = filled(path.stem, text)
        except Exception as error:  # the others are still written
            failed.append(f"{path.stem}: {type(error).__name__}: {error}")
            continue
        if new != text:
            path.write_text(new, encoding="utf-8")
    return failed


if __name__ == "__main__":
    for line in write(sys.argv[1:]):
        sys.stderr.write(line + "\n")

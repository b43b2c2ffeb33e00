"""The reference pages in docs/reference, made from the chapters in tests/spec, the pages of diagnostic codes, the commands and the schema of results.

Usage: ``python tools/make_reference.py`` writes the pages; ``make reference`` does the same.
A chapter is read as headings, paragraphs (Chinese, the English below it as a quotation) and blocks; what the program
says to a faulty rubric is asked of the program, in both languages.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

from rubric_dsl import check_source, format_source
from rubric_dsl.diagnostics import Diagnostic, Lang, Text
from rubric_dsl.forms.registry import FORMS
from rubric_dsl.report.diagnostics_text import diagnostic_text
from rubric_dsl.source import Source
from tools import code_pages, json_page

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "tests" / "spec"
PAGES = ROOT / "docs" / "reference"
LANGUAGES: tuple[Lang, ...] = ("zh", "en")

FORM_CHAPTERS = tuple(dict.fromkeys(type(form).__module__.rpartition(".")[2] for form in FORMS))
"""A scoring form's chapter has the name of its file, so a new form needs no line here."""
GROUPS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (Text("计分办法", "Scoring forms"), FORM_CHAPTERS),
    (
        Text("规则之外", "Around them"),
        ("around", "assessors", "outcomes", "standards", "below_zero", "shapes", "accepted"),
    ),
    (Text("上级指标", "Headings"), ("headings",)),
    (Text("总分之后", "After the total"), ("after",)),
    (Text("数据", "Data"), ("figures", "numbers")),
    (Text("舍入", "Rounding"), ("rounding",)),
    (Text("读法", "Readings"), ("readings",)),
)
"""The pages of the index; a chapter that is no form's is added here."""


_DIAGNOSTICS = Text("诊断", "Diagnostics")


class ChapterError(Exception):
    """A chapter cannot be made into a page."""


# ---------------------------------------------------------------- a chapter, read


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, its level, and its words; English is empty where the chapter has none."""

    level: int
    words: Text


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph; English is empty where the chapter has none."""

    words: Text


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. ``setup`` is what stands before a rubric's or a fault's text when it is run."""

    kind: str
    content: str
    setup: str = ""
    rubric: str = ""


Item = Heading | Prose | Block
_PIECE = re.compile(r"^```(?P<kind>\w+)\n(?P<content>.*?)^```$|(?P<lines>(?:^[^\n]+\n?)+)", re.DOTALL | re.MULTILINE)


def read_chapter(text: str) -> list[Item]:
    """Read a chapter's text into its items, in order."""
    items: list[Item] = []
    setup = rubric = own_setup = ""
    for piece in _PIECE.finditer(text):
        kind, content = piece["kind"], piece["content"]
        if kind is None:
            for part in _parts(piece["lines"]):
                _add_words(items, part)
            continue
        if kind == "setup":
            setup = content
        elif kind == "rubric":
            rubric, own_setup = content, "" if _is_complete(content) else setup
        items.append(Block(kind, content, own_setup, rubric))
    return items


def _is_complete(rubric: str) -> bool:
    return rubric.startswith(("指标体系", "rubric")) or "满分" in rubric.split("\n")[1:2]


def _parts(lines: str) -> Iterator[str]:
    """Part what has no blank line between: a heading, a paragraph and its quotation."""
    kept: list[str] = []
    for line in lines.splitlines():
        new = line.startswith("#") or (line.startswith(">") and kept and not kept[-1].startswith(">"))
        if kept and (new or kept[-1].startswith("#")):
            yield "\n".join(kept)
            kept = []
        kept.append(line)
    if kept:
        yield "\n".join(kept)


def _add_words(items: list[Item], part: str) -> None:
    heading = re.fullmatch(r"(#+) (.+)", part)
    if heading:
        zh, _, en = heading[2].partition(" · ")
        items.append(Heading(len(heading[1]), Text(zh, en)))
    elif part.startswith(">"):
        english = re.sub(r"^> ?", "", part, flags=re.MULTILINE)
        last = items[-1] if items else None
        if isinstance(last, Prose) and not last.words.en:
            items[-1] = Prose(Text(last.words.zh, english))
        else:
            items.append(Prose(Text("", english)))
    else:
        items.append(Prose(Text(part, "")))


def without_english(items: list[Item]) -> list[str]:
    """List the Chinese headings and paragraphs that have no English."""
    return [item.words.zh for item in items if not isinstance(item, Block) and item.words.zh and not item.words.en]


# ---------------------------------------------------------------- a page, written

_MADE = "<!-- Made by tools/make_reference.py from tests/spec{}; do not edit. -->"
_SCHEMA = "<!-- Made by tools/make_reference.py from the schema of results; do not edit. -->"
_CODES = "<!-- Made by tools/make_reference.py from rubric_dsl/codes/pages; do not edit. -->"
_LEAD = Text(
    """[English](../en/README.md) · [教程](../../tutorial.zh-CN.md) · [语言概览](../../language.md)

每页讲一种写法：例子、算出的得分、写错时程序怎样报告。各页由 `tests/spec/` 的章节生成，章节里的每个得分、每个报告都由测试运行。

表里“60 到 80”是缺数时得分的范围；“不能评分”是数据不能用。`同组 甲 = 1 2 3` 是同类单位的数；`{节水:3/4}` 是部门自己的指标和它的得分、分值。""",
    """[中文](../zh/README.md) · [tutorial](../../tutorial.md) · [the language in short](../../language.md)

Each page shows one way of writing: examples, the scores that come out, and what the program says where something is wrong.
The pages are made from the chapters in `tests/spec/`, where every score and every report is run as a test.

The keywords are English, the names stay as the author wrote them: 示例 sample, 示例指标 sample indicator, 实际 actual, 计划 planned,
人数 persons, 天数 days, 目标 target, 甲 乙 丙 A B C, 一 二 one two.

In the tables “60 to 80” is the range of the score where a figure is missing; “cannot be scored” means that the figures cannot be used.
`cohort 甲 = 1 2 3` are the values of the whole group; `{节水:3/4}` is an indicator of the department's own, its score and points.""",
)


def title_of(items: list[Item], lang: Lang) -> str:
    """Return a chapter's title in one language."""
    first = items[0]
    if not isinstance(first, Heading):
        raise ChapterError("a chapter begins with its title")
    return _capital(_in(first.words, lang))


def page(name: str, text: str, lang: Lang) -> str:
    """Write the page of one chapter in one language."""
    items = read_chapter(text)
    links = Text(f"[索引](README.md) · [English](../en/{name}.md)", f"[index](README.md) · [中文](../zh/{name}.md)")
    parts = [f"# {title_of(items, lang)}", _MADE.format(f"/{name}.md"), links.to(lang)]
    for item in items[1:]:
        match item:
            case Heading():
                parts.append(f"{'#' * item.level} {_capital(_in(item.words, lang))}")
            case Prose():
                parts.append(item.words.to(lang))
            case Block():
                parts.extend(_BLOCKS[item.kind](item, lang))
    return "\n\n".join(part for part in parts if part) + "\n"


def _in(words: Text, lang: Lang) -> str:
    """Return words in one language; a heading without English keeps its Chinese, since what is below it needs one."""
    return words.to(lang) or words.zh


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _setup(block: Block, lang: Lang) -> list[str]:
    words = Text(
        "不是完整文件的例子，前面都接着这几行：", "Where an example is no complete file, these lines stand before it:"
    )
    return [words.to(lang), _fence("rubric", _written(block.content, "", lang))]


def _rubric(block: Block, lang: Lang) -> list[str]:
    return [_fence("rubric", _written(block.content, block.setup, lang))]


def _written(content: str, setup: str, lang: Lang) -> str:
    """Return rubric text in a keyword language: Chinese as written; English as formatted, if it can be read at all."""
    if lang == "zh":
        return content
    whole = format_source(Source("chapter", setup + content), "en")[0]
    head = format_source(Source("chapter", setup), "en")[0] if setup else ""
    if whole is None or head is None:
        return content
    if not whole.startswith(head):
        raise ChapterError("the setup is not formatted by itself as it is with what follows")
    return dedent(whole[len(head) :]).strip("\n") + "\n"


def _fence(kind: str, content: str) -> str:
    return f"```{kind}\n{content.rstrip()}\n```"


# ---------------------------------------------------------------- scores as a table

_ASKED = {"total": Text("总分", "total"), "grade": Text("等级", "grade")}
_LAST = Text("最后一个指标", "last indicator")
_WORDS = ((r"\b同组 ", "cohort "), (r"= 无数据\b", "= unavailable"), (r"\b读法 =", "reading ="), ("，", ", "))
"""What is written otherwise in the figures of an English page."""


def _scores(block: Block, lang: Lang) -> list[str]:
    lines = [line for line in block.content.splitlines() if line.strip()]
    given = [place for place, line in enumerate(lines) if not line.startswith("  ")]
    cases = [_case(lines[place], lang) for place in given]
    head = Text("数据 | 得分", "figures | score").to(lang).split(" | ")
    if any(asked for _, asked, _ in cases):
        head.insert(1, Text("问的是", "of").to(lang))
        rows = [[figures, asked or _LAST.to(lang), score] for figures, asked, score in cases]
    else:
        rows = [[figures, score] for figures, _, score in cases]
    # Below a case its reason may be set in, in Chinese and then in English.
    told = [lines[here + 1 : after] for here, after in pairwise([*given, len(lines)])]
    if any(told):
        head.append(Text("原因", "reason").to(lang))
        reasons = [Text(*found).to(lang).strip().replace("|", "\\|") if found else "" for found in told]
        rows = [[*row, reason] for row, reason in zip(rows, reasons, strict=True)]
    return ["\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))]


def _case(line: str, lang: Lang) -> tuple[str, str, str]:
    """Return a line's figures, what is asked for (empty: the last indicator) and the score."""
    given, _, expected = line.partition("->")
    asked, _, figures = (part.strip() for part in given.rpartition("|"))
    if not figures:
        figures = Text("（未填任何数据）", "(nothing is given)").to(lang)
    elif lang == "en":
        for pattern, word in _WORDS:
            figures = re.sub(pattern, word, figures)
    return figures, _ASKED[asked].to(lang) if asked in _ASKED else asked, _expected(expected.strip(), lang)


def _expected(text: str, lang: Lang) -> str:
    if text == "invalid":
        return Text("不能评分", "cannot be scored").to(lang)
    if lang == "zh":
        text = text.replace(" or not rated", "，或不评定").replace("not rated", "不评定")
    text = text.replace("..", Text(" 到 ", " to ").to(lang))
    return text.replace("、", " or ") if lang == "en" else re.sub(r" of (.+)", r"（满分 \1）", text)


# ---------------------------------------------------------------- faults, as the program words them


def _faults(block: Block, lang: Lang) -> list[str]:
    text = block.setup + block.rubric
    if lang == "en":
        text = format_source(Source("chapter", text), "en")[0] or text
    source = Source("chapter", text)
    # A setup declares what all examples of its chapter share: not every one uses all of it.
    found = tuple(item for item in check_source(source)[1] if item.code != "unused-name")
    listed = sorted(
        line.rpartition("<-")[2].removesuffix("(accepted)").strip()
        for line in block.content.splitlines()
        if line.strip()
    )
    if sorted(item.code for item in found) != listed:
        raise ChapterError(f"the chapter lists {listed}, the program reports {[item.code for item in found]}")
    lead = Text("程序报告：", "The program reports:").to(lang)
    return [lead, _fence("text", "\n\n".join(_fault(source, item, lang) for item in found))]


def _fault(source: Source, found: Diagnostic, lang: Lang) -> str:
    """Return the lines where a fault is, and its words; a line's number would count lines that the page leaves out."""
    numbers = sorted({place.line for place in found.places})
    return "\n".join(
        [*(source.line_text(number).strip() for number in numbers), diagnostic_text(replace(found, places=()), lang)]
    )


_BLOCKS = {"setup": _setup, "rubric": _rubric, "scores": _scores, "faults": _faults}


# ---------------------------------------------------------------- the index, and all pages


def index(titles: dict[str, str], lang: Lang) -> str:
    """Write the index page of one language; ``titles`` by chapter."""
    parts = [f"# {Text('参考', 'Reference').to(lang)}", _MADE.format(""), _LEAD.to(lang)]
    for group, names in GROUPS:
        parts += [f"## {group.to(lang)}", "\n".join(f"- [{titles[name]}]({name}.md)" for name in names)]
    parts += [f"## {_DIAGNOSTICS.to(lang)}", f"- [{code_pages.TITLE.to(lang)}](codes.md)"]
    others = [f"- [{Text('命令行', 'Command line').to(lang)}](commands.md)", "- [JSON](json.md)"]
    parts += [f"## {Text('命令和 JSON', 'Commands and JSON').to(lang)}", "\n".join(others)]
    return "\n\n".join(parts) + "\n"


def pages(folder: Path = CHAPTERS) -> dict[str, str]:
    """Return every page by its path below ``docs/reference``."""
    chapters = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    grouped = [name for _, names in GROUPS for name in names]
    if sorted(grouped) != sorted(chapters):
        wrong = ", ".join(sorted(set(grouped) ^ set(chapters)))
        raise ChapterError(f"GROUPS in tools/make_reference.py and the chapters in tests/spec differ: {wrong}")
    made: dict[str, str] = {}
    for lang in LANGUAGES:
        titles = {name: title_of(read_chapter(text), lang) for name, text in chapters.items()}
        made[f"{lang}/README.md"] = index(titles, lang)
        made[f"{lang}/codes.md"] = code_pages.index(lang, _CODES)
        made[f"{lang}/commands.md"] = command_page(lang)
        made[f"{lang}/json.md"] = json_page.page(lang, _SCHEMA)
        made |= {f"{lang}/{name}.md": page(name, text, lang) for name, text in chapters.items()}
    made["result.schema.json"] = json_page.schema_file()
    return made


def command_page(lang: Lang) -> str:
    """Return the page of the commands, which speak the language of the environment that they start in."""
    words = [sys.executable, str(ROOT / "tools" / "command_pages.py")]
    env = {**os.environ, "LC_ALL": {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}[lang], "PYTHONUTF8": "1"}
    return subprocess.run(words, check=True, capture_output=True, encoding="utf-8", env=env).stdout  # noqa: S603


def write(folder: Path = PAGES) -> None:
    """Write the pages, and remove those that no chapter makes any more."""
    made = pages()
    for path in [each for each in folder.rglob("*") if each.is_file()]:
        if path.relative_to(folder).as_posix() not in made:
            path.unlink()
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    failed = code_pages.write()
    write()
    if failed:
        sys.exit("\n".join(failed))

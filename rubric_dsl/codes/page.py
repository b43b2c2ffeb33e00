"""A page of a diagnostic code: one Markdown file with a Chinese and an English half, read and laid out for a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.records import dataclass

HALVES = Text("中文", "English")
HEADINGS = (
    Text("检查什么", "What it checks"),
    Text("为什么要紧", "Why it matters"),
    Text("例", "Example"),
    Text("改为", "Instead"),
)


class PageError(Exception):
    """A page lacks a half or a heading, or has one too many."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: its kind and further words (``rubric in rule as 2018.rubric``), and what stands in it."""

    kind: str
    slot: str
    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Page:
    """One half of a page; each part is Markdown as written, without its heading."""

    code: str
    lang: Lang
    checks: str
    matters: str
    example: str
    instead: str

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """The four parts in order."""
        return (self.checks, self.matters, self.example, self.instead)

    @property
    def summary(self) -> str:
        """The first sentence of what the code checks."""
        return re.split(r"(?<=。)|(?<=\.) ", self.checks.replace("\n", " "), maxsplit=1)[0]

    def markdown(self) -> str:
        """Return the half as Markdown: the code and the four headings; the words that place a fence are left out."""
        blocks = [f"# {self.code}"]
        for heading, part in zip(HEADINGS, self.parts, strict=True):
            blocks += [f"## {heading.to(self.lang)}", _FENCE.sub(_bare, part)]
        return "\n\n".join(blocks) + "\n"

    def text(self) -> str:
        """Return the half as plain text for a terminal."""
        lines = [self.code]
        for heading, part in zip(HEADINGS, self.parts, strict=True):
            lines += ["", heading.to(self.lang), *_plain(part)]
        return "\n".join(lines) + "\n"


_FENCE = re.compile(
    r"^```(?P<kind>\w+)(?: in (?P<slot>[\w-]+))?(?: as (?P<name>\S+))?\n(?P<content>.*?)^```$", re.DOTALL | re.MULTILINE
)


def fences(part: str) -> Iterator[Fence]:
    """List the fenced blocks of a part."""
    for found in _FENCE.finditer(part):
        yield Fence(found["kind"], found["slot"] or "", found["name"] or "", found["content"])


def read_page(code: str, text: str, lang: Lang) -> Page:
    """Read one half of a page.

    Raises:
        PageError: a half or a heading is missing, stands twice, or is in the wrong order.
    """
    halves = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    if halves[0].strip() != f"# {code}" or halves[1::2] != list(HALVES):
        raise PageError(f"{code}: the page has its code as title and the halves {' and '.join(HALVES)}")
    half = halves[2::2][HALVES.index(HALVES.to(lang))]
    parts = re.split(r"^### (.+)\n", half, flags=re.MULTILINE)
    if parts[0].strip() or parts[1::2] != [heading.to(lang) for heading in HEADINGS]:
        raise PageError(f"{code}: each half has the headings {', '.join(heading.to(lang) for heading in HEADINGS)}")
    checks, matters, example, instead = (part.strip() for part in parts[2::2])
    return Page(code, lang, checks, matters, example, instead)


def _bare(found: re.Match[str]) -> str:
    named = f"{found['name']}\n\n" if found["name"] else ""
    return f"{named}```{found['kind']}\n{found['content']}```"


def _plain(part: str) -> Iterator[str]:
    """Lay a part out: paragraphs indented by two, fenced blocks by four, with a blank line between blocks."""
    end = 0
    blocks: list[str] = []
    for found in _FENCE.finditer(part):
        blocks += _paragraphs(part[end : found.start()])
        if found["name"]:
            blocks.append(f"  {found['name']}")
        blocks.append(textwrap.indent(found["content"].rstrip("\n"), "    "))
        end = found.end()
    blocks += _paragraphs(part[end:])
    yield from "\n\n".join(blocks).split("\n")


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph:
            yield textwrap.indent(paragraph.replace("`", ""), "  ")

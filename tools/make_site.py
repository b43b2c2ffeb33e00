"""The documentation as a site: ``docs/`` in both languages, built by Sphinx, every link inside it looked at.

Usage: ``python tools/make_site.py [--links]``; ``make docs`` and ``make docs-links`` do the same. The pages are put together
in ``build/site-source``, one folder for each language with pages of the same names; the site is ``build/site``. A warning
of Sphinx, or a link or an anchor inside the site that leads nowhere, is an error. ``--links`` asks for every address
outside instead, and only reports.
"""

from __future__ import annotations

import html
import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import is_typeddict
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import rubric_dsl as rd  # noqa: E402 - of this checkout
from rubric_dsl.diagnostics import Lang, Text  # noqa: E402
from tools.public_surface import INNER, members_of, surface_type  # noqa: E402

SOURCE, SITE = ROOT / "build" / "site-source", ROOT / "build" / "site"
FOLDERS: dict[Lang, str] = {"en": "en", "zh": "zh-CN"}
BESIDE = {"GLOSSARY.md": "glossary.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
"""Pages that lie beside ``docs/``, in both sites."""
_LINK = re.compile(r"(?<!!)\[(?P<words>(?:[^\[\]`]|`[^`]*`|\[[^\]]*\])+)\]\((?P<target>[^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"\A```(?P<kind>\w+) (?P<file>[^\n]*\.[^\n]*)\n")
_LISTED = re.compile(r"^- \[([^\[\]]+)\]\(([^)#]+\.md)\)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of one language: its file, and its name in the site."""

    file: Path
    name: str
    lang: Lang


def pages() -> dict[tuple[Path, Lang], Page]:
    """Return all pages by file and language; what lies beside ``docs/`` is in both."""
    docs = ROOT / "docs"
    found: list[Page] = []
    for path in sorted(docs.glob("*.md")):
        chinese = path.name.endswith(".zh-CN.md")
        found.append(Page(path, path.name.replace(".zh-CN", ""), "zh" if chinese else "en"))
    languages: tuple[Lang, ...] = ("en", "zh")
    for lang in languages:
        for path in sorted((docs / "reference" / lang).glob("*.md")):
            name = "index.md" if path.name == "README.md" else path.name
            found.append(Page(path, f"reference/{name}", lang))
        found += [Page(ROOT / name, made, lang) for name, made in BESIDE.items()]
    return {(page.file, page.lang): page for page in found}


# ---------------------------------------------------------------- a page, put together


def staged(page: Page, known: dict[tuple[Path, Lang], Page]) -> str:
    """Return a page's text with its links as the site has them."""
    text = page.file.read_text(encoding="utf-8")

    def linked(match: re.Match[str]) -> str:
        return _linked(page, match["words"], match["target"], known)

    parts: list[str] = []
    at = 0
    for fence in _FENCE.finditer(text):
        parts += [_LINK.sub(linked, text[at : fence.start()]), _FILE.sub(_captioned, fence[0])]
        at = fence.end()
    parts.append(_LINK.sub(linked, text[at:]))
    return "".join(parts) + _trees(page, text)


def _captioned(match: re.Match[str]) -> str:
    """Return the first lines of a block that names its file, as Sphinx shows the name above it."""
    name, _, added = match["file"].partition(" ")
    kind = "text" if match["kind"] == "csv" else match["kind"]
    return f"```{{code-block}} {kind}\n:caption: {name}{' …' if added else ''}\n\n"


def _linked(page: Page, words: str, target: str, known: dict[tuple[Path, Lang], Page]) -> str:
    """Return a link: within a language it is Sphinx's, to the other language an address, out of the project its words alone."""
    address, _, anchor = target.partition("#")
    if ":" in address or not address:
        return f"[{words}]({target})"
    file = Path(os.path.normpath(page.file.parent / address))
    here = PurePosixPath(page.name).parent
    same = known.get((file, page.lang))
    other: Lang = "zh" if page.lang == "en" else "en"
    if same is not None:
        return f"[{words}]({_relative(same.name, here)}{'#' * bool(anchor)}{anchor})"
    if (file, other) in known:
        there = f"{FOLDERS[other]}/{known[file, other].name.removesuffix('.md')}.html"
        address = _relative(there, PurePosixPath(FOLDERS[page.lang]) / here) + "#" * bool(anchor) + anchor
        return f'<a href="{html.escape(address)}">{words}</a>'
    if file.is_file() and file.is_relative_to(ROOT / "docs"):
        return f"[{words}]({_relative(file.relative_to(ROOT / 'docs').as_posix(), here)})"
    return words  # a file of the checkout that is no page


def _relative(name: str, folder: PurePosixPath) -> str:
    return os.path.relpath(name, str(folder)).replace(os.sep, "/")


def _trees(page: Page, text: str) -> str:
    """Return the trees of an index: a hidden one for each heading, of the pages that are listed below it."""
    if PurePosixPath(page.name).name != "index.md":
        return ""
    made: list[str] = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        caption = part.partition("\n")[0]
        named = [(words, _tree_name(page, target)) for words, target in _LISTED.findall(part)]
        inside = [f"{words} <{name}>" for words, name in named if name]
        if caption in _REFERENCE.values() and page.name == "index.md":
            inside.append("reference/api")
        if inside:
            made.append("\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *inside, "```"]))
    return "\n\n" + "\n\n".join(made) + "\n"


_REFERENCE = {"en": "Reference", "zh": "参考"}


def _tree_name(page: Page, target: str) -> str:
    """Return what a tree calls a page; nothing for one of the other language."""
    file = Path(os.path.normpath(page.file.parent / target))
    found = pages().get((file, page.lang))
    return "" if found is None else _relative(found.name.removesuffix(".md"), PurePosixPath(page.name).parent)


# ---------------------------------------------------------------- the Python API, from its docstrings

_API = Text(
    "每个公开的名称及其文档字符串（英文）。用途和承诺见 [Python 接口](../python.md)。",
    "Every public name, from its docstring. [The page on the Python API](../python.md) tells what they are for and what they promise.",
)


def _class(name: str, found: type, kind: str) -> str:
    """Return the directive of a class with what it promises; how it is made is shown only where that is public."""
    made = "()" if f"{name}()" in INNER else ""
    own = [each for each in members_of(name, found) if f"{name}.{each}" not in INNER and not is_typeddict(found)]
    written = [each for each in own if hasattr(found, each) or each in inspect.get_annotations(found)]
    lines = [f".. auto{kind}:: rubric_dsl.{name}{made}"]
    if written:
        lines += [f"   :members: {', '.join(written)}", "   :undoc-members:"]
    # What only an object has is listed without words, unless the class's own text does.
    told = inspect.getdoc(found) or ""
    lines += [f"\n   .. py:attribute:: {each}" for each in own if each not in written and f"{each}:" not in told]
    return "\n".join(lines) + "\n"


def api(lang: Lang) -> str:
    """Return the page of all public names."""
    groups: dict[str, tuple[Text, list[str]]] = {
        "class": (Text("类", "Classes"), []),
        "error": (Text("异常", "Exceptions"), []),
        "function": (Text("函数", "Functions"), []),
        "type": (Text("类型", "Types"), []),
    }
    for name in rd.__all__:
        found = getattr(rd, name)
        if inspect.isclass(found):
            kind = "error" if issubclass(found, BaseException) else "class"
            groups[kind][1].append(_class(name, found, "exception" if kind == "error" else "class"))
        elif inspect.isfunction(found):
            groups["function"][1].append(f".. autofunction:: rubric_dsl.{name}\n")
        elif not name.startswith("__"):
            groups["type"][1].append(f".. py:data:: rubric_dsl.{name}\n\n   ``{surface_type(found)}``\n")
    parts = [f"# {Text('Python 接口：全部名称', 'Python API: every name').to(lang)}", _API.to(lang)]
    for heading, directives in groups.values():
        parts.append(f"## {heading.to(lang)}\n\n```{{eval-rst}}\n" + "\n".join(directives) + "```")
    return "\n\n".join(parts) + "\n"


# ---------------------------------------------------------------- built, and looked at


def stage() -> None:
    """Put all pages together; files that are as they were are left alone, so that Sphinx reads what has changed only."""
    known = pages()
    wanted: dict[Path, bytes] = {}
    for page in known.values():
        wanted[SOURCE / FOLDERS[page.lang] / page.name] = staged(page, known).encode()
    for lang, folder in FOLDERS.items():
        wanted[SOURCE / folder / "reference" / "api.md"] = api(lang).encode()
        for path in (ROOT / "docs").rglob("*"):
            if path.is_file() and path.suffix != ".md":
                wanted[SOURCE / folder / path.relative_to(ROOT / "docs")] = path.read_bytes()
    for path in SOURCE.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()
    for path, content in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)


def sphinx(lang: Lang, builder: str, *flags: str) -> int:
    """Run Sphinx for one language; return how it ended."""
    folder = FOLDERS[lang]
    language = {"en": "en", "zh": "zh_CN"}[lang]
    out = SITE / folder if builder == "html" else ROOT / "build" / "site-links" / folder
    words = ["-b", builder, "-c", str(ROOT / "tools" / "site"), "-d", str(ROOT / "build" / "site-trees" / folder)]
    words += ["-D", f"language={language}", "-q", *flags, str(SOURCE / folder), str(out)]
    return subprocess.run([sys.executable, "-m", "sphinx", *words], check=False).returncode  # noqa: S603 - our own words


FRONT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>rubric-dsl</title>
<style>body { font: 1.25rem/2 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh }</style>
<main><h1>rubric-dsl</h1><p><a href="zh-CN/index.html" lang="zh-CN">中文文档</a><br><a href="en/index.html">Documentation in English</a></p></main>
</html>
"""


class _Reader(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what an element names or points to."""
        given = dict(attrs)
        self.anchors |= {given[key] or "" for key in ("id", "name") if key in given}
        self.links += [given[key] or "" for key in ("href", "src") if key in given and tag != "form"]


def broken(site: Path) -> Iterator[str]:
    """Yield the links inside a site that lead to no file, or to no anchor of it."""
    read: dict[Path, _Reader] = {}
    for path in sorted(site.rglob("*.html")):
        read[path] = _Reader()
        read[path].feed(path.read_text(encoding="utf-8"))
    for path, found in read.items():
        for link in found.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = Path(os.path.normpath(path.parent / unquote(parts.path))) if parts.path else path
            anchor = unquote(parts.fragment)
            if not target.is_file():
                yield f"{path.relative_to(site)}: {link} leads to no page"
            elif anchor and target in read and anchor not in read[target].anchors:
                yield f"{path.relative_to(site)}: {link} has no such anchor"


def main() -> int:
    """Build the site, or look up what it links to outside."""
    stage()
    if "--links" in sys.argv[1:]:
        for lang in FOLDERS:
            sphinx(lang, "linkcheck")
        return 0
    for folder in FOLDERS.values():
        shutil.rmtree(SITE / folder, ignore_errors=True)
    ended = [sphinx(lang, "html", "-W", "--keep-going", "-a") for lang in FOLDERS]
    (SITE / "index.html").write_text(FRONT, encoding="utf-8")
    wrong = list(broken(SITE))
    for line in wrong:
        print(line, file=sys.stderr)  # noqa: T201 - it is what it does
    if any(ended) or wrong:
        return 1
    print(f"{SITE / 'index.html'}: {sum(1 for _ in SITE.rglob('*.html'))} pages")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Elements of a page: text is text, whatever stands in it, and is escaped when the page is written."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring

from rubric_dsl.report.diagnostics_text import safe


def element(tag: str, *children: Element | str | None, **attributes: str) -> Element:
    """Return an element; ``class_`` and ``for_`` stand for the words that Python keeps, ``_`` for a hyphen."""
    made = Element(tag, {name.rstrip("_").replace("_", "-"): _plain(value) for name, value in attributes.items()})
    return extended(made, *children)


def extended(made: Element, *children: Element | str | None) -> Element:
    """Put more children into an element; None is left out."""
    for child in children:
        if child is None:
            continue
        if not isinstance(child, str):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + _plain(child)
        else:
            made.text = (made.text or "") + _plain(child)
    return made


def written(root: Element) -> str:
    """Write an element as HTML."""
    return tostring(root, encoding="unicode", method="html")


def _plain(text: str) -> str:
    """Take out what could turn the writing round or is no character at all; line ends stay."""
    return "\n".join(safe(line) for line in text.split("\n"))

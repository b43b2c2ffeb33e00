"""Examples as a JUnit report, which build servers show beside the other tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import NamedTuple
from xml.etree import ElementTree as ET

from rubric_dsl.diagnostics import Diagnostic, Lang
from rubric_dsl.report.checked import path_of
from rubric_dsl.report.diagnostics_text import plain_text, safe
from rubric_dsl.report.example_text import failed_text
from rubric_dsl.scoring.examples import ExampleResult
from rubric_dsl.source import Source


class Suite(NamedTuple):
    """One rubric: the results of its examples, or the errors that leave none."""

    source: Source
    results: tuple[ExampleResult, ...]
    errors: tuple[Diagnostic, ...]


def junit_xml(suites: Iterable[Suite], lang: Lang, base: PurePath) -> str:
    """Return a suite for each rubric and a case for each example; a rubric with errors has the one case ``check``.

    ``base`` is the folder that paths are relative to. No times are given, so that the same run gives the same report.
    """
    root = ET.Element("testsuites", name="rubric test")
    for suite in suites:
        _append(root, suite, lang, base)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _append(root: ET.Element, suite: Suite, lang: Lang, base: PurePath) -> None:
    name = _plain(path_of(suite.source.name, base))
    failed = sum(not result.passed for result in suite.results)
    errors = bool(suite.errors)
    counts: dict[str, int] = {
        "tests": len(suite.results) + errors,
        "failures": failed,
        "errors": int(errors),
        "skipped": 0,
    }
    made = ET.SubElement(root, "testsuite", {"name": name} | {word: str(count) for word, count in counts.items()})
    if errors:
        words = [_plain(plain_text(item, lang)) for item in suite.errors]
        case = ET.SubElement(made, "testcase", classname=name, name="check", file=name)
        ET.SubElement(case, "error", type=suite.errors[0].code, message=words[0]).text = "\n\n".join(words)
    for result in suite.results:
        case = ET.SubElement(
            made,
            "testcase",
            classname=name,
            name=_plain(f"{result.indicator}:{result.place.line}"),
            file=_plain(path_of(result.place.source.name, base)),
            line=str(result.place.line),
        )
        if not result.passed:
            ET.SubElement(case, "failure", message=_plain(failed_text(result, lang))).text = _plain(result.inputs)


def _plain(text: str) -> str:
    """Return a text without what XML cannot hold; line ends stay."""
    return "\n".join(safe(line).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") for line in text.split("\n"))


__all__ = ["Suite", "junit_xml"]

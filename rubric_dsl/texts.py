"""Rubrics as texts: formatted, begun, and printed stage by stage."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from rubric_dsl.diagnostics import Diagnostic, Lang
from rubric_dsl.loading import check_source
from rubric_dsl.numbers import text_of
from rubric_dsl.options import one_of
from rubric_dsl.source import Source
from rubric_dsl.syntax.parse import parse
from rubric_dsl.syntax.write import write_document


def format_source(source: Source, lang: Lang | None = None) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Format a rubric in a keyword language (its own by default); None when it cannot be read."""
    if lang is not None:
        one_of("lang", lang, get_args(Lang))
    document, found = parse(source)
    if any(diagnostic.is_error for diagnostic in found):
        return None, found
    own: Lang = "zh" if document.language == "zh" else "en"
    return write_document(document, lang or own), found


def new_rubric(name: str, edition: str = "", points: Fraction | int = 100, lang: Lang = "zh") -> str:
    """Return a short rubric to start from, formatted; it passes its checks and its own examples.

    Raises:
        ValueError: the name is empty, a name is not one line, or the points are not above 0.
    """
    from rubric_dsl.report.starter import Starter

    one_of("lang", lang, get_args(Lang))
    return Starter(name, edition, Fraction(points)).text(lang)


Stage: TypeAlias = Literal["tree", "model", "core"]
"""A stage of the pipeline that can be printed."""


def dump(stage: Stage, source: Source, folder: Path | None = None) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Print any stage of the pipeline as text; ``folder`` as for :func:`check_source`."""
    from rubric_dsl.report.dump import core_text, model_text, tree_text

    one_of("stage", stage, get_args(Stage))

    if stage == "tree":
        document, found = parse(source)
        return tree_text(document), found
    rubric, found = check_source(source, folder)
    model = rubric.model if rubric is not None else None
    if model is None:
        return None, found
    return (model_text(model) if stage == "model" else core_text(model)), found


def exact_text(value: Fraction) -> str:
    """Print an exact number in lowest terms: ``4.5`` when the decimal is finite, else ``27/7``."""
    return text_of(value)

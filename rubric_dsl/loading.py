"""From a rubric's file or text to a :class:`~rubric_dsl.api.Rubric`, or to all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from rubric_dsl.api import Rubric
from rubric_dsl.checking import built, opener, read_whole
from rubric_dsl.diagnostics import Diagnostic, RubricError
from rubric_dsl.model.editions import Opener
from rubric_dsl.source import Source, read_source

Resolver: TypeAlias = Callable[[str], Source | str | None]
"""Gives the text of another edition by the name that the rubric inherits it by (``2018.rubric``); None: there is none."""


def check_source(
    source: Source, folder: Path | None = None, *, deep: bool = True, resolver: Resolver | None = None
) -> tuple[Rubric | None, tuple[Diagnostic, ...]]:
    """Read and check a rubric. Nothing is raised for any text; the rubric is None when it has errors.

    An edition that it inherits from is looked for in ``folder``, or asked of the ``resolver``; without either there is
    none. The name that a resolver is asked for is what stands in the rubric's text, whatever that is. ``deep`` looks for
    rules that can be scored by and still say what cannot be meant (bands out of reach, marks that nobody can earn), for
    names that nothing uses and for what the official wording leaves open.

    Raises:
        TypeError: there is a folder and a resolver.
    """
    opened = _opened(folder, resolver)
    whole = read_whole(source, opened)
    model, found = built(whole, deep=deep)
    if deep and any(item.is_error for item in found):
        found = _with_fixes(source, found, opened, 0 if model is None else len(model.fields))
    if model is None or any(diagnostic.is_error for diagnostic in found):
        return None, found
    digest = sha256()
    for part in whole.sources:
        digest.update(part.text.encode("utf-8", "surrogatepass"))
    return Rubric(model, digest.hexdigest(), found, whole.sources, deep), found


def _with_fixes(source: Source, found: tuple[Diagnostic, ...], opened: Opener, figures: int) -> tuple[Diagnostic, ...]:
    """Say of what is written as in an official document how the language has it; keep the fixes that mend."""
    from rubric_dsl.offered import only_what_mends

    def recheck(text: str) -> tuple[Diagnostic, ...]:
        return built(read_whole(Source(source.name, text), opened))[1]

    # Imported here: it brings lark, and only a text that is refused needs it.
    from rubric_dsl.wording.messages import REFUSED, with_wordings

    # Those of official wording are tried where they are made: what else is wrong goes by other codes once they have spoken.
    found = only_what_mends(source, found, recheck, figures)
    return with_wordings(source, found, recheck) if any(item.code in REFUSED for item in found) else found


def _opened(folder: Path | None, resolver: Resolver | None) -> Opener:
    if resolver is None:
        return opener(folder)
    if folder is not None:
        raise TypeError("editions are looked for in a folder or asked of a resolver, not both")

    def opened(name: str) -> Source | None:
        found = resolver(name)
        # It goes by the name that it was asked for: by that it is found again when another reading is asked for.
        return None if found is None else Source(name, found if isinstance(found, str) else found.text)

    return opened


def load(path: str | PathLike[str], *, resolver: Resolver | None = None) -> Rubric:
    """Load a rubric from a file; an edition that it inherits from is looked for in the same folder, or asked of the resolver.

    Raises:
        RubricError: the rubric has errors; ``.diagnostics`` lists them all.
        UnreadableError: the file cannot be read as text.
    """
    return loads(read_source(Path(path)), Path(path).parent if resolver is None else None, resolver=resolver)


def loads(source: Source | str, folder: Path | None = None, *, resolver: Resolver | None = None) -> Rubric:
    """Load a rubric from a text; ``folder`` and ``resolver`` are as for :func:`check_source`.

    Raises:
        RubricError: the rubric has errors; ``.diagnostics`` lists them all.
        TypeError: there is a folder and a resolver.

    Example::

        texts = {"2018.rubric": "…", "2019.rubric": "…"}      # from a database, say
        rubric = loads(texts["2019.rubric"], resolver=texts.get)
    """
    text = Source("-", source) if isinstance(source, str) else source
    rubric, found = check_source(text, folder, deep=False, resolver=resolver)
    if rubric is None:
        raise RubricError(found)
    return rubric


def read_again(texts: Sequence[tuple[str, str]], reading: str, deep: bool) -> Rubric:
    """Read a rubric that was pickled as its texts, each with its name.

    Raises:
        RubricError: the rubric has errors, as this version reads it.
    """
    (name, text), *editions = texts
    rubric, found = check_source(Source(name, text), deep=deep, resolver=dict(editions).get)
    if rubric is None:
        raise RubricError(found)
    return rubric.with_reading(reading) if reading else rubric

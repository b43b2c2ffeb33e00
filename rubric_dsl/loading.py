"""From a rubric's file or text to a :class:`~rubric_dsl.api.Rubric`, or to all that is wrong with it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from rubric_dsl.api import Rubric
from rubric_dsl.checking import built, opener, read_whole
from rubric_dsl.diagnostics import Diagnostic, RubricError
from rubric_dsl.source import Source, read_source


def check_source(
    source: Source, folder: Path | None = None, *, deep: bool = True
) -> tuple[Rubric | None, tuple[Diagnostic, ...]]:
    """Read and check a rubric. Nothing is raised for any text; the rubric is None when it has errors.

    ``folder`` is where an edition that it inherits from is looked for; without one there is none. ``deep`` looks for
    rules that can be scored by and still say what cannot be meant (bands out of reach, marks that nobody can earn), for
    names that nothing uses and for what the official wording leaves open.
    """
    whole = read_whole(source, opener(folder))
    model, found = built(whole, deep=deep)
    if model is None or any(diagnostic.is_error for diagnostic in found):
        return None, found
    digest = sha256()
    for part in whole.sources:
        digest.update(part.text.encode("utf-8", "surrogatepass"))
    return Rubric(model, digest.hexdigest(), found, whole.sources), found


def load(path: str | Path) -> Rubric:
    """Load a rubric from a file.

    Raises:
        RubricError: the rubric has errors; ``.diagnostics`` lists them all.
        UnreadableError: the file cannot be read as text.
    """
    return loads(read_source(Path(path)), Path(path).parent)


def loads(source: Source | str, folder: Path | None = None) -> Rubric:
    """Load a rubric from a text; ``folder`` is where an edition that it inherits from is looked for.

    Raises:
        RubricError: the rubric has errors; ``.diagnostics`` lists them all.
    """
    text = Source("-", source) if isinstance(source, str) else source
    rubric, found = check_source(text, folder, deep=False)
    if rubric is None:
        raise RubricError(found)
    return rubric

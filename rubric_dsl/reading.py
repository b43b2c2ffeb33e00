"""Submissions from files and texts, as every command reads them."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from rubric_dsl.data.reader import submissions_in
from rubric_dsl.data.submission import Submissions
from rubric_dsl.source import Source, read_source

_ENDINGS = (".yaml", ".yml", ".json", ".csv", ".tsv")


def read_submissions(data: str | PathLike[str] | Source) -> Submissions:
    """Read the submissions of a file or a text: YAML, JSON or a table (CSV), one submission or several.

    ``data`` is a path, a text, or a named text (:class:`Source`). A string is a text, unless it is one line that ends like
    the name of a data file (``.yaml``, ``.yml``, ``.json``, ``.csv``, ``.tsv``), which no data can: then it is that file's
    path. A text that others send is best put into a ``Source``: it is never taken for a path, and its name tells how it is
    read (``Source("body.json", text)``).

    Faults of the data are returned, never raised: see :class:`Submissions`. Numbers are read as the digits that are
    written, those of JSON too.

    Raises:
        UnreadableError: the file is not there, too large (8 MiB), or not text.

    Example::

        submissions = read_submissions("rubrics/yuhua/2019-science-bureau.yaml")
        results = rubric.score_all(submissions)
    """
    return submissions_in(_source(data))


def _source(data: str | PathLike[str] | Source) -> Source:
    if isinstance(data, Source):
        return data
    if isinstance(data, str) and not _is_path(data):
        return Source("-", data)
    path = Path(data)
    return read_source(path, path.name)


def _is_path(text: str) -> bool:
    return text.casefold().endswith(_ENDINGS) and not any(sign in text for sign in ("\n", "\r", ": "))

"""The rubrics of a folder by name and edition, read again when a file changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from rubric_dsl.api import Rubric
from rubric_dsl.diagnostics import Diagnostic, Text
from rubric_dsl.loading import check_source
from rubric_dsl.nearest import did_you_mean
from rubric_dsl.source import UnreadableError, read_source

MOST_FILES = 1_000
SUFFIX = ".rubric"

Stamp = tuple[tuple[str, int, int], ...]
"""The names, times of change and sizes of the files that a rubric may be made of."""


class Entry(NamedTuple):
    """A file of the folder, by its path below it; ``rubric`` is None where it has errors or cannot be read."""

    file: str
    rubric: Rubric | None
    found: tuple[Diagnostic, ...]
    unreadable: str = ""


class UnknownRubricError(LookupError):
    """No rubric, or more than one, is meant; ``message`` says which there are."""

    def __init__(self, message: Text, *, several: bool = False) -> None:
        super().__init__(message.en)
        self.message: Text = message
        self.several: bool = several


class Library:
    """The rubrics below one folder. Links are not followed, so that nothing outside it is read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[Path, tuple[Stamp, Entry]] = {}

    def entries(self) -> tuple[Entry, ...]:
        """Return every rubric file, in the order of their paths; what has not changed is not read again.

        Raises:
            OSError: the folder cannot be read.
            ValueError: it holds more than ``MOST_FILES`` rubrics.
        """
        kept: dict[Path, tuple[Stamp, Entry]] = {}
        for paths in _by_folder(self._folder):
            stamp = _stamp(paths)
            for path in paths:
                known = self._kept.get(path)
                kept[path] = known if known is not None and known[0] == stamp else (stamp, self._read(path))
            if len(kept) > MOST_FILES:
                raise ValueError(f"more than {MOST_FILES} rubrics")
        self._kept = kept
        return tuple(entry for _, entry in kept.values())

    def rubric(self, name: str, edition: str | None) -> Rubric:
        """Return the rubric of a name; the edition has to be named where there are several.

        Raises:
            UnknownRubricError: there is none, or it is not clear which is meant.
        """
        rubrics = [entry.rubric for entry in self.entries() if entry.rubric is not None]
        named = [rubric for rubric in rubrics if rubric.name == name]
        if not named:
            hint = did_you_mean(name, [rubric.name for rubric in rubrics], cutoff=0.3)
            raise UnknownRubricError(
                Text(f"没有名为“{name}”的评分规则{hint.zh}", f"there is no rubric '{name}'{hint.en}")
            )
        found = [rubric for rubric in named if edition is None or rubric.edition == edition]
        if len(found) == 1:
            return found[0]
        raise _unclear(name, edition, [rubric.edition for rubric in named], several=bool(found))

    def _read(self, path: Path) -> Entry:
        file = path.relative_to(self._folder).as_posix()
        try:
            source = read_source(path, path.name)
        except UnreadableError as error:
            return Entry(file, None, (), error.reason)
        return Entry(file, *check_source(source, path.parent, deep=False))


def _unclear(name: str, edition: str | None, editions: list[str], *, several: bool) -> UnknownRubricError:
    listed = Text("、".join(editions), ", ".join(editions))
    if not several:
        return UnknownRubricError(
            Text(
                f"“{name}”没有 {edition} 年度；有：{listed.zh}",
                f"'{name}' has no edition {edition}; there are: {listed.en}",
            )
        )
    if edition is None and len(set(editions)) == len(editions):
        words = Text(
            f"“{name}”有几个年度，请指明：{listed.zh}", f"'{name}' has several editions, name one: {listed.en}"
        )
    else:
        words = Text(
            f"“{name}” {edition or ''} 在几个文件里都有", f"'{name}' {edition or ''} stands in more than one file"
        )
    return UnknownRubricError(words, several=True)


def _by_folder(root: Path) -> list[list[Path]]:
    """Return the rubrics of each folder; hidden folders and links are left out."""
    found = []
    for here, folders, names in os.walk(root, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = [Path(here, name) for name in sorted(names) if name.lower().endswith(SUFFIX)]
        found.append([path for path in paths if path.is_file() and not path.is_symlink()])
    return [paths for paths in found if paths]


def _raise(error: OSError) -> None:
    raise error


def _stamp(paths: list[Path]) -> Stamp:
    """Return the state of a folder's rubrics: any of them may be an edition that another inherits from."""
    found = []
    for path in paths:
        try:
            state = path.stat()
        except OSError:  # gone since it was listed
            continue
        found.append((path.name, state.st_mtime_ns, state.st_size))
    return tuple(found)


__all__ = ["MOST_FILES", "Entry", "Library", "UnknownRubricError"]

"""Rubrics kept as they were read, in the user's cache folder: the next command need not read the text again.

What is kept is used only while everything it was made of is as it was: the text, the editions that it stands on, this
program and Python. Anything else, or a folder that cannot be used, and the text is read; nothing is said of it.
"""

from __future__ import annotations

import io
import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import rubric_dsl
from rubric_dsl.api import Rubric
from rubric_dsl.digests import sha256
from rubric_dsl.source import Source
from rubric_dsl.version import VERSION

_LEAST = 4_000
"""A text of fewer characters is read as fast as what is kept of it."""
_MOST = 64
"""So many rubrics are kept; the one that was written the longest ago makes room."""
_DIGEST = sha256().digest_size
_OTHERS = {("fractions", "Fraction"), ("array", "array"), ("array", "_array_reconstructor"), ("builtins", "frozenset")}


def kept(name: str, source: Source, read: Callable[[], Rubric]) -> Rubric:
    """Return the rubric of a file, as it was kept or else as ``read`` returns it, and keep that.

    Args:
        name: the file.
        source: its text.
        read: reads the rubric; what it raises is raised, and nothing kept.
    """
    place = _place(name) if len(source.text) >= _LEAST else None
    if place is None:
        return read()
    with suppress(Exception):  # whatever is wrong with a kept file, the text has it all
        found = _unpacked(place.read_bytes())
        if _is_of(found, source, Path(name).parent):
            return found
    rubric = read()
    with suppress(OSError, RecursionError):
        _keep(place, _packed(rubric))
    return rubric


def _place(name: str) -> Path | None:
    try:
        from platformdirs import user_cache_path

        folder = user_cache_path("rubric_dsl", appauthor=False) / "rubrics"
        # The name that messages have stands in what is kept.
        key = f"{name}\0{Path(name).absolute()}"
    except (OSError, RuntimeError):
        return None
    return folder / sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _is_of(rubric: Rubric, source: Source, folder: Path) -> bool:
    """Whether a rubric was made of this text and of the editions as they are now."""
    own, *below = rubric.sources
    if own != source or not below:
        return own == source
    from rubric_dsl.loading import opener

    opened = opener(folder)
    return all(opened(base.name) == base for base in below)


def _packed(rubric: Rubric) -> bytes:
    data = _program() + pickle.dumps(rubric, 5)
    return sha256(data).digest() + data


def _unpacked(data: bytes) -> Rubric:
    own = _program()
    if sha256(memoryview(data)[_DIGEST:]).digest() != data[:_DIGEST] or not data.startswith(own, _DIGEST):
        raise ValueError
    found = _Unpickler(io.BytesIO(memoryview(data)[_DIGEST + len(own) :])).load()
    if not isinstance(found, Rubric):
        raise TypeError
    return found


class _Unpickler(pickle.Unpickler):
    """Makes nothing but what a rubric is made of."""

    def find_class(self, module: str, name: str) -> object:
        """Return a class of this package, from its own module, or one of the few others."""
        if (module, name) in _OTHERS:
            return super().find_class(module, name)
        if module.startswith("rubric_dsl.") and name.isidentifier():
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(name)


def _program() -> bytes:
    """Return what tells this program and Python from others: in a checkout the version alone says little."""
    root = Path(rubric_dsl.__file__).parent
    told = [VERSION, sys.version]
    waiting = [str(root), str(root.parent / "grammars")]
    while waiting:
        with suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting += [entry.path] if entry.name != "__pycache__" else []
                elif entry.name.endswith((".py", ".json", ".lark")):
                    own = entry.stat()
                    told.append(f"{entry.path} {own.st_mtime_ns} {own.st_size}")
    return sha256("\n".join(sorted(told)).encode("utf-8", "surrogatepass")).digest()


def _keep(place: Path, data: bytes) -> None:
    """Write aside, then rename: another command may be reading."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        aside.write_bytes(data)
        aside.replace(place)
    finally:
        aside.unlink(missing_ok=True)
    there = sorted(place.parent.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in there[_MOST:]:
        path.unlink(missing_ok=True)

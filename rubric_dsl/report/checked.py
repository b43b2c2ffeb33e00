"""What the channels for code hosts share: a checked file, its path as they want it, and stable fingerprints."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import PurePath

from rubric_dsl.diagnostics import Diagnostic
from rubric_dsl.records import dataclass
from rubric_dsl.source import Source

STDIN = "stdin"
"""What standard input is called where a path is wanted."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file and what the checks found in it."""

    source: Source
    found: tuple[Diagnostic, ...]


def path_of(name: str, base: PurePath) -> str:
    """Return a file's path relative to ``base`` (an absolute folder) where it lies below it, with ``/`` between folders."""
    if name == "-":
        return STDIN
    path = PurePath(name)
    return (path.relative_to(base) if path.is_relative_to(base) else path).as_posix()


def fingerprints(file: Checked, path: str = "") -> list[str]:
    """Return a hash for each diagnostic that stays as it is while other lines of the file change.

    It is made of the code, the text of the line, how often both occurred before, and a path where the host wants
    hashes that differ from file to file.
    """
    seen: Counter[str] = Counter()
    found = []
    for item in file.found:
        line = item.places[0].source.line_text(item.places[0].line).strip() if item.places else ""
        key = f"{item.code}\x1f{line}"
        seen[key] += 1
        content = f"{path}\x1f{key}\x1f{seen[key]}".encode("utf-8", "surrogatepass")
        found.append(hashlib.sha256(content).hexdigest()[:32])
    return found

"""Where grammars/ and rubrics/ lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_PACKAGE = Path(__file__).resolve().parent


def path(name: str) -> Traversable:
    """Return the folder or file ``name`` (for example ``grammars/rubric.lark``).

    Raises:
        FileNotFoundError: the package was installed without its data.
    """
    # Imported here: it is slow to import, and `read` needs it for a package in an archive only.
    from importlib.resources import files

    installed = files("rubric_dsl").joinpath(name)
    if installed.is_file() or installed.is_dir():
        return installed
    beside = _PACKAGE.parent / name
    if beside.exists():
        return beside
    raise FileNotFoundError(name)


def read(folder: str, name: str) -> bytes:
    """Return the bytes of a file in the folder ``folder`` of the package (for example ``grammars``).

    Raises:
        FileNotFoundError: there is no such file, in the one place where the folder is.
    """
    for root in (_PACKAGE, _PACKAGE.parent):
        if (root / folder).is_dir():
            return (root / folder / name).read_bytes()
    return path(f"{folder}/{name}").read_bytes()

"""Where grammars/ and rubrics/ lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def path(name: str) -> Traversable:
    """Return the folder or file ``name`` (for example ``grammars/rubric.lark``).

    Raises:
        FileNotFoundError: the package was installed without its data.
    """
    installed = files("rubric_dsl").joinpath(name)
    if installed.is_file() or installed.is_dir():
        return installed
    beside = Path(__file__).resolve().parent.parent / name
    if beside.exists():
        return beside
    raise FileNotFoundError(name)

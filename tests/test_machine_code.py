"""Machine code kept between runs: only in a folder into which nobody else can put anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rubric_dsl.engines.table.kernel import compiled

SOURCE = "def kernel(count, ok, a, b):\n    for i in range(count):\n        b[i] = a[i] + 1\n"

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes are those of POSIX")


def kept(folder: Path) -> bool:
    """Whether code is kept in a folder; it is compiled for the run in any case."""
    kernel = compiled(SOURCE, (), folder)
    assert kernel.py_func.__name__ == "kernel"  # type: ignore[attr-defined]
    return bool(kernel._cache.cache_path)  # type: ignore[attr-defined]


def private(place: Path) -> Path:
    folder = place / "rubric_dsl" / "tables"
    folder.mkdir(parents=True, mode=0o700)
    return folder


def open_to_others(place: Path) -> Path:
    folder = private(place)
    folder.chmod(0o777)
    return folder


def readable_by_others(place: Path) -> Path:
    folder = private(place)
    folder.chmod(0o755)
    return folder


def replaceable(place: Path) -> Path:
    folder = private(place)
    folder.parent.chmod(0o777)
    return folder


def link(place: Path) -> Path:
    (place / "link").symlink_to(private(place), target_is_directory=True)
    return place / "link"


def no_folder(place: Path) -> Path:
    (place / "file").write_bytes(b"")
    return place / "file"


@pytest.mark.parametrize("make", [open_to_others, readable_by_others, replaceable, link, no_folder])
def test_no_code_is_kept_where_others_can_put_some(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    folder = make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert not kept(folder)
    assert sorted(tmp_path.rglob("*")) == before


def test_no_code_is_kept_in_a_folder_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = private(tmp_path)
    user = os.geteuid() + 1
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert not kept(folder)


def test_numba_is_not_sent_elsewhere_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from numba.core import config

    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "elsewhere"))
    assert not kept(private(tmp_path))


def test_code_is_kept_in_a_folder_of_the_users_own(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "tables"
    assert kept(folder)
    assert folder.stat().st_mode & 0o077 == 0

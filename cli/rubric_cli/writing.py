"""Writing over files that exist."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import typer

from rubric_dsl.diagnostics import Lang, Text
from rubric_dsl.report.diagnostics_text import safe


def write_over(name: str, text: str, lang: Lang) -> bool:
    """Write a file's new text as UTF-8; says so and returns False when it cannot be written, and then changes nothing."""
    try:
        _replace(Path(name).resolve(), text)
    except OSError:
        message = Text(f"{name}：不能写入", f"{name}: it cannot be written")
        typer.echo(safe(message.to(lang)), err=True)
        return False
    return True


def write_new(name: str, text: str, lang: Lang) -> bool:
    """Write a file, whether or not there is one, as :func:`write_over` does."""
    path = Path(name)
    if path.exists():
        return write_over(name, text, lang)
    try:
        mask = os.umask(0)
        os.umask(mask)
        _replace(path.resolve(), text, 0o666 & ~mask)
    except OSError:
        message = Text(f"{name}：不能写入", f"{name}: it cannot be written")
        typer.echo(safe(message.to(lang)), err=True)
        return False
    return True


def _replace(path: Path, text: str, new_mode: int | None = None) -> None:
    """Write aside, then rename, so that the file is never half written; a link's target is written, the link stays."""
    mode = stat.S_IMODE(path.stat().st_mode) if new_mode is None else new_mode
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", dir=path.parent, delete=False) as file:
        aside = Path(file.name)
        try:
            file.write(text)
            file.close()
            aside.chmod(mode)
            os.replace(aside, path)  # noqa: PTH105 - one atomic step
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
